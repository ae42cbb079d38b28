/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's own decode of its TLB: the monitor's `info tlb`, asked over QMP. */
#ifndef ORACLE_INFOTLB_H
#define ORACLE_INFOTLB_H

#include <stdint.h>
#include <stdio.h>

struct row {
	uint64_t ea, ra, size;
	unsigned tlb, tid;
	uint32_t flags; /* PPCTLB_*, as far as the text has them */
};

/* Connect to a QMP server and negotiate. NULL, with a message printed, on failure. */
FILE *qmp_connect(const char *path);

/* Ask for `info tlb`. Returns how many rows there are (at most n are filled in), or -1 with a
 * message printed. */
int info_tlb(FILE *qmp, struct row *rows, int n);

#endif
