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

void tlb_e500_load_entry(const unsigned char *array, size_t place, struct ppctlb_entry *e)
{
	struct ppctlb_e500_tlbe t;

	memcpy(&t, array + place * sizeof(t), sizeof(t));
	e->word[0] = t.mas1;
	e->word[1] = t.mas2;
	e->word[2] = t.mas7_3;
	e->word[3] = t.mas8;
}

void tlb_e500_store_entry(unsigned char *array, size_t place, const struct ppctlb_entry *e)
{
	struct ppctlb_e500_tlbe t = {
		.mas8 = (uint32_t)e->word[3],
		.mas1 = (uint32_t)e->word[0],
		.mas2 = e->word[1],
		.mas7_3 = e->word[2],
	};

	memcpy(array + place * sizeof(t), &t, sizeof(t));
}
