// SPDX-License-Identifier: LGPL-2.1-or-later
/* The handle: open and close, and the raw state of its TLB. */
#include "internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KVM_GET_SREGS 0x44d0ae83u /* powerpc's, on every build host */
#define SREGS_SIZE    1232

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
		return tlb_fail(EINVAL, "cfg.size is %u: nonsense", (unsigned)cfg->size);
	for (size_t i = 0; i < cfg->size - sizeof(*cfg); i++)
		if (more[i])
			return tlb_fail(ENOTSUP, "cfg has fields that this version does not know");
	if (cfg->vcpu_fd < -1)
		return tlb_fail(EINVAL, "cfg.vcpu_fd is %d", cfg->vcpu_fd);
	if (cfg->reserved)
		return tlb_fail(EINVAL, "cfg.reserved is not 0");
	if (cfg->unknown && cfg->vcpu_fd >= 0)
		return tlb_fail(EINVAL, "cfg.unknown is for detached handles");
	if (cfg->unknown & ~TLB_UNKNOWN)
		return tlb_fail(EINVAL, "cfg.unknown 0x%x has bits that do not exist",
				(unsigned)cfg->unknown);
	if (!cfg->array != !cfg->array_len)
		return tlb_fail(EINVAL, "cfg.array and cfg.array_len: one without the other");
	if (cfg->vcpu_fd < 0 && !cfg->core)
		return tlb_fail(EINVAL, "a detached handle needs cfg.core");
	return 0;
}

/* What open() finds out before there is a handle. */
struct choice {
	struct tlb_plugin plugin;
	const struct ppctlb_core *core;
	enum ppctlb_chooser by;
	void *sregs; /* of the vCPU; NULL when detached */
};

/* A named backend serves its own cores; one that has none (mock) serves every family's. */
static int core_for_named(const struct ppctlb_config *cfg, struct choice *c)
{
	struct tlb_plugin owner = {NULL, NULL};
	int ret;

	c->core = tlb_core_of(c->plugin.backend, cfg->core);
	if (c->core)
		return 0;
	ret = tlb_plugin_with(cfg->core, cfg->backend_path, &owner, &c->core);
	free(owner.path);
	if (!ret && c->plugin.backend->cores[0])
		return tlb_fail(EINVAL, "backend %s has no core '%s'", c->plugin.backend->name,
				cfg->core);
	return ret;
}

static int same_core(const struct ppctlb_config *cfg, const struct choice *c)
{
	if (!cfg->core || tlb_core_of(c->plugin.backend, cfg->core) == c->core)
		return 0;
	return tlb_fail(EINVAL, "the vCPU is of core %s, not '%.40s'", c->core->info.name,
			cfg->core);
}

static int read_sregs(int fd, void **sregs)
{
	int ret;

	*sregs = calloc(1, SREGS_SIZE);
	if (!*sregs)
		return tlb_fail(ENOMEM, "out of memory");
	ret = tlb_host_at_open.kvm(fd, KVM_GET_SREGS, *sregs, "KVM_GET_SREGS");
	if (ret == -ENOTSUP || ret == -EINVAL) {
		tlb_context(ret, "fd %d is no powerpc vCPU", fd);
		ret = -EINVAL;
	}
	return ret;
}

static int choose_named(const struct ppctlb_config *cfg, const char *name, struct choice *c)
{
	int ret = tlb_plugin_named(name, cfg->backend_path, &c->plugin);

	if (ret)
		return ret;
	if (cfg->vcpu_fd < 0)
		return core_for_named(cfg, c);
	ret = tlb_probe(c->plugin.backend, cfg->vcpu_fd, c->sregs, cfg->core, &c->core);
	return ret ? tlb_context(ret, "backend %s", name) : 0;
}

static int choose_backend(const struct ppctlb_config *cfg, struct choice *c)
{
	const char *env = secure_getenv("PPCTLB_BACKEND");
	const char *name = cfg->backend ? cfg->backend : env;
	int ret = 0;

	c->by = cfg->backend ? PPCTLB_BY_CALLER : env ? PPCTLB_BY_ENVIRONMENT : PPCTLB_BY_PROBE;
	if (cfg->vcpu_fd >= 0)
		ret = read_sregs(cfg->vcpu_fd, &c->sregs);
	if (ret)
		return ret;
	if (name) {
		ret = choose_named(cfg, name, c);
	} else if (cfg->vcpu_fd >= 0) {
		ret = tlb_plugin_probe(cfg->vcpu_fd, c->sregs, cfg->core, cfg->backend_path,
				       &c->plugin, &c->core);
	} else {
		c->by = PPCTLB_BY_CALLER;
		ret = tlb_plugin_with(cfg->core, cfg->backend_path, &c->plugin, &c->core);
	}
	if (!ret && cfg->vcpu_fd >= 0)
		ret = same_core(cfg, c);
	if (ret && !cfg->backend && env)
		tlb_context(ret, "PPCTLB_BACKEND");
	return ret;
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

/* The last step that can fail before the backend's own: on e500 that one changes the guest TLB. A
 * vCPU's own geometry, had where none is asked for, is in registers whose N_ENTRY has 12 bits. */
static int make_room(struct ppctlb *h, const struct ppctlb_config *cfg)
{
	static const struct ppctlb_geometry none[2];
	bool vcpus = cfg->vcpu_fd >= 0 && !memcmp(cfg->geometry, none, sizeof(none));
	uint64_t entries = 0;

	for (int i = 0; i < 2; i++) {
		uint32_t asked = cfg->geometry[i].entries;
		uint32_t own = vcpus ? 4095 : h->vcpu.core.info.array[i].geometry.entries;

		entries += asked > own ? asked : own;
	}
	if (entries > PPCTLB_MAX_ENTRIES)
		return tlb_fail(EINVAL, "cfg.geometry has more than %d entries",
				PPCTLB_MAX_ENTRIES);
	h->now = calloc(entries, sizeof(*h->now));
	h->next = calloc(entries, sizeof(*h->next));
	h->page = calloc(entries, sizeof(*h->page));
	h->regions = calloc(entries, sizeof(*h->regions));
	h->origin = calloc(entries, sizeof(*h->origin));
	if (h->now && h->next && h->page && h->regions && h->origin)
		return 0;
	return tlb_fail(ENOMEM, "out of memory");
}

static void destroy(struct ppctlb *h)
{
	free(h->now);
	free(h->next);
	free(h->page);
	free(h->regions);
	free(h->origin);
	free(h->path);
	free(h);
}

static int attach(struct ppctlb **out, const struct ppctlb_config *cfg, struct choice *c)
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
	struct choice c = {.core = NULL};
	struct tlb_story story;
	int ret;

	if (!h || !cfg)
		return tlb_fail(EINVAL, "open: a NULL argument");
	*h = NULL;
	tlb_keep_story(&story);
	ret = check_config(cfg);
	ret = ret ? ret : choose_backend(cfg, &c);
	ret = ret ? ret : attach(h, cfg, &c);
	if (!ret)
		tlb_put_story_back(&story);
	free(c.plugin.path);
	free(c.sregs);
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

/* Positions exist and none stands twice; h->next serves as the list of those seen. */
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
			return tlb_fail(EINVAL, "entry %zu: TLB%u[%u] stands twice", i,
					entries[i].tlb, entries[i].index);
		ret = tlb_check_words(core, &entries[i]);
		if (ret)
			return tlb_context(ret, "entry %zu", i);
		h->next[place].index = 1;
	}
	return 0;
}

/* What the others are is written, too. */
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
