/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: read whole, read by lines in constant memory, replaced atomically. */
#include "file.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
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

static int open_input(const char *path)
{
	int fd = is_dash(path) ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		complain("%s: %s", path, strerror(errno));
	return fd;
}

static void close_input(int fd)
{
	if (fd != STDIN_FILENO)
		close(fd);
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
	close_input(fd);
	if (ok)
		*data = buf;
	else
		free(buf);
	return ok;
}

/* ---- replacing a file ---- */

/* Follow symbolic links to the file, or take the path itself if there is no file yet. */
static bool resolve(const char *path, char *target)
{
	struct stat st;

	if (realpath(path, target))
		return true;
	if (errno == ENOENT && lstat(path, &st) < 0 && errno == ENOENT && strlen(path) < PATH_MAX) {
		strcpy(target, path);
		return true;
	}
	complain("%s: %s", path, strerror(errno ? errno : ENOENT));
	return false;
}

/* The mode that the umask gives a new file. */
static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

/* Give the new file the owner and mode of the one it replaces; where the owner cannot be set, no
 * set-id bits. */
static bool copy_mode(int fd, const char *target)
{
	struct stat st;
	mode_t mode;

	if (stat(target, &st) < 0)
		return errno == ENOENT && fchmod(fd, new_mode()) == 0;
	mode = st.st_mode & 07777;
	if (fchown(fd, st.st_uid, st.st_gid) < 0)
		mode &= 0777;
	return fchmod(fd, mode) == 0;
}

static bool write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		data += n;
		len -= n;
	}
	return true;
}

static bool fill(int fd, const char *target, const void *data, size_t len)
{
	bool ok = write_all(fd, data, len) && copy_mode(fd, target) && fsync(fd) == 0;
	int saved = errno;

	if (close(fd) < 0 && ok)
		return false;
	errno = saved;
	return ok;
}

/* Write a new file and, when it is complete, give it the name of the old one. */
static bool replace_in(const char *dir, const char *target, const void *data, size_t len)
{
	char temp[PATH_MAX + 16];
	int fd, saved;

	snprintf(temp, sizeof(temp), "%s/.ppctlb.XXXXXX", dir);
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0)
		return false;
	if (fill(fd, target, data, len) && rename(temp, target) == 0)
		return true;
	saved = errno;
	unlink(temp);
	errno = saved;
	return false;
}

static void directory_of(const char *target, char *dir)
{
	char *slash;

	strcpy(dir, target);
	slash = strrchr(dir, '/');
	if (slash)
		slash[slash == dir] = 0;
	else
		strcpy(dir, ".");
}

/* The steps of file_write(); errno on failure. Opens the directory first, since there is no way
 * back once the new file has its name. EINVAL: some file systems sync no directory. */
static bool replace(const char *target, const void *data, size_t len)
{
	char dir[PATH_MAX];
	int fd, saved;
	bool ok;

	directory_of(target, dir);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return false;
	ok = replace_in(dir, target, data, len) && (fsync(fd) == 0 || errno == EINVAL);
	saved = errno;
	close(fd);
	errno = saved;
	return ok;
}

/* Is it a regular file, or none yet? false: complained. */
static bool replaceable(const char *path, const char *target)
{
	struct stat st;

	if (stat(target, &st) < 0) {
		if (errno == ENOENT)
			return true;
		complain("%s: %s", path, strerror(errno));
		return false;
	}
	if (!S_ISREG(st.st_mode))
		complain("%s: not a regular file", path);
	return S_ISREG(st.st_mode);
}

/* The file that file_write() replaces or makes; false: complained. */
static bool find_target(const char *path, char *target)
{
	if (!is_dash(path))
		return resolve(path, target) && replaceable(path, target);
	complain("-: only files are written; a file of that name is ./-");
	return false;
}

bool file_writable(const char *path)
{
	char target[PATH_MAX], dir[PATH_MAX];

	if (!find_target(path, target))
		return false;
	directory_of(target, dir);
	if (access(dir, W_OK | X_OK) == 0)
		return true;
	complain("%s: %s", path, strerror(errno));
	return false;
}

bool file_write(const char *path, const void *data, size_t len)
{
	char target[PATH_MAX];
	sigset_t block, old;
	bool ok;

	if (!find_target(path, target))
		return false;
	/* a signal would leave the temporary file behind */
	sigfillset(&block);
	sigprocmask(SIG_BLOCK, &block, &old);
	ok = replace(target, data, len);
	if (!ok)
		complain("%s: %s", path, strerror(errno));
	sigprocmask(SIG_SETMASK, &old, NULL);
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
		close_input(fd);
		return NULL;
	}
	memset(l, 0, offsetof(struct lines, buffer));
	l->fd = fd;
	l->name = path;
	l->tell = ULONG_MAX;
	return l;
}

void lines_close(struct lines *l)
{
	close_input(l->fd);
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
	if (l->refused++ < l->tell)
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
