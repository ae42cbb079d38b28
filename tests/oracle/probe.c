/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Accesses, their witnesses and their outcomes. */
#include <endian.h>
#include <inttypes.h>
#include <stdio.h>

#include "probe.h"

uint32_t probe_permission(const struct probe *p)
{
	static const uint32_t of[][2] = {
		[CODE_LOAD] = {PPCTLB_SR, PPCTLB_UR},
		[CODE_STORE] = {PPCTLB_SW, PPCTLB_UW},
		[CODE_FETCH] = {PPCTLB_SX, PPCTLB_UX},
	};

	return of[p->code][p->user];
}

bool probe_in_ram(const struct board *b, uint64_t ra)
{
	return ra < b->ram;
}

static uint32_t msr_of(const struct probe *p)
{
	uint32_t space = p->code == CODE_FETCH ? MSR_IS : MSR_DS;

	return (p->user ? MSR_PR : 0) | (p->as ? space : 0);
}

/* What a store leaves, different for every block. */
static uint32_t store_value(uint64_t ea)
{
	return (uint32_t)(ea ^ ea >> 32) | 1;
}

struct op *probe_queue(struct machine *m, const struct probe *p, uint64_t ra)
{
	if (probe_in_ram(m->board, ra) && ra - STUB_BASE >= STUB_SIZE)
		machine_plant(m, ra);
	return machine_access(m, p->code, p->ea, msr_of(p), p->pid, store_value(p->ea));
}

struct ppctlb_access probe_access(const struct probe *p)
{
	static const uint8_t type[] = {
		[CODE_LOAD] = PPCTLB_READ,
		[CODE_STORE] = PPCTLB_WRITE,
		[CODE_FETCH] = PPCTLB_EXECUTE,
	};

	return (struct ppctlb_access){
		.eaddr = p->ea,
		.pid = p->pid,
		.as = p->as,
		.type = type[p->code],
		.user = p->user,
	};
}

enum outcome probe_outcome(const struct ppctlb_hit *hit)
{
	static const enum outcome of[] = {
		[PPCTLB_HIT] = OUTCOME_HIT,
		[PPCTLB_MISS] = OUTCOME_MISS,
		[PPCTLB_PROTECTION] = OUTCOME_DENIED,
		[PPCTLB_MULTI_HIT] = OUTCOME_STRANGE,
	};

	return of[hit->result];
}

/* An access that hits ends in sc, or, where there is no RAM, perhaps in a machine check. */
static enum outcome outcome_of(const struct probe *p, uint64_t cause, bool ram)
{
	bool fetch = p->code == CODE_FETCH;

	if (cause == CAUSE_SYSTEM_CALL || (cause == CAUSE_MACHINE_CHECK && !ram))
		return OUTCOME_HIT;
	if (cause == (fetch ? CAUSE_ITLB : CAUSE_DTLB))
		return OUTCOME_MISS;
	if (cause == (fetch ? CAUSE_ISI : CAUSE_DSI))
		return OUTCOME_DENIED;
	return OUTCOME_STRANGE;
}

/* Did the access go to that real address? A load and a fetch return the address of the witness
 * block, a store leaves its value there. */
static bool went_to(const struct machine *m, const struct probe *p, const struct op *op,
		    uint64_t ra)
{
	if (p->code == CODE_STORE)
		return machine_stored(m, ra) == store_value(p->ea);
	return be64toh(op->result) == (ra & ~(uint64_t)(WITNESS_SIZE - 1));
}

bool probe_agrees(const struct machine *m, const struct probe *p, const struct op *op,
		  enum outcome expected, uint64_t ra)
{
	bool ram = probe_in_ram(m->board, ra);

	if (outcome_of(p, be64toh(op->cause), ram) != expected)
		return false;
	if (expected != OUTCOME_HIT)
		return be64toh(p->code == CODE_FETCH ? op->srr0 : op->dear) == p->ea;
	return !ram || went_to(m, p, op, ra);
}

void probe_print(const struct probe *p, const struct op *op, const char *whose,
		 enum outcome expected, uint64_t ra)
{
	static const char *const outcome[] = {"hit", "miss", "protection fault", "multi-hit"};
	static const char *const kind[] = {
		[CODE_LOAD] = "load", [CODE_STORE] = "store", [CODE_FETCH] = "fetch"};

	printf("#   %s %s at %#" PRIx64 " AS %d PID %u: interrupt %" PRIu64 " witness %#" PRIx64
	       ", but %s says %s, RA %#" PRIx64 "\n",
	       p->user ? "user" : "supervisor", kind[p->code], p->ea, p->as, p->pid,
	       be64toh(op->cause), be64toh(op->result), whose, outcome[expected], ra);
}
