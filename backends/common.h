/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What every backend needs: the name of its table, flags as bits of words, extents, geometry,
 * places. */
#ifndef BACKENDS_COMMON_H
#define BACKENDS_COMMON_H

#include <ppctlb/backend.h>

#include <errno.h>
#include <stdbool.h>
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

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* A flag of a mapping, and the bit of an entry's word that stands for it. */
struct flag_bit {
	uint32_t flag;
	unsigned word;
	uint32_t mask;
};

/* Set the bits of the flags in word[]; the flags whose bits are set there. Over a table that is
 * constant both are a few instructions a flag, without a branch: most of the work of a core is
 * here.
 */
static inline void encode_flags(const struct flag_bit *table, size_t n, uint32_t flags,
				uint64_t *word)
{
#pragma GCC unroll 32
	for (size_t i = 0; i < n; i++)
		word[table[i].word] |= flags & table[i].flag ? table[i].mask : 0;
}

static inline uint32_t decode_flags(const struct flag_bit *table, size_t n, const uint64_t *word)
{
	uint32_t flags = 0;

#pragma GCC unroll 32
	for (size_t i = 0; i < n; i++)
		flags |= (uint32_t)word[table[i].word] / table[i].mask % 2 * table[i].flag;
	return flags;
}

/* A word of which the n lowest bits are set. */
static inline uint64_t low_bits(unsigned n)
{
	return n < 64 ? (UINT64_C(1) << n) - 1 : UINT64_MAX;
}

/* Fill in EA, RA and size of a page of 1 << shift bytes in that TLB, and return what is wrong with
 * them: PPCTLB_DEFECT_*. */
static inline unsigned decode_extent(const struct ppctlb_core *core, unsigned tlb, unsigned shift,
				     uint64_t epn, uint64_t rpn, struct ppctlb_mapping *m)
{
	uint64_t size = UINT64_C(1) << shift, offset = size - 1;
	unsigned defects = 0;

	m->eaddr = epn & ~offset;
	m->raddr = rpn & ~offset;
	m->size = size;
	if (!(core->info.array[tlb].sizes & m->size))
		defects |= PPCTLB_DEFECT_SIZE;
	if (epn & offset)
		defects |= PPCTLB_DEFECT_EPN;
	if (rpn & offset)
		defects |= PPCTLB_DEFECT_RPN;
	if (rpn & ~low_bits(core->info.ra_bits))
		defects |= PPCTLB_DEFECT_RA;
	return defects;
}

/* The operation overlap, by a function that sets the extent of one entry and returns 0 for one that
 * is not valid. Goes into each backend's code together with that function: all of it is one loop.
 */
static inline size_t
first_overlap(int (*extent)(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			    struct ppctlb_mapping *m),
	      const struct ppctlb_core *core, const struct ppctlb_entry *e, size_t n,
	      uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_mapping page;

		if (!extent(core, &e[i], &page) || page.eaddr > last ||
		    page.eaddr + (page.size - 1) < first)
			continue;
		m->eaddr = page.eaddr;
		m->size = page.size;
		m->tid = page.tid;
		m->flags = page.flags;
		return i;
	}
	return n;
}

/* Does the caller ask for a geometry? */
bool tlb_common_asks_geometry(const struct ppctlb_vcpu *v);
/* -EINVAL if the caller asks for another geometry than the core's. */
int tlb_common_check_fixed(const struct ppctlb_vcpu *v);

/* The number of entries of all TLBs, and the place of an entry among them in the kernel's order. */
size_t tlb_common_count_entries(const struct ppctlb_core *core);
static inline size_t place_of(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	return e->tlb ? core->info.array[0].geometry.entries + e->index : e->index;
}

/* Does an access match the entry, by what the core decodes? */
bool tlb_common_matches(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			const struct ppctlb_access *a);

/* The PVR in a vCPU's registers, and the core of that list that has it, or NULL. */
uint32_t tlb_common_pvr(const void *sregs);
const struct ppctlb_core *tlb_common_core_by_pvr(const struct ppctlb_core *const *cores,
						 uint32_t pvr);

/* How the kernel answered a call: err is errno after a failure of host->kvm(). */
const char *tlb_common_raw_answer(int err, char *text, size_t len);

#endif
