/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the dump of a 440's TLB by xmon, the monitor of Linux:
 * "[00] word0 word1 word2 V EPN -> RPN WIMGE".
 */
#include "reader.h"

#include <ppctlb/44x.h>

#include <string.h>

static enum line xmon_line(struct reader *r, char *line)
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

const struct format format_xmon = {
	.what = "xmon's dump of a 440",
	.example = "[00] c0000290 00000000 00000307 V ...",
	.shows = {{"44x", PPCTLB_UNKNOWN_TID}},
	.line = xmon_line,
};
