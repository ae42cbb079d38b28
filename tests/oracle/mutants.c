/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expected failures: for each field of an entry, who must notice that it is wrong. */
#include <string.h>

#include "mutants.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* A field that `info tlb` shows and that has no effect on an access; one that only tlbre shows;
 * one that all see. */
#define READ  (JUDGE_WORDS | JUDGE_DECODE)
#define SHOWN (READ | JUDGE_LINE)
#define ALL   (SHOWN | JUDGE_ACCESS | JUDGE_TRANSLATE)

struct mutant {
	const char *field;
	unsigned word;
	uint64_t flip;
	unsigned noticed_by;
};

/* clang-format off */
static const struct mutant mutants_44x[] = {
	{"TID",            0, 0x00000001, ALL},
	{"EPN",            1, 0x00100000, ALL},
	{"V",              1, 0x00000200, ALL},
	{"TS",             1, 0x00000100, ALL},
	{"SIZE",           1, 0x00000010, ALL},
	{"RPN",            2, 0x00100000, ALL},
	{"ERPN",           2, 0x00000001, ALL},
	{"U0",             3, 0x00008000, SHOWN},
	{"U3",             3, 0x00001000, SHOWN},
	{"W",              3, 0x00000800, SHOWN},
	{"I",              3, 0x00000400, SHOWN},
	{"M",              3, 0x00000200, SHOWN},
	{"G",              3, 0x00000100, SHOWN},
	{"UX",             3, 0x00000020, ALL},
	{"UW",             3, 0x00000010, ALL},
	{"UR",             3, 0x00000008, ALL},
	{"SX",             3, 0x00000004, ALL},
	{"SW",             3, 0x00000002, ALL},
	{"SR",             3, 0x00000001, ALL},
	{"UX for SX",      3, 0x00000024, ALL},
};
static const struct mutant mutants_e500[] = {
	{"V",              0, 0x80000000, ALL},
	{"IPROT",          0, 0x40000000, READ},
	{"TID",            0, 0x00010000, ALL},
	{"TS",             0, 0x00001000, ALL},
	{"TSIZE",          0, 0x00000100, ALL},
	{"EPN",            1, 0x00100000, ALL},
	{"X0",             1, 0x00000040, READ},
	{"X1",             1, 0x00000020, READ},
	{"W",              1, 0x00000010, SHOWN},
	{"I",              1, 0x00000008, SHOWN},
	{"M",              1, 0x00000004, SHOWN},
	{"G",              1, 0x00000002, SHOWN},
	{"E",              1, 0x00000001, SHOWN},
	{"RPN",            2, 0x00100000, ALL},
	{"MAS7",           2, 0x100000000, ALL},
	{"U0",             2, 0x00000200, SHOWN},
	{"U3",             2, 0x00000040, SHOWN},
	{"UX",             2, 0x00000020, ALL},
	{"SX",             2, 0x00000010, ALL},
	{"UW",             2, 0x00000008, ALL},
	{"SW",             2, 0x00000004, ALL},
	{"UR",             2, 0x00000002, ALL},
	{"SR",             2, 0x00000001, ALL},
	{"44x rights",     2, 0x00000036, ALL},
};
/* clang-format on */

static const struct test_case base = {
	.map = {.eaddr = 0x10000000,
		.raddr = 0x04000000,
		.size = 0x10000,
		.flags = PPCTLB_UR | PPCTLB_UX | PPCTLB_SW | PPCTLB_SX | PPCTLB_M | PPCTLB_U0,
		.tid = 5},
	.tlb = 1,
	.way = 3,
	.seed = 1,
};

static bool judge_mutant(struct judge *j, const struct test_case *c, const struct mutant *mutant)
{
	uint64_t flip[4] = {0};
	unsigned found;

	flip[mutant->word] = mutant->flip;
	found = judge_case(j, c, flip);
	if (found == mutant->noticed_by)
		return true;
	printf("# %s wrong: noticed by %#x, not by %#x\n", mutant->field, found,
	       mutant->noticed_by);
	return false;
}

static bool judge_table(struct judge *j, const struct mutant *mutants, size_t n)
{
	struct test_case c = base;
	size_t i, noticed = 0;

	c.tlb = j->machine.board->family == FAMILY_E500;
	for (i = 0; i < n; i++)
		noticed += judge_mutant(j, &c, &mutants[i]);
	printf("# %s: %zu of %zu wrong fields noticed, by just those who can\n",
	       j->machine.board->core, noticed, n);
	return noticed == n;
}

void mutant_case(const struct board *b, struct test_case *c, uint64_t flip[4])
{
	const struct mutant *first = b->family == FAMILY_44X ? mutants_44x : mutants_e500;

	*c = base;
	c->tlb = b->family == FAMILY_E500;
	memset(flip, 0, 4 * sizeof(*flip));
	flip[first->word] = first->flip;
}

bool judge_mutants(struct judge *j)
{
	bool ok;

	j->quiet = true;
	if (j->machine.board->family == FAMILY_44X)
		ok = judge_table(j, mutants_44x, LENGTH(mutants_44x));
	else
		ok = judge_table(j, mutants_e500, LENGTH(mutants_e500));
	j->quiet = false;
	return ok;
}
