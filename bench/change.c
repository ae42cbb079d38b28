// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Changes of the TLB beside an unchecked fill: the words of an entry made and stored by plain code,
 * without a look at any other entry, and the one call that tells the kernel. In memory there is
 * nobody to tell, but the peer keeps its call, so that one limit is for both.
 */
#include "bench.h"

#include <ppctlb/e500.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 8, REGIONS = 100 };

struct target {
	struct tlb t;
	bool large;			   /* pages of 256M */
	struct ppctlb_entry before[SLOTS]; /* the slots in question, as each call finds them */
	struct ppctlb_mapping page[SLOTS];
	struct ppctlb_mapping region[REGIONS];
};

static bool over_kernel(const char *name)
{
	return strstr(name, "vCPU") != NULL;
}

/* ---- one page ---- */

/* 8 slots of TLB0, in sets apart, or of TLB1. */
static size_t slot(const struct target *g, size_t i)
{
	return g->large ? g->t.first + i : i * (g->t.first / SLOTS);
}

static struct ppctlb_mapping page_for(const struct target *g, size_t i)
{
	struct ppctlb_mapping m = {.raddr = UINT64_C(0x10000000), .flags = PPCTLB_SR | PPCTLB_SW};

	m.size = g->large ? UINT64_C(256) << 20 : PAGE;
	m.eaddr = g->large ? i << 28 : FREE_AREA + slot(g, i) / g->t.ways * PAGE;
	m.tid = 2; /* which conflicts with pages of PID 0: eight of 256M are as much as all */
	return m;
}

static void empty(const struct tlb *t, struct ppctlb_entry *e, size_t place)
{
	*e = t->e[place];
	memset(e->word, 0, sizeof(e->word));
}

static void prepare(void *arg)
{
	struct target *g = arg;

	must(ppctlb_set(g->t.h, g->before, SLOTS));
}

static void map_them(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < SLOTS; i++)
		must(ppctlb_map(g->t.h, &g->page[i], 1, 0));
}

static void map_them_at(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < SLOTS; i++)
		must(ppctlb_map_at(g->t.h, &g->page[i], g->before[i].tlb, g->before[i].index, 0));
}

static void unmap_them(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < SLOTS; i++)
		must(ppctlb_unmap(g->t.h, g->page[i].eaddr, g->page[i].size, g->page[i].tid, 0));
}

static void fill(struct raw *r, const struct ppctlb_mapping *m)
{
	unsigned tsize = (unsigned)__builtin_ctzll(m->size) - 10;

	r->a = 0;
	r->b = PPCTLB_MAS1_V | (uint32_t)m->tid << PPCTLB_MAS1_TID_SHIFT |
	       tsize << PPCTLB_MAS1_TSIZE_SHIFT;
	r->c = m->eaddr;
	r->d = m->raddr | (m->flags & PPCTLB_SR ? PPCTLB_MAS3_SR : 0) |
	       (m->flags & PPCTLB_SW ? PPCTLB_MAS3_SW : 0);
}

static void fill_them(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < SLOTS; i++) {
		fill(&g->t.raw[slot(g, i)], &g->page[i]);
		one_call();
	}
}

static void clear_them(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < SLOTS; i++) {
		memset(&g->t.raw[slot(g, i)], 0, sizeof(struct raw));
		one_call();
	}
}

/* The words that both sides leave in those slots. */
static void require_equal(struct target *g)
{
	must(ppctlb_get(g->t.h, PPCTLB_GUEST, g->t.e, g->t.n));
	for (size_t i = 0; i < SLOTS; i++) {
		const struct raw *r = &g->t.raw[slot(g, i)];
		const uint64_t *w = g->t.e[slot(g, i)].word;

		require(w[0] == r->b && w[1] == r->c && w[2] == r->d && w[3] == r->a,
			"the words of a page");
	}
}

static const struct {
	const char *name;
	void (*ours)(void *arg);
	void (*peer)(void *arg);
} changes[] = {
	{"map_at", map_them_at, fill_them},
	{"map", map_them, fill_them},
	{"unmap", unmap_them, clear_them},
};

static size_t change_of(const char *name)
{
	size_t i = 0;

	while (strncmp(changes[i].name, name, strlen(changes[i].name)) != 0)
		i++;
	return i;
}

/* A TLB that is full but for those slots; pages of 256M only find room beside others of another
 * PID, so that there the entries of PID 0 go. */
static void open_target(struct target *g, const char *core, const char *name)
{
	tlb_open(&g->t, core, NULL, over_kernel(name));
	g->large = strstr(name, "256M") != NULL;
	tlb_fill(&g->t, 0);
	for (size_t i = 0; i < SLOTS; i++) {
		g->page[i] = page_for(g, i);
		empty(&g->t, &g->before[i], slot(g, i));
	}
	for (size_t i = 0; g->large && i < g->t.n; i++) {
		struct ppctlb_mapping m = g->t.m[i];

		m.tid = FILL_PID;
		must(ppctlb_encode(ppctlb_handle_core(g->t.h), &m, &g->t.e[i]));
		g->t.e[i].tlb = i >= g->t.first;
		g->t.e[i].index = (uint16_t)(i - (g->t.e[i].tlb ? g->t.first : 0));
	}
	must(ppctlb_set(g->t.h, g->t.e, g->t.n));
	prepare(g);
}

void change(const char *core, const char *name, struct result *result)
{
	size_t i = change_of(name);
	struct target g;

	open_target(&g, core, name);
	vcpus_cost_one_call();
	if (changes[i].ours == unmap_them) {
		map_them(&g);
		must(ppctlb_get(g.t.h, PPCTLB_GUEST, g.t.e, g.t.n));
		for (size_t k = 0; k < SLOTS; k++)
			g.before[k] = g.t.e[slot(&g, k)];
	}
	changes[i].ours(&g);
	changes[i].peer(&g);
	require_equal(&g);
	race(&(struct race){.ours = changes[i].ours,
			    .peer = changes[i].peer,
			    .prepare = prepare,
			    .arg = &g,
			    .pieces = SLOTS},
	     result);
}

/* ---- 100 regions in a call ---- */

static void clear(void *arg)
{
	struct target *g = arg;

	must(ppctlb_flush(g->t.h));
}

static void map_regions(void *arg)
{
	struct target *g = arg;

	must(ppctlb_map(g->t.h, g->region, REGIONS, 0));
}

/* Where the library puts them: the way by the order in the set. */
static size_t place_of(const struct target *g, size_t i)
{
	size_t sets = g->t.first / g->t.ways;

	return i % sets * g->t.ways + i / sets;
}

static void fill_regions(void *arg)
{
	struct target *g = arg;

	for (size_t i = 0; i < REGIONS; i++)
		fill(&g->t.raw[place_of(g, i)], &g->region[i]);
	one_call();
}

void change_many(const char *core, const char *name, struct result *result)
{
	struct target g;

	tlb_open(&g.t, core, NULL, over_kernel(name));
	vcpus_cost_one_call();
	for (size_t i = 0; i < REGIONS; i++)
		g.region[i] = (struct ppctlb_mapping){.eaddr = i * PAGE,
						      .raddr = FREE_AREA + (i ^ 1) * PAGE,
						      .size = PAGE,
						      .flags = PPCTLB_SR};
	map_regions(&g);
	fill_regions(&g);
	must(ppctlb_get(g.t.h, PPCTLB_GUEST, g.t.e, g.t.n));
	for (size_t i = 0; i < g.t.n; i++)
		require(g.t.e[i].word[1] == g.t.raw[i].c && g.t.e[i].word[2] == g.t.raw[i].d,
			"the words of 100 pages");
	race(&(struct race){.ours = map_regions,
			    .peer = fill_regions,
			    .prepare = clear,
			    .arg = &g,
			    .pieces = 1},
	     result);
}

/* ---- all entries ---- */

struct all {
	struct tlb t;
	struct ppctlb_entry *other; /* other RAs, so that each set changes every entry */
	struct raw *to, *raw[2];
	bool turn;
};

static void ours_flush(void *arg)
{
	struct all *a = arg;

	must(ppctlb_flush(a->t.h));
}

static void peer_flush(void *arg)
{
	struct all *a = arg;

	memset(a->to, 0, a->t.n * sizeof(*a->to));
	one_call();
}

static void refill(void *arg)
{
	struct all *a = arg;

	must(ppctlb_set(a->t.h, a->t.e, a->t.n));
	memcpy(a->to, a->raw[0], a->t.n * sizeof(*a->to));
}

static void ours_set(void *arg)
{
	struct all *a = arg;

	a->turn = !a->turn;
	must(ppctlb_set(a->t.h, a->turn ? a->other : a->t.e, a->t.n));
}

static void peer_set(void *arg)
{
	struct all *a = arg;

	a->turn = !a->turn;
	memcpy(a->to, a->raw[a->turn], a->t.n * sizeof(*a->to));
	one_call();
}

static void ours_get(void *arg)
{
	struct all *a = arg;

	must(ppctlb_get(a->t.h, PPCTLB_GUEST, a->other, a->t.n));
}

static const struct {
	const char *name;
	void (*ours)(void *arg);
	void (*peer)(void *arg);
	void (*prepare)(void *arg);
} wholes[] = {
	{"flush", ours_flush, peer_flush, refill},
	{"set", ours_set, peer_set, NULL},
	{"get", ours_get, peer_set, NULL},
};

static void open_all(struct all *a, const char *core, const char *name)
{
	*a = (struct all){.turn = false};
	tlb_open(&a->t, core, NULL, over_kernel(name));
	a->to = room(a->t.n, sizeof(*a->to));
	a->other = room(a->t.n, sizeof(*a->other));
	for (unsigned i = 0; i < 2; i++) {
		tlb_fill(&a->t, 1 - i);
		a->raw[1 - i] = room(a->t.n, sizeof(struct raw));
		memcpy(a->raw[1 - i], a->t.raw, a->t.n * sizeof(struct raw));
		if (i == 0)
			memcpy(a->other, a->t.e, a->t.n * sizeof(*a->other));
	}
}

/* What is in the handle after either side has done the same. */
static void require_same_words(const struct all *a)
{
	struct ppctlb_entry *e = room(a->t.n, sizeof(*e));

	must(ppctlb_get(a->t.h, PPCTLB_GUEST, e, a->t.n));
	for (size_t i = 0; i < a->t.n; i++)
		require(e[i].word[0] == a->to[i].b && e[i].word[1] == a->to[i].c &&
				e[i].word[2] == a->to[i].d && e[i].word[3] == a->to[i].a,
			"the words of all entries");
	free(e);
}

void whole(const char *core, const char *name, struct result *result)
{
	struct all a;
	size_t i = 0;

	while (strncmp(wholes[i].name, name, strlen(wholes[i].name)) != 0)
		i++;
	open_all(&a, core, name);
	vcpus_cost_one_call();
	refill(&a);
	require_same_words(&a);
	wholes[i].ours(&a);
	if (wholes[i].ours != ours_get) {
		a.turn = false;
		wholes[i].peer(&a);
	}
	require_same_words(&a);
	race(&(struct race){.ours = wholes[i].ours,
			    .peer = wholes[i].peer,
			    .prepare = wholes[i].prepare,
			    .arg = &a,
			    .pieces = 1},
	     result);
}

/* ---- how map grows ---- */

enum { SMALL = 4096, LARGE = 65536 };

struct grown {
	struct tlb t;
	struct ppctlb_mapping *region;
	size_t n;
	int how, ret; /* PPCTLB_REPLACE; what map must return */
};

struct growth {
	struct grown small, large;
};

static void map_grown(struct grown *g)
{
	require(ppctlb_map(g->t.h, g->region, g->n, (unsigned)g->how) == g->ret,
		"how a map of many regions ends");
}

static void map_large(void *arg)
{
	map_grown(&((struct growth *)arg)->large);
}

static void map_small(void *arg)
{
	map_grown(&((struct growth *)arg)->small);
}

/* One page of 1G instead, in TLB1, in which every other 4K is to be a hole. */
static void one_large_page(struct tlb *t)
{
	struct ppctlb_mapping m = {
		.eaddr = UINT64_C(1) << 30, .size = UINT64_C(1) << 30, .flags = PPCTLB_SR};

	must(ppctlb_flush(t->h));
	must(ppctlb_map(t->h, &m, 1, 0));
}

/* Regions of one page each, in an order that is nearly sorted. */
static void make_regions(struct grown *g, const char *name)
{
	uint64_t from = 0, step = PAGE;

	if (!strcmp(name, "no conflict")) {
		from = UINT64_C(1) << 40;
		g->ret = -ENOSPC;
	} else if (!strcmp(name, "all replaced")) {
		g->how = PPCTLB_REPLACE;
	} else {
		from = UINT64_C(1) << 30;
		step = 2 * PAGE;
		g->how = PPCTLB_REPLACE;
		g->ret = -ENOSPC;
		one_large_page(&g->t);
	}
	g->region = room(g->n, sizeof(*g->region));
	for (size_t i = 0; i < g->n; i++)
		g->region[i] = (struct ppctlb_mapping){.eaddr = from + (i ^ 5) * step,
						       .raddr = i * PAGE,
						       .size = PAGE,
						       .flags = PPCTLB_SR};
}

static void grown(struct grown *g, const char *core, const char *name, uint32_t n)
{
	const struct ppctlb_geometry geometry[2] = {{n, 16}, {64, 64}};

	*g = (struct grown){.n = n};
	tlb_open(&g->t, core, geometry, false);
	tlb_fill(&g->t, 0);
	make_regions(g, name);
}

void map_grows(const char *core, const char *name, struct result *result)
{
	struct growth g;

	grown(&g.small, core, name, SMALL);
	grown(&g.large, core, name, LARGE);
	race(&(struct race){.ours = map_large, .peer = map_small, .arg = &g, .pieces = 1}, result);
}
