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
 * multiples of their largest size. Nothing else is read: not the guest's RAM, whatever its size.
 */
#define ARENA	       (UINT64_C(64) << 20)
#define ARENA_32       (UINT64_C(1) << 20)   /* of a process with pointers of 32 bits */
#define MOST_READ      (UINT64_C(512) << 20) /* a heap that is larger is not searched to its end */
#define MOST_COPIED    (UINT64_C(16) << 20)
#define MAX_REGIONS    1024
#define MOST_INHERITED 1024
#define MAX_FOUND      4096
#define PIECE	       (1u << 20)
#define END_MS	       200
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* headers before Linux 6.5 */
#endif
#define SIZE_FLAGS 7u /* the low bits of an allocation's size have another meaning */

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
	int link; /* to the child: a byte each way for each step */
	size_t bytes, shared_size;
	struct shared *shared;
	size_t n; /* found, once a step has ended */
};

/* ---- in the child: what is searched ---- */

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
	uint64_t largest;
	bool heap, arena, shared;

	if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %31[^\n]", &start, &end, rights, name) < 3)
		return;
	if (start >> 32)
		s->word = 8;
	largest = s->word == 8 ? ARENA : ARENA_32;
	heap = !strcmp(name, "[heap]");
	arena = !*name && start % largest == 0 && end - start <= largest;
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

	if (sh->n == MAX_FOUND || (sh->n + 1) * s->bytes > MOST_COPIED)
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

/* The size that malloc notes in front of an allocation. It rounds up to 8 or 16 bytes, and leaves
 * no rest that is smaller than four words. */
static bool is_header(const struct search *s, uint64_t value)
{
	size_t need = s->bytes + s->word;
	uint64_t size = value & ~(uint64_t)SIZE_FLAGS;

	return size >= need && size < round_up(need, 16) + 4 * s->word;
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

/* ---- in the child: whose memory it is ---- */

static const char unseen[] = "the process that listens cannot be seen from here: run ppctlb "
			     "on its host, outside containers";

/* A descriptor of the peer itself: no other process, even if its number is used again. */
static int peer_pidfd(int socket, pid_t pid)
{
	int fd = -1;
	socklen_t len = sizeof(fd);

	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &fd, &len) == 0)
		return fd;
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
static int open_in(struct search *s, int directory, const char *name)
{
	int fd = openat(directory, name, O_RDONLY | O_CLOEXEC);

	if (fd >= 0)
		return fd;
	if (errno == EACCES || errno == EPERM)
		fail(s,
		     "the memory of the process that listens may not be read: be root, or its "
		     "user where kernel.yama.ptrace_scope is 0",
		     0);
	else
		fail(s, "the memory of the process that listens", errno);
	return -1;
}

static bool open_memory(struct search *s, pid_t pid)
{
	char path[32];
	int directory, maps;

	snprintf(path, sizeof(path), "/proc/%d", (int)pid);
	directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (directory < 0)
		return fail(s, unseen, 0);
	s->mem = open_in(s, directory, "mem");
	maps = s->mem >= 0 ? open_in(s, directory, "maps") : -1;
	s->maps = maps >= 0 ? fdopen(maps, "r") : NULL;
	if (maps >= 0 && !s->maps)
		fail(s, "the memory map of the process that listens", errno);
	return s->maps;
}

static bool open_process(struct search *s, int socket)
{
	struct ucred who;
	socklen_t len = sizeof(who);
	int pidfd;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0 || who.pid <= 0)
		return fail(s, unseen, 0);
	pidfd = peer_pidfd(socket, who.pid);
	/* what was opened by its number was the process itself only if it lives on */
	return open_memory(s, who.pid) &&
	       (pidfd < 0 || is_alive(pidfd) || fail(s, "the process that listens has ended", 0));
}

/* Leave all but those two to the tool: who waits for the end of its output, or of its connection,
 * must not wait for a child that cannot die. */
static void close_inherited(int socket, int link)
{
	for (int fd = 0; fd < MOST_INHERITED; fd++)
		if (fd != socket && fd != link)
			close(fd);
}

static void child(struct search *s, int socket, int link)
{
	char byte = 0;
	bool ok;

	close_inherited(socket, link);
	ok = open_process(s, socket) && find_all(s);
	close(socket);
	if (write(link, &byte, 1) == 1 && ok && read(link, &byte, 1) == 1) {
		copy_all(s);
		(void)!write(link, &byte, 1);
	}
	_exit(0);
}

/* ---- in the parent ---- */

static void start_child(struct peer *p, struct search *s, int socket)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		return;
	p->child = fork();
	if (p->child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		child(s, socket, ends[1]);
	}
	p->link = ends[0];
	close(ends[1]);
}

static bool make_shared(struct peer *p)
{
	void *at;

	p->shared_size = sizeof(struct shared) + MOST_COPIED;
	at = mmap(NULL, p->shared_size, PROT_READ | PROT_WRITE,
		  MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	p->shared = at == MAP_FAILED ? NULL : at;
	return p->shared;
}

struct peer *peer_open(int socket, size_t bytes, const char **reason)
{
	struct peer *p = calloc(1, sizeof(*p));
	struct search *s = calloc(1, sizeof(*s));

	if (p && s) {
		p->child = p->link = -1;
		p->bytes = s->bytes = bytes;
		if (make_shared(p)) {
			s->shared = p->shared;
			start_child(p, s, socket);
		}
	}
	*reason = strerror(errno);
	free(s);
	if (p && p->child > 0)
		return p;
	peer_close(p);
	return NULL;
}

int peer_fd(const struct peer *p)
{
	return p->link;
}

const char *peer_end_step(struct peer *p)
{
	char byte;

	if (read(p->link, &byte, 1) != 1)
		return "the child that reads the memory has ended";
	p->n = p->shared->n;
	return *p->shared->reason ? p->shared->reason : NULL;
}

bool peer_copy(struct peer *p)
{
	return write(p->link, "", 1) == 1;
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

/* A child that waits for memory of the peer may not even die: then it is left to init. */
static void end_child(const struct peer *p)
{
	struct pollfd ends = {p->link, 0, 0};

	kill(p->child, SIGKILL);
	if (poll(&ends, 1, END_MS) == 1)
		waitpid(p->child, NULL, 0);
}

void peer_close(struct peer *p)
{
	if (!p)
		return;
	if (p->child > 0)
		end_child(p);
	if (p->link >= 0)
		close(p->link);
	if (p->shared)
		munmap(p->shared, p->shared_size);
	free(p);
}
