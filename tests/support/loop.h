/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Helpers for tests with long loops. */
#ifndef TESTS_LOOP_H
#define TESTS_LOOP_H

#include <stdlib.h>

/* ck_assert_msg() for long loops, in tests that use check: ck_assert_msg() itself notes every
 * place it passes, which would cost more than the test. */
#define HOLDS(expr, ...) ((expr) ? (void)0 : ck_abort_msg(__VA_ARGS__))

/* Where everything is slow, try one case of so many; elsewhere 1. The number is odd, so that a
 * stride meets every bit. */
static inline unsigned stride(void)
{
	const char *set = getenv("TEST_STRIDE");

	return set ? (unsigned)strtoul(set, NULL, 10) | 1 : 1;
}

#endif
