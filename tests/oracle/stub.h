/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the stub's assembly files share: register numbers, and LDF/STF, which
 * move a 64-bit mailbox field from and to a register of the core's width. */
#ifndef ORACLE_STUB_H
#define ORACLE_STUB_H

#define SPR_SRR0	26
#define SPR_SRR1	27
#define SPR_PID		48
#define SPR_DEAR	61
#define SPR_IVPR	63
#define SPR_PIR		286
#define SPR_IVOR0	400

#ifdef STUB_64
.macro LDF reg, field:vararg
	ld	\reg, \field
.endm
.macro STF reg, field:vararg
	std	\reg, \field
.endm
#else
.macro LDF reg, field:vararg
	lwz	\reg, 4 + \field
.endm
.macro STF reg, field:vararg
	stw	\reg, 4 + \field
.endm
#endif

#endif
