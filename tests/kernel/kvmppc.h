/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The KVM interface of a powerpc kernel, for test programs on any build host: numbers and layouts
 * are powerpc's wherever this is compiled (Documentation/virt/kvm/api.rst, asm/kvm.h).
 */
#ifndef KVMPPC_H
#define KVMPPC_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

/* /dev/kvm and VM */
#define PPC_KVM_GET_API_VERSION	       0x2000ae00u
#define PPC_KVM_CREATE_VM	       0x2000ae01u
#define PPC_KVM_CHECK_EXTENSION	       0x2000ae03u
#define PPC_KVM_GET_VCPU_MMAP_SIZE     0x2000ae04u
#define PPC_KVM_CREATE_VCPU	       0x2000ae41u
#define PPC_KVM_SET_USER_MEMORY_REGION 0x8020ae46u
/* vCPU */
#define PPC_KVM_RUN	   0x2000ae80u
#define PPC_KVM_GET_REGS   0x4188ae81u
#define PPC_KVM_SET_REGS   0x8188ae82u
#define PPC_KVM_GET_SREGS  0x44d0ae83u
#define PPC_KVM_SET_SREGS  0x84d0ae84u
#define PPC_KVM_TRANSLATE  0xc018ae85u
#define PPC_KVM_ENABLE_CAP 0x8068aea3u
#define PPC_KVM_DIRTY_TLB  0x8010aeaau

#define PPC_KVM_CAP_SW_TLB 69

struct ppc_tlb_params {
	uint32_t sizes[4];
	uint32_t ways[4];
	uint32_t reserved[8];
};

struct ppc_config_tlb {
	uint64_t params;
	uint64_t array;
	uint32_t mmu_type;
	uint32_t array_len;
};

struct ppc_dirty_tlb {
	uint64_t bitmap;
	uint32_t num_dirty;
	uint32_t pad;
};

struct ppc_enable_cap {
	uint32_t cap;
	uint32_t flags;
	uint64_t args[4];
	uint8_t pad[64];
};

struct ppc_translation {
	uint64_t linear_address; /* EA | PID << 32 | AS << 40 */
	uint64_t physical_address;
	uint8_t valid;
	uint8_t writeable;
	uint8_t usermode;
	uint8_t pad[5];
};

struct ppc_regs {
	uint64_t pc, cr, ctr, lr, xer, msr, srr0, srr1, pid;
	uint64_t sprg[8];
	uint64_t gpr[32];
};

/* struct kvm_sregs as far as Book E is concerned */
struct ppc_sregs {
	uint32_t pvr;
	uint8_t pad1[260];
	uint32_t features;
	uint32_t impl_id;
	uint8_t pad2[60];
	uint32_t esr;
	uint64_t dear;
	uint64_t ivpr;
	uint8_t pad3[136];
	uint32_t ivor_low[16];
	uint8_t pad4[72];
	uint32_t mmucfg;
	uint32_t eptcfg;
	uint32_t tlbcfg[4];
	uint32_t tlbps[4];
	uint8_t pad5[568];
};

static_assert(sizeof(struct ppc_tlb_params) == 64, "kvm_book3e_206_tlb_params");
static_assert(sizeof(struct ppc_config_tlb) == 24, "kvm_config_tlb");
static_assert(sizeof(struct ppc_dirty_tlb) == 16, "kvm_dirty_tlb");
static_assert(sizeof(struct ppc_enable_cap) == 104, "kvm_enable_cap");
static_assert(sizeof(struct ppc_translation) == 24, "kvm_translation");
static_assert(sizeof(struct ppc_regs) == 392, "kvm_regs");
static_assert(sizeof(struct ppc_sregs) == 1232, "kvm_sregs");
static_assert(offsetof(struct ppc_sregs, features) == 264, "kvm_sregs.u.e.features");
static_assert(offsetof(struct ppc_sregs, esr) == 332, "kvm_sregs.u.e.esr");
static_assert(offsetof(struct ppc_sregs, ivor_low) == 488, "kvm_sregs.u.e.ivor_low");
static_assert(offsetof(struct ppc_sregs, mmucfg) == 624, "kvm_sregs.u.e.mmucfg");

#endif
