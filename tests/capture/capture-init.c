/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of capture-linux.sh: processes whose pages hold their effective address and the process's
 * number, which is odd on CPU 1. For 32 and 64 bits; a C library for both is not everywhere.
 */
#ifdef __powerpc64__
#define BASE 0x123420000000
#else
#define BASE 0x20000000
#endif
#define PAGES	  48
#define PROCESSES 4

enum { SYS_FORK = 2, SYS_WRITE = 4, SYS_MMAP = 90, SYS_SCHED_SETAFFINITY = 222 };
enum { READ_WRITE = 3, PRIVATE_FIXED_ANONYMOUS = 0x32 };

struct page {
	char magic[8];
	unsigned long long ea;
	unsigned process;
	volatile unsigned touched;
	char rest[4096 - 24];
};

static long call(long nr, long a, long b, long c, long d, long e)
{
	register long r0 __asm__("r0") = nr;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = 0;

	__asm__ volatile("sc"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5), "+r"(r6), "+r"(r7), "+r"(r8)
			 :
			 : "r9", "r10", "r11", "r12", "cr0", "ctr", "memory");
	return r3;
}

/* A kernel for one CPU refuses: then all are there. */
static void stay_on(unsigned long cpu)
{
	unsigned long mask = 1ul << cpu;

	call(SYS_SCHED_SETAFFINITY, 0, sizeof(mask), (long)&mask, 0, 0);
}

static void fill(struct page *page, unsigned process)
{
	static const char magic[8] = "ppctlb\r\n";

	for (unsigned m = 0; m < sizeof(magic); m++)
		page->magic[m] = magic[m];
	page->ea = (unsigned long)page;
	page->process = process;
}

void _start(void)
{
	struct page *page = (struct page *)BASE;
	char ready[] = "ready 0\n";
	unsigned process = 0;

	call(SYS_MMAP, BASE, PAGES * sizeof(*page), READ_WRITE, PRIVATE_FIXED_ANONYMOUS, -1);
	while (process + 1 < PROCESSES && call(SYS_FORK, 0, 0, 0, 0, 0) != 0)
		process++;
	stay_on(process % 2);
	for (unsigned i = 0; i < PAGES; i++)
		fill(page + i, process);
	ready[6] = (char)('0' + process);
	call(SYS_WRITE, 1, (long)ready, sizeof(ready) - 1, 0, 0);
	for (;;)
		for (unsigned i = 0; i < PAGES; i++)
			page[i].touched++;
}
