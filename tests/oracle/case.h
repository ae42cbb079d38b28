/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One case: a mapping at a place, drawn from a seed, and the accesses that try it. */
#ifndef ORACLE_CASE_H
#define ORACLE_CASE_H

#include <stddef.h>

#include <ppctlb/ppctlb.h>

#include "board.h"
#include "probe.h"

struct test_case {
	struct ppctlb_mapping map;
	unsigned tlb, way; /* 44x, e500 TLB1: way is the slot */
	uint64_t seed;	   /* of the places its accesses go to */
};

#define MAX_PROBES 64

/* Reasons not to make an access. */
enum omission {
	OMIT_NONE,
	OMIT_STUB_PAGE, /* it is the stub's own, by EA or by RA */
	OMIT_NO_RAM, /* a store or a fetch would hit where there is no RAM: it might meet a device
			and end the machine; loads are made */
	OMISSIONS
};

/* Case number i of a core, from the seed of the run. Returns how many were drawn before it and
 * dropped because they would hide the stub. */
unsigned case_draw(struct test_case *c, const struct board *b, uint64_t run, uint64_t i);

/* The library's index of the entry. */
unsigned case_index(const struct test_case *c, const struct board *b);

/* The accesses of a case. Returns how many; those that are not made are counted by reason. */
size_t case_probes(const struct test_case *c, const struct board *b, struct probe p[MAX_PROBES],
		   unsigned long omitted[OMISSIONS]);

/* What the manuals say of the mapping alone: the judge's own opinion. */
enum outcome case_expect(const struct test_case *c, const struct probe *p, uint64_t *ra);

/* Make the i-th simplification of a case; false past the last. It may change nothing; otherwise a
 * number gets smaller, so that shrinking ends. */
bool case_simplify(struct test_case *c, const struct board *b, unsigned i);

/* Print EA:RA:SIZE:FLAGS and the place. */
void case_print(const struct test_case *c, const struct board *b);

#endif
