/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb import: turns saved text of another tool into an image. */
#include "args.h"
#include "builder.h"
#include "causes.h"
#include "file.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What a text becomes. */
struct result {
	const char *name; /* of the text */
	struct builder builder;
	struct causes causes;
};

#define ONE_MORE(id, name, help) +1
enum { MAX_READERS = 0 FORMATS(ONE_MORE) };

struct import {
	const struct args *args;
	struct lines *lines;
	struct define *defines;
	size_t n_defines;
	const struct ppctlb_core *core;
	/*
	 * With --from=auto every format reads on, until a line is one's own. The lines of a plain
	 * format may be there by chance, so it only has the text if nobody else wants it.
	 */
	struct reader readers[MAX_READERS];
	struct result results[MAX_READERS]; /* of each */
	size_t n;
	struct reader *reader; /* that has the text; NULL: not decided yet */
	struct causes refused; /* lines that no reader has seen */
};

/* ---- what readers report ---- */

static void bad_text(unsigned long line, size_t column, const char *reason, void *arg)
{
	struct result *r = arg;

	causes_add(&r->causes, line, column, reason);
}

static void refuse_line(unsigned long line, size_t column, const char *reason, void *arg)
{
	struct import *im = arg;

	causes_add(&im->refused, line, column, reason);
}

static void no_room(const struct addition *e, void *arg)
{
	bad_text(e->line, 0, "no room for this entry in its TLB or set", arg);
}

static void tell_note(const char *text, void *arg)
{
	struct result *r = arg;

	complain("%s: %s", r->name, text);
}

static void take_row(const struct row *row, void *arg)
{
	struct result *r = arg;
	const struct ppctlb_entry *e = &row->entry;
	bool taken;

	if (row->kind == ROW_WORDS)
		taken = builder_entry(&r->builder, e, row->line);
	else
		taken = builder_mapping(&r->builder, &row->mapping, e->unknown,
					e->tlb & ~PPCTLB_NO_SLOT, 0, row->line);
	if (!taken)
		bad_text(row->line, row->column, r->builder.reason, r);
}

static void again(void *arg)
{
	struct result *r = arg;

	builder_clear(&r->builder);
	r->causes = (struct causes){.n = 0};
}

/* ---- which format ---- */

static bool has_text(struct import *im, struct reader *r)
{
	const struct ppctlb_core_info *info = r->info;

	im->reader = r;
	if (im->args->value[OPT_FROM] == NULL || !strcmp(im->args->value[OPT_FROM], "auto"))
		complain("%s: read as %s (--from=%s)", im->lines->name, format_what(r->format),
			 format_name(r->format));
	if (format_shows(r->format, info))
		return true;
	complain("%s cannot show a TLB of %s", format_what(r->format), info->name);
	return false;
}

/* Let every reader have the line, which some of them change. */
static bool undecided_line(struct import *im)
{
	char copy[LINE_LEN + 1];

	for (size_t i = 0; i < im->n; i++) {
		struct reader *r = &im->readers[i];

		strcpy(copy, im->lines->text);
		if (reader_line(r, copy, im->lines->number) == LINE_MINE &&
		    !format_is_plain(r->format))
			return has_text(im, r);
	}
	return true;
}

static void tell_nearest(const struct import *im)
{
	const struct reader *nearest = &im->readers[0];

	for (size_t i = 1; i < im->n; i++)
		if (im->readers[i].near.column > nearest->near.column)
			nearest = &im->readers[i];
	complain("%s: no line of it is of a format that import knows", im->lines->name);
	if (nearest->near.column)
		complain_at(im->lines->name, nearest->near.line, nearest->near.column,
			    "this comes nearest, to %s: %s", format_what(nearest->format),
			    nearest->near.reason);
}

/* At the end of a text that no format has claimed: one that had plain lines, or else headings. */
static bool decide(struct import *im)
{
	struct reader *best = NULL;

	for (size_t i = 0; i < im->n; i++) {
		struct reader *r = &im->readers[i];

		if (!best && format_is_plain(r->format) && r->mine)
			best = r;
	}
	for (size_t i = 0; i < im->n && !best; i++) {
		struct reader *r = &im->readers[i];

		if (!format_is_plain(r->format) && r->headings)
			best = r;
	}
	if (best)
		return has_text(im, best);
	tell_nearest(im);
	return false;
}

/* ---- reading ---- */

static bool add_reader(struct import *im, const struct format *format)
{
	struct result *result = &im->results[im->n];
	struct reader *r = &im->readers[im->n++];

	result->name = im->lines->name;
	*r = (struct reader){.format = format,
			     .core = im->core,
			     .info = ppctlb_core_info(im->core),
			     .defines = im->defines,
			     .n_defines = im->n_defines,
			     .row = take_row,
			     .again = again,
			     .bad = bad_text,
			     .note = tell_note,
			     .arg = result};
	if (!builder_begin(&result->builder, im->core, NULL))
		return false;
	if (reader_begin(r))
		return true;
	complain("%s", strerror(ENOMEM));
	return false;
}

static bool begin_reading(struct import *im)
{
	const char *from = im->args->value[OPT_FROM];
	const struct format *format = from ? format_find(from) : NULL;
	bool ok = true;

	if (format) {
		im->reader = &im->readers[0];
		return add_reader(im, format);
	}
	for (size_t i = 0; ok && format_at(i); i++)
		ok = add_reader(im, format_at(i));
	return ok;
}

static bool read_lines(struct import *im)
{
	while (lines_next(im->lines)) {
		if (!line_clean(im->lines->text))
			continue;
		if (im->reader)
			reader_line(im->reader, im->lines->text, im->lines->number);
		else if (!undecided_line(im))
			return false;
		progress("lines", im->lines->number);
	}
	progress(NULL, 0);
	return !im->lines->broken && (im->reader || decide(im));
}

/* ---- the image ---- */

static unsigned long bad_lines(const struct import *im, const struct result *res)
{
	return im->refused.lines + res->causes.lines;
}

static void tell_left_out(const struct import *im)
{
	const struct reader *r = im->reader;

	if (r->foreign == 1)
		complain("%s: line %lu looks like no entry, and is left out", im->lines->name,
			 r->first_foreign);
	else if (r->foreign)
		complain("%s: %lu lines look like no entry, and are left out; the first is line "
			 "%lu",
			 im->lines->name, r->foreign, r->first_foreign);
}

static bool tell_nothing(const struct import *im, const struct result *res)
{
	const struct reader *r = im->reader;
	const char *name = im->lines->name;

	if (!bad_lines(im, res) && !r->foreign && format_can_be_empty(r->format))
		complain("%s: nothing in it; ppctlb new makes the image of an empty TLB", name);
	else
		complain("%s: nothing in it is %s, of which a line looks like '%s'", name,
			 format_what(r->format), format_example(r->format));
	if (r->near.column)
		complain_at(name, r->near.line, r->near.column, "%s", r->near.reason);
	return false;
}

static bool any_valid(const struct builder *b)
{
	for (size_t i = 0; i < b->n; i++)
		if (entry_valid(b->core, &b->all[i].entry))
			return true;
	return false;
}

static bool write_image(const struct import *im, const struct result *res, const char *path)
{
	const struct builder *b = &res->builder;
	const char *name = im->lines->name;
	uint32_t unknown = im->reader->unknown | (b->split ? PPCTLB_UNKNOWN_SLOT : 0);
	unsigned long bad = bad_lines(im, res);

	if (!builder_store(b, unknown, path))
		return false;
	if (bad)
		complain("%s: left out: %lu; taken: %zu", name, bad, b->n);
	if (!any_valid(b))
		complain("%s: no entry in it is valid", name);
	builder_tell_unknown(unknown, name);
	return !bad;
}

/* Write what was read as an image, and say what it does not tell. */
static bool finish(struct import *im)
{
	struct result *res = im->reader->arg;
	struct builder *b = &res->builder;
	const char *name = im->lines->name;

	reader_end(im->reader);
	builder_place(b, no_room, res);
	causes_tell(&im->refused, name);
	causes_tell(&res->causes, name);
	tell_left_out(im);
	builder_tell_split(b, name);
	/* a comment is no text of a plain format */
	if (!im->reader->mine && (format_is_plain(im->reader->format) || !im->reader->headings))
		return tell_nothing(im, res);
	if (bad_lines(im, res) && (!b->n || !im->args->value[OPT_KEEP_GOING])) {
		complain("%s: no image written%s", name, b->n ? " (see --keep-going)" : "");
		return false;
	}
	return write_image(im, res, im->args->argv[im->args->argc - 1]);
}

static bool import(struct import *im)
{
	bool ok = begin_reading(im) && read_lines(im) && finish(im);

	for (size_t i = 0; i < im->n; i++) {
		reader_free(&im->readers[i]);
		builder_free(&im->results[i].builder);
	}
	return ok;
}

/* NAME, NAME=VALUE; NAME=n stands for a name that a configuration leaves out. */
static void read_defines(struct import *im)
{
	const struct args *a = im->args;

	im->defines = calloc(a->n_given + 1, sizeof(*im->defines));
	if (!im->defines)
		out_of_memory();
	for (size_t i = 0; i < a->n_given; i++) {
		struct define *d = &im->defines[im->n_defines++];
		char *name = strdup(a->given[i].value), *equals;

		if (!name)
			out_of_memory();
		*d = (struct define){name, "1"};
		equals = strchr(name, '=');
		if (equals) {
			*equals = 0;
			d->value = equals + 1;
		}
		if (a->given[i].id == OPT_UNDEFINE || !strcmp(d->value, "n"))
			d->value = NULL;
	}
}

static void free_defines(struct import *im)
{
	for (size_t i = 0; i < im->n_defines; i++)
		free((char *)im->defines[i].name);
	free(im->defines);
}

/* Does --from name a format that can show the core? */
static bool format_fits(const struct args *a, const struct ppctlb_core *core)
{
	const struct format *format = a->value[OPT_FROM] ? format_find(a->value[OPT_FROM]) : NULL;
	const struct ppctlb_core_info *info = ppctlb_core_info(core);

	if (!format || format_shows(format, info))
		return true;
	complain("%s cannot show a TLB of %s", format_what(format), info->name);
	return false;
}

static bool import_file(struct import *im, const char *file)
{
	bool ok;

	im->lines = lines_open(file);
	if (!im->lines)
		return false;
	im->lines->tell = refuse_line;
	im->lines->arg = im;
	ok = import(im);
	lines_close(im->lines);
	return ok;
}

int verb_import(const struct args *a)
{
	const struct ppctlb_core *core = core_find(a->value[OPT_CORE]);
	struct import *im;
	bool ok;

	if (!core || !format_fits(a, core))
		return EXIT_FAILED;
	im = calloc(1, sizeof(*im));
	if (!im)
		out_of_memory();
	im->args = a;
	im->core = core;
	read_defines(im);
	ok = import_file(im, a->argc > 1 ? a->argv[0] : "-");
	free_defines(im);
	free(im);
	return ok ? EXIT_OK : EXIT_FAILED;
}
