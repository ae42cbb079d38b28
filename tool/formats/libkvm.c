/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the table that the kvm userspace library printed in 2008, of a 440:
 * "G 0 | tid | word0 | word1 | word2 |", with S for a row of the shadow TLB.
 */
#include "reader.h"

#include <ppctlb/44x.h>

static const char *const headings[] = {"Guest TLB:", "Shadow TLB:", "| nr |"};

static void libkvm_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false};
	struct row row = {.kind = ROW_WORDS};

	r->known++;
	if (cursor_try_any(&c, headings, ARRAY_SIZE(headings)))
		return;
	if (cursor_try(&c, "S")) {
		r->shadow++;
		return;
	}
	if (!cursor_try(&c, "G")) {
		r->known--;
		cursor_reject_line(&c);
		return;
	}
	row.entry.index = (uint16_t)cursor_decimal(&c, PPCTLB_44X_ENTRIES - 1);
	for (int i = 0; i < 4; i++) {
		cursor_expect(&c, "|");
		row.entry.word[i] = cursor_hex(&c, 8);
	}
	cursor_expect(&c, "|");
	cursor_end(&c);
	cursor_emit(&c, &row);
}

const struct format format_libkvm = {
	.what = "the dump of 2008",
	.example = "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |",
	.shows = {{"44x", PPCTLB_UNKNOWN_INVALID}},
	.line = libkvm_line,
};
