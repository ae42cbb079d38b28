/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The findings about a TLB, found the slow and simple way: the judge of ppctlb_check(). */
#ifndef TESTS_BRUTE_CHECK_H
#define TESTS_BRUTE_CHECK_H

#include "model.h"

#include <stddef.h>

struct verdict {
	const char *name;
	char severity; /* e, w, n */
	size_t at;     /* number of the entry, in the kernel's order */
	long other;    /* number of the second, -1: none */
};

/* What is wrong with a TLB. Returns how many verdicts; they are malloc'ed. */
size_t brute_check(const struct model *t, struct verdict **found);
/* The library says the same. */
bool same_finding(const struct model *t, const struct ppctlb_finding *f, const struct verdict *v);

#endif
