// SPDX-License-Identifier: GPL-2.0-or-later
/* get, set, commit, info and the caller's own array: raw words, see ppctlb_get(3). */
#include "../support/unit-common.h"

#include <pthread.h>
#include <ppctlb/e500.h>

#include <stdio.h>
#include <sys/mman.h>

/* Any words the core's entry can have at all. */
static void random_words(const struct model_core *core, struct ppctlb_entry *e)
{
	for (unsigned i = 0; i < 4; i++)
		e->word[i] = rnd() & low_bits(model_word_bits(core, i));
}

/* set takes any words, and get returns them bit for bit, with parity. */
START_TEST(any_words_come_back)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct ppctlb_entry *all = state_of(h);
	size_t n = entries_of(h);

	seed(1);
	for (size_t i = 0; i < n; i++)
		random_words(&model_cores[_i], &all[i]);
	WORKS(ppctlb_set(h, all, n));
	unchanged(h, all);
	ppctlb_close(h);
}
END_TEST

/* Positions come in the kernel's order: TLB0 sets ascending, ways ascending, then TLB1. */
START_TEST(order_is_the_kernels)
{
	struct ppctlb *h = open_core(model_cores[_i].name);
	struct ppctlb_entry *all = state_of(h);
	struct model t = model_new(&model_cores[_i]);

	ck_assert_uint_eq(entries_of(h), t.n);
	for (size_t i = 0; i < t.n; i++) {
		ck_assert_uint_eq(all[i].tlb, t.e[i].tlb);
		ck_assert_uint_eq(all[i].index, t.e[i].index);
	}
	free(all);
	model_free(&t);
	ppctlb_close(h);
}
END_TEST

/* Set a few entries, in any order; the others stay. */
START_TEST(the_others_stay)
{
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_entry some[] = {
		{1, 15, 0, {1, 2, 3, 4}},
		{0, 511, 0, {5, 6, 7, 8}},
		{1, 0, 0, {9, 10, 11, 12}},
		{0, 0, 0, {13, 14, 15, 16}},
	};

	put(h, 0, 100, 1, 1, 1, 1);
	WORKS(ppctlb_set(h, some, 4));
	SLOT(h, 1, 15, 1, 2, 3, 4);
	SLOT(h, 0, 511, 5, 6, 7, 8);
	SLOT(h, 1, 0, 9, 10, 11, 12);
	SLOT(h, 0, 0, 13, 14, 15, 16);
	SLOT(h, 0, 100, 1, 1, 1, 1);
	SLOT(h, 0, 1, 0, 0, 0, 0);
	WORKS(ppctlb_set(h, some, 0));
	WORKS(ppctlb_set(h, NULL, 0));
	ppctlb_close(h);
}
END_TEST

static const struct {
	const char *core;
	struct ppctlb_entry e;
	const char *words[2];
} refused[] = {
	{"440", {0, 64, 0, {0}}, {"entry 1", "TLB0[64]"}},
	{"440", {1, 0, 0, {0}}, {"entry 1", "TLB1[0]"}},
	{"440", {PPCTLB_NO_SLOT, 0, 0, {0}}, {"entry 1", "has no slot"}},
	{"440", {0, 3, 0, {0}}, {"entry 1", "TLB0[3] appears twice"}},
	{"440", {0, 0, 0, {UINT64_C(1) << 32, 0, 0, 0}}, {"entry 1", "tid"}},
	{"440", {0, 0, 0, {0, UINT64_C(1) << 32, 0, 0}}, {"entry 1", "word0"}},
	{"440", {0, 0, 0, {0, 0, UINT64_C(1) << 63, 0}}, {"entry 1", "word1"}},
	{"440", {0, 0, 0, {0, 0, 0, UINT64_C(1) << 32}}, {"entry 1", "word2"}},
	{"e500v2", {0, 512, 0, {0}}, {"entry 1", "TLB0[512]"}},
	{"e500v2", {1, 16, 0, {0}}, {"entry 1", "TLB1[16]"}},
	{"e500v2", {2, 0, 0, {0}}, {"entry 1", "TLB2[0]"}},
	{"e500v2", {0xffff, 0xffff, 0, {0}}, {"entry 1", "TLB"}},
	{"e500v2", {PPCTLB_NO_SLOT | 1, 0, 0, {0}}, {"entry 1", "has no slot"}},
	{"e500v2", {0, 3, 0, {0}}, {"entry 1", "TLB0[3] appears twice"}},
	{"e500v2", {1, 0, 0, {UINT64_C(1) << 32, 0, 0, 0}}, {"entry 1", "mas1"}},
	{"e500v2", {1, 0, 0, {0, 0, 0, UINT64_C(1) << 32}}, {"entry 1", "mas8"}},
};

/* set refuses only positions that do not exist or come twice, and words that are too wide. */
START_TEST(set_refuses)
{
	struct ppctlb *h = open_core(refused[_i].core);
	struct ppctlb_entry some[2] = {{0, 3, 0, {1, 1, 1, 1}}, refused[_i].e}, *before;

	put(h, 0, 0, 7, 7, 7, 7);
	before = state_of(h);
	FAILS(EINVAL, ppctlb_set(h, some, 2), refused[_i].words[0], refused[_i].words[1]);
	unchanged(h, before);
	ppctlb_close(h);
}
END_TEST

/* More entries than there are: one comes twice, however many they are. */
START_TEST(set_of_too_many)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_entry some[65];

	for (unsigned i = 0; i < 65; i++)
		some[i] = (struct ppctlb_entry){0, (uint16_t)(i % 64), 0, {1, 1, 1, 1}};
	FAILS(EINVAL, ppctlb_set(h, some, 65), "entry 64", "TLB0[0] appears twice");
	SLOT(h, 0, 63, 0, 0, 0, 0);
	ppctlb_close(h);
}
END_TEST

START_TEST(null_and_nonsense)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_entry all[65], before[65];
	struct ppctlb_info info = {.size = sizeof(info)};

	memset(all, 0xa5, sizeof(all));
	memcpy(before, all, sizeof(all));
	FAILS(EINVAL, ppctlb_get(NULL, PPCTLB_GUEST, all, 64), "NULL");
	FAILS(EINVAL, ppctlb_get(h, PPCTLB_GUEST, NULL, 64), "64 entries");
	FAILS(EINVAL, ppctlb_get(h, PPCTLB_GUEST, all, 63), "64 entries");
	FAILS(EINVAL, ppctlb_get(h, PPCTLB_GUEST, all, 0), "64 entries");
	FAILS(EINVAL, ppctlb_get(h, (enum ppctlb_view)2, all, 64), "view 2");
	/* the shadow TLB is readable only where the kernel has it */
	FAILS(ENOTSUP, ppctlb_get(h, PPCTLB_SHADOW, all, 64), "shadow");
	ck_assert_mem_eq(all, before, sizeof(all));
	/* entries past the last are not touched */
	WORKS(ppctlb_get(h, PPCTLB_GUEST, all, 65));
	ck_assert_mem_eq(&all[64], &before[64], sizeof(all[64]));
	FAILS(EINVAL, ppctlb_set(NULL, all, 1), "NULL");
	FAILS(EINVAL, ppctlb_set(h, NULL, 1), "NULL");
	FAILS(EINVAL, ppctlb_commit(NULL), "NULL");
	FAILS(EINVAL, ppctlb_commit(h), "no array");
	FAILS(EINVAL, ppctlb_info(NULL, &info), "NULL");
	FAILS(EINVAL, ppctlb_info(h, NULL), "NULL");
	info.size = 0;
	FAILS(EINVAL, ppctlb_info(h, &info), "size");
	info.size = sizeof(info) - 1;
	FAILS(EINVAL, ppctlb_info(h, &info), "size");
	ppctlb_close(NULL);
	ppctlb_close(h);
}
END_TEST

/* info: backend, its path, who chose it, core, arrays, sizes, widths, flags, shadow or not. */
START_TEST(info_tells)
{
	const struct model_core *facts = &model_cores[_i];
	struct ppctlb *h = open_core(facts->name);
	struct ppctlb_info info = {.size = sizeof(info)};
	char path[4096];

	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.entries, facts->entries[0] + facts->entries[1]);
	ck_assert_str_eq(info.backend, model_backend(facts));
	snprintf(path, sizeof(path), "/%s.so", info.backend);
	ck_assert(!strcmp(info.backend_path, "built in") || strstr(info.backend_path, path));
	ck_assert_str_eq(info.transport, "memory");
	ck_assert_uint_eq(info.chosen_by, PPCTLB_BY_CALLER);
	ck_assert_uint_eq(info.has_shadow, 0);
	ck_assert_uint_eq(info.unknown, 0);
	ck_assert_str_eq(info.core->name, facts->name);
	ck_assert_uint_eq(info.core->ra_bits, facts->ra_bits);
	ck_assert_uint_eq(info.core->array[0].geometry.entries, facts->entries[0]);
	ppctlb_close(h);
}
END_TEST

/* ---- the caller's own array in kernel layout ---- */

#define ENTRIES 528

static struct ppctlb *open_over(void *array, size_t len)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = "e500v2";
	cfg.array = array;
	cfg.array_len = len;
	WORKS(ppctlb_open(&h, &cfg));
	return h;
}

/* The array is used as it stands: map writes into it, the next call sees what the caller writes,
 * close leaves it alone. */
START_TEST(array_of_the_caller)
{
	static struct ppctlb_e500_tlbe array[ENTRIES];
	struct ppctlb_mapping m = {0x5000, 0x35000, 4 * K, PPCTLB_SR, 7, 0};
	struct ppctlb_access a = {.eaddr = 0x20000000};
	struct ppctlb_hit hit;
	struct ppctlb *h;

	array[512] = (struct ppctlb_e500_tlbe){0x12345678, 0xc0000800, 4, 0x400003f};
	h = open_over(array, sizeof(array));
	SLOT(h, 1, 0, 0xc0000800, 4, 0x400003f, 0x12345678);
	m.eaddr += 64 * M;
	WORKS(ppctlb_map(h, &m, 1, 0));
	/* set 5, way 0 */
	ck_assert_uint_eq(array[20].mas1, 0x80070100);
	ck_assert_uint_eq(array[20].mas2, 0x4005000);
	ck_assert_uint_eq(array[20].mas7_3, 0x35001);
	ck_assert_uint_eq(array[20].mas8, 0);
	array[527] = (struct ppctlb_e500_tlbe){0, 0x80000900, 0x20000000, 0xf00000001};
	WORKS(ppctlb_commit(h));
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert_uint_eq(hit.result, PPCTLB_HIT);
	ck_assert_uint_eq(hit.raddr, 0xf00000000);
	/* a board reset */
	WORKS(ppctlb_flush(h));
	for (size_t i = 0; i < ENTRIES; i++)
		ck_assert(!array[i].mas1 && !array[i].mas2 && !array[i].mas7_3 && !array[i].mas8);
	WORKS(ppctlb_map(h, &m, 1, 0));
	ppctlb_close(h);
	ck_assert_uint_eq(array[20].mas1, 0x80070100);
	/* open again: the contents are kept */
	h = open_over(array, sizeof(array));
	SLOT(h, 0, 20, 0x80070100, 0x4005000, 0x35001, 0);
	ppctlb_close(h);
}
END_TEST

/* ---- what is not known of an entry ---- */

/* It is written and read with the entry, split off with it, and gone when something else is
 * written. */
START_TEST(unknown_of_an_entry)
{
	const uint32_t rights = PPCTLB_UNKNOWN_RIGHTS;
	struct ppctlb *h = open_core("e500v2");
	struct ppctlb_mapping m = {0x10000000, 0, 4 * K, PPCTLB_SR, 0, 0};
	struct ppctlb_entry e = {1, 2, rights, {0x80000200, 0x10000000, 0x15, 0}}, *all;

	WORKS(ppctlb_set(h, &e, 1));
	all = state_of(h);
	ck_assert_uint_eq(all[514].unknown, rights);
	ck_assert_uint_eq(all[513].unknown, 0);
	free(all);
	WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE)); /* TLB0: set 0, and three pieces */
	all = state_of(h);
	ck_assert_uint_eq(all[0].unknown, 0);
	ck_assert_uint_eq(all[4].unknown, rights);
	ck_assert_uint_eq(all[8].unknown, rights);
	ck_assert_uint_eq(all[12].unknown, rights);
	ck_assert_uint_eq(all[514].unknown, 0);
	free(all);
	e.unknown = 0x8000;
	FAILS(EINVAL, ppctlb_set(h, &e, 1), "entry 0", "0x8000");
	e.unknown = 0x7fff;
	WORKS(ppctlb_set(h, &e, 1));
	m = (struct ppctlb_mapping){0x20000000, 0, 64 * K, PPCTLB_SR, 0, 0};
	WORKS(ppctlb_map_at(h, &m, 1, 2, 0));
	all = state_of(h);
	ck_assert_uint_eq(all[514].unknown, 0);
	free(all);
	ppctlb_close(h);
}
END_TEST

/* An entry of which only what is known changes is written, too. */
START_TEST(unknown_alone_changes)
{
	struct ppctlb *h = open_core("440");
	struct ppctlb_mapping m = {0x10000000, 0, 4 * K, PPCTLB_SR, 0, 0};
	struct ppctlb_entry *all;

	WORKS(ppctlb_map(h, &m, 1, 0));
	all = state_of(h);
	all[0].unknown = PPCTLB_UNKNOWN_RA;
	WORKS(ppctlb_set(h, all, 1));
	free(all);
	WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE));
	all = state_of(h);
	ck_assert_uint_eq(all[0].unknown, 0);
	free(all);
	ppctlb_close(h);
}
END_TEST

static struct ppctlb *open_untold(uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = "e500v2";
	cfg.unknown = unknown;
	WORKS(ppctlb_open(&h, &cfg));
	return h;
}

static uint32_t unknown_of_all(struct ppctlb *h)
{
	struct ppctlb_info info = {.size = sizeof(info)};

	WORKS(ppctlb_info(h, &info));
	return info.unknown;
}

/* What map writes is told; what was not told of all entries is not told of those that were there,
 * and of their pieces. A call that fails, or has nothing to write, leaves both. */
START_TEST(map_is_told)
{
	const uint32_t stays = PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_INVALID;
	const uint32_t fields = PPCTLB_UNKNOWN_RIGHTS | PPCTLB_UNKNOWN_WIMGE;
	struct ppctlb *h = open_untold(stays | fields);
	struct ppctlb_mapping m = {0x20000000, 0, 64 * K, PPCTLB_SR, 0, 0};
	struct ppctlb_mapping hole = {0x10000000, 0, 4 * K, PPCTLB_SR, 0, 0};
	struct ppctlb_entry e = {1, 2, 0, {0x80000200, 0x10000000, 0x15, 0}}, *all;

	WORKS(ppctlb_set(h, &e, 1));
	FAILS(EEXIST, ppctlb_map(h, &hole, 1, 0), "TLB1[2]");
	FAILS(EEXIST, ppctlb_map_at(h, &hole, 0, 0, 0), "TLB1[2]");
	WORKS(ppctlb_map(h, &m, 0, 0));
	ck_assert_uint_eq(unknown_of_all(h), stays | fields);
	all = state_of(h);
	ck_assert_uint_eq(all[514].unknown, 0);
	free(all);

	if (_i)
		WORKS(ppctlb_map_at(h, &m, 1, 0, 0));
	else
		WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert_uint_eq(unknown_of_all(h), stays);
	all = state_of(h);
	ck_assert_uint_eq(all[512].unknown, 0);
	ck_assert_uint_eq(all[513].unknown, 0); /* not valid */
	ck_assert_uint_eq(all[514].unknown, fields);
	free(all);
	ppctlb_close(h);

	h = open_untold(stays | fields);
	WORKS(ppctlb_set(h, &e, 1));
	WORKS(ppctlb_map(h, &hole, 1, PPCTLB_REPLACE)); /* TLB0: set 0, and three pieces */
	all = state_of(h);
	ck_assert_uint_eq(all[0].unknown, 0);
	ck_assert_uint_eq(all[4].unknown, fields);
	ck_assert_uint_eq(all[12].unknown, fields);
	free(all);
	ppctlb_close(h);
}
END_TEST

/* ---- decoded ---- */

struct seen {
	unsigned n;
	struct ppctlb_entry e[4];
	struct ppctlb_mapping m[4];
	uint32_t defects[4];
};

static void see(const struct ppctlb_entry *e, const struct ppctlb_mapping *m, uint32_t defects,
		void *arg)
{
	struct seen *s = arg;

	s->e[s->n] = *e;
	s->m[s->n] = *m;
	s->defects[s->n++] = defects;
}

START_TEST(mappings)
{
	struct ppctlb *h = open_core("e500v2");
	struct seen s = {.n = 0};

	put(h, 0, 5, 0x80030100, 0x1000, 0x7015, 0);
	put(h, 1, 3, 0x80002301, 0x20001004, 0x30000015, 1);
	put(h, 1, 4, 0x00000300, 0x20000000, 0x30000015, 0);
	WORKS(ppctlb_mappings(h, PPCTLB_GUEST, see, &s));
	ck_assert_uint_eq(s.n, 2);
	ck_assert(s.e[0].tlb == 0 && s.e[0].index == 5 && s.e[0].word[0] == 0x80030100);
	ck_assert(s.m[0].eaddr == 0x1000 && s.m[0].raddr == 0x7000 && s.m[0].tid == 3);
	ck_assert_uint_eq(s.defects[0], 0);
	ck_assert(s.e[1].tlb == 1 && s.e[1].index == 3 && s.m[1].eaddr == 0x20000000);
	ck_assert_uint_eq(s.defects[1], PPCTLB_DEFECT_EPN | PPCTLB_DEFECT_IND |
						PPCTLB_DEFECT_RESERVED | PPCTLB_DEFECT_MAS8);
	FAILS(EINVAL, ppctlb_mappings(h, PPCTLB_GUEST, NULL, NULL), "NULL");
	FAILS(EINVAL, ppctlb_mappings(NULL, PPCTLB_GUEST, see, &s), "NULL");
	FAILS(ENOTSUP, ppctlb_mappings(h, PPCTLB_SHADOW, see, &s), "shadow");
	ppctlb_close(h);
}
END_TEST

/* ---- a second writer in the caller's memory ---- */

static volatile int stop_writing;
static void (*write_badly)(void);

static void *second_writer(void *arg)
{
	(void)arg;
	while (!stop_writing)
		write_badly();
	return NULL;
}

static struct ppctlb_entry shared_entry;

static void spoil_entry(void)
{
	*(volatile uint16_t *)&shared_entry.index = 0xffff;
	*(volatile uint16_t *)&shared_entry.tlb = 1;
	*(volatile uint16_t *)&shared_entry.index = 3;
	*(volatile uint16_t *)&shared_entry.tlb = 0;
}

static struct ppctlb_mapping shared_mapping;

static void spoil_mapping(void)
{
	*(volatile uint64_t *)&shared_mapping.size = UINT64_C(1) << 40;
	*(volatile uint64_t *)&shared_mapping.eaddr = UINT64_C(0xfff000000001);
	*(volatile uint64_t *)&shared_mapping.size = 64 * K;
	*(volatile uint64_t *)&shared_mapping.eaddr = 0x10000000;
}

static struct ppctlb_access shared_access;

static void spoil_access(void)
{
	*(volatile uint8_t *)&shared_access.type = 255;
	*(volatile uint8_t *)&shared_access.user = 255;
	*(volatile uint8_t *)&shared_access.type = 0;
	*(volatile uint8_t *)&shared_access.user = 0;
}

static unsigned char shared_image[56 + 64 * 32 + 4];

/* Core 440, where the entries are; and the geometry that goes with the larger number. */
static void spoil_image(void)
{
	volatile unsigned char *p = shared_image;

	p[50] = 1;
	p[34] = 1;
	p[34] = 0;
	p[50] = 0;
}

static int set_shared(struct ppctlb *h)
{
	return ppctlb_set(h, &shared_entry, 1);
}

static int map_shared(struct ppctlb *h)
{
	return ppctlb_map(h, &shared_mapping, 1, PPCTLB_REPLACE);
}

static int room_for_shared(struct ppctlb *h)
{
	struct ppctlb_room room[2];

	return ppctlb_map_room(h, &shared_mapping, 1, PPCTLB_REPLACE, room);
}

static int map_at_shared(struct ppctlb *h)
{
	return ppctlb_map_at(h, &shared_mapping, 1, 2, PPCTLB_REPLACE);
}

static int translate_shared(struct ppctlb *h)
{
	struct ppctlb_hit hit = {.result = PPCTLB_MISS};
	int ret = ppctlb_translate(h, &shared_access, &hit, 1);

	ck_assert_uint_le(hit.result, PPCTLB_MULTI_HIT);
	return ret;
}

static int restore_shared(struct ppctlb *h)
{
	return ppctlb_restore(h, shared_image, sizeof(shared_image));
}

static int describe_shared(struct ppctlb *h)
{
	struct ppctlb_image_info info = {.size = sizeof(info)};

	(void)h;
	return ppctlb_image_info(shared_image, sizeof(shared_image), &info);
}

/* Whatever is written while a call reads: the call sees one value, which it checks, and uses that.
 */
START_TEST(read_once)
{
	static const struct {
		const char *core;
		void (*spoil)(void);
		int (*call)(struct ppctlb *h);
	} cases[] = {
		{"e500v2", spoil_entry, set_shared},
		{"e500v2", spoil_mapping, map_shared},
		{"e500v2", spoil_mapping, map_at_shared},
		{"e500v2", spoil_access, translate_shared},
		{"e500v2", spoil_mapping, room_for_shared},
		{"440", spoil_image, restore_shared},
		{"440", spoil_image, describe_shared},
	};
	struct ppctlb *h = open_core(cases[_i].core);
	size_t len = sizeof(shared_image);
	struct ppctlb_entry *all;
	pthread_t other;

	ck_assert_int_eq(ppctlb_save(h, shared_image, &len), _i > 4 ? 0 : -ENOSPC);
	stop_writing = 0;
	write_badly = cases[_i].spoil;
	ck_assert_int_eq(pthread_create(&other, NULL, second_writer, NULL), 0);
	for (unsigned i = 0; i < 20000 / stride(); i++) {
		int ret = cases[_i].call(h);

		ck_assert_msg(!ret || ret == -EINVAL || ret == -ENOSPC || ret == -EBADMSG, "%d",
			      ret);
	}
	stop_writing = 1;
	pthread_join(other, NULL);
	all = state_of(h);
	for (size_t i = 0; i < entries_of(h); i++) {
		struct ppctlb_mapping m;
		int ret = ppctlb_decode(ppctlb_handle_core(h), &all[i], &m);

		ck_assert_msg(ret == 0 || ret == -ENOENT, "entry %zu: %s", i, ppctlb_errmsg());
	}
	free(all);
	ppctlb_close(h);
}
END_TEST

/* QEMU's array is heap memory: any alignment will do. */
START_TEST(array_at_any_address)
{
	size_t len = ENTRIES * sizeof(struct ppctlb_e500_tlbe);
	char *memory = calloc(1, len + 16);

	for (unsigned offset = 0; offset < 9; offset++) {
		struct ppctlb *h = open_over(memory + offset, len);
		uint32_t mas8;

		put(h, 1, 15, 1, 2, 3, 0xdeadbeef);
		SLOT(h, 1, 15, 1, 2, 3, 0xdeadbeef);
		memcpy(&mas8, memory + offset + 527 * 24, 4);
		ck_assert_uint_eq(mas8, 0xdeadbeef);
		ppctlb_close(h);
	}
	free(memory);
}
END_TEST

START_TEST(bad_arrays)
{
	static struct ppctlb_e500_tlbe array[ENTRIES];
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = "e500v2";
	cfg.array = array;
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "array");
	cfg.array_len = sizeof(array) - 1;
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "12671", "12672");
	cfg.array = NULL;
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "array");
	cfg.array = array;
	cfg.array_len = sizeof(array);
	cfg.core = "440"; /* e500 only */
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "array");
	ck_assert_ptr_null(h);
	cfg.core = "e500v2"; /* the geometry asked for needs more */
	cfg.geometry[0] = (struct ppctlb_geometry){1024, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){16, 16};
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "24960");
	for (size_t i = 0; i < ENTRIES; i++)
		ck_assert(!array[i].mas1 && !array[i].mas2 && !array[i].mas7_3 && !array[i].mas8);
}
END_TEST

/* A map that fails leaves the caller's array and what lies behind it as they were. */
START_TEST(array_is_left_on_failure)
{
	static struct ppctlb_e500_tlbe array[ENTRIES + 1], before[ENTRIES + 1];
	struct ppctlb_mapping maps[2] = {{0x20000000, 0, 64 * K, PPCTLB_SR, 0, 0},
					 {0x10000000, 0, 64 * K, PPCTLB_SR, 0, 0}};
	struct ppctlb *h;

	seed(3);
	for (size_t i = 0; i < sizeof(array); i++)
		((unsigned char *)array)[i] = (unsigned char)rnd();
	for (size_t i = 0; i < ENTRIES; i++)
		array[i].mas1 &= 0x7fffffff;
	array[520] = (struct ppctlb_e500_tlbe){0, 0x80000300, 0x10000000, 0x15};
	memcpy(before, array, sizeof(array));
	h = open_over(array, sizeof(array));
	FAILS(EEXIST, ppctlb_map(h, maps, 2, 0), "TLB1[8]");
	FAILS(ENOTSUP,
	      ppctlb_map_at(h, &(struct ppctlb_mapping){.size = 4 * K, .lpid = 1}, 1, 0, 0),
	      "lpid");
	ck_assert_mem_eq(array, before, sizeof(array));
	WORKS(ppctlb_flush(h));
	ck_assert_mem_eq(&array[ENTRIES], &before[ENTRIES], sizeof(array[0]));
	ppctlb_close(h);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("raw");
	TCase *t = tcase_create("raw");

	tcase_set_timeout(t, 300);
	tcase_add_loop_test(t, any_words_come_back, 0, MODEL_CORES);
	tcase_add_loop_test(t, order_is_the_kernels, 0, MODEL_CORES);
	tcase_add_test(t, the_others_stay);
	tcase_add_loop_test(t, set_refuses, 0, COUNT(refused));
	tcase_add_test(t, set_of_too_many);
	tcase_add_test(t, null_and_nonsense);
	tcase_add_loop_test(t, info_tells, 0, MODEL_CORES);
	tcase_add_test(t, array_of_the_caller);
	tcase_add_test(t, array_at_any_address);
	tcase_add_test(t, unknown_of_an_entry);
	tcase_add_test(t, unknown_alone_changes);
	tcase_add_loop_test(t, map_is_told, 0, 2);
	tcase_add_test(t, mappings);
	tcase_add_loop_test(t, read_once, 0, 7);
	tcase_add_test(t, bad_arrays);
	tcase_add_test(t, array_is_left_on_failure);
	suite_add_tcase(s, t);
	return run_suite(s);
}
