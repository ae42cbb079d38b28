// SPDX-License-Identifier: LGPL-2.1-or-later
/* CRC-32 of IEEE 802.3 (polynomial 04c11db7, reflected), of long runs four words of 8 bytes at a
 * time. */
#include "internal.h"

#include <endian.h>
#include <string.h>

/* The 256 xors of 8 numbers: what a byte does follows from what each of its bits does. */
#define B1(x, a)		      (x), (x) ^ (a)
#define B2(x, a, b)		      B1(x, a), B1((x) ^ (b), a)
#define B3(x, a, b, c)		      B2(x, a, b), B2((x) ^ (c), a, b)
#define B4(x, a, b, c, d)	      B3(x, a, b, c), B3((x) ^ (d), a, b, c)
#define B5(x, a, b, c, d, e)	      B4(x, a, b, c, d), B4((x) ^ (e), a, b, c, d)
#define B6(x, a, b, c, d, e, f)	      B5(x, a, b, c, d, e), B5((x) ^ (f), a, b, c, d, e)
#define B7(x, a, b, c, d, e, f, g)    B6(x, a, b, c, d, e, f), B6((x) ^ (g), a, b, c, d, e, f)
#define BYTES(a, b, c, d, e, f, g, h) B7(0, a, b, c, d, e, f, g), B7(h, a, b, c, d, e, f, g)

/* What a byte does to the state behind it. */
static const uint32_t next_byte[256] = {BYTES(0x77073096, 0xee0e612c, 0x076dc419, 0x0edb8832,
					      0x1db71064, 0x3b6e20c8, 0x76dc4190, 0xedb88320)};

enum { WORD = 8, LANES = 4, BLOCK = LANES * WORD };

/* What byte i of a word does to the same word of the next block: BLOCK - i bytes later. */
static const uint32_t next_block[WORD][256] = {
	{BYTES(0xf1da05aa, 0x38c50d15, 0x718a1a2a, 0xe3143454, 0x1d596ee9, 0x3ab2ddd2, 0x7565bba4,
	       0xeacb7748)},
	{BYTES(0x0ee7e8d1, 0x1dcfd1a2, 0x3b9fa344, 0x773f4688, 0xee7e8d10, 0x078c1c61, 0x0f1838c2,
	       0x1e307184)},
	{BYTES(0x3c60e308, 0x78c1c610, 0xf1838c20, 0x38761e01, 0x70ec3c02, 0xe1d87804, 0x18c1f649,
	       0x3183ec92)},
	{BYTES(0x6307d924, 0xc60fb248, 0x576e62d1, 0xaedcc5a2, 0x86c88d05, 0xd6e01c4b, 0x76b13ed7,
	       0xed627dae)},
	{BYTES(0x01b5fd1d, 0x036bfa3a, 0x06d7f474, 0x0dafe8e8, 0x1b5fd1d0, 0x36bfa3a0, 0x6d7f4740,
	       0xdafe8e80)},
	{BYTES(0x6e8c1b41, 0xdd183682, 0x61416b45, 0xc282d68a, 0x5e74ab55, 0xbce956aa, 0xa2a3ab15,
	       0x9e36506b)},
	{BYTES(0xe71da697, 0x154a4b6f, 0x2a9496de, 0x55292dbc, 0xaa525b78, 0x8fd5b0b1, 0xc4da6723,
	       0x52c5c807)},
	{BYTES(0xa58b900e, 0x9066265d, 0xfbbd4afb, 0x2c0b93b7, 0x5817276e, 0xb02e4edc, 0xbb2d9bf9,
	       0xad2a31b3)},
};

static uint32_t add_bytes(uint32_t crc, const unsigned char *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		crc = crc >> 8 ^ next_byte[(crc ^ p[i]) & 255];
	return crc;
}

static uint32_t add_word(uint32_t crc, const unsigned char *p)
{
	uint64_t word;
	uint32_t next = 0;

	memcpy(&word, p, sizeof(word));
	word = le64toh(word) ^ crc;
#pragma GCC unroll 8
	for (int i = 0; i < WORD; i++)
		next ^= next_block[i][word >> 8 * i & 255];
	return next;
}

/* The lanes do not wait for each other: each word changes its lane only, until the last block. */
uint32_t tlb_crc32(uint32_t crc, const unsigned char *p, size_t len)
{
	uint32_t lane[LANES] = {crc};

	if (len < BLOCK)
		return add_bytes(crc, p, len);
	for (; len >= 2 * BLOCK; len -= BLOCK, p += BLOCK)
#pragma GCC unroll 4
		for (int i = 0; i < LANES; i++)
			lane[i] = add_word(lane[i], p + WORD * i);
	crc = 0;
	for (int i = 0; i < LANES; i++)
		crc = add_bytes(crc ^ lane[i], p + WORD * i, WORD);
	return add_bytes(crc, p + BLOCK, len - BLOCK);
}
