// SPDX-License-Identifier: GPL-2.0-or-later
/* The cores of the e500 family: golden words, every bit, every size, every defect. */
#include "../support/core-rules.h"

extern const struct ppctlb_backend ppctlb_backend_e500;

#define CORE(row) core_in(&ppctlb_backend_e500, (size_t)(row))
#define E500V2	  CORE(model_core("e500v2") - model_cores)

START_TEST(the_cores_are_what_the_manuals_say)
{
	const struct model_core *facts = &model_cores[_i];
	const struct ppctlb_core_info *info = &CORE(_i)->info;
	uint32_t both = PPCTLB_X0 | PPCTLB_X1 | PPCTLB_E | PPCTLB_TS | PPCTLB_U3;

	ck_assert_str_eq(info->backend, "e500");
	ck_assert_uint_eq(info->arrays, 2);
	ck_assert_uint_eq(info->ea_bits, facts->ea_bits);
	ck_assert_uint_eq(info->ra_bits, facts->ra_bits);
	ck_assert_uint_eq(info->tid_bits, facts->tid_bits);
	ck_assert_uint_eq(info->lpid_bits, facts->lpid_bits);
	ck_assert_uint_eq(info->array[0].geometry.entries, facts->entries[0]);
	ck_assert_uint_eq(info->array[0].geometry.ways, facts->ways);
	ck_assert_uint_eq(info->array[1].geometry.entries, facts->entries[1]);
	ck_assert_uint_eq(info->array[1].geometry.ways, facts->entries[1]);
	ck_assert_uint_eq(info->array[0].sizes, 4096);
	ck_assert_uint_eq(info->array[1].sizes, facts->sizes);
	ck_assert_uint_eq(info->flags & both, both);
	ck_assert_uint_eq(!!(info->flags & PPCTLB_GS), facts->lpid_bits != 0);
	ck_assert_uint_eq(info->array[1].flags, info->flags);
	ck_assert_uint_eq(info->array[0].flags, info->flags & ~(uint32_t)PPCTLB_IPROT);
}
END_TEST

START_TEST(golden_vectors)
{
	const struct vector *v = &vectors_e500[_i];
	unsigned cores = 0;

	for (size_t row = 0; row < MODEL_CORES; row++)
		if (is_e500(&model_cores[row]) && model_has(&model_cores[row], &v->m)) {
			check_vector(CORE(row), 1, v);
			cores++;
		}
	ck_assert_uint_gt(cores, 0);
}
END_TEST

START_TEST(each_flag_has_its_bit)
{
	static const struct flag_place places[] = {
		{PPCTLB_IPROT, 0, 0x40000000},
		{PPCTLB_TS, 0, 0x1000},
		{PPCTLB_X0, 1, 0x40},
		{PPCTLB_X1, 1, 0x20},
		{PPCTLB_W, 1, 0x10},
		{PPCTLB_I, 1, 8},
		{PPCTLB_M, 1, 4},
		{PPCTLB_G, 1, 2},
		{PPCTLB_E, 1, 1},
		{PPCTLB_U0, 2, 0x200},
		{PPCTLB_U1, 2, 0x100},
		{PPCTLB_U2, 2, 0x80},
		{PPCTLB_U3, 2, 0x40},
		{PPCTLB_UX, 2, 0x20},
		{PPCTLB_SX, 2, 0x10},
		{PPCTLB_UW, 2, 8},
		{PPCTLB_SW, 2, 4},
		{PPCTLB_UR, 2, 2},
		{PPCTLB_SR, 2, 1},
		{PPCTLB_GS, 3, 0x80000000},
	};

	check_flags(CORE(_i), places, COUNT(places), model_cores[_i].lpid_bits ? 0 : PPCTLB_GS);
}
END_TEST

/* All 32 codes of TSIZE in TLB1: 1K << TSIZE bytes; a code that is no page of the core is a
 * defect. */
START_TEST(every_tsize_in_tlb1)
{
	for (unsigned t = 0; t < 32; t++) {
		struct ppctlb_entry e = {.tlb = 1, .word = {0x80000000u | t << 7, 0, 0, 0}},
				    back = e;
		struct ppctlb_mapping m;
		bool legal = model_cores[_i].sizes >> (10 + t) & 1;

		ck_assert_uint_eq(CORE(_i)->decode(CORE(_i), &e, &m),
				  legal ? 0 : PPCTLB_DEFECT_SIZE);
		ck_assert_uint_eq(m.size, UINT64_C(1024) << t);
		if (legal) {
			CORE(_i)->encode(CORE(_i), &m, &back);
			ck_assert_uint_eq(back.word[0], e.word[0]);
		}
	}
}
END_TEST

/* In TLB0 every entry is a 4K page; any other TSIZE is a defect (KVM would obey it). */
START_TEST(every_tsize_in_tlb0)
{
	for (unsigned t = 0; t < 32; t++) {
		struct ppctlb_entry e = {.word = {0x80000000u | t << 7, 0x7fff7000, 0x1fff7001, 0}};
		struct ppctlb_mapping m;

		ck_assert_uint_eq(CORE(_i)->decode(CORE(_i), &e, &m),
				  t == 2 ? 0 : PPCTLB_DEFECT_TLB0_SIZE);
		ck_assert_uint_eq(m.eaddr, 0x7fff7000);
		ck_assert_uint_eq(m.raddr, 0x1fff7000);
		ck_assert_uint_eq(m.size, 4096);
	}
}
END_TEST

START_TEST(decode_of_encode_is_the_mapping)
{
	check_roundtrip(CORE(_i));
}
END_TEST

START_TEST(overlap_finds_what_decode_tells)
{
	check_overlap(CORE(_i));
}
END_TEST

START_TEST(no_bit_is_dropped_silently)
{
	check_no_silent_loss(CORE(_i));
	check_every_bit(CORE(_i), 0);
	check_every_bit(CORE(_i), 1);
}
END_TEST

START_TEST(resize_changes_epn_rpn_and_tsize_only)
{
	check_resize(CORE(_i), (const uint64_t[]){0xf80, ~UINT64_C(0xfff), ~UINT64_C(0xfff), 0});
}
END_TEST

struct defect {
	unsigned on; /* traits that a core must have for this row */
	uint16_t tlb;
	uint64_t word[4];
	unsigned defects;
};

/* What sets the cores apart. */
enum {
	ALL = 0,
	EA32 = 1 << 0,
	EA64 = 1 << 1,
	RA32 = 1 << 2,
	RA_UP_TO_36 = 1 << 3,
	RA40 = 1 << 4,
	TID8 = 1 << 5,
	TID14 = 1 << 6,
	WITH_HV = 1 << 7,
	NO_HV = 1 << 8,
	POWERS_OF_4 = 1 << 9,
	POWERS_OF_2 = 1 << 10,
	UP_TO_256M = 1 << 11,
};

static unsigned traits_of(const struct model_core *core)
{
	return (core->ea_bits == 32 ? EA32 : 0) | (core->ea_bits == 64 ? EA64 : 0) |
	       (core->ra_bits == 32 ? RA32 : 0) | (core->ra_bits <= 36 ? RA_UP_TO_36 : 0) |
	       (core->ra_bits == 40 ? RA40 : 0) | (core->tid_bits == 8 ? TID8 : 0) |
	       (core->tid_bits == 14 ? TID14 : 0) | (core->lpid_bits ? WITH_HV : NO_HV) |
	       (core->sizes & 0x2000 ? POWERS_OF_2 : POWERS_OF_4) |
	       (core->sizes < 0x20000000 ? UP_TO_256M : 0);
}

/* Each defect alone, in TLB1 unless only TLB0 has it. */
static const struct defect defects[] = {
	{ALL, 1, {0x80000300, 0x10000000, 0x20000001, 0}, 0},
	{ALL, 0, {0x80000100, 0x10000000, 0x20000001, 0}, 0},
	/* misaligned: 64K, 256M */
	{ALL, 1, {0x80000300, 0x10001000, 0x20000001, 0}, PPCTLB_DEFECT_EPN},
	{ALL, 1, {0x80000900, 0x18000000, 0x20000001, 0}, PPCTLB_DEFECT_EPN},
	{ALL, 1, {0x80000300, 0x10000000, 0x20008001, 0}, PPCTLB_DEFECT_RPN},
	/* sizes: 1K, 2K nowhere; 8K, 2G on MAV 2.0 only; 2T nowhere */
	{ALL, 1, {0x80000000, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_SIZE},
	{ALL, 1, {0x80000080, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_SIZE},
	{POWERS_OF_4, 1, {0x80000180, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_SIZE},
	{POWERS_OF_2, 1, {0x80000180, 0x10000000, 0x20000001, 0}, 0},
	{POWERS_OF_4, 1, {0x80000a80, 0x80000000, 0x80000001, 0}, PPCTLB_DEFECT_SIZE},
	{ALL, 1, {0x80000f80, 0, 1, 0}, PPCTLB_DEFECT_SIZE},
	/* and beyond each core's largest: 1G, 16G */
	{UP_TO_256M, 1, {0x80000a00, 0x40000000, 0x40000001, 0}, PPCTLB_DEFECT_SIZE},
	{POWERS_OF_4, 1, {0x80000c00, 0, 1, 0}, PPCTLB_DEFECT_SIZE},
	/* wider than the core's RA */
	{RA32, 1, {0x80000300, 0x10000000, 0x120000001, 0}, PPCTLB_DEFECT_RA},
	{RA_UP_TO_36, 1, {0x80000300, 0x10000000, 0x1020000001, 0}, PPCTLB_DEFECT_RA},
	{RA40, 1, {0x80000300, 0x10000000, 0x1020000001, 0}, 0},
	{ALL, 1, {0x80000300, 0x10000000, 0x10020000001, 0}, PPCTLB_DEFECT_RA},
	{ALL, 0, {0x80000100, 0x10000000, 0x8000000020000001, 0}, PPCTLB_DEFECT_RA},
	/* EPN beyond 32 bits */
	{EA32, 1, {0x80000300, 0x110000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{EA64, 1, {0x80000300, 0x110000000, 0x20000001, 0}, 0},
	/* TID beyond 8 bits, MAS1 reserved bits, MAS2 f80, MAS3 c00 */
	{TID8, 1, {0x81000300, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{TID14, 1, {0x81000300, 0x10000000, 0x20000001, 0}, 0},
	{ALL, 1, {0x80004300, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80008300, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80000301, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 0, {0x80000140, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80000300, 0x10000080, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80000300, 0x10000800, 0x20000001, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80000300, 0x10000000, 0x20000401, 0}, PPCTLB_DEFECT_RESERVED},
	{ALL, 1, {0x80000300, 0x10000000, 0x20000801, 0}, PPCTLB_DEFECT_RESERVED},
	/* every core reports IND */
	{ALL, 1, {0x80002300, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_IND},
	{ALL, 0, {0x80002100, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_IND},
	/* IPROT belongs to TLB1 */
	{ALL, 0, {0xc0000100, 0x10000000, 0x20000001, 0}, PPCTLB_DEFECT_TLB0_IPROT},
	{ALL, 1, {0xc0000300, 0x10000000, 0x20000001, 0}, 0},
	/* MAS8: a mapping has GS and 6 bits of LPID; it lacks VF, more LPID and the rest */
	{WITH_HV, 1, {0x80000300, 0x10000000, 0x20000001, 0x80000000}, PPCTLB_DEFECT_MAS8},
	{WITH_HV, 1, {0x80000300, 0x10000000, 0x20000001, 0x3f}, PPCTLB_DEFECT_MAS8},
	{WITH_HV, 1, {0x80000300, 0x10000000, 0x20000001, 0x40}, PPCTLB_DEFECT_MAS8 | PPCTLB_DEFECT_RESERVED},
	{WITH_HV,
	 1,
	 {0x80000300, 0x10000000, 0x20000001, 0x40000000},
	 PPCTLB_DEFECT_MAS8 | PPCTLB_DEFECT_RESERVED},
	{WITH_HV,
	 0,
	 {0x80000100, 0x10000000, 0x20000001, 0x100},
	 PPCTLB_DEFECT_MAS8 | PPCTLB_DEFECT_RESERVED},
	{NO_HV,
	 1,
	 {0x80000300, 0x10000000, 0x20000001, 0x80000000},
	 PPCTLB_DEFECT_MAS8 | PPCTLB_DEFECT_RESERVED},
	{NO_HV,
	 0,
	 {0x80000100, 0x10000000, 0x20000001, 1},
	 PPCTLB_DEFECT_MAS8 | PPCTLB_DEFECT_RESERVED},
};

START_TEST(each_defect)
{
	const struct defect *d = &defects[_i];
	struct ppctlb_entry e = {.tlb = d->tlb};
	unsigned cores = 0;

	memcpy(e.word, d->word, sizeof(e.word));
	for (size_t row = 0; row < MODEL_CORES; row++) {
		struct ppctlb_mapping m;
		unsigned got;

		if (!is_e500(&model_cores[row]) || d->on & ~traits_of(&model_cores[row]))
			continue;
		got = CORE(row)->decode(CORE(row), &e, &m);
		ck_assert_msg(got == d->defects, "line %d on %s: defects 0x%x, expected 0x%x", _i,
			      model_cores[row].name, got, d->defects);
		cores++;
	}
	ck_assert_uint_gt(cores, 0);
}
END_TEST

/* The page of a malformed entry is what the manual defines: masked to the size, in 64 bits. */
START_TEST(a_malformed_page_is_masked_to_its_size)
{
	struct ppctlb_entry e = {.tlb = 1, .word = {0x80000900, 0x1ffff000, 0xfabcde001, 0}};
	struct ppctlb_mapping m;

	E500V2->decode(E500V2, &e, &m);
	ck_assert_uint_eq(m.eaddr, 0x10000000);
	ck_assert_uint_eq(m.raddr, 0xfa0000000);
	e.word[0] = 0x80000f80; /* 2T */
	E500V2->decode(E500V2, &e, &m);
	ck_assert_uint_eq(m.eaddr, 0);
	ck_assert_uint_eq(m.raddr, 0);
	ck_assert_uint_eq(m.size, UINT64_C(1) << 41);
	/* a 32-bit core has no EA above 32 bits */
	e = (struct ppctlb_entry){.word = {0x80000100, 0xffffffff12345000, 1, 0}};
	E500V2->decode(E500V2, &e, &m);
	ck_assert_uint_eq(m.eaddr, 0x12345000);
}
END_TEST

START_TEST(an_unknown_slot_is_in_its_tlb)
{
	struct ppctlb_entry e = {.tlb = PPCTLB_NO_SLOT, .word = {0x80000300, 0, 1, 0}};
	struct ppctlb_mapping m;

	ck_assert_uint_eq(E500V2->decode(E500V2, &e, &m), PPCTLB_DEFECT_TLB0_SIZE);
	e.tlb = PPCTLB_NO_SLOT | 1;
	ck_assert_uint_eq(E500V2->decode(E500V2, &e, &m), 0);
	ck_assert_uint_eq(m.size, 0x10000);
}
END_TEST

START_TEST(an_invalid_entry_is_nothing_else)
{
	check_invalid(CORE(_i), 0, 0x80000000);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("e500 cores");
	TCase *tc = tcase_create("cores");

	add_tests_of(tc, the_cores_are_what_the_manuals_say, MODEL_E500);
	tcase_add_loop_test(tc, golden_vectors, 0, COUNT(vectors_e500));
	add_tests_of(tc, each_flag_has_its_bit, MODEL_E500);
	add_tests_of(tc, every_tsize_in_tlb1, MODEL_E500);
	add_tests_of(tc, every_tsize_in_tlb0, MODEL_E500);
	add_tests_of(tc, decode_of_encode_is_the_mapping, MODEL_E500);
	add_tests_of(tc, no_bit_is_dropped_silently, MODEL_E500);
	add_tests_of(tc, overlap_finds_what_decode_tells, MODEL_E500);
	add_tests_of(tc, resize_changes_epn_rpn_and_tsize_only, MODEL_E500);
	tcase_add_loop_test(tc, each_defect, 0, COUNT(defects));
	tcase_add_test(tc, a_malformed_page_is_masked_to_its_size);
	tcase_add_test(tc, an_unknown_slot_is_in_its_tlb);
	add_tests_of(tc, an_invalid_entry_is_nothing_else, MODEL_E500);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
