/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the e500 backend share. */
#ifndef BACKENDS_E500_H
#define BACKENDS_E500_H

#include "array.h"

/* core.c */
extern const struct ppctlb_core *const tlb_e500_cores[];

/* transport.c */
int tlb_e500_open(struct ppctlb_vcpu *v);
void tlb_e500_close(struct ppctlb_vcpu *v);
int tlb_e500_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all);
int tlb_e500_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n);
int tlb_e500_commit(struct ppctlb_vcpu *v);
/* The guest TLB, in the kernel's layout. */
const unsigned char *tlb_e500_array(const struct ppctlb_vcpu *v);

/* match.c */
int tlb_e500_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		   struct ppctlb_entry found[2]);

#endif
