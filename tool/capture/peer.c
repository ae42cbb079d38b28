/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the process that listens at a socket. */
#include "peer.h"
#include "../tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/*
 * glibc allocates from the heap that brk() grows and, for threads, from arenas, which begin at
 * multiples of ARENA. Nothing else is read: not the guest's RAM, whatever its size.
 */
#define ARENA	    (UINT64_C(64) << 20)
#define MOST_READ   (UINT64_C(512) << 20) /* a heap that is larger is not searched to its end */
#define MAX_REGIONS 1024
#define MAX_FOUND   4096
#define PIECE	    (1u << 20)
#define SIZE_FLAGS  7u /* the low bits of an allocation's size have another meaning */

struct region {
	uint64_t start, end;
	bool shared; /* an anonymous mapping of its own, which has no header in front */
};

/* What child and parent share. */
struct shared {
	uint32_t n;
	char reason[160]; /* empty: the step went well */
	struct allocation found[MAX_FOUND];
	unsigned char bytes[];
};

struct peer {
	pid_t child;
	int from_child, to_child; /* pipes: a byte for each step */
	size_t bytes, shared_size;
	struct shared *shared;
	size_t n; /* found, once a step has ended */
};

/* ---- in the child ---- */

struct search {
	int mem;
	FILE *maps;
	size_t bytes;
	size_t word; /* of the peer: 8 or 4 bytes */
	struct shared *shared;
	struct region region[MAX_REGIONS];
	size_t n;
	uint64_t read;
	unsigned char piece[PIECE];
};

static bool fail(struct search *s, const char *what, int error)
{
	snprintf(s->shared->reason, sizeof(s->shared->reason), "%s%s%s", what, error ? ": " : "",
		 error ? strerror(error) : "");
	return false;
}

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* "55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0   [heap]" */
static void take_region(struct search *s, const char *line)
{
	unsigned long long start, end;
	char rights[8], name[32] = "";
	bool heap, arena, shared;

	if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %31[^\n]", &start, &end, rights, name) < 3)
		return;
	if (start >> 32)
		s->word = 8;
	heap = !strcmp(name, "[heap]");
	arena = !*name && start % ARENA == 0 && end - start <= ARENA;
	shared = rights[3] == 's' && !strncmp(name, "/dev/zero", 9) &&
		 end - start == round_up(s->bytes, (size_t)sysconf(_SC_PAGESIZE));
	if (strncmp(rights, "rw", 2) != 0 || !(heap || arena || shared) || s->n == MAX_REGIONS)
		return;
	s->region[s->n++] = (struct region){start, end, shared};
}

static bool read_maps(struct search *s)
{
	char line[512];

	s->word = 4;
	while (fgets(line, sizeof(line), s->maps))
		take_region(s, line);
	return ferror(s->maps)
		       ? fail(s, "the memory map of the process that listens cannot be read", errno)
		       : true;
}

static bool add_found(struct search *s, uint64_t address)
{
	struct shared *sh = s->shared;

	if (sh->n == MAX_FOUND)
		return fail(s, "the process that listens has too many allocations of that size", 0);
	sh->found[sh->n++] = (struct allocation){.address = address};
	return true;
}

static uint64_t word_at(const struct search *s, size_t at)
{
	uint64_t value = 0;
	uint32_t half;

	if (s->word == 8) {
		memcpy(&value, s->piece + at, 8);
		return value;
	}
	memcpy(&half, s->piece + at, 4);
	return half;
}

/* The size that malloc notes in front of an allocation, which it rounds up to 16 bytes, or on some
 * 32-bit hosts to 8. */
static bool is_header(const struct search *s, uint64_t value)
{
	size_t need = s->bytes + s->word;
	uint64_t size = value & ~(uint64_t)SIZE_FLAGS;

	return size == round_up(need, 16) || (s->word == 4 && size == round_up(need, 8));
}

static bool find_header(struct search *s, uint64_t address, size_t at)
{
	return !is_header(s, word_at(s, at)) || add_found(s, address + s->word);
}

static bool mark_pointer(struct search *s, uint64_t address, size_t at)
{
	uint64_t value = word_at(s, at);

	(void)address;
	for (uint32_t i = 0; i < s->shared->n; i++)
		if (s->shared->found[i].address == value)
			s->shared->found[i].pointed = true;
	return true;
}

/* Call for each word of the heap. Pages that are gone meanwhile are passed over. */
static bool for_each_word(struct search *s,
			  bool (*one)(struct search *s, uint64_t address, size_t at))
{
	for (size_t i = 0; i < s->n; i++) {
		const struct region *r = &s->region[i];

		for (uint64_t at = r->start; !r->shared && at < r->end; at += PIECE) {
			size_t want = r->end - at < PIECE ? (size_t)(r->end - at) : PIECE;
			ssize_t got = pread(s->mem, s->piece, want, (off_t)at);

			if (s->read > MOST_READ)
				return fail(s,
					    "the heap of the process that listens is too large to "
					    "be searched",
					    0);
			s->read += want;
			for (size_t w = 0; got > 0 && w + s->word <= (size_t)got; w += s->word)
				if (!one(s, at + w, w))
					return false;
		}
	}
	return true;
}

static bool find_all(struct search *s)
{
	if (!read_maps(s))
		return false;
	for (size_t i = 0; i < s->n; i++)
		if (s->region[i].shared && !add_found(s, s->region[i].start))
			return false;
	if (!for_each_word(s, find_header))
		return false;
	s->read = 0;
	return s->shared->n < 2 || for_each_word(s, mark_pointer);
}

static void copy_all(struct search *s)
{
	for (uint32_t i = 0; i < s->shared->n; i++) {
		struct allocation *a = &s->shared->found[i];

		a->copied = pread(s->mem, s->shared->bytes + i * s->bytes, s->bytes,
				  (off_t)a->address) == (ssize_t)s->bytes;
	}
}

static void child(struct search *s, int in, int out)
{
	bool ok = find_all(s);
	char byte = 0;

	if (write(out, &byte, 1) == 1 && ok && read(in, &byte, 1) == 1) {
		copy_all(s);
		if (write(out, &byte, 1) != 1)
			_exit(1);
	}
	_exit(0);
}

/* ---- the process ---- */

/* A descriptor of the peer itself: no other process, even if its number is used again. */
static int peer_pidfd(int socket, pid_t pid)
{
	int fd = -1;
#ifdef SO_PEERPIDFD
	socklen_t len = sizeof(fd);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &fd, &len) == 0)
		return fd;
#endif
	(void)socket;
#ifdef SYS_pidfd_open
	fd = (int)syscall(SYS_pidfd_open, pid, 0);
#endif
	return fd;
}

static bool is_alive(int pidfd)
{
	struct pollfd p = {pidfd, POLLIN, 0};

	return poll(&p, 1, 0) == 0;
}

/* Open a file of the process in /proc. */
static int open_in(int directory, const char *name, const char **reason)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		*reason = errno == EACCES || errno == EPERM
				  ? "the memory of the process that listens may not be read: be "
				    "root, or its user where kernel.yama.ptrace_scope is 0"
				  : strerror(errno);
	return fd;
}

static bool open_memory(struct search *s, pid_t pid, const char **reason)
{
	char path[32];
	int directory, maps;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0) {
		*reason = "the process that listens cannot be seen from here";
		return false;
	}
	s->mem = open_in(directory, "mem", reason);
	maps = s->mem >= 0 ? open_in(directory, "maps", reason) : -1;
	close(directory);
	s->maps = maps >= 0 ? fdopen(maps, "r") : NULL;
	if (maps >= 0 && !s->maps) {
		close(maps);
		*reason = strerror(errno);
	}
	return s->maps;
}

static bool open_process(struct search *s, int socket, const char **reason)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	int pidfd;
	bool ok;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0 || who.pid <= 0) {
		*reason = "the process that listens cannot be seen from here";
		return false;
	}
	pidfd = peer_pidfd(socket, who.pid);
	ok = open_memory(s, who.pid, reason);
	/* what was opened by its number was the process itself only if it lives on */
	if (ok && pidfd >= 0 && !is_alive(pidfd)) {
		*reason = "the process that listens has ended";
		ok = false;
	}
	if (pidfd >= 0)
		close(pidfd);
	return ok;
}

/* ---- in the parent ---- */

static void start_child(struct peer *p, struct search *s)
{
	int down[2] = {-1, -1}, up[2] = {-1, -1};

	p->child = -1;
	if (pipe2(down, O_CLOEXEC) == 0 && pipe2(up, O_CLOEXEC) == 0)
		p->child = fork();
	if (p->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(down[1]);
		close(up[0]);
		child(s, down[0], up[1]);
	}
	p->to_child = down[1];
	p->from_child = up[0];
	if (down[0] >= 0)
		close(down[0]);
	if (up[1] >= 0)
		close(up[1]);
}

static bool make_shared(struct peer *p)
{
	void *at;

	p->shared_size = sizeof(struct shared) + MAX_FOUND * p->bytes;
	at = mmap(NULL, p->shared_size, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	p->shared = at == MAP_FAILED ? NULL : at;
	return p->shared;
}

static void close_search(struct search *s)
{
	if (s->mem >= 0)
		close(s->mem);
	if (s->maps)
		fclose(s->maps);
	free(s);
}

struct peer *peer_open(int socket, size_t bytes, const char **reason)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct search *s = calloc(1, sizeof(*s));

	*reason = strerror(ENOMEM);
	if (!p || !s) {
		free(p);
		free(s);
		return NULL;
	}
	p->child = -1;
	p->from_child = p->to_child = s->mem = -1;
	p->bytes = s->bytes = bytes;
	if (open_process(s, socket, reason) && make_shared(p)) {
		s->shared = p->shared;
		start_child(p, s);
		*reason = strerror(errno);
	}
	close_search(s);
	if (p->child > 0)
		return p;
	peer_close(p);
	return NULL;
}

int peer_fd(const struct peer *p)
{
	return p->from_child;
}

bool peer_step_done(struct peer *p)
{
	char byte;

	if (read(p->from_child, &byte, 1) != 1)
		return false;
	p->n = p->shared->n;
	return true;
}

bool peer_copy(struct peer *p)
{
	return write(p->to_child, "", 1) == 1;
}

const char *peer_reason(const struct peer *p)
{
	return *p->shared->reason ? p->shared->reason : NULL;
}

size_t peer_allocations(const struct peer *p)
{
	return p->n;
}

const struct allocation *peer_allocation(const struct peer *p, size_t i)
{
	return &p->shared->found[i];
}

const unsigned char *peer_bytes(const struct peer *p, size_t i)
{
	return p->shared->bytes + i * p->bytes;
}

void peer_close(struct peer *p)
{
	if (!p)
		return;
	if (p->child > 0) {
		kill(p->child, SIGKILL);
		waitpid(p->child, NULL, 0);
	}
	if (p->from_child >= 0)
		close(p->from_child);
	if (p->to_child >= 0)
		close(p->to_child);
	if (p->shared)
		munmap(p->shared, p->shared_size);
	free(p);
}
