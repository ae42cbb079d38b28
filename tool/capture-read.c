/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads what QEMU shows by info tlb and what it logs, and joins both entry by entry. */
#include "capture.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- text that QEMU writes ---- */

static void keep_row(const struct row *row, void *arg)
{
	struct rows *r = arg;

	if (r->n == r->room) {
		size_t room = 2 * r->room + 64;
		struct row *more = realloc(r->row, room * sizeof(*more));

		if (!more) {
			complain("%s", strerror(ENOMEM));
			r->failed = true;
			return;
		}
		r->row = more;
		r->room = room;
	}
	r->row[r->n++] = *row;
}

static void not_understood(unsigned long line, size_t column, const char *reason, void *arg)
{
	struct rows *r = arg;

	(void)line;
	(void)column;
	if (!r->failed)
		complain("QEMU prints text that this program does not know: %s", reason);
	r->failed = true;
}

static void ignore_note(const char *text, void *arg)
{
	(void)text;
	(void)arg;
}

static bool begin_reading(struct capture *c, struct reader *r, const struct format *format,
			  struct rows *rows)
{
	*r = (struct reader){.format = format,
			     .core = c->core,
			     .info = &c->info,
			     .row = keep_row,
			     .bad = not_understood,
			     .note = ignore_note,
			     .arg = rows};
	if (reader_begin(r))
		return true;
	complain("%s", strerror(ENOMEM));
	reader_free(r);
	return false;
}

static void read_line(struct reader *r, char *line)
{
	if (line_clean(line))
		reader_line(r, line, r->line + 1);
}

bool capture_read_shown(struct capture *c, char *text)
{
	struct reader r;
	char *save;

	if (!begin_reading(c, &r, &format_qemu, &c->shown))
		return false;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		read_line(&r, line);
	reader_end(&r);
	if (r.foreign)
		not_understood(r.first_foreign, 0, "a line that is none of info tlb", &c->shown);
	c->unknown_shown = r.unknown;
	reader_free(&r);
	return !c->shown.failed;
}

/* false: complained. Where a read fails, getline() returns part of a line, or none. */
static bool read_lines(FILE *f, const char *name, struct reader *r)
{
	char *line = NULL;
	size_t room = 0;
	bool good;

	while (getline(&line, &room, f) > 0 && !ferror(f)) {
		line[strcspn(line, "\n")] = 0;
		read_line(r, line);
	}
	good = feof(f) && !ferror(f);
	if (!good)
		complain("%s: %s", name, strerror(errno));
	free(line);
	return good;
}

bool capture_read_log(struct capture *c)
{
	FILE *f = fopen(c->log, "re");
	struct reader r;
	bool good = false;

	if (!f) {
		complain("%s: %s; does QEMU run on this host, and see the same files?", c->log,
			 strerror(errno));
		return false;
	}
	if (begin_reading(c, &r, &format_qemu_log, &c->logged)) {
		good = read_lines(f, c->log, &r);
		reader_end(&r);
		c->unknown = r.unknown;
		reader_free(&r);
	}
	fclose(f);
	return good && !c->logged.failed;
}

/* ---- log and info tlb together ---- */

static bool added(const struct capture *c, bool ok)
{
	if (!ok)
		complain("%s: %s", c->socket, c->builder.reason);
	return ok;
}

/* The slot after the last one of that TLB in the log. */
static size_t slot_after_log(const struct capture *c, unsigned tlb)
{
	size_t slot = 0;

	for (size_t i = 0; i < c->logged.n; i++)
		if (c->logged.row[i].entry.tlb == tlb)
			slot = c->logged.row[i].entry.index + (size_t)1;
	return slot;
}

/* Take an entry that only info tlb shows: it follows one that maps every address, or its size is
 * illegal. */
static bool take_shown(struct capture *c, const struct row *row, size_t from)
{
	c->unknown |= c->unknown_shown;
	return added(c, builder_mapping(&c->builder, &row->mapping, 0,
					row->entry.tlb & ~PPCTLB_NO_SLOT, from, 0));
}

static size_t count(const struct rows *rows, unsigned tlb)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += (rows->row[i].entry.tlb & ~PPCTLB_NO_SLOT) == tlb;
	return n;
}

/* Take slot and EPN from the log, the rest from info tlb. */
static bool take_page(struct capture *c, const struct row *page, const struct row *row)
{
	struct ppctlb_mapping m = row->mapping;
	struct ppctlb_entry e;

	if ((page->mapping.eaddr & -m.size) != m.eaddr || page->mapping.size != m.size ||
	    page->mapping.tid != m.tid) {
		complain("%s: the log and info tlb differ about entry %u", c->socket,
			 page->entry.index);
		return false;
	}
	if (!(c->info.array[0].sizes & m.size))
		return take_shown(c, row, 0);
	if (ppctlb_encode(c->core, &m, &e) < 0) {
		complain_library(c->socket);
		return false;
	}
	c->unknown |= c->unknown_shown & ~(uint32_t)PPCTLB_UNKNOWN_SLOT;
	e.tlb = 0;
	e.index = page->entry.index;
	e.word[1] |= page->mapping.eaddr - m.eaddr;
	return added(c, builder_entry(&c->builder, &e, 0));
}

static void no_room(const struct addition *e, void *arg)
{
	bool *ok = arg;

	(void)e;
	complain("the image has no room for all entries");
	*ok = false;
}

/* Both show the entries in the order of slots; the log may lack the last ones. */
bool capture_join(struct capture *c)
{
	size_t taken[2] = {0}, logged[2] = {count(&c->logged, 0), count(&c->logged, 1)};
	bool raw = core_is_e500(&c->info), ok = true;

	for (size_t i = 0; ok && raw && i < c->logged.n; i++)
		ok = added(c, builder_entry(&c->builder, &c->logged.row[i].entry, 0));
	for (size_t i = 0; ok && i < c->shown.n; i++) {
		const struct row *row = &c->shown.row[i];
		unsigned tlb = row->entry.tlb & ~PPCTLB_NO_SLOT;

		if (taken[tlb]++ >= logged[tlb])
			ok = take_shown(c, row, slot_after_log(c, tlb));
		else if (!raw)
			ok = take_page(c, &c->logged.row[i], row);
	}
	if (ok && (logged[0] > taken[0] || logged[1] > taken[1])) {
		complain("%s: the log shows more entries than info tlb", c->socket);
		ok = false;
	}
	if (ok)
		builder_place(&c->builder, no_room, &ok);
	return ok;
}
