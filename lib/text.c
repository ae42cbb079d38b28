// SPDX-License-Identifier: LGPL-2.1-or-later
/* Mappings, entries, numbers and sizes as text, and back; names of bits. */
#include "internal.h"

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

/* Text that is being written; what does not fit is only counted. */
struct out {
	char buf[PPCTLB_TEXT_MAX];
	size_t used;
};

static void put(struct out *o, const char *fmt, ...) PRINTF(2, 3);
static void put(struct out *o, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	o->used += (size_t)vsnprintf(o->buf + o->used, sizeof(o->buf) - o->used, fmt, args);
	va_end(args);
}

static int hand_over(const struct out *o, char *buf, size_t len)
{
	if (o->used >= len)
		return tlb_fail(ENOSPC, "the text needs %zu bytes, there are %zu", o->used + 1,
				len);
	memcpy(buf, o->buf, o->used + 1);
	return 0;
}

static void put_size(struct out *o, uint64_t size)
{
	int unit = -1;

	while (size && !(size & 1023) && units[unit + 1]) {
		size >>= 10;
		unit++;
	}
	put(o, "%" PRIu64, size);
	if (unit >= 0)
		put(o, "%c", units[unit]);
}

int ppctlb_format_size(uint64_t size, char *buf, size_t len)
{
	struct out o = {.used = 0};

	if (!buf)
		return tlb_fail(EINVAL, "format_size: a NULL argument");
	put_size(&o, size);
	return hand_over(&o, buf, len);
}

int ppctlb_format_mapping(const struct ppctlb_mapping *m, char *buf, size_t len)
{
	const char *comma = "";
	struct out o = {.used = 0};

	if (!m || !buf)
		return tlb_fail(EINVAL, "format_mapping: a NULL argument");
	if (m->flags & ~PPCTLB_FLAGS)
		return tlb_fail(EINVAL, "flags 0x%" PRIx32 " do not exist",
				m->flags & ~PPCTLB_FLAGS);
	put(&o, "0x%" PRIx64 ":0x%" PRIx64 ":", m->eaddr, m->raddr);
	put_size(&o, m->size);
	put(&o, ":");
	for (size_t i = 0; i < FLAGS; i++) {
		uint32_t flag = UINT32_C(1) << i;

		if (flag == PPCTLB_TS || !(m->flags & flag))
			continue;
		put(&o, "%s%s", comma, flag_names[i]);
		comma = ",";
	}
	if (m->tid) {
		put(&o, "%stid=%u", comma, m->tid);
		comma = ",";
	}
	if (m->flags & PPCTLB_TS) {
		put(&o, "%sts=1", comma);
		comma = ",";
	}
	if (m->lpid)
		put(&o, "%slpid=%u", comma, m->lpid);
	return hand_over(&o, buf, len);
}

int ppctlb_format_entry(const struct ppctlb_core *core, const struct ppctlb_entry *e, char *buf,
			size_t len)
{
	struct out o = {.used = 0};

	if (!core || !e || !buf)
		return tlb_fail(EINVAL, "format_entry: a NULL argument");
	if (!(e->tlb & PPCTLB_NO_SLOT))
		put(&o, "%u:%u=", e->tlb, e->index);
	for (int i = 0; i < 4 && core->info.word_name[i]; i++)
		put(&o, "%s%08" PRIx64, i ? "," : "", e->word[i]);
	return hand_over(&o, buf, len);
}

/* ---- reading: a cursor moves through a text that stays as it is ---- */

struct in {
	const char *text;
	const char *at;
};

static int bad(const struct in *in, const char *at, const char *fmt, ...) PRINTF(3, 4);
static int bad(const struct in *in, const char *at, const char *fmt, ...)
{
	char reason[160];
	va_list args;

	va_start(args, fmt);
	vsnprintf(reason, sizeof(reason), fmt, args);
	va_end(args);
	return tlb_fail(EINVAL, "column %td: %s", at - in->text + 1, reason);
}

static bool take(struct in *in, char c)
{
	if (*in->at != c)
		return false;
	in->at++;
	return true;
}

static int expect(struct in *in, char c)
{
	if (take(in, c))
		return 0;
	if (*in->at)
		return bad(in, in->at, "'%c' expected", c);
	return bad(in, in->at, "'%c' expected, the text ends", c);
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

static bool hex_prefix(const char *s)
{
	return s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && digit(s[2]) < 16;
}

static int take_digits(struct in *in, unsigned base, uint64_t *value)
{
	const char *from = in->at;

	*value = 0;
	for (; (unsigned)digit(*in->at) < base; in->at++) {
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit(*in->at), value))
			return bad(in, from, "a number of more than 64 bits");
	}
	return in->at > from ? 0 : bad(in, from, "a number expected");
}

/* 0x hex, 0 octal, else decimal. */
static int take_number(struct in *in, uint64_t *value)
{
	if (!hex_prefix(in->at))
		return take_digits(in, *in->at == '0' ? 8 : 10, value);
	in->at += 2;
	return take_digits(in, 16, value);
}

static int take_hex(struct in *in, uint64_t *value)
{
	if (hex_prefix(in->at))
		in->at += 2;
	return take_digits(in, 16, value);
}

static int take_size(struct in *in, uint64_t *value)
{
	const char *from = in->at;
	int ret = take_number(in, value);
	const char *unit;
	unsigned shift;

	if (ret || !*in->at)
		return ret;
	unit = strchr(units, *in->at & ~0x20);
	if (!unit || !*unit)
		return 0;
	shift = 10 * (unsigned)(unit - units + 1);
	if (*value >> (64 - shift))
		return bad(in, from, "a size of more than 64 bits");
	*value <<= shift;
	in->at++;
	return 0;
}

static int take_below(struct in *in, uint64_t limit, uint64_t *value)
{
	const char *from = in->at;
	int ret = take_number(in, value);

	if (!ret && *value >= limit)
		return bad(in, from, "%" PRIu64 " is more than %" PRIu64, *value, limit - 1);
	return ret;
}

static int expect_end(const struct in *in)
{
	return *in->at ? bad(in, in->at, "nothing more expected") : 0;
}

int ppctlb_parse_number(const char *text, int size, uint64_t *value)
{
	struct in in = {text, text};
	uint64_t found = 0;
	int ret;

	if (!text || !value)
		return tlb_fail(EINVAL, "parse_number: a NULL argument");
	ret = size ? take_size(&in, &found) : take_number(&in, &found);
	ret = ret ? ret : expect_end(&in);
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
		if (take(in, '='))
			ret = take_below(in, 2, &value);
		m->flags |= value ? PPCTLB_TS : 0;
	} else if (flag == SEEN_TID || flag == SEEN_LPID) {
		ret = expect(in, '=');
		ret = ret ? ret : take_below(in, 65536, &value);
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
			return bad(in, word, "no flag is called '%.*s'", (int)(len < 32 ? len : 32),
				   word);
		if (seen & flag)
			return bad(in, word, "'%.*s' appears twice", (int)len, word);
		seen |= flag;
		in->at += len;
		ret = take_value(in, flag, m);
		if (ret)
			return ret;
	} while (take(in, ','));
	return 0;
}

int ppctlb_parse_mapping(const char *text, struct ppctlb_mapping *m)
{
	struct ppctlb_mapping found = {0};
	struct in in = {text, text};
	int ret;

	if (!text || !m)
		return tlb_fail(EINVAL, "parse_mapping: a NULL argument");
	ret = take_number(&in, &found.eaddr);
	ret = ret ? ret : expect(&in, ':');
	ret = ret ? ret : take_number(&in, &found.raddr);
	ret = ret ? ret : expect(&in, ':');
	ret = ret ? ret : take_size(&in, &found.size);
	ret = ret ? ret : expect(&in, ':');
	ret = ret ? ret : take_flags(&in, &found);
	ret = ret ? ret : expect_end(&in);
	if (!ret)
		*m = found;
	return ret;
}

/* The geometry of an e500 is chosen at open, so any index that has 16 bits may be right. */
static uint64_t index_limit(const struct ppctlb_core_info *core, uint64_t tlb)
{
	return tlb_is_family(core, "e500") ? 65536 : core->array[tlb].geometry.entries;
}

static int take_position(struct in *in, const struct ppctlb_core *core, struct ppctlb_entry *e)
{
	uint64_t tlb, index;
	int ret = take_below(in, core->info.arrays, &tlb);

	ret = ret ? ret : expect(in, ':');
	ret = ret ? ret : take_below(in, index_limit(&core->info, tlb), &index);
	ret = ret ? ret : expect(in, '=');
	if (ret)
		return ret;
	e->tlb = (uint16_t)tlb;
	e->index = (uint16_t)index;
	return 0;
}

static int take_words(struct in *in, const struct ppctlb_core *core, struct ppctlb_entry *e)
{
	for (int i = 0; i < 4 && core->info.word_name[i]; i++) {
		int ret = i ? expect(in, ',') : 0;
		const char *from = in->at;

		ret = ret ? ret : take_hex(in, &e->word[i]);
		if (ret)
			return ret;
		if (e->word[i] & ~core->word_mask[i])
			return bad(in, from, "%s 0x%" PRIx64 " is wider than the word",
				   core->info.word_name[i], e->word[i]);
	}
	return 0;
}

int ppctlb_parse_entry(const struct ppctlb_core *core, const char *text, struct ppctlb_entry *e)
{
	struct ppctlb_entry found = {0};
	struct in in = {text, text};
	int ret = 0;

	if (!core || !text || !e)
		return tlb_fail(EINVAL, "parse_entry: a NULL argument");
	found.tlb = (uint16_t)((core->info.arrays - 1) | PPCTLB_NO_SLOT);
	if (strchr(text, '='))
		ret = take_position(&in, core, &found);
	ret = ret ? ret : take_words(&in, core, &found);
	ret = ret ? ret : expect_end(&in);
	if (!ret)
		*e = found;
	return ret;
}
