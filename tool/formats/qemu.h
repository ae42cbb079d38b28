/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU shows and keeps of entries. */
#ifndef PPCTLB_TOOL_FORMATS_QEMU_H
#define PPCTLB_TOOL_FORMATS_QEMU_H

#include "reader.h"

/* The flags of QEMU's permission word of a valid 440 entry. False: it is none. */
bool qemu_prot(uint64_t prot, uint32_t *flags);
/* The flags of its attribute word. */
uint32_t qemu_attr(uint64_t attr);
/* Do they look the same in info tlb? */
bool qemu_same(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b);

/* An entry of the array in which QEMU keeps them. */
struct qemu_kept {
	bool valid;		     /* as info tlb means it ... */
	struct ppctlb_mapping shown; /* ... and what that shows of it */
	bool legal;		     /* the image can have it as it is */
	struct ppctlb_entry entry;   /* words */
};
/* How many bytes one has; wide is the bytes of a register of QEMU's target. */
size_t qemu_kept_bytes(const struct ppctlb_core *core, size_t wide);
void qemu_kept(const struct ppctlb_core *core, size_t wide, const unsigned char *at,
	       struct qemu_kept *k);

#endif
