// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppctlb capture with any peer. The first byte chooses: either the peer sends the rest as it is,
 * then ends; or it gives one answer for each command, with the right id; the answers are separated
 * by NUL. A leading 't' makes a JSON string of the answer; 'l' does the same and first writes what
 * follows the next NUL as QEMU's log.
 */
#include "fuzz.h"
#include "tool-image.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

const char fuzz_target[] = "qmp";

static struct {
	int fd; /* the peer's end */
	bool answers;
	struct input in;
	unsigned long id;
	char log[256]; /* where the client wants the log */
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

static void write_log(void)
{
	struct input text = next_chunk();
	FILE *f = *peer.log ? fopen(peer.log, "w") : NULL;

	if (!f)
		return;
	fwrite(text.at, 1, text.left, f);
	fclose(f);
}

/* Send in one piece: a socket holds few small ones. */
static void answer(void)
{
	struct input chunk = next_chunk();
	bool string = chunk.left && (chunk.at[0] == 't' || chunk.at[0] == 'l');
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	if (chunk.left && chunk.at[0] == 'l')
		write_log();
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
	if (ready)
		return ready;
	shutdown(peer.fd, SHUT_WR);
	return poll(fds, n, 0);
}

/* Take the name from JSON, which puts a backslash before a slash, up to the quote. */
static void keep_name(const char *json)
{
	size_t n = 0;

	for (; n < sizeof(peer.log) - 1 && strncmp(json, "\\\"", 2); json++)
		if (*json != '\\')
			peer.log[n++] = *json;
	peer.log[n] = 0;
}

/* The client sends a command, and then a newline by itself. */
ssize_t send(int fd, const void *data, size_t len, int flags)
{
	static const char logfile[] = "logfile \\\"";
	const char *name = memmem(data, len, logfile, strlen(logfile));

	(void)fd;
	(void)flags;
	if (name)
		keep_name(name + strlen(logfile));
	if (!peer.answers || len != 1)
		return (ssize_t)len;
	if (peer.in.left)
		answer();
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct args a = {.argc = 1};
	char image[] = "image", *argv[] = {image};
	int ret;

	if (size > 16384) /* what a socket takes at once, as escaped text */
		return 0;
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ); /* messages come a character at a time */
	memset(&peer, 0, sizeof(peer));
	peer.in = (struct input){data, size};
	peer.answers = pick(&peer.in, 2);
	a.argv = argv;
	a.value[OPT_QMP] = "socket";
	images_stored = 0;
	ret = verb_capture(&a);
	close(peer.fd);
	REQUIRE(ret == EXIT_OK ? images_stored == 1 : ret == EXIT_FAILED && !images_stored);
	return 0;
}
