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

struct peer;

/* Begin to look for allocations of so many bytes in the process at the other end of that socket.
 * NULL: not possible, see errno. */
struct peer *peer_open(int socket, size_t bytes);
/* Readable: the step under way has ended, or the child has. */
int peer_fd(const struct peer *p);
/* Take the end of a step. Returns why the memory could not be read; NULL: it was. */
const char *peer_end_step(struct peer *p);
/* Begin to copy what was found. */
void peer_copy(struct peer *p);
/* The bytes of the ith that was copied, which the peer cannot change any more, and whether some
 * pointer in the heap leads to where they were. NULL: there is none. */
const unsigned char *peer_array(const struct peer *p, size_t i, bool *pointed);
/* End the child, and free. NULL is allowed. */
void peer_close(struct peer *p);

#endif
