/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture under way: what QEMU shows and logs of a TLB, and the image made of it. */
#ifndef PPCTLB_TOOL_CAPTURE_H
#define PPCTLB_TOOL_CAPTURE_H

#include "builder.h"
#include "formats/formats.h"
#include "qmp.h"

struct rows {
	struct row *row;
	size_t n, room;
	bool failed; /* complained */
};

struct capture {
	struct qmp *qmp;
	const char *socket;
	unsigned cpu;
	const struct ppctlb_core *core;
	struct ppctlb_core_info info; /* with this CPU's geometry */
	struct rows shown;	      /* by info tlb */
	struct rows logged;
	struct builder builder;
	uint32_t unknown_shown; /* PPCTLB_UNKNOWN_* of an entry that only info tlb shows */
	uint32_t unknown;	/* of the image */
	char directory[4096], log[4200];
	bool logging, stopped;
};

/* Read the answer to info tlb, and change it on the way; read the log. False: complained. */
bool capture_read_shown(struct capture *c, char *text);
bool capture_read_log(struct capture *c);
/* Join both in c->builder. False: complained. */
bool capture_join(struct capture *c);

#endif
