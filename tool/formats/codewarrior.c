/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of CodeWarrior's board files: "writereg128 L2MMU_CAM1 0x7000000A 0x1C080000 ..." and
 * "reg ${CAM_GROUP}L2MMU_CAM1 = 0x<32 or 48 digits>".
 *
 * Word 0 has TSIZE in its upper five bits and WIMGE in its lowest; word 1 the rights in its upper
 * six. Real and effective address follow, of 32 bits each or on 64-bit cores of 64, V in the lowest
 * bit of the latter. IPROT, X, TS, TID and of 128 bits the upper part of the real address are in no
 * bit that a sample explains.
 */
#include "reader.h"

#include <ppctlb/e500.h>

#include <string.h>

enum { MOST_DIGITS = 48, LEAST_DIGITS = 32 };

/* Word 1, from the top. */
static const uint32_t rights[6] = {PPCTLB_MAS3_UX, PPCTLB_MAS3_UW, PPCTLB_MAS3_UR,
				   PPCTLB_MAS3_SX, PPCTLB_MAS3_SW, PPCTLB_MAS3_SR};

/* Step over the digits of a register, written as one number or several. */
static size_t take_digits(struct cursor *c, char *digits)
{
	size_t n = 0;

	cursor_skip_blanks(c);
	while (*c->at && *c->at != ';' && *c->at != '#' && !c->failed) {
		size_t len;

		cursor_try(c, "0x");
		cursor_try(c, "0X");
		len = strspn(c->at, "0123456789abcdefABCDEF");
		if (*c->at == '$' || (len && c->at[len] == '$'))
			cursor_fail(c, c->at + (*c->at == '$' ? 0 : len),
				    "a name among the digits, whose value is not in this file");
		else if (!len || n + len > MOST_DIGITS)
			cursor_fail(c, c->at, "32 or 48 hexadecimal digits expected");
		if (c->failed)
			return 0;
		memcpy(digits + n, c->at, len);
		n += len;
		c->at += len;
		cursor_skip_blanks(c);
	}
	return n;
}

static uint64_t number(const char *digits, size_t n)
{
	uint64_t value = 0;

	for (; n; n--, digits++)
		value = value << 4 |
			(uint64_t)(*digits <= '9' ? *digits - '0' : (*digits | 0x20) - 'a' + 10);
	return value;
}

/* 8 digits of each word, then two addresses. */
static void make_words(const char *digits, size_t n, struct ppctlb_entry *e)
{
	size_t wide = n == MOST_DIGITS ? 16 : 8;
	uint64_t word0 = number(digits, 8), word1 = number(digits + 8, 8);
	uint64_t rpn = number(digits + 16, wide), epn = number(digits + 16 + wide, wide);

	e->word[0] = (epn & 1 ? PPCTLB_MAS1_V : 0) | word0 >> 27 << PPCTLB_MAS1_TSIZE_SHIFT;
	e->word[1] = (epn & PPCTLB_MAS2_EPN) | (word0 & 0x1f);
	e->word[2] = rpn & PPCTLB_MAS7_3_RPN;
	for (size_t i = 0; i < ARRAY_SIZE(rights); i++)
		if (word1 & UINT64_C(0x80000000) >> i)
			e->word[2] |= rights[i];
}

/* "writereg128 L2MMU_CAM", "reg ${CAM_GROUP}L2MMU_CAM" */
static bool take_command(struct cursor *c)
{
	if (cursor_try(c, "writereg128") || cursor_try(c, "writereg192"))
		cursor_skip_blanks(c);
	else if (cursor_try(c, "reg")) {
		cursor_skip_blanks(c);
		if (*c->at == '$')
			c->at += strcspn(c->at, "}") + (strchr(c->at, '}') != NULL);
	}
	cursor_expect(c, "L2MMU_CAM");
	return !c->failed;
}

static enum line codewarrior_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS, .entry = {.tlb = 1}};
	char digits[MOST_DIGITS] = {0};
	const char *from;
	size_t n;

	if (!take_command(&c))
		return LINE_FOREIGN;
	cursor_begin(&c);
	from = c.at;
	row.entry.index = (uint16_t)cursor_decimal(&c, UINT16_MAX);
	if (row.entry.index >= r->info->array[1].geometry.entries)
		cursor_fail(&c, from, "this core has no such slot in TLB1");
	cursor_try(&c, "=");
	from = c.at;
	n = take_digits(&c, digits);
	if (n != LEAST_DIGITS && n != MOST_DIGITS)
		cursor_fail(&c, from, "32 or 48 hexadecimal digits expected");
	if (!c.failed && (n == MOST_DIGITS) != (r->info->ea_bits == 64))
		cursor_fail(&c, from, n == MOST_DIGITS ? "of a 64-bit core" : "of a 32-bit core");
	if (!c.failed)
		make_words(digits, n, &row.entry);
	if (!c.failed && n == LEAST_DIGITS && r->info->ra_bits > 32)
		row.entry.unknown = PPCTLB_UNKNOWN_RA;
	cursor_emit(&c, &row);
	return LINE_MINE;
}

const struct format format_codewarrior = {
	.what = "a board file of CodeWarrior",
	.example = "writereg128 L2MMU_CAM1 0x7000000A 0x1C080000 0xFC000000 0xFC000001",
	.shows = {{"e500", PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_TS |
				   PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_U | PPCTLB_UNKNOWN_MAS8 |
				   PPCTLB_UNKNOWN_RESERVED}},
	.line = codewarrior_line,
};
