// SPDX-License-Identifier: GPL-2.0-or-later
/* A consumer's program, in the language that C99 and C++11 share: installed.sh builds it against an
 * installed library. */
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

/* No ABI checker sees the values of flags: bit n is the n-th flag, for good. */
static int moved_flag(void)
{
	static const uint32_t flags[] = {
		PPCTLB_UR, PPCTLB_UW, PPCTLB_UX,    PPCTLB_SR, PPCTLB_SW, PPCTLB_SX, PPCTLB_W,
		PPCTLB_I,  PPCTLB_M,  PPCTLB_G,	    PPCTLB_E,  PPCTLB_U0, PPCTLB_U1, PPCTLB_U2,
		PPCTLB_U3, PPCTLB_TS, PPCTLB_IPROT, PPCTLB_X0, PPCTLB_X1, PPCTLB_GS,
	};
	unsigned i;

	for (i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
		if (flags[i] != (uint32_t)1 << i)
			return 1;
	return PPCTLB_REPLACE != 1;
}

int main(void)
{
	return moved_flag() || try_core("440") || try_core("e500v2");
}
