/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The plug-in interface: what a backend exports and what the front end gives it.
 *
 * A plug-in is a shared object <name>.so in $(libdir)/ppctlb-<ABI>/. Its only export is the data
 * object `const struct ppctlb_backend ppctlb_backend`. The front end checks the first two words of
 * it before it calls any function of it. A plug-in does not link with the library. See
 * ppctlb-backend(7).
 */
#ifndef PPCTLB_BACKEND_H
#define PPCTLB_BACKEND_H

#include <ppctlb/ppctlb.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Raised whenever anything in this header changes. */
#define PPCTLB_BACKEND_ABI 2

/** All PVRs for which (pvr & mask) == value. A list of these ends with a mask of 0. */
struct ppctlb_pvr {
	uint32_t mask;
	uint32_t value;
};

/** Is the PVR in that list? */
static inline int ppctlb_pvr_is_in(const struct ppctlb_pvr *list, uint32_t pvr)
{
	for (; list->mask; list++)
		if ((pvr & list->mask) == list->value)
			return 1;
	return 0;
}

/** ppctlb_field.word of a number that names the slot of an entry. */
#define PPCTLB_PLACE 4

/** A register of which the text of an entry may be made, in place of a whole word. */
struct ppctlb_field {
	const char *label; /**< as in "mas7=f"; NULL ends a list */
	uint8_t word;      /**< which word it is a part of, or PPCTLB_PLACE */
	uint8_t shift;     /**< its lowest bit there */
	uint8_t bits;      /**< and how many it has */
};

/**
 * A core: a constant description, and pure functions over the words of an entry. A word of 32 bits
 * never reaches them with more. e->tlb tells them the TLB, with PPCTLB_NO_SLOT masked off. All
 * functions and a list of PVRs must be there. info has a backend's name, a name for each word that
 * word_mask has bits for, and 1 or 2 TLBs; each of them has page sizes and a power of two of sets.
 * ppctlb-backend(7) lists all rules.
 */
struct ppctlb_core {
	struct ppctlb_core_info info;
	uint64_t parity[4];   /**< bits of each word that compare and decode ignore */
	uint64_t word_mask[4]; /**< bits that each raw word can have */
	/** The PVRs of such cores. A PVR is in the list of one core only; a list may be empty. */
	const struct ppctlb_pvr *pvrs;
	/*
	 * How ppctlb_parse_entry() reads text. All of it may be 0: an entry is then its words in
	 * order, or with their names.
	 */
	uint32_t optional;    /**< bit n: text may lack word n, which is then 0 */
	uint32_t not_told[4]; /**< PPCTLB_UNKNOWN_* of an entry whose text lacks that word */
	const struct ppctlb_field *fields; /**< labels besides the names of the words; or NULL */
	/** Other orders in which numbers may come without labels, as in "mas0 mas1 mas2 mas3": each the
	 *  fields of up to eight numbers, and one whose label is NULL; ends with NULL; or NULL. Their
	 *  labels are those of fields or of words. */
	const struct ppctlb_field *const *rows;
	/** Set the slot that the number of a PPCTLB_PLACE field names; the words are there. Returns
	 *  NULL, or what is wrong with it. Must be there if there is such a field. */
	const char *(*place)(const struct ppctlb_core *core, uint64_t value,
			     struct ppctlb_entry *e);
	/** Set word[], and nothing else, to the words of a mapping. The front end has checked its
	 *  flags, size, alignment and widths against info. */
	void (*encode)(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		       struct ppctlb_entry *e);
	/** Set *m to the mapping that the manuals read in any words, with EPN and RPN masked to the
	 *  size. Returns PPCTLB_DEFECT_* bits; with PPCTLB_DEFECT_INVALID *m is zero. */
	unsigned (*decode)(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			   struct ppctlb_mapping *m);
	/** The part of decode() that conflict and placement need, of all entries in each call: find
	 *  the first of n entries that is valid and whose page has an EA from first to last. Sets
	 *  eaddr, size and tid of *m as decode() does, flags to PPCTLB_TS or 0, and nothing else.
	 *  Returns its number among the n; n if there is none, and leaves *m alone. */
	size_t (*overlap)(const struct ppctlb_core *core, const struct ppctlb_entry *e, size_t n,
			  uint64_t first, uint64_t last, struct ppctlb_mapping *m);
	/** Change EPN, RPN and SIZE, nothing else. */
	void (*resize)(const struct ppctlb_core *core, struct ppctlb_entry *e, uint64_t eaddr,
		       uint64_t raddr, uint64_t size);
};

/** Services for a plug-in. */
struct ppctlb_host {
	/** Store the message for ppctlb_errmsg(). Returns -err. */
	int (*fail)(int err, const char *fmt, ...)
#ifdef __GNUC__
		__attribute__((format(printf, 2, 3)))
#endif
		;
	/** Put "what: " before the message that is stored already. Returns ret. */
	int (*context)(int ret, const char *fmt, ...)
#ifdef __GNUC__
		__attribute__((format(printf, 2, 3)))
#endif
		;
	/** Make one KVM call. Returns 0, or stores a message (what and the raw errno) and returns a
	 *  negative errno of the documented set; a positive result becomes -EIO. It returns -EINVAL
	 *  and -ENOTSUP in probe() and open() only; later both become -EIO, since they would wrongly
	 *  blame the caller. After a failure errno is the kernel's, 0 for a positive result. */
	int (*kvm)(int fd, uint32_t request, void *arg, const char *what);
};

/** A vCPU's guest TLB as the backend sees it: the handle's other half. */
struct ppctlb_vcpu {
	const struct ppctlb_host *host;
	/** The core as this vCPU has it: open() narrows array[], ra_bits and tid_bits. */
	struct ppctlb_core core;
	int fd;                                /**< -1: detached */
	const void *sregs;                     /**< from KVM_GET_SREGS, during open(); or NULL */
	const struct ppctlb_geometry *geometry; /**< two that the caller asks for, during open();
	                                        *   entries 0: the default */
	void *array;                           /**< the caller's, or NULL */
	size_t array_len;
	uint32_t deferred;                     /**< 1: set() only writes to the caller's array, and
	                                        *   commit() tells the kernel */
	uint32_t fresh;                        /**< 1: the same call has read PPCTLB_GUEST with get(),
	                                        *   so set() need not read it again */
	/* set by open() */
	const char *transport;
	uint32_t has_shadow;
	void *state;
};

/** The table that a plug-in exports. All operations must be there. */
struct ppctlb_backend {
	uint32_t abi;  /**< PPCTLB_BACKEND_ABI */
	uint32_t size; /**< sizeof(struct ppctlb_backend) */
	const char *name;
	const struct ppctlb_core *const *cores; /**< ends with NULL */
	/** Does the vCPU have one of the backend's cores? sregs is from KVM_GET_SREGS. *core is the
	 *  backend's core that the caller names, or NULL: a hint where the PVR tells nothing. Returns
	 *  0 and sets *core, or fails with the reason. */
	int (*probe)(const struct ppctlb_host *host, int fd, const void *sregs,
		     const struct ppctlb_core **core);
	/** Attach to v->fd; if that is -1, make a TLB in memory. */
	int (*open)(struct ppctlb_vcpu *v);
	void (*close)(struct ppctlb_vcpu *v);
	/** Read the words of every entry in the kernel's order, into all[] and nothing else of it; if
	 *  it fails, it leaves all[] as it was, which may be the memory of a caller. */
	int (*get)(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all);
	/** Read only what one access may match, of the guest's view: copy the first two entries that
	 *  match it, in the kernel's order, with their positions. They are valid and not indirect, in
	 *  the set of the EA, and of that EA, TS and TID; permissions do not count. The front end has
	 *  checked the access. Returns how many it copied, 0 to 2, or what fail() returned. */
	int (*match)(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		     struct ppctlb_entry found[2]);
	/** Write n entries, all or none of them, with one commit; with v->deferred without. entries
	 *  NULL: all words of every entry become 0. If the old ones cannot be put back, fail with
	 *  -EIO and say what the guest may see. */
	int (*set)(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n);
	/** The caller changed its own array: tell the kernel. */
	int (*commit)(struct ppctlb_vcpu *v);
};

#ifdef __cplusplus
}
#endif

#endif
