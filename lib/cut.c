// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finds the entries that conflict with the regions of a call, and cuts the regions out of them. */
#include "stage.h"

#include <inttypes.h>
#include <string.h>

/* ---- conflicts ---- */

/* Cut off what is beyond the core's effective addresses: no access or call can reach it. */
static void clip(const struct ppctlb_core *core, struct ppctlb_mapping *m)
{
	uint64_t last = UINT64_MAX >> (64 - core->info.ea_bits);

	if (m->size - 1 > last - m->eaddr)
		m->size = last - m->eaddr + 1;
}

static unsigned decode(const struct tlb_stage *s, const struct ppctlb_entry *e,
		       struct ppctlb_mapping *m)
{
	unsigned defects = s->core->decode(s->core, e, m);

	clip(s->core, m);
	return defects;
}

/* The places whose entries may conflict, as two runs of them, in order; the second may be empty. */
struct runs {
	struct run {
		size_t from, to;
	} run[2];
};

/* In TLB0 the sets that the regions can have pages in, which go in a circle; all of the others. */
static struct runs runs_of(const struct tlb_stage *s)
{
	const struct ppctlb_geometry *g = &s->core->info.array[0].geometry;
	uint64_t sets = g->entries / g->ways;
	uint64_t pages = (s->regions->last >> 12) - (s->regions->first >> 12) + 1;
	size_t from = (size_t)tlb_set_of(g, s->regions->first) * g->ways, to;

	if (!pages || pages > sets) /* 0: all there are */
		return (struct runs){{{0, s->n}}};
	to = from + (size_t)pages * g->ways;
	if (to <= g->entries)
		return (struct runs){{{from, to}, {g->entries, s->n}}};
	return (struct runs){{{0, to - g->entries}, {from, s->n}}};
}

/* The region that the entry at a place conflicts with, or NULL; *m is its extent. */
static const struct ppctlb_mapping *conflict_of(const struct tlb_stage *s, size_t place,
						struct ppctlb_mapping *m)
{
	if ((long)place == s->keep || !tlb_in_set(s->core, &s->entry[place], m))
		return NULL;
	clip(s->core, m);
	return tlb_first_conflict(s->regions, m);
}

/* Go to the first place from that one on whose entry conflicts with a region, which is returned;
 * *m gets the extent of the entry. NULL: there is none. */
static const struct ppctlb_mapping *next_conflict(const struct tlb_stage *s,
						  const struct runs *runs, size_t *place,
						  struct ppctlb_mapping *m)
{
	const struct ppctlb_mapping *region;

	for (const struct run *r = runs->run; r < runs->run + 2; r++)
		for (*place = *place > r->from ? *place : r->from; *place < r->to; ++*place) {
			*place += s->core->overlap(s->core, &s->entry[*place], r->to - *place,
						   s->regions->first, s->regions->last, m);
			if (*place == r->to)
				break;
			region = conflict_of(s, *place, m);
			if (region)
				return region;
		}
	return NULL;
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
static bool next_piece(const struct tlb_stage *s, struct ppctlb_mapping *rest,
		       struct ppctlb_mapping *piece)
{
	const struct ppctlb_mapping *r = NULL;

	while (rest->size && (r = tlb_first_conflict(s->regions, rest)) && r->eaddr <= rest->eaddr)
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
static void write_piece(const struct tlb_stage *s, struct ppctlb_entry *e,
			const struct ppctlb_entry *old, const struct ppctlb_mapping *piece)
{
	memcpy(e->word, old->word, sizeof(e->word));
	e->unknown = old->unknown;
	s->core->resize(s->core, e, piece->eaddr, piece->raddr, piece->size);
}

/* Take a conflicting entry out whole; an error if what the regions leave of it is malformed. */
static int take_out(struct tlb_stage *s, size_t place)
{
	struct ppctlb_mapping rest, piece;
	unsigned defects = decode(s, &s->entry[place], &rest);
	struct ppctlb_entry *e = tlb_change(s, place);

	if (!(defects & TLB_MALFORMED) || !next_piece(s, &rest, &piece))
		return 0;
	return tlb_fail(EBADMSG, "TLB%u[%u] is malformed and would need splitting: %s", e->tlb,
			e->index, tlb_what_is_malformed(defects & TLB_MALFORMED));
}

/* Pieces go to TLB0 where it has a way, and the first that has none goes to the old slot. i is the
 * number of the change that took the entry out. */
static void place_first(struct tlb_stage *s, size_t i)
{
	struct ppctlb_entry old = s->was[i];
	size_t place = (size_t)tlb_place(s->core, old.tlb, old.index);
	struct ppctlb_mapping rest, piece;
	bool kept = false;

	decode(s, &old, &rest);
	while (next_piece(s, &rest, &piece)) {
		struct ppctlb_entry *e = tlb_free_way(s, &piece);

		if (e) {
			s->note[e - s->entry].origin = (uint32_t)i + 1;
		} else if (!kept) {
			kept = true;
			e = &s->entry[place];
		}
		if (e)
			write_piece(s, e, &old, &piece);
	}
}

/* Did place_first() put this piece of that entry in TLB0? */
static bool is_in_tlb0(const struct tlb_stage *s, size_t i, const struct ppctlb_mapping *piece)
{
	size_t from = tlb_first_way(s, piece);
	struct ppctlb_mapping m;

	if (!tlb_is_for_tlb0(s, piece))
		return false;
	for (size_t at = from; at < from + s->core->info.array[0].geometry.ways; at++)
		if (s->note[at].origin == i + 1 &&
		    tlb_overlaps(s->core, &s->entry[at], piece->eaddr, piece->eaddr, &m))
			return true;
	return false;
}

/* The pieces that are in neither. */
static void place_others(struct tlb_stage *s, size_t i)
{
	struct ppctlb_entry old = s->was[i];
	struct ppctlb_mapping rest, piece;
	bool kept = false;

	decode(s, &old, &rest);
	while (next_piece(s, &rest, &piece)) {
		struct ppctlb_entry *e;

		if (is_in_tlb0(s, i, &piece))
			continue;
		if (!kept) {
			kept = true;
			continue;
		}
		e = tlb_free_slot(s, &piece);
		if (e)
			write_piece(s, e, &old, &piece);
	}
}

/*
 * Each step is done for all entries before the next: all that goes makes room for the pieces, and
 * no piece takes the old slot that another entry's piece will stay in.
 */
int tlb_cut(struct tlb_stage *s)
{
	struct runs runs = runs_of(s);
	size_t from = s->changes, to;
	struct ppctlb_mapping m;
	int ret = 0;

	for (size_t place = 0; !ret && next_conflict(s, &runs, &place, &m); place++)
		ret = take_out(s, place);
	if (ret)
		return ret;
	to = s->changes;
	for (size_t i = from; i < to; i++)
		place_first(s, i);
	for (size_t i = from; i < to; i++)
		place_others(s, i);
	return 0;
}

int tlb_clear_way(struct tlb_stage *s, unsigned how)
{
	struct runs runs = runs_of(s);
	const struct ppctlb_mapping *m;
	struct ppctlb_mapping old;
	size_t place = 0;

	if (how & PPCTLB_REPLACE)
		return tlb_cut(s);
	m = next_conflict(s, &runs, &place, &old);
	if (!m)
		return 0;
	return tlb_fail(EEXIST,
			"EA 0x%" PRIx64 " with size 0x%" PRIx64
			" conflicts with TLB%u[%u], EA 0x%" PRIx64 " with size 0x%" PRIx64,
			m->eaddr, m->size, s->entry[place].tlb, s->entry[place].index, old.eaddr,
			old.size);
}
