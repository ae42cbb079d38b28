/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stand-in for a powerpc kernel's KVM, in this process: vCPUs whose TLB calls follow the rules of
 * Linux 6.1 and 6.12 on e500, and of a kernel with the private TLB calls on 440.
 *
 * The program that links fakekvm.c gets its own ioctl(): calls on a fake's file descriptor end
 * here, all others in the kernel; and its own munmap(), since a kernel holds on to a shared array.
 * Both names are exported when it is linked (OWN_IOCTL in tests/local.mk), so that a shared library
 * and plug-ins find them too. Descriptors are real ones, so close() and fork() mean what they mean.
 * No guest runs unless fakeguest.c is there, too; what a guest would see is asked with
 * fakekvm_guest_sees().
 */
#ifndef FAKEKVM_H
#define FAKEKVM_H

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include "kvmppc.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Which private calls a 440's kernel has. */
enum {
	FAKEKVM_SPLIT = 1,    /* KVM_GET_GUEST_TLB, KVM_SET_GUEST_TLB */
	FAKEKVM_COMBINED = 2, /* KVM_GET_TLB, KVM_SET_TLB */
	FAKEKVM_SHADOW = 4    /* KVM_GET_SHADOW_TLB */
};

/* PVRs to make a vCPU of */
#define FAKEKVM_440EP  0x422218d3u
#define FAKEKVM_E500V1 0x80200020u
#define FAKEKVM_E500V2 0x80210030u
#define FAKEKVM_E500MC 0x80230020u
#define FAKEKVM_E5500  0x80240020u
#define FAKEKVM_E6500  0x80400010u

/* What the kernel knows of a vCPU. Tests may read and change it. */
struct fakekvm_vcpu {
	uint32_t pvr;
	uint32_t mmucfg, tlbcfg[2]; /* as KVM_GET_SREGS has them */
	struct ppc_sregs sregs;	    /* the last KVM_SET_SREGS; of it, KVM_GET_SREGS has the rest */
	pid_t pid;		    /* of the process that made it; others get EIO */

	/* e500 */
	uint32_t sizes[2], ways[2];
	struct ppctlb_e500_tlbe *array; /* the guest TLB: the kernel's own or the shared one */
	struct ppctlb_e500_tlbe
		*shadow;	     /* what it was at the last KVM_ENABLE_CAP or KVM_DIRTY_TLB */
	uint64_t tlb1_min, tlb1_max; /* TLB1 look-ups outside fail */
	bool shared;		     /* the latter, since a KVM_ENABLE_CAP */
	uint32_t num_dirty;	     /* of the last KVM_DIRTY_TLB */
	uint8_t *bitmap;	     /* its bitmap of bitmap_len bytes; NULL: unreadable */
	size_t bitmap_len;
	void *unmapped; /* what the array's owner unmapped and the kernel still holds */
	size_t unmapped_len;

	/* 440 */
	unsigned calls; /* FAKEKVM_SPLIT ... */
	struct ppctlb_44x_combined tlb;
};

/* A fake /dev/kvm whose vCPUs have that PVR; calls is for 440. KVM_CREATE_VM and KVM_CREATE_VCPU
 * return fake descriptors, too. */
int fakekvm_open(uint32_t pvr, unsigned calls);
/* The same in one step: returns a vCPU. */
int fakekvm_vcpu(uint32_t pvr, unsigned calls);
/* The state behind a vCPU's descriptor; NULL if it is none. */
struct fakekvm_vcpu *fakekvm_state(int fd);
/* Close a fake descriptor of any kind and free what is behind it. */
void fakekvm_close(int fd);

/* The guest executes tlbwe at that index of the whole array: KVM uses it at once. */
void fakekvm_tlbwe(int fd, uint32_t index, const struct ppctlb_e500_tlbe *e);
/* Where a guest's access to warm RAM goes: through the shadow, which is as old as the last
 * KVM_DIRTY_TLB. False: a TLB miss. */
bool fakekvm_guest_sees(int fd, unsigned as, unsigned pid, uint32_t eaddr, uint64_t *raddr);

/* What an access may do. */
enum { FAKEKVM_R = 1, FAKEKVM_W = 2, FAKEKVM_X = 4 };

/* The entry by which a guest's access to warm RAM goes, as fakekvm_guest_sees(). */
struct fakekvm_hit {
	uint64_t raddr;
	uint8_t supervisor, user; /* FAKEKVM_R ... */
};
bool fakekvm_look_up(const struct fakekvm_vcpu *v, unsigned as, unsigned pid, uint32_t eaddr,
		     struct fakekvm_hit *hit);

/* The calls that are about running a guest: KVM_SET_USER_MEMORY_REGION on a VM, for which v is
 * NULL; KVM_RUN, KVM_GET_REGS and KVM_SET_REGS. fakeguest.c has the one that there is. */
typedef int fakekvm_runner(struct fakekvm_vcpu *v, uint32_t request, uint64_t arg);
void fakekvm_set_runner(fakekvm_runner *runner);

/* Let the nth call from now on (1: the next one) of that request (0: of any) on any fake
 * descriptor return result: a negative errno, or a positive number. With done it is carried out
 * first, else not at all. Up to 8 at a time. */
void fakekvm_fault(uint32_t request, unsigned nth, int result, bool done);
/* How many of those have not happened yet. */
unsigned fakekvm_faults_left(void);
/* Forget them. */
void fakekvm_no_faults(void);
/* Calls of that request (0: of any) on fake descriptors so far. */
unsigned fakekvm_count(uint32_t request);

#endif
