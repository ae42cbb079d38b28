/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of formats share: what a reader is, and a cursor over a line. */
#ifndef PPCTLB_TOOL_FORMATS_READER_H
#define PPCTLB_TOOL_FORMATS_READER_H

#include "../tool.h"
#include "formats.h"

struct family {
	const char *backend; /* that has its cores */
	uint32_t unknown;    /* PPCTLB_UNKNOWN_*: what the format does not tell of them */
};

/* list.h has its name. */
struct format {
	const char *what;
	const char *example;		 /* of a line, for messages */
	struct family shows[2];		 /* the families of cores that it can show */
	bool any_core;			 /* it can show every family, and leaves nothing open */
	bool can_be_empty;		 /* see format_can_be_empty() */
	bool (*begin)(struct reader *r); /* NULL: nothing to do; false: no memory */
	void (*line)(struct reader *r, char *line);
	void (*end)(struct reader *r);	/* or NULL */
	void (*free)(struct reader *r); /* or NULL */
};

/* A place in a line. After a failure, which is reported once, it takes nothing more. */
struct cursor {
	struct reader *r;
	const char *line;
	const char *at;
	bool failed;
};

void cursor_fail(struct cursor *c, const char *at, const char *reason);
/* Fail since the line is not of the format. */
void cursor_reject_line(struct cursor *c);
void cursor_skip_blanks(struct cursor *c);
/* Skip blanks; then that text must follow, or (try) may, or (try_any) one of n. */
void cursor_expect(struct cursor *c, const char *text);
bool cursor_try(struct cursor *c, const char *text);
bool cursor_try_any(struct cursor *c, const char *const *texts, size_t n);
/* Skip blanks; take a number of at most that many digits, without prefix. */
uint64_t cursor_hex(struct cursor *c, unsigned digits);
/* Skip blanks; take exactly eight digits. */
uint32_t cursor_word(struct cursor *c);
uint64_t cursor_decimal(struct cursor *c, uint64_t max);
/* Nothing but blanks may follow. */
void cursor_end(struct cursor *c);
/* Hand the row over, unless something failed. */
void cursor_emit(struct cursor *c, const struct row *row);

#endif
