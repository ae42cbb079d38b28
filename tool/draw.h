/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws the picture of a TLB that plot.c has prepared. */
#ifndef PPCTLB_TOOL_DRAW_H
#define PPCTLB_TOOL_DRAW_H

#include "plot.h"

double draw_width(void);
double draw_height(const struct plot *p);
void draw(const struct plot *p, cairo_t *cr);

#endif
