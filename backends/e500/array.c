// SPDX-License-Identifier: LGPL-2.1-or-later
/* The array of an e500's entries: which geometry it can have, and its layout in the kernel. */
#include "array.h"

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

/* The rules of asm/kvm.h, which the kernel does not enforce. ESEL and an entry's index have 16
 * bits. */
static int check_geometry(const struct ppctlb_vcpu *v, const struct ppctlb_geometry *g)
{
	const struct ppctlb_geometry *t0 = &g[0], *t1 = &g[1];

	if (!is_power_of_two(t0->ways) || t0->ways < 2 || t0->ways > 16)
		return v->host->fail(EINVAL,
				     "geometry: TLB0 with %u ways; it can have 2, 4, 8 or 16",
				     (unsigned)t0->ways);
	if (t0->entries % t0->ways || !is_power_of_two(t0->entries / t0->ways) ||
	    t0->entries > 65536)
		return v->host->fail(
			EINVAL,
			"geometry: TLB0 with %u entries in %u ways; the sets must be a power "
			"of two, the entries 65536 at most",
			(unsigned)t0->entries, (unsigned)t0->ways);
	if (!is_power_of_two(t1->entries) || t1->entries > 64)
		return v->host->fail(
			EINVAL,
			"geometry: TLB1 with %u entries; a power of two from 1 to 64 is "
			"possible",
			(unsigned)t1->entries);
	if (t1->ways != t1->entries)
		return v->host->fail(
			EINVAL,
			"geometry: TLB1 with %u entries in %u ways; it is fully associative: "
			"as many ways as entries",
			(unsigned)t1->entries, (unsigned)t1->ways);
	return 0;
}

int tlb_e500_set_geometry(struct ppctlb_vcpu *v, const struct ppctlb_geometry *g)
{
	int ret = check_geometry(v, g);

	for (unsigned i = 0; !ret && i < 2; i++)
		v->core.info.array[i].geometry = g[i];
	return ret;
}
