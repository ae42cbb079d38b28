// SPDX-License-Identifier: LGPL-2.1-or-later
/* The 44x backend: which vCPUs it takes, and its table. */
#include "44x.h"

/*
 * Linux, cpu_specs_44x.h and cpu_specs_47x.h, most specific mask first; the Xilinx core as QEMU
 * has it. All 440 and 460 have one entry layout, so which of them it is does not matter.
 */
static const struct pvr {
	uint32_t mask, value;
	bool is_476;
} pvrs[] = {
	{0xffffffff, 0x11a52080, true},	 /* 476 DD2 */
	{0xffffffff, 0x7ff21910, false}, /* 440 Xilinx */
	{0xfffffff0, 0x12c41c80, false}, /* APM821xx */
	{0xffffff00, 0x13541800, false}, /* 460SX */
	{0xffff0007, 0x13020004, false}, /* 460EX B */
	{0xffff0007, 0x13020005, false}, /* 460GT B */
	{0xffff0006, 0x13020002, false}, /* 460EX */
	{0xffff0006, 0x13020000, false}, /* 460GT */
	{0xffff0000, 0x11a50000, true},	 /* 476 */
	{0xffff0000, 0x7ff50000, true},	 /* 476fpe */
	{0xffff0000, 0x00050000, true},	 /* 476 iss */
	{0xfff00fff, 0x53200891, false}, /* 440SP A */
	{0xfff00fff, 0x53400890, false}, /* 440SPe A */
	{0xfff00fff, 0x53400891, false}, /* 440SPe B */
	{0xf0000fff, 0x40000440, false}, /* 440GP B */
	{0xf0000fff, 0x40000481, false}, /* 440GP C */
	{0xf0000fff, 0x40000850, false}, /* 440GR A */
	{0xf0000fff, 0x40000858, false}, /* 440EP A */
	{0xf0000fff, 0x400008d3, false}, /* 440GR B */
	{0xf0000fff, 0x400008db, false}, /* 440EP B */
	{0xf0000ff7, 0x400008d4, false}, /* 440EP C */
	{0xf0000fff, 0x50000850, false}, /* 440GX A */
	{0xf0000fff, 0x50000851, false}, /* 440GX B */
	{0xf0000fff, 0x50000892, false}, /* 440GX C */
	{0xf0000fff, 0x50000894, false}, /* 440GX F */
	{0xf0000ffb, 0x200008d0, false}, /* 440GRX */
	{0xf0000ffb, 0x200008d8, false}, /* 440EPX */
};

static const struct pvr *find_pvr(uint32_t pvr)
{
	for (size_t i = 0; i < COUNT(pvrs); i++)
		if ((pvr & pvrs[i].mask) == pvrs[i].value)
			return &pvrs[i];
	return NULL;
}

/* The list cannot have every 440 there is: a caller who names the core knows better, and the trial
 * decides. What is known to be a 476 stays one. */
static int probe(const struct ppctlb_host *host, int fd, const void *sregs,
		 const struct ppctlb_core **core)
{
	const struct pvr *found;
	uint32_t pvr; /* the first word of struct kvm_sregs */
	int ret;

	memcpy(&pvr, sregs, sizeof(pvr));
	found = find_pvr(pvr);
	if (!found && !*core)
		return host->fail(ENOTSUP, "PVR 0x%08x is no 440 or 460", (unsigned)pvr);
	if (found && found->is_476)
		return host->fail(ENOTSUP,
				  "PVR 0x%08x is a 476, whose entries have other bits than a 440's",
				  (unsigned)pvr);
	ret = tlb_44x_try(host, fd);
	if (!ret)
		*core = &tlb_44x_440;
	return ret;
}

static const struct ppctlb_core *const cores[] = {&tlb_44x_440, NULL};

BACKEND_TABLE(44x) = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "44x",
	.cores = cores,
	.probe = probe,
	.open = tlb_44x_open,
	.close = tlb_44x_close,
	.get = tlb_44x_get,
	.set = tlb_44x_set,
	.commit = tlb_44x_commit,
};
