/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the entries of a capture from the copy of QEMU's memory that fits what info tlb shows. */
#include "capture.h"
#include "../formats/qemu.h"
#include "../message.h"
#include "../names.h"

#include <ppctlb/44x.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what info tlb shows ---- */

static void not_understood(unsigned long line, size_t column, const char *reason, void *arg)
{
	struct capture *c = arg;

	(void)column;
	if (!c->odd)
		complain("%s: line %lu of info tlb is not understood: %s", c->socket, line, reason);
	c->odd = true;
}

/* A peer may show rows without end; the CPU has so many entries. */
static void keep_row(const struct row *row, void *arg)
{
	struct capture *c = arg;

	if (c->n < c->builder.room)
		c->rows[c->n++] = *row;
	else
		not_understood(row->line, 0, "more rows than this CPU has entries", c);
}

static void ignore_note(const char *text, void *arg)
{
	(void)text;
	(void)arg;
}

/* A QEMU that has this library shows more below that line. */
static bool is_end(const char *line)
{
	return !strncmp(line, "TLB entries:", 12);
}

static void read_lines(struct capture *c, struct reader *r)
{
	char *save = NULL;

	for (char *line = strtok_r(c->shown, "\n", &save); line && !c->odd && !is_end(line);
	     line = strtok_r(NULL, "\n", &save))
		if (line_clean(line) && reader_line(r, line, r->line + 1) == LINE_FOREIGN)
			not_understood(r->line, 0, "it is none of info tlb", c);
}

bool capture_read_shown(struct capture *c)
{
	struct reader r = {.format = &format_qemu,
			   .core = c->core,
			   .info = &c->info,
			   .row = keep_row,
			   .bad = not_understood,
			   .note = ignore_note,
			   .arg = c};

	c->rows = calloc(c->builder.room, sizeof(*c->rows));
	if (!c->rows || !reader_begin(&r))
		out_of_memory();
	read_lines(c, &r);
	reader_end(&r);
	c->unknown_shown = r.unknown;
	reader_free(&r);
	return !c->odd;
}

/* ---- how QEMU keeps an entry, in the byte order of this host ---- */

static uint64_t field(const unsigned char *at, size_t size)
{
	uint64_t wide;
	uint32_t narrow;

	if (size == 8) {
		memcpy(&wide, at, 8);
		return wide;
	}
	memcpy(&narrow, at, 4);
	return narrow;
}

/* ppcmas_tlb_t: u32 mas8, mas1; u64 mas2, mas7_3. */
enum { E500_RECORD = 24 };

static void e500_record(const unsigned char *at, struct ppctlb_entry *e)
{
	e->word[0] = field(at + 4, 4);
	e->word[1] = field(at + 8, 8);
	e->word[2] = field(at + 16, 8);
	e->word[3] = field(at, 4);
}

/* ppcemb_tlb_t: u64 RPN, with the upper RA bits in its lowest four as in word 1; EPN, PID and size
 * as wide as the target's registers; u32 prot, attr. */
struct m440_record {
	uint64_t rpn, epn, pid, size, prot, attr;
};

static size_t m440_bytes(const struct capture *c)
{
	return c->ppc64 ? 40 : 32;
}

static void m440_record(const struct capture *c, const unsigned char *at, struct m440_record *r)
{
	size_t wide = c->ppc64 ? 8 : 4;
	uint64_t *const fields[] = {&r->epn, &r->pid, &r->size};

	r->rpn = field(at, 8);
	at += 8;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++, at += wide)
		*fields[i] = field(at, wide);
	r->prot = field(at, 4);
	r->attr = field(at + 4, 4);
}

static size_t record_bytes(const struct capture *c)
{
	return core_is_e500(&c->info) ? E500_RECORD : m440_bytes(c);
}

size_t capture_array_bytes(const struct capture *c)
{
	return c->builder.room * record_bytes(c);
}

/* One entry of the array: valid as info tlb means it, and what that shows of it. */
struct kept {
	bool valid;
	struct ppctlb_mapping shown;
	struct ppctlb_entry entry;     /* e500 */
	struct ppctlb_mapping written; /* 440: with EPN and RPN bits below the page */
};

static void keep_e500(const struct capture *c, const unsigned char *at, struct kept *k)
{
	e500_record(at, &k->entry);
	/* info tlb does by TSIZE in both TLBs, as the library does in TLB1 */
	k->entry.tlb = 1;
	k->valid = ppctlb_decode_any(c->core, &k->entry, &k->shown) == 0;
	k->shown.flags &= ~(uint32_t)(PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS);
	k->shown.lpid = 0;
}

static void keep_440(const struct capture *c, const unsigned char *at, struct kept *k)
{
	struct m440_record r = {0};
	uint32_t flags;

	m440_record(c, at, &r);
	k->valid = qemu_prot(r.prot, &flags);
	k->written = (struct ppctlb_mapping){
		.eaddr = r.epn & PPCTLB_44X_EPN,
		.raddr = (r.rpn & PPCTLB_44X_RPN) | (r.rpn & PPCTLB_44X_ERPN) << 32,
		.size = r.size,
		.flags = flags | qemu_attr(r.attr),
		.tid = (uint16_t)r.pid,
	};
	k->shown = k->written;
	k->shown.eaddr &= -r.size;
	k->shown.raddr &= -r.size;
}

static struct kept kept_at(const struct capture *c, const unsigned char *array, size_t i)
{
	struct kept k = {.valid = false};
	const unsigned char *at = array + i * record_bytes(c);

	if (core_is_e500(&c->info))
		keep_e500(c, at, &k);
	else
		keep_440(c, at, &k);
	return k;
}

/* ---- which array it is ---- */

static size_t tlb0_entries(const struct capture *c)
{
	return c->info.array[0].geometry.entries;
}

static bool same_mapping(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return a->eaddr == b->eaddr && a->raddr == b->raddr && a->size == b->size &&
	       a->flags == b->flags && a->tid == b->tid;
}

/* Are the valid entries just the rows of info tlb, in their order? */
static bool fits(const struct capture *c, const unsigned char *array)
{
	size_t row = 0;

	for (size_t i = 0; i < c->builder.room; i++) {
		struct kept k = kept_at(c, array, i);

		if (!k.valid)
			continue;
		if (row == c->n ||
		    (c->rows[row].entry.tlb & ~PPCTLB_NO_SLOT) != (i >= tlb0_entries(c)) ||
		    !same_mapping(&k.shown, &c->rows[row].mapping))
			return false;
		row++;
	}
	return row == c->n;
}

/* What is known of the arrays that fit. */
struct choice {
	const unsigned char *array;
	size_t n;
	bool differ;
};

/* Only those that a pointer leads to, or all. */
static struct choice choose(const struct capture *c, bool pointed)
{
	struct choice choice = {.array = NULL};

	for (size_t i = 0; i < peer_allocations(c->peer); i++) {
		const struct allocation *a = peer_allocation(c->peer, i);
		const unsigned char *array = peer_bytes(c->peer, i);

		if (!a->copied || (pointed && !a->pointed) || !fits(c, array))
			continue;
		if (choice.n++)
			choice.differ |= memcmp(array, choice.array, capture_array_bytes(c)) != 0;
		else
			choice.array = array;
	}
	return choice;
}

static bool is_all_zero(const struct capture *c, const unsigned char *array)
{
	return !*array && !memcmp(array, array + 1, capture_array_bytes(c) - 1);
}

/* The array; NULL: see c->why. */
static const unsigned char *find_array(struct capture *c)
{
	struct choice choice = choose(c, false);

	if (!choice.n)
		c->why = "nothing in the memory of the process that listens fits it";
	if (choice.differ)
		choice = choose(c, true);
	if (!c->why && (!choice.n || choice.differ))
		c->why = "several arrays in the memory of QEMU fit it, and they differ";
	/* without a row any memory fits in which nothing happens to be valid */
	if (!c->why && !c->n && !is_all_zero(c, choice.array))
		c->why = "it shows no entry by which QEMU's memory could be told";
	return c->why ? NULL : choice.array;
}

/* ---- the image ---- */

static bool added(const struct capture *c, bool ok)
{
	if (!ok)
		complain("%s: %s", c->socket, c->builder.reason);
	return ok;
}

static bool is_zero(const struct ppctlb_entry *e)
{
	return !(e->word[0] | e->word[1] | e->word[2] | e->word[3]);
}

static bool take_e500(struct capture *c, struct kept *k, size_t i)
{
	k->entry.tlb = i >= tlb0_entries(c);
	k->entry.index = (uint16_t)(k->entry.tlb ? i - tlb0_entries(c) : i);
	return is_zero(&k->entry) || added(c, builder_entry(&c->builder, &k->entry, 0));
}

/* An entry of a size that no 440 has becomes legal pages, which have no slot of their own. */
static bool take_440(struct capture *c, const struct kept *k, size_t i)
{
	struct ppctlb_entry e = {.index = (uint16_t)i};

	if (!words_as_written(&c->info, &k->written, &e) ||
	    !(c->info.array[0].sizes & k->shown.size))
		return !k->valid || added(c, builder_mapping(&c->builder, &k->shown, 0, 0, 0, 0));
	if (!k->valid)
		e.word[1] &= ~(uint64_t)PPCTLB_44X_V;
	return is_zero(&e) || added(c, builder_entry(&c->builder, &e, 0));
}

static bool take_array(struct capture *c, const unsigned char *array)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->builder.room; i++) {
		struct kept k = kept_at(c, array, i);

		ok = core_is_e500(&c->info) ? take_e500(c, &k, i) : take_440(c, &k, i);
	}
	if (!core_is_e500(&c->info))
		c->unknown = PPCTLB_UNKNOWN_E | PPCTLB_UNKNOWN_RESERVED |
			     (c->builder.split ? PPCTLB_UNKNOWN_SLOT : 0);
	return ok;
}

static bool take_rows(struct capture *c)
{
	bool ok = true;

	complain("%s: only what info tlb shows is taken: %s", c->socket, c->why);
	c->unknown = c->unknown_shown;
	for (size_t i = 0; ok && i < c->n; i++)
		ok = added(c, builder_mapping(&c->builder, &c->rows[i].mapping, 0,
					      c->rows[i].entry.tlb & ~PPCTLB_NO_SLOT, 0, 0));
	return ok;
}

static void no_room(const struct addition *e, void *arg)
{
	bool *ok = arg;

	(void)e;
	complain("the image has no room for all entries");
	*ok = false;
}

bool capture_take(struct capture *c)
{
	const unsigned char *array = c->why ? NULL : find_array(c);
	bool ok = array ? take_array(c, array) : take_rows(c);

	if (ok)
		builder_place(&c->builder, no_room, &ok);
	return ok;
}
