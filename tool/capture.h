/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A capture under way: what QEMU shows and logs of a TLB, and the image that comes of it. */
#ifndef PPCTLB_TOOL_CAPTURE_H
#define PPCTLB_TOOL_CAPTURE_H

#include "collect.h"
#include "qmp.h"
#include "text.h"

struct rows {
	struct text_row *row;
	size_t n, room;
	bool failed; /* told */
};

struct capture {
	struct qmp *qmp;
	const char *socket;
	unsigned cpu;
	const struct ppctlb_core *core;
	struct ppctlb_core_info info; /* with this CPU's geometry */
	struct rows shown;	      /* by info tlb */
	struct rows logged;
	struct collection collection;
	uint32_t unknown_shown; /* PPCTLB_UNKNOWN_* of an entry that only info tlb tells of */
	uint32_t unknown;	/* of the image */
	char directory[4096], log[4200];
	bool logging, stopped;
};

/* Read the answer to info tlb, which is changed meanwhile; read the log. False: told. */
bool capture_read_shown(struct capture *c, char *text);
bool capture_read_log(struct capture *c);
/* Bring both together in c->collection. False: told. */
bool capture_join(struct capture *c);

#endif
