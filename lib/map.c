// SPDX-License-Identifier: LGPL-2.1-or-later
/* Maps and unmaps: finds conflicts, splits entries, places pages. All on a copy, then one commit.
 */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The TLB as it is and as it is going to be. */
struct stage {
	const struct ppctlb_core *core;
	const struct ppctlb_entry *old;
	struct ppctlb_entry *entry;
	size_t n;
	const struct ppctlb_mapping *region; /* to be mapped or removed */
	size_t regions;
	long keep;		  /* place of an entry that must not be cut, or -1 */
	uint64_t wanted, lacking; /* slots of the last TLB */
};

static uint64_t last_of(const struct ppctlb_mapping *m)
{
	return m->eaddr + (m->size - 1);
}

static bool same_ts(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !((a->flags ^ b->flags) & PPCTLB_TS);
}

bool tlb_conflict(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return same_ts(a, b) && (a->tid == b->tid || !a->tid || !b->tid) &&
	       a->eaddr <= last_of(b) && b->eaddr <= last_of(a);
}

/* The region with the lowest EA that conflicts with a mapping, or NULL. */
static const struct ppctlb_mapping *first_conflict(const struct stage *s,
						   const struct ppctlb_mapping *m)
{
	const struct ppctlb_mapping *first = NULL;

	for (size_t i = 0; i < s->regions; i++)
		if (tlb_conflict(m, &s->region[i]) && (!first || s->region[i].eaddr < first->eaddr))
			first = &s->region[i];
	return first;
}

/* Cut off what is beyond the core's effective addresses: no access or call can reach it. */
static void clip(const struct ppctlb_core *core, struct ppctlb_mapping *m)
{
	uint64_t last = UINT64_MAX >> (64 - core->info.ea_bits);

	if (m->size - 1 > last - m->eaddr)
		m->size = last - m->eaddr + 1;
}

/* The region that an old entry conflicts with, or NULL; *m gets what the entry maps. */
static const struct ppctlb_mapping *conflict_of(const struct stage *s, size_t place,
						struct ppctlb_mapping *m, unsigned *defects)
{
	const struct ppctlb_entry *e = &s->old[place];

	if ((long)place == s->keep)
		return NULL;
	*defects = s->core->decode(s->core, e, m);
	if (*defects & PPCTLB_E_INVALID || !tlb_in_set(s->core, e, m))
		return NULL;
	clip(s->core, m);
	return first_conflict(s, m);
}

/* ---- placement ---- */

static bool is_free(const struct stage *s, const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	return s->core->decode(s->core, e, &m) & PPCTLB_E_INVALID;
}

static struct ppctlb_entry *lowest_free(const struct stage *s, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (is_free(s, &s->entry[i]))
			return &s->entry[i];
	return NULL;
}

/* A way of TLB0 for a page that can go there, where TLB0 is not the only TLB; NULL: none is free.
 * On e500 these are 4K pages without IPROT. */
static struct ppctlb_entry *free_way(const struct stage *s, const struct ppctlb_mapping *page)
{
	const struct ppctlb_array_info *a = &s->core->info.array[0];

	if (s->core->info.arrays == 1 || !(page->size & a->sizes) || page->flags & ~a->flags)
		return NULL;
	return lowest_free(s, (size_t)tlb_set_of(&a->geometry, page->eaddr) * a->geometry.ways,
			   a->geometry.ways);
}

static struct ppctlb_entry *free_slot(struct stage *s, const struct ppctlb_mapping *page)
{
	size_t last = s->core->info.array[s->core->info.arrays - 1].geometry.entries;
	struct ppctlb_entry *e = free_way(s, page);

	if (e)
		return e;
	e = lowest_free(s, s->n - last, last);
	s->wanted++;
	s->lacking += !e;
	return e;
}

static uint64_t count_free(const struct stage *s, size_t from)
{
	uint64_t n = 0;

	for (size_t i = from; i < s->n; i++)
		n += is_free(s, &s->entry[i]);
	return n;
}

static int no_room(const struct stage *s)
{
	size_t last = s->core->info.array[s->core->info.arrays - 1].geometry.entries;
	uint64_t free = s->wanted - s->lacking + count_free(s, s->n - last);

	return tlb_fail(ENOSPC,
			"no room: %" PRIu64 " slots of TLB%u are needed, %" PRIu64 " are free",
			s->wanted, (unsigned)s->core->info.arrays - 1, free);
}

/* ---- cutting ---- */

static void skip(struct ppctlb_mapping *m, uint64_t bytes)
{
	m->eaddr += bytes;
	m->raddr += bytes;
	m->size -= bytes;
}

/* Take the next page from what the regions leave of a mapping: *rest begins after it. False:
 * nothing is left. */
static bool next_piece(const struct stage *s, struct ppctlb_mapping *rest,
		       struct ppctlb_mapping *piece)
{
	const struct ppctlb_mapping *r = NULL;

	while (rest->size && (r = first_conflict(s, rest)) && r->eaddr <= rest->eaddr)
		skip(rest, last_of(r) < last_of(rest) ? last_of(r) - rest->eaddr + 1 : rest->size);
	if (!rest->size)
		return false;
	*piece = *rest;
	piece->size = tlb_page_at(tlb_sizes(s->core), rest->eaddr, rest->raddr,
				  r ? r->eaddr - rest->eaddr : rest->size);
	skip(rest, piece->size);
	return true;
}

/* The piece has all bits of the old entry but EA, RA and size. */
static void write_piece(const struct stage *s, struct ppctlb_entry *e, size_t place,
			const struct ppctlb_mapping *piece)
{
	memcpy(e->word, s->old[place].word, sizeof(e->word));
	s->core->resize(s->core, e, piece->eaddr, piece->raddr, piece->size);
}

/* The first piece of an entry that conflicts stays in its slot. */
static int cut_entry(struct stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	struct ppctlb_entry *e = &s->entry[place];
	unsigned defects;

	if (!conflict_of(s, place, &rest, &defects))
		return 0;
	memset(e->word, 0, sizeof(e->word));
	if (!next_piece(s, &rest, &piece))
		return 0;
	if (defects & TLB_MALFORMED)
		return tlb_fail(EBADMSG, "TLB%u[%u] is malformed and would need splitting", e->tlb,
				e->index);
	write_piece(s, e, place, &piece);
	return 0;
}

/* The other pieces go where there is room. */
static void place_pieces(struct stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	unsigned defects;

	if (!conflict_of(s, place, &rest, &defects) || !next_piece(s, &rest, &piece))
		return;
	while (next_piece(s, &rest, &piece)) {
		struct ppctlb_entry *e = free_slot(s, &piece);

		if (e)
			write_piece(s, e, place, &piece);
	}
}

/* Remove every part that conflicts. The pieces are placed last, when all room is there. */
static int cut(struct stage *s)
{
	int ret = 0;

	for (size_t i = 0; !ret && i < s->n; i++)
		ret = cut_entry(s, i);
	for (size_t i = 0; !ret && i < s->n; i++)
		place_pieces(s, i);
	return ret;
}

/* ---- the calls ---- */

/* Make way for the regions: cut the entries that conflict, or fail if there are any. */
static int clear_way(struct stage *s, unsigned how)
{
	if (how & PPCTLB_REPLACE)
		return cut(s);
	for (size_t i = 0; i < s->n; i++) {
		struct ppctlb_mapping old;
		unsigned defects;
		const struct ppctlb_mapping *m = conflict_of(s, i, &old, &defects);

		if (m)
			return tlb_fail(EEXIST,
					"EA 0x%" PRIx64 " with size 0x%" PRIx64
					" conflicts with TLB%u[%u], EA 0x%" PRIx64
					" with size 0x%" PRIx64,
					m->eaddr, m->size, s->old[i].tlb, s->old[i].index,
					old.eaddr, old.size);
	}
	return 0;
}

static void place_region(struct stage *s, const struct ppctlb_mapping *region)
{
	uint64_t sizes = tlb_sizes(s->core);

	for (uint64_t done = 0; done < region->size;) {
		struct ppctlb_mapping page = *region;
		struct ppctlb_entry *e;

		page.eaddr += done;
		page.raddr += done;
		page.size = tlb_page_at(sizes, page.eaddr, page.raddr, region->size - done);
		done += page.size;
		e = free_slot(s, &page);
		if (e)
			s->core->encode(s->core, &page, e);
	}
}

static int check_how(unsigned how)
{
	if (how & ~(unsigned)PPCTLB_REPLACE)
		return tlb_fail(EINVAL, "how 0x%x: only PPCTLB_REPLACE exists", how);
	return 0;
}

static int check_regions(const struct ppctlb_core *core, const struct ppctlb_mapping *maps,
			 size_t n, uint64_t *pages)
{
	*pages = 0;
	for (size_t i = 0; i < n; i++) {
		int ret = tlb_check_region(core, &maps[i]);

		if (ret)
			return n > 1 ? tlb_context(ret, "region %zu", i) : ret;
		*pages += tlb_count_pages(tlb_sizes(core), &maps[i]);
	}
	return 0;
}

static const struct ppctlb_mapping *region_at(const void *place)
{
	return *(const struct ppctlb_mapping *const *)place;
}

/* By TS, then TID, then EA: if any of one TS and TID conflict, then two neighbours do. */
static int compare_regions(const void *x, const void *y)
{
	const struct ppctlb_mapping *a = region_at(x), *b = region_at(y);

	if (!same_ts(a, b))
		return a->flags & PPCTLB_TS ? 1 : -1;
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return a->eaddr < b->eaddr ? -1 : a->eaddr > b->eaddr;
}

/* Negative: the region is before the other; positive: after it; 0: they overlap. */
static int compare_extents(const void *region, const void *place)
{
	const struct ppctlb_mapping *a = region, *b = region_at(place);

	return last_of(a) < b->eaddr ? -1 : a->eaddr > last_of(b);
}

/* A region sorted before number i that conflicts with it, or NULL. Among those of its own TID the
 * neighbour tells. Those of TID 0 conflict with every TID; they are the first of a TS, from first
 * on. */
static const struct ppctlb_mapping *conflict_before(const struct ppctlb_mapping *const *sorted,
						    size_t i, size_t first, size_t globals)
{
	const void *place;

	if (i && tlb_conflict(sorted[i - 1], sorted[i]))
		return sorted[i - 1];
	place = bsearch(sorted[i], &sorted[first], globals, sizeof(*sorted), compare_extents);
	return place ? region_at(place) : NULL;
}

/* sorted has room for n. */
static int check_disjoint(const struct ppctlb_mapping *maps, size_t n,
			  const struct ppctlb_mapping **sorted)
{
	size_t first = 0, globals = 0;

	for (size_t i = 0; i < n; i++)
		sorted[i] = &maps[i];
	qsort(sorted, n, sizeof(*sorted), compare_regions);
	for (size_t i = 0; i < n; i++) {
		const struct ppctlb_mapping *a = sorted[i], *b;

		if (i && !same_ts(sorted[i - 1], a)) {
			first = i;
			globals = 0;
		}
		b = conflict_before(sorted, i, first, globals);
		if (b)
			return tlb_fail(EINVAL, "regions %td and %td conflict",
					(a < b ? a : b) - maps, (a < b ? b : a) - maps);
		globals += !a->tid;
	}
	return 0;
}

/* A conflict between regions is reported before lack of room, so there may be more than entries. */
static int check_each_other(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n)
{
	const struct ppctlb_mapping **sorted = h->regions;
	int ret;

	if (n > h->info.entries)
		sorted = calloc(n, sizeof(*sorted));
	if (!sorted)
		return tlb_fail(ENOMEM, "no memory to compare %zu regions", n);
	ret = check_disjoint(maps, n, sorted);
	if (sorted != h->regions)
		free(sorted);
	return ret;
}

static int begin(struct ppctlb *h, struct stage *s, const struct ppctlb_mapping *region,
		 size_t regions)
{
	int ret = tlb_load(h, PPCTLB_GUEST);

	memcpy(h->next, h->now, h->info.entries * sizeof(*h->next));
	*s = (struct stage){
		.core = &h->vcpu.core,
		.old = h->now,
		.entry = h->next,
		.n = h->info.entries,
		.region = region,
		.regions = regions,
		.keep = -1,
	};
	return ret;
}

static int finish(struct ppctlb *h, const struct stage *s)
{
	return s->lacking ? no_room(s) : tlb_store(h);
}

int ppctlb_map(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how)
{
	uint64_t pages;
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!maps && n)
		return tlb_fail(EINVAL, "map: a NULL argument");
	ret = check_how(how);
	ret = ret ? ret : check_regions(&h->vcpu.core, maps, n, &pages);
	ret = ret ? ret : check_each_other(h, maps, n);
	ret = ret ? ret : begin(h, &s, maps, n);
	if (!ret && pages > s.n) /* no placement has room; this bounds the work below, too */
		return tlb_fail(ENOSPC,
				"no room: %" PRIu64 " slots are needed, %" PRIu64 " are free",
				pages, count_free(&s, 0));
	ret = ret ? ret : clear_way(&s, how);
	for (size_t i = 0; !ret && i < n; i++)
		place_region(&s, &maps[i]);
	return ret ? ret : finish(h, &s);
}

static int check_slot(const struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb,
		      unsigned index)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	const struct ppctlb_array_info *a = &core->info.array[tlb & 1];
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb, .index = (uint16_t)index};
	int ret;

	if (tlb_place(core, tlb, index) < 0)
		return tlb_fail(EINVAL, "there is no TLB%u[%u]", tlb, index);
	ret = tlb_check_page(core, m, tlb);
	ret = ret ? ret : tlb_check_partition(m);
	if (ret)
		return ret;
	if (m->flags & ~a->flags)
		return tlb_fail(ENOTSUP, "TLB%u of %s has no %s", tlb, core->info.name,
				ppctlb_flag_name(m->flags & ~a->flags & -(m->flags & ~a->flags)));
	if (!tlb_in_set(core, &e, m))
		return tlb_fail(EINVAL,
				"EA 0x%" PRIx64 " belongs to set %u of TLB%u, not to set %u",
				m->eaddr, (unsigned)tlb_set_of(&a->geometry, m->eaddr), tlb,
				index / (unsigned)a->geometry.ways);
	return 0;
}

int ppctlb_map_at(struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		  unsigned how)
{
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!m)
		return tlb_fail(EINVAL, "map_at: a NULL argument");
	ret = check_how(how);
	ret = ret ? ret : check_slot(h, m, tlb, index);
	ret = ret ? ret : begin(h, &s, m, 1);
	if (ret)
		return ret;
	s.keep = tlb_place(s.core, tlb, index);
	s.core->encode(s.core, m, &s.entry[s.keep]);
	ret = clear_way(&s, how);
	return ret ? ret : finish(h, &s);
}

int ppctlb_unmap(struct ppctlb *h, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts)
{
	struct ppctlb_mapping m = {.eaddr = eaddr, .size = size, .tid = (uint16_t)tid};
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (ts > 1 || tid > UINT16_MAX)
		return tlb_fail(EINVAL, "unmap: tid %u, ts %u", tid, ts);
	m.flags = ts ? PPCTLB_TS : 0;
	ret = tlb_check_range(&h->vcpu.core, &m);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "EA", eaddr);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "size", size);
	ret = ret ? ret : begin(h, &s, &m, 1);
	ret = ret ? ret : cut(&s);
	return ret ? ret : finish(h, &s);
}
