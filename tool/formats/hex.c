/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reader of the library's own ENTRY text, see ppctlb(1): blanks allowed for commas, # comments. */
#include "../message.h"
#include "reader.h"

#include <string.h>

/* Is this what may stand between words: at most one comma, and none before the first word? */
static bool is_gap(const char *text, size_t len, bool first)
{
	size_t commas = 0;

	for (size_t i = 0; i < len; i++)
		commas += text[i] == ',';
	return len && commas <= !first;
}

/* Replace what is between two words by a comma, and by zeros before the next word, so that columns
 * stay the same. */
static void blanks_to_comma(char *text)
{
	char *words = strchr(text, '=') ? strchr(text, '=') + 1 : text;

	for (char *p = words; *p; p += strcspn(p, " \t,")) {
		size_t gap = strspn(p, " \t,");

		if (is_gap(p, gap, p == words)) {
			memset(p, '0', gap);
			if (p > words)
				*p = ',';
		}
		p += gap;
		if (p[0] == '0' && (p[1] | 0x20) == 'x')
			p[1] = '0';
	}
}

/*
 * Does it begin as an entry: with a position or a label, with a number as wide as a word, or is
 * there nothing but numbers?
 */
static bool begins(const char *text)
{
	static const char digits[] = "0123456789abcdefABCDEF_";
	size_t prefix = text[0] == '0' && (text[1] | 0x20) == 'x' ? 2 : 0;
	size_t n = strspn(text + prefix, digits), gap = strspn(text + prefix + n, " \t,");
	size_t plain = strspn(text, "0123456789abcdefABCDEF_xX \t,");

	if (strchr(text, '=') && strspn(text, "0123456789:") == strcspn(text, "="))
		return true;
	if (!n || !gap)
		return false;
	if (n >= 8 && memchr(text + prefix + n, ',', gap))
		return true;
	return strspn(text + prefix + n + gap, digits) &&
	       (n >= 8 || (!text[plain] && strpbrk(text, "0123456789")));
}

static enum line hex_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	const char *reason;
	unsigned long column;
	char *text, *end;

	line[strcspn(line, "#")] = 0;
	cursor_skip_blanks(&c);
	text = line + (c.at - line);
	for (end = text + strlen(text); end > text && strchr(" \t\r", end[-1]); end--)
		end[-1] = 0;
	if (!*text)
		return LINE_HEADING;
	if (!begins(text))
		return cursor_reject_line(&c);
	cursor_begin(&c);
	blanks_to_comma(text);
	if (ppctlb_parse_entry(r->core, text, &row.entry) < 0) {
		reason = library_reason(&column);
		cursor_fail(&c, text + (column ? column - 1 : 0), reason);
	} else if (row.entry.tlb & PPCTLB_NO_SLOT) {
		r->unknown |= PPCTLB_UNKNOWN_SLOT;
	}
	cursor_emit(&c, &row);
	return LINE_MINE;
}

const struct format format_hex = {
	.what = "an ENTRY a line",
	.example = "0:5=00000000,c0000290,00000000,00000007",
	.any_core = true,
	.can_be_empty = true,
	.plain = true,
	.line = hex_line,
};
