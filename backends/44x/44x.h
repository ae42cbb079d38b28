/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the 44x backend share. */
#ifndef BACKENDS_44X_H
#define BACKENDS_44X_H

#include "../common.h"

#include <ppctlb/44x.h>

/* pvr.c */
extern const struct ppctlb_pvr tlb_44x_pvrs[], tlb_44x_pvrs_of_476[];

/* core.c */
extern const struct ppctlb_core tlb_44x_440;

/* transport.c */
int tlb_44x_open(struct ppctlb_vcpu *v);
void tlb_44x_close(struct ppctlb_vcpu *v);
int tlb_44x_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all);
int tlb_44x_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n);
int tlb_44x_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		  struct ppctlb_entry found[2]);
int tlb_44x_commit(struct ppctlb_vcpu *v);
/* Try a GET on a vCPU. -ENOTSUP: its kernel does not have the calls. */
int tlb_44x_try(const struct ppctlb_host *host, int fd);

#endif
