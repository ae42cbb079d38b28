/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of what xmon, the monitor of Linux, shows of a TLB by "u": of a 440
 * "[00] word0 word1 word2 V EPN -> RPN WIMGE", on 64-bit cores of the e500 family below "TLB 0:"
 * "0000-A EPN TID SIZE IP ASx avwimge RPN Uxwr Sxwr", with "|B" for further ways of the set.
 */
#include "../names.h"
#include "reader.h"

#include <ppctlb/44x.h>

#include <stdlib.h>

#include <string.h>

static enum line xmon_440_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	bool valid;

	if (!cursor_try(&c, "["))
		return cursor_reject_line(&c);
	row.entry.index = (uint16_t)cursor_hex(&c, 2);
	cursor_expect(&c, "]");
	row.entry.word[1] = cursor_word(&c);
	if (!c.failed)
		cursor_begin(&c);
	if (row.entry.index >= PPCTLB_44X_ENTRIES)
		cursor_fail(&c, strchr(line, '[') + 1, "a 440 has the entries 00 to 3f");
	row.entry.word[2] = cursor_word(&c);
	row.entry.word[3] = cursor_word(&c);
	valid = row.entry.word[1] & PPCTLB_44X_V;
	cursor_skip_blanks(&c);
	if (valid != (*c.at == 'V'))
		cursor_fail(&c, c.at, valid ? "'V' expected, as in word 0" : "word 0 has no V bit");
	if (!valid)
		cursor_end(&c);
	cursor_emit(&c, &row);
	return cursor_result(&c);
}

/* ---- 64-bit Book 3E ---- */

struct xmon {
	unsigned set; /* of the row before, for further ways */
	bool any;     /* there was one, below this heading */
	bool lost;    /* there was none, and this row needs one */
	bool narrow;  /* the upper part of real addresses is not shown */
};

/* Letters in their places, and blanks for what is not set. */
struct places {
	const char *letters;
	uint32_t flags[8];
};

static const struct places attributes = {
	"avwimge",
	{PPCTLB_X0, PPCTLB_X1, PPCTLB_W, PPCTLB_I, PPCTLB_M, PPCTLB_G, PPCTLB_E},
};
static const struct places user_rights = {"xwr", {PPCTLB_UX, PPCTLB_UW, PPCTLB_UR}};
static const struct places super_rights = {"xwr", {PPCTLB_SX, PPCTLB_SW, PPCTLB_SR}};

static uint32_t take_places(struct cursor *c, const struct places *p)
{
	uint32_t flags = 0;
	char reason[] = "'x' or a blank expected";

	for (size_t i = 0; p->letters[i] && !c->failed; i++) {
		reason[1] = p->letters[i];
		if (*c->at == p->letters[i])
			flags |= p->flags[i];
		else if (*c->at != ' ')
			cursor_fail(c, c->at, reason);
		c->at += !c->failed;
	}
	return flags;
}

/* "0000-A", "|B"; of a TLB without ways "0000- ", where the number is the slot. */
static void take_place(struct cursor *c, struct row *row)
{
	struct xmon *x = c->r->state;
	const struct ppctlb_geometry *g = &c->r->info->array[c->r->tlb == 1].geometry;
	bool further = cursor_try(c, "|");
	unsigned way = 0;

	x->lost = further && !x->any;
	if (!further) {
		const char *from = c->at + strspn(c->at, " \t\r");

		x->set = (unsigned)cursor_hex(c, 4);
		if (c->at - from != 4 || *c->at != '-')
			cursor_fail(c, from, "a set and a way expected");
		c->at += !c->failed;
	}
	x->any |= !further && !c->failed;
	row->entry.tlb = c->r->tlb == 1;
	if (!c->failed && *c->at != ' ')
		way = (unsigned char)*c->at++ - (unsigned)'A';
	else if (g->ways == g->entries)
		way = x->set;
	row->entry.index = UINT16_MAX;
	if (way < g->ways && x->set < g->entries / g->ways)
		row->entry.index = (uint16_t)(x->set * g->ways + way);
	else if (way == x->set && way < g->entries && g->ways == g->entries)
		row->entry.index = (uint16_t)way;
}

static void take_rest(struct cursor *c, struct ppctlb_mapping *m)
{
	m->tid = (uint16_t)cursor_hex(c, 4);
	m->size = cursor_size(c);
	if (cursor_try(c, "I"))
		cursor_fail(c, c->at - 1, "an indirect entry, of which xmon shows no rights");
	m->flags = cursor_try(c, "P") ? PPCTLB_IPROT : 0;
	cursor_expect(c, "AS");
	m->flags |= cursor_decimal(c, 1) ? PPCTLB_TS : 0;
	if (!c->failed && *c->at != ' ')
		cursor_fail(c, c->at, "' ' expected");
	c->at += !c->failed;
	m->flags |= take_places(c, &attributes);
	m->raddr = cursor_hex(c, 16);
	cursor_expect(c, "U");
	m->flags |= take_places(c, &user_rights);
	cursor_expect(c, "S");
	m->flags |= take_places(c, &super_rights);
	cursor_end(c);
}

/* Else the row that names the set is missing. */
static bool in_its_set(const struct reader *r, const struct row *row)
{
	struct ppctlb_entry e = row->entry;
	unsigned ways = r->info->array[0].geometry.ways;

	if (row->entry.tlb)
		return true;
	place_in_set(r->info, row->mapping.eaddr, e.index % ways, &e);
	return e.index == row->entry.index;
}

static enum line xmon_book3e_row(struct cursor *c)
{
	struct row row = {.kind = ROW_WORDS};
	const char *from;

	take_place(c, &row);
	cursor_skip_blanks(c);
	from = c->at;
	row.mapping.eaddr = cursor_hex(c, 16);
	if (c->at - from != 16)
		cursor_fail(c, from, "16 hexadecimal digits expected");
	if (c->failed)
		return LINE_FOREIGN;
	cursor_begin(c);
	from = c->line + strspn(c->line, " \t\r");
	if (c->r->tlb < 0)
		cursor_fail(c, c->line, "no heading 'TLB 0:' or 'TLB 1:' above this row");
	else if (((const struct xmon *)c->r->state)->lost)
		cursor_fail(c, from, "the row that names the set is missing above");
	else if (row.entry.index == UINT16_MAX)
		cursor_fail(c, from, "this core has no such set and way");
	else if (!in_its_set(c->r, &row))
		cursor_fail(c, from, "an EPN of another set: is a line missing above?");
	take_rest(c, &row.mapping);
	if (!c->failed && !words_as_written(c->r->info, &row.mapping, &row.entry))
		cursor_fail(c, c->line, "a size that no entry can have");
	if (((const struct xmon *)c->r->state)->narrow)
		row.entry.unknown = PPCTLB_UNKNOWN_RA;
	cursor_emit(c, &row);
	return LINE_MINE;
}

/* "...,6-bit LPID,72-bit RA": xmon shows so many bits of a real address. On a CPU that does not
 * tell its width it shows none. */
static void take_ra_bits(struct reader *r, const char *heading)
{
	const char *end = strstr(heading, "-bit RA"), *at = end;
	struct xmon *x = r->state;
	unsigned bits = 0;

	x->narrow = false;
	if (!end)
		return;
	while (at > heading && at[-1] >= '0' && at[-1] <= '9')
		at--;
	for (; at < end; at++)
		bits = bits * 10 + (unsigned)(*at - '0');
	x->narrow = bits < r->info->ra_bits;
}

static enum line xmon_book3e_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};

	if (cursor_try(&c, "Book3E MMU")) {
		take_ra_bits(r, c.at);
		return LINE_HEADING;
	}
	if (cursor_try(&c, "------"))
		return LINE_HEADING;
	if (cursor_try(&c, "TLB ")) {
		int tlb = (int)cursor_decimal(&c, 1);

		cursor_expect(&c, ":");
		cursor_end(&c);
		r->tlb = c.failed ? r->tlb : tlb;
		((struct xmon *)r->state)->any = false;
		return c.failed ? LINE_FOREIGN : LINE_HEADING;
	}
	return xmon_book3e_row(&c);
}

static bool xmon_begin(struct reader *r)
{
	r->tlb = -1;
	return (r->state = calloc(1, sizeof(struct xmon)));
}

static void xmon_free(struct reader *r)
{
	free(r->state);
}

static enum line xmon_line(struct reader *r, char *line)
{
	return core_is_e500(r->info) ? xmon_book3e_line(r, line) : xmon_440_line(r, line);
}

const struct format format_xmon = {
	.what = "xmon's dump of a TLB",
	.example = "[00] c0000290 00000000 00000307 V ...",
	.shows = {{"44x", PPCTLB_UNKNOWN_TID},
		  {"e500", PPCTLB_UNKNOWN_U | PPCTLB_UNKNOWN_MAS8 | PPCTLB_UNKNOWN_INVALID |
				   PPCTLB_UNKNOWN_RESERVED}},
	.begin = xmon_begin,
	.line = xmon_line,
	.free = xmon_free,
};
