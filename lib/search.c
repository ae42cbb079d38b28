// SPDX-License-Identifier: LGPL-2.1-or-later
/* The search path and the plug-ins that are on it: all of them, or the one of a name. */
#include "internal.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BUILT_IN "built in" /* in place of a path */

/* ---- the search path ---- */

struct tlb_search_path tlb_search_path(const char *cfg_path)
{
	const char *env = secure_getenv("PPCTLB_BACKEND_PATH");

	if (cfg_path)
		return (struct tlb_search_path){cfg_path, "cfg.backend_path"};
	if (env)
		return (struct tlb_search_path){env, "PPCTLB_BACKEND_PATH"};
	return (struct tlb_search_path){BACKENDDIR, "the installed directory"};
}

/* Takes the next directory from *rest, a list separated by colons; NULL after the last one. */
static const char *next_directory(const char **rest, size_t *len)
{
	const char *at = *rest;

	if (!at)
		return NULL;
	*len = strcspn(at, ":");
	*rest = at[*len] ? at + *len + 1 : NULL;
	return at;
}

static int check_path(const struct tlb_search_path *s)
{
	const char *rest = s->dirs, *dir;
	size_t len;

	while ((dir = next_directory(&rest, &len))) {
		if (memchr(dir, '$', len))
			return tlb_fail(
				EINVAL,
				"%s: '%.*s' has a '$', for which the dynamic loader may put "
				"another directory than the one that was checked",
				s->from, (int)(len < 200 ? len : 200), dir);
		if (!len || dir[0] != '/')
			return tlb_fail(EINVAL,
					"%s: '%.*s' in '%.200s' is not an absolute directory",
					s->from, (int)(len < 200 ? len : 200), dir, s->dirs);
	}
	return 0;
}

/* ---- the candidates: files of a legal name, and the backends built in ---- */

void tlb_free_candidates(struct tlb_candidates *all)
{
	for (size_t i = 0; i < all->n; i++) {
		free(all->at[i].name);
		free(all->at[i].path);
	}
	free(all->at);
}

static bool have(const struct tlb_candidates *all, const char *name)
{
	for (size_t i = 0; i < all->n; i++)
		if (!strcmp(all->at[i].name, name))
			return true;
	return false;
}

/* Adds a candidate, which owns path from now on, even if this fails. */
static int add(struct tlb_candidates *all, const char *name, size_t len, char *path,
	       const struct ppctlb_backend *backend)
{
	struct tlb_candidate *grown = realloc(all->at, (all->n + 1) * sizeof(*grown));
	char *copy;

	if (grown)
		all->at = grown;
	if (!grown || !path || asprintf(&copy, "%.*s", (int)len, name) < 0) {
		free(path);
		return tlb_fail(ENOMEM, "out of memory");
	}
	all->at[all->n++] = (struct tlb_candidate){copy, path, backend};
	return 0;
}

static char *file_of(const char *dir, size_t dir_len, const char *name, size_t len)
{
	char *path;

	if (asprintf(&path, "%.*s/%.*s.so", (int)dir_len, dir, (int)len, name) < 0)
		return NULL;
	return path;
}

static int add_builtin(struct tlb_candidates *all)
{
	for (size_t i = 0; tlb_builtin[i]; i++) {
		const char *name = tlb_builtin[i]->name;
		int ret = add(all, name, strlen(name), strdup(BUILT_IN), tlb_builtin[i]);

		if (ret)
			return ret;
	}
	return 0;
}

/* A missing directory is no error: it has no candidates. One that cannot be read may have some. */
static int unreadable(const char *dir, int err)
{
	if (err == ENOENT || err == ENOTDIR)
		return 0;
	return tlb_fail(err == ENOMEM ? ENOMEM : EIO, "directory %.300s: %s", dir, strerror(err));
}

/* Takes each file of a legal name, whatever it holds. The first directory that has a name wins. */
static int add_file(struct tlb_candidates *all, const char *dir, char *file)
{
	size_t len = strlen(file);

	if (len < 4 || strcmp(file + len - 3, ".so"))
		return 0;
	file[len - 3] = '\0';
	if (!tlb_legal_name(file, len - 3) || have(all, file))
		return 0;
	return add(all, file, len - 3, file_of(dir, strlen(dir), file, len - 3), NULL);
}

static int read_directory(struct tlb_candidates *all, const char *dir)
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

static int add_directory(struct tlb_candidates *all, const char *dir, size_t dir_len)
{
	char *name = strndup(dir, dir_len);
	int ret = name ? read_directory(all, name) : tlb_fail(ENOMEM, "out of memory");

	free(name);
	return ret;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct tlb_candidate *)a)->name,
		      ((const struct tlb_candidate *)b)->name);
}

int tlb_find_all(const char *cfg_path, struct tlb_candidates *all)
{
	struct tlb_search_path s = tlb_search_path(cfg_path);
	const char *rest = s.dirs, *dir;
	size_t len;
	int ret = check_path(&s);

	ret = ret ? ret : add_builtin(all);
	while (!ret && (dir = next_directory(&rest, &len)))
		ret = add_directory(all, dir, len);
	if (!ret && all->n)
		qsort(all->at, all->n, sizeof(*all->at), by_name);
	return ret;
}

int tlb_load_candidate(const struct tlb_candidate *c, struct tlb_plugin *p)
{
	int ret = 0;

	p->backend = c->backend;
	if (!p->backend)
		ret = tlb_load_plugin(c->path, c->name, &p->backend);
	if (ret)
		return ret;
	p->path = strdup(c->path);
	return p->path ? 0 : tlb_fail(ENOMEM, "out of memory");
}

/* ---- the plug-in of a name ---- */

static const struct ppctlb_backend *builtin_named(const char *name)
{
	for (size_t i = 0; tlb_builtin[i]; i++)
		if (!strcmp(tlb_builtin[i]->name, name))
			return tlb_builtin[i];
	return NULL;
}

static int load_from(char *path, const char *name, struct tlb_plugin *p)
{
	struct tlb_candidate c = {(char *)name, path, NULL};
	int ret = tlb_load_candidate(&c, p);

	return ret ? tlb_context(ret, "backend %s (%.*s%s)", name, TLB_SHOWN(path)) : 0;
}

/* The first directory that has anything of that name decides, even if it is refused. */
static int load_first(const char *name, const struct tlb_search_path *s, struct tlb_plugin *p)
{
	const char *rest = s->dirs, *dir;
	size_t len;

	while ((dir = next_directory(&rest, &len))) {
		char *path = file_of(dir, len, name, strlen(name));
		struct stat st;
		bool missing;
		int ret = 0;

		if (!path)
			return tlb_fail(ENOMEM, "out of memory");
		missing = lstat(path, &st) && (errno == ENOENT || errno == ENOTDIR);
		if (!missing)
			ret = load_from(path, name, p);
		free(path);
		if (!missing)
			return ret;
	}
	return tlb_fail(ENOENT, "no backend '%s' in %s", name, s->dirs);
}

int tlb_load_named(const char *name, const char *cfg_path, struct tlb_plugin *p)
{
	struct tlb_search_path s = tlb_search_path(cfg_path);
	struct tlb_candidate builtin = {NULL, (char *)BUILT_IN, builtin_named(name)};
	int ret = check_path(&s);

	if (ret)
		return ret;
	if (!tlb_legal_name(name, strlen(name)))
		return tlb_fail(EINVAL, "'%.40s' is not a legal backend name", name);
	return builtin.backend ? tlb_load_candidate(&builtin, p) : load_first(name, &s, p);
}
