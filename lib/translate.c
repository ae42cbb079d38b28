// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_translate(): what the core would do with an access, by the manuals. */
#include "internal.h"

#include <inttypes.h>

/* The permission that an access needs: [user][type]; there is no fourth type */
static const uint32_t permission[2][4] = {
	{PPCTLB_SR, PPCTLB_SW, PPCTLB_SX},
	{PPCTLB_UR, PPCTLB_UW, PPCTLB_UX},
};

/* What an answer may hang on. */
#define HANGS_ON                                                                                   \
	(PPCTLB_UNKNOWN_SIZE | PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_RIGHTS |    \
	 PPCTLB_UNKNOWN_RA)

#define NEVER_HITS (PPCTLB_DEFECT_INVALID | PPCTLB_DEFECT_IND | TLB_WRONG_SET)

/* One TLB, decoded. */
struct decoded_tlb {
	const struct tlb_page *page;
	size_t n;      /* if fully associative: how many can hit; they are at the front */
	uint32_t ways; /* 0: fully associative */
	uint32_t last_set;
	struct tlb_index index;
};

static bool has_untold(const struct ppctlb *h)
{
	return h->untold || h->info.unknown & HANGS_ON;
}

void tlb_decode_page(const struct ppctlb *h, const struct ppctlb_entry *e, struct tlb_page *p)
{
	struct ppctlb_mapping m;
	uint32_t defects = h->vcpu.core.decode(&h->vcpu.core, e, &m);

	if (!(defects & PPCTLB_DEFECT_INVALID) && !tlb_in_set(&h->vcpu.core, e, &m))
		defects |= TLB_WRONG_SET;
	*p = (struct tlb_page){
		.first = m.eaddr,
		.last = m.eaddr + (m.size - 1),
		.raddr = m.raddr,
		.flags = m.flags,
		.unknown = e->unknown | h->info.unknown,
		.defects = defects,
		.tid = m.tid,
		.index = e->index,
		.tlb = (uint8_t)e->tlb,
		.as = defects & NEVER_HITS ? TLB_NEVER : !!(m.flags & PPCTLB_TS),
	};
}

/* An index takes as long to make as a few accesses without. */
static void prepare(struct decoded_tlb *l, struct ppctlb *h, unsigned tlb, size_t accesses)
{
	const struct ppctlb_geometry *g = &h->vcpu.core.info.array[tlb].geometry;
	size_t from = tlb ? h->vcpu.core.info.array[0].geometry.entries : 0;

	l->page = &h->page[from];
	l->n = 0;
	l->ways = g->ways == g->entries ? 0 : g->ways;
	l->last_set = g->entries / g->ways - 1;
	l->index.n = 0;
	for (size_t i = from; i < from + g->entries; i++) {
		struct tlb_page *p = &h->page[from + l->n];

		tlb_decode_page(h, &h->now[i], p);
		l->n += l->ways || p->as != TLB_NEVER;
	}
	if (!l->ways && l->n <= TLB_INDEXED && accesses > l->n)
		tlb_make_index(&l->index, l->page, l->n);
}

/* The entries to compare an access with: those of its set, or all that can hit. */
static const struct tlb_page *span_for(const struct decoded_tlb *l, uint64_t eaddr, size_t *n)
{
	if (!l->ways) {
		*n = l->n;
		return l->page;
	}
	*n = l->ways;
	return &l->page[((eaddr >> 12) & l->last_set) * l->ways];
}

/* ---- where all is told ---- */

static struct ppctlb_hit not_told(const struct tlb_page *p, uint32_t unknown)
{
	return (struct ppctlb_hit){PPCTLB_NOT_TOLD, p->tlb, p->index, 0, unknown, 0};
}

/* The answer of the one entry that matches. */
static struct ppctlb_hit answer(const struct tlb_page *p, const struct ppctlb_access *a)
{
	struct ppctlb_hit hit = {PPCTLB_PROTECTION, p->tlb, p->index, 0, 0, 0};

	if (p->unknown & PPCTLB_UNKNOWN_RIGHTS)
		return not_told(p, PPCTLB_UNKNOWN_RIGHTS);
	if (!(p->flags & permission[a->user][a->type]))
		return hit;
	if (p->unknown & PPCTLB_UNKNOWN_RA)
		return not_told(p, PPCTLB_UNKNOWN_RA);
	hit.result = PPCTLB_HIT;
	hit.raddr = p->raddr + (a->eaddr - p->first);
	return hit;
}

/* The first of the entries that match an access, and how many there are. */
struct found {
	const struct tlb_page *first;
	unsigned n;
};

static inline void try(struct found *f, const struct tlb_page *p, const struct ppctlb_access *a)
{
	if (a->eaddr - p->first <= p->last - p->first && p->as == a->as &&
	    (!p->tid || p->tid == a->pid) && !f->n++)
		f->first = p;
}

static inline void look_in(const struct decoded_tlb *l, const struct ppctlb_access *a,
			   struct found *f)
{
	const struct tlb_page *p;
	size_t n;

	if (l->index.n) {
		uint64_t over = l->index.over[tlb_interval(&l->index, a->eaddr)];

		for (; over; over &= over - 1)
			try(f, &l->page[__builtin_ctzll(over)], a);
		return;
	}
	p = span_for(l, a->eaddr, &n);
	for (size_t i = 0; i < n; i++)
		try(f, &p[i], a);
}

static struct ppctlb_hit answer_of(const struct found *f, const struct ppctlb_access *a)
{
	if (!f->n)
		return (struct ppctlb_hit){.result = PPCTLB_MISS};
	if (f->n > 1)
		return (struct ppctlb_hit){
			PPCTLB_MULTI_HIT, f->first->tlb, f->first->index, 0, 0, 0};
	return answer(f->first, a);
}

static struct ppctlb_hit look_up(const struct decoded_tlb *l, unsigned tlbs,
				 const struct ppctlb_access *a)
{
	struct found f = {NULL, 0};

	for (unsigned tlb = 0; tlb < tlbs; tlb++)
		look_in(&l[tlb], a, &f);
	return answer_of(&f, a);
}

/* ---- where not all is told ---- */

/*
 * Does the entry match the access? What the match hangs on, since the entry does not tell it, goes
 * to *hangs_on. A page of unknown size is at least as large as the entry shows it.
 */
static bool matches(const struct tlb_page *p, const struct ppctlb_access *a, uint32_t *hangs_on)
{
	uint32_t differs = 0;

	if (p->as == TLB_NEVER || a->eaddr < p->first)
		return false;
	if (a->eaddr > p->last)
		differs |= PPCTLB_UNKNOWN_SIZE;
	if (p->as != a->as)
		differs |= PPCTLB_UNKNOWN_TS;
	if (p->tid && p->tid != a->pid)
		differs |= PPCTLB_UNKNOWN_TID;
	*hangs_on = differs | (p->unknown & (PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_TID));
	return !(differs & ~p->unknown);
}

/* Entries that match for certain, and those that may. */
struct guess {
	const struct tlb_page *first, *first_certain;
	unsigned certain;
	uint32_t hangs_on;
};

static void guess_in(const struct decoded_tlb *l, const struct ppctlb_access *a, struct guess *g)
{
	size_t n;
	const struct tlb_page *page = span_for(l, a->eaddr, &n);

	for (size_t i = 0; i < n; i++) {
		const struct tlb_page *p = &page[i];
		uint32_t hangs_on;

		if (!matches(p, a, &hangs_on))
			continue;
		if (!g->first)
			g->first = p;
		if (!hangs_on && !g->certain++)
			g->first_certain = p;
		g->hangs_on |= hangs_on;
	}
}

static struct ppctlb_hit guess(const struct decoded_tlb *l, unsigned tlbs,
			       const struct ppctlb_access *a)
{
	struct guess g = {.first = NULL};

	for (unsigned tlb = 0; tlb < tlbs; tlb++)
		guess_in(&l[tlb], a, &g);
	if (!g.first)
		return (struct ppctlb_hit){.result = PPCTLB_MISS};
	if (g.certain > 1)
		return (struct ppctlb_hit){
			PPCTLB_MULTI_HIT, g.first_certain->tlb, g.first_certain->index, 0, 0, 0};
	return g.hangs_on ? not_told(g.first, g.hangs_on) : answer(g.first, a);
}

/* ---- the call ---- */

static int check_access(const struct ppctlb_core_info *core, const struct ppctlb_access *a,
			size_t n)
{
	if (!tlb_fits(a->eaddr, core->ea_bits))
		return tlb_fail(EINVAL,
				"access %zu: EA 0x%" PRIx64 " is wider than the %u bits of %s", n,
				a->eaddr, core->ea_bits, core->name);
	if (!tlb_fits(a->pid, core->tid_bits))
		return tlb_fail(EINVAL, "access %zu: PID %u is wider than the %u bits of %s", n,
				a->pid, core->tid_bits, core->name);
	if (a->as > 1 || a->type > PPCTLB_EXECUTE || a->user > 1)
		return tlb_fail(EINVAL, "access %zu: AS %u, type %u, user %u", n, a->as, a->type,
				a->user);
	return 0;
}

/* All at once: a field that is too wide anywhere is so in what all have or-ed. */
static int check_accesses(const struct ppctlb_core_info *core, const struct ppctlb_access *all,
			  size_t n)
{
	uint64_t eaddr = 0;
	unsigned pid = 0, bad = 0;
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		struct ppctlb_access a = all[i];

		eaddr |= a.eaddr;
		pid |= a.pid;
		bad |= (a.as > 1) | (a.type > PPCTLB_EXECUTE) | (a.user > 1);
	}
	if (tlb_fits(eaddr, core->ea_bits) && tlb_fits(pid, core->tid_bits) && !bad)
		return 0;
	for (size_t i = 0; !ret && i < n; i++) {
		struct ppctlb_access a = all[i];

		ret = check_access(core, &a, i);
	}
	return ret;
}

/* A copy whose type and user are in range, whatever somebody else wrote there since it was checked.
 */
static inline void take_access(struct ppctlb_access *a, const struct ppctlb_access *from)
{
	a->eaddr = from->eaddr;
	a->pid = from->pid;
	a->as = from->as;
	a->type = from->type & 3;
	a->user = from->user & 1;
}

/* One access: the backend reads no more than the entries that it may match. */
static int translate_one(struct ppctlb *h, const struct ppctlb_access *access,
			 struct ppctlb_hit *hit)
{
	struct ppctlb_access a = *access;
	struct ppctlb_entry e[2];
	struct ppctlb_mapping m;
	int n = check_access(h->info.core, &a, 0);

	n = n < 0 ? n : h->backend->match(&h->vcpu, &a, e);
	if (n < 0)
		return n;
	*hit = (struct ppctlb_hit){.result = n ? PPCTLB_MULTI_HIT : PPCTLB_MISS};
	if (!n)
		return 0;
	hit->tlb = e[0].tlb;
	hit->index = e[0].index;
	if (n > 1)
		return 0;
	h->vcpu.core.decode(&h->vcpu.core, &e[0], &m);
	hit->result = m.flags & permission[a.user][a.type] ? PPCTLB_HIT : PPCTLB_PROTECTION;
	hit->raddr = hit->result == PPCTLB_HIT ? m.raddr + (a.eaddr - m.eaddr) : 0;
	return 0;
}

static int translate_all(struct ppctlb *h, const struct ppctlb_access *accesses,
			 struct ppctlb_hit *answers, size_t n)
{
	struct decoded_tlb l[2];
	unsigned tlbs = h->info.core->arrays;
	bool untold = has_untold(h);
	int ret = tlb_load(h, PPCTLB_GUEST);

	if (ret)
		return ret;
	for (unsigned tlb = 0; tlb < tlbs; tlb++)
		prepare(&l[tlb], h, tlb, untold ? 0 : n);
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_access a;

		take_access(&a, &accesses[i]);
		answers[i] = untold ? guess(l, tlbs, &a) : look_up(l, tlbs, &a);
	}
	return 0;
}

int ppctlb_translate(struct ppctlb *h, const struct ppctlb_access *accesses,
		     struct ppctlb_hit *answers, size_t n)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if ((!accesses || !answers) && n)
		return tlb_fail(EINVAL, "translate: a NULL argument");
	if (n == 1 && !has_untold(h))
		return translate_one(h, accesses, answers);
	ret = check_accesses(h->info.core, accesses, n);
	return ret ? ret : translate_all(h, accesses, answers, n);
}
