// SPDX-License-Identifier: GPL-2.0-or-later
/* ppctlb_dump(): the table of the mail of 2008, and the decoded table. */
#include "../support/unit-common.h"
#include "../kernel/fakekvm.h"

#include <ctype.h>
#include <stdio.h>

struct text {
	char line[700][300];
	size_t n;
};

static struct text text;

static void keep(const char *line, void *arg)
{
	struct text *t = arg;

	ck_assert_uint_lt(t->n, COUNT(t->line));
	ck_assert_uint_lt(strlen(line), sizeof(t->line[0]));
	ck_assert_ptr_null(strchr(line, '\n'));
	strcpy(t->line[t->n++], line);
}

static void dump_view(struct ppctlb *h, enum ppctlb_view view, enum ppctlb_style style)
{
	text.n = 0;
	WORKS(ppctlb_dump(h, view, style, keep, &text));
}

static void dump(struct ppctlb *h, enum ppctlb_style style)
{
	dump_view(h, PPCTLB_GUEST, style);
}

/* Style LIBKVM is the table of 2008: valid entries only, raw words. */
START_TEST(the_mails_table)
{
	struct ppctlb *h = open_core("440");

	dump(h, PPCTLB_LIBKVM);
	ck_assert_uint_eq(text.n, 2);
	put(h, 0, 0, 0, 0x270, 0, 7);
	put(h, 0, 1, 0, 0xef600210, 0xef600000, 0x507);
	put(h, 0, 9, 1, 0xfffffdff, 2, 3); /* V=0 */
	put(h, 0, 10, 0xffffffff, 0xabcdefff, 0xffffffff, 0xffffffff);
	put(h, 0, 63, 0xab, 0x00000200, 0, 0);
	dump(h, PPCTLB_LIBKVM);
	ck_assert_uint_eq(text.n, 6);
	ck_assert_str_eq(text.line[0], "Guest TLB:");
	ck_assert_str_eq(text.line[1], "| nr |     tid  |    word0 |    word1 |    word2 |");
	ck_assert_str_eq(text.line[2], "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |");
	ck_assert_str_eq(text.line[3], "G 1 | 00000000 | EF600210 | EF600000 | 00000507 |");
	ck_assert_str_eq(text.line[4], "G10 | FFFFFFFF | ABCDEFFF | FFFFFFFF | FFFFFFFF |");
	ck_assert_str_eq(text.line[5], "G63 | 000000AB | 00000200 | 00000000 | 00000000 |");
	ppctlb_close(h);
}
END_TEST

/* A row of the decoded table: its position, and words that it must contain. */
static const char *row(const char *slot)
{
	size_t len = strlen(slot);

	for (size_t i = 0; i < text.n; i++)
		if (!strncmp(text.line[i], slot, len) && isspace((unsigned char)text.line[i][len]))
			return text.line[i];
	ck_abort_msg("no row %s", slot);
}

static void says(const char *slot, const char *words[])
{
	for (; *words; words++)
		ck_assert_msg(strstr(row(slot), *words), "no '%s' in '%s'", *words, row(slot));
}
#define SAYS(slot, ...) says(slot, (const char *[]){__VA_ARGS__, NULL})

/* Style TABLE: a line for each valid entry, with slot, addresses, size, TID, TS, rights, attributes
 * and the raw words. */
START_TEST(decoded)
{
	struct ppctlb *h = open_core("e500mc");

	dump(h, PPCTLB_TABLE);
	ck_assert_uint_eq(text.n, 2);
	ck_assert_ptr_nonnull(strstr(text.line[0], "e500mc"));
	put(h, 1, 0, 0xc0051900, 0x2000000f, 0xf40000215, 0x80000007);
	put(h, 0, 4, 0x80000100, 0x10001050, 0x2003f, 0);
	put(h, 1, 5, 0x00000900, 0, 0x15, 0); /* V=0 */
	dump(h, PPCTLB_TABLE);
	ck_assert_uint_eq(text.n, 4);
	SAYS("1:0", "0000000020000000", "0f40000000", "256M", "    5", "--- rwx", "-IMGE", "0---",
	     "P--G", "c0051900,2000000f,f40000215,80000007");
	SAYS("0:4", "0000000010001000", "0000020000", "4K", "rwx rwx", "W----", "-X--",
	     "80000100,10001050,0002003f,00000000");
	ck_assert_ptr_null(strstr(row("1:0"), "malformed"));
	ppctlb_close(h);
}
END_TEST

/* User's and supervisor's rights have letters of their own. */
START_TEST(rights_have_letters)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	unsigned last = model_last_tlb(&model_cores[_i]);

	for (uint32_t rights = 0; rights < 64; rights++) {
		struct ppctlb_mapping m = {0, 0, 64 * K, rights, 0, 0};
		char want[8];

		WORKS(ppctlb_map_at(h, &m, last, 0, 0));
		dump(h, PPCTLB_TABLE);
		snprintf(want, sizeof(want), "%c%c%c %c%c%c", rights & PPCTLB_UR ? 'r' : '-',
			 rights & PPCTLB_UW ? 'w' : '-', rights & PPCTLB_UX ? 'x' : '-',
			 rights & PPCTLB_SR ? 'r' : '-', rights & PPCTLB_SW ? 'w' : '-',
			 rights & PPCTLB_SX ? 'x' : '-');
		SAYS(last ? "1:0" : "0:0", want);
	}
	ppctlb_close(h);
}
END_TEST

/* Malformed entries do not make it fail: every valid entry has a row with its words, and the row
 * of a malformed one says so. */
START_TEST(malformed_has_a_row)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_entry e = {.tlb = (uint16_t)model_last_tlb(facts), .index = 3};
	char words[128];

	seed(1);
	for (int i = 0; i < 2000; i++) {
		struct ppctlb_mapping m;

		for (unsigned k = 0; k < 4; k++)
			e.word[k] = rnd() & low_bits(model_word_bits(facts, k));
		WORKS(ppctlb_set(h, &e, 1));
		dump(h, PPCTLB_TABLE);
		if (!model_is_valid(facts, &e)) {
			ck_assert_uint_eq(text.n, 2);
			continue;
		}
		ck_assert_uint_eq(text.n, 3);
		snprintf(words, sizeof(words), "%08llx,%08llx,%08llx,%08llx",
			 (unsigned long long)e.word[0], (unsigned long long)e.word[1],
			 (unsigned long long)e.word[2], (unsigned long long)e.word[3]);
		SAYS(e.tlb ? "1:3" : "0:3", words);
		ck_assert_int_eq(!strstr(text.line[2], "malformed"), model_decode(facts, &e, &m));
	}
	ppctlb_close(h);
}
END_TEST

/* As many rows as valid entries, in the kernel's order. */
START_TEST(every_valid_entry_has_a_row)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct model t = model_new(facts);
	size_t line = 2;

	seed(2);
	for (size_t i = 0; i < t.n; i++)
		if (below(2))
			t.e[i].word[BY_FAMILY(facts, 1, 0)] = BY_FAMILY(facts, 0x210, 0x80000100);
	for (size_t i = 600; i < t.n; i++)
		t.e[i].word[0] = 0;
	WORKS(ppctlb_set(h, t.e, t.n));
	dump(h, PPCTLB_TABLE);
	for (size_t i = 0; i < t.n; i++) {
		char slot[16];

		if (!model_is_valid(facts, &t.e[i]))
			continue;
		snprintf(slot, sizeof(slot), "%u:%u ", t.e[i].tlb, t.e[i].index);
		ck_assert_uint_lt(line, text.n);
		ck_assert_int_eq(strncmp(text.line[line++], slot, strlen(slot)), 0);
	}
	ck_assert_uint_eq(line, text.n);
	model_free(&t);
	ppctlb_close(h);
}
END_TEST

/* A vCPU whose shadow TLB has two entries and whose guest TLB has none. */
static struct ppctlb *open_shadow(int *fd)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_44x_tlb *shadow;
	struct ppctlb *h;

	*fd = cfg.vcpu_fd = fakekvm_vcpu(FAKEKVM_440EP, FAKEKVM_SPLIT | FAKEKVM_SHADOW);
	shadow = &fakekvm_state(*fd)->tlb.shadow;
	memset(shadow, 0, sizeof(*shadow));
	shadow->entry[0] = (struct ppctlb_44x_tlbe){0x11, 0x70000210, 0x0ab00000, 0x3f};
	shadow->entry[40] = (struct ppctlb_44x_tlbe){0x22, 0x7abcd310, 0x0cd01000, 0x121};
	WORKS(ppctlb_open(&h, &cfg));
	return h;
}

/* The shadow view has its own title, letter and rows; the guest view does not change. */
START_TEST(shadow_is_the_shadows)
{
	int fd;
	struct ppctlb *h = open_shadow(&fd);

	dump_view(h, PPCTLB_SHADOW, PPCTLB_LIBKVM);
	ck_assert_uint_eq(text.n, 4);
	ck_assert_str_eq(text.line[0], "Shadow TLB:");
	ck_assert_str_eq(text.line[1], "| nr |     tid  |    word0 |    word1 |    word2 |");
	ck_assert_str_eq(text.line[2], "S 0 | 00000011 | 70000210 | 0AB00000 | 0000003F |");
	ck_assert_str_eq(text.line[3], "S40 | 00000022 | 7ABCD310 | 0CD01000 | 00000121 |");
	dump_view(h, PPCTLB_SHADOW, PPCTLB_TABLE);
	ck_assert_uint_eq(text.n, 4);
	ck_assert_str_eq(text.line[0],
			 "Shadow TLB, core 440: user u, supervisor s; P IPROT, X X0, Y X1, G GS");
	SAYS("0:0", "0000000070000000", "000ab00000", "4K", "   17", "rwx rwx",
	     "00000011,70000210,0ab00000,0000003f");
	SAYS("0:40", "000000007abcd000", "000cd01000", "4K", "   34", "--x r--", "---G-",
	     "00000022,7abcd310,0cd01000,00000121");
	dump(h, PPCTLB_LIBKVM);
	ck_assert_uint_eq(text.n, 4);
	ck_assert_str_eq(text.line[0], "Guest TLB:");
	ck_assert_str_eq(text.line[2], "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |");
	dump(h, PPCTLB_TABLE);
	ck_assert_int_eq(strncmp(text.line[0], "Guest TLB, core 440:", 20), 0);
	ppctlb_close(h);
	fakekvm_close(fd);
}
END_TEST

START_TEST(dump_refuses)
{
	struct ppctlb *h = open_core("440");

	text.n = 0;
	FAILS(EINVAL, ppctlb_dump(NULL, PPCTLB_GUEST, PPCTLB_TABLE, keep, &text), "NULL");
	FAILS(EINVAL, ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_TABLE, NULL, &text), "NULL");
	FAILS(EINVAL, ppctlb_dump(h, PPCTLB_GUEST, (enum ppctlb_style)2, keep, &text), "style 2");
	FAILS(EINVAL, ppctlb_dump(h, (enum ppctlb_view)7, PPCTLB_TABLE, keep, &text), "view 7");
	FAILS(ENOTSUP, ppctlb_dump(h, PPCTLB_SHADOW, PPCTLB_TABLE, keep, &text), "shadow");
	ppctlb_close(h);
	h = open_core("e500v2");
	FAILS(ENOTSUP, ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, keep, &text), "e500v2");
	ppctlb_close(h);
	h = open_mock("440", "fail=get:1:EIO");
	FAILS(EIO, ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, keep, &text), "fails as told");
	ppctlb_close(h);
	ck_assert_uint_eq(text.n, 0);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("dump");
	TCase *t = tcase_create("dump");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, the_mails_table);
	tcase_add_test(t, decoded);
	tcase_add_loop_test(t, rights_have_letters, 0, MODEL_CORES);
	tcase_add_loop_test(t, malformed_has_a_row, 0, MODEL_CORES);
	tcase_add_loop_test(t, every_valid_entry_has_a_row, 0, MODEL_CORES);
	tcase_add_test(t, shadow_is_the_shadows);
	tcase_add_test(t, dump_refuses);
	suite_add_tcase(s, t);
	return run_suite(s);
}
