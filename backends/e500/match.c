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

/* Go to the first entry from a place on, before an end, that matches. TLB0 has 4K pages, whatever
 * TSIZE says. False: there is none. */
static inline bool next_match(const unsigned char *array, size_t *place, size_t end, bool tlb0,
			      const struct wanted *w, struct ppctlb_e500_tlbe *t)
{
	for (; *place < end; ++*place) {
		*t = tlbe_at(array, *place);
		if (matches(t, tlb0 ? 12 : shift_of(t), w))
			return true;
	}
	return false;
}

/* Add those between two places to the n that are found, two at most. Returns how many there are. */
static inline int find(const struct ppctlb_vcpu *v, size_t place, size_t end, uint16_t tlb,
		       const struct wanted *w, int n, struct ppctlb_entry found[2])
{
	const unsigned char *array = tlb_e500_array(v);
	size_t first = tlb ? v->core.info.array[0].geometry.entries : 0;
	struct ppctlb_e500_tlbe t;

	for (; n < 2 && next_match(array, &place, end, !tlb, w, &t); place++, n++) {
		found[n].tlb = tlb;
		found[n].index = (uint16_t)(place - first);
		found[n].unknown = 0;
		load_words(&t, &found[n]);
	}
	return n;
}

int tlb_e500_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		   struct ppctlb_entry found[2])
{
	const struct ppctlb_geometry *g0 = &v->core.info.array[0].geometry;
	size_t first = g0->entries, end = first + v->core.info.array[1].geometry.entries;
	size_t sets = first >> __builtin_ctz(g0->ways); /* both are powers of two */
	size_t way = ((a->eaddr >> 12) & (sets - 1)) * g0->ways;
	struct wanted w = wanted_for(&v->core.info, a);
	int n = find(v, way, way + g0->ways, 0, &w, 0, found);

	return find(v, first, end, 1, &w, n, found);
}
