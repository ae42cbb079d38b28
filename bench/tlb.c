// SPDX-License-Identifier: GPL-2.0-or-later
/* TLBs to measure on: full, without an address that hits twice. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

#define SLOT_SPACE (UINT64_C(16) << 20) /* EA between pages of a TLB that takes all sizes */

static const struct ppctlb_core_info *info_of(const char *name)
{
	const struct ppctlb_core *core = ppctlb_core(name);

	must(core ? 0 : -1);
	return ppctlb_core_info(core);
}

void tlb_open(struct tlb *t, const char *core, const struct ppctlb_geometry *geometry, bool vcpu)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	const struct ppctlb_core_info *info = info_of(core);

	*t = (struct tlb){.info = {.size = sizeof(t->info)}};
	cfg.core = core;
	if (geometry)
		memcpy(cfg.geometry, geometry, sizeof(cfg.geometry));
	if (vcpu) {
		/* without a geometry it is as small as KVM makes it */
		for (size_t i = 0; !geometry && i < info->arrays; i++)
			cfg.geometry[i] = info->array[i].geometry;
		cfg.vcpu_fd = vcpu_open(core, true);
	}
	must(ppctlb_open(&t->h, &cfg));
	must(ppctlb_info(t->h, &t->info));
	must(ppctlb_flush(t->h));
	t->n = t->info.entries;
	t->first = t->info.core->array[0].geometry.entries;
	t->ways = t->info.core->arrays > 1 ? t->info.core->array[0].geometry.ways : 0;
	t->e = room(t->n, sizeof(*t->e));
	t->m = room(t->n, sizeof(*t->m));
	t->raw = room(t->n, sizeof(*t->raw));
}

size_t tlb_place(const struct tlb *t, unsigned tlb, unsigned index)
{
	return (tlb ? t->first : 0) + index;
}

/* The nth of the page sizes up to 16M, from the smallest on and then again. */
static uint64_t nth_size(uint64_t sizes, size_t n)
{
	uint64_t list[64];
	size_t count = 0;

	for (uint64_t size = 1024; size <= SLOT_SPACE; size *= 2)
		if (sizes & size)
			list[count++] = size;
	return list[n % count];
}

/* TLB0 of an e500 has pages of 4K from EA 0 on; other TLBs have pages of all sizes, apart. */
static struct ppctlb_mapping page_at(const struct tlb *t, size_t place, unsigned seed)
{
	const struct ppctlb_array_info *array = t->info.core->array;
	struct ppctlb_mapping m = {.flags = PPCTLB_UR | PPCTLB_UW | PPCTLB_SR | PPCTLB_SW |
					    PPCTLB_SX | (place % 7 ? PPCTLB_M : PPCTLB_I)};

	m.tid = place % 3 ? FILL_PID : 0;
	if (t->ways && place < t->first) {
		size_t sets = t->first / t->ways;

		m.size = PAGE;
		m.eaddr = (place % t->ways * sets + place / t->ways) * PAGE;
	} else {
		size_t n = t->ways ? place - t->first : place;

		m.size = nth_size(array[t->ways ? 1 : 0].sizes, n);
		m.eaddr = (64 + n) * SLOT_SPACE;
		if (t->first > 16384) /* TLB0 takes more than those 1G */
			m.eaddr += t->first * PAGE;
	}
	m.raddr = ((place * 37 + seed) % 64 + 1) * SLOT_SPACE;
	return m;
}

static struct raw raw_of(const struct tlb *t, const struct ppctlb_entry *e)
{
	const uint64_t *w = e->word;

	if (t->ways)
		return (struct raw){(uint32_t)w[3], (uint32_t)w[0], w[1], w[2]};
	return (struct raw){(uint32_t)w[0], (uint32_t)w[1], w[2], w[3]};
}

void tlb_fill(struct tlb *t, unsigned seed)
{
	const struct ppctlb_core *core = ppctlb_handle_core(t->h);
	struct ppctlb_finding *findings;
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		struct ppctlb_entry *e = &t->e[i];

		t->m[i] = page_at(t, i, seed);
		must(ppctlb_encode(core, &t->m[i], e));
		e->tlb = t->ways && i >= t->first;
		e->index = (uint16_t)(i - (e->tlb ? t->first : 0));
		t->raw[i] = raw_of(t, e);
	}
	must(ppctlb_set(t->h, t->e, t->n));
	must(ppctlb_check(t->h, NULL, &n));
	findings = room(n + 1, sizeof(*findings));
	must(ppctlb_check(t->h, findings, &n));
	for (size_t i = 0; i < n; i++)
		require(strcmp(findings[i].name, "multi-hit") != 0 &&
				strcmp(findings[i].name, "wrong-set") != 0,
			"each page hits, and alone");
	free(findings);
}
