/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What draw.c and legend.c draw with: colours, text, hatching. */
#ifndef PPCTLB_TOOL_CANVAS_H
#define PPCTLB_TOOL_CANVAS_H

#include <ppctlb/ppctlb.h>

#include <cairo.h>
#include <stdbool.h>

#define MARGIN 20.0 /* around the picture */

struct colour {
	double r, g, b;
};

extern const struct colour black, grey, red;

struct right {
	struct colour colour;
	const char *name;
};

/* Colour and name by what user or supervisor or both may do: r 1, w 2, x 4; or it is not told. */
enum { NOT_TOLD = 8 };
extern const struct right rights[NOT_TOLD + 1];
/* The right that the flags of a mapping give. */
unsigned right_of(uint32_t flags);

struct box {
	double x, y, w, h;
};

enum align { LEFT, RIGHT, CENTRE };

void set_colour(cairo_t *cr, struct colour c, double alpha);
void set_font(cairo_t *cr, double size, bool bold);
double text_width(cairo_t *cr, const char *text);
void put_text(cairo_t *cr, double x, double y, enum align align, const char *text);
/* Lines across a box: up for cache-inhibited, down for guarded, both for both. */
void hatch(cairo_t *cr, struct box b, uint32_t flags);

#endif
