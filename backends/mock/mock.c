// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The mock backend: a detached TLB that fails on demand and logs its calls, for tests of programs
 * that use the library.
 *
 * PPCTLB_MOCK=fail=CALL:N:ERRNO[;...][;log=PATH]: the N-th CALL (open, get, set, commit; N from 1)
 * of a handle fails with ERRNO and changes nothing. A handle is opened once, so open has N 1 only.
 */
#include "../e500/array.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum call { OPEN, GET, SET, COMMIT, CALLS };

static const char *const call_names[CALLS] = {"open", "get", "set", "commit"};

/* The documented set, see libppctlb(3). */
static const struct {
	const char *name;
	int err;
} errnos[] = {
	{"EINVAL", EINVAL}, {"ENOTSUP", ENOTSUP}, {"EEXIST", EEXIST}, {"ENOSPC", ENOSPC},
	{"ENOENT", ENOENT}, {"EBADMSG", EBADMSG}, {"EIO", EIO},	      {"ENOEXEC", ENOEXEC},
	{"ENOMEM", ENOMEM}, {"EBADF", EBADF},	  {"EFAULT", EFAULT}, {"EINTR", EINTR},
};

struct fault {
	enum call call;
	unsigned long n;
	int err;
};

struct state {
	unsigned char *array; /* the words of any core, in the kernel's e500 layout */
	void *own;	      /* the same, or NULL if the array is the caller's */
	int log;	      /* a file descriptor, or -1 */
	unsigned long calls[CALLS];
	size_t n_faults;
	struct fault fault[];
};

/* ---- PPCTLB_MOCK ---- */

static bool is_word(const char *word, size_t len, const char *name)
{
	return strlen(name) == len && !memcmp(word, name, len);
}

/* The text as a decimal number from 1; 0 if it is not one. */
static unsigned long parse_count(const char *text, size_t len)
{
	char *end;
	unsigned long n;

	if (!len || text[0] < '0' || text[0] > '9')
		return 0;
	n = strtoul(text, &end, 10);
	return end == text + len ? n : 0;
}

static int parse_errno(const char *text, size_t len)
{
	unsigned long number = parse_count(text, len);

	for (size_t i = 0; i < COUNT(errnos); i++)
		if (is_word(text, len, errnos[i].name) || number == (unsigned long)errnos[i].err)
			return errnos[i].err;
	return 0;
}

static enum call parse_call(const char *text, size_t len)
{
	enum call call = OPEN;

	while (call < CALLS && !is_word(text, len, call_names[call]))
		call++;
	return call;
}

/* CALL:N:ERRNO */
static bool parse_fault(const char *text, size_t len, struct fault *f)
{
	size_t call = strcspn(text, ":;"), n, rest;

	if (text[call] != ':')
		return false;
	n = strcspn(text + call + 1, ":;");
	rest = call + 1 + n + 1;
	if (text[rest - 1] != ':')
		return false;
	f->call = parse_call(text, call);
	f->n = parse_count(text + call + 1, n);
	f->err = parse_errno(text + rest, len - rest);
	return f->call < CALLS && f->n && f->err && (f->call != OPEN || f->n == 1);
}

static int open_log(const struct ppctlb_host *host, const char *path, size_t len, int *fd)
{
	char *name = strndup(path, len);

	if (!name)
		return host->fail(ENOMEM, "out of memory");
	if (*fd >= 0)
		close(*fd);
	*fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	free(name);
	return *fd < 0 ? host->fail(EINVAL, "PPCTLB_MOCK: cannot write the log %.*s", (int)len,
				    path)
		       : 0;
}

/* Parses one part between semicolons; "fail=" may be left out after the first fault. */
static int parse_part(const struct ppctlb_host *host, struct state *s, const char *part, size_t len)
{
	bool named = !strncmp(part, "fail=", 5);
	size_t skip = named ? 5 : 0;

	if (!strncmp(part, "log=", 4))
		return open_log(host, part + 4, len - 4, &s->log);
	if ((named || s->n_faults) &&
	    parse_fault(part + skip, len - skip, &s->fault[s->n_faults])) {
		s->n_faults++;
		return 0;
	}
	return host->fail(EINVAL, "PPCTLB_MOCK: '%.*s' is neither fail=CALL:N:ERRNO nor log=PATH",
			  (int)len, part);
}

static int parse(const struct ppctlb_host *host, struct state *s, const char *script)
{
	int ret = 0;

	while (!ret && *script) {
		size_t len = strcspn(script, ";");

		ret = parse_part(host, s, script, len);
		script += len + (script[len] == ';');
	}
	return ret;
}

/* ---- the calls ---- */

/* Counts and logs the call, and fails it if the script says so. */
static int enter(struct ppctlb_vcpu *v, enum call call, size_t n)
{
	struct state *s = v->state;
	unsigned long now = ++s->calls[call];
	int err = 0;

	for (size_t i = 0; i < s->n_faults; i++)
		if (s->fault[i].call == call && s->fault[i].n == now)
			err = s->fault[i].err;
	if (s->log >= 0)
		dprintf(s->log, "%s %lu: %s, %zu entries: %s\n", call_names[call], now,
			v->core.info.name, n, err ? strerror(err) : "ok");
	return err ? v->host->fail(err, "PPCTLB_MOCK: %s number %lu fails as told",
				   call_names[call], now)
		   : 0;
}

static int make_array(const struct ppctlb_vcpu *v, struct state *s)
{
	size_t need = tlb_common_count_entries(&v->core) * sizeof(struct ppctlb_e500_tlbe);

	if (v->array && v->array_len < need)
		return v->host->fail(EINVAL, "the array has %zu bytes, %zu are needed",
				     v->array_len, need);
	if (!v->array)
		s->own = calloc(1, need);
	s->array = v->array ? v->array : s->own;
	return s->array ? 0 : v->host->fail(ENOMEM, "out of memory");
}

/* Of the families that mock serves, only e500 has a geometry to choose and an array of the
 * caller's. */
static bool is_e500(const struct ppctlb_vcpu *v)
{
	return !strcmp(v->core.info.backend, "e500");
}

static int check(struct ppctlb_vcpu *v)
{
	if (v->fd >= 0)
		return v->host->fail(EINVAL, "mock has detached handles only, no vCPU");
	if (v->array && !is_e500(v))
		return v->host->fail(EINVAL, "%s has no array of the caller's", v->core.info.name);
	if (!is_e500(v))
		return tlb_common_check_fixed(v);
	return tlb_common_asks_geometry(v) ? tlb_e500_set_geometry(v, v->geometry) : 0;
}

static void mock_close(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;

	if (s->log >= 0)
		close(s->log);
	free(s->own);
	free(s);
	v->state = NULL;
}

static int mock_open(struct ppctlb_vcpu *v)
{
	const char *script = secure_getenv("PPCTLB_MOCK");
	struct state *s;
	int ret = check(v);

	if (ret)
		return ret;
	/* a fault takes more than one character, so there is room for all of them */
	s = calloc(1, sizeof(*s) + (script ? strlen(script) : 0) * sizeof(s->fault[0]));
	if (!s)
		return v->host->fail(ENOMEM, "out of memory");
	s->log = -1;
	v->state = s;
	v->transport = "memory";
	ret = script ? parse(v->host, s, script) : 0;
	ret = ret ? ret : make_array(v, s);
	ret = ret ? ret : enter(v, OPEN, tlb_common_count_entries(&v->core));
	if (ret)
		mock_close(v);
	return ret;
}

static void load(const struct state *s, size_t place, struct ppctlb_entry *e)
{
	struct ppctlb_e500_tlbe t = tlbe_at(s->array, place);

	load_words(&t, e);
}

static int mock_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all)
{
	struct state *s = v->state;
	size_t n = tlb_common_count_entries(&v->core);
	int ret = enter(v, GET, n);

	if (ret)
		return ret;
	if (view == PPCTLB_SHADOW)
		return v->host->fail(ENOTSUP, "mock has no shadow TLB");
	for (size_t i = 0; i < n; i++)
		load(s, i, &all[i]);
	return 0;
}

static struct ppctlb_entry entry_at(const struct ppctlb_vcpu *v, size_t place)
{
	size_t first = v->core.info.array[0].geometry.entries;
	bool second = place >= first;
	struct ppctlb_entry e = {.tlb = second,
				 .index = (uint16_t)(second ? place - first : place)};

	load(v->state, place, &e);
	return e;
}

/* A get of a part: the script counts it as a get. The core may be of any family, so what it decodes
 * is compared. */
static int mock_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		      struct ppctlb_entry found[2])
{
	size_t count = tlb_common_count_entries(&v->core);
	int n = 0, ret = enter(v, GET, count);

	for (size_t i = 0; !ret && i < count && n < 2; i++) {
		struct ppctlb_entry e = entry_at(v, i);

		if (tlb_common_matches(&v->core, &e, a))
			found[n++] = e;
	}
	return ret ? ret : n;
}

static int mock_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	struct state *s = v->state;
	int ret = enter(v, SET, n);

	if (!ret && !entries)
		memset(s->array, 0, n * sizeof(struct ppctlb_e500_tlbe));
	for (size_t i = 0; !ret && entries && i < n; i++)
		store_words(s->array, place_of(&v->core, &entries[i]), &entries[i]);
	return ret;
}

static int mock_commit(struct ppctlb_vcpu *v)
{
	const struct state *s = v->state;
	int ret = enter(v, COMMIT, tlb_common_count_entries(&v->core));

	if (!ret && s->own)
		return v->host->fail(EINVAL, "the array is not the caller's");
	return ret;
}

static int mock_probe(const struct ppctlb_host *host, int fd, const void *sregs,
		      const struct ppctlb_core **core)
{
	(void)fd;
	(void)sregs;
	(void)core;
	return host->fail(ENOTSUP, "mock never takes a vCPU");
}

static const struct ppctlb_core *const no_cores[] = {NULL};

BACKEND_TABLE(mock) = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "mock",
	.cores = no_cores,
	.probe = mock_probe,
	.open = mock_open,
	.close = mock_close,
	.get = mock_get,
	.match = mock_match,
	.set = mock_set,
	.commit = mock_commit,
};
