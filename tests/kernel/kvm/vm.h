/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A small virtual machine for the programs that run a nested guest on e500v2: memory, exception
 * vectors that report, and single accesses made by the guest.
 *
 * The guest's system page holds the vectors and a few instructions: "load", "store", "branch". Each
 * ends in a trap instruction, as does what is branched to. (Not in a system call: IVOR8 and IVOR9
 * of Linux 6.1 and 6.12 are 64 bytes apart, KVM's handlers take 68, so a guest's sc is a BUG of the
 * kernel.) Every vector stores its IVOR's number to a port outside the guest's memory, which ends
 * KVM_RUN; the rest is read from the registers. So an access tells what became of it.
 */
#ifndef VM_H
#define VM_H

#include <ppctlb/ppctlb.h>

#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SUPERVISOR (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
#define USER	   (PPCTLB_UR | PPCTLB_UW | PPCTLB_UX)

/* Guest memory: real addresses. What lies in none of the two is MMIO. */
#define RAM_SIZE  (16u << 20) /* from 0 */
#define HIGH_RA	  0x400000000ull
#define HIGH_SIZE (1u << 20)
#define SYSTEM_RA 0x00ff0000u /* the system page, in RAM */
#define PORT_RA	  0xf00000000ull
/* where the guest has them, if not told otherwise */
#define SYSTEM_EA 0xfff00000u
#define PORT_EA	  0xfff10000u

struct vm {
	int dev, fd, vcpu;
	struct kvm_run *run;
	size_t run_len;
	unsigned char *ram, *high;
	uint32_t system_ea; /* vectors and instructions are there */
	struct ppctlb *tlb;
	bool stuck; /* a KVM_RUN did not come back by itself: do not use the vCPU any more */
};

/* Exceptions, by IVOR; those in which the guest's accesses can end. */
enum {
	IVOR_MACHINE_CHECK = 1,
	IVOR_DSI = 2,
	IVOR_ISI = 3,
	IVOR_PROGRAM = 6, /* the trap was reached: the access succeeded */
	IVOR_DTLB = 13,
	IVOR_ITLB = 14,
	NO_REPORT = -1 /* KVM_RUN did not come back by itself, or not as it should */
};

enum access_type { LOAD, STORE, EXECUTE };

struct access {
	enum access_type type;
	uint32_t ea;
	uint32_t value; /* to store */
	uint8_t pid;
	bool as, user;
};

struct outcome {
	int ivor;
	uint32_t srr0, esr, dear;
	uint32_t value; /* loaded */
	uint64_t mmio;	/* real address of the access if it was to none of the memory, else 0 */
	uint32_t mmio_value; /* stored there */
};

/* What a load from MMIO reads. */
#define MMIO_VALUE 0x600df00du

/* A VM with memory and one vCPU, without a handle. False, with a note on standard output, if that
 * fails. */
bool vm_new(struct vm *vm);
/* Open a handle on its vCPU; NULL: with the usual configuration. */
bool vm_open(struct vm *vm, const struct ppctlb_config *cfg);
/* Map the system page in both address spaces, and the port, in TLB1. */
bool vm_map_system(struct vm *vm);
/* Tell the vCPU where its vectors are; the system page is mapped there. */
bool vm_set_vectors(struct vm *vm, uint32_t system_ea, uint32_t port_ea);
/* All of these. */
bool vm_start(struct vm *vm);
void vm_end(struct vm *vm);

struct test; /* tests/support/tap.h */
/* Run each test in a VM of its own. Returns the program's exit status. */
int vm_run_tests(struct vm *vm, const struct test *tests, size_t n);

/* Host address of guest memory, NULL for MMIO. */
void *vm_memory(const struct vm *vm, uint64_t ra);
uint32_t vm_read(const struct vm *vm, uint64_t ra);
void vm_write(const struct vm *vm, uint64_t ra, uint32_t value);

/* Let the guest go on until a vector reports, and serve MMIO meanwhile. */
struct outcome vm_continue(struct vm *vm);
/* One KVM_RUN, which must end in an MMIO access: see vm->run. vm_stop() finishes what that left to
 * do in the kernel, then the registers can be read. */
bool vm_run_to_mmio(struct vm *vm);
bool vm_stop(struct vm *vm);
/* Let the guest make one access. */
struct outcome vm_access(struct vm *vm, const struct access *a);
/* Let the guest execute tlbwe. */
bool vm_tlbwe(struct vm *vm, uint32_t mas0, uint32_t mas1, uint32_t mas2, uint64_t mas7_3);
/* Let the guest execute tlbivax. */
bool vm_tlbivax(struct vm *vm, uint32_t ea);

#define TRAP 0x7fe00008u /* the instruction */

#endif
