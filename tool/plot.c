/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb plot: makes a picture of a TLB, as SVG or PNG. */
#include "plot.h"
#include "args.h"
#include "canvas.h"
#include "draw.h"
#include "file.h"
#include "message.h"
#include "names.h"

#include <cairo-svg.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- what to draw ---- */

static int space_of(const struct band *b)
{
	return (b->m.flags & PPCTLB_TS) != 0;
}

/* More than anybody looks at, and than fits into a picture. */
#define MOST_BANDS 1200

/* What is drawn first where there are too many: entries with findings, then those of the last TLB.
 */
static int rank_of(const struct image *im, size_t i)
{
	size_t marks;

	image_marks(im, i, &marks);
	return marks ? 0 : im->entries[i].tlb == im->info.core->arrays - 1 ? 1 : 2;
}

/* Choose the entries to draw, of each rank the first ones. Returns how many are left out. */
static size_t choose(const struct image *im, bool *chosen)
{
	size_t n = 0, valid = 0;

	for (int rank = 0; rank < 3; rank++)
		for (size_t i = 0; i < im->info.entries; i++) {
			if (!entry_valid(im->core, &im->entries[i]) || rank_of(im, i) != rank)
				continue;
			valid++;
			chosen[i] = n < MOST_BANDS;
			n += chosen[i];
		}
	return valid - n;
}

/* Leave out what is not told, so that it is not drawn as if it were none. */
static void look_at(struct band *b)
{
	if (b->unknown & PPCTLB_UNKNOWN_WIMGE)
		b->m.flags &= ~(uint32_t)(PPCTLB_W | PPCTLB_I | PPCTLB_M | PPCTLB_G | PPCTLB_E);
	b->right = b->unknown & PPCTLB_UNKNOWN_RIGHTS ? NOT_TOLD : right_of(b->m.flags);
}

/* Give the last band its place on both sides. */
static void add_spans(struct plot *p)
{
	struct band *b = &p->band[p->n];

	p->ea[p->n] = (struct span){.first = b->m.eaddr, .last = b->m.eaddr + (b->m.size - 1)};
	b->real = b->unknown & PPCTLB_UNKNOWN_RA ? NOWHERE : p->n_real++;
	if (b->real != NOWHERE)
		p->ra[b->real] =
			(struct span){.first = b->m.raddr, .last = b->m.raddr + (b->m.size - 1)};
	p->n++;
}

/* Add the chosen entries of one address space, except those whose words mean no size. */
static void add_bands(struct plot *p, const bool *chosen, int space)
{
	const struct image *im = p->im;

	p->begin[space] = p->n;
	for (size_t i = 0; i < im->info.entries; i++) {
		struct band *b = &p->band[p->n];

		b->entry = &im->entries[i];
		if (!chosen[i] || ppctlb_decode_any(im->core, b->entry, &b->m) < 0 || !b->m.size ||
		    space_of(b) != space)
			continue;
		b->unknown = image_not_told(im, b->entry);
		b->marks = image_marks(im, i, &b->n_marks);
		look_at(b);
		add_spans(p);
	}
	p->begin[space + 1] = p->n;
}

/* Gives few entries room to be read, and fits many into a picture. */
static double row_height(size_t n)
{
	static const struct {
		size_t n;
		double row;
	} steps[] = {{40, 24}, {100, 20}, {300, 15}};

	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (n <= steps[i].n)
			return steps[i].row;
	return 12;
}

static bool lay_out(struct plot *p)
{
	double effective = 0;

	for (int i = 0; i < 2; i++) {
		size_t n = p->begin[i + 1] - p->begin[i];

		if (!layout(&p->space[i], p->ea + p->begin[i], n, p->row))
			return false;
		effective += p->space[i].height;
	}
	if (!layout(&p->real, p->ra, p->n_real, p->row))
		return false;
	/* make both sides as high as the higher one, so that bands run level */
	if (effective > p->real.height)
		layout_stretch(&p->real, p->ra, p->n_real, effective);
	for (int i = 0; i < 2 && effective < p->real.height; i++)
		layout_stretch(&p->space[i], p->ea + p->begin[i], p->begin[i + 1] - p->begin[i],
			       p->space[i].height * p->real.height / effective);
	return true;
}

static bool prepare(struct plot *p, const struct image *im)
{
	size_t n = im->info.entries + 1;
	bool *chosen = calloc(n, sizeof(*chosen));

	p->im = im;
	p->band = calloc(n, sizeof(*p->band));
	p->ea = calloc(n, sizeof(*p->ea));
	p->ra = calloc(n, sizeof(*p->ra));
	if (!p->band || !p->ea || !p->ra || !chosen) {
		free(chosen);
		return false;
	}
	p->left_out = choose(im, chosen);
	add_bands(p, chosen, 0);
	add_bands(p, chosen, 1);
	free(chosen);
	p->row = row_height(p->n);
	return lay_out(p);
}

static void forget(struct plot *p)
{
	free(p->name);
	free(p->band);
	free(p->ea);
	free(p->ra);
	layout_free(&p->space[0]);
	layout_free(&p->space[1]);
	layout_free(&p->real);
}

/* ---- files ---- */

static cairo_status_t append(void *closure, const unsigned char *data, unsigned len)
{
	return fwrite(data, 1, len, closure) == len ? CAIRO_STATUS_SUCCESS
						    : CAIRO_STATUS_WRITE_ERROR;
}

static cairo_status_t draw_on(const struct plot *p, cairo_surface_t *surface, double scale)
{
	cairo_t *cr = cairo_create(surface);
	cairo_status_t status;

	cairo_scale(cr, scale, scale);
	draw(p, cr);
	status = cairo_status(cr);
	cairo_destroy(cr);
	return status;
}

static cairo_status_t write_png(const struct plot *p, FILE *out)
{
	const double most = 20000; /* cairo has no images of more than 32767 rows, viewers of fewer */
	double height = draw_height(p), scale = height > most ? most / height : 1;
	cairo_surface_t *surface = cairo_image_surface_create(
		CAIRO_FORMAT_RGB24, (int)(draw_width() * scale), (int)(height * scale));
	cairo_status_t status = draw_on(p, surface, scale);

	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_write_to_png_stream(surface, append, out);
	cairo_surface_destroy(surface);
	return status;
}

static void put_xml(const char *text, FILE *out)
{
	for (; *text; text++) {
		if (strchr("<>&", *text))
			fprintf(out, "&#%d;", *text);
		else
			putc((unsigned char)*text < ' ' ? '?' : *text, out);
	}
}

/* Describe the picture in words for those who cannot see it: cairo's text is only outlines. */
static void describe(const struct plot *p, FILE *out)
{
	char head[512];

	fputs("\n<title>", out);
	put_xml(p->name, out);
	fputs("</title>\n<desc>", out);
	put_xml(image_head(p->im, head, sizeof(head)), out);
	if (p->left_out)
		fprintf(out, "; %zu entries are left out", p->left_out);
	for (size_t i = 0; i < p->n; i++) {
		const struct band *b = &p->band[i];
		char *text = mapping_text(p->im->core, b->entry);

		fprintf(out, "\n%u:%u ", b->entry->tlb, b->entry->index);
		put_xml(text, out);
		if (b->entry->unknown)
			fprintf(out, " not told: %s",
				unknown_names(b->entry->unknown, head, sizeof(head)));
		for (size_t m = 0; m < b->n_marks; m++)
			fprintf(out, " %s", b->marks[m].finding->name);
		free(text);
	}
	fputs("</desc>", out);
}

static cairo_status_t write_svg(const struct plot *p, FILE *out)
{
	char *text = NULL, *body;
	size_t len = 0;
	FILE *whole = open_memstream(&text, &len);
	cairo_surface_t *surface;
	cairo_status_t status;

	if (!whole)
		return CAIRO_STATUS_NO_MEMORY;
	surface = cairo_svg_surface_create_for_stream(append, whole, draw_width(), draw_height(p));
	status = draw_on(p, surface, 1);
	cairo_surface_finish(surface);
	if (status == CAIRO_STATUS_SUCCESS)
		status = cairo_surface_status(surface);
	cairo_surface_destroy(surface);
	if (fclose(whole) != 0 || !text)
		status = CAIRO_STATUS_NO_MEMORY;
	body = text ? strstr(text, "<svg") : NULL;
	body = body ? strchr(body, '>') : NULL;
	if (status == CAIRO_STATUS_SUCCESS && body) {
		fwrite(text, 1, (size_t)(body + 1 - text), out);
		describe(p, out);
		fputs(body + 1, out);
	}
	free(text);
	return status;
}

typedef cairo_status_t writer(const struct plot *p, FILE *out);

static writer *writer_of(const char *path)
{
	const char *dot = strrchr(path, '.');

	if (dot && !strcasecmp(dot, ".svg"))
		return write_svg;
	return dot && !strcasecmp(dot, ".png") ? write_png : NULL;
}

static bool write_picture(const struct plot *p, writer *put, const char *path)
{
	cairo_status_t status = CAIRO_STATUS_NO_MEMORY;
	char *data = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&data, &len);
	bool ok = false;

	if (out) {
		status = put(p, out);
		if (fclose(out) != 0)
			status = CAIRO_STATUS_NO_MEMORY;
	}
	if (status == CAIRO_STATUS_SUCCESS)
		ok = file_write(path, data, len);
	else
		complain("%s: %s", path, cairo_status_to_string(status));
	free(data);
	return ok;
}

int verb_plot(const struct args *a)
{
	const char *path = a->value[OPT_PICTURE], *slash = strrchr(a->argv[0], '/');
	struct plot p = {.name = NULL};
	writer *put = writer_of(path);
	struct image im;
	bool ok;

	if (!put)
		return usage_error(a->verb, "'%s' ends neither in .svg nor in .png", path);
	if (!image_open(a->argv[0], &im))
		return EXIT_FAILED;
	p.name = utf8_text(slash ? slash + 1 : a->argv[0]);
	ok = prepare(&p, &im);
	if (!ok)
		complain("%s", strerror(ENOMEM));
	if (ok && p.left_out)
		complain("%s: %zu valid entries are left out of the picture, which has room for %d",
			 a->argv[0], p.left_out, MOST_BANDS);
	ok = ok && write_picture(&p, put, path);
	forget(&p);
	image_close(&im);
	return ok ? EXIT_OK : EXIT_FAILED;
}
