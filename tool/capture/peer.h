/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The memory of the process that listens at a socket: finds allocations of one size there, and
 * copies them later, while its guest stands still.
 *
 * The process is not trusted. It may answer a read of its memory never, so a child process reads,
 * and is killed when time is up.
 */
#ifndef PPCTLB_TOOL_PEER_H
#define PPCTLB_TOOL_PEER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct peer;

/* How an allocation was told. */
struct allocation {
	uint64_t address;
	bool pointed; /* some pointer in the heap leads to its beginning */
	bool copied;
};

/*
 * Begin to look for allocations of so many bytes in the process at the other end of that socket.
 * Returns at once; peer_fd() becomes readable when they are found. NULL: not possible, see
 * reason.
 */
struct peer *peer_open(int socket, size_t bytes, const char **reason);
/* Readable: the step under way has ended, or the child has. */
int peer_fd(const struct peer *p);
/* Take the end of a step. Returns why the memory could not be read; NULL: it was. */
const char *peer_end_step(struct peer *p);
/* Begin to copy what was found. False: errno says why not. */
bool peer_copy(struct peer *p);
size_t peer_allocations(const struct peer *p);
const struct allocation *peer_allocation(const struct peer *p, size_t i);
/* The bytes of it, after the copy; in this process's memory, which the peer cannot change. */
const unsigned char *peer_bytes(const struct peer *p, size_t i);
/* End the child, and free. NULL is allowed. */
void peer_close(struct peer *p);

#endif
