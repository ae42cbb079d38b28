/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detached handles of every core and of many geometries, and random raw words to fill them with. */
#ifndef TESTS_DETACHED_H
#define TESTS_DETACHED_H

#include "model.h"
#include "random.h"

#include <ppctlb/ppctlb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kind {
	const char *core;
	struct ppctlb_geometry geometry[2]; /* all zero: the core's own */
};

/* Other geometries: first small ones for tests that try everything. New ones go to the end: the
 * kept inputs of the fuzz targets choose one by its row. */
static const struct kind geometries[] = {
	{"e500v1", {{4, 2}, {1, 1}}},	  {"e500v2", {{8, 4}, {2, 2}}},
	{"e500mc", {{16, 16}, {4, 4}}},	  {"e5500", {{8, 8}, {8, 8}}},
	{"e6500", {{32, 2}, {16, 16}}},	  {"e500v2", {{8, 2}, {2, 2}}},
	{"e500v2", {{256, 2}, {16, 16}}}, {"e6500", {{4096, 16}, {64, 64}}},
};

#define GEOMETRIES	 (sizeof(geometries) / sizeof(geometries[0]))
#define SMALL_GEOMETRIES 6

/* Each core of the model as it is, then the other geometries. */
#define KINDS	    (MODEL_CORES + GEOMETRIES)
#define SMALL_KINDS (MODEL_CORES + SMALL_GEOMETRIES)

static inline struct kind kind_at(size_t i)
{
	if (i < MODEL_CORES)
		return (struct kind){model_cores[i].name, {{0, 0}, {0, 0}}};
	return geometries[i - MODEL_CORES];
}

/* Abort where a call fails that must not fail. */
static inline void must(int ret)
{
	if (ret == 0)
		return;
	fprintf(stderr, "%s\n", ppctlb_errmsg());
	abort();
}

static inline struct ppctlb *open_kind(struct kind k, uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = k.core;
	cfg.unknown = unknown;
	memcpy(cfg.geometry, k.geometry, sizeof(cfg.geometry));
	must(ppctlb_open(&h, &cfg));
	return h;
}

static inline struct ppctlb_info info_of(struct ppctlb *h)
{
	struct ppctlb_info info = {.size = sizeof(info)};

	must(ppctlb_info(h, &info));
	return info;
}

static inline struct ppctlb_entry *entries_of(struct ppctlb *h)
{
	size_t n = info_of(h).entries;
	struct ppctlb_entry *e = malloc(n * sizeof(*e));

	must(ppctlb_get(h, PPCTLB_GUEST, e, n));
	return e;
}

/* The same core, geometry and entries; to be freed. */
static inline struct model model_of(struct ppctlb *h)
{
	const struct ppctlb_core_info *core = info_of(h).core;
	const struct ppctlb_geometry g[2] = {core->array[0].geometry, core->array[1].geometry};
	struct model t = {.core = model_core(core->name)};

	model_resize(&t, g);
	must(ppctlb_get(h, PPCTLB_GUEST, t.e, t.n));
	return t;
}

/* Fill every entry with any words: valid and invalid ones, reserved bits, parity. */
static inline void fill(struct ppctlb *h)
{
	struct model t = model_of(h);

	for (size_t i = 0; i < t.n; i++)
		for (unsigned w = 0; w < 4; w++)
			t.e[i].word[w] = rnd() & low_bits(model_word_bits(t.core, w));
	must(ppctlb_set(h, t.e, t.n));
	model_free(&t);
}

#endif
