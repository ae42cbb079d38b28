/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conformance tests of e500: KVM_CAP_SW_TLB as such, then the library on it. */

#include "conformance.h"
#include "kvmppc.h"
#include "../support/random.h"
#include "../support/tap.h"

#include <ppctlb/e500.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SUPERVISOR (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
/* mas7_3 of such a page */
#define S_RWX 0x15u
#define V_4K  0x80000100u /* mas1: valid, 4K */
#define V_64K 0x80000300u

/* ---- arrays ---- */

static void *new_pages(size_t len)
{
	void *p = mmap(NULL, len ? len : 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);

	return p == MAP_FAILED ? NULL : p;
}

/* An array of the test's own, in the geometry it was enabled with. */
struct shared {
	struct ppctlb_e500_tlbe *array;
	uint32_t sizes[2], ways[2];
};

static size_t shared_len(const struct shared *s)
{
	return ((size_t)s->sizes[0] + s->sizes[1]) * sizeof(*s->array);
}

static int enable(const struct shared *s)
{
	struct ppc_tlb_params params = {
		.sizes = {s->sizes[0], s->sizes[1]},
		.ways = {s->ways[0], s->ways[1]},
	};
	struct ppc_config_tlb cfg = {
		.params = (uintptr_t)&params,
		.array = (uintptr_t)s->array,
		.array_len = (uint32_t)shared_len(s),
	};
	struct ppc_enable_cap cap = {.cap = PPC_KVM_CAP_SW_TLB, .args = {(uintptr_t)&cfg}};

	return kvm(machine.vcpu, PPC_KVM_ENABLE_CAP, &cap);
}

/* A zeroed array that the kernel uses; its array is NULL if that failed. */
static struct shared new_shared(uint32_t size0, uint32_t ways0, uint32_t size1)
{
	struct shared s = {NULL, {size0, size1}, {ways0, size1}};

	s.array = new_pages(shared_len(&s));
	if (s.array && !EQUAL(enable(&s), 0)) {
		munmap(s.array, shared_len(&s));
		s.array = NULL;
	}
	return s;
}

static void free_shared(struct shared *s)
{
	if (s->array)
		munmap(s->array, shared_len(s));
}

static int dirty(void)
{
	struct ppc_dirty_tlb d = {0};

	return kvm(machine.vcpu, PPC_KVM_DIRTY_TLB, &d);
}

/* ---- KVM_ENABLE_CAP(KVM_CAP_SW_TLB), row by row ---- */

enum memory {
	GOOD,
	NULL_ARRAY,
	WILD_ARRAY,
	KERNEL_ARRAY,
	HALF_ARRAY,
	CONST_ARRAY,
	BAD_PARAMS,
	BAD_CFG
};

struct row {
	const char *name;
	int expect;
	struct ppc_tlb_params params;
	enum memory memory;
	unsigned skew; /* bytes that the array is misaligned by */
	int len_off;   /* array_len is wrong by that many bytes */
	uint32_t mmu_type, flags;
	uint64_t arg1;
	bool on_vm, on_dev;
};

#define GEOMETRY(s0, w0, s1, w1) .params = {.sizes = {s0, s1}, .ways = {w0, w1}}
#define USUAL			 GEOMETRY(512, 4, 16, 16)

static const struct row rows[] = {
	{"512/4 + 16/16", 0, GEOMETRY(512, 4, 16, 16)},
	{"256/2 + 16/16", 0, GEOMETRY(256, 2, 16, 16)},
	{"512/4 + 64/64", 0, GEOMETRY(512, 4, 64, 64)},
	{"TLB1 65/65", -EINVAL, GEOMETRY(512, 4, 65, 65)},
	{"TLB1 48/48", 0, GEOMETRY(512, 4, 48, 48)},
	{"TLB1 1/1", 0, GEOMETRY(512, 4, 1, 1)},
	{"TLB1 0/0", 0, GEOMETRY(512, 4, 0, 0)},
	{"TLB1 16/8", -EINVAL, GEOMETRY(512, 4, 16, 8)},
	{"TLB1 16/0", -EINVAL, GEOMETRY(512, 4, 16, 0)},
	{"TLB0 512/0", -EINVAL, GEOMETRY(512, 0, 16, 16)},
	{"TLB0 512/3", -EINVAL, GEOMETRY(512, 3, 16, 16)},
	{"TLB0 0/4", -EINVAL, GEOMETRY(0, 4, 16, 16)},
	{"TLB0 0/0", -EINVAL, GEOMETRY(0, 0, 16, 16)},
	{"TLB0 2/4", -EINVAL, GEOMETRY(2, 4, 16, 16)},
	{"TLB0 384/4, 96 sets", -EINVAL, GEOMETRY(384, 4, 16, 16)},
	{"TLB0 516/4, 129 sets", -EINVAL, GEOMETRY(516, 4, 16, 16)},
	{"TLB0 513/4", 0, GEOMETRY(513, 4, 16, 16)},
	{"TLB0 515/4", 0, GEOMETRY(515, 4, 16, 16)},
	{"TLB0 512/1", 0, GEOMETRY(512, 1, 16, 16)},
	{"TLB0 512/16", 0, GEOMETRY(512, 16, 16, 16)},
	{"TLB0 512/32", 0, GEOMETRY(512, 32, 16, 16)},
	{"TLB0 512/512", 0, GEOMETRY(512, 512, 16, 16)},
	{"TLB0 2048/4", 0, GEOMETRY(2048, 4, 16, 16)},
	{"TLB0 4096/4", 0, GEOMETRY(4096, 4, 16, 16)},
	{"TLB0 65536/4", 0, GEOMETRY(65536, 4, 16, 16)},
	{"TLB0 2^29/16, whose bytes wrap", -ENOMEM, GEOMETRY(1u << 29, 16, 16, 16)},
	{"tlb_sizes[2]", -EINVAL, .params = {{512, 16, 1, 0}, {4, 16, 0, 0}, {0}}},
	{"tlb_sizes[3]", -EINVAL, .params = {{512, 16, 0, 1}, {4, 16, 0, 0}, {0}}},
	{"tlb_ways[2]", -EINVAL, .params = {{512, 16, 0, 0}, {4, 16, 1, 0}, {0}}},
	{"tlb_ways[3]", -EINVAL, .params = {{512, 16, 0, 0}, {4, 16, 0, 1}, {0}}},
	{"array_len one byte short", -EINVAL, USUAL, .len_off = -1},
	{"array_len 0", -EINVAL, USUAL, .len_off = -528 * 24},
	{"array_len longer", 0, USUAL, .len_off = 24},
	{"mmu_type KVM_MMU_FSL_BOOKE_HV", -EINVAL, USUAL, .mmu_type = 1},
	{"mmu_type 2", -EINVAL, USUAL, .mmu_type = 2},
	{"mmu_type ~0", -EINVAL, USUAL, .mmu_type = ~0u},
	{"params.reserved", 0,
	 .params = {{512, 16, 0, 0}, {4, 16, 0, 0}, {1, 2, 3, 4, 5, 6, 7, 8}}},
	{"cap.args[1]", 0, USUAL, .arg1 = 1},
	{"cap.flags", -EINVAL, USUAL, .flags = 1},
	{"array NULL", -EFAULT, USUAL, .memory = NULL_ARRAY},
	{"array wild", -EFAULT, USUAL, .memory = WILD_ARRAY},
	{"array in kernel space", -EFAULT, USUAL, .memory = KERNEL_ARRAY},
	{"array partly mapped", -EFAULT, USUAL, .memory = HALF_ARRAY},
	{"array read-only", -EFAULT, USUAL, .memory = CONST_ARRAY},
	{"array misaligned by 1", 0, USUAL, .skew = 1},
	{"array misaligned by 4", 0, USUAL, .skew = 4},
	{"bad params pointer", -EFAULT, USUAL, .memory = BAD_PARAMS},
	{"bad kvm_config_tlb pointer", -EFAULT, USUAL, .memory = BAD_CFG},
	{"on the VM", -EINVAL, USUAL, .on_vm = true},
	{"on /dev/kvm", -EINVAL, USUAL, .on_dev = true},
};

/* Spoil the array as the row says, in its len bytes of pages; returns the address to pass. */
static uint64_t spoil(enum memory memory, char *pages, size_t len, size_t page)
{
	switch (memory) {
	case NULL_ARRAY:
		return 0;
	case WILD_ARRAY:
		munmap(pages, len);
		break;
	case KERNEL_ARRAY:
		return (uintptr_t)-16 * page;
	case HALF_ARRAY:
		munmap(pages + page, len - page);
		break;
	case CONST_ARRAY:
		mprotect(pages, len, PROT_READ);
		break;
	default:
		break;
	}
	return (uintptr_t)pages;
}

static int try_row(const struct row *row, uint64_t array, uint64_t nowhere)
{
	struct ppc_config_tlb cfg = {
		.params = row->memory == BAD_PARAMS ? nowhere : (uintptr_t)&row->params,
		.array = array + row->skew,
		.mmu_type = row->mmu_type,
		.array_len = (row->params.sizes[0] + row->params.sizes[1]) * 24u +
			     (uint32_t)row->len_off,
	};
	struct ppc_enable_cap cap = {
		.cap = PPC_KVM_CAP_SW_TLB,
		.flags = row->flags,
		.args = {row->memory == BAD_CFG ? nowhere : (uintptr_t)&cfg, row->arg1},
	};
	int fd = row->on_vm ? machine.vm : row->on_dev ? machine.dev : machine.vcpu;

	return kvm(fd, PPC_KVM_ENABLE_CAP, &cap);
}

static void test_row(const void *arg)
{
	const struct row *row = arg;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	/* of 2^29 entries only so many fit as their size modulo 2^32 has room for */
	size_t bytes = (row->params.sizes[0] + row->params.sizes[1]) * 24u;
	size_t len = (bytes + 24 + 2 * page) & ~(page - 1);
	char *pages = new_pages(len), *nowhere = new_pages(page);

	REQUIRE(pages && nowhere && len > page);
	munmap(nowhere, page);
	EQUAL(try_row(row, spoil(row->memory, pages, len, page), (uintptr_t)nowhere), row->expect);
	munmap(pages, len);
}

/* ---- the rest of the kernel's interface ---- */

/* N_ENTRY and ASSOC of TLBnCFG; the other bits are the host's. */
#define TLBCFG_GEOMETRY 0xff000fff

/* 256/2 + 16, and two entries in TLB1 with the kernels so far. The kernel computes the range of
 * TLB1 before it writes them, from uninitialized memory: whether they are found before a
 * KVM_DIRTY_TLB is chance. */
static void test_default(const void *arg)
{
	struct ppc_sregs s = {0};
	uint64_t raddr;

	(void)arg;
	EQUAL(kvm(machine.vcpu, PPC_KVM_GET_SREGS, &s), 0);
	EQUAL(s.tlbcfg[0] & TLBCFG_GEOMETRY, 0x02000100);
	EQUAL(s.tlbcfg[1] & TLBCFG_GEOMETRY, 0x10000010);
	EQUAL(s.mmucfg, 0);
	EQUAL(s.features & 0x40, 0x40);
	EQUAL(dirty(), 0);
	if (!kernel_finds(0x1000, 0, 0, &raddr)) {
		tap_note("a new vCPU has no entry at 0");
		return;
	}
	CHECK(kernel_maps(0x1000, 0x1000));
	CHECK(kernel_maps(0x0fffffff, 0x0fffffff));
	CHECK(!kernel_finds(0x10000000, 0, 0, &raddr));
	CHECK(kernel_maps(0xe0004567, 0xe0004567));
	CHECK(!kernel_finds(0xe0005000, 0, 0, &raddr));
}

static void test_sregs(const void *arg)
{
	struct ppc_sregs s = {0};

	(void)arg;
	REQUIRE(EQUAL(kvm(machine.vcpu, PPC_KVM_GET_SREGS, &s), 0));
	EQUAL(kvm(machine.vcpu, PPC_KVM_SET_SREGS, &s), 0);
	s.pvr ^= 1;
	EQUAL(kvm(machine.vcpu, PPC_KVM_SET_SREGS, &s), -EINVAL);
}

/* The kernel takes the array as it is; its own entries are gone. */
static void test_enable_takes_array(const void *arg)
{
	struct shared s = {NULL, {512, 16}, {4, 16}};
	uint64_t raddr;

	(void)arg;
	EQUAL(dirty(), 0);
	s.array = new_pages(shared_len(&s));
	REQUIRE(s.array);
	s.array[512 + 3] = (struct ppctlb_e500_tlbe){0, V_64K, 0x90000000, 0xd0000000 | S_RWX};
	REQUIRE(EQUAL(enable(&s), 0));
	CHECK(kernel_maps(0x90001234, 0xd0001234));
	CHECK(!kernel_finds(0x1000, 0, 0, &raddr));
	free_shared(&s);
}

static void test_enable_again(const void *arg)
{
	struct shared first = new_shared(512, 4, 16), second, broken;
	uint64_t raddr;

	(void)arg;
	REQUIRE(first.array);
	first.array[512] = (struct ppctlb_e500_tlbe){0, V_4K, 0x10000000, 0x20000000 | S_RWX};
	EQUAL(dirty(), 0);
	CHECK(kernel_maps(0x10000000, 0x20000000));

	broken = first;
	broken.ways[0] = 3;
	EQUAL(enable(&broken), -EINVAL);
	CHECK(kernel_maps(0x10000000, 0x20000000));

	second = new_shared(256, 2, 64);
	REQUIRE(second.array);
	CHECK(!kernel_finds(0x10000000, 0, 0, &raddr));
	second.array[256 + 63] = (struct ppctlb_e500_tlbe){0, V_4K, 0x10000000, 0x30000000 | S_RWX};
	EQUAL(dirty(), 0);
	CHECK(kernel_maps(0x10000000, 0x30000000));
	free_shared(&first);
	free_shared(&second);
}

/* The kernel ignores both fields of struct kvm_dirty_tlb. */
static void test_dirty(const void *arg)
{
	struct ppc_dirty_tlb d = {0};

	(void)arg;
	EQUAL(kvm(machine.vcpu, PPC_KVM_DIRTY_TLB, &d), 0);
	d.bitmap = 8;
	d.num_dirty = ~0u;
	EQUAL(kvm(machine.vcpu, PPC_KVM_DIRTY_TLB, &d), 0);
	EQUAL(kvm(machine.vcpu, PPC_KVM_DIRTY_TLB, (void *)8), -EFAULT);
	EQUAL(kvm(machine.vm, PPC_KVM_DIRTY_TLB, &d), -ENOTTY);
}

/* An entry in TLB1 outside the range of the last KVM_DIRTY_TLB is not found before the next. */
static void test_tlb1_range(const void *arg)
{
	struct shared s = new_shared(512, 4, 16);
	uint64_t raddr;

	(void)arg;
	REQUIRE(s.array);
	s.array[512] = (struct ppctlb_e500_tlbe){0, V_64K, 0x20000000, 0x40000000 | S_RWX};
	CHECK(!kernel_finds(0x20000000, 0, 0, &raddr));
	EQUAL(dirty(), 0);
	CHECK(kernel_maps(0x20000000, 0x40000000));
	s.array[513] = (struct ppctlb_e500_tlbe){0, V_64K, 0x80000000, 0x50000000 | S_RWX};
	CHECK(!kernel_finds(0x80000000, 0, 0, &raddr));
	EQUAL(dirty(), 0);
	CHECK(kernel_maps(0x80000000, 0x50000000));
	CHECK(!kernel_finds(0x80010000, 0, 0, &raddr));
	free_shared(&s);
}

/* What the guest sees of the geometry: N_ENTRY is 0 above 2048, ASSOC keeps 8 bits. */
static void test_tlbcfg(const void *arg)
{
	static const struct {
		uint32_t geometry[3], tlbcfg[2];
	} cases[] = {
		{{512, 4, 16}, {0x04000200, 0x10000010}},
		{{256, 2, 64}, {0x02000100, 0x40000040}},
		{{4096, 4, 16}, {0x04000000, 0x10000010}},
		{{512, 512, 16}, {0x00000200, 0x10000010}},
	};
	struct ppc_sregs sregs = {0};
	struct shared s;
	size_t i;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		s = new_shared(cases[i].geometry[0], cases[i].geometry[1], cases[i].geometry[2]);
		REQUIRE(s.array);
		EQUAL(kvm(machine.vcpu, PPC_KVM_GET_SREGS, &sregs), 0);
		EQUAL(sregs.tlbcfg[0] & TLBCFG_GEOMETRY, cases[i].tlbcfg[0]);
		EQUAL(sregs.tlbcfg[1] & TLBCFG_GEOMETRY, cases[i].tlbcfg[1]);
		free_shared(&s);
	}
}

/* Where a page belongs in TLB0, see ppctlb-kvm(7); one set further it is never found. */
static void test_tlb0_index(const void *arg)
{
	static const uint32_t geometries[][2] = {
		{512, 4},  {256, 2}, {128, 1}, {1024, 16}, {2048, 4},
		{4096, 4}, {64, 64}, {16, 2},  {2, 2},	   {1, 1},
	};
	uint32_t size, ways, sets, place, ea, i;
	struct ppctlb_e500_tlbe e;
	uint64_t raddr;
	struct shared s;
	size_t g;

	(void)arg;
	for (g = 0; g < ARRAY_SIZE(geometries); g++) {
		size = geometries[g][0];
		ways = geometries[g][1];
		sets = size / ways;
		s = new_shared(size, ways, 16);
		REQUIRE(s.array);
		for (i = 0; i < 200; i++) {
			ea = below(1u << 20) << 12;
			place = (ea >> 12) % sets * ways + below(ways);
			e = (struct ppctlb_e500_tlbe){0, V_4K, ea, 0x300000000 | ea | S_RWX};
			s.array[place] = e;
			CHECK(kernel_maps(ea + 0xabc, 0x300000000 | (ea + 0xabc)));
			s.array[place].mas1 = 0;
			if (sets == 1)
				continue;
			s.array[(place + ways) % size] = e;
			CHECK(!kernel_finds(ea, 0, 0, &raddr));
			s.array[(place + ways) % size].mas1 = 0;
		}
		free_shared(&s);
	}
}

/* ---- the library ---- */

static struct ppctlb *open_with(uint32_t size0, uint32_t ways0, uint32_t size1, uint32_t ways1,
				void *array, size_t array_len, int *ret)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h = NULL;

	cfg.vcpu_fd = machine.vcpu;
	cfg.geometry[0] = (struct ppctlb_geometry){size0, ways0};
	cfg.geometry[1] = (struct ppctlb_geometry){size1, ways1};
	cfg.array = array;
	cfg.array_len = array_len;
	*ret = ppctlb_open(&h, &cfg);
	return h;
}

/* Whatever a new vCPU holds, after a flush its guest finds nothing. This runs before any row. */
static void test_start(const void *arg)
{
	struct ppctlb *h = open_handle();
	uint64_t raddr;

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_flush(h), 0);
	CHECK(!kernel_finds(0x1000, 0, 0, &raddr));
	ppctlb_close(h);
}

/* Without a geometry open takes the vCPU's, and the kernel's own entries are gone. */
static void test_open(const void *arg)
{
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb *h = open_handle();
	uint64_t raddr;

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_info(h, &info), 0);
	CHECK(!strcmp(info.backend, "e500"));
	CHECK(!strcmp(info.core->name, "e500v2"));
	EQUAL(info.entries, 256 + 16);
	EQUAL(info.core->array[0].geometry.entries, 256);
	EQUAL(info.core->array[0].geometry.ways, 2);
	EQUAL(info.core->array[1].geometry.entries, 16);
	EQUAL(info.has_shadow, 0);
	EQUAL(dirty(), 0);
	CHECK(!kernel_finds(0x1000, 0, 0, &raddr));
	ppctlb_close(h);
}

/* An N_ENTRY of 0 tells no size: the caller must give one. */
static void test_open_no_n_entry(const void *arg)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct shared s = new_shared(4096, 4, 16);
	struct ppctlb *h;

	(void)arg;
	REQUIRE(s.array);
	cfg.vcpu_fd = machine.vcpu;
	EQUAL(ppctlb_open(&h, &cfg), -EINVAL);
	free_shared(&s);
}

/* Every page size: both ends and one past each, through KVM and through the library. */
static void test_page_sizes(const void *arg)
{
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb *h = open_handle();
	uint64_t size, ea, ra, raddr;
	int bit;

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_info(h, &info), 0);
	for (bit = 12; bit <= 32; bit++) {
		size = 1ull << bit;
		if (!(info.core->array[1].sizes & size))
			continue;
		ea = bit == 32 ? 0 : bit == 30 ? size : 0x60000000 + size;
		ra = bit == 32 ? 0x300000000 : 0x500000000 + 3 * size;
		REQUIRE(EQUAL(map_one(h, ea, ra, size, SUPERVISOR), 0));
		CHECK(kernel_maps(ea, ra));
		CHECK(kernel_maps(ea + size - 1, ra + size - 1));
		CHECK(library_maps(h, ea, ra));
		CHECK(library_maps(h, ea + size - 1, ra + size - 1));
		if (bit < 32) {
			CHECK(!kernel_finds(ea - 1, 0, 0, &raddr));
			CHECK(!kernel_finds(ea + size, 0, 0, &raddr));
		}
		EQUAL(ppctlb_unmap(h, ea, size, 0, 0), 0);
		CHECK(!kernel_finds(ea, 0, 0, &raddr));
		CHECK(!kernel_finds(ea + size - 1, 0, 0, &raddr));
	}
	ppctlb_close(h);
}

/* A region of several pages, a hole punched in it, a part replaced, and a flush. */
static void test_region(const void *arg)
{
	const uint64_t ea = 0x1000f000, ra = 0x70000f000, size = 0x132000;
	const struct ppctlb_mapping other = {ea + 0x20000, 0x44000, 0x2000, SUPERVISOR, 0, 0};
	struct ppctlb *h = open_handle();
	uint64_t raddr;

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(map_one(h, ea, ra, size, SUPERVISOR), 0));
	CHECK(kernel_maps(ea, ra));
	CHECK(kernel_maps(ea + size - 1, ra + size - 1));
	CHECK(!kernel_finds(ea - 1, 0, 0, &raddr));
	CHECK(!kernel_finds(ea + size, 0, 0, &raddr));

	EQUAL(ppctlb_map(h, &other, 1, 0), -EEXIST);
	CHECK(kernel_maps(ea + 0x20000, ra + 0x20000));
	EQUAL(ppctlb_map(h, &other, 1, PPCTLB_REPLACE), 0);
	CHECK(kernel_maps(ea + 0x1ffff, ra + 0x1ffff));
	CHECK(kernel_maps(ea + 0x20000, 0x44000));
	CHECK(kernel_maps(ea + 0x21fff, 0x45fff));
	CHECK(kernel_maps(ea + 0x22000, ra + 0x22000));

	EQUAL(ppctlb_unmap(h, ea + 0x20000, 0x1000, 0, 0), 0);
	CHECK(!kernel_finds(ea + 0x20fff, 0, 0, &raddr));
	CHECK(kernel_maps(ea + 0x21000, 0x45000));

	EQUAL(ppctlb_flush(h), 0);
	CHECK(!kernel_finds(ea, 0, 0, &raddr));
	CHECK(!kernel_finds(ea + 0x21000, 0, 0, &raddr));
	ppctlb_close(h);
}

/* Same EA bits 45-51: the pages fill all ways of a TLB0 set, then go to TLB1. */
static void test_ways(const void *arg)
{
	static const struct {
		uint16_t tlb, index;
	} want[] = {{0, 4 * 5}, {0, 4 * 5 + 1}, {0, 4 * 5 + 2}, {0, 4 * 5 + 3}, {1, 0}};
	struct ppctlb_access a = {.type = PPCTLB_WRITE};
	struct ppctlb_hit hit;
	struct ppctlb *h;
	uint32_t i;
	int ret;

	(void)arg;
	h = open_with(512, 4, 16, 16, NULL, 0, &ret);
	REQUIRE(EQUAL(ret, 0));
	for (i = 0; i < ARRAY_SIZE(want); i++) {
		a.eaddr = 0x10005000 + i * 0x80000;
		REQUIRE(EQUAL(map_one(h, a.eaddr, 0x900000000 + i * 0x1000, 0x1000, SUPERVISOR),
			      0));
		EQUAL(ppctlb_translate(h, &a, &hit, 1), 0);
		EQUAL(hit.result, PPCTLB_HIT);
		EQUAL(hit.tlb, want[i].tlb);
		EQUAL(hit.index, want[i].index);
	}
	for (i = 0; i < ARRAY_SIZE(want); i++)
		CHECK(kernel_maps(0x10005000 + i * 0x80000, 0x900000000 + i * 0x1000));
	ppctlb_close(h);
}

/* TID and TS are compared. */
static void test_spaces(const void *arg)
{
	const struct ppctlb_mapping maps[] = {
		{0x10000000, 0x100000000, 0x10000, SUPERVISOR, 5, 0},
		{0x10000000, 0x200000000, 0x10000, SUPERVISOR, 6, 0},
		{0x10000000, 0x300000000, 0x10000, SUPERVISOR | PPCTLB_TS, 0, 0},
	};
	struct ppctlb *h = open_handle();
	uint64_t raddr = 0;

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(ppctlb_map(h, maps, ARRAY_SIZE(maps), 0), 0));
	CHECK(kernel_finds(0x10001234, 5, 0, &raddr) && EQUAL(raddr, 0x100001234));
	CHECK(kernel_finds(0x10001234, 6, 0, &raddr) && EQUAL(raddr, 0x200001234));
	CHECK(!kernel_finds(0x10001234, 7, 0, &raddr));
	CHECK(kernel_finds(0x10001234, 7, 1, &raddr) && EQUAL(raddr, 0x300001234));
	EQUAL(ppctlb_unmap(h, 0x10000000, 0x10000, 5, 0), 0);
	CHECK(!kernel_finds(0x10001234, 5, 0, &raddr));
	CHECK(kernel_finds(0x10001234, 6, 0, &raddr));
	ppctlb_close(h);
}

/* set, get and the kernel agree on raw entries; get shows the guest's own writes. */
static void test_raw(const void *arg)
{
	const struct ppctlb_entry in = {1, 7, 0, {V_64K, 0x90000000, 0x2d0000000 | S_RWX, 0}};
	struct shared s = {NULL, {256, 16}, {2, 16}};
	struct ppctlb_entry out[256 + 16];
	struct ppctlb *h;
	int ret;

	(void)arg;
	s.array = new_pages(shared_len(&s));
	REQUIRE(s.array);
	h = open_with(256, 2, 16, 16, s.array, shared_len(&s), &ret);
	REQUIRE(EQUAL(ret, 0));
	EQUAL(ppctlb_set(h, &in, 1), 0);
	EQUAL(s.array[256 + 7].mas1, V_64K);
	EQUAL(s.array[256 + 7].mas7_3, 0x2d0000000 | S_RWX);
	CHECK(kernel_maps(0x90004321, 0x2d0004321));
	/* as a guest's tlbwe does */
	s.array[3] = (struct ppctlb_e500_tlbe){0x12, V_4K, 0x123, 0x456};
	EQUAL(ppctlb_get(h, PPCTLB_GUEST, out, ARRAY_SIZE(out)), 0);
	EQUAL(out[3].tlb, 0);
	EQUAL(out[3].index, 3);
	EQUAL(out[3].word[0], V_4K);
	EQUAL(out[3].word[1], 0x123);
	EQUAL(out[3].word[2], 0x456);
	EQUAL(out[3].word[3], 0x12);
	EQUAL(out[256 + 7].tlb, 1);
	EQUAL(out[256 + 7].index, 7);
	CHECK(!memcmp(out[256 + 7].word, in.word, sizeof(in.word)));
	ppctlb_close(h);
	free_shared(&s);
}

/* The caller's array is taken as it stands, written by its owner, committed, and kept when opened
 * again. */
static void test_callers_array(const void *arg)
{
	struct ppctlb_e500_tlbe *array = calloc(512 + 64, sizeof(*array));
	size_t len = (512 + 64) * sizeof(*array);
	struct ppctlb *h;
	uint64_t raddr;
	int ret;

	(void)arg;
	REQUIRE(array);
	array[512] = (struct ppctlb_e500_tlbe){0, V_64K, 0x10000000, 0x110000000 | S_RWX};
	h = open_with(512, 4, 64, 64, array, len, &ret);
	REQUIRE(EQUAL(ret, 0));
	CHECK(kernel_maps(0x10000100, 0x110000100));
	array[512 + 63] = (struct ppctlb_e500_tlbe){0, V_64K, 0xa0000000, 0x120000000 | S_RWX};
	CHECK(!kernel_finds(0xa0000000, 0, 0, &raddr));
	EQUAL(ppctlb_commit(h), 0);
	CHECK(kernel_maps(0xa0000000, 0x120000000));
	CHECK(library_maps(h, 0xa0000000, 0x120000000));
	REQUIRE(EQUAL(map_one(h, 0x30000000, 0x130000000, 0x10000, SUPERVISOR), 0));
	EQUAL(array[512 + 1].mas1, V_64K);
	EQUAL(array[512 + 1].mas2, 0x30000000);
	ppctlb_close(h);

	h = open_with(512, 4, 64, 64, array, len, &ret);
	REQUIRE(EQUAL(ret, 0));
	CHECK(kernel_maps(0x10000100, 0x110000100));
	CHECK(kernel_maps(0x30000000, 0x130000000));
	CHECK(library_maps(h, 0x30000000, 0x130000000));
	EQUAL(ppctlb_flush(h), 0);
	CHECK(!kernel_finds(0x30000000, 0, 0, &raddr));
	EQUAL(array[512 + 1].mas1, 0);
	ppctlb_close(h);
	/* the kernel goes on writing into it until the vCPU is gone */
	machine_down();
	free(array);
}

/* close leaves the guest its entries; opening again without an array makes a new, empty TLB. */
static void test_reopen(const void *arg)
{
	struct ppctlb *h = open_handle();
	uint64_t raddr;

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(map_one(h, 0x10000000, 0x20000000, 0x10000, SUPERVISOR), 0));
	EQUAL(ppctlb_commit(h), -EINVAL);
	ppctlb_close(h);
	CHECK(kernel_maps(0x10000000, 0x20000000));
	h = open_handle();
	REQUIRE(h);
	CHECK(!kernel_finds(0x10000000, 0, 0, &raddr));
	EQUAL(dirty(), 0);
	CHECK(!kernel_finds(0x10000000, 0, 0, &raddr));
	ppctlb_close(h);
}

/* The library refuses geometries that asm/kvm.h forbids; the kernel would take some of them. */
static void test_geometry_rules(const void *arg)
{
	static const uint32_t bad[][4] = {
		{512, 1, 16, 16}, {512, 3, 16, 16}, {512, 32, 16, 16},	    {512, 512, 16, 16},
		{513, 4, 16, 16}, {515, 4, 16, 16}, {384, 4, 16, 16},	    {2, 4, 16, 16},
		{512, 0, 16, 16}, {0, 4, 16, 16},   {0, 0, 16, 16},	    {512, 4, 0, 0},
		{512, 4, 48, 48}, {512, 4, 65, 65}, {512, 4, 128, 128},	    {512, 4, 16, 8},
		{512, 4, 16, 0},  {512, 4, 0, 16},  {1u << 29, 16, 16, 16}, {0x80000000, 2, 16, 16},
	};
	struct shared s = new_shared(512, 4, 16);
	struct ppctlb *h;
	size_t i;
	int ret;

	(void)arg;
	REQUIRE(s.array);
	s.array[512] = (struct ppctlb_e500_tlbe){0, V_4K, 0x10000000, 0x20000000 | S_RWX};
	EQUAL(dirty(), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		h = open_with(bad[i][0], bad[i][1], bad[i][2], bad[i][3], NULL, 0, &ret);
		if (!EQUAL(ret, -EINVAL))
			tap_note("TLB0 %u/%u TLB1 %u/%u", (unsigned)bad[i][0], (unsigned)bad[i][1],
				 (unsigned)bad[i][2], (unsigned)bad[i][3]);
		CHECK(!h);
		CHECK(kernel_maps(0x10000000, 0x20000000));
	}
	open_with(512, 4, 16, 16, s.array, shared_len(&s) - 1, &ret);
	EQUAL(ret, -EINVAL);
	open_with(512, 4, 16, 16, NULL, shared_len(&s), &ret);
	EQUAL(ret, -EINVAL);
	CHECK(kernel_maps(0x10000000, 0x20000000));
	free_shared(&s);
}

/* What the kernel refuses is an error of the documented set, and the TLB stays. */
static void test_kernel_refuses(const void *arg)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE), len = 528 * 24;
	struct shared s = new_shared(512, 4, 16);
	char *pages = new_pages(8 * page);
	int ret;

	(void)arg;
	REQUIRE(s.array && pages);
	s.array[512] = (struct ppctlb_e500_tlbe){0, V_4K, 0x10000000, 0x20000000 | S_RWX};
	EQUAL(dirty(), 0);
	mprotect(pages, 8 * page, PROT_NONE);
	CHECK(!open_with(512, 4, 16, 16, pages, len, &ret));
	EQUAL(ret, -EFAULT);
	CHECK(kernel_maps(0x10000000, 0x20000000));
	munmap(pages, 8 * page);
	free_shared(&s);
}

static int child_maps(struct ppctlb *h)
{
	const struct ppctlb_mapping m = {0x20000000, 0x90000000, 0x10000, SUPERVISOR, 0, 0};

	return ppctlb_map(h, &m, 1, 0);
}

static int child_flushes(struct ppctlb *h)
{
	int ret = ppctlb_flush(h);

	ppctlb_close(h);
	return ret;
}

static int child_dirties(struct ppctlb *h)
{
	(void)h;
	return dirty();
}

/* A child's calls are -EIO; the parent's mappings, its own array among them, stay live. */
static void test_fork(const void *arg)
{
	struct ppctlb *h = open_handle();
	uint64_t raddr;

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(map_one(h, 0x10000000, 0x80000000, 0x10000, SUPERVISOR), 0));
	CHECK(child_gets_eio(child_maps, h));
	CHECK(child_gets_eio(child_flushes, h));
	CHECK(child_gets_eio(child_dirties, h));
	CHECK(kernel_maps(0x10000000, 0x80000000));
	CHECK(!kernel_finds(0x20000000, 0, 0, &raddr));
	REQUIRE(EQUAL(map_one(h, 0x20000000, 0xa0000000, 0x10000, SUPERVISOR), 0));
	CHECK(kernel_maps(0x20000000, 0xa0000000));
	ppctlb_close(h);
}

/* Malformed entries, where KVM and the manuals differ: KVM compares with the unmasked EPN, ORs the
 * RPN, takes the first match, obeys TSIZE in TLB0, and does not know IND. */
enum { MISS = 1 }; /* no RA ends in 1 here */
static const struct malformed {
	const char *what;
	struct ppctlb_entry e[2];
	uint32_t ea;
	uint64_t kernel;
	int result;
	uint64_t library;
} malformed[] = {
	{"misaligned RPN",
	 {{1, 0, 0, {V_64K, 0x90000000, 0xd0003000 | S_RWX, 0}}},
	 0x90001234,
	 0xd0003234,
	 PPCTLB_HIT,
	 0xd0001234},
	{"misaligned EPN, behind",
	 {{1, 0, 0, {V_64K, 0x90001000, 0xd0000000 | S_RWX, 0}}},
	 0x90010ffe,
	 0xd0000ffe,
	 PPCTLB_MISS,
	 0},
	{"misaligned EPN, before",
	 {{1, 0, 0, {V_64K, 0x90001000, 0xd0000000 | S_RWX, 0}}},
	 0x90000ffe,
	 MISS,
	 PPCTLB_HIT,
	 0xd0000ffe},
	{"TLB0 TSIZE 0, first 1K",
	 {{0, 0, 0, {0x80000000, 0x90000000, 0xd0000000 | S_RWX, 0}}},
	 0x900003fe,
	 0xd00003fe,
	 PPCTLB_HIT,
	 0xd00003fe},
	{"TLB0 TSIZE 0, the rest",
	 {{0, 0, 0, {0x80000000, 0x90000000, 0xd0000000 | S_RWX, 0}}},
	 0x90000400,
	 MISS,
	 PPCTLB_HIT,
	 0xd0000400},
	{"two matches in TLB1",
	 {{1, 3, 0, {V_64K, 0x90000000, 0xe0000000 | S_RWX, 0}},
	  {1, 2, 0, {V_4K, 0x90001000, 0xd0000000 | S_RWX, 0}}},
	 0x90001234,
	 0xd0000234,
	 PPCTLB_MULTI_HIT,
	 0},
	{"a match in each TLB",
	 {{1, 0, 0, {V_64K, 0x90000000, 0xe0000000 | S_RWX, 0}},
	  {0, 3, 0, {V_4K, 0x90001000, 0xd0000000 | S_RWX, 0}}},
	 0x90001234,
	 0xd0000234,
	 PPCTLB_MULTI_HIT,
	 0},
	{"IND",
	 {{1, 0, 0, {V_64K | 0x2000, 0x90000000, 0xd0000000 | S_RWX, 0}}},
	 0x90001234,
	 0xd0001234,
	 PPCTLB_MISS,
	 0},
	{"MAS8",
	 {{1, 0, 0, {V_64K, 0x90000000, 0xd0000000 | S_RWX, 0x80000001}}},
	 0x90001234,
	 0xd0001234,
	 PPCTLB_HIT,
	 0xd0001234},
	{"wrong set",
	 {{0, 4, 0, {V_4K, 0x90001000, 0xd0000000 | S_RWX, 0}}},
	 0x90001234,
	 MISS,
	 PPCTLB_MISS,
	 0},
};

static void compare_answers(struct ppctlb *h, const struct malformed *m)
{
	const struct ppctlb_access a = {.eaddr = m->ea, .type = PPCTLB_READ};
	struct ppctlb_hit hit;
	uint64_t raddr;

	if (!kernel_finds(m->ea, 0, 0, &raddr))
		raddr = MISS;
	EQUAL(ppctlb_translate(h, &a, &hit, 1), 0);
	if (!EQUAL(raddr, m->kernel) || !EQUAL(hit.result, m->result) ||
	    !EQUAL(hit.raddr, m->library))
		tap_note("%s", m->what);
}

static void test_malformed(const void *arg)
{
	const struct malformed *m = malformed;
	struct ppctlb *h = open_handle();

	(void)arg;
	REQUIRE(h);
	for (; m < malformed + ARRAY_SIZE(malformed); m++) {
		EQUAL(ppctlb_flush(h), 0);
		EQUAL(ppctlb_set(h, m->e, m->e[1].word[0] ? 2 : 1), 0);
		compare_answers(h, m);
	}
	ppctlb_close(h);
}

/* ---- translate against KVM_TRANSLATE ---- */

struct geometry {
	const char *name;
	uint32_t size0, ways0, size1;
	unsigned tlbs; /* random TLBs to try */
};

/* 1667 addresses for each of 60 TLBs: 100,000 and a few. */
#define ADDRESSES 1667
#define MOST	  (1024 + 64)

/* Do two well-formed entries answer to the same address? */
static bool overlap(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return (a->flags & PPCTLB_TS) == (b->flags & PPCTLB_TS) &&
	       (a->tid == b->tid || !a->tid || !b->tid) && a->eaddr < b->eaddr + b->size &&
	       b->eaddr < a->eaddr + a->size;
}

/* A page for a slot: of TLB0 in that set, or of TLB1 in any of the sizes 4K to 64M. */
static struct ppctlb_mapping random_page(const struct geometry *g, bool tlb0, uint32_t set)
{
	static const uint16_t tids[] = {0, 0, 1, 2, 255};
	static const uint32_t rights[] = {SUPERVISOR, PPCTLB_SR, PPCTLB_UR | PPCTLB_UW,
					  PPCTLB_SX | PPCTLB_UX | PPCTLB_UR};
	uint32_t sets = g->size0 / g->ways0;
	struct ppctlb_mapping m = {.size = 0x1000};

	if (!tlb0)
		m.size <<= 2 * below(8);
	m.eaddr = below(1u << 20) << 12 & ~(m.size - 1);
	if (tlb0)
		m.eaddr = (m.eaddr >> 12) / sets * sets * 0x1000 + (uint64_t)set * 0x1000;
	m.raddr = below(1u << 24) << 12 & ~(m.size - 1);
	m.tid = tids[below(ARRAY_SIZE(tids))];
	m.flags = rights[below(ARRAY_SIZE(rights))] | (below(2) ? PPCTLB_TS : 0);
	return m;
}

static bool overlaps_any(const struct ppctlb_mapping *m, const struct ppctlb_mapping *all, size_t n)
{
	while (n--)
		if (overlap(m, &all[n]))
			return true;
	return false;
}

/* Fill about two thirds of the slots without multi-hits; returns how many. */
static size_t random_tlb(const struct ppctlb_core *core, const struct geometry *g,
			 struct ppctlb_mapping *maps, struct ppctlb_entry *entries)
{
	uint32_t slot, total = g->size0 + g->size1;
	size_t n = 0;

	for (slot = 0; slot < total; slot++) {
		bool tlb0 = slot < g->size0;

		if (one_in(3))
			continue;
		maps[n] = random_page(g, tlb0, slot / g->ways0);
		if (overlaps_any(&maps[n], maps, n))
			continue;
		if (!EQUAL(ppctlb_encode(core, &maps[n], &entries[n]), 0))
			continue;
		entries[n].tlb = !tlb0;
		entries[n].index = (uint16_t)(tlb0 ? slot : slot - g->size0);
		n++;
	}
	return n;
}

/* One in four accesses is anywhere; the others are in a page, at its ends, or just outside. */
static struct ppctlb_access random_access(const struct ppctlb_mapping *maps, size_t n)
{
	const struct ppctlb_mapping *m = &maps[below(n)];
	struct ppctlb_access a = {
		.eaddr = below(1u << 16) << 16 | below(1u << 16),
		.pid = (uint16_t)below(4),
		.as = (uint8_t)below(2),
		.type = (uint8_t)below(3),
		.user = (uint8_t)below(2),
	};
	const uint64_t near[] = {m->eaddr - 1, m->eaddr, m->eaddr + m->size - 1, m->eaddr + m->size,
				 m->eaddr + below(m->size)};

	if (below(4)) {
		a.eaddr = (uint32_t)near[below(ARRAY_SIZE(near))];
		a.as = below(8) ? (m->flags & PPCTLB_TS) != 0 : a.as;
		a.pid = below(8) && m->tid ? m->tid : a.pid;
	}
	return a;
}

/* KVM_TRANSLATE ignores rights: a protection fault is a hit for it. */
static bool agrees(const struct ppctlb_access *a, const struct ppctlb_hit *hit)
{
	uint64_t raddr = 0;
	bool found = kernel_finds(a->eaddr, a->pid, a->as, &raddr);

	if (hit->result == PPCTLB_HIT)
		return found && raddr == hit->raddr;
	return found == (hit->result == PPCTLB_PROTECTION) && hit->result != PPCTLB_MULTI_HIT;
}

static void test_translate(const void *arg)
{
	static struct ppctlb_mapping maps[MOST];
	static struct ppctlb_entry entries[MOST];
	static struct ppctlb_access accesses[ADDRESSES];
	static struct ppctlb_hit hits[ADDRESSES];
	const struct geometry *g = arg;
	unsigned tlb, hit = 0, protection = 0, differ = 0;
	struct ppctlb *h;
	size_t n, i;
	int ret;

	h = open_with(g->size0, g->ways0, g->size1, g->size1, NULL, 0, &ret);
	REQUIRE(EQUAL(ret, 0));
	for (tlb = 0; tlb < g->tlbs; tlb++) {
		n = random_tlb(ppctlb_core("e500v2"), g, maps, entries);
		REQUIRE(n);
		REQUIRE(EQUAL(ppctlb_flush(h), 0));
		REQUIRE(EQUAL(ppctlb_set(h, entries, n), 0));
		for (i = 0; i < ADDRESSES; i++)
			accesses[i] = random_access(maps, n);
		REQUIRE(EQUAL(ppctlb_translate(h, accesses, hits, ADDRESSES), 0));
		for (i = 0; i < ADDRESSES; i++) {
			differ += !agrees(&accesses[i], &hits[i]);
			hit += hits[i].result == PPCTLB_HIT;
			protection += hits[i].result == PPCTLB_PROTECTION;
		}
	}
	tap_note("%u addresses: %u hits, %u protection faults", g->tlbs * ADDRESSES, hit,
		 protection);
	EQUAL(differ, 0);
	/* comparing nothing but misses would prove little */
	CHECK(hit > g->tlbs * ADDRESSES / 10 && protection > g->tlbs * ADDRESSES / 20);
	ppctlb_close(h);
}

/* ---- ---- */

static void run(const struct test *t)
{
	if (machine_up())
		tap_run(t);
	else
		tap_result(false, t->name);
	machine_down();
}

void test_e500(void)
{
	static const struct geometry small = {NULL, 256, 2, 16, 20}, usual = {NULL, 512, 4, 64, 20},
				     large = {NULL, 1024, 8, 64, 20};
	static const char *const cores[] = {"e500v2", "e500mc", "440", NULL};
	static const struct test tests[] = {
		{"a new vCPU has the kernel's two entries, if any, in force after KVM_DIRTY_TLB",
		 test_default, NULL},
		{"KVM_SET_SREGS refuses another PVR", test_sregs, NULL},
		{"KVM_ENABLE_CAP takes the array as it stands", test_enable_takes_array, NULL},
		{"KVM_ENABLE_CAP again replaces the array; a failed one does not",
		 test_enable_again, NULL},
		{"KVM_DIRTY_TLB looks at none of its fields", test_dirty, NULL},
		{"the range of TLB1 is that of the last KVM_DIRTY_TLB", test_tlb1_range, NULL},
		{"TLBnCFG follows the geometry", test_tlbcfg, NULL},
		{"the place of a page in TLB0", test_tlb0_index, NULL},
		{"open takes the vCPU's geometry and drops the kernel's entries", test_open, NULL},
		{"open without a geometry is refused where N_ENTRY is 0", test_open_no_n_entry,
		 NULL},
		{"every page size maps from end to end", test_page_sizes, NULL},
		{"map, conflict, replace, unmap and flush of a region", test_region, NULL},
		{"every way of a TLB0 set, then TLB1", test_ways, NULL},
		{"TID and TS", test_spaces, NULL},
		{"raw entries pass bit for bit", test_raw, NULL},
		{"save and restore", test_image, &image_e500v2},
		{"the caller's array: commit, re-open, flush", test_callers_array, NULL},
		{"close leaves the entries, re-open makes an empty TLB", test_reopen, NULL},
		{"the header's geometry rules are kept before the kernel", test_geometry_rules,
		 NULL},
		{"an array the kernel refuses", test_kernel_refuses, NULL},
		{"descriptors that are no such vCPU", test_no_vcpu, cores},
		{"fork: the child gets -EIO, the parent's mappings live", test_fork, NULL},
		{"malformed entries: KVM's answers and the manuals'", test_malformed, NULL},
		{"translate agrees with KVM_TRANSLATE, 256/2 + 16", test_translate, &small},
		{"translate agrees with KVM_TRANSLATE, 512/4 + 64", test_translate, &usual},
		{"translate agrees with KVM_TRANSLATE, 1024/8 + 64", test_translate, &large},
	};
	static const struct test start = {"the run starts with a flush", test_start, NULL};
	struct test row = {.run = test_row};
	size_t i;

	run(&start);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		row.name = rows[i].name;
		row.arg = &rows[i];
		run(&row);
	}
	for (i = 0; i < ARRAY_SIZE(tests); i++)
		run(&tests[i]);
}
