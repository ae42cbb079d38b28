/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * PID 1 of capture-linux.sh: processes whose pages hold their effective address and the process's
 * number.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BASE	  0x20000000u
#define PAGES	  48
#define PROCESSES 3

struct page {
	char magic[8];
	uint32_t ea, process;
	volatile uint32_t touched;
	char rest[4096 - 20];
};

int main(void)
{
	struct page *page = mmap((void *)BASE, PAGES * sizeof(*page), PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	uint32_t process = 1;

	if (page == MAP_FAILED)
		return 1;
	while (process < PROCESSES && fork() != 0)
		process++;
	for (uint32_t i = 0; i < PAGES; i++) {
		memcpy(page[i].magic, "ppctlb\r\n", sizeof(page[i].magic));
		page[i].ea = BASE + i * (uint32_t)sizeof(*page);
		page[i].process = process;
	}
	printf("ready %u\n", process);
	fflush(stdout);
	for (;;)
		for (int i = 0; i < PAGES; i++)
			page[i].touched++;
}
