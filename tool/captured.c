/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU shows by info tlb and what it logs, brought together entry by entry. */
#include "capture.h"
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* ---- text that QEMU writes ---- */

static void keep_row(const struct text_row *row, void *arg)
{
	struct rows *r = arg;

	if (r->n == r->room) {
		size_t room = 2 * r->room + 64;
		struct text_row *more = realloc(r->row, room * sizeof(*more));

		if (!more) {
			error("%s", strerror(ENOMEM));
			r->failed = true;
			return;
		}
		r->row = more;
		r->room = room;
	}
	r->row[r->n++] = *row;
}

static void not_understood(size_t column, const char *reason, void *arg)
{
	struct rows *r = arg;

	(void)column;
	if (!r->failed)
		error("QEMU writes what this program does not know: %s", reason);
	r->failed = true;
}

static bool begin_reading(struct capture *c, struct text_reader *r, const char *format,
			  struct rows *rows)
{
	*r = (struct text_reader){.format = text_format(format),
				  .core = &c->info,
				  .row = keep_row,
				  .bad = not_understood,
				  .arg = rows};
	if (text_begin(r))
		return true;
	error("%s", strerror(ENOMEM));
	text_free(r);
	return false;
}

bool capture_read_shown(struct capture *c, char *text)
{
	struct text_reader r;
	char *save;

	if (!begin_reading(c, &r, "qemu", &c->shown))
		return false;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		text_line(&r, line);
	text_end(&r);
	c->unknown_shown = r.unknown;
	text_free(&r);
	return !c->shown.failed;
}

/* false: told. Where reading fails the line comes cut off, or none at all. */
static bool read_lines(FILE *f, const char *name, struct text_reader *r)
{
	char *line = NULL;
	size_t room = 0;
	bool good;

	while (getline(&line, &room, f) > 0 && !ferror(f)) {
		line[strcspn(line, "\n")] = 0;
		text_line(r, line);
	}
	good = feof(f) && !ferror(f);
	if (!good)
		error("%s: %s", name, strerror(errno));
	free(line);
	return good;
}

bool capture_read_log(struct capture *c)
{
	FILE *f = fopen(c->log, "re");
	struct text_reader r;
	bool good = false;

	if (!f) {
		error("%s: %s; does QEMU run on this host, and see the same files?", c->log,
		      strerror(errno));
		return false;
	}
	if (begin_reading(c, &r, "qemu-log", &c->logged)) {
		good = read_lines(f, c->log, &r);
		text_end(&r);
		c->unknown = r.unknown;
		text_free(&r);
	}
	fclose(f);
	return good && !c->logged.failed;
}

/* ---- log and info tlb together ---- */

static bool collected(const struct capture *c, bool ok)
{
	if (!ok)
		error("%s: %s", c->socket, c->collection.reason);
	return ok;
}

/* The slot behind the last one of that TLB that the log tells of. */
static size_t slot_behind(const struct capture *c, unsigned tlb)
{
	size_t slot = 0;

	for (size_t i = 0; i < c->logged.n; i++)
		if (c->logged.row[i].entry.tlb == tlb)
			slot = c->logged.row[i].entry.index + (size_t)1;
	return slot;
}

/* What only info tlb shows: an entry behind one that maps every address, or of no legal size. */
static bool take_shown(struct capture *c, const struct text_row *row, size_t from)
{
	c->unknown |= c->unknown_shown;
	return collected(c, collect_mapping(&c->collection, &row->mapping,
					    row->entry.tlb & ~PPCTLB_NO_SLOT, from, 0));
}

static size_t count(const struct rows *rows, unsigned tlb)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += (rows->row[i].entry.tlb & ~PPCTLB_NO_SLOT) == tlb;
	return n;
}

/* A slot and an EPN from the log, the rest from info tlb. */
static bool take_page(struct capture *c, const struct text_row *page, const struct text_row *row)
{
	struct ppctlb_mapping m = row->mapping;
	struct ppctlb_entry e;

	if ((page->mapping.eaddr & -m.size) != m.eaddr || page->mapping.size != m.size ||
	    page->mapping.tid != m.tid) {
		error("%s: the log and info tlb differ about entry %u", c->socket,
		      page->entry.index);
		return false;
	}
	if (!(c->info.array[0].sizes & m.size))
		return take_shown(c, row, 0);
	if (ppctlb_encode(c->core, &m, &e) < 0) {
		library_error(c->socket);
		return false;
	}
	c->unknown |= c->unknown_shown & ~(uint32_t)PPCTLB_UNKNOWN_SLOT;
	e.tlb = 0;
	e.index = page->entry.index;
	e.word[1] |= page->mapping.eaddr - m.eaddr;
	return collected(c, collect_entry(&c->collection, &e, 0));
}

static void no_room(const struct collected *e, void *arg)
{
	bool *ok = arg;

	(void)e;
	error("not all entries have room in the image");
	*ok = false;
}

/* Both show the entries in the order of slots, the log possibly not the last ones. */
bool capture_join(struct capture *c)
{
	size_t taken[2] = {0}, logged[2] = {count(&c->logged, 0), count(&c->logged, 1)};
	bool raw = c->info.arrays > 1, ok = true;

	for (size_t i = 0; ok && raw && i < c->logged.n; i++)
		ok = collected(c, collect_entry(&c->collection, &c->logged.row[i].entry, 0));
	for (size_t i = 0; ok && i < c->shown.n; i++) {
		const struct text_row *row = &c->shown.row[i];
		unsigned tlb = row->entry.tlb & ~PPCTLB_NO_SLOT;

		if (taken[tlb]++ >= logged[tlb])
			ok = take_shown(c, row, slot_behind(c, tlb));
		else if (!raw)
			ok = take_page(c, &c->logged.row[i], row);
	}
	if (ok && (logged[0] > taken[0] || logged[1] > taken[1])) {
		error("%s: the log shows more entries than info tlb", c->socket);
		ok = false;
	}
	if (ok)
		collect_place(&c->collection, no_room, &ok);
	return ok;
}
