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

long tlb_place(const struct ppctlb_core *core, unsigned tlb, unsigned index)
{
	const struct ppctlb_array_info *a = core->info.array;

	if (tlb >= core->info.arrays || index >= a[tlb].geometry.entries)
		return -1;
	return (long)(tlb ? a[0].geometry.entries + index : index);
}

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
	if (getpid() != h->pid)
		return tlb_fail(EIO,
				"the handle belongs to process %ld: a forked child cannot use it",
				(long)h->pid);
	return 0;
}

int tlb_load(struct ppctlb *h, enum ppctlb_view view)
{
	int ret = h->backend->get(&h->vcpu, view, h->now);

	for (size_t i = 0; !ret && i < h->info.entries; i++)
		tlb_position(&h->vcpu.core, i, &h->now[i]);
	return ret;
}

int tlb_write(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = h->backend->set(&h->vcpu, entries, n);

	if (ret)
		h->doubtful = true;
	else if (n == h->info.entries)
		h->doubtful = false;
	return ret;
}

int tlb_store(struct ppctlb *h)
{
	size_t n = 0;

	for (size_t i = 0; i < h->info.entries; i++)
		if (h->doubtful || memcmp(h->now[i].word, h->next[i].word, sizeof(h->now[i].word)))
			h->now[n++] = h->next[i];
	return n ? tlb_write(h, h->now, n) : 0;
}

/* ---- open ---- */

static int check_config(const struct ppctlb_config *cfg)
{
	/* Fields that a later version has and this one does not know must be unused. */
	const unsigned char *more = (const unsigned char *)cfg + sizeof(*cfg);

	if (cfg->size < sizeof(*cfg))
		return tlb_fail(EINVAL,
				"cfg.size is %u, at least %zu expected (PPCTLB_CONFIG_INIT)",
				(unsigned)cfg->size, sizeof(*cfg));
	if (cfg->size > 4096)
		return tlb_fail(EINVAL, "cfg.size is %u, more than 4096", (unsigned)cfg->size);
	for (size_t i = 0; i < cfg->size - sizeof(*cfg); i++)
		if (more[i])
			return tlb_fail(ENOTSUP, "cfg has fields that this version does not know");
	if (cfg->vcpu_fd < -1)
		return tlb_fail(EINVAL, "cfg.vcpu_fd is %d", cfg->vcpu_fd);
	if (cfg->reserved)
		return tlb_fail(EINVAL, "cfg.reserved is not 0");
	if (cfg->unknown && cfg->vcpu_fd >= 0)
		return tlb_fail(EINVAL, "cfg.unknown is for detached handles only");
	if (cfg->unknown & ~tlb_unknown_bits)
		return tlb_fail(EINVAL, "cfg.unknown 0x%x has bits that do not exist",
				(unsigned)cfg->unknown);
	if (!cfg->array != !cfg->array_len)
		return tlb_fail(EINVAL, "cfg.array and cfg.array_len: one without the other");
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
	h->now = calloc(entries, sizeof(*h->now));
	h->next = calloc(entries, sizeof(*h->next));
	h->page = calloc(entries, sizeof(*h->page));
	h->regions = calloc(entries, sizeof(*h->regions));
	if (h->now && h->next && h->page && h->regions)
		return 0;
	return tlb_fail(ENOMEM, "out of memory");
}

static void destroy(struct ppctlb *h)
{
	free(h->now);
	free(h->next);
	free(h->page);
	free(h->regions);
	free(h->path);
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
	h->pid = getpid();
	h->vcpu = (struct ppctlb_vcpu){
		.host = &tlb_host_at_open,
		.core = *c->core,
		.fd = cfg->vcpu_fd,
		.sregs = c->sregs,
		.geometry = cfg->geometry,
		.array = cfg->array,
		.array_len = cfg->array_len,
	};
	ret = make_room(h, cfg);
	ret = ret ? ret : h->backend->open(&h->vcpu);
	if (ret) {
		destroy(h);
		return ret;
	}
	h->vcpu.host = &tlb_host;
	h->vcpu.sregs = NULL;
	h->vcpu.geometry = NULL;
	describe(h, cfg, c->by);
	*out = h;
	return 0;
}

int ppctlb_open(struct ppctlb **h, const struct ppctlb_config *cfg)
{
	struct tlb_choice c = {.core = NULL};
	struct tlb_message before;
	int ret;

	if (!h || !cfg)
		return tlb_fail(EINVAL, "open: a NULL argument");
	*h = NULL;
	tlb_keep_message(&before);
	ret = check_config(cfg);
	ret = ret ? ret : tlb_choose(cfg, &c);
	ret = ret ? ret : attach(h, cfg, &c);
	if (!ret)
		tlb_restore_message(&before);
	tlb_free_choice(&c);
	return ret;
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
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!info || info->size < sizeof(*info))
		return tlb_fail(EINVAL, "info is NULL, or its size is not set");
	*info = h->info;
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

int ppctlb_get(struct ppctlb *h, enum ppctlb_view view, struct ppctlb_entry *entries, size_t n)
{
	int ret = tlb_check_view(h, view);

	if (ret)
		return ret;
	if (!entries || n < h->info.entries)
		return tlb_fail(EINVAL, "room for %u entries is needed", (unsigned)h->info.entries);
	ret = tlb_load(h, view);
	if (!ret)
		memcpy(entries, h->now, h->info.entries * sizeof(*entries));
	return ret;
}

/* Each position exists and none is there twice; h->next serves as the list of those seen. */
static int check_positions(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	const struct ppctlb_core *core = &h->vcpu.core;

	memset(h->next, 0, h->info.entries * sizeof(*h->next));
	for (size_t i = 0; i < n; i++) {
		long place = tlb_place(core, entries[i].tlb, entries[i].index);
		int ret;

		if (entries[i].tlb & PPCTLB_NO_SLOT)
			return tlb_fail(EINVAL, "entry %zu has no slot (PPCTLB_NO_SLOT)", i);
		if (place < 0)
			return tlb_fail(EINVAL, "entry %zu: there is no TLB%u[%u]", i,
					entries[i].tlb, entries[i].index);
		if (h->next[place].index)
			return tlb_fail(EINVAL, "entry %zu: TLB%u[%u] appears twice", i,
					entries[i].tlb, entries[i].index);
		ret = tlb_check_words(core, &entries[i]);
		if (ret)
			return tlb_context(ret, "entry %zu", i);
		h->next[place].index = 1;
	}
	return 0;
}

/* Writes every entry, those that the caller did not name as they are. */
static int write_among_all(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = tlb_load(h, PPCTLB_GUEST);

	for (size_t i = 0; i < n; i++) {
		long place = tlb_place(&h->vcpu.core, entries[i].tlb, entries[i].index);

		memcpy(h->now[place].word, entries[i].word, sizeof(entries[i].word));
	}
	return ret ? ret : tlb_write(h, h->now, h->info.entries);
}

int ppctlb_set(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!entries && n)
		return tlb_fail(EINVAL, "set: a NULL argument");
	ret = check_positions(h, entries, n);
	if (ret || !n)
		return ret;
	return h->doubtful ? write_among_all(h, entries, n) : tlb_write(h, entries, n);
}

int ppctlb_flush(struct ppctlb *h)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	memset(h->next, 0, h->info.entries * sizeof(*h->next));
	for (size_t i = 0; i < h->info.entries; i++)
		tlb_position(&h->vcpu.core, i, &h->next[i]);
	return tlb_write(h, h->next, h->info.entries);
}

int ppctlb_commit(struct ppctlb *h)
{
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!h->vcpu.array)
		return tlb_fail(EINVAL, "commit: the handle has no array of the caller's");
	return h->backend->commit(&h->vcpu);
}
