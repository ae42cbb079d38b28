/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the backends share: the table's name, flags as bits of words, extents, geometry, places. */
#ifndef BACKENDS_COMMON_H
#define BACKENDS_COMMON_H

#include <ppctlb/backend.h>
#include <ppctlb/e500.h>

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* A plug-in exports ppctlb_backend; built into the library the tables need names of their own. */
#ifdef PPCTLB_BUILTIN
#define BACKEND_SYMBOL(name) ppctlb_backend_##name
#else
#define BACKEND_SYMBOL(name) ppctlb_backend
#endif
#define BACKEND_TABLE(name)                                                                        \
	extern const struct ppctlb_backend BACKEND_SYMBOL(name);                                   \
	const struct ppctlb_backend BACKEND_SYMBOL(name)

/* ---- flags ---- */

struct flag_bit {
	uint32_t flag;
	unsigned word;
	uint32_t mask;
};

static inline void flags_encode(const struct flag_bit *table, size_t n, uint32_t flags,
				uint64_t *word)
{
	for (size_t i = 0; i < n; i++)
		if (flags & table[i].flag)
			word[table[i].word] |= table[i].mask;
}

static inline uint32_t flags_decode(const struct flag_bit *table, size_t n, const uint64_t *word)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < n; i++)
		if (word[table[i].word] & table[i].mask)
			flags |= table[i].flag;
	return flags;
}

/* ---- extents ---- */

static inline uint64_t low_bits(unsigned n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* A page of 1 << shift bytes in that TLB of the core: its extent, and what is wrong with it. */
static inline unsigned decode_extent(const struct ppctlb_core *core, unsigned tlb, unsigned shift,
				     uint64_t epn, uint64_t rpn, struct ppctlb_mapping *m)
{
	uint64_t offset = low_bits(shift);
	unsigned defects = 0;

	m->eaddr = epn & ~offset;
	m->raddr = rpn & ~offset;
	m->size = UINT64_C(1) << shift;
	if (!(core->info.array[tlb].sizes & m->size))
		defects |= PPCTLB_E_SIZE;
	if (epn & offset)
		defects |= PPCTLB_E_EPN;
	if (rpn & offset)
		defects |= PPCTLB_E_RPN;
	if (rpn & ~low_bits(core->info.ra_bits))
		defects |= PPCTLB_E_RA;
	return defects;
}

/* ---- geometry ---- */

static inline bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static inline int check_fixed(const struct ppctlb_vcpu *v, const struct ppctlb_geometry *g)
{
	const struct ppctlb_geometry *only = &v->core.info.array[0].geometry;

	if (g[0].entries == only->entries && g[0].ways == only->ways && !g[1].entries && !g[1].ways)
		return 0;
	return v->host->fail(EINVAL, "geometry: %s has one TLB of %u entries and nothing else",
			     v->core.info.name, (unsigned)only->entries);
}

/* The rules of asm/kvm.h, which the kernel does not enforce; ESEL, and the index, have 16 bits. */
static inline int check_configurable(const struct ppctlb_vcpu *v, const struct ppctlb_geometry *g)
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

static inline bool asks_geometry(const struct ppctlb_vcpu *v)
{
	static const struct ppctlb_geometry none[2];

	return memcmp(v->geometry, none, sizeof(none)) != 0;
}

/* Check g[2] and make it the vCPU's. */
static inline int set_geometry(struct ppctlb_vcpu *v, const struct ppctlb_geometry *g)
{
	unsigned arrays = v->core.info.arrays;
	int ret = arrays == 1 ? check_fixed(v, g) : check_configurable(v, g);

	if (ret)
		return ret;
	for (unsigned i = 0; i < arrays; i++)
		v->core.info.array[i].geometry = g[i];
	return 0;
}

static inline size_t count_entries(const struct ppctlb_core *core)
{
	size_t n = 0;

	for (unsigned i = 0; i < core->info.arrays; i++)
		n += core->info.array[i].geometry.entries;
	return n;
}

/* The place of a position in the kernel's order. */
static inline size_t place_of(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	return e->tlb ? core->info.array[0].geometry.entries + e->index : e->index;
}

/* ---- an array in the kernel's e500 layout, at any alignment ---- */

static inline void load_tlbe(const unsigned char *array, size_t place, struct ppctlb_entry *e)
{
	struct ppctlb_e500_tlbe t;

	memcpy(&t, array + place * sizeof(t), sizeof(t));
	e->word[0] = t.mas1;
	e->word[1] = t.mas2;
	e->word[2] = t.mas7_3;
	e->word[3] = t.mas8;
}

static inline void store_tlbe(unsigned char *array, size_t place, const struct ppctlb_entry *e)
{
	struct ppctlb_e500_tlbe t = {
		.mas8 = (uint32_t)e->word[3],
		.mas1 = (uint32_t)e->word[0],
		.mas2 = e->word[1],
		.mas7_3 = e->word[2],
	};

	memcpy(array + place * sizeof(t), &t, sizeof(t));
}

/* ---- how the kernel answered an earlier call: errno after a failure of host->kvm() ---- */

static inline const char *raw_answer(int err, char *text, size_t len)
{
	if (err)
		snprintf(text, len, "errno %d", err);
	else
		snprintf(text, len, "a positive answer");
	return text;
}

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#endif
