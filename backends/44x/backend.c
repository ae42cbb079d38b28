// SPDX-License-Identifier: LGPL-2.1-or-later
/* The 44x backend: which vCPUs it takes, and its table. */
#include "44x.h"

static const struct ppctlb_core *const cores[] = {&tlb_44x_440, NULL};

/* The list of PVRs cannot have every 440. If the caller names the core, any PVR but a 476's will
 * do: whether the kernel has the calls decides. */
static int probe(const struct ppctlb_host *host, int fd, const void *sregs,
		 const struct ppctlb_core **core)
{
	uint32_t pvr = tlb_common_pvr(sregs);
	int ret;

	if (ppctlb_pvr_is_in(tlb_44x_pvrs_of_476, pvr))
		return host->fail(ENOTSUP,
				  "PVR 0x%08x is a 476, whose entries have other bits than a 440's",
				  (unsigned)pvr);
	if (!*core && !tlb_common_core_by_pvr(cores, pvr))
		return host->fail(ENOTSUP, "PVR 0x%08x is not a 440 or 460", (unsigned)pvr);
	ret = tlb_44x_try(host, fd);
	if (!ret)
		*core = &tlb_44x_440;
	return ret;
}

BACKEND_TABLE(44x) = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "44x",
	.cores = cores,
	.probe = probe,
	.open = tlb_44x_open,
	.close = tlb_44x_close,
	.get = tlb_44x_get,
	.match = tlb_44x_match,
	.set = tlb_44x_set,
	.commit = tlb_44x_commit,
};
