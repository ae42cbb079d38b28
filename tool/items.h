/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands and lines of standard input, handled alike. */
#ifndef PPCTLB_TOOL_ITEMS_H
#define PPCTLB_TOOL_ITEMS_H

#include "tool.h"

#include <stdbool.h>

struct args;

/* One operand, or one line of standard input. */
struct item {
	const char *text;
	unsigned long line; /* 0: an operand */
	bool more;	    /* the next one is there already and need not be waited for */
};

/* Call one() for each operand from number first on; "-" stands for the lines of standard input.
 * Goes on to the end whatever one() returns. true: it and every line were good. */
bool for_each_item(const struct args *a, int first, bool (*one)(const struct item *i, void *arg),
		   void *arg);
/* A message of our own about that item; the library's last message about it. */
void complain_item(const struct item *i, const char *fmt, ...) PRINTF(2, 3);
void complain_item_library(const struct item *i);

#endif
