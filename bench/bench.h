/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the benchmark share. table.c has a row for each promise on cost; a row has a
 * function that measures it, which is in the file on its subject.
 */
#ifndef BENCH_H
#define BENCH_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define PAGE	      UINT64_C(4096)

/* What one line of the table came to. */
struct result {
	double ours, peer; /* ns for one piece of work; peer 0: ours is a number of things */
	double value;	   /* what the limit is for: their ratio, or that number */
};

/* Measure the case of that name ("hits") on a core. */
typedef void measure(const char *core, const char *name, struct result *result);

measure translate_one, translate_many;
measure change, change_many, whole, map_grows;
measure image, check_pairs, check_grows, check_passes;
measure format, parse;
measure second_open, kernel_calls, allocations;
measure tool_lines, tool_import;

extern const char *tool_path; /* of ppctlb; NULL: there is none */

/* ---- race.c ---- */

/* Two sides that do the same work, taken in turns. */
struct race {
	void (*ours)(void *arg);
	void (*peer)(void *arg);
	void (*prepare)(void *arg); /* before each call of a side, outside of its time; or NULL */
	void *arg;
	double pieces;	    /* of work in one call */
	double peer_pieces; /* if it does less in a call; or 0 */
};
void race(const struct race *race, struct result *result);

#define ROUNDS 11 /* at least; their median counts */
double median(double *values, size_t n);

/* ---- race.c: what ends a measurement that means nothing ---- */

/* A call that should have worked. */
void must(int ret);
/* Both sides answer the same; what: the question. */
void require(bool holds, const char *what);
/* Memory that is there. */
void *room(size_t n, size_t size);
uint32_t random_below(uint32_t limit);

/* ---- kernel.c: the fake kernel ---- */

/* A vCPU of that core. Its calls follow the rules of the fake kernel, until... */
int vcpu_open(const char *core, bool split);
/* ... each of them is FIONREAD on a pipe, the cheapest ioctl there is. */
void vcpus_cost_one_call(void);
/* The same call, for the peer. */
void one_call(void);
/* Calls on vCPUs so far. */
unsigned vcpu_calls(void);

/* ---- count.c ---- */

extern unsigned long allocated; /* how often, so far */

/* ---- tlb.c: a full TLB ---- */

/* An entry as the kernel has it, of either family. */
struct raw {
	uint32_t a, b; /* 440: tid, word0; e500: mas8, mas1 */
	uint64_t c, d; /* 440: word1, word2; e500: mas2, mas7_3 */
};

struct tlb {
	struct ppctlb *h;
	struct ppctlb_info info;
	size_t n;		  /* entries */
	size_t first, ways;	  /* entries and ways of TLB0; ways 0: a core with one TLB */
	struct ppctlb_entry *e;	  /* of all entries */
	struct ppctlb_mapping *m; /* what each maps */
	struct raw *raw;	  /* the same words for the peer */
};

/* An empty TLB: of a vCPU of the fake kernel, or in memory; geometry NULL: that of the core. */
void tlb_open(struct tlb *t, const char *core, const struct ppctlb_geometry *geometry, bool vcpu);
/* Every slot has a page of PID 0 or 1, and no address hits twice; seed changes their RAs. */
void tlb_fill(struct tlb *t, unsigned seed);
/* Where an entry stands among all. */
size_t tlb_place(const struct tlb *t, unsigned tlb, unsigned index);

#define FILL_PID  1	      /* the PID that hits every page of tlb_fill() */
#define FREE_AREA 0xa0000000u /* there and above, tlb_fill() has no page */

#endif
