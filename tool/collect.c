/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries on their way into an image. */
#include "collect.h"
#include "tool.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

bool collect_begin(struct collection *c, const struct ppctlb_core *core,
		   const struct ppctlb_geometry *geometry)
{
	const struct ppctlb_core_info *info = ppctlb_core_info(core);

	memset(c, 0, sizeof(*c));
	c->core = core;
	c->arrays = info->arrays;
	for (size_t i = 0; i < c->arrays; i++) {
		c->geometry[i] = geometry ? geometry[i] : info->array[i].geometry;
		c->room += c->geometry[i].entries;
	}
	c->all = calloc(c->room, sizeof(*c->all));
	c->at = calloc(c->room, sizeof(*c->at));
	if (c->all && c->at)
		return true;
	error("%s", strerror(ENOMEM));
	collect_free(c);
	return false;
}

void collect_free(struct collection *c)
{
	free(c->all);
	free(c->at);
	c->all = NULL;
	c->at = NULL;
}

static bool refuse(struct collection *c, const char *fmt, ...) PRINTF(2, 3);
static bool refuse(struct collection *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(c->reason, sizeof(c->reason), fmt, ap);
	va_end(ap);
	return false;
}

/* Where a position lies among all positions. */
static size_t place_of(const struct collection *c, unsigned tlb, size_t index)
{
	return (tlb ? c->geometry[0].entries : 0) + index;
}

static void append(struct collection *c, const struct ppctlb_entry *e, size_t from,
		   unsigned long line)
{
	c->all[c->n++] = (struct collected){*e, from, line};
}

bool collect_entry(struct collection *c, const struct ppctlb_entry *e, unsigned long line)
{
	bool placed = !(e->tlb & PPCTLB_NO_SLOT);
	unsigned tlb = e->tlb & ~PPCTLB_NO_SLOT;
	size_t place;

	if (tlb >= c->arrays || (placed && e->index >= c->geometry[tlb].entries))
		return refuse(c, "there is no entry %u in TLB%u", e->index, tlb);
	place = place_of(c, tlb, e->index);
	if (placed && c->at[place])
		return refuse(c, "entry %u:%u stands twice, first in line %lu", tlb, e->index,
			      c->all[c->at[place] - 1].line);
	if (c->n == c->room)
		return refuse(c, "more entries than the %zu that this TLB has", c->room);
	append(c, e, 0, line);
	if (placed)
		c->at[place] = c->n;
	return true;
}

/* The pages that a mapping takes: one, or the fewest if its size is no page of the core. */
static struct ppctlb_mapping *pages_of(struct collection *c, const struct ppctlb_mapping *m,
				       size_t *n)
{
	struct ppctlb_mapping *pages;

	*n = 0;
	if (ppctlb_plan(c->core, m, NULL, n) < 0) {
		refuse(c, "%s", ppctlb_errmsg());
		return NULL;
	}
	if (*n > c->room - c->n) {
		refuse(c, "this takes %zu pages, and there is room for %zu", *n, c->room - c->n);
		return NULL;
	}
	pages = calloc(*n, sizeof(*pages));
	if (!pages)
		refuse(c, "%s", strerror(ENOMEM));
	else
		ppctlb_plan(c->core, m, pages, n);
	return pages;
}

bool collect_mapping(struct collection *c, const struct ppctlb_mapping *m, unsigned tlb,
		     size_t from, unsigned long line)
{
	size_t n, before = c->n;
	struct ppctlb_mapping *pages = pages_of(c, m, &n);
	bool ok = pages;

	for (size_t i = 0; ok && i < n; i++) {
		struct ppctlb_entry e;

		if (ppctlb_encode(c->core, &pages[i], &e) < 0) {
			ok = refuse(c, "%s", ppctlb_errmsg());
			break;
		}
		e.tlb = (uint16_t)(tlb | PPCTLB_NO_SLOT);
		append(c, &e, from, line);
	}
	if (!ok)
		c->n = before;
	c->split += ok && n > 1;
	free(pages);
	return ok;
}

/* The slots where an entry of that TLB may go. */
static void slots_for(const struct collection *c, const struct ppctlb_entry *e, unsigned tlb,
		      size_t *first, size_t *n)
{
	const struct ppctlb_geometry *g = &c->geometry[tlb];
	struct ppctlb_entry raw = *e;
	struct ppctlb_mapping m = {0};

	*first = 0;
	*n = g->entries;
	if (g->ways == g->entries)
		return;
	raw.tlb = (uint16_t)tlb;
	ppctlb_decode_any(c->core, &raw, &m); /* an invalid one has no EA: set 0 */
	*first = (size_t)(m.eaddr >> 12) % (g->entries / g->ways) * g->ways;
	*n = g->ways;
}

static bool place(struct collection *c, size_t number)
{
	struct ppctlb_entry *e = &c->all[number].entry;
	unsigned tlb = e->tlb & ~PPCTLB_NO_SLOT;
	size_t first, n;

	slots_for(c, e, tlb, &first, &n);
	for (size_t i = first < c->all[number].from ? c->all[number].from : first; i < first + n;
	     i++) {
		size_t *at = &c->at[place_of(c, tlb, i)];

		if (*at)
			continue;
		*at = number + 1;
		e->tlb = (uint16_t)tlb;
		e->index = (uint16_t)i;
		return true;
	}
	return false;
}

void collect_place(struct collection *c, void (*no_room)(const struct collected *e, void *arg),
		   void *arg)
{
	size_t kept = 0;

	for (size_t i = 0; i < c->n; i++)
		if (c->all[i].entry.tlb & PPCTLB_NO_SLOT && !place(c, i))
			no_room(&c->all[i], arg);
	for (size_t i = 0; i < c->n; i++)
		if (!(c->all[i].entry.tlb & PPCTLB_NO_SLOT))
			c->all[kept++] = c->all[i];
	c->n = kept;
}

bool collect_store(const struct collection *c, uint32_t unknown, const char *path)
{
	const char *name = ppctlb_core_info(c->core)->name;
	struct ppctlb_entry *raw = calloc(c->n + 1, sizeof(*raw));
	struct ppctlb *h = image_new(NULL, name, c->geometry, unknown);
	bool ok = h;

	if (!raw)
		out_of_memory();
	for (size_t i = 0; ok && i < c->n; i++)
		raw[i] = c->all[i].entry;
	if (ok && ppctlb_set(h, raw, c->n) < 0) {
		library_error(path);
		ok = false;
	}
	ok = ok && image_store(h, path);
	ppctlb_close(h);
	free(raw);
	return ok;
}
