// SPDX-License-Identifier: GPL-2.0-or-later
/* encode, decode, decode_any, clear_parity: the public calls, compared with the model. */
#include "../support/unit-common.h"

#include <stdio.h>

#define GARBAGE 0xa5

static const struct model_core *facts;
static const struct ppctlb_core *core;

static void setup(int i)
{
	facts = &model_cores[i];
	core = core_of(facts->name);
}

/* The last TLB, which has pages of every size. */
static unsigned last_tlb(void)
{
	return model_last_tlb(facts);
}

static const char *word_name(int i)
{
	static const char *const names[MODEL_FAMILIES][4] = {
		[MODEL_44X] = {"tid", "word0", "word1", "word2"},
		[MODEL_E500] = {"mas1", "mas2", "mas7_3", "mas8"},
	};

	return names[facts->family][i];
}

static unsigned word_bits(int i)
{
	return model_word_bits(facts, (unsigned)i);
}

/* Any page that the core has. */
static struct ppctlb_mapping random_page(void)
{
	struct ppctlb_mapping m = {0};
	unsigned shift;

	do
		shift = (unsigned)below(64);
	while (!(facts->sizes >> shift & 1));
	m.size = UINT64_C(1) << shift;
	m.eaddr = rnd() & low_bits(facts->ea_bits) & -m.size;
	m.raddr = rnd() & low_bits(facts->ra_bits) & -m.size;
	m.flags = (uint32_t)rnd() & facts->flags;
	m.tid = (uint16_t)(rnd() & low_bits(facts->tid_bits));
	m.lpid = (uint16_t)(rnd() & low_bits(facts->lpid_bits));
	return m;
}

/* Padding counts, too. */
static bool same_bytes(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !memcmp(a, b, sizeof(*a));
}

static bool is_garbage(const void *what, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (((const unsigned char *)what)[i] != GARBAGE)
			return false;
	return true;
}

typedef int decoder(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		    struct ppctlb_mapping *m);

/* Both decoders, which refuse the same arguments. */
static decoder *const decoders[] = {ppctlb_decode, ppctlb_decode_any};

/* ---- encode ---- */

/* The words are the model's, the position is unknown in the last TLB, and the old content is gone;
 * decode returns the mapping, with GS and LPID. */
START_TEST(any_page_comes_back)
{
	setup(_i);
	seed(1);
	for (int i = 0; i < 20000 / (int)stride(); i++) {
		struct ppctlb_mapping m = random_page(), back;
		struct ppctlb_entry e, want;

		memset(&want, 0, sizeof(want)); /* padding, too */
		want.tlb = (uint16_t)(PPCTLB_NO_SLOT | last_tlb());
		model_encode(facts, &m, &want);
		memset(&e, GARBAGE, sizeof(e));
		WORKS(ppctlb_encode(core, &m, &e));
		HOLDS(!memcmp(&e, &want, sizeof(e)),
		      "%s: 0x%llx: %04x:%u=%llx,%llx,%llx,%llx, not %llx,%llx,%llx,%llx",
		      facts->name, (unsigned long long)m.eaddr, e.tlb, e.index,
		      (unsigned long long)e.word[0], (unsigned long long)e.word[1],
		      (unsigned long long)e.word[2], (unsigned long long)e.word[3],
		      (unsigned long long)want.word[0], (unsigned long long)want.word[1],
		      (unsigned long long)want.word[2], (unsigned long long)want.word[3]);
		WORKS(ppctlb_decode(core, &e, &back));
		HOLDS(same_bytes(&m, &back), "%s: 0x%llx: another mapping comes back", facts->name,
		      (unsigned long long)m.eaddr);
	}
}
END_TEST

/* encode refuses the mapping and leaves the caller's entry alone. */
#define REFUSED(err, m, ...)                                                                       \
	do {                                                                                       \
		struct ppctlb_entry e_;                                                            \
                                                                                                   \
		memset(&e_, GARBAGE, sizeof(e_));                                                  \
		FAILS(err, ppctlb_encode(core, &(m), &e_), ##__VA_ARGS__);                         \
		HOLDS(is_garbage(&e_, sizeof(e_)), "%s: the entry was written", facts->name);      \
	} while (0)

/* "; legal: 4K 16K ..." */
static const char *legal_sizes(void)
{
	static char text[256];
	size_t used = (size_t)snprintf(text, sizeof(text), "; legal:");

	for (unsigned shift = 10; shift < 50; shift++)
		if (facts->sizes >> shift & 1)
			used += (size_t)snprintf(text + used, sizeof(text) - used, " %u%c",
						 1u << shift % 10, "KMGT"[shift / 10 - 1]);
	return text;
}

static void size_is_refused(uint64_t size)
{
	struct ppctlb_mapping m = {.size = size};
	const char *legal = legal_sizes(), *list;

	REFUSED(EINVAL, m, "is not a page size of", facts->name, legal);
	ck_assert_msg(!strstr(ppctlb_errmsg(), "in TLB"), "%s", ppctlb_errmsg()); /* of any */
	/* all of them, and no more */
	list = strstr(ppctlb_errmsg(), legal);
	HOLDS(list && !strcmp(list, legal), "%s", ppctlb_errmsg());
}

START_TEST(sizes_are_refused)
{
	setup(_i);
	size_is_refused(0);
	for (unsigned shift = 0; shift < 64; shift++) {
		uint64_t size = UINT64_C(1) << shift;

		if (!(facts->sizes & size))
			size_is_refused(size);
		if (shift)
			size_is_refused(size | 1);
		if (shift > 1)
			size_is_refused(size | size >> 1);
	}
}
END_TEST

START_TEST(addresses_are_refused)
{
	struct ppctlb_mapping good = {.size = 64 * K}, m;
	char bits[32];

	setup(_i);
	for (uint64_t low = K; low < 64 * K; low *= 2) {
		m = good, m.eaddr = low;
		REFUSED(EINVAL, m, "EA 0x", "aligned", "64K");
		m = good, m.raddr = low;
		REFUSED(EINVAL, m, "RA 0x", "aligned", "64K");
	}
	m = good, m.eaddr = 1;
	REFUSED(EINVAL, m, "EA 0x1 ", "aligned");
	m = good, m.raddr = 1;
	REFUSED(EINVAL, m, "RA 0x1 ", "aligned");
	snprintf(bits, sizeof(bits), "the %u bits of %s", facts->ea_bits, facts->name);
	for (unsigned bit = facts->ea_bits; bit < 64; bit++) {
		m = good, m.eaddr = UINT64_C(1) << bit;
		REFUSED(EINVAL, m, "EA 0x", "wider", bits);
	}
	snprintf(bits, sizeof(bits), "the %u bits of %s", facts->ra_bits, facts->name);
	for (unsigned bit = facts->ra_bits; bit < 64; bit++) {
		m = good, m.raddr = UINT64_C(1) << bit;
		REFUSED(EINVAL, m, "RA 0x", "wider", bits);
	}
}
END_TEST

/* The widest value that fits is encoded, see above; the next one and the largest are refused. */
START_TEST(tid_and_lpid_are_refused)
{
	struct ppctlb_mapping good = {.size = 64 * K}, m;
	char text[64];

	setup(_i);
	for (int i = 0; i < 2; i++) {
		m = good, m.tid = (uint16_t)(i ? UINT16_MAX : 1u << facts->tid_bits);
		snprintf(text, sizeof(text), "tid %u is wider than the %u bits", m.tid,
			 facts->tid_bits);
		REFUSED(EINVAL, m, text, facts->name);
		m = good, m.lpid = (uint16_t)(i ? UINT16_MAX : 1u << facts->lpid_bits);
		snprintf(text, sizeof(text), "lpid %u is wider than the 6 bits", m.lpid);
		if (facts->lpid_bits)
			REFUSED(EINVAL, m, text, facts->name);
		else
			REFUSED(ENOTSUP, m, "has no lpid", facts->name);
	}
}
END_TEST

START_TEST(flags_are_refused)
{
	struct ppctlb_mapping m = {.size = 64 * K, .flags = PPCTLB_FLAGS};

	setup(_i);
	if (facts->family == MODEL_44X)
		REFUSED(ENOTSUP, m, "440 has no iprot x0 x1 gs");
	for (unsigned bit = 0; bit < 32; bit++) {
		m.flags = UINT32_C(1) << bit;
		if (m.flags & ~PPCTLB_FLAGS)
			REFUSED(EINVAL, m, "flags 0x");
		else if (m.flags & ~facts->flags)
			REFUSED(ENOTSUP, m, facts->name, ppctlb_flag_name(m.flags));
	}
}
END_TEST

/* ---- decode ---- */

/* An entry of any words, or a legal one with up to two bits changed. In any TLB, with a position
 * or without. */
static struct ppctlb_entry random_entry(void)
{
	struct ppctlb_mapping m = random_page();
	struct ppctlb_entry e = {0};

	if (below(2)) {
		for (int i = 0; i < 4; i++)
			e.word[i] = rnd() & low_bits(word_bits(i));
	} else {
		model_encode(facts, &m, &e);
		for (uint64_t changes = below(3); changes; changes--) {
			int i = (int)below(4);

			e.word[i] ^= UINT64_C(1) << below(word_bits(i));
		}
	}
	e.tlb = (uint16_t)(below(last_tlb() + 1) | (below(2) ? PPCTLB_NO_SLOT : 0));
	e.index = (uint16_t)rnd();
	return e;
}

/* decode returns 0, -ENOENT or -EBADMSG as the model says, and the mapping that the core sees. */
static int decode_as_model(const struct ppctlb_entry *e)
{
	struct ppctlb_mapping want, m, any;
	int ret = model_is_valid(facts, e) ? 0 : -ENOENT;

	if (!ret && !model_decode(facts, e, &want))
		ret = -EBADMSG;
	memset(&m, GARBAGE, sizeof(m));
	memset(&any, GARBAGE, sizeof(any));
	if (ret) {
		FAILS(-ret, ppctlb_decode(core, e, &m));
		HOLDS(is_garbage(&m, sizeof(m)), "decode: the mapping was written");
	} else {
		WORKS(ppctlb_decode(core, e, &m));
		HOLDS(same_bytes(&m, &want), "decode: another mapping");
	}
	if (ret == -ENOENT) {
		FAILS(ENOENT, ppctlb_decode_any(core, e, &any), "V=0");
		HOLDS(is_garbage(&any, sizeof(any)), "decode_any: the mapping was written");
	} else {
		WORKS(ppctlb_decode_any(core, e, &any));
		HOLDS(same_bytes(&any, &want), "decode_any: another mapping");
	}
	return ret;
}

START_TEST(any_words_are_decoded)
{
	unsigned good = 0, invalid = 0, malformed = 0, few = 2000 / stride();

	setup(_i);
	seed(2);
	for (int i = 0; i < 20000 / (int)stride(); i++) {
		struct ppctlb_entry e = random_entry(), before = e;
		int ret = decode_as_model(&e);

		HOLDS(!memcmp(&e, &before, sizeof(e)), "the entry was written");
		good += ret == 0;
		invalid += ret == -ENOENT;
		malformed += ret == -EBADMSG;
	}
	HOLDS(good > few && invalid > few && malformed > few, "%u good, %u invalid, %u malformed",
	      good, invalid, malformed);
}
END_TEST

/* What can be wrong with an entry, in the order in which decode reports it: bits to set in a good
 * one. */
static const struct {
	const char *words;
	bool in_tlb0, in_tlb1;
	uint64_t x44[4], e500[4];
} defects[] = {
	{"IND is set: an indirect entry", true, true, {0}, {0x2000}},
	{"illegal page size", false, true, {0, 0xf0}, {0xf80}},
	{"TSIZE of a TLB0 entry is not 4K", true, false, {0}, {0x80}},
	{"EPN is not aligned to the page size", false, true, {0, 0x400}, {0, 0x1000}},
	{"RPN is not aligned to the page size", false, true, {0, 0, 0x400}, {0, 0, 0x1000}},
	{"RPN is wider than the core's real address", true, true, {0}, {0, 0, UINT64_C(1) << 40}},
	{"reserved bits are set", true, true, {0, 0, 0, 0x40}, {0, 0x80}},
};

/* The bits of a defect, or NULL if an entry of that TLB cannot have it. */
static const uint64_t *bits_of(size_t defect, unsigned tlb)
{
	static const uint64_t none[4];

	bool can = BY_FAMILY(facts, memcmp(defects[defect].x44, none, sizeof(none)) != 0,
			     tlb ? defects[defect].in_tlb1 : defects[defect].in_tlb0);

	return can ? BY_FAMILY(facts, defects[defect].x44, defects[defect].e500) : NULL;
}

/* Give a good entry a set of defects; returns the words that report the first one it can have, or
 * NULL. */
static const char *spoil(struct ppctlb_entry *e, unsigned set)
{
	const char *first = NULL;

	for (size_t k = 0; k < COUNT(defects); k++) {
		const uint64_t *bits = bits_of(k, e->tlb);

		if (!(set >> k & 1) || !bits)
			continue;
		for (int i = 0; i < 4; i++)
			e->word[i] |= bits[i];
		first = first ? first : defects[k].words;
	}
	return first;
}

/* Try every set of defects in each TLB: decode reports the first that applies. */
START_TEST(the_first_defect_is_told)
{
	char name[64];

	setup(_i);
	snprintf(name, sizeof(name), "malformed %s entry: ", facts->name);
	for (unsigned tlb = 0; tlb <= last_tlb(); tlb++)
		for (unsigned set = 0; set < 1u << COUNT(defects); set++) {
			struct ppctlb_mapping page = {.size = tlb ? 64 * K : 4 * K}, m;
			struct ppctlb_entry e = {.tlb = (uint16_t)tlb};
			const char *words;

			model_encode(facts, &page, &e);
			words = spoil(&e, set);
			if (words)
				FAILS(EBADMSG, ppctlb_decode(core, &e, &m), name, words);
			else
				WORKS(ppctlb_decode(core, &e, &m));
			decode_as_model(&e);
		}
}
END_TEST

/* Bits outside a word are -EINVAL, whether the entry is valid or not. */
START_TEST(words_too_wide)
{
	setup(_i);
	for (int i = 0; i < 4; i++)
		for (unsigned bit = word_bits(i); bit < 64; bit++)
			for (int k = 0; k < 4; k++) {
				struct ppctlb_mapping page = random_page(), m;
				struct ppctlb_entry e = {.tlb = (uint16_t)last_tlb()};

				memset(&m, GARBAGE, sizeof(m));
				if (k & 1)
					model_encode(facts, &page, &e);
				e.word[i] |= UINT64_C(1) << bit;
				FAILS(EINVAL, decoders[k >> 1](core, &e, &m), word_name(i),
				      "bits outside this word");
				HOLDS(is_garbage(&m, sizeof(m)), "the mapping was written");
			}
}
END_TEST

/* A TLB that the core lacks, with a position or without. */
START_TEST(tlbs_that_are_not_there)
{
	char name[64];

	setup(_i);
	for (unsigned tlb = last_tlb() + 1; tlb < PPCTLB_NO_SLOT; tlb += tlb)
		for (int k = 0; k < 4; k++) {
			struct ppctlb_mapping page = random_page(), m;
			struct ppctlb_entry e;

			memset(&m, GARBAGE, sizeof(m));
			WORKS(ppctlb_encode(core, &page, &e));
			e.tlb = (uint16_t)(tlb | (k & 1 ? PPCTLB_NO_SLOT : 0));
			snprintf(name, sizeof(name), "%s has no TLB%u", facts->name, tlb);
			FAILS(EINVAL, decoders[k >> 1](core, &e, &m), name);
			HOLDS(is_garbage(&m, sizeof(m)), "the mapping was written");
		}
}
END_TEST

/* ---- parity ---- */

/* On a 440 clear_parity clears its parity bits and nothing else in the entry or behind it; the
 * e500 family has none. */
START_TEST(parity_is_cleared)
{
	static const uint64_t parity[4] = {0, 0xf, 0x300, 0xc0000000};
	struct ppctlb_entry all[3], want[3];

	setup(_i);
	memset(all, 0xff, sizeof(all));
	memset(want, 0xff, sizeof(want));
	for (int i = 0; i < 4; i++)
		want[1].word[i] &= ~BY_FAMILY(facts, parity[i], 0);
	WORKS(ppctlb_clear_parity(core, &all[1]));
	ck_assert_mem_eq(all, want, sizeof(all));
}
END_TEST

START_TEST(null_is_refused)
{
	struct ppctlb_mapping m = {.size = 4 * K};
	struct ppctlb_entry e = {0};

	setup(0);
	FAILS(EINVAL, ppctlb_encode(NULL, &m, &e), "encode", "NULL");
	FAILS(EINVAL, ppctlb_encode(core, NULL, &e), "encode", "NULL");
	FAILS(EINVAL, ppctlb_encode(core, &m, NULL), "encode", "NULL");
	for (size_t i = 0; i < COUNT(decoders); i++) {
		FAILS(EINVAL, decoders[i](NULL, &e, &m), "decode", "NULL");
		FAILS(EINVAL, decoders[i](core, NULL, &m), "decode", "NULL");
		FAILS(EINVAL, decoders[i](core, &e, NULL), "decode", "NULL");
	}
	FAILS(EINVAL, ppctlb_clear_parity(NULL, &e), "clear_parity", "NULL");
	FAILS(EINVAL, ppctlb_clear_parity(core, NULL), "clear_parity", "NULL");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("codec");
	TCase *t = tcase_create("codec");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, any_page_comes_back, 0, MODEL_CORES);
	tcase_add_loop_test(t, sizes_are_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, addresses_are_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, tid_and_lpid_are_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, flags_are_refused, 0, MODEL_CORES);
	tcase_add_loop_test(t, any_words_are_decoded, 0, MODEL_CORES);
	tcase_add_loop_test(t, the_first_defect_is_told, 0, MODEL_CORES);
	tcase_add_loop_test(t, words_too_wide, 0, MODEL_CORES);
	tcase_add_loop_test(t, tlbs_that_are_not_there, 0, MODEL_CORES);
	tcase_add_loop_test(t, parity_is_cleared, 0, MODEL_CORES);
	tcase_add_test(t, null_is_refused);
	suite_add_tcase(s, t);
	return run_suite(s);
}
