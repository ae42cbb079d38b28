/* SPDX-License-Identifier: GPL-2.0-or-later */
	/* Print r29 in hexadecimal by the guest's own put, which takes r3. Changes r25 and r27. */
number:	mflr	%r25
	li	%r27, 8
1:	rlwinm	%r29, %r29, 4, 0, 31
	andi.	%r3, %r29, 15
	cmpwi	%r3, 10
	blt	2f
	addi	%r3, %r3, 'a' - '0' - 10
2:	addi	%r3, %r3, '0'
	bl	put
	addi	%r27, %r27, -1
	cmpwi	%r27, 0
	bne	1b
	mtlr	%r25
	blr
