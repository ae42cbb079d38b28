/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the judge knows of each core and of the machine QEMU has it in.
 *
 * The numbers come from the manuals, not from the library: a legal mapping the
 * library refuses is a finding too.
 */
#ifndef ORACLE_BOARD_H
#define ORACLE_BOARD_H

#include <stdbool.h>
#include <stdint.h>

enum family { FAMILY_44X, FAMILY_E500 };

struct board {
	const char *core; /* the library's name */
	enum family family;
	const char *emulator;
	const char *machine;
	const char *cpu;  /* NULL: the machine's own */
	const char *stub; /* file name */
	uint64_t ram;	  /* bytes; sparse, so it may exceed the host's */
	uint64_t sizes;	  /* legal pages, bit n: 1 << n bytes; e500: of TLB1 */
	uint32_t flags;	  /* PPCTLB_* that a mapping may have */
	uint8_t ea_bits, ra_bits, tid_bits, lpid_bits;
	uint8_t slots; /* 44x, e500 TLB1: entries; the stub has number 0 */
	uint8_t ways;  /* e500 TLB0 */
	uint16_t sets; /* e500 TLB0 */
};

/* NULL-terminated by .core. */
extern const struct board boards[];

const struct board *board_find(const char *core);

#endif
