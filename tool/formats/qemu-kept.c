/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How QEMU keeps an entry in its memory, in the byte order of this host. */
#include "../names.h"
#include "qemu.h"

#include <ppctlb/44x.h>

#include <string.h>

static uint64_t field(const unsigned char *at, size_t size)
{
	uint64_t wide;
	uint32_t narrow;

	memcpy(&narrow, at, 4);
	if (size == 4)
		return narrow;
	memcpy(&wide, at, 8);
	return wide;
}

/* ppcmas_tlb_t: u32 mas8, mas1; u64 mas2, mas7_3. */
static void keep_e500(const struct ppctlb_core *core, const unsigned char *at, struct qemu_kept *k)
{
	/* info tlb goes by TSIZE in both TLBs, as the library does in TLB1 */
	k->entry = (struct ppctlb_entry){
		.tlb = 1,
		.word = {field(at + 4, 4), field(at + 8, 8), field(at + 16, 8), field(at, 4)}};
	k->legal = true;
	k->valid = ppctlb_decode_any(core, &k->entry, &k->shown) == 0;
	k->shown.flags &= ~(uint32_t)(PPCTLB_IPROT | PPCTLB_X0 | PPCTLB_X1 | PPCTLB_GS);
	k->shown.lpid = 0;
}

/* ppcemb_tlb_t: u64 RPN, with the upper RA bits in its lowest four as in word 1; EPN, PID and size
 * as wide as the target's registers; u32 prot, attr. */
static void keep_440(const struct ppctlb_core_info *info, size_t wide, const unsigned char *at,
		     struct qemu_kept *k)
{
	const unsigned char *epn = at + 8, *pid = epn + wide, *size = pid + wide,
			    *prot = size + wide;
	uint64_t rpn = field(at, 8);
	struct ppctlb_mapping *m = &k->shown;

	k->valid = qemu_prot(field(prot, 4), &m->flags);
	m->flags |= qemu_attr(field(prot + 4, 4));
	m->eaddr = field(epn, wide) & PPCTLB_44X_EPN;
	m->raddr = (rpn & PPCTLB_44X_RPN) | (rpn & PPCTLB_44X_ERPN) << 32;
	m->size = field(size, wide);
	m->tid = (uint16_t)field(pid, wide);
	k->legal = words_as_written(info, m, &k->entry) &&
		   (!k->valid || info->array[0].sizes & m->size);
	if (!k->valid)
		k->entry.word[1] &= ~(uint64_t)PPCTLB_44X_V;
	/* info tlb does not show the bits below the page, which the entry keeps */
	m->eaddr &= -m->size;
	m->raddr &= -m->size;
}

size_t qemu_kept_bytes(const struct ppctlb_core *core, size_t wide)
{
	if (core_is_e500(ppctlb_core_info(core)))
		return 24;
	return wide == 8 ? 40 : 32;
}

void qemu_kept(const struct ppctlb_core *core, size_t wide, const unsigned char *at,
	       struct qemu_kept *k)
{
	const struct ppctlb_core_info *info = ppctlb_core_info(core);

	memset(k, 0, sizeof(*k));
	if (core_is_e500(info))
		keep_e500(core, at, k);
	else
		keep_440(info, wide, at, k);
}
