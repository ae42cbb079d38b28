// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Without KVM: detached handles, whose TLB is memory. A 440 and an e500v2 get their initial
 * mappings through the same calls.
 */
#include <ppctlb/ppctlb.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define SUPERVISOR (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)

/*
 * RAM, and the page of the UART, which is guarded and not cached. Kernels with 440 KVM gave a new
 * vCPU these two, so the table of 2008 below looks as it did then. A monitor of your own puts RAM
 * elsewhere, as vmm.c does: at effective address 0 KVM has a page of its own for an e500v2's
 * supervisor.
 */
static const struct ppctlb_mapping initial[] = {
	{.eaddr = 0, .raddr = 0, .size = 16 << 20, .flags = SUPERVISOR},
	{.eaddr = 0xef600000,
	 .raddr = 0xef600000,
	 .size = 4096,
	 .flags = SUPERVISOR | PPCTLB_I | PPCTLB_G},
};

static const struct {
	const char *what;
	struct ppctlb_access access;
} accesses[] = {
	{"read RAM", {.eaddr = 0x1234, .type = PPCTLB_READ}},
	{"execute at the last byte of RAM", {.eaddr = 0xffffff, .type = PPCTLB_EXECUTE}},
	{"write the UART", {.eaddr = 0xef600003, .type = PPCTLB_WRITE}},
	{"read past the end of RAM", {.eaddr = 0x1000000, .type = PPCTLB_READ}},
	{"read RAM as a user", {.eaddr = 0x1234, .type = PPCTLB_READ, .user = 1}},
	{"read RAM in address space 1", {.eaddr = 0x1234, .type = PPCTLB_READ, .as = 1}},
};
#define ACCESSES (sizeof(accesses) / sizeof(accesses[0]))

static const char *const results[] = {"hit", "miss", "protection fault", "multi-hit"};

static void must(int ret, const char *what)
{
	if (!ret)
		return;
	fprintf(stderr, "%s: %s\n", what, ppctlb_errmsg());
	exit(1);
}

static void print_line(const char *line, void *arg)
{
	(void)arg;
	printf("%s\n", line);
}

static void translate(struct ppctlb *h)
{
	for (size_t i = 0; i < ACCESSES; i++) {
		const struct ppctlb_access *a = &accesses[i].access;
		struct ppctlb_hit hit;

		must(ppctlb_translate(h, a, &hit, 1), "translate");
		printf("%-32s EA 0x%08" PRIx64 "  %s", accesses[i].what, a->eaddr,
		       results[hit.result]);
		if (hit.result == PPCTLB_HIT)
			printf(", RA 0x%09" PRIx64, hit.raddr);
		if (hit.result != PPCTLB_MISS)
			printf(", TLB%u[%u]", hit.tlb, hit.index);
		printf("\n");
	}
}

static void show(const char *core, int libkvm)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = core;
	must(ppctlb_open(&h, &cfg), core);
	must(ppctlb_map(h, initial, sizeof(initial) / sizeof(initial[0]), 0), "map");
	printf("%s:\n", core);
	if (libkvm)
		must(ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, print_line, NULL), "dump");
	must(ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_TABLE, print_line, NULL), "dump");
	translate(h);
	printf("\n");
	ppctlb_close(h);
}

int main(void)
{
	printf("libppctlb %s, no KVM: the same two mappings on two cores\n\n", ppctlb_version());
	show("440", 1);
	show("e500v2", 0);
	return 0;
}
