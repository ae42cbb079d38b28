// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * For counting instructions: one ppctlb_check() on a TLB of so many entries that can all hit, and
 * one ppctlb_translate().
 *
 * usage: growth ENTRIES
 */
#include <ppctlb/ppctlb.h>

#include <stdio.h>
#include <stdlib.h>

enum { WAYS = 16, TLB1 = 64, ACCESSES = 16 };

static void must(int ret)
{
	if (ret == 0)
		return;
	fprintf(stderr, "%s\n", ppctlb_errmsg());
	exit(1);
}

/* Every page in its set, no page twice, and TLB1 full of pages above them. */
static struct ppctlb *open_full(uint32_t entries)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	uint32_t sets = entries / WAYS;
	struct ppctlb_entry *e = calloc(entries + TLB1, sizeof(*e));
	struct ppctlb *h;

	cfg.core = "e5500";
	cfg.geometry[0] = (struct ppctlb_geometry){entries, WAYS};
	cfg.geometry[1] = (struct ppctlb_geometry){TLB1, TLB1};
	must(ppctlb_open(&h, &cfg));
	must(ppctlb_get(h, PPCTLB_GUEST, e, entries + TLB1));
	for (uint64_t i = 0; i < entries + TLB1; i++) {
		uint64_t page = i < entries ? i % WAYS * sets + i / WAYS : i;

		e[i].word[0] = 0x80000100;
		e[i].word[1] = page << 12;
		e[i].word[2] = 0x15;
	}
	must(ppctlb_set(h, e, entries + TLB1));
	free(e);
	return h;
}

static void check(struct ppctlb *h)
{
	size_t n;

	must(ppctlb_check(h, NULL, &n));
	if (n) {
		fprintf(stderr, "%zu findings in a good TLB\n", n);
		exit(1);
	}
}

/* The same number of accesses for each size of TLB: to pages in TLB0, to pages in TLB1 and to no
 * page. */
static void translate(struct ppctlb *h, uint32_t entries)
{
	struct ppctlb_access a[3 * ACCESSES] = {{0}};
	struct ppctlb_hit hit[3 * ACCESSES];

	for (uint32_t i = 0; i < ACCESSES; i++) {
		a[3 * i].eaddr = (uint64_t)(i * (entries / ACCESSES)) << 12;
		a[3 * i + 1].eaddr = (uint64_t)(entries + i) << 12;
		a[3 * i + 2].eaddr = (uint64_t)(2 * entries + i) << 12;
	}
	must(ppctlb_translate(h, a, hit, 3 * ACCESSES));
	for (uint32_t i = 0; i < 3 * ACCESSES; i++)
		if (hit[i].result != (i % 3 == 2 ? PPCTLB_MISS : PPCTLB_HIT)) {
			fprintf(stderr, "access %u ends as %d\n", (unsigned)i, (int)hit[i].result);
			exit(1);
		}
}

int main(int argc, char **argv)
{
	uint32_t entries = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
	struct ppctlb *h = open_full(entries);

	check(h);
	translate(h, entries);
	ppctlb_close(h);
	return 0;
}
