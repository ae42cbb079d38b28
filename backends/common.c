// SPDX-License-Identifier: LGPL-2.1-or-later
/* What every backend needs, whatever its cores. Each plug-in has a copy, a static library one. */
#include "common.h"

#include <stdio.h>

/* ---- flags ---- */

void tlb_common_encode_flags(const struct flag_bit *table, size_t n, uint32_t flags, uint64_t *word)
{
	for (size_t i = 0; i < n; i++)
		if (flags & table[i].flag)
			word[table[i].word] |= table[i].mask;
}

uint32_t tlb_common_decode_flags(const struct flag_bit *table, size_t n, const uint64_t *word)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < n; i++)
		if (word[table[i].word] & table[i].mask)
			flags |= table[i].flag;
	return flags;
}

/* ---- extents ---- */

uint64_t tlb_common_low_bits(unsigned n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

unsigned tlb_common_decode_extent(const struct ppctlb_core *core, unsigned tlb, unsigned shift,
				  uint64_t epn, uint64_t rpn, struct ppctlb_mapping *m)
{
	uint64_t offset = tlb_common_low_bits(shift);
	unsigned defects = 0;

	m->eaddr = epn & ~offset;
	m->raddr = rpn & ~offset;
	m->size = UINT64_C(1) << shift;
	if (!(core->info.array[tlb].sizes & m->size))
		defects |= PPCTLB_DEFECT_SIZE;
	if (epn & offset)
		defects |= PPCTLB_DEFECT_EPN;
	if (rpn & offset)
		defects |= PPCTLB_DEFECT_RPN;
	if (rpn & ~tlb_common_low_bits(core->info.ra_bits))
		defects |= PPCTLB_DEFECT_RA;
	return defects;
}

/* ---- geometry and places ---- */

bool tlb_common_asks_geometry(const struct ppctlb_vcpu *v)
{
	static const struct ppctlb_geometry none[2];

	return memcmp(v->geometry, none, sizeof(none)) != 0;
}

int tlb_common_check_fixed(const struct ppctlb_vcpu *v)
{
	const struct ppctlb_geometry *g = v->geometry;
	const struct ppctlb_array_info *own = v->core.info.array;

	if (!tlb_common_asks_geometry(v) || (!memcmp(&g[0], &own[0].geometry, sizeof(*g)) &&
					     !memcmp(&g[1], &own[1].geometry, sizeof(*g))))
		return 0;
	if (v->core.info.arrays > 1)
		return v->host->fail(EINVAL, "geometry: that of %s is fixed", v->core.info.name);
	return v->host->fail(EINVAL, "geometry: %s has one TLB of %u entries and nothing else",
			     v->core.info.name, (unsigned)own[0].geometry.entries);
}

size_t tlb_common_count_entries(const struct ppctlb_core *core)
{
	size_t n = 0;

	for (unsigned i = 0; i < core->info.arrays; i++)
		n += core->info.array[i].geometry.entries;
	return n;
}

size_t tlb_common_place_of(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	return e->tlb ? core->info.array[0].geometry.entries + e->index : e->index;
}

/* ---- PVRs ---- */

uint32_t tlb_common_pvr(const void *sregs)
{
	uint32_t pvr; /* the first word of struct kvm_sregs */

	memcpy(&pvr, sregs, sizeof(pvr));
	return pvr;
}

const struct ppctlb_core *tlb_common_core_by_pvr(const struct ppctlb_core *const *cores,
						 uint32_t pvr)
{
	for (; *cores; cores++)
		if (ppctlb_pvr_is_in((*cores)->pvrs, pvr))
			return *cores;
	return NULL;
}

/* ---- messages ---- */

const char *tlb_common_raw_answer(int err, char *text, size_t len)
{
	if (err)
		snprintf(text, len, "errno %d", err);
	else
		snprintf(text, len, "a positive answer");
	return text;
}
