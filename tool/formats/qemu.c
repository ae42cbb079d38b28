/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of what "info tlb" prints in QEMU's monitor, of a 440 and of the e500 family.
 *
 * A QEMU that has the library prints "TLB entries:" below that, ppctlb_dump()'s table with all that
 * there is to know, then "Findings:".
 */
#include "qemu.h"
#include "../message.h"
#include "../names.h"

#include <ppctlb/44x.h>

#include <stdio.h>
#include <string.h>

/* Values of reader.tlb other than 0 and 1. */
enum { NO_TITLE = -1, NO_NUMBER = -2, IN_ENTRIES = -3, IN_FINDINGS = -4 };

/* "TLB:" is a 440's, "TLB0:" and "TLB1:" the e500 family's. */
static bool qemu_title(struct cursor *c)
{
	bool numbered;

	if (!cursor_try(c, "TLB"))
		return false;
	numbered = *c->at == '0' || *c->at == '1';
	c->r->tlb = numbered ? *c->at++ - '0' : NO_NUMBER;
	cursor_expect(c, ":");
	cursor_end(c);
	return true;
}

/* The letter means that its flag is set, '-' that it is not; with flag 0 the letter must be there.
 */
struct letter {
	char letter;
	bool optional_blank; /* may follow: 7.2 prints none between SRWX and URWX, later ones do */
	uint32_t flag;
};

static const struct letter e500_letters[] = {
	{'S', false, 0},	 {'R', false, PPCTLB_SR}, {'W', false, PPCTLB_SW},
	{'X', true, PPCTLB_SX},	 {'U', false, 0},	  {'R', false, PPCTLB_UR},
	{'W', false, PPCTLB_UW}, {'X', true, PPCTLB_UX},  {'W', false, PPCTLB_W},
	{'I', false, PPCTLB_I},	 {'M', false, PPCTLB_M},  {'G', false, PPCTLB_G},
	{'E', true, PPCTLB_E},	 {'U', false, 0},	  {'0', false, PPCTLB_U0},
	{'1', false, PPCTLB_U1}, {'2', false, PPCTLB_U2}, {'3', false, PPCTLB_U3},
};

static uint32_t take_letters(struct cursor *c, const struct letter *l, size_t n)
{
	uint32_t flags = 0;
	char reason[] = "'x' or '-' expected";

	cursor_skip_blanks(c);
	for (; n; n--, l++) {
		if (*c->at != l->letter && (*c->at != '-' || !l->flag)) {
			reason[1] = l->letter;
			cursor_fail(c, c->at, reason);
			return 0;
		}
		if (*c->at++ != '-')
			flags |= l->flag;
		if (l->optional_blank)
			cursor_skip_blanks(c);
	}
	return flags;
}

/* The last two columns of a 440's row: its own permission bits, and word 2's attributes. */
#define PROT_VALID 0x08u
#define PROT_ALL   0x7fu
#define ATTR_ALL   0xff01u
static const uint32_t prot_flags[7] = {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX, 0,
				       PPCTLB_SR, PPCTLB_SW, PPCTLB_SX};

bool qemu_prot(uint64_t prot, uint32_t *flags)
{
	*flags = 0;
	for (int i = 0; i < 7; i++)
		if (prot & 1u << i)
			*flags |= prot_flags[i];
	return !(prot & ~(uint64_t)PROT_ALL) && prot & PROT_VALID;
}

static const struct {
	uint32_t bit, flag;
} attr_flags[] = {
	{PPCTLB_44X_U0, PPCTLB_U0}, {PPCTLB_44X_U1, PPCTLB_U1}, {PPCTLB_44X_U2, PPCTLB_U2},
	{PPCTLB_44X_U3, PPCTLB_U3}, {PPCTLB_44X_W, PPCTLB_W},	{PPCTLB_44X_I, PPCTLB_I},
	{PPCTLB_44X_M, PPCTLB_M},   {PPCTLB_44X_G, PPCTLB_G},	{1, PPCTLB_TS},
};

uint32_t qemu_attr(uint64_t attr)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < ARRAY_SIZE(attr_flags); i++)
		if (attr & attr_flags[i].bit)
			flags |= attr_flags[i].flag;
	return flags;
}

static uint32_t take_prot_and_attr(struct cursor *c)
{
	uint32_t flags, attr;

	if (!qemu_prot(cursor_word(c), &flags))
		cursor_fail(c, c->at - 8, "no permission word of QEMU's");
	attr = cursor_word(c);
	if (attr & ~ATTR_ALL)
		cursor_fail(c, c->at - 8, "no attribute word of QEMU's");
	return flags | qemu_attr(attr);
}

/* "0x" and 16 digits. */
static uint64_t take_address(struct cursor *c)
{
	const char *from;
	uint64_t value;

	cursor_expect(c, "0x");
	from = c->at;
	value = cursor_hex(c, 16);
	if (c->at - from != 16)
		cursor_fail(c, from, "16 hexadecimal digits expected");
	return value;
}

/* The TLB whose heading is above the row. */
static uint16_t tlb_above(struct cursor *c)
{
	bool e500 = core_is_e500(c->r->info);
	const char *row = c->line + strspn(c->line, " \t");

	if (c->r->tlb == NO_TITLE && e500)
		cursor_fail(c, row, "no heading 'TLB0:' or 'TLB1:' above this row");
	else if (c->r->tlb == NO_NUMBER && e500)
		cursor_fail(c, row, "a row of the TLB of a 440");
	else if (c->r->tlb >= 0 && !e500)
		cursor_fail(c, row, "a row of a TLB of the e500 family");
	return c->r->tlb < 0 ? 0 : (uint16_t)c->r->tlb;
}

static enum line qemu_row(struct cursor *c)
{
	bool e500 = core_is_e500(c->r->info);
	struct row row = {.kind = ROW_MAPPING};
	struct ppctlb_mapping *m = &row.mapping;

	m->eaddr = take_address(c);
	m->raddr = take_address(c);
	if (!c->failed)
		cursor_begin(c);
	row.entry.tlb = tlb_above(c) | PPCTLB_NO_SLOT;
	m->size = cursor_size(c);
	m->tid = (uint16_t)cursor_decimal(c, 65535);
	if (e500) {
		m->flags = cursor_decimal(c, 1) ? PPCTLB_TS : 0;
		m->flags |= take_letters(c, e500_letters, ARRAY_SIZE(e500_letters));
	} else {
		m->flags = take_prot_and_attr(c);
	}
	cursor_end(c);
	cursor_emit(c, &row);
	return cursor_result(c);
}

/* ---- the library's part ---- */

static enum line begin_entries(struct reader *r)
{
	r->tlb = IN_ENTRIES;
	r->unknown = PPCTLB_UNKNOWN_INVALID;
	if (r->again)
		r->again(r->arg);
	return LINE_MINE;
}

/* "Guest TLB, core e500v2: ..." */
static enum line entries_heading(struct cursor *c)
{
	const char *name;

	cursor_begin(c);
	cursor_expect(c, "core");
	cursor_skip_blanks(c);
	name = c->at;
	if (!cursor_try(c, c->r->info->name) || *c->at != ':')
		cursor_fail(c, name, "the text is of another core");
	return cursor_result(c);
}

static const struct letter entry_letters[] = {
	{'r', false, PPCTLB_UR},    {'w', false, PPCTLB_UW}, {'x', true, PPCTLB_UX},
	{'r', false, PPCTLB_SR},    {'w', false, PPCTLB_SW}, {'x', true, PPCTLB_SX},
	{'W', false, PPCTLB_W},	    {'I', false, PPCTLB_I},  {'M', false, PPCTLB_M},
	{'G', false, PPCTLB_G},	    {'E', true, PPCTLB_E},   {'0', false, PPCTLB_U0},
	{'1', false, PPCTLB_U1},    {'2', false, PPCTLB_U2}, {'3', true, PPCTLB_U3},
	{'P', false, PPCTLB_IPROT}, {'X', false, PPCTLB_X0}, {'Y', false, PPCTLB_X1},
	{'G', true, PPCTLB_GS},
};

bool qemu_same(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return a->eaddr == b->eaddr && a->raddr == b->raddr && a->size == b->size &&
	       a->flags == b->flags && a->tid == b->tid && a->lpid == b->lpid;
}

/* The words of the entry in that slot, which must mean what the columns before them say. */
static void take_words(struct cursor *c, const char *slot, const struct ppctlb_mapping *shown,
		       struct ppctlb_entry *e)
{
	struct ppctlb_mapping meant;
	char text[PPCTLB_TEXT_MAX];
	unsigned long column; /* of that text, which nobody wrote */
	const char *from = c->at;
	int len = (int)strcspn(from, " \t\r");

	c->at += len;
	cursor_try(c, "malformed");
	cursor_end(c);
	if (c->failed)
		return;
	snprintf(text, sizeof(text), "%.*s=%.*s", (int)strcspn(slot, " \t"), slot, len, from);
	if (ppctlb_parse_entry(c->r->core, text, e) < 0)
		cursor_fail(c, from, library_reason(&column));
	else if (ppctlb_decode_any(c->r->core, e, &meant) || !qemu_same(&meant, shown))
		cursor_fail(c, from,
			    "these words mean something else than the columns before them");
}

/* SLOT EA RA SIZE TID TS LPID, letters, the words. */
static enum line entries_row(struct cursor *c)
{
	struct row row = {.kind = ROW_WORDS};
	struct ppctlb_mapping m = {0};
	const char *slot;

	cursor_skip_blanks(c);
	slot = c->at;
	cursor_decimal(c, 1);
	cursor_expect(c, ":");
	cursor_decimal(c, 65535);
	if (!c->failed)
		cursor_begin(c);
	m.eaddr = cursor_hex(c, 16);
	m.raddr = cursor_hex(c, 16);
	m.size = cursor_size(c);
	m.tid = (uint16_t)cursor_decimal(c, 65535);
	m.flags = cursor_decimal(c, 1) ? PPCTLB_TS : 0;
	m.lpid = (uint16_t)cursor_decimal(c, 65535);
	m.flags |= take_letters(c, entry_letters, ARRAY_SIZE(entry_letters));
	if (!c->failed)
		take_words(c, slot, &m, &row.entry);
	cursor_emit(c, &row);
	return cursor_result(c);
}

static enum line entries_line(struct cursor *c)
{
	if (cursor_try(c, "Guest TLB,"))
		return entries_heading(c);
	if (cursor_try(c, "slot"))
		return LINE_HEADING;
	if (cursor_try(c, "Findings:")) {
		c->r->tlb = IN_FINDINGS;
		return LINE_HEADING;
	}
	return entries_row(c);
}

static enum line qemu_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};

	if (cursor_try(&c, "Effective"))
		return LINE_HEADING;
	if (cursor_try(&c, "TLB entries:"))
		return begin_entries(r);
	if (qemu_title(&c))
		return c.failed ? LINE_FOREIGN : LINE_HEADING;
	if (r->tlb == IN_ENTRIES)
		return entries_line(&c);
	if (r->tlb == IN_FINDINGS)
		return LINE_HEADING;
	return qemu_row(&c);
}

static bool qemu_begin(struct reader *r)
{
	r->tlb = NO_TITLE;
	return true;
}

#define UNKNOWN                                                                                    \
	(PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_LOW_RPN |                   \
	 PPCTLB_UNKNOWN_RESERVED)

const struct format format_qemu = {
	.what = "QEMU's info tlb",
	.example = "0x00000000c0000000 0x0000000000000000 256M 0 ...",
	.shows = {{"44x", UNKNOWN | PPCTLB_UNKNOWN_E},
		  {"e500",
		   UNKNOWN | PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8}},
	.begin = qemu_begin,
	.line = qemu_line,
};
