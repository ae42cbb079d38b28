/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tools print of a TLB, read a line at a time into rows. */
#ifndef PPCTLB_TOOL_FORMATS_H
#define PPCTLB_TOOL_FORMATS_H

#include "list.h"

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>

enum row_kind {
	ROW_WORDS,   /* entry.word[] */
	ROW_MAPPING, /* mapping: the text is decoded already */
	ROW_PAGE     /* mapping.eaddr, size and tid: there is such an entry, no more is known */
};

/* One valid entry of the text; or an invalid one, where the text shows those. */
struct row {
	enum row_kind kind;
	struct ppctlb_entry entry; /* the position; PPCTLB_NO_SLOT in tlb if the text has none */
	struct ppctlb_mapping mapping;
	size_t column; /* where it begins in the line, from 1; 0: at the start */
};

struct format;

/* A reader of one format for one core. The caller fills in the first part, the rest is zero. */
struct reader {
	const struct format *format;
	const struct ppctlb_core *core;
	const struct ppctlb_core_info *info; /* with the geometry that the text is about */
	void (*row)(const struct row *row, void *arg);
	/* Something is wrong in column (from 1, 0: no certain one) of this line. */
	void (*bad)(size_t column, const char *reason, void *arg);
	void *arg;

	uint32_t unknown;	  /* after reader_end(): PPCTLB_UNKNOWN_* this text leaves open */
	unsigned long known;	  /* lines that are of this format */
	unsigned long shadow;	  /* rows about the shadow TLB, left out */
	unsigned long mixed;	  /* walks of a log left out: their lines are interleaved */
	unsigned sets, sets_seen; /* of TLB0 in a log of the e500 family */
	int tlb;		  /* under which heading the reader is */
	void *state;		  /* the format's own */
};

/* The formats of the list: format_libkvm, ... */
#define DECLARE_FORMAT(id, name, help) extern const struct format format_##id;
FORMATS(DECLARE_FORMAT)

/* The format of a name that --from takes. */
const struct format *format_find(const char *name);
/* "QEMU's info tlb": what it is, for messages. */
const char *format_what(const struct format *format);
/* Can it show a TLB of that core? */
bool format_shows(const struct format *format, const struct ppctlb_core_info *core);
/* Is the text of an empty TLB no text at all, without even a heading? */
bool format_can_be_empty(const struct format *format);

/* Begin to read a core that the format shows. False: no memory. */
bool reader_begin(struct reader *r);
/* One line without its newline; may be changed. */
void reader_line(struct reader *r, char *line);
/* The end of the text: rows that only now are certain, and r->unknown. */
void reader_end(struct reader *r);
/* Give back the reader's memory. */
void reader_free(struct reader *r);

#endif
