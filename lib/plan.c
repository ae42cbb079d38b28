// SPDX-License-Identifier: LGPL-2.1-or-later
/* Covers a region with the fewest legal pages. */
#include "internal.h"

#include <inttypes.h>

static uint64_t largest_in(uint64_t sizes)
{
	return sizes ? UINT64_C(1) << (63 - __builtin_clzll(sizes)) : 0;
}

/* The sizes to which an address with these low bits is aligned. */
static uint64_t aligned_sizes(uint64_t sizes, uint64_t low)
{
	return low ? sizes & ((low & -low) * 2 - 1) : sizes;
}

/*
 * Taking the largest page that fits is minimal: the sizes are powers of two, so each divides the
 * next, and a page of size s can only start where s divides both EA and RA.
 */
uint64_t tlb_page_at(uint64_t sizes, uint64_t eaddr, uint64_t raddr, uint64_t left)
{
	uint64_t fit = (UINT64_C(2) << (63 - __builtin_clzll(left))) - 1;

	return largest_in(aligned_sizes(sizes & fit, eaddr | raddr));
}

/*
 * Where EA and RA differ in low bits, all pages after the first few have the one size that the
 * difference allows: count them at once, not one by one.
 */
uint64_t tlb_count_pages(uint64_t sizes, const struct ppctlb_mapping *region)
{
	uint64_t top = largest_in(aligned_sizes(sizes, region->eaddr ^ region->raddr));
	uint64_t done = 0, count = 0;

	while (done < region->size) {
		uint64_t left = region->size - done;
		uint64_t page =
			tlb_page_at(sizes, region->eaddr + done, region->raddr + done, left);
		uint64_t run =
			page == top ? left / page : 1; /* NOLINT(*DivideZero): a region has pages */

		count += run;
		done += run * page;
	}
	return count;
}

int tlb_check_partition(const struct ppctlb_mapping *m)
{
	if (m->flags & PPCTLB_GS)
		return tlb_fail(ENOTSUP, "gs cannot be mapped: KVM ignores MAS8");
	if (m->lpid)
		return tlb_fail(ENOTSUP, "lpid cannot be mapped: KVM ignores MAS8");
	return 0;
}

int tlb_check_region(const struct ppctlb_core *core, const struct ppctlb_mapping *region)
{
	int ret = tlb_check_mapping(core, region);

	return ret ? ret : tlb_check_partition(region);
}

int ppctlb_plan(const struct ppctlb_core *core, const struct ppctlb_mapping *region,
		struct ppctlb_mapping *out, size_t *n)
{
	struct ppctlb_mapping whole; /* the caller's may be among out */
	uint64_t needed, sizes;
	size_t room;
	int ret;

	if (!core || !region || !n)
		return tlb_fail(EINVAL, "plan: a NULL argument");
	whole = *region;
	ret = tlb_check_region(core, &whole);
	if (ret)
		return ret;
	sizes = tlb_sizes(core);
	needed = tlb_count_pages(sizes, &whole);
	room = *n;
	*n = (size_t)needed;
	if (!out)
		return 0;
	if (room < needed)
		return tlb_fail(ENOSPC, "the plan has %" PRIu64 " pages, there is room for %zu",
				needed, room);
	for (uint64_t done = 0; done < whole.size; done += out++->size) {
		*out = whole;
		out->eaddr += done;
		out->raddr += done;
		out->size = tlb_page_at(sizes, out->eaddr, out->raddr, whole.size - done);
	}
	return 0;
}
