/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tools print of a TLB, read a line at a time into rows. */
#ifndef PPCTLB_TOOL_FORMATS_H
#define PPCTLB_TOOL_FORMATS_H

#include "list.h"

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>

enum row_kind {
	ROW_WORDS,  /* entry.word[], as the text has them, legal or not */
	ROW_MAPPING /* mapping: the text is decoded already, and its size may be none of the core's
		     */
};

/* One entry of the text; an invalid one, too, where the text shows those. */
struct row {
	enum row_kind kind;
	/* its place, PPCTLB_NO_SLOT in tlb if the text has none; what the text does not tell of it
	 */
	struct ppctlb_entry entry;
	struct ppctlb_mapping mapping;
	unsigned long line; /* of the text, where it begins */
	size_t column;	    /* there, from 1 */
};

/* --define NAME=VALUE; value NULL: --undefine NAME. */
struct define {
	const char *name, *value;
};

/* What the reader of a format makes of a line. */
enum line {
	LINE_FOREIGN, /* looks like nothing of the format */
	LINE_HEADING, /* of the format, but another one may have such a line, too */
	LINE_MINE     /* an entry, or what no other format has */
};

#define REASON_LEN 256

/* Where a line that was foreign to a format stopped being like it. */
struct near {
	unsigned long line;
	size_t column; /* from 1; 0: there was no such line */
	char reason[REASON_LEN];
};

struct format;

/* A reader of one format for one core. The caller fills in the first part, the rest is zero. */
struct reader {
	const struct format *format;
	const struct ppctlb_core *core;
	const struct ppctlb_core_info *info; /* with the geometry that the text is about */
	const struct define *defines;	     /* names for a source */
	size_t n_defines;
	void (*row)(const struct row *row, void *arg);
	/* What was told so far is in the text once more, and better: forget it. */
	void (*again)(void *arg);
	/* Something that begins as an entry cannot be read, in that line and column (0: no certain
	 * one). */
	void (*bad)(unsigned long line, size_t column, const char *reason, void *arg);
	/* What else there is to know of the text; a sentence without full stop. */
	void (*note)(const char *text, void *arg);
	void *arg;

	uint32_t unknown;   /* after reader_end(): PPCTLB_UNKNOWN_* this text leaves open */
	unsigned long mine; /* number of lines that were LINE_MINE */
	unsigned long headings;
	unsigned long foreign, first_foreign; /* their number, and the first one */
	struct near near;		      /* the foreign line most like the format */

	unsigned long line; /* the line being read */
	unsigned long gaps; /* number of lines so far that stand for others: "[...]" */
	int tlb;	    /* under which heading the reader is */
	void *state;	    /* the format's own */
};

/* The formats of the list: format_libkvm, ... */
#define DECLARE_FORMAT(id, name, help) extern const struct format format_##id;
FORMATS(DECLARE_FORMAT)

/* The formats in the order of the list; NULL past the last. */
const struct format *format_at(size_t i);
/* The format of a name that --from takes; NULL: "auto". */
const struct format *format_find(const char *name);
const char *format_name(const struct format *format);
/* "QEMU's info tlb": what it is, for messages. */
const char *format_what(const struct format *format);
/* What a line of it looks like. */
const char *format_example(const struct format *format);
/* Can it show a TLB of that core? */
bool format_shows(const struct format *format, const struct ppctlb_core_info *core);
/* Is the text of an empty TLB no text at all, without even a heading? */
bool format_can_be_empty(const struct format *format);
/* Are its lines so plain that text of another kind may have one by chance? */
bool format_is_plain(const struct format *format);

/* Begin to read. False: no memory. */
bool reader_begin(struct reader *r);
/* One line without its newline, as line_clean() leaves it; may be changed. */
enum line reader_line(struct reader *r, char *line, unsigned long number);
/* The end of the text: rows that only now are certain, and r->unknown. */
void reader_end(struct reader *r);
/* Give back the reader's memory. */
void reader_free(struct reader *r);

/* Make blanks of what is around the text in mails and logs: "> ", prompts, the time of the kernel's
 * log, codes for a terminal. Columns stay the same. False: nothing is left. */
bool line_clean(char *line);

#endif
