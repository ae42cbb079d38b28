/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of registers with their names: "MAS1 = c0000400", "SPR 625: c0000400", "mtspr MAS1, ...",
 * of a 440 "word0=...", one or several a line, in any order; or of rows of numbers below a line of
 * names. One entry ends where a name comes again.
 */
#include "../message.h"
#include "reader.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAMES = 16, WORD_DIGITS = 8 };

/* A register: as it is called, its number as an SPR, and how an ENTRY calls it; NULL: it is no part
 * of an entry. */
static const struct {
	const char *name;
	unsigned spr;
	const char *label;
} registers[] = {
	{"mas0", 624, "mas0"},	 {"mas1", 625, "mas1"}, {"mas2", 626, "mas2"},
	{"mas3", 627, "mas3"},	 {"mas4", 628, NULL},	{"mas5", 339, NULL},
	{"mas6", 630, NULL},	 {"mas7", 944, "mas7"}, {"mas8", 341, "mas8"},
	{"mas7_3", 0, "mas7_3"}, {"tid", 0, "tid"},	{"word0", 0, "word0"},
	{"word1", 0, "word1"},	 {"word2", 0, "word2"},
};
enum { TID = 10, NONE = -1 };

/* The registers of one entry, in the order in which they came. */
struct group {
	unsigned long line; /* of the first one */
	size_t column;
	size_t n;
	int reg[MAX_NAMES];
	uint64_t value[MAX_NAMES];
	size_t digits[MAX_NAMES]; /* 0: with 0x in front */
};

struct mas {
	struct group group; /* under way */
	struct group first; /* what each entry has to look like */
	int column[MAX_NAMES];
	size_t columns; /* below a line of names */
};

static bool mas_begin(struct reader *r)
{
	return (r->state = calloc(1, sizeof(struct mas)));
}

static void mas_free(struct reader *r)
{
	free(r->state);
}

/* ---- names and numbers ---- */

static size_t word_length(const char *p)
{
	size_t n = 0;

	while (isalnum((unsigned char)p[n]) || p[n] == '_')
		n++;
	return n;
}

static int register_named(const char *name, size_t len)
{
	if (len > 5 && !strncasecmp(name, "sprn_", 5)) {
		name += 5;
		len -= 5;
	}
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (strlen(registers[i].name) == len && !strncasecmp(name, registers[i].name, len))
			return (int)i;
	return NONE;
}

/* "SPR 624", "spr624": *len gets the length of it. */
static int register_numbered(const char *p, size_t *len)
{
	char *end;
	unsigned long number;

	if (strncasecmp(p, "spr", 3) != 0 || !isdigit((unsigned char)p[3 + strspn(p + 3, " ")]))
		return NONE;
	number = strtoul(p + 3, &end, 10);
	*len = (size_t)(end - p);
	for (size_t i = 0; i < ARRAY_SIZE(registers); i++)
		if (registers[i].spr && registers[i].spr == number && !word_length(end))
			return (int)i;
	return NONE;
}

/* Step over the name of a register; NONE: there is none. */
static int take_name(const char **at)
{
	size_t len = word_length(*at);
	int reg = register_named(*at, len);

	if (reg == NONE)
		reg = register_numbered(*at, &len);
	if (reg != NONE)
		*at += len;
	return reg;
}

/* ---- an entry ---- */

/* Do the registers come as in the first entry? Else nobody knows where one ends. */
static bool same_order(const struct group *a, const struct group *b)
{
	return a->n == b->n && !memcmp(a->reg, b->reg, a->n * sizeof(a->reg[0]));
}

/* Has a number fewer digits than others, since the text was cut there? */
static bool has_cut_number(const struct group *g)
{
	bool whole = false, less = false;

	for (size_t i = 0; i < g->n; i++) {
		whole |= g->digits[i] >= WORD_DIGITS;
		less |= g->digits[i] > 1 && g->digits[i] < WORD_DIGITS;
	}
	return whole && less;
}

static const char *trouble_of(const struct mas *m, char *reason)
{
	if (!same_order(&m->group, &m->first)) {
		snprintf(reason, REASON_LEN,
			 "this entry has other registers, or in another order, than the one of "
			 "line %lu: where one ends is not certain",
			 m->first.line);
		return reason;
	}
	return has_cut_number(&m->group) ? "a number has fewer digits than others" : NULL;
}

static bool parse(const struct reader *r, const struct group *g, struct ppctlb_entry *e)
{
	char text[512] = "";
	size_t used = 0;

	for (size_t i = 0; i < g->n; i++)
		if (registers[g->reg[i]].label)
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s=%llx",
						 used ? " " : "", registers[g->reg[i]].label,
						 (unsigned long long)g->value[i]);
	return ppctlb_parse_entry(r->core, text, e) == 0;
}

/* The entry under way is complete. */
static void end_group(struct reader *r)
{
	struct mas *m = r->state;
	struct group *g = &m->group;
	struct row row = {.kind = ROW_WORDS, .line = g->line, .column = g->column};
	char reason[REASON_LEN];
	unsigned long column;
	const char *trouble;

	if (!g->n)
		return;
	if (!m->first.n)
		m->first = *g;
	trouble = trouble_of(m, reason);
	if (!trouble && !parse(r, g, &row.entry))
		trouble = library_reason(&column);
	if (trouble)
		r->bad(g->line, g->column, trouble, r->arg);
	else if (row.entry.tlb & PPCTLB_NO_SLOT)
		r->unknown |= PPCTLB_UNKNOWN_SLOT;
	if (!trouble)
		r->row(&row, r->arg);
	g->n = 0;
}

static bool has_register(const struct group *g, int reg)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->reg[i] == reg)
			return true;
	return false;
}

static void add(struct cursor *c, int reg, uint64_t value, size_t digits)
{
	struct group *g = &((struct mas *)c->r->state)->group;

	if (has_register(g, reg))
		end_group(c->r);
	if (!g->n) {
		g->line = c->r->line;
		g->column = strspn(c->line, " \t") + 1;
	}
	g->reg[g->n] = reg;
	g->value[g->n] = value;
	g->digits[g->n++] = digits;
}

/* ---- lines ---- */

/* The value behind a name: after '=', ':' or ',' any number; after a blank one as wide as a word,
 * since a sentence may go on there. */
static bool take_value(struct cursor *c, int reg)
{
	size_t gap = strspn(c->at, " \t"), digits;
	bool sign = strchr("=:,", c->at[gap]) && c->at[gap];
	const char *from;
	uint64_t value;
	bool prefix;

	c->at += gap + sign;
	cursor_skip_blanks(c);
	from = c->at;
	prefix = from[0] == '0' && (from[1] | 0x20) == 'x';
	digits = word_length(from) - (prefix ? 2 : 0);
	if (!sign && !prefix && digits != WORD_DIGITS && digits != 2 * WORD_DIGITS)
		return false;
	if (sign && reg != TID)
		cursor_begin(c);
	value = cursor_address(c);
	if (word_length(c->at))
		cursor_fail(c, from, "a hexadecimal number expected");
	if (c->failed)
		return false;
	cursor_begin(c);
	add(c, reg, value, prefix ? 0 : digits);
	return true;
}

/* A line of names alone: rows of numbers follow. */
static bool is_heading(struct mas *m, const char *line)
{
	size_t n = 0;

	for (line += strspn(line, " \t|"); *line; line += strspn(line, " \t|,")) {
		int reg = take_name(&line);

		if (reg == NONE || n == MAX_NAMES)
			return false;
		m->column[n++] = reg;
	}
	m->columns = n;
	return n >= 3;
}

/* A row below a line of names: as many numbers, and nothing else. */
static enum line take_row(struct cursor *c)
{
	const struct mas *m = c->r->state;

	for (size_t i = 0; i < m->columns; i++) {
		const char *from;
		uint64_t value;

		c->at += strspn(c->at, " \t|,");
		from = c->at;
		value = cursor_address(c);
		if (word_length(c->at) || (!i && c->at - from < WORD_DIGITS))
			cursor_fail(c, from, "a word of 8 digits expected");
		if (c->failed)
			return cursor_result(c);
		cursor_begin(c);
		add(c, m->column[i], value, (size_t)(c->at - from));
	}
	c->at += strspn(c->at, " \t|,");
	cursor_end(c);
	return cursor_result(c);
}

/* A name, and a number that does not stand behind it: a register whose value is not certain. */
static bool has_word(const char *line)
{
	for (; *line; line += *line != 0) {
		size_t n = word_length(line);

		if (n >= WORD_DIGITS && strspn(line, "0123456789abcdefABCDEFxX") == n)
			return true;
		line += n;
	}
	return false;
}

static enum line mas_line(struct reader *r, char *line)
{
	struct mas *m = r->state;
	struct cursor c = {r, line, line, false, false};
	bool named = false;

	if (is_heading(m, line)) {
		end_group(r);
		m->first.n = 0;
		return LINE_HEADING;
	}
	while (*c.at && !c.failed) {
		int reg;

		c.at += strcspn(c.at, "mMsStTwW");
		if (c.at > line && (isalnum((unsigned char)c.at[-1]) || c.at[-1] == '_'))
			reg = NONE;
		else
			reg = take_name(&c.at);
		if (reg == NONE)
			c.at += *c.at != 0;
		else if (!take_value(&c, reg) && !c.begun)
			named = reg != TID;
	}
	if (named && !c.begun && has_word(line)) {
		cursor_begin(&c);
		c.failed = false;
		cursor_fail(&c, line + strspn(line, " \t"), "a register without its value");
	}
	if (c.begun)
		m->columns = 0;
	else if (m->columns)
		return take_row(&(struct cursor){r, line, line, false, false});
	return cursor_result(&c);
}

static void mas_end(struct reader *r)
{
	end_group(r);
}

const struct format format_mas = {
	.what = "registers with their names",
	.example = "MAS1 = c0000400",
	.any_core = true,
	.plain = true,
	.begin = mas_begin,
	.line = mas_line,
	.end = mas_end,
	.free = mas_free,
};
