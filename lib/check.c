// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_check(): finds what is wrong or odd in the guest TLB. */
#include "internal.h"

#include <stdlib.h>

/* What this file finds in a mapping, besides the PPCTLB_E_* that decode() finds in the words. */
enum {
	WRONG_SET = 1 << 16,
	X_BITS = 1 << 17,
	W_AND_I = 1 << 18,
	NO_PERMISSION = 1 << 19,
	USER_WX = 1 << 20
};

struct rule {
	unsigned bit;
	enum ppctlb_severity severity;
	const char *name;
	const char *sentence;
};

static const struct rule multi_hit = {
	0, PPCTLB_ERROR, "multi-hit",
	"both entries match the same access: undefined, or a machine check"};

static const struct rule rules[] = {
	{WRONG_SET, PPCTLB_ERROR, "wrong-set",
	 "the entry is not in the set of its EPN and never hits"},
	{PPCTLB_E_TLB0_SIZE, PPCTLB_ERROR, "tlb0-size", "TLB0 has 4K pages, TSIZE must say so"},
	{PPCTLB_E_SIZE, PPCTLB_ERROR, "bad-size", "the core has no page of this size"},
	{PPCTLB_E_EPN, PPCTLB_ERROR, "misaligned-epn", "EPN has bits below the page size"},
	{PPCTLB_E_RPN, PPCTLB_ERROR, "misaligned-rpn", "RPN has bits below the page size"},
	{PPCTLB_E_RA, PPCTLB_ERROR, "ra-width", "RPN is wider than the core's real address"},
	{PPCTLB_E_RESERVED, PPCTLB_WARNING, "reserved-bits", "reserved bits are set"},
	{PPCTLB_E_TLB0_IPROT, PPCTLB_ERROR, "tlb0-iprot",
	 "TLB0 has no IPROT; under KVM the guest could never invalidate the entry"},
	{PPCTLB_E_IND, PPCTLB_WARNING, "ind", "an indirect entry; KVM would use it as a page"},
	{PPCTLB_E_MAS8, PPCTLB_WARNING, "mas8", "MAS8 is not 0; KVM ignores it"},
	{X_BITS, PPCTLB_NOTE, "x-bits", "X0 or X1 is set, which has no function on this core"},
	{W_AND_I, PPCTLB_WARNING, "w-and-i", "W together with I is not a supported storage mode"},
	{NO_PERMISSION, PPCTLB_NOTE, "no-permission", "every access to the page faults"},
	{USER_WX, PPCTLB_NOTE, "user-wx", "user code may write the page and execute it"},
};

/* An entry, decoded once, and what is wrong with it. */
struct decoded {
	struct ppctlb_mapping m;
	unsigned bits;
};

struct report {
	const struct ppctlb_entry *entries;
	struct ppctlb_finding *out; /* NULL: count only */
	size_t n;
};

static bool all_set(uint32_t flags, uint32_t wanted)
{
	return (flags & wanted) == wanted;
}

static unsigned permission_bits(uint32_t flags)
{
	const uint32_t any = PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX;

	if (!(flags & any))
		return NO_PERMISSION;
	return all_set(flags, PPCTLB_UW | PPCTLB_UX) ? USER_WX : 0;
}

static void decode_entry(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			 struct decoded *l)
{
	l->bits = core->decode(core, e, &l->m);
	if (l->bits & PPCTLB_E_INVALID)
		return;
	if (!tlb_in_set(core, e, &l->m))
		l->bits |= WRONG_SET;
	if (l->m.flags & (PPCTLB_X0 | PPCTLB_X1))
		l->bits |= X_BITS;
	if (all_set(l->m.flags, PPCTLB_W | PPCTLB_I))
		l->bits |= W_AND_I;
	/* The RPN of an indirect entry is that of a page table, and the size of the pages there is
	 * in the bits of the permissions. */
	if (l->bits & PPCTLB_E_IND)
		l->bits &= ~PPCTLB_E_RPN;
	else
		l->bits |= permission_bits(l->m.flags);
}

static void find(struct report *r, const struct rule *rule, const struct ppctlb_entry *e,
		 const struct ppctlb_entry *other)
{
	if (r->out)
		r->out[r->n] = (struct ppctlb_finding){
			.name = rule->name,
			.sentence = rule->sentence,
			.severity = rule->severity,
			.tlb = e->tlb,
			.index = e->index,
			.other_tlb = other ? other->tlb : PPCTLB_NO_SLOT,
			.other_index = other ? other->index : 0,
		};
	r->n++;
}

static bool can_hit(const struct decoded *l)
{
	return !(l->bits & (PPCTLB_E_INVALID | PPCTLB_E_IND | WRONG_SET));
}

/* Report the entries from..to-1 that match an access that entry i matches, too. */
static void find_pairs(struct report *r, const struct decoded *all, size_t i, size_t from,
		       size_t to)
{
	for (size_t j = from; j < to; j++)
		if (can_hit(&all[j]) && tlb_conflict(&all[i].m, &all[j].m))
			find(r, &multi_hit, &r->entries[i], &r->entries[j]);
}

/*
 * An EA has one set of a TLB, so of two entries that can hit only those in the same set conflict.
 * Compare each entry with the rest of its set and with all of the next TLB, which is fully
 * associative and small: the work grows with the number of entries, not with its square.
 */
static void find_multi_hits(struct report *r, const struct ppctlb_core *core,
			    const struct decoded *all, size_t i)
{
	const struct ppctlb_array_info *array = core->info.array;
	uint16_t tlb = r->entries[i].tlb;
	uint32_t way = r->entries[i].index % array[tlb].geometry.ways;

	if (!can_hit(&all[i]))
		return;
	find_pairs(r, all, i, i + 1, i - way + array[tlb].geometry.ways);
	if (tlb == 0 && core->info.arrays > 1)
		find_pairs(r, all, i, array[0].geometry.entries,
			   (size_t)array[0].geometry.entries + array[1].geometry.entries);
}

static size_t report(struct report r, const struct ppctlb_core *core, const struct decoded *all,
		     size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < sizeof(rules) / sizeof(rules[0]); k++)
			if (all[i].bits & rules[k].bit)
				find(&r, &rules[k], &r.entries[i], NULL);
		find_multi_hits(&r, core, all, i);
	}
	return r.n;
}

int ppctlb_check(struct ppctlb *h, struct ppctlb_finding *findings, size_t *n)
{
	struct report r = {0};
	struct decoded *all;
	size_t room;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!n)
		return tlb_fail(EINVAL, "check: n is NULL");
	ret = tlb_load(h, PPCTLB_GUEST);
	if (ret)
		return ret;
	all = malloc(h->info.entries * sizeof(*all));
	if (!all)
		return tlb_fail(ENOMEM, "check: no memory for %u entries", h->info.entries);
	for (uint32_t i = 0; i < h->info.entries; i++)
		decode_entry(&h->vcpu.core, &h->now[i], &all[i]);
	room = *n;
	r.entries = h->now;
	*n = report(r, &h->vcpu.core, all, h->info.entries);
	r.out = findings;
	if (findings && *n <= room)
		report(r, &h->vcpu.core, all, h->info.entries);
	else if (findings)
		ret = tlb_fail(ENOSPC, "check: %zu findings, there is room for %zu", *n, room);
	free(all);
	return ret;
}
