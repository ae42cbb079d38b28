/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines in bulk: printf() would take most of the time of a line. */
#ifndef PPCTLB_TOOL_BULK_H
#define PPCTLB_TOOL_BULK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BULK_MAX 1024 /* the caller's lines are shorter */

/* A line under construction. */
struct bulk {
	size_t used;
	char text[BULK_MAX];
};

static inline void bulk_begin(struct bulk *b)
{
	b->used = 0;
}

/* Here, so that the length of a literal costs nothing. */
static inline void bulk_text(struct bulk *b, const char *text)
{
	size_t len = strlen(text);

	memcpy(b->text + b->used, text, len);
	b->used += len;
}

/* In lower case, with 0x in front. */
void bulk_hex(struct bulk *b, uint64_t value);
void bulk_decimal(struct bulk *b, uint64_t value);
/* Write it to standard output, with a newline. */
void bulk_print(struct bulk *b);
/* The same for a text. */
void bulk_line(const char *text);

/* Read a text that is an address and nothing more, in digits alone behind 0x or without. False: it
 * is not as plain as that, and the library may know. */
bool bulk_read_hex(const char *text, uint64_t *value);

#endif
