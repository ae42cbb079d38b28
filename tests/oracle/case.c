/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drawing, trying out, shrinking and printing of cases. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "case.h"
#include "machine.h"
#include "../support/random.h"

#define LENGTH(a)   (sizeof(a) / sizeof((a)[0]))
#define PERMISSIONS (PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
#define RARELY	    100 /* what QEMU cannot judge comes up in one case of so many */

/* By bit number. */
static const char *const flag_names[] = {
	"ur", "uw", "ux", "sr", "sw", "sx", "w",     "i",  "m",	 "g",
	"e",  "u0", "u1", "u2", "u3", "ts", "iprot", "x0", "x1", "gs",
};

/* ---- drawing ---- */

static uint64_t mask_of(unsigned bits)
{
	return ~0ull >> (64 - bits);
}

static uint64_t draw_size(uint64_t sizes)
{
	uint64_t size;

	do
		size = 1ull << below(64);
	while (!(size & sizes));
	return size;
}

static uint64_t draw_ea(const struct board *b, uint64_t size)
{
	unsigned bits = one_in(2) ? 32 : b->ea_bits;

	return rnd() & mask_of(bits) & -size;
}

/* Mostly where there is RAM, so that the accesses find a witness. */
static uint64_t draw_ra(const struct board *b, uint64_t size)
{
	if (one_in(4))
		return rnd() & mask_of(b->ra_bits) & -size;
	return below(b->ram) & -size;
}

static uint32_t draw_flags(const struct board *b)
{
	uint32_t rare = b->family == FAMILY_44X ? PPCTLB_E : b->flags & PPCTLB_GS;
	uint32_t flags = rnd() & b->flags;

	flags &= ~rare;
	if (one_in(RARELY))
		flags |= rare;
	return flags;
}

static void draw_place(struct test_case *c, const struct board *b)
{
	c->tlb = b->family == FAMILY_E500 && !one_in(4);
	if (b->family == FAMILY_E500 && c->tlb == 0)
		c->way = below(b->ways);
	else
		c->way = 1 + below(b->slots - 1);
}

static uint64_t sizes_at(const struct test_case *c, const struct board *b)
{
	if (b->family == FAMILY_E500)
		return c->tlb ? b->sizes : 1 << 12;
	return one_in(RARELY) ? 1 << 10 : b->sizes & ~(uint64_t)(1 << 10);
}

static void draw_once(struct test_case *c, const struct board *b)
{
	struct ppctlb_mapping *m = &c->map;

	memset(c, 0, sizeof(*c));
	draw_place(c, b);
	m->size = draw_size(sizes_at(c, b));
	m->eaddr = draw_ea(b, m->size);
	m->raddr = draw_ra(b, m->size);
	m->flags = draw_flags(b);
	if (b->family == FAMILY_E500 && c->tlb == 0)
		m->flags &= ~PPCTLB_IPROT;
	m->tid = one_in(4) ? 0 : below(1ull << b->tid_bits);
	if (b->lpid_bits && one_in(RARELY))
		m->lpid = below(1ull << b->lpid_bits);
	c->seed = rnd();
}

/* A TLB0 entry is found before the stub's own, which it would hide. */
static bool hides_stub(const struct test_case *c, const struct board *b)
{
	return b->family == FAMILY_E500 && c->tlb == 0 && c->map.eaddr - STUB_BASE < STUB_SIZE;
}

unsigned case_draw(struct test_case *c, const struct board *b, uint64_t run, uint64_t i)
{
	unsigned dropped = 0;

	seed(run + i * 0xd1342543de82ef95 + (b - boards));
	for (draw_once(c, b); hides_stub(c, b); draw_once(c, b))
		dropped++;
	return dropped;
}

unsigned case_index(const struct test_case *c, const struct board *b)
{
	if (b->family == FAMILY_44X || c->tlb)
		return c->way;
	return (c->map.eaddr >> 12) % b->sets * b->ways + c->way;
}

/* ---- accesses ---- */

enum outcome case_expect(const struct test_case *c, const struct probe *p, uint64_t *ra)
{
	const struct ppctlb_mapping *m = &c->map;

	*ra = m->raddr + (p->ea - m->eaddr);
	if (p->ea < m->eaddr || p->ea - m->eaddr >= m->size)
		return OUTCOME_MISS;
	if (p->as != !!(m->flags & PPCTLB_TS) || (m->tid && m->tid != p->pid))
		return OUTCOME_MISS;
	return m->flags & probe_permission(p) ? OUTCOME_HIT : OUTCOME_DENIED;
}

static enum omission omission_of(const struct test_case *c, const struct board *b,
				 const struct probe *p)
{
	uint64_t ra;
	enum outcome outcome = case_expect(c, p, &ra);

	if (p->ea - STUB_BASE < STUB_SIZE)
		return OMIT_STUB_PAGE;
	if (outcome != OUTCOME_HIT)
		return OMIT_NONE;
	if (ra - STUB_BASE < STUB_SIZE)
		return OMIT_STUB_PAGE;
	return probe_in_ram(b, ra) || p->code == CODE_LOAD ? OMIT_NONE : OMIT_NO_RAM;
}

struct probes {
	const struct test_case *c;
	const struct board *b;
	struct probe *p;
	size_t n;
	unsigned long *omitted;
};

static void add(struct probes *list, uint64_t ea, unsigned code, bool user, bool as, unsigned pid)
{
	struct probe p = {.code = code, .user = user, .as = as, .pid = pid};
	enum omission omission;

	p.ea = (ea + machine_witness_offset(code)) & mask_of(list->b->ea_bits);
	omission = omission_of(list->c, list->b, &p);
	if (omission == OMIT_NONE)
		list->p[list->n++] = p;
	else
		list->omitted[omission]++;
}

/* How much of the page, from its start, has RAM behind it; a power of two. */
static uint64_t window(const struct test_case *c, const struct board *b)
{
	uint64_t size = c->map.size;

	while (probe_in_ram(b, c->map.raddr) && c->map.raddr + size > b->ram)
		size /= 2;
	return size;
}

/* Every kind of access, each to a block of its own: the stride is odd. */
static void add_inside(struct probes *list)
{
	const struct ppctlb_mapping *m = &list->c->map;
	uint64_t blocks = window(list->c, list->b) / WITNESS_SIZE, block, stride;
	unsigned pids[] = {m->tid, m->tid ^ 1, 0};
	unsigned i;

	seed(list->c->seed);
	block = rnd();
	stride = rnd() | 1;
	for (i = 0; i < 3 * 2 * 2 * LENGTH(pids); i++) {
		add(list, m->eaddr + block % blocks * WITNESS_SIZE, CODE_LOAD + i % 3, i / 3 % 2,
		    i / 6 % 2, pids[i / 12]);
		block += stride;
	}
}

/* The first and the last block, and their neighbours outside. */
static void add_edges(struct probes *list)
{
	const struct ppctlb_mapping *m = &list->c->map;
	uint64_t edges[] = {
		m->eaddr - WITNESS_SIZE,
		m->eaddr,
		m->eaddr + m->size - WITNESS_SIZE,
		m->eaddr + m->size,
	};
	unsigned i;

	for (i = 0; i < 3 * 2 * LENGTH(edges); i++)
		add(list, edges[i / 6], CODE_LOAD + i % 3, i / 3 % 2, m->flags & PPCTLB_TS, m->tid);
}

size_t case_probes(const struct test_case *c, const struct board *b, struct probe p[MAX_PROBES],
		   unsigned long omitted[OMISSIONS])
{
	struct probes list = {c, b, p, 0, omitted};

	add_inside(&list);
	add_edges(&list);
	return list.n;
}

/* ---- shrinking ---- */

static uint64_t size_below(const struct board *b, uint64_t size)
{
	uint64_t smaller = b->sizes & (size - 1);

	return smaller ? 1ull << (63 - __builtin_clzll(smaller)) : size;
}

static uint64_t at_most(uint64_t value, uint64_t limit)
{
	return value < limit ? value : limit;
}

/* Drop the flags one by one, then the fields, then the addresses bit by bit. */
static bool simplify(struct ppctlb_mapping *m, const struct board *b, unsigned i)
{
	if (i < LENGTH(flag_names)) {
		m->flags &= ~(1u << i);
		return true;
	}
	switch (i - LENGTH(flag_names)) {
	case 0:
		m->tid = 0;
		return true;
	case 1:
		m->lpid = 0;
		return true;
	case 2:
		m->size = size_below(b, m->size);
		return true;
	case 3:
		m->raddr = at_most(m->raddr, m->size);
		return true;
	case 4:
		m->eaddr = at_most(m->eaddr, m->size);
		return true;
	case 5:
		m->raddr &= m->raddr - 1;
		return true;
	case 6:
		m->eaddr &= m->eaddr - 1;
		return true;
	default:
		return false;
	}
}

bool case_simplify(struct test_case *c, const struct board *b, unsigned i)
{
	struct ppctlb_mapping old = c->map;
	bool more = simplify(&c->map, b, i);

	if (hides_stub(c, b))
		c->map = old;
	return more;
}

/* ---- printing ---- */

void case_print(const struct test_case *c, const struct board *b)
{
	const struct ppctlb_mapping *m = &c->map;
	unsigned i;

	printf("# %s: 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64 ":", b->core, m->eaddr, m->raddr,
	       m->size);
	for (i = 0; i < LENGTH(flag_names); i++) {
		if (m->flags & 1u << i)
			printf("%s,", flag_names[i]);
	}
	printf("tid=%u,lpid=%u in TLB%u[%u]\n", m->tid, m->lpid, c->tlb, case_index(c, b));
}
