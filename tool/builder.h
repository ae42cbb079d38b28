/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Builds an image of entries that come one by one, with or without a slot. */
#ifndef PPCTLB_TOOL_BUILDER_H
#define PPCTLB_TOOL_BUILDER_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

/* An entry that was added. */
struct addition {
	struct ppctlb_entry entry; /* PPCTLB_NO_SLOT in tlb: to be placed */
	size_t from;		   /* the lowest slot it may be placed in */
	unsigned long line;	   /* of the text it comes from */
};

struct builder {
	const struct ppctlb_core *core;
	struct ppctlb_geometry geometry[2];
	size_t arrays, room;
	struct addition *all; /* in the order they came */
	size_t n;
	size_t *at;	  /* by position: 1 + its index in all; 0: free */
	size_t split;	  /* mappings of illegal size, split into several pages */
	char reason[256]; /* why the last one was refused */
};

/* geometry NULL: the core's own. False: complained. */
bool builder_begin(struct builder *b, const struct ppctlb_core *core,
		   const struct ppctlb_geometry *geometry);
/* Forget what was added. */
void builder_clear(struct builder *b);
/* Add raw words, at their slot or to be placed. False: see reason. */
bool builder_entry(struct builder *b, const struct ppctlb_entry *e, unsigned long line);
/* Add a mapping to be placed in that TLB from that slot on, of which that is not told. False: see
 * reason; nothing was added. */
bool builder_mapping(struct builder *b, const struct ppctlb_mapping *m, uint32_t unknown,
		     unsigned tlb, size_t from, unsigned long line);
/*
 * Give each entry without a slot one as ppctlb_map() does: in TLB0 the lowest free way of its set,
 * else the lowest free slot. Leaves out an entry that finds none, and hands it to no_room, which
 * may be NULL. Returns how many these were.
 */
size_t builder_place(struct builder *b, void (*no_room)(const struct addition *e, void *arg),
		     void *arg);
/* Say how many mappings were split, if any. */
void builder_tell_split(const struct builder *b, const char *source);
/* Say what the source does not tell, if anything. */
void builder_tell_unknown(uint32_t unknown, const char *source);
/* Write the image. False: complained. */
bool builder_store(const struct builder *b, uint32_t unknown, const char *path);
void builder_free(struct builder *b);

#endif
