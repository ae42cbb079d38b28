/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict on one case: the library and QEMU answer the same questions. */
#ifndef ORACLE_JUDGE_H
#define ORACLE_JUDGE_H

#include <stdio.h>

#include "case.h"
#include "machine.h"

/* Who can disagree. */
enum {
	JUDGE_ENCODE = 1 << 0,	  /* the library refused, or tlbwe failed */
	JUDGE_LINE = 1 << 1,	  /* `info tlb` against the mapping */
	JUDGE_WORDS = 1 << 2,	  /* tlbre's words against those of ppctlb_encode */
	JUDGE_DECODE = 1 << 3,	  /* ppctlb_decode of tlbre's words against the mapping */
	JUDGE_ACCESS = 1 << 4,	  /* how accesses end against the mapping */
	JUDGE_TRANSLATE = 1 << 5, /* how accesses end against ppctlb_translate */
	JUDGE_BROKEN = 1 << 6	  /* QEMU or the stub failed */
};

/* What QEMU cannot judge, by name (each measured on QEMU 7.2). A case to which a row applies is
 * counted, and judged except for what the row says. */
struct blind {
	const char *name;
	enum family family;
	uint32_t flags;	   /* applies to a mapping with one of these, */
	uint64_t size;	   /* or of this size, */
	bool lpid;	   /* or with an lpid */
	unsigned judges;   /* these give no verdict */
	uint32_t no_flags; /* these flags are not compared */
	bool no_lpid;
	uint64_t no_word3; /* these bits of the last word are not compared */
};

#define BLINDS 3
extern const struct blind blinds[BLINDS];
bool blind_applies(const struct blind *blind, const struct board *b,
		   const struct ppctlb_mapping *m);

struct judge {
	struct machine machine;
	FILE *qmp;
	const struct ppctlb_core *core;
	struct ppctlb *tlb; /* detached, for ppctlb_translate() */
	unsigned long accesses, hits, witnessed;
	unsigned long omitted[OMISSIONS]; /* accesses not made */
	bool quiet;
};

int judge_open(struct judge *j, const struct board *b, const char *qmp_path);
void judge_close(struct judge *j);

/* Judge a case. The core gets the library's words with the bits in flip inverted: none but in self
 * tests. Returns JUDGE_* of those that disagree, and explains it as TAP comments unless j->quiet.
 */
unsigned judge_case(struct judge *j, const struct test_case *c, const uint64_t flip[4]);

#endif
