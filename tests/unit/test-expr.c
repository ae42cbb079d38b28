// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Expressions of C in tables of sources. The values are those of a compiler for a PowerPC of 32
 * bits, whose long has 32 bits.
 */
#include "../../tool/formats/expr.h"
#include "../support/unit-common.h"

#include <stdio.h>

static const struct constant constants[] = {{"BIT", 0x20}};
static const struct vocabulary numbers = {constants, 1, false, "PAGE_", "SZ_"};

static struct names names;

static void define(const char *name, enum name_state state, const char *text)
{
	ck_assert(names_set(&names, name, strlen(name), state, text, false));
}

static void set_up(void)
{
	ck_assert(names_begin(&names));
	define("BASE", NAME_VALUE, "0xff000000");
	define("SUM", NAME_VALUE, "BASE + 0x1000");
	define("LOOP", NAME_VALUE, "LOOP2");
	define("LOOP2", NAME_VALUE, "1 + LOOP");
	define("EMPTY", NAME_VALUE, "");
	define("PLUS", NAME_VALUE, "+");
	define("ONE", NAME_VALUE, "1");
	define("NO", NAME_UNDEFINED, "");
	define("F", NAME_ARGUMENTS, "(x) x");
	define("EITHER", NAME_OPEN, "CONFIG_A");
}

static void tear_down(void)
{
	names_free(&names);
}

static const struct {
	const char *text;
	uint64_t n; /* as a phys_addr_t */
} values[] = {
	/* numbers */
	{"0", 0},
	{"0x10", 16},
	{"0XfF", 255},
	{"010", 8},
	{"10", 10},
	{"0xfffe00000ull", 0xfffe00000},
	{"0xfffe00000", 0xfffe00000},
	{"1UL", 1},
	{"1lu", 1},
	{"0x1ULL", 1},
	{"1LLU", 1},
	{"0xffffffffffffffff", UINT64_MAX},
	{"18446744073709551615u", UINT64_MAX},
	/* precedence */
	{"1 + 2 * 3", 7},
	{"(1 + 2) * 3", 9},
	{"1 | 2 ^ 3 & 1", 3},
	{"1 << 2 + 1", 8},
	{"16 >> 2 >> 1", 2},
	{"10 - 3 - 2", 5},
	{"100 / 10 / 5", 2},
	{"17 % 10", 7},
	{"2 == 2 && 3 != 4 || 0", 1},
	{"1 < 2 == 2 > 1", 1},
	{"3 <= 2 || 2 >= 3", 0},
	{"!5 + !0", 1},
	{"- - 4", 4},
	{"+4", 4},
	/* widths and signs */
	{"0xfffff000 + 0x1000", 0},
	{"0xfffff000ull + 0x1000", 0x100000000},
	{"(u64)0xfffff000 + 0x1000", 0x100000000},
	{"(phys_addr_t)(0xfffff000 + 0x1000)", 0},
	{"(unsigned long long)0xf << 32", 0xf00000000},
	{"(u32)0xfffe00000ull", 0xffe00000},
	{"(unsigned long) 0x123456789ull", 0x23456789},
	{"(void *)0x123456789ull", 0x23456789},
	{"(UINT32) (BASE)", 0xff000000},
	{"~0xfff", (uint64_t)-0x1000},
	{"0xfe0001234ull & ~(4096 - 1)", 0xfe0001000},
	{"0xfe0001234ull & ~0xfffu", 0xe0001000},
	{"~0u", 0xffffffff},
	{"-1", UINT64_MAX},
	{"-1 < 0u", 0},
	{"-1 < 0", 1},
	{"-8 / 2 + 4", 0},
	{"-8 >> 1", (uint64_t)-4},
	{"0x80000000 >> 4", 0x08000000},
	{"-1 / -1", 1},
	{"(-2147483647 - 1) / -1", (uint64_t)INT32_MIN},
	{"0x80000000 % 3", 2},
	/* names: a macro is text */
	{"BASE", 0xff000000},
	{"SUM", 0xff001000},
	{"SUM * 2", 0xff002000},
	{"(SUM) * 2", 0xfe002000},
	{"1 PLUS 2", 3},
	{"EMPTY 5 EMPTY", 5},
	{"BASE | BIT", 0xff000020},
	{"3 * SZ_4K", 12288},
	{"SZ_1T", UINT64_C(1) << 40},
};

START_TEST(value)
{
	struct expr e = {.names = &names, .words = &numbers};
	struct value v;

	ck_assert_msg(expr_value(&e, values[_i].text, &v), "%s: %s", values[_i].text, e.reason);
	ck_assert_msg(v.n == values[_i].n, "%s is 0x%llx", values[_i].text,
		      (unsigned long long)v.n);
	ck_assert_msg(!v.symbol, "%s", values[_i].text);
}
END_TEST

static const struct {
	const char *text, *reason;
} failures[] = {
	{"", "a value is missing"},
	{"1 +", "a value is missing"},
	{"(1", "')' expected"},
	{"1)", "')' without '('"},
	{"1 2", "an operator is missing"},
	{"1 ? 2 : 3", "'?' is not expected here"},
	{"08", "'08' is no number of C"},
	{"0x", "'0x' is no number of C"},
	{"0x1g", "'0x1g' is no number of C"},
	{"4K", "'4K' is no number of C"},
	{"1ulu", "'1ulu' is no number of C"},
	{"0x1ffffffffffffffff", "a number of more than 64 bits"},
	{"18446744073709551616", "a number of more than 64 bits"},
	{"1 / 0", "a division by 0"},
	{"1 % (2 - 2)", "a division by 0"},
	{"1 << 32", "a shift by as many bits as the number has, or more"},
	{"1ull << 64", "a shift by as many bits as the number has, or more"},
	{"1 >> -1", "a shift by as many bits as the number has, or more"},
	{"BASE + WHAT", "WHAT is not known; give --define WHAT=VALUE"},
	{"NO", "NO is not known; give --define NO=VALUE"},
	{"(foo_t)1", "foo_t is not known; give --define foo_t=VALUE"},
	{"LOOP", "LOOP is defined by itself"},
	{"F(1)", "F is a macro with arguments, which import does not expand"},
	{"G(1)", "G is a macro with arguments, which import does not expand"},
	{"EITHER", "what EITHER stands for hangs on CONFIG_A; give --define or --undefine"},
	{"defined(ONE)", "defined is a macro with arguments, which import does not expand"},
	{"SZ_3K", "SZ_3K is not known; give --define SZ_3K=VALUE"},
};

START_TEST(failure)
{
	struct expr e = {.names = &names, .words = &numbers};
	struct value v;

	ck_assert_msg(!expr_value(&e, failures[_i].text, &v), "%s", failures[_i].text);
	ck_assert_str_eq(e.reason, failures[_i].reason);
}
END_TEST

/* open NULL: it is decided, as n. */
static const struct {
	const char *text;
	uint64_t n;
	const char *open;
} conditions[] = {
	{"0", 0, NULL},
	{"ONE", 1, NULL},
	{"NO", 0, NULL},
	{"defined(ONE)", 1, NULL},
	{"defined ONE && !defined ( NO )", 1, NULL},
	{"defined(BASE) && BASE > 0x1000", 1, NULL},
	{"IS_ENABLED(ONE)", 1, NULL},
	{"IS_ENABLED(BASE)", 0, NULL},
	{"CONFIG_IS_ENABLED(X)", 0, "CONFIG_X"},
	{"defined(F)", 1, NULL},
	{"WHAT", 0, "WHAT"},
	{"defined(WHAT)", 0, "WHAT"},
	{"WHAT > 3 || THAT(2, (3))", 0, "WHAT and THAT"},
	{"0 && WHAT", 0, NULL},
	{"WHAT && 0", 0, NULL},
	{"WHAT || 1", 1, NULL},
	{"1 && defined(WHAT)", 0, "WHAT"},
	{"0 || !WHAT", 0, "WHAT"},
	{"EITHER", 0, "CONFIG_A"},
	{"defined(EITHER)", 0, "CONFIG_A"},
	{"0xffffffff + 1", 0x100000000, NULL},
};

START_TEST(condition)
{
	struct expr e = {.names = &names, .condition = true};
	struct value v;
	const char *text = conditions[_i].text;

	ck_assert_msg(expr_value(&e, text, &v), "%s: %s", text, e.reason);
	ck_assert_msg(v.open == (conditions[_i].open != NULL), "%s: %s", text, e.open);
	if (v.open)
		ck_assert_str_eq(e.open, conditions[_i].open);
	else
		ck_assert_msg(v.n == conditions[_i].n, "%s", text);
}
END_TEST

/* In its first stage U-Boot asks for CONFIG_SPL_X. */
START_TEST(first_stage)
{
	struct expr e = {.names = &names, .condition = true};
	struct value v;

	define("CONFIG_X", NAME_VALUE, "1");
	ck_assert(expr_value(&e, "CONFIG_IS_ENABLED(X)", &v) && !v.open && v.n == 1);
	define("CONFIG_SPL_BUILD", NAME_VALUE, "");
	ck_assert(expr_value(&e, "CONFIG_IS_ENABLED(X)", &v) && v.open);
	ck_assert_str_eq(e.open, "CONFIG_SPL_X");
}
END_TEST

/* A page size is a symbol, and stays one only by itself or joined with others. */
START_TEST(symbols)
{
	static const struct {
		const char *text;
		bool plain;
	} rows[] = {{"PAGE_4K", false},	   {"(PAGE_4K)", false},   {"PAGE_4K | 0", false},
		    {"PAGE_4K | 1", true}, {"PAGE_4K << 1", true}, {"~PAGE_4K", true},
		    {"-PAGE_4K", true},	   {"PAGE_4K & 1", true},  {"(u32)PAGE_4K", true}};
	struct expr e = {.names = &names, .words = &numbers};
	struct value v;

	for (size_t i = 0; i < COUNT(rows); i++) {
		ck_assert(expr_value(&e, rows[i].text, &v));
		ck_assert_msg(v.symbol && v.plain == rows[i].plain, "%s", rows[i].text);
	}
	ck_assert(expr_value(&e, "PAGE_4K", &v) && v.n == SYMBOL_SIZE(2));
	ck_assert(expr_value(&e, "PAGE_1TB", &v) && v.n == SYMBOL_SIZE(30));
}
END_TEST

/* Macros that double each other, and parentheses without end, are refused in time. */
START_TEST(bounds)
{
	struct expr e = {.names = &names};
	char name[8], text[32], deep[4001];
	struct value v;

	define("M0", NAME_VALUE, "1");
	for (int i = 1; i < 30; i++) {
		snprintf(name, sizeof(name), "M%d", i);
		snprintf(text, sizeof(text), "M%d + M%d", i - 1, i - 1);
		define(name, NAME_VALUE, text);
	}
	ck_assert(expr_value(&e, "M8", &v) && v.n == 256);
	ck_assert(!expr_value(&e, "M29", &v));
	ck_assert_str_eq(e.reason, "too long, with its macros");
	memset(deep, '(', sizeof(deep) - 1);
	deep[sizeof(deep) - 1] = 0;
	ck_assert(!expr_value(&e, deep, &v));
	ck_assert_str_eq(e.reason, "nested too deep");
	memset(deep, '-', sizeof(deep) - 1);
	ck_assert(!expr_value(&e, deep, &v));
	ck_assert_str_eq(e.reason, "nested too deep");
}
END_TEST

/* What is given counts more than what the text says; there is an end to both. */
START_TEST(table_of_names)
{
	char name[16];
	size_t n = names.n;

	ck_assert(names_set(&names, "GIVEN", 5, NAME_VALUE, "1", true));
	define("GIVEN", NAME_VALUE, "2");
	ck_assert_str_eq(names_find(&names, "GIVEN", 5)->text, "1");
	define("BASE", NAME_VALUE, "7");
	ck_assert_str_eq(names_find(&names, "BASE", 4)->text, "7");
	ck_assert_ptr_null(names_find(&names, "BAS", 3));
	ck_assert_ptr_null(names_find(&names, "BASES", 5));
	for (n = names.n; n < NAMES; n++) {
		snprintf(name, sizeof(name), "N%zu", n);
		define(name, NAME_VALUE, "");
	}
	ck_assert(!names_set(&names, "MORE", 4, NAME_VALUE, "", false));
	define("BASE", NAME_VALUE, "8");
	ck_assert_str_eq(names_find(&names, name, strlen(name))->name, name);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("expr");
	TCase *t = tcase_create("expr");

	tcase_add_checked_fixture(t, set_up, tear_down);
	tcase_add_loop_test(t, value, 0, COUNT(values));
	tcase_add_loop_test(t, failure, 0, COUNT(failures));
	tcase_add_loop_test(t, condition, 0, COUNT(conditions));
	tcase_add_test(t, first_stage);
	tcase_add_test(t, symbols);
	tcase_add_test(t, bounds);
	tcase_add_test(t, table_of_names);
	suite_add_tcase(s, t);
	return run_suite(s);
}
