/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The formats that ppctlb import reads: F(format_X of the reader, its name, help). The words of
 * --from, its help, completion and the table of readers are derived from this list. Where a line
 * could be of two formats the first one has it.
 */
#ifndef PPCTLB_TOOL_FORMATS_LIST_H
#define PPCTLB_TOOL_FORMATS_LIST_H

#define FORMATS(F)                                                                                 \
	F(libkvm, "libkvm", "the table of 2008, also dump --format=libkvm")                        \
	F(qemu, "qemu", "QEMU's info tlb")                                                         \
	F(qemu_log, "qemu-log", "a log that QEMU wrote with -d mmu")                               \
	F(xmon, "xmon", "a dump by Linux's xmon, of a 440 or a 64-bit core")                       \
	F(reginfo, "reginfo", "U-Boot's reginfo")                                                  \
	F(freebsd, "freebsd", "FreeBSD's show tlb1")                                               \
	F(bdi, "bdi", "a BDI2000's or BDI3000's l2cam or l2tlb")                                   \
	F(simics, "simics", "Simics's print-l2tlb")                                                \
	F(codewarrior, "codewarrior", "L2MMU_CAM in a board file of CodeWarrior")                  \
	F(u_boot, "u-boot", "U-Boot's SET_TLB_ENTRY(...), of a 440 tlbentry(...)")                 \
	F(vxworks, "vxworks", "rows of sysStaticTlbDesc in VxWorks's sysLib.c")                    \
	F(mas, "mas", "registers with their names: MAS1 = ..., SPR 625 ..., word0 = ...")          \
	F(hex, "hex", "an ENTRY a line")

#endif
