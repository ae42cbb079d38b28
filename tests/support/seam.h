/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The seam between the code under test and its C library: library, backends and tool are compiled
 * with this file in front (-include), and then ask seam.c for memory and files. There the nth call
 * can be made to fail. Unlike a preloaded object it works under sanitizers and on every host.
 */
#ifndef SEAM_H
#define SEAM_H

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

enum seam_kind {
	SEAM_MEMORY, /* calls that give memory; they know ENOMEM only */
	SEAM_FILES,  /* files and sockets; dlopen() and dlsym() set no errno, they just fail */
	SEAM_SHORT,  /* short reads and writes: the call does not fail but stops after one byte */
	SEAM_END /* an early end: a read answers 0 though there is more, and goes on doing so. Files
		    are read in four parts, so that the end may come in the middle */
};

/* Let the nth call of that kind from now on (1: the next one) fail with err, once. */
void seam_arm(enum seam_kind kind, unsigned nth, int err);
/* Where SEAM_END put the end: which file, and how much of it was read. */
struct seam_end {
	dev_t dev;
	ino_t ino; /* 0: nowhere yet */
	off_t at;
};
struct seam_end seam_end(void);
/* Stop failing. Returns the name of the call that failed, or NULL if there were fewer calls. */
const char *seam_disarm(void);
/* What the code under test holds and has not given back: memory, mappings, directories,
 * descriptors, loaded objects. */
long seam_outstanding(void);

/* For replacements of a call: is it this call's turn to fail? Then errno is set. */
bool seam_fails(enum seam_kind kind, const char *call);

void *seam_malloc(size_t size);
void *seam_calloc(size_t n, size_t size);
void *seam_realloc(void *old, size_t size);
void seam_free(void *p);
char *seam_strdup(const char *s);
char *seam_strndup(const char *s, size_t n);
int seam_asprintf(char **text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int seam_vasprintf(char **text, const char *fmt, va_list args)
	__attribute__((format(printf, 2, 0)));
void *seam_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);
int seam_munmap(void *addr, size_t len);
FILE *seam_open_memstream(char **text, size_t *len);
FILE *seam_fmemopen(void *buf, size_t len, const char *mode);

DIR *seam_opendir(const char *path);
struct dirent *seam_readdir(DIR *d);
int seam_closedir(DIR *d);
void *seam_dlopen(const char *path, int flags);
void *seam_dlsym(void *object, const char *name);
int seam_dlclose(void *object);
int seam_stat(const char *path, struct stat *st);
int seam_lstat(const char *path, struct stat *st);
int seam_access(const char *path, int mode);
char *seam_realpath(const char *path, char *out);
/* Has no object: each load is the first, which reads what a later one need not. */
int seam_dl_iterate_phdr(int (*cb)(struct dl_phdr_info *info, size_t size, void *arg), void *arg);
int seam_open(const char *path, int flags, ...);
int seam_mkostemp(char *path, int flags);
ssize_t seam_read(int fd, void *buf, size_t len);
ssize_t seam_pread(int fd, void *buf, size_t len, off_t offset);
ssize_t seam_write(int fd, const void *buf, size_t len);
int seam_fchmod(int fd, mode_t mode);
int seam_fchown(int fd, uid_t uid, gid_t gid);
int seam_flock(int fd, int how);
ssize_t seam_readlink(const char *path, char *buf, size_t len);
ssize_t seam_listxattr(const char *path, char *list, size_t len);
int seam_fsync(int fd);
int seam_close(int fd);
int seam_rename(const char *from, const char *to);
int seam_unlink(const char *path);
FILE *seam_fopen(const char *path, const char *mode);
int seam_fclose(FILE *f);
char *seam_mkdtemp(char *path);
int seam_chown(const char *path, uid_t uid, gid_t gid);
int seam_rmdir(const char *path);

int seam_socket(int domain, int type, int protocol);
int seam_connect(int fd, const struct sockaddr *to, socklen_t len);
int seam_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int seam_ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout, const sigset_t *mask);
ssize_t seam_send(int fd, const void *data, size_t len, int flags);
ssize_t seam_recv(int fd, void *buf, size_t len, int flags);

/* seam-json.c: each function of json-c that needs memory. json-c's own calls do not come through
 * here. */
struct json_object *seam_json_object_new_object(void);
struct json_object *seam_json_object_new_array(void);
struct json_object *seam_json_object_new_string(const char *s);
struct json_object *seam_json_object_new_int64(int64_t i);
struct json_object *seam_json_object_new_uint64(uint64_t i);
struct json_object *seam_json_object_new_boolean(int b);
int seam_json_object_object_add(struct json_object *o, const char *key, struct json_object *value);
int seam_json_object_array_add(struct json_object *o, struct json_object *value);
const char *seam_json_object_to_json_string_ext(struct json_object *o, int flags);
struct json_tokener *seam_json_tokener_new(void);
struct json_object *seam_json_tokener_parse_ex(struct json_tokener *t, const char *s, int len);

/* The tool's main(), in a test that has its own. */
int seam_main(int argc, char **argv);

#ifndef SEAM_ITSELF

/* Objects where the name may stand alone or in a table, calls where a type has the same name. */
#undef strdup
#undef strndup
#define malloc			       seam_malloc
#define calloc			       seam_calloc
#define realloc			       seam_realloc
#define free			       seam_free
#define strdup			       seam_strdup
#define strndup			       seam_strndup
#define asprintf		       seam_asprintf
#define vasprintf		       seam_vasprintf
#define mmap			       seam_mmap
#define munmap			       seam_munmap
#define open_memstream		       seam_open_memstream
#define fmemopen		       seam_fmemopen
#define opendir			       seam_opendir
#define readdir			       seam_readdir
#define closedir		       seam_closedir
#define dlopen			       seam_dlopen
#define dlsym			       seam_dlsym
#define dlclose			       seam_dlclose
#define stat(path, result)	       seam_stat(path, result)
#define lstat			       seam_lstat
#define access			       seam_access
#define realpath		       seam_realpath
#define dl_iterate_phdr		       seam_dl_iterate_phdr
#define open			       seam_open
#define mkostemp		       seam_mkostemp
#define read			       seam_read
#define pread			       seam_pread
#define write			       seam_write
#define fchmod			       seam_fchmod
#define fchown			       seam_fchown
#define flock(fd, how)		       seam_flock(fd, how)
#define readlink		       seam_readlink
#define listxattr		       seam_listxattr
#define fsync			       seam_fsync
#define close			       seam_close
#define rename			       seam_rename
#define unlink			       seam_unlink
#define fopen			       seam_fopen
#define fclose			       seam_fclose
#define mkdtemp			       seam_mkdtemp
#define chown			       seam_chown
#define rmdir			       seam_rmdir
#define socket(d, t, p)		       seam_socket(d, t, p)
#define connect			       seam_connect
#define getsockopt		       seam_getsockopt
#define ppoll			       seam_ppoll
#define send			       seam_send
#define recv			       seam_recv

#define json_object_new_object	       seam_json_object_new_object
#define json_object_new_array	       seam_json_object_new_array
#define json_object_new_string	       seam_json_object_new_string
#define json_object_new_int64	       seam_json_object_new_int64
#define json_object_new_uint64	       seam_json_object_new_uint64
#define json_object_new_boolean	       seam_json_object_new_boolean
#define json_object_object_add	       seam_json_object_object_add
#define json_object_array_add	       seam_json_object_array_add
#define json_object_to_json_string_ext seam_json_object_to_json_string_ext
#define json_tokener_new	       seam_json_tokener_new
#define json_tokener_parse_ex	       seam_json_tokener_parse_ex

#endif

#endif
