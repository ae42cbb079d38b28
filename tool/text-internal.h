/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of the text formats share: a cursor over a line. */
#ifndef PPCTLB_TOOL_TEXT_INTERNAL_H
#define PPCTLB_TOOL_TEXT_INTERNAL_H

#include "text.h"

struct text_format {
	const char *name;
	const char *what;
	const char *example; /* of a line, for messages */
	/* PPCTLB_UNKNOWN_* for 44x and for the e500 family; OTHER_FAMILY: it cannot show that */
	uint32_t unknown_44x, unknown_e500;
	void (*line)(struct text_reader *r, const char *line);
	void (*end)(struct text_reader *r);
};

#define OTHER_FAMILY UINT32_MAX

/* A place in a line. After a failure, which is reported once, nothing is taken any more. */
struct cursor {
	struct text_reader *r;
	const char *line;
	const char *at;
	bool failed;
};

void cursor_fail(struct cursor *c, const char *at, const char *reason);
/* Skip blanks; then that text must stand there, or (try) may. */
bool cursor_try(struct cursor *c, const char *text);
void cursor_expect(struct cursor *c, const char *text);
/* Skip blanks; a number of at most that many digits, without prefix. */
uint64_t cursor_hex(struct cursor *c, unsigned digits);
/* Skip blanks; exactly eight digits. */
uint32_t cursor_word(struct cursor *c);
uint64_t cursor_decimal(struct cursor *c, uint64_t max);
/* Nothing but blanks may follow. */
void cursor_end(struct cursor *c);

bool text_is_e500(const struct text_reader *r);

/* mmulog.c */
bool log_begin(struct text_reader *r);
void log_line(struct text_reader *r, const char *line);
void log_end(struct text_reader *r);
void log_free(struct text_reader *r);

#endif
