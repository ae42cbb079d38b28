// SPDX-License-Identifier: LGPL-2.1-or-later
/* The core 440, also called 460: its words, by the PPC440x5 CPU Core User's Manual, chapter 5. */
#include "44x.h"

/* Indices into ppctlb_entry.word[] */
enum { TID, WORD0, WORD1, WORD2 };

/* Table 5-1 */
static const struct flag_bit flag_bits[] = {
	{PPCTLB_TS, WORD0, PPCTLB_44X_TS}, {PPCTLB_U0, WORD2, PPCTLB_44X_U0},
	{PPCTLB_U1, WORD2, PPCTLB_44X_U1}, {PPCTLB_U2, WORD2, PPCTLB_44X_U2},
	{PPCTLB_U3, WORD2, PPCTLB_44X_U3}, {PPCTLB_W, WORD2, PPCTLB_44X_W},
	{PPCTLB_I, WORD2, PPCTLB_44X_I},   {PPCTLB_M, WORD2, PPCTLB_44X_M},
	{PPCTLB_G, WORD2, PPCTLB_44X_G},   {PPCTLB_E, WORD2, PPCTLB_44X_E},
	{PPCTLB_UX, WORD2, PPCTLB_44X_UX}, {PPCTLB_UW, WORD2, PPCTLB_44X_UW},
	{PPCTLB_UR, WORD2, PPCTLB_44X_UR}, {PPCTLB_SX, WORD2, PPCTLB_44X_SX},
	{PPCTLB_SW, WORD2, PPCTLB_44X_SW}, {PPCTLB_SR, WORD2, PPCTLB_44X_SR},
};

/* Bits that are neither a field nor parity. */
static const uint32_t reserved[4] = {~PPCTLB_44X_TID, 0, 0x000000f0, 0x3fff0040};

/* SIZE counts powers of 4 from 1K. */
static unsigned size_to_field(uint64_t size)
{
	return ((unsigned)__builtin_ctzll(size) - 10) / 2 << 4;
}

static unsigned field_to_shift(uint64_t word0)
{
	return 10 + 2 * ((unsigned)(word0 & PPCTLB_44X_SIZE) >> 4);
}

static void resize(const struct ppctlb_core *core, struct ppctlb_entry *e, uint64_t eaddr,
		   uint64_t raddr, uint64_t size)
{
	(void)core;
	e->word[WORD0] &= ~(uint64_t)(PPCTLB_44X_EPN | PPCTLB_44X_SIZE);
	e->word[WORD0] |= (eaddr & PPCTLB_44X_EPN) | size_to_field(size);
	e->word[WORD1] &= ~(uint64_t)(PPCTLB_44X_RPN | PPCTLB_44X_ERPN);
	e->word[WORD1] |= (raddr & PPCTLB_44X_RPN) | (raddr >> 32 & PPCTLB_44X_ERPN);
}

static void encode(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		   struct ppctlb_entry *e)
{
	memset(e->word, 0, sizeof(e->word));
	e->word[TID] = m->tid;
	e->word[WORD0] = PPCTLB_44X_V;
	encode_flags(flag_bits, COUNT(flag_bits), m->flags, e->word);
	resize(core, e, m->eaddr, m->raddr, m->size);
}

static unsigned decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		       struct ppctlb_mapping *m)
{
	const uint64_t *w = e->word;
	uint64_t rpn = (w[WORD1] & PPCTLB_44X_ERPN) << 32 | (w[WORD1] & PPCTLB_44X_RPN);
	unsigned defects;

	memset(m, 0, sizeof(*m));
	if (!(w[WORD0] & PPCTLB_44X_V))
		return PPCTLB_DEFECT_INVALID;
	defects =
		decode_extent(core, 0, field_to_shift(w[WORD0]), w[WORD0] & PPCTLB_44X_EPN, rpn, m);
	for (unsigned i = 0; i < 4; i++)
		if (w[i] & reserved[i])
			defects |= PPCTLB_DEFECT_RESERVED;
	m->tid = w[TID] & PPCTLB_44X_TID;
	m->flags = decode_flags(flag_bits, COUNT(flag_bits), w);
	return defects;
}

static inline int extent(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			 struct ppctlb_mapping *m)
{
	uint64_t w = e->word[WORD0];
	uint64_t size = UINT64_C(1) << field_to_shift(w);

	(void)core;
	if (!(w & PPCTLB_44X_V))
		return 0;
	m->eaddr = w & PPCTLB_44X_EPN & ~(size - 1);
	m->size = size;
	m->tid = e->word[TID] & PPCTLB_44X_TID;
	m->flags = w & PPCTLB_44X_TS ? PPCTLB_TS : 0;
	return 1;
}

static size_t overlap(const struct ppctlb_core *core, const struct ppctlb_entry *e, size_t n,
		      uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	return first_overlap(extent, core, e, n, first, last, m);
}

#define FLAGS                                                                                      \
	(PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX | PPCTLB_W |        \
	 PPCTLB_I | PPCTLB_M | PPCTLB_G | PPCTLB_E | PPCTLB_U0 | PPCTLB_U1 | PPCTLB_U2 |           \
	 PPCTLB_U3 | PPCTLB_TS)

/* Chips, and families of them, that have such a core. */
static const char *const aliases[] = {"460",	"440gp", "440gx", "440ep",    "440epx",	 "440sp",
				      "440spe", "460ex", "460gt", "ppc440x5", "virtex5", NULL};

/* What a debugger shows: the TID is not among the words. */
static const struct ppctlb_field words_only[] = {
	{"word0", WORD0, 0, 64},
	{"word1", WORD1, 0, 64},
	{"word2", WORD2, 0, 64},
	{NULL, 0, 0, 0},
};
static const struct ppctlb_field *const rows[] = {words_only, NULL};

const struct ppctlb_core tlb_44x_440 = {
	.info =
		{
			.name = "440",
			.aliases = aliases,
			.backend = "44x",
			.word_name = {"tid", "word0", "word1", "word2"},
			.flags = FLAGS,
			.arrays = 1,
			.ea_bits = 32,
			.ra_bits = 36,
			.tid_bits = 8,
			.array[0] =
				{
					.geometry = {PPCTLB_44X_ENTRIES, PPCTLB_44X_ENTRIES},
					/* table 5-2: 1K 4K 16K 64K 256K 1M 16M 256M */
					.sizes = 1 << 10 | 1 << 12 | 1 << 14 | 1 << 16 | 1 << 18 |
						 1 << 20 | 1 << 24 | 1 << 28,
					.flags = FLAGS,
				},
		},
	.parity = {0, PPCTLB_44X_TPAR, PPCTLB_44X_PAR1, PPCTLB_44X_PAR2},
	.word_mask = {UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX},
	.pvrs = tlb_44x_pvrs,
	.optional = 1u << TID,
	.not_told = {[TID] = PPCTLB_UNKNOWN_TID},
	.rows = rows,
	.encode = encode,
	.decode = decode,
	.overlap = overlap,
	.resize = resize,
};
