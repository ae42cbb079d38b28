/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lays out an axis of addresses on which a 4K page can be seen beside 256M.
 *
 * The ends of all ranges cut the axis into segments. The height of a segment grows with the
 * logarithm of its size; a segment in which no range begins needs no room for a label.
 */
#include "layout.h"

#include <stdlib.h>

#define GAP   0.8  /* height of a gap, in rows */
#define INNER 0.35 /* least height of a segment where no range begins */
#define GROW  0.09 /* rows more for each doubling of the size */

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* Fill cuts with the sorted first addresses of all segments; returns their number. */
static size_t cut(const struct span *spans, size_t n, uint64_t *cuts)
{
	size_t all = 0, kept = 0;

	for (size_t i = 0; i < n; i++) {
		cuts[all++] = spans[i].first;
		if (spans[i].last != UINT64_MAX)
			cuts[all++] = spans[i].last + 1;
	}
	qsort(cuts, all, sizeof(*cuts), by_value);
	for (size_t i = 0; i < all; i++)
		if (!i || cuts[i] != cuts[kept - 1])
			cuts[kept++] = cuts[i];
	return kept;
}

static double height_of(struct segment *s, const struct span *spans, size_t n, double row)
{
	bool begins = false;
	double height = 0;

	s->gap = true;
	for (size_t i = 0; i < n; i++) {
		s->gap &= s->first < spans[i].first || spans[i].last < s->last;
		begins |= spans[i].first == s->first;
	}
	if (s->gap)
		return GAP * row;
	for (uint64_t size = (s->last - s->first) >> 12; size; size >>= 1)
		height += GROW;
	height *= begins ? 1 : 0.5;
	return (height + (begins ? 1 : INNER)) * row;
}

static void place_segments(struct axis *a, const uint64_t *cuts, size_t n_cuts,
			   const struct span *spans, size_t n, double row)
{
	for (size_t i = 0; i < n_cuts; i++) {
		struct segment *s = &a->segment[a->n];
		double height;

		s->first = cuts[i];
		s->last = i + 1 < n_cuts ? cuts[i + 1] - 1 : UINT64_MAX;
		height = height_of(s, spans, n, row);
		if (s->gap && i + 1 == n_cuts)
			break; /* what follows the last range */
		s->top = a->height;
		a->height = s->bottom = s->top + height;
		a->n++;
	}
}

static void place_span(const struct axis *a, struct span *s)
{
	for (size_t i = 0; i < a->n; i++) {
		if (a->segment[i].first == s->first)
			s->top = a->segment[i].top;
		if (a->segment[i].last == s->last)
			s->bottom = a->segment[i].bottom;
	}
}

static int by_first_longest(const void *a, const void *b)
{
	const struct span *x = *(struct span *const *)a, *y = *(struct span *const *)b;

	if (x->first != y->first)
		return x->first < y->first ? -1 : 1;
	if (x->last != y->last)
		return x->last > y->last ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Put each range into the first lane whose last range has ended. The ranges of a group, which meet
 * no others, share the width. */
static void place_lanes(struct span **order, uint64_t *end, size_t n)
{
	size_t group = 0, lanes = 0;
	uint64_t group_end = 0;

	qsort(order, n, sizeof(*order), by_first_longest);
	for (size_t i = 0; i < n; i++) {
		size_t lane = 0;

		if (order[i]->first > group_end) {
			group = i;
			lanes = 0;
		}
		while (lane < lanes && end[lane] >= order[i]->first)
			lane++;
		order[i]->lane = lane;
		end[lane] = order[i]->last;
		lanes += lane == lanes;
		if (i == group || order[i]->last > group_end)
			group_end = order[i]->last;
		for (size_t k = group; k <= i; k++)
			order[k]->lanes = lanes;
	}
}

bool layout(struct axis *a, struct span *spans, size_t n, double row)
{
	uint64_t *cuts = calloc(2 * n + 1, sizeof(*cuts));
	struct span **order = calloc(n + 1, sizeof(*order));
	bool ok;

	*a = (struct axis){.segment = calloc(2 * n + 1, sizeof(*a->segment))};
	ok = cuts && order && a->segment;
	if (ok) {
		place_segments(a, cuts, cut(spans, n, cuts), spans, n, row);
		for (size_t i = 0; i < n; i++) {
			place_span(a, &spans[i]);
			order[i] = &spans[i];
		}
		place_lanes(order, cuts, n);
	}
	free(cuts);
	free(order);
	return ok;
}

void layout_stretch(struct axis *a, struct span *spans, size_t n, double height)
{
	double factor = a->height > 0 ? height / a->height : 1;

	for (size_t i = 0; i < a->n; i++) {
		a->segment[i].top *= factor;
		a->segment[i].bottom *= factor;
	}
	for (size_t i = 0; i < n; i++) {
		spans[i].top *= factor;
		spans[i].bottom *= factor;
	}
	a->height = height;
}

void layout_free(struct axis *a)
{
	free(a->segment);
	a->segment = NULL;
}
