/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, colour and progress; text from files is made harmless. */
#include "message.h"

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

bool close_output(void)
{
	output_closed = true;
	return fclose(stdout) == 0;
}

/* Escapes all but the printable characters of the locale: a terminal must not interpret what a file
 * holds. */
static void put_safe(const char *text, FILE *f)
{
	mbstate_t state = {0};
	size_t left = strlen(text);

	while (left) {
		wchar_t c;
		size_t n = mbrtowc(&c, text, left, &state);

		if (n <= left && iswprint(c)) {
			fwrite(text, 1, n, f);
		} else {
			fprintf(f, "\\x%02x", (unsigned char)*text);
			memset(&state, 0, sizeof(state));
			n = 1;
		}
		text += n;
		left -= n;
	}
}

static void put_message(const char *place, const char *fmt, va_list ap) PRINTF(2, 0);
static void put_message(const char *place, const char *fmt, va_list ap)
{
	char text[8192]; /* room for the library's longest message, and what it is about */

	progress(NULL, 0);
	if (!output_closed)
		fflush(stdout); /* earlier answers come first */
	vsnprintf(text, sizeof(text), fmt, ap);
	fputs("ppctlb: ", stderr);
	put_safe(place, stderr);
	/* a message of the library about several plug-ins has several lines */
	for (char *rest = text, *line; (line = strsep(&rest, "\n"));) {
		put_safe(line, stderr);
		fputs(rest ? "\n  " : "\n", stderr);
	}
}

void complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	put_message("", fmt, ap);
	va_end(ap);
}

static int trouble = EXIT_FAILED;

void set_trouble(int status)
{
	trouble = status;
}

void out_of_memory(void)
{
	complain("out of memory");
	exit(trouble);
}

void complain_at(const char *file, unsigned long line, unsigned long column, const char *fmt, ...)
{
	char place[4200];
	va_list ap;

	if (column)
		snprintf(place, sizeof(place), "%s:%lu:%lu: ", file, line, column);
	else
		snprintf(place, sizeof(place), "%s:%lu: ", file, line);
	va_start(ap, fmt);
	put_message(place, fmt, ap);
	va_end(ap);
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
	const char *text = ppctlb_errmsg();
	int n = 0;

	if (sscanf(text, "column %lu: %n", column, &n) == 1 && n > 0)
		return text + n;
	*column = 0;
	return text;
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
