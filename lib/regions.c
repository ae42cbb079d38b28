// SPDX-License-Identifier: LGPL-2.1-or-later
/* The regions of a call: checks each, finds two that conflict, and those that an entry conflicts
 * with. */
#include "stage.h"

#include <stdlib.h>
#include <string.h>

/*
 * The key of a region is in a space, which is what can conflict: a TS and a TID, or a TS with every
 * TID. Keys are sorted by space, then EA; last is the highest of its space up to here, so that the
 * first key whose last is not below an EA has the lowest region that ends there or later.
 */

bool tlb_conflict(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return same_ts(a, b) && (a->tid == b->tid || !a->tid || !b->tid) &&
	       a->eaddr <= last_of(b) && b->eaddr <= last_of(a);
}

/* ---- spaces ---- */

enum { EVERY_TID = -1 };

static uint32_t space_of(uint32_t flags, int tid)
{
	return (flags & PPCTLB_TS ? UINT32_C(1) << 17 : 0) + (uint32_t)(tid - EVERY_TID);
}

/* All regions of a TS, whatever their TID. */
static uint32_t space_of_all(const struct tlb_regions *r, uint32_t flags)
{
	return space_of(flags, r->many_tids ? EVERY_TID : r->at[0].tid);
}

/* ---- sorting: qsort() may allocate ---- */

static bool is_before(const struct tlb_key *a, const struct tlb_key *b)
{
	return a->space != b->space ? a->space < b->space : a->first < b->first;
}

/* Merge two sorted neighbours, of n and m keys, into out. */
static void merge(const struct tlb_key *a, size_t n, const struct tlb_key *b, size_t m,
		  struct tlb_key *out)
{
	while (n && m) {
		bool second = is_before(b, a);

		*out++ = second ? *b++ : *a++;
		*(second ? &m : &n) -= 1;
	}
	memcpy(out, a, n * sizeof(*a));
	memcpy(out + n, b, m * sizeof(*b));
}

static bool is_sorted(const struct tlb_key *key, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (is_before(&key[i], &key[i - 1]))
			return false;
	return true;
}

/* Sort n keys; behind them is room for as many. Returns where they end up. */
static struct tlb_key *sort(struct tlb_key *key, size_t n)
{
	struct tlb_key *from = key, *to = key + n;

	if (is_sorted(key, n))
		return key;
	for (size_t run = 1; run < n; run *= 2) {
		struct tlb_key *done = from;

		for (size_t i = 0; i < n; i += 2 * run) {
			size_t first = n - i < run ? n - i : run;
			size_t second = n - i - first < run ? n - i - first : run;

			merge(from + i, first, from + i + first, second, to + i);
		}
		from = to;
		to = done;
	}
	return from;
}

static void add_key(struct tlb_regions *r, size_t i, uint32_t space)
{
	const struct ppctlb_mapping *m = &r->at[i];

	r->key[r->keys++] = (struct tlb_key){m->eaddr, last_of(m), space, (uint32_t)i};
}

static void make_keys(struct tlb_regions *r)
{
	r->keys = 0;
	for (size_t i = 0; i < r->n; i++)
		add_key(r, i, space_of(r->at[i].flags, r->at[i].tid));
	for (size_t i = 0; r->many_tids && i < r->n; i++)
		add_key(r, i, space_of(r->at[i].flags, EVERY_TID));
	r->key = sort(r->key, r->keys);
}

/* ---- searching ---- */

/* The key of the lowest region of a space that has one of the EAs, or NULL. */
static const struct tlb_key *find(const struct tlb_regions *r, uint32_t space, uint64_t first,
				  uint64_t last)
{
	const struct tlb_key *key = r->key;
	size_t n = r->keys;

	while (n) { /* what is before key ends too early, what is from key + n on does not */
		const struct tlb_key *middle = key + n / 2;

		if (middle->space < space || (middle->space == space && middle->last < first)) {
			n -= n / 2 + 1;
			key = middle + 1;
		} else {
			n /= 2;
		}
	}
	if (key == r->key + r->keys || key->space != space || key->first > last)
		return NULL;
	return key;
}

static const struct tlb_key *find_key(const struct tlb_regions *r, const struct ppctlb_mapping *m)
{
	const struct tlb_key *own, *of_all_tids;

	if (!m->tid)
		return find(r, space_of_all(r, m->flags), m->eaddr, last_of(m));
	own = find(r, space_of(m->flags, m->tid), m->eaddr, last_of(m));
	of_all_tids = find(r, space_of(m->flags, 0), m->eaddr, last_of(m));
	return !own || (of_all_tids && of_all_tids->first < own->first) ? of_all_tids : own;
}

const struct ppctlb_mapping *tlb_first_conflict(const struct tlb_regions *r,
						const struct ppctlb_mapping *m)
{
	const struct tlb_key *key;

	if (m->eaddr > r->last || last_of(m) < r->first)
		return NULL;
	if (r->n == 1)
		return tlb_conflict(m, r->at) ? r->at : NULL;
	key = find_key(r, m);
	return key ? &r->at[key->region] : NULL;
}

/* ---- taking them ---- */

static int conflict(size_t a, size_t b)
{
	return tlb_fail(EINVAL, "regions %zu and %zu conflict", a < b ? a : b, a < b ? b : a);
}

/* A region of one TID conflicts with its neighbour there if with any, or with one of TID 0. Makes
 * the last of each key what it is to be. */
static int check_disjoint(struct tlb_regions *r)
{
	for (size_t i = 1; i < r->keys; i++) {
		struct tlb_key *before = &r->key[i - 1], *key = &r->key[i];

		if (key->space != before->space)
			continue;
		if (key->first <= before->last && key->space != space_of(0, EVERY_TID) &&
		    key->space != space_of(PPCTLB_TS, EVERY_TID))
			return conflict(before->region, key->region);
		key->last = key->last > before->last ? key->last : before->last;
	}
	for (size_t i = 0; r->many_tids && i < r->n; i++) {
		const struct ppctlb_mapping *m = &r->at[i];
		const struct tlb_key *key =
			m->tid ? find(r, space_of(m->flags, 0), m->eaddr, last_of(m)) : NULL;

		if (key)
			return conflict(key->region, i);
	}
	return 0;
}

static int find_memory(struct ppctlb *h, struct tlb_regions *r, size_t n)
{
	*r = (struct tlb_regions){.at = h->region, .n = n, .key = h->key, .first = UINT64_MAX};
	if (n <= h->info.entries)
		return 0;
	if (n < UINT32_MAX)
		r->own = calloc(n, sizeof(*r->at) + TLB_KEYS * sizeof(*r->key));
	r->at = r->own;
	r->key = r->own ? (void *)(r->at + n) : NULL;
	return r->own ? 0 : -ENOMEM;
}

static void add(struct tlb_regions *r, size_t i, const struct ppctlb_mapping *m)
{
	r->at[i] = *m;
	r->first = m->eaddr < r->first ? m->eaddr : r->first;
	r->last = last_of(m) > r->last ? last_of(m) : r->last;
	r->many_tids = r->many_tids || m->tid != r->at[0].tid;
}

/* Where there is no memory, what is wrong with a region is told first all the same. */
int tlb_take_regions(struct ppctlb *h, struct tlb_regions *r, const struct ppctlb_mapping *maps,
		     size_t n)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	uint64_t sizes = tlb_sizes(core);
	int no_memory = find_memory(h, r, n);

	for (size_t i = 0; i < n; i++) {
		struct ppctlb_mapping m = maps[i];
		int ret = tlb_check_region(core, &m);

		if (ret)
			return n > 1 ? tlb_context(ret, "region %zu", i) : ret;
		r->pages += tlb_count_pages(sizes, &m);
		if (!no_memory)
			add(r, i, &m);
	}
	if (no_memory)
		return tlb_fail(ENOMEM, "no memory to compare %zu regions", n);
	if (n < 2)
		return 0;
	make_keys(r);
	return check_disjoint(r);
}

void tlb_free_regions(struct tlb_regions *r)
{
	free(r->own);
}

struct tlb_regions tlb_one_region(struct ppctlb_mapping *m)
{
	return (struct tlb_regions){.at = m, .n = 1, .first = m->eaddr, .last = last_of(m)};
}
