/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries on their way into an image: from text with or without slots to places in a TLB. */
#ifndef PPCTLB_TOOL_COLLECT_H
#define PPCTLB_TOOL_COLLECT_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

struct collected {
	struct ppctlb_entry entry; /* PPCTLB_NO_SLOT in tlb: to be placed */
	size_t from;		   /* the lowest slot it may be placed in */
	unsigned long line;	   /* where it stood */
};

struct collection {
	const struct ppctlb_core *core;
	struct ppctlb_geometry geometry[2];
	size_t arrays, room;
	struct collected *all; /* in the order they came */
	size_t n;
	size_t *at;	  /* by position: 1 + its index in all; 0: free */
	size_t split;	  /* mappings of no legal size, taken as several pages */
	char reason[256]; /* why the last one was refused */
};

/* geometry NULL: the core's own. False: told. */
bool collect_begin(struct collection *c, const struct ppctlb_core *core,
		   const struct ppctlb_geometry *geometry);
/* Add raw words, at their slot or to be placed. False: see reason. */
bool collect_entry(struct collection *c, const struct ppctlb_entry *e, unsigned long line);
/* Add a mapping to be placed in that TLB from that slot on. False: see reason; nothing was added.
 */
bool collect_mapping(struct collection *c, const struct ppctlb_mapping *m, unsigned tlb,
		     size_t from, unsigned long line);
/*
 * Give entries without a slot one as ppctlb_map() does: TLB0 in the lowest free way of their set,
 * else the lowest free slot. Each that finds none is handed to no_room, and left out.
 */
void collect_place(struct collection *c, void (*no_room)(const struct collected *e, void *arg),
		   void *arg);
/* Write the image. False: told. */
bool collect_store(const struct collection *c, uint32_t unknown, const char *path);
void collect_free(struct collection *c);

#endif
