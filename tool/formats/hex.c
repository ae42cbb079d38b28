/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reader of ENTRY text, see ppctlb(1), with # comments. */
#include "../message.h"
#include "reader.h"

#include <stdint.h>
#include <string.h>

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

/* Has the last word fewer digits than all others, since the text was cut there? */
static bool is_cut(const char *text)
{
	size_t shortest = SIZE_MAX, last = 0;
	bool prefixed = false;

	for (text = strchr(text, '=') ? strchr(text, '=') + 1 : text; *text;
	     text += strspn(text, " \t,")) {
		if (last && last < shortest)
			shortest = last;
		last = strcspn(text, " \t,");
		prefixed = text[0] == '0' && (text[1] | 0x20) == 'x';
		text += last;
	}
	return shortest != SIZE_MAX && shortest >= 8 && last > 1 && last < 8 && !prefixed;
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
	if (is_cut(text)) {
		cursor_fail(&c, end, "the last word has fewer digits than the others: is it cut?");
		return LINE_MINE;
	}
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
