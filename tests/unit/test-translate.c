// SPDX-License-Identifier: GPL-2.0-or-later
/* ppctlb_translate(), see ppctlb_translate(3), and a model that searches by brute force. */
#include "../support/unit-common.h"

#include <stdio.h>

static struct ppctlb_hit ask(struct ppctlb *h, struct ppctlb_access a)
{
	struct ppctlb_hit hit;

	WORKS(ppctlb_translate(h, &a, &hit, 1));
	return hit;
}

static struct ppctlb_hit read_at(struct ppctlb *h, uint64_t eaddr)
{
	return ask(h, (struct ppctlb_access){.eaddr = eaddr});
}

static void is_hit(struct ppctlb_hit hit, unsigned tlb, unsigned index, uint64_t raddr)
{
	ck_assert_uint_eq(hit.result, PPCTLB_HIT);
	ck_assert_uint_eq(hit.tlb, tlb);
	ck_assert_uint_eq(hit.index, index);
	ck_assert_uint_eq(hit.raddr, raddr);
}

static void is_miss(struct ppctlb_hit hit)
{
	ck_assert_uint_eq(hit.result, PPCTLB_MISS);
	ck_assert_uint_eq(hit.raddr, 0);
}

static void is_multi_hit(struct ppctlb_hit hit, unsigned tlb, unsigned index)
{
	ck_assert_uint_eq(hit.result, PPCTLB_MULTI_HIT);
	ck_assert_uint_eq(hit.tlb, tlb);
	ck_assert_uint_eq(hit.index, index);
	ck_assert_uint_eq(hit.raddr, 0);
}

/* ---- rule by rule ---- */

/* The first and the last byte hit, the bytes next to them miss; a 36-bit RA comes out whole. */
START_TEST(ends_of_a_page)
{
	struct ppctlb *h = open_core("440");

	put(h, 0, 7, 0, 0x10000290, 0xe000000f, 7);
	is_miss(read_at(h, 0x0fffffff));
	is_hit(read_at(h, 0x10000000), 0, 7, 0xfe0000000);
	is_hit(read_at(h, 0x1fffffff), 0, 7, 0xfefffffff);
	is_miss(read_at(h, 0x20000000));
	put(h, 0, 8, 0, 0xfffffe00, 0xfffffc0f, 7); /* the last 1K of all */
	is_hit(read_at(h, 0xffffffff), 0, 8, 0xfffffffff);
	is_hit(read_at(h, 0xfffffc00), 0, 8, 0xffffffc00);
	is_miss(read_at(h, 0xfffffbff));
	ppctlb_close(h);
}
END_TEST

/* Each access needs its own permission, user and supervisor apart; without it there is a
 * protection fault, which names the entry. */
START_TEST(each_access_needs_its_bit)
{
	static const uint32_t needs[2][3] = {{PPCTLB_SR, PPCTLB_SW, PPCTLB_SX},
					     {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX}};
	struct ppctlb *h = open_core(model_cores[_i].name);
	unsigned last = model_last_tlb(&model_cores[_i]);

	for (uint32_t rights = 0; rights < 64; rights++)
		for (uint8_t user = 0; user < 2; user++)
			for (uint8_t type = 0; type < 3; type++) {
				struct ppctlb_mapping m = {0x10000000, 0x30000000, 64 * K,
							   rights,     0,	   0};
				struct ppctlb_access a = {
					.eaddr = 0x10001234, .type = type, .user = user};
				struct ppctlb_hit hit;

				WORKS(ppctlb_map_at(h, &m, last, 3, 0));
				hit = ask(h, a);
				if (rights & needs[user][type]) {
					is_hit(hit, last, 3, 0x30001234);
					continue;
				}
				ck_assert_uint_eq(hit.result, PPCTLB_PROTECTION);
				ck_assert_uint_eq(hit.tlb, last);
				ck_assert_uint_eq(hit.index, 3);
				ck_assert_uint_eq(hit.raddr, 0);
			}
	ppctlb_close(h);
}
END_TEST

/* TS is compared with AS; TID 0 matches any PID, another TID its own PID only. */
START_TEST(address_spaces_and_pids)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	uint16_t widest = (uint16_t)((1u << model_cores[_i].tid_bits) - 1);
	struct ppctlb_mapping maps[] = {
		{0x10000000, 0x1000000, 64 * K, RWX, 0, 0},
		{0x10000000, 0x2000000, 64 * K, RWX | PPCTLB_TS, 5, 0},
		{0x10000000, 0x3000000, 64 * K, RWX | PPCTLB_TS, widest, 0},
	};
	static const struct {
		int pid; /* -1: the widest there is */
		uint8_t as;
		uint64_t raddr; /* 0: miss */
	} cases[] = {
		{0, 0, 0x1000000}, {5, 0, 0x1000000},  {-1, 0, 0x1000000}, {0, 1, 0},
		{5, 1, 0x2000000}, {-1, 1, 0x3000000}, {4, 1, 0},
	};

	WORKS(ppctlb_map(h, maps, COUNT(maps), 0));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ppctlb_hit hit =
			ask(h, (struct ppctlb_access){
				       .eaddr = 0x10000000,
				       .pid = cases[i].pid < 0 ? widest : (uint16_t)cases[i].pid,
				       .as = cases[i].as,
			       });

		ck_assert_uint_eq(hit.result, cases[i].raddr ? PPCTLB_HIT : PPCTLB_MISS);
		ck_assert_uint_eq(hit.raddr, cases[i].raddr);
	}
	ppctlb_close(h);
}
END_TEST

/* EPN and RPN are masked to the size. */
START_TEST(misaligned_is_masked)
{
	struct ppctlb *h = open_core("e500v2");

	put(h, 1, 0, 0x80000300, 0x90001000, 0xd0003015, 0);
	is_hit(read_at(h, 0x90000000), 1, 0, 0xd0000000);
	is_hit(read_at(h, 0x90001234), 1, 0, 0xd0001234);
	is_miss(read_at(h, 0x90010000));
	ppctlb_close(h);
	h = open_core("440");
	put(h, 0, 0, 0, 0x90000c00 | 0x230, 0xd0003c00, 7);
	is_hit(read_at(h, 0x90000000), 0, 0, 0xd0000000);
	is_hit(read_at(h, 0x9000ffff), 0, 0, 0xd000ffff);
	is_miss(read_at(h, 0x90010000));
	ppctlb_close(h);
}
END_TEST

/* TLB0 is 4K whatever its TSIZE. */
START_TEST(tlb0_is_4k)
{
	for (unsigned tsize = 0; tsize < 32; tsize++) {
		struct ppctlb *h = open_core(model_cores[_i].name);

		put(h, 0, 0, 0x80000000 | tsize << 7, 0, 0x70000015, 0);
		is_hit(read_at(h, 0), 0, 0, 0x70000000);
		is_hit(read_at(h, 0xfff), 0, 0, 0x70000fff);
		is_miss(read_at(h, 0x1000));
		is_miss(read_at(h, 0x10000000));
		ppctlb_close(h);
	}
}
END_TEST

/* An entry is found in its own set only, in every way of it; in the wrong set it never hits. */
START_TEST(wrong_set_never_hits)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	unsigned sets = facts->entries[0] / facts->ways;

	for (unsigned index = 0; index < facts->entries[0]; index++) {
		bool own = index / facts->ways == (0x12345u & (sets - 1));

		put(h, 0, index, 0x80000100, 0x12345000, 0x15, 0);
		if (own)
			is_hit(read_at(h, 0x12345678), 0, index, 0x678);
		else
			is_miss(read_at(h, 0x12345678));
		put(h, 0, index, 0, 0, 0, 0);
	}
	ppctlb_close(h);
}
END_TEST

/* An entry with IND never hits, nor does one without V. */
START_TEST(indirect_and_invalid_never_hit)
{
	struct ppctlb *h = open_core(model_cores[_i].name);

	put(h, 1, 0, 0x80002900, 0, 0x3f, 0);
	put(h, 0, 0, 0x80002100, 0, 0x3f, 0);
	put(h, 1, 1, 0x7fffdfff & ~0x2000u, 0, 0x3f, 0);
	is_miss(read_at(h, 0));
	ppctlb_close(h);
	h = open_core("440");
	put(h, 0, 0, 0, 0x90, 0, 0x3f);
	is_miss(read_at(h, 0));
	ppctlb_close(h);
}
END_TEST

/* MAS8 is ignored: GS, VF and LPID change nothing. */
START_TEST(mas8_is_ignored)
{
	static const uint32_t mas8[] = {0, 1, 0x3f, 0xff, 0x40000000, 0x80000000, 0xffffffff};
	struct ppctlb *h = open_core(model_cores[_i].name);

	for (size_t i = 0; i < COUNT(mas8); i++) {
		put(h, 1, 0, 0x80000900, 0, 0x15, mas8[i]);
		is_hit(read_at(h, 0x1234), 1, 0, 0x1234);
	}
	ppctlb_close(h);
}
END_TEST

/* Two matches are a multi-hit, with the first entry in KVM's order: TLB0 by way, then TLB1 by
 * index. Permissions do not matter. */
START_TEST(two_matches_are_a_multi_hit)
{
	struct ppctlb *h = open_core("e500v2");

	put(h, 1, 9, 0x80000900, 0, 0x15, 0);
	put(h, 1, 2, 0x80000300, 0, 0, 0);
	is_multi_hit(read_at(h, 0), 1, 2);
	is_hit(read_at(h, 0x10000), 1, 9, 0x10000);
	put(h, 0, 3, 0x80000100, 0, 0x15, 0);
	is_multi_hit(read_at(h, 0), 0, 3);
	put(h, 0, 1, 0x80000100, 0, 0, 0);
	is_multi_hit(read_at(h, 0), 0, 1);
	put(h, 1, 2, 0, 0, 0, 0);
	put(h, 1, 9, 0, 0, 0, 0);
	is_multi_hit(read_at(h, 0), 0, 1);
	put(h, 0, 1, 0x80010100, 0, 0, 0); /* of another PID: one match */
	is_hit(read_at(h, 0), 0, 3, 0);
	ppctlb_close(h);
	h = open_core("440");
	put(h, 0, 63, 0, 0x270, 0, 7);
	put(h, 0, 62, 5, 0x210, 0, 7);
	is_hit(read_at(h, 0), 0, 63, 0);
	is_multi_hit(ask(h, (struct ppctlb_access){.pid = 5}), 0, 62);
	ppctlb_close(h);
}
END_TEST

/* Parity bits change nothing. */
START_TEST(parity_is_ignored)
{
	struct ppctlb *h = open_core("440");

	put(h, 0, 0, 0, 0x27f, 0x300, 0xc0000007);
	is_hit(read_at(h, 0xffffff), 0, 0, 0xffffff);
	ppctlb_close(h);
}
END_TEST

/* Malformed entries have an answer, too; extents are computed in 64 bits. */
START_TEST(malformed_has_an_answer)
{
	static const struct {
		const char *core;
		unsigned tlb;
		uint64_t word[4], eaddr, raddr; /* raddr ~0: miss */
	} cases[] = {
		/* 440 sizes that are none: 4M, 64M; 1T and up are larger than the EA */
		{"440", 0, {0, 0x10000260, 0x20000000, 7}, 0x103fffff, 0x203fffff},
		{"440", 0, {0, 0x10000260, 0x20000000, 7}, 0x10400000, UINT64_MAX},
		{"440", 0, {0, 0x14000280, 0x20000000, 7}, 0x17ffffff, 0x23ffffff},
		{"440", 0, {0, 0xfffffef0, 0, 7}, 0xffffffff, 0xffffffff},
		{"440", 0, {0, 0x2b0, 0, 7}, 0xffffffff, 0xffffffff},
		{"440", 0, {0xffffff00, 0x270, 0xf0, 0x3fff0047}, 0x1234, 0x1234},
		/* e500: 1K, 8K, 2T */
		{"e500v2", 1, {0x80000000, 0x1000, 0x2015, 0}, 0x13ff, 0x23ff},
		{"e500v2", 1, {0x80000000, 0x1000, 0x2015, 0}, 0x1400, UINT64_MAX},
		{"e500v2", 1, {0x80000180, 0x3000, 0x2015, 0}, 0x2fff, 0x2fff},
		{"e500v2", 1, {0x80000f80, 0xf0000000, 0x15, 0}, 0xffffffff, 0xffffffff},
		{"e5500", 1, {0x80000f80, 0xfffffffffffff000, 0x15, 0}, UINT64_MAX, 0x1ffffffffff},
		{"e5500",
		 1,
		 {0x80000f80, 0xfffffffffffff000, 0x15, 0},
		 0xfffffdffffffffff,
		 UINT64_MAX},
		{"e6500", 1, {0x80000f00, 0xffffff0000000000, 0x15, 0}, UINT64_MAX, 0xffffffffff},
		/* reserved bits */
		{"e500v2", 1, {0x8000c97f, 0xf80, 0xc15, 0}, 0x1234, 0x1234},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ppctlb *h = open_core(cases[i].core);
		const uint64_t *w = cases[i].word;

		put(h, cases[i].tlb, 1, w[0], w[1], w[2], w[3]);
		if (cases[i].raddr == UINT64_MAX)
			is_miss(read_at(h, cases[i].eaddr));
		else
			is_hit(read_at(h, cases[i].eaddr), cases[i].tlb, 1, cases[i].raddr);
		ppctlb_close(h);
	}
}
END_TEST

/* Where the answer hangs on what an entry does not tell, there is none; else it is as ever. */
START_TEST(not_told)
{
	enum {
		TS = PPCTLB_UNKNOWN_TS,
		TID = PPCTLB_UNKNOWN_TID,
		RA = PPCTLB_UNKNOWN_RA,
		SIZE = PPCTLB_UNKNOWN_SIZE,
		RIGHTS = PPCTLB_UNKNOWN_RIGHTS
	};
	static const struct {
		uint32_t unknown;
		struct ppctlb_access a; /* of an entry of 64K at 0x10000000, TID 5, AS 0, SR */
		unsigned result;
		uint32_t hangs_on;
	} cases[] = {
		{0, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_HIT, 0},
		{PPCTLB_UNKNOWN_WIMGE, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_HIT, 0},
		{PPCTLB_UNKNOWN_IPROT, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_HIT, 0},
		{TS, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_NOT_TOLD, TS},
		{TS, {.eaddr = 0x10000000, .pid = 5, .as = 1}, PPCTLB_NOT_TOLD, TS},
		{TS, {.eaddr = 0x10010000, .pid = 5}, PPCTLB_MISS, 0},
		{TS, {.eaddr = 0x10000000, .pid = 6}, PPCTLB_MISS, 0},
		{TID, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_NOT_TOLD, TID},
		{TID, {.eaddr = 0x10000000, .pid = 6}, PPCTLB_NOT_TOLD, TID},
		{TID, {.eaddr = 0x10000000, .pid = 6, .as = 1}, PPCTLB_MISS, 0},
		{TS | TID, {.eaddr = 0x10000000, .pid = 6, .as = 1}, PPCTLB_NOT_TOLD, TS | TID},
		{RA, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_NOT_TOLD, RA},
		{RA, {.eaddr = 0x10000000, .pid = 5, .type = PPCTLB_WRITE}, PPCTLB_PROTECTION, 0},
		{RA, {.eaddr = 0x0ffff000, .pid = 5}, PPCTLB_MISS, 0},
		{RIGHTS, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_NOT_TOLD, RIGHTS},
		{RIGHTS | RA, {.eaddr = 0x10000000, .pid = 5}, PPCTLB_NOT_TOLD, RIGHTS},
		{SIZE, {.eaddr = 0x1000ffff, .pid = 5}, PPCTLB_HIT, 0},
		{SIZE, {.eaddr = 0x10010000, .pid = 5}, PPCTLB_NOT_TOLD, SIZE},
		{SIZE, {.eaddr = 0x0fffffff, .pid = 5}, PPCTLB_MISS, 0},
	};
	struct ppctlb *h = open_core("e500v2");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ppctlb_entry e = {1, 7, cases[i].unknown, {0x80050300, 0x10000000, 0x1, 0}};
		struct ppctlb_hit hit;

		WORKS(ppctlb_set(h, &e, 1));
		WORKS(ppctlb_translate(h, &cases[i].a, &hit, 1));
		ck_assert_msg(hit.result == cases[i].result && hit.unknown == cases[i].hangs_on,
			      "case %zu: result %u, unknown 0x%x", i, hit.result, hit.unknown);
		if (hit.result == PPCTLB_NOT_TOLD)
			ck_assert(hit.tlb == 1 && hit.index == 7 && !hit.raddr);
	}
	ppctlb_close(h);
}
END_TEST

/* What is not told of all entries is not told of each; flush tells all. */
START_TEST(not_told_of_all)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_entry e = {1, 7, 0, {0x80050300, 0x10000000, 0x1, 0}};
	struct ppctlb_access a = {.eaddr = 0x10000000, .pid = 9};
	struct ppctlb_hit hit;
	struct ppctlb *h;

	cfg.core = "e500v2";
	cfg.unknown = PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_X;
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_set(h, &e, 1));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_NOT_TOLD && hit.unknown == PPCTLB_UNKNOWN_TID);
	ck_assert(hit.tlb == 1 && hit.index == 7 && !hit.raddr);
	a.eaddr = 0x20000000;
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert_uint_eq(hit.result, PPCTLB_MISS);
	WORKS(ppctlb_flush(h));
	WORKS(ppctlb_set(h, &e, 1));
	a.eaddr = 0x10000000;
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert_uint_eq(hit.result, PPCTLB_MISS);
	ppctlb_close(h);
}
END_TEST

/* What is not told of any entry is not told of each, and what is not told of one adds to that. */
START_TEST(not_told_of_any)
{
	struct ppctlb_entry e = {1, 7, PPCTLB_UNKNOWN_TS, {0x80050300, 0x10000000, 0x1, 0}};
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_access a = {.eaddr = 0x10000000, .pid = 6, .as = 1};
	struct ppctlb_hit hit;
	struct ppctlb *h;

	cfg.core = "e500v2";
	cfg.unknown = PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_X;
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_set(h, &e, 1));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_NOT_TOLD);
	ck_assert_uint_eq(hit.unknown, PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_TS);
	e.unknown = 0;
	WORKS(ppctlb_set(h, &e, 1));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_MISS);
	a.as = 0;
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_NOT_TOLD);
	ck_assert_uint_eq(hit.unknown, PPCTLB_UNKNOWN_TID);
	ppctlb_close(h);
}
END_TEST

/* An entry that may match beside one that does: it may be a multi-hit. Two that do are one. */
START_TEST(not_told_beside_others)
{
	struct ppctlb_entry e[3] = {
		{1, 2, PPCTLB_UNKNOWN_TID, {0x80050300, 0x10000000, 0x1, 0}},
		{1, 4, 0, {0x80000300, 0x10000000, 0x1, 0}},
		{1, 6, 0, {0, 0, 0, 0}},
	};
	struct ppctlb_access a = {.eaddr = 0x10000000, .pid = 9};
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_hit hit;

	WORKS(ppctlb_set(h, e, 3));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_NOT_TOLD && hit.unknown == PPCTLB_UNKNOWN_TID);
	e[2] = e[1];
	e[2].index = 6;
	WORKS(ppctlb_set(h, &e[2], 1));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert(hit.result == PPCTLB_MULTI_HIT && hit.index == 4 && !hit.unknown);
	ppctlb_close(h);
}
END_TEST

/* An EA or PID wider than the core's is -EINVAL; the message says which access, and none of them
 * is answered. */
START_TEST(too_wide_is_refused)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_access a[3] = {{.eaddr = 1}, {.eaddr = 2}, {.eaddr = 3}};
	struct ppctlb_hit hits[3], before[3];

	memset(hits, 0xa5, sizeof(hits));
	memcpy(before, hits, sizeof(hits));
	if (facts->ea_bits == 32) {
		a[2].eaddr = UINT64_C(1) << 32;
		FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 2", "0x100000000",
		      "32 bits");
		a[2].eaddr = UINT64_MAX;
		FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 2");
		a[2].eaddr = 0xffffffff;
		WORKS(ppctlb_translate(h, a, hits, 3));
		memcpy(hits, before, sizeof(hits));
	} else {
		a[2].eaddr = UINT64_MAX;
		WORKS(ppctlb_translate(h, a, hits, 3));
		memcpy(hits, before, sizeof(hits));
	}
	a[1].pid = (uint16_t)(1u << facts->tid_bits);
	FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 1", "PID");
	a[1].pid = 0;
	a[0].as = 2;
	FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 0", "AS 2");
	a[0].as = 0;
	a[1].type = 3;
	FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 1", "type 3");
	a[1].type = 0;
	a[2].user = 2;
	FAILS(EINVAL, ppctlb_translate(h, a, hits, 3), "access 2", "user 2");
	a[2].user = 0;
	FAILS(EINVAL, ppctlb_translate(h, NULL, hits, 3), "NULL");
	FAILS(EINVAL, ppctlb_translate(h, a, NULL, 3), "NULL");
	FAILS(EINVAL, ppctlb_translate(NULL, a, hits, 3), "NULL");
	ck_assert_mem_eq(hits, before, sizeof(hits));
	WORKS(ppctlb_translate(h, NULL, NULL, 0));
	ppctlb_close(h);
}
END_TEST

/* A call reads the TLB once, however many accesses; a failing read is reported. */
START_TEST(one_snapshot)
{
	struct ppctlb *h = open_mock("440", "fail=get:1:EIO;get:3:EINTR");
	struct ppctlb_access a[100] = {{.eaddr = 0}};
	struct ppctlb_hit hits[100];

	FAILS(EIO, ppctlb_translate(h, a, hits, 100), "fails as told");
	WORKS(ppctlb_translate(h, a, hits, 100));
	FAILS(EINTR, ppctlb_translate(h, a, hits, 100), "fails as told");
	WORKS(ppctlb_translate(h, a, hits, 100));
	ppctlb_close(h);
}
END_TEST

/* ---- against the model ---- */

/* Words that meet each other: few addresses, few PIDs, now and then any other bits. */
static void random_entry(const struct model *t)
{
	const struct model_core *core = t->core;
	struct ppctlb_entry *e =
		&t->e[below(2) ? below(t->n) : t->n - 1 - below(t->n < 16 ? t->n : 16)];
	static const uint64_t bases[] = {0, 0x10000000, 0x10001000, 0x1234f000, 0xfffff000};
	uint64_t ea = bases[below(COUNT(bases))] + (below(16) << 12);
	uint64_t wild = below(4) ? 0 : rnd();

	switch (core->family) {
	case MODEL_E500:
		if (core->ea_bits == 64 && !below(8))
			ea |= UINT64_C(0xfedcba9) << 36;
		e->word[0] = (below(8) ? 0x80000000 : 0) | below(4) << 16 | below(2) << 12 |
			     below(32) << 7 | (below(16) ? 0 : 0x2000) | (wild & 0x3fff0000);
		e->word[1] = ea | (wild >> 32 & 0xfff);
		e->word[2] = (rnd() & low_bits(core->ra_bits) & ~UINT64_C(0xfff)) | below(64) |
			     (wild >> 20 & 0xfff);
		e->word[3] = below(8) ? 0 : (uint32_t)rnd();
		if (e->tlb == 0 && below(4))
			e->word[1] = (e->word[1] & ~(UINT64_C(0xfff) << 12)) |
				     (uint64_t)(e->index / t->ways) << 12;
		if (core->ea_bits == 32)
			e->word[1] &= 0xffffffff;
		break;
	case MODEL_44X:
		e->word[0] = below(4) | (wild & 0xffffff00);
		e->word[1] = (ea & 0xfffffc00) | (below(8) ? 0x200 : 0) | below(2) << 8 |
			     below(16) << 4 | below(16);
		e->word[2] = (uint32_t)rnd();
		e->word[3] = below(64) | (uint32_t)wild;
		break;
	case MODEL_FAMILIES:
		abort();
	}
}

/* Near the ends of an entry, or anywhere. */
static struct ppctlb_access random_access(const struct model *t)
{
	struct ppctlb_access a = {
		.pid = (uint16_t)below(4),
		.as = (uint8_t)below(2),
		.type = (uint8_t)below(3),
		.user = (uint8_t)below(2),
	};
	struct ppctlb_mapping m;

	model_decode(t->core, &t->e[below(t->n)], &m);
	a.eaddr = below(4) ? m.eaddr + (below(2) ? m.size : 0) - below(2) : rnd();
	if (below(2))
		a.eaddr = m.eaddr + below(m.size);
	a.eaddr &= low_bits(t->core->ea_bits);
	if (!below(16))
		a.pid = (uint16_t)(rnd() & low_bits(t->core->tid_bits));
	return a;
}

static void same_hit(const struct model *t, const struct ppctlb_access *a,
		     const struct ppctlb_hit *hit)
{
	struct ppctlb_hit want = model_translate(t, a);

	HOLDS(hit->result == want.result && hit->raddr == want.raddr && hit->tlb == want.tlb &&
		      hit->index == want.index && !hit->unknown && !hit->reserved,
	      "%s: EA %llx PID %u AS %u: %u TLB%u[%u] RA %llx, not %u TLB%u[%u] RA %llx",
	      t->core->name, (unsigned long long)a->eaddr, a->pid, a->as, hit->result, hit->tlb,
	      hit->index, (unsigned long long)hit->raddr, want.result, want.tlb, want.index,
	      (unsigned long long)want.raddr);
}

/* Any words, any accesses: the library answers as the model does, many accesses at once, a few, and
 * one by one. n entries are written. */
static void like_the_model(struct ppctlb *h, struct model *t, size_t n, unsigned accesses)
{
	for (size_t i = 0; i < t->n; i++)
		memset(t->e[i].word, 0, sizeof(t->e[i].word));
	for (size_t i = 0; i < n; i++)
		random_entry(t);
	WORKS(ppctlb_set(h, t->e, t->n));
	for (unsigned i = 0; i < accesses; i++) {
		struct ppctlb_access a[100];
		struct ppctlb_hit hits[100];

		for (size_t k = 0; k < COUNT(a); k++)
			a[k] = random_access(t);
		WORKS(ppctlb_translate(h, a, hits, COUNT(a)));
		for (size_t k = 0; k < COUNT(a); k++)
			same_hit(t, &a[k], &hits[k]);
		for (size_t k = 0; k < COUNT(a); k++) {
			WORKS(ppctlb_translate(h, &a[k], &hits[k], 1));
			same_hit(t, &a[k], &hits[k]);
		}
	}
}

START_TEST(random_tlbs)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct model t = model_new(&model_cores[_i]);

	seed(100 + (unsigned)_i);
	for (int round = 0; round < 200 / (int)stride(); round++)
		like_the_model(h, &t, 1 + below(below(2) ? 8 : t.n), 10);
	model_free(&t);
	ppctlb_close(h);
}
END_TEST

/* Mock compares what the core decodes, of each family. */
START_TEST(random_tlbs_of_mock)
{
	struct ppctlb *h = open_mock(model_cores[_i].name, "");
	struct model t = model_new(&model_cores[_i]);

	seed(400 + (unsigned)_i);
	for (int round = 0; round < 14 / (int)stride(); round++)
		like_the_model(h, &t, 1 + below(below(2) ? 8 : t.n), 4);
	model_free(&t);
	ppctlb_close(h);
}
END_TEST

static const struct ppctlb_geometry geometries[][2] = {
	{{2, 2}, {1, 1}},     {{4, 2}, {2, 2}},	    {{16, 16}, {16, 16}}, {{64, 4}, {64, 64}},
	{{256, 8}, {32, 32}}, {{4096, 16}, {8, 8}}, {{256, 2}, {16, 16}},
};

/* Every geometry of TLB0 and TLB1, not the core's own alone. */
START_TEST(random_geometries)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct model t = {.core = model_core("e500v2")};
	struct ppctlb *h;

	seed(200 + (unsigned)_i);
	cfg.core = "e500v2";
	memcpy(cfg.geometry, geometries[_i], sizeof(cfg.geometry));
	WORKS(ppctlb_open(&h, &cfg));
	model_resize(&t, cfg.geometry);
	for (int round = 0; round < 20 / (int)stride(); round++)
		like_the_model(h, &t, 1 + below(below(2) ? 8 : t.n), 10);
	model_free(&t);
	ppctlb_close(h);
}
END_TEST

/* The random tests meet every kind of answer often. */
START_TEST(random_tlbs_reach_every_answer)
{
	struct model t = model_new(&model_cores[_i]);
	unsigned results[4] = {0};

	seed(300);
	for (size_t i = 0; i < 60; i++)
		random_entry(&t);
	for (unsigned i = 0; i < 4000; i++) {
		struct ppctlb_access a = random_access(&t);

		results[model_translate(&t, &a).result]++;
	}
	for (int i = 0; i < 4; i++)
		ck_assert_msg(results[i] >= 10, "%s: answer %d only %u times", t.core->name, i,
			      results[i]);
	model_free(&t);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("translate");
	TCase *t = tcase_create("translate");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, ends_of_a_page);
	tcase_add_loop_test(t, each_access_needs_its_bit, 0, MODEL_CORES);
	tcase_add_loop_test(t, address_spaces_and_pids, 0, MODEL_CORES);
	tcase_add_test(t, misaligned_is_masked);
	add_tests_of(t, tlb0_is_4k, MODEL_E500);
	add_tests_of(t, wrong_set_never_hits, MODEL_E500);
	add_tests_of(t, indirect_and_invalid_never_hit, MODEL_E500);
	add_tests_of(t, mas8_is_ignored, MODEL_E500);
	tcase_add_test(t, two_matches_are_a_multi_hit);
	tcase_add_test(t, parity_is_ignored);
	tcase_add_test(t, malformed_has_an_answer);
	tcase_add_loop_test(t, too_wide_is_refused, 0, MODEL_CORES);
	tcase_add_test(t, not_told);
	tcase_add_test(t, not_told_of_any);
	tcase_add_test(t, not_told_of_all);
	tcase_add_test(t, not_told_beside_others);
	tcase_add_test(t, one_snapshot);
	tcase_add_loop_test(t, random_tlbs, 0, MODEL_CORES);
	tcase_add_loop_test(t, random_tlbs_of_mock, 0, MODEL_CORES);
	tcase_add_loop_test(t, random_geometries, 0, COUNT(geometries));
	tcase_add_loop_test(t, random_tlbs_reach_every_answer, 0, MODEL_CORES);
	suite_add_tcase(s, t);
	return run_suite(s);
}
