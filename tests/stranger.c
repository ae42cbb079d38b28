// SPDX-License-Identifier: GPL-2.0-or-later
/* A consumer's program, in the language that C99 and C++11 share: installed.sh builds it against an installed library. */
#include <ppctlb/ppctlb.h>
#include <stdio.h>
#include <string.h>

static int complain(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, ppctlb_errmsg());
	return 1;
}

static int try_core(const char *core)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_mapping ram;
	struct ppctlb_access access;
	struct ppctlb_hit hit;
	struct ppctlb *tlb;

	memset(&ram, 0, sizeof(ram));
	ram.raddr = 0x10000000;
	ram.size = 0x1000;
	ram.flags = PPCTLB_SR | PPCTLB_SW;
	memset(&access, 0, sizeof(access));
	access.eaddr = 0x234;

	cfg.core = core;
	if (ppctlb_open(&tlb, &cfg))
		return complain("open");
	if (ppctlb_map(tlb, &ram, 1, 0))
		return complain("map");
	if (ppctlb_translate(tlb, &access, &hit, 1))
		return complain("translate");
	ppctlb_close(tlb);
	return hit.result != PPCTLB_HIT || hit.raddr != 0x10000234;
}

int main(void)
{
	return try_core("440") || try_core("e500v2");
}
