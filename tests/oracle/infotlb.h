/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's own decode of its TLB: the monitor's `info tlb`, asked over QMP. */
#ifndef ORACLE_INFOTLB_H
#define ORACLE_INFOTLB_H

#include <stdint.h>
#include <stdio.h>

struct row {
	uint64_t ea, ra, size;
	unsigned tlb, tid;
	uint32_t flags; /* PPCTLB_*, those that the text has */
};

/* Connect to a QMP server and get it into command mode. NULL with a message printed. */
FILE *qmp_connect(const char *path);

/* Ask for `info tlb`. How many rows there are (at most n are filled in), or -1
 * with a message printed. */
int info_tlb(FILE *qmp, struct row *rows, int n);

#endif
