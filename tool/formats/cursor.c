/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A place in a line of text, for the readers of formats. */
#include "reader.h"

#include <stdio.h>
#include <string.h>

void cursor_fail(struct cursor *c, const char *at, const char *reason)
{
	if (!c->failed)
		c->r->bad((size_t)(at - c->line) + 1, reason, c->r->arg);
	c->failed = true;
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

void cursor_emit(struct cursor *c, const struct row *row)
{
	if (!c->failed)
		c->r->row(row, c->r->arg);
}

void cursor_reject_line(struct cursor *c)
{
	char reason[128];

	snprintf(reason, sizeof(reason), "no line of %s, which looks like '%s'", c->r->format->what,
		 c->r->format->example);
	cursor_fail(c, c->at, reason);
}
