/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entries came near an access, and what kept each of them from matching. */
#include "why.h"
#include "json.h"
#include "message.h"
#include "names.h"

#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What can keep an entry from an access; the names are part of the interface. */
enum reason {
	INVALID,
	INDIRECT,
	WRONG_SET,
	WRONG_UPPER,
	BEFORE,
	BEHIND,
	WRONG_PID,
	WRONG_TS,
	NO_RIGHT,
	REASONS
};

static const char *const names[REASONS] = {
	[INVALID] = "invalid",	 [INDIRECT] = "indirect", [WRONG_SET] = "set",
	[WRONG_UPPER] = "upper", [BEFORE] = "before",	  [BEHIND] = "behind",
	[WRONG_PID] = "pid",	 [WRONG_TS] = "ts",	  [NO_RIGHT] = "right",
};

#define BIT(reason) (1u << (reason))
#define OUTSIDE	    (BIT(BEFORE) | BIT(BEHIND))

/* A slot that is not empty. */
struct slot {
	const struct ppctlb_entry *e;
	struct ppctlb_mapping m; /* as if it were valid */
	uint64_t last;
	uint32_t unknown; /* of what an answer hangs on */
	unsigned reasons; /* those that hold for every access */
};

struct why {
	const struct image *im;
	struct slot *slot;
	size_t n;
};

/* A slot that came near. */
struct nearby {
	const struct slot *slot;
	unsigned reasons;
	uint64_t distance; /* of an access outside */
};

/* Enough to read. Of those that only lie near an address the nearest on each side counts, no
 * farther than its own size or this. */
#define MOST	  5
#define NEAR_ENDS ((uint64_t)64 << 10)

/* ---- finding ---- */

static unsigned sets_of(const struct why *w, const struct ppctlb_entry *e)
{
	const struct ppctlb_geometry *g = &w->im->info.core->array[e->tlb].geometry;

	return g->entries / g->ways;
}

static unsigned set_of_slot(const struct why *w, const struct ppctlb_entry *e)
{
	return e->index / w->im->info.core->array[e->tlb].geometry.ways;
}

static unsigned set_of_page(const struct why *w, const struct slot *s)
{
	return s->m.eaddr >> 12 & (sets_of(w, s->e) - 1);
}

static unsigned lasting_reasons(const struct why *w, const struct slot *s)
{
	unsigned reasons = 0;

	if (!entry_valid(w->im->core, s->e))
		reasons |= BIT(INVALID);
	if (entry_is_indirect(w->im->core, s->e))
		reasons |= BIT(INDIRECT);
	if (sets_of(w, s->e) > 1 && set_of_slot(w, s->e) != set_of_page(w, s))
		reasons |= BIT(WRONG_SET);
	return reasons;
}

struct why *why_new(const struct image *im)
{
	struct why *w = calloc(1, sizeof(*w));

	if (!w || !(w->slot = calloc(im->info.entries + 1, sizeof(*w->slot))))
		out_of_memory();
	w->im = im;
	for (size_t i = 0; i < im->info.entries; i++) {
		struct slot *s = &w->slot[w->n];

		s->e = &im->entries[i];
		if (!decode_as_valid(im->core, s->e, &s->m) || !s->m.size)
			continue;
		s->last = s->m.eaddr + (s->m.size - 1);
		s->unknown = image_not_told(im, s->e) &
			     (PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_SIZE |
			      PPCTLB_UNKNOWN_RIGHTS | PPCTLB_UNKNOWN_RA);
		s->reasons = lasting_reasons(w, s);
		w->n++;
	}
	return w;
}

void why_free(struct why *w)
{
	if (w)
		free(w->slot);
	free(w);
}

static bool lies_in(const struct slot *s, uint64_t ea)
{
	return ea >= s->m.eaddr && (ea <= s->last || s->unknown & PPCTLB_UNKNOWN_SIZE);
}

/* Where an access lies, unless it is in the page. */
static unsigned place_reason(const struct slot *s, uint64_t ea, uint64_t *distance)
{
	const uint64_t low = UINT32_MAX;

	*distance = 0;
	if (lies_in(s, ea))
		return 0;
	if ((ea & ~low) != (s->m.eaddr & ~low) && lies_in(s, (s->m.eaddr & ~low) | (ea & low)))
		return BIT(WRONG_UPPER);
	*distance = ea < s->m.eaddr ? s->m.eaddr - ea : ea - s->last;
	return ea < s->m.eaddr ? BIT(BEFORE) : BIT(BEHIND);
}

static uint32_t right_needed(const struct ppctlb_access *a)
{
	return (uint32_t)(a->user ? PPCTLB_UR : PPCTLB_SR) << a->type;
}

static struct nearby compare(const struct slot *s, const struct ppctlb_access *a)
{
	struct nearby n = {s, s->reasons, 0};

	n.reasons |= place_reason(s, a->eaddr, &n.distance);
	if (s->m.tid && s->m.tid != a->pid && !(s->unknown & PPCTLB_UNKNOWN_TID))
		n.reasons |= BIT(WRONG_PID);
	if (!(s->m.flags & PPCTLB_TS) != !a->as && !(s->unknown & PPCTLB_UNKNOWN_TS))
		n.reasons |= BIT(WRONG_TS);
	if (!(s->m.flags & right_needed(a)) && !(s->unknown & PPCTLB_UNKNOWN_RIGHTS))
		n.reasons |= BIT(NO_RIGHT);
	return n;
}

/* Is it near at all: does it lie around the address, or end beside it and match else? */
static bool is_near(const struct nearby *n)
{
	uint64_t reach = n->slot->m.size > NEAR_ENDS ? n->slot->m.size : NEAR_ENDS;

	return !(n->reasons & OUTSIDE) ||
	       (!(n->reasons & ~(OUTSIDE | BIT(NO_RIGHT))) && n->distance <= reach);
}

/* The lower, the nearer: around the address, but for its upper half, beside it. */
static int rank(const struct nearby *n)
{
	return n->reasons & OUTSIDE ? 2 : (n->reasons & BIT(WRONG_UPPER)) != 0;
}

static bool is_nearer(const struct nearby *a, const struct nearby *b)
{
	int x = __builtin_popcount(a->reasons), y = __builtin_popcount(b->reasons);

	if (rank(a) != rank(b))
		return rank(a) < rank(b);
	if (x != y && rank(a) < 2)
		return x < y;
	return a->distance < b->distance; /* else the one found first, in the order of slots */
}

/* Put it where it belongs; the last one drops out if there is no room. */
static size_t insert(struct nearby *list, size_t n, const struct nearby *x)
{
	size_t at = n;

	while (at && is_nearer(x, &list[at - 1]))
		at--;
	if (at == MOST)
		return n;
	n += n < MOST;
	memmove(&list[at + 1], &list[at], (n - at - 1) * sizeof(*list));
	list[at] = *x;
	return n;
}

static bool is_answer(const struct slot *s, const struct ppctlb_hit *hit)
{
	return hit->result != PPCTLB_MISS && hit->result != PPCTLB_PROTECTION &&
	       s->e->tlb == hit->tlb && s->e->index == hit->index;
}

/* The entries that came near, nearest first: at most MOST. The entry of the answer is none of them
 * unless a right kept it, and once something hits, neighbours are nobody's business. */
static size_t find_near(const struct why *w, const struct ppctlb_access *a,
			const struct ppctlb_hit *hit, struct nearby list[MOST])
{
	struct nearby beside[2] = {{NULL, 0, 0}, {NULL, 0, 0}};
	size_t n = 0;

	for (size_t i = 0; i < w->n; i++) {
		struct nearby x = compare(&w->slot[i], a);
		struct nearby *side = &beside[(x.reasons & BIT(BEHIND)) != 0];

		if (is_answer(x.slot, hit) || !is_near(&x))
			continue;
		if (!(x.reasons & OUTSIDE))
			n = insert(list, n, &x);
		else if (!side->slot || is_nearer(&x, side))
			*side = x;
	}
	for (int i = 0; i < 2 && hit->result != PPCTLB_HIT; i++)
		if (beside[i].slot)
			n = insert(list, n, &beside[i]);
	return n;
}

/* ---- telling ---- */

static void put_reason(const struct why *w, const struct nearby *n, enum reason reason,
		       const struct ppctlb_access *a)
{
	const struct slot *s = n->slot;

	switch (reason) {
	case INVALID:
		fputs("it is not valid", stdout);
		break;
	case INDIRECT:
		fputs("it is indirect", stdout);
		break;
	case WRONG_SET:
		printf("it is in set %u, its EA belongs to set %u", set_of_slot(w, s->e),
		       set_of_page(w, s));
		break;
	case WRONG_UPPER:
		printf("its upper 32 bits are 0x%" PRIx64 ", not 0x%" PRIx64, s->m.eaddr >> 32,
		       a->eaddr >> 32);
		break;
	case BEFORE:
		printf("EA is 0x%" PRIx64 " before its start", n->distance);
		break;
	case BEHIND:
		printf("EA is 0x%" PRIx64 " behind its end 0x%" PRIx64, n->distance, s->last);
		break;
	case WRONG_PID:
		printf("TID is %u, PID %u", s->m.tid, a->pid);
		break;
	case WRONG_TS:
		printf("TS is %d, not %u", (s->m.flags & PPCTLB_TS) != 0, a->as);
		break;
	default:
		printf("%s is not set", ppctlb_flag_name(right_needed(a)));
	}
}

static void put_near(const struct why *w, const struct nearby *n, const struct ppctlb_access *a)
{
	const struct slot *s = n->slot;
	char text[PPCTLB_TEXT_MAX];
	const char *lead = " - ";

	if (ppctlb_format_mapping(&s->m, text, sizeof(text)) < 0)
		return;
	printf("  %u:%u %s", s->e->tlb, s->e->index, text);
	for (unsigned i = 0; i < REASONS; i++) {
		if (!(n->reasons & BIT(i)))
			continue;
		fputs(lead, stdout);
		put_reason(w, n, i, a);
		lead = "; ";
	}
	if (!n->reasons)
		fputs(s->unknown ? " - may match" : " - matches, too", stdout);
	if (s->unknown)
		printf("; not told: %s", unknown_names(s->unknown, text, sizeof(text)));
	putchar('\n');
}

void why_print(const struct why *w, const struct ppctlb_access *a, const struct ppctlb_hit *hit)
{
	struct nearby list[MOST];
	size_t n = find_near(w, a, hit, list);

	for (size_t i = 0; i < n; i++)
		put_near(w, &list[i], a);
	if (!n && hit->result == PPCTLB_MISS)
		puts("  no entry came near");
}

static struct json_object *near_json(const struct nearby *n)
{
	struct json_object *o = json_new(), *reasons = json_list();
	const struct slot *s = n->slot;

	json_number(o, "tlb", s->e->tlb);
	json_number(o, "index", s->e->index);
	json_mapping(o, &s->m);
	for (unsigned i = 0; i < REASONS; i++)
		if (n->reasons & BIT(i))
			json_append(reasons, json_object_new_string(names[i]));
	json_add(o, "reasons", reasons);
	if (n->distance)
		json_number(o, "distance", n->distance);
	json_not_told(o, s->unknown);
	return o;
}

void why_json(const struct why *w, const struct ppctlb_access *a, const struct ppctlb_hit *hit,
	      struct json_object *o)
{
	struct json_object *array = json_list();
	struct nearby list[MOST];
	size_t n = find_near(w, a, hit, list);

	for (size_t i = 0; i < n; i++)
		json_append(array, near_json(&list[i]));
	json_add(o, "near", array);
}
