/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of an entry that a text has in fields: as they stand there, legal or not. */
#include "../names.h"
#include "reader.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <string.h>

struct bit {
	uint32_t flag, bit;
};

static const struct bit mas1_bits[] = {{PPCTLB_IPROT, PPCTLB_MAS1_IPROT},
				       {PPCTLB_TS, PPCTLB_MAS1_TS}};

static const struct bit mas2_bits[] = {
	{PPCTLB_X0, PPCTLB_MAS2_X0}, {PPCTLB_X1, PPCTLB_MAS2_X1}, {PPCTLB_W, PPCTLB_MAS2_W},
	{PPCTLB_I, PPCTLB_MAS2_I},   {PPCTLB_M, PPCTLB_MAS2_M},	  {PPCTLB_G, PPCTLB_MAS2_G},
	{PPCTLB_E, PPCTLB_MAS2_E},
};

static const struct bit mas3_bits[] = {
	{PPCTLB_U0, PPCTLB_MAS3_U0}, {PPCTLB_U1, PPCTLB_MAS3_U1}, {PPCTLB_U2, PPCTLB_MAS3_U2},
	{PPCTLB_U3, PPCTLB_MAS3_U3}, {PPCTLB_UX, PPCTLB_MAS3_UX}, {PPCTLB_SX, PPCTLB_MAS3_SX},
	{PPCTLB_UW, PPCTLB_MAS3_UW}, {PPCTLB_SW, PPCTLB_MAS3_SW}, {PPCTLB_UR, PPCTLB_MAS3_UR},
	{PPCTLB_SR, PPCTLB_MAS3_SR},
};

static const struct bit word2_bits[] = {
	{PPCTLB_U0, PPCTLB_44X_U0}, {PPCTLB_U1, PPCTLB_44X_U1}, {PPCTLB_U2, PPCTLB_44X_U2},
	{PPCTLB_U3, PPCTLB_44X_U3}, {PPCTLB_W, PPCTLB_44X_W},	{PPCTLB_I, PPCTLB_44X_I},
	{PPCTLB_M, PPCTLB_44X_M},   {PPCTLB_G, PPCTLB_44X_G},	{PPCTLB_E, PPCTLB_44X_E},
	{PPCTLB_UX, PPCTLB_44X_UX}, {PPCTLB_UW, PPCTLB_44X_UW}, {PPCTLB_UR, PPCTLB_44X_UR},
	{PPCTLB_SX, PPCTLB_44X_SX}, {PPCTLB_SW, PPCTLB_44X_SW}, {PPCTLB_SR, PPCTLB_44X_SR},
};

static uint32_t bits_of(const struct bit *b, size_t n, uint32_t flags)
{
	uint32_t bits = 0;

	for (; n; n--, b++)
		bits |= flags & b->flag ? b->bit : 0;
	return bits;
}

#define BITS(table, flags) bits_of(table, ARRAY_SIZE(table), flags)

/* The n of 1 KiB << n; -1: there is none. */
static int kib_shift(uint64_t size)
{
	for (int n = 0; n < 32; n++)
		if (size == UINT64_C(1024) << n)
			return n;
	return -1;
}

static bool e500_words(const struct ppctlb_mapping *m, uint64_t *word)
{
	int n = kib_shift(m->size);

	word[0] = PPCTLB_MAS1_V | BITS(mas1_bits, m->flags) |
		  (uint64_t)m->tid << PPCTLB_MAS1_TID_SHIFT |
		  (uint64_t)(unsigned)n << PPCTLB_MAS1_TSIZE_SHIFT;
	word[1] = (m->eaddr & PPCTLB_MAS2_EPN) | BITS(mas2_bits, m->flags);
	word[2] = (m->raddr & PPCTLB_MAS7_3_RPN) | BITS(mas3_bits, m->flags);
	word[3] = (m->flags & PPCTLB_GS ? PPCTLB_MAS8_TGS : 0) | m->lpid;
	return n >= 0;
}

/* SIZE has four bits, and stands for 1 KiB << (2 * SIZE). */
static bool m440_words(const struct ppctlb_mapping *m, uint64_t *word)
{
	int n = kib_shift(m->size);

	word[0] = m->tid;
	word[1] = (m->eaddr & PPCTLB_44X_EPN) | PPCTLB_44X_V |
		  (m->flags & PPCTLB_TS ? PPCTLB_44X_TS : 0) | (uint64_t)(unsigned)(n / 2) << 4;
	word[2] = (m->raddr & PPCTLB_44X_RPN) | (m->raddr >> 32 & PPCTLB_44X_ERPN);
	word[3] = BITS(word2_bits, m->flags);
	return n >= 0 && n % 2 == 0 && n / 2 <= 15 && m->raddr >> 36 == 0;
}

bool words_as_written(const struct ppctlb_core_info *core, const struct ppctlb_mapping *m,
		      struct ppctlb_entry *e)
{
	uint64_t word[4];
	bool ok = core_is_e500(core) ? e500_words(m, word) : m440_words(m, word);

	if (ok)
		memcpy(e->word, word, sizeof(word));
	return ok;
}

void place_in_set(const struct ppctlb_core_info *core, uint64_t epn, unsigned way,
		  struct ppctlb_entry *e)
{
	const struct ppctlb_geometry *g = &core->array[0].geometry;

	e->tlb = 0;
	e->index = (uint16_t)((epn >> 12) % (g->entries / g->ways) * g->ways + way);
}
