// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Random sequences of calls, judged twice. After every call the raw TLB is bit for bit that of the
 * model, which follows the rules of ppctlb_map(3). And every address near a boundary translates as
 * a plain list of mappings says, which knows nothing of pages, entries or words: what is mapped
 * stays mapped, what is removed is gone, nothing else changes.
 */
#include "../support/unit-common.h"
#include "../support/mapping-list.h"

#include <stdio.h>

/* ---- both judges ---- */

static struct list list;
static struct ppctlb *h;
static struct model t;
static const struct model_core *core;

static void answers_like_the_list(uint64_t eaddr, uint16_t pid, uint8_t as)
{
	struct ppctlb_access a = {.eaddr = eaddr, .pid = pid, .as = as};
	struct ppctlb_hit want = list_translate(&list, eaddr, pid, as), hit;

	WORKS(ppctlb_translate(h, &a, &hit, 1));
	HOLDS(hit.result == want.result && hit.raddr == want.raddr,
	      "%s: EA %llx PID %u AS %u: %u RA %llx, not %u RA %llx", core->name,
	      (unsigned long long)eaddr, pid, as, hit.result, (unsigned long long)hit.raddr,
	      want.result, (unsigned long long)want.raddr);
}

static void check_boundaries(const struct ppctlb_mapping *m)
{
	uint64_t ends[] = {m->eaddr - 1, m->eaddr, m->eaddr + m->size / 2, m->eaddr + (m->size - 1),
			   m->eaddr + m->size};

	for (size_t i = 0; i < COUNT(ends); i++)
		for (uint8_t as = 0; as < 2; as++)
			answers_like_the_list(ends[i] & low_bits(core->ea_bits), (uint16_t)below(4),
					      as);
}

static void check_everything(const struct ppctlb_mapping *last)
{
	struct ppctlb_entry *now = state_of(h);

	for (size_t i = 0; i < t.n; i++)
		HOLDS(!memcmp(&now[i], &t.e[i], sizeof(now[i])),
		      "%s: TLB%u[%u] is %llx %llx %llx %llx, not %llx %llx %llx %llx", core->name,
		      t.e[i].tlb, t.e[i].index, (unsigned long long)now[i].word[0],
		      (unsigned long long)now[i].word[1], (unsigned long long)now[i].word[2],
		      (unsigned long long)now[i].word[3], (unsigned long long)t.e[i].word[0],
		      (unsigned long long)t.e[i].word[1], (unsigned long long)t.e[i].word[2],
		      (unsigned long long)t.e[i].word[3]);
	free(now);
	check_boundaries(last);
	for (int i = 0; list.n && i < 4; i++)
		check_boundaries(&list.m[below(list.n)]);
}

/* ---- the calls ---- */

static unsigned seen[6]; /* by errno, see judge() */

static void judge(int got, int want, const char *call)
{
	static const int errnos[] = {0, -EEXIST, -ENOSPC, -EBADMSG};

	ck_assert_msg(got == want, "%s: %s: %d, not %d (%s)", core->name, call, got, want,
		      ppctlb_errmsg());
	for (size_t i = 0; i < COUNT(errnos); i++)
		seen[i] += got == errnos[i];
}

/* In a few megabytes, so that regions meet; with page a single page of any size. */
static struct ppctlb_mapping random_region(bool page)
{
	unsigned smallest = model_smallest(core), shift = smallest + (unsigned)below(13);
	struct ppctlb_mapping m = {
		.flags = (uint32_t)rnd() & core->flags & ~(uint32_t)(PPCTLB_GS | PPCTLB_TS),
		.tid = (uint16_t)below(4),
	};

	if (!below(3))
		m.flags |= PPCTLB_TS;
	while (page && !(core->sizes >> shift & 1))
		shift = smallest + (unsigned)below(13);
	m.size = (1 + (page ? 0 : below(12))) << shift;
	m.eaddr = below(64) << shift;
	if (!below(8)) /* the end of all addresses */
		m.eaddr = low_bits(core->ea_bits) - m.size + 1;
	m.raddr = (m.eaddr & 0xffffff) + (below(200) << (24 + below(2)));
	if (!page && !below(6))
		m.raddr += below(16) << smallest;
	m.raddr &= low_bits(core->ra_bits) >> 1;
	return m;
}

/* A region a few pages before or behind another, so that both cut the same entry. */
static struct ppctlb_mapping random_neighbour(const struct ppctlb_mapping *m)
{
	struct ppctlb_mapping near = *m;
	uint64_t unit = m->size & -m->size, end = low_bits(core->ea_bits) - m->size;

	near.size = unit;
	if (below(2) && m->eaddr >= 8 * unit)
		near.eaddr -= (1 + below(8)) * unit;
	else if (m->eaddr < end - 32 * unit)
		near.eaddr += m->size + below(8) * unit;
	near.flags ^= (uint32_t)below(64);
	return near;
}

static unsigned count_free(unsigned tlb)
{
	unsigned n = 0;

	for (size_t i = 0; i < t.n; i++)
		n += t.e[i].tlb == tlb && !model_is_valid(core, &t.e[i]);
	return n;
}

/* What ppctlb_map_room() said before a map that ended like this. */
static void check_room(const struct ppctlb_room room[2], int ret, unsigned how)
{
	unsigned last = model_last_tlb(core);

	if (ret == -ENOSPC)
		HOLDS(room[last].needed > room[last].free, "%u slots of %u are no lack of room",
		      room[last].needed, room[last].free);
	for (unsigned tlb = 0; ret != -EBADMSG && tlb <= last; tlb++) {
		unsigned left = room[tlb].free - room[tlb].needed;

		if (!ret)
			HOLDS(left == count_free(tlb), "%u slots of TLB%u are free, not %u - %u",
			      count_free(tlb), tlb, room[tlb].free, room[tlb].needed);
		else if (!how)
			HOLDS(room[tlb].free == count_free(tlb),
			      "%u slots of TLB%u are free, not %u", count_free(tlb), tlb,
			      room[tlb].free);
	}
}

static void do_map(void)
{
	struct ppctlb_room room[2] = {{0, 0}, {0, 0}};
	struct ppctlb_mapping maps[4];
	size_t n = below(3) ? 1 : 1 + below(4);
	unsigned how = below(2) ? PPCTLB_REPLACE : 0;
	int asked, want;

	for (size_t i = 0; i < n; i++) {
		bool again;

		do {
			maps[i] = i && below(2) ? random_neighbour(&maps[0]) : random_region(false);
			again = false;
			for (size_t k = 0; k < i; k++)
				again |= list_meet(&maps[i], &maps[k]);
		} while (again);
	}
	asked = ppctlb_map_room(h, maps, n, how, room);
	want = model_map(&t, maps, n, how);
	judge(asked, want, "map_room");
	judge(ppctlb_map(h, maps, n, how), want, "map");
	check_room(room, want, how);
	for (size_t i = 0; !want && i < n; i++)
		list_remove(&list, &maps[i]);
	for (size_t i = 0; !want && i < n; i++)
		list_add(&list, &maps[i]);
	check_everything(&maps[0]);
}

static void do_unmap(void)
{
	struct ppctlb_mapping m = random_region(false);
	unsigned ts = !!(m.flags & PPCTLB_TS);
	int want = model_unmap(&t, m.eaddr, m.size, m.tid, ts);
	judge(ppctlb_unmap(h, m.eaddr, m.size, m.tid, ts), want, "unmap");
	if (!want)
		list_remove(&list, &m);
	check_everything(&m);
}

/* Remove what an entry maps from the list; no other mapping conflicts with it. */
static void forget(const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	if (!model_is_valid(core, e))
		return;
	model_decode(core, e, &m);
	list_remove(&list, &m);
}

static void random_slot(const struct ppctlb_mapping *m, unsigned *tlb, unsigned *index)
{
	*tlb = is_e500(core) && (m->size != 4 * K || m->flags & PPCTLB_IPROT || below(2));
	*index = (unsigned)below(t.entries[*tlb]);
	if (is_e500(core) && *tlb == 0)
		*index = (unsigned)(m->eaddr >> 12) % (t.entries[0] / t.ways) * t.ways +
			 (unsigned)below(t.ways);
}

static void do_map_at(void)
{
	struct ppctlb_mapping m = random_region(true);
	unsigned how = below(2) ? PPCTLB_REPLACE : 0, tlb, index;
	struct ppctlb_entry old;
	int want;

	m.raddr &= ~(m.size - 1);
	random_slot(&m, &tlb, &index);
	old = *model_at(&t, tlb, index);
	want = model_map_at(&t, &m, tlb, index, how);
	judge(ppctlb_map_at(h, &m, tlb, index, how), want, "map_at");
	if (!want) {
		forget(&old);
		list_remove(&list, &m);
		list_add(&list, &m);
	}
	check_everything(&m);
}

/* Write raw words: an invalid entry of any words, or a legal one where nothing conflicts. */
static void do_set(void)
{
	struct ppctlb_mapping m = random_region(true);
	struct ppctlb_entry e = {0};
	unsigned tlb, index;
	bool valid = below(2);

	m.raddr &= ~(m.size - 1);
	random_slot(&m, &tlb, &index);
	e = *model_at(&t, tlb, index);
	forget(&e);
	for (size_t i = 0; valid && i < list.n; i++)
		if (list_meet(&list.m[i], &m))
			valid = false;
	model_encode(core, &m, &e);
	if (valid)
		list_add(&list, &m);
	else
		e.word[BY_FAMILY(core, 1, 0)] &= BY_FAMILY(core, ~UINT64_C(0x200), 0x7fffffff);
	*model_at(&t, tlb, index) = e;
	judge(ppctlb_set(h, &e, 1), 0, "set");
	check_everything(&m);
}

static void do_flush(void)
{
	struct ppctlb_mapping m = random_region(false);

	for (size_t i = 0; i < t.n; i++)
		memset(t.e[i].word, 0, sizeof(t.e[i].word));
	list.n = 0;
	judge(ppctlb_flush(h), 0, "flush");
	check_everything(&m);
}

static void start(int i, unsigned long s)
{
	core = &model_cores[i];
	h = open_core(core->name);
	t = model_new(core);
	list.n = 0;
	seed(s);
}

static void stop(void)
{
	model_free(&t);
	ppctlb_close(h);
}

START_TEST(random_sequences)
{
	start(_i, 1000 + (unsigned)_i);
	for (int call = 0; call < 900 / (int)stride(); call++) {
		unsigned dice = (unsigned)below(100);

		if (dice < 45)
			do_map();
		else if (dice < 75)
			do_unmap();
		else if (dice < 90)
			do_map_at();
		else if (dice < 99)
			do_set();
		else
			do_flush();
	}
	/* the sequences reach every answer */
	ck_assert_uint_ge(seen[0], 150 / stride());
	ck_assert_uint_ge(seen[1], stride() == 1 ? 25 : 1);
	ck_assert_uint_ge(seen[2], stride() == 1 ? 10 : 1);
	stop();
}
END_TEST

/* Any SIZE or TSIZE, up to some hundred megabytes. */
static void set_size(struct ppctlb_entry *e)
{
	uint64_t field = BY_FAMILY(core, 0xf0, 0xf80);
	uint64_t value = BY_FAMILY(core, below(10) << 4, below(20) << 7);
	unsigned w = BY_FAMILY(core, 1, 0);

	e->word[w] = (e->word[w] & ~field) | value;
}

/* With malformed entries among the others: only the model judges, by raw words. */
START_TEST(random_sequences_with_malformed_entries)
{
	start(_i, 2000 + (unsigned)_i);
	for (int call = 0; call < 500 / (int)stride() + 60; call++) {
		struct ppctlb_mapping m = random_region(false);
		struct ppctlb_entry *e = &t.e[below(2) ? below(t.n) : t.n - 1 - below(16)];
		unsigned how = below(2) ? PPCTLB_REPLACE : 0;
		struct ppctlb_entry *now;

		if (below(3) == 0) {
			model_encode(core, &m, e);
			e->word[below(4)] ^= (uint32_t)1 << below(32);
			set_size(e);
			judge(ppctlb_set(h, e, 1), 0, "set");
		} else if (below(2)) {
			int want = model_map(&t, &m, 1, how);

			judge(ppctlb_map(h, &m, 1, how), want, "map");
		} else {
			unsigned ts = !!(m.flags & PPCTLB_TS);
			int want = model_unmap(&t, m.eaddr, m.size, m.tid, ts);
			judge(ppctlb_unmap(h, m.eaddr, m.size, m.tid, ts), want, "unmap");
		}
		now = state_of(h);
		ck_assert_mem_eq(now, t.e, t.n * sizeof(*now));
		free(now);
	}
	ck_assert_uint_ge(seen[3], stride() == 1 ? 5 : 1);
	stop();
}
END_TEST

int main(void)
{
	Suite *s = suite_create("random");
	TCase *c = tcase_create("random");

	tcase_set_timeout(c, 600);
	tcase_add_loop_test(c, random_sequences, 0, MODEL_CORES);
	tcase_add_loop_test(c, random_sequences_with_malformed_entries, 0, MODEL_CORES);
	suite_add_tcase(s, c);
	return run_suite(s);
}
