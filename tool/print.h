/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries in the forms that are used again: ENTRY text, labelled registers, U-Boot's tables, JSON.
 */
#ifndef PPCTLB_TOOL_PRINT_H
#define PPCTLB_TOOL_PRINT_H

#include <ppctlb/ppctlb.h>

#include <stddef.h>

struct form;

/* One run of lines. */
struct printer {
	const struct form *form;
	const struct ppctlb_core *core;
	const struct ppctlb_core_info *info; /* with the geometry of what is printed */
	size_t lines;			     /* so far: a table of U-Boot's counts them as slots */
};

/* The form of that name; NULL: there is none, as for a mapping. */
const struct form *form_find(const char *name);
/* A line for an entry, what the form cannot carry in a comment beside it. */
void print_entry(struct printer *p, const struct ppctlb_entry *e);
/* What is not told of any entry, as a comment line; nothing if all is told. */
void print_not_told(const struct printer *p, uint32_t unknown);

#endif
