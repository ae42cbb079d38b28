/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads files: whole, or by lines in constant memory. */
#include "file.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool is_dash(const char *path)
{
	return !strcmp(path, "-");
}

/* A descriptor of its own for standard input, too: every one is closed in the same way. */
static int open_input(const char *path)
{
	int fd = is_dash(path) ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
			       : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		complain("%s: %s", path, strerror(errno));
	return fd;
}

static ssize_t read_some(int fd, void *buf, size_t len)
{
	ssize_t n;

	do
		n = read(fd, buf, len);
	while (n < 0 && errno == EINTR);
	return n;
}

/* ---- whole files ---- */

static bool read_all(int fd, const char *path, char **data, size_t *len)
{
	size_t room = 0;
	ssize_t n;

	for (;;) {
		if (*len == room) {
			char *more = realloc(*data, room = room ? 2 * room : 65536);

			if (!more) {
				complain("%s: %s", path, strerror(ENOMEM));
				return false;
			}
			*data = more;
		}
		n = read_some(fd, *data + *len, room - *len);
		if (n < 0)
			complain("%s: %s", path, strerror(errno));
		if (n <= 0)
			return n == 0;
		*len += n;
		if (*len > FILE_MAX) {
			complain("%s: too large, more than %u MiB", path, FILE_MAX >> 20);
			return false;
		}
	}
}

bool file_read(const char *path, void **data, size_t *len)
{
	int fd = open_input(path);
	char *buf = NULL;
	bool ok;

	if (fd < 0)
		return false;
	*len = 0;
	ok = read_all(fd, path, &buf, len);
	close(fd);
	if (ok)
		*data = buf;
	else
		free(buf);
	return ok;
}

/* ---- lines ---- */

struct lines *lines_open(const char *path)
{
	struct lines *l;
	int fd = open_input(path);

	if (fd < 0)
		return NULL;
	l = malloc(sizeof(*l));
	if (!l) {
		complain("%s: %s", path, strerror(ENOMEM));
		close(fd);
		return NULL;
	}
	memset(l, 0, offsetof(struct lines, buffer));
	l->fd = fd;
	l->name = path;
	return l;
}

void lines_close(struct lines *l)
{
	close(l->fd);
	free(l);
}

/* A line that will be refused does not count: after it lines_next() may have to wait. */
bool lines_ready(const struct lines *l)
{
	const char *text = l->buffer + l->start;
	const char *newline = memchr(text, '\n', l->end - l->start);
	size_t len = newline ? (size_t)(newline - text) : 0;

	return newline && len <= LINE_LEN && !memchr(text, 0, len);
}

/* Move what is left of a line to the front of the buffer, and read more behind it. */
static void refill(struct lines *l)
{
	ssize_t n;

	memmove(l->buffer, l->buffer + l->start, l->end - l->start);
	l->end -= l->start;
	l->start = 0;
	/* the writer of the lines may be waiting for the answers */
	fflush(stdout);
	/* keep a byte free for the 0 of a last line without newline */
	n = read_some(l->fd, l->buffer + l->end, sizeof(l->buffer) - l->end - 1);
	if (n < 0) {
		complain("%s: %s", l->name, strerror(errno));
		l->failed = l->broken = true;
	}
	if (n <= 0)
		l->at_end = true;
	else
		l->end += n;
}

static void refuse(struct lines *l, unsigned long column, const char *why)
{
	l->refused++;
	if (l->tell)
		l->tell(l->number, column, why, l->arg);
	else
		complain_at(l->name, l->number, column, "%s", why);
	l->failed = true;
}

/* Refuse a line that does not fit, once, and skip the rest of it. */
static void skip(struct lines *l)
{
	if (!l->skipping) {
		l->number++;
		refuse(l, LINE_LEN + 1, "line too long");
	}
	l->skipping = true;
	l->start = l->end = 0;
}

static bool is_good(struct lines *l, const char *text, size_t len)
{
	if (len > LINE_LEN)
		refuse(l, LINE_LEN + 1, "line too long");
	else if (strlen(text) != len)
		refuse(l, strlen(text) + 1, "NUL byte");
	else
		return true;
	return false;
}

static bool take(struct lines *l, char *newline)
{
	char *text = l->buffer + l->start;
	size_t len = newline - text;

	*newline = 0;
	l->start += len + 1;
	if (l->skipping) {
		l->skipping = false;
		return false;
	}
	l->number++;
	l->text = text;
	if (!is_good(l, text, len))
		return false;
	/* the CR of a CR LF is no part of the line */
	if (len && text[len - 1] == '\r')
		text[len - 1] = 0;
	return true;
}

bool lines_next(struct lines *l)
{
	for (;;) {
		size_t left = l->end - l->start;
		char *newline = memchr(l->buffer + l->start, '\n', left);

		if (!newline && l->at_end && left)
			newline = l->buffer + l->end++;
		if (newline && take(l, newline))
			return true;
		if (newline)
			continue;
		if (l->at_end)
			return false;
		if (left > LINE_LEN)
			skip(l);
		refill(l);
	}
}
