/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The raw TLB entry of a PowerPC 440 or 460, and the KVM calls that read and write 64 of them.
 *
 * The bits are those of the IBM PPC440x5 CPU Core User's Manual, chapter 5. The calls are private:
 * KVM_GET_TLB and KVM_SET_TLB were proposed in 2008 and never merged, and the three others continue
 * their numbers. A stock kernel answers EINVAL to each. The numbers are powerpc's on every build
 * host.
 */
#ifndef PPCTLB_44X_H
#define PPCTLB_44X_H

#include <stdint.h>

#define PPCTLB_44X_ENTRIES 64

/* word 0, PAGEID */
#define PPCTLB_44X_EPN  0xfffffc00u
#define PPCTLB_44X_V    0x00000200u
#define PPCTLB_44X_TS   0x00000100u
#define PPCTLB_44X_SIZE 0x000000f0u /* bytes = 1 KiB << (2 * SIZE) */
#define PPCTLB_44X_TPAR 0x0000000fu /* parity: read only */
/* word 1, XLAT */
#define PPCTLB_44X_RPN  0xfffffc00u
#define PPCTLB_44X_PAR1 0x00000300u /* parity: read only */
#define PPCTLB_44X_ERPN 0x0000000fu /* RA bits above 32 */
/* word 2, ATTRIB */
#define PPCTLB_44X_PAR2 0xc0000000u /* parity: read only */
#define PPCTLB_44X_U0   0x00008000u
#define PPCTLB_44X_U1   0x00004000u
#define PPCTLB_44X_U2   0x00002000u
#define PPCTLB_44X_U3   0x00001000u
#define PPCTLB_44X_W    0x00000800u
#define PPCTLB_44X_I    0x00000400u
#define PPCTLB_44X_M    0x00000200u
#define PPCTLB_44X_G    0x00000100u
#define PPCTLB_44X_E    0x00000080u
#define PPCTLB_44X_UX   0x00000020u
#define PPCTLB_44X_UW   0x00000010u
#define PPCTLB_44X_UR   0x00000008u
#define PPCTLB_44X_SX   0x00000004u
#define PPCTLB_44X_SW   0x00000002u
#define PPCTLB_44X_SR   0x00000001u
/* the TID: tlbre and tlbwe of word 0 pass it in MMUCR[STID] */
#define PPCTLB_44X_TID  0x000000ffu

/** One entry, as the kernel has it. */
struct ppctlb_44x_tlbe {
	uint32_t tid;
	uint32_t word0;
	uint32_t word1;
	uint32_t word2;
};

/** The guest's or the shadow TLB: the argument of the split calls. */
struct ppctlb_44x_tlb {
	struct ppctlb_44x_tlbe entry[PPCTLB_44X_ENTRIES];
};

/** Both TLBs: the argument of the combined calls of 2008. */
struct ppctlb_44x_combined {
	struct ppctlb_44x_tlb guest;
	struct ppctlb_44x_tlb shadow;
};

#define PPCTLB_KVM_GET_TLB        0x4800ae94u
#define PPCTLB_KVM_SET_TLB        0x8800ae95u
#define PPCTLB_KVM_GET_GUEST_TLB  0x4400ae96u
#define PPCTLB_KVM_GET_SHADOW_TLB 0x4400ae97u
#define PPCTLB_KVM_SET_GUEST_TLB  0x8400ae98u

#endif
