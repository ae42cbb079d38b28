/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A nested guest runs through what the library mapped: TAP on standard output.
 *
 * Each test has a VM of its own. At the end all tests run again under each of four sabotages, and
 * must fail exactly where they are said to.
 */

#include "sabotage.h"
#include "vm.h"
#include "../../support/random.h"
#include "../../support/tap.h"

#include <ppctlb/e500.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define ALL	      (SUPERVISOR | USER)
#define MMIO_RA	      0xd00000000ull

static struct vm vm;

/* ---- short forms ---- */

static bool map(uint32_t ea, uint64_t ra, uint64_t size, uint32_t flags)
{
	const struct ppctlb_mapping m = {ea, ra, size, flags, 0, 0};
	int ret = ppctlb_map(vm.tlb, &m, 1, 0);

	if (ret)
		tap_note("ppctlb_map: %s", ppctlb_errmsg());
	return ret == 0;
}

static struct outcome load(uint32_t ea)
{
	const struct access a = {.type = LOAD, .ea = ea};

	return vm_access(&vm, &a);
}

/* The guest loads from ea what is at ra. */
static bool loads(uint32_t ea, uint64_t ra)
{
	struct outcome o;

	vm_write(&vm, ra, (uint32_t)ra ^ 0x5a5a5a5a);
	o = load(ea);
	return EQUAL(o.ivor, IVOR_PROGRAM) && EQUAL(o.mmio, 0) &&
	       EQUAL(o.value, (uint32_t)ra ^ 0x5a5a5a5a);
}

static bool stores(uint32_t ea, uint64_t ra)
{
	const struct access a = {.type = STORE, .ea = ea, .value = ~ea};
	struct outcome o;

	vm_write(&vm, ra, 0);
	o = vm_access(&vm, &a);
	return EQUAL(o.ivor, IVOR_PROGRAM) && EQUAL(o.mmio, 0) && EQUAL(vm_read(&vm, ra), ~ea);
}

/* The guest executes the trap that is put at ra. */
static bool executes(uint32_t ea, uint64_t ra)
{
	const struct access a = {.type = EXECUTE, .ea = ea};
	struct outcome o;

	vm_write(&vm, ra, TRAP);
	o = vm_access(&vm, &a);
	return EQUAL(o.ivor, IVOR_PROGRAM) && EQUAL(o.srr0, ea);
}

static bool loads_mmio(uint32_t ea, uint64_t ra)
{
	struct outcome o = load(ea);

	return EQUAL(o.ivor, IVOR_PROGRAM) && EQUAL(o.mmio, ra) && EQUAL(o.value, MMIO_VALUE);
}

static bool misses(uint32_t ea)
{
	struct outcome o = load(ea);

	return EQUAL(o.ivor, IVOR_DTLB) && EQUAL(o.dear, ea);
}

/* Access each of n pages. The host's own pages push shadow entries out of the hardware TLB now and
 * then: a single warm page would show only by chance whether it was refreshed. */
static bool loads_all(uint32_t ea, uint64_t ra, int n)
{
	bool good = true;

	for (; n-- && good; ea += 0x1000, ra += 0x1000)
		good = loads(ea + 0x100, ra + 0x100);
	return good;
}

static bool misses_all(uint32_t ea, int n)
{
	bool good = true;

	for (; n-- && good; ea += 0x1000)
		good = misses(ea + 0x100);
	return good;
}

/* ---- what map inserted ---- */

static void test_pages(const void *arg)
{
	(void)arg;
	/* 64K + 1M + 64K */
	REQUIRE(map(0x400f0000, 0x1f0000, 0x120000, SUPERVISOR));
	CHECK(loads(0x400f0000, 0x1f0000));
	CHECK(loads(0x4020fffc, 0x30fffc));
	CHECK(stores(0x40112340, 0x212340));
	CHECK(stores(0x4020fff8, 0x30fff8));
	CHECK(executes(0x400ffffc, 0x1ffffc));
	CHECK(executes(0x40200010, 0x300010));
	CHECK(misses(0x400efffc));
	CHECK(misses(0x40210000));
}

static void test_mmio(const void *arg)
{
	const struct access store = {.type = STORE, .ea = 0x50000010, .value = 0xcafe0001};
	struct outcome o;

	(void)arg;
	REQUIRE(map(0x50000000, 0xe0000000, 0x10000, SUPERVISOR | PPCTLB_I | PPCTLB_G));
	CHECK(loads_mmio(0x5000fffc, 0xe000fffc));
	o = vm_access(&vm, &store);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.mmio, 0xe0000010);
	EQUAL(o.mmio_value, 0xcafe0001);
}

/* RA bits 32 to 35, memory and MMIO. */
static void test_36_bits(const void *arg)
{
	(void)arg;
	REQUIRE(map(0x60000000, HIGH_RA, HIGH_SIZE, SUPERVISOR));
	REQUIRE(map(0x61000000, 0xd12340000, 0x10000, SUPERVISOR));
	CHECK(loads(0x60000000, HIGH_RA));
	CHECK(stores(0x600ffffc, HIGH_RA + 0xffffc));
	CHECK(executes(0x60080000, HIGH_RA + 0x80000));
	CHECK(loads_mmio(0x61005678, 0xd12345678));
}

static int replace(uint32_t ea, uint64_t ra, uint64_t size)
{
	const struct ppctlb_mapping m = {ea, ra, size, SUPERVISOR, 0, 0};

	return ppctlb_map(vm.tlb, &m, 1, PPCTLB_REPLACE);
}

/* The shadow entries of used pages must go when these are mapped elsewhere. */
static void test_remap(const void *arg)
{
	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x10000, SUPERVISOR));
	REQUIRE(loads_all(0x40000000, 0x200000, 16));
	EQUAL(replace(0x40000000, 0x300000, 0x10000), 0);
	CHECK(loads_all(0x40000000, 0x300000, 16));
	CHECK(stores(0x40000104, 0x300104));
}

static void test_remap_tlb0(const void *arg)
{
	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x1000, SUPERVISOR));
	REQUIRE(loads(0x40000000, 0x200000));
	EQUAL(replace(0x40000000, 0x300000, 0x1000), 0);
	CHECK(loads(0x40000000, 0x300000));
	CHECK(stores(0x40000104, 0x300104));
}

/* After unmap the same accesses miss, and what lies around goes on. */
static void test_unmap(const void *arg)
{
	const struct access execute = {.type = EXECUTE, .ea = 0x40004000};
	struct outcome o;

	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x10000, SUPERVISOR));
	REQUIRE(loads_all(0x40000000, 0x200000, 16));
	REQUIRE(executes(0x40004000, 0x204000));
	EQUAL(ppctlb_unmap(vm.tlb, 0x40004000, 0x8000, 0, 0), 0);
	CHECK(misses_all(0x40004000, 8));
	o = vm_access(&vm, &execute);
	EQUAL(o.ivor, IVOR_ITLB);
	EQUAL(o.srr0, 0x40004000);
	CHECK(loads(0x40003ffc, 0x203ffc));
	CHECK(loads(0x4000c000, 0x20c000));
	EQUAL(ppctlb_unmap(vm.tlb, 0x40000000, 0x10000, 0, 0), 0);
	CHECK(misses_all(0x40000000, 4));
}

/* Different PIDs for the same EA, and address space 1. */
static void test_spaces(const void *arg)
{
	static const struct ppctlb_mapping maps[] = {
		{0x40000000, 0x200000, 0x10000, SUPERVISOR, 5, 0},
		{0x40000000, 0x300000, 0x10000, SUPERVISOR, 6, 0},
		{0x40000000, 0x400000, 0x10000, SUPERVISOR | PPCTLB_TS, 0, 0},
	};
	struct access a = {.type = LOAD, .ea = 0x40000200};
	uint8_t pid;

	(void)arg;
	vm_write(&vm, 0x200200, 5);
	vm_write(&vm, 0x300200, 6);
	vm_write(&vm, 0x400200, 7);
	REQUIRE(EQUAL(ppctlb_map(vm.tlb, maps, ARRAY_SIZE(maps), 0), 0));
	for (pid = 5; pid <= 6; pid++) {
		a.pid = pid;
		a.as = false;
		EQUAL(vm_access(&vm, &a).value, pid);
		a.as = true;
		EQUAL(vm_access(&vm, &a).value, 7);
	}
	a.as = false;
	for (pid = 7; pid; pid = pid == 7 ? 255 : 0) {
		a.pid = pid;
		EQUAL(vm_access(&vm, &a).ivor, IVOR_DTLB);
	}
	a.type = EXECUTE;
	a.pid = 5;
	vm_write(&vm, 0x200200, TRAP);
	EQUAL(vm_access(&vm, &a).srr0, 0x40000200);
	a.pid = 0;
	EQUAL(vm_access(&vm, &a).ivor, IVOR_ITLB);
}

/* Pages of one TLB0 set take its ways, then TLB1; the guest can use all of them. */
static void test_ways(const void *arg)
{
	struct ppctlb_info info = {.size = sizeof(info)};
	const struct ppctlb_geometry *g;
	struct ppctlb_access a = {.type = PPCTLB_READ};
	struct ppctlb_hit hit;
	uint32_t step, i;

	(void)arg;
	EQUAL(ppctlb_info(vm.tlb, &info), 0);
	g = &info.core->array[0].geometry;
	step = g->entries / g->ways << 12;
	for (i = 0; i <= g->ways; i++)
		REQUIRE(map(0x40003000 + i * step, 0x200000 + i * 0x1000, 0x1000, SUPERVISOR));
	for (i = 0; i <= g->ways; i++) {
		a.eaddr = 0x40003000 + i * step;
		EQUAL(ppctlb_translate(vm.tlb, &a, &hit, 1), 0);
		EQUAL(hit.tlb, i == g->ways);
		if (i < g->ways)
			EQUAL(hit.index, 3 * g->ways + i);
		CHECK(loads(0x40003000 + i * step, 0x200000 + i * 0x1000));
	}
	CHECK(misses(0x40003000 + i * step));
}

/* A 4K page works from end to end; its end comes first. */
static void test_tlb0_page(const void *arg)
{
	(void)arg;
	REQUIRE(map(0x40003000, 0x203000, 0x1000, SUPERVISOR));
	CHECK(loads(0x40003ffc, 0x203ffc));
	CHECK(stores(0x40003000, 0x203000));
	CHECK(executes(0x40003800, 0x203800));
}

/* Each right alone, in both modes: an access succeeds exactly with its own right. */
static void test_rights(const void *arg)
{
	static const uint32_t rights[2][3] = {{PPCTLB_SR, PPCTLB_SW, PPCTLB_SX},
					      {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX}};
	uint32_t ea = 0x40000000, ra = 0x200000;
	int bit, user, type;

	(void)arg;
	for (bit = 0; bit < 6; bit++, ea += 0x1000, ra += 0x1000) {
		REQUIRE(map(ea, ra, 0x1000, 1u << bit | PPCTLB_IPROT)); /* in TLB1 */
		vm_write(&vm, ra, TRAP);
		for (user = 0; user < 2; user++) {
			for (type = LOAD; type <= EXECUTE; type++) {
				const struct access a = {
					.type = type, .ea = ea, .value = TRAP, .user = user};
				int want = rights[user][type] == 1u << bit ? IVOR_PROGRAM
					   : type == EXECUTE		   ? IVOR_ISI
									   : IVOR_DSI;

				if (!EQUAL(vm_access(&vm, &a).ivor, want))
					tap_note("right %s, user %d, access %d",
						 ppctlb_flag_name(1u << bit), user, type);
			}
		}
	}
}

/* ---- the guest's own entries ---- */

#define MAS0(tlb, esel) ((uint32_t)(tlb) << 28 | (uint32_t)(esel) << 16)

/* get shows what the guest wrote by tlbwe, the guest can use it, and a later map conflicts with
 * it. */
static void test_guest_tlbwe(const void *arg)
{
	const struct ppctlb_mapping m = {0x70000000, 0x500000, 0x10000, SUPERVISOR, 0, 0};
	struct ppctlb_entry all[256 + 16];

	(void)arg;
	REQUIRE(vm_tlbwe(&vm, MAS0(1, 9), 0xc0000300, 0x70000000, HIGH_RA | 0x15));
	REQUIRE(vm_tlbwe(&vm, MAS0(0, 1), 0x80000100, 0x70405000, 0x600000 | 0x15));
	EQUAL(ppctlb_get(vm.tlb, PPCTLB_GUEST, all, ARRAY_SIZE(all)), 0);
	EQUAL(all[256 + 9].word[0], 0xc0000300);
	EQUAL(all[256 + 9].word[1], 0x70000000);
	EQUAL(all[256 + 9].word[2], HIGH_RA | 0x15);
	/* set 5 of 128, way 1 */
	EQUAL(all[5 * 2 + 1].word[0], 0x80000100);
	EQUAL(all[5 * 2 + 1].word[1], 0x70405000);
	EQUAL(all[5 * 2 + 1].word[2], 0x600015);
	CHECK(loads(0x70001230, HIGH_RA + 0x1230));
	CHECK(loads(0x70405008, 0x600008));

	EQUAL(ppctlb_map(vm.tlb, &m, 1, 0), -EEXIST);
	CHECK(strstr(ppctlb_errmsg(), "TLB1[9]"));
	CHECK(loads(0x70001230, HIGH_RA + 0x1230));
	/* the guest's protection does not bind its host */
	EQUAL(ppctlb_unmap(vm.tlb, 0x70000000, 0x10000, 0, 0), 0);
	EQUAL(ppctlb_map(vm.tlb, &m, 1, 0), 0);
	EQUAL(ppctlb_unmap(vm.tlb, 0x70405000, 0x1000, 0, 0), 0);
	EQUAL(ppctlb_get(vm.tlb, PPCTLB_GUEST, all, ARRAY_SIZE(all)), 0);
	EQUAL(all[256 + 9].word[0] & PPCTLB_MAS1_V, 0);
	EQUAL(all[5 * 2 + 1].word[0] & PPCTLB_MAS1_V, 0);
}

/* The guest's invalidations end mappings, except protected ones. */
static void test_guest_tlbivax(const void *arg)
{
	struct ppctlb_access a[2] = {{.eaddr = 0x70000000}, {.eaddr = 0x71000000}};
	struct ppctlb_hit hit[2];

	(void)arg;
	REQUIRE(map(0x70000000, 0x500000, 0x10000, SUPERVISOR));
	REQUIRE(map(0x71000000, 0x600000, 0x10000, SUPERVISOR | PPCTLB_IPROT));
	REQUIRE(vm_tlbivax(&vm, 0x70000000 | 8)); /* TLBSEL 1 */
	REQUIRE(vm_tlbivax(&vm, 0x71000000 | 8));
	EQUAL(ppctlb_translate(vm.tlb, a, hit, 2), 0);
	EQUAL(hit[0].result, PPCTLB_MISS);
	EQUAL(hit[1].result, PPCTLB_HIT);
	CHECK(misses(0x70000000));
	CHECK(loads(0x71000000, 0x600000));
}

/* ---- translate against what the guest's accesses come to ---- */

struct geometry {
	uint32_t size0, ways0, size1;
};

#define TLBS	 7
#define ACCESSES 100
#define MOST	 (1024 + 64)

static uint32_t pattern(uint64_t ra)
{
	return (uint32_t)ra * 2654435761u ^ (uint32_t)(ra >> 32);
}

static void fill(uint64_t ra, uint32_t size)
{
	uint64_t end = ra + size;

	for (; ra < end; ra += 4)
		vm_write(&vm, ra, pattern(ra));
}

static bool overlap(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return (a->flags & PPCTLB_TS) == (b->flags & PPCTLB_TS) &&
	       (a->tid == b->tid || !a->tid || !b->tid) && a->eaddr < b->eaddr + b->size &&
	       b->eaddr < a->eaddr + a->size;
}

static const uint16_t pids[] = {0, 1, 2, 255};

/* A page in the upper 3 GiB but its last MiB, to memory or to MMIO; in TLB0 one of that set. */
static struct ppctlb_mapping random_page(const struct geometry *g, bool tlb0, uint32_t set)
{
	uint32_t sets = g->size0 / g->ways0, size = 0x1000;
	struct ppctlb_mapping m = {.tid = pids[below(4)]};

	if (!tlb0)
		size <<= 2 * below(5);
	m.size = size;
	m.eaddr = 0x40000000 + (below(0xbff00) << 12 & ~(m.size - 1));
	if (tlb0)
		m.eaddr = ((m.eaddr >> 12) / sets * sets + set) << 12;
	m.flags = below(ALL + 1) | (below(2) ? PPCTLB_TS : 0);
	switch (below(4)) {
	case 0:
		m.raddr = HIGH_RA + below(HIGH_SIZE / size) * size;
		break;
	case 1: /* KVM ignores rights there */
		m.raddr = MMIO_RA + (below(1u << 16) << 12 & ~(m.size - 1));
		m.flags |= ALL;
		break;
	default:
		m.raddr = 0x100000 + below((14u << 20) / size) * size;
	}
	return m;
}

static size_t random_tlb(const struct geometry *g, struct ppctlb_mapping *maps,
			 struct ppctlb_entry *entries)
{
	uint32_t slot, total = g->size0 + g->size1;
	size_t n = 0, i;

	for (slot = 0; slot < total; slot++) {
		bool tlb0 = slot < g->size0;
		struct ppctlb_mapping m = random_page(g, tlb0, slot / g->ways0);

		if (tlb0 ? below(4) != 0 : slot < g->size0 + 4)
			continue; /* the system's slots */
		for (i = 0; i < n && !overlap(&m, &maps[i]); i++)
			;
		if (i < n || m.eaddr < 0x40000000 || m.eaddr + m.size > 0xfff00000)
			continue;
		if (!EQUAL(ppctlb_encode(ppctlb_core("e500v2"), &m, &entries[n]), 0))
			continue;
		entries[n].tlb = !tlb0;
		entries[n].index = (uint16_t)(tlb0 ? slot : slot - g->size0);
		maps[n++] = m;
	}
	return n;
}

/* Mostly in a page, sometimes near one; never an instruction fetch from MMIO, which ends nowhere.
 */
static struct access random_access(const struct ppctlb_mapping *maps, size_t n)
{
	const struct ppctlb_mapping *m = &maps[below(n)];
	struct access a = {
		.type = below(3),
		.ea = (uint32_t)(m->eaddr + (below(m->size) & ~3u)),
		.value = below(1u << 31),
		.pid = (uint8_t)(m->tid && below(4) ? m->tid : pids[below(4)]),
		.as = (m->flags & PPCTLB_TS ? 1u : 0u) ^ one_in(6),
		.user = below(2),
	};

	if (one_in(8))
		a.ea = below(2) ? (uint32_t)m->eaddr - 4 : (uint32_t)(m->eaddr + m->size);
	if (a.ea < 0x40000000 || a.ea >= 0xfff00000)
		a.ea = 0x40000000;
	return a;
}

/* How the access must end if translate answered so; ra is 0 except for a hit. */
static bool as_translated(const struct access *a, const struct ppctlb_hit *hit)
{
	bool memory = hit->result == PPCTLB_HIT && vm_memory(&vm, hit->raddr);
	struct outcome o;
	bool good;

	if (memory && a->type == EXECUTE)
		vm_write(&vm, hit->raddr, TRAP);
	o = vm_access(&vm, a);
	if (hit->result == PPCTLB_MISS)
		return a->type == EXECUTE ? o.ivor == IVOR_ITLB && o.srr0 == a->ea
					  : o.ivor == IVOR_DTLB && o.dear == a->ea;
	if (hit->result == PPCTLB_PROTECTION)
		return a->type == EXECUTE ? o.ivor == IVOR_ISI && o.srr0 == a->ea
					  : o.ivor == IVOR_DSI && o.dear == a->ea;
	if (hit->result != PPCTLB_HIT || o.ivor != IVOR_PROGRAM)
		return false;
	if (!memory)
		return o.mmio == hit->raddr &&
		       (a->type == LOAD ? o.value == MMIO_VALUE : o.mmio_value == a->value);
	good = a->type == LOAD	  ? o.value == pattern(hit->raddr)
	       : a->type == STORE ? vm_read(&vm, hit->raddr) == a->value
				  : o.srr0 == a->ea;
	vm_write(&vm, hit->raddr, pattern(hit->raddr));
	return good && !o.mmio;
}

static struct ppctlb_hit translate(struct access *a)
{
	static const uint8_t types[] = {PPCTLB_READ, PPCTLB_WRITE, PPCTLB_EXECUTE};
	struct ppctlb_access access = {
		.eaddr = a->ea,
		.pid = a->pid,
		.as = a->as,
		.type = types[a->type],
		.user = a->user,
	};
	struct ppctlb_hit hit = {0};

	EQUAL(ppctlb_translate(vm.tlb, &access, &hit, 1), 0);
	if (a->type == EXECUTE && hit.result == PPCTLB_HIT && !vm_memory(&vm, hit.raddr)) {
		a->type = LOAD;
		return translate(a);
	}
	return hit;
}

static void test_translate(const void *arg)
{
	static struct ppctlb_mapping maps[MOST];
	static struct ppctlb_entry entries[MOST];
	const struct geometry *g = arg;
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	unsigned results[4] = {0}, differ = 0;
	int tlb, i;
	size_t n;

	ppctlb_close(vm.tlb);
	cfg.geometry[0] = (struct ppctlb_geometry){g->size0, g->ways0};
	cfg.geometry[1] = (struct ppctlb_geometry){g->size1, g->size1};
	REQUIRE(vm_open(&vm, &cfg));
	fill(0x100000, 14u << 20);
	fill(HIGH_RA, HIGH_SIZE);
	for (tlb = 0; tlb < TLBS && differ < 5; tlb++) {
		REQUIRE(EQUAL(ppctlb_flush(vm.tlb), 0));
		REQUIRE(vm_map_system(&vm));
		n = random_tlb(g, maps, entries);
		REQUIRE(n);
		REQUIRE(EQUAL(ppctlb_set(vm.tlb, entries, n), 0));
		for (i = 0; i < ACCESSES && differ < 5; i++) {
			struct access a = random_access(maps, n);
			struct ppctlb_hit hit = translate(&a);

			results[hit.result]++;
			if (as_translated(&a, &hit))
				continue;
			tap_note("access %d of 0x%08x, PID %u, AS %u, user %u: translate says %u",
				 a.type, (unsigned)a.ea, a.pid, a.as, a.user, (unsigned)hit.result);
			differ++;
		}
	}
	tap_note("%u hits, %u misses, %u protection faults", results[PPCTLB_HIT],
		 results[PPCTLB_MISS], results[PPCTLB_PROTECTION]);
	EQUAL(differ, 0);
	CHECK(results[PPCTLB_HIT] > 5 && results[PPCTLB_MISS] > 5 &&
	      results[PPCTLB_PROTECTION] > 5);
}

/* ---- as a VMM uses it ---- */

static int map_at(uint32_t ea, uint64_t ra, uint64_t size, uint32_t flags, unsigned slot)
{
	const struct ppctlb_mapping m = {ea, ra, size, flags, 0, 0};
	int ret = ppctlb_map_at(vm.tlb, &m, 1, slot, 0);

	if (ret)
		tap_note("ppctlb_map_at: %s", ppctlb_errmsg());
	return ret;
}

/* QEMU's board: 64M at 0, all rights, in TLB1[0]; here with the port beside it. */
static bool qemu_reset(void)
{
	return EQUAL(map_at(0, 0, 64 << 20, ALL, 0), 0) &&
	       EQUAL(map_at(PORT_EA, PORT_RA, 4096, SUPERVISOR | PPCTLB_I | PPCTLB_G, 15), 0) &&
	       vm_set_vectors(&vm, SYSTEM_RA, PORT_EA);
}

/* A heap array in kernel layout, owned by the caller: 64M pages at TLB1[0] and TLB1[1], changes by
 * the caller itself, and a board reset with a protected entry left over. */
static void test_qemu(const void *arg)
{
	struct ppctlb_e500_tlbe *array = calloc(512 + 16, sizeof(*array)), zero = {0};
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	int i;

	(void)arg;
	REQUIRE(array);
	ppctlb_close(vm.tlb);
	cfg.geometry[0] = (struct ppctlb_geometry){512, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){16, 16};
	cfg.array = array;
	cfg.array_len = (512 + 16) * sizeof(*array);
	REQUIRE(vm_open(&vm, &cfg));
	REQUIRE(qemu_reset());
	EQUAL(array[512].mas1, 0x80000800);
	EQUAL(array[512].mas2, 0);
	EQUAL(array[512].mas7_3, 0x3f);
	REQUIRE(EQUAL(map_at(0x40000000, HIGH_RA, 64 << 20, ALL | PPCTLB_M, 1), 0));
	EQUAL(array[513].mas2, 0x40000004);
	CHECK(executes(0x00200000, 0x200000));
	CHECK(loads_all(0x40000000, HIGH_RA, 16));

	/* the caller moves its second page, and adds a protected one */
	array[513].mas7_3 = 0x3f;
	array[512 + 7] = (struct ppctlb_e500_tlbe){0, 0xc0000300, 0x80000000, 0x300000 | 0x15};
	EQUAL(ppctlb_commit(vm.tlb), 0);
	CHECK(loads_all(0x40000000, 0, 16));
	CHECK(loads(0x80000020, 0x300020));

	EQUAL(ppctlb_flush(vm.tlb), 0);
	for (i = 0; i < 512 + 16; i++)
		CHECK(!memcmp(&array[i], &zero, sizeof(zero)));
	REQUIRE(qemu_reset());
	CHECK(loads(0x00200000, 0x200000));
	CHECK(misses(0x80000020));
	CHECK(misses_all(0x40000000, 16));
	vm_end(&vm); /* before the array, which the kernel uses until then */
	free(array);
}

static bool child_is_refused(void)
{
	const struct ppctlb_mapping m = {0x60000000, 0x200000, 0x1000, SUPERVISOR, 0, 0};
	struct ppctlb_entry all[256 + 16];

	return ppctlb_map(vm.tlb, &m, 1, 0) == -EIO &&
	       ppctlb_get(vm.tlb, PPCTLB_GUEST, all, ARRAY_SIZE(all)) == -EIO &&
	       ppctlb_flush(vm.tlb) == -EIO && load(0x40000000).ivor == NO_REPORT;
}

/* While a child lives the parent's mappings reach the guest; the child's calls change nothing. */
static void test_fork(const void *arg)
{
	pid_t pid;
	int status = 0;

	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x10000, SUPERVISOR));
	REQUIRE(loads(0x40000000, 0x200000));
	pid = fork();
	if (pid == 0) {
		if (!child_is_refused())
			_exit(1);
		for (;;)
			pause();
	}
	REQUIRE(pid > 0);
	CHECK(map(0x50000000, 0x300000, 0x10000, SUPERVISOR));
	CHECK(loads(0x50000000, 0x300000));
	CHECK(loads(0x40000004, 0x200004));
	kill(pid, SIGTERM);
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));

	pid = fork();
	if (pid == 0)
		_exit(child_is_refused() ? 42 : 1);
	waitpid(pid, &status, 0);
	EQUAL(WEXITSTATUS(status), 42);
	CHECK(misses(0x60000000));
}

/* close leaves the guest its mappings; opening again without an array takes them away. */
static void test_reopen(const void *arg)
{
	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x10000, SUPERVISOR));
	ppctlb_close(vm.tlb);
	vm.tlb = NULL;
	CHECK(loads(0x40000010, 0x200010));
	REQUIRE(vm_tlbwe(&vm, MAS0(1, 9), 0x80000300, 0x70000000, 0x400000 | 0x15));
	CHECK(loads(0x70000010, 0x400010));
	REQUIRE(vm_open(&vm, NULL));
	REQUIRE(vm_map_system(&vm));
	CHECK(misses(0x40000010));
	CHECK(misses(0x70000010));
	REQUIRE(map(0x40000000, 0x300000, 0x10000, SUPERVISOR));
	CHECK(loads(0x40000010, 0x300010));
}

/* Two vCPUs with a handle each do not share entries. Each has a VM of its own, since the kernel is
 * built for one processor and gives a VM no second vCPU. */
static void test_two_vcpus(const void *arg)
{
	struct vm first = vm, second;

	(void)arg;
	REQUIRE(map(0x40000000, 0x200000, 0x10000, SUPERVISOR));
	REQUIRE(vm_start(&vm));
	second = vm;
	CHECK(map(0x40000000, 0x300000, 0x10000, SUPERVISOR));
	CHECK(map(0x50000000, 0x400000, 0x10000, SUPERVISOR));
	CHECK(loads(0x40000000, 0x300000));
	vm = first;
	CHECK(loads(0x40000000, 0x200000));
	CHECK(misses(0x50000000));
	vm = second;
	CHECK(loads(0x50000000, 0x400000));
	vm_end(&vm);
	vm = first;
	CHECK(loads(0x40000000, 0x200000));
}

/* ---- ---- */

static const struct geometry small = {256, 2, 16}, usual = {512, 4, 16}, large = {1024, 8, 64};

static const struct {
	struct test test;
	unsigned breaks; /* 1 << sabotage: those that it must catch */
} tests[] = {
	{{"the guest executes, loads and stores in what was mapped", test_pages, NULL}, 0},
	{{"MMIO", test_mmio, NULL}, 0},
	{{"real addresses of 36 bits", test_36_bits, NULL}, 0},
	{{"warm memory, mapped elsewhere", test_remap, NULL}, 1 << NO_DIRTY},
	{{"a warm page in TLB0, mapped elsewhere", test_remap_tlb0, NULL},
	 1 << NO_DIRTY | 1 << NEXT_SET},
	{{"unmapped pages miss", test_unmap, NULL}, 1 << NO_DIRTY},
	{{"TID and TS", test_spaces, NULL}, 0},
	{{"every way of a TLB0 set, then TLB1", test_ways, NULL}, 1 << NEXT_SET},
	{{"a TLB0 page from end to end", test_tlb0_page, NULL}, 1 << TSIZE_0 | 1 << NEXT_SET},
	{{"user and supervisor rights", test_rights, NULL}, 0},
	{{"the guest's own tlbwe", test_guest_tlbwe, NULL}, 0},
	{{"the guest's own tlbivax", test_guest_tlbivax, NULL}, 0},
	{{"translate agrees with the guest's accesses, 256/2 + 16", test_translate, &small},
	 1 << NO_DIRTY | 1 << TSIZE_0},
	{{"translate agrees with the guest's accesses, 512/4 + 16", test_translate, &usual},
	 1 << NO_DIRTY | 1 << TSIZE_0},
	{{"translate agrees with the guest's accesses, 1024/8 + 64", test_translate, &large},
	 1 << NO_DIRTY | 1 << TSIZE_0},
	{{"as QEMU uses it", test_qemu, NULL}, 1 << NO_DIRTY},
	{{"fork", test_fork, NULL}, 1 << PRIVATE_ARRAY},
	{{"close and re-open", test_reopen, NULL}, 0},
	{{"two vCPUs", test_two_vcpus, NULL}, 0},
};

static bool passes(const struct test *t)
{
	bool good = vm_start(&vm) && !tap_fails(t);

	vm_end(&vm);
	return good;
}

/* Under that sabotage exactly those tests fail that must catch it. */
static void run_sabotaged(enum sabotage which, const char *name)
{
	bool as_said = true, pass;
	size_t i;

	tap_note("with sabotage, failures are meant to be; %s", name);
	sabotage = which;
	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		pass = passes(&tests[i].test);
		if (pass == !(tests[i].breaks & 1u << which))
			continue;
		tap_note("under sabotage this one %s: %s", pass ? "passes" : "fails",
			 tests[i].test.name);
		as_said = false;
	}
	sabotage = NO_SABOTAGE;
	tap_result(as_said, name);
}

int main(void)
{
	static const char *const names[SABOTAGES] = {
		[NO_DIRTY] = "caught: KVM_DIRTY_TLB forgotten",
		[PRIVATE_ARRAY] = "caught: an array in private memory",
		[TSIZE_0] = "caught: TLB0 entries with TSIZE 0",
		[NEXT_SET] = "caught: TLB0 entries in the next set",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tests); i++)
		tap_result(passes(&tests[i].test), tests[i].test.name);
	for (i = NO_SABOTAGE + 1; i < SABOTAGES; i++)
		run_sabotaged(i, names[i]);
	return tap_end();
}
