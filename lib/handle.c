// SPDX-License-Identifier: LGPL-2.1-or-later
/* The handle: open and close, and the raw state of its TLB. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* TLB0 of 65536 (an index has 16 bits) and TLB1 of 64. */
#define MAX_ENTRIES 65600
/* N_ENTRY of TLBnCFG has 12 bits. */
#define MAX_OWN_ENTRIES 4095

/* ---- positions ---- */

void tlb_position(const struct ppctlb_core *core, size_t n, struct ppctlb_entry *e)
{
	size_t first = core->info.array[0].geometry.entries;

	e->tlb = n >= first;
	e->index = (uint16_t)(n >= first ? n - first : n);
}

int tlb_usable(const struct ppctlb *h)
{
	if (!h)
		return tlb_fail(EINVAL, "the handle is NULL");
	if (!tlb_is_owner(&h->owner))
		return tlb_fail(EIO,
				"the handle belongs to process %ld: a forked child cannot use it",
				(long)h->owner.pid);
	return 0;
}

int tlb_load(struct ppctlb *h, enum ppctlb_view view)
{
	int ret = h->backend->get(&h->vcpu, view, h->now);

	for (size_t i = 0; !ret && h->unknown && i < h->info.entries; i++)
		h->now[i].unknown = h->unknown[i];
	h->current = !ret && view == PPCTLB_GUEST && h->vcpu.fd < 0 && !h->vcpu.array;
	return ret;
}

void tlb_note_unknown(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	uint32_t any = h->untold;

	for (size_t i = 0; i < n; i++)
		any |= entries[i].unknown;
	for (size_t i = 0; any && i < n; i++) {
		uint32_t *known =
			&h->unknown[tlb_place(&h->vcpu.core, entries[i].tlb, entries[i].index)];

		h->untold -= *known != 0;
		*known = entries[i].unknown;
		h->untold += *known != 0;
	}
}

/* The same as tlb_write(), and NULL for zeroes everywhere. */
static int write_to_backend(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = h->backend->set(&h->vcpu, entries, n);

	h->current = false;
	if (ret) {
		h->doubtful = true;
		return ret;
	}
	if (h->vcpu.deferred)
		h->info.pending = 1;
	else if (n == h->info.entries)
		h->doubtful = false;
	return 0;
}

int tlb_write(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = write_to_backend(h, entries, n);

	if (!ret && h->unknown)
		tlb_note_unknown(h, entries, n);
	return ret;
}

int tlb_store(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = 0;

	h->vcpu.fresh = 1;
	if (h->doubtful)
		ret = tlb_write(h, h->now, h->info.entries);
	else if (n)
		ret = tlb_write(h, entries, n);
	h->vcpu.fresh = 0;
	return ret;
}

/* ---- open ---- */

/* The size of version 1: later versions add fields behind the last, and take this one, too. */
#define CONFIG_1 (offsetof(struct ppctlb_config, deferred) + sizeof(uint32_t))
#define INFO_1	 (offsetof(struct ppctlb_info, core) + sizeof(void *))

_Static_assert(CONFIG_1 == (sizeof(void *) == 8 ? 72 : 52), "the size of version 1 never changes");
_Static_assert(INFO_1 == (sizeof(void *) == 8 ? 56 : 40), "the size of version 1 never changes");

/* Read the caller's cfg once. Fields that it lacks become 0; those that this version does not know
 * must be 0. */
static int read_config(const struct ppctlb_config *cfg, struct ppctlb_config *own)
{
	const unsigned char *bytes = (const unsigned char *)cfg;
	uint32_t size = *(const volatile uint32_t *)&cfg->size;

	memset(own, 0, sizeof(*own));
	if (size < CONFIG_1)
		return tlb_fail(EINVAL,
				"cfg.size is %u, at least %zu expected (PPCTLB_CONFIG_INIT)",
				(unsigned)size, CONFIG_1);
	if (size > 4096)
		return tlb_fail(EINVAL, "cfg.size is %u, more than 4096", (unsigned)size);
	for (size_t i = sizeof(*own); i < size; i++)
		if (bytes[i])
			return tlb_fail(ENOTSUP, "cfg has fields that this version does not know");
	memcpy(own, cfg, size < sizeof(*own) ? size : sizeof(*own));
	return 0;
}

static int check_config(const struct ppctlb_config *cfg)
{
	if (cfg->vcpu_fd < -1)
		return tlb_fail(EINVAL, "cfg.vcpu_fd is %d", cfg->vcpu_fd);
	if (cfg->unknown && cfg->vcpu_fd >= 0)
		return tlb_fail(EINVAL, "cfg.unknown is for detached handles only");
	if (cfg->unknown & ~tlb_unknown_bits)
		return tlb_fail(EINVAL, "cfg.unknown 0x%x has bits that do not exist",
				(unsigned)cfg->unknown);
	if (!cfg->array != !cfg->array_len)
		return tlb_fail(EINVAL, "cfg.array and cfg.array_len: one without the other");
	if (cfg->deferred > 1)
		return tlb_fail(EINVAL, "cfg.deferred is %u, neither 0 nor 1",
				(unsigned)cfg->deferred);
	if (cfg->deferred && !cfg->array)
		return tlb_fail(EINVAL, "cfg.deferred needs an array of the caller's");
	if (cfg->vcpu_fd < 0 && !cfg->core)
		return tlb_fail(EINVAL, "a detached handle needs cfg.core");
	return 0;
}

static void describe(struct ppctlb *h, const struct ppctlb_config *cfg, enum ppctlb_chooser by)
{
	const struct ppctlb_core_info *core = &h->vcpu.core.info;

	h->info = (struct ppctlb_info){
		.size = sizeof(h->info),
		.entries = core->array[0].geometry.entries + core->array[1].geometry.entries,
		.backend = h->backend->name,
		.backend_path = h->path,
		.transport = h->vcpu.transport,
		.chosen_by = by,
		.has_shadow = h->vcpu.has_shadow,
		.unknown = cfg->unknown,
		.core = core,
	};
}

/* What is aligned most comes first. */
static int allocate(struct ppctlb *h, size_t n, bool detached)
{
	const struct {
		size_t size;
		void **at;
	} parts[] = {
		{sizeof(*h->now), (void **)&h->now},
		{sizeof(*h->next), (void **)&h->next},
		{sizeof(*h->page), (void **)&h->page},
		{sizeof(*h->region), (void **)&h->region},
		{TLB_KEYS * sizeof(*h->key), (void **)&h->key},
		{sizeof(*h->note), (void **)&h->note},
		{detached ? sizeof(*h->unknown) : 0, (void **)&h->unknown},
	};
	size_t size = 0;
	char *at;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		size += parts[i].size;
	h->block = calloc(n, size);
	if (!h->block)
		return tlb_fail(ENOMEM, "out of memory");
	at = h->block;
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		*parts[i].at = parts[i].size ? (void *)at : NULL;
		at += n * parts[i].size;
	}
	return 0;
}

/* This is the last step that can fail before the backend's own open(), which on e500 changes the
 * guest TLB. The geometry of a vCPU that is opened with its own is not known yet: make room for the
 * most. */
static int make_room(struct ppctlb *h, const struct ppctlb_config *cfg)
{
	static const struct ppctlb_geometry none[2];
	bool own = cfg->vcpu_fd >= 0 && !memcmp(cfg->geometry, none, sizeof(none));
	uint64_t entries = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t asked = cfg->geometry[i].entries;
		uint32_t least =
			own ? MAX_OWN_ENTRIES : h->vcpu.core.info.array[i].geometry.entries;

		entries += asked > least ? asked : least;
	}
	if (entries > MAX_ENTRIES)
		return tlb_fail(EINVAL, "cfg.geometry has more than %d entries", MAX_ENTRIES);
	return allocate(h, (size_t)entries, cfg->vcpu_fd < 0);
}

static void destroy(struct ppctlb *h)
{
	free(h->block);
	free(h->path);
	tlb_disown(&h->owner);
	free(h);
}

static int attach(struct ppctlb **out, const struct ppctlb_config *cfg, struct tlb_choice *c)
{
	struct ppctlb *h = calloc(1, sizeof(*h));
	int ret;

	if (!h)
		return tlb_fail(ENOMEM, "out of memory");
	h->backend = c->plugin.backend;
	h->path = c->plugin.path;
	c->plugin.path = NULL;
	h->vcpu = (struct ppctlb_vcpu){
		.host = &tlb_host_at_open,
		.core = *c->core,
		.fd = cfg->vcpu_fd,
		.sregs = c->sregs,
		.geometry = cfg->geometry,
		.array = cfg->array,
		.array_len = cfg->array_len,
		.deferred = cfg->deferred,
	};
	ret = tlb_own(&h->owner);
	ret = ret ? ret : make_room(h, cfg);
	ret = ret ? ret : h->backend->open(&h->vcpu);
	if (ret) {
		destroy(h);
		return ret;
	}
	h->vcpu.host = &tlb_host;
	h->vcpu.sregs = NULL;
	h->vcpu.geometry = NULL;
	describe(h, cfg, c->by);
	for (size_t i = 0; i < h->info.entries; i++)
		tlb_position(&h->vcpu.core, i, &h->now[i]);
	*out = h;
	return 0;
}

int ppctlb_open(struct ppctlb **h, const struct ppctlb_config *cfg)
{
	struct tlb_choice c = {.core = NULL};
	struct ppctlb_config own;
	int ret;

	if (!h || !cfg)
		return tlb_fail(EINVAL, "open: a NULL argument");
	*h = NULL;
	tlb_begin_trial();
	ret = read_config(cfg, &own);
	ret = ret ? ret : check_config(&own);
	ret = ret ? ret : tlb_choose(&own, &c);
	ret = ret ? ret : attach(h, &own, &c);
	tlb_free_choice(&c);
	return tlb_end_trial(ret);
}

void ppctlb_close(struct ppctlb *h)
{
	if (!h)
		return;
	h->backend->close(&h->vcpu);
	destroy(h);
}

int ppctlb_info(struct ppctlb *h, struct ppctlb_info *info)
{
	uint32_t size;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!info || info->size < INFO_1)
		return tlb_fail(EINVAL, "info is NULL, or its size is not set");
	size = info->size;
	memcpy(info, &h->info, size < sizeof(*info) ? size : sizeof(*info));
	info->size = size;
	return 0;
}

const struct ppctlb_core *ppctlb_handle_core(const struct ppctlb *h)
{
	int ret = tlb_usable(h);

	if (!ret)
		return &h->vcpu.core;
	errno = -ret;
	return NULL;
}

/* ---- raw state ---- */

int tlb_check_view(const struct ppctlb *h, enum ppctlb_view view)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (view != PPCTLB_GUEST && view != PPCTLB_SHADOW)
		return tlb_fail(EINVAL, "there is no view %d", (int)view);
	if (view == PPCTLB_SHADOW && !h->info.has_shadow)
		return tlb_fail(ENOTSUP, "%s over %s has no shadow view", h->info.backend,
				h->info.transport);
	return 0;
}

/* All but the words. */
static void describe_entries(const struct ppctlb *h, struct ppctlb_entry *entries)
{
	const struct ppctlb_array_info *array = h->vcpu.core.info.array;
	struct ppctlb_entry *e = entries;

	for (unsigned tlb = 0; tlb < h->vcpu.core.info.arrays; tlb++) {
		for (uint32_t i = 0; i < array[tlb].geometry.entries; i++, e++) {
			e->tlb = (uint16_t)tlb;
			e->index = (uint16_t)i;
			e->unknown = 0;
		}
	}
	for (size_t i = 0; h->untold && i < h->info.entries; i++)
		entries[i].unknown = h->unknown[i];
}

int ppctlb_get(struct ppctlb *h, enum ppctlb_view view, struct ppctlb_entry *entries, size_t n)
{
	int ret = tlb_check_view(h, view);

	if (ret)
		return ret;
	if (!entries || n < h->info.entries)
		return tlb_fail(EINVAL, "room for %u entries is needed", (unsigned)h->info.entries);
	ret = h->backend->get(&h->vcpu, view, entries); /* sets all words, or none */
	if (!ret)
		describe_entries(h, entries);
	return ret;
}

int ppctlb_mappings(struct ppctlb *h, enum ppctlb_view view,
		    void (*cb)(const struct ppctlb_entry *e, const struct ppctlb_mapping *m,
			       uint32_t defects, void *arg),
		    void *arg)
{
	const struct ppctlb_core *core;
	int ret = tlb_check_view(h, view);

	if (ret)
		return ret;
	if (!cb)
		return tlb_fail(EINVAL, "mappings: a NULL argument");
	core = &h->vcpu.core;
	ret = tlb_load(h, view);
	for (size_t i = 0; !ret && i < h->info.entries; i++) {
		struct ppctlb_mapping m;
		unsigned defects = core->decode(core, &h->now[i], &m);

		if (!(defects & PPCTLB_DEFECT_INVALID))
			cb(&h->now[i], &m, defects, arg);
	}
	return ret;
}

static int check_unknown(const struct ppctlb *h, const struct ppctlb_entry *e)
{
	if (e->unknown & ~tlb_unknown_bits)
		return tlb_fail(EINVAL, "unknown 0x%x has bits that do not exist",
				(unsigned)e->unknown);
	if (e->unknown && !h->unknown)
		return tlb_fail(EINVAL, "unknown 0x%x: a vCPU needs the whole entry",
				(unsigned)e->unknown);
	return 0;
}

/* Check entry number i, which is the library's own copy; h->note has the positions seen. */
static int check_entry(struct ppctlb *h, const struct ppctlb_entry *e, size_t i)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	long place = tlb_place(core, e->tlb, e->index);
	int ret;

	if (place >= 0 && !h->note[place].change && tlb_words_fit(core, e) && !e->unknown) {
		h->note[place].change = 1;
		return 0;
	}
	if (e->tlb & PPCTLB_NO_SLOT)
		return tlb_fail(EINVAL, "entry %zu has no slot (PPCTLB_NO_SLOT)", i);
	if (place < 0)
		return tlb_fail(EINVAL, "entry %zu: there is no TLB%u[%u]", i, e->tlb, e->index);
	if (h->note[place].change)
		return tlb_fail(EINVAL, "entry %zu: TLB%u[%u] appears twice", i, e->tlb, e->index);
	ret = tlb_check_words(core, e);
	ret = ret ? ret : check_unknown(h, e);
	if (ret)
		return tlb_context(ret, "entry %zu", i);
	h->note[place].change = 1;
	return 0;
}

/* Are these the entries of all slots in the kernel's order, as ppctlb_get() gives them, with words
 * that fit and nothing untold? Then check_entry() would find nothing. */
static bool are_all_in_order(const struct ppctlb *h, const struct ppctlb_entry *e, size_t n)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	uint32_t odd = n != h->info.entries;

	for (unsigned tlb = 0; !odd && tlb < core->info.arrays; tlb++)
		for (uint32_t i = 0; i < core->info.array[tlb].geometry.entries; i++, e++)
			odd |= (e->tlb ^ tlb) | (e->index ^ i) | e->unknown |
			       !tlb_words_fit(core, e);
	return !odd;
}

/* Read the caller's entries once, into h->next. Of more than there are, one appears twice or does
 * not exist: the first that there is no room for is checked, too. */
static int take_entries(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	size_t some = n < h->info.entries ? n : h->info.entries;
	struct ppctlb_entry more;
	int ret = 0;

	memcpy(h->next, entries, some * sizeof(*entries));
	if (are_all_in_order(h, h->next, n))
		return 0;
	memset(h->note, 0, h->info.entries * sizeof(*h->note));
	for (size_t i = 0; !ret && i < some; i++)
		ret = check_entry(h, &h->next[i], i);
	if (ret || n == some)
		return ret;
	more = entries[some];
	return check_entry(h, &more, some);
}

/* Writes every entry, those that h->next does not have as they are. */
static int write_among_all(struct ppctlb *h, size_t n)
{
	int ret = tlb_load(h, PPCTLB_GUEST);

	for (size_t i = 0; !ret && i < n; i++)
		h->now[tlb_place(&h->vcpu.core, h->next[i].tlb, h->next[i].index)] = h->next[i];
	return ret ? ret : tlb_store(h, h->next, n);
}

int ppctlb_set(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!entries && n)
		return tlb_fail(EINVAL, "set: a NULL argument");
	if (!n)
		return 0;
	ret = take_entries(h, entries, n);
	if (ret)
		return ret;
	return h->doubtful ? write_among_all(h, n) : tlb_write(h, h->next, n);
}

int ppctlb_flush(struct ppctlb *h)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	ret = write_to_backend(h, NULL, h->info.entries);
	if (ret)
		return ret;
	if (h->untold)
		memset(h->unknown, 0, h->info.entries * sizeof(*h->unknown));
	h->untold = 0;
	h->info.unknown = 0; /* of zeroes all is known */
	return 0;
}

int ppctlb_commit(struct ppctlb *h)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!h->vcpu.array)
		return tlb_fail(EINVAL, "commit: the handle has no array of the caller's");
	ret = h->backend->commit(&h->vcpu);
	h->doubtful = ret != 0;
	if (!ret)
		h->info.pending = 0;
	return ret;
}
