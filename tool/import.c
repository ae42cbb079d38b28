/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb import: turns saved text of another tool into an image. */
#include "args.h"
#include "builder.h"
#include "file.h"
#include "formats/formats.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMPLAINTS 20 /* tell so many one by one, and count the others */

struct import {
	const struct args *args;
	struct lines *lines;
	struct reader reader;
	struct builder builder;
	unsigned long bad;
};

static void bad_text(struct import *im, unsigned long line, size_t column, const char *reason)
{
	if (im->bad++ < COMPLAINTS)
		complain_at(im->lines->name, line, column, "%s", reason);
	if (im->bad == COMPLAINTS)
		complain("%s: further errors are only counted", im->lines->name);
}

static void bad_line(size_t column, const char *reason, void *arg)
{
	struct import *im = arg;

	bad_text(im, im->lines->number, column, reason);
}

static void no_room(const struct addition *e, void *arg)
{
	bad_text(arg, e->line, 0, "no room for this entry in its TLB or set");
}

static void take_row(const struct row *row, void *arg)
{
	struct import *im = arg;
	struct builder *b = &im->builder;
	unsigned long line = im->lines->number;
	char reason[96];
	bool taken = false;

	switch (row->kind) {
	case ROW_WORDS:
		taken = builder_entry(b, &row->entry, line);
		break;
	case ROW_MAPPING:
		taken = builder_mapping(b, &row->mapping, row->entry.tlb & ~PPCTLB_NO_SLOT, 0,
					line);
		break;
	case ROW_PAGE:
		snprintf(reason, sizeof(reason),
			 "entry %u is in use, but not all of its words are in this log",
			 row->entry.index);
		bad_text(im, line, 0, reason);
		return;
	}
	if (!taken)
		bad_text(im, line, row->column ? row->column : 1, b->reason);
}

/* lines_next() has complained of lines that it refused. */
static void read_lines(struct import *im)
{
	while (lines_next(im->lines)) {
		reader_line(&im->reader, im->lines->text);
		progress("lines", im->lines->number);
		if (im->bad > COMPLAINTS && !im->args->value[OPT_KEEP_GOING])
			break;
	}
	progress(NULL, 0);
	im->bad += im->lines->refused;
	reader_end(&im->reader);
}

static void tell_left_out(const struct import *im)
{
	const char *name = im->lines->name;
	const struct reader *r = &im->reader;

	if (r->shadow)
		complain("%s: %lu row%s of the shadow TLB left out: an image holds the guest's TLB",
			 name, r->shadow, r->shadow == 1 ? "" : "s");
	if (r->mixed)
		complain("%s: %lu walk%s left out: lines of several CPUs are mixed", name, r->mixed,
			 r->mixed == 1 ? "" : "s");
	if (r->sets_seen < r->sets)
		complain("%s: tells of %u of the %u sets of TLB0; the others are empty in the "
			 "image",
			 name, r->sets_seen, r->sets);
}

static void tell_nothing(const struct import *im)
{
	bool empty = !im->bad && format_can_be_empty(im->reader.format);

	complain("%s: nothing in it is %s text%s", im->lines->name, im->args->value[OPT_FROM],
		 empty ? "; ppctlb new makes the image of an empty TLB" : "");
}

/* Write what was read as an image, and say what it does not tell. */
static int finish(struct import *im, const char *path)
{
	struct builder *b = &im->builder;
	const char *name = im->lines->name;
	uint32_t unknown = im->reader.unknown;
	char names[160];

	if (im->lines->broken)
		return EXIT_FAILED;
	builder_place(b, no_room, im);
	if (b->split)
		unknown |= PPCTLB_UNKNOWN_SLOT;
	builder_tell_split(b, name);
	if (!im->reader.known) {
		tell_nothing(im);
		return EXIT_FAILED;
	}
	if (im->bad && (!b->n || !im->args->value[OPT_KEEP_GOING])) {
		complain("%s: no image written%s", name, b->n ? " (see --keep-going)" : "");
		return EXIT_FAILED;
	}
	if (!builder_store(b, unknown, path))
		return EXIT_FAILED;
	if (im->bad)
		complain("%s: left out: %lu; taken: %zu", name, im->bad, b->n);
	if (unknown)
		complain("%s: does not tell: %s", name,
			 unknown_names(unknown, names, sizeof(names)));
	return im->bad ? EXIT_FAILED : EXIT_OK;
}

static int import(struct import *im)
{
	int ret = EXIT_FAILED;

	if (reader_begin(&im->reader)) {
		read_lines(im);
		tell_left_out(im);
		ret = finish(im, im->args->argv[im->args->argc - 1]);
	} else {
		complain("%s", strerror(ENOMEM));
	}
	reader_free(&im->reader);
	return ret;
}

int verb_import(const struct args *a)
{
	const char *file = a->argc > 1 ? a->argv[0] : "-";
	const struct ppctlb_core *core = core_find(a->value[OPT_CORE]);
	struct import im = {.args = a};
	int ret = EXIT_FAILED;

	if (!core)
		return EXIT_FAILED;
	im.reader = (struct reader){.format = format_find(a->value[OPT_FROM]),
				    .core = core,
				    .info = ppctlb_core_info(core),
				    .row = take_row,
				    .bad = bad_line,
				    .arg = &im};
	if (!format_shows(im.reader.format, im.reader.info)) {
		complain("%s cannot show a TLB of %s", format_what(im.reader.format),
			 im.reader.info->name);
		return EXIT_FAILED;
	}
	if (!builder_begin(&im.builder, core, NULL))
		return EXIT_FAILED;
	im.lines = lines_open(file);
	if (im.lines) {
		im.lines->tell = COMPLAINTS;
		ret = import(&im);
		lines_close(im.lines);
	}
	builder_free(&im.builder);
	return ret;
}
