// SPDX-License-Identifier: GPL-2.0-or-later
/* Any words in any entries, as a guest may write them: decoded, translated, checked. */
#include "fuzz.h"

const char fuzz_target[] = "words";

static struct ppctlb_entry take_entry(struct input *in, const struct model *t)
{
	struct ppctlb_entry e = {.tlb = (uint16_t)(model_last_tlb(t->core) ? take(in, 1) & 1 : 0)};

	e.index = (uint16_t)(take(in, 2) % t->entries[e.tlb]);
	for (unsigned w = 0; w < 4; w++)
		e.word[w] = word_of(t->core, w, take(in, model_word_bits(t->core, w) / 8));
	return e;
}

/* With its position, and with an unknown one. */
static void try_entry(const struct model_core *core, struct ppctlb_entry e)
{
	examine_entry(core, &e);
	e.tlb |= PPCTLB_NO_SLOT;
	examine_entry(core, &e);
}

/* Every call that takes words refuses a bit outside the word, and changes nothing. */
static void try_wide(struct ppctlb *h, const struct model_core *core, struct ppctlb_entry e)
{
	const struct ppctlb_core *c = ppctlb_core(core->name);
	struct ppctlb_mapping m;

	e.word[BY_FAMILY(core, 1, 0)] |= UINT64_C(1) << (32 + e.index % 32);
	REQUIRE(ppctlb_decode(c, &e, &m) == -EINVAL);
	REQUIRE(ppctlb_decode_any(c, &e, &m) == -EINVAL);
	REQUIRE(ppctlb_set(h, &e, 1) == -EINVAL);
}

static void try_access(struct ppctlb *h, const struct model *t, struct input *in)
{
	struct ppctlb_access a = {.eaddr = take(in, 8), .pid = (uint16_t)take(in, 2)};
	struct ppctlb_hit hit, before;
	uint8_t kind = (uint8_t)take(in, 1);

	a.as = kind & 1;
	a.user = kind >> 1 & 1;
	a.type = kind >> 2 & 3;
	memset(&before, 0x55, sizeof(before));
	hit = before;
	if (a.eaddr > low_bits(t->core->ea_bits) || a.pid > low_bits(t->core->tid_bits) ||
	    a.type > PPCTLB_EXECUTE) {
		REQUIRE(ppctlb_translate(h, &a, &hit, 1) == -EINVAL);
		REQUIRE(!memcmp(&hit, &before, sizeof(hit)));
		a.eaddr &= low_bits(t->core->ea_bits);
		a.pid &= (uint16_t)low_bits(t->core->tid_bits);
		a.type %= 3;
	}
	same_answers(h, t, &a, 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct ppctlb *h = open_kind(take_kind(&in), 0);
	struct model t = model_of(h), after;
	unsigned n = pick(&in, 17);

	while (n-- && in.left) {
		struct ppctlb_entry e = take_entry(&in, &t);

		try_entry(t.core, e);
		try_wide(h, t.core, e);
		must(ppctlb_set(h, &e, 1));
		*model_at(&t, e.tlb, e.index) = e;
	}
	after = model_of(h);
	REQUIRE(same_entries(&t, &after));
	examine(h);
	for (n = 0; n < 16 && in.left; n++)
		try_access(h, &t, &in);
	model_free(&t);
	model_free(&after);
	ppctlb_close(h);
	return 0;
}
