// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The PVRs of the 440 and 460, and of the 476, which is none: Linux, cpu_specs_44x.h and
 * cpu_specs_47x.h; the Xilinx core as QEMU has it. All 440 and 460 have one entry layout, so which
 * of them it is does not matter.
 */
#include "44x.h"

const struct ppctlb_pvr tlb_44x_pvrs[] = {
	{0xfffffff0, 0x7ff21910}, /* 440 Xilinx, Virtex-5 */
	{0xfffffff0, 0x12c41c80}, /* APM821xx */
	{0xffffff00, 0x13541800}, /* 460SX */
	{0xffff0007, 0x13020004}, /* 460EX B */
	{0xffff0007, 0x13020005}, /* 460GT B */
	{0xffff0006, 0x13020002}, /* 460EX */
	{0xffff0006, 0x13020000}, /* 460GT */
	{0xfff00fff, 0x53200891}, /* 440SP A */
	{0xfff00fff, 0x53400890}, /* 440SPe A */
	{0xfff00fff, 0x53400891}, /* 440SPe B */
	{0xf0000fff, 0x40000440}, /* 440GP B */
	{0xf0000fff, 0x40000481}, /* 440GP C */
	{0xf0000fff, 0x40000850}, /* 440GR A */
	{0xf0000fff, 0x40000858}, /* 440EP A */
	{0xf0000fff, 0x400008d3}, /* 440GR B */
	{0xf0000fff, 0x400008db}, /* 440EP B */
	{0xf0000ff7, 0x400008d4}, /* 440EP C */
	{0xf0000fff, 0x50000850}, /* 440GX A */
	{0xf0000fff, 0x50000851}, /* 440GX B */
	{0xf0000fff, 0x50000892}, /* 440GX C */
	{0xf0000fff, 0x50000894}, /* 440GX F */
	{0xf0000ffb, 0x200008d0}, /* 440GRX */
	{0xf0000ffb, 0x200008d8}, /* 440EPX */
	{0, 0},
};

const struct ppctlb_pvr tlb_44x_pvrs_of_476[] = {
	{0xffff0000, 0x11a50000}, /* 476 */
	{0xffff0000, 0x7ff50000}, /* 476fpe */
	{0xffff0000, 0x00050000}, /* 476 iss */
	{0, 0},
};
