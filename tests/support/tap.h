/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * For test programs on bare systems: tests are functions, results are TAP; they need nothing but
 * libc.
 */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct test {
	const char *name;
	void (*run)(const void *arg);
	const void *arg;
};

bool tap_check(bool good, const char *file, int line, const char *what);
bool tap_equal(uint64_t got, uint64_t want, const char *file, int line, const char *what);

/* False makes the running test "not ok". Both return whether it held. */
#define CHECK(good)	 tap_check((good), __FILE__, __LINE__, #good)
#define EQUAL(got, want) tap_equal((uint64_t)(got), (uint64_t)(want), __FILE__, __LINE__, #got)
/* Return from the test where the rest makes no sense. */
#define REQUIRE(good)                                                                              \
	do {                                                                                       \
		if (!CHECK(good))                                                                  \
			return;                                                                    \
	} while (0)

/* A line "# ...". */
void tap_note(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Run a test without a result line of its own: did it fail? */
bool tap_fails(const struct test *t);
void tap_result(bool good, const char *name);
void tap_run(const struct test *t);
/* Print the plan, which comes last; returns the exit code of the test program. */
int tap_end(void);

#endif
