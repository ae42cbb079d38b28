// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Any sequence of calls, judged twice after each: the raw TLB is that of the model, and as long as
 * no malformed entry was written, addresses translate as a plain list of mappings says. A call
 * that must be refused returns a fitting errno and changes nothing.
 */
#include "../tests/support/mapping-list.h"
#include "fuzz.h"

#include <ppctlb/e500.h>

const char fuzz_target[] = "calls";

#define CALLS	64   /* in one input */
#define UNITS	4096 /* model_fewest() takes no larger region */
#define SETTING 3    /* entries written at once */

static struct {
	struct ppctlb *h;
	struct kind kind;
	struct ppctlb_e500_tlbe *array; /* the caller's, or NULL */
	const struct ppctlb_core *core;
	struct model t;
	bool plain; /* no malformed entry: the list is right, too */
	struct list list;
	/* a saved image, and what the model had then */
	uint8_t *image;
	size_t image_len;
	struct ppctlb_entry *saved;
} s;

/* ---- what must be refused, and how ---- */

enum { INVALID = 1, UNSUPPORTED = 2 };

static unsigned wrong_extent(uint64_t from, uint64_t size, unsigned bits)
{
	return !size || from > low_bits(bits) || size - 1 > low_bits(bits) - from ? INVALID : 0;
}

static unsigned wrong_range(const struct ppctlb_mapping *m)
{
	bool misaligned = (m->eaddr | m->size) & low_bits(model_smallest(s.t.core));

	return wrong_extent(m->eaddr, m->size, s.t.core->ea_bits) |
	       (misaligned || m->tid > low_bits(s.t.core->tid_bits) ? INVALID : 0);
}

static unsigned wrong_flags(uint32_t flags)
{
	return (flags & ~PPCTLB_FLAGS ? INVALID : 0) |
	       (flags & ~s.t.core->flags & PPCTLB_FLAGS ? UNSUPPORTED : 0);
}

static unsigned wrong_region(const struct ppctlb_mapping *m)
{
	bool misaligned = m->raddr & low_bits(model_smallest(s.t.core));
	unsigned wrong = wrong_range(m) | wrong_flags(m->flags);

	wrong |= wrong_extent(m->raddr, m->size, s.t.core->ra_bits) | (misaligned ? INVALID : 0);
	if (m->lpid)
		wrong |= s.t.core->lpid_bits ? 0 : UNSUPPORTED;
	return wrong | (m->lpid > low_bits(s.t.core->lpid_bits) ? INVALID : 0);
}

/* map and plan know no partitions */
static unsigned wrong_partition(const struct ppctlb_mapping *m)
{
	return m->flags & PPCTLB_GS || m->lpid ? UNSUPPORTED : 0;
}

static unsigned wrong_how(unsigned how)
{
	return how & ~(unsigned)PPCTLB_REPLACE ? INVALID : 0;
}

static bool fits(int ret, unsigned wrong)
{
	return (ret == -EINVAL && wrong & INVALID) || (ret == -ENOTSUP && wrong & UNSUPPORTED);
}

/* ---- the judges ---- */

static void same_state(void)
{
	struct model now = model_of(s.h);

	REQUIRE(same_entries(&now, &s.t));
	for (size_t i = 0; s.array && i < now.n; i++) {
		const struct ppctlb_e500_tlbe *e = &s.array[i];
		const uint64_t word[4] = {e->mas1, e->mas2, e->mas7_3, e->mas8};

		REQUIRE(!memcmp(word, now.e[i].word, sizeof(word)));
	}
	model_free(&now);
}

static void same_as_list(const struct ppctlb_access *a)
{
	struct ppctlb_hit want = list_translate(&s.list, a->eaddr, a->pid, a->as), hit;

	must(ppctlb_translate(s.h, a, &hit, 1));
	REQUIRE(hit.result == want.result && hit.raddr == want.raddr);
}

/* The ends of a mapping, read by a supervisor, in both address spaces. */
static void same_boundaries(const struct ppctlb_mapping *m)
{
	const uint64_t ea[] = {m->eaddr - 1, m->eaddr, m->eaddr + m->size / 2,
			       m->eaddr + (m->size - 1), m->eaddr + m->size};

	for (size_t i = 0; i < 2 * sizeof(ea) / sizeof(ea[0]); i++) {
		struct ppctlb_access a = {
			.eaddr = ea[i / 2] & low_bits(s.t.core->ea_bits),
			.pid = m->tid & (uint16_t)low_bits(s.t.core->tid_bits),
			.as = i % 2,
		};

		same_answers(s.h, &s.t, &a, 1);
		if (s.plain)
			same_as_list(&a);
	}
}

/* The call returned what the model says, or was rightly refused. */
static bool done(int ret, unsigned wrong, int want)
{
	REQUIRE(wrong ? fits(ret, wrong) : ret == want);
	REQUIRE(!ret || *ppctlb_errmsg());
	same_state();
	return !ret;
}

/* ---- the list, when raw words were written ---- */

static bool in_its_set(const struct ppctlb_entry *e, const struct ppctlb_mapping *m)
{
	return !is_e500(s.t.core) || e->tlb ||
	       e->index / s.t.ways == (m->eaddr >> 12) % (s.t.entries[0] / s.t.ways);
}

static bool can_join(const struct ppctlb_mapping *m)
{
	for (size_t i = 0; i < s.list.n; i++)
		if (list_meet(&s.list.m[i], m))
			return false;
	return s.list.n < LIST_MAX / 4;
}

static void make_list(void)
{
	struct ppctlb_mapping m;

	s.list.n = 0;
	s.plain = true;
	for (size_t i = 0; s.plain && i < s.t.n; i++) {
		if (!model_is_valid(s.t.core, &s.t.e[i]))
			continue;
		s.plain = model_decode(s.t.core, &s.t.e[i], &m) && in_its_set(&s.t.e[i], &m) &&
			  can_join(&m);
		if (s.plain)
			list_add(&s.list, &m);
	}
}

/* ---- arguments ---- */

/* Anything at all. */
static struct ppctlb_mapping take_wild(struct input *in)
{
	struct ppctlb_mapping m = {.eaddr = take(in, 8)};

	m.raddr = take(in, 8);
	m.size = take(in, 8);
	m.flags = (uint32_t)take(in, 4);
	m.tid = (uint16_t)take(in, 2);
	m.lpid = (uint16_t)take(in, 1);
	return m;
}

/* Mostly a legal region of few pages at few addresses, so that regions meet. */
static struct ppctlb_mapping take_region(struct input *in)
{
	unsigned kind = pick(in, 256), shift = model_smallest(s.t.core) + pick(in, 14);
	struct ppctlb_mapping m = {.size = 0};

	if (kind >= 0xf8)
		return take_wild(in);
	m.flags = (uint32_t)take(in, 3) & s.t.core->flags & ~(uint32_t)(PPCTLB_GS | PPCTLB_TS);
	m.flags |= kind & 1 ? PPCTLB_TS : 0;
	m.tid = kind >> 1 & 3;
	m.size = (uint64_t)(kind & 8 ? 1 : 1 + pick(in, 12)) << shift;
	m.eaddr = (uint64_t)pick(in, 64) << shift;
	m.raddr = m.eaddr + ((uint64_t)pick(in, 16) << (kind & 16 ? shift : 28));
	if (kind >= 0xe0) /* the end of all addresses */
		m.eaddr = low_bits(s.t.core->ea_bits) - m.size + 1;
	m.raddr &= low_bits(s.t.core->ra_bits) >> 1;
	return m;
}

static unsigned take_how(struct input *in)
{
	unsigned how = pick(in, 256);

	return how < 0xf0 ? how & 1 : how;
}

/* Mostly an entry where the page may go. */
static struct ppctlb_entry take_slot(struct input *in, const struct ppctlb_mapping *m)
{
	unsigned kind = pick(in, 256);
	struct ppctlb_entry e = {.tlb = kind & model_last_tlb(s.t.core),
				 .index = (uint16_t)take(in, 2)};

	if (kind >= 0xf8) {
		e.tlb = kind & 7;
		return e;
	}
	e.index %= s.t.entries[e.tlb];
	if (is_e500(s.t.core) && !e.tlb)
		e.index = (uint16_t)((m->eaddr >> 12) % (s.t.entries[0] / s.t.ways) * s.t.ways +
				     e.index % s.t.ways);
	return e;
}

static bool exists(const struct ppctlb_entry *e)
{
	return e->tlb <= model_last_tlb(s.t.core) && e->index < s.t.entries[e->tlb];
}

/* ---- calls ---- */

static void do_map(struct input *in)
{
	struct ppctlb_mapping maps[3];
	size_t n = 1 + pick(in, 3);
	unsigned how = take_how(in), wrong = wrong_how(how);
	int ret, want = 0;

	for (size_t i = 0; i < n; i++) {
		maps[i] = take_region(in);
		wrong |= wrong_region(&maps[i]) | wrong_partition(&maps[i]);
	}
	for (size_t i = 0; !wrong && i < n; i++)
		for (size_t k = 0; k < i; k++)
			wrong |= list_meet(&maps[i], &maps[k]) ? INVALID : 0;
	if (!wrong)
		want = model_map(&s.t, maps, n, how);
	ret = ppctlb_map(s.h, maps, n, how);
	if (done(ret, wrong, want) && s.plain) {
		for (size_t i = 0; i < n; i++)
			list_remove(&s.list, &maps[i]);
		for (size_t i = 0; i < n; i++)
			list_add(&s.list, &maps[i]);
	}
	for (size_t i = 0; i < n; i++)
		same_boundaries(&maps[i]);
}

static bool is_page(const struct ppctlb_mapping *m, unsigned tlb)
{
	uint64_t sizes = is_e500(s.t.core) && !tlb ? 0x1000 : s.t.core->sizes;

	return m->size && !(m->size & (m->size - 1)) && m->size & sizes &&
	       !((m->eaddr | m->raddr) & (m->size - 1));
}

static void do_map_at(struct input *in)
{
	struct ppctlb_mapping m = take_region(in);
	struct ppctlb_entry e = take_slot(in, &m);
	unsigned how = take_how(in), wrong;
	int want = 0, ret;

	wrong = wrong_how(how) | wrong_region(&m) | wrong_partition(&m);
	if (!exists(&e) || !is_page(&m, e.tlb) || !in_its_set(&e, &m))
		wrong |= INVALID;
	if (is_e500(s.t.core) && !e.tlb && m.flags & PPCTLB_IPROT)
		wrong |= UNSUPPORTED;
	if (!wrong)
		want = model_map_at(&s.t, &m, e.tlb, e.index, how);
	ret = ppctlb_map_at(s.h, &m, e.tlb, e.index, how);
	if (done(ret, wrong, want))
		make_list();
	same_boundaries(&m);
}

static void do_unmap(struct input *in)
{
	struct ppctlb_mapping m = take_region(in);
	unsigned ts = pick(in, 32), wrong = wrong_range(&m);
	int want = 0;

	ts = ts < 2 ? 2 + ts : ts & 1;
	if (ts > 1)
		wrong |= INVALID;
	m.flags = ts ? PPCTLB_TS : 0;
	if (!wrong)
		want = model_unmap(&s.t, m.eaddr, m.size, m.tid, ts);
	if (done(ppctlb_unmap(s.h, m.eaddr, m.size, m.tid, ts), wrong, want) && s.plain)
		list_remove(&s.list, &m);
	same_boundaries(&m);
}

/* The words of a page, sometimes with a bit flipped; now and then any words. */
static struct ppctlb_entry take_words(struct input *in)
{
	struct ppctlb_mapping m = take_region(in);
	struct ppctlb_entry e = take_slot(in, &m);
	unsigned kind = pick(in, 256);

	if (kind < 0xe0 && is_page(&m, 1) && !wrong_region(&m))
		model_encode(s.t.core, &m, &e);
	else
		for (unsigned w = 0; w < 4; w++)
			e.word[w] = word_of(s.t.core, w, take(in, 8));
	if (kind & 1)
		e.word[kind >> 1 & 3] ^= UINT64_C(1) << pick(in, kind & 8 ? 64 : 32);
	return e;
}

static unsigned wrong_entry(const struct ppctlb_entry *e)
{
	unsigned wrong = exists(e) ? 0 : INVALID;

	for (unsigned w = 0; w < 4; w++)
		wrong |= e->word[w] != word_of(s.t.core, w, e->word[w]) ? INVALID : 0;
	return wrong;
}

static void do_set(struct input *in)
{
	struct ppctlb_entry e[SETTING];
	size_t n = 1 + pick(in, SETTING);
	unsigned wrong = 0;

	for (size_t i = 0; i < n; i++) {
		e[i] = take_words(in);
		wrong |= wrong_entry(&e[i]);
		for (size_t k = 0; k < i; k++)
			wrong |= e[i].tlb == e[k].tlb && e[i].index == e[k].index ? INVALID : 0;
	}
	for (size_t i = 0; !wrong && i < n; i++)
		*model_at(&s.t, e[i].tlb, e[i].index) = e[i];
	if (done(ppctlb_set(s.h, e, n), wrong, 0))
		make_list();
}

static void do_flush(struct input *in)
{
	(void)in;
	for (size_t i = 0; i < s.t.n; i++)
		memset(s.t.e[i].word, 0, sizeof(s.t.e[i].word));
	done(ppctlb_flush(s.h), 0, 0);
	make_list();
}

static void do_save(struct input *in)
{
	size_t len = 0;

	(void)in;
	must(ppctlb_save(s.h, NULL, &len));
	s.image = realloc(s.image, len);
	s.image_len = len--;
	REQUIRE(ppctlb_save(s.h, s.image, &len) == -ENOSPC && len == s.image_len);
	done(ppctlb_save(s.h, s.image, &len), 0, 0);
	s.saved = realloc(s.saved, s.t.n * sizeof(*s.saved));
	memcpy(s.saved, s.t.e, s.t.n * sizeof(*s.saved));
}

/* Restore the image; or first try it with bits flipped or cut off, which the CRC must notice. */
static void do_restore(struct input *in)
{
	uint8_t turn = (uint8_t)take(in, 1);
	size_t at;
	int ret;

	if (!s.image)
		do_save(in);
	at = take(in, 3) % s.image_len;
	if (turn) {
		s.image[at] ^= turn;
		ret = ppctlb_restore(s.h, s.image, s.image_len);
		REQUIRE(ret == -EBADMSG || (ret == -ENOTSUP && at - 8 < 4));
		s.image[at] ^= turn;
		REQUIRE(ppctlb_restore(s.h, s.image, at) == -EBADMSG);
		same_state();
	}
	memcpy(s.t.e, s.saved, s.t.n * sizeof(*s.saved));
	done(ppctlb_restore(s.h, s.image, s.image_len), 0, 0);
	make_list();
}

static void is_plan_of(const struct ppctlb_mapping *m, const struct ppctlb_mapping *page, size_t n)
{
	uint64_t at = 0;

	for (size_t i = 0; i < n; i++) {
		REQUIRE(page[i].eaddr == m->eaddr + at && page[i].raddr == m->raddr + at);
		REQUIRE(is_page(&page[i], 1) && page[i].flags == m->flags && page[i].tid == m->tid);
		at += page[i].size;
	}
	REQUIRE(at == m->size);
	if (m->size >> model_smallest(s.t.core) <= UNITS)
		REQUIRE(n == model_fewest(s.t.core, m, model_smallest(s.t.core)));
}

static void do_plan(struct input *in)
{
	struct ppctlb_mapping m = take_region(in), *pages;
	unsigned wrong = wrong_region(&m) | wrong_partition(&m);
	size_t n = 0, room;
	int ret = ppctlb_plan(s.core, &m, NULL, &n);

	REQUIRE(wrong ? fits(ret, wrong) : !ret);
	if (ret || n > UNITS)
		return;
	pages = calloc(n, sizeof(*pages));
	room = n - 1;
	REQUIRE(ppctlb_plan(s.core, &m, pages, &room) == -ENOSPC && room == n && !pages->size);
	must(ppctlb_plan(s.core, &m, pages, &n));
	is_plan_of(&m, pages, n);
	free(pages);
}

static void do_translate(struct input *in)
{
	struct ppctlb_access a[8];
	size_t n = 1 + pick(in, 8);

	for (size_t i = 0; i < n; i++) {
		unsigned kind = pick(in, 256);
		uint64_t ea = kind & 0x80 ? take(in, 8) : take(in, 4);

		a[i] = (struct ppctlb_access){.eaddr = ea & low_bits(s.t.core->ea_bits),
					      .pid = kind >> 4 & 3,
					      .as = kind & 1,
					      .type = (kind >> 1 & 3) % 3,
					      .user = kind >> 3 & 1};
	}
	same_answers(s.h, &s.t, a, n);
	same_state();
}

static void do_examine(struct input *in)
{
	(void)in;
	examine(s.h);
	same_state();
}

/* The caller writes its own array. */
static void do_commit(struct input *in)
{
	struct ppctlb_entry e = take_words(in);

	if (s.array && !wrong_entry(&e)) {
		struct ppctlb_entry *slot = model_at(&s.t, e.tlb, e.index);

		*slot = e;
		s.array[slot - s.t.e] = (struct ppctlb_e500_tlbe){
			(uint32_t)e.word[3], (uint32_t)e.word[0], e.word[1], e.word[2]};
	}
	if (done(ppctlb_commit(s.h), s.array ? 0 : INVALID, 0))
		make_list();
}

/* ---- open and close ---- */

static void open_it(void)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.core = s.kind.core;
	memcpy(cfg.geometry, s.kind.geometry, sizeof(cfg.geometry));
	cfg.array = s.array;
	cfg.array_len = s.array ? s.t.n * sizeof(*s.array) : 0;
	must(ppctlb_open(&s.h, &cfg));
}

/* A handle's own array is empty again; the caller's array keeps its entries. */
static void do_reopen(struct input *in)
{
	ppctlb_close(s.h);
	open_it();
	if (s.array)
		same_state();
	else
		do_flush(in);
}

static bool is_power_of_2(uint32_t n)
{
	return n && !(n & (n - 1));
}

static bool is_44x_geometry(const struct ppctlb_geometry *g)
{
	return g[0].entries == 64 && g[0].ways == 64 && !g[1].entries && !g[1].ways;
}

/* TLB0 has at most 65536 entries, whose index has 16 bits. */
static bool is_e500_geometry(const struct ppctlb_geometry *g)
{
	return g[0].ways >= 2 && g[0].ways <= 16 && is_power_of_2(g[0].ways) && g[0].entries &&
	       g[0].entries <= 65536 && g[0].entries % g[0].ways == 0 &&
	       is_power_of_2(g[0].entries / g[0].ways) && is_power_of_2(g[1].entries) &&
	       g[1].entries <= 64 && g[1].ways == g[1].entries;
}

/* The rules of the kernel's header, see ppctlb-kvm(7). */
static bool is_geometry(const struct ppctlb_geometry *g)
{
	return BY_FAMILY(s.t.core, is_44x_geometry(g), is_e500_geometry(g));
}

/* Another handle with any geometry. */
static void do_open(struct input *in)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;
	int ret;

	cfg.core = s.kind.core;
	cfg.geometry[0] = (struct ppctlb_geometry){(uint32_t)take(in, 3), pick(in, 32)};
	cfg.geometry[1] = (struct ppctlb_geometry){pick(in, 256), pick(in, 256)};
	if (cfg.geometry[0].ways & 1)
		cfg.geometry[1].ways = cfg.geometry[1].entries;
	cfg.geometry[0].ways /= 2;
	if (!cfg.geometry[0].entries || !cfg.geometry[1].entries)
		return; /* the core's own, or an error */
	ret = ppctlb_open(&h, &cfg);
	REQUIRE(is_geometry(cfg.geometry) ? !ret : ret == -EINVAL && !h);
	ppctlb_close(h);
	same_state();
}

static void begin(struct input *in)
{
	s.kind = take_kind(in);
	open_it();
	s.core = ppctlb_core(s.kind.core);
	s.t = model_of(s.h);
	if (is_e500(s.t.core) && pick(in, 2)) {
		ppctlb_close(s.h);
		s.array = calloc(s.t.n, sizeof(*s.array));
		open_it();
	}
	make_list();
}

static void end(void)
{
	ppctlb_close(s.h);
	model_free(&s.t);
	free(s.array);
	free(s.image);
	free(s.saved);
	s.array = NULL;
	s.image = NULL;
	s.saved = NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* The kept inputs must go on meaning the same: a new call replaces a row of the last
	 * lines, which repeat others. */
	static void (*const calls[32])(struct input * in) = {
		do_map,
		do_map,
		do_map,
		do_unmap,
		do_unmap,
		do_map_at,
		do_set,
		do_set,
		do_flush,
		do_save,
		do_restore,
		do_plan,
		do_open,
		do_examine,
		do_commit,
		do_reopen,
		do_translate,
		do_map_at,
		/* repeated */
		do_map,
		do_map,
		do_map,
		do_unmap,
		do_unmap,
		do_map_at,
		do_set,
		do_set,
		do_commit,
		do_save,
		do_restore,
		do_translate,
		do_map,
		do_map_at,
	};
	struct input in = {data, size};

	begin(&in);
	for (int n = 0; n < CALLS && in.left; n++)
		calls[pick(&in, 32)](&in);
	end();
	return 0;
}
