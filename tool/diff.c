/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb diff: shows how one image differs from another. */
#include "args.h"
#include "file.h"
#include "image.h"
#include "json.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DIFFERENT = 1, TROUBLE = 2 };

#define NO_PARTNER ((size_t)-1)

/* One entry of an image as it is compared. */
struct diff_entry {
	const struct ppctlb_entry *e;
	bool valid;
	struct ppctlb_mapping m; /* what it maps */
	uint64_t key[4];	 /* equal for entries that are the same by what both sources tell */
	size_t place, partner;
};

struct diff {
	struct image a, b;
	struct diff_entry *ea, *eb;
	size_t n;
	uint32_t unknown; /* to either source, of all entries */
	bool json, differs;
};

/* ---- comparing ---- */

/* The flags that the sources knew. */
static uint32_t known_flags(uint32_t unknown)
{
	static const struct {
		uint32_t unknown, flags;
	} table[] = {
		{PPCTLB_UNKNOWN_IPROT, PPCTLB_IPROT},
		{PPCTLB_UNKNOWN_X, PPCTLB_X0 | PPCTLB_X1},
		{PPCTLB_UNKNOWN_MAS8, PPCTLB_GS},
		{PPCTLB_UNKNOWN_E, PPCTLB_E},
		{PPCTLB_UNKNOWN_U, PPCTLB_U0 | PPCTLB_U1 | PPCTLB_U2 | PPCTLB_U3},
		{PPCTLB_UNKNOWN_TS, PPCTLB_TS},
		{PPCTLB_UNKNOWN_RIGHTS,
		 PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX},
		{PPCTLB_UNKNOWN_WIMGE, PPCTLB_W | PPCTLB_I | PPCTLB_M | PPCTLB_G | PPCTLB_E},
	};
	uint32_t flags = PPCTLB_FLAGS;

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (unknown & table[i].unknown)
			flags &= ~table[i].flags;
	return flags;
}

/* With these unknown the raw words of a valid entry can still be compared. */
#define WORDS_KNOWN ((uint32_t)(PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_INVALID))

/* The part of a mapping that is told; what is not is 0. */
static struct ppctlb_mapping known_part(const struct ppctlb_mapping *m, uint32_t unknown)
{
	struct ppctlb_mapping known = *m;

	known.flags &= known_flags(unknown);
	if (unknown & PPCTLB_UNKNOWN_TID)
		known.tid = 0;
	if (unknown & PPCTLB_UNKNOWN_MAS8)
		known.lpid = 0;
	if (unknown & PPCTLB_UNKNOWN_RA)
		known.raddr = 0;
	if (unknown & PPCTLB_UNKNOWN_SIZE)
		known.size = 0;
	return known;
}

static void make_key(const struct diff_entry *s, const struct ppctlb_core *core, uint32_t unknown,
		     uint64_t key[4])
{
	struct ppctlb_entry bare = *s->e;
	struct ppctlb_mapping known;

	memset(key, 0, 4 * sizeof(*key));
	if (!s->valid && unknown & PPCTLB_UNKNOWN_INVALID)
		return;
	if (!s->valid || !(unknown & ~WORDS_KNOWN)) {
		ppctlb_clear_parity(core, &bare);
		memcpy(key, bare.word, sizeof(bare.word));
		return;
	}
	known = known_part(&s->m, unknown);
	key[0] = known.eaddr;
	key[1] = known.raddr;
	key[2] = known.size;
	key[3] = known.flags | (uint64_t)known.tid << 32 | (uint64_t)known.lpid << 48;
}

static struct diff_entry *make_entries(const struct image *im, uint32_t unknown)
{
	struct diff_entry *entries = calloc(im->info.entries, sizeof(*entries));

	if (!entries)
		return NULL;
	for (size_t i = 0; i < im->info.entries; i++) {
		struct diff_entry *s = &entries[i];

		s->e = &im->entries[i];
		s->valid = ppctlb_decode_any(im->core, s->e, &s->m) == 0;
		s->place = i;
		s->partner = NO_PARTNER;
		make_key(s, im->core, unknown, s->key);
	}
	return entries;
}

/* What one of them or both do not tell. */
static uint32_t unknown_of(const struct diff *d, const struct diff_entry *a,
			   const struct diff_entry *b)
{
	return d->unknown | a->e->unknown | b->e->unknown;
}

static bool same(const struct diff *d, const struct diff_entry *a, const struct diff_entry *b)
{
	uint32_t unknown = unknown_of(d, a, b);
	uint64_t x[4], y[4];

	if (a->valid != b->valid)
		return false;
	if (unknown == d->unknown)
		return !memcmp(a->key, b->key, sizeof(a->key));
	make_key(a, d->a.core, unknown, x);
	make_key(b, d->a.core, unknown, y);
	return !memcmp(x, y, sizeof(x));
}

static int by_key(const void *x, const void *y)
{
	const struct diff_entry *a = *(struct diff_entry *const *)x,
				*b = *(struct diff_entry *const *)y;
	int order = memcmp(a->key, b->key, sizeof(a->key));

	return order ? order : (a->place > b->place) - (a->place < b->place);
}

static int by_address(const void *x, const void *y)
{
	const struct diff_entry *a = *(struct diff_entry *const *)x,
				*b = *(struct diff_entry *const *)y;

	if (a->m.eaddr != b->m.eaddr)
		return a->m.eaddr < b->m.eaddr ? -1 : 1;
	return (a->place > b->place) - (a->place < b->place);
}

/* List the valid entries of one image at whose place the other has something else. */
static size_t list_unmatched(const struct diff *d, struct diff_entry *of,
			     const struct diff_entry *other, struct diff_entry **list)
{
	size_t found = 0;

	for (size_t i = 0; i < d->n; i++)
		if (of[i].valid && !same(d, &of[i], &other[i]))
			list[found++] = &of[i];
	qsort(list, found, sizeof(*list), by_key);
	return found;
}

static void pair(struct diff_entry *a, struct diff_entry *b)
{
	a->partner = b->place;
	b->partner = a->place;
}

/*
 * Pair entries of the same EA of which one tells less than the other, so that no order of their
 * keys brings them together. Few entries have the same EA.
 */
static void pair_partial(const struct diff *d, struct diff_entry **a, size_t na,
			 struct diff_entry **b, size_t nb)
{
	qsort(a, na, sizeof(*a), by_address);
	qsort(b, nb, sizeof(*b), by_address);
	for (size_t i = 0, from = 0; i < na; i++) {
		while (from < nb && b[from]->m.eaddr < a[i]->m.eaddr)
			from++;
		for (size_t j = from;
		     j < nb && b[j]->m.eaddr == a[i]->m.eaddr && a[i]->partner == NO_PARTNER; j++)
			if (b[j]->partner == NO_PARTNER && (a[i]->e->unknown | b[j]->e->unknown) &&
			    same(d, a[i], b[j]))
				pair(a[i], b[j]);
	}
}

/* Pair entries that both images have, in different places. */
static bool find_moved(struct diff *d)
{
	struct diff_entry **a = calloc(2 * d->n, sizeof(*a)), **b;
	size_t na, nb;

	if (!a)
		return false;
	b = a + d->n;
	na = list_unmatched(d, d->ea, d->eb, a);
	nb = list_unmatched(d, d->eb, d->ea, b);
	for (size_t i = 0, j = 0; i < na && j < nb;) {
		int order = memcmp(a[i]->key, b[j]->key, sizeof(a[i]->key));

		if (order == 0)
			pair(a[i], b[j]);
		i += order <= 0;
		j += order >= 0;
	}
	pair_partial(d, a, na, b, nb);
	free(a);
	return true;
}

/* ---- fields of a change ---- */

struct change {
	const char *field;
	char from[PPCTLB_TEXT_MAX], to[PPCTLB_TEXT_MAX];
};

#define CHANGES 8

static void number_text(uint64_t value, char *buf)
{
	snprintf(buf, PPCTLB_TEXT_MAX, "%llu", (unsigned long long)value);
}

static void hex_text(uint64_t value, char *buf)
{
	snprintf(buf, PPCTLB_TEXT_MAX, "0x%llx", (unsigned long long)value);
}

static void size_text(uint64_t value, char *buf)
{
	ppctlb_format_size(value, buf, PPCTLB_TEXT_MAX);
}

static void flags_text(uint64_t value, char *buf)
{
	flag_names(value, buf, PPCTLB_TEXT_MAX);
	if (!*buf)
		strcpy(buf, "-");
}

static size_t add_change(struct change *c, size_t n, const char *field, uint64_t from, uint64_t to,
			 void (*text)(uint64_t value, char *buf))
{
	if (from == to)
		return n;
	c[n].field = field;
	text(from, c[n].from);
	text(to, c[n].to);
	return n + 1;
}

static size_t mapping_changes(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b,
			      struct change *c)
{
	size_t n = 0;

	n = add_change(c, n, "ea", a->eaddr, b->eaddr, hex_text);
	n = add_change(c, n, "ra", a->raddr, b->raddr, hex_text);
	n = add_change(c, n, "size", a->size, b->size, size_text);
	n = add_change(c, n, "flags", a->flags & ~(uint32_t)PPCTLB_TS,
		       b->flags & ~(uint32_t)PPCTLB_TS, flags_text);
	n = add_change(c, n, "tid", a->tid, b->tid, number_text);
	n = add_change(c, n, "ts", (a->flags & PPCTLB_TS) != 0, (b->flags & PPCTLB_TS) != 0,
		       number_text);
	return add_change(c, n, "lpid", a->lpid, b->lpid, number_text);
}

/* Find the fields that differ or, if the meaning is the same, the raw words. */
static size_t find_changes(const struct diff *d, const struct diff_entry *a,
			   const struct diff_entry *b, struct change *c)
{
	const struct ppctlb_core_info *core = d->a.info.core;
	uint32_t unknown = unknown_of(d, a, b);
	struct ppctlb_mapping x = known_part(&a->m, unknown), y = known_part(&b->m, unknown);
	size_t n = a->valid ? mapping_changes(&x, &y, c) : 0;

	if (n)
		return n;
	for (size_t i = 0; i < ARRAY_SIZE(core->word_name) && core->word_name[i]; i++)
		n = add_change(c, n, core->word_name[i], a->key[i], b->key[i], hex_text);
	return n;
}

/* ---- output ---- */

static struct json_object *diff_entry_json(const struct image *im, const struct diff_entry *s)
{
	struct json_object *o = json_new();

	json_entry(o, im->core, s->e);
	if (s->valid)
		json_mapping(o, &s->m);
	json_not_told(o, image_not_told(im, s->e));
	return o;
}

static void print_json(const struct diff *d, const char *what, const struct diff_entry *a,
		       const struct diff_entry *b, const struct change *c, size_t n)
{
	struct json_object *o = json_new(), *fields;

	json_string(o, "change", what);
	if (n) {
		fields = json_list();
		for (size_t i = 0; i < n; i++)
			json_append(fields, json_object_new_string(c[i].field));
		json_add(o, "fields", fields);
	}
	if (a)
		json_add(o, "old", diff_entry_json(&d->a, a));
	if (b)
		json_add(o, "new", diff_entry_json(&d->b, b));
	json_print(o);
}

static void print_text(const struct diff *d, const char *what, const char *hue,
		       const struct diff_entry *a, const struct diff_entry *b,
		       const struct change *c, size_t n)
{
	const struct diff_entry *s = a ? a : b;
	char *text = n ? NULL : mapping_text(d->a.core, s->e), names[256];

	colour(hue);
	printf("%s %u:%u", what, s->e->tlb, s->e->index);
	if (s->partner != NO_PARTNER)
		printf(" -> %u:%u", b->e->tlb, b->e->index);
	for (size_t i = 0; i < n; i++)
		printf("%s %s %s -> %s", i ? "," : "", c[i].field, c[i].from, c[i].to);
	if (text)
		printf(" %s", text);
	if (text && s->e->unknown)
		printf(" not told: %s", unknown_names(s->e->unknown, names, sizeof(names)));
	free(text);
	colour(NULL);
	putchar('\n');
}

static void report(struct diff *d, const char *what, const char *hue, const struct diff_entry *a,
		   const struct diff_entry *b)
{
	struct change c[CHANGES];
	size_t n = 0;

	if (a && b && a->place == b->place)
		n = find_changes(d, a, b, c);

	d->differs = true;
	if (d->json)
		print_json(d, what, a, b, c, n);
	else
		print_text(d, what, hue, a, b, c, n);
}

/* Report what happened in one place; an entry that moved is reported where it went. */
static void compare_place(struct diff *d, size_t place)
{
	const struct diff_entry *a = &d->ea[place], *b = &d->eb[place];
	bool placed = !(d->unknown & PPCTLB_UNKNOWN_SLOT);
	bool gone = a->valid && a->partner == NO_PARTNER;
	bool come = b->valid && b->partner == NO_PARTNER;

	if (same(d, a, b))
		return;
	if (b->partner != NO_PARTNER && placed)
		report(d, "moved", "cyan", &d->ea[b->partner], b);
	if (gone && come && placed) {
		report(d, "changed", "brown", a, b);
		return;
	}
	if (gone)
		report(d, "removed", "red", a, NULL);
	if (come)
		report(d, "added", "green", NULL, b);
	if (!a->valid && !b->valid)
		report(d, "changed", "brown", a, b);
}

/* ---- verb ---- */

static bool comparable(const struct diff *d, const struct args *a)
{
	const struct ppctlb_core_info *x = d->a.info.core, *y = d->b.info.core;
	char names[128];

	if (strcmp(x->name, y->name)) {
		complain("%s is of core %s, %s of core %s", a->argv[0], x->name, a->argv[1],
			 y->name);
		return false;
	}
	for (uint32_t i = 0; i < x->arrays; i++) {
		const struct ppctlb_geometry *g = &x->array[i].geometry, *h = &y->array[i].geometry;

		if (g->entries == h->entries && g->ways == h->ways)
			continue;
		complain("TLB%u has %u entries, %u ways in %s but %u entries, %u ways in %s", i,
			 g->entries, g->ways, a->argv[0], h->entries, h->ways, a->argv[1]);
		return false;
	}
	if (d->unknown)
		complain("not compared, a source did not know: %s",
			 unknown_names(d->unknown, names, sizeof(names)));
	return true;
}

/* Say what is not compared of some entries only. */
static void say_left_out(const struct diff *d)
{
	uint32_t unknown = 0;
	char names[256];
	size_t n = 0;

	for (size_t i = 0; i < d->n; i++) {
		uint32_t one = d->ea[i].e->unknown | d->eb[i].e->unknown;

		unknown |= one;
		n += one != 0;
	}
	if (n)
		complain("not compared of entries in %zu slots, a source did not tell: %s", n,
			 unknown_names(unknown, names, sizeof(names)));
}

static int compare(struct diff *d, const struct args *a)
{
	d->n = d->a.info.entries;
	d->unknown = d->a.info.unknown | d->b.info.unknown;
	d->json = a->value[OPT_JSON] != NULL;
	if (!comparable(d, a))
		return TROUBLE;
	d->ea = make_entries(&d->a, d->unknown);
	d->eb = make_entries(&d->b, d->unknown);
	if (!d->ea || !d->eb || !find_moved(d)) {
		complain("%s", strerror(ENOMEM));
		return TROUBLE;
	}
	say_left_out(d);
	for (size_t i = 0; i < d->n; i++)
		compare_place(d, i);
	return d->differs ? DIFFERENT : EXIT_OK;
}

int verb_diff(const struct args *a)
{
	struct diff d = {0};
	int ret;

	if (is_dash(a->argv[0]) && is_dash(a->argv[1]))
		return usage_error(a->verb, "standard input can be one image only");
	if (!image_open(a->argv[0], &d.a))
		return TROUBLE;
	ret = TROUBLE;
	if (image_open(a->argv[1], &d.b)) {
		ret = compare(&d, a);
		image_close(&d.b);
	}
	free(d.ea);
	free(d.eb);
	image_close(&d.a);
	return ret;
}
