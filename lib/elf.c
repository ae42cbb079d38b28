// SPDX-License-Identifier: LGPL-2.1-or-later
/* Checks a shared object before it is loaded: dlopen() crashes on one that is cut off. */
#include "internal.h"

#include <inttypes.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

/* The ELF header of the object that this code is in; the linker defines it. */
extern const ElfW(Ehdr) __ehdr_start __attribute__((visibility("hidden")));

/* Reads exactly len bytes at offset. */
static int read_at(int fd, void *buf, size_t len, uint64_t offset)
{
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		n = pread(fd, (char *)buf + done, len - done, (off_t)(offset + done));
		if (n < 0)
			return tlb_fail(ENOEXEC, "%s", strerror(errno));
		if (n == 0)
			return tlb_fail(ENOEXEC, "it is cut off, or not an ELF object");
		done += (size_t)n;
	}
	return 0;
}

static int check_header(const ElfW(Ehdr) * e)
{
	const ElfW(Ehdr) *own = &__ehdr_start;

	if (memcmp(e->e_ident, ELFMAG, SELFMAG) != 0)
		return tlb_fail(ENOEXEC, "it is not an ELF object");
	if (e->e_ident[EI_CLASS] != own->e_ident[EI_CLASS])
		return tlb_fail(ENOEXEC, "wrong ELF class %d, this process has %d",
				e->e_ident[EI_CLASS], own->e_ident[EI_CLASS]);
	if (e->e_ident[EI_DATA] != own->e_ident[EI_DATA])
		return tlb_fail(ENOEXEC,
				"wrong byte order: its endianness is %d, this process's %d",
				e->e_ident[EI_DATA], own->e_ident[EI_DATA]);
	if (e->e_machine != own->e_machine)
		return tlb_fail(ENOEXEC, "wrong machine: ELF machine %d, this process has %d",
				e->e_machine, own->e_machine);
	if (e->e_type != ET_DYN)
		return tlb_fail(ENOEXEC, "it is not a shared object");
	return 0;
}

static int check_segment(const ElfW(Phdr) * p, uint64_t size)
{
	if (p->p_type != PT_LOAD || (p->p_offset <= size && p->p_filesz <= size - p->p_offset))
		return 0;
	return tlb_fail(ENOEXEC,
			"it is cut off: a segment has %" PRIu64 " bytes from %" PRIu64
			" on, the file ends at %" PRIu64,
			(uint64_t)p->p_filesz, (uint64_t)p->p_offset, size);
}

/* Program headers that are read at once. */
#define AT_ONCE 16

int tlb_check_object(int fd, uint64_t size)
{
	ElfW(Ehdr) e;
	ElfW(Phdr) p[AT_ONCE] = {{0}};
	int ret = read_at(fd, &e, sizeof(e), 0);

	ret = ret ? ret : check_header(&e);
	for (unsigned i = 0, n; !ret && i < e.e_phnum; i += n) {
		n = e.e_phnum - i < AT_ONCE ? e.e_phnum - i : AT_ONCE;
		ret = read_at(fd, p, n * sizeof(p[0]), e.e_phoff + (uint64_t)i * sizeof(p[0]));
		for (unsigned k = 0; !ret && k < n; k++)
			ret = check_segment(&p[k], size);
	}
	return ret;
}
