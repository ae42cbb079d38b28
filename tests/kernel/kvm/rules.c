/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What ppctlb-kvm(7) calls measured on an e500v2, and conformance and guest do not show: where KVM
 * does something else than hardware. TAP on standard output.
 *
 * A test that fails here tells that this kernel is another, and that the page has to say so.
 */

#include "vm.h"
#include "../../support/tap.h"

#include <ppctlb/e500.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MMIO_RA	      0xd00000000ull
#define TEXT_EA	      0x40000000u
#define TEXT_RA	      0x00200000u
#define DATA_EA	      0x50000000u
#define DATA_RA	      0x00300000u
#define ODD_TLB1      48 /* entries, no power of two */
#define IS	      0x0020u
#define DS	      0x0010u

static struct vm vm;

static bool map_by(struct ppctlb *h, uint32_t ea, uint64_t ra, uint32_t flags)
{
	const struct ppctlb_mapping m = {ea, ra, 0x10000, flags, 0, 0};

	return EQUAL(ppctlb_map(h, &m, 1, 0), 0);
}

static bool map(uint32_t ea, uint64_t ra, uint32_t flags)
{
	return map_by(vm.tlb, ea, ra, flags);
}

static struct outcome load(uint32_t ea, bool user, bool as)
{
	const struct access a = {.type = LOAD, .ea = ea, .user = user, .as = as};

	return vm_access(&vm, &a);
}

static struct outcome store(uint32_t ea, uint32_t value)
{
	const struct access a = {.type = STORE, .ea = ea, .value = value};

	return vm_access(&vm, &a);
}

/* ---- page 0 ---- */

/* The page is there before anything is mapped at 0, and is none of the guest's memory. */
static void test_page_0(const void *arg)
{
	const struct access execute = {.type = EXECUTE, .ea = 0x100};
	struct outcome o = store(0x100, 0x12345678);

	(void)arg;
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(vm_read(&vm, 0x100), 0);
	EQUAL(load(0x100, false, false).value, 0x12345678);
	EQUAL(load(0x1000, false, false).ivor, IVOR_DTLB);

	EQUAL(ppctlb_unmap(vm.tlb, 0, 0x1000, 0, 0), 0);
	REQUIRE(map(0, TEXT_RA, SUPERVISOR | USER));
	vm_write(&vm, TEXT_RA + 0x100, 0xcafe0001);
	vm_write(&vm, TEXT_RA + 0x1000, 0xcafe0002);
	EQUAL(load(0x100, false, false).value, 0x12345678);
	EQUAL(load(0x1000, false, false).value, 0xcafe0002);
	vm_write(&vm, TEXT_RA + 0x100, TRAP);
	EQUAL(vm_access(&vm, &execute).ivor, IVOR_ISI);
}

static void test_page_0_user(const void *arg)
{
	(void)arg;
	EQUAL(ppctlb_unmap(vm.tlb, 0, 0x1000, 0, 0), 0);
	EQUAL(load(0x100, true, false).ivor, IVOR_DTLB);
	REQUIRE(map(0, TEXT_RA, SUPERVISOR | USER));
	vm_write(&vm, TEXT_RA + 0x100, 0xcafe0001);
	EQUAL(load(0x100, true, false).value, 0xcafe0001);
}

static void test_page_0_as_1(const void *arg)
{
	(void)arg;
	EQUAL(load(0x100, false, true).ivor, NO_REPORT);
	CHECK(vm.stuck);
}

/* ---- MSR[IS] unlike MSR[DS] ---- */

/* Data of address space 0 while the text is in 1. A page that space 1 has used shows what is there;
 * any other never comes. */
static void test_is_unlike_ds(const void *arg)
{
	static const uint32_t program[] = {0x80830000 /* lwz r4,0(r3) */, TRAP};
	struct kvm_regs regs = {
		.pc = TEXT_EA,
		.msr = 0x1000 | IS | DS,
		.gpr = {[3] = DATA_EA},
	};

	(void)arg;
	memcpy(vm_memory(&vm, TEXT_RA), program, sizeof(program));
	vm_write(&vm, DATA_RA, 0xcafe0003);
	REQUIRE(map(TEXT_EA, TEXT_RA, SUPERVISOR | PPCTLB_TS));
	REQUIRE(map(DATA_EA, DATA_RA, SUPERVISOR | PPCTLB_TS));
	REQUIRE(map(DATA_EA, DATA_RA + 0x10000, SUPERVISOR));
	EQUAL(ioctl(vm.vcpu, KVM_SET_REGS, &regs), 0);
	EQUAL(vm_continue(&vm).value, 0xcafe0003);

	regs.msr &= ~(uint64_t)DS;
	regs.gpr[3] = DATA_EA + 0x8000;
	EQUAL(ioctl(vm.vcpu, KVM_SET_REGS, &regs), 0);
	EQUAL(vm_continue(&vm).ivor, NO_REPORT);
	CHECK(vm.stuck);
}

/* ---- what the entry says of MMIO ---- */

static void test_mmio(const void *arg)
{
	struct outcome o;

	(void)arg;
	REQUIRE(map(DATA_EA, MMIO_RA, PPCTLB_UX | PPCTLB_E));
	o = store(DATA_EA + 4, 0x11223344);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.mmio, MMIO_RA + 4);
	EQUAL(o.mmio_value, 0x11223344);
	EQUAL(load(DATA_EA, false, false).value, MMIO_VALUE);
}

/* ---- protection in TLB0 ---- */

/* Hardware has no IPROT there, and the guest's tlbivax ends the page. */
static void test_iprot_in_tlb0(const void *arg)
{
	const struct ppctlb_mapping m = {DATA_EA, DATA_RA, 0x1000, SUPERVISOR, 0, 0};
	struct ppctlb_entry e;
	int iprot;

	(void)arg;
	vm_write(&vm, DATA_RA, 0xcafe0007);
	for (iprot = 0; iprot < 2; iprot++) {
		REQUIRE(EQUAL(ppctlb_encode(ppctlb_core("e500v2"), &m, &e), 0));
		e.tlb = 0;
		e.index = 0; /* DATA_EA belongs into set 0 */
		e.word[0] |= iprot ? PPCTLB_MAS1_IPROT : 0;
		EQUAL(ppctlb_set(vm.tlb, &e, 1), 0);
		EQUAL(load(DATA_EA, false, false).value, 0xcafe0007);
		CHECK(vm_tlbivax(&vm, DATA_EA)); /* TLBSEL 0 */
		EQUAL(load(DATA_EA, false, false).ivor, iprot ? IVOR_PROGRAM : IVOR_DTLB);
	}
}

/* ---- two entries that match ---- */

#define PAGES 8

/* In TLB0 a page of PID 3's own for each of the first that DATA_EA has. */
static bool set_own_pages(void)
{
	struct ppctlb_mapping m = {DATA_EA, DATA_RA, 0x1000, SUPERVISOR, 3, 0};
	struct ppctlb_entry e[PAGES];
	uint16_t i;

	for (i = 0; i < PAGES; i++, m.eaddr += 0x1000, m.raddr += 0x1000) {
		if (!EQUAL(ppctlb_encode(ppctlb_core("e500v2"), &m, &e[i]), 0))
			return false;
		e[i].tlb = 0;
		e[i].index = i * 2; /* DATA_EA belongs into set 0, of two ways */
		vm_write(&vm, m.raddr, 0xcafe0005);
	}
	return EQUAL(ppctlb_set(vm.tlb, e, PAGES), 0);
}

/* In how many of the pages does it load that value? */
static int pages_with(uint32_t value, uint8_t pid)
{
	struct access a = {.type = LOAD, .ea = DATA_EA, .pid = pid};
	int n = 0, i;

	for (i = 0; i < PAGES; i++, a.ea += 0x1000)
		n += vm_access(&vm, &a).value == value;
	return n;
}

/* PID 3 finds its own pages in TLB0 first, until another PID has used those of TID 0. The host's
 * own pages push those out of the shadow TLB now and then, but not all of them. */
static void test_two_match(const void *arg)
{
	uint32_t i;

	(void)arg;
	for (i = 0; i < PAGES; i++)
		vm_write(&vm, TEXT_RA + i * 0x1000, 0xcafe0004);
	REQUIRE(map(DATA_EA, TEXT_RA, SUPERVISOR));
	REQUIRE(set_own_pages());
	EQUAL(pages_with(0xcafe0005, 3), PAGES);

	REQUIRE(set_own_pages()); /* which KVM_DIRTY_TLB follows */
	EQUAL(pages_with(0xcafe0004, 0), PAGES);
	CHECK(pages_with(0xcafe0004, 3) > 0);
	REQUIRE(set_own_pages());
	EQUAL(pages_with(0xcafe0005, 3), PAGES);
}

/* ---- threads and handles ---- */

static volatile sig_atomic_t enough, left;

static void on_signal(int sig)
{
	(void)sig;
}

static void *run_endless(void *arg)
{
	(void)arg;
	while (!enough)
		ioctl(vm.vcpu, KVM_RUN, 0);
	left = 1;
	return NULL;
}

static void *kick_later(void *thread)
{
	usleep(300000);
	enough = 1;
	while (!left) {
		pthread_kill(*(pthread_t *)thread, SIGUSR1);
		usleep(10000);
	}
	return NULL;
}

static bool start_endless(pthread_t *runner)
{
	const struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */
	struct kvm_regs regs = {.pc = TEXT_EA, .msr = 0x1000};

	sigaction(SIGUSR1, &action, NULL);
	vm_write(&vm, TEXT_RA, 0x48000000); /* b . */
	enough = left = 0;
	if (!map(TEXT_EA, TEXT_RA, SUPERVISOR) || !EQUAL(ioctl(vm.vcpu, KVM_SET_REGS, &regs), 0) ||
	    !EQUAL(pthread_create(runner, NULL, run_endless, NULL), 0))
		return false;
	usleep(100000);
	return true;
}

/* map ends only when KVM_RUN does; reading needs no call. */
static void test_dirty_waits(const void *arg)
{
	struct ppctlb_entry all[256 + 16];
	pthread_t runner, kicker;

	(void)arg;
	REQUIRE(start_endless(&runner));
	EQUAL(ppctlb_get(vm.tlb, PPCTLB_GUEST, all, ARRAY_SIZE(all)), 0);
	CHECK(!enough);
	REQUIRE(EQUAL(pthread_create(&kicker, NULL, kick_later, &runner), 0));
	CHECK(map(DATA_EA, DATA_RA, SUPERVISOR));
	CHECK(enough);
	pthread_join(runner, NULL);
	pthread_join(kicker, NULL);
}

/* Map through the older of two handles, then let the guest load. */
static struct outcome load_through_older(struct ppctlb_config *cfg, struct ppctlb **older)
{
	struct outcome o = {.ivor = NO_REPORT};

	vm_write(&vm, DATA_RA, 0xcafe0006);
	*older = vm.tlb;
	if (vm_open(&vm, cfg) && (cfg || CHECK(vm_map_system(&vm))) &&
	    map_by(*older, DATA_EA, DATA_RA, SUPERVISOR))
		o = load(DATA_EA, false, false);
	return o;
}

static void test_second_handle(const void *arg)
{
	struct ppctlb *older;

	(void)arg;
	EQUAL(load_through_older(NULL, &older).ivor, IVOR_DTLB);
	CHECK(map(DATA_EA, DATA_RA, SUPERVISOR));
	EQUAL(load(DATA_EA, false, false).value, 0xcafe0006);
	ppctlb_close(older);
}

/* An array of the caller's, with more room than its geometry needs, and a handle on it; NULL if
 * that fails. */
static struct ppctlb_e500_tlbe *open_array(struct ppctlb_config *cfg)
{
	*cfg = (struct ppctlb_config)PPCTLB_CONFIG_INIT;
	cfg->array_len = (256 + ODD_TLB1) * sizeof(struct ppctlb_e500_tlbe);
	cfg->array = mmap(NULL, cfg->array_len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			  -1, 0);
	cfg->geometry[0] = (struct ppctlb_geometry){256, 2};
	cfg->geometry[1] = (struct ppctlb_geometry){16, 16};
	ppctlb_close(vm.tlb);
	vm.tlb = NULL;
	return cfg->array != MAP_FAILED && vm_open(&vm, cfg) && vm_map_system(&vm) ? cfg->array
										   : NULL;
}

static void close_array(struct ppctlb_config *cfg)
{
	vm_end(&vm); /* before the array, which the kernel uses until then */
	munmap(cfg->array, cfg->array_len);
}

static void test_one_array(const void *arg)
{
	struct ppctlb_config cfg;
	struct ppctlb *older;

	(void)arg;
	REQUIRE(open_array(&cfg));
	EQUAL(load_through_older(&cfg, &older).value, 0xcafe0006);
	EQUAL(ppctlb_unmap(vm.tlb, DATA_EA, 0x10000, 0, 0), 0);
	EQUAL(load(DATA_EA, false, false).ivor, IVOR_DTLB);
	ppctlb_close(older);
	close_array(&cfg);
}

/* Without KVM_DIRTY_TLB. What memory does then, guest shows by its first sabotage. */
static void test_mmio_at_once(const void *arg)
{
	struct ppctlb_e500_tlbe *array;
	struct ppctlb_config cfg;
	int i;

	(void)arg;
	array = open_array(&cfg);
	REQUIRE(array);
	REQUIRE(map(DATA_EA, MMIO_RA, SUPERVISOR));
	EQUAL(load(DATA_EA, false, false).mmio, MMIO_RA);
	for (i = 256; i < 256 + 16; i++)
		if (array[i].mas2 >> 12 == DATA_EA >> 12)
			array[i].mas7_3 += 0x100000;
	EQUAL(load(DATA_EA, false, false).mmio, MMIO_RA + 0x100000);
	close_array(&cfg);
}

/* ---- words that the library does not write ---- */

#define TLB0_4K (PPCTLB_MAS1_V | 2u << 7)

/* A page in TLB0 with that MAS1 and MAS8, of which nothing was used yet. DATA_EA belongs into set
 * 0. */
static void write_page(struct ppctlb_e500_tlbe *array, uint32_t mas1, uint32_t mas8)
{
	struct kvm_dirty_tlb none = {0};

	array[0] = (struct ppctlb_e500_tlbe){mas8, mas1, DATA_EA, DATA_RA | 0x15};
	EQUAL(ioctl(vm.vcpu, KVM_DIRTY_TLB, &none), 0);
}

static void test_words(const void *arg)
{
	const struct access pid_5 = {.type = LOAD, .ea = DATA_EA, .pid = 5};
	struct ppctlb_e500_tlbe *array;
	struct ppctlb_config cfg;

	(void)arg;
	array = open_array(&cfg);
	REQUIRE(array);
	vm_write(&vm, DATA_RA, 0xcafe0008);
	write_page(array, TLB0_4K | 6u << 16, 0);
	EQUAL(vm_access(&vm, &pid_5).ivor, IVOR_DTLB);
	write_page(array, TLB0_4K | 256u << 16, 0);
	EQUAL(vm_access(&vm, &pid_5).value, 0xcafe0008);
	write_page(array, TLB0_4K, 0x80000007);
	EQUAL(load(DATA_EA, false, false).value, 0xcafe0008);
	/* 1K; once that is used, a page of 4K is in its place */
	write_page(array, PPCTLB_MAS1_V, 0);
	EQUAL(load(DATA_EA + 0x400, false, false).ivor, IVOR_DTLB);
	EQUAL(load(DATA_EA + 0x3fc, false, false).ivor, IVOR_PROGRAM);
	close_array(&cfg);
}

/* What a guest's tlbwe leaves: 4K in TLB0, but for MMIO; no MAS8. */
static void test_tlbwe_words(const void *arg)
{
	struct ppctlb_e500_tlbe *array;
	struct ppctlb_config cfg;

	(void)arg;
	array = open_array(&cfg);
	REQUIRE(array);
	array[0].mas8 = array[1].mas8 = 7;
	CHECK(vm_tlbwe(&vm, 0, PPCTLB_MAS1_V | 9u << 7, DATA_EA, DATA_RA | 0x15));
	EQUAL(array[0].mas1, TLB0_4K);
	EQUAL(array[0].mas2, DATA_EA);
	EQUAL(array[0].mas8, 7);
	CHECK(vm_tlbwe(&vm, 1u << 16, PPCTLB_MAS1_V | 9u << 7, DATA_EA, MMIO_RA | 0x15));
	EQUAL(array[1].mas1, PPCTLB_MAS1_V | 9u << 7);
	close_array(&cfg);
}

/* The library refuses it, the kernel does not. */
static bool give_odd_tlb1(const struct ppctlb_config *cfg)
{
	struct kvm_book3e_206_tlb_params params = {{256, ODD_TLB1}, {2, ODD_TLB1}, {0}};
	struct kvm_config_tlb config = {
		.params = (uintptr_t)&params,
		.array = (uintptr_t)cfg->array,
		.mmu_type = KVM_MMU_FSL_BOOKE_NOHV,
		.array_len = (uint32_t)cfg->array_len,
	};
	struct kvm_enable_cap cap = {.cap = KVM_CAP_SW_TLB, .args = {(uintptr_t)&config}};

	return EQUAL(ioctl(vm.vcpu, KVM_ENABLE_CAP, &cap), 0);
}

/* ESEL is masked with the number of entries less one. */
static void test_odd_tlb1(const void *arg)
{
	struct ppctlb_e500_tlbe *array;
	struct ppctlb_config cfg;

	(void)arg;
	array = open_array(&cfg);
	REQUIRE(array);
	REQUIRE(give_odd_tlb1(&cfg));
	CHECK(vm_tlbwe(&vm, 0x10140000, PPCTLB_MAS1_V | 6u << 7, DATA_EA, DATA_RA | 0x15));
	EQUAL(array[256 + 20].mas1, 0);
	EQUAL(array[256 + (20 & (ODD_TLB1 - 1))].mas2, DATA_EA);
	close_array(&cfg);
}

/* ---- other calls ---- */

static void test_one_reg(const void *arg)
{
	uint32_t value = 0x10050000;
	struct kvm_one_reg reg = {.id = KVM_REG_PPC_MAS0, .addr = (uintptr_t)&value};
	struct kvm_sregs sregs;

	(void)arg;
	EQUAL(ioctl(vm.vcpu, KVM_SET_ONE_REG, &reg), 0);
	EQUAL(ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg), 0);
	EQUAL(value, 0);
	EQUAL(ioctl(vm.vcpu, KVM_GET_SREGS, &sregs), 0);
	sregs.u.e.mas0 = 0x10050000;
	EQUAL(ioctl(vm.vcpu, KVM_SET_SREGS, &sregs), 0);
	EQUAL(ioctl(vm.vcpu, KVM_GET_ONE_REG, &reg), 0);
	EQUAL(value, 0x10050000);
}

static void test_dirty_log(const void *arg)
{
	static unsigned char bitmap[RAM_SIZE / 4096 / 8];
	struct kvm_dirty_log log = {.slot = 0, .dirty_bitmap = bitmap};

	(void)arg;
	EQUAL(ioctl(vm.fd, KVM_GET_DIRTY_LOG, &log), -1);
	EQUAL(errno, EOPNOTSUPP);
}

/* ---- ---- */

static const struct test tests[] = {
	{"page 0 is the kernel's in supervisor mode", test_page_0, NULL},
	{"page 0 is the guest's in user mode", test_page_0_user, NULL},
	{"page 0 in address space 1 never returns", test_page_0_as_1, NULL},
	{"MSR[IS] unlike MSR[DS] never returns", test_is_unlike_ds, NULL},
	{"MMIO: rights and E do not count", test_mmio, NULL},
	{"MMIO follows the array without KVM_DIRTY_TLB", test_mmio_at_once, NULL},
	{"IPROT counts in TLB0", test_iprot_in_tlb0, NULL},
	{"a used entry of TID 0 hides another PID's own, until KVM_DIRTY_TLB", test_two_match,
	 NULL},
	{"KVM_DIRTY_TLB waits for KVM_RUN, get does not", test_dirty_waits, NULL},
	{"the older of two handles maps in vain", test_second_handle, NULL},
	{"two handles over one array both work", test_one_array, NULL},
	{"TID counts in 8 bits, TSIZE in TLB0, MAS8 nowhere", test_words, NULL},
	{"tlbwe writes 4K into TLB0, but for MMIO, and no MAS8", test_tlbwe_words, NULL},
	{"TLB1 of an odd size: tlbwe lands elsewhere", test_odd_tlb1, NULL},
	{"KVM_SET_ONE_REG of MAS0 does nothing, KVM_SET_SREGS does", test_one_reg, NULL},
	{"no dirty log", test_dirty_log, NULL},
};

int main(void)
{
	return vm_run_tests(&vm, tests, ARRAY_SIZE(tests));
}
