/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places ranges of addresses on an axis whose gaps are folded. Pure. */
#ifndef PPCTLB_TOOL_LAYOUT_H
#define PPCTLB_TOOL_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A range of addresses, and where it is drawn. */
struct span {
	uint64_t first, last; /* inclusive */
	double top, bottom;   /* set by layout(), from 0 down */
	size_t lane, lanes;   /* ranges that meet lie side by side */
};

/* A piece of the axis between two ends of ranges. */
struct segment {
	uint64_t first, last;
	double top, bottom;
	bool gap; /* holds no range, and is folded */
};

struct axis {
	struct segment *segment;
	size_t n;
	double height;
};

/* Lay out n spans; a segment where one begins is at least a row high. False: no memory. */
bool layout(struct axis *a, struct span *spans, size_t n, double row);
/* Stretch it, with its spans, to that height. */
void layout_stretch(struct axis *a, struct span *spans, size_t n, double height);
void layout_free(struct axis *a);

#endif
