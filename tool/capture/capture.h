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
	size_t wide; /* bytes of a register of this QEMU's target */
	const struct ppctlb_core *core;
	char *shown;	  /* by info tlb, while the guest stood still */
	struct row *rows; /* of it */
	size_t n;
	bool odd; /* it is not understood; complained */
	struct peer *peer;
	const char *why; /* its memory cannot be read, or does not tell; NULL: it can */
	struct builder builder;
	uint32_t unknown; /* of the image */
	double stopped;	  /* when, in seconds; 0: it was not */
};

/* Bytes of the array in which QEMU keeps the entries of such a CPU. */
size_t capture_array_bytes(const struct capture *c);
/*
 * Take the entries from the copy of the peer's memory that fits c->shown; where none does, or
 * several that differ, take what that tells, and say why. False: complained.
 */
bool capture_take(struct capture *c);

#endif
