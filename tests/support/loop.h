/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For tests that loop long. */
#ifndef TESTS_LOOP_H
#define TESTS_LOOP_H

#include <stdlib.h>

/* For tests that use check: as ck_assert_msg(), which notes every place it passes: in long loops
 * that would cost more than what is looked at. */
#define HOLDS(expr, ...) ((expr) ? (void)0 : ck_abort_msg(__VA_ARGS__))

/* Where everything is slow, one case of how many is tried; 1 elsewhere. Odd, so that a stride meets
 * every bit. */
static inline unsigned stride(void)
{
	const char *set = getenv("TEST_STRIDE");

	return set ? (unsigned)strtoul(set, NULL, 10) | 1 : 1;
}

#endif
