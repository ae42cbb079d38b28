/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the table that the kvm userspace library printed in 2008, of a 440:
 * "G 0 | tid | word0 | word1 | word2 |", with S for a row of the shadow TLB.
 */
#include "reader.h"

#include <ppctlb/44x.h>

#include <stdio.h>
#include <stdlib.h>

static const char *const headings[] = {"Guest TLB:", "Shadow TLB:", "| nr |"};

struct libkvm {
	unsigned long shadow; /* rows left out */
};

static bool libkvm_begin(struct reader *r)
{
	return (r->state = calloc(1, sizeof(struct libkvm)));
}

static void libkvm_end(struct reader *r)
{
	const struct libkvm *l = r->state;
	char text[REASON_LEN];

	if (!l->shadow)
		return;
	snprintf(text, sizeof(text),
		 "%lu row%s of the shadow TLB left out: an image holds the guest's TLB", l->shadow,
		 l->shadow == 1 ? "" : "s");
	r->note(text, r->arg);
}

static void libkvm_free(struct reader *r)
{
	free(r->state);
}

static enum line libkvm_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	struct libkvm *l = r->state;
	bool shadow;

	if (cursor_try_any(&c, headings, ARRAY_SIZE(headings)))
		return LINE_HEADING;
	shadow = cursor_try(&c, "S");
	if (!shadow && !cursor_try(&c, "G"))
		return cursor_reject_line(&c);
	row.entry.index = (uint16_t)cursor_decimal(&c, PPCTLB_44X_ENTRIES - 1);
	for (int i = 0; i < 4; i++) {
		cursor_expect(&c, "|");
		if (!c.failed)
			cursor_begin(&c);
		row.entry.word[i] = cursor_hex(&c, 8);
	}
	cursor_expect(&c, "|");
	cursor_end(&c);
	if (shadow)
		l->shadow += !c.failed;
	else
		cursor_emit(&c, &row);
	return cursor_result(&c);
}

const struct format format_libkvm = {
	.what = "the dump of 2008",
	.example = "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |",
	.shows = {{"44x", PPCTLB_UNKNOWN_INVALID}},
	.begin = libkvm_begin,
	.line = libkvm_line,
	.end = libkvm_end,
	.free = libkvm_free,
};
