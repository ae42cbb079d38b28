// SPDX-License-Identifier: LGPL-2.1-or-later
/* What every backend needs, whatever its cores. Each plug-in has a copy, a static library one. */
#include "common.h"

#include <stdio.h>

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

static bool is_in_set(const struct ppctlb_geometry *g, unsigned index, uint64_t eaddr)
{
	return index / g->ways == (eaddr >> 12) % (g->entries / g->ways);
}

bool tlb_common_matches(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			const struct ppctlb_access *a)
{
	struct ppctlb_mapping m;
	unsigned defects = core->decode(core, e, &m);

	return !(defects & (PPCTLB_DEFECT_INVALID | PPCTLB_DEFECT_IND)) &&
	       is_in_set(&core->info.array[e->tlb].geometry, e->index, a->eaddr) &&
	       a->eaddr - m.eaddr < m.size && !(m.flags & PPCTLB_TS) == !a->as &&
	       (!m.tid || m.tid == a->pid);
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
