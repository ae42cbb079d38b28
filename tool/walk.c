/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which addresses make QEMU compare every entry of a TLB.
 *
 * QEMU stops at the first entry that maps an address. To make it compare all entries, probe an
 * address that no entry maps in the address space and for the PID that the CPU is in; on the e500
 * family, one for each set of TLB0. If a set has an unmapped page at all, then its first page at or
 * after 0, or after the end of some entry, is unmapped too.
 */
#include "walk.h"

#define PAGE 4096u

/* The rows that must not map a page; each choice lets more pages through than the one before. */
enum choice { ALL_SPACES, SPACE_0, SPACE_1, TLB0_ONLY, CHOICES };

static bool considered(const struct walk_row *r, enum choice choice)
{
	bool ts = r->m.flags & PPCTLB_TS;

	switch (choice) {
	case SPACE_0:
		return !ts;
	case SPACE_1:
		return ts;
	case TLB0_ONLY:
		return r->tlb == 0;
	default:
		return true;
	}
}

static uint64_t last_of(const struct walk_row *r)
{
	return r->m.eaddr + (r->m.size - 1);
}

static bool page_is_free(const struct walk *w, uint64_t ea, enum choice choice)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct walk_row *r = &w->rows[i];

		if (considered(r, choice) && r->m.eaddr <= ea + (PAGE - 1) && ea <= last_of(r))
			return false;
	}
	return true;
}

/* The first page of that set after row i - 1, or from 0 on. False: there is none. */
static bool first_page(const struct walk *w, size_t i, unsigned set, uint64_t *ea)
{
	uint64_t page = 0;

	if (i)
		page = last_of(&w->rows[i - 1]) / PAGE + 1;
	page += (set - page) & (w->sets - 1);
	*ea = page * PAGE;
	return page <= w->last_page / PAGE;
}

/* Probe a free page of the set. 1: nothing maps it. */
static int walk_set(const struct walk *w, unsigned set, enum choice choice)
{
	uint64_t ea;

	for (size_t i = 0; i <= w->n; i++)
		if (first_page(w, i, set, &ea) && page_is_free(w, ea, choice))
			return w->probe(ea, w->arg);
	return 0;
}

bool walk_all(const struct walk *w)
{
	bool complete = true;
	uint64_t ea;
	int ret = 0;

	for (unsigned set = 0; set < w->sets; set++) {
		ret = 0;
		for (enum choice c = ALL_SPACES; ret == 0 && c < CHOICES; c++)
			ret = walk_set(w, set, c);
		if (ret < 0)
			return false;
		complete &= ret == 1;
	}
	/* Nothing after an entry that maps everything can be seen; but it is not known yet whether
	 * there is one. */
	for (size_t i = 0; !complete && i <= w->n; i++) {
		ret = first_page(w, i, 0, &ea) ? w->probe(ea, w->arg) : 0;
		if (ret < 0)
			return false;
		complete = ret == 1;
	}
	return true;
}
