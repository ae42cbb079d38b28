/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The array of entries that a vCPU of the e500 family shares with the kernel. Mock has one, too. */
#ifndef BACKENDS_E500_ARRAY_H
#define BACKENDS_E500_ARRAY_H

#include "../common.h"

#include <ppctlb/e500.h>

/* Make g[2] the vCPU's geometry. -EINVAL if KVM does not allow it; the message says what it does.
 */
int tlb_e500_set_geometry(struct ppctlb_vcpu *v, const struct ppctlb_geometry *g);
/* The words of the entry at a place of the array, which may have any alignment. */
void tlb_e500_load_entry(const unsigned char *array, size_t place, struct ppctlb_entry *e);
void tlb_e500_store_entry(unsigned char *array, size_t place, const struct ppctlb_entry *e);

#endif
