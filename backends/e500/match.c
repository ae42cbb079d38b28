// SPDX-License-Identifier: LGPL-2.1-or-later
/* Holds one access against the raw entries that it may match: its set of TLB0, and all of TLB1. */
#include "e500.h"

/* What the words of an entry that matches have. */
struct wanted {
	uint64_t eaddr;	   /* bits below the page size do not count */
	uint64_t epn_mask; /* of MAS2 */
	uint32_t mas1, mas1_mask;
	uint32_t tid, tid_mask; /* of MAS1; 0 matches, too */
};

static struct wanted wanted_for(const struct ppctlb_core_info *core, const struct ppctlb_access *a)
{
	return (struct wanted){
		.eaddr = a->eaddr,
		.epn_mask = PPCTLB_MAS2_EPN & low_bits(core->ea_bits),
		.mas1 = PPCTLB_MAS1_V | (a->as ? PPCTLB_MAS1_TS : 0),
		.mas1_mask = PPCTLB_MAS1_V | PPCTLB_MAS1_IND | PPCTLB_MAS1_TS,
		.tid = (uint32_t)a->pid << PPCTLB_MAS1_TID_SHIFT,
		.tid_mask = (uint32_t)low_bits(core->tid_bits) << PPCTLB_MAS1_TID_SHIFT,
	};
}

static bool matches(const struct ppctlb_e500_tlbe *t, unsigned shift, const struct wanted *w)
{
	uint32_t tid = t->mas1 & w->tid_mask;

	return !((t->mas1 ^ w->mas1) & w->mas1_mask) &&
	       !(((t->mas2 & w->epn_mask) ^ w->eaddr) >> shift) && (!tid || tid == w->tid);
}

static unsigned shift_of(const struct ppctlb_e500_tlbe *t)
{
	return 10 + ((t->mas1 & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT);
}

static void add(struct ppctlb_entry *found, uint16_t tlb, size_t index,
		const struct ppctlb_e500_tlbe *t)
{
	found->tlb = tlb;
	found->index = (uint16_t)index;
	found->unknown = 0;
	load_words(t, found);
}

int tlb_e500_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		   struct ppctlb_entry found[2])
{
	const struct ppctlb_geometry *g0 = &v->core.info.array[0].geometry;
	const struct ppctlb_geometry *g1 = &v->core.info.array[1].geometry;
	const unsigned char *array = tlb_e500_array(v);
	struct wanted w = wanted_for(&v->core.info, a);
	size_t sets = g0->entries >> __builtin_ctz(g0->ways); /* both are powers of two */
	size_t way = ((a->eaddr >> 12) & (sets - 1)) * g0->ways;
	int n = 0;

	for (size_t end = way + g0->ways; way < end && n < 2; way++) {
		struct ppctlb_e500_tlbe t = tlbe_at(array, way);

		if (matches(&t, 12, &w)) /* TLB0 has 4K pages, whatever TSIZE says */
			add(&found[n++], 0, way, &t);
	}
	for (size_t i = 0; i < g1->entries && n < 2; i++) {
		struct ppctlb_e500_tlbe t = tlbe_at(array, g0->entries + i);

		if (matches(&t, shift_of(&t), &w))
			add(&found[n++], 1, i, &t);
	}
	return n;
}
