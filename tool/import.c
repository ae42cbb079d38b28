/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb import: saved text of another tool to an image. */
#include "collect.h"
#include "text.h"
#include "tool.h"

#include <string.h>

#define COMPLAINTS 20 /* so many are told one by one */

struct import {
	const struct args *args;
	struct lines *lines;
	struct collection collection;
	uint32_t unknown;
	unsigned long bad;
	unsigned long known; /* lines that are of the format */
};

static void complain(struct import *im, unsigned long line, size_t column, const char *reason)
{
	if (im->bad++ < COMPLAINTS)
		error_at(im->lines->name, line, column, "%s", reason);
	if (im->bad == COMPLAINTS)
		error("%s: what more is wrong is only counted", im->lines->name);
}

static void bad_line(size_t column, const char *reason, void *arg)
{
	struct import *im = arg;

	complain(im, im->lines->number, column, reason);
}

static void no_room(const struct collected *e, void *arg)
{
	complain(arg, e->line, 0, "no room for this entry in its TLB or set");
}

/* ---- rows of text.h ---- */

static void take_row(const struct text_row *row, void *arg)
{
	struct import *im = arg;
	struct collection *c = &im->collection;
	unsigned long line = im->lines->number;
	char reason[96];

	if (row->kind == TEXT_PAGE) {
		snprintf(reason, sizeof(reason),
			 "entry %u is in use, but all of its words are not in this log",
			 row->entry.index);
		complain(im, line, 0, reason);
	} else if (row->kind == TEXT_WORDS
			   ? !collect_entry(c, &row->entry, line)
			   : !collect_mapping(c, &row->mapping, row->entry.tlb & ~PPCTLB_NO_SLOT, 0,
					      line)) {
		complain(im, line, 1, c->reason);
	}
}

/* Lines of a text that could not be read were told by lines_next(). */
static void next_lines(struct import *im, void (*line)(struct import *im, void *arg), void *arg)
{
	while (lines_next(im->lines)) {
		line(im, arg);
		progress("lines", im->lines->number);
		if (im->bad > COMPLAINTS && !im->args->value[OPT_KEEP_GOING])
			break;
	}
	progress(NULL, 0);
	im->bad += im->lines->refused;
}

static void text_one(struct import *im, void *arg)
{
	text_line(arg, im->lines->text);
}

static void tell_left_out(const struct import *im, const struct text_reader *r)
{
	const char *name = im->lines->name;

	if (r->shadow)
		error("%s: left out, an image holds the guest's TLB: rows of the shadow TLB, %lu",
		      name, r->shadow);
	if (r->mixed)
		error("%s: left out, lines of several CPUs are mixed: walks, %lu", name, r->mixed);
	if (r->sets_seen < r->sets)
		error("%s: tells of %u of the %u sets of TLB0; the others are empty in the image",
		      name, r->sets_seen, r->sets);
}

static bool import_text(struct import *im, const char *from)
{
	const struct ppctlb_core_info *info = ppctlb_core_info(im->collection.core);
	struct text_reader r = {.format = text_format(from), .core = info};
	bool ok;

	r.row = take_row;
	r.bad = bad_line;
	r.arg = im;
	ok = text_begin(&r);
	if (ok) {
		next_lines(im, text_one, &r);
		text_end(&r);
		tell_left_out(im, &r);
		im->unknown = r.unknown;
		im->known = r.known;
	} else {
		error("%s cannot show a TLB of %s", text_describe(r.format), info->name);
	}
	text_free(&r);
	return ok;
}

/* ---- hex: the library's own ENTRY text, blanks allowed for commas ---- */

/* A comma at most, and none in front of the first word. */
static bool is_gap(const char *text, size_t len, bool first)
{
	size_t commas = 0;

	for (size_t i = 0; i < len; i++)
		commas += text[i] == ',';
	return len && commas <= !first;
}

/* What is between two words becomes a comma, and zeros in front of the next, so that columns stay
 * what they were. */
static void blanks_to_comma(char *text)
{
	char *words = strchr(text, '=') ? strchr(text, '=') + 1 : text;

	for (char *p = words; *p; p += strcspn(p, " \t,")) {
		size_t gap = strspn(p, " \t,");

		if (is_gap(p, gap, p == words)) {
			memset(p, '0', gap);
			if (p > words)
				*p = ',';
		}
		p += gap;
		if (p[0] == '0' && (p[1] | 0x20) == 'x')
			p[1] = '0';
	}
}

static void hex_one(struct import *im, void *arg)
{
	struct collection *c = &im->collection;
	char *text = im->lines->text, *end;
	struct ppctlb_entry e;
	size_t before;

	(void)arg;
	text[strcspn(text, "#\r")] = 0;
	before = strspn(text, " \t");
	text += before;
	for (end = text + strlen(text); end > text && strchr(" \t", end[-1]); end--)
		end[-1] = 0;
	if (!*text)
		return;
	blanks_to_comma(text);
	im->known++;
	if (ppctlb_parse_entry(c->core, text, &e) < 0) {
		if (im->bad++ < COMPLAINTS)
			library_error_at(im->lines->name, im->lines->number, before);
		return;
	}
	if (e.tlb & PPCTLB_NO_SLOT)
		im->unknown |= PPCTLB_UNKNOWN_SLOT;
	if (!collect_entry(c, &e, im->lines->number))
		complain(im, im->lines->number, before + 1, c->reason);
}

static bool import_hex(struct import *im)
{
	next_lines(im, hex_one, NULL);
	return true;
}

/* ---- the verb ---- */

/* Hex has no header, so that what dump writes of an empty TLB is no text at all. */
static void tell_nothing(const struct import *im)
{
	const char *from = im->args->value[OPT_FROM];
	bool empty = !im->bad && !strcmp(from, "hex");

	error("%s: nothing in it is %s text%s", im->lines->name, from,
	      empty ? "; ppctlb new makes the image of an empty TLB" : "");
}

/* What was read, as an image; and what it does not tell. */
static int finish(struct import *im, const char *path)
{
	struct collection *c = &im->collection;
	const char *name = im->lines->name;
	char names[160];

	if (im->lines->broken)
		return EXIT_FAILED;
	collect_place(c, no_room, im);
	if (c->split) {
		im->unknown |= PPCTLB_UNKNOWN_SLOT;
		error("%s: of no legal size, became several pages: entries, %zu", name, c->split);
	}
	if (!im->known) {
		tell_nothing(im);
		return EXIT_FAILED;
	}
	if (im->bad && (!c->n || !im->args->value[OPT_KEEP_GOING])) {
		error("%s: no image written%s", name, c->n ? " (see --keep-going)" : "");
		return EXIT_FAILED;
	}
	if (!collect_store(c, im->unknown, path))
		return EXIT_FAILED;
	if (im->bad)
		error("%s: left out: %lu; taken: %zu", name, im->bad, c->n);
	if (im->unknown)
		error("%s: does not tell: %s", name,
		      unknown_names(im->unknown, names, sizeof(names)));
	return im->bad ? EXIT_FAILED : EXIT_OK;
}

int verb_import(const struct args *a)
{
	const char *from = a->value[OPT_FROM], *file = a->argc > 1 ? a->argv[0] : "-";
	const struct ppctlb_core *core = core_find(a->value[OPT_CORE]);
	struct import im = {.args = a};
	int ret = EXIT_FAILED;

	if (!core || !collect_begin(&im.collection, core, NULL))
		return EXIT_FAILED;
	im.lines = lines_open(file);
	if (im.lines) {
		im.lines->tell = COMPLAINTS;
		if (strcmp(from, "hex") ? import_text(&im, from) : import_hex(&im))
			ret = finish(&im, a->argv[a->argc - 1]);
		lines_close(im.lines);
	}
	collect_free(&im.collection);
	return ret;
}
