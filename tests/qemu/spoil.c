/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistakes that QEMU could make with the library, made behind its back in the same binary, so that
 * a test shows that it catches them. To be preloaded; the variable SPOIL names one:
 *
 * flush    a reset leaves the entries where they are
 * load     the kernel is not told of what was loaded: no commit once the file in SPOIL_FROM exists
 * private  the shared array is memory that fork() separates
 */
#define _GNU_SOURCE
#include <ppctlb/ppctlb.h>

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int spoils(const char *what)
{
	const char *spoil = getenv("SPOIL");

	return spoil && !strcmp(spoil, what);
}

int ppctlb_flush(struct ppctlb *h)
{
	int (*real)(struct ppctlb *) = dlsym(RTLD_NEXT, "ppctlb_flush");

	return spoils("flush") ? 0 : real(h);
}

int ppctlb_commit(struct ppctlb *h)
{
	int (*real)(struct ppctlb *) = dlsym(RTLD_NEXT, "ppctlb_commit");
	const char *from = getenv("SPOIL_FROM");

	return spoils("load") && from && !access(from, F_OK) ? 0 : real(h);
}

/* The name of mmap() where off_t has 64 bits. */
void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off64_t offset)
{
	if (spoils("private") && flags == (MAP_SHARED | MAP_ANONYMOUS))
		flags = MAP_PRIVATE | MAP_ANONYMOUS;
	return (void *)syscall(SYS_mmap2, addr, len, prot, flags, fd, (long)(offset >> 12));
}
