/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest that runs on a fake kernel, see fakeguest.h. */

#include "fakeguest.h"
#include "fakekvm.h"

#include <linux/kvm.h>

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#define SLOTS 8

/* A KVM_RUN that would never end does, as if an alarm came. */
#define PATIENCE 100000

#define MSR_PR	 0x4000u
#define MSR_IS	 0x20u
#define MSR_DS	 0x10u
#define MSR_KEPT 0x21200u /* CE, ME, DE: what an exception leaves set */
#define ESR_ST	 0x00800000u
#define ESR_PIL	 0x08000000u

enum {
	MACHINE_CHECK = 1,
	DATA_STORAGE = 2,
	INSTRUCTION_STORAGE = 3,
	PROGRAM = 6,
	DATA_TLB = 13,
	INSTRUCTION_TLB = 14
};

/* A load or a store */
struct access {
	uint32_t ea;
	unsigned len;
	unsigned reg;
	bool store;
};

static struct {
	struct kvm_userspace_memory_region slot[SLOTS];
	struct ppc_regs regs;
	struct kvm_run *run;
	unsigned char magic[4096]; /* the page that the kernel shares with an e500 guest */
	struct access waiting;	   /* a load that left as MMIO; len 0: none */
} guest;

static uint32_t reg(unsigned n)
{
	return (uint32_t)guest.regs.gpr[n];
}

/* ---- memory ---- */

static unsigned char *memory(uint64_t ra, unsigned len)
{
	for (int i = 0; i < SLOTS; i++) {
		const struct kvm_userspace_memory_region *r = &guest.slot[i];

		if (ra - r->guest_phys_addr < r->memory_size &&
		    r->memory_size - (ra - r->guest_phys_addr) >= len)
			return (unsigned char *)(uintptr_t)(r->userspace_addr +
							    (ra - r->guest_phys_addr));
	}
	return NULL;
}

/* The guest is big-endian wherever this runs. */
static uint32_t load(const unsigned char *from, unsigned len)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < len; i++)
		value = value << 8 | from[i];
	return value;
}

static void store(unsigned char *to, uint32_t value, unsigned len)
{
	while (len--) {
		to[len] = (unsigned char)value;
		value >>= 8;
	}
}

/* ---- exceptions ---- */

static void exception(struct fakekvm_vcpu *v, unsigned ivor)
{
	guest.regs.srr0 = guest.regs.pc;
	guest.regs.srr1 = guest.regs.msr;
	guest.regs.msr &= MSR_KEPT;
	guest.regs.pc = (uint32_t)v->sregs.ivpr | v->sregs.ivor_low[ivor];
}

static void data_exception(struct fakekvm_vcpu *v, unsigned ivor, const struct access *a)
{
	v->sregs.dear = a->ea;
	v->sregs.esr = a->store ? ESR_ST : 0;
	exception(v, ivor);
}

/* ---- accesses ---- */

static bool look_up(const struct fakekvm_vcpu *v, uint32_t as_bit, uint32_t ea,
		    struct fakekvm_hit *hit)
{
	return fakekvm_look_up(v, (guest.regs.msr & as_bit) != 0, (unsigned)guest.regs.pid, ea,
			       hit);
}

static bool may(const struct fakekvm_hit *hit, unsigned right)
{
	return (guest.regs.msr & MSR_PR ? hit->user : hit->supervisor) & right;
}

/* False: an exception instead. */
static bool fetch(struct fakekvm_vcpu *v, uint32_t *instruction)
{
	const unsigned char *from;
	struct fakekvm_hit hit;
	unsigned ivor;

	if (!look_up(v, MSR_IS, (uint32_t)guest.regs.pc, &hit)) {
		ivor = INSTRUCTION_TLB;
	} else if (!(from = memory(hit.raddr, 4))) {
		ivor = MACHINE_CHECK;
	} else if (!may(&hit, FAKEKVM_X)) {
		ivor = INSTRUCTION_STORAGE;
	} else {
		*instruction = load(from, 4);
		return true;
	}
	exception(v, ivor);
	return false;
}

/* A supervisor's load or store at EA 0 to 0xfff of an e500 guest: a page of the kernel's. */
static bool is_magic(const struct fakekvm_vcpu *v, uint32_t ea)
{
	return v->array && ea < sizeof(guest.magic) && !(guest.regs.msr & MSR_PR);
}

static bool leave(uint64_t ra, const struct access *a)
{
	guest.run->exit_reason = KVM_EXIT_MMIO;
	guest.run->mmio.phys_addr = ra;
	guest.run->mmio.len = a->len;
	guest.run->mmio.is_write = a->store;
	if (a->store)
		store(guest.run->mmio.data, reg(a->reg), a->len);
	else
		guest.waiting = *a;
	guest.regs.pc += 4;
	return true;
}

static void transfer(unsigned char *at, const struct access *a)
{
	if (a->store)
		store(at, reg(a->reg), a->len);
	else
		guest.regs.gpr[a->reg] = load(at, a->len);
	guest.regs.pc += 4;
}

/* True if it leaves the guest. Of a page without memory behind it the permissions do not count. */
static bool data(struct fakekvm_vcpu *v, const struct access *a)
{
	struct fakekvm_hit hit;
	unsigned char *at;

	if (is_magic(v, a->ea)) {
		transfer(guest.magic + a->ea, a);
		return false;
	}
	if (!look_up(v, MSR_DS, a->ea, &hit)) {
		data_exception(v, DATA_TLB, a);
		return false;
	}
	at = memory(hit.raddr, a->len);
	if (!at)
		return leave(hit.raddr, a);
	if (may(&hit, a->store ? FAKEKVM_W : FAKEKVM_R))
		transfer(at, a);
	else
		data_exception(v, DATA_STORAGE, a);
	return false;
}

/* ---- instructions ---- */

#define RT(i)  ((i) >> 21 & 31)
#define RA(i)  ((i) >> 16 & 31)
#define RB(i)  ((i) >> 11 & 31)
#define SI(i)  ((uint32_t)(int16_t)(i))
#define BD(i)  ((uint32_t)(int16_t)((i)&0xfffc))
#define LI(i)  ((((i)&0x03fffffc) ^ 0x02000000) - 0x02000000)
#define BO_ANY 0x10u /* a branch whatever the condition */
#define BO_SET 0x08u /* if the bit is 1 */
#define BO_CTR 0x04u /* without counting */

static uint32_t reg_or_0(unsigned n)
{
	return n ? reg(n) : 0;
}

static void compare_immediate(uint32_t i)
{
	int32_t a = (int32_t)reg(RA(i)), b = (int32_t)SI(i);
	unsigned shift = 28 - (RT(i) >> 2) * 4;
	uint32_t result = a < b ? 8 : a > b ? 4 : 2;

	guest.regs.cr = (guest.regs.cr & ~(15u << shift)) | result << shift;
}

static bool taken(uint32_t i)
{
	bool bit = guest.regs.cr >> (31 - RA(i)) & 1;

	return RT(i) & BO_ANY || bit == !!(RT(i) & BO_SET);
}

/* What stays within registers; false if it is none of these. */
static bool calculate(uint32_t i)
{
	uint32_t next = 4;

	switch (i >> 26) {
	case 11: /* cmpwi */
		compare_immediate(i);
		break;
	case 14: /* addi, li */
		guest.regs.gpr[RT(i)] = reg_or_0(RA(i)) + SI(i);
		break;
	case 15: /* addis, lis */
		guest.regs.gpr[RT(i)] = reg_or_0(RA(i)) + (i << 16);
		break;
	case 16: /* bc, neither absolute nor with a count or a link */
		if (i & 3 || !(RT(i) & BO_CTR))
			return false;
		if (taken(i))
			next = BD(i);
		break;
	case 18: /* b, the same */
		if (i & 3)
			return false;
		next = LI(i);
		break;
	default:
		return false;
	}
	guest.regs.pc = (uint32_t)guest.regs.pc + next;
	return true;
}

static bool is_access(uint32_t i, struct access *a)
{
	*a = (struct access){.ea = reg_or_0(RA(i)) + SI(i), .reg = RT(i)};
	switch (i >> 26) {
	case 31:
		a->ea = reg_or_0(RA(i)) + reg(RB(i));
		a->len = (i & 0x7ff) == 87 << 1 ? 1 : 0; /* lbzx */
		break;
	case 32: /* lwz */
	case 36: /* stw */
		a->len = 4;
		break;
	case 34: /* lbz */
	case 38: /* stb */
		a->len = 1;
		break;
	}
	a->store = i >> 26 == 36 || i >> 26 == 38;
	return a->len;
}

/* What it cannot emulate of a supervisor's, KVM tells its user, too. */
static bool illegal(struct fakekvm_vcpu *v)
{
	bool supervisor = !(guest.regs.msr & MSR_PR);

	v->sregs.esr = ESR_PIL;
	exception(v, PROGRAM);
	guest.run->exit_reason = KVM_EXIT_UNKNOWN;
	return supervisor;
}

/* True if it leaves the guest. */
static bool step(struct fakekvm_vcpu *v)
{
	uint32_t instruction;
	struct access a;

	if (!fetch(v, &instruction) || calculate(instruction))
		return false;
	if (is_access(instruction, &a))
		return data(v, &a);
	return illegal(v);
}

/* ---- calls ---- */

static int run(struct fakekvm_vcpu *v)
{
	if (guest.waiting.len) {
		guest.regs.gpr[guest.waiting.reg] = load(guest.run->mmio.data, guest.waiting.len);
		guest.waiting.len = 0;
	}
	for (unsigned n = 0; n < PATIENCE; n++)
		if (step(v))
			return 0;
	return -EINTR;
}

static int set_slot(uint64_t arg)
{
	struct kvm_userspace_memory_region r;

	memcpy(&r, (const void *)(uintptr_t)arg, sizeof(r));
	if (r.slot >= SLOTS)
		return -EINVAL;
	guest.slot[r.slot] = r;
	return 0;
}

static int answer(struct fakekvm_vcpu *v, uint32_t request, uint64_t arg)
{
	switch (request) {
	case PPC_KVM_SET_USER_MEMORY_REGION:
		return set_slot(arg);
	case PPC_KVM_GET_REGS:
		memcpy((void *)(uintptr_t)arg, &guest.regs, sizeof(guest.regs));
		return 0;
	case PPC_KVM_SET_REGS:
		memcpy(&guest.regs, (const void *)(uintptr_t)arg, sizeof(guest.regs));
		return 0;
	case PPC_KVM_RUN:
		return run(v);
	}
	return -EINVAL;
}

int fakeguest_open(uint32_t pvr, unsigned calls)
{
	memset(&guest, 0, sizeof(guest));
	fakekvm_set_runner(answer);
	return fakekvm_open(pvr, calls);
}

void *fakeguest_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *p;

	if (!fakekvm_state(fd))
		return mmap(addr, len, prot, flags, fd, offset);
	p = mmap(NULL, len, prot, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (p != MAP_FAILED)
		guest.run = p;
	return p;
}
