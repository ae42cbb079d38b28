/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of cores and machines. */
#include <stddef.h>
#include <string.h>

#include <ppctlb/ppctlb.h>

#include "board.h"

#define G(n) ((uint64_t)(n) << 30)

/* PPC440x5 manual, table 5-2: 1K 4K 16K 64K 256K 1M 16M 256M. */
#define SIZES_44X (1 << 10 | 1 << 12 | 1 << 14 | 1 << 16 | 1 << 18 | 1 << 20 | 1 << 24 | 1 << 28)
/* e500 reference manual, table 12-2: powers of four, 4K to 256M (v1), to 4G (v2). */
#define SIZES_V1 0x15555000u
#define SIZES_V2 0x155555000ull
/* e6500: every power of two, 4K to 1T. */
#define SIZES_MAV2	     0x1fffffff000ull

#define FLAGS_44X	     (PPCTLB_FLAGS & ~(PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS))
#define FLAGS_E500	     (PPCTLB_FLAGS & ~PPCTLB_GS)
#define FLAGS_MC	     PPCTLB_FLAGS

#define BAMBOO(ram)	     FAMILY_44X, "qemu-system-ppc", "bamboo", NULL, "stub-44x.elf", ram
#define PPCE500(cpu, ram)    FAMILY_E500, "qemu-system-ppc", "ppce500", cpu, "stub-e500.elf", ram
#define PPCE500_64(cpu, ram) FAMILY_E500, "qemu-system-ppc64", "ppce500", cpu, "stub-e5500.elf", ram

/* clang-format off */
/* RAM is sparse: ppce500 has room for it up to 0xc00000000. */
const struct board boards[] = {
	/* core      machine                       sizes       flags      EA RA TID LPID slots ways sets */
	{"440",    BAMBOO(G(1) / 2),             SIZES_44X,  FLAGS_44X,  32, 36, 8,  0, 64, 0, 0},
	{"e500v1", PPCE500("e500v1", G(2)),      SIZES_V1,   FLAGS_E500, 32, 32, 8,  0, 16, 2, 128},
	{"e500v2", PPCE500("e500v2", G(48)),     SIZES_V2,   FLAGS_E500, 32, 36, 8,  0, 16, 4, 128},
	{"e500mc", PPCE500("e500mc", G(48)),     SIZES_V2,   FLAGS_MC,   32, 36, 8,  6, 64, 4, 128},
	{"e5500",  PPCE500_64("e5500", G(48)),   SIZES_V2,   FLAGS_MC,   64, 36, 8,  6, 64, 4, 128},
	{"e6500",  PPCE500_64("e6500", G(48)),   SIZES_MAV2, FLAGS_MC,   64, 40, 14, 6, 64, 8, 128},
	{.core = NULL},
};
/* clang-format on */

const struct board *board_find(const char *core)
{
	const struct board *b;

	for (b = boards; b->core; b++) {
		if (!strcmp(b->core, core))
			return b;
	}
	return NULL;
}
