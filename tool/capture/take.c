/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes the entries of a capture from the copy of QEMU's memory that fits what info tlb shows. */
#include "capture.h"
#include "../formats/qemu.h"
#include "../message.h"
#include "../names.h"

#include <ppctlb/44x.h>

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

static void read_lines(struct capture *c, struct reader *r)
{
	char *more = strstr(c->shown, "\nTLB entries:"), *save = NULL;

	if (more) /* a QEMU that has this library */
		*more = 0;
	for (char *line = strtok_r(c->shown, "\n", &save); line && !c->odd;
	     line = strtok_r(NULL, "\n", &save))
		if (line_clean(line) && reader_line(r, line, r->line + 1) == LINE_FOREIGN)
			not_understood(r->line, 0, "it is none of info tlb", c);
}

static bool read_shown(struct capture *c)
{
	struct reader r = {.format = &format_qemu,
			   .core = c->core,
			   .info = &c->info,
			   .row = keep_row,
			   .bad = not_understood,
			   .arg = c};

	c->rows = calloc(c->builder.room, sizeof(*c->rows));
	if (!c->rows || !reader_begin(&r))
		out_of_memory();
	read_lines(c, &r);
	reader_end(&r);
	c->unknown = r.unknown;
	reader_free(&r);
	return !c->odd;
}

/* ---- how QEMU keeps an entry, in the byte order of this host ---- */

struct kept {
	bool valid;		     /* as info tlb means it ... */
	struct ppctlb_mapping shown; /* ... and what that shows of it */
	bool legal;		     /* the core has such entries */
	struct ppctlb_entry entry;
};

static uint64_t field(const unsigned char *at, size_t size)
{
	uint64_t wide;
	uint32_t narrow;

	memcpy(&narrow, at, 4);
	if (size == 4)
		return narrow;
	memcpy(&wide, at, 8);
	return wide;
}

/* ppcmas_tlb_t: u32 mas8, mas1; u64 mas2, mas7_3. */
static void keep_e500(const struct capture *c, const unsigned char *at, struct kept *k)
{
	/* info tlb goes by TSIZE in both TLBs, as the library does in TLB1 */
	k->entry = (struct ppctlb_entry){
		.tlb = 1,
		.word = {field(at + 4, 4), field(at + 8, 8), field(at + 16, 8), field(at, 4)}};
	k->legal = true;
	k->valid = ppctlb_decode_any(c->core, &k->entry, &k->shown) == 0;
	k->shown.flags &= ~(uint32_t)(PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS);
	k->shown.lpid = 0;
}

/* ppcemb_tlb_t: u64 RPN, with the upper RA bits in its lowest four as in word 1; EPN, PID and size
 * as wide as the target's registers; u32 prot, attr. */
static void keep_440(const struct capture *c, const unsigned char *at, struct kept *k)
{
	const unsigned char *epn = at + 8, *pid = epn + c->wide, *size = pid + c->wide,
			    *prot = size + c->wide;
	uint64_t rpn = field(at, 8);
	struct ppctlb_mapping *m = &k->shown;

	k->valid = qemu_prot(field(prot, 4), &m->flags);
	m->flags |= qemu_attr(field(prot + 4, 4));
	m->eaddr = field(epn, c->wide) & PPCTLB_44X_EPN;
	m->raddr = (rpn & PPCTLB_44X_RPN) | (rpn & PPCTLB_44X_ERPN) << 32;
	m->size = field(size, c->wide);
	m->tid = (uint16_t)field(pid, c->wide);
	k->legal = words_as_written(&c->info, m, &k->entry) && c->info.array[0].sizes & m->size;
	if (!k->valid)
		k->entry.word[1] &= ~(uint64_t)PPCTLB_44X_V;
	/* info tlb does not show the bits below the page, which the entry keeps */
	m->eaddr &= -m->size;
	m->raddr &= -m->size;
}

static size_t record_bytes(const struct capture *c)
{
	return core_is_e500(&c->info) ? 24 : c->wide == 8 ? 40 : 32;
}

size_t capture_array_bytes(const struct capture *c)
{
	return c->builder.room * record_bytes(c);
}

static struct kept kept_at(const struct capture *c, const unsigned char *array, size_t i)
{
	size_t tlb0 = c->info.array[0].geometry.entries;
	struct kept k = {.valid = false};

	(core_is_e500(&c->info) ? keep_e500 : keep_440)(c, array + i * record_bytes(c), &k);
	k.entry.tlb = i >= tlb0;
	k.entry.index = (uint16_t)(i >= tlb0 ? i - tlb0 : i);
	return k;
}

/* ---- which array it is ---- */

static bool same_mapping(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return a->eaddr == b->eaddr && a->raddr == b->raddr && a->size == b->size &&
	       a->flags == b->flags && a->tid == b->tid;
}

static unsigned tlb_of(const struct row *row)
{
	return row->entry.tlb & ~PPCTLB_NO_SLOT;
}

/* Are the valid entries just the rows of info tlb, in their order? */
static bool fits(const struct capture *c, const unsigned char *array)
{
	size_t row = 0;

	for (size_t i = 0; i < c->builder.room; i++) {
		struct kept k = kept_at(c, array, i);

		if (!k.valid)
			continue;
		if (row == c->n || tlb_of(&c->rows[row]) != k.entry.tlb ||
		    !same_mapping(&k.shown, &c->rows[row].mapping))
			return false;
		row++;
	}
	return row == c->n;
}

static bool is_all_zero(const unsigned char *bytes, size_t n)
{
	return !*bytes && !memcmp(bytes, bytes + 1, n - 1);
}

/* Of those that fit one to which a pointer leads, if there is such a one. NULL: see c->why. */
static const unsigned char *find_array(struct capture *c)
{
	const unsigned char *best = NULL, *array;
	bool best_pointed = false, pointed, differ = false;
	size_t bytes = capture_array_bytes(c);

	for (size_t i = 0; (array = peer_array(c->peer, i, &pointed)); i++) {
		if ((best_pointed && !pointed) || !fits(c, array))
			continue;
		differ = best && pointed == best_pointed && (differ || memcmp(array, best, bytes));
		best_pointed = pointed;
		best = array;
	}
	if (!best)
		c->why = "nothing in the memory of the process that listens fits it";
	else if (differ)
		c->why = "several arrays in the memory of QEMU fit it, and they differ";
	else if (!c->n && !is_all_zero(best, bytes))
		/* without a row any memory fits in which nothing happens to be valid */
		c->why = "it shows no entry by which QEMU's memory could be told";
	return c->why ? NULL : best;
}

/* ---- the image ---- */

static bool is_zero(const struct ppctlb_entry *e)
{
	return !(e->word[0] | e->word[1] | e->word[2] | e->word[3]);
}

/* An entry of a size that no 440 has becomes legal pages, which have no slot of their own. */
static bool add_kept(struct builder *b, const struct kept *k)
{
	if (k->legal)
		return is_zero(&k->entry) || builder_entry(b, &k->entry, 0);
	return !k->valid || builder_mapping(b, &k->shown, 0, 0, 0, 0);
}

static bool add_array(struct capture *c, const unsigned char *array)
{
	bool ok = true;

	for (size_t i = 0; ok && i < c->builder.room; i++) {
		struct kept k = kept_at(c, array, i);

		ok = add_kept(&c->builder, &k);
	}
	c->unknown = core_is_e500(&c->info) ? 0 : PPCTLB_UNKNOWN_E | PPCTLB_UNKNOWN_RESERVED;
	c->unknown |= c->builder.split ? PPCTLB_UNKNOWN_SLOT : 0;
	return ok;
}

static bool add_rows(struct capture *c)
{
	bool ok = true;

	complain("%s: only what info tlb shows is taken: %s", c->socket, c->why);
	for (size_t i = 0; ok && i < c->n; i++)
		ok = builder_mapping(&c->builder, &c->rows[i].mapping, 0, tlb_of(&c->rows[i]), 0,
				     0);
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
	const unsigned char *array;
	bool ok;

	if (!read_shown(c))
		return false;
	array = c->why ? NULL : find_array(c);
	ok = array ? add_array(c, array) : add_rows(c);
	if (ok)
		builder_place(&c->builder, no_room, &ok);
	else
		complain("%s: %s", c->socket, c->builder.reason);
	return ok;
}
