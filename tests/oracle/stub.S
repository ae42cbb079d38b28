/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stub: runs the driver's operations on the emulated core, one by one, and
 * reports how each ended.  The part that both families share.
 *
 * An access is entered by rfi and left by an interrupt, whatever happens: the
 * code that makes it ends in sc, and every other interrupt is a finding.  So no
 * state needs saving but r29..r31, which no code outside this page touches.
 *
 *	r31 mailbox	r30 operations left	r29 the current operation
 */
#include "mailbox.h"
#include "stub.h"

	.section .vectors, "ax"
	.globl	vectors
vectors:
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	.balign	16
	li	%r7, \n
	b	record
	.endr

	.text
	.globl	_start
_start:
	bl	tlb_init
	lis	%r10, STUB_BASE@h
	mtspr	SPR_IVPR, %r10
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	li	%r10, \n * 16
	mtspr	SPR_IVOR0 + \n, %r10
	.endr
	bl	mode_init
	lis	%r31, MAILBOX_BASE@h
	ori	%r31, %r31, MAILBOX_BASE@l
	mfspr	%r10, SPR_PIR
	mulli	%r10, %r10, MAILBOX_STEP
	add	%r31, %r31, %r10

wait:
	lwz	%r10, MB_BELL(%r31)
	lwz	%r11, MB_DONE(%r31)
	cmpw	%r10, %r11
	beq	wait
	sync
	lwz	%r30, MB_COUNT(%r31)
	addi	%r29, %r31, MB_OPS

next:
	cmpwi	%r30, 0
	beq	done
	lwz	%r10, OP_CODE + 4(%r29)
	cmpwi	%r10, CODE_WRITE
	beq	write
	cmpwi	%r10, CODE_READ
	beq	read
	cmpwi	%r10, CODE_SLEEP
	beq	sleep
	LDF	%r5, OP_EA(%r29)
	lwz	%r6, OP_VALUE + 4(%r29)
	cmpwi	%r10, CODE_POKE
	beq	poke

	/* An access: r5 address, r6 value to store, r3 and r4 the witness. */
	lwz	%r8, OP_MSR + 4(%r29)
	lwz	%r9, OP_PID + 4(%r29)
	li	%r3, 0
	li	%r4, 0
	mtspr	SPR_PID, %r9
	isync
	mtspr	SPR_SRR1, %r8
	mtspr	SPR_SRR0, %r5
	cmpwi	%r10, CODE_FETCH
	beq	1f
	lis	%r11, load@h
	ori	%r11, %r11, load@l
	cmpwi	%r10, CODE_LOAD
	beq	2f
	lis	%r11, store@h
	ori	%r11, %r11, store@l
2:	mtspr	SPR_SRR0, %r11
1:	rfi

load:
	lwz	%r4, 0(%r5)
	lwz	%r3, 4(%r5)
	sc
store:
	stw	%r6, 0(%r5)
	sc

poke:
	stw	%r6, 0(%r5)
	li	%r7, CAUSE_NONE
	b	record
write:
	bl	tlb_write
	li	%r7, CAUSE_NONE
	b	record
read:
	bl	tlb_read
	li	%r7, CAUSE_NONE
	stw	%r7, OP_CAUSE + 4(%r29)
	b	advance

	/* Every interrupt ends up here; r7 says which. */
record:
	stw	%r7, OP_CAUSE + 4(%r29)
	stw	%r4, OP_RESULT(%r29)
	stw	%r3, OP_RESULT + 4(%r29)
	mfspr	%r10, SPR_DEAR
	STF	%r10, OP_DEAR(%r29)
	mfspr	%r10, SPR_SRR0
	STF	%r10, OP_SRR0(%r29)
advance:
	addi	%r29, %r29, OP_SIZE
	addi	%r30, %r30, -1
	b	next

done:
	sync
	lwz	%r10, MB_BELL(%r31)
	stw	%r10, MB_DONE(%r31)
	b	wait

	/* For machines that others look at: done is reported first. */
sleep:
	lwz	%r10, MB_BELL(%r31)
	stw	%r10, MB_DONE(%r31)
1:	bl	halt
	b	1b
