/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables through libsmartcols. */
#ifndef PPCTLB_TOOL_TABLE_H
#define PPCTLB_TOOL_TABLE_H

#include "tool.h"

#include <stdbool.h>
#include <stddef.h>

struct args;

struct column {
	const char *name;
	bool right;  /* numbers */
	bool chosen; /* shown without -o */
};

struct table;

/* A table with the columns of -o, else those chosen; honours --noheadings. NULL: complained. */
struct table *table_new(const struct args *a, const struct column *columns, size_t n);
/* Begin a row, in a colour or NULL for none. */
void table_row(struct table *t, const char *colour);
/* Fill a cell of the last row; ignored if the column is not shown. */
void table_cell(struct table *t, size_t column, const char *fmt, ...) PRINTF(3, 4);
/* Print and free it, or only free it. */
void table_print(struct table *t);
void table_free(struct table *t);

#endif
