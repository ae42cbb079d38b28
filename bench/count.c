// SPDX-License-Identifier: GPL-2.0-or-later
/* What is counted and not timed: system calls of an open, calls of the kernel, allocations. */
#include "bench.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- open ---- */

static struct ppctlb *open_handle(const char *core)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = core;
	must(ppctlb_open(&h, &cfg));
	return h;
}

/* The child: one open; nothing, and then a second one, between signals. */
static void open_twice(const char *core)
{
	struct ppctlb *first, *second;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) < 0)
		_exit(2);
	first = open_handle(core);
	raise(SIGSTOP);
	raise(SIGSTOP);
	second = open_handle(core);
	raise(SIGSTOP);
	ppctlb_close(second);
	ppctlb_close(first);
	_exit(0);
}

/* Does that call read what is in a file? */
static bool reads(const struct __ptrace_syscall_info *call)
{
	switch (call->entry.nr) {
	case SYS_read:
	case SYS_pread64:
	case SYS_readv:
		return true;
#ifdef SYS_mmap
	case SYS_mmap:
		return !(call->entry.args[3] & MAP_ANONYMOUS);
#endif
	}
	return false;
}

/* Go on to the next stop of that kind. */
static void wait_for(pid_t child, int signal)
{
	int status;

	require(waitpid(child, &status, 0) == child && WIFSTOPPED(status) &&
			WSTOPSIG(status) == signal,
		"a child that is traced");
}

struct calls {
	unsigned all, reads;
};

/* Those that the child makes until it stops itself. */
static struct calls calls_until_stop(pid_t child)
{
	struct calls n = {0, 0};
	int status;

	for (;;) {
		struct __ptrace_syscall_info call;

		require(ptrace(PTRACE_SYSCALL, child, NULL, NULL) == 0 &&
				waitpid(child, &status, 0) == child && WIFSTOPPED(status),
			"a child that is traced");
		if (WSTOPSIG(status) == SIGSTOP)
			return n;
		require(ptrace(PTRACE_GET_SYSCALL_INFO, child, (void *)sizeof(call), &call) > 0,
			"a kernel that tells which call it is");
		if (call.op != PTRACE_SYSCALL_INFO_ENTRY)
			continue;
		n.all++;
		n.reads += reads(&call);
	}
}

void second_open(const char *core, const char *name, struct result *result)
{
	struct calls none, one;
	pid_t child = fork();
	int status;

	if (child == 0)
		open_twice(core);
	wait_for(child, SIGSTOP);
	ptrace(PTRACE_SETOPTIONS, child, NULL, (void *)(PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	none = calls_until_stop(child);
	one = calls_until_stop(child);
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	require(one.all > none.all, "an open that makes calls");
	result->ours = strcmp(name, "reads") ? one.all - none.all : one.reads;
	result->value = result->ours;
}

/* ---- calls of the kernel ---- */

/* One map of several regions. */
void kernel_calls(const char *core, const char *name, struct result *result)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_mapping m[16];
	struct ppctlb *h;
	unsigned before;

	cfg.vcpu_fd = vcpu_open(core, strcmp(name, "combined") != 0);
	must(ppctlb_open(&h, &cfg));
	must(ppctlb_flush(h));
	for (size_t i = 0; i < ARRAY_SIZE(m); i++)
		m[i] = (struct ppctlb_mapping){.eaddr = i << 20,
					       .raddr = i << 20,
					       .size = i % 2 ? PAGE : UINT64_C(64) << 10,
					       .flags = PPCTLB_SR};
	before = vcpu_calls();
	must(ppctlb_map(h, m, 8, 0));
	result->value = result->ours = vcpu_calls() - before;
	before = vcpu_calls();
	must(ppctlb_map(h, m + 8, 1, 0));
	require(vcpu_calls() - before == result->value, "one region and eight");
}

/* ---- allocations ---- */

unsigned long allocated;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *old, size_t size);

void *malloc(size_t size)
{
	allocated++;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	allocated++;
	return __libc_calloc(n, size);
}

void *realloc(void *old, size_t size)
{
	allocated++;
	return __libc_realloc(old, size);
}

static void no_line(const char *line, void *arg)
{
	(void)line;
	(void)arg;
}

static void no_mapping(const struct ppctlb_entry *e, const struct ppctlb_mapping *m,
		       uint32_t defects, void *arg)
{
	(void)e;
	(void)m;
	(void)defects;
	(void)arg;
}

enum { ACCESSES = 10000 };

/* Each call on a handle but check, which may allocate. */
static void every_call(struct tlb *t, struct ppctlb_access *access, struct ppctlb_hit *hit,
		       unsigned char *buf, size_t len)
{
	struct ppctlb_mapping m = {.eaddr = FREE_AREA, .size = PAGE, .flags = PPCTLB_SR};
	struct ppctlb_finding f = {.name = "multi-hit", .other_tlb = 0};
	struct ppctlb_room needed[2];
	char text[PPCTLB_FINDING_MAX];

	must(ppctlb_info(t->h, &t->info));
	must(ppctlb_get(t->h, PPCTLB_GUEST, t->e, t->n));
	must(ppctlb_translate(t->h, access, hit, 1));
	must(ppctlb_translate(t->h, access, hit, ACCESSES));
	must(ppctlb_unmap(t->h, 0, 32 * PAGE, 0, 0));
	must(ppctlb_unmap(t->h, t->m[t->n - 1].eaddr, t->m[t->n - 1].size, 0, 0));
	must(ppctlb_map_room(t->h, &m, 1, 0, needed));
	must(ppctlb_map(t->h, &m, 1, 0));
	must(ppctlb_map(t->h, &m, 1, PPCTLB_REPLACE));
	must(ppctlb_unmap(t->h, m.eaddr, m.size, 0, 0));
	must(ppctlb_map_at(t->h, &m, t->ways ? 1 : 0,
			   (unsigned)(t->ways ? t->n - t->first : t->n) - 1, 0));
	must(ppctlb_dump(t->h, PPCTLB_GUEST, PPCTLB_TABLE, no_line, NULL));
	must(ppctlb_mappings(t->h, PPCTLB_GUEST, no_mapping, NULL));
	must(ppctlb_save(t->h, buf, &len));
	must(ppctlb_restore(t->h, buf, len));
	must(ppctlb_set(t->h, t->e, t->n));
	must(ppctlb_flush(t->h));
	ppctlb_format_finding(t->h, &f, text, sizeof(text));
}

void allocations(const char *core, const char *name, struct result *result)
{
	struct ppctlb_access *access = room(ACCESSES, sizeof(*access));
	struct ppctlb_hit *hit = room(ACCESSES, sizeof(*hit));
	unsigned long before = allocated;
	unsigned char *buf;
	struct tlb t;
	size_t len;

	free(room(1, 1));
	require(allocated > before, "allocations are counted");
	tlb_open(&t, core, NULL, !strcmp(name, "vCPU"));
	tlb_fill(&t, 0);
	for (size_t i = 0; i < ACCESSES; i++)
		access[i].eaddr = random_below(0x60000000);
	must(ppctlb_save(t.h, NULL, &len));
	buf = room(len, 1);
	before = allocated;
	every_call(&t, access, hit, buf, len);
	result->value = result->ours = (double)(allocated - before);
}
