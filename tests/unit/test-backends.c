// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The backends through their tables, on scripted kernels: what they ask the kernel, byte for byte,
 * and what is left when the kernel refuses.
 */
#include <ppctlb/44x.h>
#include <ppctlb/backend.h>
#include <ppctlb/e500.h>

#include <check.h>
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern const struct ppctlb_backend ppctlb_backend_44x, ppctlb_backend_e500, ppctlb_backend_mock;

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* ---- the host's services ---- */

static char message[1024];

__attribute__((format(printf, 2, 3))) static int host_fail(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	return -err;
}

__attribute__((format(printf, 2, 3))) static int host_context(int ret, const char *fmt, ...)
{
	char old[sizeof(message)];
	va_list args;
	size_t used;

	memcpy(old, message, sizeof(old));
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	used = strlen(message);
	snprintf(message + used, sizeof(message) - used, ": %.900s", old);
	return ret;
}

/* ---- a scripted kernel ---- */

#define FD 42

static struct {
	/* the script: the nth call (from 1) answers that; with done it is carried out first */
	struct {
		unsigned nth;
		int answer;
		bool done;
	} fault[4];
	unsigned faults;
	/* what was asked */
	uint32_t request[16];
	unsigned calls;
	/* a 440 */
	uint32_t has[3]; /* calls that the kernel has, GETs */
	struct ppctlb_44x_combined tlb;
	/* an e500 */
	uint32_t cap, cap_flags, sizes[4], ways[4], reserved[8], mmu_type, array_len;
	uint64_t args[4];
	unsigned char *array;
	bool array_was_zero;
	uint64_t bitmap_at;
	uint32_t num_dirty;
	unsigned char bitmap[256];
} kernel;

static void fault(unsigned nth, int answer, bool done)
{
	kernel.fault[kernel.faults].nth = nth;
	kernel.fault[kernel.faults].answer = answer;
	kernel.fault[kernel.faults++].done = done;
}

/* Forget the calls made so far. */
static void forget(void)
{
	kernel.calls = kernel.faults = 0;
}

static bool knows(uint32_t request)
{
	for (size_t i = 0; i < COUNT(kernel.has); i++)
		if (kernel.has[i] == request)
			return true;
	return false;
}

static uint64_t u64_at(const void *p, size_t offset)
{
	uint64_t value;

	memcpy(&value, (const char *)p + offset, sizeof(value));
	return value;
}

static void *pointer_at(const void *p, size_t offset)
{
	return (void *)(uintptr_t)u64_at(p, offset);
}

/* Reads the structures at the offsets of the kernel's headers. */
static int enable_cap(const char *arg)
{
	const char *config, *params;
	size_t n;

	memcpy(&kernel.cap, arg, 4);
	memcpy(&kernel.cap_flags, arg + 4, 4);
	memcpy(kernel.args, arg + 8, 32);
	config = pointer_at(arg, 8);
	params = pointer_at(config, 0);
	kernel.array = pointer_at(config, 8);
	memcpy(&kernel.mmu_type, config + 16, 4);
	memcpy(&kernel.array_len, config + 20, 4);
	memcpy(kernel.sizes, params, 16);
	memcpy(kernel.ways, params + 16, 16);
	memcpy(kernel.reserved, params + 32, 32);
	n = kernel.array_len;
	kernel.array_was_zero = true;
	for (size_t i = 0; i < n; i++)
		if (kernel.array[i])
			kernel.array_was_zero = false;
	return 0;
}

static int dirty_tlb(const char *arg)
{
	size_t len = (kernel.sizes[0] + kernel.sizes[1] + 63) / 64 * 8;

	memcpy(&kernel.num_dirty, arg + 8, 4);
	ck_assert_uint_le(len, sizeof(kernel.bitmap));
	memcpy(kernel.bitmap, pointer_at(arg, 0), len);
	return 0;
}

static int carry_out(uint32_t request, void *arg)
{
	switch (request) {
	case 0x4800ae94: /* KVM_GET_TLB */
		memcpy(arg, &kernel.tlb, 2048);
		return knows(request) ? 0 : -EINVAL;
	case 0x4400ae96: /* KVM_GET_GUEST_TLB */
		memcpy(arg, &kernel.tlb.guest, 1024);
		return knows(request) ? 0 : -EINVAL;
	case 0x4400ae97: /* KVM_GET_SHADOW_TLB */
		memcpy(arg, &kernel.tlb.shadow, 1024);
		return knows(request) ? 0 : -EINVAL;
	case 0x8800ae95: /* KVM_SET_TLB */
		memcpy(&kernel.tlb, arg, 2048);
		return 0;
	case 0x8400ae98: /* KVM_SET_GUEST_TLB */
		memcpy(&kernel.tlb.guest, arg, 1024);
		return 0;
	case 0x8068aea3: /* KVM_ENABLE_CAP */
		return enable_cap(arg);
	case 0x8010aeaa: /* KVM_DIRTY_TLB */
		return dirty_tlb(arg);
	}
	ck_abort_msg("request 0x%08x", request);
	return -EINVAL;
}

static int host_kvm(int fd, uint32_t request, void *arg, const char *what)
{
	int ret = 0;
	bool done = true;

	ck_assert_int_eq(fd, FD);
	ck_assert_uint_lt(kernel.calls, COUNT(kernel.request));
	kernel.request[kernel.calls++] = request;
	for (unsigned i = 0; i < kernel.faults; i++)
		if (kernel.fault[i].nth == kernel.calls) {
			ret = kernel.fault[i].answer;
			done = kernel.fault[i].done;
		}
	if (done && !ret)
		ret = carry_out(request, arg);
	else if (done)
		carry_out(request, arg);
	errno = ret < 0 ? -ret : EIO;
	return ret ? host_fail(-ret, "%s said %d", what, ret) : 0;
}

static const struct ppctlb_host host = {
	.fail = host_fail, .context = host_context, .kvm = host_kvm};

/* ---- a handle's half ---- */

static const struct ppctlb_geometry no_geometry[2];
static unsigned char sregs[1232];

static void set_reg(size_t offset, uint32_t value)
{
	memcpy(sregs + offset, &value, 4);
}

static const struct ppctlb_core *core_of(const struct ppctlb_backend *b, const char *name)
{
	for (size_t i = 0; b->cores[i]; i++)
		if (!strcmp(b->cores[i]->info.name, name))
			return b->cores[i];
	ck_abort_msg("no core %s", name);
	return NULL;
}

static struct ppctlb_vcpu vcpu(const struct ppctlb_core *core, int fd)
{
	return (struct ppctlb_vcpu){
		.host = &host,
		.core = *core,
		.fd = fd,
		.sregs = fd < 0 ? NULL : sregs,
		.geometry = no_geometry,
	};
}

static struct ppctlb_entry entry(unsigned tlb, unsigned index, uint64_t seed)
{
	return (struct ppctlb_entry){
		.tlb = (uint16_t)tlb,
		.index = (uint16_t)index,
		.word = {seed, seed + 1, seed + 2, seed + 3},
	};
}

static void check_message(const char *part)
{
	ck_assert_msg(strstr(message, part) != NULL, "'%s' does not say '%s'", message, part);
}

/* ---- 44x ---- */

#define B44X   (&ppctlb_backend_44x)
#define GUEST  0x4400ae96u
#define SHADOW 0x4400ae97u
#define BOTH   0x4800ae94u

static void make_440(uint32_t a, uint32_t b, uint32_t c)
{
	memset(&kernel, 0, sizeof(kernel));
	kernel.has[0] = a;
	kernel.has[1] = b;
	kernel.has[2] = c;
	for (size_t i = 0; i < sizeof(kernel.tlb); i++)
		((unsigned char *)&kernel.tlb)[i] = (unsigned char)(i * 7 + i / 256);
}

static struct ppctlb_vcpu open_440(uint32_t a, uint32_t b, uint32_t c)
{
	struct ppctlb_vcpu v = vcpu(core_of(B44X, "440"), FD);

	make_440(a, b, c);
	ck_assert_int_eq(B44X->open(&v), 0);
	forget();
	return v;
}

static void check_44x_entries(const struct ppctlb_entry *all, const struct ppctlb_44x_tlb *tlb)
{
	for (size_t i = 0; i < 64; i++) {
		ck_assert_uint_eq(all[i].word[0], tlb->entry[i].tid);
		ck_assert_uint_eq(all[i].word[1], tlb->entry[i].word0);
		ck_assert_uint_eq(all[i].word[2], tlb->entry[i].word1);
		ck_assert_uint_eq(all[i].word[3], tlb->entry[i].word2);
	}
}

static const struct {
	uint32_t has[3], set, shadow;
	const char *transport;
} kernels_440[] = {
	{{GUEST, 0, 0}, 0x8400ae98, 0, "KVM_SET_GUEST_TLB"},
	{{GUEST, SHADOW, 0}, 0x8400ae98, SHADOW, "KVM_SET_GUEST_TLB"},
	{{GUEST, BOTH, 0}, 0x8400ae98, BOTH, "KVM_SET_GUEST_TLB"},
	{{GUEST, SHADOW, BOTH}, 0x8400ae98, SHADOW, "KVM_SET_GUEST_TLB"},
	{{BOTH, 0, 0}, 0x8800ae95, BOTH, "KVM_SET_TLB"},
};

/* Use the split calls where the kernel has them, else the combined ones; open leaves the kernel's
 * entries alone. */
START_TEST(a_440_is_opened_by_what_its_kernel_has)
{
	const uint32_t *has = kernels_440[_i].has;
	struct ppctlb_vcpu v = open_440(has[0], has[1], has[2]);
	struct ppctlb_44x_combined before = kernel.tlb;
	struct ppctlb_entry all[64];

	ck_assert_str_eq(v.transport, kernels_440[_i].transport);
	ck_assert_uint_eq(v.has_shadow, kernels_440[_i].shadow != 0);
	ck_assert_int_eq(B44X->get(&v, PPCTLB_GUEST, all), 0);
	check_44x_entries(all, &kernel.tlb.guest);
	ck_assert_uint_eq(kernel.request[0], has[0]);
	ck_assert_int_eq(B44X->get(&v, PPCTLB_SHADOW, all), v.has_shadow ? 0 : -ENOTSUP);
	if (v.has_shadow) {
		check_44x_entries(all, &kernel.tlb.shadow);
		ck_assert_uint_eq(kernel.request[1], kernels_440[_i].shadow);
	}
	ck_assert_mem_eq(&before, &kernel.tlb, sizeof(before));
	B44X->close(&v);
}
END_TEST

/* One GET, one SET; only the given entries change, and the shadow half goes back as it came. */
START_TEST(a_440_set_is_one_get_and_one_set)
{
	const uint32_t *has = kernels_440[_i].has;
	struct ppctlb_vcpu v = open_440(has[0], has[1], has[2]);
	struct ppctlb_entry some[] = {entry(0, 63, 0x1000), entry(0, 0, 0x2000)};
	struct ppctlb_44x_combined want;

	/* both are still there after open */
	memset(&kernel.tlb.shadow, 0x5a, sizeof(kernel.tlb.shadow));
	kernel.tlb.guest.entry[5].word0 = 0xdeadbeef;
	want = kernel.tlb;
	want.guest.entry[63] = (struct ppctlb_44x_tlbe){0x1000, 0x1001, 0x1002, 0x1003};
	want.guest.entry[0] = (struct ppctlb_44x_tlbe){0x2000, 0x2001, 0x2002, 0x2003};
	ck_assert_int_eq(B44X->set(&v, some, 2), 0);
	ck_assert_mem_eq(&kernel.tlb, &want, sizeof(want));
	ck_assert_uint_eq(kernel.calls, 2);
	ck_assert_uint_eq(kernel.request[0], has[0]);
	ck_assert_uint_eq(kernel.request[1], kernels_440[_i].set);
	B44X->close(&v);
}
END_TEST

/* What the call has read already is not read again; of NULL every entry becomes 0. */
START_TEST(a_440_set_after_a_get_is_one_set)
{
	const uint32_t *has = kernels_440[_i].has;
	struct ppctlb_vcpu v = open_440(has[0], has[1], has[2]);
	struct ppctlb_entry one = entry(0, 7, 0x1000), all[64];
	struct ppctlb_44x_combined want = kernel.tlb;

	ck_assert_int_eq(B44X->get(&v, PPCTLB_GUEST, all), 0);
	forget();
	v.fresh = 1;
	ck_assert_int_eq(B44X->set(&v, &one, 1), 0);
	v.fresh = 0;
	ck_assert_uint_eq(kernel.calls, 1);
	ck_assert_uint_eq(kernel.request[0], kernels_440[_i].set);
	want.guest.entry[7] = (struct ppctlb_44x_tlbe){0x1000, 0x1001, 0x1002, 0x1003};
	ck_assert_mem_eq(&kernel.tlb, &want, sizeof(want));
	ck_assert_int_eq(B44X->set(&v, NULL, 64), 0);
	memset(&want.guest, 0, sizeof(want.guest));
	ck_assert_mem_eq(&kernel.tlb, &want, sizeof(want));
	B44X->close(&v);
}
END_TEST

/* One GET; the first two entries that match, with their places. */
START_TEST(a_440_match_is_one_get)
{
	const uint32_t *has = kernels_440[_i].has;
	struct ppctlb_vcpu v = open_440(has[0], has[1], has[2]);
	struct ppctlb_access a = {.eaddr = 0x10000fff, .pid = 7, .as = 1};
	struct ppctlb_entry found[2];

	memset(&kernel.tlb.guest, 0, sizeof(kernel.tlb.guest));
	ck_assert_int_eq(B44X->match(&v, &a, found), 0);
	ck_assert_uint_eq(kernel.calls, 1);
	ck_assert_uint_eq(kernel.request[0], has[0]);
	kernel.tlb.guest.entry[63] = (struct ppctlb_44x_tlbe){7, 0x10000310, 0x20000000, 7};
	ck_assert_int_eq(B44X->match(&v, &a, found), 1);
	ck_assert(found[0].tlb == 0 && found[0].index == 63 && found[0].unknown == 0);
	ck_assert(found[0].word[0] == 7 && found[0].word[1] == 0x10000310 &&
		  found[0].word[2] == 0x20000000 && found[0].word[3] == 7);
	kernel.tlb.guest.entry[5] = (struct ppctlb_44x_tlbe){0, 0x10000310, 0, 0};
	kernel.tlb.guest.entry[64 - 2] = kernel.tlb.guest.entry[5];
	ck_assert_int_eq(B44X->match(&v, &a, found), 2);
	ck_assert(found[0].index == 5 && found[1].index == 62);
	forget();
	fault(1, -EINTR, false);
	ck_assert_int_eq(B44X->match(&v, &a, found), -EINTR);
	B44X->close(&v);
}
END_TEST

/* After a failed SET, whether the kernel took it or not, write the old state back with one SET. */
START_TEST(a_failed_440_set_is_rolled_back)
{
	for (int done = 0; done < 2; done++) {
		const uint32_t *has = kernels_440[_i].has;
		struct ppctlb_vcpu v = open_440(has[0], has[1], has[2]);
		struct ppctlb_44x_combined before = kernel.tlb;
		struct ppctlb_entry some = entry(0, 7, 0x1000);

		fault(2, -EFAULT, done);
		ck_assert_int_eq(B44X->set(&v, &some, 1), -EFAULT);
		ck_assert_mem_eq(&kernel.tlb, &before, sizeof(before));
		ck_assert_uint_eq(kernel.calls, 3);
		ck_assert_uint_eq(kernel.request[2], kernels_440[_i].set);
		check_message("said -14");
		B44X->close(&v);
	}
}
END_TEST

START_TEST(a_second_failure_is_told)
{
	struct ppctlb_vcpu v = open_440(GUEST, 0, 0);
	struct ppctlb_entry some = entry(0, 7, 0x1000);

	fault(2, -EFAULT, true);
	fault(3, -EINTR, false);
	ck_assert_int_eq(B44X->set(&v, &some, 1), -EIO);
	ck_assert_uint_eq(kernel.calls, 3);
	check_message("guest TLB is unknown: writing it failed with errno 14,");
	check_message("KVM_SET_GUEST_TLB said -4");
	B44X->close(&v);
}
END_TEST

START_TEST(a_failed_440_get_writes_nothing)
{
	struct ppctlb_vcpu v = open_440(BOTH, 0, 0);
	struct ppctlb_entry some = entry(0, 7, 0x1000), all[64];

	fault(1, -EIO, false);
	fault(2, -EIO, false);
	ck_assert_int_eq(B44X->set(&v, &some, 1), -EIO);
	ck_assert_uint_eq(kernel.calls, 1);
	ck_assert_int_eq(B44X->get(&v, PPCTLB_GUEST, all), -EIO);
	B44X->close(&v);
}
END_TEST

/* EINVAL and ENOTTY (the host's ENOTSUP) say that the kernel lacks the call; any other errno is a
 * failure. */
START_TEST(a_kernel_without_the_calls)
{
	static const int lacks[] = {-EINVAL, -ENOTSUP}, fails[] = {-EIO, -EBADF};
	const struct ppctlb_core *core = NULL;

	set_reg(0, 0x422218d3);
	for (size_t i = 0; i < 2; i++) {
		struct ppctlb_vcpu v = vcpu(core_of(B44X, "440"), FD);

		make_440(0, 0, 0);
		fault(1, lacks[i], false);
		fault(2, lacks[i], false);
		ck_assert_int_eq(B44X->open(&v), -ENOTSUP);
		check_message("this kernel has no 44x TLB calls: KVM_GET_TLB said");
		ck_assert_ptr_null(v.state);
		kernel.calls = 0;
		ck_assert_int_eq(B44X->probe(&host, FD, sregs, &core), -ENOTSUP);
		ck_assert_uint_eq(kernel.calls, 2);
		make_440(GUEST, BOTH, 0);
		fault(1, fails[i], false);
		ck_assert_int_eq(B44X->open(&v), fails[i]);
		ck_assert_uint_eq(kernel.calls, 1);
		make_440(GUEST, BOTH, 0);
		fault(2, fails[i], false);
		ck_assert_int_eq(B44X->open(&v), fails[i]);
	}
}
END_TEST

START_TEST(a_440_is_known_by_its_pvr)
{
	static const struct {
		uint32_t pvr;
		const char *refused;
	} pvrs[] = {
		{0x40000850, NULL},	   {0x40000858, NULL},	      {0x422218d3, NULL},
		{0x422218db, NULL},	   {0x400008d4, NULL},	      {0x400008dc, NULL},
		{0x200008d0, NULL},	   {0x200008d4, NULL},	      {0x200008d8, NULL},
		{0x40000440, NULL},	   {0x40000481, NULL},	      {0x50000850, NULL},
		{0x50000851, NULL},	   {0x50000892, NULL},	      {0x50000894, NULL},
		{0x53200891, NULL},	   {0x53400890, NULL},	      {0x53400891, NULL},
		{0x13020002, NULL},	   {0x130218a2, NULL},	      {0x130218a4, NULL},
		{0x13020000, NULL},	   {0x130218a5, NULL},	      {0x13541800, NULL},
		{0x12c41c83, NULL},	   {0x7ff21910, NULL},	      {0x7ff21913, NULL},
		{0x7ff2191f, NULL},	   {0x11a52080, "476"},	      {0x11a50001, "476"},
		{0x7ff50000, "476"},	   {0x00050000, "476"},	      {0x80210030, "not a 440"},
		{0x004d0200, "not a 440"}, {0, "not a 440"},	      {0xffffffff, "not a 440"},
		{0x40110000, "not a 440"}, {0x00800200, "not a 440"},
	};

	make_440(GUEST, 0, 0);
	for (size_t i = 0; i < COUNT(pvrs); i++) {
		const struct ppctlb_core *core = NULL;
		int ret;

		set_reg(0, pvrs[i].pvr);
		forget();
		ret = B44X->probe(&host, FD, sregs, &core);
		ck_assert_msg(ret == (pvrs[i].refused ? -ENOTSUP : 0), "PVR %08x", pvrs[i].pvr);
		ck_assert_uint_eq(kernel.calls, !pvrs[i].refused);
		if (pvrs[i].refused)
			check_message(pvrs[i].refused);
		else
			ck_assert_ptr_eq(core, core_of(B44X, "440"));
	}
}
END_TEST

START_TEST(a_detached_440)
{
	struct ppctlb_vcpu v = vcpu(core_of(B44X, "440"), -1);
	struct ppctlb_geometry g[2] = {{64, 64}, {0, 0}}, bad[] = {{32, 32}, {64, 4}, {64, 0}};
	struct ppctlb_entry all[64], one = entry(0, 9, 0x1000);
	char array[64];

	v.geometry = g;
	ck_assert_int_eq(B44X->open(&v), 0);
	ck_assert_str_eq(v.transport, "memory");
	ck_assert_uint_eq(v.has_shadow, 0);
	ck_assert_int_eq(B44X->set(&v, &one, 1), 0);
	ck_assert_int_eq(B44X->get(&v, PPCTLB_GUEST, all), 0);
	for (size_t i = 0; i < 64; i++)
		for (size_t w = 0; w < 4; w++)
			ck_assert_uint_eq(all[i].word[w], i == 9 ? 0x1000 + w : 0);
	ck_assert_int_eq(B44X->get(&v, PPCTLB_SHADOW, all), -ENOTSUP);
	ck_assert_int_eq(B44X->commit(&v), -EINVAL);
	B44X->close(&v);
	for (size_t i = 0; i < COUNT(bad); i++) {
		g[0] = bad[i];
		ck_assert_int_eq(B44X->open(&v), -EINVAL);
		check_message("one TLB of 64 entries");
	}
	g[0] = (struct ppctlb_geometry){64, 64};
	g[1] = (struct ppctlb_geometry){16, 16};
	ck_assert_int_eq(B44X->open(&v), -EINVAL);
	v = vcpu(core_of(B44X, "440"), -1);
	v.array = array;
	v.array_len = sizeof(array);
	ck_assert_int_eq(B44X->open(&v), -EINVAL);
}
END_TEST

/* ---- e500 ---- */

#define E500	   (&ppctlb_backend_e500)
#define ENABLE_CAP 0x8068aea3u
#define DIRTY_TLB  0x8010aeaau
#define TLBE	   24

static void make_e500(void)
{
	memset(&kernel, 0, sizeof(kernel));
	memset(sregs, 0, sizeof(sregs));
	set_reg(632, 0x02110100); /* 256 entries, 2 ways */
	set_reg(636, 0x101cc010); /* 16 */
}

static struct ppctlb_vcpu open_e500(const char *core)
{
	struct ppctlb_vcpu v = vcpu(core_of(E500, core), FD);

	make_e500();
	ck_assert_int_eq(E500->open(&v), 0);
	return v;
}

START_TEST(an_e500_is_known_by_its_pvr)
{
	static const struct {
		uint32_t pvr;
		const char *name;
	} pvrs[] = {
		{0x80200020, "e500v1"},
		{0x80210030, "e500v2"},
		{0x8021ffff, "e500v2"},
		{0x80230020, "e500mc"},
		{0x80240012, "e5500"},
		{0x80400010, "e6500"},
		{0x80220000, NULL},
		{0x422218d3, NULL},
		{0x80410000, NULL},
		{0x81210000, NULL},
		{0, NULL},
	};

	memset(&kernel, 0, sizeof(kernel));
	for (size_t i = 0; i < COUNT(pvrs); i++) {
		const struct ppctlb_core *core = NULL;

		set_reg(0, pvrs[i].pvr);
		ck_assert_int_eq(E500->probe(&host, FD, sregs, &core), pvrs[i].name ? 0 : -ENOTSUP);
		if (pvrs[i].name)
			ck_assert_str_eq(core->info.name, pvrs[i].name);
	}
	ck_assert_uint_eq(kernel.calls, 0);
}
END_TEST

/* KVM_ENABLE_CAP comes once and last, with the vCPU's geometry and an empty array. */
START_TEST(an_e500_is_opened_by_one_call)
{
	struct ppctlb_vcpu v = open_e500("e500v2");

	ck_assert_str_eq(v.transport, "KVM_CAP_SW_TLB");
	ck_assert_uint_eq(v.has_shadow, 0);
	ck_assert_uint_eq(kernel.calls, 1);
	ck_assert_uint_eq(kernel.request[0], ENABLE_CAP);
	ck_assert_uint_eq(kernel.cap, 69);
	ck_assert_uint_eq(kernel.cap_flags, 0);
	for (int i = 1; i < 4; i++)
		ck_assert_uint_eq(kernel.args[i], 0);
	ck_assert_mem_eq(kernel.sizes, ((uint32_t[]){256, 16, 0, 0}), 16);
	ck_assert_mem_eq(kernel.ways, ((uint32_t[]){2, 16, 0, 0}), 16);
	for (int i = 0; i < 8; i++)
		ck_assert_uint_eq(kernel.reserved[i], 0);
	ck_assert_uint_eq(kernel.mmu_type, 0);
	ck_assert_uint_eq(kernel.array_len, (256 + 16) * TLBE);
	ck_assert(kernel.array_was_zero);
	ck_assert_uint_eq(v.core.info.array[0].geometry.entries, 256);
	ck_assert_uint_eq(v.core.info.array[0].geometry.ways, 2);
	ck_assert_uint_eq(v.core.info.array[1].geometry.entries, 16);
	E500->close(&v);
	ck_assert_ptr_null(v.state);
	ck_assert_uint_eq(kernel.calls, 1);
}
END_TEST

/* A kernel that refuses legal arguments lacks the feature; open leaves nothing behind. */
START_TEST(an_e500_kernel_that_refuses)
{
	static const struct {
		int says, means;
	} table[] = {
		{-EINVAL, -ENOTSUP},
		{-EFAULT, -EFAULT},
		{-EIO, -EIO},
		{-ENOMEM, -ENOMEM},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct ppctlb_vcpu v = vcpu(core_of(E500, "e500v2"), FD);

		make_e500();
		fault(1, table[i].says, true);
		ck_assert_int_eq(E500->open(&v), table[i].means);
		check_message("KVM_ENABLE_CAP(KVM_CAP_SW_TLB) said");
		ck_assert_ptr_null(v.state);
	}
}
END_TEST

static const struct {
	struct ppctlb_geometry g[2];
	const char *refused;
} geometries[] = {
	{{{512, 4}, {16, 16}}, NULL},
	{{{256, 2}, {16, 16}}, NULL},
	{{{2, 2}, {1, 1}}, NULL},
	{{{16, 16}, {2, 2}}, NULL},
	{{{1024, 8}, {64, 64}}, NULL},
	{{{512, 16}, {32, 32}}, NULL},
	{{{512, 1}, {16, 16}}, "TLB0 with 1 ways"},
	{{{512, 0}, {16, 16}}, "TLB0 with 0 ways"},
	{{{512, 3}, {16, 16}}, "TLB0 with 3 ways"},
	{{{512, 32}, {16, 16}}, "TLB0 with 32 ways"},
	{{{512, 512}, {16, 16}}, "TLB0 with 512 ways"},
	{{{513, 4}, {16, 16}}, "TLB0 with 513 entries"},
	{{{515, 4}, {16, 16}}, "TLB0 with 515 entries"},
	{{{384, 4}, {16, 16}}, "TLB0 with 384 entries"},
	{{{516, 4}, {16, 16}}, "TLB0 with 516 entries"},
	{{{0, 4}, {16, 16}}, "TLB0 with 0 entries"},
	{{{2, 4}, {16, 16}}, "TLB0 with 2 entries"},
	{{{131072, 4}, {16, 16}}, "TLB0 with 131072 entries"},
	{{{1u << 31, 16}, {16, 16}}, "TLB0 with 2147483648 entries"},
	{{{0, 0}, {16, 16}}, "TLB0 with 0 ways"},
	{{{512, 4}, {0, 0}}, "TLB1 with 0 entries"},
	{{{512, 4}, {48, 48}}, "TLB1 with 48 entries"},
	{{{512, 4}, {65, 65}}, "TLB1 with 65 entries"},
	{{{512, 4}, {128, 128}}, "TLB1 with 128 entries"},
	{{{512, 4}, {16, 8}}, "TLB1 with 16 entries in 8 ways"},
	{{{512, 4}, {16, 0}}, "TLB1 with 16 entries in 0 ways"},
};

/* Check the header's rules before asking the kernel; detached handles have the same rules. */
START_TEST(the_geometry_keeps_the_rules_of_the_header)
{
	for (int fd = -1; fd <= FD; fd += FD + 1) {
		struct ppctlb_vcpu v = vcpu(core_of(E500, "e500v2"), fd);
		const struct ppctlb_geometry *g = geometries[_i].g;

		make_e500();
		v.geometry = g;
		if (geometries[_i].refused) {
			ck_assert_int_eq(E500->open(&v), -EINVAL);
			check_message(geometries[_i].refused);
			ck_assert_uint_eq(kernel.calls, 0);
			ck_assert_ptr_null(v.state);
			continue;
		}
		ck_assert_int_eq(E500->open(&v), 0);
		ck_assert_mem_eq(&v.core.info.array[0].geometry, &g[0], sizeof(*g));
		ck_assert_mem_eq(&v.core.info.array[1].geometry, &g[1], sizeof(*g));
		if (fd >= 0) {
			ck_assert_uint_eq(kernel.sizes[0], g[0].entries);
			ck_assert_uint_eq(kernel.sizes[1], g[1].entries);
			ck_assert_uint_eq(kernel.ways[0], g[0].ways);
			ck_assert_uint_eq(kernel.ways[1], g[1].ways);
		}
		E500->close(&v);
	}
}
END_TEST

START_TEST(a_detached_e500_has_the_cores_geometry)
{
	for (size_t i = 0; E500->cores[i]; i++) {
		struct ppctlb_vcpu v = vcpu(E500->cores[i], -1);

		ck_assert_int_eq(E500->open(&v), 0);
		ck_assert_str_eq(v.transport, "memory");
		ck_assert_mem_eq(&v.core.info, &E500->cores[i]->info, sizeof(v.core.info));
		E500->close(&v);
	}
}
END_TEST

/* Without a geometry take the vCPU's own; refuse one that its registers cannot express. */
START_TEST(a_vcpu_that_does_not_say_its_geometry)
{
	static const struct {
		uint32_t cfg0, cfg1;
		int ret;
	} table[] = {
		{0x04110200, 0x401cc040, 0},
		{0x10110800, 0x101cc010, 0},
		{0x04110200, 0x010cc001, 0},
		{0x04110000, 0x101cc010, -EINVAL},
		{0x00110200, 0x101cc010, -EINVAL},
		{0x04110200, 0x101cc000, -EINVAL},
		{0, 0, -EINVAL},
		/* the ways in TLB1CFG do not matter: it is fully associative */
		{0x04110200, 0x001cc010, 0},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct ppctlb_vcpu v = vcpu(core_of(E500, "e500v2"), FD);

		make_e500();
		set_reg(632, table[i].cfg0);
		set_reg(636, table[i].cfg1);
		ck_assert_int_eq(E500->open(&v), table[i].ret);
		if (table[i].ret) {
			check_message("TLBnCFG");
			ck_assert_uint_eq(kernel.calls, 0);
			continue;
		}
		ck_assert_uint_eq(kernel.sizes[0], table[i].cfg0 & 0xfff);
		ck_assert_uint_eq(kernel.ways[0], table[i].cfg0 >> 24);
		ck_assert_uint_eq(kernel.sizes[1], table[i].cfg1 & 0xfff);
		ck_assert_uint_eq(kernel.ways[1], table[i].cfg1 & 0xfff);
		E500->close(&v);
	}
}
END_TEST

/* Take the smaller of table and register; a zero register says nothing; KVM compares 8 TID bits. */
START_TEST(a_vcpu_narrows_its_core)
{
	static const struct {
		const char *core;
		uint32_t mmucfg, tlb1cfg, tlb1ps;
		unsigned ra, tid;
		uint64_t largest;
	} table[] = {
		{"e500v2", 0, 0x101cc010, 0, 36, 8, UINT64_C(1) << 32},
		{"e500v2", 0, 0x101bc010, 0, 36, 8, UINT64_C(1) << 32},
		{"e500v2", 0, 0x1019c010, 0, 36, 8, UINT64_C(1) << 28},
		{"e500v2", 0, 0x1010c010, 0, 36, 8, UINT64_C(1) << 32},
		{"e500v2", 32 << 17, 0x101cc010, 0, 32, 8, UINT64_C(1) << 32},
		{"e500v2", 33 << 17, 0x101cc010, 0, 33, 8, UINT64_C(1) << 32},
		{"e500v2", 65 << 17, 0x101cc010, 0, 36, 8, UINT64_C(1) << 32},
		{"e500mc", 0x064809c4, 0x401bc040, 0, 36, 8, UINT64_C(1) << 32},
		{"e500v1", 40 << 17, 0x101cc010, 0, 32, 8, UINT64_C(1) << 28},
		{"e6500", 0x06510b45, 0x40028040, 0, 40, 8, UINT64_C(1) << 40},
		{"e6500", 0x06510b45, 0x40028040, 0x7ffffffc, 40, 8, UINT64_C(1) << 40},
		{"e6500", 0x06510b45, 0x40028040, 0x00555554, 40, 8, UINT64_C(1) << 32},
	};

	for (size_t i = 0; i < COUNT(table); i++) {
		struct ppctlb_vcpu v = vcpu(core_of(E500, table[i].core), FD);
		uint64_t sizes = v.core.info.array[1].sizes;

		make_e500();
		set_reg(624, table[i].mmucfg);
		set_reg(636, table[i].tlb1cfg);
		set_reg(652, table[i].tlb1ps);
		ck_assert_int_eq(E500->open(&v), 0);
		ck_assert_msg(v.core.info.ra_bits == table[i].ra, "line %zu", i);
		ck_assert_msg(v.core.info.tid_bits == table[i].tid, "line %zu", i);
		sizes &= 2 * table[i].largest - 1;
		if (table[i].tlb1ps)
			sizes &= (uint64_t)table[i].tlb1ps << 10;
		ck_assert_msg(v.core.info.array[1].sizes == sizes, "line %zu", i);
		E500->close(&v);
	}
}
END_TEST

/* Bit i of the bitmap is entry i, byte i / 8, bit i % 8, in whole 64-bit words; the count is
 * exact. */
START_TEST(the_dirty_bitmap_is_exact)
{
	struct ppctlb_vcpu v = open_e500("e500v2");
	struct ppctlb_entry some[] = {
		entry(0, 0, 0x10), entry(0, 9, 0x20),  entry(0, 255, 0x30),
		entry(1, 0, 0x40), entry(1, 15, 0x50),
	};
	unsigned char want[(256 + 64) / 8] = {[0] = 1, [1] = 2, [31] = 0x80, [32] = 1, [33] = 0x80};
	struct ppctlb_e500_tlbe t;

	ck_assert_int_eq(E500->set(&v, some, COUNT(some)), 0);
	ck_assert_uint_eq(kernel.calls, 2);
	ck_assert_uint_eq(kernel.request[1], DIRTY_TLB);
	ck_assert_uint_eq(kernel.num_dirty, 5);
	ck_assert_mem_eq(kernel.bitmap, want, sizeof(want));
	memcpy(&t, kernel.array + (256 + 15) * TLBE, TLBE);
	ck_assert_uint_eq(t.mas1, 0x50);
	ck_assert_uint_eq(t.mas2, 0x51);
	ck_assert_uint_eq(t.mas7_3, 0x52);
	ck_assert_uint_eq(t.mas8, 0x53);
	/* the next call starts afresh */
	ck_assert_int_eq(E500->set(&v, &some[1], 1), 0);
	memset(want, 0, sizeof(want));
	want[1] = 2;
	ck_assert_uint_eq(kernel.num_dirty, 1);
	ck_assert_mem_eq(kernel.bitmap, want, sizeof(want));
	E500->close(&v);
}
END_TEST

/* The next call sees entries that the guest wrote itself, and keeps them. */
START_TEST(get_reads_the_live_array)
{
	struct ppctlb_vcpu v = open_e500("e500v2");
	struct ppctlb_e500_tlbe t = {4, 1, 0x123456789abcdef0, 0xf00000003};
	struct ppctlb_entry all[272], other = entry(1, 1, 0x70);

	memcpy(kernel.array + 256 * TLBE, &t, TLBE);
	ck_assert_int_eq(E500->set(&v, &other, 1), 0);
	ck_assert_int_eq(E500->get(&v, PPCTLB_GUEST, all), 0);
	ck_assert_uint_eq(all[256].word[0], 1);
	ck_assert_uint_eq(all[256].word[1], 0x123456789abcdef0);
	ck_assert_uint_eq(all[256].word[2], 0xf00000003);
	ck_assert_uint_eq(all[256].word[3], 4);
	ck_assert_uint_eq(all[257].word[0], 0x70);
	ck_assert_uint_eq(all[255].word[0], 0);
	ck_assert_uint_eq(kernel.calls, 2);
	ck_assert_int_eq(E500->get(&v, PPCTLB_SHADOW, all), -ENOTSUP);
	ck_assert_int_eq(E500->commit(&v), -EINVAL);
	ck_assert_uint_eq(kernel.calls, 2);
	E500->close(&v);
}
END_TEST

/* After a failed KVM_DIRTY_TLB put the old bytes back, tell the kernel once more, and report both
 * errors. */
START_TEST(a_failed_e500_set_is_rolled_back)
{
	for (int second = 0; second < 2; second++) {
		struct ppctlb_vcpu v = open_e500("e500v2");
		struct ppctlb_entry old[] = {entry(0, 3, 0x100), entry(1, 2, 0x200)};
		struct ppctlb_entry some[] = {entry(1, 2, 0x300), entry(0, 3, 0x400),
					      entry(1, 7, 0x500)};
		unsigned char before[272 * TLBE];

		ck_assert_int_eq(E500->set(&v, old, 2), 0);
		memcpy(before, kernel.array, sizeof(before));
		forget();
		fault(1, -EINTR, true);
		if (second)
			fault(2, -EIO, false);
		ck_assert_int_eq(E500->set(&v, some, 3), second ? -EIO : -EINTR);
		ck_assert_mem_eq(kernel.array, before, sizeof(before));
		ck_assert_uint_eq(kernel.calls, 2);
		ck_assert_uint_eq(kernel.request[1], DIRTY_TLB);
		ck_assert_uint_eq(kernel.num_dirty, 3);
		check_message(second ? "may still see the new entries" : "KVM_DIRTY_TLB said -4");
		check_message(second ? "failed with errno 4," : "");
		check_message(second ? "KVM_DIRTY_TLB said -5" : "");
		E500->close(&v);
	}
}
END_TEST

/* Of NULL every entry becomes 0, all are dirty, and all come back after a failure. */
START_TEST(an_e500_is_cleared_at_once)
{
	struct ppctlb_vcpu v = open_e500("e500v2");
	unsigned char before[272 * TLBE], zero[272 * TLBE] = {0}, all[272 / 8 + 6] = {0};

	memset(all, 0xff, 272 / 8);
	memset(kernel.array, 0x5a, sizeof(before));
	memcpy(before, kernel.array, sizeof(before));
	forget();
	fault(1, -EINTR, true);
	ck_assert_int_eq(E500->set(&v, NULL, 272), -EINTR);
	ck_assert_mem_eq(kernel.array, before, sizeof(before));
	forget();
	ck_assert_int_eq(E500->set(&v, NULL, 272), 0);
	ck_assert_uint_eq(kernel.calls, 1);
	ck_assert_uint_eq(kernel.num_dirty, 272);
	ck_assert_mem_eq(kernel.bitmap, all, sizeof(all));
	ck_assert_mem_eq(kernel.array, zero, sizeof(zero));
	E500->close(&v);
}
END_TEST

/* The caller's array, at any alignment, is used as it stands; commit marks every entry. */
START_TEST(the_callers_array)
{
	for (int fd = -1; fd <= FD; fd += FD + 1) {
		const size_t n = 512 + 16;
		unsigned char *room = malloc(n * TLBE + 1), *array = room + 1;
		struct ppctlb_geometry g[2] = {{512, 4}, {16, 16}};
		struct ppctlb_e500_tlbe t = {0, 0x80000900, 0, 0x15};
		struct ppctlb_vcpu v = vcpu(core_of(E500, "e500v2"), fd);
		struct ppctlb_entry all[528], one = entry(0, 511, 0x80);

		make_e500();
		memset(array, 0, n * TLBE);
		memcpy(array + 512 * TLBE, &t, TLBE);
		v.geometry = g;
		v.array = array;
		v.array_len = n * TLBE - 1;
		ck_assert_int_eq(E500->open(&v), -EINVAL);
		check_message("528 entries take 12672");
		v.array_len = n * TLBE;
		ck_assert_int_eq(E500->open(&v), 0);
		ck_assert_int_eq(E500->get(&v, PPCTLB_GUEST, all), 0);
		ck_assert_uint_eq(all[512].word[0], 0x80000900);
		ck_assert_uint_eq(all[512].word[2], 0x15);
		ck_assert_int_eq(E500->set(&v, &one, 1), 0);
		memcpy(&t, array + 511 * TLBE, TLBE);
		ck_assert_uint_eq(t.mas1, 0x80);
		ck_assert_uint_eq(t.mas8, 0x83);
		ck_assert_int_eq(E500->commit(&v), 0);
		if (fd >= 0) {
			unsigned char ones[528 / 8];

			memset(ones, 0xff, sizeof(ones));
			ck_assert_ptr_eq(kernel.array, array);
			ck_assert_uint_eq(kernel.array_len, n * TLBE);
			ck_assert_uint_eq(kernel.calls, 3);
			ck_assert_uint_eq(kernel.num_dirty, n);
			ck_assert_mem_eq(kernel.bitmap, ones, sizeof(ones));
			for (size_t i = sizeof(ones); i < 72; i++)
				ck_assert_uint_eq(kernel.bitmap[i], 0);
			fault(4, -EIO, false);
			ck_assert_int_eq(E500->commit(&v), -EIO);
		}
		E500->close(&v);
		ck_assert_uint_eq(array[511 * TLBE + 3] | array[511 * TLBE],
				  0x83); /* still the caller's */
		free(room);
	}
}
END_TEST

/* In private memory the parent's next write after a fork would separate it from the pages that the
 * kernel pinned. */
START_TEST(our_own_array_survives_a_fork)
{
	struct ppctlb_vcpu v = open_e500("e500v2");
	int status;
	pid_t child = fork();

	if (!child) {
		kernel.array[100] = 0x5a;
		_exit(0);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_uint_eq(kernel.array[100], 0x5a);
	E500->close(&v);
}
END_TEST

/* ---- mock ---- */

#define MOCK (&ppctlb_backend_mock)

static const struct ppctlb_core *mocked(const char *name)
{
	return core_of(strcmp(name, "440") ? E500 : B44X, name);
}

START_TEST(mock_is_never_probed)
{
	const struct ppctlb_core *core = NULL;
	struct ppctlb_vcpu v = vcpu(mocked("440"), FD);

	memset(&kernel, 0, sizeof(kernel));
	unsetenv("PPCTLB_MOCK");
	ck_assert_ptr_null(MOCK->cores[0]);
	ck_assert_int_eq(MOCK->probe(&host, FD, sregs, &core), -ENOTSUP);
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	ck_assert_uint_eq(kernel.calls, 0);
}
END_TEST

/* Without a script it is a detached TLB of the core. */
START_TEST(mock_is_a_detached_tlb)
{
	static const char *const names[] = {"440", "e500v1", "e500v2", "e6500"};
	static struct ppctlb_entry all[2048];

	unsetenv("PPCTLB_MOCK");
	for (size_t i = 0; i < COUNT(names); i++) {
		struct ppctlb_vcpu v = vcpu(mocked(names[i]), -1);
		struct ppctlb_entry one = {.tlb = (uint16_t)(v.core.info.arrays - 1), .index = 5};
		size_t at = one.tlb * v.core.info.array[0].geometry.entries + one.index;

		for (size_t w = 0; w < 4; w++)
			one.word[w] = v.core.word_mask[w] & 0xfedcba9876543210;
		ck_assert_int_eq(MOCK->open(&v), 0);
		ck_assert_str_eq(v.transport, "memory");
		ck_assert_int_eq(MOCK->set(&v, &one, 1), 0);
		ck_assert_int_eq(MOCK->get(&v, PPCTLB_GUEST, all), 0);
		ck_assert_mem_eq(all[at].word, one.word, sizeof(one.word));
		ck_assert_uint_eq(all[at - 1].word[0] | all[at + 1].word[0], 0);
		ck_assert_int_eq(MOCK->get(&v, PPCTLB_SHADOW, all), -ENOTSUP);
		ck_assert_int_eq(MOCK->commit(&v), -EINVAL);
		MOCK->close(&v);
	}
}
END_TEST

START_TEST(mock_keeps_the_cores_geometry_rules)
{
	struct ppctlb_geometry good[2] = {{64, 8}, {4, 4}}, bad[2] = {{64, 3}, {4, 4}};
	struct ppctlb_vcpu v = vcpu(mocked("e500v2"), -1);
	unsigned char array[68 * TLBE] = {0};

	unsetenv("PPCTLB_MOCK");
	v.geometry = bad;
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	v.geometry = good;
	v.array = array;
	v.array_len = sizeof(array) - 1;
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	v.array_len = sizeof(array);
	ck_assert_int_eq(MOCK->open(&v), 0);
	ck_assert_uint_eq(v.core.info.array[0].geometry.ways, 8);
	ck_assert_int_eq(MOCK->commit(&v), 0);
	MOCK->close(&v);
	v = vcpu(mocked("440"), -1);
	v.geometry = good;
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	v = vcpu(mocked("440"), -1);
	v.array = array;
	v.array_len = sizeof(array);
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
}
END_TEST

/* A core of another family has its own geometry and takes no array of the caller's, with one TLB
 * or two. */
START_TEST(mock_takes_no_other_core_for_an_e500)
{
	struct ppctlb_geometry own[2] = {{64, 64}, {0, 0}}, other[2] = {{512, 4}, {16, 16}};
	unsigned char array[2048 * TLBE] = {0};

	unsetenv("PPCTLB_MOCK");
	for (int two = 0; two < 2; two++) {
		struct ppctlb_vcpu v = vcpu(mocked(two ? "e500v2" : "440"), -1);

		v.core.info.backend = "new";
		v.geometry = own;
		ck_assert_int_eq(MOCK->open(&v), two ? -EINVAL : 0);
		if (two)
			check_message("geometry: that of e500v2 is fixed");
		else
			MOCK->close(&v);
		v.geometry = other;
		ck_assert_int_eq(MOCK->open(&v), two ? 0 : -EINVAL);
		if (two)
			MOCK->close(&v);
		v.geometry = no_geometry;
		v.array = array;
		v.array_len = sizeof(array);
		ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	}
}
END_TEST

/* Each call fails once, at the given occurrence, and a failed set leaves the TLB as it was. */
START_TEST(mock_fails_as_told)
{
	struct ppctlb_vcpu v = vcpu(mocked("440"), -1);
	struct ppctlb_entry all[64], one = entry(0, 1, 0x10), two = entry(0, 1, 0x20);

	setenv("PPCTLB_MOCK", "fail=open:1:ENOMEM", 1);
	ck_assert_int_eq(MOCK->open(&v), -ENOMEM);
	check_message("open");
	setenv("PPCTLB_MOCK", "fail=set:2:EIO;fail=get:2:ENOSPC;commit:1:5", 1);
	ck_assert_int_eq(MOCK->open(&v), 0);
	ck_assert_int_eq(MOCK->set(&v, &one, 1), 0);
	ck_assert_int_eq(MOCK->set(&v, &two, 1), -EIO);
	check_message("set number 2");
	ck_assert_int_eq(MOCK->get(&v, PPCTLB_GUEST, all), 0);
	ck_assert_uint_eq(all[1].word[0], 0x10);
	ck_assert_int_eq(MOCK->get(&v, PPCTLB_GUEST, all), -ENOSPC);
	ck_assert_int_eq(MOCK->get(&v, PPCTLB_GUEST, all), 0);
	ck_assert_int_eq(MOCK->set(&v, &two, 1), 0);
	ck_assert_int_eq(MOCK->commit(&v), -EIO);
	MOCK->close(&v);
	unsetenv("PPCTLB_MOCK");
}
END_TEST

static const char *const bad_scripts[] = {
	"fail",
	"fail=",
	"fail=get",
	"fail=get:1",
	"fail=get:1:",
	"fail=get::EIO",
	"fail=get:0:EIO",
	"fail=get:-1:EIO",
	"fail=get:+1:EIO",
	"fail=get: 1:EIO",
	"fail=get:1x:EIO",
	"fail=get:1:EPERM",
	"fail=get:1:eio",
	"fail=get:1:0",
	"fail=get:1:1",
	"fail=get:1:-5",
	"fail=get:1:EIO:",
	"fail=get:1:EIO,",
	"fail=close:1:EIO",
	"fail=GET:1:EIO",
	"fail=open:2:EIO",
	"get:1:EIO",
	"fail=get:1:EIO;;fail=set:1:EIO",
	"fail=get:1:EIO;nonsense",
	"fail=get:1;EIO",
	"log=",
	"log=/nonexistent/directory/log",
	"Log=/dev/null",
	" ",
};

START_TEST(mock_refuses_a_malformed_script)
{
	struct ppctlb_vcpu v = vcpu(mocked("440"), -1);

	setenv("PPCTLB_MOCK", bad_scripts[_i], 1);
	ck_assert_int_eq(MOCK->open(&v), -EINVAL);
	check_message("PPCTLB_MOCK");
	ck_assert_ptr_null(v.state);
	unsetenv("PPCTLB_MOCK");
}
END_TEST

START_TEST(mock_takes_every_documented_errno)
{
	static const struct {
		const char *name;
		int err;
	} all[] = {
		{"EINVAL", EINVAL}, {"ENOTSUP", ENOTSUP}, {"EEXIST", EEXIST}, {"ENOSPC", ENOSPC},
		{"ENOENT", ENOENT}, {"EBADMSG", EBADMSG}, {"EIO", EIO},	      {"ENOEXEC", ENOEXEC},
		{"ENOMEM", ENOMEM}, {"EBADF", EBADF},	  {"EFAULT", EFAULT}, {"EINTR", EINTR},
	};

	for (size_t i = 0; i < COUNT(all); i++) {
		struct ppctlb_vcpu v = vcpu(mocked("440"), -1);
		char script[64];

		snprintf(script, sizeof(script), "fail=open:1:%s", all[i].name);
		setenv("PPCTLB_MOCK", script, 1);
		ck_assert_int_eq(MOCK->open(&v), -all[i].err);
		snprintf(script, sizeof(script), "fail=open:1:%d;", all[i].err);
		setenv("PPCTLB_MOCK", script, 1);
		ck_assert_int_eq(MOCK->open(&v), -all[i].err);
	}
	unsetenv("PPCTLB_MOCK");
}
END_TEST

/* One line for each call, appended, for failed ones too. */
START_TEST(mock_logs_each_call)
{
	static const char want[] = "before\n"
				   "open 1: 440, 64 entries: ok\n"
				   "set 1: 440, 1 entries: ok\n"
				   "get 1: 440, 64 entries: Input/output error\n"
				   "commit 1: 440, 64 entries: ok\n";
	struct ppctlb_vcpu v = vcpu(mocked("440"), -1);
	struct ppctlb_entry all[64], one = entry(0, 1, 0x10);
	char path[] = "/tmp/ppctlb-mock-XXXXXX", script[128], got[512] = "";
	int fd = mkstemp(path);
	ssize_t n;

	ck_assert_int_eq(write(fd, "before\n", 7), 7);
	/* of two logs the last counts */
	snprintf(script, sizeof(script), "log=/dev/null;fail=get:1:EIO;log=%s", path);
	setenv("PPCTLB_MOCK", script, 1);
	ck_assert_int_eq(MOCK->open(&v), 0);
	MOCK->set(&v, &one, 1);
	MOCK->get(&v, PPCTLB_GUEST, all);
	MOCK->commit(&v);
	MOCK->close(&v);
	n = pread(fd, got, sizeof(got) - 1, 0);
	unlink(path);
	close(fd);
	ck_assert_int_gt(n, 0);
	ck_assert_str_eq(got, want);
	unsetenv("PPCTLB_MOCK");
}
END_TEST

/* ---- the tables ---- */

START_TEST(the_tables_are_complete)
{
	const struct ppctlb_backend *const all[] = {B44X, E500, MOCK};
	static const char *const names[] = {"44x", "e500", "mock"};

	for (size_t i = 0; i < COUNT(all); i++) {
		ck_assert_uint_eq(all[i]->abi, PPCTLB_BACKEND_ABI);
		ck_assert_uint_eq(all[i]->size, sizeof(struct ppctlb_backend));
		ck_assert_str_eq(all[i]->name, names[i]);
		ck_assert(all[i]->cores && all[i]->probe && all[i]->open && all[i]->close &&
			  all[i]->get && all[i]->set && all[i]->commit);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("backends");
	TCase *tc = tcase_create("44x");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tc, a_440_is_opened_by_what_its_kernel_has, 0, COUNT(kernels_440));
	tcase_add_loop_test(tc, a_440_set_is_one_get_and_one_set, 0, COUNT(kernels_440));
	tcase_add_loop_test(tc, a_440_set_after_a_get_is_one_set, 0, COUNT(kernels_440));
	tcase_add_loop_test(tc, a_440_match_is_one_get, 0, COUNT(kernels_440));
	tcase_add_loop_test(tc, a_failed_440_set_is_rolled_back, 0, COUNT(kernels_440));
	tcase_add_test(tc, a_second_failure_is_told);
	tcase_add_test(tc, a_failed_440_get_writes_nothing);
	tcase_add_test(tc, a_kernel_without_the_calls);
	tcase_add_test(tc, a_440_is_known_by_its_pvr);
	tcase_add_test(tc, a_detached_440);
	suite_add_tcase(suite, tc);

	tc = tcase_create("e500");
	tcase_add_test(tc, an_e500_is_known_by_its_pvr);
	tcase_add_test(tc, an_e500_is_opened_by_one_call);
	tcase_add_test(tc, an_e500_kernel_that_refuses);
	tcase_add_loop_test(tc, the_geometry_keeps_the_rules_of_the_header, 0, COUNT(geometries));
	tcase_add_test(tc, a_detached_e500_has_the_cores_geometry);
	tcase_add_test(tc, a_vcpu_that_does_not_say_its_geometry);
	tcase_add_test(tc, a_vcpu_narrows_its_core);
	tcase_add_test(tc, the_dirty_bitmap_is_exact);
	tcase_add_test(tc, get_reads_the_live_array);
	tcase_add_test(tc, a_failed_e500_set_is_rolled_back);
	tcase_add_test(tc, an_e500_is_cleared_at_once);
	tcase_add_test(tc, the_callers_array);
	tcase_add_test(tc, our_own_array_survives_a_fork);
	suite_add_tcase(suite, tc);

	tc = tcase_create("mock");
	tcase_add_test(tc, mock_is_never_probed);
	tcase_add_test(tc, mock_is_a_detached_tlb);
	tcase_add_test(tc, mock_keeps_the_cores_geometry_rules);
	tcase_add_test(tc, mock_takes_no_other_core_for_an_e500);
	tcase_add_test(tc, mock_fails_as_told);
	tcase_add_loop_test(tc, mock_refuses_a_malformed_script, 0, COUNT(bad_scripts));
	tcase_add_test(tc, mock_takes_every_documented_errno);
	tcase_add_test(tc, mock_logs_each_call);
	tcase_add_test(tc, the_tables_are_complete);
	suite_add_tcase(suite, tc);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed != 0;
}
