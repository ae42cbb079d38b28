/* SPDX-License-Identifier: GPL-2.0-or-later */
/* #if and #define in a source: which of its lines count. */
#ifndef PPCTLB_TOOL_FORMATS_CONDITIONAL_H
#define PPCTLB_TOOL_FORMATS_CONDITIONAL_H

#include "expr.h"
#include "formats.h"

#define DIRECTIVE_LEN 4096 /* longest, with the lines that continue it */
#define NESTED	      64   /* most #if within each other */
#define OPEN_LINES    6	   /* name so many lines, and count the others */

enum counts {
	COUNTS_YES,
	COUNTS_NO,
	COUNTS_OPEN /* nothing decides */
};

/* From an #if to its #endif. */
struct frame {
	unsigned long line; /* of the #if */
	enum counts now;    /* of the branch that we are in, if the #if itself counts */
	bool taken;	    /* there was a branch that counts */
	bool was_open;	    /* and one that may count */
	bool has_else;
	bool cut;		      /* text is missing, and with it perhaps an #else or #endif */
	char open[128];		      /* what decides */
	char reason[192];	      /* why its condition cannot be read */
	unsigned long at[OPEN_LINES]; /* entries that hang on it */
	size_t n_at;
};

struct conditions {
	struct reader *reader; /* which is told what is wrong */
	struct names names;
	struct frame frame[NESTED];
	size_t depth;	 /* may be more than NESTED */
	char guard[128]; /* of the #ifndef in the line before, which may be that of a whole file */
	unsigned long full; /* the line with one name too many; 0: none */
	bool entries;	    /* there was one: what is wrong before may be of another format */
};

/* False: no memory. */
bool conditions_begin(struct conditions *c);
void conditions_free(struct conditions *c);
/* A line that begins with '#', without comments. False: it is no directive. */
bool conditions_directive(struct conditions *c, const char *text, unsigned long line);
enum counts conditions_now(const struct conditions *c);
/* An entry begins in that line: where nothing decides about it, that will be told. */
void conditions_entry(struct conditions *c, unsigned long line);
/* Text is missing here. */
void conditions_gap(struct conditions *c);
/* The end of the text. */
void conditions_end(struct conditions *c);

#endif
