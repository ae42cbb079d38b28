/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chooses the addresses that make QEMU compare every entry of a TLB. Pure. */
#ifndef PPCTLB_TOOL_WALK_H
#define PPCTLB_TOOL_WALK_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

/* One row of info tlb. */
struct walk_row {
	struct ppctlb_mapping m;
	unsigned tlb;
};

struct walk {
	const struct walk_row *rows;
	size_t n;
	unsigned sets;	    /* of TLB0 on the e500 family, else 1 */
	uint64_t last_page; /* of the effective addresses */
	/* Translate an address. 1: nothing maps it, so QEMU compared all entries; 0: something
	 * does; -1: failed. */
	int (*probe)(uint64_t ea, void *arg);
	void *arg;
};

/* Probe until each entry has been compared, or no address is left that could show more. False: a
 * probe failed. */
bool walk_all(const struct walk *w);

#endif
