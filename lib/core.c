// SPDX-License-Identifier: LGPL-2.1-or-later
/* One entry and one mapping of a core: checks, encode, decode, sets. */
#include "internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool tlb_is_family(const struct ppctlb_core_info *core, const char *backend)
{
	return !strcmp(core->backend, backend);
}

static uint64_t smallest(const struct ppctlb_core *core)
{
	uint64_t sizes = tlb_sizes(core);

	return UINT64_C(1) << __builtin_ctzll(sizes);
}

/* "1K 4K 16K": for messages; buf is empty before. */
static const char *list_sizes(uint64_t sizes, char *buf, size_t len)
{
	size_t used = 0;

	for (; sizes; sizes &= sizes - 1) {
		char one[24];

		ppctlb_format_size(UINT64_C(1) << __builtin_ctzll(sizes), one, sizeof(one));
		used += (size_t)snprintf(buf + used, len - used, "%s%s", used ? " " : "", one);
	}
	return buf;
}

/* "x0 gs": for messages; buf is empty before. */
static const char *list_flags(uint32_t flags, char *buf, size_t len)
{
	size_t used = 0;

	for (; flags; flags &= flags - 1)
		used += (size_t)snprintf(buf + used, len - used, "%s%s", used ? " " : "",
					 ppctlb_flag_name(flags & -flags));
	return buf;
}

static int check_flags(const struct ppctlb_core *core, const struct ppctlb_mapping *m)
{
	uint32_t lacks = m->flags & ~core->info.flags;
	char list[128] = "";

	if (m->flags & ~PPCTLB_FLAGS)
		return tlb_fail(EINVAL, "flags 0x%" PRIx32 " do not exist",
				m->flags & ~PPCTLB_FLAGS);
	if (lacks)
		return tlb_fail(ENOTSUP, "%s has no %s", core->info.name,
				list_flags(lacks, list, sizeof(list)));
	if (m->lpid && !core->info.lpid_bits)
		return tlb_fail(ENOTSUP, "%s has no lpid", core->info.name);
	return 0;
}

static int check_address(const char *what, uint64_t addr, uint64_t size, unsigned bits,
			 const char *core)
{
	if (!tlb_fits(addr, bits))
		return tlb_fail(EINVAL, "%s 0x%" PRIx64 " is wider than the %u bits of %s", what,
				addr, bits, core);
	if (addr + (size - 1) < addr)
		return tlb_fail(EINVAL, "%s 0x%" PRIx64 " wraps around with size 0x%" PRIx64, what,
				addr, size);
	if (!tlb_fits(addr + (size - 1), bits))
		return tlb_fail(EINVAL,
				"%s 0x%" PRIx64 " with size 0x%" PRIx64
				" ends beyond the %u bits of %s",
				what, addr, size, bits, core);
	return 0;
}

int tlb_check_range(const struct ppctlb_core *core, const struct ppctlb_mapping *m)
{
	const struct ppctlb_core_info *info = &core->info;

	if (!m->size)
		return tlb_fail(EINVAL, "size 0");
	if (!tlb_fits(m->tid, info->tid_bits))
		return tlb_fail(EINVAL, "tid %u is wider than the %u bits of %s", m->tid,
				info->tid_bits, info->name);
	return check_address("EA", m->eaddr, m->size, info->ea_bits, info->name);
}

static int check_ranges(const struct ppctlb_core *core, const struct ppctlb_mapping *m)
{
	const struct ppctlb_core_info *info = &core->info;
	int ret = tlb_check_range(core, m);

	if (ret)
		return ret;
	if (!tlb_fits(m->lpid, info->lpid_bits))
		return tlb_fail(EINVAL, "lpid %u is wider than the %u bits of %s", m->lpid,
				info->lpid_bits, info->name);
	return check_address("RA", m->raddr, m->size, info->ra_bits, info->name);
}

int tlb_check_multiple(const struct ppctlb_core *core, const char *what, uint64_t value)
{
	uint64_t page = smallest(core);

	if (!(value & (page - 1)))
		return 0;
	return tlb_fail(EINVAL,
			"%s 0x%" PRIx64 " is not a multiple of the smallest page of %s, %" PRIu64,
			what, value, core->info.name, page);
}

/* A region, before it is known where it ends: alignment is told before range, since the caller's
 * mistake is there. */
int tlb_check_mapping(const struct ppctlb_core *core, const struct ppctlb_mapping *m)
{
	int ret = check_flags(core, m);

	ret = ret ? ret : tlb_check_multiple(core, "EA", m->eaddr);
	ret = ret ? ret : tlb_check_multiple(core, "RA", m->raddr);
	ret = ret ? ret : tlb_check_multiple(core, "size", m->size);
	return ret ? ret : check_ranges(core, m);
}

/* "; the largest page there is 64K": of those that fit. Nothing where even the smallest does not.
 */
static const char *largest_page(uint64_t sizes, const struct ppctlb_mapping *m, char *buf,
				size_t len)
{
	uint64_t page = m->size ? tlb_page_at(sizes, m->eaddr, m->raddr, m->size) : 0;
	char name[24];

	*buf = 0;
	if (!page)
		return buf;
	ppctlb_format_size(page, name, sizeof(name));
	snprintf(buf, len, "; the largest page at this EA and RA is %s", name);
	return buf;
}

static int check_aligned(uint64_t sizes, const struct ppctlb_mapping *m)
{
	uint64_t low = m->size - 1;
	bool ea = m->eaddr & low;
	char name[24], largest[80];

	if (!((m->eaddr | m->raddr) & low))
		return 0;
	ppctlb_format_size(m->size, name, sizeof(name));
	return tlb_fail(EINVAL,
			"%s 0x%" PRIx64 " is not aligned to its page size %s: the core would map "
			"0x%" PRIx64 " to 0x%" PRIx64 "%s",
			ea ? "EA" : "RA", ea ? m->eaddr : m->raddr, name, m->eaddr & ~low,
			m->raddr & ~low, largest_page(sizes, m, largest, sizeof(largest)));
}

/* "; 8 pages map it", of a region that pages can map. */
static const char *how_many(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
			    char *buf, size_t len)
{
	uint64_t low = smallest(core) - 1;

	*buf = 0;
	if (m->size && !((m->eaddr | m->raddr | m->size) & low) &&
	    m->size - 1 <= UINT64_MAX - (m->eaddr > m->raddr ? m->eaddr : m->raddr))
		snprintf(buf, len, ", and %" PRIu64 " pages map this",
			 tlb_count_pages(tlb_sizes(core), m));
	return buf;
}

static int bad_size(const struct ppctlb_core *core, const struct ppctlb_mapping *m, unsigned tlb,
		    uint64_t sizes)
{
	char list[320] = "", name[24]; /* all 64 sizes take 289 characters */
	char where[20] = "", largest[80], pages[64];

	ppctlb_format_size(m->size, name, sizeof(name));
	list_sizes(sizes, list, sizeof(list));
	if (tlb < core->info.arrays && core->info.arrays > 1)
		snprintf(where, sizeof(where), " in TLB%u", tlb);
	return tlb_fail(EINVAL, "size %s is not a page size of %s%s%s%s; legal: %s", name,
			core->info.name, where, largest_page(sizes, m, largest, sizeof(largest)),
			how_many(core, m, pages, sizeof(pages)), list);
}

int tlb_check_page(const struct ppctlb_core *core, const struct ppctlb_mapping *m, unsigned tlb)
{
	uint64_t sizes = tlb < core->info.arrays ? core->info.array[tlb].sizes : tlb_sizes(core);
	int ret;

	if (!m->size || m->size & (m->size - 1) || !(m->size & sizes))
		return bad_size(core, m, tlb, sizes);
	ret = check_flags(core, m);
	ret = ret ? ret : check_aligned(sizes, m);
	return ret ? ret : check_ranges(core, m);
}

const struct ppctlb_core_info *ppctlb_core_info(const struct ppctlb_core *core)
{
	return core ? &core->info : NULL;
}

int ppctlb_encode(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		  struct ppctlb_entry *e)
{
	int ret;

	if (!core || !m || !e)
		return tlb_fail(EINVAL, "encode: a NULL argument");
	ret = tlb_check_page(core, m, core->info.arrays);
	if (ret)
		return ret;
	memset(e, 0, sizeof(*e));
	e->tlb = (uint16_t)(core->info.arrays - 1);
	core->encode(core, m, e);
	e->tlb |= PPCTLB_NO_SLOT;
	return 0;
}

/* The first of these that applies becomes the message. */
static const struct {
	unsigned defect;
	const char *text;
} defects[] = {
	{PPCTLB_DEFECT_IND, "IND is set: an indirect entry"},
	{PPCTLB_DEFECT_SIZE, "illegal page size"},
	{PPCTLB_DEFECT_TLB0_SIZE, "TSIZE of a TLB0 entry is not 4K"},
	{PPCTLB_DEFECT_EPN, "EPN is not aligned to the page size"},
	{PPCTLB_DEFECT_RPN, "RPN is not aligned to the page size"},
	{PPCTLB_DEFECT_RA, "RPN is wider than the core's real address"},
	{PPCTLB_DEFECT_RESERVED, "reserved bits are set"},
};

const char *tlb_what_is_malformed(unsigned found)
{
	for (size_t i = 0; i < sizeof(defects) / sizeof(defects[0]); i++)
		if (found & defects[i].defect)
			return defects[i].text;
	return NULL;
}

static int malformed(const struct ppctlb_core *core, unsigned found)
{
	const char *text = tlb_what_is_malformed(found);

	return text ? tlb_fail(EBADMSG, "malformed %s entry: %s", core->info.name, text) : 0;
}

int tlb_check_words(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	for (int i = 0; i < 4; i++) {
		const char *name = core->info.word_name[i];

		if (!(e->word[i] & ~core->word_mask[i]))
			continue;
		if (!name)
			return tlb_fail(EINVAL, "%s has no word %d", core->info.name, i);
		return tlb_fail(EINVAL, "%s 0x%" PRIx64 " has bits outside this word", name,
				e->word[i]);
	}
	return 0;
}

/* Decodes any words; *defect gets their PPCTLB_DEFECT_* bits. */
static int decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m, unsigned *defect)
{
	struct ppctlb_entry placed = *e; /* a core knows nothing of PPCTLB_NO_SLOT */
	int ret;

	placed.tlb &= (uint16_t)~PPCTLB_NO_SLOT;
	if (placed.tlb >= core->info.arrays)
		return tlb_fail(EINVAL, "%s has no TLB%u", core->info.name, placed.tlb);
	ret = tlb_check_words(core, &placed);
	if (ret)
		return ret;
	*defect = core->decode(core, &placed, m);
	return *defect & PPCTLB_DEFECT_INVALID ? tlb_answer(ENOENT, "the entry is not valid: V=0")
					       : 0;
}

int ppctlb_decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m)
{
	struct ppctlb_mapping found;
	unsigned defect = 0;
	int ret;

	if (!core || !e || !m)
		return tlb_fail(EINVAL, "decode: a NULL argument");
	ret = decode(core, e, &found, &defect);
	ret = ret ? ret : malformed(core, defect & TLB_MALFORMED);
	if (!ret)
		*m = found;
	return ret;
}

int ppctlb_decode_any(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		      struct ppctlb_mapping *m)
{
	struct ppctlb_mapping found;
	unsigned defect = 0;
	int ret;

	if (!core || !e || !m)
		return tlb_fail(EINVAL, "decode_any: a NULL argument");
	ret = decode(core, e, &found, &defect);
	if (!ret)
		*m = found;
	return ret;
}

int ppctlb_clear_parity(const struct ppctlb_core *core, struct ppctlb_entry *e)
{
	if (!core || !e)
		return tlb_fail(EINVAL, "clear_parity: a NULL argument");
	for (int i = 0; i < 4; i++)
		e->word[i] &= ~core->parity[i];
	return 0;
}
