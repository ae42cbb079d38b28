/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of tables whose heading names the columns.
 *
 * Simics shows by print-l2tlb "# W Logical Physical TS TID U[0123] WIMGE S[XWR] U[XWR]" above rows
 * of TLB0, which begin with set and way in brackets, of TLB1 without W and with IPROT at the end.
 *
 * A BDI2000 or BDI3000, by l2cam (TLB1) or l2tlb
 * (TLB0), shows "IDX PID EPN SIZE V TS RPN U0-U3 WIMGE UUUSSS" above rows like
 * "12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- ---RWX".
 */
#include "../names.h"
#include "reader.h"

#include <ppctlb/e500.h>

#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 12 };

/* A row under way. */
struct fields {
	struct ppctlb_mapping m;
	uint64_t index, way;
	bool valid;
};

struct column {
	const char *heading;
	const char *before; /* stands in front of the value, or NULL */
	const char *behind;
	void (*take)(struct cursor *c, struct fields *f);
};

struct columns {
	const struct column *column[MOST_COLUMNS];
	size_t n;    /* 0: there was no heading yet */
	bool placed; /* the slots are those of TLB1; in TLB0 they are not told */
	bool told;   /* which TLB it is */
};

/* ---- values ---- */

/* A letter for each flag that is set, '-' for the others. */
static void take_letters(struct cursor *c, const char *letters, const uint32_t *flags,
			 struct fields *f)
{
	char reason[] = "'x' or '-' expected";

	cursor_skip_blanks(c);
	for (size_t i = 0; letters[i] && !c->failed; i++) {
		reason[1] = letters[i];
		if (*c->at == letters[i])
			f->m.flags |= flags[i];
		else if (*c->at != '-')
			cursor_fail(c, c->at, reason);
		c->at += !c->failed;
	}
}

static void take_index(struct cursor *c, struct fields *f)
{
	f->index = cursor_decimal(c, UINT16_MAX);
}

/* So that one column is not taken for another, or a part of a number for all of it. */
static void at_least(struct cursor *c, const char *from, long digits)
{
	from += strspn(from, " \t\r");
	if (c->at - from < digits)
		cursor_fail(c, from, "a number of more digits expected");
}

static void take_pid(struct cursor *c, struct fields *f)
{
	const char *from = c->at;

	f->m.tid = (uint16_t)cursor_hex(c, 4);
	at_least(c, from, 2);
}

static void take_epn(struct cursor *c, struct fields *f)
{
	const char *from = c->at;

	f->m.eaddr = cursor_address(c);
	at_least(c, from, 8);
}

static void take_rpn(struct cursor *c, struct fields *f)
{
	const char *from = c->at;

	f->m.raddr = cursor_address(c);
	at_least(c, from, 8);
}

static void take_page_size(struct cursor *c, struct fields *f)
{
	f->m.size = cursor_size(c);
}

static void take_valid(struct cursor *c, struct fields *f)
{
	f->valid = cursor_try(c, "V");
	if (!f->valid)
		cursor_expect(c, "-");
}

static void take_space(struct cursor *c, struct fields *f)
{
	cursor_skip_blanks(c);
	if (c->at[0] && strchr("0123456789", c->at[1]) && c->at[1])
		cursor_fail(c, c->at, "one digit expected");
	f->m.flags |= cursor_decimal(c, 1) ? PPCTLB_TS : 0;
}

/* Four binary digits. */
static void take_user_bits(struct cursor *c, struct fields *f)
{
	cursor_skip_blanks(c);
	for (unsigned i = 0; i < 4 && !c->failed; i++) {
		if (*c->at != '0' && *c->at != '1')
			cursor_fail(c, c->at, "'0' or '1' expected");
		else if (*c->at++ == '1')
			f->m.flags |= PPCTLB_U0 << i;
	}
}

static void take_attributes(struct cursor *c, struct fields *f)
{
	static const uint32_t flags[] = {PPCTLB_W, PPCTLB_I, PPCTLB_M, PPCTLB_G, PPCTLB_E};

	take_letters(c, "WIMGE", flags, f);
}

static void take_rights(struct cursor *c, struct fields *f)
{
	static const uint32_t flags[] = {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX,
					 PPCTLB_SR, PPCTLB_SW, PPCTLB_SX};

	take_letters(c, "RWXRWX", flags, f);
}

/* "c0001000-c0001fff" */
static uint64_t take_range(struct cursor *c, uint64_t *size)
{
	const char *from = c->at;
	uint64_t first = cursor_address(c), last;

	at_least(c, from, 8);
	cursor_expect(c, "-");
	from = c->at;
	last = cursor_address(c);
	at_least(c, from, 8);
	*size = last - first + 1;
	if (!c->failed && (last < first || *size & (*size - 1)))
		cursor_fail(c, from, "no end of a page");
	return first;
}

static void take_logical(struct cursor *c, struct fields *f)
{
	f->m.eaddr = take_range(c, &f->m.size);
}

static void take_physical(struct cursor *c, struct fields *f)
{
	const char *from = c->at + strspn(c->at, " \t");
	uint64_t size;

	f->m.raddr = take_range(c, &size);
	if (!c->failed && size != f->m.size)
		cursor_fail(c, from, "another size than that of the logical addresses");
}

static void take_tid(struct cursor *c, struct fields *f)
{
	f->m.tid = (uint16_t)cursor_decimal(c, 0x3fff);
}

static void take_user(struct cursor *c, struct fields *f)
{
	static const uint32_t flags[] = {PPCTLB_UX, PPCTLB_UW, PPCTLB_UR};

	take_letters(c, "XWR", flags, f);
}

static void take_super(struct cursor *c, struct fields *f)
{
	static const uint32_t flags[] = {PPCTLB_SX, PPCTLB_SW, PPCTLB_SR};

	take_letters(c, "XWR", flags, f);
}

static void take_iprot(struct cursor *c, struct fields *f)
{
	f->m.flags |= cursor_decimal(c, 1) ? PPCTLB_IPROT : 0;
}

/* "[  1-0]", set and way, or "[ 3]". */
static void take_brackets(struct cursor *c, struct fields *f)
{
	cursor_expect(c, "[");
	f->index = cursor_decimal(c, UINT16_MAX);
	f->way = UINT16_MAX;
	if (!c->failed && *c->at == '-') {
		c->at++;
		f->way = cursor_decimal(c, UINT16_MAX);
	}
	cursor_expect(c, "]");
}

static const struct column simics_columns[] = {
	{"#", NULL, NULL, take_brackets},	 {"Logical", NULL, NULL, take_logical},
	{"Physical", NULL, NULL, take_physical}, {"TS", NULL, NULL, take_space},
	{"TID", NULL, NULL, take_tid},		 {"U[0123]", NULL, NULL, take_user_bits},
	{"WIMGE", NULL, NULL, take_attributes},	 {"S[XWR]", NULL, NULL, take_super},
	{"U[XWR]", NULL, NULL, take_user},
};

/* Stands behind '#' in TLB0, and is in the brackets. */
static const struct column simics_way = {"W", NULL, NULL, NULL};
static const struct column simics_iprot = {"IPROT", NULL, NULL, take_iprot};

static const struct column bdi_columns[] = {
	{"IDX", NULL, ":", take_index},		{"PID", NULL, NULL, take_pid},
	{"EPN", NULL, NULL, take_epn},		{"SIZE", NULL, NULL, take_page_size},
	{"V", NULL, NULL, take_valid},		{"TS", NULL, NULL, take_space},
	{"RPN", "->", NULL, take_rpn},		{"U0-U3", NULL, NULL, take_user_bits},
	{"WIMGE", NULL, NULL, take_attributes}, {"UUUSSS", NULL, NULL, take_rights},
};

/* ---- lines ---- */

/* What a format's headings are: those that must be there, and two that may. */
struct headings {
	const struct column *column; /* the first of them begins a row */
	size_t n;
	const struct column *more[2];
	void (*emit)(struct cursor *c, const struct columns *cols, const struct fields *f);
};

static bool is_called(const struct column *column, const char *name, size_t len)
{
	return column && strlen(column->heading) == len && !strncmp(column->heading, name, len);
}

static const struct column *column_named(const struct headings *h, const char *name, size_t len)
{
	for (size_t i = 0; i < h->n; i++)
		if (is_called(&h->column[i], name, len))
			return &h->column[i];
	for (size_t i = 0; i < ARRAY_SIZE(h->more); i++)
		if (is_called(h->more[i], name, len))
			return h->more[i];
	return NULL;
}

static bool has_column(const struct columns *cols, const struct column *column)
{
	for (size_t i = 0; i < cols->n; i++)
		if (cols->column[i] == column)
			return true;
	return false;
}

static bool has_all(const struct columns *cols, const struct headings *h)
{
	for (size_t i = 0; i < h->n; i++)
		if (!has_column(cols, &h->column[i]))
			return false;
	return true;
}

/* Is it a line of all the headings, in any order? */
static bool take_heading(struct columns *cols, const struct headings *h, const char *line)
{
	struct columns found = {.placed = cols->placed, .told = cols->told};

	for (line += strspn(line, " \t"); *line; line += strspn(line, " \t")) {
		size_t len = strcspn(line, " \t\r");
		const struct column *column = column_named(h, line, len);

		if (!column || found.n == MOST_COLUMNS || has_column(&found, column))
			return false;
		found.column[found.n++] = column;
		line += len;
	}
	if (!has_all(&found, h))
		return false;
	*cols = found;
	return true;
}

static void take_value(struct cursor *c, const struct column *column, struct fields *f)
{
	if (column->before)
		cursor_expect(c, column->before);
	column->take(c, f);
	/* a value ends at a blank */
	if (!c->failed && *c->at && !strchr(" \t\r:", *c->at))
		cursor_fail(c, c->at, "a blank expected");
	if (column->behind)
		cursor_expect(c, column->behind);
}

/* A heading of that kind, or a row below one. */
static enum line take_line(struct reader *r, const struct headings *h, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct columns *cols = r->state;
	struct fields f = {.valid = true};

	if (take_heading(cols, h, line))
		return LINE_HEADING;
	if (!cols->n || cols->column[0] != &h->column[0])
		return LINE_FOREIGN;
	take_value(&c, cols->column[0], &f);
	if (c.failed)
		return LINE_FOREIGN;
	cursor_begin(&c);
	for (size_t i = 1; i < cols->n; i++)
		if (cols->column[i]->take)
			take_value(&c, cols->column[i], &f);
	cursor_end(&c);
	h->emit(&c, cols, &f);
	return LINE_MINE;
}

static bool columns_begin(struct reader *r)
{
	struct columns *cols = calloc(1, sizeof(*cols));

	r->state = cols;
	if (cols)
		cols->placed = true;
	return cols;
}

static void columns_free(struct reader *r)
{
	free(r->state);
}

/* ---- BDI ---- */

static void emit_bdi(struct cursor *c, const struct columns *cols, const struct fields *f)
{
	struct row row = {.kind = ROW_WORDS, .mapping = f->m, .entry = {.tlb = cols->placed}};

	if (!c->failed && cols->placed && f->index >= c->r->info->array[1].geometry.entries)
		cursor_fail(c, c->line, "this core has no such slot in TLB1");
	if (!c->failed && !words_as_written(c->r->info, &row.mapping, &row.entry))
		cursor_fail(c, c->line, "a size that no entry can have");
	if (!f->valid)
		row.entry.word[0] &= ~(uint64_t)PPCTLB_MAS1_V;
	row.entry.index = (uint16_t)f->index;
	if (!cols->placed) {
		row.entry.tlb |= PPCTLB_NO_SLOT;
		c->r->unknown |= PPCTLB_UNKNOWN_SLOT;
	}
	cursor_emit(c, &row);
}

static const struct headings bdi_headings = {
	bdi_columns, ARRAY_SIZE(bdi_columns), {NULL, NULL}, emit_bdi};

static enum line bdi_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct columns *cols = r->state;

	if (!cursor_try(&c, "l2cam") && !cursor_try(&c, "l2tlb"))
		return take_line(r, &bdi_headings, line);
	cols->placed = c.at[-1] == 'm';
	cols->told = true;
	return LINE_HEADING;
}

static void bdi_end(struct reader *r)
{
	const struct columns *cols = r->state;

	if (r->mine && !cols->told)
		r->note("taken for TLB1, since no line says l2cam or l2tlb", r->arg);
}

const struct format format_bdi = {
	.what = "a BDI2000's or BDI3000's l2cam or l2tlb",
	.example = "12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- ---RWX",
	.shows = {{"e500", PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8 |
				   PPCTLB_UNKNOWN_RESERVED}},
	.begin = columns_begin,
	.line = bdi_line,
	.end = bdi_end,
	.free = columns_free,
};

/* ---- Simics ---- */

/* A row of TLB0 has set and way, one of TLB1 its slot. */
static void emit_simics(struct cursor *c, const struct columns *cols, const struct fields *f)
{
	const struct ppctlb_core_info *info = c->r->info;
	const struct ppctlb_geometry *tlb0 = &info->array[0].geometry;
	bool sets = has_column(cols, &simics_way);
	struct row row = {.kind = ROW_WORDS, .mapping = f->m, .entry = {.tlb = !sets}};
	uint64_t index = sets ? f->index * tlb0->ways + f->way : f->index;

	if (!c->failed && sets != (f->way != UINT16_MAX))
		cursor_fail(c, c->line, "the slot is not of the form that the heading has");
	if (!c->failed &&
	    ((sets && f->way >= tlb0->ways) || index >= info->array[!sets].geometry.entries))
		cursor_fail(c, c->line, "this core has no such slot");
	if (!c->failed && !words_as_written(info, &row.mapping, &row.entry))
		cursor_fail(c, c->line, "a size that no entry can have");
	row.entry.index = (uint16_t)index;
	if (info->ra_bits > 32)
		row.entry.unknown = PPCTLB_UNKNOWN_RA;
	cursor_emit(c, &row);
}

static const struct headings simics_headings = {
	simics_columns, ARRAY_SIZE(simics_columns), {&simics_way, &simics_iprot}, emit_simics};

static enum line simics_line(struct reader *r, char *line)
{
	return take_line(r, &simics_headings, line);
}

const struct format format_simics = {
	.what = "Simics's print-l2tlb",
	.example = "[  1-0] c0001000-c0001fff 04344000-04344fff 0 5 0000 --M-- -WR -WR",
	.shows = {{"e500", PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8 | PPCTLB_UNKNOWN_INVALID |
				   PPCTLB_UNKNOWN_RESERVED}},
	.begin = columns_begin,
	.line = simics_line,
	.free = columns_free,
};
