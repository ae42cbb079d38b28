/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The array of entries that a vCPU of the e500 family shares with the kernel. Mock has one, too. */
#ifndef BACKENDS_E500_ARRAY_H
#define BACKENDS_E500_ARRAY_H

#include "../common.h"

#include <ppctlb/e500.h>

/* Make g[2] the vCPU's geometry. -EINVAL if KVM does not allow it; the message says what it does.
 */
int tlb_e500_set_geometry(struct ppctlb_vcpu *v, const struct ppctlb_geometry *g);
/* Entries of the array, which may have any alignment. A word at a time, here and in store_words():
 * a structure that is made of parts and read as a whole, or the other way, would wait for memory.
 */
static inline struct ppctlb_e500_tlbe tlbe_at(const unsigned char *array, size_t place)
{
	const unsigned char *p = array + place * sizeof(struct ppctlb_e500_tlbe);
	struct ppctlb_e500_tlbe t;

	memcpy(&t.mas8, p + offsetof(struct ppctlb_e500_tlbe, mas8), sizeof(t.mas8));
	memcpy(&t.mas1, p + offsetof(struct ppctlb_e500_tlbe, mas1), sizeof(t.mas1));
	memcpy(&t.mas2, p + offsetof(struct ppctlb_e500_tlbe, mas2), sizeof(t.mas2));
	memcpy(&t.mas7_3, p + offsetof(struct ppctlb_e500_tlbe, mas7_3), sizeof(t.mas7_3));
	return t;
}

static inline void load_words(const struct ppctlb_e500_tlbe *t, struct ppctlb_entry *e)
{
	e->word[0] = t->mas1;
	e->word[1] = t->mas2;
	e->word[2] = t->mas7_3;
	e->word[3] = t->mas8;
}

static inline void store_words(unsigned char *array, size_t place, const struct ppctlb_entry *e)
{
	unsigned char *t = array + place * sizeof(struct ppctlb_e500_tlbe);
	uint32_t mas8 = (uint32_t)e->word[3], mas1 = (uint32_t)e->word[0];

	memcpy(t + offsetof(struct ppctlb_e500_tlbe, mas8), &mas8, sizeof(mas8));
	memcpy(t + offsetof(struct ppctlb_e500_tlbe, mas1), &mas1, sizeof(mas1));
	memcpy(t + offsetof(struct ppctlb_e500_tlbe, mas2), &e->word[1], sizeof(e->word[1]));
	memcpy(t + offsetof(struct ppctlb_e500_tlbe, mas7_3), &e->word[2], sizeof(e->word[2]));
}

#endif
