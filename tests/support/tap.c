/* SPDX-License-Identifier: GPL-2.0-or-later */
/* TAP on standard output, see tap.h. */

#include "tap.h"

#include <stdarg.h>
#include <stdio.h>

static unsigned tests, bad;
static bool failing;

bool tap_check(bool good, const char *file, int line, const char *what)
{
	if (!good) {
		tap_note("%s:%d: %s", file, line, what);
		failing = true;
	}
	return good;
}

bool tap_equal(uint64_t got, uint64_t want, const char *file, int line, const char *what)
{
	if (got != want)
		tap_note("%s is 0x%llx (%lld), not 0x%llx (%lld)", what, (unsigned long long)got,
			 (long long)got, (unsigned long long)want, (long long)want);
	return tap_check(got == want, file, line, what);
}

void tap_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	fputs("# ", stdout);
	vprintf(fmt, ap);
	putchar('\n');
	va_end(ap);
}

bool tap_fails(const struct test *t)
{
	failing = false;
	t->run(t->arg);
	fflush(stdout);
	return failing;
}

void tap_result(bool good, const char *name)
{
	printf("%s %u - %s\n", good ? "ok" : "not ok", ++tests, name);
	fflush(stdout);
	bad += !good;
}

void tap_run(const struct test *t)
{
	tap_result(!tap_fails(t), t->name);
}

int tap_end(void)
{
	printf("1..%u\n", tests);
	fflush(stdout);
	return bad || !tests;
}
