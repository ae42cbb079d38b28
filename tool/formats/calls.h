/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The calls of macros and the rows in braces that a source has, whatever stands around them. */
#ifndef PPCTLB_TOOL_FORMATS_CALLS_H
#define PPCTLB_TOOL_FORMATS_CALLS_H

#include "conditional.h"
#include "../file.h"
#include "reader.h"

#define CALL_LEN  4096 /* longest, without comments */
#define ARGUMENTS 12   /* more than any call has */

/* What an entry looks like. */
struct pattern {
	const char *macro; /* its name, or NULL for rows in braces */
	const char *mark;  /* rows: how a name begins that no other row has */
	unsigned before;   /* rows: the arguments before that name */
	const char *start; /* a name in front of a table, or NULL */
};

struct call {
	const struct pattern *pattern; /* NULL: none is being read */
	bool begun;		       /* it is certainly an entry */
	bool open;		       /* nothing decides whether it counts */
	unsigned long line;
	size_t column;
	int depth; /* of parentheses */
	struct {
		size_t at; /* in text, ended by NUL */
		unsigned long line;
		size_t column;
	} argument[ARGUMENTS];
	size_t n;
	size_t len;
	char text[CALL_LEN + 1];
};

struct calls {
	struct reader *reader;
	const struct pattern *const *patterns; /* up to NULL */
	/* An entry that counts; and one of which that is all that is known: it cannot be read, or
	 * nothing decides about it. */
	void (*found)(struct call *call, void *arg);
	void (*lost)(const struct call *call, void *arg);
	void *arg;

	struct conditions conditions;
	struct call call;
	const struct pattern *named; /* the name of this macro was the last word */
	unsigned long named_line;
	size_t named_column;
	unsigned tables;       /* number of names in front of a table */
	unsigned long gaps;    /* of the text, up to here */
	unsigned long cuts;    /* the same, with those between parts of a patch */
	unsigned long comment; /* the line where the comment begins that we are in; 0: none */
	bool comment_cut;      /* text is missing since */
	unsigned long preface; /* lines before the first entry that are foreign in name only */
	unsigned long first_foreign; /* the first one there that is foreign; 0: none */
	bool mine;		     /* there is something of an entry in this line */
	bool patch;		     /* lines have '+', '-' or a blank in front */
	unsigned long removed;	     /* lines with '-' */
	bool numbered;		     /* so has this line its number */
	unsigned long number;
	unsigned long directive_line; /* 0: none goes on */
	unsigned long last_line;
	char directive[DIRECTIVE_LEN + 1];
	char clean[LINE_LEN + 1]; /* the line without comments */
};

/* False: no memory. The caller has filled in the first part, the rest is zero. */
bool calls_begin(struct calls *s);
enum line calls_line(struct calls *s, const char *line);
void calls_end(struct calls *s);
void calls_free(struct calls *s);

#endif
