/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mistakes made behind the library's back, see sabotage.h. */

#include "sabotage.h"

#include <ppctlb/e500.h>

#include <linux/kvm.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

enum sabotage sabotage;

/* What was last shared by a descriptor. */
static struct shared {
	struct ppctlb_e500_tlbe *array;
	uint32_t size, ways; /* of TLB0 */
	int has_run;
} shared[64];

static void note_enable(struct shared *s, const struct kvm_enable_cap *cap)
{
	const struct kvm_config_tlb *cfg = (const void *)(uintptr_t)cap->args[0];
	const struct kvm_book3e_206_tlb_params *params = (const void *)(uintptr_t)cfg->params;

	s->array = (void *)(uintptr_t)cfg->array;
	s->size = params->tlb_sizes[0];
	s->ways = params->tlb_ways[0];
	s->has_run = 0;
}

static void clear_tsize(struct shared *s)
{
	uint32_t i;

	for (i = 0; i < s->size; i++)
		s->array[i].mas1 &= ~PPCTLB_MAS1_TSIZE;
}

/* Entries in the right set go one set further. */
static void move_sets(struct shared *s)
{
	uint32_t sets = s->size / s->ways, i, to;
	struct ppctlb_e500_tlbe e;

	for (i = 0; i < s->size; i++) {
		e = s->array[i];
		if (!(e.mas1 & PPCTLB_MAS1_V) || (e.mas2 >> 12) % sets != i / s->ways)
			continue;
		to = (i + s->ways) % s->size;
		s->array[i].mas1 = 0;
		s->array[to] = e;
	}
}

/* True: do not make the call. */
static int spoil_dirty(struct shared *s)
{
	if (!s->array)
		return 0;
	if (sabotage == TSIZE_0)
		clear_tsize(s);
	if (sabotage == NEXT_SET)
		move_sets(s);
	return sabotage == NO_DIRTY && s->has_run;
}

int ioctl(int fd, unsigned long request, ...)
{
	struct shared *s = &shared[fd >= 0 ? fd % 64 : 0];
	va_list ap;
	void *arg;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (request == KVM_ENABLE_CAP)
		note_enable(s, arg);
	if (request == KVM_RUN)
		s->has_run = 1;
	if (request == KVM_DIRTY_TLB && spoil_dirty(s))
		return 0;
	return (int)syscall(SYS_ioctl, fd, request, arg);
}

/* The name of mmap() where off_t has 64 bits. */
void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off64_t offset)
{
	if (sabotage == PRIVATE_ARRAY && flags == (MAP_SHARED | MAP_ANONYMOUS))
		flags = MAP_PRIVATE | MAP_ANONYMOUS;
	return (void *)syscall(SYS_mmap2, addr, len, prot, flags, fd, (long)(offset >> 12));
}
