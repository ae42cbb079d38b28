/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws title and legend of the picture of a TLB. */
#include "legend.h"
#include "canvas.h"
#include "tool.h"

#include <stdio.h>
#include <string.h>

void draw_title(cairo_t *cr, const struct plot *p)
{
	char text[512];

	set_colour(cr, black, 1);
	set_font(cr, 18, true);
	snprintf(text, sizeof(text), "TLB in %s", p->name);
	put_text(cr, MARGIN, 28, LEFT, text);
	set_font(cr, 12, false);
	put_text(cr, MARGIN, 46, LEFT, image_use(p->im, text, sizeof(text)));
	if (!p->im->info.unknown && !p->left_out)
		return;
	set_colour(cr, grey, 1);
	image_unknown(p->im, text, sizeof(text));
	if (p->left_out)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%zu entries left out",
			 *text ? "; " : "", p->left_out);
	put_text(cr, MARGIN, 61, LEFT, text);
}

/* One item of the legend; returns where the next one begins. */
static double legend_item(cairo_t *cr, double x, double y, const char *text)
{
	set_colour(cr, black, 1);
	put_text(cr, x + 28, y + 10, LEFT, text);
	return x + 28 + text_width(cr, text) + 18;
}

static void legend_swatch(cairo_t *cr, double x, double y, struct colour colour, double alpha,
			  uint32_t flags, struct colour edge, double width)
{
	struct box b = {x, y, 22, 13};

	cairo_rectangle(cr, b.x, b.y, b.w, b.h);
	set_colour(cr, colour, alpha);
	cairo_fill(cr);
	hatch(cr, b, flags);
	cairo_rectangle(cr, b.x, b.y, b.w, b.h);
	set_colour(cr, edge, 1);
	cairo_set_line_width(cr, width);
	cairo_stroke(cr);
}

void draw_legend(cairo_t *cr, const struct plot *p, double y)
{
	static const struct {
		uint32_t flags;
		const char *name;
	} hatchings[] = {{PPCTLB_I, "cache-inhibited"},
			 {PPCTLB_G, "guarded"},
			 {PPCTLB_I | PPCTLB_G, "both"}};
	double x = MARGIN;
	const struct colour white = {1, 1, 1};
	unsigned seen = 0;

	for (size_t i = 0; i < p->n; i++)
		seen |= 1u << p->band[i].right;
	set_font(cr, 11, false);
	set_colour(cr, black, 1);
	put_text(cr, x, y + 10, LEFT, "User or supervisor may");
	x += text_width(cr, "User or supervisor may") + 12;
	for (unsigned i = 0; i < ARRAY_SIZE(rights); i++) {
		if (!(seen & 1u << i))
			continue;
		legend_swatch(cr, x, y, rights[i].colour, 0.65, 0, black, 1);
		x = legend_item(cr, x, y, rights[i].name);
	}
	x = MARGIN;
	y += LEGEND_ROW;
	for (size_t i = 0; i < ARRAY_SIZE(hatchings); i++) {
		legend_swatch(cr, x, y, white, 1, hatchings[i].flags, black, 1);
		x = legend_item(cr, x, y, hatchings[i].name);
	}
	legend_swatch(cr, x, y, white, 1, 0, red, 2.5);
	legend_item(cr, x, y, "something is wrong, see ppctlb check");
	y += LEGEND_ROW;
	set_colour(cr, grey, 1);
	put_text(cr, MARGIN, y + 10, LEFT,
		 "TLB[slot]  size  s: rights of the supervisor  u: of the user  WIMGE  "
		 "tid: only for that process.  Heights grow with the logarithm of the size.");
}
