// SPDX-License-Identifier: LGPL-2.1-or-later
/* Maps and unmaps: finds conflicts, splits entries, places pages. All on a copy, then one commit.
 */
#include "internal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The TLB as it is and as it is going to be, and what placements want of the last TLB. */
struct stage {
	const struct ppctlb_core *core;
	const struct ppctlb_entry *old;
	struct ppctlb_entry *entry;
	size_t n;
	const struct ppctlb_mapping *region; /* to be mapped or removed */
	size_t regions;
	long keep;		  /* place of an entry that is not to be cut, or -1 */
	size_t *origin;		  /* of a piece in TLB0: the place of its old entry + 1 */
	uint64_t wanted, lacking; /* slots of the last TLB */
	uint64_t in_tlb0;	  /* pages that were placed there, if it is not the last */
	uint64_t crowded;	  /* of those wanted: for pages that TLB0 could take */
	uint64_t first_crowded;	  /* EA */
};

static uint64_t last_of(const struct ppctlb_mapping *m)
{
	return m->eaddr + (m->size - 1);
}

static bool same_ts(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !((a->flags ^ b->flags) & PPCTLB_TS);
}

bool tlb_conflict(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return same_ts(a, b) && (a->tid == b->tid || !a->tid || !b->tid) &&
	       a->eaddr <= last_of(b) && b->eaddr <= last_of(a);
}

/* The region with the lowest EA that conflicts with a mapping, or NULL. */
static const struct ppctlb_mapping *first_conflict(const struct stage *s,
						   const struct ppctlb_mapping *m)
{
	const struct ppctlb_mapping *first = NULL;

	for (size_t i = 0; i < s->regions; i++)
		if (tlb_conflict(m, &s->region[i]) && (!first || s->region[i].eaddr < first->eaddr))
			first = &s->region[i];
	return first;
}

/* Cut off what is beyond the core's effective addresses: no access or call can reach it. */
static void clip(const struct ppctlb_core *core, struct ppctlb_mapping *m)
{
	uint64_t last = UINT64_MAX >> (64 - core->info.ea_bits);

	if (m->size - 1 > last - m->eaddr)
		m->size = last - m->eaddr + 1;
}

/* The region that an old entry conflicts with, or NULL; *m gets what the entry maps. */
static const struct ppctlb_mapping *conflict_of(const struct stage *s, size_t place,
						struct ppctlb_mapping *m, unsigned *defects)
{
	const struct ppctlb_entry *e = &s->old[place];

	if ((long)place == s->keep)
		return NULL;
	*defects = s->core->decode(s->core, e, m);
	if (*defects & PPCTLB_DEFECT_INVALID || !tlb_in_set(s->core, e, m))
		return NULL;
	clip(s->core, m);
	return first_conflict(s, m);
}

/* ---- placement ---- */

static bool is_free(const struct stage *s, const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	return s->core->decode(s->core, e, &m) & PPCTLB_DEFECT_INVALID;
}

static struct ppctlb_entry *lowest_free(const struct stage *s, size_t from, size_t n)
{
	for (size_t i = from; i < from + n; i++)
		if (is_free(s, &s->entry[i]))
			return &s->entry[i];
	return NULL;
}

static size_t slots_of_last(const struct stage *s)
{
	return s->core->info.array[s->core->info.arrays - 1].geometry.entries;
}

/* Can TLB0 take a page of this kind? Only 4K without IPROT, on a core that has sets. */
static bool is_for_tlb0(const struct stage *s, const struct ppctlb_mapping *page)
{
	const struct ppctlb_array_info *a = &s->core->info.array[0];

	return s->core->info.arrays > 1 && page->size & a->sizes && !(page->flags & ~a->flags);
}

/* The place of the first way of its set. */
static size_t first_way(const struct stage *s, const struct ppctlb_mapping *page)
{
	const struct ppctlb_geometry *g = &s->core->info.array[0].geometry;

	return (size_t)tlb_set_of(g, page->eaddr) * g->ways;
}

static struct ppctlb_entry *free_way(struct stage *s, const struct ppctlb_mapping *page)
{
	struct ppctlb_entry *e;

	if (!is_for_tlb0(s, page))
		return NULL;
	e = lowest_free(s, first_way(s, page), s->core->info.array[0].geometry.ways);
	s->in_tlb0 += e != NULL;
	return e;
}

/* A slot of the last TLB, for a page that has no way of TLB0. */
static struct ppctlb_entry *free_slot(struct stage *s, const struct ppctlb_mapping *page)
{
	size_t slots = slots_of_last(s);
	struct ppctlb_entry *e = lowest_free(s, s->n - slots, slots);

	if (is_for_tlb0(s, page) && !s->crowded++)
		s->first_crowded = page->eaddr;
	s->wanted++;
	s->lacking += !e;
	return e;
}

static void write_page(const struct stage *s, struct ppctlb_entry *e,
		       const struct ppctlb_mapping *page)
{
	s->core->encode(s->core, page, e);
	e->unknown = 0;
}

static uint64_t count_free(const struct stage *s, size_t from)
{
	uint64_t n = 0;

	for (size_t i = from; i < s->n; i++)
		n += is_free(s, &s->entry[i]);
	return n;
}

static int no_room(const struct stage *s)
{
	const struct ppctlb_geometry *g = &s->core->info.array[0].geometry;
	uint64_t free = s->wanted - s->lacking + count_free(s, s->n - slots_of_last(s));
	int ret = tlb_fail(ENOSPC,
			   "no room: %" PRIu64 " slots of TLB%u are needed, %" PRIu64 " are free",
			   s->wanted, (unsigned)s->core->info.arrays - 1, free);

	if (s->crowded)
		tlb_append("; %" PRIu64 " of them for 4K pages that found no free way in their set "
			   "of TLB0, the first at EA 0x%" PRIx64 ", set %u",
			   s->crowded, s->first_crowded, (unsigned)tlb_set_of(g, s->first_crowded));
	return ret;
}

/* ---- cutting ---- */

static void skip(struct ppctlb_mapping *m, uint64_t bytes)
{
	m->eaddr += bytes;
	m->raddr += bytes;
	m->size -= bytes;
}

/* Take the next page from what the regions leave of a mapping: *rest begins after it. False:
 * nothing is left. */
static bool next_piece(const struct stage *s, struct ppctlb_mapping *rest,
		       struct ppctlb_mapping *piece)
{
	const struct ppctlb_mapping *r = NULL;

	while (rest->size && (r = first_conflict(s, rest)) && r->eaddr <= rest->eaddr)
		skip(rest, last_of(r) < last_of(rest) ? last_of(r) - rest->eaddr + 1 : rest->size);
	if (!rest->size)
		return false;
	*piece = *rest;
	piece->size = tlb_page_at(tlb_sizes(s->core), rest->eaddr, rest->raddr,
				  r ? r->eaddr - rest->eaddr : rest->size);
	skip(rest, piece->size);
	return true;
}

/* A raw copy of its old entry; what is not known of that is not known of the piece. */
static void write_piece(const struct stage *s, struct ppctlb_entry *e, size_t place,
			const struct ppctlb_mapping *piece)
{
	memcpy(e->word, s->old[place].word, sizeof(e->word));
	e->unknown = s->old[place].unknown;
	s->core->resize(s->core, e, piece->eaddr, piece->raddr, piece->size);
}

/* Take a conflicting entry out whole; an error if what the regions leave of it is malformed. */
static int take_out(struct stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	struct ppctlb_entry *e = &s->entry[place];
	unsigned defects;

	if (!conflict_of(s, place, &rest, &defects))
		return 0;
	memset(e->word, 0, sizeof(e->word));
	e->unknown = 0;
	if (!next_piece(s, &rest, &piece) || !(defects & TLB_MALFORMED))
		return 0;
	return tlb_fail(EBADMSG, "TLB%u[%u] is malformed and would need splitting: %s", e->tlb,
			e->index, tlb_what_is_malformed(defects & TLB_MALFORMED));
}

/* Pieces go to TLB0 where it has a way, and the first that has none goes to the old slot. */
static void place_first(struct stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	bool kept = false;
	unsigned defects;

	if (!conflict_of(s, place, &rest, &defects))
		return;
	while (next_piece(s, &rest, &piece)) {
		struct ppctlb_entry *e = free_way(s, &piece);

		if (e) {
			s->origin[e - s->entry] = place + 1;
		} else if (!kept) {
			kept = true;
			e = &s->entry[place];
		}
		if (e)
			write_piece(s, e, place, &piece);
	}
}

/* Did place_first() put this piece of that entry in TLB0? */
static bool is_in_tlb0(const struct stage *s, size_t place, const struct ppctlb_mapping *piece)
{
	size_t from = first_way(s, piece);
	struct ppctlb_mapping m;

	if (!is_for_tlb0(s, piece))
		return false;
	for (size_t i = from; i < from + s->core->info.array[0].geometry.ways; i++)
		if (s->origin[i] == place + 1) {
			s->core->decode(s->core, &s->entry[i], &m);
			if (m.eaddr == piece->eaddr)
				return true;
		}
	return false;
}

/* The pieces that are in neither. */
static void place_others(struct stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	bool kept = false;
	unsigned defects;

	if (!conflict_of(s, place, &rest, &defects))
		return;
	while (next_piece(s, &rest, &piece)) {
		struct ppctlb_entry *e;

		if (is_in_tlb0(s, place, &piece))
			continue;
		if (!kept) {
			kept = true;
			continue;
		}
		e = free_slot(s, &piece);
		if (e)
			write_piece(s, e, place, &piece);
	}
}

/*
 * Remove every part of an entry that conflicts. Each step is done for all entries before the next:
 * all that goes makes room for the pieces, and no piece takes the old slot that another entry's
 * piece will stay in.
 */
static int cut(struct stage *s)
{
	int ret = 0;

	memset(s->origin, 0, s->n * sizeof(*s->origin));
	for (size_t i = 0; !ret && i < s->n; i++)
		ret = take_out(s, i);
	for (size_t i = 0; !ret && i < s->n; i++)
		place_first(s, i);
	for (size_t i = 0; !ret && i < s->n; i++)
		place_others(s, i);
	return ret;
}

/* ---- the calls ---- */

/* Make way for the regions: cut the entries that conflict, or fail if there are any. */
static int clear_way(struct stage *s, unsigned how)
{
	if (how & PPCTLB_REPLACE)
		return cut(s);
	for (size_t i = 0; i < s->n; i++) {
		struct ppctlb_mapping old;
		unsigned defects;
		const struct ppctlb_mapping *m = conflict_of(s, i, &old, &defects);

		if (m)
			return tlb_fail(EEXIST,
					"EA 0x%" PRIx64 " with size 0x%" PRIx64
					" conflicts with TLB%u[%u], EA 0x%" PRIx64
					" with size 0x%" PRIx64,
					m->eaddr, m->size, s->old[i].tlb, s->old[i].index,
					old.eaddr, old.size);
	}
	return 0;
}

static void place_region(struct stage *s, const struct ppctlb_mapping *region)
{
	uint64_t sizes = tlb_sizes(s->core);

	for (uint64_t done = 0; done < region->size;) {
		struct ppctlb_mapping page = *region;
		struct ppctlb_entry *e;

		page.eaddr += done;
		page.raddr += done;
		page.size = tlb_page_at(sizes, page.eaddr, page.raddr, region->size - done);
		done += page.size;
		e = free_way(s, &page);
		e = e ? e : free_slot(s, &page);
		if (e)
			write_page(s, e, &page);
	}
}

static int check_how(unsigned how)
{
	if (how & ~(unsigned)PPCTLB_REPLACE)
		return tlb_fail(EINVAL, "how 0x%x: only PPCTLB_REPLACE exists", how);
	return 0;
}

/* A call's regions, read once from the caller's memory: whoever else writes there changes nothing
 * of what was checked. */
struct regions {
	struct ppctlb_mapping *at;	      /* in the order given */
	const struct ppctlb_mapping **sorted; /* room */
	size_t n;
	uint64_t pages;
	void *own; /* to be freed: more than there are entries need memory of their own */
};

static int find_room(struct ppctlb *h, struct regions *r, size_t n)
{
	*r = (struct regions){h->region, h->sorted, n, 0, NULL};
	if (n <= h->info.entries)
		return 0;
	r->own = calloc(n, sizeof(*r->at) + sizeof(*r->sorted));
	r->at = r->own;
	r->sorted = r->own ? (void *)(r->at + n) : NULL;
	return r->own ? 0 : -ENOMEM;
}

/* Where there is no memory, what is wrong with a region is told first all the same. */
static int take_regions(struct ppctlb *h, struct regions *r, const struct ppctlb_mapping *maps,
			size_t n)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	int no_memory = find_room(h, r, n);

	for (size_t i = 0; i < n; i++) {
		struct ppctlb_mapping m = maps[i];
		int ret = tlb_check_region(core, &m);

		if (ret)
			return n > 1 ? tlb_context(ret, "region %zu", i) : ret;
		r->pages += tlb_count_pages(tlb_sizes(core), &m);
		if (!no_memory)
			r->at[i] = m;
	}
	return no_memory ? tlb_fail(ENOMEM, "no memory to compare %zu regions", n) : 0;
}

static const struct ppctlb_mapping *region_at(const void *place)
{
	return *(const struct ppctlb_mapping *const *)place;
}

/* By TS, then TID, then EA: if any of one TS and TID conflict, then two neighbours do. */
static int compare_regions(const void *x, const void *y)
{
	const struct ppctlb_mapping *a = region_at(x), *b = region_at(y);

	if (!same_ts(a, b))
		return a->flags & PPCTLB_TS ? 1 : -1;
	if (a->tid != b->tid)
		return a->tid < b->tid ? -1 : 1;
	return a->eaddr < b->eaddr ? -1 : a->eaddr > b->eaddr;
}

/* Negative: the region is before the other; positive: after it; 0: they overlap. */
static int compare_extents(const void *region, const void *place)
{
	const struct ppctlb_mapping *a = region, *b = region_at(place);

	return last_of(a) < b->eaddr ? -1 : a->eaddr > last_of(b);
}

/* A region sorted before number i that conflicts with it, or NULL. Among those of its own TID the
 * neighbour tells. Those of TID 0 conflict with every TID; they are the first of a TS, from first
 * on. */
static const struct ppctlb_mapping *conflict_before(const struct ppctlb_mapping *const *sorted,
						    size_t i, size_t first, size_t globals)
{
	const void *place;

	if (i && tlb_conflict(sorted[i - 1], sorted[i]))
		return sorted[i - 1];
	place = bsearch(sorted[i], &sorted[first], globals, sizeof(*sorted), compare_extents);
	return place ? region_at(place) : NULL;
}

static int check_disjoint(const struct regions *r)
{
	size_t first = 0, globals = 0;

	for (size_t i = 0; i < r->n; i++)
		r->sorted[i] = &r->at[i];
	qsort(r->sorted, r->n, sizeof(*r->sorted), compare_regions);
	for (size_t i = 0; i < r->n; i++) {
		const struct ppctlb_mapping *a = r->sorted[i], *b;

		if (i && !same_ts(r->sorted[i - 1], a)) {
			first = i;
			globals = 0;
		}
		b = conflict_before(r->sorted, i, first, globals);
		if (b)
			return tlb_fail(EINVAL, "regions %td and %td conflict",
					(a < b ? a : b) - r->at, (a < b ? b : a) - r->at);
		globals += !a->tid;
	}
	return 0;
}

static int begin(struct ppctlb *h, struct stage *s, const struct ppctlb_mapping *region,
		 size_t regions)
{
	int ret = tlb_load(h, PPCTLB_GUEST);

	memcpy(h->next, h->now, h->info.entries * sizeof(*h->next));
	*s = (struct stage){
		.core = &h->vcpu.core,
		.old = h->now,
		.entry = h->next,
		.n = h->info.entries,
		.region = region,
		.regions = regions,
		.keep = -1,
		.origin = h->origin,
	};
	return ret;
}

static int finish(struct ppctlb *h, const struct stage *s)
{
	return s->lacking ? no_room(s) : tlb_store(h);
}

/* Places the regions, also beside what conflicts, so that ppctlb_map_room() can tell more. */
static int place_regions(struct stage *s, const struct regions *r, unsigned how)
{
	int ret;

	if (r->pages > s->n) { /* however they are placed; bounds the work below, too */
		s->wanted = s->lacking = r->pages;
		return tlb_fail(ENOSPC,
				"no room: %" PRIu64 " slots are needed, %" PRIu64 " are free",
				r->pages, count_free(s, 0));
	}
	ret = clear_way(s, how);
	for (size_t i = 0; (!ret || ret == -EEXIST) && i < r->n; i++)
		place_region(s, &r->at[i]);
	return ret ? ret : s->lacking ? no_room(s) : 0;
}

/* All of ppctlb_map() but the write. */
static int stage_map(struct ppctlb *h, struct stage *s, const struct ppctlb_mapping *maps, size_t n,
		     unsigned how)
{
	struct regions r = {.own = NULL};
	int ret = check_how(how);

	ret = ret ? ret : take_regions(h, &r, maps, n);
	ret = ret ? ret : check_disjoint(&r);
	ret = ret ? ret : begin(h, s, r.at, n);
	ret = ret ? ret : place_regions(s, &r, how);
	free(r.own);
	return ret;
}

int ppctlb_map(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how)
{
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!maps && n)
		return tlb_fail(EINVAL, "map: a NULL argument");
	ret = stage_map(h, &s, maps, n, how);
	return ret ? ret : tlb_store(h);
}

static uint32_t at_most_32_bits(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* Free is what was so before the call placed anything, as in the message of no_room(). */
static void tell_room(const struct stage *s, struct ppctlb_room *room)
{
	unsigned last = s->core->info.arrays - 1;
	size_t first = s->n - slots_of_last(s);

	memset(room, 0, 2 * sizeof(*room));
	room[last] = (struct ppctlb_room){
		at_most_32_bits(s->wanted),
		(uint32_t)(s->wanted - s->lacking + count_free(s, first)),
	};
	if (last)
		room[0] = (struct ppctlb_room){
			(uint32_t)s->in_tlb0,
			(uint32_t)(s->in_tlb0 + count_free(s, 0) - count_free(s, first)),
		};
}

int ppctlb_map_room(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how,
		    struct ppctlb_room *room)
{
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if ((!maps && n) || !room)
		return tlb_fail(EINVAL, "map_room: a NULL argument");
	ret = stage_map(h, &s, maps, n, how);
	if (!ret || ret == -EEXIST || ret == -ENOSPC)
		tell_room(&s, room);
	return ret;
}

static int check_slot(const struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb,
		      unsigned index)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	const struct ppctlb_array_info *a = &core->info.array[tlb & 1];
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb, .index = (uint16_t)index};
	int ret;

	if (tlb_place(core, tlb, index) < 0)
		return tlb_fail(EINVAL, "there is no TLB%u[%u]", tlb, index);
	ret = tlb_check_page(core, m, tlb);
	ret = ret ? ret : tlb_check_partition(m);
	if (ret)
		return ret;
	if (m->flags & ~a->flags)
		return tlb_fail(ENOTSUP, "TLB%u of %s has no %s", tlb, core->info.name,
				ppctlb_flag_name(m->flags & ~a->flags & -(m->flags & ~a->flags)));
	if (!tlb_in_set(core, &e, m))
		return tlb_fail(EINVAL,
				"EA 0x%" PRIx64 " belongs to set %u of TLB%u, not to set %u",
				m->eaddr, (unsigned)tlb_set_of(&a->geometry, m->eaddr), tlb,
				index / (unsigned)a->geometry.ways);
	return 0;
}

int ppctlb_map_at(struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		  unsigned how)
{
	struct ppctlb_mapping page; /* read once, too */
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!m)
		return tlb_fail(EINVAL, "map_at: a NULL argument");
	page = *m;
	ret = check_how(how);
	ret = ret ? ret : check_slot(h, &page, tlb, index);
	ret = ret ? ret : begin(h, &s, &page, 1);
	if (ret)
		return ret;
	s.keep = tlb_place(s.core, tlb, index);
	write_page(&s, &s.entry[s.keep], &page);
	ret = clear_way(&s, how);
	return ret ? ret : finish(h, &s);
}

int ppctlb_unmap(struct ppctlb *h, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts)
{
	struct ppctlb_mapping m = {.eaddr = eaddr, .size = size, .tid = (uint16_t)tid};
	struct stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (ts > 1 || tid > UINT16_MAX)
		return tlb_fail(EINVAL, "unmap: tid %u, ts %u", tid, ts);
	m.flags = ts ? PPCTLB_TS : 0;
	ret = tlb_check_range(&h->vcpu.core, &m);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "EA", eaddr);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "size", size);
	ret = ret ? ret : begin(h, &s, &m, 1);
	ret = ret ? ret : cut(&s);
	return ret ? ret : finish(h, &s);
}
