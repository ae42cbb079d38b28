/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Crowds: random calls of ppctlb_map() and ppctlb_unmap() on regions of many pages, after which
 * the whole TLB goes to the core. Every access must end as a plain list of regions says, which
 * knows nothing of pages, entries and sets, and as ppctlb_translate() says. The stub's entry is
 * occupied in the library's TLB, too, by the stub's own words.
 */
#include <endian.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "crowd.h"
#include "../support/random.h"

#define LENGTH(a)  (sizeof(a) / sizeof((a)[0]))
#define CALLS	   40
#define MAX_PIECES (4 * CALLS) /* a call makes at most two more of each that it cuts */
#define PAGE	   0x1000ull
#define EA_FROM	   0x40000000ull /* regions are far from the stub, and end in RAM */
#define EA_RANGE   0x04000000ull
#define RA_FROM	   0x02000000ull
#define MAX_COUNT  8
#define PROBES	   24 /* of a region */
#define MUTANT_AT  7  /* the entry with a wrong bit: neither the first nor the last */
#define ALL_RIGHTS (PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)

struct call {
	struct ppctlb_mapping map;
	unsigned how;
	bool unmap;
	bool skip; /* left out while shrinking */
};

/* The list of regions: the judge's own idea of map and unmap. */
struct pieces {
	struct ppctlb_mapping piece[MAX_PIECES];
	size_t n;
};

/* A bit that is wrong in one entry. */
struct mutant {
	const char *field;
	unsigned word;
	uint64_t flip;
};

struct crowd {
	struct judge *j;
	const struct mutant *mutant; /* NULL: none */
	bool only_accesses;	     /* take what is read back for right */
	size_t put;		     /* entries, in this round */
	struct call call[CALLS];
	struct pieces pieces;
	unsigned long done, full, refused, entries, accesses;
};

/* ---- drawing calls ---- */

/* EA and RA agree modulo a random power of two, which bounds the pages. */
static void draw_call(struct call *c, const struct board *b)
{
	uint64_t grain = PAGE << below(one_in(2) ? 3 : 13), count = 1 + below(MAX_COUNT);
	struct ppctlb_mapping *m = &c->map;
	uint64_t slide = below(4) * PAGE % grain;

	memset(c, 0, sizeof(*c));
	c->unmap = one_in(3);
	c->how = one_in(2) ? PPCTLB_REPLACE : 0;
	m->size = (grain >> below(4)) * count & -PAGE;
	m->size = m->size ? m->size : PAGE;
	m->eaddr = EA_FROM + (below(EA_RANGE) & -grain) + slide;
	m->raddr = RA_FROM + (below(b->ram / 2) & -grain) + slide;
	m->flags = rnd() & (ALL_RIGHTS | PPCTLB_TS);
	if (one_in(4))
		m->flags |= b->flags & PPCTLB_IPROT;
	m->tid = below(3);
	if (!one_in(4))
		m->flags |= ALL_RIGHTS;
}

/* ---- the list of regions ---- */

static bool meets(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !((a->flags ^ b->flags) & PPCTLB_TS) && (a->tid == b->tid || !a->tid || !b->tid) &&
	       a->eaddr < b->eaddr + b->size && b->eaddr < a->eaddr + a->size;
}

static void add_piece(struct pieces *p, struct ppctlb_mapping m, uint64_t from, uint64_t to)
{
	if (from >= to)
		return;
	if (p->n == MAX_PIECES)
		abort();
	m.raddr += from - m.eaddr;
	m.eaddr = from;
	m.size = to - from;
	p->piece[p->n++] = m;
}

static struct pieces without(const struct pieces *p, const struct ppctlb_mapping *hole)
{
	struct pieces left = {.n = 0};
	size_t i;

	for (i = 0; i < p->n; i++) {
		const struct ppctlb_mapping *m = &p->piece[i];
		uint64_t end = m->eaddr + m->size, hole_end = hole->eaddr + hole->size;

		if (!meets(m, hole)) {
			add_piece(&left, *m, m->eaddr, end);
			continue;
		}
		add_piece(&left, *m, m->eaddr, hole->eaddr);
		add_piece(&left, *m, hole_end, end);
	}
	return left;
}

static bool any_meets(const struct pieces *p, const struct ppctlb_mapping *m)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (meets(&p->piece[i], m))
			return true;
	}
	return false;
}

static enum outcome expect(const struct pieces *p, const struct probe *probe, uint64_t *ra)
{
	size_t i;

	*ra = NOWHERE;
	for (i = 0; i < p->n; i++) {
		const struct ppctlb_mapping *m = &p->piece[i];

		if (probe->ea - m->eaddr >= m->size || probe->as != !!(m->flags & PPCTLB_TS) ||
		    (m->tid && m->tid != probe->pid))
			continue;
		if (!(m->flags & probe_permission(probe)))
			return OUTCOME_DENIED;
		*ra = m->raddr + (probe->ea - m->eaddr);
		return OUTCOME_HIT;
	}
	return OUTCOME_MISS;
}

/* ---- making the calls ---- */

static int ask(struct ppctlb *h, const struct call *c)
{
	const struct ppctlb_mapping *m = &c->map;

	if (c->unmap)
		return ppctlb_unmap(h, m->eaddr, m->size, m->tid, !!(m->flags & PPCTLB_TS));
	return ppctlb_map(h, m, 1, c->how);
}

/* Without room the library may refuse, and nothing changes; if a region both conflicts and has no
 * room, it may refuse for either. Any other answer is predicted. */
static bool make_call(struct crowd *w, const struct call *c)
{
	struct pieces *p = &w->pieces;
	bool conflict = !c->unmap && !c->how && any_meets(p, &c->map);
	int rc = ask(w->j->tlb, c);

	if (rc == -ENOSPC) {
		w->full++;
		return true;
	}
	if (rc != (conflict ? -EEXIST : 0)) {
		if (!w->j->quiet)
			printf("#   the library says %d, %s\n", rc, ppctlb_errmsg());
		return false;
	}
	w->refused += conflict;
	w->done += !rc;
	if (rc)
		return true;
	*p = without(p, &c->map);
	if (!c->unmap)
		add_piece(p, c->map, c->map.eaddr, c->map.eaddr + c->map.size);
	return true;
}

/* ---- to the core ---- */

static uint64_t set_address(const struct board *b, const struct ppctlb_entry *e)
{
	return b->family == FAMILY_E500 && !e->tlb ? (uint64_t)(e->index / b->ways) * PAGE : 0;
}

static bool is_valid(const struct board *b, const struct ppctlb_entry *e)
{
	return b->family == FAMILY_44X ? e->word[1] & 0x200 : e->word[0] & 0x80000000;
}

/* The words that go into the machine: the library's, except in one entry of a mutant. */
static void words_to_put(struct crowd *w, const struct ppctlb_entry *e, uint64_t word[4])
{
	memcpy(word, e->word, sizeof(e->word));
	if (w->put++ == MUTANT_AT && w->mutant)
		word[w->mutant->word] ^= w->mutant->flip;
}

/* Write an entry, and find it again where the library says it is: in TLB0 the core takes the set
 * from the EPN, and we read the set of the index. */
static bool put_entry(struct crowd *w, const struct ppctlb_entry *e)
{
	struct machine *m = &w->j->machine;
	uint64_t slot = machine_slot(m->board, e->tlb, e->index);
	uint64_t word[4];
	struct op *write, *read;
	bool same = true;
	int i;

	words_to_put(w, e, word);
	write = machine_write(m, slot, word);
	read = machine_read(m, slot, set_address(m->board, e));
	if (machine_run(m) || be64toh(write->cause) != CAUSE_NONE)
		return false;
	for (i = 0; i < 4; i++)
		same &= be64toh(read->read[i]) == e->word[i];
	w->entries++;
	if (!same && !w->j->quiet)
		printf("#   TLB%u[%u] is not what was written there\n", e->tlb, e->index);
	return same || w->only_accesses;
}

static bool drop_entry(struct crowd *w, const struct ppctlb_entry *e)
{
	struct machine *m = &w->j->machine;
	uint64_t none[4] = {0};

	if (m->board->family == FAMILY_E500)
		none[1] = set_address(m->board, e);
	machine_write(m, machine_slot(m->board, e->tlb, e->index), none);
	return !machine_run(m);
}

static bool is_stub(const struct board *b, const struct ppctlb_entry *e)
{
	return e->index == 0 && e->tlb == (b->family == FAMILY_E500);
}

static bool each_entry(struct crowd *w, bool (*what)(struct crowd *, const struct ppctlb_entry *))
{
	const struct board *b = w->j->machine.board;
	struct ppctlb_entry e[2048];
	struct ppctlb_info info = {.size = sizeof(info)};
	bool ok = true;
	size_t i;

	if (ppctlb_info(w->j->tlb, &info) || info.entries > LENGTH(e) ||
	    ppctlb_get(w->j->tlb, PPCTLB_GUEST, e, LENGTH(e)))
		return false;
	for (i = 0; i < info.entries && ok; i++) {
		if (is_valid(b, &e[i]) && !is_stub(b, &e[i]))
			ok = what(w, &e[i]);
	}
	return ok;
}

/* ---- accesses ---- */

/* Somewhere in a region or around it, mostly in its own space. */
static void draw_probe(struct probe *p, const struct ppctlb_mapping *m)
{
	uint64_t last = m->eaddr + m->size - WITNESS_SIZE;
	uint64_t places[] = {
		m->eaddr - WITNESS_SIZE,
		m->eaddr,
		m->eaddr + below(m->size / WITNESS_SIZE) * WITNESS_SIZE,
		m->eaddr + below(m->size / PAGE) * PAGE,
		last,
		last + WITNESS_SIZE,
		EA_FROM + below(EA_RANGE / PAGE) * PAGE,
	};

	p->code = CODE_LOAD + below(3);
	p->ea = places[below(LENGTH(places))] + machine_witness_offset(p->code);
	p->user = one_in(2);
	p->as = !!(m->flags & PPCTLB_TS) ^ one_in(8);
	p->pid = one_in(4) ? below(4) : m->tid;
}

static bool compare_probe(struct crowd *w, const struct probe *p, const struct op *op,
			  const struct ppctlb_hit *hit)
{
	struct machine *m = &w->j->machine;
	uint64_t ra;
	enum outcome expected = expect(&w->pieces, p, &ra), said = probe_outcome(hit);
	bool right = probe_agrees(m, p, op, expected, ra);
	bool agrees = probe_agrees(m, p, op, said, hit->raddr) &&
		      (said != OUTCOME_HIT || hit->raddr == ra);

	w->accesses++;
	if (!right && !w->j->quiet)
		probe_print(p, op, "the list of regions", expected, ra);
	if (!agrees && !w->j->quiet)
		probe_print(p, op, "ppctlb_translate", said, hit->raddr);
	return right && agrees;
}

/* Does the last of n go where another one stores? Only one value would be found there. */
static bool stores_there_too(const struct probe *p, const uint64_t *ra, int n)
{
	int i, last = n - 1;

	for (i = 0; i < last; i++) {
		if (p[i].code == CODE_STORE && p[last].code == CODE_STORE && ra[i] == ra[last] &&
		    p[i].ea != p[last].ea)
			return true;
	}
	return false;
}

static uint64_t draw_place(struct crowd *w, struct probe *p, const struct ppctlb_mapping *m)
{
	uint64_t ra;

	draw_probe(p, m);
	return expect(&w->pieces, p, &ra) == OUTCOME_HIT ? ra : m->raddr + (p->ea - m->eaddr);
}

static bool probe_region(struct crowd *w, const struct ppctlb_mapping *m)
{
	struct machine *machine = &w->j->machine;
	struct probe p[PROBES];
	struct op *op[PROBES];
	struct ppctlb_access a[PROBES];
	struct ppctlb_hit hit[PROBES];
	bool ok = true;
	uint64_t ra[PROBES];
	int i;

	for (i = 0; i < PROBES; i++) {
		do
			ra[i] = draw_place(w, &p[i], m);
		while (stores_there_too(p, ra, i + 1));
		op[i] = probe_queue(machine, &p[i], ra[i]);
		a[i] = probe_access(&p[i]);
	}
	if (machine_run(machine) || ppctlb_translate(w->j->tlb, a, hit, PROBES))
		return false;
	for (i = 0; i < PROBES; i++)
		ok &= compare_probe(w, &p[i], op[i], &hit[i]);
	return ok;
}

/* An entry's edges are where pages were cut: a good place to look for gaps. */
static bool probe_entry(struct crowd *w, const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	return !ppctlb_decode(w->j->core, e, &m) && probe_region(w, &m);
}

/* ---- a round ---- */

/* Empty the library's TLB, but for the stub's entry. */
static bool empty(struct crowd *w)
{
	struct machine *m = &w->j->machine;
	struct ppctlb_entry stub = {.tlb = m->board->family == FAMILY_E500};
	struct op *read = machine_read(m, machine_slot(m->board, stub.tlb, 0), 0);
	int i;

	if (machine_run(m) || ppctlb_flush(w->j->tlb))
		return false;
	for (i = 0; i < 4; i++)
		stub.word[i] = be64toh(read->read[i]);
	w->pieces.n = 0;
	return !ppctlb_set(w->j->tlb, &stub, 1);
}

static bool run_round(struct crowd *w, uint64_t round)
{
	bool ok = empty(w);
	size_t i;

	seed(round);
	w->put = 0;
	for (i = 0; i < CALLS && ok; i++)
		ok = w->call[i].skip || make_call(w, &w->call[i]);
	ok = ok && each_entry(w, put_entry);
	for (i = 0; i < w->pieces.n && ok; i++)
		ok = probe_region(w, &w->pieces.piece[i]);
	ok = ok && each_entry(w, probe_entry);
	return each_entry(w, drop_entry) && ok;
}

static void print_call(const struct call *c)
{
	const struct ppctlb_mapping *m = &c->map;

	printf("#   %s 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64 " flags %#x tid %u%s\n",
	       c->unmap ? "unmap" : "map", m->eaddr, m->raddr, m->size, m->flags, m->tid,
	       c->how ? " replace" : "");
}

/* Leave out every call without which the round still disagrees, and show the rest. */
static void report_round(struct crowd *w, uint64_t round)
{
	size_t i;

	w->j->quiet = true;
	for (i = 0; i < CALLS; i++) {
		w->call[i].skip = true;
		w->call[i].skip = !run_round(w, round);
	}
	w->j->quiet = false;
	printf("# disagreement after these calls:\n");
	for (i = 0; i < CALLS; i++) {
		if (!w->call[i].skip)
			print_call(&w->call[i]);
	}
	run_round(w, round);
}

static void draw_round(struct crowd *w, uint64_t round)
{
	int i;

	seed(round);
	for (i = 0; i < CALLS; i++)
		draw_call(&w->call[i], w->j->machine.board);
}

static bool judge_round(struct crowd *w, uint64_t round)
{
	bool ok;

	draw_round(w, round);
	w->j->quiet = true;
	ok = run_round(w, round);
	w->j->quiet = false;
	if (!ok)
		report_round(w, round);
	return ok;
}

bool judge_crowds(struct judge *j, uint64_t run, unsigned rounds)
{
	struct crowd w = {.j = j};
	unsigned i;

	for (i = 0; i < rounds; i++) {
		if (!judge_round(&w, ~run + i))
			return false;
		machine_forget(&j->machine);
	}
	printf("# %s: %lu calls done, %lu refused as conflicts, %lu for lack of room; %lu entries"
	       " written, %lu accesses\n",
	       j->machine.board->core, w.done, w.refused, w.full, w.entries, w.accesses);
	return w.done > CALLS / 4 * rounds; /* else too little was judged */
}

/* ---- the judge judged ---- */

/* No address is wrong, so that no store goes elsewhere. */
static const struct mutant mutants_44x[] = {
	{"V", 1, 0x200},
	{"TS", 1, 0x100},
	{"TID", 0, 0x1},
};
static const struct mutant mutants_e500[] = {
	{"V", 0, 0x80000000},
	{"TS", 0, 0x1000},
	{"TID", 0, 0x10000},
};

_Static_assert(LENGTH(mutants_44x) == LENGTH(mutants_e500), "counted together");

/* Is it noticed? Either when the entry is read back, so that no access is made, or by accesses. */
static bool notices(struct crowd *w, uint64_t round, bool only_accesses)
{
	unsigned long before = w->accesses;
	bool agrees;

	w->only_accesses = only_accesses;
	agrees = run_round(w, round);
	if (!agrees && w->put > MUTANT_AT && (w->accesses > before) == only_accesses)
		return true;
	printf("# %s wrong in an entry of many: not noticed %s\n", w->mutant->field,
	       only_accesses ? "by accesses" : "when read back");
	return false;
}

bool judge_crowd_mutants(struct judge *j)
{
	const struct mutant *mutants =
		j->machine.board->family == FAMILY_44X ? mutants_44x : mutants_e500;
	const uint64_t round = 1;
	struct crowd w = {.j = j};
	size_t i, noticed = 0;
	bool agrees;

	draw_round(&w, round);
	j->quiet = true;
	for (i = 0; i < LENGTH(mutants_44x); i++) {
		w.mutant = &mutants[i];
		noticed += notices(&w, round, false) && notices(&w, round, true);
	}
	w.mutant = NULL;
	w.only_accesses = false;
	agrees = run_round(&w, round);
	j->quiet = false;
	machine_forget(&j->machine);
	printf("# %s: %zu of %zu wrong bits noticed, twice\n", j->machine.board->core, noticed, i);
	return noticed == i && agrees;
}
