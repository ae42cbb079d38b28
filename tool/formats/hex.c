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

static void hex_line(struct reader *r, char *line)
{
	struct row row = {.kind = ROW_WORDS};
	const char *reason;
	unsigned long column;
	char *text = line + strspn(line, " \t"), *end;
	size_t before = (size_t)(text - line);

	text[strcspn(text, "#\r")] = 0;
	for (end = text + strlen(text); end > text && strchr(" \t", end[-1]); end--)
		end[-1] = 0;
	if (!*text)
		return;
	blanks_to_comma(text);
	r->known++;
	if (ppctlb_parse_entry(r->core, text, &row.entry) < 0) {
		reason = library_reason(&column);
		r->bad(column ? before + column : 0, reason, r->arg);
		return;
	}
	if (row.entry.tlb & PPCTLB_NO_SLOT)
		r->unknown |= PPCTLB_UNKNOWN_SLOT;
	row.column = before + 1;
	r->row(&row, r->arg);
}

const struct format format_hex = {
	.what = "an ENTRY a line",
	.example = "0:5=00000000,c0000290,00000000,00000007",
	.any_core = true,
	.can_be_empty = true,
	.line = hex_line,
};
