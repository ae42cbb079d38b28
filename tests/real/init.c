/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of a kernel with xmon: two processes that touch pages of code, of data that is only read
 * and of data that is written, so that the TLB has entries of both; then it enters xmon. Needs no C
 * library, which would want a floating-point unit.
 */
#define PAGE  4096
#define PAGES 8

enum { SYS_FORK = 2, SYS_WRITE = 4, SYS_OPEN = 5, SYS_WAITPID = 7, SYS_MOUNT = 21 };

static char written[PAGES * PAGE];
static const char read_only[PAGES * PAGE] = {1};

static long call(long nr, long a, long b, long c, long d)
{
	register long r0 __asm__("r0") = nr;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = 0;

	__asm__ volatile("sc"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7)
			 :
			 : "r8", "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
	return r3;
}

static void touch(void)
{
	for (int i = 0; i < PAGES; i++)
		*(volatile char *)&written[i * PAGE] = *(const volatile char *)&read_only[i * PAGE];
}

void _start(void)
{
	long child, trigger;

	call(SYS_MOUNT, (long)"proc", (long)"/proc", (long)"proc", 0);
	touch();
	child = call(SYS_FORK, 0, 0, 0, 0);
	touch();
	if (child > 0)
		call(SYS_WAITPID, child, 0, 0, 0);
	trigger = call(SYS_OPEN, (long)"/proc/sysrq-trigger", 1, 0, 0);
	call(SYS_WRITE, trigger, (long)"x", 1, 0);
	for (;;)
		;
}
