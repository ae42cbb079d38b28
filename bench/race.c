// SPDX-License-Identifier: GPL-2.0-or-later
/* Times two sides in turns, so that what slows the machine for a while slows both. */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SAMPLE	    2e5 /* ns; a side is repeated until it takes so long */
#define MOST_ROUNDS 201
#define LONG_ENOUGH 1e9 /* ns; more than ROUNDS only until then */

void must(int ret)
{
	if (ret == 0)
		return;
	fprintf(stderr, "bench: %s\n", ppctlb_errmsg());
	exit(2);
}

void require(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "bench: the two sides do not agree: %s\n", what);
	exit(2);
}

void *room(size_t n, size_t size)
{
	void *p = calloc(n, size);

	if (p)
		return p;
	fprintf(stderr, "bench: out of memory\n");
	exit(2);
}

/* The same in every run. */
uint32_t random_below(uint32_t limit)
{
	static uint64_t state = 1;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)((state >> 32) * limit >> 32);
}

static double now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

/* What it takes to read that clock. */
static double clock_cost(clockid_t clock)
{
	double begin = now(clock), end = begin;

	for (int i = 0; i < 1000; i++)
		end = now(clock);
	return (end - begin) / 1000;
}

/* Each call by itself, with a clock that is read without a system call. */
static double time_of_calls(const struct race *r, void (*side)(void *arg), unsigned long times)
{
	double sum = 0;

	for (unsigned long i = 0; i < times; i++) {
		double begin;

		r->prepare(r->arg);
		begin = now(CLOCK_MONOTONIC);
		side(r->arg);
		sum += now(CLOCK_MONOTONIC) - begin;
	}
	return sum / (double)times - clock_cost(CLOCK_MONOTONIC);
}

/* The time of a call; that of this process, since others work on the machine, too. */
static double time_of(const struct race *r, void (*side)(void *arg), unsigned long times)
{
	double begin;

	if (r->prepare)
		return time_of_calls(r, side, times);
	begin = now(CLOCK_PROCESS_CPUTIME_ID);
	for (unsigned long i = 0; i < times; i++)
		side(r->arg);
	return (now(CLOCK_PROCESS_CPUTIME_ID) - begin) / (double)times;
}

/* How often a side must be repeated to be timed well. */
static unsigned long repeats(const struct race *r, void (*side)(void *arg))
{
	unsigned long times = 1;

	while (time_of(r, side, times) * (double)times < SAMPLE)
		times *= 2;
	return times;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), compare);
	return values[n / 2];
}

/* Each ratio is that of two neighbours: what slows the machine for longer than both take is in
 * neither. */
void race(const struct race *r, struct result *result)
{
	unsigned long ours = repeats(r, r->ours), peer = repeats(r, r->peer);
	double unit = r->peer_pieces > 0 ? r->peer_pieces / r->pieces : 1;
	double a[MOST_ROUNDS], b[MOST_ROUNDS], ratio[MOST_ROUNDS], begin = now(CLOCK_MONOTONIC);
	size_t n = 0;

	while (n < ROUNDS || (n < MOST_ROUNDS && now(CLOCK_MONOTONIC) - begin < LONG_ENOUGH)) {
		a[n] = time_of(r, r->ours, ours) / r->pieces;
		b[n] = time_of(r, r->peer, peer) / r->pieces / unit;
		ratio[n] = a[n] / b[n];
		n++;
	}
	result->ours = median(a, n);
	result->peer = median(b, n);
	result->value = median(ratio, n);
}
