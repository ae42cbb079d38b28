/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables through libsmartcols, with the columns that -o chooses. */
#include "table.h"
#include "args.h"
#include "message.h"

#include <libsmartcols.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define MAX_COLUMNS 32

struct table {
	struct libscols_table *scols;
	struct libscols_line *line;
	int place[MAX_COLUMNS]; /* of each known column in the output, or -1 */
	int shown;
};

static void show(struct table *t, const struct column *columns, size_t n)
{
	if (t->place[n] >= 0)
		return;
	if (!scols_table_new_column(t->scols, columns[n].name, 0,
				    columns[n].right ? SCOLS_FL_RIGHT : 0))
		out_of_memory();
	t->place[n] = t->shown++;
}

static void unknown_column(const struct verb *v, const struct column *columns, size_t n,
			   const char *name, size_t len)
{
	char list[256];
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(list); i++)
		used += snprintf(list + used, sizeof(list) - used, "%s%s", i ? "," : "",
				 columns[i].name);
	usage_error(v, "no such column: '%.*s'; there are %s", (int)len, name, list);
}

/* Show the columns of a comma list. */
static bool choose(struct table *t, const struct args *a, const struct column *columns, size_t n)
{
	const char *name = a->value[OPT_COLUMNS];

	for (;;) {
		size_t len = strcspn(name, ","), i;

		for (i = 0; i < n; i++)
			if (strlen(columns[i].name) == len &&
			    !strncasecmp(columns[i].name, name, len))
				break;
		if (i == n) {
			unknown_column(a->verb, columns, n, name, len);
			return false;
		}
		show(t, columns, i);
		if (!name[len])
			return true;
		name += len + 1;
	}
}

void table_free(struct table *t)
{
	scols_unref_table(t->scols);
	free(t);
}

struct table *table_new(const struct args *a, const struct column *columns, size_t n)
{
	struct table *t = calloc(1, sizeof(*t));

	if (!t || !(t->scols = scols_new_table()))
		out_of_memory();
	memset(t->place, -1, sizeof(t->place));
	scols_table_enable_noheadings(t->scols, a->value[OPT_NOHEADINGS] != NULL);
	scols_table_enable_colors(t->scols, use_colour());
	if (!a->value[OPT_COLUMNS]) {
		for (size_t i = 0; i < n; i++)
			if (columns[i].chosen)
				show(t, columns, i);
	} else if (!choose(t, a, columns, n)) {
		table_free(t);
		return NULL;
	}
	return t;
}

void table_row(struct table *t, const char *colour)
{
	t->line = scols_table_new_line(t->scols, NULL);
	if (!t->line)
		out_of_memory();
	if (colour)
		scols_line_set_color(t->line, colour);
}

void table_cell(struct table *t, size_t column, const char *fmt, ...)
{
	char *text;
	va_list ap;

	if (t->place[column] < 0)
		return;
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	if (!text || scols_line_refer_data(t->line, t->place[column], text) < 0)
		out_of_memory();
}

void table_print(struct table *t)
{
	/* an empty table would print an empty line */
	if (scols_table_get_nlines(t->scols) > 0 && scols_print_table(t->scols) < 0)
		out_of_memory();
	table_free(t);
}
