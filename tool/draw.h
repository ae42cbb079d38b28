/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What draw.c and legend.c share: where things stand, colours, text. */
#ifndef PPCTLB_TOOL_DRAW_H
#define PPCTLB_TOOL_DRAW_H

#include "plot.h"

/* Columns, from the left. */
#define MARGIN	  20.0
#define EA_LABELS 150.0
#define EA_COLUMN 300.0
#define MIDDLE	  250.0
#define RA_COLUMN 180.0
#define RA_LABELS 120.0
#define EA_LEFT	  (MARGIN + EA_LABELS)
#define EA_RIGHT  (EA_LEFT + EA_COLUMN)
#define RA_LEFT	  (EA_RIGHT + MIDDLE)
#define RA_RIGHT  (RA_LEFT + RA_COLUMN)
/* Rows, from the top. */
#define TITLE	      64.0
#define HEADING	      26.0
#define SPACE_GAP     18.0
#define LEGEND_ROW    20.0
#define LEGEND_HEIGHT (3 * LEGEND_ROW + 10)

#define TEXT_SIZE     11.0

struct colour {
	double r, g, b;
};

extern const struct colour black, grey, red;

struct right {
	struct colour colour;
	const char *name;
};

/* By what user or supervisor may do: r 1, w 2, x 4. */
extern const struct right rights[8];
unsigned right_of(const struct band *b);

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

/* legend.c */
void draw_title(cairo_t *cr, const struct plot *p);
/* Explain what is in the picture, from y down; LEGEND_HEIGHT is enough. */
void draw_legend(cairo_t *cr, const struct plot *p, double y);

#endif
