// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Written from the manuals (PPC440x5 chapter 5; e500 reference manual 2.12.5 and 12) with constants
 * of its own; it compares each entry with each. It shares no source with the library, on purpose,
 * and takes from the model nothing but the widths and page sizes of the core.
 */
#include "brute-check.h"

#include <stdlib.h>
#include <string.h>

/* What is known about one entry. */
struct page {
	bool valid, never_hits;
	unsigned ts, tid;
	unsigned __int128 begin, end; /* effective addresses, end excluded */
};

struct verdicts {
	struct verdict *at;
	size_t n, room;
};

static void add(struct verdicts *l, const char *name, char severity, size_t at, long other)
{
	if (l->n == l->room) {
		l->room = 2 * l->room + 64;
		l->at = realloc(l->at, l->room * sizeof(*l->at));
		if (!l->at)
			abort();
	}
	l->at[l->n++] = (struct verdict){name, severity, at, other};
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

static bool is_legal(const struct model_core *core, uint64_t size)
{
	return core->sizes & size;
}

static struct page judge_44x(const struct model *t, size_t n, struct verdicts *l)
{
	const uint64_t *word = t->e[n].word;
	uint64_t tid = word[0], pageid = word[1], xlat = word[2], attrib = word[3];
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
	if (!is_legal(t->core, size))
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

static bool reserved_e500(const struct model_core *core, const struct ppctlb_entry *e)
{
	uint64_t mas1 = e->word[0], mas2 = e->word[1], mas7_3 = e->word[2], mas8 = e->word[3];

	return field(mas1, 2, 15) >> core->tid_bits || field(mas1, 16, 17) || field(mas1, 25, 31) ||
	       (core->ea_bits == 32 && mas2 >> 32) || field(mas2, 20, 24) ||
	       field(mas7_3, 20, 21) || (!core->lpid_bits && mas8) || field(mas8, 1, 25);
}

static struct page judge_e500(const struct model *t, size_t n, struct verdicts *l)
{
	const struct model_core *core = t->core;
	const struct ppctlb_entry *e = &t->e[n];
	uint64_t mas1 = e->word[0], mas2 = e->word[1], mas7_3 = e->word[2], mas8 = e->word[3];
	unsigned tsize = (unsigned)field(mas1, 20, 24), sets = t->entries[0] / t->ways;
	uint64_t size = e->tlb == 0 ? 4096 : 1024ull << tsize;
	uint64_t epn = mas2 / 4096 * 4096, rpn = mas7_3 / 4096 * 4096;
	bool ind = bit(mas1, 18), wrong_set;
	struct page p = {.valid = bit(mas1, 0), .ts = bit(mas1, 19)};

	if (!p.valid)
		return p;
	if (core->ea_bits == 32)
		epn %= 1ull << 32;
	p.tid = (unsigned)(field(mas1, 2, 15) % (1u << core->tid_bits));
	place(&p, epn, size);
	wrong_set = e->tlb == 0 && epn / 4096 % sets != e->index / t->ways;
	p.never_hits = ind || wrong_set;
	if (wrong_set)
		add(l, "wrong-set", 'e', n, -1);
	if (e->tlb == 0 && tsize != 2)
		add(l, "tlb0-size", 'e', n, -1);
	if (!is_legal(core, size))
		add(l, "bad-size", 'e', n, -1);
	if (epn % size)
		add(l, "misaligned-epn", 'e', n, -1);
	if (rpn % size && !ind)
		add(l, "misaligned-rpn", 'e', n, -1);
	if (rpn >= 1ull << core->ra_bits)
		add(l, "ra-width", 'e', n, -1);
	if (reserved_e500(core, e))
		add(l, "reserved-bits", 'w', n, -1);
	if (e->tlb == 0 && bit(mas1, 1))
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

static struct page judge(const struct model *t, size_t n, struct verdicts *l)
{
	switch (t->core->family) {
	case MODEL_44X:
		return judge_44x(t, n, l);
	case MODEL_E500:
		return judge_e500(t, n, l);
	case MODEL_FAMILIES:
		break;
	}
	abort();
}

size_t brute_check(const struct model *t, struct verdict **found)
{
	struct page *pages = calloc(t->n, sizeof(*pages));
	struct verdicts single = {0}, all = {0};
	size_t k = 0;

	if (!pages)
		abort();
	for (size_t i = 0; i < t->n; i++)
		pages[i] = judge(t, i, &single);
	for (size_t i = 0; i < t->n; i++) {
		for (; k < single.n && single.at[k].at == i; k++)
			add(&all, single.at[k].name, single.at[k].severity, i, -1);
		for (size_t j = i + 1; j < t->n; j++)
			if (both_match(&pages[i], &pages[j]))
				add(&all, "multi-hit", 'e', i, (long)j);
	}
	free(pages);
	free(single.at);
	*found = all.at;
	return all.n;
}

bool same_finding(const struct model *t, const struct ppctlb_finding *f, const struct verdict *v)
{
	size_t at = f->tlb * t->entries[0] + f->index;
	long other = f->other_tlb == PPCTLB_NO_SLOT
			     ? -1
			     : (long)(f->other_tlb * t->entries[0] + f->other_index);

	return !strcmp(f->name, v->name) && "ewn"[f->severity] == v->severity && at == v->at &&
	       other == v->other;
}
