/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stand-in for a powerpc kernel's KVM, see fakekvm.h. */

#include "fakekvm.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* The most that the kernel's kcalloc() of its own 16 bytes for each entry still gets. */
#define MOST_ENTRIES (4u << 20 >> 4)

struct object {
	struct object *next;
	dev_t dev;
	ino_t ino;
	enum { DEV, VM, VCPU } kind;
	uint32_t pvr;
	unsigned calls;
	struct fakekvm_vcpu vcpu;
};

struct fault {
	uint32_t request;
	unsigned nth; /* 0: none, or it has happened */
	int result;
	bool done;
};

static fakekvm_runner *runner;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct object *objects;
static struct fault faults[8];
static struct {
	uint32_t request;
	unsigned n;
} counts[32];

/* ---- user memory, which may not be there ---- */

/* Pass len bytes through a pipe, as many at a time as always fit: the kernel then reports what
 * cannot be read or written. The system calls are made directly, since sanitizers check the
 * pointers given to the C library's. */
static int pass(uint64_t to, uint64_t from, size_t len)
{
	int ends[2];
	bool ok = true;
	size_t done;
	long n;

	if (pipe2(ends, O_CLOEXEC))
		abort();
	for (done = 0; ok && done < len; done += (size_t)n) {
		n = (long)(len - done < PIPE_BUF ? len - done : PIPE_BUF);
		ok = syscall(SYS_write, ends[1], (uintptr_t)from + done, n) == n &&
		     syscall(SYS_read, ends[0], (uintptr_t)to + done, n) == n;
	}
	close(ends[0]);
	close(ends[1]);
	return ok ? 0 : -EFAULT;
}

static int from_user(void *to, uint64_t from, size_t len)
{
	return pass((uintptr_t)to, from, len);
}

static int to_user(uint64_t to, const void *from, size_t len)
{
	return pass(to, (uintptr_t)from, len);
}

static int writable(uint64_t addr, size_t len)
{
	return pass(addr, addr, len);
}

/* ---- e500 ---- */

static bool is_e500(uint32_t pvr)
{
	return pvr >> 16 >= 0x8020 && pvr >> 16 <= 0x8040;
}

static bool power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static unsigned log2_of(uint32_t n)
{
	unsigned log = 0;

	while (n >>= 1)
		log++;
	return log;
}

static uint32_t epn(const struct ppctlb_e500_tlbe *e)
{
	return (uint32_t)(e->mas2 & PPCTLB_MAS2_EPN);
}

static uint64_t page_bytes(const struct ppctlb_e500_tlbe *e)
{
	return 1024ull << ((e->mas1 & PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT);
}

/* A 32-bit kernel's arithmetic: the last byte of a window that passes 4 GiB wraps. */
static uint32_t last_byte(const struct ppctlb_e500_tlbe *e)
{
	return (uint32_t)(epn(e) + page_bytes(e) - 1);
}

static void recalc_tlb1_range(struct fakekvm_vcpu *v)
{
	struct ppctlb_e500_tlbe e;
	uint32_t i;

	v->tlb1_min = 0xffffffff;
	v->tlb1_max = 0;
	for (i = 0; i < v->sizes[1]; i++) {
		/* Any alignment will do: the kernel does not check it. */
		memcpy(&e, v->array + v->sizes[0] + i, sizeof(e));
		if (!(e.mas1 & PPCTLB_MAS1_V))
			continue;
		if (epn(&e) < v->tlb1_min)
			v->tlb1_min = epn(&e);
		if (last_byte(&e) > v->tlb1_max)
			v->tlb1_max = last_byte(&e);
	}
}

static void shadow_follows(struct fakekvm_vcpu *v)
{
	memcpy(v->shadow, v->array, ((size_t)v->sizes[0] + v->sizes[1]) * sizeof(*v->array));
}

static bool matches(const struct ppctlb_e500_tlbe *e, unsigned as, unsigned pid, uint32_t ea)
{
	uint32_t tid = e->mas1 >> PPCTLB_MAS1_TID_SHIFT & 0xff;

	return e->mas1 & PPCTLB_MAS1_V && ea >= epn(e) && ea <= last_byte(e) &&
	       (!tid || tid == pid) && !(e->mas1 & PPCTLB_MAS1_TS) == !as;
}

/* TLB0 first, then TLB1; the lowest index wins. */
static const struct ppctlb_e500_tlbe *look_up(const struct fakekvm_vcpu *v,
					      const struct ppctlb_e500_tlbe *array, unsigned as,
					      unsigned pid, uint32_t ea)
{
	uint32_t sets = v->sizes[0] >> log2_of(v->ways[0]);
	uint32_t base = (ea >> 12 & (sets - 1)) * v->ways[0];
	uint32_t i;

	for (i = base; i < base + v->ways[0]; i++)
		if (matches(&array[i], as, pid, ea))
			return &array[i];
	if (ea < v->tlb1_min || ea > v->tlb1_max)
		return NULL;
	for (i = v->sizes[0]; i < v->sizes[0] + v->sizes[1]; i++)
		if (matches(&array[i], as, pid, ea))
			return &array[i];
	return NULL;
}

/* MAS3 has UX SX UW SW UR SR, the last the lowest: every second bit. */
static uint8_t e500_rights(uint64_t mas3)
{
	return (uint8_t)((mas3 & 1) | (mas3 >> 1 & 2) | (mas3 >> 2 & 4));
}

static bool e500_translate(const struct fakekvm_vcpu *v, const struct ppctlb_e500_tlbe *array,
			   unsigned as, unsigned pid, uint32_t ea, struct fakekvm_hit *hit)
{
	const struct ppctlb_e500_tlbe *e = look_up(v, array, as, pid, ea);

	if (!e)
		return false;
	/* OR-ed, not added: a misaligned RPN gives garbage */
	hit->raddr = (e->mas7_3 & PPCTLB_MAS7_3_RPN) | (ea & (page_bytes(e) - 1));
	hit->supervisor = e500_rights(e->mas7_3);
	hit->user = e500_rights(e->mas7_3 >> 1);
	return true;
}

/* What the guest, and KVM_GET_SREGS, sees of the geometry. */
static void set_geometry(struct fakekvm_vcpu *v, const uint32_t sizes[2], const uint32_t ways[2])
{
	int i;

	for (i = 0; i < 2; i++) {
		v->sizes[i] = sizes[i];
		v->ways[i] = ways[i];
		v->tlbcfg[i] &= 0x00fff000;
		v->tlbcfg[i] |= (sizes[i] <= 2048 ? sizes[i] : 0) | ways[i] << 24;
	}
}

static void drop_array(struct fakekvm_vcpu *v)
{
	if (!v->shared)
		free(v->array);
	else if (v->unmapped)
		syscall(SYS_munmap, v->unmapped, v->unmapped_len);
	free(v->shadow);
	v->unmapped = NULL;
}

static int check_params(const struct ppc_config_tlb *cfg, const struct ppc_tlb_params *p)
{
	if (p->sizes[1] > 64 || p->ways[1] != p->sizes[1])
		return -EINVAL;
	if (p->sizes[2] || p->sizes[3] || p->ways[2] || p->ways[3])
		return -EINVAL;
	if (!power_of_two(p->ways[0]) || !power_of_two(p->sizes[0] >> log2_of(p->ways[0])))
		return -EINVAL;
	/* the product wraps in a 32-bit size_t */
	if (cfg->array_len < (uint32_t)((p->sizes[0] + p->sizes[1]) * 24u))
		return -EINVAL;
	return 0;
}

static int config_tlb(struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_config_tlb cfg;
	struct ppc_tlb_params p;
	struct ppctlb_e500_tlbe *shadow;
	int ret;

	if (from_user(&cfg, arg, sizeof(cfg)))
		return -EFAULT;
	if (cfg.mmu_type != 0) /* KVM_MMU_FSL_BOOKE_NOHV */
		return -EINVAL;
	if (from_user(&p, cfg.params, sizeof(p)))
		return -EFAULT;
	ret = check_params(&cfg, &p);
	if (ret)
		return ret;
	if (writable(cfg.array, cfg.array_len))
		return -EFAULT;
	if (p.sizes[0] > MOST_ENTRIES)
		return -ENOMEM;
	shadow = calloc((size_t)p.sizes[0] + p.sizes[1], sizeof(*shadow));
	if (!shadow)
		return -ENOMEM;

	drop_array(v);
	v->shadow = shadow;
	v->array = (void *)(uintptr_t)cfg.array;
	v->shared = true;
	set_geometry(v, p.sizes, p.ways);
	shadow_follows(v);
	recalc_tlb1_range(v);
	return 0;
}

static int enable_cap(struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_enable_cap cap;

	if (from_user(&cap, arg, sizeof(cap)))
		return -EFAULT;
	if (cap.flags || cap.cap != PPC_KVM_CAP_SW_TLB)
		return -EINVAL;
	return config_tlb(v, cap.args[0]);
}

/* The kernel refreshes everything and ignores both fields; they are kept for the tests. */
static int dirty_tlb(struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_dirty_tlb dirty;

	if (from_user(&dirty, arg, sizeof(dirty)))
		return -EFAULT;
	free(v->bitmap);
	v->num_dirty = dirty.num_dirty;
	v->bitmap_len = ((size_t)v->sizes[0] + v->sizes[1] + 63) / 64 * 8;
	v->bitmap = malloc(v->bitmap_len);
	if (v->bitmap && from_user(v->bitmap, dirty.bitmap, v->bitmap_len)) {
		free(v->bitmap);
		v->bitmap = NULL;
	}
	shadow_follows(v);
	recalc_tlb1_range(v);
	return 0;
}

static int e500_ioctl(struct fakekvm_vcpu *v, uint32_t request, uint64_t arg)
{
	if (request == PPC_KVM_ENABLE_CAP)
		return enable_cap(v, arg);
	if (request == PPC_KVM_DIRTY_TLB)
		return dirty_tlb(v, arg);
	return -EINVAL;
}

/* A new vCPU: TLB0 256/2, TLB1 16, and on the cores without hypervisor mode two entries, which are
 * not found before the first KVM_DIRTY_TLB: the kernel computes the range of TLB1 before it writes
 * them. */
static int e500_init(struct fakekvm_vcpu *v)
{
	static const struct {
		uint32_t pvr, mmucfg, tlbcfg[2];
	} host[] = {
		{FAKEKVM_E500V1, 0, {0x02110100, 0x1019c010}},
		{FAKEKVM_E500V2, 0, {0x04110200, 0x101cc010}},
		{FAKEKVM_E500MC, 0x064809c4, {0x04110200, 0x401cc040}},
		{FAKEKVM_E5500, 0x064809c4, {0x04110200, 0x401cc040}},
		{FAKEKVM_E6500, 0x06510b45, {0x08052400, 0x40028040}},
	};
	static const uint32_t sizes[2] = {256, 16}, ways[2] = {2, 16};
	static const struct ppctlb_e500_tlbe initial[2] = {
		{0, 0x80000900, 0, 0x15},
		{0, 0x80000100, 0xe000400a, 0xe0004015},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(host); i++) {
		if (host[i].pvr >> 16 != v->pvr >> 16)
			continue;
		v->mmucfg = host[i].mmucfg;
		v->tlbcfg[0] = host[i].tlbcfg[0];
		v->tlbcfg[1] = host[i].tlbcfg[1];
	}
	set_geometry(v, sizes, ways);
	v->array = calloc(256 + 16, sizeof(*v->array));
	v->shadow = calloc(256 + 16, sizeof(*v->shadow));
	if (!v->array || !v->shadow)
		return -ENOMEM;
	recalc_tlb1_range(v);
	if (v->pvr >> 16 <= FAKEKVM_E500V2 >> 16)
		memcpy(v->array + 256, initial, sizeof(initial));
	return 0;
}

/* ---- 440 ---- */

static bool x44_translate(const struct fakekvm_vcpu *v, unsigned as, unsigned pid, uint32_t ea,
			  struct fakekvm_hit *hit)
{
	const struct ppctlb_44x_tlbe *e = v->tlb.guest.entry;
	uint32_t start, size;
	int i;

	for (i = 0; i < PPCTLB_44X_ENTRIES; i++, e++) {
		start = e->word0 & PPCTLB_44X_EPN;
		size = 1024u << (e->word0 >> 4 & 15) * 2 % 32;
		if (!(e->word0 & PPCTLB_44X_V) || ea < start || ea > start + size - 1)
			continue;
		if ((e->tid && e->tid != pid) || !(e->word0 & PPCTLB_44X_TS) != !as)
			continue;
		hit->raddr = (uint64_t)(e->word1 & PPCTLB_44X_ERPN) << 32 |
			     (e->word1 & PPCTLB_44X_RPN) | (ea & (size - 1));
		/* UX UW UR SX SW SR, the last the lowest */
		hit->supervisor = e->word2 & 7;
		hit->user = e->word2 >> 3 & 7;
		return true;
	}
	return false;
}

static int x44_ioctl(struct fakekvm_vcpu *v, uint32_t request, uint64_t arg)
{
	const struct {
		uint32_t request;
		unsigned need;
		bool set;
		void *data;
		size_t len;
	} calls[] = {
		{PPCTLB_KVM_GET_TLB, FAKEKVM_COMBINED, false, &v->tlb, sizeof(v->tlb)},
		{PPCTLB_KVM_SET_TLB, FAKEKVM_COMBINED, true, &v->tlb, sizeof(v->tlb)},
		{PPCTLB_KVM_GET_GUEST_TLB, FAKEKVM_SPLIT, false, &v->tlb.guest,
		 sizeof(v->tlb.guest)},
		{PPCTLB_KVM_SET_GUEST_TLB, FAKEKVM_SPLIT, true, &v->tlb.guest,
		 sizeof(v->tlb.guest)},
		{PPCTLB_KVM_GET_SHADOW_TLB, FAKEKVM_SHADOW, false, &v->tlb.shadow,
		 sizeof(v->tlb.shadow)},
	};
	struct ppctlb_44x_combined in;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		if (calls[i].request != request || !(calls[i].need & v->calls))
			continue;
		if (!calls[i].set)
			return to_user(arg, calls[i].data, calls[i].len);
		if (from_user(&in, arg, calls[i].len))
			return -EFAULT;
		memcpy(calls[i].data, &in, calls[i].len);
		return 0;
	}
	return -EINVAL;
}

/* The two entries with which every 440 KVM kernel starts a vCPU, and a shadow TLB that looks used.
 */
static void x44_init(struct fakekvm_vcpu *v)
{
	uint32_t i;

	v->tlb.guest.entry[0] = (struct ppctlb_44x_tlbe){0, 0x00000270, 0, 0x007};
	v->tlb.guest.entry[1] = (struct ppctlb_44x_tlbe){0, 0xef600210, 0xef600000, 0x507};
	for (i = 0; i < PPCTLB_44X_ENTRIES; i += 3)
		v->tlb.shadow.entry[i] = (struct ppctlb_44x_tlbe){1, 0x210 | i << 12,
								  0x0ab00000 | i << 12, 0x1000003f};
}

/* ---- vCPU, VM, /dev/kvm ---- */

static int get_sregs(const struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_sregs s = v->sregs;

	s.pvr = v->pvr;
	s.features = is_e500(v->pvr) ? 0x4263 : 0x23;
	if (is_e500(v->pvr)) {
		s.impl_id = 1;
		s.mmucfg = v->mmucfg;
		s.tlbcfg[0] = v->tlbcfg[0];
		s.tlbcfg[1] = v->tlbcfg[1];
	}
	return to_user(arg, &s, sizeof(s));
}

static int set_sregs(struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_sregs s;

	if (from_user(&s, arg, sizeof(s)))
		return -EFAULT;
	if (s.pvr != v->pvr)
		return -EINVAL;
	v->sregs = s;
	return 0;
}

static int translate(const struct fakekvm_vcpu *v, uint64_t arg)
{
	struct ppc_translation t;
	struct fakekvm_hit hit;
	unsigned as, pid;
	uint32_t ea;

	if (from_user(&t, arg, sizeof(t)))
		return -EFAULT;
	ea = (uint32_t)t.linear_address;
	pid = t.linear_address >> 32 & 0xff;
	as = t.linear_address >> 40 & 1;
	t.valid = is_e500(v->pvr) ? e500_translate(v, v->array, as, pid, ea, &hit)
				  : x44_translate(v, as, pid, ea, &hit);
	if (t.valid)
		t.physical_address = hit.raddr;
	return to_user(arg, &t, sizeof(t));
}

static int vcpu_ioctl(struct fakekvm_vcpu *v, uint32_t request, uint64_t arg)
{
	if (v->pid != getpid())
		return -EIO;
	switch (request) {
	case PPC_KVM_GET_SREGS:
		return get_sregs(v, arg);
	case PPC_KVM_SET_SREGS:
		return set_sregs(v, arg);
	case PPC_KVM_TRANSLATE:
		return translate(v, arg);
	case PPC_KVM_RUN:
	case PPC_KVM_GET_REGS:
	case PPC_KVM_SET_REGS:
		return runner ? runner(v, request, arg) : -EINVAL;
	}
	return is_e500(v->pvr) ? e500_ioctl(v, request, arg) : x44_ioctl(v, request, arg);
}

static int new_object(int kind, uint32_t pvr, unsigned calls);

static int vm_ioctl(const struct object *o, uint32_t request, uint64_t arg)
{
	switch (request) {
	case PPC_KVM_CREATE_VCPU:
		return new_object(VCPU, o->pvr, o->calls);
	case PPC_KVM_SET_USER_MEMORY_REGION:
		return runner ? runner(NULL, request, arg) : 0;
	case PPC_KVM_ENABLE_CAP:
		return -EINVAL;
	}
	return -ENOTTY;
}

static int dev_ioctl(const struct object *o, uint32_t request, uint64_t arg)
{
	switch (request) {
	case PPC_KVM_GET_API_VERSION:
		return 12;
	case PPC_KVM_GET_VCPU_MMAP_SIZE:
		return 4096;
	case PPC_KVM_CREATE_VM:
		return new_object(VM, o->pvr, o->calls);
	case PPC_KVM_CHECK_EXTENSION:
		return arg == PPC_KVM_CAP_SW_TLB && is_e500(o->pvr);
	}
	return -EINVAL;
}

static int object_ioctl(struct object *o, uint32_t request, uint64_t arg)
{
	switch (o->kind) {
	case VCPU:
		return vcpu_ioctl(&o->vcpu, request, arg);
	case VM:
		return vm_ioctl(o, request, arg);
	default:
		return dev_ioctl(o, request, arg);
	}
}

/* ---- descriptors ---- */

static void free_object(struct object *o)
{
	if (o->kind == VCPU && is_e500(o->pvr)) {
		drop_array(&o->vcpu);
		free(o->vcpu.bitmap);
	}
	free(o);
}

static int new_object(int kind, uint32_t pvr, unsigned calls)
{
	struct object *o = calloc(1, sizeof(*o));
	int ret = 0, ends[2];
	struct stat st;

	if (!o || pipe2(ends, O_CLOEXEC) || fstat(ends[0], &st))
		abort();
	close(ends[1]);
	o->kind = kind;
	o->pvr = o->vcpu.pvr = pvr;
	o->calls = o->vcpu.calls = calls;
	o->vcpu.pid = getpid();
	o->dev = st.st_dev;
	o->ino = st.st_ino;
	if (kind == VCPU && is_e500(pvr))
		ret = e500_init(&o->vcpu);
	else if (kind == VCPU)
		x44_init(&o->vcpu);
	if (ret)
		abort();
	o->next = objects;
	objects = o;
	return ends[0];
}

/* Look by the file behind the descriptor, so that a number that was closed or opened anew is not
 * mistaken. */
static struct object *find(int fd)
{
	struct object *o;
	struct stat st;

	if (fd < 0 || !objects || fstat(fd, &st))
		return NULL;
	for (o = objects; o && (o->dev != st.st_dev || o->ino != st.st_ino); o = o->next)
		;
	return o;
}

static void count(uint32_t request)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		if (counts[i].request && counts[i].request != request)
			continue;
		counts[i].request = request;
		counts[i].n++;
		return;
	}
}

/* The fault that this call must meet, or NULL. */
static struct fault *fault_now(uint32_t request)
{
	struct fault *now = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++) {
		if (!faults[i].nth || (faults[i].request && faults[i].request != request))
			continue;
		if (--faults[i].nth == 0)
			now = &faults[i];
	}
	return now;
}

static int answer(struct object *o, uint32_t request, uint64_t arg)
{
	struct fault *fault;

	count(request);
	fault = fault_now(request);
	if (!fault)
		return object_ioctl(o, request, arg);
	if (fault->done)
		object_ioctl(o, request, arg);
	return fault->result;
}

/* KVM's calls on other descriptors fail as in a kernel; an emulator of user programs would say
 * that it does not know them. */
static int foreign(int fd, unsigned long request, uintptr_t arg)
{
	if ((request >> 8 & 0xff) != 0xae)
		return (int)syscall(SYS_ioctl, fd, request, arg);
	if (fcntl(fd, F_GETFD) >= 0)
		errno = ENOTTY;
	return -1;
}

/* The C library's ioctl(), for everything in this process. */
int ioctl(int fd, unsigned long request, ...)
{
	struct object *o;
	uintptr_t arg;
	va_list ap;
	int ret;

	va_start(ap, request);
	arg = va_arg(ap, uintptr_t);
	va_end(ap);

	pthread_mutex_lock(&lock);
	o = find(fd);
	ret = o ? answer(o, (uint32_t)request, arg) : 0;
	pthread_mutex_unlock(&lock);
	if (!o)
		return foreign(fd, request, arg);
	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* The array that begins in that range, if a vCPU has one there. */
static struct fakekvm_vcpu *pinned(uintptr_t start, size_t len)
{
	struct object *o;

	for (o = objects; o; o = o->next)
		if (o->kind == VCPU && o->vcpu.shared && !o->vcpu.unmapped &&
		    (uintptr_t)o->vcpu.array - start < len)
			return &o->vcpu;
	return NULL;
}

/* The kernel pins the pages of a shared array, which so outlive their owner's mapping. Here that
 * mapping is all there is: keep it until the kernel lets go. */
int munmap(void *addr, size_t len)
{
	struct fakekvm_vcpu *v;

	pthread_mutex_lock(&lock);
	v = pinned((uintptr_t)addr, len);
	if (v) {
		v->unmapped = addr;
		v->unmapped_len = len;
	}
	pthread_mutex_unlock(&lock);
	return v ? 0 : (int)syscall(SYS_munmap, addr, len);
}

/* ---- for the tests ---- */

static int locked_new_object(int kind, uint32_t pvr, unsigned calls)
{
	int fd;

	pthread_mutex_lock(&lock);
	fd = new_object(kind, pvr, calls);
	pthread_mutex_unlock(&lock);
	return fd;
}

int fakekvm_open(uint32_t pvr, unsigned calls)
{
	return locked_new_object(DEV, pvr, calls);
}

int fakekvm_vcpu(uint32_t pvr, unsigned calls)
{
	return locked_new_object(VCPU, pvr, calls);
}

struct fakekvm_vcpu *fakekvm_state(int fd)
{
	struct object *o;

	pthread_mutex_lock(&lock);
	o = find(fd);
	pthread_mutex_unlock(&lock);
	return o && o->kind == VCPU ? &o->vcpu : NULL;
}

void fakekvm_close(int fd)
{
	struct object *o, **link;

	pthread_mutex_lock(&lock);
	o = find(fd);
	for (link = &objects; o && *link != o; link = &(*link)->next)
		;
	if (o) {
		*link = o->next;
		free_object(o);
		close(fd);
	}
	pthread_mutex_unlock(&lock);
}

void fakekvm_tlbwe(int fd, uint32_t index, const struct ppctlb_e500_tlbe *e)
{
	struct fakekvm_vcpu *v = fakekvm_state(fd);

	v->array[index] = *e;
	v->shadow[index] = *e;
	recalc_tlb1_range(v);
}

bool fakekvm_look_up(const struct fakekvm_vcpu *v, unsigned as, unsigned pid, uint32_t eaddr,
		     struct fakekvm_hit *hit)
{
	return is_e500(v->pvr) ? e500_translate(v, v->shadow, as, pid, eaddr, hit)
			       : x44_translate(v, as, pid, eaddr, hit);
}

bool fakekvm_guest_sees(int fd, unsigned as, unsigned pid, uint32_t eaddr, uint64_t *raddr)
{
	struct fakekvm_hit hit;

	if (!fakekvm_look_up(fakekvm_state(fd), as, pid, eaddr, &hit))
		return false;
	*raddr = hit.raddr;
	return true;
}

void fakekvm_set_runner(fakekvm_runner *new_runner)
{
	runner = new_runner;
}

void fakekvm_fault(uint32_t request, unsigned nth, int result, bool done)
{
	size_t i;

	pthread_mutex_lock(&lock);
	for (i = 0; i < ARRAY_SIZE(faults) && faults[i].nth; i++)
		;
	if (i == ARRAY_SIZE(faults))
		abort();
	faults[i] = (struct fault){request, nth, result, done};
	pthread_mutex_unlock(&lock);
}

unsigned fakekvm_faults_left(void)
{
	unsigned left = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(faults); i++)
		left += faults[i].nth != 0;
	return left;
}

void fakekvm_no_faults(void)
{
	memset(faults, 0, sizeof(faults));
}

unsigned fakekvm_count(uint32_t request)
{
	unsigned n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++)
		if (!request || counts[i].request == request)
			n += counts[i].n;
	return n;
}
