/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of saved text: the dump of 2008, QEMU's info tlb, xmon; and the table of formats. */
#include "text-internal.h"

#include <ppctlb/44x.h>

#include <stdio.h>
#include <string.h>

/* ---- a place in a line ---- */

void cursor_fail(struct cursor *c, const char *at, const char *reason)
{
	if (!c->failed)
		c->r->bad((size_t)(at - c->line) + 1, reason, c->r->arg);
	c->failed = true;
}

static void skip_blanks(struct cursor *c)
{
	c->at += strspn(c->at, " \t\r");
}

bool cursor_try(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	skip_blanks(c);
	if (c->failed || strncmp(c->at, text, len) != 0)
		return false;
	c->at += len;
	return true;
}

void cursor_expect(struct cursor *c, const char *text)
{
	char reason[64];

	if (cursor_try(c, text))
		return;
	snprintf(reason, sizeof(reason), "'%s' expected", text);
	cursor_fail(c, c->at, reason);
}

static unsigned digit(char ch)
{
	const char *digits = "0123456789abcdef";
	const char *at = ch ? strchr(digits, ch >= 'A' && ch <= 'F' ? ch + 32 : ch) : NULL;

	return at ? (unsigned)(at - digits) : 16;
}

uint64_t cursor_hex(struct cursor *c, unsigned digits)
{
	const char *from;
	uint64_t value = 0;

	skip_blanks(c);
	from = c->at;
	for (; digit(*c->at) < 16; c->at++) {
		if (c->at - from >= (long)digits) {
			cursor_fail(c, from, "a number too wide");
			return 0;
		}
		value = value << 4 | digit(*c->at);
	}
	if (c->at == from)
		cursor_fail(c, from, "a hexadecimal number expected");
	return value;
}

uint32_t cursor_word(struct cursor *c)
{
	const char *from;
	uint64_t value;

	skip_blanks(c);
	from = c->at;
	value = cursor_hex(c, 8);
	if (c->at - from != 8)
		cursor_fail(c, from, "8 hexadecimal digits expected");
	return (uint32_t)value;
}

uint64_t cursor_decimal(struct cursor *c, uint64_t max)
{
	const char *from;
	uint64_t value = 0;

	skip_blanks(c);
	from = c->at;
	for (; digit(*c->at) < 10; c->at++) {
		value = value * 10 + digit(*c->at);
		if (value > max) {
			cursor_fail(c, from, "a number too big");
			return 0;
		}
	}
	if (c->at == from)
		cursor_fail(c, from, "a decimal number expected");
	return value;
}

void cursor_end(struct cursor *c)
{
	skip_blanks(c);
	if (*c->at)
		cursor_fail(c, c->at, "nothing more expected");
}

static void emit(struct cursor *c, const struct text_row *row)
{
	if (!c->failed)
		c->r->row(row, c->r->arg);
}

static void not_of_this_format(struct cursor *c)
{
	char reason[128];

	snprintf(reason, sizeof(reason), "no line of %s, which looks like '%s'", c->r->format->what,
		 c->r->format->example);
	cursor_fail(c, c->at, reason);
}

bool text_is_e500(const struct text_reader *r)
{
	return r->core->arrays > 1;
}

/* ---- the dump of 2008: "G 0 | tid | word0 | word1 | word2 |" ---- */

static const char *const libkvm_headings[] = {"Guest TLB:", "Shadow TLB:", "| nr |"};

static bool is_heading(struct cursor *c, const char *const *headings, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cursor_try(c, headings[i]))
			return true;
	return false;
}

#define IS_HEADING(c, list) is_heading(c, list, sizeof(list) / sizeof((list)[0]))

static void libkvm_line(struct text_reader *r, const char *line)
{
	struct cursor c = {r, line, line, false};
	struct text_row row = {.kind = TEXT_WORDS};

	r->known++;
	if (IS_HEADING(&c, libkvm_headings))
		return;
	if (cursor_try(&c, "S")) {
		r->shadow++;
		return;
	}
	if (!cursor_try(&c, "G")) {
		r->known--;
		not_of_this_format(&c);
		return;
	}
	row.entry.index = (uint16_t)cursor_decimal(&c, PPCTLB_44X_ENTRIES - 1);
	for (int i = 0; i < 4; i++) {
		cursor_expect(&c, "|");
		row.entry.word[i] = cursor_hex(&c, 8);
	}
	cursor_expect(&c, "|");
	cursor_end(&c);
	emit(&c, &row);
}

/* ---- xmon: "[00] word0 word1 word2 V EPN -> RPN WIMGE" ---- */

static void xmon_line(struct text_reader *r, const char *line)
{
	struct cursor c = {r, line, line, false};
	struct text_row row = {.kind = TEXT_WORDS};
	bool valid;

	if (strstr(line, "mon>"))
		return;
	if (!cursor_try(&c, "[")) {
		not_of_this_format(&c);
		return;
	}
	r->known++;
	row.entry.index = (uint16_t)cursor_hex(&c, 2);
	if (row.entry.index >= PPCTLB_44X_ENTRIES)
		cursor_fail(&c, c.at - 2, "a 440 has the entries 00 to 3f");
	cursor_expect(&c, "]");
	for (int i = 1; i < 4; i++)
		row.entry.word[i] = cursor_word(&c);
	valid = row.entry.word[1] & PPCTLB_44X_V;
	skip_blanks(&c);
	if (valid != (*c.at == 'V'))
		cursor_fail(&c, c.at, valid ? "'V' expected, as in word 0" : "word 0 has no V bit");
	if (!valid)
		cursor_end(&c);
	emit(&c, &row);
}

/* ---- QEMU's info tlb ---- */

static const char *const qemu_headings[] = {"Effective", "(qemu)", "QEMU "};

/* "TLB:" is a 440's, "TLB0:" and "TLB1:" the e500 family's. */
static bool qemu_title(struct cursor *c)
{
	bool numbered;

	if (!cursor_try(c, "TLB"))
		return false;
	numbered = *c->at == '0' || *c->at == '1';
	if (numbered != text_is_e500(c->r))
		cursor_fail(c, c->at, numbered ? "a TLB of the e500 family" : "a TLB of a 440");
	if (numbered)
		c->r->tlb = *c->at++ - '0';
	cursor_expect(c, ":");
	cursor_end(c);
	return true;
}

static uint64_t take_size(struct cursor *c)
{
	const char *units = "KMGT", *unit;
	uint64_t size = cursor_decimal(c, 9999);

	unit = strchr(units, *c->at & ~0x20);
	if (!unit || !*unit) {
		cursor_fail(c, c->at, "K, M, G or T expected");
		return 0;
	}
	c->at++;
	return size << 10 * (unit - units + 1);
}

/* A letter that stands there means its flag, a '-' that it is not set; flag 0: always there. */
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

	skip_blanks(c);
	for (; n; n--, l++) {
		if (*c->at != l->letter && (*c->at != '-' || !l->flag)) {
			reason[1] = l->letter;
			cursor_fail(c, c->at, reason);
			return 0;
		}
		if (*c->at++ != '-')
			flags |= l->flag;
		if (l->optional_blank)
			skip_blanks(c);
	}
	return flags;
}

/* The last two columns of a 440's row: its own permission bits, and word 2's attributes. */
#define PROT_VALID 0x08u
#define PROT_ALL   0x7fu
#define ATTR_ALL   0xff01u
static const uint32_t prot_flags[7] = {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX, 0,
				       PPCTLB_SR, PPCTLB_SW, PPCTLB_SX};

static const struct {
	uint32_t bit, flag;
} attr_flags[] = {
	{PPCTLB_44X_U0, PPCTLB_U0}, {PPCTLB_44X_U1, PPCTLB_U1}, {PPCTLB_44X_U2, PPCTLB_U2},
	{PPCTLB_44X_U3, PPCTLB_U3}, {PPCTLB_44X_W, PPCTLB_W},	{PPCTLB_44X_I, PPCTLB_I},
	{PPCTLB_44X_M, PPCTLB_M},   {PPCTLB_44X_G, PPCTLB_G},	{1, PPCTLB_TS},
};

static uint32_t take_prot_and_attr(struct cursor *c)
{
	uint32_t flags = 0, prot, attr;

	prot = cursor_word(c);
	if (prot & ~PROT_ALL || !(prot & PROT_VALID))
		cursor_fail(c, c->at - 8, "no permission word of QEMU's");
	for (int i = 0; i < 7; i++)
		if (prot & 1u << i)
			flags |= prot_flags[i];
	attr = cursor_word(c);
	if (attr & ~ATTR_ALL)
		cursor_fail(c, c->at - 8, "no attribute word of QEMU's");
	for (size_t i = 0; i < sizeof(attr_flags) / sizeof(attr_flags[0]); i++)
		if (attr & attr_flags[i].bit)
			flags |= attr_flags[i].flag;
	return flags;
}

static void qemu_row(struct cursor *c)
{
	bool e500 = text_is_e500(c->r);
	struct text_row row = {.kind = TEXT_MAPPING};
	struct ppctlb_mapping *m = &row.mapping;

	if (c->r->tlb < 0)
		cursor_fail(c, c->at, "no heading 'TLB0:' or 'TLB1:' above this row");
	row.entry.tlb = (uint16_t)c->r->tlb | PPCTLB_NO_SLOT;
	m->eaddr = cursor_hex(c, 16);
	cursor_expect(c, "0x");
	m->raddr = cursor_hex(c, 16);
	m->size = take_size(c);
	m->tid = (uint16_t)cursor_decimal(c, 65535);
	if (e500) {
		m->flags = cursor_decimal(c, 1) ? PPCTLB_TS : 0;
		m->flags |= take_letters(c, e500_letters,
					 sizeof(e500_letters) / sizeof(e500_letters[0]));
	} else {
		m->flags = take_prot_and_attr(c);
	}
	cursor_end(c);
	emit(c, &row);
}

static void qemu_line(struct text_reader *r, const char *line)
{
	struct cursor c = {r, line, line, false};

	if (IS_HEADING(&c, qemu_headings))
		return;
	r->known++;
	if (qemu_title(&c))
		return;
	if (cursor_try(&c, "0x")) {
		qemu_row(&c);
	} else {
		r->known--;
		not_of_this_format(&c);
	}
}

/* ---- the formats ---- */

#define UNKNOWN_IN_INFO_TLB                                                                        \
	(PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_LOW_RPN |                   \
	 PPCTLB_UNKNOWN_RESERVED)

static const struct text_format formats[] = {
	{"libkvm", "the dump of 2008", "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |",
	 PPCTLB_UNKNOWN_INVALID, OTHER_FAMILY, libkvm_line, NULL},
	{"qemu", "QEMU's info tlb", "0x00000000c0000000 0x0000000000000000 256M 0 ...",
	 UNKNOWN_IN_INFO_TLB | PPCTLB_UNKNOWN_E,
	 UNKNOWN_IN_INFO_TLB | PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8,
	 qemu_line, NULL},
	{"qemu-log", "a log of qemu -d mmu", "ppcmas_tlb_check: or helper_440_tlbwe ...",
	 PPCTLB_UNKNOWN_INVALID, PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_MAS8, log_line, log_end},
	{"xmon", "xmon's dump of a 440", "[00] c0000290 00000000 00000307 V ...",
	 PPCTLB_UNKNOWN_TID, OTHER_FAMILY, xmon_line, NULL},
};

const struct text_format *text_format(const char *name)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(name, formats[i].name))
			return &formats[i];
	return NULL;
}

const char *text_describe(const struct text_format *format)
{
	return format->what;
}

bool text_begin(struct text_reader *r)
{
	r->unknown = text_is_e500(r) ? r->format->unknown_e500 : r->format->unknown_44x;
	r->tlb = text_is_e500(r) ? -1 : 0;
	if (r->unknown == OTHER_FAMILY)
		return false;
	return r->format->line != log_line || log_begin(r);
}

void text_line(struct text_reader *r, const char *line)
{
	if (line[strspn(line, " \t\r")])
		r->format->line(r, line);
}

void text_end(struct text_reader *r)
{
	if (r->format->end)
		r->format->end(r);
}

void text_free(struct text_reader *r)
{
	log_free(r);
}
