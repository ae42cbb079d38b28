/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Draws the picture of a TLB: effective addresses on the left, real ones on the right. */
#include "draw.h"
#include "canvas.h"
#include "legend.h"
#include "names.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Columns, from the left. */
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
#define TITLE	  64.0
#define HEADING	  26.0
#define SPACE_GAP 18.0

#define TEXT_SIZE 11.0

/* ---- sizes ---- */

static double text_size(const struct plot *p)
{
	return p->row - 4 < TEXT_SIZE ? p->row - 4 : TEXT_SIZE;
}

/* 3984588800 -> "3.7G", rounded down */
static void human_size(uint64_t size, char *buf, size_t len)
{
	const char *units = "BKMGTPE";
	uint64_t tenths = 0;

	for (; size >= 1024 && units[1]; size /= 1024, units++)
		tenths = size % 1024 * 10 / 1024;
	if (size < 10 && tenths)
		snprintf(buf, len, "%" PRIu64 ".%" PRIu64 "%c", size, tenths, *units);
	else
		snprintf(buf, len, "%" PRIu64 "%c", size, *units);
}

static int digits(uint64_t address, unsigned bits)
{
	return address >> 36 || bits <= 36 ? (int)(bits + 3) / 4 : 9;
}

/* ---- the two sides ---- */

struct side {
	const struct axis *axis;
	const struct span *spans;
	double top, left, right, labels; /* labels: where addresses stand */
	unsigned bits;
	bool real;
};

static struct side effective_side(const struct plot *p, int space)
{
	struct side s = {&p->space[space], p->ea,	TITLE + HEADING,	   EA_LEFT,
			 EA_RIGHT,	   EA_LEFT - 6, p->im->info.core->ea_bits, false};

	if (space && p->space[0].n)
		s.top += p->space[0].height + HEADING + SPACE_GAP;
	return s;
}

static struct side real_side(const struct plot *p)
{
	struct side s = {&p->real, p->ra,	 TITLE + HEADING,	    RA_LEFT,
			 RA_RIGHT, RA_RIGHT + 6, p->im->info.core->ra_bits, true};

	return s;
}

static struct box box_of(const struct side *s, size_t band)
{
	const struct span *span = &s->spans[band];
	double w = (s->right - s->left) / (double)span->lanes;

	return (struct box){s->left + w * (double)span->lane, s->top + span->top, w - 2,
			    span->bottom - span->top};
}

static void draw_address(cairo_t *cr, const struct side *s, double y, uint64_t address)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%0*" PRIx64, digits(address, s->bits), address);
	set_colour(cr, black, 1);
	put_text(cr, s->labels, y, s->real ? LEFT : RIGHT, text);
}

static void draw_fold(cairo_t *cr, const struct plot *p, const struct side *s,
		      const struct segment *g)
{
	double y = s->top + (g->top + g->bottom) / 2, x;
	char size[32], text[64];
	int tooth = 0;

	human_size(g->last - g->first + 1, size, sizeof(size));
	snprintf(text, sizeof(text), "%s unmapped", size);
	set_colour(cr, grey, 0.5);
	cairo_set_line_width(cr, 1);
	cairo_move_to(cr, s->left, y);
	for (x = s->left; x <= s->right; x += 6)
		cairo_line_to(cr, x, y + (tooth++ % 2 ? 2 : -2));
	cairo_stroke(cr);
	set_font(cr, text_size(p) - 1, false);
	set_colour(cr, grey, 1);
	put_text(cr, s->labels, y + text_size(p) / 3, s->real ? LEFT : RIGHT, text);
	set_font(cr, text_size(p), false);
}

/* Write the addresses at which a range begins, or the last one before a gap ends. */
static void draw_axis(cairo_t *cr, const struct plot *p, const struct side *s)
{
	double used = -1;

	set_font(cr, text_size(p), false);
	for (size_t i = 0; i < s->axis->n; i++) {
		const struct segment *g = &s->axis->segment[i];
		double y = s->top + g->top + text_size(p);
		bool last = i + 1 == s->axis->n || s->axis->segment[i + 1].gap;

		if (g->gap) {
			draw_fold(cr, p, s, g);
			continue;
		}
		if (y >= used)
			draw_address(cr, s, y, g->first);
		if (y >= used)
			used = y + text_size(p);
		y = s->top + g->bottom - 1;
		if (last && y >= used)
			draw_address(cr, s, y, g->last);
	}
}

/* ---- bands ---- */

static void draw_band(cairo_t *cr, struct box from, struct box to, struct colour colour)
{
	double x1 = from.x + from.w, x2 = to.x, middle = (EA_RIGHT + RA_LEFT) / 2;

	cairo_move_to(cr, x1, from.y);
	cairo_line_to(cr, EA_RIGHT, from.y);
	cairo_curve_to(cr, middle, from.y, middle, to.y, RA_LEFT, to.y);
	cairo_line_to(cr, x2, to.y);
	cairo_line_to(cr, x2, to.y + to.h);
	cairo_line_to(cr, RA_LEFT, to.y + to.h);
	cairo_curve_to(cr, middle, to.y + to.h, middle, from.y + from.h, EA_RIGHT, from.y + from.h);
	cairo_line_to(cr, x1, from.y + from.h);
	cairo_close_path(cr);
	set_colour(cr, colour, 0.3);
	cairo_fill_preserve(cr);
	set_colour(cr, colour, 0.7);
	cairo_set_line_width(cr, 0.7);
	cairo_stroke(cr);
}

/* A note may be about what is meant so, and is no trouble. */
static bool is_trouble(const struct band *b)
{
	for (size_t i = 0; i < b->n_marks; i++)
		if (b->marks[i].finding->severity != PPCTLB_NOTE)
			return true;
	return false;
}

static void draw_box(cairo_t *cr, struct box b, const struct band *band)
{
	bool trouble = is_trouble(band);
	double inset = trouble ? 1.25 : 0.5;

	cairo_rectangle(cr, b.x, b.y, b.w, b.h);
	set_colour(cr, (struct colour){1, 1, 1}, 1);
	cairo_fill_preserve(cr);
	set_colour(cr, rights[band->right].colour, 0.65);
	cairo_fill(cr);
	hatch(cr, b, band->m.flags);
	cairo_rectangle(cr, b.x + inset, b.y + inset, b.w - 2 * inset, b.h - 2 * inset);
	set_colour(cr, trouble ? red : black, 1);
	cairo_set_line_width(cr, 2 * inset);
	cairo_stroke(cr);
}

/* Put text on a light ground, to be readable over hatching; cut it off at the end of the box. */
static void draw_label(cairo_t *cr, const struct plot *p, struct box b, struct colour colour,
		       const char *text)
{
	double size = text_size(p), width = text_width(cr, text);

	if (width > b.w - 6)
		width = b.w - 6;
	cairo_save(cr);
	cairo_rectangle(cr, b.x + 2, b.y + 2, width + 4, size + 2);
	cairo_clip(cr);
	set_colour(cr, (struct colour){1, 1, 1}, 0.75);
	cairo_paint(cr);
	set_colour(cr, colour, 1);
	put_text(cr, b.x + 4, b.y + size + 0.5, LEFT, text);
	cairo_restore(cr);
}

enum { LABELS = 5 };

/* "rwx", or "?" if it is not told. */
static const char *letters(const struct band *b, uint32_t unknown, uint32_t first,
			   const char *names, char *buf)
{
	return b->unknown & unknown ? "?" : flag_letters(b->m.flags, first, names, buf);
}

static void tid_text(const struct band *b, char *buf, size_t len)
{
	*buf = 0;
	if (b->unknown & PPCTLB_UNKNOWN_TID)
		snprintf(buf, len, "  tid ?");
	else if (b->m.tid)
		snprintf(buf, len, "  tid %u", b->m.tid);
}

/* From "TLB1[3]  256M  s:rwx u:r--  -IMG-  tid 5" down to "1:3". */
static void make_labels(const struct band *b, char label[LABELS][96])
{
	unsigned tlb = b->entry->tlb, index = b->entry->index;
	char size[32], s[8], u[8], wimge[8], tid[16];

	ppctlb_format_size(b->m.size, size, sizeof(size));
	if (b->unknown & PPCTLB_UNKNOWN_SIZE)
		strcpy(size, "?");
	tid_text(b, tid, sizeof(tid));
	snprintf(label[0], sizeof(label[0]), "TLB%u[%u]  %s  s:%s u:%s  %s%s", tlb, index, size,
		 letters(b, PPCTLB_UNKNOWN_RIGHTS, PPCTLB_SR, "rwx", s),
		 letters(b, PPCTLB_UNKNOWN_RIGHTS, PPCTLB_UR, "rwx", u),
		 letters(b, PPCTLB_UNKNOWN_WIMGE, PPCTLB_W, "WIMGE", wimge), tid);
	snprintf(label[1], sizeof(label[1]), "TLB%u[%u]  %s%s", tlb, index, size, tid);
	snprintf(label[2], sizeof(label[2]), "TLB%u[%u]%s", tlb, index, tid);
	snprintf(label[3], sizeof(label[3]), "TLB%u[%u]", tlb, index);
	snprintf(label[4], sizeof(label[4]), "%u:%u", tlb, index);
}

/* Draw the first label, from number i on, that has room. */
static void label_box(cairo_t *cr, const struct plot *p, struct box b, char label[LABELS][96],
		      size_t i)
{
	while (i + 1 < LABELS && text_width(cr, label[i]) > b.w - 6)
		i++;
	draw_label(cr, p, b, black, label[i]);
}

/* Label both boxes, of which to may be NULL; the names of findings stand right of the left one. */
static void label_band(cairo_t *cr, const struct plot *p, struct box from, const struct box *to,
		       const struct band *b)
{
	char label[LABELS][96], names[256] = "";
	size_t used = 0;

	make_labels(b, label);
	label_box(cr, p, from, label, 0);
	if (to)
		label_box(cr, p, *to, label, 3);
	for (size_t i = 0; i < b->n_marks && used < sizeof(names); i++)
		used += (size_t)snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
					 b->marks[i].finding->name);
	if (used)
		draw_label(cr, p, (struct box){EA_RIGHT + 2, from.y, MIDDLE, from.h}, red, names);
}

/* Draw of one entry what belongs to that pass: the band, the boxes at its ends, their labels. Where
 * its real address is not told there is no other end. */
static void draw_entry(cairo_t *cr, const struct plot *p, size_t i, int pass)
{
	struct side real = real_side(p), s = effective_side(p, i >= p->begin[1]);
	const struct band *b = &p->band[i];
	struct box from = box_of(&s, i), to = from;
	bool leads = b->real != NOWHERE;

	if (leads)
		to = box_of(&real, b->real);
	if (pass == 0 && leads)
		draw_band(cr, from, to, rights[b->right].colour);
	if (pass == 1)
		draw_box(cr, from, b);
	if (pass == 1 && leads)
		draw_box(cr, to, b);
	if (pass == 2)
		label_band(cr, p, from, leads ? &to : NULL, b);
}

static void draw_bands(cairo_t *cr, const struct plot *p)
{
	for (int pass = 0; pass < 3; pass++)
		for (size_t i = 0; i < p->n; i++)
			draw_entry(cr, p, i, pass);
}

/* ---- the whole ---- */

static void draw_headings(cairo_t *cr, const struct plot *p)
{
	set_font(cr, 12, true);
	set_colour(cr, black, 1);
	for (int i = 0; i < 2; i++) {
		struct side s = effective_side(p, i);

		if (s.axis->n)
			put_text(cr, s.left, s.top - 7, LEFT,
				 i ? "effective addresses, TS = 1" : "effective addresses, TS = 0");
	}
	put_text(cr, RA_LEFT, TITLE + HEADING - 7, LEFT,
		 p->n ? "real addresses" : "no entry is valid");
}

static double sides_height(const struct plot *p)
{
	double height = p->space[0].height + p->space[1].height;

	if (p->space[0].n && p->space[1].n)
		height += HEADING + SPACE_GAP;
	return height > p->real.height ? height : p->real.height;
}

double draw_width(void)
{
	return RA_RIGHT + RA_LABELS + MARGIN;
}

double draw_height(const struct plot *p)
{
	return TITLE + HEADING + sides_height(p) + 24 + LEGEND_HEIGHT;
}

void draw(const struct plot *p, cairo_t *cr)
{
	struct side real = real_side(p);

	cairo_set_source_rgb(cr, 1, 1, 1);
	cairo_paint(cr);
	draw_title(cr, p);
	draw_headings(cr, p);
	set_font(cr, text_size(p), false);
	draw_bands(cr, p);
	for (int i = 0; i < 2; i++) {
		struct side s = effective_side(p, i);

		draw_axis(cr, p, &s);
	}
	draw_axis(cr, p, &real);
	draw_legend(cr, p, TITLE + HEADING + sides_height(p) + 24);
}
