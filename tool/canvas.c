/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What draw.c and legend.c draw with: colours, text, hatching. */
#include "canvas.h"

const struct colour black = {0.1, 0.1, 0.1}, grey = {0.45, 0.45, 0.45}, red = {0.8, 0, 0};

/* By rwx, and lilac where nobody told. The colours are those of Okabe and Ito, which the
 * colour-blind can tell apart. */
const struct right rights[NOT_TOLD + 1] = {
	[0] = {{0.75, 0.75, 0.75}, "do nothing"},
	[1] = {{0.34, 0.71, 0.91}, "read"},
	[2] = {{0.80, 0.47, 0.65}, "write"},
	[3] = {{0.00, 0.45, 0.70}, "read, write"},
	[4] = {{0.94, 0.89, 0.26}, "execute"},
	[5] = {{0.00, 0.62, 0.45}, "read, execute"},
	[6] = {{0.84, 0.37, 0.00}, "write, execute"},
	[7] = {{0.90, 0.62, 0.00}, "read, write, execute"},
	[NOT_TOLD] = {{0.85, 0.78, 1.00}, "not told"},
};

unsigned right_of(uint32_t flags)
{
	return (flags / PPCTLB_UR | flags / PPCTLB_SR) & 7;
}

void set_colour(cairo_t *cr, struct colour c, double alpha)
{
	cairo_set_source_rgba(cr, c.r, c.g, c.b, alpha);
}

double text_width(cairo_t *cr, const char *text)
{
	cairo_text_extents_t e;

	cairo_text_extents(cr, text, &e);
	return e.x_advance;
}

void put_text(cairo_t *cr, double x, double y, enum align align, const char *text)
{
	double width = text_width(cr, text);

	cairo_move_to(cr, align == LEFT ? x : x - width / (align == RIGHT ? 1 : 2), y);
	cairo_show_text(cr, text);
}

void set_font(cairo_t *cr, double size, bool bold)
{
	cairo_select_font_face(cr, "sans-serif", CAIRO_FONT_SLANT_NORMAL,
			       bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
	cairo_set_font_size(cr, size);
}

void hatch(cairo_t *cr, struct box b, uint32_t flags)
{
	cairo_save(cr);
	cairo_rectangle(cr, b.x, b.y, b.w, b.h);
	cairo_clip(cr);
	set_colour(cr, black, 0.35);
	cairo_set_line_width(cr, 0.8);
	for (double x = b.x - b.h; x < b.x + b.w; x += 9) {
		if (flags & PPCTLB_I) {
			cairo_move_to(cr, x, b.y + b.h);
			cairo_line_to(cr, x + b.h, b.y);
		}
		if (flags & PPCTLB_G) {
			cairo_move_to(cr, x, b.y);
			cairo_line_to(cr, x + b.h, b.y + b.h);
		}
	}
	cairo_stroke(cr);
	cairo_restore(cr);
}
