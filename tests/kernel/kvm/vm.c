/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small virtual machine with a guest that reports, see vm.h. */

#include "vm.h"
#include "../../support/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

/* After so many seconds a KVM_RUN is taken to be one that never returns: a guest without vectors
 * loops on TLB misses inside the kernel. */
#define RUN_LIMIT 3

#define MSR_ME	  0x1000u
#define MSR_PR	  0x4000u
#define MSR_IS	  0x0020u
#define MSR_DS	  0x0010u

#define ESR_PTR	  0x02000000u

/* Layout of the system page */
#define VECTOR(ivor) ((ivor)*0x10u)
#define IVORS	     16
enum {
	AT_LOAD = 0x200,
	AT_STORE = 0x210,
	AT_EXECUTE = 0x220,
	AT_TLBWE = 0x230,
	AT_TLBIVAX = 0x260
};

#define SPR(n)	    (((n)&0x1fu) << 16 | (n) >> 5 << 11)
#define MTSPR(n, r) (0x7c0003a6u | (r) << 21 | SPR(n))

static const uint32_t load_code[] = {
	0x80830000, /* lwz r4,0(r3) */
	TRAP,
};
static const uint32_t store_code[] = {
	0x90830000, /* stw r4,0(r3) */
	TRAP,
};
static const uint32_t execute_code[] = {
	0x7c6903a6, /* mtctr r3 */
	0x4e800420, /* bctr */
};
static const uint32_t tlbwe_code[] = {
	MTSPR(624, 3), /* MAS0 */
	MTSPR(625, 4), /* MAS1 */
	MTSPR(626, 5), /* MAS2 */
	MTSPR(627, 6), /* MAS3 */
	MTSPR(944, 7), /* MAS7 */
	0x7c0007a4,    /* tlbwe */
	0x4c00012c,    /* isync */
	TRAP,
};
static const uint32_t tlbivax_code[] = {
	0x7c001e24, /* tlbivax 0,r3 */
	TRAP,
};

static bool failed(const char *what)
{
	printf("# %s: %s\n", what, strerror(errno));
	return false;
}

/* ---- memory ---- */

void *vm_memory(const struct vm *vm, uint64_t ra)
{
	if (ra < RAM_SIZE)
		return vm->ram + ra;
	if (ra - HIGH_RA < HIGH_SIZE)
		return vm->high + (ra - HIGH_RA);
	return NULL;
}

uint32_t vm_read(const struct vm *vm, uint64_t ra)
{
	uint32_t value;

	memcpy(&value, vm_memory(vm, ra), sizeof(value));
	return value;
}

void vm_write(const struct vm *vm, uint64_t ra, uint32_t value)
{
	memcpy(vm_memory(vm, ra), &value, sizeof(value));
}

static void *new_memory(struct vm *vm, uint32_t slot, uint64_t ra, uint32_t size)
{
	struct kvm_userspace_memory_region region = {
		.slot = slot,
		.guest_phys_addr = ra,
		.memory_size = size,
	};
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		return NULL;
	region.userspace_addr = (uintptr_t)p;
	if (ioctl(vm->fd, KVM_SET_USER_MEMORY_REGION, &region))
		failed("KVM_SET_USER_MEMORY_REGION");
	return p;
}

static void write_code(struct vm *vm, uint32_t offset, const uint32_t *code, size_t size)
{
	memcpy(vm->ram + SYSTEM_RA + offset, code, size);
}

#define WRITE_CODE(vm, offset, code) write_code(vm, offset, code, sizeof(code))

static void write_system_page(struct vm *vm, uint32_t port_ea)
{
	uint32_t n;

	for (n = 0; n < IVORS; n++) {
		const uint32_t code[] = {
			0x3be00000 | n,		    /* li r31,n */
			0x3fc00000 | port_ea >> 16, /* lis r30,port@h */
			0x93fe0000,		    /* stw r31,0(r30) */
			0x48000000,		    /* b . */
		};

		WRITE_CODE(vm, VECTOR(n), code);
	}
	WRITE_CODE(vm, AT_LOAD, load_code);
	WRITE_CODE(vm, AT_STORE, store_code);
	WRITE_CODE(vm, AT_EXECUTE, execute_code);
	WRITE_CODE(vm, AT_TLBWE, tlbwe_code);
	WRITE_CODE(vm, AT_TLBIVAX, tlbivax_code);
}

/* ---- life ---- */

static void on_alarm(int sig)
{
	(void)sig;
}

bool vm_new(struct vm *vm)
{
	/* without SA_RESTART: an alarm ends KVM_RUN */
	const struct sigaction alarm_action = {.sa_handler = on_alarm};

	*vm = (struct vm){.dev = -1, .fd = -1, .vcpu = -1};
	sigaction(SIGALRM, &alarm_action, NULL);
	vm->dev = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	if (vm->dev < 0)
		return failed("/dev/kvm");
	vm->fd = ioctl(vm->dev, KVM_CREATE_VM, 0);
	if (vm->fd < 0)
		return failed("KVM_CREATE_VM");
	vm->ram = new_memory(vm, 0, 0, RAM_SIZE);
	vm->high = new_memory(vm, 1, HIGH_RA, HIGH_SIZE);
	vm->vcpu = ioctl(vm->fd, KVM_CREATE_VCPU, 0);
	if (!vm->ram || !vm->high || vm->vcpu < 0)
		return failed("KVM_CREATE_VCPU");
	vm->run_len = (size_t)ioctl(vm->dev, KVM_GET_VCPU_MMAP_SIZE, 0);
	vm->run = mmap(NULL, vm->run_len, PROT_READ | PROT_WRITE, MAP_SHARED, vm->vcpu, 0);
	return vm->run != MAP_FAILED || failed("mmap of struct kvm_run");
}

bool vm_open(struct vm *vm, const struct ppctlb_config *cfg)
{
	struct ppctlb_config c = PPCTLB_CONFIG_INIT;

	if (cfg)
		c = *cfg;
	c.vcpu_fd = vm->vcpu;
	if (!ppctlb_open(&vm->tlb, &c))
		return true;
	printf("# ppctlb_open: %s\n", ppctlb_errmsg());
	return false;
}

/* The page at the very bottom widens TLB1's range, so that there is no other reason why entries
 * are not found that the kernel was not told of. */
bool vm_map_system(struct vm *vm)
{
	const uint32_t rights = SUPERVISOR | PPCTLB_UX | PPCTLB_IPROT;
	const struct ppctlb_mapping maps[] = {
		{SYSTEM_EA, SYSTEM_RA, 4096, rights, 0, 0},
		{SYSTEM_EA, SYSTEM_RA, 4096, rights | PPCTLB_TS, 0, 0},
		{PORT_EA, PORT_RA, 4096, PPCTLB_SR | PPCTLB_SW | PPCTLB_I | PPCTLB_G | PPCTLB_IPROT,
		 0, 0},
		{0, 0, 4096, PPCTLB_IPROT, 0, 0},
	};

	if (!ppctlb_map(vm->tlb, maps, sizeof(maps) / sizeof(maps[0]), 0))
		return true;
	printf("# ppctlb_map: %s\n", ppctlb_errmsg());
	return false;
}

bool vm_set_vectors(struct vm *vm, uint32_t system_ea, uint32_t port_ea)
{
	struct kvm_sregs sregs;
	uint32_t n;

	vm->system_ea = system_ea;
	write_system_page(vm, port_ea);
	if (ioctl(vm->vcpu, KVM_GET_SREGS, &sregs))
		return failed("KVM_GET_SREGS");
	sregs.u.e.ivpr = system_ea;
	for (n = 0; n < IVORS; n++)
		sregs.u.e.ivor_low[n] = (system_ea & 0xffff) + VECTOR(n);
	return !ioctl(vm->vcpu, KVM_SET_SREGS, &sregs) || failed("KVM_SET_SREGS");
}

bool vm_start(struct vm *vm)
{
	return vm_new(vm) && vm_open(vm, NULL) && vm_map_system(vm) &&
	       vm_set_vectors(vm, SYSTEM_EA, PORT_EA);
}

void vm_end(struct vm *vm)
{
	ppctlb_close(vm->tlb);
	if (vm->run && vm->run != MAP_FAILED)
		munmap(vm->run, vm->run_len);
	if (vm->vcpu >= 0)
		close(vm->vcpu);
	if (vm->fd >= 0)
		close(vm->fd);
	if (vm->dev >= 0)
		close(vm->dev);
	if (vm->ram)
		munmap(vm->ram, RAM_SIZE);
	if (vm->high)
		munmap(vm->high, HIGH_SIZE);
	*vm = (struct vm){.dev = -1, .fd = -1, .vcpu = -1};
}

int vm_run_tests(struct vm *vm, const struct test *tests, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (vm_start(vm))
			tap_run(&tests[i]);
		else
			tap_result(false, tests[i].name);
		vm_end(vm);
	}
	return tap_end();
}

/* ---- running ---- */

bool vm_run_to_mmio(struct vm *vm)
{
	const struct itimerval limit = {.it_value.tv_sec = RUN_LIMIT}, off = {0};
	int ret;

	if (vm->stuck)
		return false;
	setitimer(ITIMER_REAL, &limit, NULL);
	ret = ioctl(vm->vcpu, KVM_RUN, 0);
	setitimer(ITIMER_REAL, &off, NULL);
	vm->stuck = ret < 0;
	if (vm->stuck)
		return failed("KVM_RUN");
	if (vm->run->exit_reason == KVM_EXIT_MMIO)
		return true;
	printf("# KVM_RUN: exit reason %u\n", (unsigned)vm->run->exit_reason);
	return false;
}

static uint32_t mmio_data(const struct vm *vm)
{
	uint32_t value;

	memcpy(&value, vm->run->mmio.data, sizeof(value));
	return value;
}

static bool read_report(struct vm *vm, struct outcome *o)
{
	struct kvm_regs regs;
	struct kvm_sregs sregs;

	if (ioctl(vm->vcpu, KVM_GET_REGS, &regs) || ioctl(vm->vcpu, KVM_GET_SREGS, &sregs))
		return failed("KVM_GET_REGS");
	o->ivor = (int)mmio_data(vm);
	if (o->ivor == IVOR_PROGRAM && !(sregs.u.e.esr & ESR_PTR)) {
		printf("# a program exception that is no trap: ESR %08x\n",
		       (unsigned)sregs.u.e.esr);
		o->ivor = NO_REPORT;
	}
	o->srr0 = (uint32_t)regs.srr0;
	o->value = (uint32_t)regs.gpr[4];
	o->esr = sregs.u.e.esr;
	o->dear = (uint32_t)sregs.u.e.dear;
	return true;
}

bool vm_stop(struct vm *vm)
{
	int ret;

	vm->run->immediate_exit = 1;
	ret = ioctl(vm->vcpu, KVM_RUN, 0);
	vm->run->immediate_exit = 0;
	return (ret < 0 && errno == EINTR) || failed("KVM_RUN with immediate_exit");
}

struct outcome vm_continue(struct vm *vm)
{
	const uint32_t answer = MMIO_VALUE;
	struct outcome o = {.ivor = NO_REPORT};
	int i;

	for (i = 0; i < 8 && vm_run_to_mmio(vm); i++) {
		if (vm->run->mmio.phys_addr == PORT_RA) {
			read_report(vm, &o);
			return o;
		}
		o.mmio = vm->run->mmio.phys_addr;
		if (vm->run->mmio.is_write)
			o.mmio_value = mmio_data(vm);
		else
			memcpy(vm->run->mmio.data, &answer, sizeof(answer));
	}
	return o;
}

static struct outcome run_from(struct vm *vm, struct kvm_regs *regs)
{
	struct outcome o = {.ivor = NO_REPORT};

	if (!ioctl(vm->vcpu, KVM_SET_REGS, regs))
		return vm_continue(vm);
	failed("KVM_SET_REGS");
	return o;
}

struct outcome vm_access(struct vm *vm, const struct access *a)
{
	static const uint32_t at[] = {AT_LOAD, AT_STORE, AT_EXECUTE};
	struct kvm_regs regs = {
		.pc = vm->system_ea + at[a->type],
		.msr = MSR_ME | (a->user ? MSR_PR : 0) | (a->as ? MSR_IS | MSR_DS : 0),
		.pid = a->pid,
		.gpr = {[3] = a->ea, [4] = a->value},
	};

	return run_from(vm, &regs);
}

bool vm_tlbwe(struct vm *vm, uint32_t mas0, uint32_t mas1, uint32_t mas2, uint64_t mas7_3)
{
	struct kvm_regs regs = {
		.pc = vm->system_ea + AT_TLBWE,
		.msr = MSR_ME,
		.gpr = {[3] = mas0,
			[4] = mas1,
			[5] = mas2,
			[6] = (uint32_t)mas7_3,
			[7] = mas7_3 >> 32},
	};

	return run_from(vm, &regs).ivor == IVOR_PROGRAM;
}

bool vm_tlbivax(struct vm *vm, uint32_t ea)
{
	struct kvm_regs regs = {
		.pc = vm->system_ea + AT_TLBIVAX,
		.msr = MSR_ME,
		.gpr = {[3] = ea},
	};

	return run_from(vm, &regs).ivor == IVOR_PROGRAM;
}
