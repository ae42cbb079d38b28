/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a text: one message for each cause, with the first line and a count. */
#ifndef PPCTLB_TOOL_CAUSES_H
#define PPCTLB_TOOL_CAUSES_H

#include "formats/formats.h"

#define CAUSES 20 /* tell so many of them, and count the others */

struct cause {
	unsigned long line; /* the first one */
	size_t column;
	unsigned long count;
	char reason[REASON_LEN];
};

struct causes {
	struct cause cause[CAUSES];
	size_t n;
	unsigned long others; /* lines with a cause past those */
	unsigned long lines;  /* in all */
};

void causes_add(struct causes *c, unsigned long line, size_t column, const char *reason);
/* Complain of each, with the name of the text. */
void causes_tell(const struct causes *c, const char *name);

#endif
