// SPDX-License-Identifier: GPL-2.0-or-later
/* Memory and files for the code under test, see seam.h. */
#define SEAM_ITSELF
#include "seam.h"

#include <errno.h>
#include <stdarg.h>

static struct {
	enum seam_kind kind;
	unsigned nth; /* 0: none */
	int err;
	const char *failed;
} fault;

static struct seam_end end;
static int ended = -1; /* the descriptor */

static long outstanding;

void seam_arm(enum seam_kind kind, unsigned nth, int err)
{
	fault.kind = kind;
	fault.nth = nth;
	fault.err = err;
	fault.failed = NULL;
	end = (struct seam_end){0};
	ended = -1;
}

struct seam_end seam_end(void)
{
	return end;
}

const char *seam_disarm(void)
{
	fault.nth = 0;
	return fault.failed;
}

long seam_outstanding(void)
{
	return outstanding;
}

bool seam_fails(enum seam_kind kind, const char *call)
{
	if (!fault.nth || fault.kind != kind || --fault.nth)
		return false;
	fault.failed = call;
	errno = kind == SEAM_MEMORY ? ENOMEM : fault.err;
	return true;
}

#define MEMORY_FAILS seam_fails(SEAM_MEMORY, __func__ + sizeof("seam_") - 1)
#define FILE_FAILS   seam_fails(SEAM_FILES, __func__ + sizeof("seam_") - 1)
#define SHORT_COUNT  seam_fails(SEAM_SHORT, __func__ + sizeof("seam_") - 1)

static void *give(void *p)
{
	outstanding += p != NULL;
	return p;
}

static int give_fd(int fd)
{
	outstanding += fd >= 0;
	return fd;
}

/* ---- memory ---- */

void *seam_malloc(size_t size)
{
	return MEMORY_FAILS ? NULL : give(malloc(size));
}

void *seam_calloc(size_t n, size_t size)
{
	return MEMORY_FAILS ? NULL : give(calloc(n, size));
}

void *seam_realloc(void *old, size_t size)
{
	if (MEMORY_FAILS)
		return NULL;
	outstanding += !old;
	return realloc(old, size);
}

void seam_free(void *p)
{
	outstanding -= p != NULL;
	free(p);
}

char *seam_strdup(const char *s)
{
	return MEMORY_FAILS ? NULL : give(strdup(s));
}

char *seam_strndup(const char *s, size_t n)
{
	return MEMORY_FAILS ? NULL : give(strndup(s, n));
}

int seam_vasprintf(char **text, const char *fmt, va_list args)
{
	int n;

	*text = (char *)1; /* what it holds after a failure must not matter */
	if (MEMORY_FAILS)
		return -1;
	n = vasprintf(text, fmt, args);
	outstanding += n >= 0;
	return n;
}

int seam_asprintf(char **text, const char *fmt, ...)
{
	va_list args;
	int n;

	va_start(args, fmt);
	n = seam_vasprintf(text, fmt, args);
	va_end(args);
	return n;
}

void *seam_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
	void *p = MEMORY_FAILS ? MAP_FAILED : mmap(addr, len, prot, flags, fd, offset);

	outstanding += p != MAP_FAILED;
	return p;
}

int seam_munmap(void *addr, size_t len)
{
	outstanding--;
	return munmap(addr, len);
}

/* The stream and its text: the program must give both back. */
FILE *seam_open_memstream(char **text, size_t *len)
{
	FILE *f = MEMORY_FAILS ? NULL : give(open_memstream(text, len));

	outstanding += f != NULL;
	return f;
}

FILE *seam_fmemopen(void *buf, size_t len, const char *mode)
{
	return MEMORY_FAILS ? NULL : give(fmemopen(buf, len, mode));
}

/* ---- files ---- */

DIR *seam_opendir(const char *path)
{
	return FILE_FAILS ? NULL : give(opendir(path));
}

struct dirent *seam_readdir(DIR *d)
{
	return FILE_FAILS ? NULL : readdir(d);
}

int seam_closedir(DIR *d)
{
	outstanding--;
	return closedir(d);
}

/* The real call leaves a reason for dlerror(). */
void *seam_dlopen(const char *path, int flags)
{
	return FILE_FAILS ? dlopen("/dev/null/nothing", flags) : give(dlopen(path, flags));
}

void *seam_dlsym(void *object, const char *name)
{
	return dlsym(object, FILE_FAILS ? "no such symbol" : name);
}

int seam_dlclose(void *object)
{
	outstanding--;
	return dlclose(object);
}

int seam_stat(const char *path, struct stat *st)
{
	return FILE_FAILS ? -1 : stat(path, st);
}

int seam_lstat(const char *path, struct stat *st)
{
	return FILE_FAILS ? -1 : lstat(path, st);
}

int seam_access(const char *path, int mode)
{
	return FILE_FAILS ? -1 : access(path, mode);
}

int seam_dl_iterate_phdr(int (*cb)(struct dl_phdr_info *info, size_t size, void *arg), void *arg)
{
	(void)cb;
	(void)arg;
	return 0;
}

char *seam_realpath(const char *path, char *out)
{
	char *real = FILE_FAILS ? NULL : realpath(path, out);

	outstanding += real && !out;
	return real;
}

int seam_open(const char *path, int flags, ...)
{
	va_list args;
	int mode;

	va_start(args, flags);
	mode = flags & O_CREAT ? va_arg(args, int) : 0;
	va_end(args);
	return FILE_FAILS ? -1 : give_fd(open(path, flags, mode));
}

int seam_mkostemp(char *path, int flags)
{
	return FILE_FAILS ? -1 : give_fd(mkostemp(path, flags));
}

/* Returns how much was read of len bytes at that place, or 0 if it is this call's turn to end. */
static ssize_t or_end(int fd, ssize_t n, off_t at, const char *call)
{
	struct stat st;

	if (n <= 0 || ended == fd)
		return n > 0 ? 0 : n;
	if (!seam_fails(SEAM_END, call))
		return n;
	if (fstat(fd, &st) == 0)
		end = (struct seam_end){st.st_dev, st.st_ino, at};
	ended = fd;
	return 0;
}

/* While an end is to come: a quarter of the file, rounded up. */
static size_t part_of(int fd, size_t len)
{
	struct stat st;
	size_t part;

	if (!fault.nth || fault.kind != SEAM_END || fstat(fd, &st) || !S_ISREG(st.st_mode))
		return len;
	part = (size_t)st.st_size / 4 + 1;
	return len < part ? len : part;
}

ssize_t seam_read(int fd, void *buf, size_t len)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (len && SHORT_COUNT)
		len = 1;
	if (FILE_FAILS)
		return -1;
	return or_end(fd, read(fd, buf, part_of(fd, len)), at, "read");
}

ssize_t seam_pread(int fd, void *buf, size_t len, off_t offset)
{
	if (len && SHORT_COUNT)
		len = 1;
	return FILE_FAILS ? -1 : or_end(fd, pread(fd, buf, len, offset), offset, "pread");
}

ssize_t seam_write(int fd, const void *buf, size_t len)
{
	if (len && SHORT_COUNT)
		len = 1;
	return FILE_FAILS ? -1 : write(fd, buf, len);
}

int seam_fchmod(int fd, mode_t mode)
{
	return FILE_FAILS ? -1 : fchmod(fd, mode);
}

int seam_fchown(int fd, uid_t uid, gid_t gid)
{
	return FILE_FAILS ? -1 : fchown(fd, uid, gid);
}

int seam_flock(int fd, int how)
{
	return FILE_FAILS ? -1 : flock(fd, how);
}

ssize_t seam_readlink(const char *path, char *buf, size_t len)
{
	return FILE_FAILS ? -1 : readlink(path, buf, len);
}

ssize_t seam_listxattr(const char *path, char *list, size_t len)
{
	return FILE_FAILS ? -1 : listxattr(path, list, len);
}

int seam_fsync(int fd)
{
	return FILE_FAILS ? -1 : fsync(fd);
}

/* Linux closes the descriptor whatever close() returns. */
int seam_close(int fd)
{
	int ret = close(fd);

	if (ended == fd)
		ended = -1;
	outstanding--;
	return FILE_FAILS ? -1 : ret;
}

int seam_rename(const char *from, const char *to)
{
	return FILE_FAILS ? -1 : rename(from, to);
}

int seam_unlink(const char *path)
{
	return FILE_FAILS ? -1 : unlink(path);
}

FILE *seam_fopen(const char *path, const char *mode)
{
	return FILE_FAILS ? NULL : give(fopen(path, mode));
}

int seam_fclose(FILE *f)
{
	const char *call = f == stdout ? "fclose(stdout)" : "fclose";
	int ret = fclose(f);

	outstanding--;
	return seam_fails(SEAM_FILES, call) ? EOF : ret;
}

char *seam_mkdtemp(char *path)
{
	return FILE_FAILS ? NULL : mkdtemp(path);
}

int seam_chown(const char *path, uid_t uid, gid_t gid)
{
	return FILE_FAILS ? -1 : chown(path, uid, gid);
}

int seam_rmdir(const char *path)
{
	return FILE_FAILS ? -1 : rmdir(path);
}

/* ---- sockets ---- */

int seam_socket(int domain, int type, int protocol)
{
	return FILE_FAILS ? -1 : give_fd(socket(domain, type, protocol));
}

int seam_connect(int fd, const struct sockaddr *to, socklen_t len)
{
	return FILE_FAILS ? -1 : connect(fd, to, len);
}

int seam_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	return FILE_FAILS ? -1 : getsockopt(fd, level, name, value, len);
}

int seam_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask)
{
	return FILE_FAILS ? -1 : ppoll(fds, n, timeout, mask);
}

ssize_t seam_send(int fd, const void *data, size_t len, int flags)
{
	if (len && SHORT_COUNT)
		len = 1;
	return FILE_FAILS ? -1 : send(fd, data, len, flags);
}

ssize_t seam_recv(int fd, void *buf, size_t len, int flags)
{
	if (len && SHORT_COUNT)
		len = 1;
	return FILE_FAILS ? -1 : or_end(fd, recv(fd, buf, len, flags), 0, "recv");
}
