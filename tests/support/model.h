/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a TLB of each core does, written from the manuals and from the pages of section 3, without
 * any source of the library: the judge of the property tests. It takes the slow and plain way.
 */
#ifndef TESTS_MODEL_H
#define TESTS_MODEL_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

/* The cores of a family have the same raw words. Each family is a backend of that name. */
enum model_family { MODEL_44X, MODEL_E500, MODEL_FAMILIES };

/*
 * What depends on the family: a value for each. A new family gets an argument here, and the
 * compiler then names every place that must say what the new one has.
 */
#define BY_FAMILY(core, of_44x, of_e500) ((core)->family == MODEL_44X ? (of_44x) : (of_e500))
_Static_assert(MODEL_FAMILIES == 2, "BY_FAMILY() has an argument for each family");

struct model_core {
	const char *name;
	enum model_family family;
	unsigned ea_bits, ra_bits, tid_bits, lpid_bits;
	unsigned entries[2], ways; /* ways of TLB0 */
	uint64_t sizes;		   /* bit n: pages of 1 << n bytes, in the last TLB */
	uint32_t flags;
};

/* New cores go to the end: the kept inputs of the fuzz targets choose a core by its row. */
#define MODEL_CORES 6
extern const struct model_core model_cores[MODEL_CORES];
/* The core of that name; the program ends with a message if the model has none. */
const struct model_core *model_core(const char *name);

static inline bool is_e500(const struct model_core *core)
{
	return core->family == MODEL_E500;
}

/* The name of the core's backend. */
const char *model_backend(const struct model_core *core);
/* The bits of a raw word: 32 or 64. */
unsigned model_word_bits(const struct model_core *core, unsigned word);
/* log2 of the smallest page. */
unsigned model_smallest(const struct model_core *core);
/* The TLB that has pages of every size: 0 or 1. */
unsigned model_last_tlb(const struct model_core *core);
/* Is it a page that the core can have, in its last TLB? */
bool model_has(const struct model_core *core, const struct ppctlb_mapping *page);

/* Field by field: padding does not count. */
bool same_mapping(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b);

/* A guest TLB: entries in the kernel's order. */
struct model {
	const struct model_core *core;
	unsigned entries[2], ways;
	size_t n;
	struct ppctlb_entry *e;
};

/* An empty TLB with the core's own geometry. */
struct model model_new(const struct model_core *core);
/* Empty it and give it another geometry; the old entries are not freed. */
void model_resize(struct model *t, const struct ppctlb_geometry g[2]);
void model_free(struct model *t);
/* The entry at a position. */
struct ppctlb_entry *model_at(struct model *t, unsigned tlb, unsigned index);

bool model_is_valid(const struct model_core *core, const struct ppctlb_entry *e);
/* What a valid entry maps; false if it is malformed. */
bool model_decode(const struct model_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m);
/* The words of a legal page. */
void model_encode(const struct model_core *core, const struct ppctlb_mapping *m,
		  struct ppctlb_entry *e);

/* The number of the fewest legal pages of a region, found by trying all. No page smaller than 1 <<
 * unit bytes is tried; size is at most 4096 of them. */
unsigned model_fewest(const struct model_core *core, const struct ppctlb_mapping *m, unsigned unit);

struct ppctlb_hit model_translate(const struct model *t, const struct ppctlb_access *a);

/* Like the calls of the library, on legal arguments: returns 0, or the errno and leaves the TLB as
 * it was. */
int model_map(struct model *t, const struct ppctlb_mapping *maps, size_t n, unsigned how);
int model_map_at(struct model *t, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		 unsigned how);
int model_unmap(struct model *t, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts);

#endif
