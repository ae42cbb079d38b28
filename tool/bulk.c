/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines in bulk: printf() would take most of the time of a line. */
#include "bulk.h"

#include <stdio.h>

void bulk_hex(struct bulk *b, uint64_t value)
{
	unsigned digits = value ? (unsigned)(63 - __builtin_clzll(value)) / 4 + 1 : 1;
	char *at = b->text + b->used;

	b->used += 2 + digits;
	*at++ = '0';
	*at++ = 'x';
	while (digits) {
		at[--digits] = "0123456789abcdef"[value & 15];
		value >>= 4;
	}
}

void bulk_decimal(struct bulk *b, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do
		digits[--n] = (char)('0' + value % 10);
	while (value /= 10);
	memcpy(b->text + b->used, digits + n, sizeof(digits) - n);
	b->used += sizeof(digits) - n;
}

/* The tool has one thread: nobody else has the lock of standard output. */
void bulk_print(struct bulk *b)
{
	b->text[b->used++] = '\n';
	fwrite_unlocked(b->text, 1, b->used, stdout);
}

void bulk_line(const char *text)
{
	fputs_unlocked(text, stdout);
	putc_unlocked('\n', stdout);
}

/* More than 15: it is no digit. Not by comparing: which of them a digit is, a processor cannot foresee. */
static unsigned digit(char c)
{
	static const unsigned char plus_one[256] = {
		['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,	['4'] = 5,  ['5'] = 6,
		['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
		['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
	};

	return plus_one[(unsigned char)c] - 1u;
}

bool bulk_read_hex(const char *text, uint64_t *value)
{
	const char *at = text + (text[0] == '0' && text[1] == 'x' ? 2 : 0), *from = at;
	unsigned d;

	for (*value = 0; (d = digit(*at)) < 16; at++)
		*value = *value << 4 | d;
	return !*at && at > from && at - from <= 16;
}
