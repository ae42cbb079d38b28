/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Operands and lines of standard input, handled alike. */
#include "items.h"
#include "args.h"
#include "file.h"
#include "message.h"

#include <stdarg.h>
#include <stdio.h>

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
		/* standard input may have no line yet, or none at all */
		struct item i = {a->argv[n], 0, n + 1 < a->argc && !is_dash(a->argv[n + 1])};

		ok &= is_dash(i.text) ? for_each_line(one, arg) : one(&i, arg);
	}
	return ok;
}

void complain_item_library(const struct item *i)
{
	unsigned long column;
	const char *reason;

	if (!i->line) {
		complain_library(i->text);
		return;
	}
	reason = library_reason(&column);
	complain_at("-", i->line, column, "%s", reason);
}

void complain_item(const struct item *i, const char *fmt, ...)
{
	char text[1200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (i->line)
		complain_at("-", i->line, 0, "%s", text);
	else
		complain("%s: %s", i->text, text);
}
