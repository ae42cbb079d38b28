/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One access: put to the core, and compared with an opinion of how it ends. */
#ifndef ORACLE_PROBE_H
#define ORACLE_PROBE_H

#include <ppctlb/ppctlb.h>

#include "machine.h"

struct probe {
	uint64_t ea;
	unsigned code; /* CODE_LOAD ... */
	unsigned pid;
	bool as, user;
};

enum outcome { OUTCOME_HIT, OUTCOME_MISS, OUTCOME_DENIED, OUTCOME_STRANGE };

/* The PPCTLB_* flag that it needs. */
uint32_t probe_permission(const struct probe *p);

/* Is there RAM for the witness of an access at this real address? */
bool probe_in_ram(const struct board *b, uint64_t ra);

#define NOWHERE UINT64_MAX /* an RA of no RAM */

/* Queue it, with a witness at the real address where it would go if it hit, whether that is
 * expected or not: once QEMU has translated code there, it does not see a witness that comes
 * later. There is none for the stub's page and an RA outside RAM. */
struct op *probe_queue(struct machine *m, const struct probe *p, uint64_t ra);

/* The access as the library has it, and the outcome of its answer. */
struct ppctlb_access probe_access(const struct probe *p);
enum outcome probe_outcome(const struct ppctlb_hit *hit);

/* Did it end so; and if it hit RAM, there? */
bool probe_agrees(const struct machine *m, const struct probe *p, const struct op *op,
		  enum outcome expected, uint64_t ra);

/* A comment with what the core did and what was said of it. */
void probe_print(const struct probe *p, const struct op *op, const char *whose,
		 enum outcome expected, uint64_t ra);

#endif
