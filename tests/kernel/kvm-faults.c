/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every KVM call of every operation fails once, with every errno, before and after its work. The
 * operation must then fail with an error of the documented set, and the guest TLB must be as it
 * was. TAP.
 */

#include "fakekvm.h"
#include "kvmppc.h"
#include "../support/tap.h"

#include <ppctlb/ppctlb.h>

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define S_RWX	      (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
#define MOST	      (256 + 16)

/* The kernels that a vCPU can have. */
struct kernel {
	const char *name;
	uint32_t pvr;
	unsigned calls;
	bool callers_array;
};

static const struct kernel kernels[] = {
	{"e500v2", FAKEKVM_E500V2, 0, false},
	{"e500v2, caller's array", FAKEKVM_E500V2, 0, true},
	{"440, split calls", FAKEKVM_440EP, FAKEKVM_SPLIT | FAKEKVM_SHADOW, false},
	{"440, combined calls", FAKEKVM_440EP, FAKEKVM_COMBINED, false},
	{"440, all calls", FAKEKVM_440EP, FAKEKVM_SPLIT | FAKEKVM_COMBINED | FAKEKVM_SHADOW, false},
};

/* A vCPU with a handle and some mappings. */
struct world {
	const struct kernel *kernel;
	int fd;
	struct fakekvm_vcpu *vcpu;
	struct ppctlb_e500_tlbe *array; /* the caller's, or NULL */
	struct ppctlb *h;
};

static int open_handle(struct world *w)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.vcpu_fd = w->fd;
	cfg.array = w->array;
	cfg.array_len = w->array ? MOST * sizeof(*w->array) : 0;
	return ppctlb_open(&w->h, &cfg);
}

static void new_vcpu(struct world *w, const struct kernel *k)
{
	*w = (struct world){.kernel = k, .fd = fakekvm_vcpu(k->pvr, k->calls)};
	w->vcpu = fakekvm_state(w->fd);
	if (k->callers_array)
		w->array = calloc(MOST, sizeof(*w->array));
}

static const struct ppctlb_mapping before[] = {
	{0x10000000, 0x00000000, 1 << 20, S_RWX, 0, 0},
	{0x20000000, 0x30000000, 4096, S_RWX, 0, 0},
};

static bool new_world(struct world *w, const struct kernel *k)
{
	new_vcpu(w, k);
	return EQUAL(open_handle(w), 0) && EQUAL(ppctlb_flush(w->h), 0) &&
	       EQUAL(ppctlb_map(w->h, before, ARRAY_SIZE(before), 0), 0);
}

static void end_world(struct world *w)
{
	fakekvm_no_faults();
	ppctlb_close(w->h);
	fakekvm_close(w->fd);
	free(w->array);
}

/* ---- the guest TLB, as the kernel and the guest have it ---- */

union tlb {
	struct ppctlb_e500_tlbe e500[MOST];
	struct ppctlb_44x_combined x44;
};

static bool is_440(const struct world *w)
{
	return w->kernel->pvr == FAKEKVM_440EP;
}

static void snapshot(const struct world *w, union tlb *t)
{
	memset(t, 0, sizeof(*t));
	if (is_440(w))
		t->x44 = w->vcpu->tlb;
	else
		memcpy(t->e500, w->vcpu->array, sizeof(t->e500));
}

/* Is the TLB as it was, and does the kernel know it? The kernel's own copy may be older than the
 * last change. */
static bool unchanged(const struct world *w, const union tlb *old)
{
	union tlb now;

	snapshot(w, &now);
	return !memcmp(&now, old, sizeof(now)) &&
	       (is_440(w) || !memcmp(w->vcpu->shadow, old->e500, sizeof(old->e500)));
}

/* ---- operations ---- */

static int map(struct world *w)
{
	static const struct ppctlb_mapping m[] = {
		{0x40000000, 0x40000000, 0x21000, S_RWX, 0, 0},
		{0x50000000, 0x50000000, 4096, S_RWX | PPCTLB_I | PPCTLB_G, 7, 0},
	};

	return ppctlb_map(w->h, m, ARRAY_SIZE(m), 0);
}

/* Into the middle of a page, so that it is split. */
static int replace(struct world *w)
{
	static const struct ppctlb_mapping m = {0x10040000, 0x70000000, 0x10000, S_RWX, 0, 0};

	return ppctlb_map(w->h, &m, 1, PPCTLB_REPLACE);
}

static int map_at(struct world *w)
{
	const struct ppctlb_mapping m = {0x60000000, 0x60000000, 0x10000, S_RWX, 0, 0};

	return ppctlb_map_at(w->h, &m, is_440(w) ? 0 : 1, 13, 0);
}

static int unmap(struct world *w)
{
	return ppctlb_unmap(w->h, 0x10040000, 0x10000, 0, 0);
}

static int flush(struct world *w)
{
	return ppctlb_flush(w->h);
}

static int set(struct world *w)
{
	const struct ppctlb_entry e[] = {
		{0, 3, 0, {0x11, 0x22, 0x33, 0x44}},
		{0, 4, 0, {0x55, 0x66, 0x77, 0x88}},
	};

	return ppctlb_set(w->h, e, ARRAY_SIZE(e));
}

static int get(struct world *w)
{
	struct ppctlb_entry all[MOST];

	return ppctlb_get(w->h, PPCTLB_GUEST, all, MOST);
}

static int get_shadow(struct world *w)
{
	struct ppctlb_entry all[MOST];
	int ret = ppctlb_get(w->h, PPCTLB_SHADOW, all, MOST);

	return ret == -ENOTSUP && !is_440(w) ? 0 : ret;
}

static int commit(struct world *w)
{
	return w->array ? ppctlb_commit(w->h) : 0;
}

static int translate(struct world *w)
{
	const struct ppctlb_access a = {.eaddr = 0x10000000};
	struct ppctlb_hit hit;

	return ppctlb_translate(w->h, &a, &hit, 1);
}

static int check(struct world *w)
{
	struct ppctlb_finding findings[MOST];
	size_t n = MOST;

	return ppctlb_check(w->h, findings, &n);
}

static void no_line(const char *line, void *arg)
{
	(void)line;
	(void)arg;
}

static int dump(struct world *w)
{
	return ppctlb_dump(w->h, PPCTLB_GUEST, PPCTLB_TABLE, no_line, NULL);
}

static unsigned char image[16384];
static size_t image_len;

static int save(struct world *w)
{
	size_t len = sizeof(image);

	return ppctlb_save(w->h, image, &len);
}

static int restore(struct world *w)
{
	return ppctlb_restore(w->h, image, image_len);
}

static const struct {
	const char *name;
	int (*run)(struct world *w);
} operations[] = {
	{"map", map},	      {"map and replace", replace},
	{"map_at", map_at},   {"unmap", unmap},
	{"flush", flush},     {"set", set},
	{"get", get},	      {"get the shadow", get_shadow},
	{"commit", commit},   {"translate", translate},
	{"check", check},     {"dump", dump},
	{"restore", restore}, {"save", save},
};

/* ---- one fault ---- */

/* What the kernel answers, and what an operation returns: an errno that would blame the caller
 * becomes the kernel's failure, as does any without a meaning of its own. */
static const struct answer {
	int result, told_as;
} answers[] = {
	{-EINVAL, -EIO},
	{-ENOTTY, -EIO},
	{-EOPNOTSUPP, -EIO},
	{-EIO, -EIO},
	{-ENOMEM, -ENOMEM},
	{-EFAULT, -EFAULT},
	{-EINTR, -EINTR},
	{-EBADF, -EBADF},
	{-EPERM, -EIO},
	{-ENXIO, -EIO},
	{-EAGAIN, -EIO},
	{1, -EIO},
	{INT_MAX, -EIO},
	/* the size of what the kernel gets, as read() would answer */
	{sizeof(struct ppc_sregs), -EIO},
	{sizeof(struct ppc_enable_cap), -EIO},
	{sizeof(struct ppc_dirty_tlb), -EIO},
	{sizeof(struct ppctlb_44x_tlb), -EIO},
	{sizeof(struct ppctlb_44x_combined), -EIO},
};

static unsigned tried, differed;

/* "The kernel has no such call": open() may try another. */
static bool lacks_it(int result)
{
	return result == -EINVAL || result == -ENOTTY || result == -EOPNOTSUPP;
}

/* Does the message name the call and the kernel's own errno? */
static bool is_told(int result)
{
	char raw[32];

	snprintf(raw, sizeof(raw), result < 0 ? "errno %d (" : "answered %d,", abs(result));
	return CHECK(strstr(ppctlb_errmsg(), "KVM_")) && CHECK(strstr(ppctlb_errmsg(), raw));
}

struct fault {
	unsigned nth;
	int result, told_as;
	bool done;
};

/* Does the operation survive that fault? *calls is cleared when there is no such call. */
static bool survives(const struct kernel *k, int (*run)(struct world *w), const struct fault *f,
		     bool *calls)
{
	struct world w;
	union tlb old;
	bool good = new_world(&w, k);
	int ret;

	snapshot(&w, &old);
	fakekvm_fault(0, f->nth, f->result, f->done);
	ret = run(&w);
	if (fakekvm_faults_left()) {
		*calls = false;
		good = good && EQUAL(ret, 0);
	} else {
		good = good && EQUAL(ret, f->told_as) && is_told(f->result) &&
		       CHECK(unchanged(&w, &old)) && EQUAL(run(&w), 0);
	}
	end_world(&w);
	return good;
}

/* An image of something else, for restore. */
static bool make_image(const struct kernel *k)
{
	struct world w;
	bool good = new_world(&w, k) && EQUAL(map(&w), 0) && EQUAL(unmap(&w), 0);

	image_len = sizeof(image);
	good = good && EQUAL(ppctlb_save(w.h, image, &image_len), 0);
	end_world(&w);
	return good;
}

static void test_operations(const void *arg)
{
	const struct kernel *k = arg;
	unsigned so_far = tried;
	size_t op, i;

	REQUIRE(make_image(k));
	for (op = 0; op < ARRAY_SIZE(operations); op++) {
		struct fault f = {.nth = 1};
		bool calls = true;

		for (; calls; f.nth++)
			for (i = 0; i < 2 * ARRAY_SIZE(answers) && calls; i++) {
				f.result = answers[i / 2].result;
				f.told_as = answers[i / 2].told_as;
				f.done = i % 2;
				if (survives(k, operations[op].run, &f, &calls)) {
					tried += calls;
					continue;
				}
				differed++;
				tap_note("%s: call %u answers %d, %s", operations[op].name, f.nth,
					 f.result, f.done ? "done" : "not done");
				return;
			}
	}
	CHECK(tried - so_far > 100);
}

/* What open() may return after a fault; the vCPU keeps its entries. */
static bool open_is_right(const struct world *w, int ret, const struct answer *a,
			  const union tlb *old)
{
	union tlb now;

	/* "no such call" is an answer to an open() that tries which calls there are */
	if (!ret)
		return CHECK(is_440(w) && lacks_it(a->result));
	snapshot(w, &now);
	/* -ENOTSUP: no backend takes such a vCPU */
	return CHECK(ret == a->told_as || ret == -ENOTSUP ||
		     (lacks_it(a->result) && ret == -EINVAL)) &&
	       CHECK(!w->h && *ppctlb_errmsg()) && CHECK(!memcmp(&now, old, sizeof(now)));
}

/* False: it makes no nth call. */
static bool try_open(const struct kernel *k, unsigned nth, const struct answer *a)
{
	struct ppctlb_e500_tlbe *array;
	union tlb old;
	struct world w;
	bool happened;
	int ret;

	new_vcpu(&w, k);
	snapshot(&w, &old);
	array = w.vcpu->array;
	fakekvm_fault(0, nth, a->result, false);
	ret = open_handle(&w);
	happened = !fakekvm_faults_left();
	tried += happened;
	if (!happened)
		EQUAL(ret, 0);
	else if (!open_is_right(&w, ret, a, &old) || (ret && !CHECK(w.vcpu->array == array)))
		differed++;
	end_world(&w);
	return happened;
}

/* open fails before it changes anything. */
static void test_open(const void *arg)
{
	unsigned nth, so_far = tried;
	bool calls = true;
	size_t i;

	for (nth = 1; calls; nth++)
		for (i = 0; i < ARRAY_SIZE(answers) && calls; i++)
			calls = try_open(arg, nth, &answers[i]);
	CHECK(tried - so_far >= ARRAY_SIZE(answers));
}

/* Where putting the old state back fails, too, the message says so, with both errors. */
static void second_fault(const struct kernel *k, int answer, const char *first)
{
	struct world w;
	uint32_t request = k->pvr == FAKEKVM_E500V2   ? PPC_KVM_DIRTY_TLB
			   : k->calls & FAKEKVM_SPLIT ? PPCTLB_KVM_SET_GUEST_TLB
						      : PPCTLB_KVM_SET_TLB;

	REQUIRE(new_world(&w, k));
	fakekvm_fault(request, 1, answer, true);
	fakekvm_fault(request, 2, -ENXIO, false);
	errno = 0;
	EQUAL(map(&w), -EIO);
	CHECK(strstr(ppctlb_errmsg(), is_440(&w) ? "the guest TLB is unknown"
						 : "the guest may still see the new entries"));
	CHECK(strstr(ppctlb_errmsg(), first));
	is_told(-ENXIO);
	EQUAL(fakekvm_faults_left(), 0);
	end_world(&w);
}

static void test_two_faults(const void *arg)
{
	second_fault(arg, -EINTR, "errno 4,");
	second_fault(arg, -EPERM, "errno 1,");
	second_fault(arg, 24, "a positive answer,");
}

/* The cost: one call to write, and none where nothing changes. */
static void test_calls(const void *arg)
{
	const struct kernel *k = arg;
	uint32_t sets[] = {PPC_KVM_DIRTY_TLB, PPCTLB_KVM_SET_GUEST_TLB, PPCTLB_KVM_SET_TLB};
	unsigned start = 0, end = 0, i;
	struct world w;

	REQUIRE(new_world(&w, k));
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		start += fakekvm_count(sets[i]);
	EQUAL(map(&w), 0);
	EQUAL(get(&w), 0);
	EQUAL(ppctlb_unmap(w.h, 0x90000000, 0x10000, 0, 0), 0);
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		end += fakekvm_count(sets[i]);
	EQUAL(end - start, 1);
	end_world(&w);
}

/* ---- the fake itself ---- */

/* If a KVM_DIRTY_TLB gets lost, the guest goes on through the old entry. */
static void test_stale(const void *arg)
{
	const struct ppctlb_mapping m = {0x20000000, 0x50000000, 4096, S_RWX, 0, 0};
	uint64_t raddr = 0;
	struct world w;

	REQUIRE(new_world(&w, arg));
	CHECK(fakekvm_guest_sees(w.fd, 0, 0, 0x20000abc, &raddr));
	EQUAL(raddr, 0x30000abc);
	fakekvm_fault(PPC_KVM_DIRTY_TLB, 1, 0, false);
	EQUAL(ppctlb_map(w.h, &m, 1, PPCTLB_REPLACE), 0);
	CHECK(fakekvm_guest_sees(w.fd, 0, 0, 0x20000abc, &raddr));
	EQUAL(raddr, 0x30000abc);
	EQUAL(map(&w), 0);
	CHECK(fakekvm_guest_sees(w.fd, 0, 0, 0x20000abc, &raddr));
	EQUAL(raddr, 0x50000abc);
	end_world(&w);
}

/* A guest's own tlbwe needs no call to the kernel, and the library sees it. */
static void test_tlbwe(const void *arg)
{
	const struct ppctlb_e500_tlbe e = {0, 0x80000300, 0x70000000, 0x80000015};
	const struct ppctlb_mapping m = {0x70000000, 0, 4096, S_RWX, 0, 0};
	uint64_t raddr = 0;
	struct world w;

	REQUIRE(new_world(&w, arg));
	fakekvm_tlbwe(w.fd, 256 + 9, &e);
	CHECK(fakekvm_guest_sees(w.fd, 0, 0, 0x70001234, &raddr));
	EQUAL(raddr, 0x80001234);
	EQUAL(ppctlb_map(w.h, &m, 1, 0), -EEXIST);
	end_world(&w);
}

/* The kernel keeps the pages of an array that its owner unmapped. */
static void test_pinned(const void *arg)
{
	uint64_t raddr = 0;
	struct world w;

	REQUIRE(new_world(&w, arg));
	ppctlb_close(w.h);
	w.h = NULL;
	CHECK(w.vcpu->unmapped); /* of what close() does not need any more */
	CHECK(fakekvm_guest_sees(w.fd, 0, 0, 0x20000abc, &raddr));
	EQUAL(w.vcpu->array[256].mas1, 0x80000500);
	fakekvm_tlbwe(w.fd, 0, &w.vcpu->array[256]);
	EQUAL(open_handle(&w), 0);
	CHECK(!fakekvm_guest_sees(w.fd, 0, 0, 0x20000abc, &raddr));
	end_world(&w);
}

int main(void)
{
	static const struct {
		const char *what;
		void (*run)(const void *kernel);
	} all[] = {
		{"every operation survives every fault", test_operations},
		{"open fails before it changes anything", test_open},
		{"a second fault is told", test_two_faults},
		{"one write, however much changes", test_calls},
	};
	static const struct test fake[] = {
		{"fake: a swallowed KVM_DIRTY_TLB leaves stale translations", test_stale, kernels},
		{"fake: a guest's tlbwe", test_tlbwe, kernels},
		{"fake: a shared array outlives its owner's mapping", test_pinned, kernels},
	};
	struct test t;
	size_t i, k;

	for (k = 0; k < ARRAY_SIZE(kernels); k++) {
		tap_note("%s", kernels[k].name);
		for (i = 0; i < ARRAY_SIZE(all); i++) {
			t = (struct test){all[i].what, all[i].run, &kernels[k]};
			tap_run(&t);
		}
	}
	for (i = 0; i < ARRAY_SIZE(fake); i++)
		tap_run(&fake[i]);
	tap_note("%u faults tried, %u differed", tried, differed);
	return tap_end();
}
