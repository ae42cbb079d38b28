// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_translate(): what the core would do with an access, by the manuals. */
#include "internal.h"

#include <inttypes.h>

/* The permission that an access needs: [user][type] */
static const uint32_t permission[2][3] = {
	{PPCTLB_SR, PPCTLB_SW, PPCTLB_SX},
	{PPCTLB_UR, PPCTLB_UW, PPCTLB_UX},
};

/* The entries to compare an access with: those of its set, or all that can hit. */
struct span {
	const struct tlb_page *page;
	size_t n;
};

/* One TLB with its entries decoded. */
struct decoded_tlb {
	const struct ppctlb_geometry *geometry;
	const struct tlb_page *page;
	size_t n; /* if fully associative: how many can hit; they are at the front */
};

static bool has_sets(const struct ppctlb_geometry *g)
{
	return g->ways != g->entries;
}

/* Decode an entry; one that can never hit gets an empty range. unknown: of all entries. */
static struct tlb_page page_of(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			       uint32_t unknown)
{
	struct ppctlb_mapping m;
	unsigned defects = core->decode(core, e, &m);
	struct tlb_page p = {.first = 1, .last = 0};

	if (defects & (PPCTLB_DEFECT_INVALID | PPCTLB_DEFECT_IND) || !tlb_in_set(core, e, &m))
		return p;
	p = (struct tlb_page){
		.first = m.eaddr,
		.last = m.eaddr + (m.size - 1),
		.raddr = m.raddr,
		.flags = m.flags,
		.tid = m.tid,
		.tlb = e->tlb,
		.index = e->index,
		.unknown = e->unknown | unknown,
	};
	return p;
}

static struct decoded_tlb prepare(struct ppctlb *h, unsigned tlb)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	const struct ppctlb_geometry *g = &core->info.array[tlb].geometry;
	size_t from = tlb ? core->info.array[0].geometry.entries : 0;
	struct decoded_tlb l = {g, &h->page[from], 0};

	for (size_t i = from; i < from + g->entries; i++) {
		struct tlb_page p = page_of(core, &h->now[i], h->info.unknown);

		if (has_sets(g) || p.first <= p.last)
			h->page[from + l.n++] = p;
	}
	return l;
}

static struct span span_for(const struct decoded_tlb *l, uint64_t eaddr)
{
	const struct ppctlb_geometry *g = l->geometry;

	if (!has_sets(g))
		return (struct span){l->page, l->n};
	return (struct span){&l->page[(size_t)tlb_set_of(g, eaddr) * g->ways], g->ways};
}

/*
 * Does the entry match the access? What the match hangs on, since the entry does not tell it, goes
 * to *hangs_on. A page of unknown size is at least as large as the entry shows it.
 */
static bool matches(const struct tlb_page *p, const struct ppctlb_access *a, uint32_t *hangs_on)
{
	uint32_t differs = 0;

	if (a->eaddr < p->first)
		return false;
	if (a->eaddr > p->last)
		differs |= PPCTLB_UNKNOWN_SIZE;
	if (!(p->flags & PPCTLB_TS) != !a->as)
		differs |= PPCTLB_UNKNOWN_TS;
	if (p->tid && p->tid != a->pid)
		differs |= PPCTLB_UNKNOWN_TID;
	*hangs_on = differs | (p->unknown & (PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_TID));
	return !(differs & ~p->unknown);
}

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

/* What was found so far: entries that match for certain, and those that may. */
struct found {
	const struct tlb_page *first, *first_certain;
	unsigned certain;
	uint32_t hangs_on;
};

static void look_in(const struct decoded_tlb *l, const struct ppctlb_access *a, struct found *f)
{
	struct span c = span_for(l, a->eaddr);

	for (size_t i = 0; i < c.n; i++) {
		const struct tlb_page *p = c.page + i;
		uint32_t hangs_on;

		if (!matches(p, a, &hangs_on))
			continue;
		if (!f->first)
			f->first = p;
		if (!hangs_on && !f->certain++)
			f->first_certain = p;
		f->hangs_on |= hangs_on;
	}
}

static struct ppctlb_hit look_up(const struct decoded_tlb *l, unsigned tlbs,
				 const struct ppctlb_access *a)
{
	struct found f = {.first = NULL};

	for (unsigned tlb = 0; tlb < tlbs; tlb++)
		look_in(&l[tlb], a, &f);
	if (!f.first)
		return (struct ppctlb_hit){.result = PPCTLB_MISS};
	if (f.certain > 1)
		return (struct ppctlb_hit){
			PPCTLB_MULTI_HIT, f.first_certain->tlb, f.first_certain->index, 0, 0, 0};
	return f.hangs_on ? not_told(f.first, f.hangs_on) : answer(f.first, a);
}

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

/* A copy whose type and user are in range, whatever somebody else wrote there since it was checked.
 */
static struct ppctlb_access safe_access(const struct ppctlb_access *access)
{
	struct ppctlb_access a = *access;

	a.type %= PPCTLB_EXECUTE + 1;
	a.user &= 1;
	return a;
}

int ppctlb_translate(struct ppctlb *h, const struct ppctlb_access *accesses,
		     struct ppctlb_hit *answers, size_t n)
{
	struct decoded_tlb l[2];
	unsigned tlbs;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if ((!accesses || !answers) && n)
		return tlb_fail(EINVAL, "translate: a NULL argument");
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_access a = accesses[i];

		ret = check_access(h->info.core, &a, i);
		if (ret)
			return ret;
	}
	ret = tlb_load(h, PPCTLB_GUEST);
	if (ret)
		return ret;
	tlbs = h->info.core->arrays;
	for (unsigned tlb = 0; tlb < tlbs; tlb++)
		l[tlb] = prepare(h, tlb);
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_access a = safe_access(&accesses[i]);

		answers[i] = look_up(l, tlbs, &a);
	}
	return 0;
}
