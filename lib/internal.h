/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the files of the front end share. */
#ifndef PPCTLB_INTERNAL_H
#define PPCTLB_INTERNAL_H

#include <ppctlb/ppctlb.h>
#include <ppctlb/backend.h>

#include <errno.h>
#include <stdbool.h>
#include <sys/types.h>

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

/* An entry decoded for look-up and check. */
struct tlb_page {
	uint64_t first, last; /* EA */
	uint64_t raddr;	      /* of first */
	uint32_t flags, unknown;
	uint32_t defects; /* PPCTLB_DEFECT_*, TLB_WRONG_SET, and what check adds */
	uint16_t tid, index;
	uint8_t tlb;
	uint8_t as; /* TS; TLB_NEVER: it can never hit */
};

#define TLB_NEVER     2
#define TLB_WRONG_SET (UINT32_C(1) << 16)

/* What a change does at a place. */
struct tlb_note {
	uint32_t change; /* number of the change there, from 1; 0: none */
	uint32_t origin; /* of a piece in TLB0: the number of the change that cut its old entry */
};

/* A region of a call in the order to search them; see regions.c. Each needs room for four. */
struct tlb_key {
	uint64_t first, last;
	uint32_t space, region;
};

#define TLB_KEYS 4

/* The process that a handle belongs to. */
struct tlb_owner {
	pid_t pid;
	unsigned char *mark; /* 1 here, wiped to 0 in a forked child; NULL: the kernel cannot */
};

struct ppctlb {
	const struct ppctlb_backend *backend;
	struct ppctlb_vcpu vcpu;
	struct ppctlb_info info;
	char *path; /* the plug-in's file */
	struct tlb_owner owner;
	/* The kernel failed a write or a commit: what the guest sees may be other than what get()
	 * tells, until the kernel is told of every entry. */
	bool doubtful;
	/* h->now is the guest TLB since the last tlb_load(), and nobody else can change it: the
	 * memory is the library's own, and no vCPU's. */
	bool current;
	/* For info.entries each, one block allocated at open, so that no call has to. */
	void *block;
	struct ppctlb_entry *now;  /* what the TLB holds, in its order; the positions stay */
	struct ppctlb_entry *next; /* what the call is about to write */
	struct tlb_page *page;
	struct ppctlb_mapping *region; /* a call's */
	struct tlb_key *key;	       /* TLB_KEYS times as many */
	struct tlb_note *note;
	uint32_t *unknown; /* of each entry; NULL: of a vCPU all is known */
	uint32_t untold;   /* how many of these are not 0 */
};

/* ---- error.c: the thread's message ---- */

/* Room for a message and its final 0. */
#define TLB_MESSAGE 4096
/* Store the message for ppctlb_errmsg(), return -err. Control characters, which names and files may
 * have, become '?'. */
int tlb_fail(int err, const char *fmt, ...) PRINTF(2, 3);
/* Put "what: " before the stored message, return ret, which is a failure already. */
int tlb_context(int ret, const char *fmt, ...) PRINTF(2, 3);
/* The same where the errno is an answer rather than a failure: PPCTLB_DEBUG does not show it. */
int tlb_answer(int err, const char *fmt, ...) PRINTF(2, 3);
/* Add to the stored message: text without control characters but newlines, for which there is room.
 */
void tlb_append(const char *fmt, ...) PRINTF(1, 2);
/* What fails between these two on the way to success is no failure: then the message is what it was
 * before, and PPCTLB_DEBUG shows nothing. They are not nested. tlb_end_trial() returns ret. */
void tlb_begin_trial(void);
int tlb_end_trial(int ret);
/* The services that a plug-in gets while a handle is opened, and afterwards. */
extern const struct ppctlb_host tlb_host_at_open, tlb_host;

/* ---- owner.c ---- */

/* Make this process the owner, until tlb_disown(). */
int tlb_own(struct tlb_owner *owner);
bool tlb_is_owner(const struct tlb_owner *owner);
void tlb_disown(struct tlb_owner *owner);

/* ---- handle.c ---- */

/* Fail unless h can be used in this process. Every public call with a handle begins with this. */
int tlb_usable(const struct ppctlb *h);
/* The same, and -ENOTSUP for a view that the handle does not have. */
int tlb_check_view(const struct ppctlb *h, enum ppctlb_view view);
/* Read a view into h->now (words and positions). */
int tlb_load(struct ppctlb *h, enum ppctlb_view view);
/* Write n entries, in one commit. */
int tlb_write(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n);
/* The same for n that this call has changed in h->now since its tlb_load(); n may be 0. */
int tlb_store(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n);
/* Note what is not known of entries, of a detached handle. */
void tlb_note_unknown(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n);
/* The place of TLBtlb[index] in the kernel's order, or -1 if it does not exist. */
static inline long tlb_place(const struct ppctlb_core *core, unsigned tlb, unsigned index)
{
	const struct ppctlb_array_info *a = core->info.array;

	if (tlb >= core->info.arrays || index >= a[tlb].geometry.entries)
		return -1;
	return (long)(tlb ? a[0].geometry.entries + index : index);
}
/* Set e->tlb and e->index to the position of place n. */
void tlb_position(const struct ppctlb_core *core, size_t n, struct ppctlb_entry *e);

/* ---- core.c: one entry ---- */

/* Is the core of that family: of the backend "44x" or "e500"? The number of TLBs does not tell. */
bool tlb_is_family(const struct ppctlb_core_info *core, const char *backend);
/* Does value fit into that number of bits? */
static inline bool tlb_fits(uint64_t value, unsigned bits)
{
	return bits >= 64 || value >> bits == 0;
}
/* Check size, TID and EA: all that describes a range of effective addresses. */
int tlb_check_range(const struct ppctlb_core *core, const struct ppctlb_mapping *m);
/* Check that an address or a size is a multiple of the core's smallest page. */
int tlb_check_multiple(const struct ppctlb_core *core, const char *what, uint64_t value);
/* Check flags, multiples of the smallest page, widths and wrapping. */
int tlb_check_mapping(const struct ppctlb_core *core, const struct ppctlb_mapping *m);
/* The same, and that it is one page of that TLB, or of any TLB if tlb is info.arrays. */
int tlb_check_page(const struct ppctlb_core *core, const struct ppctlb_mapping *m, unsigned tlb);
/* Has no raw word bits outside its mask? */
static inline bool tlb_words_fit(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	const uint64_t *mask = core->word_mask;

	return !((e->word[0] & ~mask[0]) | (e->word[1] & ~mask[1]) | (e->word[2] & ~mask[2]) |
		 (e->word[3] & ~mask[3]));
}

/* -EINVAL if one has. */
int tlb_check_words(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* The first of these defects in the words of the manual; NULL if none makes an entry malformed. */
const char *tlb_what_is_malformed(unsigned defects);
/* Defects that make an entry malformed: ppctlb_decode() answers -EBADMSG. */
#define TLB_MALFORMED                                                                              \
	(PPCTLB_DEFECT_SIZE | PPCTLB_DEFECT_EPN | PPCTLB_DEFECT_RPN | PPCTLB_DEFECT_RA |           \
	 PPCTLB_DEFECT_RESERVED | PPCTLB_DEFECT_TLB0_SIZE | PPCTLB_DEFECT_IND)
/* The page sizes of all TLBs of a core. */
static inline uint64_t tlb_sizes(const struct ppctlb_core *core)
{
	return core->info.array[0].sizes | (core->info.arrays > 1 ? core->info.array[1].sizes : 0);
}
/* The set of an EA in a TLB of that geometry; a fully associative one has set 0 only. */
static inline uint32_t tlb_set_of(const struct ppctlb_geometry *g, uint64_t eaddr)
{
	return (uint32_t)(eaddr >> 12) & (g->entries / g->ways - 1);
}
/* Is the entry in the set that its EA belongs to? */
static inline bool tlb_in_set(const struct ppctlb_core *core, const struct ppctlb_entry *e,
			      const struct ppctlb_mapping *m)
{
	const struct ppctlb_geometry *g = &core->info.array[e->tlb & 1].geometry;

	return g->entries == g->ways || e->index - tlb_set_of(g, m->eaddr) * g->ways < g->ways;
}

/* ---- translate.c ---- */

/* Decode an entry for look-up. */
void tlb_decode_page(const struct ppctlb *h, const struct ppctlb_entry *e, struct tlb_page *p);
/* ---- index.c ---- */

/* Most pages that an index takes. */
#define TLB_INDEXED 64

/*
 * Which pages of a fully associative TLB have an EA: between two bounds each EA has the same, which
 * are bits of over[]. Bound 0 is 0.
 */
struct tlb_index {
	size_t n;    /* of bounds; 0: there is no index */
	bool shared; /* an EA has several pages */
	uint64_t bound[2 * TLB_INDEXED + 1];
	uint64_t over[2 * TLB_INDEXED + 1];
};

/* Make the index of n pages, TLB_INDEXED at most. Pages that can never hit are left out. */
void tlb_make_index(struct tlb_index *x, const struct tlb_page *page, size_t n);

/* The interval that an EA is in. */
static inline size_t tlb_interval(const struct tlb_index *x, uint64_t eaddr)
{
	size_t at = 0;

	for (size_t left = x->n; left > 1;) {
		size_t half = left / 2;

		at += x->bound[at + half] <= eaddr ? half : 0;
		left -= half;
	}
	return at;
}

/* The pages that have any of the EAs. */
static inline uint64_t tlb_pages_over(const struct tlb_index *x, uint64_t first, uint64_t last)
{
	size_t i = tlb_interval(x, first);
	uint64_t over = x->over[i];

	while (++i < x->n && x->bound[i] <= last)
		over |= x->over[i];
	return over;
}

/* ---- regions.c ---- */

/* Can an access match both? Same TS, TIDs equal or one of them 0, and the ranges overlap. */
bool tlb_conflict(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b);

/* ---- crc32.c ---- */

/* The CRC-32 over one more part. It starts as all ones, and its complement is the result. */
uint32_t tlb_crc32(uint32_t crc, const unsigned char *p, size_t len);

/* ---- text.c ---- */

/* Every PPCTLB_UNKNOWN_* there is. */
extern const uint32_t tlb_unknown_bits;

/* ---- plan.c ---- */

/* The size of the first page of a minimal plan for left bytes, which are not 0. */
uint64_t tlb_page_at(uint64_t sizes, uint64_t eaddr, uint64_t raddr, uint64_t left);
/* The number of pages of a minimal plan; the region has passed tlb_check_region(). */
uint64_t tlb_count_pages(uint64_t sizes, const struct ppctlb_mapping *region);
/* Refuse GS and an LPID: KVM ignores MAS8, so such a mapping would be one of every partition. */
int tlb_check_partition(const struct ppctlb_mapping *m);
/* tlb_check_mapping() and tlb_check_partition(). */
int tlb_check_region(const struct ppctlb_core *core, const struct ppctlb_mapping *region);

/* ---- plugin.c: one plug-in ---- */

/* Can a backend or a core have that name? */
bool tlb_legal_name(const char *name, size_t len);
/* Load the file and check that it is the backend of that name. -ENOEXEC: it is refused. The object
 * stays loaded for good (RTLD_NODELETE), so nothing has to remember it. */
int tlb_load_plugin(const char *path, const char *name, const struct ppctlb_backend **backend);

/* ---- search.c: the search path ---- */

struct tlb_search_path {
	const char *dirs; /* a list separated by colons */
	const char *from; /* who gave it, for messages */
};

/* A plug-in that may be loaded. */
struct tlb_candidate {
	char *name, *path;
	const struct ppctlb_backend *backend; /* a built-in one; NULL: it is in the file */
};

struct tlb_candidates {
	struct tlb_candidate *at;
	size_t n;
};

struct tlb_plugin {
	const struct ppctlb_backend *backend;
	char *path; /* its file; to be freed */
};

/* For "%.*s%s": a path, or its beginning and dots. */
#define TLB_MOST_OF_PATH 1000
#define TLB_SHOWN(path)	 TLB_MOST_OF_PATH, (path), strlen(path) > TLB_MOST_OF_PATH ? "..." : ""

/* cfg_path, or if that is NULL the environment's path or the installed directory. */
struct tlb_search_path tlb_search_path(const char *cfg_path);
/* All candidates by name; to be freed, also after a failure. */
int tlb_find_all(const char *cfg_path, struct tlb_candidates *all);
void tlb_free_candidates(struct tlb_candidates *all);
int tlb_load_candidate(const struct tlb_candidate *c, struct tlb_plugin *p);
/* Find the plug-in of that name and load it. */
int tlb_load_named(const char *name, const char *cfg_path, struct tlb_plugin *p);

/* ---- choose.c: the backend and the core ---- */

/* What is known before there is a handle. */
struct tlb_choice {
	struct tlb_plugin plugin;
	const struct ppctlb_core *core;
	enum ppctlb_chooser by;
	void *sregs; /* of the vCPU; NULL when detached */
};

/* Choose for a handle. c is empty before, and to be freed also after a failure. */
int tlb_choose(const struct ppctlb_config *cfg, struct tlb_choice *c);
void tlb_free_choice(struct tlb_choice *c);

/* ---- elf.c ---- */

/* Is the file, of size bytes, a complete shared object for this process? -ENOEXEC: no. */
int tlb_check_object(int fd, uint64_t size);

/* ---- builtin.c ---- */

extern const struct ppctlb_backend *const tlb_builtin[];

#endif
