// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * map, map_at, unmap, flush: what ppctlb_map(3) says of conflicts, of places, and of all or
 * nothing.
 */
#include "../support/unit-common.h"

#include <stdio.h>
#include <unistd.h>

#define SUPER (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)

static struct ppctlb_mapping mapping(uint64_t eaddr, uint64_t size, uint32_t flags, uint16_t tid)
{
	return (struct ppctlb_mapping){eaddr, eaddr, size, flags, tid, 0};
}

static int map(struct ppctlb *h, uint64_t eaddr, uint64_t size, uint32_t flags, uint16_t tid)
{
	struct ppctlb_mapping m = mapping(eaddr, size, flags, tid);

	return ppctlb_map(h, &m, 1, 0);
}

static int replace(struct ppctlb *h, uint64_t eaddr, uint64_t size, uint32_t flags, uint16_t tid)
{
	struct ppctlb_mapping m = mapping(eaddr, size, flags, tid);

	return ppctlb_map(h, &m, 1, PPCTLB_REPLACE);
}

/* Fill TLB1 of an e500, or a 440, from an index on, far away from what tests look at. */
static void fill(struct ppctlb *h, unsigned tlb, unsigned from, unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		struct ppctlb_mapping m = mapping(0xd0000000 + i * 64 * K, 64 * K, PPCTLB_SR, 0);

		WORKS(ppctlb_map_at(h, &m, tlb, i, 0));
	}
}

static unsigned translate(struct ppctlb *h, uint64_t eaddr, uint16_t pid)
{
	struct ppctlb_access a = {.eaddr = eaddr, .pid = pid, .type = PPCTLB_READ};
	struct ppctlb_hit hit;

	WORKS(ppctlb_translate(h, &a, &hit, 1));
	return hit.result;
}

/* ---- placement ---- */

/* 440: the lowest invalid entry; maps in the order given, pages by ascending EA. The two entries
 * of the mail of 2008 come out as in that mail. */
START_TEST(mail_on_the_440)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping maps[] = {
		mapping(0, 16 * M, SUPER, 0),
		mapping(0xef600000, 4 * K, SUPER | PPCTLB_I | PPCTLB_G, 0),
	};

	WORKS(ppctlb_map(h, maps, 2, 0));
	SLOT(h, 0, 0, 0, 0x270, 0, 7);
	SLOT(h, 0, 1, 0, 0xef600210, 0xef600000, 0x507);
	ck_assert_uint_eq(count_valid(h, "440"), 2);
	ppctlb_close(h);
}
END_TEST

START_TEST(order_on_the_440)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping maps[] = {
		mapping(0x80000000, 12 * K, SUPER, 0),
		mapping(0x10000000, 4 * K, SUPER, 5),
	};

	put(h, 0, 1, 9, 0xc0000210, 0, 7);
	WORKS(ppctlb_map(h, maps, 2, 0));
	SLOT(h, 0, 0, 0, 0x80000210, 0x80000000, 7);
	SLOT(h, 0, 2, 0, 0x80001210, 0x80001000, 7);
	SLOT(h, 0, 3, 0, 0x80002210, 0x80002000, 7);
	SLOT(h, 0, 4, 5, 0x10000210, 0x10000000, 7);
	/* the lowest invalid one, wherever it is */
	WORKS(ppctlb_unmap(h, 0x80001000, 4 * K, 0, 0));
	WORKS(map(h, 0x20000000, 4 * K, SUPER, 0));
	SLOT(h, 0, 2, 0, 0x20000210, 0x20000000, 7);
	ppctlb_close(h);
}
END_TEST

/* An invalid entry is free whatever else its words say, and nothing of them stays. */
START_TEST(invalid_slot_is_overwritten)
{
	struct ppctlb *h = open_core("440");

	put(h, 0, 0, 0xff, 0xfffffdff, 0xffffffff, 0xffffffff);
	WORKS(map(h, 0, 4 * K, PPCTLB_SR, 0));
	SLOT(h, 0, 0, 0, 0x210, 0, 1);
	ppctlb_close(h);
	h = open_core("e500v2");
	put(h, 1, 0, 0x7fffffff, UINT64_MAX, UINT64_MAX, 0xffffffff);
	WORKS(map(h, 0, 16 * K, PPCTLB_SR, 0));
	SLOT(h, 1, 0, 0x80000200, 0, 1, 0);
	ppctlb_close(h);
}
END_TEST

/* e500: a 4K page without IPROT goes to TLB0, to the lowest invalid way of its set, else to the
 * lowest invalid entry of TLB1. TLB0 entries have a TSIZE of 4K. */
START_TEST(ways_of_a_set)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	unsigned sets = facts->entries[0] / facts->ways;
	uint64_t eaddr = 0x10000000 | (uint64_t)(sets - 3) << 12;
	unsigned first = (sets - 3) * facts->ways;

	for (unsigned way = 0; way < facts->ways; way++) {
		WORKS(map(h, eaddr, 4 * K, SUPER, (uint16_t)(way + 1)));
		SLOT(h, 0, first + way, 0x80000100 | (way + 1) << 16, eaddr, eaddr | 0x15, 0);
	}
	WORKS(map(h, eaddr, 4 * K, SUPER, 100));
	SLOT(h, 1, 0, 0x80640100, eaddr, eaddr | 0x15, 0);
	WORKS(map(h, eaddr, 4 * K, SUPER, 101));
	SLOT(h, 1, 1, 0x80650100, eaddr, eaddr | 0x15, 0);
	/* a way that becomes invalid is used next */
	put(h, 0, first + 1, 0x00020100, 0, 0, 0);
	WORKS(map(h, eaddr, 4 * K, SUPER, 102));
	SLOT(h, 0, first + 1, 0x80660100, eaddr, eaddr | 0x15, 0);
	/* other sets are neither changed nor used */
	WORKS(map(h, eaddr + 4 * K, 4 * K, SUPER, 1));
	SLOT(h, 0, first + facts->ways, 0x80010100, eaddr + 4 * K, (eaddr + 4 * K) | 0x15, 0);
	ck_assert_uint_eq(count_valid(h, facts->name), facts->ways + 3);
	ppctlb_close(h);
}
END_TEST

/* Everything else goes to the lowest invalid entry of TLB1: larger pages, and 4K with IPROT. */
START_TEST(the_rest_goes_to_tlb1)
{
	struct ppctlb *h = open_core("e500v2");

	put(h, 1, 1, 0x80000100, 0xf0000000, 0xf0000000, 0);
	WORKS(map(h, 0, 4 * K, PPCTLB_SR | PPCTLB_IPROT, 0));
	SLOT(h, 1, 0, 0xc0000100, 0, 1, 0);
	WORKS(map(h, 16 * K, 16 * K, PPCTLB_SR, 0));
	SLOT(h, 1, 2, 0x80000200, 0x4000, 0x4001, 0);
	WORKS(map(h, G, G, PPCTLB_SR | PPCTLB_IPROT, 0));
	SLOT(h, 1, 3, 0xc0000a00, 0x40000000, 0x40000001, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 4);
	ppctlb_close(h);
}
END_TEST

/* The pages of one region go where each belongs: 4K ones to TLB0, the others to TLB1. */
START_TEST(a_region_of_both)
{
	struct ppctlb *h = open_core("e500v2");

	WORKS(map(h, 0x3000, 24 * K, PPCTLB_SR, 0));
	SLOT(h, 0, 3 * 4, 0x80000100, 0x3000, 0x3001, 0);
	SLOT(h, 1, 0, 0x80000200, 0x4000, 0x4001, 0);
	SLOT(h, 0, 8 * 4, 0x80000100, 0x8000, 0x8001, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 3);
	ppctlb_close(h);
}
END_TEST

/* No entry is evicted: a full TLB is -ENOSPC, with how many are needed and how many are free. */
START_TEST(no_victim)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_entry *before;

	fill(h, 1, 0, 16);
	for (unsigned way = 0; way < 4; way++)
		WORKS(map(h, 0, 4 * K, SUPER, (uint16_t)(way + 1)));
	before = state_of(h);
	FAILS(ENOSPC, map(h, 0, 4 * K, SUPER, 5), "1 slots of TLB1 are needed", "0 are free");
	FAILS(ENOSPC, map(h, 64 * K, 64 * K, SUPER, 5), "1 slots of TLB1", "0 are free");
	unchanged(h, before);
	/* but TLB0 has room elsewhere */
	WORKS(map(h, 4 * K, 4 * K, SUPER, 5));
	ppctlb_close(h);
}
END_TEST

/* As many pages as there are entries fit: 64 of 1K, since EA and RA have no more in common. */
START_TEST(a_region_may_take_every_slot)
{
	struct ppctlb_mapping m = {0, 1 * K, 64 * K, SUPER, 0, 0};
	struct ppctlb *h = open_core("440");

	WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert_uint_eq(count_valid(h, "440"), 64);
	FAILS(ENOSPC, map(h, 1 * M, 1 * K, SUPER, 0), "1 slots", "0 are free");
	ppctlb_close(h);
}
END_TEST

START_TEST(no_room_has_numbers)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_entry *before;

	fill(h, 0, 0, 60);
	before = state_of(h);
	FAILS(ENOSPC, map(h, 0, 7 * 256 * M, SUPER, 0), "7 slots", "needed", "4 are free");
	unchanged(h, before);
	/* a region of more pages than the TLB has entries, even 2^20 */
	before = state_of(h);
	FAILS(ENOSPC, map(h, 4 * K, 2 * G, SUPER, 0), "needed", "4 are free");
	unchanged(h, before);
	ppctlb_close(h);
	h = open_core("e500v2");
	before = state_of(h);
	{
		struct ppctlb_mapping m = {0, 4096, 2 * G, SUPER, 0, 0};

		FAILS(ENOSPC, ppctlb_map(h, &m, 1, 0), "524288", "528 are free");
	}
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* One commit to the kernel, whatever n. */
START_TEST(one_commit)
{
	char script[64] = "log=/tmp/ppctlb-test-XXXXXX", log[512];
	struct ppctlb_mapping maps[20];
	struct ppctlb *h;
	size_t n;
	int fd = mkstemp(script + 4);

	ck_assert_int_ge(fd, 0);
	for (size_t i = 0; i < COUNT(maps); i++)
		maps[i] = mapping(i * 64 * K, 12 * K, SUPER, 0);
	h = open_mock("e500v2", script);
	WORKS(ppctlb_map(h, maps, COUNT(maps), 0));
	ppctlb_close(h);
	n = (size_t)read(fd, log, sizeof(log) - 1);
	log[n] = '\0';
	close(fd);
	unlink(script + 4);
	ck_assert_str_eq(log, "open 1: e500v2, 528 entries: ok\n"
			      "get 1: e500v2, 528 entries: ok\n"
			      "set 1: e500v2, 60 entries: ok\n");
}
END_TEST

/* ---- conflict ---- */

/* Two mappings conflict if TS is equal, TIDs are equal or either is 0, and ranges meet. */
static const struct {
	uint64_t eaddr, size;
	uint32_t ts;
	uint16_t tid;
	bool conflicts; /* with 0x10000000, 64K, TS 1, TID 5 */
} neighbours[] = {
	{0x10000000, 64 * K, PPCTLB_TS, 5, true},  {0x10000000, 64 * K, PPCTLB_TS, 0, true},
	{0x10000000, 64 * K, PPCTLB_TS, 6, false}, {0x10000000, 64 * K, 0, 5, false},
	{0x10000000, 64 * K, 0, 0, false},	   {0x10000000, 4 * K, PPCTLB_TS, 5, true},
	{0x1000f000, 4 * K, PPCTLB_TS, 5, true},   {0x10008000, 16 * K, PPCTLB_TS, 0, true},
	{0x10010000, 4 * K, PPCTLB_TS, 5, false},  {0x0ffff000, 4 * K, PPCTLB_TS, 0, false},
	{0x0ffff000, 8 * K, PPCTLB_TS, 0, true},   {0x1000f000, 8 * K, PPCTLB_TS, 5, true},
	{0x10000000, 16 * M, PPCTLB_TS, 5, true},  {0x0f000000, 32 * M, PPCTLB_TS, 0, true},
	{0x0f000000, 32 * M, PPCTLB_TS, 7, false}, {0x0f000000, 16 * M, PPCTLB_TS, 0, false},
};

START_TEST(conflict_rule)
{
	for (int core = 0; core < MODEL_CORES; core++) {
		struct ppctlb *h = open_core(model_cores[core].name);
		uint32_t flags = PPCTLB_SR | neighbours[_i].ts;
		struct ppctlb_entry *before;
		size_t valid;

		/* with this one mapped first, and with it mapped second */
		WORKS(map(h, 0x10000000, 64 * K, PPCTLB_UR | PPCTLB_TS, 5));
		before = state_of(h);
		if (neighbours[_i].conflicts) {
			FAILS(EEXIST,
			      map(h, neighbours[_i].eaddr, neighbours[_i].size, flags,
				  neighbours[_i].tid),
			      "conflicts",
			      model_last_tlb(&model_cores[core]) ? "TLB1[0]" : "TLB0[0]");
			unchanged(h, before);
		} else {
			WORKS(map(h, neighbours[_i].eaddr, neighbours[_i].size, flags,
				  neighbours[_i].tid));
			free(before);
		}
		WORKS(ppctlb_flush(h));
		WORKS(map(h, neighbours[_i].eaddr, neighbours[_i].size, flags, neighbours[_i].tid));
		valid = count_valid(h, model_cores[core].name);
		if (neighbours[_i].conflicts)
			FAILS(EEXIST, map(h, 0x10000000, 64 * K, PPCTLB_UR | PPCTLB_TS, 5));
		else
			WORKS(map(h, 0x10000000, 64 * K, PPCTLB_UR | PPCTLB_TS, 5));
		ck_assert_uint_eq(count_valid(h, model_cores[core].name),
				  valid + !neighbours[_i].conflicts);
		ppctlb_close(h);
	}
}
END_TEST

/* The last of a 4G page conflicts as its first does. */
START_TEST(conflict_at_the_end_of_4g)
{
	struct ppctlb *h = open_core("e500v2");

	WORKS(map(h, 0, 4 * G, PPCTLB_SR, 0));
	FAILS(EEXIST, map(h, 0xfffff000, 4 * K, PPCTLB_SR, 0), "conflicts", "TLB1[0]");
	ppctlb_close(h);
}
END_TEST

/* Regions in one call that conflict with each other are -EINVAL, with REPLACE, too. */
START_TEST(regions_conflict_with_each_other)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct ppctlb_mapping first = {0x10000000, 0, 64 * K, PPCTLB_UR | PPCTLB_TS, 5, 0};

	for (size_t i = 0; i < COUNT(neighbours); i++) {
		struct ppctlb_mapping maps[3] = {
			first,
			mapping(0, 4 * K, SUPER, 0),
			mapping(neighbours[i].eaddr, neighbours[i].size, neighbours[i].ts,
				neighbours[i].tid),
		};

		for (unsigned how = 0; how <= PPCTLB_REPLACE; how++) {
			WORKS(ppctlb_flush(h));
			if (!neighbours[i].conflicts) {
				WORKS(ppctlb_map(h, maps, 3, how));
				continue;
			}
			FAILS(EINVAL, ppctlb_map(h, maps, 3, how), "regions 0 and 2");
			ck_assert_uint_eq(count_valid(h, model_cores[_i].name), 0);
		}
	}
	ppctlb_close(h);
}
END_TEST

static bool meet(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return a->flags == b->flags && (a->tid == b->tid || !a->tid || !b->tid) &&
	       a->eaddr < b->eaddr + b->size && b->eaddr < a->eaddr + a->size;
}

static bool any_meet(const struct ppctlb_mapping *maps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			if (meet(&maps[i], &maps[k]))
				return true;
	return false;
}

/* Regions of few TIDs in any number and order: the call answers as the pairs say, and names a pair
 * that does conflict. */
START_TEST(any_regions_conflict_or_not)
{
	struct ppctlb *h = open_core("440");
	unsigned conflicts = 0;

	seed(1);
	for (unsigned round = 0; round < 20000; round++) {
		struct ppctlb_mapping maps[12];
		size_t n = 2 + below(COUNT(maps) - 1), i, k;

		for (size_t j = 0; j < n; j++)
			maps[j] = mapping(below(80) * 4 * K, (1 + below(4)) * 4 * K,
					  below(2) ? PPCTLB_TS : 0, (uint16_t)below(4));
		WORKS(ppctlb_flush(h));
		if (!any_meet(maps, n)) {
			WORKS(ppctlb_map(h, maps, n, 0));
			continue;
		}
		FAILS(EINVAL, ppctlb_map(h, maps, n, 0));
		HOLDS(sscanf(ppctlb_errmsg(), "regions %zu and %zu conflict", &i, &k) == 2 &&
			      i < k && k < n && meet(&maps[i], &maps[k]),
		      "%s", ppctlb_errmsg());
		conflicts++;
	}
	HOLDS(conflicts > 5000 && conflicts < 15000, "%u conflicts", conflicts);
	ppctlb_close(h);
}
END_TEST

/* The order of errors: a region by itself, two regions, room, conflicts. */
START_TEST(what_is_told_first)
{
	struct ppctlb_mapping huge = {0, 4 * K, 2 * G, SUPER, 0, 0}, maps[65];
	struct ppctlb *h = open_core("440");
	struct ppctlb_entry *before;

	fill(h, 0, 0, 4);
	before = state_of(h);
	maps[0] = maps[1] = maps[2] = huge;
	maps[2].flags |= PPCTLB_IPROT;
	FAILS(ENOTSUP, ppctlb_map(h, maps, 3, 0), "region 2");
	FAILS(EINVAL, ppctlb_map(h, maps, 2, 0), "regions 0 and 1");
	FAILS(EINVAL, ppctlb_map(h, maps, 2, PPCTLB_REPLACE), "regions 0 and 1");
	maps[1].eaddr = 2 * G; /* where the others are */
	FAILS(ENOSPC, ppctlb_map(h, maps, 2, 0), "1048576 slots are needed");
	maps[0] = maps[1] = mapping(0xd0000000, 4 * K, SUPER, 0);
	FAILS(EINVAL, ppctlb_map(h, maps, 2, 0), "regions 0 and 1");
	FAILS(EEXIST, ppctlb_map(h, maps, 1, 0), "TLB0[0]");
	/* as many regions as the TLB has entries, and one more */
	for (size_t i = 0; i < COUNT(maps); i++)
		maps[i] = maps[0];
	FAILS(EINVAL, ppctlb_map(h, maps, 64, 0), "conflict");
	FAILS(EINVAL, ppctlb_map(h, maps, 65, 0), "conflict");
	for (size_t i = 0; i < COUNT(maps); i++)
		maps[i].eaddr += i * 4 * K;
	FAILS(ENOSPC, ppctlb_map(h, maps, 65, 0), "65 slots are needed");
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* All or nothing: if the last of n regions conflicts, the TLB stays as it was, bit for bit. */
START_TEST(all_or_nothing)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct ppctlb_mapping maps[5];
	struct ppctlb_entry *before;

	WORKS(map(h, 0x40000000, 4 * K, SUPER, 0));
	for (unsigned i = 0; i < 5; i++)
		maps[i] = mapping(0x10000000 + i * M, 68 * K, SUPER, 0);
	maps[4].eaddr = 0x3fff0000;
	before = state_of(h);
	FAILS(EEXIST, ppctlb_map(h, maps, 5, 0), "0x3fff0000", "0x40000000");
	unchanged(h, before);
	maps[4].eaddr = 0x30000000;
	maps[4].flags |= 1u << 25;
	before = state_of(h);
	FAILS(EINVAL, ppctlb_map(h, maps, 5, 0), "region 4", "flags");
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* An entry in the wrong TLB0 set conflicts with nothing: it can never hit. */
START_TEST(wrong_set_conflicts_with_nothing)
{
	struct ppctlb *h = open_core("e500v2");

	put(h, 0, 4, 0x80000100, 0, 0x15, 0); /* EA 0 belongs to set 0, this is set 1 */
	WORKS(map(h, 0, 4 * K, SUPER, 0));
	SLOT(h, 0, 0, 0x80000100, 0, 0x15, 0);
	WORKS(ppctlb_unmap(h, 0, 64 * K, 0, 0));
	SLOT(h, 0, 0, 0, 0, 0, 0);
	SLOT(h, 0, 4, 0x80000100, 0, 0x15, 0);
	WORKS(replace(h, 0, 64 * K, SUPER, 0));
	SLOT(h, 0, 4, 0x80000100, 0, 0x15, 0);
	/* but it occupies its way */
	WORKS(map(h, 0x81000, 4 * K, SUPER, 0));
	SLOT(h, 0, 5, 0x80000100, 0x81000, 0x81015, 0);
	ppctlb_close(h);
}
END_TEST

/* TLB0 has 4K pages whatever TSIZE says, so such an entry conflicts with its own page only. */
START_TEST(tlb0_is_4k)
{
	struct ppctlb *h = open_core("e500v2");

	put(h, 0, 0, 0x80000900, 0, 0x15, 0);
	FAILS(EEXIST, map(h, 0, 4 * K, SUPER, 0), "TLB0[0]");
	WORKS(map(h, 0x1000, 4 * K, SUPER, 0));
	/* it never needs splitting */
	WORKS(ppctlb_unmap(h, 0, 4 * K, 0, 0));
	SLOT(h, 0, 0, 0, 0, 0, 0);
	ppctlb_close(h);
}
END_TEST

/* ---- removal ---- */

/* unmap and REPLACE remove everything that conflicts, with IPROT, too. */
START_TEST(iprot_is_removed)
{
	struct ppctlb *h = open_core("e500v2");

	WORKS(map(h, 0, 64 * K, SUPER | PPCTLB_IPROT, 0));
	WORKS(ppctlb_unmap(h, 0, 64 * K, 0, 0));
	ck_assert_uint_eq(count_valid(h, "e500v2"), 0);
	WORKS(map(h, 0, 64 * K, SUPER | PPCTLB_IPROT, 0));
	WORKS(replace(h, 0, 64 * K, PPCTLB_SR, 0));
	SLOT(h, 1, 0, 0x80000300, 0, 1, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 1);
	ppctlb_close(h);
}
END_TEST

/* Every entry of a full TLB goes, and another comes in its place: each changes twice in a call. */
START_TEST(all_is_replaced)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping maps[64];
	struct ppctlb_entry *all;

	fill(h, 0, 0, 64);
	for (unsigned i = 0; i < COUNT(maps); i++)
		maps[i] = mapping(0xd0000000 + i * 64 * K, 64 * K, PPCTLB_SW, 0);
	WORKS(ppctlb_map(h, maps, COUNT(maps), PPCTLB_REPLACE));
	all = state_of(h);
	for (unsigned i = 0; i < COUNT(maps); i++)
		ck_assert_uint_eq(all[i].word[3], 2 /* SW, no more SR */);
	free(all);
	ppctlb_close(h);
}
END_TEST

/* unmap removes what conflicts: TID 0 meets every TID, any other TID meets its own and TID 0. */
START_TEST(unmap_by_tid_and_ts)
{
	static const struct {
		unsigned tid, ts;
		uint16_t left; /* bit i: mapping i survives */
	} cases[] = {
		{0, 0, 0x38}, {5, 0, 0x3c}, {7, 0, 0x3e}, {0, 1, 0x07}, {5, 1, 0x27}, {9, 1, 0x37},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ppctlb *h = open_core(model_cores[_i].name);
		/* TS 0: TIDs 0, 5, 6; TS 1: the same; 0 lies next to the others, unmap meets all */
		struct ppctlb_mapping maps[] = {
			mapping(0x10000000, 64 * K, PPCTLB_SR, 0),
			mapping(0x10010000, 64 * K, PPCTLB_SR, 5),
			mapping(0x10010000, 64 * K, PPCTLB_SR, 6),
			mapping(0x10000000, 64 * K, PPCTLB_SR | PPCTLB_TS, 0),
			mapping(0x10010000, 64 * K, PPCTLB_SR | PPCTLB_TS, 5),
			mapping(0x10010000, 64 * K, PPCTLB_SR | PPCTLB_TS, 6),
		};
		uint16_t left = 0;
		struct ppctlb_entry *all;
		size_t n = entries_of(h);

		WORKS(ppctlb_map(h, maps, COUNT(maps), 0));
		WORKS(ppctlb_unmap(h, 0x10000000, 128 * K, cases[i].tid, cases[i].ts));
		all = state_of(h);
		for (size_t k = 0; k < n; k++) {
			struct ppctlb_mapping m;

			if (!model_is_valid(&model_cores[_i], &all[k]))
				continue;
			model_decode(&model_cores[_i], &all[k], &m);
			for (size_t j = 0; j < COUNT(maps); j++)
				if (m.flags == maps[j].flags && m.tid == maps[j].tid)
					left |= (uint16_t)(1u << j);
		}
		ck_assert_msg(left == cases[i].left, "tid %u ts %u: 0x%x left", cases[i].tid,
			      cases[i].ts, left);
		free(all);
		ppctlb_close(h);
	}
}
END_TEST

/* unmap of a range without mappings is no error and changes nothing, nor does unmap next to one. */
START_TEST(unmap_of_nothing)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct ppctlb_entry *before;

	WORKS(map(h, 0x10000000, 64 * K, SUPER, 5));
	before = state_of(h);
	WORKS(ppctlb_unmap(h, 0, 0x10000000, 0, 0));
	WORKS(ppctlb_unmap(h, 0x10010000, 0x20000000, 0, 0));
	WORKS(ppctlb_unmap(h, 0x10000000, 64 * K, 6, 0));
	WORKS(ppctlb_unmap(h, 0x10000000, 64 * K, 5, 1));
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* The whole address space of a core can be unmapped: a range has no RA. */
START_TEST(unmap_everything)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	uint64_t half = UINT64_C(1) << (facts->ea_bits - 1);

	WORKS(map(h, 0x10000000, 20 * K, SUPER, 5));
	WORKS(map(h, 0x7ff00000, M, SUPER, 0));
	{
		struct ppctlb_mapping m = {half, 0x10000, 4 * K, SUPER, 0, 0};
		struct ppctlb_mapping last = {2 * half - 4 * K, 0x10000, 4 * K, SUPER, 0, 0};

		WORKS(ppctlb_map(h, &m, 1, 0));
		WORKS(ppctlb_map(h, &last, 1, 0));
	}
	WORKS(ppctlb_unmap(h, 0, half, 0, 0));
	WORKS(ppctlb_unmap(h, half, half, 0, 0));
	ck_assert_uint_eq(count_valid(h, facts->name), 0);
	ppctlb_close(h);
}
END_TEST

/* The rest of an entry that is partly inside stays as pieces: the first one that TLB0 cannot take in
 * the old place, raw copies with only EPN, RPN and SIZE changed. A hole of 4K in 256M takes as many
 * pages as ppctlb_map(3) says. */
static void hole(const char *core, unsigned pages, uint64_t at, uint32_t flags)
{
	const struct model_core *facts = model_core(core);
	struct ppctlb *h = open_core(core);
	struct model t = model_new(facts);
	struct ppctlb_entry *all;
	unsigned last = model_last_tlb(facts);
	uint64_t bytes = 0, from;
	struct ppctlb_entry *old = model_at(&t, last, 3);
	struct ppctlb_mapping whole = {0x20000000, 0x40000000, 256 * M, flags, 5, 0};

	model_encode(facts, &whole, old);
	if (facts->family == MODEL_44X) { /* parity */
		old->word[1] |= 0xa;
		old->word[2] |= 0x200;
		old->word[3] |= 0x80000000;
	}
	WORKS(ppctlb_set(h, old, 1));
	WORKS(ppctlb_unmap(h, 0x20000000 + at, 4 * K, 0, !!(flags & PPCTLB_TS)));
	ck_assert_uint_eq(count_valid(h, core), pages);
	ck_assert_int_eq(model_unmap(&t, 0x20000000 + at, 4 * K, 0, !!(flags & PPCTLB_TS)), 0);
	all = state_of(h);
	ck_assert_mem_eq(all, t.e, t.n * sizeof(*all));
	for (size_t i = 0; i < t.n; i++) {
		struct ppctlb_mapping m;

		if (!model_is_valid(facts, &all[i]))
			continue;
		ck_assert(model_decode(facts, &all[i], &m));
		ck_assert_uint_eq(m.raddr - m.eaddr, 0x20000000);
		ck_assert_uint_eq(m.flags, flags);
		ck_assert_uint_eq(m.tid, 5);
		bytes += m.size;
		if (facts->family == MODEL_44X)
			ck_assert(all[i].word[1] & 0xa && all[i].word[2] & 0x200 &&
				  all[i].word[3] & 0x80000000);
	}
	ck_assert_uint_eq(bytes, 256 * M - 4 * K);
	/* in the old slot: what is left next to 0, or behind the three pages that go to TLB0 */
	from = at > 4 * K ? 0 : last && !(flags & PPCTLB_IPROT) ? 16 * K : at ? 0 : 4 * K;
	model_decode(facts, &all[model_at(&t, last, 3) - t.e], &whole);
	ck_assert_uint_eq(whole.eaddr, 0x20000000 + from);
	free(all);
	model_free(&t);
	ppctlb_close(h);
}

START_TEST(hole_of_4k_in_256m)
{
	static const uint64_t at[] = {0, 4 * K, 64 * M, 128 * M - 4 * K, 256 * M - 4 * K};
	static const uint32_t flags =
		SUPER | PPCTLB_UR | PPCTLB_W | PPCTLB_M | PPCTLB_E | PPCTLB_U1 | PPCTLB_TS;

	for (size_t i = 0; i < COUNT(at); i++) {
		hole("e500mc", 24, at[i], flags | PPCTLB_X0);
		hole("e500mc", 24, at[i], flags | PPCTLB_IPROT | PPCTLB_X1);
		hole("e5500", 24, at[i], flags);
		hole("e6500", 16, at[i], flags | PPCTLB_IPROT);
		hole("440", 42, at[i], flags);
	}
}
END_TEST

/* The 16 entries of TLB1 are not enough for it, 32 are: 3 of the pages are 4K and go to TLB0. */
START_TEST(hole_of_4k_in_256m_on_e500)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h = open_core(_i ? "e500v2" : "e500v1");

	WORKS(map(h, 0x20000000, 256 * M, SUPER, 0));
	FAILS(ENOSPC, ppctlb_unmap(h, 0x24000000, 4 * K, 0, 0), "20 slots of TLB1", "15 are free");
	ppctlb_close(h);
	cfg.core = _i ? "e500v2" : "e500v1";
	cfg.geometry[0] = (struct ppctlb_geometry){512, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){32, 32};
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(map(h, 0x20000000, 256 * M, SUPER, 0));
	WORKS(ppctlb_unmap(h, 0x24000000, 4 * K, 0, 0));
	ck_assert_uint_eq(count_valid(h, cfg.core), 24);
	ppctlb_close(h);
}
END_TEST

/* A 1K hole is possible on a 440 only. */
START_TEST(hole_of_1k)
{
	struct ppctlb *h = open_core("440");

	WORKS(map(h, 0, 16 * K, SUPER, 0));
	WORKS(ppctlb_unmap(h, 5 * K, K, 0, 0));
	ck_assert_uint_eq(count_valid(h, "440"), 6);
	SLOT(h, 0, 0, 0, 0x210, 0, 7);
	SLOT(h, 0, 1, 0, 0x1200, 0x1000, 7);
	SLOT(h, 0, 2, 0, 0x1a00, 0x1800, 7);
	SLOT(h, 0, 3, 0, 0x1e00, 0x1c00, 7);
	SLOT(h, 0, 4, 0, 0x2210, 0x2000, 7);
	SLOT(h, 0, 5, 0, 0x3210, 0x3000, 7);
	ppctlb_close(h);
}
END_TEST

/* MAS8 is raw, too: pieces keep it. */
START_TEST(pieces_keep_mas8)
{
	struct ppctlb *h = open_core("e5500");

	put(h, 1, 0, 0x80000200, 0, 0x3f, 0x80000005);
	WORKS(ppctlb_unmap(h, 4 * K, 12 * K, 0, 0));
	SLOT(h, 0, 0, 0x80000100, 0, 0x3f, 0x80000005);
	SLOT(h, 1, 0, 0, 0, 0, 0);
	ppctlb_close(h);
}
END_TEST

/* A page larger than 4G: extents are 64 bits. */
START_TEST(hole_in_a_terabyte)
{
	struct ppctlb *h = open_core("e6500");
	struct ppctlb_mapping m = {UINT64_C(1) << 62, 0, K * G, SUPER, 0, 0};

	WORKS(ppctlb_map(h, &m, 1, 0));
	WORKS(ppctlb_unmap(h, m.eaddr + 512 * G, 512 * G, 0, 0));
	SLOT(h, 1, 0, 0x80000e80, m.eaddr, 0x15, 0);
	WORKS(ppctlb_unmap(h, m.eaddr + 8 * G, 504 * G, 0, 0));
	SLOT(h, 1, 0, 0x80000b80, m.eaddr, 0x15, 0);
	ck_assert_uint_eq(count_valid(h, "e6500"), 1);
	ppctlb_close(h);
}
END_TEST

/* Without room for the pieces: -ENOSPC with the numbers, and the TLB stays. 24 pages, of which 3
 * of 4K go to TLB0 and one stays in its place. */
START_TEST(no_room_for_pieces)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_entry *before;

	WORKS(map(h, 0x20000000, 256 * M, SUPER, 0));
	before = state_of(h);
	FAILS(ENOSPC, ppctlb_unmap(h, 0x24000000, 4 * K, 0, 0), "20 slots of TLB1", "15 are free");
	unchanged(h, before);
	before = state_of(h);
	FAILS(ENOSPC, replace(h, 0x24000000, 4 * K, SUPER, 0), "20 slots", "15 are free");
	unchanged(h, before);
	WORKS(ppctlb_flush(h));
	WORKS(map(h, 0x20000000, 256 * M, SUPER | PPCTLB_IPROT, 0));
	before = state_of(h);
	FAILS(ENOSPC, ppctlb_unmap(h, 0x24000000, 4 * K, 0, 0), "23 slots", "15 are free");
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* A hole in a 64K page leaves three pages of 4K, which go to TLB0, and three of 16K: with two slots
 * free there is room, wherever the hole is. */
START_TEST(hole_anywhere_in_64k)
{
	for (unsigned page = 0; page < 16; page++) {
		struct ppctlb *h = open_core("e500v2");
		unsigned kept = page / 4 == 0 ? 1 : 0;

		WORKS(map(h, 0x10000000, 64 * K, SUPER, 0));
		fill(h, 1, 1, 14);
		WORKS(ppctlb_unmap(h, 0x10000000 + page * 4 * K, 4 * K, 0, 0));
		ck_assert_uint_eq(count_valid(h, "e500v2"), 13 + 6);
		SLOT(h, 1, 0, 0x80000200, 0x10000000 + kept * 16 * K, 0x10000015 + kept * 16 * K,
		     0);
		ppctlb_close(h);
	}
}
END_TEST

/* A piece of 4K that finds its set full is no different from a larger one: the first of them stays
 * in the old slot, the others need slots of TLB1. */
START_TEST(pieces_of_full_sets)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_entry *before;

	WORKS(map(h, 0x10000000, 16 * K, SUPER, 0));
	for (unsigned i = 0; i < 4; i++) /* sets 1 and 2 */
		WORKS(map(h, 0x20001000 + i * 0x80000, 8 * K, SUPER, 0));
	fill(h, 1, 1, 16);
	before = state_of(h);
	FAILS(ENOSPC, ppctlb_unmap(h, 0x10000000, 4 * K, 0, 0), "1 slots of TLB1", "0 are free",
	      "1 of them for 4K pages", "EA 0x10002000, set 2");
	unchanged(h, before);
	put(h, 1, 7, 0, 0, 0, 0);
	WORKS(ppctlb_unmap(h, 0x10000000, 4 * K, 0, 0));
	SLOT(h, 1, 0, 0x80000100, 0x10001000, 0x10001015, 0);
	SLOT(h, 1, 7, 0x80000100, 0x10002000, 0x10002015, 0);
	SLOT(h, 0, 12, 0x80000100, 0x10003000, 0x10003015, 0);
	ppctlb_close(h);
}
END_TEST

#define ROOM(needed0, free0, needed1, free1)                                                       \
	do {                                                                                       \
		ck_assert_uint_eq(room[0].needed, needed0);                                        \
		ck_assert_uint_eq(room[0].free, free0);                                            \
		ck_assert_uint_eq(room[1].needed, needed1);                                        \
		ck_assert_uint_eq(room[1].free, free1);                                            \
	} while (0)

/* ppctlb_map_room() answers as ppctlb_map() would, tells how much it takes, and writes nothing. */
START_TEST(room_is_told)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_room room[3] = {[2] = {7, 8}}; /* the last is not to be written */
	struct ppctlb_mapping m = mapping(0x10000000, 64 * K + 4 * K, SUPER, 0);
	struct ppctlb_entry *before = state_of(h);

	WORKS(ppctlb_map_room(h, &m, 1, 0, room));
	ROOM(1, 512, 1, 16);
	unchanged(h, before);
	fill(h, 1, 0, 15);
	WORKS(ppctlb_map(h, &m, 1, 0));
	FAILS(EEXIST, ppctlb_map_room(h, &m, 1, 0, room), "conflicts");
	ROOM(1, 511, 1, 0);
	WORKS(ppctlb_map_room(h, &m, 1, PPCTLB_REPLACE, room));
	ROOM(1, 512, 1, 1);
	m = mapping(0x20000000, 1 * G, SUPER, 0);
	FAILS(ENOSPC, ppctlb_map_room(h, &m, 1, 0, room), "4 slots of TLB1", "0 are free");
	ROOM(0, 511, 4, 0);
	m.raddr += 4 * K;
	FAILS(ENOSPC, ppctlb_map_room(h, &m, 1, 0, room), "262144 slots", "511 are free");
	ROOM(0, 511, 262144, 0);
	m.raddr += 1;
	FAILS(EINVAL, ppctlb_map_room(h, &m, 1, 0, room));
	ROOM(0, 511, 262144, 0);
	FAILS(EINVAL, ppctlb_map_room(h, &m, 1, 2, room), "how 0x2");
	FAILS(EINVAL, ppctlb_map_room(h, NULL, 1, 0, room), "NULL");
	FAILS(EINVAL, ppctlb_map_room(h, &m, 1, 0, NULL), "NULL");
	FAILS(EINVAL, ppctlb_map_room(NULL, &m, 1, 0, room), "NULL");
	ppctlb_close(h);
	h = open_core("440");
	m = mapping(0x10000000, 64 * K + 4 * K, SUPER, 0);
	WORKS(ppctlb_map_room(h, &m, 1, 0, room));
	ROOM(2, 64, 0, 0);
	ck_assert(room[2].needed == 7 && room[2].free == 8);
	ppctlb_close(h);
}
END_TEST

/* What a call removes leaves room for the pieces of that call, wherever it was. */
START_TEST(room_of_what_goes)
{
	struct ppctlb *h = open_core("440");

	WORKS(map(h, 0x10000000, 16 * K, SUPER, 0));
	for (unsigned i = 1; i < 64; i++)
		WORKS(map(h, 0x10004000 + (i - 1) * 4 * K, 4 * K, SUPER, 0));
	/* entry 0 leaves two pieces, entries 1 and 2 go: full before, and afterwards but for one */
	WORKS(ppctlb_unmap(h, 0x10002000, 16 * K, 0, 0));
	SLOT(h, 0, 0, 0, 0x10000210, 0x10000000, 7);
	SLOT(h, 0, 1, 0, 0x10001210, 0x10001000, 7);
	SLOT(h, 0, 2, 0, 0, 0, 0);
	ck_assert_uint_eq(count_valid(h, "440"), 63);
	ppctlb_close(h);
}
END_TEST

/* Several regions cut an entry at once: no piece is made that another region takes away again. */
START_TEST(regions_cut_together)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping maps[] = {
		mapping(0, 4 * K, PPCTLB_SR, 0),
		mapping(4 * K, 12 * K, PPCTLB_SR, 0),
	};

	/* TLB1 is full; nothing is left of its entry 0, and all new pages go to TLB0 */
	WORKS(map(h, 0, 16 * K, SUPER | PPCTLB_IPROT, 0));
	fill(h, 1, 1, 16);
	WORKS(ppctlb_map(h, maps, 2, PPCTLB_REPLACE));
	SLOT(h, 1, 0, 0, 0, 0, 0);
	for (unsigned set = 0; set < 4; set++)
		SLOT(h, 0, set * 4, 0x80000100, set * 4 * K, set * 4 * K + 1, 0);
	ppctlb_close(h);
	h = open_core("440");
	maps[1] = mapping(8 * K, 4 * K, PPCTLB_SR, 0);
	WORKS(map(h, 0, 64 * K, SUPER, 0));
	WORKS(ppctlb_map(h, maps, 2, PPCTLB_REPLACE));
	/* 4K 12K 16K 32K 48K are left, then the two new ones come */
	SLOT(h, 0, 0, 0, 0x1210, 0x1000, 7);
	SLOT(h, 0, 1, 0, 0x3210, 0x3000, 7);
	SLOT(h, 0, 2, 0, 0x4220, 0x4000, 7);
	SLOT(h, 0, 3, 0, 0x8220, 0x8000, 7);
	SLOT(h, 0, 4, 0, 0xc220, 0xc000, 7);
	SLOT(h, 0, 5, 0, 0x0210, 0, 1);
	SLOT(h, 0, 6, 0, 0x2210, 0x2000, 1);
	ck_assert_uint_eq(count_valid(h, "440"), 7);
	/* the other way round: the order of the regions decides only where the new pages go */
	WORKS(ppctlb_flush(h));
	WORKS(map(h, 0, 64 * K, SUPER, 0));
	maps[0] = maps[1];
	maps[1] = mapping(0, 4 * K, PPCTLB_SR, 0);
	WORKS(ppctlb_map(h, maps, 2, PPCTLB_REPLACE));
	SLOT(h, 0, 0, 0, 0x1210, 0x1000, 7);
	SLOT(h, 0, 1, 0, 0x3210, 0x3000, 7);
	SLOT(h, 0, 4, 0, 0xc220, 0xc000, 7);
	SLOT(h, 0, 5, 0, 0x2210, 0x2000, 1);
	SLOT(h, 0, 6, 0, 0x0210, 0, 1);
	ck_assert_uint_eq(count_valid(h, "440"), 7);
	ppctlb_close(h);
}
END_TEST

static const struct {
	const char *core, *says;
	uint64_t word[4];
	uint64_t eaddr, size; /* its extent */
} malformed[] = {
	{"440", "illegal page size", {0, 0x10000260, 0x10000000, 7}, 0x10000000, 4 * M},
	{"440", "EPN is not aligned", {0, 0x10001230, 0x10000000, 7}, 0x10000000, 64 * K},
	{"440", "RPN is not aligned", {0, 0x10000230, 0x10001000, 7}, 0x10000000, 64 * K},
	{"440", "reserved bits", {0, 0x10000230, 0x10000000, 0x47}, 0x10000000, 64 * K},
	{"440", "reserved bits", {0x100, 0x10000230, 0x10000000, 7}, 0x10000000, 64 * K},
	{"e500v2", "illegal page size", {0x80000280, 0x10000000, 0x10000015, 0}, 0x10000000, 32 * K},
	{"e500v2", "EPN is not aligned", {0x80000300, 0x10001000, 0x10000015, 0}, 0x10000000, 64 * K},
	{"e500v2", "RPN is not aligned", {0x80000300, 0x10000000, 0x10001015, 0}, 0x10000000, 64 * K},
	{"e500v2", "wider than the core", {0x80000300, 0x10000000, 0x1010000015, 0}, 0x10000000, 64 * K},
	{"e500v2", "reserved bits", {0x80000301, 0x10000000, 0x10000015, 0}, 0x10000000, 64 * K},
	{"e500v2", "reserved bits", {0x80000300, 0x10000000, 0x10000015, 1}, 0x10000000, 64 * K},
	{"e6500", "IND is set", {0x80002300, 0x10000000, 0x10000015, 0}, 0x10000000, 64 * K},
	{"e500mc", "IND is set", {0x80002300, 0x10000000, 0x10000015, 0}, 0x10000000, 64 * K},
};

/* A malformed entry that would need splitting is -EBADMSG; one that is wholly inside is removed. */
START_TEST(malformed_is_not_split)
{
	struct ppctlb *h = open_core(malformed[_i].core);
	unsigned tlb = strcmp(malformed[_i].core, "440") ? 1 : 0;
	uint64_t eaddr = malformed[_i].eaddr, size = malformed[_i].size;
	const uint64_t *w = malformed[_i].word;
	struct ppctlb_mapping region = mapping(eaddr + 8 * K, 4 * K, SUPER, 0);
	struct ppctlb_room room[2] = {{.needed = 77}};
	struct ppctlb_entry *before;

	put(h, tlb, 5, w[0], w[1], w[2], w[3]);
	before = state_of(h);
	FAILS(EBADMSG, ppctlb_unmap(h, eaddr, 4 * K, 0, 0), "[5]", "malformed", malformed[_i].says);
	FAILS(EBADMSG, ppctlb_unmap(h, eaddr + size - 4 * K, 4 * K, 0, 0), "[5]");
	FAILS(EBADMSG, ppctlb_unmap(h, eaddr + 8 * K, 4 * K, 0, 0), "[5]");
	FAILS(EBADMSG, replace(h, eaddr + 8 * K, 4 * K, SUPER, 0), "[5]");
	FAILS(EBADMSG, ppctlb_map_room(h, &region, 1, PPCTLB_REPLACE, room), "[5]");
	ck_assert_uint_eq(room[0].needed, 77); /* as it was */
	FAILS(EEXIST, map(h, eaddr + 8 * K, 4 * K, SUPER, 0), "[5]");
	WORKS(ppctlb_unmap(h, eaddr + size, 64 * K, 0, 0));
	WORKS(ppctlb_unmap(h, eaddr - 4 * K, 4 * K, 0, 0));
	unchanged(h, before);
	WORKS(ppctlb_unmap(h, eaddr, size, 0, 0));
	SLOT(h, tlb, 5, 0, 0, 0, 0);
	put(h, tlb, 5, w[0], w[1], w[2], w[3]);
	WORKS(replace(h, eaddr & ~(16 * M - 1), 16 * M, SUPER, 0));
	ck_assert_uint_eq(count_valid(h, malformed[_i].core), 1);
	ppctlb_close(h);
}
END_TEST

static const struct {
	const char *core;
	uint64_t word[4], eaddr;
} reaching_out[] = {
	{"440", {0, 0x2f0, 0, 7}, 0},				   /* SIZE F, 1T */
	{"440", {0, 0xe0000290, 0xe0000000, 7}, 0xe0000000},	   /* 256M, as it should be */
	{"440", {0, 0xc00002a0, 0xc0000000, 7}, 0xc0000000},	   /* 1G, up to the end */
	{"e500v2", {0x80000c00, 0, 0x15, 0}, 0},		   /* 16G */
	{"e500v2", {0x80000f80, 0x80000000, 0x15, 0}, 0},	   /* 2T */
	{"e5500", {0x80000f80, -(512 * G), 0x15, 0}, -(2048 * G)}, /* in 64 bits: all of it */
};

/* An entry of an illegal size may reach past the last effective address: what is out of reach need
 * not stay. */
START_TEST(the_rest_out_of_reach)
{
	struct ppctlb *h = open_core(reaching_out[_i].core);
	const struct ppctlb_core_info *core = ppctlb_core_info(core_of(reaching_out[_i].core));
	uint64_t last = UINT64_MAX >> (64 - core->ea_bits), eaddr = reaching_out[_i].eaddr;
	const uint64_t *w = reaching_out[_i].word;
	unsigned tlb = core->arrays - 1;
	struct ppctlb_entry *before;

	put(h, tlb, 5, w[0], w[1], w[2], w[3]);
	before = state_of(h);
	if (_i != 1)
		FAILS(EBADMSG, ppctlb_unmap(h, eaddr + 4 * K, last - eaddr + 1 - 4 * K, 0, 0),
		      "[5]");
	unchanged(h, before);
	WORKS(ppctlb_unmap(h, eaddr, last - eaddr + 1, 0, 0));
	SLOT(h, tlb, 5, 0, 0, 0, 0);
	ppctlb_close(h);
}
END_TEST

/* ---- refusals ---- */

START_TEST(map_refuses)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_mapping good = mapping(0x10000000, 64 * K, SUPER, 0), m;
	struct ppctlb_mapping two[] = {good, mapping(0x20000000, 64 * K, SUPER, 0)};
	struct ppctlb_entry *before;

	WORKS(map(h, 0x40000000, 64 * K, SUPER, 0));
	before = state_of(h);
	FAILS(EINVAL, ppctlb_map(h, NULL, 1, 0), "NULL");
	FAILS(EINVAL, ppctlb_map(NULL, &good, 1, 0), "NULL");
	FAILS(EINVAL, ppctlb_map(h, &good, 1, 2), "how 0x2");
	FAILS(EINVAL, ppctlb_map(h, &good, 1, ~0u), "how");
	m = good, m.size = 0;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "size 0");
	m = good, m.size += 1;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "multiple");
	m = good, m.eaddr += 1;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "multiple");
	m = good, m.raddr += 512;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "multiple");
	m = good, m.eaddr = -(64 * K), m.size = 128 * K;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "EA");
	m = good, m.raddr = UINT64_C(1) << facts->ra_bits;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "RA", "bits");
	m.raddr -= 64 * K, m.size += 64 * K;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "RA", "ends beyond");
	m = good, m.tid = (uint16_t)(1u << facts->tid_bits);
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "tid");
	m = good, m.flags |= UINT32_C(1) << 31;
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "flags");
	two[1].size = 1;
	FAILS(EINVAL, ppctlb_map(h, two, 2, 0), "region 1", "multiple");
	unchanged(h, before);
	/* no region at all: nothing to do */
	before = state_of(h);
	WORKS(ppctlb_map(h, NULL, 0, 0));
	WORKS(ppctlb_map(h, &good, 0, PPCTLB_REPLACE));
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* GS and lpid are refused, since KVM ignores MAS8; and flags that a core lacks. */
START_TEST(map_has_not)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_mapping good = mapping(0x10000000, 64 * K, SUPER, 0), m;
	struct ppctlb_entry *before;

	WORKS(map(h, 0x40000000, 64 * K, SUPER, 0));
	before = state_of(h);
	m = good, m.flags |= PPCTLB_GS;
	FAILS(ENOTSUP, ppctlb_map(h, &m, 1, 0), "gs");
	FAILS(ENOTSUP, ppctlb_map_at(h, &m, model_last_tlb(facts), 0, 0), "gs");
	m = good, m.lpid = 1;
	FAILS(ENOTSUP, ppctlb_map(h, &m, 1, 0), "lpid");
	FAILS(ENOTSUP, ppctlb_map_at(h, &m, model_last_tlb(facts), 0, 0), "lpid");
	if (facts->family == MODEL_44X) {
		m = good, m.flags |= PPCTLB_IPROT;
		FAILS(ENOTSUP, ppctlb_map(h, &m, 1, 0), "440 has no iprot");
		m = good, m.flags |= PPCTLB_X0 | PPCTLB_X1;
		FAILS(ENOTSUP, ppctlb_map(h, &m, 1, 0), "x0", "x1");
	}
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

START_TEST(unmap_refuses)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_entry *before;

	WORKS(map(h, 0, 64 * K, SUPER, 0));
	before = state_of(h);
	FAILS(EINVAL, ppctlb_unmap(NULL, 0, 4 * K, 0, 0), "NULL");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 0, 0, 0), "size 0");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 512, 0, 0), "multiple");
	FAILS(EINVAL, ppctlb_unmap(h, 512, 4 * K, 0, 0), "multiple");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 4 * K, 0, 2), "ts 2");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 4 * K, 0, ~0u), "ts");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 4 * K, 1u << facts->tid_bits, 0), "tid");
	FAILS(EINVAL, ppctlb_unmap(h, 0, 4 * K, 0x10000, 0), "tid 65536");
	FAILS(EINVAL, ppctlb_unmap(h, -(4 * K), 8 * K, 0, 0), "EA");
	if (facts->ea_bits == 32) {
		FAILS(EINVAL, ppctlb_unmap(h, 4 * G, 4 * K, 0, 0), "EA", "32 bits");
		FAILS(EINVAL, ppctlb_unmap(h, 4 * K, 4 * G, 0, 0), "EA", "32 bits");
	} else {
		FAILS(EINVAL, ppctlb_unmap(h, -(4 * K), 4 * K + 1, 0, 0), "wraps around");
	}
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* ---- map_at ---- */

/* One page into exactly that entry, as QEMU fills TLB1[0] and TLB1[1]. */
START_TEST(map_at_puts_it_there)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping boot = mapping(0, 64 * M, RWX, 0);
	struct ppctlb_mapping spin = {0, 0x04000000, 64 * M, RWX | PPCTLB_M | PPCTLB_TS, 0, 0};

	WORKS(ppctlb_map_at(h, &boot, 1, 0, 0));
	SLOT(h, 1, 0, 0x80000800, 0, 0x3f, 0);
	WORKS(ppctlb_map_at(h, &spin, 1, 1, 0));
	SLOT(h, 1, 1, 0x80001800, 4, 0x400003f, 0);
	/* 4K pages go to TLB1 and to any way of their TLB0 set */
	boot = mapping(0x10005000, 4 * K, PPCTLB_SR, 0);
	WORKS(ppctlb_map_at(h, &boot, 1, 15, 0));
	SLOT(h, 1, 15, 0x80000100, 0x10005000, 0x10005001, 0);
	boot.tid = 1;
	FAILS(EEXIST, ppctlb_map_at(h, &boot, 0, 5 * 4 + 2, 0), "TLB1[15]");
	boot.eaddr += 512 * K;
	WORKS(ppctlb_map_at(h, &boot, 0, 5 * 4 + 2, 0));
	SLOT(h, 0, 22, 0x80010100, 0x10085000, 0x10005001, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 4);
	ppctlb_close(h);
	h = open_core("440");
	boot = mapping(0, 256 * M, SUPER, 0);
	WORKS(ppctlb_map_at(h, &boot, 0, 63, 0));
	SLOT(h, 0, 63, 0, 0x290, 0, 7);
	ppctlb_close(h);
}
END_TEST

/* The old entry there is replaced whatever it is; it does not conflict. */
START_TEST(map_at_replaces_its_slot)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping m = mapping(0, 16 * M, SUPER, 0);

	put(h, 1, 3, 0xffffffff, UINT64_MAX, UINT64_MAX, 0xffffffff);
	WORKS(ppctlb_map_at(h, &m, 1, 3, 0));
	SLOT(h, 1, 3, 0x80000700, 0, 0x15, 0);
	m.flags |= PPCTLB_IPROT;
	WORKS(ppctlb_map_at(h, &m, 1, 3, 0));
	m.size = 64 * M;
	WORKS(ppctlb_map_at(h, &m, 1, 3, 0));
	SLOT(h, 1, 3, 0xc0000800, 0, 0x15, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 1);
	/* the whole old entry is gone, also where the new one does not reach */
	m = mapping(0x1000, 4 * K, SUPER, 0);
	WORKS(ppctlb_map_at(h, &m, 1, 3, PPCTLB_REPLACE));
	ck_assert_uint_eq(translate(h, 0x1000, 0), PPCTLB_HIT);
	ck_assert_uint_eq(translate(h, 0, 0), PPCTLB_MISS);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 1);
	ppctlb_close(h);
}
END_TEST

/* Any other entry that conflicts is -EEXIST, or is cut with REPLACE. */
START_TEST(map_at_and_the_others)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping m = mapping(4 * K, 4 * K, PPCTLB_SR, 0);
	struct ppctlb_entry *before;

	WORKS(map(h, 0, 16 * K, SUPER, 5));
	before = state_of(h);
	FAILS(EEXIST, ppctlb_map_at(h, &m, 1, 9, 0), "TLB1[0]");
	unchanged(h, before);
	WORKS(ppctlb_map_at(h, &m, 1, 9, PPCTLB_REPLACE));
	SLOT(h, 1, 9, 0x80000100, 0x1000, 0x1001, 0);
	SLOT(h, 1, 0, 0, 0, 0, 0);
	SLOT(h, 0, 0, 0x80050100, 0, 0x15, 0);
	SLOT(h, 0, 8, 0x80050100, 0x2000, 0x2015, 0);
	SLOT(h, 0, 12, 0x80050100, 0x3000, 0x3015, 0);
	ck_assert_uint_eq(count_valid(h, "e500v2"), 4);
	ppctlb_close(h);
}
END_TEST

START_TEST(map_at_refuses)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping m = mapping(0x5000, 4 * K, SUPER, 0);
	struct ppctlb_entry *before = state_of(h);

	FAILS(EINVAL, ppctlb_map_at(NULL, &m, 1, 0, 0), "NULL");
	FAILS(EINVAL, ppctlb_map_at(h, NULL, 1, 0, 0), "NULL");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 4), "how");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 16, 0), "TLB1[16]");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 512, 0), "TLB0[512]");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 2, 0, 0), "TLB2");
	FAILS(EINVAL, ppctlb_map_at(h, &m, ~0u, ~0u, 0), "TLB");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0x10001, 0x10000, 0), "TLB");
	/* the wrong set */
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 19, 0), "set 5", "set 4");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 24, 0), "set 5", "set 6");
	/* a size that the TLB lacks: the legal ones are listed */
	m = mapping(0, 16 * K, SUPER, 0);
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 0, 0), "16K", "TLB0", "legal: 4K");
	m.size = 8 * K;
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "8K", "TLB1",
	      "4K 16K 64K 256K 1M 4M 16M 64M 256M 1G 4G");
	m.size = 12 * K;
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "12K");
	m.size = 0;
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "size");
	m = mapping(0x1000, 16 * K, SUPER, 0);
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "EA 0x1000", "aligned", "16K");
	m.eaddr = 0;
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "RA 0x1000", "aligned", "16K");
	/* only TLB1 has IPROT */
	m = mapping(0, 4 * K, SUPER | PPCTLB_IPROT, 0);
	FAILS(ENOTSUP, ppctlb_map_at(h, &m, 0, 0, 0), "TLB0", "iprot");
	unchanged(h, before);
	ppctlb_close(h);
	h = open_core("440");
	m = mapping(0, 4 * K, SUPER, 0);
	FAILS(EINVAL, ppctlb_map_at(h, &m, 1, 0, 0), "TLB1[0]");
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 64, 0), "TLB0[64]");
	m.size = 4 * M;
	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 0, 0), "4M", "1K 4K 16K 64K 256K 1M 16M 256M");
	ppctlb_close(h);
}
END_TEST

/* The message for a core with one TLB does not number it. */
START_TEST(no_page_of_a_440)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping m = mapping(0, 4 * M, SUPER, 0);

	FAILS(EINVAL, ppctlb_map_at(h, &m, 0, 0, 0),
	      "size 4M is not a page size of 440;", "the largest page at this EA and RA is 1M,");
	ppctlb_close(h);
}
END_TEST

/* map_at leaves the old entry where it fails. */
START_TEST(map_at_is_atomic)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping m = mapping(0, 256 * M, SUPER, 0);
	struct ppctlb_entry *before;

	WORKS(map(h, 0x80000000, 64 * K, SUPER, 0));
	WORKS(map(h, 4 * K, 4 * K, SUPER, 0));
	before = state_of(h);
	FAILS(EEXIST, ppctlb_map_at(h, &m, 0, 0, 0), "TLB0[1]");
	unchanged(h, before);
	/* no room for the pieces of entry 1 */
	WORKS(ppctlb_flush(h));
	m = mapping(0x20000000, 4 * K, SUPER, 0);
	WORKS(map(h, 0x80000000, 64 * K, SUPER, 0));
	WORKS(map(h, 0x20000000, 256 * M, SUPER, 0));
	fill(h, 0, 2, 30);
	before = state_of(h);
	FAILS(ENOSPC, ppctlb_map_at(h, &m, 0, 0, PPCTLB_REPLACE), "41 slots", "34 are free");
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* ---- flush and failures of the backend ---- */

/* flush zeroes every entry, with IPROT and invalid ones, too. */
START_TEST(flush_zeroes)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	size_t n = entries_of(h);
	struct ppctlb_entry *all = state_of(h);

	seed(5);
	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < 4; k++)
			all[i].word[k] = (uint32_t)rnd();
	WORKS(ppctlb_set(h, all, n));
	WORKS(ppctlb_flush(h));
	for (size_t i = 0; i < n; i++)
		memset(all[i].word, 0, sizeof(all[i].word));
	unchanged(h, all);
	FAILS(EINVAL, ppctlb_flush(NULL), "NULL");
	ppctlb_close(h);
}
END_TEST

static const struct {
	const char *script;
	int err;
} failures[] = {
	{"fail=set:2:EIO", EIO},     {"fail=set:2:EINTR", EINTR},   {"fail=set:2:EFAULT", EFAULT},
	{"fail=get:3:EBADF", EBADF}, {"fail=get:3:ENOMEM", ENOMEM},
};

/* A failed call leaves the guest TLB as it was and returns the backend's errno with its message. */
START_TEST(backend_fails)
{
	static const char *const calls[] = {"map", "map_at", "unmap", "replace"};

	for (size_t call = 0; call < COUNT(calls); call++) {
		struct ppctlb *h = open_mock("e500v2", failures[_i].script);
		struct ppctlb_mapping m = mapping(0x20000000, 64 * K, SUPER, 0);
		struct ppctlb_mapping old = mapping(0x10000000, 64 * K, SUPER, 0);
		struct ppctlb_entry *before;

		WORKS(ppctlb_map(h, &old, 1, 0));
		before = state_of(h);
		switch (call) {
		case 0:
			FAILS(failures[_i].err, ppctlb_map(h, &m, 1, 0), "fails as told");
			break;
		case 1:
			FAILS(failures[_i].err, ppctlb_map_at(h, &m, 1, 7, 0), "fails as told");
			break;
		case 2:
			FAILS(failures[_i].err, ppctlb_unmap(h, 0x10004000, 16 * K, 0, 0),
			      "fails as told");
			break;
		case 3:
			old.flags |= PPCTLB_M;
			FAILS(failures[_i].err, ppctlb_map(h, &old, 1, PPCTLB_REPLACE),
			      "fails as told");
			break;
		}
		unchanged(h, before);
		WORKS(ppctlb_map(h, &m, 1, 0));
		ppctlb_close(h);
	}
}
END_TEST

START_TEST(flush_and_set_fail)
{
	struct ppctlb *h = open_mock("440", "fail=set:2:EIO;set:3:EINVAL");
	struct ppctlb_entry e = {0, 0, 0, {0, 0, 0, 0}}, *before;

	WORKS(map(h, 0, 4 * K, SUPER, 0));
	before = state_of(h);
	FAILS(EIO, ppctlb_flush(h), "fails as told");
	FAILS(EINVAL, ppctlb_set(h, &e, 1), "fails as told");
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("map");
	TCase *t = tcase_create("map");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, mail_on_the_440);
	tcase_add_test(t, order_on_the_440);
	tcase_add_test(t, invalid_slot_is_overwritten);
	add_tests_of(t, ways_of_a_set, MODEL_E500);
	tcase_add_test(t, the_rest_goes_to_tlb1);
	tcase_add_test(t, a_region_of_both);
	tcase_add_test(t, no_victim);
	tcase_add_test(t, a_region_may_take_every_slot);
	tcase_add_test(t, no_room_has_numbers);
	tcase_add_test(t, one_commit);
	tcase_add_loop_test(t, conflict_rule, 0, COUNT(neighbours));
	tcase_add_test(t, conflict_at_the_end_of_4g);
	tcase_add_loop_test(t, regions_conflict_with_each_other, 0, MODEL_CORES);
	tcase_add_test(t, any_regions_conflict_or_not);
	tcase_add_test(t, what_is_told_first);
	tcase_add_loop_test(t, all_or_nothing, 0, MODEL_CORES);
	tcase_add_test(t, wrong_set_conflicts_with_nothing);
	tcase_add_test(t, tlb0_is_4k);
	tcase_add_test(t, iprot_is_removed);
	tcase_add_test(t, all_is_replaced);
	tcase_add_loop_test(t, unmap_by_tid_and_ts, 0, MODEL_CORES);
	tcase_add_loop_test(t, unmap_of_nothing, 0, MODEL_CORES);
	tcase_add_loop_test(t, unmap_everything, 0, MODEL_CORES);
	tcase_add_test(t, hole_of_4k_in_256m);
	tcase_add_loop_test(t, hole_of_4k_in_256m_on_e500, 0, 2);
	tcase_add_test(t, hole_of_1k);
	tcase_add_test(t, pieces_keep_mas8);
	tcase_add_test(t, hole_in_a_terabyte);
	tcase_add_test(t, no_room_for_pieces);
	tcase_add_test(t, hole_anywhere_in_64k);
	tcase_add_test(t, pieces_of_full_sets);
	tcase_add_test(t, room_is_told);
	tcase_add_test(t, room_of_what_goes);
	tcase_add_test(t, regions_cut_together);
	tcase_add_loop_test(t, malformed_is_not_split, 0, COUNT(malformed));
	tcase_add_loop_test(t, the_rest_out_of_reach, 0, COUNT(reaching_out));
	tcase_add_loop_test(t, map_refuses, 0, MODEL_CORES);
	tcase_add_loop_test(t, map_has_not, 0, MODEL_CORES);
	tcase_add_loop_test(t, unmap_refuses, 0, MODEL_CORES);
	tcase_add_test(t, map_at_puts_it_there);
	tcase_add_test(t, map_at_replaces_its_slot);
	tcase_add_test(t, map_at_and_the_others);
	tcase_add_test(t, map_at_refuses);
	tcase_add_test(t, no_page_of_a_440);
	tcase_add_test(t, map_at_is_atomic);
	tcase_add_loop_test(t, flush_zeroes, 0, MODEL_CORES);
	tcase_add_loop_test(t, backend_fails, 0, COUNT(failures));
	tcase_add_test(t, flush_and_set_fail);
	suite_add_tcase(s, t);
	return run_suite(s);
}
