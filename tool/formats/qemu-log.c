/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the log that QEMU writes with -d mmu (TCG).
 *
 * On the e500 family QEMU logs the raw words of each valid entry that it compares with an address,
 * and a line at the end of each comparison. The order of lines tells the slots: the ways of the
 * address's set in TLB0, then TLB1. A walk that finds nothing shows them all. On a 440 QEMU logs
 * the raw words of every tlbwe, without TID, and the index, EPN, size, TID and rights of each entry
 * that it compares; where it grants an access, the real address that the entry just compared led
 * to. The last line about a slot counts.
 *
 * Of a log that was cut, as in a mail, each entry has what its lines tell.
 */
#include "qemu.h"
#include "../names.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is known of a slot ---- */

struct slot {
	bool seen; /* e500: was compared */
	bool valid;
	bool compared;	     /* 440 */
	bool ra_known;	     /* 440: by an access that was granted */
	unsigned char words; /* 440: bit n set: word n is known */
	uint64_t word[4];
	uint64_t epn, size, ra; /* 440: as compared */
	uint32_t rights;
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
	bool anchored;		 /* the walk before it has ended in this log ... */
	unsigned long gaps;	 /* ... and so many gaps were before its end */
	size_t walk_length;	 /* of a walk that finds nothing */
	struct compared *walk;
	struct slot *last;	  /* compared, 440 */
	unsigned sets, sets_seen; /* of TLB0 */
	unsigned long mixed;	  /* walks left out: their lines are interleaved */
	unsigned long cut;	  /* walks over fewer entries than there are */
	size_t loose, room;	  /* entries of such walks, whose slots are not told */
	struct compared *without_slot;

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
	}
	r->state = log = calloc(1, sizeof(*log) + slots * sizeof(log->slot[0]));
	if (!log)
		return false;
	log->sets = walk ? array[0].geometry.entries / array[0].geometry.ways : 0;
	log->slots = slots;
	log->tlb0 = core_is_e500(r->info) ? array[0].geometry.entries : 0;
	log->walk_length = walk;
	log->room = slots;
	log->walk = calloc(walk + !walk, sizeof(log->walk[0]));
	log->without_slot = calloc(slots, sizeof(log->without_slot[0]));
	return log->walk && log->without_slot;
}

static void log_free(struct reader *r)
{
	struct mmu_log *log = r->state;

	if (log) {
		free(log->walk);
		free(log->without_slot);
	}
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
	size_t ways = tlb0_ways(r), set = (size_t)(address >> 12) % log->sets;

	if (log->compared && log->walk[0].valid && left_by_tlbsx(&log->walk[0], address))
		log->walk[0].valid = false;
	for (size_t i = 0; i < log->compared; i++) {
		if (log->walk[i].valid && log->walk[i].address != address) {
			log->mixed++;
			return;
		}
	}
	log->sets_seen += log->compared >= ways && !log->slot[set * ways + ways - 1].seen;
	for (size_t i = 0; i < log->compared; i++) {
		struct slot *s = &log->slot[i < ways ? set * ways + i : log->tlb0 + i - ways];

		s->seen = true;
		s->valid = log->walk[i].valid;
		memcpy(s->word, log->walk[i].word, sizeof(s->word));
	}
}

static bool same_words(const struct compared *a, const uint64_t *word)
{
	return !memcmp(a->word, word, sizeof(a->word));
}

/* Keep an entry whose slot is not told, once. */
static void keep_without_slot(struct mmu_log *log, const struct compared *entry)
{
	for (size_t i = 0; i < log->loose; i++)
		if (same_words(entry, log->without_slot[i].word))
			return;
	if (log->loose < log->room)
		log->without_slot[log->loose++] = *entry;
}

/* A walk of which lines are missing tells what entries there are. */
static void keep_cut_walk(struct mmu_log *log)
{
	log->cut++;
	for (size_t i = 0; i < log->compared; i++)
		if (log->walk[i].valid)
			keep_without_slot(log, &log->walk[i]);
}

/* Are all lines of the walk there, so that their order tells the slots? One that hits has as many
 * as it takes, and its first line follows the end of another walk. */
static bool is_whole(const struct reader *r)
{
	const struct mmu_log *log = r->state;

	if (!log->found)
		return log->compared == log->walk_length;
	return log->anchored && log->gaps == r->gaps;
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
	if (!c->failed && !log->spoilt && is_whole(c->r))
		keep_walk(c->r, address);
	else if (!c->failed && !log->spoilt)
		keep_cut_walk(log);
	log->anchored = true;
	log->gaps = c->r->gaps;
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
		s->compared = s->ra_known = false;
		s->word[0] = 0;
	}
}

/* "ppcemb_tlb_check: TLB 5 address f0000000 PID 0 <=> c0000000 f0000000 0 7f": the entry's EPN,
 * mask, TID and rights follow the arrow. */
static void m440_entry(struct cursor *c)
{
	struct slot *s, seen = {.valid = true, .compared = true};
	struct mmu_log *log = c->r->state;

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
	qemu_prot(cursor_hex(c, 8), &seen.rights);
	cursor_end(c);
	log->last = NULL;
	if (c->failed)
		return;
	memcpy(seen.word + 1, s->word + 1, 3 * sizeof(seen.word[0]));
	seen.words = s->words;
	/* if word 0 says otherwise the entry was changed without a line in this log */
	if (!s->valid || (s->word[1] & PPCTLB_44X_EPN) != seen.epn)
		seen.words = 0;
	if (s->compared && s->epn == seen.epn && s->size == seen.size) {
		seen.ra_known = s->ra_known;
		seen.ra = s->ra;
	}
	*s = seen;
	log->last = s;
}

/* "mmubooke_get_physical_address: access granted 00c02000 => 0000000000c02000 7 0": by the entry
 * compared last. */
static void m440_granted(struct cursor *c)
{
	struct mmu_log *log = c->r->state;
	struct slot *s = log->last;
	uint64_t ea, ra;

	log->last = NULL;
	if (!cursor_try(c, "access granted"))
		return;
	ea = cursor_hex(c, 16);
	cursor_expect(c, "=>");
	ra = cursor_hex(c, 16);
	if (c->failed || !s || ea - s->epn >= s->size || (ra ^ ea) & (s->size - 1))
		return;
	s->ra_known = true;
	s->ra = ra - (ea - s->epn);
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
	{"mmubooke_get_physical_address:", false, m440_granted},
};

/* A line about entries; others come from the user's own -d settings. */
static enum line log_line(struct reader *r, char *line)
{
	struct cursor c = {r, line, line, false, false};

	for (size_t i = 0; i < ARRAY_SIZE(log_lines); i++) {
		if (!cursor_try(&c, log_lines[i].prefix))
			continue;
		cursor_begin(&c);
		if (log_lines[i].e500 == core_is_e500(r->info))
			log_lines[i].take(&c);
		else
			cursor_fail(&c, line,
				    log_lines[i].e500 ? "a line about a TLB of the e500 family"
						      : "a line about a TLB of a 440");
		return LINE_MINE;
	}
	return cursor_reject_line(&c);
}

static void e500_row(struct reader *r, size_t i)
{
	const struct mmu_log *log = r->state;
	const struct slot *s = &log->slot[i];
	struct row row = {.kind = ROW_WORDS, .line = r->line};

	row.entry.tlb = i >= log->tlb0;
	row.entry.index = (uint16_t)(i - (row.entry.tlb ? log->tlb0 : 0));
	memcpy(row.entry.word, s->word, sizeof(s->word));
	r->row(&row, r->arg);
}

/* What is not told of an entry of which not every word was logged. */
static uint32_t m440_unknown(const struct slot *s)
{
	uint32_t unknown = 0;

	if (!s->compared)
		unknown |= PPCTLB_UNKNOWN_TID;
	if (!(s->words & 1))
		unknown |= PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_LOW_RPN | PPCTLB_UNKNOWN_RESERVED;
	if (!(s->words & 2) && !s->ra_known)
		unknown |= PPCTLB_UNKNOWN_RA;
	if (!(s->words & 4))
		unknown |= PPCTLB_UNKNOWN_WIMGE | PPCTLB_UNKNOWN_U;
	if (!(s->words & 4) && !s->compared)
		unknown |= PPCTLB_UNKNOWN_RIGHTS;
	return unknown;
}

/* Words that were logged, and those that the comparison tells. */
static bool m440_words(const struct reader *r, const struct slot *s, struct row *row)
{
	struct ppctlb_entry *e = &row->entry;

	memset(e->word, 0, sizeof(e->word));
	if (s->compared && !words_as_written(r->info, &row->mapping, e))
		return false;
	for (int i = 0; i < 3; i++)
		if (s->words & 1u << i)
			e->word[i + 1] = s->word[i + 1];
	return true;
}

static void m440_row(struct reader *r, size_t i)
{
	const struct mmu_log *log = r->state;
	const struct slot *s = &log->slot[i];
	struct row row = {.kind = ROW_WORDS, .entry = {.index = (uint16_t)i}, .line = r->line};

	row.mapping = (struct ppctlb_mapping){
		.eaddr = s->compared ? s->epn : s->word[1] & PPCTLB_44X_EPN,
		.raddr = s->ra_known ? s->ra : 0,
		.size = s->size,
		.flags = s->rights,
		.tid = (uint16_t)s->word[0],
	};
	if (!m440_words(r, s, &row))
		row.kind = ROW_MAPPING;
	row.entry.unknown = m440_unknown(s);
	if (row.entry.unknown == PPCTLB_UNKNOWN_TID) {
		row.entry.unknown = 0;
		r->unknown |= PPCTLB_UNKNOWN_TID;
	}
	r->row(&row, r->arg);
}

/* An entry of a walk that was cut: TLB0 has no IPROT, and pages of 4K only. */
static void loose_row(struct reader *r, const struct compared *entry)
{
	struct row row = {.kind = ROW_WORDS, .line = r->line};
	uint64_t tsize = (entry->word[0] & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT;

	row.entry.tlb = tsize != 2 || entry->word[0] & PPCTLB_MAS1_IPROT;
	row.entry.tlb |= PPCTLB_NO_SLOT;
	row.entry.unknown = PPCTLB_UNKNOWN_SLOT;
	memcpy(row.entry.word, entry->word, sizeof(row.entry.word));
	r->unknown |= PPCTLB_UNKNOWN_SLOT;
	r->row(&row, r->arg);
}

static void log_notes(const struct reader *r)
{
	const struct mmu_log *log = r->state;
	char text[REASON_LEN];

	if (log->mixed) {
		snprintf(text, sizeof(text), "%lu walk%s left out: lines of several CPUs are mixed",
			 log->mixed, log->mixed == 1 ? "" : "s");
		r->note(text, r->arg);
	}
	if (log->cut) {
		snprintf(text, sizeof(text),
			 "%lu walk%s over fewer than the %zu entries that %s compares: lines are "
			 "missing, or the log is of another core; %s",
			 log->cut, log->cut == 1 ? "" : "s", log->walk_length, r->info->name,
			 log->sets_seen ? "left out" : "no slots are told");
		r->note(text, r->arg);
	}
	if (log->sets_seen < log->sets) {
		snprintf(text, sizeof(text),
			 "tells of %u of the %u sets of TLB0; the others are empty in the image",
			 log->sets_seen, log->sets);
		r->note(text, r->arg);
	}
}

static void log_end(struct reader *r)
{
	struct mmu_log *log = r->state;

	if (log->compared && !log->spoilt)
		keep_cut_walk(log);
	for (size_t i = 0; i < log->slots; i++) {
		if (!log->slot[i].valid)
			continue;
		if (core_is_e500(r->info))
			e500_row(r, i);
		else
			m440_row(r, i);
	}
	/* beside walks with slots they may be older */
	for (size_t i = 0; i < log->loose && !log->sets_seen; i++)
		loose_row(r, &log->without_slot[i]);
	log_notes(r);
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
