/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random numbers from a seed, the same on every host: splitmix64. */
#ifndef ORACLE_RND_H
#define ORACLE_RND_H

#include <stdbool.h>
#include <stdint.h>

static inline uint64_t rnd(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static inline uint64_t rnd_below(uint64_t *state, uint64_t n)
{
	return rnd(state) % n;
}

static inline bool rnd_once_in(uint64_t *state, unsigned n)
{
	return rnd_below(state, n) == 0;
}

#endif
