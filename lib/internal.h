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

struct ppctlb {
	const struct ppctlb_backend *backend;
	struct ppctlb_vcpu vcpu;
	struct ppctlb_info info;
	char *path; /* the plug-in's file */
	pid_t pid;  /* of the process that opened it */
	/* Room for two snapshots from open on, so that no call has to allocate: what the TLB holds,
	 * and what a call is about to make of it. info.entries each. */
	struct ppctlb_entry *now, *next;
};

/* ---- error.c: the thread's message ---- */

/* Store the story for ppctlb_errmsg(), return -err. */
int tlb_fail(int err, const char *fmt, ...) PRINTF(2, 3);
/* Put "what: " before the stored story, return ret (an error already told). */
int tlb_context(int ret, const char *fmt, ...) PRINTF(2, 3);
/* To standard error if PPCTLB_DEBUG is at least level. */
void tlb_debug(int level, const char *fmt, ...) PRINTF(2, 3);
/* The services every plug-in gets. */
extern const struct ppctlb_host tlb_host;

/* ---- handle.c ---- */

/* 0 if h can be used in this process, else the error, told. Every public call begins with it. */
int tlb_usable(const struct ppctlb *h);
/* Read the guest TLB into h->now (words and positions). */
int tlb_load(struct ppctlb *h);
/* Write what differs between h->now and h->next, in one commit; nothing if nothing does. */
int tlb_store(struct ppctlb *h);
/* The place of a position in the kernel's order, or -1 if there is none such. */
long tlb_place(const struct ppctlb_core *core, unsigned tlb, unsigned index);
/* The position of the n-th entry in the kernel's order. */
void tlb_position(const struct ppctlb_core *core, size_t n, struct ppctlb_entry *e);

/* ---- core.c: one entry ---- */

/* Is the number of low bits enough for value? */
bool tlb_fits(uint64_t value, unsigned bits);
/* Check everything encode() relies on but the size being one page; want_page says check that too. */
int tlb_check_mapping(const struct ppctlb_core *core, const struct ppctlb_mapping *m);
int tlb_check_page(const struct ppctlb_core *core, const struct ppctlb_mapping *m, unsigned tlb);
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

/* ---- plan.c ---- */

/* Size of the page that a greedy, hence minimal, plan begins with. */
uint64_t tlb_page_at(uint64_t sizes, uint64_t eaddr, uint64_t raddr, uint64_t left);

/* ---- loader.c ---- */

struct tlb_plugin {
	const struct ppctlb_backend *backend;
	const char *path;
};

/* Load the plug-in of that name from path (NULL: the environment's, else the installed one). */
int tlb_plugin_named(const char *name, const char *path, struct tlb_plugin *p);
/* Load the plug-in that has a core; *core is its description. */
int tlb_plugin_with(const char *core_name, const char *path, struct tlb_plugin *p,
		    const struct ppctlb_core **core);
/* Load the first plug-in whose probe() takes that vCPU. */
int tlb_plugin_probe(int fd, const void *sregs, const char *path, struct tlb_plugin *p,
		     const struct ppctlb_core **core);

#endif
