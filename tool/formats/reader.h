/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of formats share: what a format is, a cursor over a line, words of an entry. */
#ifndef PPCTLB_TOOL_FORMATS_READER_H
#define PPCTLB_TOOL_FORMATS_READER_H

#include "../tool.h"
#include "formats.h"

struct family {
	const char *backend; /* that has its cores */
	uint32_t unknown;    /* PPCTLB_UNKNOWN_*: what the format does not tell of any entry */
};

/* list.h has its name. */
struct format {
	const char *what;
	const char *example;		 /* of a line, for messages */
	struct family shows[2];		 /* the families of cores that it can show */
	bool any_core;			 /* it can show every family, and leaves nothing open */
	bool can_be_empty;		 /* see format_can_be_empty() */
	bool plain;			 /* see format_is_plain() */
	bool (*begin)(struct reader *r); /* NULL: nothing to do; false: no memory */
	/* A reader of a format that does not show the core reads on until LINE_MINE, so that it can
	 * be named; its rows are dropped. */
	enum line (*line)(struct reader *r, char *line);
	void (*end)(struct reader *r);	/* or NULL */
	void (*free)(struct reader *r); /* or NULL */
};

/*
 * A place in a line. Until cursor_begin() the line may still be foreign, and a failure is only
 * kept in r->near. From then on it is an entry, and a failure is reported, once. After a failure
 * the cursor takes nothing more.
 */
struct cursor {
	struct reader *r;
	const char *line;
	const char *at;
	bool begun, failed;
};

/* From here on it is an entry of the format. */
void cursor_begin(struct cursor *c);
void cursor_fail(struct cursor *c, const char *at, const char *reason);
/* Fail since the line is not of the format; LINE_FOREIGN. */
enum line cursor_reject_line(struct cursor *c);
/* LINE_MINE if it has begun, else LINE_FOREIGN. */
enum line cursor_result(const struct cursor *c);
void cursor_skip_blanks(struct cursor *c);
/* Skip blanks; then that text must follow, or (try) may, or (try_any) one of n. */
void cursor_expect(struct cursor *c, const char *text);
bool cursor_try(struct cursor *c, const char *text);
bool cursor_try_any(struct cursor *c, const char *const *texts, size_t n);
/* Skip blanks; take a number of at most that many digits, without prefix. */
uint64_t cursor_hex(struct cursor *c, unsigned digits);
/* Skip blanks; take an address: hexadecimal, with 0x or without, '_' allowed between digits. */
uint64_t cursor_address(struct cursor *c);
/* Skip blanks; take exactly eight digits. */
uint32_t cursor_word(struct cursor *c);
uint64_t cursor_decimal(struct cursor *c, uint64_t max);
/* Skip blanks; take a size in bytes: "4K", "64MB", "256 Mb", "4 KiB"; a unit must follow. */
uint64_t cursor_size(struct cursor *c);
/* Nothing but blanks may follow. */
void cursor_end(struct cursor *c);
/* Hand the row over, with line and column unless it has them, if nothing failed. */
void cursor_emit(struct cursor *c, struct row *row);

/*
 * The words of a mapping exactly as written: nothing is aligned or refused, except for a size that
 * the words cannot hold (false). Sets e->word only.
 */
bool words_as_written(const struct ppctlb_core_info *core, const struct ppctlb_mapping *m,
		      struct ppctlb_entry *e);
/* The place of an entry of TLB0: the set of its EPN, and that way. */
void place_in_set(const struct ppctlb_core_info *core, uint64_t epn, unsigned way,
		  struct ppctlb_entry *e);

#endif
