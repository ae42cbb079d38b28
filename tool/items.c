/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands and lines of standard input, one like the other. */
#include "tool.h"

#include <stdarg.h>

typedef bool item_fn(const struct item *i, void *arg);

static bool for_each_line(item_fn *one, void *arg)
{
	struct lines *l = lines_open("-");
	bool ok = true;

	if (!l)
		return false;
	while (!ferror(stdout) && lines_next(l)) {
		struct item i = {l->text, l->number, lines_ready(l)};

		ok &= one(&i, arg);
		progress("lines", l->number);
	}
	progress(NULL, 0);
	ok &= !l->failed;
	lines_close(l);
	return ok;
}

bool for_each_item(const struct args *a, int first, item_fn *one, void *arg)
{
	bool ok = true;

	for (int n = first; n < a->argc; n++) {
		/* the first line of standard input may be long in coming, or there may be none */
		struct item i = {a->argv[n], 0, n + 1 < a->argc && !is_dash(a->argv[n + 1])};

		ok &= is_dash(i.text) ? for_each_line(one, arg) : one(&i, arg);
	}
	return ok;
}

void item_error(const struct item *i)
{
	if (i->line)
		library_error_at("-", i->line, 0);
	else
		library_error(i->text);
}

void item_complaint(const struct item *i, const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (i->line)
		error_at("-", i->line, 0, "%s", text);
	else
		error("%s: %s", i->text, text);
}
