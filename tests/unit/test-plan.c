// SPDX-License-Identifier: GPL-2.0-or-later
/* ppctlb_plan(): the fewest legal pages of a region. */
#include "../support/unit-common.h"

#include <stdio.h>

static const struct model_core *facts;
static const struct ppctlb_core *core;

static void setup(int i)
{
	facts = &model_cores[i];
	core = core_of(facts->name);
}

/* The pages are legal ones of this core, aligned in EA and RA, by ascending EA, and cover exactly
 * the region; the rest is the region's. */
static void covers(const struct ppctlb_mapping *region, const struct ppctlb_mapping *page, size_t n)
{
	uint64_t done = 0;

	for (size_t i = 0; i < n; i++) {
		uint64_t size = page[i].size;

		HOLDS(size && !(size & (size - 1)) && facts->sizes & size, "%s: size 0x%llx",
		      facts->name, (unsigned long long)size);
		HOLDS(!((page[i].eaddr | page[i].raddr) & (size - 1)), "page %zu: not aligned", i);
		HOLDS(page[i].eaddr == region->eaddr + done, "page %zu: its EA", i);
		HOLDS(page[i].raddr == region->raddr + done, "page %zu: its RA", i);
		HOLDS(page[i].flags == region->flags && page[i].tid == region->tid &&
			      page[i].lpid == region->lpid,
		      "page %zu: not as its region", i);
		done += size;
	}
	HOLDS(done == region->size, "%zu pages do not cover the region", n);
}

/* Plan a region and check the pages; returns their number. */
static size_t plan(const struct ppctlb_mapping *region)
{
	static struct ppctlb_mapping page[8192];
	size_t n = COUNT(page);

	WORKS(ppctlb_plan(core, region, page, &n));
	HOLDS(n <= COUNT(page), "%zu pages", n);
	covers(region, page, n);
	return n;
}

static void is_minimal(const struct ppctlb_mapping *region, unsigned unit)
{
	size_t n = plan(region);
	unsigned fewest = model_fewest(facts, region, unit);

	HOLDS(n == fewest, "%s: 0x%llx:0x%llx:0x%llx: %zu pages, %u are enough", facts->name,
	      (unsigned long long)region->eaddr, (unsigned long long)region->raddr,
	      (unsigned long long)region->size, n, fewest);
}

/* Fewest legal pages: every region of up to 40 smallest pages at every offset in 20 of them, EA and
 * RA shifted against each other by 0, 1, 2, 4, 8, 16 and 3 pages. */
START_TEST(minimal_near_the_smallest_page)
{
	static const unsigned shifts[] = {0, 1, 2, 4, 8, 16, 3};
	unsigned unit;

	setup(_i);
	unit = model_smallest(facts);
	for (unsigned at = 0; at < 20; at++)
		for (unsigned size = 1; size <= 40; size++)
			for (size_t k = 0; k < COUNT(shifts); k++) {
				struct ppctlb_mapping m = {(uint64_t)at << unit,
							   (uint64_t)(at + shifts[k]) << unit,
							   (uint64_t)size << unit,
							   RWX,
							   0,
							   0};

				is_minimal(&m, unit);
			}
}
END_TEST

/* The same for random regions in units of every page size. */
START_TEST(minimal_at_every_size)
{
	setup(_i);
	seed(_i + 10);
	for (unsigned unit = 10; unit < 30; unit++) {
		if (!(facts->sizes >> unit & 1))
			continue;
		for (int i = 0; i < 60; i++) {
			uint64_t most = (UINT64_C(1) << 32 >> unit) / 2;
			uint64_t units = 1 + below(most < 3000 ? most : 3000);
			uint64_t offset = below(3) ? 0 : below(64);
			struct ppctlb_mapping m = {
				below(most) << unit, 0, units << unit, RWX, 0, 0};

			if (offset + (m.eaddr >> unit) + units > most * 2)
				offset = 0;
			m.raddr = m.eaddr + (offset << unit);
			is_minimal(&m, unit);
		}
	}
}
END_TEST

/* No page is larger than what EA and RA have in common: 2 GiB one page apart take only small ones.
 */
START_TEST(alignment_limits_the_page)
{
	setup(_i);
	for (unsigned shift = model_smallest(facts); shift < 30; shift++) {
		struct ppctlb_mapping m = {0, UINT64_C(1) << shift, 64 * M, RWX, 0, 0};
		struct ppctlb_mapping page[4096];
		size_t n = COUNT(page);

		if (m.size >> shift > 2048 || !(facts->sizes >> shift & 1))
			continue;
		WORKS(ppctlb_plan(core, &m, page, &n));
		covers(&m, page, n);
		for (size_t i = 0; i < n; i++)
			HOLDS(page[i].size <= UINT64_C(1) << shift, "page %zu", i);
		if (m.size >> shift)
			ck_assert_uint_eq(n, m.size >> shift);
	}
}
END_TEST

/* 2 GiB at 0 on a 440 are 8 x 256M: QEMU's boards need that. */
START_TEST(two_gigabytes_on_a_440)
{
	struct ppctlb_mapping m = {0, 0, 2 * G, PPCTLB_SR | PPCTLB_SW | PPCTLB_SX, 0, 0};

	setup(0);
	ck_assert_uint_eq(plan(&m), 8);
	m.eaddr = m.raddr = 2 * G;
	ck_assert_uint_eq(plan(&m), 8);
	m = (struct ppctlb_mapping){0, 0, 4 * M, 0, 0, 0};
	ck_assert_uint_eq(plan(&m), 4);
	m.size = 64 * M;
	ck_assert_uint_eq(plan(&m), 4);
}
END_TEST

/* The two calls: NULL asks how many; too little room is -ENOSPC, says how many and writes nothing.
 */
START_TEST(two_calls)
{
	struct ppctlb_mapping m = {4096, 4096, 64 * K, PPCTLB_SR, 3, 0}, page[16], before[16];
	size_t n = 77, want;

	setup(_i);
	WORKS(ppctlb_plan(core, &m, NULL, &n));
	want = n;
	ck_assert_uint_eq(want, model_fewest(facts, &m, model_smallest(facts)));
	memset(page, 0xa5, sizeof(page));
	memcpy(before, page, sizeof(page));
	for (size_t room = 0; room < want; room++) {
		n = room;
		FAILS(ENOSPC, ppctlb_plan(core, &m, page, &n), "pages");
		ck_assert_uint_eq(n, want);
		ck_assert_mem_eq(page, before, sizeof(page));
	}
	n = want;
	WORKS(ppctlb_plan(core, &m, page, &n));
	ck_assert_uint_eq(n, want);
	covers(&m, page, n);
	ck_assert_mem_eq(&page[n], &before[n], (COUNT(page) - n) * sizeof(page[0]));
}
END_TEST

/* Regions that end at the last byte of EA and RA, and all of a 32-bit address space. */
START_TEST(the_last_byte_is_covered)
{
	struct ppctlb_mapping m = {0, 0, 0, RWX, 0, 0};
	uint64_t ea_end, ra_end;

	setup(_i);
	m.size = UINT64_C(1) << model_smallest(facts);
	ea_end = facts->ea_bits == 64 ? 0 : UINT64_C(1) << facts->ea_bits;
	ra_end = UINT64_C(1) << facts->ra_bits;
	m.eaddr = ea_end - m.size;
	m.raddr = ra_end - m.size;
	ck_assert_uint_eq(plan(&m), 1);
	m.size *= 5;
	m.eaddr = ea_end - m.size;
	m.raddr = ra_end - m.size;
	ck_assert_uint_eq(plan(&m), 2);
	if (facts->ea_bits == 32) {
		m = (struct ppctlb_mapping){0, 0, 4 * G, RWX, 0, 0};
		if (facts->sizes & 4 * G)
			ck_assert_uint_eq(plan(&m), 1);
		else
			ck_assert_uint_eq(plan(&m), 16);
	}
}
END_TEST

/* The largest region of every core is counted at once, whatever its alignment, not page by page. */
START_TEST(a_huge_plan_is_counted)
{
	struct ppctlb_mapping m = {0, 0, 0, RWX, 0, 0};
	unsigned bits;
	size_t n;

	setup(_i);
	bits = facts->ra_bits < facts->ea_bits ? facts->ra_bits : facts->ea_bits;
	m.eaddr = UINT64_C(1) << model_smallest(facts);
	m.size = (UINT64_C(1) << bits) - m.eaddr;
	WORKS(ppctlb_plan(core, &m, NULL, &n));
	ck_assert_uint_eq(n, m.size >> model_smallest(facts));
	m.raddr = m.eaddr;
	WORKS(ppctlb_plan(core, &m, NULL, &n));
	ck_assert_uint_le(n, 2000);
}
END_TEST

/* 64-bit extremes: a region that wraps is refused, and the message says what wraps. */
START_TEST(wrapping_is_refused)
{
	uint64_t top = -(UINT64_C(1) << 12);
	struct ppctlb_mapping m;
	size_t n = 0;

	setup(_i);
	m = (struct ppctlb_mapping){top, 0, 8192, RWX, 0, 0};
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "EA 0xfffffffffffff000");
	m = (struct ppctlb_mapping){0, top, 8192, RWX, 0, 0};
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "RA 0xfffffffffffff000");
	m = (struct ppctlb_mapping){0, 0, top, RWX, 0, 0};
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), facts->ea_bits == 64 ? "RA" : "EA", "bits");
	m = (struct ppctlb_mapping){4096, 4096, top, RWX, 0, 0};
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n));
	m = (struct ppctlb_mapping){top, top, top, RWX, 0, 0};
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n));
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* What a core cannot represent is refused; the message names it. */
START_TEST(what_the_core_cannot_is_refused)
{
	struct ppctlb_mapping good = {0x10000, 0x10000, 64 * K, RWX, 0, 0}, m;
	char text[64];
	size_t n = 0;

	setup(_i);
	m = good, m.size = 0;
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "size 0");
	m = good, m.size += 512;
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "multiple", facts->name);
	m = good, m.eaddr += 512;
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "multiple", "0x10200");
	m = good, m.raddr += 512;
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "multiple", "0x10200");
	m = good, m.eaddr += 1024;
	if (is_e500(facts))
		FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "multiple", "4096");
	m = good, m.raddr = UINT64_C(1) << facts->ra_bits;
	snprintf(text, sizeof(text), "%u bits of %s", facts->ra_bits, facts->name);
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "RA", text);
	m.raddr -= 4096;
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "RA", text);
	if (facts->ea_bits == 32) {
		m = good, m.eaddr = 4 * G;
		FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "EA", "32 bits");
		m.eaddr -= 4096;
		FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "EA", "32 bits");
	}
	m = good, m.tid = (uint16_t)(1u << facts->tid_bits);
	snprintf(text, sizeof(text), "tid %u is wider than the %u bits", m.tid, facts->tid_bits);
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), text, facts->name);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* A flag that map() refuses is -ENOTSUP and named: one that the core lacks, and GS, since KVM
 * ignores MAS8; a flag that does not exist is -EINVAL. */
START_TEST(flags_that_map_refuses)
{
	size_t n = 0;

	setup(_i);
	for (unsigned bit = 0; bit < 32; bit++) {
		struct ppctlb_mapping m = {0, 0, 64 * K, UINT32_C(1) << bit, 0, 0};

		if (m.flags & facts->flags & PPCTLB_GS)
			FAILS(ENOTSUP, ppctlb_plan(core, &m, NULL, &n), "gs", "MAS8");
		else if (m.flags & facts->flags)
			WORKS(ppctlb_plan(core, &m, NULL, &n));
		else if (bit < 20)
			FAILS(ENOTSUP, ppctlb_plan(core, &m, NULL, &n), facts->name,
			      ppctlb_flag_name(m.flags));
		else
			FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "flags 0x");
	}
}
END_TEST

/* The same for an LPID; one too wide for the core is -EINVAL. */
START_TEST(lpid_is_refused)
{
	struct ppctlb_mapping m = {0, 0, 64 * K, 0, 0, 1};
	size_t n = 0;

	setup(_i);
	FAILS(ENOTSUP, ppctlb_plan(core, &m, NULL, &n), "lpid",
	      facts->lpid_bits ? "MAS8" : facts->name);
	m.lpid = (uint16_t)(1u << facts->lpid_bits);
	FAILS(facts->lpid_bits ? EINVAL : ENOTSUP, ppctlb_plan(core, &m, NULL, &n), "lpid");
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* The facts of a core are those of the manuals. */
START_TEST(cores_are_described)
{
	const struct ppctlb_core_info *info;

	setup(_i);
	info = ppctlb_core_info(core);
	ck_assert_str_eq(info->name, facts->name);
	ck_assert_str_eq(info->backend, model_backend(facts));
	ck_assert_uint_eq(info->ea_bits, facts->ea_bits);
	ck_assert_uint_eq(info->ra_bits, facts->ra_bits);
	ck_assert_uint_eq(info->tid_bits, facts->tid_bits);
	ck_assert_uint_eq(info->lpid_bits, facts->lpid_bits);
	ck_assert_uint_eq(info->flags, facts->flags);
	ck_assert_uint_eq(info->arrays, model_last_tlb(facts) + 1);
	ck_assert_uint_eq(info->array[0].geometry.entries, facts->entries[0]);
	ck_assert_uint_eq(info->array[0].geometry.ways, facts->ways);
	ck_assert_uint_eq(info->array[info->arrays - 1].sizes, facts->sizes);
	if (is_e500(facts)) {
		ck_assert_uint_eq(info->array[0].sizes, 4096);
		ck_assert_uint_eq(info->array[0].flags, facts->flags & ~PPCTLB_IPROT);
		ck_assert_uint_eq(info->array[1].geometry.entries, facts->entries[1]);
		ck_assert_uint_eq(info->array[1].geometry.ways, facts->entries[1]);
		ck_assert_uint_eq(info->array[1].flags, facts->flags);
	}
}
END_TEST

/* The region may lie among the pages that are written. */
START_TEST(a_plan_over_its_own_region)
{
	const struct ppctlb_core *e500v2 = core_of("e500v2");
	struct ppctlb_mapping pages[24], want[24];
	const struct ppctlb_mapping region = {0x10001000, 0x20001000, 0x100000, PPCTLB_SR, 3, 0};
	size_t n = COUNT(want);

	WORKS(ppctlb_plan(e500v2, &region, want, &n));
	ck_assert_uint_gt(n, 2);
	for (size_t i = 0; i < n; i++) {
		size_t room = COUNT(pages);

		pages[i] = region;
		WORKS(ppctlb_plan(e500v2, &pages[i], pages, &room));
		ck_assert_uint_eq(room, n);
		ck_assert_mem_eq(pages, want, n * sizeof(*want));
	}
}
END_TEST

static void is_in_the_model(const struct ppctlb_core_info *info, void *arg)
{
	unsigned *seen = arg;

	for (size_t i = 0; i < MODEL_CORES; i++)
		if (!strcmp(info->name, model_cores[i].name)) {
			*seen |= 1u << i;
			return;
		}
	ck_abort_msg("the core %s has no row in tests/support/model.c", info->name);
}

/* A core that the model lacks would not be tested at all. */
START_TEST(the_model_has_the_librarys_cores)
{
	unsigned seen = 0;

	WORKS(ppctlb_cores(is_in_the_model, &seen));
	for (size_t i = 0; i < MODEL_CORES; i++)
		ck_assert_msg(seen >> i & 1, "the library lacks the model's core %s",
			      model_cores[i].name);
}
END_TEST

START_TEST(null_is_refused)
{
	struct ppctlb_mapping m = {0, 0, 4096, 0, 0, 0};
	size_t n = 0;

	setup(0);
	FAILS(EINVAL, ppctlb_plan(NULL, &m, &m, &n), "NULL");
	FAILS(EINVAL, ppctlb_plan(core, NULL, &m, &n));
	FAILS(EINVAL, ppctlb_plan(core, &m, &m, NULL));
	ck_assert_ptr_null(ppctlb_core_info(NULL));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("plan");
	TCase *t = tcase_create("plan");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, cores_are_described, 0, MODEL_CORES);
	tcase_add_test(t, the_model_has_the_librarys_cores);
	tcase_add_loop_test(t, minimal_near_the_smallest_page, 0, MODEL_CORES);
	tcase_add_loop_test(t, minimal_at_every_size, 0, MODEL_CORES);
	tcase_add_loop_test(t, alignment_limits_the_page, 0, MODEL_CORES);
	tcase_add_test(t, two_gigabytes_on_a_440);
	tcase_add_loop_test(t, two_calls, 0, MODEL_CORES);
	tcase_add_loop_test(t, the_last_byte_is_covered, 0, MODEL_CORES);
	tcase_add_loop_test(t, a_huge_plan_is_counted, 0, MODEL_CORES);
	tcase_add_loop_test(t, wrapping_is_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, what_the_core_cannot_is_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, flags_that_map_refuses, 0, MODEL_CORES);
	tcase_add_loop_test(t, lpid_is_refused, 0, MODEL_CORES);
	tcase_add_test(t, a_plan_over_its_own_region);
	tcase_add_test(t, null_is_refused);
	suite_add_tcase(s, t);
	return run_suite(s);
}
