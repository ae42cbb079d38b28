/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doc/examples/vmm.c gets to its end, and with one mistake in it, it does not: on the kernel that
 * this runs on, an e500v2's, or built with FAKEKVM on a fake one, as an e500v2 and as each kind of
 * 440. TAP.
 *
 * The example is compiled in as it is. Its calls of ppctlb_flush() and ppctlb_map() are led to
 * where a mistake can be made, on a fake those of open() and mmap() to the fake. It needs powerpc's
 * <asm/kvm.h>.
 */

#include "../fakekvm.h"
#include "../../support/tap.h"
#ifdef FAKEKVM
#include "../fakeguest.h"
#endif

#include <ppctlb/ppctlb.h>

#include <linux/kvm.h>

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

/* The numbers and layouts that the fake has for every host are powerpc's. */
#define SAME_CALL(name) static_assert(name == PPC_##name, #name)
SAME_CALL(KVM_GET_VCPU_MMAP_SIZE);
SAME_CALL(KVM_SET_USER_MEMORY_REGION);
SAME_CALL(KVM_RUN);
SAME_CALL(KVM_GET_REGS);
SAME_CALL(KVM_SET_REGS);
SAME_CALL(KVM_GET_SREGS);
SAME_CALL(KVM_SET_SREGS);
#define SAME_PLACE(kvm, ppc, member, kvm_member)                                                   \
	static_assert(offsetof(struct kvm, kvm_member) == offsetof(struct ppc, member), #kvm_member)
SAME_PLACE(kvm_regs, ppc_regs, msr, msr);
SAME_PLACE(kvm_regs, ppc_regs, gpr, gpr);
SAME_PLACE(kvm_sregs, ppc_sregs, esr, u.e.esr);
SAME_PLACE(kvm_sregs, ppc_sregs, dear, u.e.dear);
SAME_PLACE(kvm_sregs, ppc_sregs, ivpr, u.e.ivpr);
SAME_PLACE(kvm_sregs, ppc_sregs, ivor_low, u.e.ivor_low);

struct kernel {
	const char *name;
	uint32_t pvr;
	unsigned calls;
	uint32_t write;	  /* the call that changes the guest TLB */
	const char *core; /* what the example says of it */
};

static const struct kernel kernels[] = {
	{"e500v2", FAKEKVM_E500V2, 0, PPC_KVM_DIRTY_TLB, "core e500v2 by backend e500 "},
#ifdef FAKEKVM
	{"440, split calls", FAKEKVM_440EP, FAKEKVM_SPLIT, PPCTLB_KVM_SET_GUEST_TLB,
	 "core 440 by backend 44x "},
	{"440, combined calls", FAKEKVM_440EP, FAKEKVM_COMBINED, PPCTLB_KVM_SET_TLB,
	 "core 440 by backend 44x "},
#endif
};

/* One mistake in the example, and what must be told of it; NULL: it does no harm there. */
struct mistake {
	const char *name;
	const char *on_e500v2, *on_440;
	bool no_flush;
	bool unheard;	    /* the kernel is not told of the mappings */
	uint32_t asked_for; /* flags that every mapping has */
	unsigned which;	    /* the mapping in which these bits are wrong */
	uint64_t eaddr, raddr;
	uint32_t flags;
	int (*instead)(void); /* of the whole example */
};

static const struct kernel *kernel;
static const struct mistake *mistake;

/* ---- the example ---- */

#ifdef FAKEKVM
static int example_open(const char *path, int flags)
{
	(void)flags;
	if (!strcmp(path, "/dev/kvm"))
		return fakeguest_open(kernel->pvr, kernel->calls);
	errno = ENOENT;
	return -1;
}

#define open(path, flags) example_open(path, flags)
#define mmap		  fakeguest_mmap
#endif

/* A guest that is stuck needs no five seconds to show it. */
static void example_limit(const struct itimerval *limit)
{
	const struct itimerval shorter = {.it_value.tv_sec = limit->it_value.tv_sec != 0};

	setitimer(ITIMER_REAL, &shorter, NULL);
}

static int example_flush(struct ppctlb *h)
{
	return mistake->no_flush ? 0 : ppctlb_flush(h);
}

static int example_map(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how)
{
	struct ppctlb_mapping wrong[4];
	size_t i;

	if (n > 4)
		return ppctlb_map(h, maps, n, how);
	for (i = 0; i < n; i++) {
		wrong[i] = maps[i];
		wrong[i].flags |= mistake->asked_for;
		if (i != mistake->which)
			continue;
		wrong[i].eaddr ^= mistake->eaddr;
		wrong[i].raddr ^= mistake->raddr;
		wrong[i].flags ^= mistake->flags;
	}
#ifdef FAKEKVM
	if (mistake->unheard)
		fakekvm_fault(kernel->write, 1, 0, false);
#endif
	return ppctlb_map(h, wrong, n, how);
}

int example_main(void);

#define main			      example_main
#define setitimer(which, limit, left) example_limit(limit)
#define ppctlb_flush		      example_flush
#define ppctlb_map		      example_map
#include "../../../doc/examples/vmm.c"
#undef main
#undef ppctlb_map

/* ---- mistakes ---- */

/* The mappings, in the order that the example has them in. */
enum { CODE, SERIAL, TEXT, NOTE };

#define STUCK "KVM_RUN: Interrupted system call"

/* The text is in page 0, and the guest looks for it there. */
static int text_in_page_0(void)
{
	const uint32_t lis_r4_0 = 0x3c800000;
	struct ppctlb_mapping mine[COUNT(mappings)];
	struct machine m = {.kvm = -1};

	make_machine(&m);
	memcpy(m.ram + CODE_RA + PROGRAM + 4, &lis_r4_0, sizeof(lis_r4_0));
	open_tlb(&m);
	set_registers(&m);
	memcpy(mine, mappings, sizeof(mine));
	mine[TEXT].eaddr = 0;
	map(&m, mine, COUNT(mine));
	if (run(&m))
		die("the guest did not come to its end");
	check_note(&m);
	return 0;
}

static const struct mistake none = {.name = NULL};

#define BOTH(told) .on_e500v2 = (told), .on_440 = (told)

static const struct mistake mistakes[] = {
	/* an e500v2 does without the first, not without that of the reset */
	{"no flush", "conflicts with TLB1[0]", "conflicts with TLB0[1]", .no_flush = true},
	{"IPROT asked of every core", NULL, "440 has no iprot", .asked_for = PPCTLB_IPROT},
#ifdef FAKEKVM
	{"mappings that the kernel is not told of", BOTH(STUCK), .unheard = true},
#endif
	{"code at another effective address", BOTH(STUCK), .which = CODE, .eaddr = 0x10000},
	{"code at another real address", BOTH("KVM_RUN: exit reason 0"), .which = CODE,
	 .raddr = 0x10000},
	{"code where there is no memory", BOTH(STUCK), .which = CODE, .raddr = 0x800000000},
	{"code that is not executable", BOTH(STUCK), .which = CODE, .flags = PPCTLB_SX},
	{"code in the other address space", BOTH(STUCK), .which = CODE, .flags = PPCTLB_TS},
	{"the serial port at another effective address", BOTH(STUCK), .which = SERIAL,
	 .eaddr = 0x1000},
	{"the serial port at another real address",
	 BOTH("the guest wrote to no register of the serial port"), .which = SERIAL,
	 .raddr = 0x1000},
	{"the text at another effective address",
	 BOTH("exception 13 at data address 0x20000000: the guest TLB has no entry for it"),
	 .which = TEXT, .eaddr = 0x1000},
	{"the text at another real address", BOTH("it should be 50"), .which = TEXT,
	 .raddr = 0x1000},
	{"a text that is for users",
	 BOTH("exception 2 at data address 0x20000000: the guest TLB has an entry for it"),
	 .which = TEXT, .flags = PPCTLB_SR | PPCTLB_UR},
	{"a note that is read-only",
	 BOTH("exception 2 at data address 0x30000000: the guest TLB has an entry for it"),
	 .which = NOTE, .flags = PPCTLB_SW},
	{"the text in page 0", "it should be 50", NULL, .instead = text_in_page_0},
};

/* ---- tests ---- */

/* What a run of the example told, and how it ended. */
struct outcome {
	char said[16384];
	int status;
};

static void read_all(int fd, char *to, size_t size)
{
	size_t len = 0;
	ssize_t got = 1;

	while (got > 0 && len < size - 1) {
		got = read(fd, to + len, size - 1 - len);
		len += got > 0 ? (size_t)got : 0;
	}
	to[len] = '\0';
}

/* In a process of its own: it ends by exit() where something goes wrong. */
static void run_example(const struct kernel *k, const struct mistake *m, struct outcome *o)
{
	int ends[2], status = 0;
	pid_t child;

	o->status = -1;
	o->said[0] = '\0';
	fflush(stdout);
	REQUIRE(!pipe2(ends, O_CLOEXEC));
	kernel = k;
	mistake = m;
	child = fork();
	REQUIRE(child >= 0);
	if (!child) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		exit(m->instead ? m->instead() : example_main());
	}
	close(ends[1]);
	read_all(ends[0], o->said, sizeof(o->said));
	close(ends[0]);
	REQUIRE(waitpid(child, &status, 0) == child);
	if (WIFEXITED(status))
		o->status = WEXITSTATUS(status);
}

static unsigned times(const char *in, const char *what)
{
	unsigned n = 0;

	while ((in = strstr(in, what))) {
		in += strlen(what);
		n++;
	}
	return n;
}

static void show(const struct outcome *o)
{
	const char *line = o->said;
	int len;

	for (; *line; line += len + (line[len] == '\n')) {
		len = (int)strcspn(line, "\n");
		tap_note("  %.*s", len, line);
	}
}

/* The whole story: it runs, faults where its mapping is gone, and runs again. */
static void test_example(const void *arg)
{
	const struct kernel *k = arg;
	struct outcome o;
	bool good;

	run_example(k, &none, &o);
	good = EQUAL(o.status, 0);
	good &= EQUAL(times(o.said, k->core), 1);
	good &= EQUAL(times(o.said, text), 2);
	good &= EQUAL(times(o.said, "the guest noted 50 bytes at real address 0x00678000"), 2);
	good &= EQUAL(times(o.said, "the guest took exception"), 1);
	good &= EQUAL(times(o.said, "exception 13 at data address 0x20000000: "
				    "the guest TLB has no entry for it"),
		      1);
	if (!good)
		show(&o);
}

struct
try {
	const struct kernel *kernel;
	const struct mistake *mistake;
};

static void test_mistake(const void *arg)
{
	const struct try *t = arg;
	const char *told =
		t->kernel->pvr == FAKEKVM_440EP ? t->mistake->on_440 : t->mistake->on_e500v2;
	struct outcome o;
	bool good;

	run_example(t->kernel, t->mistake, &o);
	good = EQUAL(o.status, told ? 1 : 0);
	if (told)
		good &= CHECK(strstr(o.said, told));
	if (!good)
		show(&o);
}

static void run_tests(const struct kernel *k)
{
	char name[128];
	size_t i;

	snprintf(name, sizeof(name), "%s: the example gets to its end", k->name);
	tap_run(&(struct test){name, test_example, k});
	for (i = 0; i < COUNT(mistakes); i++) {
		const struct try t = {k, &mistakes[i]};

		snprintf(name, sizeof(name), "%s: %s", k->name, mistakes[i].name);
		tap_run(&(struct test){name, test_mistake, &t});
	}
}

int main(void)
{
	size_t i;

	for (i = 0; i < COUNT(kernels); i++)
		run_tests(&kernels[i]);
	return tap_end();
}
