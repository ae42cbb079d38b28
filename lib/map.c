// SPDX-License-Identifier: LGPL-2.1-or-later
/* Maps and unmaps: the calls. All is done on a copy, then one commit. */
#include "stage.h"

#include <inttypes.h>
#include <string.h>

static int check_how(unsigned how)
{
	if (how & ~(unsigned)PPCTLB_REPLACE)
		return tlb_fail(EINVAL, "how 0x%x: only PPCTLB_REPLACE exists", how);
	return 0;
}

/* Places the regions, also beside what conflicts, so that ppctlb_map_room() can tell more. */
static int place_regions(struct tlb_stage *s, const struct tlb_regions *r, unsigned how)
{
	int ret;

	if (r->pages > s->n) { /* however they are placed; bounds the work below, too */
		s->wanted = s->lacking = r->pages;
		return tlb_fail(ENOSPC,
				"no room: %" PRIu64 " slots are needed, %" PRIu64 " are free",
				r->pages, tlb_count_free(s, 0));
	}
	ret = tlb_clear_way(s, how);
	for (size_t i = 0; (!ret || ret == -EEXIST) && i < r->n; i++)
		tlb_place_region(s, &r->at[i]);
	return ret ? ret : s->lacking ? tlb_no_room(s) : 0;
}

/* All of ppctlb_map() but the write. */
static int stage_map(struct ppctlb *h, struct tlb_stage *s, const struct ppctlb_mapping *maps,
		     size_t n, unsigned how)
{
	struct tlb_regions r = {.own = NULL};
	int ret = check_how(how);

	ret = ret ? ret : tlb_take_regions(h, &r, maps, n);
	ret = ret ? ret : tlb_begin(h, s, &r);
	if (!ret)
		tlb_spread_unknown(h, s);
	ret = ret ? ret : place_regions(s, &r, how);
	tlb_free_regions(&r);
	return ret;
}

int ppctlb_map(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how)
{
	struct tlb_stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!maps && n)
		return tlb_fail(EINVAL, "map: a NULL argument");
	ret = stage_map(h, &s, maps, n, how);
	return ret ? ret : tlb_finish(h, &s);
}

static uint32_t at_most_32_bits(uint64_t n)
{
	return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
}

/* Free is what was so before the call placed anything, as in the message of no_room(). */
static void tell_room(const struct tlb_stage *s, struct ppctlb_room *room)
{
	unsigned last = s->core->info.arrays - 1;
	size_t first = tlb_first_of_last(s);

	memset(room, 0, 2 * sizeof(*room));
	room[last] = (struct ppctlb_room){
		at_most_32_bits(s->wanted),
		(uint32_t)(s->wanted - s->lacking + tlb_count_free(s, first)),
	};
	if (last)
		room[0] = (struct ppctlb_room){
			(uint32_t)s->in_tlb0,
			(uint32_t)(s->in_tlb0 + tlb_count_free(s, 0) - tlb_count_free(s, first)),
		};
}

int ppctlb_map_room(struct ppctlb *h, const struct ppctlb_mapping *maps, size_t n, unsigned how,
		    struct ppctlb_room *room)
{
	struct tlb_stage s = {.core = NULL}; /* nothing staged */
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if ((!maps && n) || !room)
		return tlb_fail(EINVAL, "map_room: a NULL argument");
	ret = stage_map(h, &s, maps, n, how);
	if (s.core && (!ret || ret == -EEXIST || ret == -ENOSPC))
		tell_room(&s, room);
	return ret;
}

static int check_slot(const struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb,
		      unsigned index)
{
	const struct ppctlb_core *core = &h->vcpu.core;
	const struct ppctlb_array_info *a = &core->info.array[tlb & 1];
	struct ppctlb_entry e = {.tlb = (uint16_t)tlb, .index = (uint16_t)index};
	int ret;

	if (tlb_place(core, tlb, index) < 0)
		return tlb_fail(EINVAL, "there is no TLB%u[%u]", tlb, index);
	ret = tlb_check_page(core, m, tlb);
	ret = ret ? ret : tlb_check_partition(m);
	if (ret)
		return ret;
	if (m->flags & ~a->flags)
		return tlb_fail(ENOTSUP, "TLB%u of %s has no %s", tlb, core->info.name,
				ppctlb_flag_name(m->flags & ~a->flags & -(m->flags & ~a->flags)));
	if (!tlb_in_set(core, &e, m))
		return tlb_fail(EINVAL,
				"EA 0x%" PRIx64 " belongs to set %u of TLB%u, not to set %u",
				m->eaddr, (unsigned)tlb_set_of(&a->geometry, m->eaddr), tlb,
				index / (unsigned)a->geometry.ways);
	return 0;
}

int ppctlb_map_at(struct ppctlb *h, const struct ppctlb_mapping *m, unsigned tlb, unsigned index,
		  unsigned how)
{
	struct ppctlb_mapping page; /* read once, too */
	struct tlb_regions r;
	struct tlb_stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!m)
		return tlb_fail(EINVAL, "map_at: a NULL argument");
	page = *m;
	ret = check_how(how);
	ret = ret ? ret : check_slot(h, &page, tlb, index);
	if (ret)
		return ret;
	r = tlb_one_region(&page);
	ret = tlb_begin(h, &s, &r);
	if (ret)
		return ret;
	tlb_spread_unknown(h, &s);
	s.keep = tlb_place(s.core, tlb, index);
	s.core->encode(s.core, &page, tlb_change(&s, (size_t)s.keep));
	ret = tlb_clear_way(&s, how);
	return ret ? ret : tlb_finish(h, &s);
}

int ppctlb_unmap(struct ppctlb *h, uint64_t eaddr, uint64_t size, unsigned tid, unsigned ts)
{
	struct ppctlb_mapping m = {.eaddr = eaddr, .size = size, .tid = (uint16_t)tid};
	struct tlb_regions r;
	struct tlb_stage s;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (ts > 1 || tid > UINT16_MAX)
		return tlb_fail(EINVAL, "unmap: tid %u, ts %u", tid, ts);
	m.flags = ts ? PPCTLB_TS : 0;
	ret = tlb_check_range(&h->vcpu.core, &m);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "EA", eaddr);
	ret = ret ? ret : tlb_check_multiple(&h->vcpu.core, "size", size);
	if (ret)
		return ret;
	r = tlb_one_region(&m);
	ret = tlb_begin(h, &s, &r);
	ret = ret ? ret : tlb_cut(&s);
	return ret ? ret : tlb_finish(h, &s);
}
