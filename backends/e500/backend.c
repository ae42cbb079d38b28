// SPDX-License-Identifier: LGPL-2.1-or-later
/* The e500 backend: which vCPUs it takes, and its table. */
#include "e500.h"

/* Linux, cpu_specs_e500.h: the upper half of the PVR, in the order of tlb_e500_cores. */
static const uint16_t versions[] = {0x8020, 0x8021, 0x8023, 0x8024, 0x8040};

static int probe(const struct ppctlb_host *host, int fd, const void *sregs,
		 const struct ppctlb_core **core)
{
	uint32_t pvr; /* the first word of struct kvm_sregs */

	(void)fd;
	memcpy(&pvr, sregs, sizeof(pvr));
	for (size_t i = 0; i < COUNT(versions); i++)
		if (pvr >> 16 == versions[i]) {
			*core = tlb_e500_cores[i];
			return 0;
		}
	return host->fail(ENOTSUP, "PVR 0x%08x is no e500", (unsigned)pvr);
}

BACKEND_TABLE(e500) = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "e500",
	.cores = tlb_e500_cores,
	.probe = probe,
	.open = tlb_e500_open,
	.close = tlb_e500_close,
	.get = tlb_e500_get,
	.set = tlb_e500_set,
	.commit = tlb_e500_commit,
};
