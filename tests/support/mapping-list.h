/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a guest TLB maps, as a plain list of mappings of any size, without pages, entries or words:
 * a judge that shares no source with the library.
 */
#ifndef TESTS_MAPPING_LIST_H
#define TESTS_MAPPING_LIST_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

#define LIST_MAX 4096

struct list {
	struct ppctlb_mapping m[LIST_MAX];
	size_t n;
};

/* Do two mappings conflict: same TS, TIDs equal or either 0, and the ranges meet? */
bool list_meet(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b);
void list_add(struct list *l, const struct ppctlb_mapping *m);
/* Remove each part that conflicts with a mapping. */
void list_remove(struct list *l, const struct ppctlb_mapping *r);
/* What a supervisor's read gets: the result and, on a hit, the RA. */
struct ppctlb_hit list_translate(const struct list *l, uint64_t eaddr, uint16_t pid, uint8_t as);

#endif
