/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds entries in a source: calls of macros, and rows in braces. What stands around them is left
 * out; comments, strings, conditions, lines of a patch and numbers of lines are understood.
 */
#include "calls.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLANKS " \t\r"

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t word_len(const char *text)
{
	size_t len = 0;

	while (is_word(text[len]))
		len++;
	return len;
}

/* Is there something of an entry, by the look of it? */
static bool has_name(const struct calls *s, const char *text)
{
	for (size_t i = 0; s->patterns[i]; i++) {
		const struct pattern *p = s->patterns[i];

		if (strstr(text, p->macro ? p->macro : p->mark))
			return true;
	}
	return false;
}

/* ---- a call, character by character ---- */

static void begin(struct calls *s, const struct pattern *p, unsigned long line, size_t column)
{
	struct call *c = &s->call;

	c->pattern = p;
	c->begun = c->open = false;
	c->line = line;
	c->column = column;
	c->depth = 1;
	c->n = 1;
	c->len = 0;
	c->argument[0].at = 0;
	c->argument[0].line = 0;
}

/* Now it is certain that it is an entry. */
static void entry_begins(struct calls *s)
{
	struct call *c = &s->call;

	c->begun = true;
	c->open = conditions_now(&s->conditions) == COUNTS_OPEN;
	conditions_entry(&s->conditions, c->line);
	s->mine = true;
}

/* It is none, or it cannot be read for that reason. */
static void drop(struct calls *s, const char *reason)
{
	struct call *c = &s->call;

	if (c->begun && !c->open)
		s->reader->bad(c->line, c->column, reason, s->reader->arg);
	if (c->begun)
		s->lost(c, s->arg);
	c->pattern = NULL;
	c->begun = false;
}

static void append(struct calls *s, char ch, size_t column)
{
	struct call *c = &s->call;
	char last = c->len ? c->text[c->len - 1] : 0;

	if (strchr(BLANKS, ch) && (!last || last == ' '))
		return;
	if (c->len + 1 >= CALL_LEN) {
		drop(s, "an entry of more than 4096 characters");
		return;
	}
	if (!strchr(BLANKS, ch) && !c->argument[c->n - 1].line) {
		c->argument[c->n - 1].line = s->reader->line;
		c->argument[c->n - 1].column = column;
	}
	c->text[c->len++] = strchr(BLANKS, ch) ? ' ' : ch;
}

static void next_argument(struct calls *s)
{
	struct call *c = &s->call;

	if (c->len + 1 >= CALL_LEN) {
		drop(s, "an entry of more than 4096 characters");
		return;
	}
	c->text[c->len++] = 0;
	c->n += c->n < ARGUMENTS;
	c->argument[c->n - 1].at = c->len;
	c->argument[c->n - 1].line = 0;
}

static void finish(struct calls *s)
{
	struct call *c = &s->call;

	if (!c->begun || c->open) {
		drop(s, "");
		return;
	}
	c->text[c->len] = 0;
	if (!c->pattern->macro && c->n > 1 && !c->argument[c->n - 1].line)
		c->n--; /* a comma behind the last one */
	s->found(c, s->arg);
	c->pattern = NULL;
	c->begun = false;
}

/* The pattern of rows, if the format has it. */
static const struct pattern *row_pattern(const struct calls *s)
{
	return s->patterns[0]->macro ? NULL : s->patterns[0];
}

static void in_call(struct calls *s, char ch, size_t column)
{
	struct call *c = &s->call;
	bool row = !c->pattern->macro;

	c->depth += (ch == '(') - (ch == ')');
	if ((ch == ')' && !c->depth && !row) || (ch == '}' && c->depth == 1 && row)) {
		finish(s);
	} else if (strchr(";{}", ch) || !c->depth) {
		drop(s, row ? "its '}' is missing" : "its ')' is missing");
		if (ch == '{' && row)
			begin(s, row_pattern(s), s->reader->line, column);
	} else if (ch == ',' && c->depth == 1) {
		next_argument(s);
	} else {
		append(s, ch, column);
	}
}

static void take_char(struct calls *s, char ch, size_t column)
{
	if (s->named && strchr(BLANKS, ch))
		return;
	if (s->named && ch == '(') {
		begin(s, s->named, s->named_line, s->named_column);
		s->named = NULL;
		entry_begins(s);
		return;
	}
	s->named = NULL;
	if (s->call.pattern)
		in_call(s, ch, column);
	else if (ch == '{' && row_pattern(s))
		begin(s, row_pattern(s), s->reader->line, column);
}

static bool is_name(const char *text, size_t len, const char *name)
{
	return name && strlen(name) == len && !strncmp(text, name, len);
}

static void take_word(struct calls *s, const char *text, size_t len, size_t column)
{
	struct call *c = &s->call;
	const struct pattern *const *p = s->patterns;

	s->named = NULL;
	while (*p && !is_name(text, len, (*p)->macro)) {
		s->tables += is_name(text, len, (*p)->start);
		p++;
	}
	if (*p) {
		if (c->pattern)
			drop(s, "its ')' is missing");
		s->named = *p;
		s->named_line = s->reader->line;
		s->named_column = column;
		return;
	}
	if (c->pattern && c->pattern->mark && !c->begun && c->n > c->pattern->before &&
	    !strncmp(text, c->pattern->mark, strlen(c->pattern->mark)))
		entry_begins(s);
	for (size_t i = 0; i < len && c->pattern; i++)
		append(s, text[i], column + i);
}

/* ---- a line ---- */

static void scan(struct calls *s, const char *text)
{
	const char *at = text;
	enum counts counts = conditions_now(&s->conditions);

	if (counts == COUNTS_NO) {
		s->mine = has_name(s, text);
		return;
	}
	s->mine = s->call.begun;
	if (counts == COUNTS_OPEN && s->call.begun && !s->call.open) {
		s->call.open = true;
		conditions_entry(&s->conditions, s->call.line);
	}
	while (*at) {
		size_t len = word_len(at), column = (size_t)(at - text) + 1;

		if (len)
			take_word(s, at, len, column);
		else
			take_char(s, *at, column);
		at += len ? len : 1;
	}
	if (s->call.pattern && !s->named)
		append(s, ' ', 1);
}

/* The length of a string or character in quotes, 0 if its end is not in the line: then it is text
 * with an apostrophe. */
static size_t quoted(const char *at)
{
	size_t len = 1;

	if (*at != '"' && *at != '\'')
		return 0;
	while (at[len] && at[len] != *at)
		len += at[len] == '\\' && at[len + 1] ? 2 : 1;
	return !at[len] || (*at == '\'' && len > 5) ? 0 : len + 1;
}

/* How much of the line is comment from there on; 0: nothing. */
static size_t comment_len(struct calls *s, const char *at)
{
	const char *end;

	if (!s->comment && at[0] == '/' && at[1] == '/')
		return strlen(at);
	if (!s->comment && !(at[0] == '/' && at[1] == '*'))
		return 0;
	end = strstr(s->comment ? at : at + 2, "*/");
	s->comment = end ? 0 : s->comment ? s->comment : s->reader->line;
	return end ? (size_t)(end - at) + 2 : strlen(at);
}

/* Blanks in place of comments and of what is in quotes. */
static void blank_comments(struct calls *s)
{
	size_t len;

	for (char *at = s->clean; *at; at += len) {
		len = comment_len(s, at);
		if (!len)
			len = quoted(at);
		memset(at, ' ', len);
		len += !len;
	}
}

/* The lines of a patch: those that it removes do not count. False: it is none that does. */
static bool strip_patch(struct calls *s)
{
	char *at = s->clean + strspn(s->clean, BLANKS);

	if (!strncmp(at, "@@ -", 4) || !strncmp(at, "+++ ", 4)) {
		s->patch = true;
		s->gaps -= *at == '@'; /* lines between are left out */
		return false;
	}
	s->patch |= *at == '-' && has_name(s, at);
	if (!s->patch)
		return true;
	s->removed += *at == '-';
	if (*at == '+')
		*at = ' ';
	return *at != '-';
}

/* Numbers in front of lines, as grep and cat write them. Within a call the line above it must have
 * had one, since an argument may begin with a number, too. */
static void strip_number(struct calls *s)
{
	char *at = s->clean + strspn(s->clean, BLANKS);
	size_t digits = strspn(at, "0123456789");
	bool like = digits && digits < 10 && strchr(":-\t ", at[digits]);
	unsigned long number = like ? strtoul(at, NULL, 10) : 0;

	if (!s->call.pattern)
		s->numbered = like;
	else
		like = s->numbered && number == s->number + 1;
	if (!like)
		return;
	s->number = number;
	memset(at, ' ', digits + (at[digits] != 0));
}

/* Text is missing between the line before and this one. */
static void gap(struct calls *s)
{
	s->gaps = s->reader->gaps;
	s->cuts++;
	if (s->call.pattern)
		drop(s, "the text is cut before this entry ends");
	s->named = NULL;
	s->first_foreign = s->first_foreign ? s->first_foreign : s->reader->line - 1;
	s->comment_cut = s->comment;
	conditions_gap(&s->conditions);
	if (s->directive_line)
		conditions_directive(&s->conditions, s->directive, s->directive_line);
	s->directive_line = 0;
}

/* Add the line to the directive, and obey it where it ends. */
static bool directive(struct calls *s)
{
	size_t len = strlen(s->directive), n = strlen(s->clean);
	bool goes_on, known;

	while (n && strchr(BLANKS, s->clean[n - 1]))
		s->clean[--n] = 0;
	goes_on = n && s->clean[n - 1] == '\\';
	s->clean[n - goes_on] = 0;
	if (len + n > DIRECTIVE_LEN)
		s->directive[len - 1] = '`'; /* which makes it unreadable */
	else
		strcpy(s->directive + len, s->clean);
	if (goes_on)
		return true;
	known = conditions_directive(&s->conditions, s->directive, s->directive_line);
	s->directive_line = 0;
	return known;
}

/* Is the line, without comments, a directive or part of one? */
static bool is_directive(struct calls *s)
{
	bool goes_on = s->directive_line && s->reader->line == s->last_line + 1;

	if (s->directive_line && !goes_on) { /* a blank line was behind it */
		conditions_directive(&s->conditions, s->directive, s->directive_line);
		s->directive_line = 0;
	}
	if (!goes_on && s->clean[strspn(s->clean, BLANKS)] == '#') {
		s->directive_line = s->reader->line;
		s->directive[0] = 0;
	}
	return s->directive_line;
}

/* A comment whose end may be in what is missing. */
static void check_comment(struct calls *s)
{
	if (s->comment && s->comment_cut && has_name(s, s->clean))
		s->reader->bad(s->reader->line, 0,
			       "an entry in a comment, of which the end is missing",
			       s->reader->arg);
}

/*
 * What the line is. Comments and conditions alone do not make a text a source of ours, so until
 * the first entry they are foreign; then they turn out not to have been.
 */
static enum line judge(struct calls *s, bool understood)
{
	struct reader *r = s->reader;

	if (!s->mine && r->mine)
		return understood ? LINE_HEADING : LINE_FOREIGN;
	if (s->mine && !r->mine) {
		r->foreign -= s->preface;
		r->first_foreign = s->first_foreign;
	}
	if (s->mine)
		return LINE_MINE;
	s->preface += understood;
	if (!understood && !s->first_foreign)
		s->first_foreign = r->line;
	return LINE_FOREIGN;
}

enum line calls_line(struct calls *s, const char *line)
{
	bool understood;

	if (s->reader->gaps != s->gaps)
		gap(s);
	s->mine = false;
	snprintf(s->clean, sizeof(s->clean), "%s", line);
	if (!strip_patch(s))
		return judge(s, false);
	strip_number(s);
	check_comment(s);
	blank_comments(s);
	understood = !s->clean[strspn(s->clean, BLANKS)];
	if (is_directive(s))
		understood |= directive(s);
	else
		scan(s, s->clean);
	s->last_line = s->reader->line;
	return judge(s, understood || conditions_now(&s->conditions) == COUNTS_NO);
}

bool calls_begin(struct calls *s)
{
	s->conditions.reader = s->reader;
	return conditions_begin(&s->conditions);
}

void calls_end(struct calls *s)
{
	char text[96];

	if (s->reader->gaps != s->gaps)
		gap(s);
	if (s->call.pattern)
		drop(s, "the text ends before this entry does");
	if (s->comment && s->reader->mine)
		s->reader->bad(s->comment, 0, "this comment has no end", s->reader->arg);
	conditions_end(&s->conditions);
	snprintf(text, sizeof(text), "%lu lines that a patch removes do not count", s->removed);
	if (s->removed)
		s->reader->note(text, s->reader->arg);
}

void calls_free(struct calls *s)
{
	conditions_free(&s->conditions);
}
