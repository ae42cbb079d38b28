/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * The guest TLB of a PowerPC Book E vCPU: a generic "map this", and the raw entries.
 *
 * These rules hold for every call:
 *
 * - A call returns 0 or a negative errno of this set: -EINVAL (a value of the caller's is wrong),
 *   -ENOTSUP (the core or the kernel cannot do it), -EEXIST (conflict), -ENOSPC (no room), -ENOENT
 *   (there is no such thing), -EBADMSG (malformed entry or image), -ENOEXEC (unusable plug-in),
 *   -EIO (the kernel failed or gave an answer that makes no sense, or handle or vCPU belong to
 *   another process), -ENOMEM, -EBADF, -EFAULT, -EINTR. ppctlb_errmsg() says what happened.
 * - A call that fails leaves the guest TLB, and what it would have written for the caller, as it
 *   was. There is one exception: the kernel fails to take the new entries, and then fails to take
 *   the old ones back. The call then returns -EIO, and the message says what the guest may see.
 * - Use a handle in one thread at a time, open one handle for a vCPU, and use it only while that
 *   vCPU is outside of KVM_RUN. Different threads may use different handles at once.
 * - A handle belongs to the process that opened it: in a forked child every call with it returns
 *   -EIO.
 * - Addresses and sizes are in bytes. Entries and mappings belong to the caller.
 */
#ifndef PPCTLB_H
#define PPCTLB_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One vCPU's guest TLB through one backend. */
struct ppctlb;

/** A CPU type. */
struct ppctlb_core;

/** Flag bits of a mapping. A core that lacks one refuses it with -ENOTSUP. */
enum {
	/* permissions: User, Supervisor; Read, Write, eXecute */
	PPCTLB_UR = 1 << 0,
	PPCTLB_UW = 1 << 1,
	PPCTLB_UX = 1 << 2,
	PPCTLB_SR = 1 << 3,
	PPCTLB_SW = 1 << 4,
	PPCTLB_SX = 1 << 5,
	/* storage attributes: Write-through, cache-Inhibited, Memory coherent, Guarded, little-Endian */
	PPCTLB_W = 1 << 6,
	PPCTLB_I = 1 << 7,
	PPCTLB_M = 1 << 8,
	PPCTLB_G = 1 << 9,
	PPCTLB_E = 1 << 10,
	/* user-definable */
	PPCTLB_U0 = 1 << 11,
	PPCTLB_U1 = 1 << 12,
	PPCTLB_U2 = 1 << 13,
	PPCTLB_U3 = 1 << 14,
	/* translation space 1: compared with MSR[IS] or MSR[DS] */
	PPCTLB_TS = 1 << 15,
	/* protected from the guest's own invalidations; TLB1 of the e500 family */
	PPCTLB_IPROT = 1 << 16,
	/* implementation-defined MAS2 bits; no function on e500 */
	PPCTLB_X0 = 1 << 17,
	PPCTLB_X1 = 1 << 18,
	/* guest state (MAS8[TGS]); e500mc and later, encode and decode only */
	PPCTLB_GS = 1 << 19
};

#define PPCTLB_FLAGS 0xfffffu /**< all flag bits */

/** The generic "map this". */
struct ppctlb_mapping {
	uint64_t eaddr; /**< effective address of the first byte */
	uint64_t raddr; /**< real address of the first byte */
	uint64_t size;  /**< bytes */
	uint32_t flags; /**< PPCTLB_UR ... */
	uint16_t tid;   /**< the PID that it is for; 0: every PID */
	uint16_t lpid;  /**< logical partition; 0: every one. Encode and decode only */
};

/**
 * A raw TLB entry and its place. 44x: word[] is tid, word0, word1, word2. e500: mas1, mas2, mas7_3,
 * mas8. Words that a core lacks are 0. In TLB0 of the e500 family index is set * ways + way.
 */
struct ppctlb_entry {
	uint16_t tlb;
	uint16_t index;
	uint32_t unknown; /**< PPCTLB_UNKNOWN_* of this entry; always 0 on a vCPU */
	uint64_t word[4];
};

/** Or-ed into ppctlb_entry.tlb if the slot is not known: by encode, by parse without position. */
#define PPCTLB_NO_SLOT 0x8000u

/** Entries and ways of one TLB; a fully associative one has ways == entries. */
struct ppctlb_geometry {
	uint32_t entries;
	uint32_t ways;
};

/** One TLB of a core. */
struct ppctlb_array_info {
	struct ppctlb_geometry geometry;
	uint64_t sizes; /**< legal page sizes: bit n set = 1 << n bytes */
	uint32_t flags; /**< flags that entries of this TLB can have */
	uint32_t reserved;
};

/** Describes a core. The library owns it; new fields are added at the end. */
struct ppctlb_core_info {
	const char *name;
	const char *const *aliases; /**< other names, of chips that have it; ends with NULL; or NULL */
	const char *backend;     /**< name of the backend that has the core */
	const char *word_name[4]; /**< names of the raw words; NULL past the last */
	uint32_t flags;          /**< flags that a mapping can have */
	uint32_t arrays;         /**< number of TLBs */
	uint8_t ea_bits, ra_bits, tid_bits, lpid_bits;
	struct ppctlb_array_info array[2];
};

/** Who chose the backend. */
enum ppctlb_chooser {
	PPCTLB_BY_CALLER,      /**< cfg.backend, or cfg.core for a detached handle */
	PPCTLB_BY_ENVIRONMENT, /**< PPCTLB_BACKEND */
	PPCTLB_BY_PROBE        /**< the backend that found its core in the vCPU */
};

/**
 * What the source of an entry did not tell: in ppctlb_image_info.unknown and ppctlb_config.unknown
 * of every entry, in ppctlb_entry.unknown of one. The bits in question are 0 and mean nothing.
 */
enum {
	PPCTLB_UNKNOWN_SLOT = 1 << 0,    /**< position of entries */
	PPCTLB_UNKNOWN_IPROT = 1 << 1,
	PPCTLB_UNKNOWN_X = 1 << 2,       /**< X0, X1 */
	PPCTLB_UNKNOWN_MAS8 = 1 << 3,
	PPCTLB_UNKNOWN_INVALID = 1 << 4, /**< contents of entries that are not valid */
	PPCTLB_UNKNOWN_E = 1 << 5,
	PPCTLB_UNKNOWN_LOW_RPN = 1 << 6, /**< EPN and RPN bits below the page size */
	PPCTLB_UNKNOWN_U = 1 << 7,       /**< U0 to U3 */
	PPCTLB_UNKNOWN_TID = 1 << 8,
	PPCTLB_UNKNOWN_RESERVED = 1 << 9, /**< reserved bits */
	PPCTLB_UNKNOWN_TS = 1 << 10,
	PPCTLB_UNKNOWN_RA = 1 << 11,
	PPCTLB_UNKNOWN_RIGHTS = 1 << 12, /**< UR to SX */
	PPCTLB_UNKNOWN_WIMGE = 1 << 13,  /**< W, I, M, G, E */
	PPCTLB_UNKNOWN_SIZE = 1 << 14
};

/** For ppctlb_open(). Start from PPCTLB_CONFIG_INIT. The library copies strings that it keeps. */
struct ppctlb_config {
	uint32_t size;            /**< sizeof(struct ppctlb_config), for versioning */
	int vcpu_fd;              /**< -1: detached. The caller keeps it open until ppctlb_close() */
	const char *backend;      /**< NULL: PPCTLB_BACKEND, else the core, else probe */
	const char *backend_path; /**< absolute directories, separated by colons; NULL:
	                           *   PPCTLB_BACKEND_PATH, else the installed one */
	const char *core;         /**< required when detached; with a vCPU: what it must be */
	/** All zero: the vCPU's, or the core's when detached. 44x always has 64 entries. */
	struct ppctlb_geometry geometry[2];
	/** The caller's own array in kernel layout (struct kvm_book3e_206_tlb_entry), e500 only. It
	 *  stays the caller's and must outlive the handle and, under KVM, the vCPU. NULL: the library
	 *  makes one. Use MAP_SHARED memory if the process ever forks. */
	void *array;
	size_t array_len;         /**< bytes */
	uint32_t unknown;         /**< PPCTLB_UNKNOWN_*: carried into images; detached only */
	/** 1: the library only writes to the caller's array, and ppctlb_commit() tells the kernel of
	 *  everything at once. Needs array. */
	uint32_t deferred;
};

#define PPCTLB_CONFIG_INIT                                                                         \
	{                                                                                          \
		(uint32_t)sizeof(struct ppctlb_config), -1, NULL, NULL, NULL,                      \
			{{0, 0}, {0, 0}}, NULL, 0, 0, 0                                            \
	}

/** Describes a handle. */
struct ppctlb_info {
	uint32_t size;                 /**< set by the caller: sizeof(struct ppctlb_info) */
	uint32_t entries;              /**< of all TLBs together: the room that ppctlb_get() needs */
	const char *backend;           /**< valid until close, like all pointers here */
	const char *backend_path;      /**< the plug-in's file; "built in" for a static one */
	const char *transport;         /**< "memory", or the kernel interface in use */
	enum ppctlb_chooser chosen_by;
	uint32_t has_shadow;           /**< 1: PPCTLB_SHADOW can be read */
	uint32_t unknown;              /**< PPCTLB_UNKNOWN_* */
	uint32_t pending;              /**< 1: with cfg.deferred, a change waits for ppctlb_commit() */
	const struct ppctlb_core_info *core; /**< as this vCPU has it: geometry, sizes, widths */
};

/** Which TLB to read. */
enum ppctlb_view {
	PPCTLB_GUEST,
	PPCTLB_SHADOW /**< what the kernel loads into hardware; from 44x kernels that have the call */
};

enum {
	PPCTLB_REPLACE = 1 << 0 /**< first remove what conflicts, as mmap() does with MAP_FIXED */
};

/**
 * Choose, load and attach a backend.
 *
 * On e500 under KVM this replaces the kernel's own entries by the caller's array, or by an empty
 * TLB; on 44x it leaves the guest TLB alone. Portable callers open, flush, then map.
 *
 * @param h    receives the handle, to be closed with ppctlb_close(); NULL on failure
 * @param cfg  read during the call only, except for the array
 * Errors: -EINVAL, -ENOENT (no such backend or core), -ENOEXEC, -ENOTSUP, -EIO, -EBADF, -EFAULT,
 * -ENOMEM, -EINTR.
 */
int ppctlb_open(struct ppctlb **h, const struct ppctlb_config *cfg);

/**
 * Close the handle and free it. NULL is allowed. The guest keeps its entries. In a forked child
 * this frees memory and touches nothing else.
 */
void ppctlb_close(struct ppctlb *h);

/** Fill *info; the caller sets info->size. Errors: -EINVAL, -EIO (forked child). */
int ppctlb_info(struct ppctlb *h, struct ppctlb_info *info);

/**
 * Map n regions, all or none of them, with the fewest legal pages and one commit to the kernel. The
 * size of a region is any multiple of the core's smallest page.
 *
 * Placement is deterministic: regions in the order given, the pages of each by ascending EA. On
 * e500 a 4K page without IPROT goes to the lowest invalid way of its set in TLB0; if there is none
 * it goes to the lowest invalid slot of TLB1, as does any other page. A valid entry is never a
 * victim.
 *
 * On a detached handle what map writes is told: then what is unknown of all entries
 * (ppctlb_info.unknown), but for slots and invalid ones, is unknown of each that is there already
 * (ppctlb_entry.unknown), and of its pieces.
 *
 * @param how  0, or PPCTLB_REPLACE
 * Errors: -EINVAL (a region is empty, misaligned, wraps or is too wide; two regions conflict with
 * each other), -ENOTSUP (a flag that the core lacks; GS, lpid), -EEXIST (conflict with an entry),
 * -ENOSPC, -EBADMSG (a malformed entry would have to be split), -ENOMEM (to compare more regions
 * than the TLB has entries), -EIO. Where several apply, the call first reports what is wrong with a
 * region by itself, then two regions that conflict, then more pages than the TLB has entries
 * (-ENOSPC), then what depends on the entries.
 */
int ppctlb_map(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how);

/**
 * Map one page in that slot, and replace the entry that is in it, whatever it is. If another entry
 * conflicts, fail with -EEXIST, or remove it with PPCTLB_REPLACE.
 * Errors: as ppctlb_map(), and -EINVAL for a slot that does not exist, the wrong set of TLB0, or a
 * page size that this TLB does not have.
 */
int ppctlb_map_at(struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		  unsigned how);

/** Numbers of slots of one TLB. */
struct ppctlb_room {
	uint32_t needed; /**< slots to fill, without those in which a piece of a split entry stays */
	uint32_t free;   /**< free slots, once what conflicts is removed */
};

/**
 * Ask whether ppctlb_map() would work and how much room it would take, without writing anything to
 * the guest TLB.
 *
 * On e500 a 4K page without IPROT counts for TLB0 if its set has a free way, else for TLB1. If
 * there are more pages than the TLB has entries, all of them count for the last TLB.
 *
 * @param room  two: for TLB0 and TLB1 (zero on a core with one TLB). Filled in on success, on
 *              -ENOSPC, and on -EEXIST as if the conflicting entries could stay
 * Returns what ppctlb_map() would return, except for a failure of the write itself.
 */
int ppctlb_map_room(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how,
		    struct ppctlb_room *room);

/**
 * Like munmap(): remove every part of an entry that conflicts with the range, entries with IPROT
 * included. What is left of an entry that lies partly inside is split off. It is no error if
 * nothing lies in the range.
 *
 * @param ts  0 or 1
 * @param tid 0 conflicts with every TID
 * Errors: -EINVAL, -ENOSPC (no room for the pieces), -EBADMSG, -EIO.
 */
int ppctlb_unmap(struct ppctlb *h, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts);

/** Set every entry to zero, with IPROT or without: what a board reset needs. Errors: -EIO. */
int ppctlb_flush(struct ppctlb *h);

/**
 * Read all raw entries, bit for bit, in the kernel's order: TLB0 by set and way, then TLB1.
 *
 * @param entries  room for n entries; n is at least ppctlb_info.entries, else the call returns
 *                 -EINVAL. Entries past that are not touched
 * Errors: -EINVAL, -ENOTSUP (no such view), -EIO.
 */
int ppctlb_get(struct ppctlb *h, enum ppctlb_view view, struct ppctlb_entry *entries, size_t n);

/**
 * Write raw entries, with any words, at their positions in one commit; the other entries stay.
 * Errors: -EINVAL (a position does not exist or is given twice, a word is too wide), -EIO.
 */
int ppctlb_set(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n);

/** The forms that ppctlb_dump() prints. */
enum ppctlb_style {
	PPCTLB_LIBKVM, /**< the table of raw words of 2008, valid entries only; 44x */
	PPCTLB_TABLE /**< decoded, a line for each valid entry */
};

/** Receives one line without a newline. The library owns the line, which is gone after the call. */
typedef void ppctlb_line_cb(const char *line, void *arg);

/**
 * Print the TLB as text, line by line. A malformed entry never makes it fail.
 * Errors: -EINVAL, -ENOTSUP (no such view; PPCTLB_LIBKVM on e500), -EIO.
 */
int ppctlb_dump(struct ppctlb *h, enum ppctlb_view view, enum ppctlb_style style,
		ppctlb_line_cb *line_cb, void *arg);

/** What is wrong with the words of an entry, by the manuals; see ppctlb_mappings(). */
enum {
	PPCTLB_DEFECT_INVALID = 1 << 0,     /**< V=0; no other bit is set then */
	PPCTLB_DEFECT_SIZE = 1 << 1,        /**< illegal page size */
	PPCTLB_DEFECT_EPN = 1 << 2,         /**< misaligned EPN */
	PPCTLB_DEFECT_RPN = 1 << 3,         /**< misaligned RPN */
	PPCTLB_DEFECT_RA = 1 << 4,          /**< RA wider than the core's */
	PPCTLB_DEFECT_RESERVED = 1 << 5,    /**< reserved bits */
	PPCTLB_DEFECT_TLB0_SIZE = 1 << 6,   /**< TSIZE in TLB0 is not 4K */
	PPCTLB_DEFECT_TLB0_IPROT = 1 << 7,  /**< IPROT in TLB0 */
	PPCTLB_DEFECT_IND = 1 << 8,         /**< an indirect entry */
	PPCTLB_DEFECT_MAS8 = 1 << 9         /**< MAS8 is not 0: KVM ignores it */
};

/**
 * Decode the entries, for a caller that wants neither text nor raw words.
 *
 * @param cb  is called with each valid entry in the kernel's order, the mapping that the core makes
 *            of it (as ppctlb_decode_any() does), and its PPCTLB_DEFECT_*, 0 for a good one. The
 *            library owns entry and mapping, which are gone after the call. cb must not use the
 *            handle.
 * Errors: -EINVAL, -ENOTSUP (no such view), -EIO.
 */
int ppctlb_mappings(struct ppctlb *h, enum ppctlb_view view,
		    void (*cb)(const struct ppctlb_entry *e, const struct ppctlb_mapping *m,
			       uint32_t defects, void *arg),
		    void *arg);

/**
 * Tell the kernel that every entry may have changed: after the caller has changed its own array, or
 * the library has with cfg.deferred. After a failure the kernel may know all, some or none of the
 * changes; the next write or commit tells it of every entry. When detached there is nobody to tell:
 * the call returns 0.
 * Errors: -EINVAL (the handle has no array of the caller's), -EIO.
 */
int ppctlb_commit(struct ppctlb *h);

enum ppctlb_access_type { PPCTLB_READ, PPCTLB_WRITE, PPCTLB_EXECUTE };

/** An access as the core would make it. In 32-bit mode the caller clears the EA's upper half. */
struct ppctlb_access {
	uint64_t eaddr;
	uint16_t pid;
	uint8_t as;   /**< MSR[IS] or MSR[DS]: 0 or 1 */
	uint8_t type; /**< enum ppctlb_access_type */
	uint8_t user; /**< MSR[PR]: 0 or 1 */
	uint8_t reserved[3];
};

enum ppctlb_result {
	PPCTLB_HIT,
	PPCTLB_MISS,
	PPCTLB_PROTECTION,
	PPCTLB_MULTI_HIT,
	PPCTLB_NOT_TOLD /**< it depends on what is not known of an entry (ppctlb_entry.unknown) */
};

/** The answer to one access. */
struct ppctlb_hit {
	uint32_t result;  /**< enum ppctlb_result */
	uint16_t tlb;     /**< the entry, of several the first in the kernel's order; on a miss 0 */
	uint16_t index;
	uint64_t raddr;   /**< on a hit, else 0 */
	uint32_t unknown; /**< with PPCTLB_NOT_TOLD: PPCTLB_UNKNOWN_* it depends on; else 0 */
	uint32_t reserved;
};

/**
 * Tell what the core would do with each access, by the manuals: two matching entries are a
 * multi-hit; an entry in the wrong set and an indirect entry never hit. A call reads the TLB once.
 * Errors: -EINVAL (an EA or PID is wider than the core's; the message names the access), -EIO.
 */
int ppctlb_translate(struct ppctlb *h, const struct ppctlb_access *accesses,
		     struct ppctlb_hit *hits, size_t n);

enum ppctlb_severity { PPCTLB_ERROR, PPCTLB_WARNING, PPCTLB_NOTE };

/** One finding of ppctlb_check(). The library owns the strings, for the life of the process. */
struct ppctlb_finding {
	const char *name;     /**< "multi-hit", "wrong-set" ... */
	const char *sentence; /**< what it means */
	uint32_t severity;    /**< enum ppctlb_severity */
	uint16_t tlb, index;  /**< the entry */
	uint16_t other_tlb;   /**< the second entry of a pair, else PPCTLB_NO_SLOT */
	uint16_t other_index;
};

/**
 * Find what is wrong with the guest TLB. Findings come by entry, in the kernel's order.
 *
 * @param findings  room for *n; NULL to ask how many there are
 * @param n         in: room; out: how many there are
 * Errors: -EINVAL, -ENOSPC (only *n is written), -ENOMEM, -EIO.
 */
int ppctlb_check(struct ppctlb *h, struct ppctlb_finding *findings, size_t *n);

#define PPCTLB_FINDING_MAX 512 /**< bytes that hold any finding as text, with the final 0 */

/**
 * Write a finding as a line without newline, "0:5 error multi-hit 1:1 both entries match EA ...":
 * the entry, severity, name, the second entry or "-", and the sentence with values of the entry as
 * it is now, like its size and the legal ones, the range really mapped, or the set it belongs to.
 *
 * @param f    from ppctlb_check() of that handle
 * @param buf  room for len bytes
 * Errors: -EINVAL (no such finding or entry), -ENOSPC (buf is too small; nothing is written), -EIO.
 */
int ppctlb_format_finding(struct ppctlb *h, const struct ppctlb_finding *f, char *buf, size_t len);

/**
 * Write the guest TLB as a portable image, see ppctlb-image(5).
 *
 * @param buf  room for *len bytes; NULL to ask for the length
 * @param len  in: room; out: the image's length
 * Errors: -EINVAL, -ENOSPC (only *len is written), -EIO.
 */
int ppctlb_save(struct ppctlb *h, void *buf, size_t *len);

/**
 * Replace the guest TLB by that of an image, in one commit. The image must have the handle's core
 * and geometry.
 * Errors: -EINVAL, -ENOTSUP (newer version), -EBADMSG (not a valid image; the message names the
 * place), -EIO.
 */
int ppctlb_restore(struct ppctlb *h, const void *buf, size_t len);

/** Describes an image. */
struct ppctlb_image_info {
	uint32_t size; /**< set by the caller: sizeof(struct ppctlb_image_info) */
	uint32_t version;
	uint32_t entries;
	uint32_t unknown; /**< PPCTLB_UNKNOWN_* */
	char core[16];
	struct ppctlb_geometry geometry[2];
};

/** Validate an image completely and describe it. Errors as ppctlb_restore(). Loads no plug-in. */
int ppctlb_image_info(const void *buf, size_t len, struct ppctlb_image_info *info);

/**
 * Find a core by its name or one of its aliases, and load the plug-in that has it, from PPCTLB_BACKEND_PATH or
 * the installed directory. Calls that take a core do no I/O. It is valid for the life of the
 * process.
 * On failure returns NULL and sets errno: EINVAL, EIO, ENOENT, ENOMEM, ENOTSUP (476: its bits
 * differ).
 */
const struct ppctlb_core *ppctlb_core(const char *name);

/**
 * Find the core of a PVR: as ppctlb_core(), for callers that have a PVR and no vCPU.
 * On failure returns NULL and sets errno: EINVAL, EIO, ENOENT (no plug-in knows the PVR), ENOMEM.
 */
const struct ppctlb_core *ppctlb_core_by_pvr(uint32_t pvr);

/**
 * The core as a handle has it: with the vCPU's geometry, widths and page sizes, so that
 * ppctlb_plan() gives what ppctlb_map() uses there. It is the handle's and ends with it.
 * On failure returns NULL and sets errno: EINVAL (h is NULL), EIO (in a forked child).
 */
const struct ppctlb_core *ppctlb_handle_core(const struct ppctlb *h);

/** The description of a core. NULL if core is NULL. */
const struct ppctlb_core_info *ppctlb_core_info(const struct ppctlb_core *core);

/**
 * Split a region into the pages that ppctlb_map() would use on that core: the fewest there can be,
 * by ascending EA.
 *
 * @param region  may be among the pages of out
 * @param out     room for *n; NULL to ask how many there are
 * @param n       in: room; out: how many there are
 * Errors: -EINVAL and -ENOTSUP as ppctlb_map(), -ENOSPC (only *n is written).
 */
int ppctlb_plan(const struct ppctlb_core *core, const struct ppctlb_mapping *region,
		struct ppctlb_mapping *out, size_t *n);

/**
 * Turn one page into raw words. e->tlb becomes PPCTLB_NO_SLOT and the TLB that has such pages, on
 * e500 TLB1.
 * Errors: -EINVAL (size, alignment, width; the message lists the legal sizes), -ENOTSUP (flag).
 */
int ppctlb_encode(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		  struct ppctlb_entry *e);

/**
 * Turn raw words into a mapping. Parity bits are ignored.
 * Errors: -EINVAL, -ENOENT (V=0), -EBADMSG (illegal size, misaligned EPN or RPN, RA too wide,
 * reserved bits, IND).
 */
int ppctlb_decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m);

/**
 * The same for any words: a malformed entry becomes the mapping that the core makes of it, with EPN
 * and RPN masked to the size, as ppctlb_translate() uses it. It serves to show what is there.
 * Errors: -EINVAL, -ENOENT (V=0).
 */
int ppctlb_decode_any(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		      struct ppctlb_mapping *m);

/**
 * Clear the parity bits, so that entries that differ only in parity have equal words.
 * Errors: -EINVAL.
 */
int ppctlb_clear_parity(const struct ppctlb_core *core, struct ppctlb_entry *e);

#define PPCTLB_TEXT_MAX 192 /**< bytes that hold any mapping or entry as text, with the final 0 */

/** Write EA:RA:SIZE:FLAGS. Errors: -EINVAL, -ENOSPC (buf is too small; nothing is written). */
int ppctlb_format_mapping(const struct ppctlb_mapping *m, char *buf, size_t len);
/** Read that form; EA and RA may lack the 0x. Errors: -EINVAL, with the column and the reason. */
int ppctlb_parse_mapping(const char *text, struct ppctlb_mapping *m);
/** Write [tlb:index=]WORD,WORD,WORD,WORD in hex; without a position, where that would be read back
 *  as something else, with labels: mas1=WORD mas2=WORD ... Errors: -EINVAL, -ENOSPC. */
int ppctlb_format_entry(const struct ppctlb_core *core, const struct ppctlb_entry *e, char *buf,
			size_t len);
/**
 * Read either form, with blanks for commas, or what debuggers show: 44x word0,word1,word2; e500
 * mas1,mas2,mas3 [mas7], with mas0 in front, or labelled in any order: mas0= mas1= mas2= mas3=
 * mas7= mas8=. MAS0 gives the position. Without one e->tlb has PPCTLB_NO_SLOT, TLB1 on e500. What
 * the text lacks is in e->unknown.
 *
 * Numbers without labels are taken for the only thing that they can be; else the message names all
 * that they may be. Behind a position they are the words.
 * Errors: -EINVAL, with the column and the reason.
 */
int ppctlb_parse_entry(const struct ppctlb_core *core, const char *text, struct ppctlb_entry *e);

/** What a number stands for. */
enum ppctlb_number {
	PPCTLB_COUNT,   /**< decimal, or hexadecimal with 0x */
	PPCTLB_ADDRESS, /**< hexadecimal, with 0x or without; '_' between digits: 4_f0000000 */
	PPCTLB_SIZE     /**< as a count; behind a decimal one K, M, G or T, and B, b or iB: 64MB */
};

/** Read an unsigned number. Errors: -EINVAL, with the column and the reason. */
int ppctlb_parse_number(const char *text, enum ppctlb_number kind, uint64_t *value);
/** Write a size: 4096 as "4K", 4097 as "4097". Errors: -EINVAL, -ENOSPC. */
int ppctlb_format_size(uint64_t size, char *buf, size_t len);
/** The lower-case name of one flag bit, as in the text form; NULL for anything else. */
const char *ppctlb_flag_name(uint32_t flag);
/** What one PPCTLB_UNKNOWN_* bit stands for, in a few words; NULL for anything else. */
const char *ppctlb_unknown_name(uint32_t bit);

/** A plug-in that was found. Its strings are gone after the callback. */
struct ppctlb_backend_info {
	const char *name;
	const char *path;
	const char *reason; /**< why it is unusable; NULL: it is usable */
};

/** Call cb for each plug-in, by name. Errors: -EINVAL, -EIO (unreadable directory), -ENOMEM. */
int ppctlb_backends(void (*cb)(const struct ppctlb_backend_info *info, void *arg), void *arg);
/** Call cb for each core of the usable plug-ins. Errors: as ppctlb_backends(). */
int ppctlb_cores(void (*cb)(const struct ppctlb_core_info *info, void *arg), void *arg);

/**
 * The message of the last failure in this thread, with the kernel's errno where it had one; never
 * NULL. The library owns it; it is valid until the thread's next failure.
 */
const char *ppctlb_errmsg(void);

/** The version of the library, such as "0.9.0". */
const char *ppctlb_version(void);

#ifdef __cplusplus
}
#endif

#endif
