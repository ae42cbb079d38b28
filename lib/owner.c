// SPDX-License-Identifier: LGPL-2.1-or-later
/* Which process a handle belongs to, told from its forked children. */
#include "internal.h"

#include <sys/mman.h>
#include <unistd.h>

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18 /* since Linux 4.14 */
#endif
#define NO_SUCH_ADVICE 0x7fffffff

/*
 * Process ids do not tell: pid 1 can have a child that is pid 1 of another namespace. A page that
 * the kernel wipes at fork does, and costs no system call. Emulators like qemu-user take any advice
 * and do nothing; a kernel refuses one that does not exist.
 */
static bool is_wiped_at_fork(void *page, size_t len)
{
	return madvise(page, len, NO_SUCH_ADVICE) && !madvise(page, len, MADV_WIPEONFORK);
}

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int tlb_own(struct tlb_owner *owner)
{
	size_t len = page_size();
	void *page = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	*owner = (struct tlb_owner){.pid = getpid()};
	if (page == MAP_FAILED)
		return tlb_fail(ENOMEM, "out of memory");
	if (!is_wiped_at_fork(page, len)) {
		munmap(page, len);
		return 0;
	}
	owner->mark = page;
	*owner->mark = 1;
	return 0;
}

void tlb_disown(struct tlb_owner *owner)
{
	if (owner->mark)
		munmap(owner->mark, page_size());
}
