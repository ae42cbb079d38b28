/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Readers of rows in which each value has its name in front: U-Boot's reginfo,
 * "entry 00: V: 1 EPN 0x... RPN 0x... size:4 KiB", and FreeBSD's show tlb1,
 * "0: (VP) [AS=0] sz = 0x... tsz = 8 tid = 0 mas1 = 0x... mas2(va) = 0x... mas3(pa) = 0x... mas7 =
 * 0x...".
 */
#include "../names.h"
#include "reader.h"

#include <ppctlb/e500.h>

#include <string.h>

/* The slot of TLB1 that a row names. */
static void take_slot(struct cursor *c, struct row *row)
{
	row->entry.tlb = 1;
	row->entry.index = (uint16_t)cursor_decimal(c, UINT16_MAX);
}

/* It is an entry: is there such a slot? */
static void begin_row(struct cursor *c, const struct row *row)
{
	if (c->failed)
		return;
	cursor_begin(c);
	if (row->entry.index >= c->r->info->array[1].geometry.entries)
		cursor_fail(c, c->at, "this core has no such slot in TLB1");
}

/* ---- U-Boot ---- */

/* At least 8 digits: fewer are what is left of more. */
static uint64_t take_address(struct cursor *c)
{
	const char *from;
	uint64_t value;

	cursor_expect(c, "0x");
	from = c->at;
	value = cursor_hex(c, 16);
	if (c->at - from < 8)
		cursor_fail(c, from, "8 hexadecimal digits or more expected");
	return value;
}

static enum line reginfo_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	uint64_t valid;

	if (cursor_try(&c, "TLBCAM entries"))
		return LINE_HEADING;
	cursor_expect(&c, "entry");
	if (!c.failed && c.at[0] != ' ')
		cursor_fail(&c, c.at, "' ' expected");
	take_slot(&c, &row);
	cursor_expect(&c, ":");
	cursor_expect(&c, "V:");
	begin_row(&c, &row);
	valid = cursor_decimal(&c, 1);
	cursor_expect(&c, "EPN");
	row.mapping.eaddr = take_address(&c);
	cursor_expect(&c, "RPN");
	row.mapping.raddr = take_address(&c);
	cursor_expect(&c, "size:");
	row.mapping.size = cursor_size(&c);
	cursor_end(&c);
	if (!c.failed && !words_as_written(r->info, &row.mapping, &row.entry))
		cursor_fail(&c, c.line, "a size that no entry can have");
	if (!valid)
		row.entry.word[0] &= ~(uint64_t)PPCTLB_MAS1_V;
	cursor_emit(&c, &row);
	return cursor_result(&c);
}

const struct format format_reginfo = {
	.what = "U-Boot's reginfo",
	.example = "entry 00: V: 1 EPN 0xfffff000 RPN 0xfffff000 size:4 KiB",
	.shows = {{"e500", PPCTLB_UNKNOWN_RIGHTS | PPCTLB_UNKNOWN_WIMGE | PPCTLB_UNKNOWN_TS |
				   PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_U |
				   PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8 | PPCTLB_UNKNOWN_INVALID |
				   PPCTLB_UNKNOWN_RESERVED}},
	.line = reginfo_line,
};

/* ---- FreeBSD ---- */

/* What is in front of the registers: "(VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0". MAS1 has all of
 * it, which shows whether the row is of one piece. Returns those bits of MAS1. */
static uint64_t take_decoded(struct cursor *c)
{
	uint64_t mas1 = *c->at == 'V' ? PPCTLB_MAS1_V : 0;

	c->at += *c->at == 'V' || *c->at == ' ';
	mas1 |= *c->at == 'P' ? PPCTLB_MAS1_IPROT : 0;
	c->at += *c->at == 'P' || *c->at == ' ';
	cursor_expect(c, ")");
	cursor_expect(c, "[AS=");
	mas1 |= cursor_decimal(c, 1) ? PPCTLB_MAS1_TS : 0;
	cursor_expect(c, "]");
	cursor_expect(c, "sz =");
	cursor_address(c);
	cursor_expect(c, "tsz =");
	mas1 |= cursor_decimal(c, 15) << (PPCTLB_MAS1_TSIZE_SHIFT + 1);
	cursor_expect(c, "tid =");
	return mas1 | cursor_decimal(c, 0x3fff) << PPCTLB_MAS1_TID_SHIFT;
}

/* TSIZE without its lowest bit, which FreeBSD does not show. */
#define MAS1_DECODED                                                                               \
	((PPCTLB_MAS1_V | PPCTLB_MAS1_IPROT | PPCTLB_MAS1_TS | PPCTLB_MAS1_TID |                   \
	  PPCTLB_MAS1_TSIZE) &                                                                     \
	 ~(1u << PPCTLB_MAS1_TSIZE_SHIFT))

static enum line freebsd_line(struct reader *r, char *line)
{
	static const char *const names[] = {"mas1 =", "mas2(va) =", "mas3(pa) =", "mas7 ="};
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	uint64_t value[4] = {0}, decoded;

	if (cursor_try(&c, "TLB0 entries") || cursor_try(&c, "TLB1 entries")) {
		r->tlb = c.at[-9] - '0';
		return LINE_HEADING;
	}
	take_slot(&c, &row);
	cursor_expect(&c, ":");
	cursor_expect(&c, "(");
	begin_row(&c, &row);
	if (r->tlb == 0)
		cursor_fail(&c, c.line,
			    "rows of TLB0, which it numbers in its own way, are not read");
	decoded = take_decoded(&c);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cursor_expect(&c, names[i]);
		cursor_expect(&c, "0x");
		value[i] = i == 1 ? cursor_hex(&c, 16) : cursor_word(&c);
	}
	cursor_end(&c);
	if ((value[0] & MAS1_DECODED) != decoded)
		cursor_fail(&c, c.line, "mas1 is not what stands in front of it");
	row.entry.word[0] = value[0];
	row.entry.word[1] = value[1];
	row.entry.word[2] = value[3] << 32 | value[2];
	cursor_emit(&c, &row);
	return cursor_result(&c);
}

static bool freebsd_begin(struct reader *r)
{
	r->tlb = 1;
	return true;
}

const struct format format_freebsd = {
	.what = "FreeBSD's show tlb1",
	.example = "0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 ...",
	.shows = {{"e500", PPCTLB_UNKNOWN_MAS8}},
	.begin = freebsd_begin,
	.line = freebsd_line,
};
