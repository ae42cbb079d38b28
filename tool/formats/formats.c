/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats, and what their readers have in common. */
#include "reader.h"

#include <string.h>

#define ROW(id, name, help) {name, &format_##id},
static const struct {
	const char *name;
	const struct format *format;
} formats[] = {FORMATS(ROW)};

const struct format *format_at(size_t i)
{
	return i < ARRAY_SIZE(formats) ? formats[i].format : NULL;
}

/* The command line takes no other names: both come from the list. */
const struct format *format_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (!strcmp(name, formats[i].name))
			return formats[i].format;
	return NULL;
}

const char *format_name(const struct format *format)
{
	size_t i = 0;

	while (formats[i].format != format)
		i++;
	return formats[i].name;
}

const char *format_what(const struct format *format)
{
	return format->what;
}

const char *format_example(const struct format *format)
{
	return format->example;
}

bool format_can_be_empty(const struct format *format)
{
	return format->can_be_empty;
}

bool format_is_plain(const struct format *format)
{
	return format->plain;
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

/* What needs no telling, since the core has nothing of the kind. */
static uint32_t lacking(const struct ppctlb_core_info *core)
{
	uint32_t unknown = core->lpid_bits ? 0 : PPCTLB_UNKNOWN_MAS8;

	if (!(core->flags & PPCTLB_IPROT))
		unknown |= PPCTLB_UNKNOWN_IPROT;
	if (!(core->flags & PPCTLB_X0))
		unknown |= PPCTLB_UNKNOWN_X;
	return unknown;
}

bool reader_begin(struct reader *r)
{
	const struct family *family = family_of(r->format, r->info);

	r->unknown = family ? family->unknown & ~lacking(r->info) : 0;
	return !r->format->begin || r->format->begin(r);
}

/* "[...]", "<snip>", "...": somebody cut the text here. */
static bool is_gap(const char *line)
{
	static const char *const words[] = {"...", "snip", "SNIP", "cut", "\xe2\x80\xa6"};

	line += strspn(line, " \t[<(-*");
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		size_t len = strlen(words[i]);

		if (!strncmp(line, words[i], len) && !line[len + strspn(line + len, " \t.]>)-*")])
			return true;
	}
	return false;
}

enum line reader_line(struct reader *r, char *line, unsigned long number)
{
	enum line is;

	r->line = number;
	r->gaps += is_gap(line);
	is = is_gap(line) ? LINE_FOREIGN : r->format->line(r, line);
	r->mine += is == LINE_MINE;
	r->headings += is == LINE_HEADING;
	if (is == LINE_FOREIGN && !r->foreign++)
		r->first_foreign = number;
	return is;
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
