// SPDX-License-Identifier: GPL-2.0-or-later
/* The core 440: golden words, every bit, every size, every defect. */
#include "../support/core-rules.h"

extern const struct ppctlb_backend ppctlb_backend_44x;

#define core (ppctlb_backend_44x.cores[0])

START_TEST(the_core_is_what_the_manual_says)
{
	const struct ppctlb_core_info *info = &core->info;

	ck_assert_ptr_null(ppctlb_backend_44x.cores[1]);
	ck_assert_str_eq(info->name, "440");
	ck_assert_str_eq(info->aliases[0], "460");
	ck_assert_str_eq(info->backend, "44x");
	ck_assert_uint_eq(info->arrays, 1);
	ck_assert_uint_eq(info->array[0].geometry.entries, 64);
	ck_assert_uint_eq(info->array[0].geometry.ways, 64);
	ck_assert_uint_eq(info->ea_bits, 32);
	ck_assert_uint_eq(info->ra_bits, 36);
	ck_assert_uint_eq(info->tid_bits, 8);
	ck_assert_uint_eq(info->lpid_bits, 0);
	ck_assert_uint_eq(info->flags & (PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS), 0);
	ck_assert_uint_eq(info->array[0].flags, info->flags);
}
END_TEST

START_TEST(golden_vectors)
{
	check_vector(core, 0, &vectors_44x[_i]);
}
END_TEST

START_TEST(each_flag_has_its_bit)
{
	static const struct flag_place places[] = {
		{PPCTLB_TS, 1, 0x100},	{PPCTLB_U0, 3, 0x8000}, {PPCTLB_U1, 3, 0x4000},
		{PPCTLB_U2, 3, 0x2000}, {PPCTLB_U3, 3, 0x1000}, {PPCTLB_W, 3, 0x800},
		{PPCTLB_I, 3, 0x400},	{PPCTLB_M, 3, 0x200},	{PPCTLB_G, 3, 0x100},
		{PPCTLB_E, 3, 0x80},	{PPCTLB_UX, 3, 0x20},	{PPCTLB_UW, 3, 0x10},
		{PPCTLB_UR, 3, 0x8},	{PPCTLB_SX, 3, 0x4},	{PPCTLB_SW, 3, 0x2},
		{PPCTLB_SR, 3, 0x1},
	};

	check_flags(core, places, COUNT(places), 0);
}
END_TEST

/* All 16 codes of SIZE: eight are pages; the others have a nominal size and a defect. */
START_TEST(every_size_code)
{
	static const bool legal[16] = {1, 1, 1, 1, 1, 1, 0, 1, 0, 1};
	struct ppctlb_entry e = {.word = {0, 0x200u | (unsigned)_i << 4, 0, 0}}, back;
	struct ppctlb_mapping m;
	unsigned defects = core->decode(core, &e, &m);

	ck_assert_uint_eq(m.size, UINT64_C(1024) << 2 * _i);
	ck_assert_uint_eq(defects, legal[_i] ? 0 : PPCTLB_DEFECT_SIZE);
	ck_assert_uint_eq(!!(core->info.array[0].sizes & m.size), legal[_i]);
	if (legal[_i]) {
		core->encode(core, &m, &back);
		ck_assert_uint_eq(back.word[1], e.word[1]);
	}
}
END_TEST

START_TEST(decode_of_encode_is_the_mapping)
{
	check_roundtrip(core);
}
END_TEST

START_TEST(overlap_finds_what_decode_tells)
{
	check_overlap(core);
}
END_TEST

START_TEST(no_bit_is_dropped_silently)
{
	check_no_silent_loss(core);
	check_every_bit(core, 0);
}
END_TEST

START_TEST(parity_is_ignored)
{
	struct ppctlb_entry e = {.word = {0, 0xef600210 | 0xf, 0xef600000 | 0x300, 0xc0000507}};
	struct ppctlb_mapping m;

	ck_assert_uint_eq(core->parity[0], 0);
	ck_assert_uint_eq(core->parity[1], 0xf);
	ck_assert_uint_eq(core->parity[2], 0x300);
	ck_assert_uint_eq(core->parity[3], 0xc0000000);
	ck_assert_uint_eq(core->decode(core, &e, &m), 0);
	ck_assert(same_mapping(&m, &vectors_44x[1].m));
}
END_TEST

START_TEST(resize_changes_epn_rpn_and_size_only)
{
	check_resize(core, (const uint64_t[]){0, 0xfffffcf0, 0xfffffc0f, 0});
}
END_TEST

/* Each defect alone; the mapping is still the page as the manual defines it. */
START_TEST(each_defect)
{
	static const struct {
		uint64_t word[4];
		unsigned defects;
		uint64_t eaddr, raddr, size;
	} table[] = {
		{{0, 0x10000210, 0x20000003, 7}, 0, 0x10000000, 0x320000000, 0x1000},
		/* EPN, RPN below the page */
		{{0, 0x10000610, 0x20000000, 7}, PPCTLB_DEFECT_EPN, 0x10000000, 0x20000000, 0x1000},
		{{0, 0x10800270, 0x21000000, 7}, PPCTLB_DEFECT_EPN, 0x10000000, 0x21000000, 0x1000000},
		{{0, 0x10000210, 0x20000800, 7}, PPCTLB_DEFECT_RPN, 0x10000000, 0x20000000, 0x1000},
		{{0, 0x10000290, 0x21000001, 7}, PPCTLB_DEFECT_RPN, 0x10000000, 0x120000000, 0x10000000},
		/* illegal sizes: 4M, 64M, 1G ... 1T, beyond 32 bits too */
		{{0, 0x10000260, 0x20000000, 7}, PPCTLB_DEFECT_SIZE, 0x10000000, 0x20000000, 0x400000},
		{{0, 0x10000280, 0x20000000, 7}, PPCTLB_DEFECT_SIZE, 0x10000000, 0x20000000, 0x4000000},
		{{0, 0x400002a0, 0xc0000000, 7}, PPCTLB_DEFECT_SIZE, 0x40000000, 0xc0000000, 0x40000000},
		{{0, 0x000002f0, 0x00000000, 7}, PPCTLB_DEFECT_SIZE, 0, 0, UINT64_C(1) << 40},
		{{0, 0x100002f0, 0x00000001, 7},
		 PPCTLB_DEFECT_SIZE | PPCTLB_DEFECT_EPN | PPCTLB_DEFECT_RPN,
		 0,
		 0,
		 UINT64_C(1) << 40},
		/* reserved bits */
		{{0x100, 0x10000210, 0x20000000, 7},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
		{{0, 0x10000210, 0x20000010, 7},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
		{{0, 0x10000210, 0x20000080, 7},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
		{{0, 0x10000210, 0x20000000, 0x47},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
		{{0, 0x10000210, 0x20000000, 0x10007},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
		{{0, 0x10000210, 0x20000000, 0x20000007},
		 PPCTLB_DEFECT_RESERVED,
		 0x10000000,
		 0x20000000,
		 0x1000},
	};
	struct ppctlb_entry e = {.tlb = 0};
	struct ppctlb_mapping m;

	for (size_t i = 0; i < COUNT(table); i++) {
		memcpy(e.word, table[i].word, sizeof(e.word));
		ck_assert_msg(core->decode(core, &e, &m) == table[i].defects, "line %zu", i);
		ck_assert_msg(m.eaddr == table[i].eaddr && m.raddr == table[i].raddr &&
				      m.size == table[i].size,
			      "line %zu", i);
	}
}
END_TEST

START_TEST(an_invalid_entry_is_nothing_else)
{
	check_invalid(core, 1, 0x200);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("44x core");
	TCase *tc = tcase_create("440");

	tcase_add_test(tc, the_core_is_what_the_manual_says);
	tcase_add_loop_test(tc, golden_vectors, 0, COUNT(vectors_44x));
	tcase_add_test(tc, each_flag_has_its_bit);
	tcase_add_loop_test(tc, every_size_code, 0, 16);
	tcase_add_test(tc, decode_of_encode_is_the_mapping);
	tcase_add_test(tc, no_bit_is_dropped_silently);
	tcase_add_test(tc, overlap_finds_what_decode_tells);
	tcase_add_test(tc, parity_is_ignored);
	tcase_add_test(tc, resize_changes_epn_rpn_and_size_only);
	tcase_add_test(tc, each_defect);
	tcase_add_test(tc, an_invalid_entry_is_nothing_else);
	suite_add_tcase(suite, tc);
	return run_suite(suite);
}
