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
	cursor_expect(&c, "EPN 0x");
	row.mapping.eaddr = cursor_hex(&c, 16);
	cursor_expect(&c, "RPN 0x");
	row.mapping.raddr = cursor_hex(&c, 16);
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

/* What is in front of the registers: "(VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0". They have all
 * of it. */
static void skip_decoded(struct cursor *c)
{
	static const char *const names[] = {"sz =", "tsz =", "tid ="};

	c->at += strspn(c->at, "VP-");
	cursor_expect(c, ")");
	cursor_expect(c, "[AS=");
	cursor_decimal(c, 1);
	cursor_expect(c, "]");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cursor_expect(c, names[i]);
		cursor_address(c);
	}
}

static enum line freebsd_line(struct reader *r, char *line)
{
	static const char *const names[] = {"mas1 =", "mas2(va) =", "mas3(pa) =", "mas7 ="};
	struct cursor c = {r, line, line, false, false};
	struct row row = {.kind = ROW_WORDS};
	uint64_t value[4] = {0};

	take_slot(&c, &row);
	cursor_expect(&c, ":");
	cursor_expect(&c, "(");
	begin_row(&c, &row);
	skip_decoded(&c);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		cursor_expect(&c, names[i]);
		cursor_expect(&c, "0x");
		value[i] = cursor_hex(&c, i == 1 ? 16 : 8);
	}
	cursor_end(&c);
	row.entry.word[0] = value[0];
	row.entry.word[1] = value[1];
	row.entry.word[2] = value[3] << 32 | value[2];
	cursor_emit(&c, &row);
	return cursor_result(&c);
}

const struct format format_freebsd = {
	.what = "FreeBSD's show tlb1",
	.example = "0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 ...",
	.shows = {{"e500", PPCTLB_UNKNOWN_MAS8}},
	.line = freebsd_line,
};
