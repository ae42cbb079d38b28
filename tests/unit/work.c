// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Calls, and plain code that does the least that such a call must, for counting their instructions.
 *
 * usage: work one CORE: 64 look-ups, each in a call; one map of 4K; one save
 *        work map REGIONS: one map of so many regions into an empty TLB of twice as many entries
 */
#include <ppctlb/ppctlb.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { ACCESSES = 64, PAGE = 4096 };

static void must(int ret)
{
	if (ret == 0)
		return;
	fprintf(stderr, "%s\n", ppctlb_errmsg());
	exit(1);
}

static void require(int holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "%s\n", what);
	exit(1);
}

/* An entry as the kernel has it: of a 440 tid, word0, word1, word2; of an e500 mas1, mas2, mas7_3.
 */
struct raw {
	uint32_t a, b;
	uint64_t c, d;
};

struct tlb {
	struct ppctlb *h;
	struct ppctlb_info info;
	struct ppctlb_entry *e;
	struct raw *raw;
	size_t n, first; /* of TLB1 */
	unsigned ways;	 /* of TLB0; 0: a 440 */
};

/* What an access finds: plain code over raw words, which goes on after a match to see a second. */
static int matches_440(const struct raw *r, uint32_t ea, unsigned pid)
{
	unsigned tid = r->a & 0xff, shift = 10 + 2 * (r->b >> 4 & 15);

	return (r->b & 0x300) == 0x200 && !((r->b ^ ea) >> shift) && (!tid || tid == pid);
}

static int matches_e500(const struct raw *r, unsigned shift, uint64_t ea, unsigned pid)
{
	unsigned tid = r->a >> 16 & 0x3fff;

	return (r->a & 0x80003000) == 0x80000000 && !((r->c ^ ea) >> shift) && (!tid || tid == pid);
}

__attribute__((noinline)) long reference_look_up(const struct tlb *t, uint64_t ea, unsigned pid);
long reference_look_up(const struct tlb *t, uint64_t ea, unsigned pid)
{
	long found = -1;
	int n = 0;
	size_t way = t->ways ? (ea >> 12) % (t->first / t->ways) * t->ways : 0;

	for (size_t i = way; i < way + t->ways && n < 2; i++)
		if (matches_e500(&t->raw[i], 12, ea, pid) && !n++)
			found = (long)i;
	for (size_t i = t->ways ? t->first : 0; i < t->n && n < 2; i++)
		if ((t->ways ? matches_e500(&t->raw[i], 10 + (t->raw[i].a >> 7 & 31), ea, pid)
			     : matches_440(&t->raw[i], (uint32_t)ea, pid)) &&
		    !n++)
			found = (long)i;
	return found;
}

/* A byte of every entry is read, and one entry written: the least that a map must do. */
__attribute__((noinline)) int reference_map(struct tlb *t, uint64_t ea);
int reference_map(struct tlb *t, uint64_t ea)
{
	int n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += t->raw[i].c == ea && t->raw[i].a & 0x80000000;
	t->raw[0].c = ea;
	return n;
}

__attribute__((noinline)) uint32_t reference_save(void *to, const void *from, size_t len);
uint32_t reference_save(void *to, const void *from, size_t len)
{
	memcpy(to, from, len);
	return (uint32_t)crc32(crc32(0, NULL, 0), to, (unsigned)len);
}

static struct tlb open_tlb(const char *core, const struct ppctlb_geometry *g)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct tlb t = {.info = {.size = sizeof(t.info)}};

	cfg.core = core;
	if (g)
		memcpy(cfg.geometry, g, sizeof(cfg.geometry));
	must(ppctlb_open(&t.h, &cfg));
	must(ppctlb_info(t.h, &t.info));
	t.n = t.info.entries;
	t.first = t.info.core->array[0].geometry.entries;
	t.ways = t.info.core->arrays > 1 ? t.info.core->array[0].geometry.ways : 0;
	t.e = calloc(t.n, sizeof(*t.e));
	t.raw = calloc(t.n, sizeof(*t.raw));
	return t;
}

/* A page in each slot but the last, none over another. */
static void fill(struct tlb *t)
{
	must(ppctlb_get(t->h, PPCTLB_GUEST, t->e, t->n));
	for (size_t i = 0; i + 1 < t->n; i++) {
		struct ppctlb_entry *e = &t->e[i];
		uint64_t sets = t->ways ? t->first / t->ways : 1;
		uint64_t page = t->ways && i < t->first ? i % t->ways * sets + i / t->ways : i;

		if (t->ways)
			memcpy(e->word, (uint64_t[]){0x80000100, page << 12, 0x15, 0},
			       sizeof(e->word));
		else
			memcpy(e->word, (uint64_t[]){0, page << 12 | 0x210, 0, 7}, sizeof(e->word));
		t->raw[i] = t->ways ? (struct raw){0x80000100, 0, page << 12, 0x15}
				    : (struct raw){0, (uint32_t)e->word[1], 0, 7};
	}
	must(ppctlb_set(t->h, t->e, t->n));
}

static void look_up(struct tlb *t)
{
	for (uint64_t i = 0; i < ACCESSES; i++) {
		uint64_t page = i * 37 % (t->n + t->n / 8);
		struct ppctlb_access a = {.eaddr = page * PAGE};
		struct ppctlb_hit hit;
		long place = reference_look_up(t, a.eaddr, 0);

		must(ppctlb_translate(t->h, &a, &hit, 1));
		require(place < 0 ? hit.result == PPCTLB_MISS
				  : hit.result == PPCTLB_HIT && hit.tlb == t->e[place].tlb &&
					    hit.index == t->e[place].index,
			"the look-ups do not agree");
	}
}

static void one(const char *core)
{
	struct tlb t = open_tlb(core, NULL);
	struct ppctlb_mapping m = {.eaddr = 0x8000000, .size = PAGE, .flags = PPCTLB_SR};
	size_t len = 0;
	unsigned char *image, *copy;

	fill(&t);
	look_up(&t);
	require(!reference_map(&t, m.eaddr), "there is such a page");
	must(ppctlb_map(t.h, &m, 1, 0));
	must(ppctlb_save(t.h, NULL, &len));
	image = malloc(len);
	copy = malloc(len);
	must(ppctlb_save(t.h, image, &len));
	len -= 4;
	require(reference_save(copy, image, len) ==
			((uint32_t)image[len] << 24 | (uint32_t)image[len + 1] << 16 |
			 (uint32_t)image[len + 2] << 8 | image[len + 3]),
		"the CRCs do not agree");
	ppctlb_close(t.h);
	free(image);
	free(copy);
	free(t.e);
	free(t.raw);
}

static void map(uint32_t n)
{
	const struct ppctlb_geometry g[2] = {{2 * n, 16}, {64, 64}};
	struct tlb t = open_tlb("e5500", g);
	struct ppctlb_mapping *m = calloc(n, sizeof(*m));

	for (uint32_t i = 0; i < n; i++)
		m[i] = (struct ppctlb_mapping){.eaddr = (uint64_t)(i ^ 5) * PAGE,
					       .size = PAGE,
					       .flags = PPCTLB_SR,
					       .tid = i % 3 + 1};
	must(ppctlb_map(t.h, m, n, 0));
	ppctlb_close(t.h);
	free(m);
	free(t.e);
	free(t.raw);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "one"))
		one(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "map"))
		map((uint32_t)strtoul(argv[2], NULL, 10));
	else
		return 1;
	return 0;
}
