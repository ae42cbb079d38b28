// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Look-ups beside the plainest that is right: a scan of the raw words, which goes on after a match
 * to see a second.
 */
#include "bench.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdlib.h>
#include <string.h>

enum { FEW = 4096, MANY = 1000000, PART = 100000 }; /* the peer takes its time */

struct stream {
	struct tlb t;
	struct ppctlb_access *access;
	struct ppctlb_hit *hit;
	int32_t *found; /* by the peer: the place, or -1 */
	size_t n, next;
};

/* ---- the peer ---- */

static bool matches_440(const struct raw *r, const struct ppctlb_access *a)
{
	uint32_t valid = PPCTLB_44X_V | (a->as ? PPCTLB_44X_TS : 0);
	unsigned shift = 10 + 2 * ((r->b & PPCTLB_44X_SIZE) >> 4);
	unsigned tid = r->a & PPCTLB_44X_TID;

	return (r->b & (PPCTLB_44X_V | PPCTLB_44X_TS)) == valid &&
	       !((r->b ^ (uint32_t)a->eaddr) >> shift) && (!tid || tid == a->pid);
}

static bool matches_e500(const struct raw *r, const struct ppctlb_access *a, unsigned shift)
{
	uint32_t valid = PPCTLB_MAS1_V | (a->as ? PPCTLB_MAS1_TS : 0);
	unsigned tid = (r->b & PPCTLB_MAS1_TID) >> PPCTLB_MAS1_TID_SHIFT;

	return (r->b & (PPCTLB_MAS1_V | PPCTLB_MAS1_TS)) == valid &&
	       !((r->c ^ a->eaddr) >> shift) && (!tid || tid == a->pid);
}

static int32_t look_up_440(const struct tlb *t, const struct ppctlb_access *a)
{
	int32_t found = -1;
	unsigned n = 0;

	for (size_t i = 0; i < t->n && n < 2; i++)
		if (matches_440(&t->raw[i], a) && !n++)
			found = (int32_t)i;
	return found;
}

static int32_t look_up_e500(const struct tlb *t, const struct ppctlb_access *a)
{
	size_t sets = t->first / t->ways, begin = (a->eaddr >> 12 & (sets - 1)) * t->ways;
	int32_t found = -1;
	unsigned n = 0;

	for (size_t i = begin; i < begin + t->ways && n < 2; i++)
		if (matches_e500(&t->raw[i], a, 12) && !n++)
			found = (int32_t)i;
	for (size_t i = t->first; i < t->n && n < 2; i++) {
		unsigned tsize = (t->raw[i].b & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT;

		if (matches_e500(&t->raw[i], a, 10 + tsize) && !n++)
			found = (int32_t)i;
	}
	return found;
}

static int32_t look_up(const struct tlb *t, const struct ppctlb_access *a)
{
	return t->ways ? look_up_e500(t, a) : look_up_440(t, a);
}

/* ---- streams ---- */

static uint64_t somewhere_in(const struct ppctlb_mapping *m)
{
	return m->eaddr + random_below((uint32_t)m->size);
}

static void hits(struct stream *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->access[i].eaddr = somewhere_in(&s->t.m[random_below((uint32_t)s->t.n)]);
}

static void misses(struct stream *s)
{
	for (size_t i = 0; i < s->n; i++)
		s->access[i].eaddr = FREE_AREA + random_below(0x50000000);
}

/* A program: some steps in a page, then another one, mostly of the few that it works with; it
 * touches a page that is not there now and then. */
static void trace(struct stream *s)
{
	enum { WORKING_SET = 12 };
	size_t set[WORKING_SET], left = 0;
	const struct ppctlb_mapping *m = s->t.m;
	uint64_t at = 0;

	for (size_t i = 0; i < WORKING_SET; i++)
		set[i] = random_below((uint32_t)s->t.n);
	for (size_t i = 0; i < s->n; i++, left--) {
		if (!left) {
			size_t k = random_below(WORKING_SET);

			if (!random_below(20))
				set[k] = random_below((uint32_t)s->t.n);
			m = &s->t.m[set[k]];
			at = random_below((uint32_t)m->size);
			left = 1 + random_below(30);
		}
		at = (at + 4 * random_below(16)) & (m->size - 1);
		s->access[i].eaddr = m->eaddr + at;
		if (!random_below(200))
			s->access[i].eaddr = FREE_AREA + random_below(0x50000000);
	}
}

static const struct {
	const char *name;
	void (*make)(struct stream *s);
} streams[] = {{"hits", hits}, {"misses", misses}, {"trace", trace}};

/* ---- the two sides ---- */

static void require_equal(const struct stream *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct ppctlb_hit *hit = &s->hit[i];
		int32_t place = look_up(&s->t, &s->access[i]);
		const struct ppctlb_mapping *m = place < 0 ? NULL : &s->t.m[place];

		require(m ? hit->result == PPCTLB_HIT &&
					tlb_place(&s->t, hit->tlb, hit->index) == (size_t)place &&
					hit->raddr == m->raddr + (s->access[i].eaddr - m->eaddr)
			  : hit->result == PPCTLB_MISS,
			"where an access leads");
	}
}

static void begin(struct stream *s, const char *core, const char *name, size_t n)
{
	*s = (struct stream){.n = n};
	tlb_open(&s->t, core, NULL, false);
	tlb_fill(&s->t, 0);
	s->access = room(n, sizeof(*s->access));
	s->hit = room(n, sizeof(*s->hit));
	s->found = room(n, sizeof(*s->found));
	for (size_t i = 0; i < ARRAY_SIZE(streams); i++)
		if (!strcmp(streams[i].name, name))
			streams[i].make(s);
	for (size_t i = 0; i < n; i++)
		s->access[i].pid = FILL_PID;
}

static void ours_one(void *arg)
{
	struct stream *s = arg;
	size_t i = s->next++ % FEW;

	ppctlb_translate(s->t.h, &s->access[i], &s->hit[i], 1);
}

static void peer_one(void *arg)
{
	struct stream *s = arg;
	size_t i = s->next++ % FEW;

	s->found[i] = look_up(&s->t, &s->access[i]);
}

static void ours_many(void *arg)
{
	struct stream *s = arg;

	must(ppctlb_translate(s->t.h, s->access, s->hit, s->n));
}

static void peer_many(void *arg)
{
	struct stream *s = arg;

	for (size_t i = 0; i < PART; i++, s->next = s->next + 1 < s->n ? s->next + 1 : 0)
		s->found[s->next] = look_up(&s->t, &s->access[s->next]);
}

void translate_one(const char *core, const char *name, struct result *result)
{
	struct stream s;

	begin(&s, core, name, FEW);
	for (size_t i = 0; i < FEW; i++)
		ours_one(&s);
	require_equal(&s);
	race(&(struct race){.ours = ours_one, .peer = peer_one, .arg = &s, .pieces = 1}, result);
}

void translate_many(const char *core, const char *name, struct result *result)
{
	struct stream s;

	begin(&s, core, name, MANY);
	ours_many(&s);
	require_equal(&s);
	race(&(struct race){.ours = ours_many,
			    .peer = peer_many,
			    .arg = &s,
			    .pieces = MANY,
			    .peer_pieces = PART},
	     result);
}
