// SPDX-License-Identifier: GPL-2.0-or-later
/* The check beside a comparison of all pairs of entries, in plain code that tells multi-hits only.
 */
#include "bench.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdlib.h>
#include <string.h>

struct extent {
	uint64_t first, last;
	unsigned tid, ts;
};

struct checked {
	struct tlb t;
	struct extent *extent;
	struct ppctlb_finding *finding;
	size_t n, pairs; /* findings; multi-hits by the peer */
};

/* ---- the peer ---- */

static struct extent extent_of(const struct tlb *t, const struct raw *r)
{
	uint64_t size = t->ways ? UINT64_C(1024)
					  << ((r->b & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT)
				: UINT64_C(1024) << 2 * ((r->b & PPCTLB_44X_SIZE) >> 4);
	uint64_t ea = t->ways ? r->c & PPCTLB_MAS2_EPN : r->b & PPCTLB_44X_EPN;

	if (t->ways)
		return (struct extent){ea, ea + size - 1,
				       (r->b & PPCTLB_MAS1_TID) >> PPCTLB_MAS1_TID_SHIFT,
				       (r->b & PPCTLB_MAS1_TS) != 0};
	return (struct extent){ea, ea + size - 1, r->a & PPCTLB_44X_TID,
			       (r->b & PPCTLB_44X_TS) != 0};
}

static bool both_hit(const struct extent *a, const struct extent *b)
{
	return a->ts == b->ts && (a->tid == b->tid || !a->tid || !b->tid) && a->first <= b->last &&
	       b->first <= a->last;
}

static void all_pairs(void *arg)
{
	struct checked *c = arg;
	size_t n = 0;

	for (size_t i = 0; i < c->t.n; i++)
		if (c->t.raw[i].b & (c->t.ways ? PPCTLB_MAS1_V : PPCTLB_44X_V))
			c->extent[n++] = extent_of(&c->t, &c->t.raw[i]);
	c->pairs = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n; k++)
			c->pairs += both_hit(&c->extent[i], &c->extent[k]);
}

/* ---- ours ---- */

static void count(void *arg)
{
	struct checked *c = arg;

	must(ppctlb_check(c->t.h, NULL, &c->n));
}

static void find(void *arg)
{
	struct checked *c = arg;

	must(ppctlb_check(c->t.h, c->finding, &c->n));
}

static size_t multi_hits(struct checked *c)
{
	size_t pairs = 0;

	count(c);
	free(c->finding);
	c->finding = room(c->n + 1, sizeof(*c->finding));
	find(c);
	for (size_t i = 0; i < c->n; i++)
		pairs += !strcmp(c->finding[i].name, "multi-hit");
	return pairs;
}

static void open_checked(struct checked *c, const char *core, const struct ppctlb_geometry *g)
{
	*c = (struct checked){.n = 0};
	tlb_open(&c->t, core, g, false);
	tlb_fill(&c->t, 0);
	c->extent = room(c->t.n, sizeof(*c->extent));
}

/* The last entry becomes what the one before it is, and then again what it was. */
static void require_equal(struct checked *c)
{
	struct ppctlb_entry *last = &c->t.e[c->t.n - 1], e = *last;
	struct raw *raw = &c->t.raw[c->t.n - 1], r = *raw;

	all_pairs(c);
	require(multi_hits(c) == 0 && c->pairs == 0, "multi-hits where there are none");
	memcpy(last->word, last[-1].word, sizeof(last->word));
	must(ppctlb_set(c->t.h, last, 1));
	*raw = raw[-1];
	all_pairs(c);
	require(multi_hits(c) == 1 && c->pairs == 1, "a multi-hit");
	*last = e;
	*raw = r;
	must(ppctlb_set(c->t.h, last, 1));
	require(multi_hits(c) == 0, "no multi-hit any more");
}

void check_pairs(const char *core, const char *name, struct result *result)
{
	struct checked c;

	(void)name;
	open_checked(&c, core, NULL);
	require_equal(&c);
	race(&(struct race){.ours = count, .peer = all_pairs, .arg = &c, .pieces = 1}, result);
}

/* ---- growth, and what findings cost ---- */

static void count_first(void *arg)
{
	count(&((struct checked *)arg)[0]);
}

static void count_second(void *arg)
{
	count(&((struct checked *)arg)[1]);
}

void check_grows(const char *core, const char *name, struct result *result)
{
	const struct ppctlb_geometry small[2] = {{1024, 16}, {64, 64}};
	const struct ppctlb_geometry large[2] = {{65536, 16}, {64, 64}};
	struct checked c[2];

	(void)name;
	open_checked(&c[0], core, large);
	open_checked(&c[1], core, small);
	require(multi_hits(&c[0]) == 0 && multi_hits(&c[1]) == 0, "multi-hits in a good TLB");
	race(&(struct race){.ours = count_first, .peer = count_second, .arg = c, .pieces = 1},
	     result);
}

/* A TLB that has something to find in every entry: no permission. */
void check_passes(const char *core, const char *name, struct result *result)
{
	struct checked c;

	(void)name;
	open_checked(&c, core, NULL);
	for (size_t i = 0; i < c.t.n; i++)
		c.t.e[i].word[2] &= ~UINT64_C(0x3f);
	must(ppctlb_set(c.t.h, c.t.e, c.t.n));
	multi_hits(&c);
	require(c.n >= c.t.n, "a finding for each entry");
	race(&(struct race){.ours = find, .peer = count, .arg = &c, .pieces = 1}, result);
}
