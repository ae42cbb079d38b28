/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, colour and progress; text from files is made harmless. */
#include "message.h"
#include "bulk.h"

#include <ppctlb/ppctlb.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>
#include <wctype.h>

static bool progress_shown, output_closed;
static FILE *held; /* messages that wait */
static char *held_text;
static size_t held_bytes;

bool close_output(void)
{
	output_closed = true;
	return fclose(stdout) == 0;
}

/* What goes to standard error, which has no buffer: as one piece, if it is short. */
struct piece {
	size_t used;
	char text[1024];
};

static void flush_piece(struct piece *p)
{
	fwrite(p->text, 1, p->used, held ? held : stderr);
	p->used = 0;
}

static void put_bytes(struct piece *p, const char *text, size_t len)
{
	if (len > sizeof(p->text) - p->used)
		flush_piece(p);
	memcpy(p->text + p->used, text, len);
	p->used += len;
}

/* Escapes all but the printable characters of the locale: a terminal must not interpret what a file
 * holds. Those of ASCII are printable everywhere. */
static void put_safe(struct piece *p, const char *text, size_t left)
{
	mbstate_t state = {0};

	while (left) {
		bool ascii = *text >= ' ' && *text <= '~';
		char escaped[5];
		wchar_t c = 0;
		size_t n = ascii ? 1 : mbrtowc(&c, text, left, &state);

		if (ascii || (n <= left && iswprint((wint_t)c))) {
			put_bytes(p, text, n);
		} else {
			snprintf(escaped, sizeof(escaped), "\\x%02x", (unsigned char)*text);
			put_bytes(p, escaped, 4);
			memset(&state, 0, sizeof(state));
			n = 1;
		}
		text += n;
		left -= n;
	}
}

#define MESSAGE_MAX 8192 /* the library's longest message, and what it is about */

void hold_messages(void)
{
	held = open_memstream(&held_text, &held_bytes);
}

void release_messages(void)
{
	if (!held)
		return;
	if (fclose(held) == 0)
		fwrite(held_text, 1, held_bytes, stderr);
	free(held_text);
	held = NULL;
}

static void put_number(struct piece *p, unsigned long number)
{
	struct bulk digits;

	bulk_begin(&digits);
	bulk_decimal(&digits, number);
	put_bytes(p, digits.text, digits.used);
	put_bytes(p, ":", 1);
}

static void put_place(struct piece *p, const char *file, unsigned long line, unsigned long column)
{
	put_safe(p, file, strlen(file));
	put_bytes(p, ":", 1);
	put_number(p, line);
	if (column)
		put_number(p, column);
	put_bytes(p, " ", 1);
}

/* About a place, unless file is NULL. A message of the library about several plug-ins has several
 * lines. */
static void say(const char *file, unsigned long line, unsigned long column, const char *text)
{
	struct piece p;

	progress(NULL, 0);
	if (!output_closed)
		fflush(stdout); /* earlier answers come first */
	p.used = 0;
	put_bytes(&p, "ppctlb: ", 8);
	if (file)
		put_place(&p, file, line, column);
	for (const char *end; (end = strchr(text, '\n')); text = end + 1) {
		put_safe(&p, text, (size_t)(end - text));
		put_bytes(&p, "\n  ", 3);
	}
	put_safe(&p, text, strlen(text));
	put_bytes(&p, "\n", 1);
	flush_piece(&p);
}

void complain(const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say(NULL, 0, 0, text);
}

void complain_at(const char *file, unsigned long line, unsigned long column, const char *fmt, ...)
{
	char text[MESSAGE_MAX];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say(file, line, column, text);
}

void complain_library_at(const char *file, unsigned long line)
{
	unsigned long column;
	const char *reason = library_reason(&column);

	say(file, line, column, reason);
}

static int trouble = EXIT_FAILED;

void set_trouble(int status)
{
	trouble = status;
}

void out_of_memory(void)
{
	complain("out of memory");
	release_messages();
	exit(trouble);
}

void complain_library(const char *about)
{
	if (about)
		complain("%s: %s", about, ppctlb_errmsg());
	else
		complain("%s", ppctlb_errmsg());
}

const char *library_reason(unsigned long *column)
{
	static const char head[] = "column ";
	const char *text = ppctlb_errmsg();
	char *end;

	*column = 0;
	if (strncmp(text, head, sizeof(head) - 1) != 0)
		return text;
	*column = strtoul(text + sizeof(head) - 1, &end, 10);
	return end + strlen(": ");
}

bool use_colour(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

void colour(const char *name)
{
	static const struct {
		const char *name, *code;
	} codes[] = {{"red", "31"}, {"green", "32"}, {"brown", "33"}, {"cyan", "36"}};

	if (!use_colour())
		return;
	if (!name)
		fputs("\033[0m", stdout);
	for (size_t i = 0; name && i < ARRAY_SIZE(codes); i++)
		if (!strcmp(codes[i].name, name))
			printf("\033[%sm", codes[i].code);
}

void progress(const char *what, unsigned long count)
{
	static time_t last;
	time_t now;

	if (!what) {
		if (progress_shown)
			fputs("\r\033[K", stderr);
		progress_shown = false;
		return;
	}
	if (count % 1024)
		return;
	now = time(NULL);
	if (now == last || !isatty(STDERR_FILENO) || isatty(STDOUT_FILENO))
		return;
	if (last) {
		fprintf(stderr, "\r%lu %s", count, what);
		progress_shown = true;
	}
	last = now;
}
