/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings about a TLB, found the slow and simple way; the judge of ppctlb_check(). */
#ifndef TESTS_BRUTE_CHECK_H
#define TESTS_BRUTE_CHECK_H

#include <stddef.h>
#include <stdint.h>

/* One slot: 440 tid, word 0, 1, 2; e500 family MAS1, MAS2, MAS7_3, MAS8. */
struct slot {
	unsigned tlb, index;
	uint64_t word[4];
};

struct verdict {
	const char *name;
	char severity; /* e, w, n */
	size_t slot;
	long other; /* -1: none */
};

/* What is wrong with n slots; ways0 is that of TLB0, entries0 its size. Returns how many;
 * malloc'ed. */
size_t brute_check(const char *core, unsigned entries0, unsigned ways0, const struct slot *slots,
		   size_t n, struct verdict **found);

#endif
