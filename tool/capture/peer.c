/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of the process that listens at a socket. */
#include "peer.h"
#include "../tool.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/*
 * glibc allocates from the heap that brk() grows and, for threads, from arenas, which begin at
 * multiples of their largest size. Nothing else is read: not the guest's RAM, whatever its size.
 */
#define ARENA	       (UINT64_C(64) << 20)
#define ARENA_32       (UINT64_C(1) << 20)   /* of a process with pointers of 32 bits */
#define MOST_READ      (UINT64_C(512) << 20) /* a heap that is larger is not searched */
#define MOST_COPIED    (UINT64_C(16) << 20)
#define MAX_REGIONS    1024
#define MAX_FOUND      4096
#define MOST_INHERITED 1024
#define PIECE	       (1u << 20)
#ifndef SO_PEERPIDFD
#define SO_PEERPIDFD 77 /* headers before Linux 6.5 */
#endif
#define SIZE_FLAGS 7u /* the low bits of an allocation's size have another meaning */

static const char unseen[] = "the process that listens cannot be seen from here: run ppctlb "
			     "on its host, outside containers";
static const char guarded[] = "the memory of the process that listens may not be read: be root, or "
			      "its user where kernel.yama.ptrace_scope is 0";

/* Child and parent share it; once both run only the child writes to it. */
struct peer {
	pid_t child;
	int link;	  /* to the child: a byte each way for each step */
	size_t bytes;	  /* of each allocation */
	char reason[160]; /* empty: the step went well */
	int memory;	  /* the process's, to be read */
	size_t word;	  /* bytes of a pointer: 8 or 4 */
	struct region {
		uint64_t start, end;
	} heap[MAX_REGIONS];
	size_t regions;
	struct found {
		uint64_t address;
		bool pointed;
	} found[MAX_FOUND];
	size_t n;
	union {
		uint64_t wide[PIECE / 8];
		uint32_t narrow[PIECE / 4];
	} piece; /* of the heap */
	unsigned char copies[MOST_COPIED];
};

/* ---- in the child: what is searched ---- */

static bool fail(struct peer *p, const char *reason)
{
	snprintf(p->reason, sizeof(p->reason), "%s", reason);
	return false;
}

static size_t round_up(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

static void add_found(struct peer *p, uint64_t address)
{
	if (p->n == MAX_FOUND || (p->n + 1) * p->bytes > MOST_COPIED)
		fail(p, "the process that listens has too many allocations of that size");
	else
		p->found[p->n++] = (struct found){.address = address};
}

/* "55d0c0000000-55d0c0021000 rw-p 00000000 00:00 0   [heap]" */
static void take_region(struct peer *p, const char *line)
{
	unsigned long long start, end;
	char rights[8], name[32] = "";
	uint64_t largest;
	bool heap, arena;

	if (sscanf(line, "%llx-%llx %7s %*s %*s %*s %31[^\n]", &start, &end, rights, name) < 3)
		return;
	if (start >> 32)
		p->word = 8;
	largest = p->word == 8 ? ARENA : ARENA_32;
	heap = !strcmp(name, "[heap]");
	arena = !*name && start % largest == 0 && end - start <= largest;
	if (!strncmp(rights, "rw-", 3) && (heap || arena) && p->regions < MAX_REGIONS)
		p->heap[p->regions++] = (struct region){start, end};
	/* an anonymous mapping of its own, which has no header in front */
	if (!strncmp(rights, "rw-s", 4) && !strncmp(name, "/dev/zero", 9) &&
	    end - start == round_up(p->bytes, (size_t)sysconf(_SC_PAGESIZE)))
		add_found(p, start);
}

static bool read_maps(struct peer *p, int fd)
{
	FILE *maps = fdopen(fd, "r");
	char line[512];
	uint64_t size = 0;
	bool ok;

	if (!maps)
		return fail(p, strerror(errno));
	p->word = 4;
	while (fgets(line, sizeof(line), maps))
		take_region(p, line);
	ok = !ferror(maps) || fail(p, strerror(errno));
	fclose(maps);
	for (size_t i = 0; i < p->regions; i++)
		size += p->heap[i].end - p->heap[i].start;
	if (size <= MOST_READ)
		return ok;
	return fail(p, "the heap of the process that listens is too large to be searched");
}

/* The size that malloc notes in front of an allocation: it rounds up to 8 or 16 bytes, and leaves
 * no rest that is smaller than four words. */
static bool is_header(const struct peer *p, uint64_t value)
{
	size_t need = p->bytes + p->word;
	uint64_t size = value & ~(uint64_t)SIZE_FLAGS;

	return size >= need && size < round_up(need, 16) + 4 * p->word;
}

/* Find the headers of allocations, or mark those that the word points to. */
static void look_at(struct peer *p, uint64_t address, uint64_t word, bool mark)
{
	if (!mark && is_header(p, word))
		add_found(p, address + p->word);
	for (size_t i = 0; mark && i < p->n; i++)
		p->found[i].pointed |= p->found[i].address == word;
}

/* Look at each word of the heap. Pages that are gone meanwhile are passed over. */
static void search(struct peer *p, bool mark)
{
	for (const struct region *r = p->heap; r < p->heap + p->regions; r++)
		for (uint64_t at = r->start; at < r->end; at += PIECE) {
			size_t want = r->end - at < PIECE ? (size_t)(r->end - at) : PIECE;
			ssize_t got = pread(p->memory, &p->piece, want, (off_t)at);
			size_t words = got > 0 ? (size_t)got / p->word : 0;

			for (size_t i = 0; i < words; i++)
				look_at(p, at + i * p->word,
					p->word == 8 ? p->piece.wide[i] : p->piece.narrow[i], mark);
		}
}

/* Forgets those that are gone. */
static void copy_all(struct peer *p)
{
	size_t kept = 0;

	for (size_t i = 0; i < p->n; i++) {
		p->found[kept] = p->found[i];
		kept += pread(p->memory, p->copies + kept * p->bytes, p->bytes,
			      (off_t)p->found[i].address) == (ssize_t)p->bytes;
	}
	p->n = kept;
}

/* ---- in the child: whose memory it is ---- */

static int open_in_proc(struct peer *p, pid_t pid, const char *name)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		fail(p, unseen);
	else if (fd < 0)
		fail(p, errno == EACCES || errno == EPERM ? guarded : strerror(errno));
	return fd;
}

/* Another process may have its number by now, but not its descriptor. Linux before 6.5 gives one by
 * number only, which tells no more than that all that follows is one process; emulators give none.
 */
static bool open_process(struct peer *p, int socket)
{
	struct pollfd process = {-1, POLLIN, 0};
	struct ucred who;
	socklen_t len = sizeof(who), fd_len = sizeof(process.fd);
	int maps;

	if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &len) < 0 || who.pid <= 0)
		return fail(p, unseen);
	if (getsockopt(socket, SOL_SOCKET, SO_PEERPIDFD, &process.fd, &fd_len) < 0) {
		if (errno != ENOPROTOOPT && errno != EOPNOTSUPP)
			return fail(p, unseen);
		process.fd = (int)syscall(SYS_pidfd_open, who.pid, 0);
	}
	p->memory = open_in_proc(p, who.pid, "mem");
	maps = p->memory < 0 ? -1 : open_in_proc(p, who.pid, "maps");
	return maps >= 0 && read_maps(p, maps) &&
	       (poll(&process, 1, 0) == 0 || fail(p, "the process that listens has ended"));
}

/* Leave all but those two to the tool: who waits for the end of its output, or of its connection,
 * must not wait for a child that cannot die. */
static void close_inherited(int socket, int link)
{
	for (int fd = 0; fd < MOST_INHERITED; fd++)
		if (fd != socket && fd != link)
			close(fd);
}

static void child(struct peer *p, int socket, int link)
{
	char byte = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close_inherited(socket, link);
	open_process(p, socket);
	close(socket);
	if (!*p->reason)
		search(p, false);
	if (!*p->reason && p->n > 1)
		search(p, true);
	if (write(link, &byte, 1) == 1 && read(link, &byte, 1) == 1) {
		copy_all(p);
		(void)!write(link, &byte, 1);
	}
	_exit(0);
}

/* ---- in the parent ---- */

struct peer *peer_open(int socket, size_t bytes)
{
	struct peer *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE,
			      MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	pid_t pid = -1;
	int ends[2];

	if (p == MAP_FAILED)
		return NULL;
	p->bytes = bytes;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0) {
		pid = fork();
		if (pid == 0)
			child(p, socket, ends[1]);
		p->child = pid;
		p->link = ends[0];
		close(ends[1]);
	}
	if (pid > 0)
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
	return *p->reason ? p->reason : NULL;
}

void peer_copy(struct peer *p)
{
	send(p->link, "", 1, MSG_NOSIGNAL);
}

const unsigned char *peer_array(const struct peer *p, size_t i, bool *pointed)
{
	if (i >= p->n)
		return NULL;
	*pointed = p->found[i].pointed;
	return p->copies + i * p->bytes;
}

/* A child that waits for memory of the peer may not even die: it is not waited for. */
void peer_close(struct peer *p)
{
	if (!p)
		return;
	if (p->child > 0)
		kill(p->child, SIGKILL);
	if (p->link)
		close(p->link);
	munmap(p, sizeof(*p));
}
