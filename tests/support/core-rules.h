/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that every core keeps, whatever its bits; the tests of each family run them. */
#ifndef TESTS_CORE_RULES_H
#define TESTS_CORE_RULES_H

#include "loop.h"
#include "model.h"
#include "random.h"
#include "suite.h"
#include "vectors.h"

#include <ppctlb/backend.h>

#include <check.h>
#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

/* Defects of which a mapping tells less than the words do. MAS8 is none of them: GS and lpid tell
 * all of it. */
#define LOSSY                                                                                      \
	(PPCTLB_DEFECT_SIZE | PPCTLB_DEFECT_EPN | PPCTLB_DEFECT_RPN | PPCTLB_DEFECT_RA |           \
	 PPCTLB_DEFECT_RESERVED | PPCTLB_DEFECT_TLB0_SIZE | PPCTLB_DEFECT_IND)

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* The core of that row of the model, as the backend has it. */
static inline const struct ppctlb_core *core_in(const struct ppctlb_backend *backend, size_t row)
{
	for (size_t i = 0; backend->cores[i]; i++)
		if (!strcmp(backend->cores[i]->info.name, model_cores[row].name))
			return backend->cores[i];
	ck_abort_msg("the backend %s lacks the core %s", backend->name, model_cores[row].name);
	return NULL;
}

static inline bool same_words(const struct ppctlb_core *core, const struct ppctlb_entry *a,
			      const struct ppctlb_entry *b)
{
	for (int i = 0; i < 4; i++)
		if ((a->word[i] ^ b->word[i]) & ~core->parity[i])
			return false;
	return true;
}

/* decode(encode(m)) is m without a defect, and no word has a bit outside its mask. */
static inline void roundtrip(const struct ppctlb_core *core, unsigned tlb,
			     const struct ppctlb_mapping *m)
{
	struct ppctlb_entry e;
	struct ppctlb_mapping back;
	unsigned defects;

	memset(&e, 0xff, sizeof(e));
	e.tlb = (uint16_t)tlb;
	core->encode(core, m, &e);
	defects = core->decode(core, &e, &back);
	HOLDS(same_mapping(m, &back) &&
		      defects == ((m->flags & PPCTLB_GS) || m->lpid ? PPCTLB_DEFECT_MAS8 : 0),
	      "%s TLB%u: 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64
	      " flags 0x%x tid %u: defects 0x%x, back flags 0x%x",
	      core->info.name, tlb, m->eaddr, m->raddr, m->size, m->flags, m->tid, defects,
	      back.flags);
	for (int i = 0; i < 4; i++)
		HOLDS(!(e.word[i] & ~core->word_mask[i]), "%s TLB%u: word %d is 0x%" PRIx64,
		      core->info.name, tlb, i, e.word[i]);
}

/* A legal page of 1 << shift bytes; one in eight at the highest address there is. */
static inline struct ppctlb_mapping random_page(const struct ppctlb_core *core, unsigned tlb,
						unsigned shift)
{
	const struct ppctlb_core_info *info = &core->info;
	uint64_t top = one_in(8) ? UINT64_MAX : 0;
	uint64_t mask = ~((UINT64_C(1) << shift) - 1);

	return (struct ppctlb_mapping){
		.eaddr = (rnd() | top) >> (64 - info->ea_bits) & mask,
		.raddr = (rnd() | top) >> (64 - info->ra_bits) & mask,
		.size = UINT64_C(1) << shift,
		.flags = (uint32_t)rnd() & info->array[tlb].flags,
		.tid = (uint16_t)(rnd() & low_bits(info->tid_bits)),
		.lpid = (uint16_t)(rnd() & low_bits(info->lpid_bits)),
	};
}

/* Every size of every TLB, each flag alone, then any of them; addresses, TIDs at random. */
static inline void check_roundtrip(const struct ppctlb_core *core)
{
	for (unsigned tlb = 0; tlb < core->info.arrays; tlb++)
		for (unsigned shift = 0; shift < 64; shift++) {
			if (!(core->info.array[tlb].sizes >> shift & 1))
				continue;
			for (unsigned flag = 0; flag < 32; flag++) {
				struct ppctlb_mapping m = random_page(core, tlb, shift);

				m.flags = core->info.array[tlb].flags & UINT32_C(1) << flag;
				roundtrip(core, tlb, &m);
			}
			for (unsigned i = 0; i < 2000 / stride(); i++) {
				struct ppctlb_mapping m = random_page(core, tlb, shift);

				roundtrip(core, tlb, &m);
			}
		}
}

/* Mostly well-formed words: a legal page with a few bits flipped. */
static inline struct ppctlb_entry random_entry(const struct ppctlb_core *core)
{
	unsigned tlb = (unsigned)below(core->info.arrays);
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb};
	struct ppctlb_mapping m;
	unsigned shift;

	do
		shift = (unsigned)below(64);
	while (!(core->info.array[tlb].sizes >> shift & 1));
	m = random_page(core, tlb, shift);
	core->encode(core, &m, &e);
	for (unsigned n = (unsigned)below(4); n; n--) {
		unsigned i = (unsigned)below(4);

		e.word[i] ^= UINT64_C(1) << below(64) & core->word_mask[i];
	}
	return e;
}

/* What decode() takes without complaint is the entry, bit for bit: nothing is dropped silently. */
static inline void check_no_silent_loss(const struct ppctlb_core *core)
{
	unsigned taken = 0, refused = 0;

	for (unsigned i = 0; i < 50000 / stride(); i++) {
		struct ppctlb_entry e = random_entry(core), again = e;
		struct ppctlb_mapping m;
		unsigned defects = core->decode(core, &e, &m);

		if (defects & (PPCTLB_DEFECT_INVALID | LOSSY)) {
			refused++;
			continue;
		}
		taken++;
		core->encode(core, &m, &again);
		HOLDS(same_words(core, &e, &again),
		      "%s TLB%u %" PRIx64 ",%" PRIx64 ",%" PRIx64 ",%" PRIx64
		      " came back as %" PRIx64 ",%" PRIx64 ",%" PRIx64 ",%" PRIx64,
		      core->info.name, e.tlb, e.word[0], e.word[1], e.word[2], e.word[3],
		      again.word[0], again.word[1], again.word[2], again.word[3]);
	}
	ck_assert_uint_gt(taken, 5000 / stride());
	ck_assert_uint_gt(refused, 5000 / stride());
}

/* Any words, some of them of pages. */
static inline struct ppctlb_entry any_entry(const struct ppctlb_core *core)
{
	struct ppctlb_entry e = random_entry(core);

	if (one_in(4))
		for (unsigned w = 0; w < 4; w++)
			e.word[w] = rnd() & core->word_mask[w];
	return e;
}

/* EAs that begin or end about where the page of an entry does. */
static inline void bounds_of(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			     uint64_t *first, uint64_t *last)
{
	struct ppctlb_mapping m;
	bool valid = !(core->decode(core, e, &m) & PPCTLB_DEFECT_INVALID);

	*first = 0;
	*last = UINT64_MAX;
	if (valid && one_in(2))
		*first = m.eaddr + m.size - one_in(2);
	else if (valid)
		*last = m.eaddr - (m.eaddr && one_in(2));
	if (one_in(3))
		*last = *first + (rnd() & 0xffffff);
}

/* overlap() finds the first entry that decode() says is valid and of those EAs, and tells of it
 * what decode() does; it leaves *m alone if there is none. An entry past the last is none. */
static inline void check_overlap(const struct ppctlb_core *core)
{
	for (unsigned i = 0; i < 50000 / stride(); i++) {
		struct ppctlb_entry e[5];
		struct ppctlb_mapping all, m = {1, 2, 3, 4, 5, 6}, want = m;
		uint64_t first, last;
		size_t place, found;

		for (size_t k = 0; k < 4; k++)
			e[k] = any_entry(core);
		e[4] = e[3];
		if (one_in(2))
			memset(e[3].word, 0, sizeof(e[3].word));
		bounds_of(core, &e[4], &first, &last);
		for (place = 0; place < 4; place++)
			if (!(core->decode(core, &e[place], &all) & PPCTLB_DEFECT_INVALID) &&
			    all.eaddr <= last && all.eaddr + (all.size - 1) >= first)
				break;
		if (place < 4) {
			want.eaddr = all.eaddr;
			want.size = all.size;
			want.tid = all.tid;
			want.flags = all.flags & PPCTLB_TS;
		}
		found = core->overlap(core, e, 4, first, last, &m);
		HOLDS(found == place && same_mapping(&m, &want),
		      "%s, EA 0x%" PRIx64 " to 0x%" PRIx64 ": entry %zu, not %zu: EA 0x%" PRIx64
		      " size 0x%" PRIx64 " flags 0x%x tid %u",
		      core->info.name, first, last, found, place, m.eaddr, m.size, m.flags, m.tid);
	}
}

/* Each bit of each word changes what decode() returns; only parity bits change nothing. */
static inline void check_every_bit(const struct ppctlb_core *core, unsigned tlb)
{
	struct ppctlb_mapping m = {.size = core->info.array[tlb].sizes &
					   -core->info.array[tlb].sizes},
			      changed;
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb};
	unsigned before, after;

	core->encode(core, &m, &e);
	before = core->decode(core, &e, &m);
	for (unsigned i = 0; i < 4; i++)
		for (unsigned bit = 0; bit < 64; bit++) {
			uint64_t mask = UINT64_C(1) << bit;

			if (!(core->word_mask[i] & mask))
				continue;
			e.word[i] ^= mask;
			after = core->decode(core, &e, &changed);
			e.word[i] ^= mask;
			ck_assert_msg((before == after && same_mapping(&m, &changed)) ==
					      !!(core->parity[i] & mask),
				      "%s TLB%u word %u bit 0x%" PRIx64, core->info.name, tlb, i,
				      mask);
		}
}

/* resize() gives the entry other EPN, RPN and SIZE and touches no other bit. */
static inline void check_resize(const struct ppctlb_core *core, const uint64_t *touched)
{
	for (unsigned i = 0; i < 50000 / stride(); i++) {
		struct ppctlb_entry e = random_entry(core), to = random_entry(core), want = e;
		struct ppctlb_mapping m, legal;
		unsigned defects;

		to.tlb = e.tlb;
		defects = core->decode(core, &to, &m);
		if (defects & (PPCTLB_DEFECT_INVALID | PPCTLB_DEFECT_SIZE | PPCTLB_DEFECT_RA))
			continue;
		legal = (struct ppctlb_mapping){.eaddr = m.eaddr, .raddr = m.raddr, .size = m.size};
		core->encode(core, &legal, &to);
		for (unsigned w = 0; w < 4; w++)
			want.word[w] = (e.word[w] & ~touched[w]) | (to.word[w] & touched[w]);
		core->resize(core, &e, m.eaddr, m.raddr, m.size);
		HOLDS(!memcmp(e.word, want.word, sizeof(e.word)),
		      "%s TLB%u: resized to 0x%" PRIx64 ":0x%" PRIx64 ":0x%" PRIx64 " is %" PRIx64
		      ",%" PRIx64 ",%" PRIx64 ",%" PRIx64,
		      core->info.name, e.tlb, m.eaddr, m.raddr, m.size, e.word[0], e.word[1],
		      e.word[2], e.word[3]);
	}
}

/* An entry without V is invalid whatever else it has. */
static inline void check_invalid(const struct ppctlb_core *core, unsigned v_word, uint64_t v)
{
	static const struct ppctlb_mapping zero;

	for (unsigned i = 0; i < 1000; i++) {
		struct ppctlb_entry e = {.tlb = (uint16_t)(i % core->info.arrays)};
		struct ppctlb_mapping m;

		memset(&m, 0xff, sizeof(m));
		for (unsigned w = 0; w < 4; w++)
			e.word[w] = rnd() & core->word_mask[w];
		e.word[v_word] &= ~v;
		ck_assert_uint_eq(core->decode(core, &e, &m), PPCTLB_DEFECT_INVALID);
		ck_assert(same_mapping(&m, &zero));
	}
}

/* Encode and decode; tlb is where the page can be. */
static inline void check_vector(const struct ppctlb_core *core, unsigned tlb,
				const struct vector *v)
{
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb};
	struct ppctlb_mapping m;

	core->encode(core, &v->m, &e);
	for (unsigned i = 0; i < 4; i++)
		ck_assert_msg(e.word[i] == v->word[i], "%s %s: 0x%" PRIx64 ", expected 0x%" PRIx64,
			      core->info.name, core->info.word_name[i], e.word[i], v->word[i]);
	ck_assert_uint_eq(core->decode(core, &e, &m),
			  v->m.flags & PPCTLB_GS || v->m.lpid ? PPCTLB_DEFECT_MAS8 : 0);
	ck_assert(same_mapping(&m, &v->m));
}

/* Where each flag sits, by the manual. */
struct flag_place {
	uint32_t flag;
	unsigned word;
	uint64_t mask;
};

/* A flag sets its bit and no other, and the table has every flag of the core. */
static inline void check_flags(const struct ppctlb_core *core, const struct flag_place *places,
			       size_t n, uint32_t lacks)
{
	struct ppctlb_mapping m = {.size = 4096};
	struct ppctlb_entry none = {.tlb = 0}, e = {.tlb = 0};
	uint32_t seen = 0;

	core->encode(core, &m, &none);
	for (size_t i = 0; i < n; i++) {
		if (places[i].flag & lacks)
			continue;
		m.flags = places[i].flag;
		core->encode(core, &m, &e);
		e.word[places[i].word] ^= places[i].mask;
		ck_assert_msg(same_words(core, &e, &none), "%s flag 0x%x", core->info.name,
			      places[i].flag);
		seen |= places[i].flag;
	}
	ck_assert_uint_eq(seen, core->info.flags);
}

#endif
