/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in a line of text, for the readers of formats. */
#include "reader.h"

#include <stdio.h>
#include <string.h>

void cursor_begin(struct cursor *c)
{
	c->begun = true;
}

/* Keep the line that went on longest like one of the format. */
static void keep_near(struct cursor *c, size_t column, const char *reason)
{
	struct near *near = &c->r->near;

	if (column <= near->column)
		return;
	near->line = c->r->line;
	near->column = column;
	snprintf(near->reason, sizeof(near->reason), "%s", reason);
}

void cursor_fail(struct cursor *c, const char *at, const char *reason)
{
	size_t column = (size_t)(at - c->line) + 1;

	if (c->failed)
		return;
	c->failed = true;
	if (c->begun)
		c->r->bad(c->r->line, column, reason, c->r->arg);
	else if (at > c->line + strspn(c->line, " \t\r"))
		keep_near(c, column, reason);
}

enum line cursor_result(const struct cursor *c)
{
	return c->begun ? LINE_MINE : LINE_FOREIGN;
}

void cursor_skip_blanks(struct cursor *c)
{
	c->at += strspn(c->at, " \t\r");
}

bool cursor_try(struct cursor *c, const char *text)
{
	size_t len = strlen(text);

	cursor_skip_blanks(c);
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

	cursor_skip_blanks(c);
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

uint64_t cursor_address(struct cursor *c)
{
	const char *from;
	uint64_t value = 0;

	cursor_skip_blanks(c);
	if (c->at[0] == '0' && (c->at[1] | 0x20) == 'x')
		c->at += 2;
	from = c->at;
	for (; digit(*c->at) < 16 || (*c->at == '_' && c->at > from && digit(c->at[1]) < 16);
	     c->at++) {
		if (*c->at == '_')
			continue;
		if (value >> 60) {
			cursor_fail(c, from, "a number too wide");
			return 0;
		}
		value = value << 4 | digit(*c->at);
	}
	if (c->at == from)
		cursor_fail(c, from, "an address expected");
	return value;
}

/* "B", "b" or "iB" may follow the letter of a unit. */
static void skip_byte_sign(struct cursor *c)
{
	if (*c->at == 'i' && (c->at[1] | 0x20) == 'b')
		c->at++;
	c->at += (*c->at | 0x20) == 'b';
}

uint64_t cursor_size(struct cursor *c)
{
	static const char units[] = "KMGT";
	const char *from, *unit;
	uint64_t size;

	cursor_skip_blanks(c);
	from = c->at;
	size = cursor_decimal(c, 9999);
	cursor_skip_blanks(c);
	unit = *c->at ? strchr(units, *c->at & ~0x20) : NULL;
	if (!unit || !*unit) {
		cursor_fail(c, c->at, "K, M, G or T expected");
		return 0;
	}
	c->at++;
	skip_byte_sign(c);
	if (!size)
		cursor_fail(c, from, "a size of 0");
	return size << 10 * (unit - units + 1);
}

uint32_t cursor_word(struct cursor *c)
{
	const char *from;
	uint64_t value;

	cursor_skip_blanks(c);
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

	cursor_skip_blanks(c);
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
	cursor_skip_blanks(c);
	if (*c->at)
		cursor_fail(c, c->at, "nothing more expected");
}

bool cursor_try_any(struct cursor *c, const char *const *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cursor_try(c, texts[i]))
			return true;
	return false;
}

void cursor_emit(struct cursor *c, struct row *row)
{
	if (c->failed)
		return;
	if (!row->line) {
		row->line = c->r->line;
		row->column = strspn(c->line, " \t\r") + 1;
	}
	c->r->row(row, c->r->arg);
}

enum line cursor_reject_line(struct cursor *c)
{
	char reason[REASON_LEN];

	snprintf(reason, sizeof(reason), "no line of %s, which looks like '%s'", c->r->format->what,
		 c->r->format->example);
	cursor_fail(c, c->at, reason);
	return LINE_FOREIGN;
}
