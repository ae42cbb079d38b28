// SPDX-License-Identifier: LGPL-2.1-or-later
/* The cores of the e500 family: their MAS words in the MAV 2.0 view that KVM has of each of them.
 */
#include "e500.h"

/* Indices into ppctlb_entry.word[] */
enum { MAS1, MAS2, MAS7_3, MAS8 };

/* e500 reference manual, 2.12.5; user and supervisor bits alternate. MAS8: e500mc and later. */
static const struct flag_bit flag_bits[] = {
	{PPCTLB_IPROT, MAS1, PPCTLB_MAS1_IPROT}, {PPCTLB_TS, MAS1, PPCTLB_MAS1_TS},
	{PPCTLB_X0, MAS2, PPCTLB_MAS2_X0},	 {PPCTLB_X1, MAS2, PPCTLB_MAS2_X1},
	{PPCTLB_W, MAS2, PPCTLB_MAS2_W},	 {PPCTLB_I, MAS2, PPCTLB_MAS2_I},
	{PPCTLB_M, MAS2, PPCTLB_MAS2_M},	 {PPCTLB_G, MAS2, PPCTLB_MAS2_G},
	{PPCTLB_E, MAS2, PPCTLB_MAS2_E},	 {PPCTLB_U0, MAS7_3, PPCTLB_MAS3_U0},
	{PPCTLB_U1, MAS7_3, PPCTLB_MAS3_U1},	 {PPCTLB_U2, MAS7_3, PPCTLB_MAS3_U2},
	{PPCTLB_U3, MAS7_3, PPCTLB_MAS3_U3},	 {PPCTLB_UX, MAS7_3, PPCTLB_MAS3_UX},
	{PPCTLB_SX, MAS7_3, PPCTLB_MAS3_SX},	 {PPCTLB_UW, MAS7_3, PPCTLB_MAS3_UW},
	{PPCTLB_SW, MAS7_3, PPCTLB_MAS3_SW},	 {PPCTLB_UR, MAS7_3, PPCTLB_MAS3_UR},
	{PPCTLB_SR, MAS7_3, PPCTLB_MAS3_SR},	 {PPCTLB_GS, MAS8, PPCTLB_MAS8_TGS},
};

/* The fields of the words but addresses, TID and MAS8. IND is not among the reserved bits even
 * where the core lacks it (all but e6500): it has a defect of its own, PPCTLB_DEFECT_IND. */
#define MAS1_BITS                                                                                  \
	(PPCTLB_MAS1_V | PPCTLB_MAS1_IPROT | PPCTLB_MAS1_IND | PPCTLB_MAS1_TS | PPCTLB_MAS1_TSIZE)
#define MAS2_BITS 0x7fu	 /* X0 X1 W I M G E */
#define MAS3_BITS 0x3ffu /* U0-U3 and the permissions */

#define TSIZE_4K  2u

static bool is_tlb0(const struct ppctlb_entry *e)
{
	return !(e->tlb & ~PPCTLB_NO_SLOT);
}

static unsigned tsize(const struct ppctlb_entry *e)
{
	return (unsigned)(e->word[MAS1] & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT;
}

static void resize(const struct ppctlb_core *core, struct ppctlb_entry *e, uint64_t eaddr,
		   uint64_t raddr, uint64_t size)
{
	uint64_t field = (uint64_t)__builtin_ctzll(size) - 10;

	(void)core;
	e->word[MAS1] &= ~(uint64_t)PPCTLB_MAS1_TSIZE;
	e->word[MAS1] |= field << PPCTLB_MAS1_TSIZE_SHIFT;
	e->word[MAS2] = (e->word[MAS2] & ~PPCTLB_MAS2_EPN) | (eaddr & PPCTLB_MAS2_EPN);
	e->word[MAS7_3] = (e->word[MAS7_3] & ~PPCTLB_MAS7_3_RPN) | (raddr & PPCTLB_MAS7_3_RPN);
}

static void encode(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		   struct ppctlb_entry *e)
{
	memset(e->word, 0, sizeof(e->word));
	e->word[MAS1] = PPCTLB_MAS1_V | (uint64_t)m->tid << PPCTLB_MAS1_TID_SHIFT;
	e->word[MAS8] = m->lpid;
	encode_flags(flag_bits, COUNT(flag_bits), m->flags, e->word);
	resize(core, e, m->eaddr, m->raddr, m->size);
}

/* The bits that have a meaning on this core. */
static void known_bits(const struct ppctlb_core_info *info, uint64_t *word)
{
	word[MAS1] = MAS1_BITS | low_bits(info->tid_bits) << PPCTLB_MAS1_TID_SHIFT;
	word[MAS2] = MAS2_BITS | (PPCTLB_MAS2_EPN & low_bits(info->ea_bits));
	word[MAS7_3] = MAS3_BITS | PPCTLB_MAS7_3_RPN;
	word[MAS8] = low_bits(info->lpid_bits);
	if (info->flags & PPCTLB_GS)
		word[MAS8] |= PPCTLB_MAS8_TGS;
}

static unsigned decode_tlb0(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			    uint64_t epn, uint64_t rpn, struct ppctlb_mapping *m)
{
	unsigned defects = decode_extent(core, 0, 10 + TSIZE_4K, epn, rpn, m);

	if (tsize(e) != TSIZE_4K)
		defects |= PPCTLB_DEFECT_TLB0_SIZE;
	if (e->word[MAS1] & PPCTLB_MAS1_IPROT)
		defects |= PPCTLB_DEFECT_TLB0_IPROT;
	return defects;
}

static unsigned decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		       struct ppctlb_mapping *m)
{
	uint64_t known[4], word[4], epn, rpn;
	unsigned defects = 0;

	memset(m, 0, sizeof(*m));
	if (!(e->word[MAS1] & PPCTLB_MAS1_V))
		return PPCTLB_DEFECT_INVALID;
	known_bits(&core->info, known);
#pragma GCC unroll 4
	for (unsigned i = 0; i < 4; i++) {
		word[i] = e->word[i] & known[i];
		if (e->word[i] & ~known[i])
			defects |= PPCTLB_DEFECT_RESERVED;
	}
	epn = word[MAS2] & PPCTLB_MAS2_EPN;
	rpn = word[MAS7_3] & PPCTLB_MAS7_3_RPN;
	if (is_tlb0(e))
		defects |= decode_tlb0(core, e, epn, rpn, m);
	else
		defects |= decode_extent(core, 1, 10 + tsize(e), epn, rpn, m);
	if (word[MAS1] & PPCTLB_MAS1_IND)
		defects |= PPCTLB_DEFECT_IND;
	if (e->word[MAS8])
		defects |= PPCTLB_DEFECT_MAS8;
	m->tid = (uint16_t)((word[MAS1] & PPCTLB_MAS1_TID) >> PPCTLB_MAS1_TID_SHIFT);
	m->lpid = (uint16_t)(word[MAS8] & low_bits(core->info.lpid_bits));
	m->flags = decode_flags(flag_bits, COUNT(flag_bits), word);
	return defects;
}

static inline int extent(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			 struct ppctlb_mapping *m)
{
	uint32_t mas1 = (uint32_t)e->word[MAS1], tids = UINT32_MAX >> (32 - core->info.tid_bits);
	uint64_t epn = PPCTLB_MAS2_EPN & UINT64_MAX >> (64 - core->info.ea_bits);

	if (!(mas1 & PPCTLB_MAS1_V))
		return 0;
	m->size = UINT64_C(1024) << (is_tlb0(e) ? TSIZE_4K : tsize(e));
	m->eaddr = e->word[MAS2] & epn & -m->size;
	m->tid = (uint16_t)(mas1 >> PPCTLB_MAS1_TID_SHIFT & tids);
	m->flags = mas1 / PPCTLB_MAS1_TS % 2 * PPCTLB_TS;
	return 1;
}

static size_t overlap(const struct ppctlb_core *core, const struct ppctlb_entry *e, size_t n,
		      uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	return first_overlap(extent, core, e, n, first, last, m);
}

/* ---- text ---- */

/* MAS0: TLBSEL and ESEL; in TLB0 ESEL is the way, and the set is EPN's. NV, the next victim, is no
 * part of an entry. */
#define MAS0_TLBSEL(mas0) ((unsigned)(mas0) >> 28 & 3u)
#define MAS0_ESEL(mas0)	  ((unsigned)(mas0) >> 16 & 0xfffu)
#define MAS0_RESERVED	  0xc000fff8u

static const char *place(const struct ppctlb_core *core, uint64_t mas0, struct ppctlb_entry *e)
{
	const struct ppctlb_geometry *tlb0 = &core->info.array[0].geometry;
	unsigned tlb = MAS0_TLBSEL(mas0), esel = MAS0_ESEL(mas0), sets = tlb0->entries / tlb0->ways;

	if (mas0 & MAS0_RESERVED)
		return "MAS0 has reserved bits set";
	if (tlb > 1)
		return "MAS0 names a TLB that this core does not have";
	if (tlb == 0 && esel >= tlb0->ways)
		return "MAS0 names a way that TLB0 does not have";
	if (tlb == 0)
		esel += (unsigned)(e->word[MAS2] >> 12) % sets * tlb0->ways;
	e->tlb = (uint16_t)tlb;
	e->index = (uint16_t)esel;
	return NULL;
}

#define F_MAS0 {"mas0", PPCTLB_PLACE, 0, 32}
#define F_MAS1 {"mas1", MAS1, 0, 64}
#define F_MAS2 {"mas2", MAS2, 0, 64}
#define F_MAS3 {"mas3", MAS7_3, 0, 32}
#define F_MAS7 {"mas7", MAS7_3, 32, 32}
#define F_MAS8 {"mas8", MAS8, 0, 64}
#define END    {NULL, 0, 0, 0}

static const struct ppctlb_field fields_v1[] = {F_MAS0, F_MAS3, END};
static const struct ppctlb_field fields[] = {F_MAS0, F_MAS3, F_MAS7, END};

/* As debuggers show the registers. An e500v1 has no MAS7, MAS8 came with e500mc. */
static const struct ppctlb_field mas1_3[] = {F_MAS1, F_MAS2, F_MAS3, END};
static const struct ppctlb_field mas0_3[] = {F_MAS0, F_MAS1, F_MAS2, F_MAS3, END};
static const struct ppctlb_field mas1_7[] = {F_MAS1, F_MAS2, F_MAS3, F_MAS7, END};
static const struct ppctlb_field mas0_7[] = {F_MAS0, F_MAS1, F_MAS2, F_MAS3, F_MAS7, END};
static const struct ppctlb_field mas0_8[] = {F_MAS0, F_MAS1, F_MAS2, F_MAS3, F_MAS7, F_MAS8, END};

static const struct ppctlb_field *const rows_v1[] = {mas1_3, mas0_3, NULL};
static const struct ppctlb_field *const rows_v2[] = {mas1_3, mas0_3, mas1_7, mas0_7, NULL};
static const struct ppctlb_field *const rows_mc[] = {mas1_3, mas0_3, mas1_7, mas0_7, mas0_8, NULL};

#define TEXT_V1 .fields = fields_v1, .rows = rows_v1
#define TEXT_V2 .fields = fields, .rows = rows_v2
#define TEXT_MC .fields = fields, .rows = rows_mc, .not_told = {[MAS8] = PPCTLB_UNKNOWN_MAS8}

/* ---- the table of cores ---- */

/* Chips that have the core. */
#define CHIPS(...)                                                                                 \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}

#define FLAGS_TLB0                                                                                 \
	(PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX | PPCTLB_W |        \
	 PPCTLB_I | PPCTLB_M | PPCTLB_G | PPCTLB_E | PPCTLB_U0 | PPCTLB_U1 | PPCTLB_U2 |           \
	 PPCTLB_U3 | PPCTLB_TS | PPCTLB_X0 | PPCTLB_X1)
#define FLAGS_TLB1 (FLAGS_TLB0 | PPCTLB_IPROT)

/* Page sizes, bit n = 1 << n bytes: powers of 4 from 4K (MAV 1.0), powers of 2 (MAV 2.0). */
#define POWERS_OF_4(shift) (UINT64_C(0x5555555555555000) & ((UINT64_C(2) << (shift)) - 1))
#define POWERS_OF_2(shift) (UINT64_C(0xfffffffffffff000) & ((UINT64_C(2) << (shift)) - 1))
#define SIZE_4K		   (UINT64_C(1) << 12)

/* clang-format off */
#define CORE(core_name, version, ea, ra, tid, lpid, hv_flags, entries0, ways0, entries1, sizes1, text, chips) \
	{                                                                                         \
		.info = {                                                                         \
			.name = core_name,                                                        \
			.aliases = chips,                                                         \
			.backend = "e500",                                                        \
			.word_name = {"mas1", "mas2", "mas7_3", "mas8"},                          \
			.flags = FLAGS_TLB1 | (hv_flags),                                         \
			.arrays = 2,                                                              \
			.ea_bits = ea,                                                            \
			.ra_bits = ra,                                                            \
			.tid_bits = tid,                                                          \
			.lpid_bits = lpid,                                                        \
			.array = {                                                                \
				{{entries0, ways0}, SIZE_4K, FLAGS_TLB0 | (hv_flags), 0},         \
				{{entries1, entries1}, sizes1, FLAGS_TLB1 | (hv_flags), 0},       \
			},                                                                        \
		},                                                                                \
		.word_mask = {UINT32_MAX, UINT64_MAX, UINT64_MAX, UINT32_MAX},                    \
		.pvrs = (const struct ppctlb_pvr[]){{0xffff0000, (version) << 16}, {0, 0}},       \
		.optional = 1u << MAS8,                                                           \
		text,                                                                             \
		.place = place,                                                                   \
		.encode = encode,                                                                 \
		.decode = decode,                                                                 \
		.overlap = overlap,                                                               \
		.resize = resize,                                                                 \
	}
/* clang-format on */

/* The cores' reference manuals, and for the version, the upper half of the PVR, Linux's
 * cpu_specs_e500.h: EA, RA, TID, LPID bits; TLB0 entries, ways; TLB1 entries, sizes. */
static const struct ppctlb_core table[] = {
	CORE("e500v1", 0x8020u, 32, 32, 8, 0, 0, 256, 2, 16, POWERS_OF_4(28), TEXT_V1,
	     CHIPS("mpc8540", "mpc8560")),
	CORE("e500v2", 0x8021u, 32, 36, 8, 0, 0, 512, 4, 16, POWERS_OF_4(32), TEXT_V2,
	     CHIPS("mpc8548", "mpc8572", "p1010", "p1020", "p2020")),
	CORE("e500mc", 0x8023u, 32, 36, 8, 6, PPCTLB_GS, 512, 4, 64, POWERS_OF_4(32), TEXT_MC,
	     CHIPS("p2041", "p3041", "p4080")),
	CORE("e5500", 0x8024u, 64, 36, 8, 6, PPCTLB_GS, 512, 4, 64, POWERS_OF_4(32), TEXT_MC,
	     CHIPS("p5020", "p5040", "t1024", "t1040", "t1042")),
	CORE("e6500", 0x8040u, 64, 40, 14, 6, PPCTLB_GS, 1024, 8, 64, POWERS_OF_2(40), TEXT_MC,
	     CHIPS("t2080", "t4240", "b4860")),
};

const struct ppctlb_core *const tlb_e500_cores[] = {
	&table[0], &table[1], &table[2], &table[3], &table[4], NULL,
};
