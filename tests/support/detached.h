/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Detached handles of every core and of many geometries, and random raw words to fill them with. */
#ifndef TESTS_DETACHED_H
#define TESTS_DETACHED_H

#include <ppctlb/ppctlb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct kind {
	const char *core;
	struct ppctlb_geometry geometry[2]; /* all zero: the core's own */
};

/* The first six are the cores as they are; the small ones are for tests that try everything. */
static const struct kind kinds[] = {
	{"440", {{0, 0}, {0, 0}}},	   {"e500v1", {{0, 0}, {0, 0}}},
	{"e500v2", {{0, 0}, {0, 0}}},	   {"e500mc", {{0, 0}, {0, 0}}},
	{"e5500", {{0, 0}, {0, 0}}},	   {"e6500", {{0, 0}, {0, 0}}},
	{"e500v1", {{4, 2}, {1, 1}}},	   {"e500v2", {{8, 4}, {2, 2}}},
	{"e500mc", {{16, 16}, {4, 4}}},	   {"e5500", {{8, 8}, {8, 8}}},
	{"e6500", {{32, 2}, {16, 16}}},	   {"e500v2", {{256, 2}, {16, 16}}},
	{"e6500", {{4096, 16}, {64, 64}}},
	{"e500v2", {{8, 2}, {2, 2}}},
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

/* xorshift64*, seeded alike in every run */
static uint64_t random_state = 0x9e3779b97f4a7c15u;

static inline uint64_t rnd(void)
{
	random_state ^= random_state >> 12;
	random_state ^= random_state << 25;
	random_state ^= random_state >> 27;
	return random_state * 0x2545f4914f6cdd1du;
}

/* What must not fail; the test is over if it does. */
static inline void must(int ret)
{
	if (ret == 0)
		return;
	fprintf(stderr, "%s\n", ppctlb_errmsg());
	abort();
}

static inline struct ppctlb *open_kind(const struct kind *k, uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = k->core;
	cfg.unknown = unknown;
	memcpy(cfg.geometry, k->geometry, sizeof(cfg.geometry));
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

/* Is that core's word a 64-bit one? */
static inline int is_wide(const struct ppctlb_core_info *core, int word)
{
	return core->arrays == 2 && (word == 1 || word == 2);
}

/* Any words at all in every entry: valid and invalid ones, reserved bits, parity. */
static inline void fill(struct ppctlb *h)
{
	struct ppctlb_info info = info_of(h);
	struct ppctlb_entry *e = entries_of(h);

	for (uint32_t i = 0; i < info.entries; i++)
		for (int w = 0; w < 4; w++)
			e[i].word[w] = is_wide(info.core, w) ? rnd() : rnd() >> 32;
	must(ppctlb_set(h, e, info.entries));
	free(e);
}

#endif
