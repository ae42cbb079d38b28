/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stub's 44x part: TLB access by word, TID through MMUCR[STID]. */
#include "mailbox.h"
#include "stub.h"

#define SPR_MMUCR	946
#define SLOTS		64

/* 64K, V; then SX SW SR and UX, so that accesses can be made from user mode. */
#define STUB_WORD0	(STUB_BASE | 0x230)
#define STUB_WORD1	STUB_BASE
#define STUB_WORD2	0x27

	.text
	/* tlb_put: r10 index, r4 word 0, r5 word 1, r6 word 2.  V is in word 0,
	 * so it goes in last. */
tlb_put:
	tlbwe	%r5, %r10, 1
	tlbwe	%r6, %r10, 2
	tlbwe	%r4, %r10, 0
	isync
	blr

	/* The machine starts with two entries of 2 GiB in slots 0 and 1.  We run
	 * in the first, so stand in the last slot while the first is replaced. */
	.globl	tlb_init
tlb_init:
	mflr	%r12
	li	%r3, 0
	mtspr	SPR_MMUCR, %r3
	lis	%r4, STUB_WORD0@h
	ori	%r4, %r4, STUB_WORD0@l
	lis	%r5, STUB_WORD1@h
	li	%r6, STUB_WORD2
	li	%r10, SLOTS - 1
	bl	tlb_put
	li	%r10, 0
	bl	tlb_put
	li	%r4, 0
	li	%r5, 0
	li	%r6, 0
	li	%r10, SLOTS - 1
1:	bl	tlb_put
	addi	%r10, %r10, -1
	cmpwi	%r10, 0
	bgt	1b
	mtlr	%r12
	blr

	.globl	mode_init
mode_init:
	li	%r10, MSR_ME
	mtmsr	%r10
	isync
	blr

	.globl	tlb_write
tlb_write:
	lwz	%r10, OP_SLOT + 4(%r29)
	lwz	%r3, OP_WORD0 + 4(%r29)
	lwz	%r4, OP_WORD1 + 4(%r29)
	lwz	%r5, OP_WORD2 + 4(%r29)
	lwz	%r6, OP_WORD3 + 4(%r29)
	mtspr	SPR_MMUCR, %r3
	b	tlb_put

	.globl	tlb_read
tlb_read:
	lwz	%r10, OP_SLOT + 4(%r29)
	tlbre	%r4, %r10, 0
	mfspr	%r3, SPR_MMUCR
	clrlwi	%r3, %r3, 24
	tlbre	%r5, %r10, 1
	tlbre	%r6, %r10, 2
	stw	%r3, OP_READ0 + 4(%r29)
	stw	%r4, OP_READ1 + 4(%r29)
	stw	%r5, OP_READ2 + 4(%r29)
	stw	%r6, OP_READ3 + 4(%r29)
	blr

	.globl	halt
halt:
	mfmsr	%r10
	oris	%r10, %r10, MSR_WE@h
	sync
	mtmsr	%r10
	isync
	blr
