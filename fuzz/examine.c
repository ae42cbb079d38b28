// SPDX-License-Identifier: GPL-2.0-or-later
/* What must hold of any TLB, whoever wrote its words. */
#include "../tests/support/brute-check.h"
#include "fuzz.h"

#include <ctype.h>

#define BOUNDARIES_OF 8	  /* entries whose boundaries are looked up */
#define CHECKED_UP_TO 300 /* entries: the judge compares each with each */

char stray_choice[128];

unsigned choose(unsigned number, unsigned rows, unsigned first)
{
	if (number < rows)
		return number;
	snprintf(stray_choice, sizeof(stray_choice),
		 "row %u of a table with %u: write %u, which is the same today", number, rows,
		 number % first);
	return number % first;
}

struct kind take_kind(struct input *in)
{
	unsigned byte = (unsigned)take(in, 1);

	if (byte < 0x40)
		return kind_at(choose(byte, MODEL_CORES, MODEL_CORES));
	return geometries[choose(byte - 0x40, GEOMETRIES, SMALL_GEOMETRIES)];
}

bool same_entries(const struct model *a, const struct model *b)
{
	bool same = a->n == b->n;

	for (size_t i = 0; same && i < a->n; i++)
		same = a->e[i].tlb == b->e[i].tlb && a->e[i].index == b->e[i].index &&
		       !memcmp(a->e[i].word, b->e[i].word, sizeof(a->e[i].word));
	return same;
}

uint64_t word_of(const struct model_core *core, unsigned word, uint64_t value)
{
	return value & low_bits(model_word_bits(core, word));
}

/* ---- one entry ---- */

/* What decodes without a defect encodes to the same entry, parity aside. */
static void examine_round_trip(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			       const struct ppctlb_mapping *m)
{
	struct ppctlb_entry again, clean = *e;
	struct ppctlb_mapping parsed;
	char text[PPCTLB_TEXT_MAX];

	must(ppctlb_encode(core, m, &again));
	must(ppctlb_clear_parity(core, &clean));
	REQUIRE(!memcmp(again.word, clean.word, sizeof(again.word)));
	must(ppctlb_format_mapping(m, text, sizeof(text)));
	must(ppctlb_parse_mapping(text, &parsed));
	REQUIRE(same_mapping(m, &parsed));
}

static void examine_text(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	char text[PPCTLB_TEXT_MAX];
	struct ppctlb_entry parsed;

	must(ppctlb_format_entry(core, e, text, sizeof(text)));
	must(ppctlb_parse_entry(core, text, &parsed));
	REQUIRE(!memcmp(parsed.word, e->word, sizeof(parsed.word)));
	REQUIRE(e->tlb & PPCTLB_NO_SLOT || (parsed.tlb == e->tlb && parsed.index == e->index));
}

void examine_entry(const struct model_core *core, const struct ppctlb_entry *e)
{
	const struct ppctlb_core *c = ppctlb_core(core->name);
	struct ppctlb_mapping want, strict, any;
	int ret = ppctlb_decode(c, e, &strict);

	examine_text(c, e);
	if (!model_is_valid(core, e)) {
		REQUIRE(ret == -ENOENT && ppctlb_decode_any(c, e, &any) == -ENOENT);
		return;
	}
	REQUIRE(ret == (model_decode(core, e, &want) ? 0 : -EBADMSG));
	must(ppctlb_decode_any(c, e, &any));
	REQUIRE(same_mapping(&any, &want));
	if (ret)
		return;
	REQUIRE(same_mapping(&strict, &want));
	examine_round_trip(c, e, &strict);
}

/* ---- what is not told of entries ---- */

/* The model takes every bit as told: with some that are not, of an entry or of all, the library
 * says less. */
static uint32_t not_told(struct ppctlb *h, const struct model *t)
{
	uint32_t unknown = info_of(h).unknown;

	for (size_t i = 0; i < t->n; i++)
		unknown |= t->e[i].unknown;
	return unknown;
}

/* ---- look-ups ---- */

void same_answers(struct ppctlb *h, const struct model *t, const struct ppctlb_access *a, size_t n)
{
	struct ppctlb_hit *hits = calloc(n + 1, sizeof(*hits));

	must(ppctlb_translate(h, a, hits, n));
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_hit want = model_translate(t, &a[i]);

		if (hits[i].result == PPCTLB_NOT_TOLD) {
			REQUIRE(hits[i].unknown && !(hits[i].unknown & ~not_told(h, t)));
			continue;
		}
		REQUIRE(hits[i].result == want.result && hits[i].raddr == want.raddr);
		REQUIRE(want.result == PPCTLB_MISS ||
			(hits[i].tlb == want.tlb && hits[i].index == want.index));
	}
	free(hits);
}

/* A byte before, the first, the last and a byte behind; the kinds of access in turn. */
static size_t boundaries_of(const struct model *t, const struct ppctlb_mapping *m,
			    struct ppctlb_access *a)
{
	const uint64_t ea[] = {m->eaddr - 1, m->eaddr, m->eaddr + (m->size - 1),
			       m->eaddr + m->size};
	size_t n = sizeof(ea) / sizeof(ea[0]);

	for (size_t i = 0; i < n; i++)
		a[i] = (struct ppctlb_access){
			.eaddr = ea[i] & low_bits(t->core->ea_bits),
			.pid = m->tid,
			.as = !!(m->flags & PPCTLB_TS),
			.type = (uint8_t)((m->raddr / 4096 + i) % 3),
			.user = (uint8_t)(m->raddr / 4096 % 2),
		};
	return n;
}

static void examine_boundaries(struct ppctlb *h, const struct model *t)
{
	struct ppctlb_access a[4 * BOUNDARIES_OF];
	struct ppctlb_mapping m;
	size_t n = 0;

	for (size_t i = 0; i < t->n && n < 4 * BOUNDARIES_OF; i++) {
		if (!model_is_valid(t->core, &t->e[i]))
			continue;
		model_decode(t->core, &t->e[i], &m);
		n += boundaries_of(t, &m, &a[n]);
	}
	same_answers(h, t, a, n);
}

/* ---- findings ---- */

/* Each is one of what the model wants: all of it when every bit is told. */
static void same_findings(const struct model *t, const struct ppctlb_finding *found, size_t n,
			  uint32_t unknown)
{
	struct verdict *want;
	size_t wanted = brute_check(t, &want), at = 0;

	REQUIRE(n == wanted || (n < wanted && unknown));
	for (size_t i = 0; i < n; i++, at++) {
		while (n < wanted && at < wanted && !same_finding(t, &found[i], &want[at]))
			at++;
		REQUIRE(at < wanted && same_finding(t, &found[i], &want[at]));
	}
	free(want);
}

static void examine_findings(struct ppctlb *h, const struct model *t)
{
	size_t n = 0, less;
	struct ppctlb_finding *found;

	must(ppctlb_check(h, NULL, &n));
	found = calloc(n + 1, sizeof(*found));
	less = n - 1;
	REQUIRE(!n || (ppctlb_check(h, found, &less) == -ENOSPC && less == n && !found->name));
	must(ppctlb_check(h, found, &n));
	if (t->n <= CHECKED_UP_TO)
		same_findings(t, found, n, not_told(h, t));
	free(found);
}

/* ---- dumps and images ---- */

static void examine_line(const char *line, void *arg)
{
	size_t *lines = arg;

	for (const char *p = line; *p; p++)
		REQUIRE(isprint((unsigned char)*p));
	++*lines;
}

static void examine_dumps(struct ppctlb *h, const struct model *t)
{
	size_t lines = 0, valid = 0;
	int ret;

	for (size_t i = 0; i < t->n; i++)
		valid += model_is_valid(t->core, &t->e[i]);
	must(ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_TABLE, examine_line, &lines));
	REQUIRE(lines >= valid);
	lines = 0;
	ret = ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, examine_line, &lines);
	REQUIRE(BY_FAMILY(t->core, ret == 0 && lines == valid + 2, ret == -ENOTSUP));
}

static void *save(struct ppctlb *h, size_t *len)
{
	void *buf;

	*len = 0;
	must(ppctlb_save(h, NULL, len));
	buf = malloc(*len);
	must(ppctlb_save(h, buf, len));
	return buf;
}

static void examine_image(struct ppctlb *h)
{
	struct ppctlb_image_info info = {.size = sizeof(info)};
	size_t len, again_len;
	void *image = save(h, &len), *again;

	must(ppctlb_image_info(image, len, &info));
	REQUIRE(info.entries == info_of(h).entries && info.unknown == info_of(h).unknown);
	must(ppctlb_restore(h, image, len));
	again = save(h, &again_len);
	REQUIRE(len == again_len && !memcmp(image, again, len));
	free(image);
	free(again);
}

void examine(struct ppctlb *h)
{
	static const uint64_t zero[4];
	struct model t = model_of(h), after;

	for (size_t i = 0; i < t.n; i++)
		if (memcmp(t.e[i].word, zero, sizeof(zero)))
			examine_entry(t.core, &t.e[i]);
	examine_boundaries(h, &t);
	examine_findings(h, &t);
	examine_dumps(h, &t);
	examine_image(h);
	after = model_of(h);
	REQUIRE(same_entries(&t, &after));
	model_free(&t);
	model_free(&after);
}
