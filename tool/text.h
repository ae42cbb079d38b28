/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other tools print of a TLB, read a line at a time. Pure: no I/O, no call of the library. */
#ifndef PPCTLB_TOOL_TEXT_H
#define PPCTLB_TOOL_TEXT_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

enum text_kind {
	TEXT_WORDS,   /* entry.word[] */
	TEXT_MAPPING, /* mapping: the text is decoded already */
	TEXT_PAGE     /* mapping.eaddr, size and tid: there is such an entry, no more is known */
};

/* One valid entry of the text; or, where the text shows those, an invalid one. */
struct text_row {
	enum text_kind kind;
	struct ppctlb_entry entry; /* the position; PPCTLB_NO_SLOT in tlb if the text has none */
	struct ppctlb_mapping mapping;
};

struct text_format;
struct mmu_log;

/* A reader of one format for one core. The caller fills in the first part, the rest is zero. */
struct text_reader {
	const struct text_format *format;
	const struct ppctlb_core_info *core;
	void (*row)(const struct text_row *row, void *arg);
	/* Something is wrong in column (from 1) of this line. */
	void (*bad)(size_t column, const char *reason, void *arg);
	void *arg;

	uint32_t unknown;	  /* after text_end(): PPCTLB_UNKNOWN_* this text leaves open */
	unsigned long known;	  /* lines that are of this format */
	unsigned long shadow;	  /* rows about the shadow TLB, left out */
	unsigned long mixed;	  /* walks of a log left out: their lines are interleaved */
	unsigned sets, sets_seen; /* of TLB0 in a log of the e500 family */
	int tlb;		  /* under which heading the reader is */
	struct mmu_log *log;
};

/* The format of that name, or NULL. "hex" is none: that is the library's own text. */
const struct text_format *text_format(const char *name);
/* "QEMU's info tlb": what it is, for messages. */
const char *text_describe(const struct text_format *format);

/* False: no memory, or a format that has no TLB of this core. */
bool text_begin(struct text_reader *r);
/* One line without its newline. */
void text_line(struct text_reader *r, const char *line);
/* The end of the text: rows that only now are certain, and r->unknown. */
void text_end(struct text_reader *r);
/* Give back the reader's memory. */
void text_free(struct text_reader *r);

#endif
