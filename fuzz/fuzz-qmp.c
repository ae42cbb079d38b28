// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppctlb capture with any peer. The first byte chooses: either the peer sends the rest as it is,
 * then ends; or it gives one answer for each command, with the right id; the answers are separated
 * by NUL. A leading 't' makes a JSON string of the answer. The byte also chooses whether the peer's
 * memory can be read; then two arrays are found there, whose ends are the end of the input.
 */
#include "../tool/capture/peer.h"
#include "fuzz.h"
#include "tool-image.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

const char fuzz_target[] = "qmp";

static struct {
	int fd; /* the peer's end */
	bool answers;
	struct input in;
	unsigned long id;
	bool readable; /* its memory */
	struct input all;
} peer;

/* ---- in place of tool/args.c ---- */

bool option_number(const struct args *a, enum option_id id, uint64_t max, uint64_t def,
		   uint64_t *value)
{
	(void)a;
	(void)id;
	(void)max;
	*value = def;
	return true;
}

/* ---- the peer ---- */

static void say(const void *data, size_t len)
{
	REQUIRE(write(peer.fd, data, len) == (ssize_t)len);
}

static struct input next_chunk(void)
{
	struct input *in = &peer.in, chunk = *in;
	const uint8_t *nul = in->left ? memchr(in->at, 0, in->left) : NULL;

	chunk.left = nul ? (size_t)(nul - in->at) : in->left;
	in->at += chunk.left + !!nul;
	in->left -= chunk.left + !!nul;
	return chunk;
}

static void put_string(FILE *f, const struct input *text)
{
	fputc('"', f);
	for (size_t i = 0; i < text->left; i++)
		fprintf(f, "\\u%04x", text->at[i]);
	fputc('"', f);
}

/* Send in one piece: a socket holds few small ones. */
static void answer(void)
{
	struct input chunk = next_chunk();
	bool string = chunk.left && chunk.at[0] == 't';
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	fprintf(f, "{\"id\": %lu, \"return\": ", ++peer.id);
	chunk.at += string;
	chunk.left -= string;
	if (string)
		put_string(f, &chunk);
	else
		fwrite(chunk.at, 1, chunk.left, f);
	fputs("}\n", f);
	fclose(f);
	say(text, len);
	free(text);
}

/* In place of the C library's: the peer is in this process. */
int connect(int fd, const struct sockaddr *to, socklen_t len)
{
	static const char greeting[] = "{\"QMP\": {}}\n";
	int pair[2], room = 1 << 20;

	(void)to;
	(void)len;
	REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) == 0);
	REQUIRE(dup2(pair[0], fd) == fd);
	close(pair[0]);
	peer.fd = pair[1];
	setsockopt(peer.fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	if (peer.answers)
		say(greeting, strlen(greeting));
	else
		say(peer.in.at, peer.in.left);
	return 0;
}

/* The client found nothing to read: the peer has no more to say. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	int ready = poll(fds, n, 0);

	(void)timeout;
	(void)mask;
	if (fds->fd < 0) /* the fake of tool/capture/peer.c is always done */
		return 1;
	if (ready)
		return ready;
	shutdown(peer.fd, SHUT_WR);
	return poll(fds, n, 0);
}

/* The client sends a command. */
ssize_t send(int fd, const void *data, size_t len, int flags)
{
	(void)fd;
	(void)data;
	(void)flags;
	if (peer.answers && peer.in.left)
		answer();
	return (ssize_t)len;
}

/* ---- in place of tool/capture/peer.c ---- */

struct peer {
	size_t bytes;
	unsigned char array[];
};

struct peer *peer_open(int socket, size_t bytes)
{
	struct peer *p = calloc(1, sizeof(*p) + 2 * bytes);
	size_t n = peer.all.left < bytes ? peer.all.left : bytes;

	(void)socket;
	if (!peer.readable || !p) {
		free(p);
		errno = EPERM;
		return NULL;
	}
	p->bytes = bytes;
	for (int i = 1; i <= 2; i++)
		memcpy(p->array + i * bytes - n, peer.all.at + peer.all.left - n, n);
	p->array[0] ^= peer.all.at[0] & 1;
	return p;
}

int peer_fd(const struct peer *p)
{
	(void)p;
	return -1;
}

void peer_copy(struct peer *p)
{
	(void)p;
}

const char *peer_end_step(struct peer *p)
{
	(void)p;
	return NULL;
}

const unsigned char *peer_array(const struct peer *p, size_t i, bool *pointed)
{
	*pointed = i;
	return i < 2 ? p->array + i * p->bytes : NULL;
}

void peer_close(struct peer *p)
{
	free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct args a = {.argc = 1};
	char image[] = "image", *argv[] = {image};
	unsigned choice;
	int ret;

	if (size > 16384) /* what a socket takes at once, as escaped text */
		return 0;
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ); /* messages come a character at a time */
	memset(&peer, 0, sizeof(peer));
	peer.in = (struct input){data, size};
	peer.all = peer.in;
	choice = pick(&peer.in, 4);
	peer.answers = choice & 1;
	peer.readable = choice & 2;
	a.argv = argv;
	a.value[OPT_QMP] = "socket";
	images_stored = 0;
	ret = verb_capture(&a);
	close(peer.fd);
	REQUIRE(ret == EXIT_OK ? images_stored == 1 : ret == EXIT_FAILED && !images_stored);
	return 0;
}
