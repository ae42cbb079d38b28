// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mappings, numbers and sizes as text, and back; names of bits. */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Bit n of the flags is flag_names[n]. */
static const char *const flag_names[] = {
	"ur", "uw", "ux", "sr", "sw", "sx", "w",     "i",  "m",	 "g",
	"e",  "u0", "u1", "u2", "u3", "ts", "iprot", "x0", "x1", "gs",
};
#define FLAGS (sizeof(flag_names) / sizeof(flag_names[0]))
_Static_assert((UINT64_C(1) << FLAGS) - 1 == PPCTLB_FLAGS, "a name for each flag");

/* Bit n of PPCTLB_UNKNOWN_* is unknown_names[n]. */
static const char *const unknown_names[] = {
	"slot", "iprot",	"x0,x1",  "mas8",  "invalid entries",
	"e",	"low rpn bits", "u0-u3",  "tid",   "reserved bits",
	"ts",	"ra",		"rights", "wimge", "size",
};
#define UNKNOWNS (sizeof(unknown_names) / sizeof(unknown_names[0]))
_Static_assert(UINT32_C(1) << (UNKNOWNS - 1) == PPCTLB_UNKNOWN_SIZE, "a name for each bit");

const uint32_t tlb_unknown_bits = (UINT32_C(1) << UNKNOWNS) - 1;

static const char units[] = "KMGT";

static const char *name_of_bit(const char *const *names, size_t n, uint32_t bit)
{
	for (size_t i = 0; i < n; i++)
		if (bit == UINT32_C(1) << i)
			return names[i];
	return NULL;
}

const char *ppctlb_flag_name(uint32_t flag)
{
	return name_of_bit(flag_names, FLAGS, flag);
}

const char *ppctlb_unknown_name(uint32_t bit)
{
	return name_of_bit(unknown_names, UNKNOWNS, bit);
}

/* ---- writing ---- */

void tlb_put_char(struct out *o, char c)
{
	o->buf[o->used++] = c;
}

void tlb_put(struct out *o, const char *text)
{
	while (*text)
		tlb_put_char(o, *text++);
}

void tlb_put_hex(struct out *o, uint64_t value, unsigned digits)
{
	unsigned needed = value ? (unsigned)(63 - __builtin_clzll(value)) / 4 + 1 : 1;
	char *at = o->buf + o->used;

	if (digits < needed)
		digits = needed;
	o->used += digits;
	for (; digits; digits--, value >>= 4)
		at[digits - 1] = "0123456789abcdef"[value & 15];
}

void tlb_put_dec(struct out *o, uint64_t value)
{
	char digits[20];
	size_t n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		tlb_put_char(o, digits[--n]);
}

int tlb_hand_over(struct out *o, char *buf, size_t len)
{
	if (o->used >= len)
		return tlb_fail(ENOSPC, "the text needs %zu bytes, there are %zu", o->used + 1,
				len);
	tlb_put_char(o, '\0');
	memcpy(buf, o->buf, o->used);
	return 0;
}

static void put_size(struct out *o, uint64_t size)
{
	int unit = -1;

	while (size && !(size & 1023) && units[unit + 1]) {
		size >>= 10;
		unit++;
	}
	tlb_put_dec(o, size);
	if (unit >= 0)
		tlb_put_char(o, units[unit]);
}

int ppctlb_format_size(uint64_t size, char *buf, size_t len)
{
	struct out o = {.used = 0};

	if (!buf)
		return tlb_fail(EINVAL, "format_size: a NULL argument");
	put_size(&o, size);
	return tlb_hand_over(&o, buf, len);
}

/* One of FLAGS, after a comma unless it is the first. */
static void put_flag(struct out *o, size_t start, const char *name)
{
	if (o->used > start)
		tlb_put_char(o, ',');
	tlb_put(o, name);
}

static void put_flags(struct out *o, const struct ppctlb_mapping *m)
{
	size_t start = o->used;

	for (uint32_t left = m->flags & ~(uint32_t)PPCTLB_TS; left; left &= left - 1)
		put_flag(o, start, flag_names[__builtin_ctz(left)]);
	if (m->tid) {
		put_flag(o, start, "tid=");
		tlb_put_dec(o, m->tid);
	}
	if (m->flags & PPCTLB_TS)
		put_flag(o, start, "ts=1");
	if (m->lpid) {
		put_flag(o, start, "lpid=");
		tlb_put_dec(o, m->lpid);
	}
}

int ppctlb_format_mapping(const struct ppctlb_mapping *m, char *buf, size_t len)
{
	struct out o;

	if (!m || !buf)
		return tlb_fail(EINVAL, "format_mapping: a NULL argument");
	if (m->flags & ~PPCTLB_FLAGS)
		return tlb_fail(EINVAL, "flags 0x%" PRIx32 " do not exist",
				m->flags & ~PPCTLB_FLAGS);
	o.used = 0;
	tlb_put(&o, "0x");
	tlb_put_hex(&o, m->eaddr, 1);
	tlb_put(&o, ":0x");
	tlb_put_hex(&o, m->raddr, 1);
	tlb_put_char(&o, ':');
	put_size(&o, m->size);
	tlb_put_char(&o, ':');
	put_flags(&o, m);
	return tlb_hand_over(&o, buf, len);
}

/* ---- reading ---- */

int tlb_bad(const struct in *in, const char *at, const char *fmt, ...)
{
	char reason[400];
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return tlb_fail(EINVAL, "column %td: %s", at - in->text + 1, reason);
}

bool tlb_take(struct in *in, char c)
{
	if (*in->at != c)
		return false;
	in->at++;
	return true;
}

int tlb_expect(struct in *in, char c)
{
	if (tlb_take(in, c))
		return 0;
	if (*in->at)
		return tlb_bad(in, in->at, "'%c' expected", c);
	return tlb_bad(in, in->at, "'%c' expected, the text ends", c);
}

int tlb_expect_end(const struct in *in)
{
	return *in->at ? tlb_bad(in, in->at, "nothing more expected") : 0;
}

/* 16: it is no digit. */
static unsigned digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

bool tlb_is_hex(char c)
{
	return digit(c) < 16;
}

static bool take_prefix(struct in *in)
{
	if (in->at[0] != '0' || (in->at[1] | 0x20) != 'x' || !tlb_is_hex(in->at[2]))
		return false;
	in->at += 2;
	return true;
}

static int too_wide(const struct in *in, const char *from)
{
	return tlb_bad(in, from, "a number of more than 64 bits");
}

static int take_hex(struct in *in, uint64_t *value)
{
	const char *from = in->at;
	uint64_t found = 0;

	for (unsigned d; (d = digit(*in->at)) < 16; in->at++) {
		if (found >> 60)
			return too_wide(in, from);
		found = found << 4 | d;
		if (in->at[1] == '_' && tlb_is_hex(in->at[2]))
			in->at++;
	}
	*value = found;
	return in->at > from ? 0 : tlb_bad(in, from, "a number expected");
}

static int take_decimal(struct in *in, uint64_t *value)
{
	const char *from = in->at;
	uint64_t found = 0;

	for (unsigned d; (d = digit(*in->at)) < 10; in->at++)
		if (__builtin_mul_overflow(found, UINT64_C(10), &found) ||
		    __builtin_add_overflow(found, (uint64_t)d, &found))
			return too_wide(in, from);
	*value = found;
	return in->at > from ? 0 : tlb_bad(in, from, "a number expected");
}

int tlb_take_address(struct in *in, uint64_t *value)
{
	take_prefix(in);
	return take_hex(in, value);
}

int tlb_take_count(struct in *in, uint64_t *value)
{
	return take_prefix(in) ? take_hex(in, value) : take_decimal(in, value);
}

/* "B", "b" or "iB" may follow the letter of a unit. */
static void skip_byte_sign(struct in *in)
{
	if (in->at[0] == 'i' && in->at[1] == 'B')
		in->at += 2;
	else
		in->at += (*in->at | 0x20) == 'b';
}

static int take_size(struct in *in, uint64_t *value)
{
	const char *from = in->at;
	bool hex = take_prefix(in);
	int ret = hex ? take_hex(in, value) : take_decimal(in, value);
	const char *unit;
	unsigned shift;

	if (ret || hex || !*in->at)
		return ret;
	unit = strchr(units, *in->at & ~0x20);
	if (!unit || !*unit)
		return 0;
	shift = 10 * (unsigned)(unit - units + 1);
	if (*value >> (64 - shift))
		return tlb_bad(in, from, "a size of more than 64 bits");
	*value <<= shift;
	in->at++;
	skip_byte_sign(in);
	return 0;
}

int tlb_take_below(struct in *in, uint64_t limit, uint64_t *value)
{
	const char *from = in->at;
	int ret = tlb_take_count(in, value);

	if (!ret && *value >= limit)
		return tlb_bad(in, from, "%" PRIu64 " is more than %" PRIu64, *value, limit - 1);
	return ret;
}

int ppctlb_parse_number(const char *text, enum ppctlb_number kind, uint64_t *value)
{
	static int (*const take[])(struct in * in, uint64_t * value) = {
		[PPCTLB_COUNT] = tlb_take_count,
		[PPCTLB_ADDRESS] = tlb_take_address,
		[PPCTLB_SIZE] = take_size,
	};
	struct in in = {text, text};
	uint64_t found = 0;
	int ret;

	if (!text || !value)
		return tlb_fail(EINVAL, "parse_number: a NULL argument");
	if ((unsigned)kind >= sizeof(take) / sizeof(take[0]))
		return tlb_fail(EINVAL, "parse_number: there is no kind %d", (int)kind);
	ret = take[kind](&in, &found);
	ret = ret ? ret : tlb_expect_end(&in);
	if (!ret)
		*value = found;
	return ret;
}

/* Bits above the flags, to notice a second tid or lpid as well. */
enum { SEEN_TID = 1 << 30, SEEN_LPID = 1 << 29 };

static uint32_t flag_of_word(const char *word, size_t len)
{
	for (size_t i = 0; i < FLAGS; i++)
		if (strlen(flag_names[i]) == len && !memcmp(flag_names[i], word, len))
			return UINT32_C(1) << i;
	if (len == 3 && !memcmp(word, "tid", len))
		return SEEN_TID;
	return len == 4 && !memcmp(word, "lpid", len) ? SEEN_LPID : 0;
}

/* Reads the "=N" after a name. */
static int take_value(struct in *in, uint32_t flag, struct ppctlb_mapping *m)
{
	uint64_t value = 1;
	int ret = 0;

	if (flag == PPCTLB_TS) {
		if (tlb_take(in, '='))
			ret = tlb_take_below(in, 2, &value);
		m->flags |= value ? PPCTLB_TS : 0;
	} else if (flag == SEEN_TID || flag == SEEN_LPID) {
		ret = tlb_expect(in, '=');
		ret = ret ? ret : tlb_take_below(in, 65536, &value);
		*(flag == SEEN_TID ? &m->tid : &m->lpid) = (uint16_t)value;
	} else {
		m->flags |= flag;
	}
	return ret;
}

static int take_flags(struct in *in, struct ppctlb_mapping *m)
{
	uint32_t seen = 0;
	int ret;

	if (!*in->at)
		return 0;
	do {
		const char *word = in->at;
		size_t len = strcspn(word, ",=:");
		uint32_t flag = flag_of_word(word, len);

		if (!flag)
			return tlb_bad(in, word, "no flag is called '%.*s'",
				       (int)(len < 32 ? len : 32), word);
		if (seen & flag)
			return tlb_bad(in, word, "'%.*s' appears twice", (int)len, word);
		seen |= flag;
		in->at += len;
		ret = take_value(in, flag, m);
		if (ret)
			return ret;
	} while (tlb_take(in, ','));
	return 0;
}

int ppctlb_parse_mapping(const char *text, struct ppctlb_mapping *m)
{
	struct ppctlb_mapping found = {0};
	struct in in = {text, text};
	int ret;

	if (!text || !m)
		return tlb_fail(EINVAL, "parse_mapping: a NULL argument");
	ret = tlb_take_address(&in, &found.eaddr);
	ret = ret ? ret : tlb_expect(&in, ':');
	ret = ret ? ret : tlb_take_address(&in, &found.raddr);
	ret = ret ? ret : tlb_expect(&in, ':');
	ret = ret ? ret : take_size(&in, &found.size);
	ret = ret ? ret : tlb_expect(&in, ':');
	ret = ret ? ret : take_flags(&in, &found);
	ret = ret ? ret : tlb_expect_end(&in);
	if (!ret)
		*m = found;
	return ret;
}
