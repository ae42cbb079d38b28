/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds an image of entries that come one by one, with or without a slot. */
#include "builder.h"
#include "image.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool builder_begin(struct builder *b, const struct ppctlb_core *core,
		   const struct ppctlb_geometry *geometry)
{
	const struct ppctlb_core_info *info = ppctlb_core_info(core);

	memset(b, 0, sizeof(*b));
	b->core = core;
	b->arrays = info->arrays;
	for (size_t i = 0; i < b->arrays; i++) {
		b->geometry[i] = geometry ? geometry[i] : info->array[i].geometry;
		b->room += b->geometry[i].entries;
	}
	b->all = calloc(b->room, sizeof(*b->all));
	b->at = calloc(b->room, sizeof(*b->at));
	if (b->all && b->at)
		return true;
	complain("%s", strerror(ENOMEM));
	builder_free(b);
	return false;
}

void builder_clear(struct builder *b)
{
	memset(b->at, 0, b->room * sizeof(*b->at));
	b->n = b->split = 0;
}

void builder_free(struct builder *b)
{
	free(b->all);
	free(b->at);
	b->all = NULL;
	b->at = NULL;
}

static bool refuse(struct builder *b, const char *fmt, ...) PRINTF(2, 3);
static bool refuse(struct builder *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(b->reason, sizeof(b->reason), fmt, ap);
	va_end(ap);
	return false;
}

/* The number of a position among all positions. */
static size_t position_of(const struct builder *b, unsigned tlb, size_t index)
{
	return (tlb ? b->geometry[0].entries : 0) + index;
}

static void append(struct builder *b, const struct ppctlb_entry *e, size_t from, unsigned long line)
{
	b->all[b->n++] = (struct addition){*e, from, line};
}

bool builder_entry(struct builder *b, const struct ppctlb_entry *e, unsigned long line)
{
	bool placed = !(e->tlb & PPCTLB_NO_SLOT);
	unsigned tlb = e->tlb & ~PPCTLB_NO_SLOT;
	size_t position;

	if (tlb >= b->arrays || (placed && e->index >= b->geometry[tlb].entries))
		return refuse(b, "there is no entry %u in TLB%u", e->index, tlb);
	position = position_of(b, tlb, e->index);
	if (placed && b->at[position])
		return refuse(b, "entry %u:%u stands twice, first in line %lu", tlb, e->index,
			      b->all[b->at[position] - 1].line);
	if (b->n == b->room)
		return refuse(b, "more entries than the %zu that this TLB has", b->room);
	append(b, e, 0, line);
	if (placed)
		b->at[position] = b->n;
	return true;
}

/* The pages that a mapping takes: one, or the fewest there can be if its size is illegal. */
static struct ppctlb_mapping *pages_of(struct builder *b, const struct ppctlb_mapping *m, size_t *n)
{
	struct ppctlb_mapping *pages;

	*n = 0;
	if (ppctlb_plan(b->core, m, NULL, n) < 0) {
		refuse(b, "%s", ppctlb_errmsg());
		return NULL;
	}
	if (*n > b->room - b->n) {
		refuse(b, "this takes %zu pages, and there is room for %zu", *n, b->room - b->n);
		return NULL;
	}
	pages = calloc(*n, sizeof(*pages));
	if (!pages)
		refuse(b, "%s", strerror(ENOMEM));
	else
		ppctlb_plan(b->core, m, pages, n);
	return pages;
}

bool builder_mapping(struct builder *b, const struct ppctlb_mapping *m, uint32_t unknown,
		     unsigned tlb, size_t from, unsigned long line)
{
	size_t n, before = b->n;
	struct ppctlb_mapping *pages = pages_of(b, m, &n);
	bool ok = pages;

	for (size_t i = 0; ok && i < n; i++) {
		struct ppctlb_entry e;

		if (ppctlb_encode(b->core, &pages[i], &e) < 0) {
			ok = refuse(b, "%s", ppctlb_errmsg());
			break;
		}
		e.tlb = (uint16_t)(tlb | PPCTLB_NO_SLOT);
		e.unknown = unknown;
		append(b, &e, from, line);
	}
	if (!ok)
		b->n = before;
	b->split += ok && n > 1;
	free(pages);
	return ok;
}

/* The slots where an entry of that TLB may go. */
static void slots_for(const struct builder *b, const struct ppctlb_entry *e, unsigned tlb,
		      size_t *first, size_t *n)
{
	const struct ppctlb_geometry *g = &b->geometry[tlb];
	struct ppctlb_entry raw = *e;
	struct ppctlb_mapping m = {0};

	*first = 0;
	*n = g->entries;
	if (g->ways == g->entries)
		return;
	raw.tlb = (uint16_t)tlb;
	ppctlb_decode_any(b->core, &raw, &m); /* an invalid one has no EA: set 0 */
	*first = (size_t)(m.eaddr >> 12) % (g->entries / g->ways) * g->ways;
	*n = g->ways;
}

static bool find_slot(struct builder *b, size_t number)
{
	struct ppctlb_entry *e = &b->all[number].entry;
	unsigned tlb = e->tlb & ~PPCTLB_NO_SLOT;
	size_t first, n;

	slots_for(b, e, tlb, &first, &n);
	for (size_t i = first < b->all[number].from ? b->all[number].from : first; i < first + n;
	     i++) {
		size_t *at = &b->at[position_of(b, tlb, i)];

		if (*at)
			continue;
		*at = number + 1;
		e->tlb = (uint16_t)tlb;
		e->index = (uint16_t)i;
		return true;
	}
	return false;
}

size_t builder_place(struct builder *b, void (*no_room)(const struct addition *e, void *arg),
		     void *arg)
{
	size_t kept = 0, all = b->n;

	for (size_t i = 0; i < all; i++)
		if (b->all[i].entry.tlb & PPCTLB_NO_SLOT && !find_slot(b, i) && no_room)
			no_room(&b->all[i], arg);
	for (size_t i = 0; i < all; i++)
		if (!(b->all[i].entry.tlb & PPCTLB_NO_SLOT))
			b->all[kept++] = b->all[i];
	b->n = kept;
	return all - kept;
}

void builder_tell_split(const struct builder *b, const char *source)
{
	bool one = b->split == 1;

	if (b->split)
		complain("%s: %zu %s of illegal size %s split into several pages", source, b->split,
			 one ? "entry" : "entries", one ? "was" : "were");
}

void builder_tell_unknown(uint32_t unknown, const char *source)
{
	char names[160];

	if (unknown)
		complain("%s: does not tell: %s", source,
			 unknown_names(unknown, names, sizeof(names)));
}

bool builder_store(const struct builder *b, uint32_t unknown, const char *path)
{
	const char *name = ppctlb_core_info(b->core)->name;
	struct ppctlb_entry *raw = calloc(b->n + 1, sizeof(*raw));
	struct ppctlb *h = image_new(NULL, name, b->geometry, unknown);
	bool ok = h;

	if (!raw)
		out_of_memory();
	for (size_t i = 0; ok && i < b->n; i++)
		raw[i] = b->all[i].entry;
	if (ok && ppctlb_set(h, raw, b->n) < 0) {
		complain_library(path);
		ok = false;
	}
	ok = ok && image_store(h, path);
	ppctlb_close(h);
	free(raw);
	return ok;
}
