/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Writing and reading text, for mappings, numbers and entries. */
#ifndef TLB_TEXT_H
#define TLB_TEXT_H

#include "internal.h"

/* ---- writing: a buffer that holds any text of this library ---- */

struct out {
	char buf[PPCTLB_TEXT_MAX];
	size_t used;
};

void tlb_put(struct out *o, const char *text);
void tlb_put_char(struct out *o, char c);
/* At least that many digits. */
void tlb_put_hex(struct out *o, uint64_t value, unsigned digits);
void tlb_put_dec(struct out *o, uint64_t value);
/* Copy the text to the caller. -ENOSPC: nothing is written. */
int tlb_hand_over(struct out *o, char *buf, size_t len);

/* ---- reading: a cursor moves through a text that stays as it is ---- */

struct in {
	const char *text;
	const char *at;
};

/* Fail at that place: "column N: ...". */
int tlb_bad(const struct in *in, const char *at, const char *fmt, ...) PRINTF(3, 4);
bool tlb_take(struct in *in, char c);
int tlb_expect(struct in *in, char c);
int tlb_expect_end(const struct in *in);
/* Is it a hexadecimal digit? */
bool tlb_is_hex(char c);
/* Decimal, or hexadecimal with 0x. */
int tlb_take_count(struct in *in, uint64_t *value);
/* The same, less than limit. */
int tlb_take_below(struct in *in, uint64_t limit, uint64_t *value);
/* Hexadecimal, with 0x or without, '_' between digits. */
int tlb_take_address(struct in *in, uint64_t *value);

#endif
