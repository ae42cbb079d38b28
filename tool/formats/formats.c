/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats, and what their readers have in common. */
#include "reader.h"

#include <string.h>

#define ROW(id, name, help) {name, &format_##id},
static const struct {
	const char *name;
	const struct format *format;
} formats[] = {FORMATS(ROW)};

/* The command line takes no other names: both come from the list. */
const struct format *format_find(const char *name)
{
	size_t i = 0;

	while (i + 1 < ARRAY_SIZE(formats) && strcmp(name, formats[i].name))
		i++;
	return formats[i].format;
}

const char *format_what(const struct format *format)
{
	return format->what;
}

bool format_can_be_empty(const struct format *format)
{
	return format->can_be_empty;
}

static const struct family *family_of(const struct format *format,
				      const struct ppctlb_core_info *core)
{
	for (size_t i = 0; i < ARRAY_SIZE(format->shows); i++) {
		const struct family *family = &format->shows[i];

		if (family->backend && !strcmp(family->backend, core->backend))
			return family;
	}
	return NULL;
}

bool format_shows(const struct format *format, const struct ppctlb_core_info *core)
{
	return format->any_core || family_of(format, core);
}

bool reader_begin(struct reader *r)
{
	const struct family *family = family_of(r->format, r->info);

	r->unknown = family ? family->unknown : 0;
	return !r->format->begin || r->format->begin(r);
}

void reader_line(struct reader *r, char *line)
{
	if (line[strspn(line, " \t\r")])
		r->format->line(r, line);
}

void reader_end(struct reader *r)
{
	if (r->format->end)
		r->format->end(r);
}

void reader_free(struct reader *r)
{
	if (r->format->free)
		r->format->free(r);
}
