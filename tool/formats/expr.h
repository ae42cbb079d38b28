/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions of C as tables in sources have them, and the names that they use. */
#ifndef PPCTLB_TOOL_FORMATS_EXPR_H
#define PPCTLB_TOOL_FORMATS_EXPR_H

#include "../tool.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is known of a name. */
enum name_state {
	NAME_VALUE,	/* text stands for it */
	NAME_UNDEFINED, /* certainly not defined */
	NAME_ARGUMENTS, /* a macro with arguments, which is not expanded */
	NAME_OPEN	/* defined under a condition that nothing decides: text says which */
};

struct name {
	enum name_state state;
	bool given; /* on the command line: what the text says does not count */
	char *text;
	char name[];
};

#define NAMES	   8192u      /* most that are kept */
#define NAMES_TEXT (4u << 20) /* with so many bytes of text */

struct names {
	struct name **slot; /* a hash table of 2 * NAMES */
	size_t n, bytes;
};

/* False: no memory. */
bool names_begin(struct names *t);
void names_free(struct names *t);
/* NULL: nothing is known of it. */
const struct name *names_find(const struct names *t, const char *name, size_t len);
/* False: there are too many. */
bool names_set(struct names *t, const char *name, size_t len, enum name_state state,
	       const char *text, bool given);

/* A name that a format has of itself, whatever the text defines it as. */
struct constant {
	const char *name;
	uint64_t n;
};

/* What the names in a table stand for. */
struct vocabulary {
	const struct constant *constant;
	size_t n;
	bool symbols;	   /* these are no numbers, but stand for something: see struct value */
	const char *size;  /* "SZ_" of SZ_4K, which stands for a page size, a symbol; or NULL */
	const char *bytes; /* the same, as a number of bytes */
};

/* The symbol of a page of 1 KiB << n. The bits below are free for others. */
#define SYMBOL_SIZE(n) (UINT64_C(1) << (32 + (n)))

struct value {
	uint64_t n; /* extended by its sign, if it has one */
	bool wide;  /* of 64 bits, else of 32 */
	bool is_unsigned;
	bool symbol; /* it has a symbol in it */
	bool plain;  /* it has a number other than 0 in it, or is no plain union of symbols */
	bool open;   /* of a condition: it hangs on expr.open */
};

struct expr {
	const struct names *names;
	const struct vocabulary *words;
	bool condition;	  /* of #if: a name of which nothing is known leaves the value open */
	char open[128];	  /* these names: "A", "A and B" */
	char reason[192]; /* of a failure */
};

/* False: see reason. */
bool expr_value(struct expr *e, const char *text, struct value *v);
/* Add names to those that leave a value open, once. */
void expr_add_open(char *open, size_t size, const char *names);

#endif
