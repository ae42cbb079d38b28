/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Putting one case to QEMU and to the library, and comparing. */
#include <endian.h>
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "infotlb.h"
#include "judge.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

const struct blind blinds[BLINDS] = {
	/* tlbwe drops E, tlbre gives it back as 0 */
	{.name = "440-E-not-kept",
	 .family = FAMILY_44X,
	 .flags = PPCTLB_E,
	 .no_flags = PPCTLB_E,
	 .no_word3 = 0x80},
	/* QEMU's own pages are 4 KiB: an access goes elsewhere unless EA = RA modulo 4 KiB */
	{.name = "440-1K-page-access",
	 .family = FAMILY_44X,
	 .size = 1 << 10,
	 .judges = JUDGE_ACCESS | JUDGE_TRANSLATE},
	/* a write to MAS8 does nothing, and it reads as 0 */
	{.name = "e500-MAS8-not-kept",
	 .family = FAMILY_E500,
	 .flags = PPCTLB_GS,
	 .lpid = true,
	 .no_flags = PPCTLB_GS,
	 .no_lpid = true,
	 .no_word3 = ~0ull},
};

bool blind_applies(const struct blind *blind, const struct board *b, const struct ppctlb_mapping *m)
{
	return blind->family == b->family &&
	       (blind->flags & m->flags || blind->size == m->size || (blind->lpid && m->lpid));
}

/* All rows that apply to a case, or-ed. */
static struct blind blind_of(const struct board *b, const struct ppctlb_mapping *m)
{
	struct blind all = {.name = NULL};
	int i;

	for (i = 0; i < BLINDS; i++) {
		if (!blind_applies(&blinds[i], b, m))
			continue;
		all.judges |= blinds[i].judges;
		all.no_flags |= blinds[i].no_flags;
		all.no_lpid |= blinds[i].no_lpid;
		all.no_word3 |= blinds[i].no_word3;
	}
	return all;
}

/* Everything about the case being judged. */
struct trial {
	struct judge *j;
	const struct board *b;
	const struct test_case *c;
	struct blind blind;
	struct ppctlb_entry entry; /* the library's */
	struct op *write, *read;
	struct probe probe[MAX_PROBES];
	struct op *op[MAX_PROBES];
	struct ppctlb_hit hit[MAX_PROBES];
	size_t n;
};

__attribute__((format(printf, 3, 4))) static unsigned
disagree(const struct trial *t, unsigned judge, const char *format, ...)
{
	va_list args;

	if (!t->j->quiet) {
		va_start(args, format);
		printf("#   ");
		vprintf(format, args);
		printf("\n");
		va_end(args);
	}
	return judge;
}

/* ---- asking ---- */

static unsigned encode(struct trial *t)
{
	int rc = ppctlb_encode(t->j->core, &t->c->map, &t->entry);

	if (rc)
		return disagree(t, JUDGE_ENCODE, "ppctlb_encode refuses: %s", ppctlb_errmsg());
	t->entry.tlb = t->c->tlb;
	t->entry.index = case_index(t->c, t->b);
	return 0;
}

static void queue_access(struct trial *t, size_t i)
{
	uint64_t ra;

	case_expect(t->c, &t->probe[i], &ra);
	t->op[i] = probe_queue(&t->j->machine, &t->probe[i], ra);
}

static void queue_all(struct trial *t, const uint64_t flip[4])
{
	struct machine *m = &t->j->machine;
	uint64_t slot = machine_slot(t->b, t->c->tlb, t->entry.index);
	uint64_t word[4];
	size_t i;

	for (i = 0; i < 4; i++)
		word[i] = t->entry.word[i] ^ flip[i];
	t->write = machine_write(m, slot, word);
	t->read = machine_read(m, slot, t->c->map.eaddr);
	for (i = 0; i < t->n; i++)
		queue_access(t, i);
}

/* Remove the entry after a case, on both sides. In TLB0 the EPN says which set. */
static int clear(struct trial *t)
{
	uint64_t slot = machine_slot(t->b, t->c->tlb, t->entry.index);
	struct ppctlb_entry none = {.tlb = t->entry.tlb, .index = t->entry.index};
	uint64_t word[4] = {0};

	if (t->b->family == FAMILY_E500)
		word[1] = t->c->map.eaddr;
	machine_write(&t->j->machine, slot, word);
	return machine_run(&t->j->machine) || ppctlb_set(t->j->tlb, &none, 1);
}

static int translate(struct trial *t)
{
	struct ppctlb_access a[MAX_PROBES];
	size_t i;

	for (i = 0; i < t->n; i++)
		a[i] = probe_access(&t->probe[i]);
	return ppctlb_set(t->j->tlb, &t->entry, 1) ?: ppctlb_translate(t->j->tlb, a, t->hit, t->n);
}

/* ---- comparing ---- */

static unsigned compare_write(const struct trial *t)
{
	uint64_t cause = be64toh(t->write->cause);

	if (cause == CAUSE_NONE)
		return 0;
	return disagree(t, JUDGE_ENCODE, "tlbwe took interrupt %" PRIu64, cause);
}

/* The entry's row; the stub's own, first in its array, is left out. */
static int find_row(const struct trial *t, struct row *row)
{
	struct row rows[4];
	unsigned stub_tlb = t->b->family == FAMILY_E500;
	bool stub_seen = false;
	int i, found = 0, n = info_tlb(t->j->qmp, rows, LENGTH(rows));

	if (n > (int)LENGTH(rows))
		return n;
	for (i = 0; i < n; i++) {
		if (rows[i].tlb == stub_tlb && !stub_seen) {
			stub_seen = true;
			continue;
		}
		*row = rows[i];
		found++;
	}
	return n < 0 ? n : found;
}

static unsigned compare_line(const struct trial *t)
{
	const struct ppctlb_mapping *m = &t->c->map;
	uint32_t hidden = PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | t->blind.no_flags;
	struct row row = {0};
	int n = find_row(t, &row);

	if (n < 0)
		return JUDGE_BROKEN;
	if (n != 1)
		return disagree(t, JUDGE_LINE, "info tlb: %d entries, not 1", n);
	if (row.tlb == t->c->tlb && row.ea == m->eaddr && row.ra == m->raddr &&
	    row.size == m->size && row.tid == m->tid && row.flags == (m->flags & ~hidden))
		return 0;
	return disagree(t, JUDGE_LINE,
			"info tlb: TLB%u 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64
			" flags %#x, not %#x, tid %u",
			row.tlb, row.ea, row.ra, row.size, row.flags, m->flags & ~hidden, row.tid);
}

static unsigned compare_words(const struct trial *t)
{
	uint64_t ignore[4] = {[3] = t->blind.no_word3};
	unsigned found = 0;
	int i;

	for (i = 0; i < 4; i++) {
		uint64_t got = be64toh(t->read->read[i]), want = t->entry.word[i];

		if ((got ^ want) & ~ignore[i])
			found |= disagree(t, JUDGE_WORDS,
					  "tlbre: word %d is %#" PRIx64 ", the library's %#" PRIx64,
					  i, got, want);
	}
	return found;
}

static bool same_mapping(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b,
			 const struct blind *blind)
{
	return a->eaddr == b->eaddr && a->raddr == b->raddr && a->size == b->size &&
	       a->tid == b->tid && (blind->no_lpid || a->lpid == b->lpid) &&
	       !((a->flags ^ b->flags) & ~blind->no_flags);
}

static unsigned compare_decode(const struct trial *t)
{
	struct ppctlb_entry e = t->entry;
	struct ppctlb_mapping m;
	int i, rc;

	for (i = 0; i < 4; i++)
		e.word[i] = be64toh(t->read->read[i]);
	rc = ppctlb_decode(t->j->core, &e, &m);
	if (rc)
		return disagree(t, JUDGE_DECODE, "ppctlb_decode of tlbre's words: %d, %s", rc,
				ppctlb_errmsg());
	if (same_mapping(&m, &t->c->map, &t->blind))
		return 0;
	return disagree(t, JUDGE_DECODE,
			"ppctlb_decode of tlbre's words: 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64
			" flags %#x tid %u lpid %u",
			m.eaddr, m.raddr, m.size, m.flags, m.tid, m.lpid);
}

static unsigned compare_opinion(const struct trial *t, size_t i, unsigned judge,
				enum outcome expected, uint64_t ra)
{
	const struct probe *p = &t->probe[i];

	if (probe_agrees(&t->j->machine, p, t->op[i], expected, ra))
		return 0;
	if (!t->j->quiet)
		probe_print(p, t->op[i], judge == JUDGE_ACCESS ? "the mapping" : "ppctlb_translate",
			    expected, ra);
	return judge;
}

/* On a hit or a protection fault the library also says by which entry; and on a hit where to,
 * which no witness sees outside RAM. */
static unsigned compare_entry(const struct trial *t, size_t i, uint64_t ra)
{
	const struct ppctlb_hit *hit = &t->hit[i];
	enum outcome said = probe_outcome(hit);

	if (said == OUTCOME_MISS || (hit->tlb == t->entry.tlb && hit->index == t->entry.index &&
				     hit->raddr == (said == OUTCOME_HIT ? ra : 0)))
		return 0;
	return disagree(t, JUDGE_TRANSLATE,
			"ppctlb_translate at %#" PRIx64 " says TLB%u[%u], RA %#" PRIx64,
			t->probe[i].ea, hit->tlb, hit->index, hit->raddr);
}

static unsigned compare_access(const struct trial *t, size_t i)
{
	enum outcome expected;
	uint64_t ra;

	expected = case_expect(t->c, &t->probe[i], &ra);
	t->j->hits += expected == OUTCOME_HIT;
	t->j->witnessed += expected == OUTCOME_HIT && probe_in_ram(t->b, ra);
	return compare_opinion(t, i, JUDGE_ACCESS, expected, ra) |
	       compare_opinion(t, i, JUDGE_TRANSLATE, probe_outcome(&t->hit[i]), t->hit[i].raddr) |
	       compare_entry(t, i, ra);
}

static unsigned compare_accesses(const struct trial *t)
{
	unsigned found = 0;
	size_t i;

	for (i = 0; i < t->n; i++)
		found |= compare_access(t, i);
	t->j->accesses += t->n;
	return found;
}

static unsigned compare(const struct trial *t)
{
	unsigned found = compare_write(t);

	if (found)
		return found;
	return compare_line(t) | compare_words(t) | compare_decode(t) | compare_accesses(t);
}

unsigned judge_case(struct judge *j, const struct test_case *c, const uint64_t flip[4])
{
	struct trial t = {.j = j, .b = j->machine.board, .c = c};
	unsigned found;

	t.blind = blind_of(t.b, &c->map);
	found = encode(&t);
	if (found)
		return found;
	if (!(t.blind.judges & JUDGE_ACCESS))
		t.n = case_probes(c, t.b, t.probe, j->omitted);
	queue_all(&t, flip);
	if (machine_run(&j->machine))
		return JUDGE_BROKEN;
	if (translate(&t))
		found = disagree(&t, JUDGE_TRANSLATE, "ppctlb_translate: %s", ppctlb_errmsg());
	else
		found = compare(&t);
	return clear(&t) ? found | JUDGE_BROKEN : found;
}

/* ---- opening ---- */

int judge_open(struct judge *j, const struct board *b, const char *qmp_path)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	memset(j, 0, sizeof(*j));
	cfg.core = b->core;
	j->core = ppctlb_core(b->core);
	if (!j->core || ppctlb_open(&j->tlb, &cfg)) {
		printf("# %s: %s\n", b->core, ppctlb_errmsg());
		return -1;
	}
	if (machine_start(&j->machine, b, qmp_path))
		return -1;
	j->qmp = qmp_connect(qmp_path);
	return j->qmp ? 0 : -1;
}

void judge_close(struct judge *j)
{
	if (j->qmp)
		fclose(j->qmp);
	if (j->machine.board)
		machine_stop(&j->machine);
	ppctlb_close(j->tlb);
}
