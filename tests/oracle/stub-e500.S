/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stub's e500 part: TLB access through the MAS registers. */
#include "mailbox.h"
#include "stub.h"

#define SPR_PVR		287
#define SPR_EPCR	307
#define SPR_MAS8	341
#define SPR_MAS0	624
#define SPR_MAS1	625
#define SPR_MAS2	626
#define SPR_MAS3	627
#define SPR_MAS7	944
#define SPR_HID0	1008

#define MAS0_TLB1	0x10000000
#define MAS0_SLOT(n)	(MAS0_TLB1 | (n) << 16)

/* V, IPROT, 64K; then UX (accesses are made from user mode too), SX SW SR. */
#define STUB_MAS1	0xc0000300
#define STUB_MAS2	STUB_BASE
#define STUB_MAS3	(STUB_BASE | 0x35)

#define EPCR_ICM	0x02000000	/* interrupts are taken in 64-bit mode */
#define HID0_DOZE	0x00800000
#define PVR_E500MC	0x8023		/* upper half */
#define INSN_WAIT	0x7c00007c

	.text
	/* MAS8 is there from e500mc on; elsewhere KVM has its guest take an
	 * interrupt.  cr0: "less" where it is not. */
	.macro	have_mas8
	mfspr	%r11, SPR_PVR
	srwi	%r11, %r11, 16
	cmplwi	%r11, PVR_E500MC
	.endm

	/* tlb_put: MAS0 in r10; MAS1 r4, MAS2 r5, MAS3 r6, MAS7 r7, MAS8 r8. */
tlb_put:
	mtspr	SPR_MAS0, %r10
	mtspr	SPR_MAS1, %r4
	mtspr	SPR_MAS2, %r5
	mtspr	SPR_MAS3, %r6
	mtspr	SPR_MAS7, %r7
	have_mas8
	blt	1f
	mtspr	SPR_MAS8, %r8
1:	isync
	tlbwe
	isync
	sync
	blr

	/* The machine starts with one large entry in TLB1[0].  We run in it, so
	 * stand in TLB1[1] while it is replaced. */
	.globl	tlb_init
tlb_init:
	mflr	%r12
	lis	%r4, STUB_MAS1@h
	ori	%r4, %r4, STUB_MAS1@l
	lis	%r5, STUB_MAS2@h
	lis	%r6, STUB_MAS3@h
	ori	%r6, %r6, STUB_MAS3@l
	li	%r7, 0
	li	%r8, 0
	lis	%r10, MAS0_SLOT(1)@h
	bl	tlb_put
	lis	%r10, MAS0_SLOT(0)@h
	bl	tlb_put
	li	%r4, 0
	lis	%r10, MAS0_SLOT(1)@h
	bl	tlb_put
	mtlr	%r12
	blr

	.globl	mode_init
mode_init:
	li	%r10, MSR_ME
#ifdef STUB_64
	lis	%r11, EPCR_ICM@h
	mtspr	SPR_EPCR, %r11
	oris	%r10, %r10, MSR_CM@h
	rldicl	%r10, %r10, 0, 32
#endif
	mtmsr	%r10
	isync
	blr

	.globl	tlb_write
tlb_write:
	lwz	%r10, OP_SLOT + 4(%r29)
	lwz	%r4, OP_WORD0 + 4(%r29)
	LDF	%r5, OP_WORD1(%r29)
	lwz	%r6, OP_WORD2 + 4(%r29)
	lwz	%r7, OP_WORD2(%r29)
	lwz	%r8, OP_WORD3 + 4(%r29)
	b	tlb_put

	/* TLB0's set comes from MAS2, so the driver gives the EA in word 1. */
	.globl	tlb_read
tlb_read:
	lwz	%r10, OP_SLOT + 4(%r29)
	LDF	%r5, OP_WORD1(%r29)
	mtspr	SPR_MAS0, %r10
	mtspr	SPR_MAS2, %r5
	isync
	tlbre
	isync
	mfspr	%r4, SPR_MAS1
	mfspr	%r5, SPR_MAS2
	mfspr	%r6, SPR_MAS3
	mfspr	%r7, SPR_MAS7
	li	%r8, 0
	have_mas8
	blt	1f
	mfspr	%r8, SPR_MAS8
1:	stw	%r4, OP_READ0 + 4(%r29)
	STF	%r5, OP_READ1(%r29)
	stw	%r6, OP_READ2 + 4(%r29)
	stw	%r7, OP_READ2(%r29)
	stw	%r8, OP_READ3 + 4(%r29)
	blr

	/* e500mc and later have the wait instruction; e500v1 and v2 stop by MSR[WE]
	 * and a power mode chosen in HID0. */
	.globl	halt
halt:
	have_mas8
	blt	1f
	.long	INSN_WAIT
	blr
1:	mfspr	%r10, SPR_HID0
	oris	%r10, %r10, HID0_DOZE@h
	mtspr	SPR_HID0, %r10
	mfmsr	%r10
	oris	%r10, %r10, MSR_WE@h
	sync
	mtmsr	%r10
	isync
	blr
