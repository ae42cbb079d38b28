// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_check(): finds what is wrong or odd in the guest TLB. */
#include "internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What this file finds in a mapping, besides the PPCTLB_DEFECT_* that decode() finds in the words.
 */
enum {
	WRONG_SET = TLB_WRONG_SET,
	X_BITS = 1 << 17,
	W_AND_I = 1 << 18,
	NO_PERMISSION = 1 << 19,
	USER_WX = 1 << 20
};

/* ---- the findings: a row of the table each, and how its values are told ---- */

/* What a finding is about. */
struct about {
	const struct ppctlb_core *core;
	const struct ppctlb_entry *e;
	struct ppctlb_mapping m, other;
};

struct text {
	char *buf;
	size_t len, used; /* used may be more than len: what did not fit is counted */
};

static void say(struct text *t, const char *fmt, ...) PRINTF(2, 3);
static void say(struct text *t, const char *fmt, ...)
{
	size_t room = t->used < t->len ? t->len - t->used : 0;
	va_list args;

	va_start(args, fmt);
	t->used += (size_t)vsnprintf(room ? t->buf + t->used : NULL, room, fmt, args);
	va_end(args);
}

static uint64_t last_of(const struct ppctlb_mapping *m)
{
	return m->eaddr + (m->size - 1);
}

static void say_size(struct text *t, uint64_t size)
{
	char name[24];

	ppctlb_format_size(size, name, sizeof(name));
	say(t, "%s", name);
}

static void say_sizes(struct text *t, uint64_t sizes)
{
	for (const char *blank = ""; sizes; sizes &= sizes - 1, blank = " ") {
		say(t, "%s", blank);
		say_size(t, UINT64_C(1) << __builtin_ctzll(sizes));
	}
}

static void say_pair(struct text *t, const struct about *c)
{
	const struct ppctlb_mapping *a = &c->m, *b = &c->other;
	uint64_t first = a->eaddr > b->eaddr ? a->eaddr : b->eaddr;
	uint64_t last = last_of(a) < last_of(b) ? last_of(a) : last_of(b);

	say(t,
	    "both entries match EA 0x%" PRIx64 " to 0x%" PRIx64 ": undefined, or a machine check",
	    first, last);
}

static void say_set(struct text *t, const struct about *c)
{
	const struct ppctlb_geometry *g = &c->core->info.array[c->e->tlb].geometry;
	unsigned set = tlb_set_of(g, c->m.eaddr);

	say(t,
	    "the entry is in set %u and never hits: EA 0x%" PRIx64
	    " belongs to set %u, %u:%u to %u:%u",
	    c->e->index / (unsigned)g->ways, c->m.eaddr, set, c->e->tlb, set * (unsigned)g->ways,
	    c->e->tlb, (set + 1) * (unsigned)g->ways - 1);
}

/* EPN and RPN as the core uses them, of which low bits do not count. */
static void say_mapped(struct text *t, const struct about *c)
{
	say(t, "; mapped is EA 0x%" PRIx64 " to 0x%" PRIx64 " at RA 0x%" PRIx64, c->m.eaddr,
	    last_of(&c->m), c->m.raddr);
}

static void say_tlb0_size(struct text *t, const struct about *c)
{
	say(t, "TLB0 has 4K pages, TSIZE must say so");
	say_mapped(t, c);
}

static void say_bad_size(struct text *t, const struct about *c)
{
	say(t, "the core has no page of ");
	say_size(t, c->m.size);
	say(t, "; legal: ");
	say_sizes(t, c->core->info.array[c->e->tlb].sizes);
}

static void say_misaligned(struct text *t, const struct about *c, const char *field)
{
	say(t, "%s has bits below the page size ", field);
	say_size(t, c->m.size);
	say_mapped(t, c);
}

static void say_epn(struct text *t, const struct about *c)
{
	say_misaligned(t, c, "EPN");
}

static void say_rpn(struct text *t, const struct about *c)
{
	say_misaligned(t, c, "RPN");
}

static void say_ra(struct text *t, const struct about *c)
{
	say(t, "RA 0x%" PRIx64 " is wider than the %u bits of %s", c->m.raddr,
	    c->core->info.ra_bits, c->core->info.name);
}

/* The bits of a word that decode() objects to: those that it does in an entry without others. */
static uint64_t reserved_bits(const struct about *c, int word)
{
	struct ppctlb_entry plain = *c->e;
	uint64_t found = 0;

	c->core->encode(c->core, &c->m, &plain);
	for (uint64_t left = c->e->word[word] & ~plain.word[word]; left; left &= left - 1) {
		struct ppctlb_entry e = plain;
		struct ppctlb_mapping m;

		e.word[word] |= left & -left;
		if (c->core->decode(c->core, &e, &m) & PPCTLB_DEFECT_RESERVED)
			found |= left & -left;
	}
	return found;
}

static void say_reserved(struct text *t, const struct about *c)
{
	const char *comma = "";

	say(t, "reserved bits are set: ");
	for (int i = 0; i < 4; i++) {
		uint64_t found = reserved_bits(c, i);

		if (!found)
			continue;
		say(t, "%s%s 0x%" PRIx64, comma, c->core->info.word_name[i], found);
		comma = ", ";
	}
}

static void say_mas8(struct text *t, const struct about *c)
{
	say(t, "MAS8 is 0x%" PRIx64 ", not 0; KVM ignores it", c->e->word[3]);
}

struct rule {
	unsigned bit;
	enum ppctlb_severity severity;
	const char *name;
	const char *sentence;
	uint32_t
		hangs_on; /* PPCTLB_UNKNOWN_*: of an entry that does not tell it nothing is found */
	void (*say)(struct text *t, const struct about *c); /* NULL: there are no values */
};

static const struct rule multi_hit = {
	0,
	PPCTLB_ERROR,
	"multi-hit",
	"both entries match the same access: undefined, or a machine check",
	PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_TID,
	say_pair};

#define SIZE   PPCTLB_UNKNOWN_SIZE
#define RA     PPCTLB_UNKNOWN_RA
#define RIGHTS PPCTLB_UNKNOWN_RIGHTS
#define WIMGE  PPCTLB_UNKNOWN_WIMGE

static const struct rule rules[] = {
	{WRONG_SET, PPCTLB_ERROR, "wrong-set",
	 "the entry is not in the set of its EPN and never hits", 0, say_set},
	{PPCTLB_DEFECT_TLB0_SIZE, PPCTLB_ERROR, "tlb0-size", "TLB0 has 4K pages, TSIZE must say so",
	 SIZE, say_tlb0_size},
	{PPCTLB_DEFECT_SIZE, PPCTLB_ERROR, "bad-size", "the core has no page of this size", SIZE,
	 say_bad_size},
	{PPCTLB_DEFECT_EPN, PPCTLB_ERROR, "misaligned-epn", "EPN has bits below the page size",
	 SIZE, say_epn},
	{PPCTLB_DEFECT_RPN, PPCTLB_ERROR, "misaligned-rpn", "RPN has bits below the page size",
	 SIZE | RA, say_rpn},
	{PPCTLB_DEFECT_RA, PPCTLB_ERROR, "ra-width", "RPN is wider than the core's real address",
	 RA, say_ra},
	{PPCTLB_DEFECT_RESERVED, PPCTLB_WARNING, "reserved-bits", "reserved bits are set",
	 PPCTLB_UNKNOWN_RESERVED, say_reserved},
	{PPCTLB_DEFECT_TLB0_IPROT, PPCTLB_ERROR, "tlb0-iprot",
	 "TLB0 has no IPROT; under KVM the guest could never invalidate the entry",
	 PPCTLB_UNKNOWN_IPROT, NULL},
	{PPCTLB_DEFECT_IND, PPCTLB_WARNING, "ind", "an indirect entry; KVM would use it as a page",
	 0, NULL},
	{PPCTLB_DEFECT_MAS8, PPCTLB_WARNING, "mas8", "MAS8 is not 0; KVM ignores it",
	 PPCTLB_UNKNOWN_MAS8, say_mas8},
	{X_BITS, PPCTLB_NOTE, "x-bits", "X0 or X1 is set, which has no function on this core",
	 PPCTLB_UNKNOWN_X, NULL},
	{W_AND_I, PPCTLB_WARNING, "w-and-i", "W together with I is not a supported storage mode",
	 WIMGE, NULL},
	{NO_PERMISSION, PPCTLB_NOTE, "no-permission", "every access to the page faults", RIGHTS,
	 NULL},
	{USER_WX, PPCTLB_NOTE, "user-wx", "user code may write the page and execute it", RIGHTS,
	 NULL},
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

/* ---- finding them ---- */

/* A finding before the caller gets it; other is -1 if it is about one entry. */
struct found {
	const struct rule *rule;
	long place, other;
};

/* Most ways that are compared with each other without an index. */
#define FEW 16

/* What one pass over the TLB finds: counted, and kept as far as the caller has room. */
struct report {
	struct ppctlb *h;
	struct found *found;
	size_t n, room, allocated;
	bool no_memory;
};

/* Pages to compare with, that follow each other in the kernel's order. */
struct group {
	const struct tlb_page *page;
	size_t place, n;
	struct tlb_index index; /* its n is 0 if there is none */
};

static bool all_set(uint32_t flags, uint32_t wanted)
{
	return (flags & wanted) == wanted;
}

static unsigned permission_bits(uint32_t flags)
{
	const uint32_t any = PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX;

	if (!(flags & any))
		return NO_PERMISSION;
	return all_set(flags, PPCTLB_UW | PPCTLB_UX) ? USER_WX : 0;
}

static void judge_entry(const struct ppctlb *h, size_t place, struct tlb_page *p)
{
	tlb_decode_page(h, &h->now[place], p);
	if (p->defects & PPCTLB_DEFECT_INVALID)
		return;
	if (p->flags & (PPCTLB_X0 | PPCTLB_X1))
		p->defects |= X_BITS;
	if (all_set(p->flags, PPCTLB_W | PPCTLB_I))
		p->defects |= W_AND_I;
	/* The RPN of an indirect entry is that of a page table, and the size of the pages there is
	 * in the bits of the permissions. */
	if (p->defects & PPCTLB_DEFECT_IND)
		p->defects &= ~(uint32_t)PPCTLB_DEFECT_RPN;
	else
		p->defects |= permission_bits(p->flags);
}

static bool has_room(struct report *r)
{
	size_t more = r->allocated ? 2 * r->allocated : 64;
	struct found *grown;

	if (r->n < r->allocated)
		return true;
	grown = realloc(r->found, more * sizeof(*grown));
	r->no_memory = r->no_memory || !grown;
	if (!grown)
		return false;
	r->found = grown;
	r->allocated = more;
	return true;
}

static void find(struct report *r, const struct rule *rule, size_t place, long other)
{
	if (r->n < r->room && has_room(r))
		r->found[r->n] = (struct found){rule, (long)place, other};
	r->n++;
}

static void find_defects(struct report *r, size_t place, const struct tlb_page *p)
{
	for (size_t k = 0; k < RULES && p->defects; k++)
		if (p->defects & rules[k].bit && !(p->unknown & rules[k].hangs_on))
			find(r, &rules[k], place, -1);
}

/* Can an access match both? Of those that cannot hit the answer is no. */
static bool meet(const struct tlb_page *a, const struct tlb_page *b)
{
	return a->as == b->as && a->as != TLB_NEVER && a->first <= b->last && b->first <= a->last &&
	       (a->tid == b->tid || !a->tid || !b->tid);
}

static inline void find_pair(struct report *r, const struct tlb_page *p, size_t place,
			     const struct group *g, size_t i)
{
	if (meet(p, &g->page[i]) && !((p->unknown | g->page[i].unknown) & multi_hit.hangs_on))
		find(r, &multi_hit, place, (long)(g->place + i));
}

/* Report the pages of a group from number i on that match an access that p matches, too. */
static void find_pairs(struct report *r, const struct tlb_page *p, size_t place,
		       const struct group *g, size_t i)
{
	uint64_t over;

	if (p->as == TLB_NEVER)
		return;
	if (!g->index.n) {
		for (; i < g->n; i++)
			find_pair(r, p, place, g, i);
		return;
	}
	over = tlb_pages_over(&g->index, p->first, p->last);
	for (; over; over &= over - 1)
		if ((size_t)__builtin_ctzll(over) >= i)
			find_pair(r, p, place, g, (size_t)__builtin_ctzll(over));
}

static void judge_group(const struct ppctlb *h, struct group *g, struct tlb_page *page,
			size_t place, size_t n)
{
	for (size_t i = 0; i < n; i++)
		judge_entry(h, place + i, &page[i]);
	g->page = page;
	g->place = place;
	g->n = n;
	g->index.n = 0;
}

/* For a group with few pages an index takes longer than to compare each with each. */
static void make_index(struct group *g, size_t few)
{
	if (g->n > few && g->n <= TLB_INDEXED)
		tlb_make_index(&g->index, g->page, g->n);
}

/* Is no page of the group over another? */
static bool is_disjoint(const struct group *g)
{
	return g->index.n && !g->index.shared;
}

/* A group of entries that are compared with each other, and with all of the next TLB. */
static void report_group(struct report *r, const struct group *g, const struct group *next)
{
	for (size_t i = 0; i < g->n; i++) {
		find_defects(r, g->place + i, &g->page[i]);
		if (!is_disjoint(g))
			find_pairs(r, &g->page[i], g->place + i, g, i + 1);
		find_pairs(r, &g->page[i], g->place + i, next, 0);
	}
}

/*
 * An EA has one set of a TLB, so of two entries that can hit only those in the same set conflict.
 * One set after the other is decoded, into memory that stays in the cache, and compared with itself
 * and with the next TLB, which is fully associative and small: the work grows with the number of
 * entries, not with its square.
 */
static void report_all(struct report *r)
{
	const struct ppctlb_array_info *a = r->h->vcpu.core.info.array;
	struct group set, next = {.n = 0}; /* the next of the last TLB is empty */
	size_t first = a[0].geometry.entries, second = r->h->info.entries - first;

	if (second)
		judge_group(r->h, &next, r->h->page + first, first, second);
	make_index(&next, 1);
	for (size_t i = 0; i < first; i += a[0].geometry.ways) {
		judge_group(r->h, &set, r->h->page, i, a[0].geometry.ways);
		make_index(&set, FEW);
		report_group(r, &set, &next);
	}
	set = (struct group){.n = 0};
	if (second)
		report_group(r, &next, &set);
}

static struct ppctlb_finding finding_of(const struct ppctlb *h, const struct found *f)
{
	const struct ppctlb_entry *e = &h->now[f->place];
	const struct ppctlb_entry *other = f->other < 0 ? NULL : &h->now[f->other];

	return (struct ppctlb_finding){
		.name = f->rule->name,
		.sentence = f->rule->sentence,
		.severity = f->rule->severity,
		.tlb = e->tlb,
		.index = e->index,
		.other_tlb = other ? other->tlb : PPCTLB_NO_SLOT,
		.other_index = other ? other->index : 0,
	};
}

/* Hand over what was found, all or nothing. */
static int deliver(const struct report *r, struct ppctlb_finding *findings, size_t *n)
{
	if (r->no_memory && r->n <= r->room)
		return tlb_fail(ENOMEM, "check: no memory for %zu findings", r->n);
	*n = r->n;
	if (findings && r->n > r->room)
		return tlb_fail(ENOSPC, "check: %zu findings, there is room for %zu", r->n,
				r->room);
	for (size_t i = 0; findings && i < r->n; i++)
		findings[i] = finding_of(r->h, &r->found[i]);
	return 0;
}

int ppctlb_check(struct ppctlb *h, struct ppctlb_finding *findings, size_t *n)
{
	struct report r = {.h = h};
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!n)
		return tlb_fail(EINVAL, "check: n is NULL");
	r.room = findings ? *n : 0;
	ret = tlb_load(h, PPCTLB_GUEST);
	if (ret)
		return ret;
	report_all(&r);
	ret = deliver(&r, findings, n);
	free(r.found);
	return ret;
}

/* ---- telling one, with its values ---- */

static const struct rule *rule_of(const char *name)
{
	for (size_t i = 0; i < RULES; i++)
		if (!strcmp(rules[i].name, name))
			return &rules[i];
	return strcmp(multi_hit.name, name) ? NULL : &multi_hit;
}

/* The place of the finding's entry, or of the second one of a pair; -1: there is none. */
static long place_of(const struct ppctlb *h, const struct ppctlb_finding *f, bool second)
{
	return second ? tlb_place(&h->vcpu.core, f->other_tlb, f->other_index)
		      : tlb_place(&h->vcpu.core, f->tlb, f->index);
}

static int check_places(const struct ppctlb *h, const struct ppctlb_finding *f,
			const struct rule *rule)
{
	if (place_of(h, f, false) < 0 || (rule == &multi_hit && place_of(h, f, true) < 0))
		return tlb_fail(EINVAL, "format_finding: there is no such entry");
	return 0;
}

static bool is_valid(struct ppctlb *h, long place, struct ppctlb_mapping *m)
{
	return !(h->vcpu.core.decode(&h->vcpu.core, &h->now[place], m) & PPCTLB_DEFECT_INVALID);
}

/* The values, if the entries still are what they were; else what it means in general. */
static void say_values(struct text *t, struct ppctlb *h, const struct ppctlb_finding *f,
		       const struct rule *rule)
{
	struct about c = {.core = &h->vcpu.core, .e = &h->now[place_of(h, f, false)]};
	bool valid = is_valid(h, place_of(h, f, false), &c.m);

	if (rule == &multi_hit)
		valid = valid && is_valid(h, place_of(h, f, true), &c.other) &&
			tlb_conflict(&c.m, &c.other);
	if (valid && rule->say)
		rule->say(t, &c);
	else
		say(t, "%s", rule->sentence);
}

int ppctlb_format_finding(struct ppctlb *h, const struct ppctlb_finding *f, char *buf, size_t len)
{
	static const char *const severities[] = {"error", "warning", "note"};
	char line[PPCTLB_FINDING_MAX];
	struct text t = {line, sizeof(line), 0};
	const struct rule *rule;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!f || !buf)
		return tlb_fail(EINVAL, "format_finding: a NULL argument");
	rule = f->name ? rule_of(f->name) : NULL;
	if (!rule)
		return tlb_fail(EINVAL, "format_finding: there is no finding '%.40s'",
				f->name ? f->name : "");
	ret = check_places(h, f, rule);
	if (!ret && !h->current) /* many are told one after the other */
		ret = tlb_load(h, PPCTLB_GUEST);
	if (ret)
		return ret;
	say(&t, "%u:%u %s %s ", f->tlb, f->index, severities[rule->severity], rule->name);
	if (rule == &multi_hit)
		say(&t, "%u:%u ", f->other_tlb, f->other_index);
	else
		say(&t, "- ");
	say_values(&t, h, f, rule);
	if (t.used >= sizeof(line))
		t.used = sizeof(line) - 1;
	if (t.used >= len)
		return tlb_fail(ENOSPC, "the text needs %zu bytes, there are %zu", t.used + 1, len);
	memcpy(buf, line, t.used + 1);
	return 0;
}
