/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Title and legend of the picture of a TLB. */
#ifndef PPCTLB_TOOL_LEGEND_H
#define PPCTLB_TOOL_LEGEND_H

#include "plot.h"

#define LEGEND_ROW    20.0
#define LEGEND_HEIGHT (3 * LEGEND_ROW + 10)

void draw_title(cairo_t *cr, const struct plot *p);
/* Explain what is in the picture, from y down; LEGEND_HEIGHT is enough. */
void draw_legend(cairo_t *cr, const struct plot *p, double y);

#endif
