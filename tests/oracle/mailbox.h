/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mailbox: how the driver talks to the stub that runs on the emulated core.
 *
 * It lies in guest RAM, which the driver has mapped too.  Everything in it is
 * big-endian.  The driver fills in operations and then the bell; the stub runs
 * them in order, leaves the results beside them, and copies the bell to done.
 *
 * Included from C and from assembly.
 */
#ifndef ORACLE_MAILBOX_H
#define ORACLE_MAILBOX_H

/* The stub's page: 64K, mapped one to one by the lowest slot (see machine.h). */
#define STUB_BASE	0x00010000
#define STUB_SIZE	0x00010000
#define MAILBOX_BASE	0x00014000
#define MAILBOX_STEP	0x6000		/* each CPU has one of its own ... */
#define MAILBOXES	2		/* ... at most */

/* Offsets in the mailbox. */
#define MB_BELL		0
#define MB_DONE		4
#define MB_COUNT	8
#define MB_OPS		64

/* One operation.  Every field has 64 bits, so that one layout fits all cores. */
#define OP_SIZE		128
#define OP_CODE		0
#define OP_SLOT		8	/* write, read: 44x index, e500 MAS0 */
#define OP_WORD0	16	/* write, read: the entry's words, library order */
#define OP_WORD1	24
#define OP_WORD2	32
#define OP_WORD3	40
#define OP_EA		16	/* access, poke */
#define OP_MSR		24
#define OP_PID		32
#define OP_VALUE	40	/* store, poke */
#define OP_CAUSE	64	/* result: the IVOR number, or CAUSE_NONE */
#define OP_RESULT	72	/* access: the witness read or executed */
#define OP_DEAR		80
#define OP_SRR0		88
#define OP_READ0	72	/* read: the entry's words, library order */
#define OP_READ1	80
#define OP_READ2	88
#define OP_READ3	96
#define MB_MAX_OPS	128

/* OP_CODE */
#define CODE_WRITE	0
#define CODE_READ	1
#define CODE_LOAD	2
#define CODE_STORE	3
#define CODE_FETCH	4
#define CODE_SLEEP	5	/* stop the core for good; never reports back */
#define CODE_POKE	6	/* store as the stub itself, with no sc behind it */

/* OP_CAUSE: Book E interrupt numbers, as in IVORn. */
#define CAUSE_MACHINE_CHECK	1
#define CAUSE_DSI		2
#define CAUSE_ISI		3
#define CAUSE_PROGRAM		6
#define CAUSE_SYSTEM_CALL	8
#define CAUSE_DTLB		13
#define CAUSE_ITLB		14
#define CAUSE_NONE		255

/* MSR bits, the same in both families. */
#define MSR_CM		0x80000000	/* 64-bit mode, e5500 and e6500 */
#define MSR_WE		0x00040000
#define MSR_PR		0x00004000
#define MSR_ME		0x00001000
#define MSR_IS		0x00000020
#define MSR_DS		0x00000010

#endif
