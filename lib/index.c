// SPDX-License-Identifier: LGPL-2.1-or-later
/* The index of a fully associative TLB: which of its pages have an EA, without asking each. */
#include "internal.h"

/* Sort the numbers of pages that can hit by their first EA. Returns how many there are. */
static size_t sort(const struct tlb_page *page, size_t n, uint8_t *order)
{
	size_t sorted = 0;

	for (size_t i = 0; i < n; i++) {
		size_t at = sorted;

		if (page[i].as == TLB_NEVER)
			continue;
		for (; at && page[order[at - 1]].first > page[i].first; at--)
			order[at] = order[at - 1];
		order[at] = (uint8_t)i;
		sorted++;
	}
	return sorted;
}

/* From that EA on, the pages are these. */
static void add_bound(struct tlb_index *x, uint64_t eaddr, uint64_t over)
{
	if (x->bound[x->n - 1] != eaddr)
		x->bound[x->n++] = eaddr;
	x->over[x->n - 1] = over;
}

/* Of these pages the one that ends first. */
static size_t first_to_end(const struct tlb_page *page, uint64_t open)
{
	size_t first = (size_t)__builtin_ctzll(open);

	for (open &= open - 1; open; open &= open - 1) {
		size_t i = (size_t)__builtin_ctzll(open);

		first = page[i].last < page[first].last ? i : first;
	}
	return first;
}

/* Close the pages that end before an EA. */
static uint64_t close_before(struct tlb_index *x, const struct tlb_page *page, uint64_t open,
			     uint64_t eaddr)
{
	while (open) {
		size_t i = first_to_end(page, open);

		if (page[i].last >= eaddr)
			break;
		open &= ~(UINT64_C(1) << i);
		add_bound(x, page[i].last + 1, open);
	}
	return open;
}

void tlb_make_index(struct tlb_index *x, const struct tlb_page *page, size_t n)
{
	uint8_t order[TLB_INDEXED];
	uint64_t open = 0;

	n = sort(page, n, order);
	x->n = 1;
	x->shared = false;
	x->bound[0] = x->over[0] = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t first = page[order[i]].first;

		open = close_before(x, page, open, first);
		x->shared = x->shared || open;
		open |= UINT64_C(1) << order[i];
		add_bound(x, first, open);
	}
	close_before(x, page, open, UINT64_MAX);
}
