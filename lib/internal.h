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

/* An entry as a look-up sees it; first > last: it can never hit. */
struct tlb_page {
	uint64_t first, last; /* EA */
	uint64_t raddr;	      /* of first */
	uint32_t flags;
	uint16_t tid, tlb, index;
};

struct ppctlb {
	const struct ppctlb_backend *backend;
	struct ppctlb_vcpu vcpu;
	struct ppctlb_info info;
	char *path; /* the plug-in's file */
	pid_t pid;  /* of the process that opened it */
	/* A write failed: what the guest sees may be other than what get() tells, until every entry
	 * is written. */
	bool doubtful;
	/* Room for two snapshots from open on, so that no call has to allocate: what the TLB holds,
	 * and what a call is about to make of it. info.entries each. */
	struct ppctlb_entry *now, *next;
	struct tlb_page *page;		       /* for look-ups; as many */
	const struct ppctlb_mapping **regions; /* of a call, sorted; as many */
	size_t *origin;			       /* of pieces of entries that are cut; as many */
};

/* ---- error.c: the thread's message ---- */

/* Room for a story and its final 0. */
#define TLB_MESSAGE 4096
/* Store the story for ppctlb_errmsg(), return -err. What comes from names and files may hold
 * control characters; the story does not. */
int tlb_fail(int err, const char *fmt, ...) PRINTF(2, 3);
/* Put "what: " before the stored story, return ret (an error already told). */
int tlb_context(int ret, const char *fmt, ...) PRINTF(2, 3);
/* Put more behind the stored story: clean text and newlines, for which there is room. */
void tlb_more(const char *fmt, ...) PRINTF(1, 2);
/* A call that works in the end leaves the story as it was, whatever failed on the way. */
struct tlb_story {
	char text[TLB_MESSAGE];
};
void tlb_keep_story(struct tlb_story *story);
void tlb_put_story_back(const struct tlb_story *story);
/* To standard error if PPCTLB_DEBUG is at least level. */
void tlb_debug(int level, const char *fmt, ...) PRINTF(2, 3);
/* The services every plug-in gets: before its handle is open, and after. */
extern const struct ppctlb_host tlb_host_at_open, tlb_host;

/* ---- handle.c ---- */

/* 0 if h can be used in this process, else the error, told. Every public call begins with it. */
int tlb_usable(const struct ppctlb *h);
/* The same, and -ENOTSUP for a view that it has not. */
int tlb_check_view(const struct ppctlb *h, enum ppctlb_view view);
/* Read a view into h->now (words and positions). */
int tlb_load(struct ppctlb *h, enum ppctlb_view view);
/* Write n entries, in one commit. */
int tlb_write(struct ppctlb *h, const struct ppctlb_entry *entries, size_t n);
/* Write what differs between h->now and h->next, in one commit; nothing if nothing does. */
int tlb_store(struct ppctlb *h);
/* Every PPCTLB_UNKNOWN_* there is. */
#define TLB_UNKNOWN 0x3ffu
/* TLB0 of 65536 (an index has 16 bits) and TLB1 of 64. */
#define PPCTLB_MAX_ENTRIES 65600
/* The place of a position in the kernel's order, or -1 if there is none such. */
long tlb_place(const struct ppctlb_core *core, unsigned tlb, unsigned index);
/* The position of the n-th entry in the kernel's order. */
void tlb_position(const struct ppctlb_core *core, size_t n, struct ppctlb_entry *e);

/* ---- core.c: one entry ---- */

/* Is the number of low bits enough for value? */
bool tlb_fits(uint64_t value, unsigned bits);
/* Size, TID, EA: what a range of effective addresses has of a mapping. */
int tlb_check_range(const struct ppctlb_core *core, const struct ppctlb_mapping *m);
/* Is an address or a size a multiple of the core's smallest page? */
int tlb_check_multiple(const struct ppctlb_core *core, const char *what, uint64_t value);
/* Flags, widths, wrapping: everything encode() relies on but that it is one page. */
int tlb_check_mapping(const struct ppctlb_core *core, const struct ppctlb_mapping *m);
/* All that, and one page of that TLB, or of any with tlb == arrays. */
int tlb_check_page(const struct ppctlb_core *core, const struct ppctlb_mapping *m, unsigned tlb);
/* -EINVAL for bits that a raw word cannot have. */
int tlb_check_words(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* The first of these defects in the words of the manual; NULL if none makes an entry malformed. */
const char *tlb_what_is_malformed(unsigned defects);
/* Defects that make an entry malformed: ppctlb_decode() answers -EBADMSG. */
#define TLB_MALFORMED                                                                              \
	(PPCTLB_E_SIZE | PPCTLB_E_EPN | PPCTLB_E_RPN | PPCTLB_E_RA | PPCTLB_E_RESERVED |           \
	 PPCTLB_E_TLB0_SIZE | PPCTLB_E_IND)
/* All page sizes of a core; its smallest page. */
uint64_t tlb_sizes(const struct ppctlb_core *core);
uint64_t tlb_smallest(const struct ppctlb_core *core);
/* The set of an EA in a TLB of that geometry; a fully associative one has set 0 only. */
uint32_t tlb_set_of(const struct ppctlb_geometry *g, uint64_t eaddr);
/* Does the entry sit in the set its EPN belongs to? */
bool tlb_in_set(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		const struct ppctlb_mapping *m);

/* ---- map.c ---- */

/* Same TS, TIDs equal or either 0, and the ranges meet. */
bool tlb_conflict(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b);

/* ---- plan.c ---- */

/* Size of the page that a minimal plan of the rest of a region begins with; left is not 0. */
uint64_t tlb_page_at(uint64_t sizes, uint64_t eaddr, uint64_t raddr, uint64_t left);
/* How many pages a region takes that passed tlb_check_region(). */
uint64_t tlb_count_pages(uint64_t sizes, const struct ppctlb_mapping *region);
/* KVM ignores MAS8, so a mapping for one partition would be one for all: no GS, no LPID. */
int tlb_check_partition(const struct ppctlb_mapping *m);
/* As tlb_check_mapping(), of no partition, and in multiples of the smallest page. */
int tlb_check_region(const struct ppctlb_core *core, const struct ppctlb_mapping *region);

/* ---- loader.c ---- */

struct tlb_plugin {
	const struct ppctlb_backend *backend;
	char *path; /* its file; to be freed */
};

/* In path, or if that is NULL in the environment's or the installed one: */
/* the plug-in of that name; */
int tlb_plugin_named(const char *name, const char *path, struct tlb_plugin *p);
/* the plug-in that has a core, and the core; */
int tlb_plugin_with(const char *core_name, const char *path, struct tlb_plugin *p,
		    const struct ppctlb_core **core);
/* the first plug-in whose probe() takes that vCPU, and the vCPU's core. */
int tlb_plugin_probe(int fd, const void *sregs, const char *core_name, const char *path,
		     struct tlb_plugin *p, const struct ppctlb_core **core);
/* A backend's probe(), which is told of the core that the caller names; NULL: none. */
int tlb_probe(const struct ppctlb_backend *b, int fd, const void *sregs, const char *core_name,
	      const struct ppctlb_core **core);
/* A backend's core of that name or alias; NULL if it has none such. */
const struct ppctlb_core *tlb_core_of(const struct ppctlb_backend *b, const char *name);

/* ---- elf.c ---- */

/* Is that file of so many bytes a whole shared object for this process? */
int tlb_check_object(int fd, uint64_t size);

/* ---- builtin.c ---- */

extern const struct ppctlb_backend *const tlb_builtin[];

#endif
