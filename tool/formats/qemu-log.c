/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the log that QEMU writes with -d mmu (TCG).
 *
 * On the e500 family QEMU logs the raw words of each valid entry that it compares with an address,
 * and a line at the end of each comparison. The order of lines tells the slots: the ways of the
 * address's set in TLB0, then TLB1. A walk that finds nothing shows them all. On a 440 QEMU logs
 * the raw words of every tlbwe, without TID, and the index, EPN, size and TID of each entry that it
 * compares. The last line about a slot counts.
 */
#include "../names.h"
#include "reader.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdlib.h>
#include <string.h>

/* ---- what is known of a slot ---- */

struct slot {
	bool seen; /* e500: was compared */
	bool valid;
	bool tid_known;	     /* 440 */
	unsigned char words; /* 440: bit n set: word n is known */
	uint64_t word[4];
	uint64_t epn, size; /* 440: as compared */
};

/* One entry compared in a walk. */
struct compared {
	bool valid;
	uint64_t address;
	uint64_t word[4];
};

struct mmu_log {
	/* the walk under way, e500 */
	struct compared pending; /* valid: an entry was shown, its comparison has not ended */
	bool found;		 /* the walk has hit, or has ended otherwise */
	bool spoilt;		 /* a line of the walk could not be read */
	size_t compared;	 /* number of comparisons ended */
	size_t walk_length;	 /* of a walk that finds nothing */
	struct compared *walk;

	size_t slots, tlb0;
	struct slot slot[];
};

static size_t tlb0_ways(const struct reader *r)
{
	return core_is_e500(r->info) ? r->info->array[0].geometry.ways : 0;
}

static bool log_begin(struct reader *r)
{
	const struct ppctlb_array_info *array = r->info->array;
	size_t slots = array[0].geometry.entries, walk = 0;
	struct mmu_log *log;

	if (core_is_e500(r->info)) {
		slots += array[1].geometry.entries;
		walk = array[0].geometry.ways + array[1].geometry.entries;
		r->sets = array[0].geometry.entries / array[0].geometry.ways;
	}
	r->state = log = calloc(1, sizeof(*log) + slots * sizeof(log->slot[0]));
	if (!log)
		return false;
	log->slots = slots;
	log->tlb0 = core_is_e500(r->info) ? array[0].geometry.entries : 0;
	log->walk_length = walk;
	log->walk = calloc(walk + !walk, sizeof(log->walk[0]));
	return log->walk;
}

static void log_free(struct reader *r)
{
	struct mmu_log *log = r->state;

	if (log)
		free(log->walk);
	free(log);
	r->state = NULL;
}

/* ---- e500 ---- */

/* "ppcmas_tlb_check: TLB ADDR=0x%x PID=0x%x MAS1=0x%x MAS2=0x%x mask=0x%x MAS7_3=0x%x MAS8=0x%x" */
static void e500_entry(struct cursor *c)
{
	struct mmu_log *log = c->r->state;
	struct compared *p = &log->pending;

	cursor_expect(c, "TLB ADDR=0x");
	p->address = cursor_hex(c, 16);
	cursor_expect(c, "PID=0x");
	cursor_hex(c, 16);
	cursor_expect(c, "MAS1=0x");
	p->word[0] = cursor_hex(c, 8);
	cursor_expect(c, "MAS2=0x");
	p->word[1] = cursor_hex(c, 16);
	cursor_expect(c, "mask=0x");
	cursor_hex(c, 16);
	cursor_expect(c, "MAS7_3=0x");
	p->word[2] = cursor_hex(c, 16);
	cursor_expect(c, "MAS8=0x");
	p->word[3] = cursor_hex(c, 8);
	cursor_end(c);
	p->valid = !c->failed;
	log->spoilt |= c->failed;
}

/* "mmubooke206_check_tlb: TLB entry not found", "... AS doesn't match", "... good TLB!" */
static void e500_compared(struct cursor *c)
{
	struct mmu_log *log = c->r->state;

	if (log->found)
		return;
	if (log->compared == log->walk_length) {
		cursor_fail(c, c->line, "a walk over more entries than this core has");
		log->found = log->spoilt = true;
		return;
	}
	log->walk[log->compared++] = log->pending;
	log->pending.valid = false;
	log->found = !cursor_try(c, "TLB entry not found") && !cursor_try(c, "AS doesn't match");
}

/*
 * A guest's tlbsx shows entries too, but has no line at the end of a comparison. The last entry
 * that it showed would be taken for the first one of the next walk.
 */
static bool left_by_tlbsx(const struct compared *first, uint64_t address)
{
	uint64_t tsize = (first->word[0] & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT;

	return first->address != address || tsize != 2 || first->word[0] & PPCTLB_MAS1_IPROT;
}

static void keep_walk(struct reader *r, uint64_t address)
{
	struct mmu_log *log = r->state;
	size_t ways = tlb0_ways(r), set = (size_t)(address >> 12) % r->sets;

	if (log->compared && log->walk[0].valid && left_by_tlbsx(&log->walk[0], address))
		log->walk[0].valid = false;
	for (size_t i = 0; i < log->compared; i++) {
		if (log->walk[i].valid && log->walk[i].address != address) {
			r->mixed++;
			return;
		}
	}
	r->sets_seen += log->compared >= ways && !log->slot[set * ways + ways - 1].seen;
	for (size_t i = 0; i < log->compared; i++) {
		struct slot *s = &log->slot[i < ways ? set * ways + i : log->tlb0 + i - ways];

		s->seen = true;
		s->valid = log->walk[i].valid;
		memcpy(s->word, log->walk[i].word, sizeof(s->word));
	}
}

/* "mmubooke206_get_physical_address: access refused 50000000 => ffffffffffffffff 0 -1" */
static void e500_walk_end(struct cursor *c)
{
	struct mmu_log *log = c->r->state;
	uint64_t address;

	if (!cursor_try(c, "access granted"))
		cursor_expect(c, "access refused");
	address = cursor_hex(c, 16);
	cursor_expect(c, "=>");
	if (!log->found && log->compared < log->walk_length)
		cursor_fail(c, c->line, "a walk over fewer entries than this core has");
	if (!c->failed && !log->spoilt)
		keep_walk(c->r, address);
	log->compared = 0;
	log->pending.valid = log->found = log->spoilt = false;
}

/* ---- 440 ---- */

static struct slot *take_slot(struct cursor *c)
{
	struct mmu_log *log = c->r->state;

	return &log->slot[cursor_decimal(c, PPCTLB_44X_ENTRIES - 1)];
}

/* "helper_440_tlbwe word 0 entry 5 value c0000290" */
static void m440_tlbwe(struct cursor *c)
{
	struct slot *s;
	unsigned word;
	uint32_t value;

	cursor_expect(c, "word");
	word = (unsigned)cursor_decimal(c, 2);
	cursor_expect(c, "entry");
	s = take_slot(c);
	cursor_expect(c, "value");
	value = (uint32_t)cursor_hex(c, 16);
	cursor_end(c);
	if (c->failed)
		return;
	s->word[word + 1] = value;
	s->words |= (unsigned char)(1u << word);
	if (word == 0) {
		s->valid = value & PPCTLB_44X_V;
		s->tid_known = false;
		s->word[0] = 0;
	}
}

/* "ppcemb_tlb_check: TLB 5 address f0000000 PID 0 <=> c0000000 f0000000 0 7f": the entry's EPN,
 * mask, TID and rights follow the arrow. */
static void m440_entry(struct cursor *c)
{
	struct slot *s, seen = {.valid = true, .tid_known = true};

	cursor_expect(c, "TLB");
	s = take_slot(c);
	cursor_expect(c, "address");
	cursor_hex(c, 16);
	cursor_expect(c, "PID");
	cursor_decimal(c, UINT32_MAX);
	cursor_expect(c, "<=>");
	seen.epn = (uint32_t)cursor_hex(c, 16);
	seen.size = (uint64_t)1 + (uint32_t)~cursor_hex(c, 16);
	seen.word[0] = cursor_decimal(c, PPCTLB_44X_TID);
	cursor_hex(c, 8);
	cursor_end(c);
	if (c->failed)
		return;
	memcpy(seen.word + 1, s->word + 1, 3 * sizeof(seen.word[0]));
	seen.words = s->words;
	/* if word 0 says otherwise it was changed without a line in this log */
	if (!s->valid || (s->word[1] & PPCTLB_44X_EPN) != seen.epn)
		seen.words &= (unsigned char)~1u;
	*s = seen;
}

/* ---- both ---- */

static const struct {
	const char *prefix;
	bool e500;
	void (*take)(struct cursor *c);
} log_lines[] = {
	{"ppcmas_tlb_check:", true, e500_entry},
	{"mmubooke206_check_tlb:", true, e500_compared},
	{"mmubooke206_get_physical_address:", true, e500_walk_end},
	{"helper_440_tlbwe", false, m440_tlbwe},
	{"ppcemb_tlb_check:", false, m440_entry},
};

/* Ignores other lines, which come from the user's own -d settings. */
static void log_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false};

	for (size_t i = 0; i < ARRAY_SIZE(log_lines); i++) {
		if (!cursor_try(&c, log_lines[i].prefix))
			continue;
		if (log_lines[i].e500 != core_is_e500(r->info)) {
			cursor_fail(&c, line,
				    log_lines[i].e500 ? "a line about a TLB of the e500 family"
						      : "a line about a TLB of a 440");
			return;
		}
		r->known++;
		log_lines[i].take(&c);
		return;
	}
}

static void e500_row(const struct mmu_log *log, size_t i, struct row *row)
{
	const struct slot *s = &log->slot[i];

	row->kind = ROW_WORDS;
	row->entry.tlb = i >= log->tlb0;
	row->entry.index = (uint16_t)(i - (row->entry.tlb ? log->tlb0 : 0));
	memcpy(row->entry.word, s->word, sizeof(s->word));
}

static void m440_row(struct reader *r, size_t i, struct row *row)
{
	const struct mmu_log *log = r->state;
	const struct slot *s = &log->slot[i];

	row->kind = s->words == 7 ? ROW_WORDS : ROW_PAGE;
	row->entry.index = (uint16_t)i;
	memcpy(row->entry.word, s->word, sizeof(s->word));
	row->mapping = (struct ppctlb_mapping){
		.eaddr = s->tid_known ? s->epn : s->word[1] & PPCTLB_44X_EPN,
		.size = s->size,
		.tid = (uint16_t)s->word[0],
	};
	if (row->kind == ROW_WORDS && !s->tid_known)
		r->unknown |= PPCTLB_UNKNOWN_TID;
}

static void log_end(struct reader *r)
{
	struct mmu_log *log = r->state;

	for (size_t i = 0; i < log->slots; i++) {
		struct row row = {.entry = {0}};

		if (!log->slot[i].valid)
			continue;
		if (core_is_e500(r->info))
			e500_row(log, i, &row);
		else
			m440_row(r, i, &row);
		r->row(&row, r->arg);
	}
}

const struct format format_qemu_log = {
	.what = "a log of qemu -d mmu",
	.example = "ppcmas_tlb_check: or helper_440_tlbwe ...",
	.shows = {{"44x", PPCTLB_UNKNOWN_INVALID},
		  {"e500", PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_MAS8}},
	.begin = log_begin,
	.line = log_line,
	.end = log_end,
	.free = log_free,
};
