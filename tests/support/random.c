// SPDX-License-Identifier: GPL-2.0-or-later
/* SplitMix64 (Steele, Lea, Flood 2014): see random.h. */
#include "random.h"

static _Thread_local uint64_t state;

void seed(uint64_t number)
{
	state = number;
}

uint64_t rnd(void)
{
	uint64_t z = state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

uint64_t below(uint64_t limit)
{
	return rnd() % limit;
}

bool one_in(unsigned n)
{
	return below(n) == 0;
}
