// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads and writes the entries of an e500: an array in memory, which the kernel shares under KVM.
 */
#include "e500.h"

#include <stdlib.h>
#include <sys/mman.h>

/*
 * The kernel's interface (Documentation/virt/kvm/api.rst 4.60 and 6.3, asm/kvm.h). The numbers are
 * powerpc's on every build host.
 */
#define KVM_ENABLE_CAP 0x8068aea3u
#define KVM_DIRTY_TLB  0x8010aeaau
#define KVM_CAP_SW_TLB 69u
/* the only type there is, also on cores with a hypervisor state */
#define KVM_MMU_FSL_BOOKE_NOHV 0u

struct tlb_params {
	uint32_t sizes[4];
	uint32_t ways[4];
	uint32_t reserved[8];
};

struct config_tlb {
	uint64_t params;
	uint64_t array;
	uint32_t mmu_type;
	uint32_t array_len;
};

struct dirty_tlb {
	uint64_t bitmap;
	uint32_t num_dirty;
	uint32_t pad;
};

struct enable_cap {
	uint32_t cap;
	uint32_t flags;
	uint64_t args[4];
	uint8_t pad[64];
};

_Static_assert(sizeof(struct ppctlb_e500_tlbe) == 24, "struct kvm_book3e_206_tlb_entry");
_Static_assert(sizeof(struct tlb_params) == 64, "struct kvm_book3e_206_tlb_params");
_Static_assert(sizeof(struct config_tlb) == 24, "struct kvm_config_tlb");
_Static_assert(sizeof(struct dirty_tlb) == 16, "struct kvm_dirty_tlb");
_Static_assert(sizeof(struct enable_cap) == 104, "struct kvm_enable_cap");

/* Offsets in struct kvm_sregs */
enum { SREGS_MMUCFG = 624, SREGS_TLB0CFG = 632, SREGS_TLB1CFG = 636, SREGS_TLB1PS = 652 };

/* MMUCFG, TLBnCFG */
#define MMUCFG_RASIZE(reg)  ((reg) >> 17 & 0x7f)
#define TLBCFG_N_ENTRY(reg) ((reg)&0xfff)
#define TLBCFG_ASSOC(reg)   ((reg) >> 24)
#define TLBCFG_MAXSIZE(reg) ((reg) >> 16 & 0xf) /* MAV 1.0: 4^n KiB */

#define KVM_TID_BITS	    8 /* KVM compares so many on every core */

struct state {
	unsigned char *array; /* the guest TLB; v->array or own */
	size_t count;	      /* of entries */
	void *own;	      /* our mapping, count entries long; NULL: the array is the caller's */
	unsigned char *old;   /* room to stage every entry */
	unsigned char *dirty; /* room for a bit per entry */
	size_t dirty_len;
};

static size_t bytes(size_t entries)
{
	return entries * sizeof(struct ppctlb_e500_tlbe);
}

/* ---- open ---- */

static uint32_t reg(const void *sregs, size_t offset)
{
	uint32_t value;

	memcpy(&value, (const char *)sregs + offset, sizeof(value));
	return value;
}

/* The page sizes that the vCPU's registers allow; a register that is zero allows all. A core with
 * 8K pages, a size between powers of four, is MAV 2.0 and has TLB1PS instead of MAXSIZE. */
static uint64_t register_sizes(const struct ppctlb_core_info *info, const void *sregs)
{
	bool mav2 = info->array[1].sizes & UINT64_C(1) << 13;
	unsigned max = TLBCFG_MAXSIZE(reg(sregs, SREGS_TLB1CFG));
	uint64_t ps = reg(sregs, SREGS_TLB1PS);

	if (mav2)
		return ps ? ps << 10 : UINT64_MAX;
	return max ? low_bits(10 + 2 * max + 1) : UINT64_MAX;
}

static void narrow(struct ppctlb_core_info *info, const void *sregs)
{
	unsigned ra = MMUCFG_RASIZE(reg(sregs, SREGS_MMUCFG));

	if (ra && ra < info->ra_bits)
		info->ra_bits = (uint8_t)ra;
	if (info->tid_bits > KVM_TID_BITS)
		info->tid_bits = KVM_TID_BITS;
	info->array[1].sizes &= register_sizes(info, sregs);
}

/* A caller who asks for no geometry gets the core's if detached, and the vCPU's own under KVM. */
static int choose_geometry(struct ppctlb_vcpu *v)
{
	struct ppctlb_geometry own[2];
	uint32_t cfg[2];
	int ret;

	if (tlb_common_asks_geometry(v))
		return tlb_e500_set_geometry(v, v->geometry);
	if (v->fd < 0)
		return 0;
	cfg[0] = reg(v->sregs, SREGS_TLB0CFG);
	cfg[1] = reg(v->sregs, SREGS_TLB1CFG);
	own[0] = (struct ppctlb_geometry){TLBCFG_N_ENTRY(cfg[0]), TLBCFG_ASSOC(cfg[0])};
	own[1] = (struct ppctlb_geometry){TLBCFG_N_ENTRY(cfg[1]), TLBCFG_N_ENTRY(cfg[1])};
	ret = tlb_e500_set_geometry(v, own);
	return ret ? v->host->context(ret,
				      "the vCPU's TLBnCFG, since none was asked for (a TLB0 of "
				      "more than 2048 entries is not in it: pass cfg.geometry)")
		   : 0;
}

/* The array is shared memory: private memory would be copied when the process forks, and the kernel
 * and the parent might then no longer have the same pages. */
static int make_own(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;
	void *own = mmap(NULL, bytes(s->count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
			 -1, 0);

	if (own == MAP_FAILED)
		return v->host->fail(ENOMEM, "no memory for an array of %zu entries", s->count);
	s->own = own;
	s->array = own;
	return 0;
}

static int use_callers(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;

	if (v->array_len < bytes(s->count))
		return v->host->fail(EINVAL, "the array has %zu bytes; %zu entries take %zu",
				     v->array_len, s->count, bytes(s->count));
	s->array = v->array;
	return 0;
}

static int allocate(struct ppctlb_vcpu *v)
{
	struct state *s = calloc(1, sizeof(*s));

	v->state = s;
	if (!s)
		return v->host->fail(ENOMEM, "out of memory");
	s->count = tlb_common_count_entries(&v->core);
	s->dirty_len = (s->count + 63) / 64 * 8;
	s->old = malloc(bytes(s->count)); /* NOLINT(*UnixAPI): a core has entries */
	if (s->old)
		s->dirty = calloc(1, s->dirty_len); /* the bits past the last entry stay 0 */
	if (!s->dirty)
		return v->host->fail(ENOMEM, "out of memory");
	return v->array ? use_callers(v) : make_own(v);
}

static int enable(struct ppctlb_vcpu *v)
{
	const struct ppctlb_array_info *a = v->core.info.array;
	struct state *s = v->state;
	struct tlb_params params = {
		.sizes = {a[0].geometry.entries, a[1].geometry.entries},
		.ways = {a[0].geometry.ways, a[1].geometry.ways},
	};
	struct config_tlb config = {
		.params = (uintptr_t)&params,
		.array = (uintptr_t)s->array,
		.mmu_type = KVM_MMU_FSL_BOOKE_NOHV,
		.array_len = (uint32_t)bytes(s->count),
	};
	struct enable_cap cap = {.cap = KVM_CAP_SW_TLB, .args = {(uintptr_t)&config}};
	int ret = v->host->kvm(v->fd, KVM_ENABLE_CAP, &cap, "KVM_ENABLE_CAP(KVM_CAP_SW_TLB)");

	/* Our values are right, so the kernel lacks the capability. */
	if (ret == -EINVAL)
		return v->host->context(-ENOTSUP, "this kernel shares no TLB with this vCPU");
	return ret;
}

/* Does all that can fail before the kernel replaces its entries by ours. */
static int prepare(struct ppctlb_vcpu *v)
{
	int ret;

	if (v->fd >= 0)
		narrow(&v->core.info, v->sregs);
	ret = choose_geometry(v);
	return ret ? ret : allocate(v);
}

int tlb_e500_open(struct ppctlb_vcpu *v)
{
	int ret = prepare(v);

	v->transport = v->fd < 0 ? "memory" : "KVM_CAP_SW_TLB";
	if (!ret && v->fd >= 0)
		ret = enable(v);
	if (ret)
		tlb_e500_close(v);
	return ret;
}

/* The kernel keeps the pages of the array pinned by itself. */
void tlb_e500_close(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;

	if (!s)
		return;
	if (s->own)
		munmap(s->own, bytes(s->count));
	free(s->old);
	free(s->dirty);
	free(s);
	v->state = NULL;
}

/* ---- get and set ---- */

int tlb_e500_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all)
{
	const struct state *s = v->state;

	if (view == PPCTLB_SHADOW)
		return v->host->fail(ENOTSUP, "%s: there is no shadow TLB to read", v->transport);
	for (size_t i = 0; i < s->count; i++) {
		struct ppctlb_e500_tlbe t = tlbe_at(s->array, i);

		load_words(&t, &all[i]);
	}
	return 0;
}

const unsigned char *tlb_e500_array(const struct ppctlb_vcpu *v)
{
	const struct state *s = v->state;

	return s->array;
}

/* Tells the kernel of the n entries whose bits are set in s->dirty. */
static int tell(struct ppctlb_vcpu *v, size_t n)
{
	const struct state *s = v->state;
	struct dirty_tlb dirty = {.bitmap = (uintptr_t)s->dirty, .num_dirty = (uint32_t)n};

	return v->fd < 0 ? 0 : v->host->kvm(v->fd, KVM_DIRTY_TLB, &dirty, "KVM_DIRTY_TLB");
}

/* Entry i is byte i / 8, bit i % 8, whatever the host's byte order. */
static void mark(struct state *s, size_t place)
{
	s->dirty[place / 8] |= (unsigned char)(1u << place % 8);
}

static void mark_all(struct state *s)
{
	size_t whole = s->count / 8;

	memset(s->dirty, 0xff, whole);
	for (size_t i = 8 * whole; i < s->count; i++)
		mark(s, i);
}

/* Keep the old bytes of the entries at their places in s->old, and mark them. */
static void keep(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	struct state *s = v->state;

	memset(s->dirty, 0, s->dirty_len);
	if (n == s->count) {
		memcpy(s->old, s->array, bytes(n));
		mark_all(s);
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t place = place_of(&v->core, &entries[i]);

		memcpy(s->old + bytes(place), s->array + bytes(place), bytes(1));
		mark(s, place);
	}
}

/* Puts the old bytes of what is dirty back after telling the kernel of the new ones failed with
 * errno first, and tells it again in case it has read the new ones. Returns ret. */
static int put_back(struct ppctlb_vcpu *v, size_t n, int ret, int first)
{
	struct state *s = v->state;
	char text[32];

	for (size_t i = 0; i < s->count; i++)
		if (s->dirty[i / 8] & 1u << i % 8)
			memcpy(s->array + bytes(i), s->old + bytes(i), bytes(1));
	if (tell(v, n))
		return v->host->context(
			-EIO,
			"the guest may still see the new entries: telling the kernel of them "
			"failed with %s, and so did telling it that the old ones are back",
			tlb_common_raw_answer(first, text, sizeof(text)));
	return ret;
}

int tlb_e500_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	struct state *s = v->state;
	int ret;

	keep(v, entries, n);
	if (!entries)
		memset(s->array, 0, bytes(s->count));
	for (size_t i = 0; entries && i < n; i++)
		store_words(s->array, place_of(&v->core, &entries[i]), &entries[i]);
	ret = v->deferred ? 0 : tell(v, n);
	return ret ? put_back(v, n, ret, errno) : 0;
}

int tlb_e500_commit(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;

	if (s->own)
		return v->host->fail(EINVAL, "the array is not the caller's");
	mark_all(s);
	return tell(v, s->count);
}
