/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest for a 440 on the bamboo board that tells what its TLB holds when it starts.
 *
 * It prints "INDEX: WORD0 WORD1 WORD2", in hexadecimal, for each valid entry, then "end".
 */

#define UART 0xef600300

	.globl	_start
	.text
_start:
	lis	%r31, UART@h
	ori	%r31, %r31, UART@l
	li	%r20, 0
entry:	tlbre	%r21, %r20, 0
	andi.	%r3, %r21, 0x200
	beq	next
	mr	%r29, %r20
	bl	number
	li	%r3, ':'
	bl	put
	mr	%r29, %r21
	bl	word
	tlbre	%r29, %r20, 1
	bl	word
	tlbre	%r29, %r20, 2
	bl	word
	li	%r3, '\n'
	bl	put
next:	addi	%r20, %r20, 1
	cmpwi	%r20, 64
	bne	entry
	li	%r3, 'e'
	bl	put
	li	%r3, 'n'
	bl	put
	li	%r3, 'd'
	bl	put
	li	%r3, '\n'
	bl	put
1:	b	1b

	/* Print r29, with a blank in front. */
word:	mflr	%r30
	li	%r3, ' '
	bl	put
	mtlr	%r30
#include "number.S"

put:	lbz	%r4, 5(%r31)
	andi.	%r4, %r4, 0x20
	beq	put
	stb	%r3, 0(%r31)
	blr
