/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The plug-in interface: what a backend exports and what the front end gives it.
 *
 * A plug-in is a shared object <name>.so in $(libdir)/ppctlb-<ABI>/. Its only export is the data
 * object `const struct ppctlb_backend ppctlb_backend`; its first two words are judged before any
 * function of it is called. It does not link with the library. See ppctlb-backend(7).
 */
#ifndef PPCTLB_BACKEND_H
#define PPCTLB_BACKEND_H

#include <ppctlb/ppctlb.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised whenever anything in this header changes. */
#define PPCTLB_BACKEND_ABI 0

/** PVRs: all whose bits under mask are value. A list of them ends with a mask of 0. */
struct ppctlb_pvr {
	uint32_t mask;
	uint32_t value;
};

/** Is the PVR one of that list's? */
static inline int ppctlb_pvr_is_in(const struct ppctlb_pvr *list, uint32_t pvr)
{
	for (; list->mask; list++)
		if ((pvr & list->mask) == list->value)
			return 1;
	return 0;
}

/**
 * A core: a constant description plus pure functions over the words of an entry (words above 2^32
 * in 32-bit fields never reach them). e->tlb tells the TLB, PPCTLB_NO_SLOT masked off. Each function
 * must be there, and a list of PVRs; info has a backend's name, a name for each word that word_mask
 * has bits for, 1 or 2 TLBs, and in each of them page sizes and a power of two of sets.
 * ppctlb-backend(7) has it all.
 */
struct ppctlb_core {
	struct ppctlb_core_info info;
	uint64_t parity[4];   /**< bits of each word that compare and decode ignore */
	uint64_t word_mask[4]; /**< bits each raw word can have at all */
	/** The PVRs of such cores, each in the list of one core only; it may be empty. */
	const struct ppctlb_pvr *pvrs;
	/** The words of a mapping that the front end has checked against info: flags, size,
	 *  alignment, widths. Sets word[] only. */
	void (*encode)(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		       struct ppctlb_entry *e);
	/** Any words: the mapping as the manuals read them, EPN and RPN masked to the size, and
	 *  PPCTLB_DEFECT_* bits. With PPCTLB_DEFECT_INVALID *m is zero. */
	unsigned (*decode)(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			   struct ppctlb_mapping *m);
	/** Change EPN, RPN and SIZE, nothing else. */
	void (*resize)(const struct ppctlb_core *core, struct ppctlb_entry *e, uint64_t eaddr,
		       uint64_t raddr, uint64_t size);
};

/** Services for a plug-in. */
struct ppctlb_host {
	/** Store the story for ppctlb_errmsg(); returns -err. */
	int (*fail)(int err, const char *fmt, ...)
#ifdef __GNUC__
		__attribute__((format(printf, 2, 3)))
#endif
		;
	/** Put "what: " before the story of an error already told; returns ret. */
	int (*context)(int ret, const char *fmt, ...)
#ifdef __GNUC__
		__attribute__((format(printf, 2, 3)))
#endif
		;
	/** One KVM call. Returns 0, or stores the story (what and the raw errno) and returns a
	 *  negative errno of the documented set; a positive result is -EIO. -EINVAL and -ENOTSUP
	 *  come from it in probe() and open() only; later both are -EIO, since neither is the
	 *  caller's value. After a failure errno is the kernel's, 0 for a positive result. */
	int (*kvm)(int fd, uint32_t request, void *arg, const char *what);
};

/** A vCPU's guest TLB as the backend sees it: the handle's other half. */
struct ppctlb_vcpu {
	const struct ppctlb_host *host;
	/** The core as this vCPU has it: open() narrows array[], ra_bits and tid_bits. */
	struct ppctlb_core core;
	int fd;                                /**< -1: detached */
	const void *sregs;                     /**< as KVM_GET_SREGS left it, during open(); or NULL */
	const struct ppctlb_geometry *geometry; /**< two, asked for, during open(); entries 0: default */
	void *array;                           /**< the caller's, or NULL */
	size_t array_len;
	uint32_t deferred;                     /**< 1: set() writes to the caller's array only, and
	                                        *   commit() tells the kernel */
	/* set by open() */
	const char *transport;
	uint32_t has_shadow;
	void *state;
};

/** The table. Every operation must be there. */
struct ppctlb_backend {
	uint32_t abi;  /**< PPCTLB_BACKEND_ABI */
	uint32_t size; /**< sizeof(struct ppctlb_backend) */
	const char *name;
	const struct ppctlb_core *const *cores; /**< ends with NULL */
	/** Is that vCPU one of mine? pvr and sregs from one KVM_GET_SREGS. *core comes as the one of
	 *  my cores that the caller names, or NULL: a hint where the PVR tells nothing. Returns 0 and
	 *  the core, or fails with the reason. */
	int (*probe)(const struct ppctlb_host *host, int fd, const void *sregs,
		     const struct ppctlb_core **core);
	/** Attach to v->fd, or make a TLB in memory. */
	int (*open)(struct ppctlb_vcpu *v);
	void (*close)(struct ppctlb_vcpu *v);
	/** Every entry's words in the kernel's order; the front end fills in the positions. */
	int (*get)(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all);
	/** Write n entries, all or nothing, one commit; with v->deferred no commit. Where the old ones cannot be had back, -EIO
	 *  and a story that says what the guest may see. */
	int (*set)(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n);
	/** The caller changed its own array. */
	int (*commit)(struct ppctlb_vcpu *v);
};

#ifdef __cplusplus
}
#endif

#endif
