// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Written from the manuals (PPC440x5 chapter 5; e500 reference manual 2.12.5 and 12) with constants
 * of its own, and compares each slot with each. It shares no source with the library, on purpose.
 */
#include "brute-check.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* What is known about one slot. */
struct page {
	bool valid, never_hits;
	unsigned ts, tid;
	unsigned __int128 begin, end; /* effective addresses, end excluded */
};

struct list {
	struct verdict *at;
	size_t n, room;
};

static void add(struct list *l, const char *name, char severity, size_t slot, long other)
{
	if (l->n == l->room) {
		l->room = 2 * l->room + 64;
		l->at = realloc(l->at, l->room * sizeof(*l->at));
		if (!l->at)
			abort();
	}
	l->at[l->n++] = (struct verdict){name, severity, slot, other};
}

/* bit(0) is the most significant of 32, as the manuals count. */
static bool bit(uint64_t reg, unsigned n)
{
	return reg >> (31 - n) & 1;
}

static uint64_t field(uint64_t reg, unsigned from, unsigned to)
{
	return reg >> (31 - to) & ((1u << (to - from + 1)) - 1);
}

static void place(struct page *p, uint64_t epn, uint64_t size)
{
	p->begin = epn / size * size;
	p->end = p->begin + size;
}

/* 1K 4K 16K 64K 256K 1M 16M 256M */
static bool size_of_440(uint64_t size)
{
	static const uint64_t kib[] = {1, 4, 16, 64, 256, 1024, 16384, 262144};

	for (size_t i = 0; i < sizeof(kib) / sizeof(kib[0]); i++)
		if (size == kib[i] * 1024)
			return true;
	return false;
}

static struct page judge_440(const struct slot *s, size_t n, struct list *l)
{
	uint64_t tid = s->word[0], pageid = s->word[1], xlat = s->word[2], attrib = s->word[3];
	uint64_t size = 1024, epn, rpn;
	struct page p = {
		.valid = bit(pageid, 22), .ts = bit(pageid, 23), .tid = field(tid, 24, 31)};

	if (!p.valid)
		return p;
	for (uint64_t i = field(pageid, 24, 27); i > 0; i--)
		size *= 4;
	epn = field(pageid, 0, 21) * 1024;
	rpn = field(xlat, 0, 21) * 1024 + (field(xlat, 28, 31) << 32);
	place(&p, epn, size);
	if (!size_of_440(size))
		add(l, "bad-size", 'e', n, -1);
	if (epn % size)
		add(l, "misaligned-epn", 'e', n, -1);
	if (rpn % size)
		add(l, "misaligned-rpn", 'e', n, -1);
	if (field(tid, 0, 23) || field(xlat, 24, 27) || field(attrib, 2, 15) || bit(attrib, 25))
		add(l, "reserved-bits", 'w', n, -1);
	if (bit(attrib, 20) && bit(attrib, 21))
		add(l, "w-and-i", 'w', n, -1);
	if (field(attrib, 26, 31) == 0)
		add(l, "no-permission", 'n', n, -1);
	if (bit(attrib, 26) && bit(attrib, 27))
		add(l, "user-wx", 'n', n, -1);
	return p;
}

/* What sets the members of the e500 family apart. */
static const struct e500 {
	const char *name;
	unsigned ea_bits, ra_bits, tid_bits;
	bool has_lpid, every_power;
	uint64_t largest; /* page in TLB1 */
} family[] = {
	{"e500v1", 32, 32, 8, false, false, 256ull << 20},
	{"e500v2", 32, 36, 8, false, false, 4ull << 30},
	{"e500mc", 32, 36, 8, true, false, 4ull << 30},
	{"e5500", 64, 36, 8, true, false, 4ull << 30},
	{"e6500", 64, 40, 14, true, true, 1024ull << 30},
};

static bool size_of_e500(const struct e500 *core, uint64_t size)
{
	for (uint64_t legal = 4096; legal <= core->largest; legal *= core->every_power ? 2 : 4)
		if (size == legal)
			return true;
	return false;
}

static bool reserved_e500(const struct e500 *core, const struct slot *s)
{
	uint64_t mas1 = s->word[0], mas2 = s->word[1], mas7_3 = s->word[2], mas8 = s->word[3];

	return field(mas1, 2, 15) >> core->tid_bits || field(mas1, 16, 17) || field(mas1, 25, 31) ||
	       (core->ea_bits == 32 && mas2 >> 32) || field(mas2, 20, 24) ||
	       field(mas7_3, 20, 21) || (!core->has_lpid && mas8) || field(mas8, 1, 25);
}

static struct page judge_e500(const struct e500 *core, unsigned entries0, unsigned ways0,
			      const struct slot *s, size_t n, struct list *l)
{
	uint64_t mas1 = s->word[0], mas2 = s->word[1], mas7_3 = s->word[2], mas8 = s->word[3];
	unsigned tsize = (unsigned)field(mas1, 20, 24);
	uint64_t size = s->tlb == 0 ? 4096 : 1024ull << tsize;
	uint64_t epn = mas2 / 4096 * 4096, rpn = mas7_3 / 4096 * 4096;
	bool ind = bit(mas1, 18), wrong_set;
	struct page p = {.valid = bit(mas1, 0), .ts = bit(mas1, 19)};

	if (!p.valid)
		return p;
	if (core->ea_bits == 32)
		epn %= 1ull << 32;
	p.tid = (unsigned)(field(mas1, 2, 15) % (1u << core->tid_bits));
	place(&p, epn, size);
	wrong_set = s->tlb == 0 && epn / 4096 % (entries0 / ways0) != s->index / ways0;
	p.never_hits = ind || wrong_set;
	if (wrong_set)
		add(l, "wrong-set", 'e', n, -1);
	if (s->tlb == 0 && tsize != 2)
		add(l, "tlb0-size", 'e', n, -1);
	if (!size_of_e500(core, size))
		add(l, "bad-size", 'e', n, -1);
	if (epn % size)
		add(l, "misaligned-epn", 'e', n, -1);
	if (rpn % size && !ind)
		add(l, "misaligned-rpn", 'e', n, -1);
	if (rpn >= 1ull << core->ra_bits)
		add(l, "ra-width", 'e', n, -1);
	if (reserved_e500(core, s))
		add(l, "reserved-bits", 'w', n, -1);
	if (s->tlb == 0 && bit(mas1, 1))
		add(l, "tlb0-iprot", 'e', n, -1);
	if (ind)
		add(l, "ind", 'w', n, -1);
	if (mas8)
		add(l, "mas8", 'w', n, -1);
	if (bit(mas2, 25) || bit(mas2, 26))
		add(l, "x-bits", 'n', n, -1);
	if (bit(mas2, 27) && bit(mas2, 28))
		add(l, "w-and-i", 'w', n, -1);
	if (!ind && field(mas7_3, 26, 31) == 0)
		add(l, "no-permission", 'n', n, -1);
	if (!ind && bit(mas7_3, 26) && bit(mas7_3, 28)) /* UX, UW: user and supervisor alternate */
		add(l, "user-wx", 'n', n, -1);
	return p;
}

static bool both_match(const struct page *a, const struct page *b)
{
	if (!a->valid || !b->valid || a->never_hits || b->never_hits || a->ts != b->ts)
		return false;
	if (a->tid != 0 && b->tid != 0 && a->tid != b->tid)
		return false;
	return a->begin < b->end && b->begin < a->end;
}

size_t brute_check(const char *core, unsigned entries0, unsigned ways0, const struct slot *slots,
		   size_t n, struct verdict **found)
{
	struct page *pages = calloc(n, sizeof(*pages));
	struct list single = {0}, all = {0};
	const struct e500 *e = NULL;
	size_t k = 0;

	if (!pages)
		abort();
	for (size_t i = 0; i < sizeof(family) / sizeof(family[0]); i++)
		if (!strcmp(family[i].name, core))
			e = &family[i];
	for (size_t i = 0; i < n; i++)
		pages[i] = e ? judge_e500(e, entries0, ways0, &slots[i], i, &single)
			     : judge_440(&slots[i], i, &single);
	for (size_t i = 0; i < n; i++) {
		for (; k < single.n && single.at[k].slot == i; k++)
			add(&all, single.at[k].name, single.at[k].severity, i, -1);
		for (size_t j = i + 1; j < n; j++)
			if (both_match(&pages[i], &pages[j]))
				add(&all, "multi-hit", 'e', i, (long)j);
	}
	free(pages);
	free(single.at);
	*found = all.at;
	return all.n;
}
