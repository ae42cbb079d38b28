// SPDX-License-Identifier: LGPL-2.1-or-later
/* The e500 backend: which vCPUs it takes, and its table. */
#include "e500.h"

static int probe(const struct ppctlb_host *host, int fd, const void *sregs,
		 const struct ppctlb_core **core)
{
	uint32_t pvr = tlb_common_pvr(sregs);
	const struct ppctlb_core *found = tlb_common_core_by_pvr(tlb_e500_cores, pvr);

	(void)fd;
	if (!found)
		return host->fail(ENOTSUP, "PVR 0x%08x is not an e500", (unsigned)pvr);
	*core = found;
	return 0;
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
	.match = tlb_e500_match,
	.set = tlb_e500_set,
	.commit = tlb_e500_commit,
};
