/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The picture of a TLB as plot.c prepares it. */
#ifndef PPCTLB_TOOL_PLOT_H
#define PPCTLB_TOOL_PLOT_H

#include "image.h"
#include "layout.h"

#include <cairo.h>

#define NOWHERE ((size_t)-1)

/* A valid entry. */
struct band {
	const struct ppctlb_entry *entry;
	struct ppctlb_mapping m; /* without what is not told */
	uint32_t unknown;	 /* PPCTLB_UNKNOWN_* of it */
	unsigned right;		 /* its place among rights[] */
	size_t real;		 /* its place in ra, or NOWHERE if RA is not told */
	const struct mark *marks;
	size_t n_marks;
};

struct plot {
	const struct image *im;
	char *name;	      /* of the image, in UTF-8 */
	double row;	      /* height of a line of text with its surroundings */
	struct band *band;    /* address space 0 first, then 1 */
	size_t n, left_out;   /* bands; valid entries that have none */
	size_t begin[3];      /* bands of space i: from begin[i] to before begin[i + 1] */
	struct span *ea, *ra; /* of each band; of each that has a real address */
	size_t n_real;
	struct axis space[2]; /* of effective addresses */
	struct axis real;
};

#endif
