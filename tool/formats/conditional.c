/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * #if and #define in a source. A condition is decided by what the text defines above it and by
 * --define and --undefine. Where those do not decide, both branches are open: nothing in them is
 * taken, and at the #endif it is told what would have decided.
 */
#include "conditional.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MISSING "what is missing here"

static bool take_defines(struct conditions *c)
{
	const struct reader *r = c->reader;

	for (size_t i = 0; i < r->n_defines; i++) {
		const struct define *d = &r->defines[i];

		if (!names_set(&c->names, d->name, strlen(d->name),
			       d->value ? NAME_VALUE : NAME_UNDEFINED, d->value ? d->value : "",
			       true))
			return false;
	}
	return true;
}

bool conditions_begin(struct conditions *c)
{
	return names_begin(&c->names) && take_defines(c);
}

void conditions_free(struct conditions *c)
{
	names_free(&c->names);
}

/* Of the frames below that depth. */
static enum counts counts_in(const struct conditions *c, size_t depth)
{
	enum counts counts = depth > NESTED ? COUNTS_OPEN : COUNTS_YES;

	for (size_t i = 0; i < depth && i < NESTED; i++) {
		const struct frame *f = &c->frame[i];

		if (f->now == COUNTS_NO && !f->cut)
			return COUNTS_NO;
		if (f->now == COUNTS_OPEN || f->cut)
			counts = COUNTS_OPEN;
	}
	return counts;
}

enum counts conditions_now(const struct conditions *c)
{
	return counts_in(c, c->depth);
}

/* ---- what is told ---- */

static void add(char *buf, size_t size, const char *fmt, ...) PRINTF(3, 4);
static void add(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

/* "line 2", "lines 2 and 4", "lines 2, 4, 5 and 7 more". */
static void add_lines(char *buf, size_t size, const struct frame *f)
{
	size_t shown = f->n_at < OPEN_LINES ? f->n_at : OPEN_LINES, more = f->n_at - shown;

	add(buf, size, f->n_at == 1 ? "line" : "lines");
	for (size_t i = 0; i < shown; i++)
		add(buf, size, "%s%lu",
		    !i			      ? " "
		    : i + 1 == shown && !more ? " and "
					      : ", ",
		    f->at[i]);
	if (more)
		add(buf, size, " and %zu more", more);
}

static void tell_open(struct conditions *c, const struct frame *f)
{
	char text[REASON_LEN] = "";

	if (!f->n_at)
		return;
	if (*f->reason)
		add(text, sizeof(text), "a condition that cannot be read (%s)", f->reason);
	else
		add(text, sizeof(text), "%s", f->open);
	add(text, sizeof(text), strstr(f->open, " and ") ? " decide about " : " decides about ");
	add_lines(text, sizeof(text), f);
	if (!*f->reason && strcmp(f->open, MISSING) != 0)
		add(text, sizeof(text), "; give --define or --undefine");
	c->reader->bad(f->line, 0, text, c->reader->arg);
}

void conditions_entry(struct conditions *c, unsigned long line)
{
	c->guard[0] = 0;
	c->entries = true;
	if (c->depth > NESTED)
		c->reader->bad(line, 0, "below more than 64 #if within each other", c->reader->arg);
	for (size_t i = 0; i < c->depth && i < NESTED; i++) {
		struct frame *f = &c->frame[i];

		if (f->now != COUNTS_OPEN && !f->cut)
			continue;
		if (f->n_at < OPEN_LINES)
			f->at[f->n_at] = line;
		f->n_at++;
	}
}

/* ---- #if to #endif ---- */

/* Decide the branch that begins, of which the condition is that; NULL: #else. */
static void decide(struct conditions *c, struct frame *f, const char *condition)
{
	struct expr e = {.names = &c->names, .condition = true};
	struct value v = {.n = 1};

	if (f->taken) {
		f->now = COUNTS_NO;
		return;
	}
	if (condition && !expr_value(&e, condition, &v)) {
		snprintf(f->reason, sizeof(f->reason), "%s", e.reason);
		v.open = true;
	}
	if (v.open && *e.open)
		expr_add_open(f->open, sizeof(f->open), e.open);
	if (v.open || (v.n && f->was_open))
		f->now = COUNTS_OPEN;
	else
		f->now = v.n ? COUNTS_YES : COUNTS_NO;
	f->taken = f->now == COUNTS_YES || (f->was_open && v.n && !v.open);
	f->was_open |= v.open;
}

static void open_frame(struct conditions *c, const char *condition, unsigned long line)
{
	bool dead = conditions_now(c) == COUNTS_NO;
	struct frame *f = &c->frame[c->depth];

	if (c->depth++ >= NESTED)
		return;
	*f = (struct frame){.line = line, .taken = dead};
	decide(c, f, condition);
}

static void tell(const struct conditions *c, unsigned long line, const char *reason)
{
	if (c->entries)
		c->reader->bad(line, 0, reason, c->reader->arg);
}

/* The innermost #if, of which that is a part. */
static struct frame *frame_of(struct conditions *c, const char *what, unsigned long line)
{
	char reason[96];

	if (c->depth > NESTED)
		return NULL;
	if (c->depth)
		return &c->frame[c->depth - 1];
	snprintf(reason, sizeof(reason),
		 "%s whose #if is not in the text: it may leave out what is above it", what);
	tell(c, line, reason);
	return NULL;
}

/* That of an #else or #elif. Without an #if nothing decides about what is below, either. */
static struct frame *frame_of_else(struct conditions *c, const char *what, unsigned long line)
{
	struct frame *f = frame_of(c, what, line);

	if (!f && !c->depth)
		c->frame[c->depth++] = (struct frame){
			.line = line, .now = COUNTS_OPEN, .was_open = true, .open = MISSING};
	return f;
}

static void on_if(struct conditions *c, const char *rest, unsigned long line)
{
	open_frame(c, rest, line);
}

/* The name alone, as in "#ifdef NAME": what may follow is no part of it. */
static size_t name_len(const char *rest)
{
	size_t len = 0;

	while (isalnum((unsigned char)rest[len]) || rest[len] == '_')
		len++;
	return len;
}

static void on_ifdef(struct conditions *c, const char *rest, unsigned long line)
{
	char condition[160];

	snprintf(condition, sizeof(condition), "defined(%.*s)", (int)name_len(rest), rest);
	open_frame(c, condition, line);
}

static void on_ifndef(struct conditions *c, const char *rest, unsigned long line)
{
	char condition[160];

	snprintf(condition, sizeof(condition), "!defined(%.*s)", (int)name_len(rest), rest);
	open_frame(c, condition, line);
	snprintf(c->guard, sizeof(c->guard), "%.*s", (int)name_len(rest), rest);
}

static void on_elif(struct conditions *c, const char *rest, unsigned long line)
{
	struct frame *f = frame_of_else(c, "#elif", line);

	if (f)
		decide(c, f, rest);
}

static void on_else(struct conditions *c, const char *rest, unsigned long line)
{
	struct frame *f = frame_of_else(c, "#else", line);

	(void)rest;
	if (f && f->has_else)
		tell(c, line, "a second #else");
	if (f)
		decide(c, f, NULL);
	if (f)
		f->has_else = true;
}

static void on_endif(struct conditions *c, const char *rest, unsigned long line)
{
	struct frame *f = frame_of(c, "#endif", line);

	(void)rest;
	if (f)
		tell_open(c, f);
	c->depth -= c->depth > 0;
}

/* ---- #define ---- */

/* The names that decide about where we are. */
static void what_decides(const struct conditions *c, char *buf, size_t size)
{
	*buf = 0;
	for (size_t i = 0; i < c->depth && i < NESTED; i++) {
		const struct frame *f = &c->frame[i];

		if (f->now == COUNTS_OPEN || f->cut)
			expr_add_open(buf, size, *f->open ? f->open : "a condition");
	}
}

static void set_name(struct conditions *c, const char *name, size_t len, enum name_state state,
		     const char *text, unsigned long line)
{
	enum counts counts = conditions_now(c);
	char open[128];

	if (counts == COUNTS_OPEN) {
		what_decides(c, open, sizeof(open));
		state = NAME_OPEN;
		text = open;
	}
	if (counts == COUNTS_NO || !len || names_set(&c->names, name, len, state, text, false))
		return;
	c->full = c->full ? c->full : line;
}

/* "#ifndef X" and at once "#define X" keep a file from being read twice, and decide nothing. */
static void pass_guard(struct conditions *c, const char *name, size_t len, const char *text)
{
	struct frame *f = &c->frame[c->depth - 1];

	if (*text || strlen(c->guard) != len || strncmp(c->guard, name, len) != 0)
		return;
	if (f->now == COUNTS_OPEN)
		*f = (struct frame){.line = f->line, .now = COUNTS_YES, .taken = true};
}

static void on_define(struct conditions *c, const char *rest, unsigned long line)
{
	size_t len = name_len(rest);
	const char *text = rest + len + strspn(rest + len, " \t");

	if (*c->guard && c->depth && c->depth <= NESTED)
		pass_guard(c, rest, len, text);
	set_name(c, rest, len, rest[len] == '(' ? NAME_ARGUMENTS : NAME_VALUE, text, line);
}

static void on_undef(struct conditions *c, const char *rest, unsigned long line)
{
	set_name(c, rest, name_len(rest), NAME_UNDEFINED, "", line);
}

/* ---- the lines ---- */

static void on_other(struct conditions *c, const char *rest, unsigned long line)
{
	(void)c;
	(void)rest;
	(void)line;
}

static const struct directive {
	const char *word;
	void (*act)(struct conditions *c, const char *rest, unsigned long line);
} directives[] = {
	{"if", on_if},	       {"ifdef", on_ifdef}, {"ifndef", on_ifndef}, {"elif", on_elif},
	{"else", on_else},     {"endif", on_endif}, {"define", on_define}, {"undef", on_undef},
	{"include", on_other}, {"error", on_other}, {"pragma", on_other},  {"warning", on_other},
};

bool conditions_directive(struct conditions *c, const char *text, unsigned long line)
{
	const char *word = text + strspn(text, " \t"), *rest;
	size_t len;

	word += *word == '#';
	word += strspn(word, " \t");
	len = name_len(word);
	rest = word + len + strspn(word + len, " \t");
	for (size_t i = 0; i < ARRAY_SIZE(directives); i++) {
		const struct directive *d = &directives[i];

		if (strlen(d->word) != len || strncmp(d->word, word, len) != 0)
			continue;
		d->act(c, rest, line);
		if (d->act != on_ifndef)
			c->guard[0] = 0;
		return true;
	}
	return false;
}

void conditions_gap(struct conditions *c)
{
	c->guard[0] = 0;
	for (size_t i = 0; i < c->depth && i < NESTED; i++) {
		struct frame *f = &c->frame[i];

		f->cut = true;
		if (!*f->open)
			snprintf(f->open, sizeof(f->open), MISSING);
	}
}

void conditions_end(struct conditions *c)
{
	for (size_t i = 0; i < c->depth && i < NESTED; i++)
		tell_open(c, &c->frame[i]);
	if (c->full)
		tell(c, c->full, "more names are defined than import keeps");
}
