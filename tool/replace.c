/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Replaces a file as a whole or not at all, for nobody else's benefit: no link of another user
 * leads the write elsewhere, and nobody may read the new file who could not read the old one.
 */
#include "file.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#define MOST_LINKS 40 /* as many as the kernel follows */

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

/* ---- which file it is ---- */

/* As fs.protected_symlinks has it, which rename() goes round: in a directory like /tmp only one's
 * own links are followed, and those of its owner. */
static bool may_follow(const char *path, const struct stat *link)
{
	const mode_t shared = S_ISVTX | S_IWOTH;
	char dir[PATH_MAX];
	struct stat st;

	directory_of(path, dir);
	if (stat(dir, &st) < 0)
		return false;
	errno = EACCES;
	return (st.st_mode & shared) != shared || link->st_uid == geteuid() ||
	       link->st_uid == st.st_uid;
}

/* Replace the name of a link by what it leads to. */
static bool step(char *target)
{
	char link[PATH_MAX], dir[PATH_MAX] = "";
	ssize_t n = readlink(target, link, sizeof(link) - 1);
	size_t used;

	if (n < 0)
		return false;
	link[n] = 0;
	if (*link != '/') {
		directory_of(target, dir);
		strcat(dir, "/");
	}
	used = strlen(dir);
	errno = ENAMETOOLONG;
	if (used + (size_t)n >= PATH_MAX)
		return false;
	memcpy(target, dir, used);
	memcpy(target + used, link, (size_t)n + 1);
	return true;
}

/* Follow symbolic links to the file. Where there is none yet it is target itself, if that is no
 * link.
 */
static bool follow(char *target)
{
	struct stat st;

	for (int i = 0; i <= MOST_LINKS; i++) {
		if (lstat(target, &st) < 0)
			return errno == ENOENT && i == 0;
		if (!S_ISLNK(st.st_mode))
			return true;
		if (!may_follow(target, &st) || !step(target))
			return false;
	}
	errno = ELOOP;
	return false;
}

static bool resolve(const char *path, char *target)
{
	bool fits = strlen(path) < PATH_MAX;

	errno = ENAMETOOLONG;
	if (fits && follow(strcpy(target, path)))
		return true;
	if (fits && errno == EACCES)
		complain("%s: %s (a symbolic link of another user in a directory that everyone can "
			 "write is not followed)",
			 path, strerror(errno));
	else
		complain("%s: %s", path, strerror(errno));
	return false;
}

/* ---- the new file ---- */

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

/* The mode that the umask gives a new file. */
static mode_t new_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

#define ACL "system.posix_acl_access"

/* Copy an attribute, if that can be done. False: the file has lost an access list. */
static bool copy_attribute(int fd, const char *target, const char *name)
{
	char value[4096];
	ssize_t n = getxattr(target, name, value, sizeof(value));

	return (n >= 0 && fsetxattr(fd, name, value, (size_t)n, 0) == 0) || strcmp(name, ACL) != 0;
}

/* Copy extended attributes, except those that give rights to a program. An access list names groups
 * of the old file, so it needs that group. 1: all of them, 0: rights of the group may be too many,
 * -1: errno. */
static int copy_attributes(int fd, const char *target, bool same_group)
{
	char names[4096];
	ssize_t n = listxattr(target, names, sizeof(names));
	int ok = 1;

	if (n < 0)
		return errno == ENOTSUP ? 1 : errno == ERANGE ? 0 : -1;
	for (const char *name = names; name < names + n; name += strlen(name) + 1) {
		if (!strncmp(name, "security.", 9) || !strncmp(name, "trusted.", 8))
			continue;
		if (strcmp(name, ACL) != 0 || same_group)
			ok &= copy_attribute(fd, target, name);
	}
	return ok;
}

/* 1: done, 0: that is not allowed, -1: errno. */
static int give_to(int fd, uid_t uid, gid_t gid)
{
	if (fchown(fd, uid, gid) == 0)
		return 1;
	return errno == EPERM || errno == EINVAL ? 0 : -1;
}

/* Give the new file group, owner, mode and attributes of the one that it replaces. The group comes
 * first and alone: who may not give the file away may still keep it in a group. What the old group
 * could do no other group can, and what needs the owner, set-user-ID, goes with the owner. */
static bool copy_status(int fd, const char *target)
{
	struct stat st;
	mode_t mode;
	int group, owner, attributes;

	if (stat(target, &st) < 0)
		return errno == ENOENT && fchmod(fd, new_mode()) == 0;
	mode = st.st_mode & 07777;
	group = give_to(fd, (uid_t)-1, st.st_gid);
	owner = group < 0 ? -1 : give_to(fd, st.st_uid, (gid_t)-1);
	if (owner < 0)
		return false;
	if (!group)
		mode &= ~(mode_t)S_IRWXG;
	if (!group || !owner)
		mode &= ~(mode_t)(S_ISUID | S_ISGID);
	if (fchmod(fd, mode) < 0)
		return false;
	attributes = copy_attributes(fd, target, group == 1);
	return attributes > 0 || (!attributes && fchmod(fd, mode & ~(mode_t)S_IRWXG) == 0);
}

static bool fill(int fd, const char *target, const void *data, size_t len)
{
	bool ok = write_all(fd, data, len) && copy_status(fd, target) && fsync(fd) == 0;
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

/* ---- one edit at a time ---- */

static bool is_same_file(int fd, const char *target)
{
	struct stat mine, named;

	return fstat(fd, &mine) == 0 && stat(target, &named) == 0 && mine.st_dev == named.st_dev &&
	       mine.st_ino == named.st_ino;
}

static int flock_again(int fd)
{
	int ret;

	do
		ret = flock(fd, LOCK_EX);
	while (ret < 0 && errno == EINTR);
	return ret;
}

/* The lock is on the file that the name stands for. Whoever edits it replaces it, so the one who
 * has waited for the lock looks again. */
int file_lock(const char *path)
{
	char target[PATH_MAX];
	int fd;

	if (!find_target(path, target))
		return -1;
	for (;;) {
		fd = open(target, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || flock_again(fd) < 0)
			break;
		if (is_same_file(fd, target))
			return fd;
		close(fd);
	}
	complain("%s: %s", path, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

void file_unlock(int fd)
{
	close(fd);
}
