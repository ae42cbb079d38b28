// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel under the benchmark: the fake one, whose rules take their time; while a row is timed,
 * each call on a vCPU is the cheapest that the real kernel has, which is what the peer calls, too.
 */
#include "bench.h"
#include "../tests/kernel/fakekvm.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* fakekvm.c is compiled with this name for its ioctl(). */
int fakekvm_ioctl(int fd, unsigned long request, ...);

static int a_pipe[2];
static bool cheap;

void one_call(void)
{
	int n;

	syscall(SYS_ioctl, a_pipe[0], FIONREAD, &n);
}

int ioctl(int fd, unsigned long request, ...)
{
	unsigned long before = allocated;
	va_list ap;
	void *arg;
	int ret;

	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (cheap) {
		one_call();
		return 0;
	}
	ret = fakekvm_ioctl(fd, request, arg);
	allocated = before; /* what a kernel needs is its own affair */
	return ret;
}

void vcpus_cost_one_call(void)
{
	require(pipe(a_pipe) == 0, "no pipe");
	cheap = true;
}

int vcpu_open(const char *core, bool split)
{
	static const struct {
		const char *core;
		uint32_t pvr;
	} pvrs[] = {
		{"440", FAKEKVM_440EP},	  {"e500v2", FAKEKVM_E500V2}, {"e500mc", FAKEKVM_E500MC},
		{"e5500", FAKEKVM_E5500}, {"e6500", FAKEKVM_E6500},
	};
	size_t i = 0;
	int fd;

	while (i < ARRAY_SIZE(pvrs) && strcmp(pvrs[i].core, core) != 0)
		i++;
	require(i < ARRAY_SIZE(pvrs), "the fake kernel has no such core");
	fd = fakekvm_vcpu(pvrs[i].pvr, split ? FAKEKVM_SPLIT : FAKEKVM_COMBINED);
	require(fd >= 0, "no vCPU");
	return fd;
}

unsigned vcpu_calls(void)
{
	return fakekvm_count(0);
}
