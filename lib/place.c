// SPDX-License-Identifier: LGPL-2.1-or-later
/* The TLB while a call changes it: what it was, where there is room, and pages in their places. */
#include "stage.h"

#include <inttypes.h>
#include <string.h>

/* ---- changes ---- */

int tlb_begin(struct ppctlb *h, struct tlb_stage *s, const struct tlb_regions *regions)
{
	int ret = tlb_load(h, PPCTLB_GUEST);

	h->current = false; /* h->now is going to be changed */
	memset(h->note, 0, h->info.entries * sizeof(*h->note));
	*s = (struct tlb_stage){
		.core = &h->vcpu.core,
		.entry = h->now,
		.n = h->info.entries,
		.was = h->next,
		.note = h->note,
		.regions = regions,
		.keep = -1,
	};
	s->next_free = tlb_first_of_last(s);
	return ret;
}

/* Not of what is no field of a valid entry. */
#define STAYS (PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_INVALID)

void tlb_spread_unknown(const struct ppctlb *h, struct tlb_stage *s)
{
	struct ppctlb_mapping m;

	s->spread = h->info.unknown & ~STAYS;
	for (size_t i = 0; s->spread && i < s->n; i++)
		if (!(s->core->decode(s->core, &s->entry[i], &m) & PPCTLB_DEFECT_INVALID))
			s->entry[i].unknown |= s->spread;
}

struct ppctlb_entry *tlb_change(struct tlb_stage *s, size_t place)
{
	struct ppctlb_entry *e = &s->entry[place];

	if (!s->note[place].change) {
		s->was[s->changes++] = *e;
		s->note[place].change = (uint32_t)s->changes;
	}
	memset(e->word, 0, sizeof(e->word));
	e->unknown = 0;
	return e;
}

static bool differ(const struct ppctlb_entry *a, const struct ppctlb_entry *b)
{
	return a->unknown != b->unknown || memcmp(a->word, b->word, sizeof(a->word));
}

int tlb_finish(struct ppctlb *h, struct tlb_stage *s)
{
	size_t n = 0;
	int ret;

	if (s->lacking)
		return tlb_no_room(s);
	for (size_t i = 0; i < s->changes; i++) {
		const struct ppctlb_entry *was = &s->was[i];
		const struct ppctlb_entry *e = &s->entry[tlb_place(s->core, was->tlb, was->index)];

		if (differ(was, e))
			s->was[n++] = *e;
	}
	ret = tlb_store(h, s->was, n);
	if (!ret && n && s->spread) {
		tlb_note_unknown(h, h->now, h->info.entries);
		h->info.unknown &= ~s->spread;
	}
	return ret;
}

/* ---- room ---- */

static bool is_free(const struct tlb_stage *s, size_t place)
{
	struct ppctlb_mapping m;

	return !tlb_overlaps(s->core, &s->entry[place], 0, UINT64_MAX, &m);
}

size_t tlb_first_of_last(const struct tlb_stage *s)
{
	return s->n - s->core->info.array[s->core->info.arrays - 1].geometry.entries;
}

bool tlb_is_for_tlb0(const struct tlb_stage *s, const struct ppctlb_mapping *page)
{
	const struct ppctlb_array_info *a = &s->core->info.array[0];

	return s->core->info.arrays > 1 && page->size & a->sizes && !(page->flags & ~a->flags);
}

size_t tlb_first_way(const struct tlb_stage *s, const struct ppctlb_mapping *page)
{
	const struct ppctlb_geometry *g = &s->core->info.array[0].geometry;

	return (size_t)tlb_set_of(g, page->eaddr) * g->ways;
}

struct ppctlb_entry *tlb_free_way(struct tlb_stage *s, const struct ppctlb_mapping *page)
{
	size_t place, end;

	if (!tlb_is_for_tlb0(s, page))
		return NULL;
	place = tlb_first_way(s, page);
	end = place + s->core->info.array[0].geometry.ways;
	while (place < end && !is_free(s, place))
		place++;
	if (place == end)
		return NULL;
	s->in_tlb0++;
	return tlb_change(s, place);
}

/* Nothing becomes free once pages are placed: what is before next_free stays taken. */
struct ppctlb_entry *tlb_free_slot(struct tlb_stage *s, const struct ppctlb_mapping *page)
{
	while (s->next_free < s->n && !is_free(s, s->next_free))
		s->next_free++;
	if (tlb_is_for_tlb0(s, page) && !s->crowded++)
		s->first_crowded = page->eaddr;
	s->wanted++;
	if (s->next_free < s->n)
		return tlb_change(s, s->next_free++);
	s->lacking++;
	return NULL;
}

uint64_t tlb_count_free(const struct tlb_stage *s, size_t from)
{
	uint64_t n = 0;

	for (size_t i = from; i < s->n; i++)
		n += is_free(s, i);
	return n;
}

int tlb_no_room(const struct tlb_stage *s)
{
	const struct ppctlb_geometry *g = &s->core->info.array[0].geometry;
	uint64_t free = s->wanted - s->lacking + tlb_count_free(s, tlb_first_of_last(s));
	int ret = tlb_fail(ENOSPC,
			   "no room: %" PRIu64 " slots of TLB%u are needed, %" PRIu64 " are free",
			   s->wanted, (unsigned)s->core->info.arrays - 1, free);

	if (s->crowded)
		tlb_append("; %" PRIu64 " of them for 4K pages that found no free way in their set "
			   "of TLB0, the first at EA 0x%" PRIx64 ", set %u",
			   s->crowded, s->first_crowded, (unsigned)tlb_set_of(g, s->first_crowded));
	return ret;
}

/* ---- pages ---- */

void tlb_place_region(struct tlb_stage *s, const struct ppctlb_mapping *region)
{
	uint64_t sizes = tlb_sizes(s->core);

	for (uint64_t done = 0; done < region->size;) {
		struct ppctlb_mapping page = *region;
		struct ppctlb_entry *e;

		page.eaddr += done;
		page.raddr += done;
		page.size = tlb_page_at(sizes, page.eaddr, page.raddr, region->size - done);
		done += page.size;
		e = tlb_free_way(s, &page);
		e = e ? e : tlb_free_slot(s, &page);
		if (e)
			s->core->encode(s->core, &page, e);
	}
}
