// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest TLB by the manuals and the pages of section 3, the slow and plain way: see model.h. */
#include "model.h"
#include "random.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PLAIN_FLAGS (0xfffffu & ~(PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS))
#define E500_FLAGS  (PLAIN_FLAGS | PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1)
#define HV_FLAGS    (E500_FLAGS | PPCTLB_GS)

/* 1K 4K 16K 64K 256K 1M 16M 256M: 440 user's manual, table 5-2 */
#define SIZES_440 UINT64_C(0x11155400)
/* 4K 16K 64K 256K 1M 4M 16M 64M 256M, with 1G 4G: e500 reference manual, table 12-2 */
#define SIZES_V1 UINT64_C(0x15555000)
#define SIZES_V2 UINT64_C(0x155555000)
/* TLB1PS 7ffffffc: 4K to 1T, every power of two */
#define SIZES_E6500 UINT64_C(0x1fffffff000)

const struct model_core model_cores[] = {
	{"440", MODEL_44X, 32, 36, 8, 0, {64, 0}, 64, SIZES_440, PLAIN_FLAGS},
	{"e500v1", MODEL_E500, 32, 32, 8, 0, {256, 16}, 2, SIZES_V1, E500_FLAGS},
	{"e500v2", MODEL_E500, 32, 36, 8, 0, {512, 16}, 4, SIZES_V2, E500_FLAGS},
	{"e500mc", MODEL_E500, 32, 36, 8, 6, {512, 64}, 4, SIZES_V2, HV_FLAGS},
	{"e5500", MODEL_E500, 64, 36, 8, 6, {512, 64}, 4, SIZES_V2, HV_FLAGS},
	{"e6500", MODEL_E500, 64, 40, 14, 6, {1024, 64}, 8, SIZES_E6500, HV_FLAGS},
};

const struct model_core *model_core(const char *name)
{
	for (size_t i = 0; i < MODEL_CORES; i++)
		if (!strcmp(model_cores[i].name, name))
			return &model_cores[i];
	fprintf(stderr, "the core %s has no row in tests/support/model.c\n", name);
	abort();
}

const char *model_backend(const struct model_core *core)
{
	return BY_FAMILY(core, "44x", "e500");
}

unsigned model_word_bits(const struct model_core *core, unsigned word)
{
	return BY_FAMILY(core, 32, word == 1 || word == 2 ? 64 : 32);
}

unsigned model_smallest(const struct model_core *core)
{
	unsigned shift = 0;

	while (!(core->sizes >> shift & 1))
		shift++;
	return shift;
}

unsigned model_last_tlb(const struct model_core *core)
{
	return core->entries[1] != 0;
}

bool model_has(const struct model_core *core, const struct ppctlb_mapping *page)
{
	return core->sizes & page->size && page->eaddr <= low_bits(core->ea_bits) &&
	       page->raddr <= low_bits(core->ra_bits) && page->tid <= low_bits(core->tid_bits) &&
	       page->lpid <= low_bits(core->lpid_bits) && !(page->flags & ~core->flags);
}

bool same_mapping(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return a->eaddr == b->eaddr && a->raddr == b->raddr && a->size == b->size &&
	       a->flags == b->flags && a->tid == b->tid && a->lpid == b->lpid;
}

void model_resize(struct model *t, const struct ppctlb_geometry g[2])
{
	t->entries[0] = g[0].entries;
	t->entries[1] = g[1].entries;
	t->ways = g[0].ways;
	t->n = t->entries[0] + t->entries[1];
	t->e = calloc(t->n, sizeof(*t->e));
	for (size_t i = 0; i < t->n; i++) {
		t->e[i].tlb = i >= t->entries[0];
		t->e[i].index = (uint16_t)(i - (i >= t->entries[0] ? t->entries[0] : 0));
	}
}

struct model model_new(const struct model_core *core)
{
	const struct ppctlb_geometry own[2] = {
		{core->entries[0], core->ways},
		{core->entries[1], core->entries[1]},
	};
	struct model t = {.core = core};

	model_resize(&t, own);
	return t;
}

void model_free(struct model *t)
{
	free(t->e);
}

struct ppctlb_entry *model_at(struct model *t, unsigned tlb, unsigned index)
{
	return &t->e[(tlb ? t->entries[0] : 0) + index];
}

/* ---- one entry ---- */

/* Where each flag stands: word and bit, on 44x and on e500 (word 4: nowhere). */
static const struct {
	uint32_t flag;
	unsigned word_44x, bit_44x, word_e500, bit_e500;
} places[] = {
	{PPCTLB_UX, 3, 0x20, 2, 0x20},	     {PPCTLB_UW, 3, 0x10, 2, 0x08},
	{PPCTLB_UR, 3, 0x08, 2, 0x02},	     {PPCTLB_SX, 3, 0x04, 2, 0x10},
	{PPCTLB_SW, 3, 0x02, 2, 0x04},	     {PPCTLB_SR, 3, 0x01, 2, 0x01},
	{PPCTLB_W, 3, 0x800, 1, 0x10},	     {PPCTLB_I, 3, 0x400, 1, 0x08},
	{PPCTLB_M, 3, 0x200, 1, 0x04},	     {PPCTLB_G, 3, 0x100, 1, 0x02},
	{PPCTLB_E, 3, 0x080, 1, 0x01},	     {PPCTLB_U0, 3, 0x8000, 2, 0x200},
	{PPCTLB_U1, 3, 0x4000, 2, 0x100},    {PPCTLB_U2, 3, 0x2000, 2, 0x080},
	{PPCTLB_U3, 3, 0x1000, 2, 0x040},    {PPCTLB_TS, 1, 0x100, 0, 0x1000},
	{PPCTLB_IPROT, 4, 0, 0, 0x40000000}, {PPCTLB_X0, 4, 0, 1, 0x40},
	{PPCTLB_X1, 4, 0, 1, 0x20},	     {PPCTLB_GS, 4, 0, 3, 0x80000000},
};
#define PLACES (sizeof(places) / sizeof(places[0]))

bool model_is_valid(const struct model_core *core, const struct ppctlb_entry *e)
{
	return BY_FAMILY(core, e->word[1] & 0x200, e->word[0] & 0x80000000);
}

static bool is_tlb0(const struct model_core *core, const struct ppctlb_entry *e)
{
	return is_e500(core) && !(e->tlb & 1);
}

static bool is_indirect(const struct model_core *core, const struct ppctlb_entry *e)
{
	return is_e500(core) && e->word[0] & 0x2000;
}

/* log2 of the page's bytes */
static unsigned shift_of(const struct model_core *core, const struct ppctlb_entry *e)
{
	if (is_tlb0(core, e))
		return 12;
	return 10 + (unsigned)BY_FAMILY(core, 2 * (e->word[1] >> 4 & 15), e->word[0] >> 7 & 31);
}

static uint64_t epn_of(const struct model_core *core, const struct ppctlb_entry *e)
{
	return e->word[1] & BY_FAMILY(core, 0xfffffc00, ~UINT64_C(0xfff));
}

static uint64_t rpn_of(const struct model_core *core, const struct ppctlb_entry *e)
{
	return BY_FAMILY(core, (e->word[2] & 15) << 32 | (e->word[2] & 0xfffffc00),
			 e->word[2] & ~UINT64_C(0xfff));
}

static bool has_reserved_bits(const struct model_core *core, const struct ppctlb_entry *e)
{
	const uint64_t *w = e->word;
	uint64_t tid = low_bits(core->tid_bits) << 16;
	uint64_t mas8 = core->lpid_bits ? 0x80000000 | low_bits(core->lpid_bits) : 0;

	return BY_FAMILY(core, w[0] & ~UINT64_C(0xff) || w[2] & 0xf0 || w[3] & 0x3fff0040,
			 w[0] & ~(0xc0000000 | tid | 0x2000 | 0x1000 | 0xf80) || w[1] & 0xf80 ||
				 w[1] & ~low_bits(core->ea_bits) || w[2] & 0xc00 || w[3] & ~mas8);
}

static bool is_malformed(const struct model_core *core, const struct ppctlb_entry *e)
{
	unsigned shift = shift_of(core, e);
	uint64_t sizes = is_tlb0(core, e) ? 0x1000 : core->sizes;

	return !(sizes >> shift & 1) || epn_of(core, e) & low_bits(shift) ||
	       rpn_of(core, e) & low_bits(shift) || rpn_of(core, e) & ~low_bits(core->ra_bits) ||
	       has_reserved_bits(core, e) || is_indirect(core, e) ||
	       (is_tlb0(core, e) && (e->word[0] & 0xf80) != 0x100);
}

bool model_decode(const struct model_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m)
{
	unsigned shift = shift_of(core, e);

	memset(m, 0, sizeof(*m));
	m->size = UINT64_C(1) << shift;
	m->eaddr = epn_of(core, e) & ~low_bits(shift) & low_bits(core->ea_bits);
	m->raddr = rpn_of(core, e) & ~low_bits(shift);
	m->tid = (uint16_t)BY_FAMILY(core, e->word[0] & 0xff,
				     e->word[0] >> 16 & low_bits(core->tid_bits));
	m->lpid = (uint16_t)BY_FAMILY(core, 0, e->word[3] & low_bits(core->lpid_bits));
	for (size_t i = 0; i < PLACES; i++) {
		unsigned word = BY_FAMILY(core, places[i].word_44x, places[i].word_e500);
		unsigned bit = BY_FAMILY(core, places[i].bit_44x, places[i].bit_e500);

		if (word < 4 && e->word[word] & bit && core->flags & places[i].flag)
			m->flags |= places[i].flag;
	}
	return !is_malformed(core, e);
}

static void set_extent(const struct model_core *core, uint64_t eaddr, uint64_t raddr, uint64_t size,
		       struct ppctlb_entry *e)
{
	unsigned shift = 0;

	while (size >> shift != 1)
		shift++;
	switch (core->family) {
	case MODEL_44X:
		e->word[1] = (e->word[1] & 0x30f) | eaddr | (uint64_t)(shift - 10) / 2 << 4;
		e->word[2] = (e->word[2] & 0x3f0) | (raddr & 0xffffffff) | raddr >> 32;
		break;
	case MODEL_E500:
		e->word[0] = (e->word[0] & ~UINT64_C(0xf80)) | (uint64_t)(shift - 10) << 7;
		e->word[1] = (e->word[1] & 0xfff) | eaddr;
		e->word[2] = (e->word[2] & 0xfff) | raddr;
		break;
	case MODEL_FAMILIES:
		abort();
	}
}

void model_encode(const struct model_core *core, const struct ppctlb_mapping *m,
		  struct ppctlb_entry *e)
{
	memset(e->word, 0, sizeof(e->word));
	for (size_t i = 0; i < PLACES; i++)
		if (m->flags & places[i].flag)
			e->word[BY_FAMILY(core, places[i].word_44x, places[i].word_e500)] |=
				BY_FAMILY(core, places[i].bit_44x, places[i].bit_e500);
	switch (core->family) {
	case MODEL_44X:
		e->word[0] = m->tid;
		e->word[1] |= 0x200;
		break;
	case MODEL_E500:
		e->word[0] |= 0x80000000 | (uint64_t)m->tid << 16;
		e->word[3] |= m->lpid;
		break;
	case MODEL_FAMILIES:
		abort();
	}
	set_extent(core, m->eaddr, m->raddr, m->size, e);
}

/* ---- plan ---- */

unsigned model_fewest(const struct model_core *core, const struct ppctlb_mapping *m, unsigned unit)
{
	static unsigned fewest[4097];
	unsigned n = (unsigned)(m->size >> unit);

	fewest[n] = 0;
	for (unsigned i = n; i-- > 0;) {
		uint64_t offset = (uint64_t)i << unit;

		fewest[i] = 1000000;
		for (unsigned shift = unit; shift < unit + 13; shift++) {
			unsigned units = 1u << (shift - unit);

			if (core->sizes >> shift & 1 && units <= n - i &&
			    !((m->eaddr + offset) & low_bits(shift)) &&
			    !((m->raddr + offset) & low_bits(shift)) &&
			    fewest[i + units] < fewest[i])
				fewest[i] = fewest[i + units] + 1;
		}
	}
	return fewest[0];
}

/* ---- translate ---- */

static unsigned set_of(const struct model *t, uint64_t eaddr)
{
	return (unsigned)(eaddr >> 12) % (t->entries[0] / t->ways);
}

static bool in_its_set(const struct model *t, const struct ppctlb_entry *e,
		       const struct ppctlb_mapping *m)
{
	return !is_tlb0(t->core, e) || e->index / t->ways == set_of(t, m->eaddr);
}

static bool hits(const struct model *t, const struct ppctlb_entry *e, const struct ppctlb_access *a,
		 struct ppctlb_mapping *m)
{
	if (!model_is_valid(t->core, e))
		return false;
	model_decode(t->core, e, m);
	if (is_indirect(t->core, e))
		return false;
	return in_its_set(t, e, m) && !!(m->flags & PPCTLB_TS) == a->as &&
	       (m->tid == 0 || m->tid == a->pid) && a->eaddr >= m->eaddr &&
	       a->eaddr - m->eaddr < m->size;
}

struct ppctlb_hit model_translate(const struct model *t, const struct ppctlb_access *a)
{
	static const uint32_t needs[2][3] = {{PPCTLB_SR, PPCTLB_SW, PPCTLB_SX},
					     {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX}};
	struct ppctlb_hit hit = {.result = PPCTLB_MISS};
	struct ppctlb_mapping m;
	unsigned matches = 0;

	for (size_t i = 0; i < t->n; i++) {
		if (!hits(t, &t->e[i], a, &m) || matches++)
			continue;
		hit = (struct ppctlb_hit){PPCTLB_PROTECTION, t->e[i].tlb, t->e[i].index, 0, 0, 0};
		if (m.flags & needs[a->user][a->type]) {
			hit.result = PPCTLB_HIT;
			hit.raddr = m.raddr + (a->eaddr - m.eaddr);
		}
	}
	if (matches > 1) {
		hit.result = PPCTLB_MULTI_HIT;
		hit.raddr = 0;
	}
	return hit;
}

/* ---- map ---- */

static bool meet(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return (a->flags & PPCTLB_TS) == (b->flags & PPCTLB_TS) &&
	       (a->tid == b->tid || a->tid == 0 || b->tid == 0) &&
	       a->eaddr <= b->eaddr + (b->size - 1) && b->eaddr <= a->eaddr + (a->size - 1);
}

static bool meets_any(const struct ppctlb_mapping *m, const struct ppctlb_mapping *maps, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (meet(m, &maps[i]))
			return true;
	return false;
}

/* The largest legal page at the start of rest that meets none of the maps; size 0 if there is
 * none. */
static struct ppctlb_mapping first_page(const struct model_core *core,
					const struct ppctlb_mapping *rest,
					const struct ppctlb_mapping *maps, size_t n)
{
	struct ppctlb_mapping page = *rest, best = *rest;

	best.size = 0;
	for (unsigned shift = 10; shift < 42; shift++) {
		page.size = UINT64_C(1) << shift;
		if (core->sizes >> shift & 1 && page.size <= rest->size &&
		    !((rest->eaddr | rest->raddr) & low_bits(shift)) && !meets_any(&page, maps, n))
			best = page;
	}
	return best;
}

static bool goes_to_tlb0(const struct model *t, const struct ppctlb_mapping *page)
{
	return is_e500(t->core) && page->size == 4096 && !(page->flags & PPCTLB_IPROT);
}

static struct ppctlb_entry *copy(const struct model *t)
{
	struct ppctlb_entry *e = malloc(t->n * sizeof(*e));

	return memcpy(e, t->e, t->n * sizeof(*e));
}

/* The lowest invalid entry for a page, or NULL. */
static struct ppctlb_entry *place_for(struct model *t, const struct ppctlb_mapping *page)
{
	size_t set = set_of(t, page->eaddr) * t->ways;

	if (goes_to_tlb0(t, page))
		for (size_t i = set; i < set + t->ways; i++)
			if (!model_is_valid(t->core, &t->e[i]))
				return &t->e[i];
	for (size_t i = model_last_tlb(t->core) ? t->entries[0] : 0; i < t->n; i++)
		if (!model_is_valid(t->core, &t->e[i]))
			return &t->e[i];
	return NULL;
}

static void skip(struct ppctlb_mapping *rest, uint64_t bytes)
{
	rest->eaddr += bytes;
	rest->raddr += bytes;
	rest->size -= bytes < rest->size ? bytes : rest->size;
}

/* How many bytes at the start of rest the maps take; the maps do not overlap each other. */
static uint64_t taken(const struct ppctlb_mapping *rest, const struct ppctlb_mapping *maps,
		      size_t n)
{
	struct ppctlb_mapping byte = *rest;

	byte.size = 1;
	for (size_t i = 0; i < n; i++)
		if (meet(&byte, &maps[i]))
			return maps[i].size - (rest->eaddr - maps[i].eaddr);
	return 0;
}

/* The next page of what the maps leave of a mapping; false if nothing is left. */
static bool next_piece(const struct model_core *core, struct ppctlb_mapping *rest,
		       const struct ppctlb_mapping *maps, size_t n, struct ppctlb_mapping *piece)
{
	uint64_t bytes;

	while (rest->size && (bytes = taken(rest, maps, n)))
		skip(rest, bytes);
	if (!rest->size)
		return false;
	*piece = first_page(core, rest, maps, n);
	skip(rest, piece->size);
	return true;
}

/* Does an entry that was there meet the maps? Then m is what it maps; false into well: malformed.
 */
static bool is_cut(const struct model *t, const struct ppctlb_entry *e,
		   const struct ppctlb_mapping *maps, size_t n, struct ppctlb_mapping *m,
		   bool *well)
{
	if (!model_is_valid(t->core, e))
		return false;
	*well = model_decode(t->core, e, m);
	return in_its_set(t, e, m) && meets_any(m, maps, n);
}

/* A page that was cut off an entry, until it has a place. */
struct piece {
	struct ppctlb_mapping m;
	const struct ppctlb_entry *from;
	struct piece *next;
};

static void write_piece(const struct model *t, struct ppctlb_entry *e, const struct piece *p)
{
	memcpy(e->word, p->from->word, sizeof(e->word));
	set_extent(t->core, p->m.eaddr, p->m.raddr, p->m.size, e);
}

/* What the maps leave of one entry: to TLB0, or else the first to the old slot, the others in line.
 */
static struct piece **place_or_queue(struct model *t, size_t place, const struct ppctlb_entry *old,
				     struct ppctlb_mapping rest, const struct ppctlb_mapping *maps,
				     size_t n, struct piece **end)
{
	struct piece p = {.from = old};
	bool kept = false;

	while (next_piece(t->core, &rest, maps, n, &p.m)) {
		struct ppctlb_entry *e = goes_to_tlb0(t, &p.m) ? place_for(t, &p.m) : NULL;

		if (e && e->tlb == 0) {
			write_piece(t, e, &p);
		} else if (!kept) {
			write_piece(t, &t->e[place], &p);
			kept = true;
		} else {
			*end = malloc(sizeof(p));
			**end = p;
			end = &(*end)->next;
		}
	}
	return end;
}

/* Take the maps out of the TLB. */
static int cut(struct model *t, const struct ppctlb_mapping *maps, size_t n, long keep)
{
	struct ppctlb_entry *old = copy(t);
	struct piece *queue = NULL, **end = &queue, *p;
	struct ppctlb_mapping m, piece;
	int ret = 0;
	bool well;

	for (size_t i = 0; i < t->n; i++) {
		if ((long)i == keep || !is_cut(t, &old[i], maps, n, &m, &well))
			continue;
		memset(t->e[i].word, 0, sizeof(t->e[i].word));
		if (!well && next_piece(t->core, &m, maps, n, &piece))
			ret = -EBADMSG;
	}
	for (size_t i = 0; !ret && i < t->n; i++)
		if ((long)i != keep && is_cut(t, &old[i], maps, n, &m, &well))
			end = place_or_queue(t, i, &old[i], m, maps, n, end);
	while ((p = queue)) {
		struct ppctlb_entry *e = ret ? NULL : place_for(t, &p->m);

		if (e)
			write_piece(t, e, p);
		else if (!ret)
			ret = -ENOSPC;
		queue = p->next;
		free(p);
	}
	free(old);
	return ret;
}

static int conflict(const struct model *t, const struct ppctlb_mapping *maps, size_t n, long keep)
{
	for (size_t i = 0; i < t->n; i++) {
		struct ppctlb_mapping m;

		if ((long)i == keep || !model_is_valid(t->core, &t->e[i]))
			continue;
		model_decode(t->core, &t->e[i], &m);
		if (in_its_set(t, &t->e[i], &m) && meets_any(&m, maps, n))
			return -EEXIST;
	}
	return 0;
}

static int place(struct model *t, const struct ppctlb_mapping *region)
{
	struct ppctlb_mapping rest = *region, page;

	while (next_piece(t->core, &rest, NULL, 0, &page)) {
		struct ppctlb_entry *e = place_for(t, &page);

		if (!e)
			return -ENOSPC;
		model_encode(t->core, &page, e);
	}
	return 0;
}

/* A failed call leaves the TLB as it was. */
static int undo_on_failure(struct model *t, struct ppctlb_entry *before, int ret)
{
	if (ret)
		memcpy(t->e, before, t->n * sizeof(*before));
	free(before);
	return ret;
}

/* More pages than the TLB has entries: reported before any conflict. */
static bool exceeds(const struct model *t, const struct ppctlb_mapping *maps, size_t n)
{
	size_t pages = 0;

	for (size_t i = 0; i < n; i++) {
		struct ppctlb_mapping rest = maps[i], page;

		while (pages <= t->n && next_piece(t->core, &rest, NULL, 0, &page))
			pages++;
	}
	return pages > t->n;
}

int model_map(struct model *t, const struct ppctlb_mapping *maps, size_t n, unsigned how)
{
	struct ppctlb_entry *before = copy(t);
	int ret = exceeds(t, maps, n) ? -ENOSPC : 0;

	if (!ret)
		ret = how ? cut(t, maps, n, -1) : conflict(t, maps, n, -1);
	for (size_t i = 0; !ret && i < n; i++)
		ret = place(t, &maps[i]);
	return undo_on_failure(t, before, ret);
}

int model_map_at(struct model *t, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		 unsigned how)
{
	struct ppctlb_entry *before = copy(t), *e = model_at(t, tlb, index);
	long keep = e - t->e;

	model_encode(t->core, m, e);
	return undo_on_failure(t, before, how ? cut(t, m, 1, keep) : conflict(t, m, 1, keep));
}

int model_unmap(struct model *t, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts)
{
	struct ppctlb_mapping m = {eaddr, 0, size, ts ? PPCTLB_TS : 0, (uint16_t)tid, 0};
	struct ppctlb_entry *before = copy(t);

	return undo_on_failure(t, before, cut(t, &m, 1, -1));
}
