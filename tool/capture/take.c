/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the entries of a capture from the copy of QEMU's memory that fits what info tlb shows. */
#include "capture.h"
#include "../formats/qemu.h"
#include "../message.h"
#include "../names.h"

#include <stdlib.h>
#include <string.h>

/* ---- what info tlb shows ---- */

static void not_understood(unsigned long line, size_t column, const char *reason, void *arg)
{
	struct capture *c = arg;

	(void)column;
	if (!c->odd)
		complain("%s: line %lu of info tlb is not understood: %s", c->socket, line, reason);
	c->odd = true;
}

/* A peer may show rows without end; the CPU has so many entries. */
static void keep_row(const struct row *row, void *arg)
{
	struct capture *c = arg;

	if (c->n < c->builder.room)
		c->rows[c->n++] = *row;
	else
		not_understood(row->line, 0, "more rows than this CPU has entries", c);
}

static void read_lines(struct capture *c, struct reader *r)
{
	char *more = strstr(c->shown, "\nTLB entries:"), *save = NULL;

	if (more) /* a QEMU that has this library */
		*more = 0;
	for (char *line = strtok_r(c->shown, "\n", &save); line && !c->odd;
	     line = strtok_r(NULL, "\n", &save))
		if (line_clean(line) && reader_line(r, line, r->line + 1) == LINE_FOREIGN)
			not_understood(r->line, 0, "it is none of info tlb", c);
}

static bool read_shown(struct capture *c)
{
	struct reader r = {.format = &format_qemu,
			   .core = c->core,
			   .info = ppctlb_core_info(c->core),
			   .row = keep_row,
			   .bad = not_understood,
			   .arg = c};

	c->rows = calloc(c->builder.room, sizeof(*c->rows));
	if (!c->rows || !reader_begin(&r))
		out_of_memory();
	read_lines(c, &r);
	reader_end(&r);
	c->unknown = r.unknown;
	reader_free(&r);
	return !c->odd;
}

/* ---- which array it is ---- */

size_t capture_array_bytes(const struct capture *c)
{
	return c->builder.room * qemu_kept_bytes(c->core, c->wide);
}

static struct qemu_kept kept_at(const struct capture *c, const unsigned char *array, size_t i)
{
	size_t tlb0 = c->builder.geometry[0].entries;
	struct qemu_kept k = {.valid = false};

	qemu_kept(c->core, c->wide, array + i * qemu_kept_bytes(c->core, c->wide), &k);
	k.entry.tlb = i >= tlb0;
	k.entry.index = (uint16_t)(i >= tlb0 ? i - tlb0 : i);
	return k;
}

static unsigned tlb_of(const struct row *row)
{
	return row->entry.tlb & ~PPCTLB_NO_SLOT;
}

/* Are the valid entries just the rows of info tlb, in their order? */
static bool fits(const struct capture *c, const unsigned char *array)
{
	size_t row = 0;

	for (size_t i = 0; i < c->builder.room; i++) {
		struct qemu_kept k = kept_at(c, array, i);

		if (!k.valid)
			continue;
		if (row == c->n || tlb_of(&c->rows[row]) != k.entry.tlb ||
		    !qemu_same(&k.shown, &c->rows[row].mapping))
			return false;
		row++;
	}
	return row == c->n;
}

static bool all_zero(const void *bytes, size_t n)
{
	const char *first = bytes;

	return !*first && !memcmp(first, first + 1, n - 1);
}

/* Of those that fit one to which a pointer leads, if there is such a one. NULL: see c->why. */
static const unsigned char *find_array(struct capture *c)
{
	const unsigned char *best = NULL, *array;
	bool best_pointed = false, pointed, differ = false;
	size_t bytes = capture_array_bytes(c);

	for (size_t i = 0; (array = peer_array(c->peer, i, &pointed)); i++) {
		if ((best_pointed && !pointed) || !fits(c, array))
			continue;
		differ = best && pointed == best_pointed && (differ || memcmp(array, best, bytes));
		best_pointed = pointed;
		best = array;
	}
	if (!best)
		c->why = "nothing in the memory of the process that listens fits it";
	else if (differ)
		c->why = "several arrays in the memory of QEMU fit it, and they differ";
	else if (!c->n && !all_zero(best, bytes))
		/* without a row any memory fits in which nothing happens to be valid */
		c->why = "it shows no entry by which QEMU's memory could be told";
	return c->why ? NULL : best;
}

/* ---- the image ---- */

/* An entry of a size that no 440 has becomes legal pages, which have no slot of their own. */
static bool add_kept(struct builder *b, const struct qemu_kept *k)
{
	if (k->legal)
		return all_zero(k->entry.word, sizeof(k->entry.word)) ||
		       builder_entry(b, &k->entry, 0);
	return !k->valid || builder_mapping(b, &k->shown, 0, 0, 0, 0);
}

static bool add_array(struct capture *c, const unsigned char *array)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->builder.room; i++) {
		struct qemu_kept k = kept_at(c, array, i);

		ok = add_kept(&c->builder, &k);
	}
	c->unknown = c->builder.split ? PPCTLB_UNKNOWN_SLOT : 0;
	if (!core_is_e500(ppctlb_core_info(c->core)))
		c->unknown |= PPCTLB_UNKNOWN_E | PPCTLB_UNKNOWN_RESERVED;
	return ok;
}

static bool add_rows(struct capture *c)
{
	bool ok = true;

	complain("%s: only what info tlb shows is taken: %s", c->socket, c->why);
	for (size_t i = 0; ok && i < c->n; i++)
		ok = builder_mapping(&c->builder, &c->rows[i].mapping, 0, tlb_of(&c->rows[i]), 0,
				     0);
	return ok;
}

bool capture_take(struct capture *c)
{
	const unsigned char *array;

	if (!read_shown(c))
		return false;
	array = c->why ? NULL : find_array(c);
	if (!(array ? add_array(c, array) : add_rows(c))) {
		complain("%s: %s", c->socket, c->builder.reason);
		return false;
	}
	if (!builder_place(&c->builder, NULL, NULL))
		return true;
	complain("the image has no room for all entries");
	return false;
}
