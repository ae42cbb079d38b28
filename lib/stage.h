/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files behind ppctlb_map() share: a call's regions, and the TLB while it is changed. */
#ifndef PPCTLB_STAGE_H
#define PPCTLB_STAGE_H

#include "internal.h"

static inline uint64_t last_of(const struct ppctlb_mapping *m)
{
	return m->eaddr + (m->size - 1);
}

static inline bool same_ts(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !((a->flags ^ b->flags) & PPCTLB_TS);
}

/* Has an entry a page with an EA from first to last? *m gets its extent. */
static inline bool tlb_overlaps(const struct ppctlb_core *core, const struct ppctlb_entry *e,
				uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	return core->overlap(core, e, 1, first, last, m) == 0;
}

/* ---- regions.c ---- */

/*
 * A call's regions, read once from the caller's memory: whoever else writes there changes nothing
 * of what was checked. More than one is sorted into keys, so that each entry of the TLB is compared
 * with a few of them.
 */
struct tlb_regions {
	struct ppctlb_mapping *at; /* in the order given */
	size_t n;
	uint64_t pages;
	uint64_t first, last; /* EAs: no region is outside */
	struct tlb_key *key;  /* room for four a region; keys of them are used */
	size_t keys;
	bool many_tids;
	void *own; /* to be freed: more than there are entries need memory of their own */
};

/* The regions of map(); to be freed, also after a failure. Checks each by itself, and that no two
 * of them conflict. */
int tlb_take_regions(struct ppctlb *h, struct tlb_regions *r, const struct ppctlb_mapping *maps,
		     size_t n);
void tlb_free_regions(struct tlb_regions *r);
/* One region, which is checked already and stays the caller's. */
struct tlb_regions tlb_one_region(struct ppctlb_mapping *m);
/* The region with the lowest EA that conflicts with a mapping, or NULL. */
const struct ppctlb_mapping *tlb_first_conflict(const struct tlb_regions *r,
						const struct ppctlb_mapping *m);

/* ---- place.c: the TLB as it is going to be, and what the call wants of the last TLB ---- */

struct tlb_stage {
	const struct ppctlb_core *core;
	struct ppctlb_entry *entry; /* h->now */
	size_t n;
	struct ppctlb_entry *was; /* h->next: what entries were before the call changed them */
	size_t changes;
	struct tlb_note *note; /* h->note */
	const struct tlb_regions *regions;
	uint32_t spread;	  /* what is noted of each entry now, not of all */
	long keep;		  /* place of an entry that is not to be cut, or -1 */
	size_t next_free;	  /* all slots of the last TLB before this place are taken */
	uint64_t wanted, lacking; /* slots of the last TLB */
	uint64_t in_tlb0;	  /* pages that were placed there, if it is not the last */
	uint64_t crowded;	  /* of those wanted: for pages that TLB0 could take */
	uint64_t first_crowded;	  /* EA */
};

/* Read the TLB, for a call with these regions. */
int tlb_begin(struct ppctlb *h, struct tlb_stage *s, const struct tlb_regions *regions);
/* What the call writes is told: note what is not told of all entries of each that is there. */
void tlb_spread_unknown(const struct ppctlb *h, struct tlb_stage *s);
/* The entry at a place, to be changed; its words and what is not known of it are 0. */
struct ppctlb_entry *tlb_change(struct tlb_stage *s, size_t place);
/* Write what has changed, in one commit. */
int tlb_finish(struct ppctlb *h, struct tlb_stage *s);

/* A free way of TLB0 for a page, or NULL. */
struct ppctlb_entry *tlb_free_way(struct tlb_stage *s, const struct ppctlb_mapping *page);
/* A free slot of the last TLB, for a page that has no way of TLB0, or NULL. */
struct ppctlb_entry *tlb_free_slot(struct tlb_stage *s, const struct ppctlb_mapping *page);
/* Can TLB0 take a page of this kind? Only 4K without IPROT, on a core that has sets. */
bool tlb_is_for_tlb0(const struct tlb_stage *s, const struct ppctlb_mapping *page);
/* The place of the first way of its set. */
size_t tlb_first_way(const struct tlb_stage *s, const struct ppctlb_mapping *page);
/* Place the pages of a region. */
void tlb_place_region(struct tlb_stage *s, const struct ppctlb_mapping *region);
uint64_t tlb_count_free(const struct tlb_stage *s, size_t from);
size_t tlb_first_of_last(const struct tlb_stage *s);
int tlb_no_room(const struct tlb_stage *s);

/* ---- cut.c ---- */

/* Remove every part of an entry that conflicts with a region. */
int tlb_cut(struct tlb_stage *s);
/* Make way for the regions: cut the entries that conflict, or fail if there are any. */
int tlb_clear_way(struct tlb_stage *s, unsigned how);

#endif
