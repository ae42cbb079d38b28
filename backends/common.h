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

/* Set the bits of the flags in word[]; the flags whose bits are set there. */
void tlb_common_encode_flags(const struct flag_bit *table, size_t n, uint32_t flags,
			     uint64_t *word);
uint32_t tlb_common_decode_flags(const struct flag_bit *table, size_t n, const uint64_t *word);

/* A word of which the n lowest bits are set. */
uint64_t tlb_common_low_bits(unsigned n);
/* Fill in EA, RA and size of a page of 1 << shift bytes in that TLB, and return what is wrong with
 * them: PPCTLB_DEFECT_*. */
unsigned tlb_common_decode_extent(const struct ppctlb_core *core, unsigned tlb, unsigned shift,
				  uint64_t epn, uint64_t rpn, struct ppctlb_mapping *m);

/* Does the caller ask for a geometry? */
bool tlb_common_asks_geometry(const struct ppctlb_vcpu *v);
/* -EINVAL if the caller asks for another geometry than the core's. */
int tlb_common_check_fixed(const struct ppctlb_vcpu *v);

/* The number of entries of all TLBs, and the place of an entry among them in the kernel's order. */
size_t tlb_common_count_entries(const struct ppctlb_core *core);
size_t tlb_common_place_of(const struct ppctlb_core *core, const struct ppctlb_entry *e);

/* The PVR in a vCPU's registers, and the core of that list that has it, or NULL. */
uint32_t tlb_common_pvr(const void *sregs);
const struct ppctlb_core *tlb_common_core_by_pvr(const struct ppctlb_core *const *cores,
						 uint32_t pvr);

/* How the kernel answered a call: err is errno after a failure of host->kvm(). */
const char *tlb_common_raw_answer(int err, char *text, size_t len);

#endif
