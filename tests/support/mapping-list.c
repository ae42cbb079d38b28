// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest TLB as a list of mappings: see mapping-list.h. */
#include "mapping-list.h"

#include <stdlib.h>

bool list_meet(const struct ppctlb_mapping *a, const struct ppctlb_mapping *b)
{
	return !((a->flags ^ b->flags) & PPCTLB_TS) && (!a->tid || !b->tid || a->tid == b->tid) &&
	       a->eaddr <= b->eaddr + (b->size - 1) && b->eaddr <= a->eaddr + (a->size - 1);
}

void list_add(struct list *l, const struct ppctlb_mapping *m)
{
	if (l->n == LIST_MAX)
		abort();
	l->m[l->n++] = *m;
}

/* Add the part of a mapping from one EA to another. */
static void list_add_part(struct list *l, const struct ppctlb_mapping *m, uint64_t from,
			  uint64_t last)
{
	struct ppctlb_mapping part = *m;

	part.eaddr = from;
	part.raddr = m->raddr + (from - m->eaddr);
	part.size = last - from + 1;
	list_add(l, &part);
}

void list_remove(struct list *l, const struct ppctlb_mapping *r)
{
	uint64_t last = r->eaddr + (r->size - 1);

	for (size_t i = l->n; i-- > 0;) {
		struct ppctlb_mapping m = l->m[i];
		uint64_t m_last = m.eaddr + (m.size - 1);

		if (!list_meet(&m, r))
			continue;
		l->m[i] = l->m[--l->n];
		if (m.eaddr < r->eaddr)
			list_add_part(l, &m, m.eaddr, r->eaddr - 1);
		if (m_last > last)
			list_add_part(l, &m, last + 1, m_last);
	}
}

struct ppctlb_hit list_translate(const struct list *l, uint64_t eaddr, uint16_t pid, uint8_t as)
{
	struct ppctlb_hit hit = {.result = PPCTLB_MISS};

	for (size_t i = 0; i < l->n; i++) {
		const struct ppctlb_mapping *m = &l->m[i];

		if (!(m->flags & PPCTLB_TS) != !as || (m->tid && m->tid != pid) ||
		    eaddr < m->eaddr || eaddr > m->eaddr + (m->size - 1))
			continue;
		if (hit.result != PPCTLB_MISS) /* the list itself never conflicts */
			abort();
		hit.result = m->flags & PPCTLB_SR ? PPCTLB_HIT : PPCTLB_PROTECTION;
		hit.raddr = hit.result == PPCTLB_HIT ? m->raddr + (eaddr - m->eaddr) : 0;
	}
	return hit;
}
