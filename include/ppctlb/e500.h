/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The raw TLB entry of the e500 family: its MAS bits and the kernel's array layout.
 *
 * The bits are those of the PowerPC e500 Core Family Reference Manual, 2.12.5, in the MAV 2.0 view
 * (TSIZE of 5 bits) that KVM uses on every core.
 */
#ifndef PPCTLB_E500_H
#define PPCTLB_E500_H

#include <stdint.h>

#define PPCTLB_MAS1_V       0x80000000u
#define PPCTLB_MAS1_IPROT   0x40000000u
#define PPCTLB_MAS1_TID     0x3fff0000u
#define PPCTLB_MAS1_IND     0x00002000u
#define PPCTLB_MAS1_TS      0x00001000u
#define PPCTLB_MAS1_TSIZE   0x00000f80u /* bytes = 1 KiB << TSIZE */
#define PPCTLB_MAS1_TID_SHIFT   16
#define PPCTLB_MAS1_TSIZE_SHIFT 7

#define PPCTLB_MAS2_EPN 0xfffffffffffff000ull
#define PPCTLB_MAS2_X0  0x40u
#define PPCTLB_MAS2_X1  0x20u
#define PPCTLB_MAS2_W   0x10u
#define PPCTLB_MAS2_I   0x08u
#define PPCTLB_MAS2_M   0x04u
#define PPCTLB_MAS2_G   0x02u
#define PPCTLB_MAS2_E   0x01u

/* MAS7 << 32 | MAS3 */
#define PPCTLB_MAS7_3_RPN 0xfffffffffffff000ull
#define PPCTLB_MAS3_U0 0x200u
#define PPCTLB_MAS3_U1 0x100u
#define PPCTLB_MAS3_U2 0x080u
#define PPCTLB_MAS3_U3 0x040u
#define PPCTLB_MAS3_UX 0x020u
#define PPCTLB_MAS3_SX 0x010u
#define PPCTLB_MAS3_UW 0x008u
#define PPCTLB_MAS3_SW 0x004u
#define PPCTLB_MAS3_UR 0x002u
#define PPCTLB_MAS3_SR 0x001u

#define PPCTLB_MAS8_TGS   0x80000000u
#define PPCTLB_MAS8_VF    0x40000000u
#define PPCTLB_MAS8_TLPID 0x000000ffu

/** One entry as the kernel has it: struct kvm_book3e_206_tlb_entry, in host byte order. */
struct ppctlb_e500_tlbe {
	uint32_t mas8;
	uint32_t mas1;
	uint64_t mas2;
	uint64_t mas7_3;
};

#endif
