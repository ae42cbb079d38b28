// SPDX-License-Identifier: LGPL-2.1-or-later
/* Finding, judging and enumerating plug-ins. Nothing is remembered: RTLD_NODELETE keeps them. */
#include "internal.h"

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_LEN 31

/* For "%.*s%s": a path, or its beginning and a sign that there is more. */
#define MOST_OF_PATH 1000
#define SHOWN(path)  MOST_OF_PATH, (path), strlen(path) > MOST_OF_PATH ? "..." : ""

/* Cores that people ask for and that no backend can serve. */
static const struct {
	const char *name, *why;
} refused_cores[] = {
	{"476", "V, TS and SIZE sit in other bits than on a 440, and its UTLB is hashed"},
	{"47x", "V, TS and SIZE sit in other bits than on a 440, and its UTLB is hashed"},
};

/* [a-z0-9][a-z0-9_-]{0,30} */
static bool legal_name(const char *name, size_t len)
{
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	return len >= 1 && len <= NAME_MAX_LEN && strspn(name, all) >= len && name[0] != '_' &&
	       name[0] != '-';
}

/* An image has room for 15 characters of a core's name. */
static bool legal_core_name(const char *name)
{
	return name && strlen(name) < sizeof(((struct ppctlb_image_info *)0)->core) &&
	       legal_name(name, strlen(name));
}

/* ---- judging one file ---- */

struct part {
	const char *what;
	bool there;
};

#define FIRST_MISSING(parts) first_missing(parts, sizeof(parts) / sizeof((parts)[0]))

static const char *first_missing(const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!parts[i].there)
			return parts[i].what;
	return NULL;
}

/* The first NULL ends the names: a word with bits has one, and so have the words before it. */
static bool words_have_names(const struct ppctlb_core *core)
{
	bool named = true;

	for (int i = 0; i < 4; i++) {
		named = named && core->info.word_name[i];
		if (core->word_mask[i] && !named)
			return false;
	}
	return true;
}

/* Whole sets, and a power of two of them: an EA's bits choose one. */
static bool legal_geometry(const struct ppctlb_geometry *g)
{
	uint32_t sets = g->ways ? g->entries / g->ways : 0;

	return sets && sets * g->ways == g->entries && !(sets & (sets - 1));
}

static int judge_array(const struct ppctlb_core_info *core, unsigned tlb)
{
	const struct ppctlb_array_info *a = &core->array[tlb];

	if (!legal_geometry(&a->geometry))
		return tlb_fail(ENOEXEC,
				"TLB%u of its core %s has %u entries in %u ways, which make no "
				"power of two of sets",
				tlb, core->name, (unsigned)a->geometry.entries,
				(unsigned)a->geometry.ways);
	if (!a->sizes)
		return tlb_fail(ENOEXEC, "TLB%u of its core %s has no page size", tlb, core->name);
	return 0;
}

/* All that the front end relies on without looking again. */
static int judge_core(const struct ppctlb_core *core)
{
	const struct ppctlb_core_info *info = &core->info;
	const struct part parts[] = {
		{"operation encode", core->encode},
		{"operation decode", core->decode},
		{"operation resize", core->resize},
		{"name of its backend", info->backend},
		{"name for each of its words", words_have_names(core)},
	};
	const char *missing = FIRST_MISSING(parts);
	int ret = 0;

	if (missing)
		return tlb_fail(ENOEXEC, "its core %s has no %s", info->name, missing);
	if (info->arrays < 1 || info->arrays > 2)
		return tlb_fail(ENOEXEC, "its core %s has %u TLBs, 1 or 2 are possible", info->name,
				(unsigned)info->arrays);
	if (info->arrays == 1 && info->array[1].geometry.entries)
		return tlb_fail(ENOEXEC, "its core %s has 1 TLB and entries in another",
				info->name);
	for (unsigned i = 0; !ret && i < info->arrays; i++)
		ret = judge_array(info, i);
	return ret;
}

static int judge_cores(const struct ppctlb_core *const *cores)
{
	int ret = 0;

	for (size_t i = 0; !ret && cores[i]; i++)
		if (!legal_core_name(cores[i]->info.name))
			ret = tlb_fail(ENOEXEC,
				       "its core number %zu has no name of 1 to 15 characters",
				       i + 1);
		else
			ret = judge_core(cores[i]);
	return ret;
}

/* First the two words that every ABI has, then the rest. */
static int judge(const struct ppctlb_backend *b, const char *name)
{
	if (b->abi != PPCTLB_BACKEND_ABI)
		return tlb_fail(ENOEXEC, "its backend ABI is %u, this library's is %u",
				(unsigned)b->abi, PPCTLB_BACKEND_ABI);
	if (b->size != sizeof(*b))
		return tlb_fail(ENOEXEC, "its table has %u bytes, this library's %zu",
				(unsigned)b->size, sizeof(*b));

	const struct part parts[] = {
		{"name", b->name},
		{"list of cores", b->cores},
		{"operation probe", b->probe},
		{"operation open", b->open},
		{"operation close", b->close},
		{"operation get", b->get},
		{"operation set", b->set},
		{"operation commit", b->commit},
	};

	const char *missing = FIRST_MISSING(parts);

	if (missing)
		return tlb_fail(ENOEXEC, "its table has no %s", missing);
	if (strcmp(b->name, name))
		return tlb_fail(ENOEXEC, "it calls itself '%.31s'", b->name);
	return judge_cores(b->cores);
}

/* Whoever can write the directory of a file owns the process; what: what to call it. */
static int check_directory(const char *path, const char *what)
{
	struct stat st;
	char *dir = strdup(path);
	int ret = 0;

	if (!dir)
		return tlb_fail(ENOMEM, "out of memory");
	strrchr(dir, '/')[1] = '\0';
	if (stat(dir, &st))
		ret = tlb_fail(ENOEXEC, "%s: %s", what, strerror(errno));
	else if (st.st_mode & S_IWOTH)
		ret = tlb_fail(ENOEXEC, "%s is writable by everyone", what);
	free(dir);
	return ret;
}

/* Where it was found, and where links lead. */
static int check_directories(const char *path)
{
	char end[PATH_MAX];
	int ret = realpath(path, end) ? 0 : tlb_fail(ENOEXEC, "%s", strerror(errno));

	ret = ret ? ret : check_directory(path, "its directory");
	return ret ? ret : check_directory(end, "the directory that a link leads to");
}

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode)	? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
	       : S_ISSOCK(mode) ? "a socket"
				: "a device";
}

static int check_contents(const char *path, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return tlb_fail(ENOEXEC, "%s", strerror(errno));
	ret = tlb_check_object(fd, size);
	close(fd);
	return ret;
}

/* No plug-in has as much, debug information included. */
#define MOST_BYTES (UINT64_C(1) << 30)

/* dlopen() of a FIFO would wait for ever. */
static int check_file(const char *path)
{
	struct stat st;
	int ret;

	if (stat(path, &st))
		return tlb_fail(ENOEXEC, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return tlb_fail(ENOEXEC, "%s, not a regular file", kind_of(st.st_mode));
	if ((uint64_t)st.st_size > MOST_BYTES)
		return tlb_fail(ENOEXEC, "it has %ju bytes, more than any plug-in",
				(uintmax_t)st.st_size);
	if (st.st_mode & S_IWOTH)
		return tlb_fail(ENOEXEC, "it is writable by everyone");
	ret = check_directories(path);
	return ret ? ret : check_contents(path, (uint64_t)st.st_size);
}

/* dlerror() may begin with the path, which every message has already. */
static const char *without_path(const char *text, const char *path)
{
	size_t len = strlen(path);

	return strncmp(text, path, len) || strncmp(text + len, ": ", 2) ? text : text + len + 2;
}

static int load_file(const char *path, const char *name, const struct ppctlb_backend **backend)
{
	void *object;
	int ret = check_file(path);

	if (ret)
		return ret;
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!object)
		return tlb_fail(ENOEXEC, "%s", without_path(dlerror(), path));
	*backend = dlsym(object, "ppctlb_backend");
	if (!*backend)
		ret = tlb_fail(ENOEXEC, "it has no symbol ppctlb_backend");
	else
		ret = judge(*backend, name);
	dlclose(object);
	return ret;
}

/* ---- the candidates of a search path ---- */

struct candidate {
	char *name, *path;
	const struct ppctlb_backend *backend; /* set for a built-in one */
};

struct candidates {
	struct candidate *at;
	size_t n;
};

static void forget(struct candidates *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->at[i].name);
		free(all->at[i].path);
	}
	free(all->at);
}

static bool have(const struct candidates *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->at[i].name, name))
			return true;
	return false;
}

/* Takes path over. */
static int add(struct candidates *all, const char *name, size_t len, char *path,
	       const struct ppctlb_backend *backend)
{
	struct candidate *grown = realloc(all->at, (all->n + 1) * sizeof(*grown));
	char *copy;

	if (grown)
		all->at = grown;
	if (!grown || !path || asprintf(&copy, "%.*s", (int)len, name) < 0) {
		free(path);
		return tlb_fail(ENOMEM, "out of memory");
	}
	all->at[all->n++] = (struct candidate){copy, path, backend};
	return 0;
}

static char *file_of(const char *dir, size_t dir_len, const char *name, size_t len)
{
	char *path;

	if (asprintf(&path, "%.*s/%.*s.so", (int)dir_len, dir, (int)len, name) < 0)
		return NULL;
	return path;
}

static int add_builtin(struct candidates *all)
{
	for (size_t i = 0; tlb_builtin[i]; i++) {
		const char *name = tlb_builtin[i]->name;
		int ret = add(all, name, strlen(name), strdup("built in"), tlb_builtin[i]);

		if (ret)
			return ret;
	}
	return 0;
}

/* A directory that is not there has no candidates; one that cannot be read may have some. */
static int unreadable(const char *dir, int err)
{
	if (err == ENOENT || err == ENOTDIR)
		return 0;
	return tlb_fail(err == ENOMEM ? ENOMEM : EIO, "directory %.300s: %s", dir, strerror(err));
}

/* A file of a legal name is a candidate, whatever it holds; the first directory wins. */
static int add_file(struct candidates *all, const char *dir, char *file)
{
	size_t len = strlen(file);

	if (len < 4 || strcmp(file + len - 3, ".so"))
		return 0;
	file[len - 3] = '\0';
	if (!legal_name(file, len - 3) || have(all, file))
		return 0;
	return add(all, file, len - 3, file_of(dir, strlen(dir), file, len - 3), NULL);
}

static int read_directory(struct candidates *all, const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *de;
	int ret = 0;

	if (!d)
		return unreadable(dir, errno);
	while (!ret && (errno = 0, de = readdir(d)))
		ret = add_file(all, dir, de->d_name);
	if (!ret && errno)
		ret = unreadable(dir, errno);
	closedir(d);
	return ret;
}

static int add_directory(struct candidates *all, const char *dir, size_t dir_len)
{
	char *name = strndup(dir, dir_len);
	int ret = name ? read_directory(all, name) : tlb_fail(ENOMEM, "out of memory");

	free(name);
	return ret;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct candidate *)a)->name, ((const struct candidate *)b)->name);
}

/* ---- the search path ---- */

struct search {
	const char *path;
	const char *from; /* who gave it */
};

static struct search search_path(const char *cfg_path)
{
	const char *env = secure_getenv("PPCTLB_BACKEND_PATH");

	if (cfg_path)
		return (struct search){cfg_path, "cfg.backend_path"};
	if (env)
		return (struct search){env, "PPCTLB_BACKEND_PATH"};
	return (struct search){BACKENDDIR, "the installed directory"};
}

/* The next element of the list, its length; NULL after the last. */
static const char *element(const char **rest, size_t *len)
{
	const char *at = *rest;

	if (!at)
		return NULL;
	*len = strcspn(at, ":");
	*rest = at[*len] ? at + *len + 1 : NULL;
	return at;
}

static int check_path(const struct search *s)
{
	const char *rest = s->path, *dir;
	size_t len;

	while ((dir = element(&rest, &len)))
		if (!len || dir[0] != '/')
			return tlb_fail(EINVAL, "%s: '%.*s' in '%.200s' is no absolute directory",
					s->from, (int)(len < 200 ? len : 200), dir, s->path);
	return 0;
}

static int find_all(const char *cfg_path, struct candidates *all)
{
	struct search s = search_path(cfg_path);
	const char *rest = s.path, *dir;
	size_t len;
	int ret = check_path(&s);

	ret = ret ? ret : add_builtin(all);
	while (!ret && (dir = element(&rest, &len)))
		ret = add_directory(all, dir, len);
	if (!ret && all->n)
		qsort(all->at, all->n, sizeof(*all->at), by_name);
	return ret;
}

static int load(const struct candidate *c, struct tlb_plugin *p)
{
	int ret = 0;

	p->backend = c->backend;
	if (!p->backend)
		ret = load_file(c->path, c->name, &p->backend);
	if (ret)
		return ret;
	p->path = strdup(c->path);
	return p->path ? 0 : tlb_fail(ENOMEM, "out of memory");
}

/* ---- choosing ---- */

/* One line per candidate and its reason: the story of a search that found nothing. A line is there
 * as a whole or not at all. */
struct story {
	char text[TLB_MESSAGE - 1300]; /* the rest is for the first line, the last, and a context */
	size_t used;
	size_t left_out;
	const char *path;
};

/* Which directory it is in goes without saying where there is but one. */
static void add_name(int ret, const struct candidate *c, const char *path)
{
	if (!c->backend && !strchr(path, ':'))
		tlb_context(ret, "%s", c->name);
	else
		tlb_context(ret, "%s (%.*s%s)", c->name, SHOWN(c->path));
}

/* Messages are clean, so a newline is between candidates and nowhere else. */
static void tell(struct story *s, int ret, const struct candidate *c)
{
	char *at = s->text + s->used;
	size_t room = sizeof(s->text) - s->used, n;

	add_name(ret, c, s->path);
	n = (size_t)snprintf(at, room, "\n%s", ppctlb_errmsg());
	if (s->left_out || n >= room) {
		*at = '\0';
		s->left_out++;
	} else {
		s->used += n;
	}
}

/* ppctlb_backends() does not know cfg's path. */
static int none_found(int err, const char *what, const char *cfg_path, const struct story *s)
{
	int ret = tlb_fail(err, "%s in %.*s%s", what, SHOWN(s->path));

	tlb_more("%s", s->text);
	if (!s->used && !s->left_out)
		tlb_more(": there is no backend");
	if (s->left_out)
		tlb_more("\nand %zu more; ppctlb_backends() has them all%s", s->left_out,
			 cfg_path ? " with PPCTLB_BACKEND_PATH set to that path" : "");
	return ret;
}

/* Asks one loaded plug-in; 0 takes it, an error is its reason. */
typedef int choose_fn(const struct tlb_plugin *p, void *arg);

/* Not the candidate's answer: asking the next one would hide it. */
static bool is_trouble(int ret)
{
	return ret == -ENOMEM || ret == -EIO || ret == -EINTR;
}

static int choose(const char *cfg_path, choose_fn *ask, void *arg, const char *what, int err,
		  struct tlb_plugin *p)
{
	struct candidates all = {NULL, 0};
	struct story story = {.path = search_path(cfg_path).path};
	int ret = find_all(cfg_path, &all);

	if (ret)
		goto out;
	for (size_t i = 0; i < all.n; i++) {
		ret = load(&all.at[i], p);
		if (!ret) {
			ret = ask(p, arg);
			if (!ret)
				goto out;
			free(p->path);
			p->path = NULL;
		}
		if (is_trouble(ret)) {
			tlb_context(ret, "backend %s", all.at[i].name);
			goto out;
		}
		tell(&story, ret, &all.at[i]);
	}
	ret = none_found(err, what, cfg_path, &story);
out:
	forget(&all);
	return ret;
}

static bool is_called(const struct ppctlb_core *core, const char *name)
{
	return !strcmp(core->info.name, name) ||
	       (core->info.alias && !strcmp(core->info.alias, name));
}

const struct ppctlb_core *tlb_core_of(const struct ppctlb_backend *b, const char *name)
{
	for (size_t i = 0; b->cores[i]; i++)
		if (is_called(b->cores[i], name))
			return b->cores[i];
	return NULL;
}

struct core_wanted {
	const char *name;
	const struct ppctlb_core *core;
};

static int has_core(const struct tlb_plugin *p, void *arg)
{
	struct core_wanted *want = arg;

	want->core = tlb_core_of(p->backend, want->name);
	return want->core ? 0 : tlb_fail(ENOENT, "no core '%s'", want->name);
}

int tlb_plugin_with(const char *core_name, const char *path, struct tlb_plugin *p,
		    const struct ppctlb_core **core)
{
	struct core_wanted want = {core_name, NULL};
	char what[64];
	int ret;

	for (size_t i = 0; i < sizeof(refused_cores) / sizeof(refused_cores[0]); i++)
		if (!strcmp(core_name, refused_cores[i].name))
			return tlb_fail(ENOTSUP, "core %s is not supported: %s", core_name,
					refused_cores[i].why);
	if (!legal_name(core_name, strlen(core_name)))
		return tlb_fail(EINVAL, "'%.40s' is no name of a core", core_name);
	snprintf(what, sizeof(what), "no backend has a core '%s'", core_name);
	ret = choose(path, has_core, &want, what, ENOENT, p);
	*core = want.core;
	return ret;
}

int tlb_probe(const struct ppctlb_backend *b, int fd, const void *sregs, const char *core_name,
	      const struct ppctlb_core **core)
{
	*core = core_name ? tlb_core_of(b, core_name) : NULL;
	return b->probe(&tlb_host_at_open, fd, sregs, core);
}

struct vcpu_wanted {
	int fd;
	const void *sregs;
	const char *core_name;
	const struct ppctlb_core **core;
};

static int takes_vcpu(const struct tlb_plugin *p, void *arg)
{
	struct vcpu_wanted *want = arg;

	return tlb_probe(p->backend, want->fd, want->sregs, want->core_name, want->core);
}

int tlb_plugin_probe(int fd, const void *sregs, const char *core_name, const char *path,
		     struct tlb_plugin *p, const struct ppctlb_core **core)
{
	struct vcpu_wanted want = {fd, sregs, core_name, core};

	return choose(path, takes_vcpu, &want, "no backend takes this vCPU", ENOTSUP, p);
}

static int load_named(const char *name, const struct search *s, struct tlb_plugin *p)
{
	const char *rest = s->path, *dir;
	size_t len;

	for (size_t i = 0; tlb_builtin[i]; i++)
		if (!strcmp(tlb_builtin[i]->name, name))
			return load(&(struct candidate){NULL, (char *)"built in", tlb_builtin[i]},
				    p);
	while ((dir = element(&rest, &len))) {
		struct candidate c = {(char *)name, file_of(dir, len, name, strlen(name)), NULL};
		struct stat st;
		int ret;

		if (!c.path)
			return tlb_fail(ENOMEM, "out of memory");
		if (lstat(c.path, &st) && (errno == ENOENT || errno == ENOTDIR)) {
			free(c.path);
			continue;
		}
		ret = load(&c, p);
		ret = ret ? tlb_context(ret, "backend %s (%.*s%s)", name, SHOWN(c.path)) : 0;
		free(c.path);
		return ret;
	}
	return tlb_fail(ENOENT, "no backend '%s' in %s", name, s->path);
}

int tlb_plugin_named(const char *name, const char *path, struct tlb_plugin *p)
{
	struct search s = search_path(path);
	int ret = check_path(&s);

	if (!ret && !legal_name(name, strlen(name)))
		return tlb_fail(EINVAL, "'%.40s' is no name of a backend", name);
	return ret ? ret : load_named(name, &s, p);
}

/* ---- the public enumerations ---- */

const struct ppctlb_core *ppctlb_core(const char *name)
{
	const struct ppctlb_core *core = NULL;
	struct tlb_plugin p = {NULL, NULL};
	struct tlb_story story;
	int ret;

	tlb_keep_story(&story);
	ret = name ? tlb_plugin_with(name, NULL, &p, &core)
		   : tlb_fail(EINVAL, "core: a NULL argument");
	if (!ret)
		tlb_put_story_back(&story);
	free(p.path);
	if (!ret)
		return core;
	errno = -ret;
	return NULL;
}

/* Out of memory says nothing of a plug-in; any other reason makes it unusable, and is no failure of
 * this call. */
static int load_listed(const struct candidate *c, struct tlb_plugin *p, struct tlb_story *reason)
{
	struct tlb_story story;
	int ret;

	tlb_keep_story(&story);
	ret = load(c, p);
	tlb_keep_story(reason);
	if (ret != -ENOMEM)
		tlb_put_story_back(&story);
	return ret;
}

static int report(const struct candidate *c,
		  void (*cb)(const struct ppctlb_backend_info *info, void *arg), void *arg)
{
	struct ppctlb_backend_info info = {c->name, c->path, NULL};
	struct tlb_plugin p = {NULL, NULL};
	struct tlb_story reason;
	int ret = load_listed(c, &p, &reason);

	if (ret == -ENOMEM)
		return ret;
	if (ret)
		info.reason = reason.text;
	cb(&info, arg);
	free(p.path);
	return 0;
}

int ppctlb_backends(void (*cb)(const struct ppctlb_backend_info *info, void *arg), void *arg)
{
	struct candidates all = {NULL, 0};
	int ret = cb ? find_all(NULL, &all) : tlb_fail(EINVAL, "backends: a NULL argument");

	for (size_t i = 0; !ret && i < all.n; i++)
		ret = report(&all.at[i], cb, arg);
	forget(&all);
	return ret;
}

static int report_cores(const struct candidate *c,
			void (*cb)(const struct ppctlb_core_info *info, void *arg), void *arg)
{
	struct tlb_plugin p = {NULL, NULL};
	struct tlb_story reason;
	int ret = load_listed(c, &p, &reason);

	for (size_t k = 0; !ret && p.backend->cores[k]; k++)
		cb(&p.backend->cores[k]->info, arg);
	free(p.path);
	return ret == -ENOMEM ? ret : 0;
}

int ppctlb_cores(void (*cb)(const struct ppctlb_core_info *info, void *arg), void *arg)
{
	struct candidates all = {NULL, 0};
	int ret = cb ? find_all(NULL, &all) : tlb_fail(EINVAL, "cores: a NULL argument");

	for (size_t i = 0; !ret && i < all.n; i++)
		ret = report_cores(&all.at[i], cb, arg);
	forget(&all);
	return ret;
}
