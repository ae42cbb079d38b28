// SPDX-License-Identifier: LGPL-2.1-or-later
/* Chooses a backend and a core: for a handle, for the name of a core, for a PVR. */
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KVM_GET_SREGS 0x44d0ae83u /* powerpc's, on every build host */
#define SREGS_SIZE    1232

/* Cores that people ask for and that no backend can serve. */
static const struct {
	const char *name;
	bool begins; /* with that: a family of names */
	const char *why;
} refused_cores[] = {
	{"476", true, "V, TS and SIZE are in other bits than on a 440, and its UTLB is hashed"},
	{"47x", false, "V, TS and SIZE are in other bits than on a 440, and its UTLB is hashed"},
	{"405", true, "its entries have two words, TLBHI and TLBLO, and it is no Book E core"},
	{"403", true, "its entries have two words, TLBHI and TLBLO, and it is no Book E core"},
	{"e200", true, "KVM does not run on it, and its one TLB is not that of an e500"},
	{"a2", false, "it has the MMU of Book III-E with hashed and indirect entries of its own"},
};

static bool is_refused(const char *name, size_t i)
{
	if (refused_cores[i].begins)
		return !strncmp(name, refused_cores[i].name, strlen(refused_cores[i].name));
	return !strcmp(name, refused_cores[i].name);
}

/* ---- the reasons of those that do not have what is wanted ---- */

/* A line for each plug-in. A line that does not fit is left out as a whole. */
struct reasons {
	char text[TLB_MESSAGE - 1300]; /* leaves room for the first line, the last, and a context */
	size_t used;
	size_t left_out;
	const char *path;
};

/* Leaves the directory out where the path has only one. */
static void add_name(int ret, const struct tlb_candidate *c, const char *path)
{
	if (!c->backend && !strchr(path, ':'))
		tlb_context(ret, "%s", c->name);
	else
		tlb_context(ret, "%s (%.*s%s)", c->name, TLB_SHOWN(c->path));
}

/* Adds the thread's message, which has no newlines, as a line of its own. */
static void add_reason(struct reasons *r, int ret, const struct tlb_candidate *c)
{
	char *at = r->text + r->used;
	size_t room = sizeof(r->text) - r->used, n;

	add_name(ret, c, r->path);
	n = (size_t)snprintf(at, room, "\n%s", ppctlb_errmsg());
	if (r->left_out || n >= room) {
		*at = '\0';
		r->left_out++;
	} else {
		r->used += n;
	}
}

/* ppctlb_backends() does not know cfg.backend_path, so the message says how to tell it. */
static int none_found(int err, const char *what, const char *cfg_path, const struct reasons *r)
{
	tlb_fail(err, "%s in %.*s%s", what, TLB_SHOWN(r->path));
	tlb_append("%s", r->text);
	if (!r->used && !r->left_out)
		tlb_append(": there is no backend");
	if (r->left_out)
		tlb_append("\nand %zu more; ppctlb_backends() has them all%s", r->left_out,
			   cfg_path ? " with PPCTLB_BACKEND_PATH set to that path" : "");
	return -err;
}

/* ---- asking one plug-in after the other ---- */

struct wanted {
	const char *name; /* of a core, or NULL */
	uint32_t pvr;
	int fd; /* of a vCPU, and its registers */
	const void *sregs;
	const struct ppctlb_core *core; /* the answer */
};

/* 0: this backend has w->core; an error: it has not, and the message says why. */
typedef int ask_fn(const struct ppctlb_backend *b, struct wanted *w);

/* Trouble of the process, not the plug-in's answer: asking the next one would hide it. */
static bool is_trouble(int ret)
{
	return ret == -ENOMEM || ret == -EIO || ret == -EINTR;
}

static int ask_one(const struct tlb_candidate *c, ask_fn *ask, struct wanted *w,
		   struct tlb_plugin *p)
{
	int ret = tlb_load_candidate(c, p);

	if (ret)
		return ret;
	ret = ask(p->backend, w);
	if (ret) {
		free(p->path);
		p->path = NULL;
	}
	return ret;
}

/* Asks in the order of names until one has the core. None: the error err, "what in PATH". */
static int ask_all(const char *cfg_path, ask_fn *ask, struct wanted *w, const char *what, int err,
		   struct tlb_plugin *p)
{
	struct tlb_candidates all = {NULL, 0};
	struct reasons *reasons = calloc(1, sizeof(*reasons)); /* too much for a small stack */
	int ret = reasons ? tlb_find_all(cfg_path, &all) : tlb_fail(ENOMEM, "out of memory");
	bool over = !reasons || ret;

	if (reasons)
		reasons->path = tlb_search_path(cfg_path).dirs;

	for (size_t i = 0; !over && i < all.n; i++) {
		ret = ask_one(&all.at[i], ask, w, p);
		over = !ret || is_trouble(ret);
		if (ret && over)
			tlb_context(ret, "backend %s", all.at[i].name);
		else if (ret)
			add_reason(reasons, ret, &all.at[i]);
	}
	tlb_free_candidates(&all);
	if (!over)
		ret = none_found(err, what, cfg_path, reasons);
	free(reasons);
	return ret;
}

/* ---- for the name of a core ---- */

static bool is_called(const struct ppctlb_core *core, const char *name)
{
	const char *const *alias = core->info.aliases;

	if (!strcmp(core->info.name, name))
		return true;
	while (alias && *alias && strcmp(*alias, name) != 0)
		alias++;
	return alias && *alias;
}

/* The backend's core that is called so, or NULL. */
static const struct ppctlb_core *core_named(const struct ppctlb_backend *b, const char *name)
{
	for (size_t i = 0; b->cores[i]; i++)
		if (is_called(b->cores[i], name))
			return b->cores[i];
	return NULL;
}

static int has_name(const struct ppctlb_backend *b, struct wanted *w)
{
	w->core = core_named(b, w->name);
	return w->core ? 0 : tlb_fail(ENOENT, "no core '%s'", w->name);
}

/* Finds w->core by w->name, and the plug-in that has it. */
static int find_named(const char *cfg_path, struct wanted *w, struct tlb_plugin *p)
{
	char what[64];

	for (size_t i = 0; i < sizeof(refused_cores) / sizeof(refused_cores[0]); i++)
		if (is_refused(w->name, i))
			return tlb_fail(ENOTSUP, "core %.15s is not supported: %s", w->name,
					refused_cores[i].why);
	if (!tlb_legal_name(w->name, strlen(w->name)))
		return tlb_fail(EINVAL, "'%.40s' is not a legal core name", w->name);
	snprintf(what, sizeof(what), "no backend has a core '%s'", w->name);
	return ask_all(cfg_path, has_name, w, what, ENOENT, p);
}

typedef int find_fn(const char *cfg_path, struct wanted *w, struct tlb_plugin *p);

/* For callers without a handle: the core, or NULL and errno. */
static const struct ppctlb_core *find_core(find_fn *find, struct wanted w)
{
	struct tlb_plugin p = {NULL, NULL};
	int ret;

	tlb_begin_trial();
	ret = tlb_end_trial(find(NULL, &w, &p));
	free(p.path);
	if (!ret)
		return w.core;
	errno = -ret;
	return NULL;
}

const struct ppctlb_core *ppctlb_core(const char *name)
{
	if (name)
		return find_core(find_named, (struct wanted){.name = name});
	errno = -tlb_fail(EINVAL, "core: a NULL argument");
	return NULL;
}

/* ---- for a PVR ---- */

/* The backend's core that has the PVR, or NULL. */
static const struct ppctlb_core *core_with_pvr(const struct ppctlb_backend *b, uint32_t pvr)
{
	for (size_t i = 0; b->cores[i]; i++)
		if (ppctlb_pvr_is_in(b->cores[i]->pvrs, pvr))
			return b->cores[i];
	return NULL;
}

static int has_pvr(const struct ppctlb_backend *b, struct wanted *w)
{
	w->core = core_with_pvr(b, w->pvr);
	return w->core ? 0 : tlb_fail(ENOENT, "no core with PVR 0x%08x", (unsigned)w->pvr);
}

static int find_pvr(const char *cfg_path, struct wanted *w, struct tlb_plugin *p)
{
	char what[64];

	snprintf(what, sizeof(what), "no backend has a core with PVR 0x%08x", (unsigned)w->pvr);
	return ask_all(cfg_path, has_pvr, w, what, ENOENT, p);
}

const struct ppctlb_core *ppctlb_core_by_pvr(uint32_t pvr)
{
	return find_core(find_pvr, (struct wanted){.pvr = pvr});
}

/* ---- for a handle ---- */

/* Asks the backend about a vCPU; the core that the caller names is a hint. */
static int takes_vcpu(const struct ppctlb_backend *b, struct wanted *w)
{
	w->core = w->name ? core_named(b, w->name) : NULL;
	return b->probe(&tlb_host_at_open, w->fd, w->sregs, &w->core);
}

static int read_sregs(int fd, void **sregs)
{
	int ret;

	*sregs = calloc(1, SREGS_SIZE);
	if (!*sregs)
		return tlb_fail(ENOMEM, "out of memory");
	ret = tlb_host_at_open.kvm(fd, KVM_GET_SREGS, *sregs, "KVM_GET_SREGS");
	if (ret == -ENOTSUP || ret == -EINVAL) {
		tlb_context(ret, "fd %d is not a powerpc vCPU", fd);
		ret = -EINVAL;
	}
	if (ret == -EIO)
		tlb_context(ret,
			    "fd %d may be the vCPU of another process, as after a fork: only the "
			    "one that made the VM can use it",
			    fd);
	return ret;
}

/* A named backend serves its own cores; one that has none (mock) serves those of all the others. */
static int core_for_named(const struct ppctlb_backend *b, const char *cfg_path, struct wanted *w)
{
	struct tlb_plugin owner = {NULL, NULL};
	int ret;

	w->core = core_named(b, w->name);
	if (w->core)
		return 0;
	ret = find_named(cfg_path, w, &owner);
	free(owner.path);
	if (!ret && b->cores[0])
		return tlb_fail(EINVAL, "backend %s has no core '%s'", b->name, w->name);
	return ret;
}

static int choose_named(const char *backend, const char *cfg_path, struct wanted *w,
			struct tlb_plugin *p)
{
	int ret = tlb_load_named(backend, cfg_path, p);

	if (ret)
		return ret;
	if (w->fd < 0)
		return core_for_named(p->backend, cfg_path, w);
	ret = takes_vcpu(p->backend, w);
	return ret ? tlb_context(ret, "backend %s", backend) : 0;
}

static int choose_any(const char *cfg_path, struct wanted *w, struct tlb_plugin *p)
{
	if (w->fd < 0)
		return find_named(cfg_path, w, p);
	return ask_all(cfg_path, takes_vcpu, w, "no backend takes this vCPU", ENOTSUP, p);
}

/* The vCPU is of the core that the caller names, if the caller names one. */
static int check_named(const struct ppctlb_backend *b, const struct wanted *w)
{
	if (!w->name || core_named(b, w->name) == w->core)
		return 0;
	/* probe() has set core, or check_named() is not called: the analyzer thinks that tlb_fail()
	 * might return 0. NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
	return tlb_fail(EINVAL, "the vCPU is of core %s, not '%.40s'", w->core->info.name, w->name);
}

/* Where a vCPU is not of the core that the caller names: is there such a core at all? Then ret,
 * else the same error as without a vCPU. */
static int check_name(const char *cfg_path, const struct wanted *w, int ret)
{
	struct wanted named = {.name = w->name};
	struct tlb_plugin owner = {NULL, NULL};
	char *message = strdup(ppctlb_errmsg());
	int found = message ? find_named(cfg_path, &named, &owner) : -ENOMEM;

	free(owner.path);
	if (!found)
		tlb_fail(-ret, "%s", message);
	free(message);
	return found ? found : ret;
}

int tlb_choose(const struct ppctlb_config *cfg, struct tlb_choice *c)
{
	const char *env = cfg->backend ? NULL : secure_getenv("PPCTLB_BACKEND");
	const char *backend = env ? env : cfg->backend;
	struct wanted w = {.name = cfg->core, .fd = cfg->vcpu_fd};
	bool on_vcpu = w.fd >= 0;
	int ret = on_vcpu ? read_sregs(w.fd, &c->sregs) : 0;

	if (ret)
		return ret;
	w.sregs = c->sregs;
	c->by = env		      ? PPCTLB_BY_ENVIRONMENT
		: backend || !on_vcpu ? PPCTLB_BY_CALLER
				      : PPCTLB_BY_PROBE;
	ret = backend ? choose_named(backend, cfg->backend_path, &w, &c->plugin)
		      : choose_any(cfg->backend_path, &w, &c->plugin);
	if (!ret && on_vcpu)
		ret = check_named(c->plugin.backend, &w);
	if (on_vcpu && w.name && (ret == -EINVAL || ret == -ENOTSUP))
		ret = check_name(cfg->backend_path, &w, ret);
	c->core = w.core;
	return ret && env ? tlb_context(ret, "PPCTLB_BACKEND") : ret;
}

void tlb_free_choice(struct tlb_choice *c)
{
	free(c->plugin.path);
	free(c->sregs);
}
