/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture under way: what QEMU shows and has in its memory of a TLB, and the image made of it. */
#ifndef PPCTLB_TOOL_CAPTURE_H
#define PPCTLB_TOOL_CAPTURE_H

#include "../builder.h"
#include "../formats/formats.h"
#include "peer.h"
#include "qmp.h"

struct capture {
	struct qmp *qmp;
	const char *socket;
	unsigned cpu;
	bool ppc64; /* the target of this QEMU */
	const struct ppctlb_core *core;
	struct ppctlb_core_info info; /* with this CPU's geometry */
	char *shown;		      /* by info tlb, while the guest stood still */
	struct row *rows;	      /* of it */
	size_t n, room;
	uint32_t unknown_shown; /* PPCTLB_UNKNOWN_* of what only info tlb shows */
	struct peer *peer;	/* NULL: its memory cannot be read ... */
	const char *why;	/* ... for this reason */
	struct builder builder;
	uint32_t unknown; /* of the image */
	double stopped;	  /* when, in seconds; 0: it was not */
	bool odd;	  /* info tlb is not understood; complained */
};

/* Bytes of the array in which QEMU keeps the entries of such a CPU. */
size_t capture_array_bytes(const struct capture *c);
/* Read c->shown into rows. False: complained. */
bool capture_read_shown(struct capture *c);
/*
 * Take the entries from the copy of the peer's memory that fits the rows; where none does, or
 * several that differ, take what the rows tell, and say why. False: complained.
 */
bool capture_take(struct capture *c);

#endif
