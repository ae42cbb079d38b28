/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest for an e500v2 that tells what its TLB holds when it starts.
 *
 * Each CPU prints MAS1 of TLB1[2], then puts an entry with IPROT there, which only a reset takes
 * away. CPU 0 starts CPU 1 through the spin table. Then it answers each small letter from the UART
 * with a capital, which an interrupt's handler makes: this needs IVPR, IVOR6, HID0 and the TLB. The
 * interrupt is that of a trap, since KVM of Linux 6.1 cannot tell a guest's sc from another one.
 */

#define UART 0xe0004000 /* in the page at 0xf_e0004000: registers from 0x500 */
#define SPIN 0xef000000 /* the page at 0xf_ef000000: 32 bytes for each CPU */

#define PIR 286
#define IVPR 63
#define IVOR6 406
#define MAS0 624
#define MAS1 625
#define MAS2 626
#define MAS3 627
#define MAS7 944
#define HID0 1008

	/* What this code needs to know of MAS1: valid, IPROT, 4K. */
	.macro map slot, ea, flags, ra, rights, high
	lis	%r3, 0x1000 | \slot
	mtspr	MAS0, %r3
	lis	%r3, 0xc000
	ori	%r3, %r3, 0x0100
	mtspr	MAS1, %r3
	lis	%r3, (\ea)@h
	ori	%r3, %r3, ((\ea) & 0xf000) | \flags
	mtspr	MAS2, %r3
	lis	%r3, (\ra)@h
	ori	%r3, %r3, ((\ra) & 0xf000) | \rights
	mtspr	MAS3, %r3
	li	%r3, \high
	mtspr	MAS7, %r3
	isync
	tlbwe
	isync
	.endm

	.globl	_start
	.text
_start:
	bl	introduce

	lis	%r3, handler@h
	mtspr	IVPR, %r3
	li	%r3, handler@l
	mtspr	IVOR6, %r3
	li	%r3, 0x4000 /* TBEN */
	mtspr	HID0, %r3

	/* The last word that is written starts the CPU. */
	map	5, SPIN, 0xa, SPIN, 0x5, 0xf
	lis	%r4, SPIN@h
	li	%r3, 0
	stw	%r3, 32(%r4)
	lis	%r3, second@h
	ori	%r3, %r3, second@l
	stw	%r3, 36(%r4)

answer:	lbz	%r3, 0x505(%r31)
	andi.	%r3, %r3, 1
	beq	answer
	lbz	%r3, 0x500(%r31)
	trap
	bl	put
	b	answer

second:
	bl	introduce
	mfmsr	%r3
	oris	%r3, %r3, 4 /* MSR[WE]: wait */
1:	mtmsr	%r3
	isync
	b	1b

	/* Print "cpu PIR tlb1[2] MAS1", and make that entry valid. */
introduce:
	mflr	%r30
	lis	%r3, 0x1002
	mtspr	MAS0, %r3
	isync
	tlbre
	isync
	mfspr	%r29, MAS1
	map	4, UART, 0xa, UART, 0x5, 0xf
	map	2, 0x40000000, 0, 0x00200000, 0x5, 0
	lis	%r31, UART@h
	ori	%r31, %r31, UART@l
	lis	%r28, name@h
	ori	%r28, %r28, name@l
	bl	print
	mfspr	%r3, PIR
	addi	%r3, %r3, '0'
	bl	put
	lis	%r28, entry@h
	ori	%r28, %r28, entry@l
	bl	print
	bl	number
	li	%r3, '\n'
	bl	put
	mtlr	%r30
	blr

#include "number.S"

print:	mflr	%r26
1:	lbz	%r3, 0(%r28)
	cmpwi	%r3, 0
	beq	2f
	bl	put
	addi	%r28, %r28, 1
	b	1b
2:	mtlr	%r26
	blr

put:	lbz	%r4, 0x505(%r31)
	andi.	%r4, %r4, 0x20
	beq	put
	stb	%r3, 0x500(%r31)
	blr

	.balign	16
handler:
	mfspr	%r4, HID0
	srwi	%r4, %r4, 9 /* 'a' - 'A' */
	subf	%r3, %r4, %r3
	mfsrr0	%r4
	addi	%r4, %r4, 4
	mtsrr0	%r4
	rfi

name:	.asciz	"cpu "
entry:	.asciz	" tlb1[2] "
