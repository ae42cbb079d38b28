/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers of the tests: the same from the same seed, in every run and on every host. */
#ifndef TESTS_RANDOM_H
#define TESTS_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

/* Each thread has numbers of its own. Without a seed they are those of seed 0. */
void seed(uint64_t number);
/* Any 64 bits. */
uint64_t rnd(void);
/* A number from 0 to limit - 1. */
uint64_t below(uint64_t limit);
/* True one time in n. */
bool one_in(unsigned n);

/* The mask of so many low bits. */
static inline uint64_t low_bits(unsigned bits)
{
	return bits >= 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
}

#endif
