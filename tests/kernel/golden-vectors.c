// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The golden vectors through the public calls, and plans at the ends of the address space: a test
 * of every core for hosts without libcheck, of any byte order and width.
 */
#include "../support/model.h"
#include "../support/vectors.h"
#include "../support/tap.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void same_words(const struct ppctlb_entry *e, const struct vector *v)
{
	for (int i = 0; i < 4; i++)
		EQUAL(e->word[i], v->word[i]);
}

/* ---- one vector on one core ---- */

struct vector_test {
	const char *core;
	const struct vector *v;
};

static void codec(const struct ppctlb_core *core, const struct vector *v, struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	memset(e, 0xff, sizeof(*e));
	EQUAL(ppctlb_encode(core, &v->m, e), 0);
	EQUAL(e->tlb, PPCTLB_NO_SLOT | (ppctlb_core_info(core)->arrays - 1));
	same_words(e, v);
	EQUAL(ppctlb_decode(core, e, &m), 0);
	CHECK(same_mapping(&m, &v->m));
}

static void text(const struct ppctlb_core *core, const struct vector *v,
		 const struct ppctlb_entry *e)
{
	char line[PPCTLB_TEXT_MAX];
	struct ppctlb_entry entry;
	struct ppctlb_mapping m;

	EQUAL(ppctlb_format_mapping(&v->m, line, sizeof(line)), 0);
	EQUAL(ppctlb_parse_mapping(line, &m), 0);
	CHECK(same_mapping(&m, &v->m));
	EQUAL(ppctlb_format_entry(core, e, line, sizeof(line)), 0);
	EQUAL(ppctlb_parse_entry(core, line, &entry), 0);
	EQUAL(entry.tlb, e->tlb);
	same_words(&entry, v);
}

/* Make each of the six accesses at that offset of the page: a hit if it has the permission. */
static void translate_at(struct ppctlb *h, const struct ppctlb_mapping *m, uint64_t offset)
{
	static const struct {
		uint32_t flag;
		uint8_t type, user;
	} kinds[] = {
		{PPCTLB_UR, PPCTLB_READ, 1},	{PPCTLB_UW, PPCTLB_WRITE, 1},
		{PPCTLB_UX, PPCTLB_EXECUTE, 1}, {PPCTLB_SR, PPCTLB_READ, 0},
		{PPCTLB_SW, PPCTLB_WRITE, 0},	{PPCTLB_SX, PPCTLB_EXECUTE, 0},
	};

	for (size_t i = 0; i < COUNT(kinds); i++) {
		bool may = m->flags & kinds[i].flag;
		struct ppctlb_access a = {.eaddr = m->eaddr + offset,
					  .pid = m->tid,
					  .as = !!(m->flags & PPCTLB_TS),
					  .type = kinds[i].type,
					  .user = kinds[i].user};
		struct ppctlb_hit hit;

		REQUIRE(ppctlb_translate(h, &a, &hit, 1) == 0);
		EQUAL(hit.result, may ? PPCTLB_HIT : PPCTLB_PROTECTION);
		EQUAL(hit.raddr, may ? m->raddr + offset : 0);
	}
}

static void misses(struct ppctlb *h, const struct ppctlb_mapping *m, uint64_t eaddr)
{
	struct ppctlb_access a = {.eaddr = eaddr, .pid = m->tid, .as = !!(m->flags & PPCTLB_TS)};
	struct ppctlb_hit hit;

	EQUAL(ppctlb_translate(h, &a, &hit, 1), 0);
	EQUAL(hit.result, PPCTLB_MISS);
}

/* Map it into the last entry: its words are there, its bytes are found, those beside it are not. */
static void mapped(struct ppctlb *h, const struct ppctlb_core_info *info, const struct vector *v)
{
	static struct ppctlb_entry all[2048];
	unsigned tlb = info->arrays - 1, index = info->array[tlb].geometry.entries - 1;
	struct ppctlb_info whole = {.size = sizeof(whole)};
	uint64_t last = v->m.eaddr + (v->m.size - 1);

	REQUIRE(ppctlb_info(h, &whole) == 0 && whole.entries <= COUNT(all));
	REQUIRE(ppctlb_map_at(h, &v->m, tlb, index, 0) == 0);
	EQUAL(ppctlb_get(h, PPCTLB_GUEST, all, COUNT(all)), 0);
	same_words(&all[whole.entries - 1], v);
	translate_at(h, &v->m, 0);
	translate_at(h, &v->m, v->m.size - 1);
	if (v->m.eaddr)
		misses(h, &v->m, v->m.eaddr - 1);
	if (last < UINT64_MAX >> (64 - info->ea_bits))
		misses(h, &v->m, last + 1);
}

/* KVM ignores MAS8: a page that needs it is for encode and decode only. */
static bool needs_mas8(const struct ppctlb_mapping *m)
{
	return m->flags & PPCTLB_GS || m->lpid;
}

static void run_vector(const void *arg)
{
	const struct vector_test *t = arg;
	const struct ppctlb_core *core = ppctlb_core(t->core);
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_entry e;
	struct ppctlb *h;

	REQUIRE(core);
	codec(core, t->v, &e);
	text(core, t->v, &e);
	cfg.core = t->core;
	REQUIRE(ppctlb_open(&h, &cfg) == 0);
	if (needs_mas8(&t->v->m))
		EQUAL(ppctlb_map_at(h, &t->v->m, 1, 0, 0), -ENOTSUP);
	else
		mapped(h, ppctlb_core_info(core), t->v);
	ppctlb_close(h);
}

static void vector(const char *core, const struct vector *v)
{
	struct vector_test t = {core, v};
	char name[128];

	snprintf(name, sizeof(name), "%s: 0x%" PRIx64 ", 0x%" PRIx64 " bytes", core, v->m.eaddr,
		 v->m.size);
	tap_run(&(struct test){name, run_vector, &t});
}

/* Each vector on every core of its family that has the page. */
static void vectors_of(enum model_family family, const struct vector *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t c = 0; c < MODEL_CORES; c++)
			if (model_cores[c].family == family && model_has(&model_cores[c], &v[i].m))
				vector(model_cores[c].name, &v[i]);
}

/* ---- text, literally ---- */

static void literal_text(const void *arg)
{
	const struct vector *v = &vectors_e500[COUNT(vectors_e500) - 2];
	const struct ppctlb_core *core = ppctlb_core("e6500");
	struct ppctlb_entry e = {.tlb = 1, .index = 63};
	char line[PPCTLB_TEXT_MAX];

	(void)arg;
	REQUIRE(core);
	memcpy(e.word, v->word, sizeof(e.word));
	EQUAL(ppctlb_format_mapping(&v->m, line, sizeof(line)), 0);
	CHECK(!strcmp(line, "0xc000000012348000:0xab12348000:32K:sr,tid=16383"));
	EQUAL(ppctlb_format_entry(core, &e, line, sizeof(line)), 0);
	CHECK(!strcmp(line, "1:63=bfff0280,c000000012348000,ab12348001,00000000"));
}

/* ---- plans ---- */

#define K UINT64_C(1024)
#define M (1024 * K)

struct plan {
	const char *core;
	uint64_t eaddr, raddr, size;
	uint64_t pages[4]; /* sizes, by ascending EA; none: -EINVAL */
};

static const struct plan plans[] = {
	/* up to the end of 32 bits, and all of them */
	{"440", 0xffffec00, 0xfffffec00, 5 * K, {K, 4 * K}},
	{"440", 0xd0000000, 0xfd0000000, 768 * M, {256 * M, 256 * M, 256 * M}},
	{"e500v1", 0xfffef000, 0xfffef000, 68 * K, {4 * K, 64 * K}},
	{"e500v2", 0xfffef000, 0xffffef000, 68 * K, {4 * K, 64 * K}},
	{"e500v2", 0, 0xf00000000, 4 * G, {4 * G}},
	{"e500mc", 0, 0, 4 * G, {4 * G}},
	/* across, and up to the end of 64 */
	{"e5500", 0xffff0000, 0xff0000, 128 * K, {64 * K, 64 * K}},
	{"e5500", 0xfffffffeffff0000, 0xeffff0000, 64 * K + 4 * G, {64 * K, 4 * G}},
	{"e6500", 0xfffffffffffed000, 0xfffffed000, 76 * K, {4 * K, 8 * K, 64 * K}},
	{"e6500", UINT64_C(0xffffff) << 40, 0, 1024 * G, {1024 * G}},
	/* addresses whose low 32 bits alone mean something else */
	{"e6500", 4 * G, 4 * G, 12 * G, {4 * G, 8 * G}},
	/* past the end */
	{"440", 0xfffffc00, 0, 2 * K, {0}},
	{"e500mc", 0xfffff000, 0, 8 * K, {0}},
	{"e5500", 0xfffffffffffff000, 0, 8 * K, {0}},
	{"e5500", 0, 0xffffff000, 8 * K, {0}},
	{"e6500", 0, 0xfffffff000, 8 * K, {0}},
};

static void run_plan(const void *arg)
{
	const struct plan *p = arg;
	struct ppctlb_mapping region = {p->eaddr, p->raddr, p->size, PPCTLB_SR, 7, 0}, want, out[4];
	const struct ppctlb_core *core = ppctlb_core(p->core);
	size_t n = COUNT(out), expected = 0;

	while (expected < COUNT(p->pages) && p->pages[expected])
		expected++;
	REQUIRE(core);
	EQUAL(ppctlb_plan(core, &region, out, &n), expected ? 0 : -EINVAL);
	if (!expected)
		return;
	REQUIRE(n == expected);
	want = region;
	for (size_t i = 0; i < n; i++) {
		want.size = p->pages[i];
		CHECK(same_mapping(&out[i], &want));
		want.eaddr += want.size;
		want.raddr += want.size;
	}
}

static void all_plans(void)
{
	for (size_t i = 0; i < COUNT(plans); i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s: plan of 0x%" PRIx64 ", 0x%" PRIx64 " bytes",
			 plans[i].core, plans[i].eaddr, plans[i].size);
		tap_run(&(struct test){name, run_plan, &plans[i]});
	}
}

int main(void)
{
	vectors_of(MODEL_44X, vectors_44x, COUNT(vectors_44x));
	vectors_of(MODEL_E500, vectors_e500, COUNT(vectors_e500));
	tap_run(&(struct test){"text, literally", literal_text, NULL});
	all_plans();
	return tap_end();
}
