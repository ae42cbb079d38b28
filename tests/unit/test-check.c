// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppctlb_check(): each finding on an entry that has it, and random TLBs against a brute-force
 * judge.
 */
#include "../support/brute-check.h"
#include "../support/detached.h"
#include "../support/loop.h"
#include "../support/suite.h"

#include <check.h>
#include <errno.h>
#include <inttypes.h>

struct findings {
	struct ppctlb_finding *at;
	size_t n;
};

static struct findings check(struct ppctlb *h)
{
	struct findings f = {NULL, 0};
	size_t n;

	must(ppctlb_check(h, NULL, &f.n));
	f.at = calloc(f.n + 1, sizeof(*f.at));
	n = f.n;
	must(ppctlb_check(h, f.at, &n));
	ck_assert_uint_eq(n, f.n);
	return f;
}

/* ---- one entry, and what there is to say about it ---- */

static const struct {
	const char *core;
	struct ppctlb_entry entry;
	const char *expected; /* names, each with its severity and a space behind */
} singles[] = {
	/* the entries that KVM makes, and those of boards */
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x7}}, ""},
	{"440", {0, 1, 0, {0, 0xef600210, 0xef600000, 0x507}}, ""},
	{"440", {0, 2, 0, {0, 0xf0000290, 0xf0000004, 0x507}}, ""},
	{"440", {0, 3, 0, {0, 0x10000300, 0x01000000, 0x801b}}, ""},
	{"e500v2", {1, 0, 0, {0x80000900, 0, 0x15, 0}}, ""},
	{"e500v2", {1, 1, 0, {0x80000100, 0xe000400a, 0xe0004015, 0}}, ""},
	{"e500v2", {1, 2, 0, {0xc0000700, 0xe000000a, 0xfe0000005, 0}}, ""},
	{"e500v2", {1, 3, 0, {0x80000b00, 0, 0x15, 0}}, ""},
	{"e500v2", {0, 4, 0, {0x80051100, 0x1000, 0x2003, 0}}, ""},
	{"e6500", {1, 0, 0, {0xbfff0180, 0x2000, 0xff00002001, 0}}, ""},
	/* not valid: nothing to report, whatever else is in it */
	{"440", {0, 5, 0, {0xffffffff, 0xfffffdff, 0xffffffff, 0xffffffff}}, ""},
	{"e6500", {0, 5, 0, {0x7fffffff, UINT64_MAX, UINT64_MAX, 0xffffffff}}, ""},
	/* 440 */
	{"440", {0, 0, 0, {0, 0x00000260, 0, 0x7}}, "bad-size:e "}, /* 4M */
	{"440", {0, 0, 0, {0, 0x00000280, 0, 0x7}}, "bad-size:e "}, /* 64M */
	{"440", {0, 0, 0, {0, 0x000002a0, 0, 0x7}}, "bad-size:e "}, /* 1G */
	{"440", {0, 0, 0, {0, 0x00001270, 0, 0x7}}, "misaligned-epn:e "},
	{"440", {0, 0, 0, {0, 0x00000270, 0x00800000, 0x7}}, "misaligned-rpn:e "},
	{"440", {0, 0, 0, {0, 0x0000027f, 0x300, 0xc0000007}}, ""}, /* parity */
	{"440", {0, 0, 0, {0x100, 0x00000270, 0, 0x7}}, "reserved-bits:w "},
	{"440", {0, 0, 0, {0, 0x00000270, 0x10, 0x7}}, "reserved-bits:w "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x10007}}, "reserved-bits:w "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x47}}, "reserved-bits:w "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0xc07}}, "w-and-i:w "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x100}}, "no-permission:n "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x3f}}, "user-wx:n "},
	{"440", {0, 0, 0, {0, 0x00000270, 0, 0x2e}}, ""}, /* UX, UR, SX, SW */
	/* e500 family */
	{"e500v2", {0, 0, 0, {0x80000100, 0x1000, 0x15, 0}}, "wrong-set:e "},
	{"e500v2", {0, 0, 0, {0x80000000, 0, 0x15, 0}}, "tlb0-size:e "},
	{"e500v2", {1, 0, 0, {0x80000000, 0, 0x15, 0}}, "bad-size:e "}, /* 1K */
	{"e500v2", {1, 0, 0, {0x80000180, 0, 0x15, 0}}, "bad-size:e "}, /* 8K */
	{"e500v1", {1, 0, 0, {0x80000a00, 0, 0x15, 0}}, "bad-size:e "}, /* 1G */
	{"e500v2", {1, 0, 0, {0x80000c00, 0, 0x15, 0}}, "bad-size:e "}, /* 16G */
	{"e6500", {1, 0, 0, {0x80000f00, 0, 0x15, 0}}, ""},		/* 1T */
	{"e6500", {1, 0, 0, {0x80000f80, 0, 0x15, 0}}, "bad-size:e "},	/* 2T */
	{"e500v2", {1, 0, 0, {0x80000200, 0x1000, 0x15, 0}}, "misaligned-epn:e "},
	{"e500v2", {1, 0, 0, {0x80000200, 0, 0x1015, 0}}, "misaligned-rpn:e "},
	{"e500v1", {1, 0, 0, {0x80000100, 0, 0x100000015, 0}}, "ra-width:e "},
	{"e500v2", {1, 0, 0, {0x80000100, 0, 0x1000000015, 0}}, "ra-width:e "},
	{"e500v2", {1, 0, 0, {0x80000100, 0, 0x800000015, 0}}, ""},
	{"e6500", {1, 0, 0, {0x80000100, 0, 0x10000000015, 0}}, "ra-width:e "},
	{"e6500", {1, 0, 0, {0x80000100, 0, 0x8000000015, 0}}, ""},
	{"e500v2", {1, 0, 0, {0x81000100, 0, 0x15, 0}}, "reserved-bits:w "}, /* TID of 9 bits */
	{"e500v2", {1, 0, 0, {0x80004100, 0, 0x15, 0}}, "reserved-bits:w "},
	{"e500v2", {1, 0, 0, {0x80000101, 0, 0x15, 0}}, "reserved-bits:w "},
	{"e500v2", {1, 0, 0, {0x80000100, 0x80, 0x15, 0}}, "reserved-bits:w "},
	{"e500v2", {1, 0, 0, {0x80000100, 0x100000000, 0x15, 0}}, "reserved-bits:w "},
	{"e5500", {1, 0, 0, {0x80000100, 0x100000000, 0x15, 0}}, ""},
	{"e500v2", {1, 0, 0, {0x80000100, 0, 0x415, 0}}, "reserved-bits:w "},
	{"e500v2", {1, 0, 0, {0x80000100, 0, 0x15, 1}}, "reserved-bits:w mas8:w "},
	{"e500v2", {0, 0, 0, {0xc0000100, 0, 0x15, 0}}, "tlb0-iprot:e "},
	{"e6500", {1, 0, 0, {0x80002500, 0, 0x1015, 0}}, "ind:w "}, /* RPN of a page table */
	{"e6500", {1, 0, 0, {0x80002500, 0, 0x1000, 0}}, "ind:w "},
	{"e6500", {1, 0, 0, {0x80002500, 0, 0x103f, 0}}, "ind:w "},
	{"e500mc", {1, 0, 0, {0x80000100, 0, 0x15, 0x8000003f}}, "mas8:w "},
	{"e500mc", {1, 0, 0, {0x80000100, 0x40, 0x15, 0}}, "x-bits:n "},
	{"e500mc", {1, 0, 0, {0x80000100, 0x20, 0x15, 0}}, "x-bits:n "},
	{"e500mc", {1, 0, 0, {0x80000100, 0x60, 0x15, 0}}, "x-bits:n "},
	{"e500mc", {1, 0, 0, {0x80000100, 0x18, 0x15, 0}}, "w-and-i:w "},
	{"e500mc", {1, 0, 0, {0x80000100, 0, 0, 0}}, "no-permission:n "},
	{"e500mc", {1, 0, 0, {0x80000100, 0, 0x28, 0}}, "user-wx:n "},
	{"e500mc", {1, 0, 0, {0x80000100, 0, 0x37, 0}}, ""}, /* all but UW */
	/* all at once, in the order of the manual page */
	{"e500v2",
	 {0, 0, 0, {0xc1002180, 0x1000000fa, 0x1000000c28, 1}},
	 "tlb0-size:e ra-width:e reserved-bits:w tlb0-iprot:e ind:w mas8:w x-bits:n w-and-i:w "},
	{"e500v2",
	 {1, 0, 0, {0x80000380, 0x1018, 0x1000001c28, 0}},
	 "bad-size:e misaligned-epn:e misaligned-rpn:e ra-width:e reserved-bits:w w-and-i:w "
	 "user-wx:n "},
};

#define SINGLES (sizeof(singles) / sizeof(singles[0]))

START_TEST(one_entry)
{
	const struct kind k = {singles[_i].core, {{0, 0}, {0, 0}}};
	struct ppctlb *h = open_kind(k, 0);
	char told[512] = "";
	struct findings f;

	must(ppctlb_set(h, &singles[_i].entry, 1));
	f = check(h);
	for (size_t i = 0; i < f.n; i++) {
		snprintf(told + strlen(told), sizeof(told) - strlen(told), "%s:%c ", f.at[i].name,
			 "ewn"[f.at[i].severity]);
		ck_assert_uint_eq(f.at[i].tlb, singles[_i].entry.tlb);
		ck_assert_uint_eq(f.at[i].index, singles[_i].entry.index);
		ck_assert_uint_eq(f.at[i].other_tlb, PPCTLB_NO_SLOT);
		ck_assert_uint_gt(strlen(f.at[i].sentence), 10);
	}
	ck_assert_str_eq(told, singles[_i].expected);
	free(f.at);
	ppctlb_close(h);
}
END_TEST

/* ---- pairs ---- */

static const struct {
	const char *what;
	const char *core;
	struct ppctlb_entry a, b;
	int hit;
} pairs[] = {
	{"the same", "440", {0, 0, 0, {0, 0x210, 0, 1}}, {0, 63, 0, {0, 0x210, 0, 1}}, 1},
	{"next to it", "440", {0, 0, 0, {0, 0x210, 0, 1}}, {0, 1, 0, {0, 0x1210, 0, 1}}, 0},
	{"inside", "440", {0, 0, 0, {0, 0x290, 0, 1}}, {0, 1, 0, {0, 0xffffc00 + 0x200, 0, 1}}, 1},
	{"other TS", "440", {0, 0, 0, {0, 0x210, 0, 1}}, {0, 1, 0, {0, 0x310, 0, 1}}, 0},
	{"other TID", "440", {0, 0, 0, {1, 0x210, 0, 1}}, {0, 1, 0, {2, 0x210, 0, 1}}, 0},
	{"same TID", "440", {0, 0, 0, {9, 0x210, 0, 1}}, {0, 1, 0, {9, 0x210, 0, 1}}, 1},
	{"TID 0 first", "440", {0, 0, 0, {0, 0x210, 0, 1}}, {0, 1, 0, {2, 0x210, 0, 1}}, 1},
	{"TID 0 second", "440", {0, 0, 0, {1, 0x210, 0, 1}}, {0, 1, 0, {0, 0x210, 0, 1}}, 1},
	{"top", "440", {0, 0, 0, {0, 0xfffffe00, 0, 1}}, {0, 1, 0, {0, 0xfffffe00, 0, 1}}, 1},
	{"top, zero", "440", {0, 0, 0, {0, 0xfffffe00, 0, 1}}, {0, 1, 0, {0, 0x200, 0, 1}}, 0},
	{"one set",
	 "e500v2",
	 {0, 0, 0, {0x80000100, 0, 1, 0}},
	 {0, 3, 0, {0x80000100, 0, 1, 0}},
	 1},
	{"one set, another page",
	 "e500v2",
	 {0, 0, 0, {0x80000100, 0, 1, 0}},
	 {0, 1, 0, {0x80000100, 0x80000, 1, 0}},
	 0},
	{"wrong set",
	 "e500v2",
	 {0, 0, 0, {0x80000100, 0, 1, 0}},
	 {0, 4, 0, {0x80000100, 0, 1, 0}},
	 0},
	{"both TLBs",
	 "e500v2",
	 {0, 4, 0, {0x80000100, 0x1000, 1, 0}},
	 {1, 15, 0, {0x80000900, 0, 1, 0}},
	 1},
	{"wrong set, other TLB",
	 "e500v2",
	 {0, 8, 0, {0x80000100, 0x1000, 1, 0}},
	 {1, 15, 0, {0x80000900, 0, 1, 0}},
	 0},
	{"TLB0 is 4K whatever TSIZE",
	 "e500v2",
	 {0, 0, 0, {0x80000900, 0, 1, 0}},
	 {1, 0, 0, {0x80000100, 0x1000, 1, 0}},
	 0},
	{"misaligned EPN is masked",
	 "e500v2",
	 {1, 0, 0, {0x80000200, 0x3000, 1, 0}},
	 {1, 1, 0, {0x80000100, 0, 1, 0}},
	 1},
	{"indirect",
	 "e6500",
	 {1, 0, 0, {0x80002100, 0, 1, 0}},
	 {1, 1, 0, {0x80000100, 0, 1, 0}},
	 0},
	{"top of 64 bits",
	 "e5500",
	 {1, 0, 0, {0x80000100, 0xfffffffffffff000, 1, 0}},
	 {1, 1, 0, {0x80000200, 0xffffffffffffc000, 1, 0}},
	 1},
	{"TID of 14 bits",
	 "e6500",
	 {1, 0, 0, {0x81000100, 0, 1, 0}},
	 {1, 1, 0, {0x80010100, 0, 1, 0}},
	 0},
};

#define PAIRS (sizeof(pairs) / sizeof(pairs[0]))

START_TEST(a_pair)
{
	const struct kind k = {pairs[_i].core, {{0, 0}, {0, 0}}};
	struct ppctlb *h = open_kind(k, 0);
	struct findings f;
	int hit = 0;

	must(ppctlb_set(h, &pairs[_i].b, 1));
	must(ppctlb_set(h, &pairs[_i].a, 1));
	f = check(h);
	for (size_t i = 0; i < f.n; i++) {
		if (strcmp(f.at[i].name, "multi-hit"))
			continue;
		hit++;
		ck_assert_uint_eq(f.at[i].severity, PPCTLB_ERROR);
		ck_assert_uint_eq(f.at[i].tlb, pairs[_i].a.tlb);
		ck_assert_uint_eq(f.at[i].index, pairs[_i].a.index);
		ck_assert_uint_eq(f.at[i].other_tlb, pairs[_i].b.tlb);
		ck_assert_uint_eq(f.at[i].other_index, pairs[_i].b.index);
	}
	ck_assert_msg(hit == pairs[_i].hit, "%s: %d", pairs[_i].what, hit);
	free(f.at);
	ppctlb_close(h);
}
END_TEST

/* ---- random TLBs ---- */

/* Few places, so that pages meet, at the top of the address space, too. */
static uint64_t some_address(unsigned bits)
{
	static const uint64_t base[] = {0, 0xc0000000, 0xfffc0000, 0xfffffffffffc0000,
					0x4000000000};
	uint64_t mask = bits == 64 ? UINT64_MAX : (1ull << bits) - 1;

	return (base[below(5)] + below(64) * 4096) & mask;
}

static void page_440(uint64_t *w)
{
	unsigned size = (unsigned)(one_in(8) ? below(16) : below(4));
	uint64_t mask = one_in(8) ? ~0x3ffull : ~((1024ull << 2 * size) - 1);
	uint64_t ra = some_address(36);

	w[0] = below(3);
	w[1] = (some_address(32) & mask & 0xfffffc00) | 0x200 | below(2) << 8 | size << 4;
	w[2] = (ra & mask & 0xfffffc00) | ra >> 32;
	w[3] = rnd() & (one_in(4) ? 0xffbf : 0x7f);
}

static void page_e500(uint64_t *w, unsigned tlb, unsigned set, unsigned sets)
{
	unsigned tsize = (unsigned)(tlb == 0 && !one_in(8) ? 2
				    : one_in(8)		   ? below(32)
							   : 2 + 2 * (below(4)));
	uint64_t size = tlb ? 1024ull << tsize : 4096;
	uint64_t mask = one_in(8) ? ~0xfffull : ~(size - 1) & ~0xfffull;
	uint64_t ea = some_address(one_in(2) ? 64 : 32) & mask;

	if (tlb == 0 && !one_in(8)) /* into its set */
		ea = (ea & ~((uint64_t)sets * 4096 - 1)) | (uint64_t)set << 12;
	w[0] = 0x80000000 | below(3) << 16 | below(2) << 12 | tsize << 7;
	if (one_in(8))
		w[0] |= rnd() & 0x7fff2000;
	w[1] = ea | (rnd() & (one_in(4) ? 0x7f : 0x0f));
	w[2] = (some_address(one_in(4) ? 40 : 36) & mask) | (rnd() & 0x3ff);
	w[3] = one_in(8) ? rnd() & 0x8000003f : 0;
}

static void randomize(struct ppctlb *h)
{
	struct model t = model_of(h);
	unsigned sets = t.entries[0] / t.ways;

	for (size_t i = 0; i < t.n; i++) {
		struct ppctlb_entry *e = &t.e[i];
		unsigned w = (unsigned)below(4), bits = model_word_bits(t.core, w);

		memset(e->word, 0, sizeof(e->word));
		if (one_in(6))
			continue;
		switch (t.core->family) {
		case MODEL_44X:
			page_440(e->word);
			break;
		case MODEL_E500:
			page_e500(e->word, e->tlb, e->index / t.ways, sets);
			break;
		case MODEL_FAMILIES:
			abort();
		}
		if (one_in(4))
			e->word[w] ^= 1ull << below(bits);
		if (one_in(16))
			e->word[w] = rnd() & low_bits(bits);
	}
	must(ppctlb_set(h, t.e, t.n));
	model_free(&t);
}

/* How often each finding came up. */
struct tally {
	struct {
		char name[24];
		unsigned long seen;
	} row[32];
	size_t n;
};

static unsigned long *count_of(struct tally *t, const char *name)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->row[i].name, name))
			return &t->row[i].seen;
	return NULL;
}

static void expect_name(struct tally *t, const char *name)
{
	if (count_of(t, name))
		return;
	ck_assert_uint_lt(t->n, sizeof(t->row) / sizeof(t->row[0]));
	snprintf(t->row[t->n++].name, sizeof(t->row[0].name), "%s", name);
}

/* What a TLB of this kind can have: the findings that singles[] has for a core of its family. */
static struct tally expected_of(const struct model *m)
{
	struct tally t = {.n = 0};

	expect_name(&t, "multi-hit");
	for (size_t i = 0; i < SINGLES; i++) {
		const char *p = singles[i].expected;
		char name[24];
		int len;

		if (model_core(singles[i].core)->family != m->core->family)
			continue;
		for (; sscanf(p, "%23[^:]:%*c %n", name, &len) == 1; p += len)
			if (m->entries[0] > m->ways || strcmp(name, "wrong-set"))
				expect_name(&t, name);
	}
	return t;
}

static void judge(struct ppctlb *h, struct tally *t, int round)
{
	struct model m = model_of(h);
	struct findings f = check(h);
	struct verdict *v;
	size_t n = brute_check(&m, &v);

	for (size_t i = 0; i < n && i < f.n; i++)
		if (!same_finding(&m, &f.at[i], &v[i]))
			ck_abort_msg("round %d, finding %zu: %s %u:%u with %u:%u, judged %s %zu "
				     "with %ld",
				     round, i, f.at[i].name, f.at[i].tlb, f.at[i].index,
				     f.at[i].other_tlb, f.at[i].other_index, v[i].name, v[i].at,
				     v[i].other);
	ck_assert_uint_eq(f.n, n);
	for (size_t i = 0; i < n; i++) {
		unsigned long *seen = count_of(t, v[i].name);

		HOLDS(seen, "%s on %s has no row in singles[]", v[i].name, m.core->name);
		++*seen;
	}
	free(v);
	free(f.at);
	model_free(&m);
}

/* Every expected name must come up, or the comparison proves nothing for it. */
START_TEST(random_tlbs)
{
	struct ppctlb *h = open_kind(kind_at((size_t)_i), 0);
	struct model m = model_of(h);
	struct tally t = expected_of(&m);
	int rounds = 100000 / (int)(m.n * stride()) + 3;

	for (int r = 0; r < rounds; r++) {
		randomize(h);
		judge(h, &t, r);
	}
	for (size_t i = 0; i < t.n; i++)
		ck_assert_msg(t.row[i].seen, "%s never came up", t.row[i].name);
	model_free(&m);
	ppctlb_close(h);
}
END_TEST

/* ---- the call itself ---- */

START_TEST(too_little_room)
{
	struct ppctlb *h = open_kind(kind_at((size_t)_i), 0);
	struct ppctlb_finding *room, guard;
	size_t n, want;

	randomize(h);
	must(ppctlb_check(h, NULL, &want));
	ck_assert_uint_gt(want, 2);
	memset(&guard, 0xa5, sizeof(guard));
	room = malloc((want + 1) * sizeof(*room));
	memset(room, 0xa5, (want + 1) * sizeof(*room));
	n = 0;
	ck_assert_int_eq(ppctlb_check(h, room, &n), -ENOSPC);
	ck_assert_uint_eq(n, want);
	n = want - 1;
	ck_assert_int_eq(ppctlb_check(h, room, &n), -ENOSPC);
	ck_assert_uint_eq(n, want);
	ck_assert_mem_eq(room, &guard, sizeof(guard));
	n = want + 1;
	ck_assert_int_eq(ppctlb_check(h, room, &n), 0);
	ck_assert_uint_eq(n, want);
	ck_assert_mem_eq(&room[want], &guard, sizeof(guard));
	free(room);
	ppctlb_close(h);
}
END_TEST

static struct ppctlb *open_unknown(const char *core, uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = core;
	cfg.unknown = unknown;
	must(ppctlb_open(&h, &cfg));
	return h;
}

static struct ppctlb *open_named(const char *core)
{
	return open_unknown(core, 0);
}

/* A finding as a line, with the values of its entry. */
static const struct {
	const char *core;
	struct ppctlb_entry e, other; /* the same twice: there is no other */
	const char *line;
} lines[] = {
	{"e500v2",
	 {0, 5, 0, {0x80000100, 0xc0001000, 0x4344015, 0}},
	 {1, 1, 0, {0x80000500, 0xc0000000, 0x15, 0}},
	 "0:5 error multi-hit 1:1 both entries match EA 0xc0001000 to 0xc0001fff: undefined, or a "
	 "machine check"},
	{"e500v2",
	 {0, 5, 0, {0x80000100, 0x3000, 0x15, 0}},
	 {0, 5, 0, {0x80000100, 0x3000, 0x15, 0}},
	 "0:5 error wrong-set - the entry is in set 1 and never hits: EA 0x3000 belongs to set 3, "
	 "0:12 to "
	 "0:15"},
	{"e500v2",
	 {0, 5, 0, {0x80000300, 0x1000, 0x15, 0}},
	 {0, 5, 0, {0x80000300, 0x1000, 0x15, 0}},
	 "0:5 error tlb0-size - TLB0 has 4K pages, TSIZE must say so; mapped is EA 0x1000 to "
	 "0x1fff at RA "
	 "0x0"},
	{"e500v2",
	 {1, 2, 0, {0x80000180, 0, 0x15, 0}},
	 {1, 2, 0, {0x80000180, 0, 0x15, 0}},
	 "1:2 error bad-size - the core has no page of 8K; legal: 4K 16K 64K 256K 1M 4M 16M 64M "
	 "256M 1G "
	 "4G"},
	{"440",
	 {0, 2, 0, {0, 0x280, 0, 7}},
	 {0, 2, 0, {0, 0x280, 0, 7}},
	 "0:2 error bad-size - the core has no page of 64M; legal: 1K 4K 16K 64K 256K 1M 16M 256M"},
	{"e500v2",
	 {1, 2, 0, {0x80000300, 0x10001000, 0x20000015, 0}},
	 {1, 2, 0, {0x80000300, 0x10001000, 0x20000015, 0}},
	 "1:2 error misaligned-epn - EPN has bits below the page size 64K; mapped is EA 0x10000000 "
	 "to "
	 "0x1000ffff at RA 0x20000000"},
	{"e500v2",
	 {1, 2, 0, {0x80000300, 0x10000000, 0x20001015, 0}},
	 {1, 2, 0, {0x80000300, 0x10000000, 0x20001015, 0}},
	 "1:2 error misaligned-rpn - RPN has bits below the page size 64K; mapped is EA 0x10000000 "
	 "to "
	 "0x1000ffff at RA 0x20000000"},
	{"e500v2",
	 {1, 2, 0, {0x80000100, 0, 0x1000000015, 0}},
	 {1, 2, 0, {0x80000100, 0, 0x1000000015, 0}},
	 "1:2 error ra-width - RA 0x1000000000 is wider than the 36 bits of e500v2"},
	{"e500v2",
	 {1, 2, 0, {0x81000101, 0x80, 0x15, 0}},
	 {1, 2, 0, {0x81000101, 0x80, 0x15, 0}},
	 "1:2 warning reserved-bits - reserved bits are set: mas1 0x1000001, mas2 0x80"},
	{"440",
	 {0, 2, 0, {0x100, 0x27f, 0x10, 0x47}},
	 {0, 2, 0, {0x100, 0x27f, 0x10, 0x47}},
	 "0:2 warning reserved-bits - reserved bits are set: tid 0x100, word1 0x10, word2 0x40"},
	{"e500mc",
	 {1, 2, 0, {0x80000100, 0, 0x15, 0x80000003}},
	 {1, 2, 0, {0x80000100, 0, 0x15, 0x80000003}},
	 "1:2 warning mas8 - MAS8 is 0x80000003, not 0; KVM ignores it"},
	{"440",
	 {0, 2, 0, {0, 0x270, 0, 0xc07}},
	 {0, 2, 0, {0, 0x270, 0, 0xc07}},
	 "0:2 warning w-and-i - W together with I is not a supported storage mode"},
};
#define LINES (sizeof(lines) / sizeof(lines[0]))

START_TEST(a_finding_as_a_line)
{
	struct ppctlb *h = open_named(lines[_i].core);
	struct ppctlb_finding f[4];
	char line[PPCTLB_FINDING_MAX], small[40];
	struct ppctlb_entry none = lines[_i].e;
	size_t n = 4, len = strlen(lines[_i].line);

	must(ppctlb_set(h, &lines[_i].e, 1));
	must(ppctlb_set(h, &lines[_i].other, 1));
	must(ppctlb_check(h, f, &n));
	ck_assert_uint_eq(n, 1);
	must(ppctlb_format_finding(h, &f[0], line, sizeof(line)));
	ck_assert_str_eq(line, lines[_i].line);
	must(ppctlb_format_finding(h, &f[0], line, len + 1));
	line[0] = '#';
	ck_assert_int_eq(ppctlb_format_finding(h, &f[0], line, len), -ENOSPC);
	ck_assert_int_eq(line[0], '#');
	ck_assert_int_eq(ppctlb_format_finding(h, &f[0], NULL, len), -EINVAL);
	ck_assert_int_eq(ppctlb_format_finding(h, NULL, line, len), -EINVAL);
	ck_assert_int_eq(ppctlb_format_finding(NULL, &f[0], line, len), -EINVAL);
	/* what the entry is no more is told in general */
	memset(none.word, 0, sizeof(none.word));
	must(ppctlb_set(h, &none, 1));
	must(ppctlb_format_finding(h, &f[0], line, sizeof(line)));
	ck_assert_ptr_nonnull(strstr(line, f[0].sentence));
	f[0].index = 0xffff;
	ck_assert_int_eq(ppctlb_format_finding(h, &f[0], small, sizeof(small)), -EINVAL);
	f[0].name = "nothing";
	ck_assert_int_eq(ppctlb_format_finding(h, &f[0], small, sizeof(small)), -EINVAL);
	f[0].name = NULL;
	ck_assert_int_eq(ppctlb_format_finding(h, &f[0], small, sizeof(small)), -EINVAL);
	ppctlb_close(h);
}
END_TEST

/* Nothing is found that hangs on what is not known: of the entries above, nothing at all then. */
START_TEST(nothing_from_what_is_unknown)
{
	struct ppctlb *h = open_named(lines[_i].core);
	struct ppctlb_entry e = lines[_i].e, other = lines[_i].other;
	size_t n = 0;

	e.unknown = other.unknown = 0x7fff;
	must(ppctlb_set(h, &e, 1));
	must(ppctlb_set(h, &other, 1));
	must(ppctlb_check(h, NULL, &n));
	ck_assert_uint_eq(n, !!strstr(lines[_i].line, "wrong-set"));
	ppctlb_close(h);
}
END_TEST

/* The same if it is not known of any entry. */
START_TEST(nothing_from_what_is_unknown_of_all)
{
	struct ppctlb *h = open_unknown(lines[_i].core, 0x7fff);
	size_t n = 0;

	must(ppctlb_set(h, &lines[_i].e, 1));
	must(ppctlb_set(h, &lines[_i].other, 1));
	must(ppctlb_check(h, NULL, &n));
	ck_assert_uint_eq(n, !!strstr(lines[_i].line, "wrong-set"));
	ppctlb_close(h);
}
END_TEST

START_TEST(null_is_einval)
{
	struct ppctlb *h = open_kind(kind_at(0), 0);
	struct ppctlb_finding f;
	size_t n = 1;

	ck_assert_int_eq(ppctlb_check(NULL, &f, &n), -EINVAL);
	ck_assert_int_eq(ppctlb_check(h, &f, NULL), -EINVAL);
	ck_assert_int_eq(ppctlb_check(h, NULL, &n), 0);
	ck_assert_uint_eq(n, 0);
	ck_assert_int_eq(ppctlb_check(h, &f, &n), 0);
	ppctlb_close(h);
}
END_TEST

/* check only reads the guest TLB. */
START_TEST(nothing_changes)
{
	struct ppctlb *h = open_kind(kind_at((size_t)_i), 0);
	struct ppctlb_entry *before, *after;
	struct findings f;

	randomize(h);
	before = entries_of(h);
	f = check(h);
	after = entries_of(h);
	ck_assert_mem_eq(before, after, info_of(h).entries * sizeof(*after));
	free(f.at);
	free(before);
	free(after);
	ppctlb_close(h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("check");
	TCase *c = tcase_create("check");

	tcase_set_timeout(c, 120);
	tcase_add_loop_test(c, one_entry, 0, SINGLES);
	tcase_add_loop_test(c, a_pair, 0, PAIRS);
	tcase_add_loop_test(c, random_tlbs, 0, KINDS);
	tcase_add_loop_test(c, too_little_room, 0, MODEL_CORES);
	tcase_add_loop_test(c, a_finding_as_a_line, 0, LINES);
	tcase_add_loop_test(c, nothing_from_what_is_unknown, 0, LINES);
	tcase_add_loop_test(c, nothing_from_what_is_unknown_of_all, 0, LINES);
	tcase_add_test(c, null_is_einval);
	tcase_add_loop_test(c, nothing_changes, 0, KINDS);
	suite_add_tcase(s, c);
	return run_suite(s);
}
