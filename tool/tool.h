/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of ppctlb(1) share: the verb table, arguments, files, messages, tables, JSON. */
#ifndef PPCTLB_TOOL_H
#define PPCTLB_TOOL_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))

/* Exit codes. A verb returns one of them; what went wrong has then been said. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* ---- verbs.c: the one table; dispatch, --help and completion are derived from it ---- */

enum option_id {
	OPT_HELP,
	OPT_CORE,
	OPT_JSON,
	OPT_FORMAT,
	OPT_ALL,
	OPT_COLUMNS,
	OPT_NOHEADINGS,
	OPT_PID,
	OPT_TS,
	OPT_ACCESS,
	OPT_USER,
	OPT_FROM,
	OPT_KEEP_GOING,
	OPT_QMP,
	OPT_CPU,
	OPT_TIMEOUT,
	OPT_PICTURE,
	OPTION_COUNT
};

#define OPT(id) (1u << OPT_##id)

struct option_info {
	const char *name;
	char letter;	 /* 0: none */
	const char *arg; /* what stands for the argument, or its words as "a|b"; NULL: takes none */
	const char *help;
};

struct args;

struct verb {
	const char *name;
	const char *operands; /* as the synopsis shows them */
	const char *help;     /* one line */
	const char *notes;    /* more lines for --help, or NULL */
	unsigned needs;	      /* OPT() of the options that must be there */
	unsigned takes;	      /* OPT() of those that may */
	int min, max;	      /* number of operands; max -1: any */
	bool early;	      /* that the last one can be written is looked at first */
	int trouble;	      /* exit code of a failure */
	int (*run)(const struct args *a);
};

extern const struct option_info options[OPTION_COUNT];
extern const struct verb verbs[]; /* ends with name NULL */
bool verb_takes(const struct verb *v, int option);

/* ---- main.c ---- */

struct args {
	const struct verb *verb;
	const char *value[OPTION_COUNT]; /* NULL: not given; "" when the option takes no argument */
	int argc;			 /* operands */
	char **argv;
};

/* Say what is wrong with the command line and where help is; returns EXIT_USAGE. */
int usage_error(const struct verb *v, const char *fmt, ...) PRINTF(2, 3);
/* The number given with an option, or def if there is none; false: told (exit EXIT_USAGE). */
bool option_number(const struct args *a, enum option_id id, uint64_t max, uint64_t def,
		   uint64_t *value);

int verb_backends(const struct args *a);
int verb_cores(const struct args *a);
int verb_version(const struct args *a);
int verb_encode(const struct args *a);
int verb_decode(const struct args *a);
int verb_plan(const struct args *a);
int verb_new(const struct args *a);
int verb_map(const struct args *a);
int verb_unmap(const struct args *a);
int verb_flush(const struct args *a);
int verb_dump(const struct args *a);
int verb_lookup(const struct args *a);
int verb_check(const struct args *a);
int verb_diff(const struct args *a);
int verb_import(const struct args *a);
int verb_capture(const struct args *a);
int verb_plot(const struct args *a);

/* ---- message.c: standard error, and text from files made harmless ---- */

/* "ppctlb: ..."; control characters in the result are written as \xNN. */
void error(const char *fmt, ...) PRINTF(1, 2);
/* Where half an answer would be a wrong one: told, and the end. */
void out_of_memory(void) __attribute__((noreturn));
/* The exit code then, from now on: the verb's for trouble. */
void set_trouble(int status);
/* "ppctlb: file:line:column: ..."; a column of 0 is left out. */
void error_at(const char *file, unsigned long line, unsigned long column, const char *fmt, ...)
	PRINTF(4, 5);
/* The library's last message, with what it is about in front if that is not NULL. */
void library_error(const char *about);
/* The library's last message about a text that stands in a line of a file; a column that it names
 * becomes error_at()'s, counted from before characters further left. */
void library_error_at(const char *file, unsigned long line, unsigned long before);
/* Write text with control characters as \xNN. */
void put_safe(const char *text, FILE *f);
/* May standard output have colour: a terminal, and no NO_COLOR. */
bool use_colour(void);
/* What follows on standard output is in that colour ("red"), with NULL it is as before. */
void colour(const char *name);
/* For bulk work: every now and then a line with a count, if standard error is a terminal and
 * standard output is not; what NULL: wipe it. */
void progress(const char *what, unsigned long count);

/* ---- file.c ---- */

#define FILE_MAX (64u << 20) /* more than any image or picture; a read stops there */

/* Does that path stand for standard input? */
bool is_dash(const char *path);
/* Read a whole file, or standard input for "-", into malloc'ed *data. Memory grows with what has
 * been read, never with what a file claims. false: told. */
bool file_read(const char *path, void **data, size_t *len);
/* Replace a file by that content, or leave it as it was: temporary file, fsync, rename. A symbolic
 * link is followed, permissions are kept. false: told. */
bool file_write(const char *path, const void *data, size_t len);
/* Is there a reason already why file_write() will fail? Nothing is written. false: told. */
bool file_writable(const char *path);

#define LINE_LEN 4096 /* longest line that is read; a mapping or an entry needs 192 */

/* Lines of a file of any length in constant memory. */
struct lines {
	int fd;
	const char *name;      /* for messages */
	unsigned long number;  /* of the line just read, from 1 */
	char *text;	       /* the line, without LF or CR LF, until the next call */
	bool failed;	       /* a line was refused or a read failed, and told */
	bool broken;	       /* a read failed: what is there may go on */
	unsigned long refused; /* number of lines refused */
	unsigned long tell;    /* so many of them are told; the caller may lower it */
	bool skipping, at_end;
	size_t start, end;
	char buffer[16 * LINE_LEN];
};

/* "-" is standard input. NULL: told. */
struct lines *lines_open(const char *path);
/* Step to the next line; a line too long or with a NUL is told, remembered in failed and left out.
 * false: no more. */
bool lines_next(struct lines *l);
/* Does a further good line stand in the buffer, so that lines_next() will give it without waiting?
 */
bool lines_ready(const struct lines *l);
void lines_close(struct lines *l);

/* One operand, or one line of standard input. */
struct item {
	const char *text;
	unsigned long line; /* 0: an operand */
	bool more;	    /* the next one is there already, and comes without waiting */
};

/* Call one() for each operand from number first on, "-" standing for the lines of standard input,
 * to the end whatever it returns. true: it and every line were good. */
bool for_each_item(const struct args *a, int first, bool (*one)(const struct item *i, void *arg),
		   void *arg);
/* The library's last message, about that item; a message of our own. */
void item_error(const struct item *i);
void item_complaint(const struct item *i, const char *fmt, ...) PRINTF(2, 3);

/* ---- image.c: an image is a detached handle in a file ---- */

/* An empty TLB, of that file or of none; geometry NULL: the core's own; unknown: PPCTLB_UNKNOWN_*.
 * NULL: told. */
struct ppctlb *image_new(const char *path, const char *core, const struct ppctlb_geometry *geometry,
			 uint32_t unknown);
/* Read an image ("-": standard input). NULL: told. */
struct ppctlb *image_load(const char *path);
/* Write it. false: told. */
bool image_store(struct ppctlb *h, const char *path);

/* What check has to say about the entry of that place. */
struct mark {
	size_t place;
	const struct ppctlb_finding *finding;
};

/* A snapshot: what is in the handle. */
struct image {
	struct ppctlb *h;
	struct ppctlb_info info;
	const struct ppctlb_core *core;
	struct ppctlb_entry *entries; /* info.entries of them */
	struct ppctlb_finding *findings;
	size_t n_findings;  /* in the order of entries */
	struct mark *marks; /* the findings of each entry, either half of a pair, each name once */
	size_t n_marks;
};

/* Read an image and all that is in it. false: told; nothing to free. */
bool image_open(const char *path, struct image *im);
void image_close(struct image *im);
/* The place of an entry among im->entries. */
size_t image_place(const struct image *im, unsigned tlb, unsigned index);
/* The marks of that place; *n of them. */
const struct mark *image_marks(const struct image *im, size_t place, size_t *n);
/* V=1? */
bool entry_valid(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* What an entry maps, in malloc'ed text; "-" if it is not valid. */
char *mapping_text(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* "e500v2: TLB0 3 of 512 entries used ...": what it is, in a line. */
const char *image_head(const struct image *im, char *buf, size_t len);
/* A letter for each flag from first on that is set, '-' for the others. */
const char *flag_letters(uint32_t flags, uint32_t first, const char *names, char *buf);
/* Names of flags, comma separated. */
const char *flag_names(uint32_t flags, char *buf, size_t len);
/* The core of that name; NULL: told. */
const struct ppctlb_core *core_find(const char *name);
/* Names of PPCTLB_UNKNOWN_* bits, comma separated. */
const char *unknown_names(uint32_t unknown, char *buf, size_t len);

/* ---- check.c: by enum ppctlb_severity ---- */

extern const char *const severity_names[];
extern const char *const severity_colours[];

/* ---- table.c: tables through libsmartcols ---- */

struct column {
	const char *name;
	bool right;  /* numbers */
	bool chosen; /* shown without -o */
};

struct table;

/* A table with the columns of -o, else those chosen; honours --noheadings. NULL: told. */
struct table *table_new(const struct args *a, const struct column *columns, size_t n);
/* Is that column shown? */
bool table_has(const struct table *t, size_t column);
/* Begin a row; in a colour or, with NULL, none. */
void table_row(struct table *t, const char *colour);
/* Fill a cell of the last row; ignored if the column is not shown. */
void table_cell(struct table *t, size_t column, const char *fmt, ...) PRINTF(3, 4);
/* Print and free it, or only the latter. */
void table_print(struct table *t);
void table_free(struct table *t);

/* ---- json.c: objects of DESIGN section 4 through json-c, one a line ---- */

struct json_object;

struct json_object *json_new(void);
struct json_object *json_list(void);
void json_hex(struct json_object *o, const char *key, uint64_t value);
void json_number(struct json_object *o, const char *key, uint64_t value);
void json_string(struct json_object *o, const char *key, const char *value);
void json_truth(struct json_object *o, const char *key, bool value);
/* Add any value, which then belongs to o or the list; NULL is one that there was no memory for. */
void json_add(struct json_object *o, const char *key, struct json_object *value);
void json_append(struct json_object *list, struct json_object *value);
/* Flag names as an array. */
void json_flags(struct json_object *o, const char *key, uint32_t flags);
/* Add the members of a mapping, of an entry (position where it has one, "valid":false). */
void json_mapping(struct json_object *o, const struct ppctlb_mapping *m);
void json_entry(struct json_object *o, const struct ppctlb_core *core,
		const struct ppctlb_entry *e);
/* Print on a line of standard output and free. */
void json_print(struct json_object *o);

#endif
