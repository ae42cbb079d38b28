/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conformance tests of 44x, on a kernel with the private TLB calls, split or combined. */

#include "conformance.h"
#include "kvmppc.h"
#include "../support/random.h"
#include "../support/tap.h"

#include <ppctlb/44x.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define N	   PPCTLB_44X_ENTRIES
#define SUPERVISOR (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)

/* The two entries of the mail: 16M at 0, and the UART. */
static const struct ppctlb_mapping mail_maps[2] = {
	{0, 0, 16 << 20, SUPERVISOR, 0, 0},
	{0xef600000, 0xef600000, 4096, SUPERVISOR | PPCTLB_I | PPCTLB_G, 0, 0},
};
static const struct ppctlb_44x_tlbe mail_entries[2] = {
	{0, 0x00000270, 0x00000000, 0x00000007},
	{0, 0xef600210, 0xef600000, 0x00000507},
};

/* ---- the kernel's calls, bare ---- */

/* The kernel lacks the call; which of the two errnos it returns depends on its age. */
static bool lacks_it(int ret)
{
	return ret == -EINVAL || ret == -ENOTTY;
}

static int raw_get(struct ppctlb_44x_tlb *guest)
{
	struct ppctlb_44x_combined both;
	int ret = kvm(machine.vcpu, PPCTLB_KVM_GET_GUEST_TLB, guest);

	if (!lacks_it(ret))
		return ret;
	ret = kvm(machine.vcpu, PPCTLB_KVM_GET_TLB, &both);
	*guest = both.guest;
	return ret;
}

static int raw_set(const struct ppctlb_44x_tlb *guest)
{
	struct ppctlb_44x_combined both = {.guest = *guest};
	int ret = kvm(machine.vcpu, PPCTLB_KVM_SET_GUEST_TLB, &both.guest);

	if (!lacks_it(ret))
		return ret;
	ret = kvm(machine.vcpu, PPCTLB_KVM_GET_TLB, &both);
	both.guest = *guest;
	return ret ? ret : kvm(machine.vcpu, PPCTLB_KVM_SET_TLB, &both);
}

/* Read the shadow TLB, by either call; false if the kernel shows none. */
static bool raw_shadow(struct ppctlb_44x_tlb *shadow)
{
	struct ppctlb_44x_combined both;

	if (!kvm(machine.vcpu, PPCTLB_KVM_GET_SHADOW_TLB, shadow))
		return true;
	if (kvm(machine.vcpu, PPCTLB_KVM_GET_TLB, &both))
		return false;
	*shadow = both.shadow;
	return true;
}

/* Write the mail's two entries and nothing else, as another program would. */
static int raw_set_seed(void)
{
	struct ppctlb_44x_tlb guest = {0};

	memcpy(guest.entry, mail_entries, sizeof(mail_entries));
	return raw_set(&guest);
}

static bool kernel_translates(void)
{
	struct ppc_translation t = {0};

	return !kvm(machine.vcpu, PPC_KVM_TRANSLATE, &t);
}

/* ---- tests ---- */

/* Every handle begins with a flush: all tests use the same vCPU. */
static struct ppctlb *open_flushed(void)
{
	struct ppctlb *h = open_handle();

	if (h && !EQUAL(ppctlb_flush(h), 0)) {
		ppctlb_close(h);
		h = NULL;
	}
	return h;
}

static bool all_zero(void)
{
	struct ppctlb_44x_tlb tlb, zero = {0};

	return EQUAL(raw_get(&tlb), 0) && !memcmp(&tlb, &zero, sizeof(tlb));
}

/* The kernel decides what a new vCPU holds: no test below relies on it. */
static void test_start(const void *arg)
{
	struct ppctlb_44x_tlb initial;
	struct ppctlb *h;

	(void)arg;
	REQUIRE(EQUAL(raw_get(&initial), 0));
	tap_note("a new vCPU holds %s",
		 memcmp(initial.entry, mail_entries, sizeof(mail_entries))
			 ? "other entries than the kernels before 3.17 gave it"
			 : "the entries that the kernels before 3.17 gave it");
	h = open_flushed();
	REQUIRE(h);
	CHECK(all_zero());
	ppctlb_close(h);
}

/* open leaves the guest TLB alone; get shows it. */
static void test_open(const void *arg)
{
	struct ppctlb_44x_tlb before, after;
	struct ppctlb_entry out[N];
	struct ppctlb *h;
	int i;

	(void)arg;
	REQUIRE(EQUAL(raw_set_seed(), 0));
	REQUIRE(EQUAL(raw_get(&before), 0));
	CHECK(!memcmp(before.entry, mail_entries, sizeof(mail_entries)));
	h = open_handle();
	REQUIRE(h);
	REQUIRE(EQUAL(raw_get(&after), 0));
	CHECK(!memcmp(&before, &after, sizeof(before)));
	EQUAL(ppctlb_get(h, PPCTLB_GUEST, out, N), 0);
	for (i = 0; i < N; i++) {
		EQUAL(out[i].tlb, 0);
		EQUAL(out[i].index, i);
		EQUAL(out[i].word[0], after.entry[i].tid);
		EQUAL(out[i].word[1], after.entry[i].word0);
		EQUAL(out[i].word[2], after.entry[i].word1);
		EQUAL(out[i].word[3], after.entry[i].word2);
	}
	ppctlb_close(h);
}

/* What the library read between two bare reads that agree: a kernel may show hardware, which its
 * host uses, too. */
static void compare_shadow(const struct ppctlb_44x_tlb *before, const struct ppctlb_entry *out)
{
	struct ppctlb_44x_tlb after;
	int i;

	if (!CHECK(raw_shadow(&after)) || memcmp(before, &after, sizeof(after))) {
		tap_note("the shadow TLB does not stand still: not compared");
		return;
	}
	for (i = 0; i < N; i++) {
		EQUAL(out[i].word[0], after.entry[i].tid);
		EQUAL(out[i].word[1], after.entry[i].word0);
		EQUAL(out[i].word[2], after.entry[i].word1);
		EQUAL(out[i].word[3], after.entry[i].word2);
	}
}

static void test_info(const void *arg)
{
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb_44x_tlb shadow;
	struct ppctlb_entry out[N];
	struct ppctlb *h = open_flushed();

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_info(h, &info), 0);
	CHECK(!strcmp(info.backend, "44x"));
	CHECK(!strcmp(info.core->name, "440"));
	EQUAL(info.entries, N);
	tap_note("transport: %s", info.transport);
	EQUAL(info.has_shadow, raw_shadow(&shadow));
	EQUAL(ppctlb_get(h, PPCTLB_SHADOW, out, N), info.has_shadow ? 0 : -ENOTSUP);
	if (info.has_shadow)
		compare_shadow(&shadow, out);
	EQUAL(ppctlb_commit(h), -EINVAL);
	ppctlb_close(h);
}

static void test_flush(const void *arg)
{
	struct ppctlb *h = open_handle();

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(raw_set_seed(), 0));
	EQUAL(ppctlb_flush(h), 0);
	CHECK(all_zero());
	ppctlb_close(h);
}

static void count_line(const char *line, void *arg)
{
	static const char *const want[] = {
		"Guest TLB:",
		"| nr |     tid  |    word0 |    word1 |    word2 |",
		"G 0 | 00000000 | 00000270 | 00000000 | 00000007 |",
		"G 1 | 00000000 | EF600210 | EF600000 | 00000507 |",
	};
	unsigned *n = arg;

	if (CHECK(*n < ARRAY_SIZE(want)) && !CHECK(!strcmp(line, want[*n])))
		tap_note("%s", line);
	++*n;
}

/* The mail's own entries, through the generic call, to the bit. */
static void test_seed(const void *arg)
{
	struct ppctlb_44x_tlb tlb, want = {0};
	struct ppctlb *h = open_flushed();
	unsigned lines = 0;

	(void)arg;
	REQUIRE(h);
	memcpy(want.entry, mail_entries, sizeof(mail_entries));
	EQUAL(ppctlb_map(h, mail_maps, 2, 0), 0);
	REQUIRE(EQUAL(raw_get(&tlb), 0));
	CHECK(!memcmp(&tlb, &want, sizeof(tlb)));
	CHECK(library_maps(h, 0x00fffffe, 0x00fffffe));
	CHECK(library_maps(h, 0xef600123, 0xef600123));
	EQUAL(ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, count_line, &lines), 0);
	EQUAL(lines, 4);
	ppctlb_close(h);
}

/* Any well-formed entries, valid or not, without conflicts, which a kernel might refuse; parity
 * bits belong to the hardware. */
static struct ppctlb_entry random_entry(int index)
{
	static const uint8_t sizes[] = {0, 1, 2, 3, 4, 5, 7, 9};
	struct ppctlb_entry e = {.index = (uint16_t)index};
	uint32_t size = sizes[below(ARRAY_SIZE(sizes))];
	uint32_t mask = ~((1024u << 2 * size) - 1);

	e.word[0] = 1 + (uint32_t)index + N * below(3);
	e.word[1] = (below(1u << 16) << 16 & mask) | size << 4 | below(4) << 8;
	e.word[2] = (below(1u << 16) << 16 & mask) | below(16);
	e.word[3] = below(1u << 16) & 0xffbf;
	return e;
}

static void test_raw(const void *arg)
{
	struct ppctlb_entry in[N], out[N];
	struct ppctlb *h = open_flushed();
	struct ppctlb_44x_tlb tlb;
	int i;

	(void)arg;
	REQUIRE(h);
	for (i = 0; i < N; i++)
		in[i] = random_entry(i);
	REQUIRE(EQUAL(ppctlb_set(h, in, N), 0));
	REQUIRE(EQUAL(ppctlb_get(h, PPCTLB_GUEST, out, N), 0));
	REQUIRE(EQUAL(raw_get(&tlb), 0));
	for (i = 0; i < N; i++) {
		CHECK(!memcmp(in[i].word, out[i].word, sizeof(in[i].word)));
		EQUAL(tlb.entry[i].tid, in[i].word[0]);
		EQUAL(tlb.entry[i].word0, in[i].word[1]);
		EQUAL(tlb.entry[i].word1, in[i].word[2]);
		EQUAL(tlb.entry[i].word2, in[i].word[3]);
	}
	/* one entry: the others stay */
	in[9] = random_entry(9);
	EQUAL(ppctlb_set(h, &in[9], 1), 0);
	EQUAL(ppctlb_get(h, PPCTLB_GUEST, out, N), 0);
	for (i = 0; i < N; i++)
		CHECK(!memcmp(in[i].word, out[i].word, sizeof(in[i].word)));
	ppctlb_close(h);
}

/* The next call sees what others wrote, such as the guest's own tlbwe, and conflicts with it. */
static void test_foreign_write(const void *arg)
{
	const struct ppctlb_mapping m = {0x40001000, 0, 4096, SUPERVISOR, 0, 0};
	struct ppctlb *h = open_flushed();
	struct ppctlb_44x_tlb tlb = {0};
	struct ppctlb_entry out[N];

	(void)arg;
	REQUIRE(h);
	tlb.entry[33] = (struct ppctlb_44x_tlbe){0, 0x40000230, 0x80000003, 0x3f};
	REQUIRE(EQUAL(raw_set(&tlb), 0));
	EQUAL(ppctlb_get(h, PPCTLB_GUEST, out, N), 0);
	EQUAL(out[33].word[1], 0x40000230);
	CHECK(library_maps(h, 0x4000abcd, 0x38000abcd));
	EQUAL(ppctlb_map(h, &m, 1, 0), -EEXIST);
	ppctlb_close(h);
}

/* The shadow TLB, if the kernel shows one that bare writes of guest entries leave alone: a kernel
 * may drop from it what a write makes stale. */
static bool still_shadow(struct ppctlb_44x_tlb *shadow)
{
	struct ppctlb_44x_tlb after;

	return raw_shadow(shadow) && EQUAL(raw_set_seed(), 0) && raw_shadow(&after) &&
	       !memcmp(shadow, &after, sizeof(after));
}

/* Nothing that the library does changes the shadow half. No guest has run, so it is as it was. */
static void test_shadow(const void *arg)
{
	struct ppctlb_44x_tlb before, after;
	struct ppctlb *h;

	(void)arg;
	if (!still_shadow(&before)) {
		tap_note("this kernel shows no shadow TLB that stands still");
		return;
	}
	h = open_flushed();
	REQUIRE(h);
	EQUAL(ppctlb_map(h, mail_maps, 2, 0), 0);
	EQUAL(ppctlb_unmap(h, 0, 1 << 20, 0, 0), 0);
	EQUAL(ppctlb_flush(h), 0);
	CHECK(raw_shadow(&after));
	CHECK(!memcmp(&before, &after, sizeof(before)));
	ppctlb_close(h);
}

/* Kernel and library must agree, address by address, around the edges of every valid entry. */
static void compare_edges(struct ppctlb *h)
{
	struct ppctlb_entry all[N];
	uint64_t raddr = 0;
	int i, j;

	EQUAL(ppctlb_get(h, PPCTLB_GUEST, all, N), 0);
	for (i = 0; i < N; i++) {
		uint32_t start = (uint32_t)all[i].word[1] & PPCTLB_44X_EPN;
		uint32_t size = 1024u << ((all[i].word[1] & PPCTLB_44X_SIZE) >> 4) * 2;
		const uint32_t edges[] = {start - 1, start, start + size / 2, start + size - 1,
					  start + size};

		if (!(all[i].word[1] & PPCTLB_44X_V))
			continue;
		for (j = 0; j < (int)ARRAY_SIZE(edges); j++) {
			struct ppctlb_access a = {.eaddr = edges[j],
						  .pid = (uint16_t)all[i].word[0]};
			struct ppctlb_hit hit = {0};

			a.as = (all[i].word[1] & PPCTLB_44X_TS) != 0;
			EQUAL(ppctlb_translate(h, &a, &hit, 1), 0);
			EQUAL(kernel_finds(a.eaddr, a.pid, a.as, &raddr),
			      hit.result != PPCTLB_MISS);
			if (hit.result == PPCTLB_HIT)
				EQUAL(raddr, hit.raddr);
		}
	}
}

/* Every page size, a region of many, and a hole in it. */
static void test_map_unmap(const void *arg)
{
	static const uint32_t sizes[] = {1 << 10,   4 << 10, 16 << 10, 64 << 10,
					 256 << 10, 1 << 20, 16 << 20, 256 << 20};
	struct ppctlb *h = open_flushed();
	struct ppctlb_44x_tlb tlb;
	bool judge = kernel_translates();
	int i, valid = 0;

	(void)arg;
	REQUIRE(h);
	for (i = 0; i < (int)ARRAY_SIZE(sizes); i++)
		REQUIRE(EQUAL(map_one(h, 0x20000000 + sizes[i], 0x510000000 + 3ull * sizes[i],
				      sizes[i], SUPERVISOR),
			      0));
	if (judge)
		compare_edges(h);
	EQUAL(ppctlb_flush(h), 0);

	REQUIRE(EQUAL(map_one(h, 0x10000000, 0xf10000000, 256 << 20, SUPERVISOR), 0));
	EQUAL(ppctlb_unmap(h, 0x18000000, 4096, 0, 0), 0);
	REQUIRE(EQUAL(raw_get(&tlb), 0));
	for (i = 0; i < N; i++)
		valid += (tlb.entry[i].word0 & PPCTLB_44X_V) != 0;
	/* left: 8 of 16M; right: 7 of 16M, 15 of 1M, and 3 each of 256K, 64K, 16K, 4K */
	EQUAL(valid, 8 + 7 + 15 + 4 * 3);
	EQUAL(tlb.entry[0].word0, 0x10000270);
	CHECK(library_maps(h, 0x17ffffff, 0xf17ffffff));
	CHECK(library_maps(h, 0x18001000, 0xf18001000));
	if (judge)
		compare_edges(h);
	else
		tap_note("this kernel has no KVM_TRANSLATE");
	ppctlb_close(h);
}

/* 2 GiB is no page of a 440: eight of 256M. */
static void test_2g(const void *arg)
{
	struct ppctlb *h = open_flushed();
	struct ppctlb_44x_tlb tlb;
	uint32_t i;

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(map_one(h, 0, 0, 1u << 31, SUPERVISOR), 0));
	REQUIRE(EQUAL(raw_get(&tlb), 0));
	for (i = 0; i < 9; i++)
		EQUAL(tlb.entry[i].word0, i < 8 ? i << 28 | 0x290 : 0);
	ppctlb_close(h);
}

/* After replace the new address is found, and nothing of the old one. */
static void test_replace(const void *arg)
{
	const struct ppctlb_mapping m = {0x10000000, 0x30000000, 0x10000, SUPERVISOR, 0, 0};
	struct ppctlb *h = open_flushed();

	(void)arg;
	REQUIRE(h);
	REQUIRE(EQUAL(map_one(h, 0x10000000, 0x20000000, 0x10000, SUPERVISOR), 0));
	EQUAL(ppctlb_map(h, &m, 1, 0), -EEXIST);
	CHECK(library_maps(h, 0x10001234, 0x20001234));
	EQUAL(ppctlb_map(h, &m, 1, PPCTLB_REPLACE), 0);
	CHECK(library_maps(h, 0x10001234, 0x30001234));
	if (kernel_translates())
		CHECK(kernel_maps(0x10001234, 0x30001234));
	ppctlb_close(h);
}

/* Refused calls return an error of the documented set and leave the guest TLB as it is. */
static void test_refused(const void *arg)
{
	static const struct {
		struct ppctlb_mapping m;
		int ret;
	} bad[] = {
		{{0x10000, 0, 4096, SUPERVISOR, 0, 0}, -EEXIST},
		{{0x20000000, 0, 0, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x20000000, 0, 1000, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x20000001, 0, 1024, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x20000000, 1, 1024, SUPERVISOR, 0, 0}, -EINVAL},
		{{0xfffffc00, 0, 2048, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x100000000, 0, 1024, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x20000000, 0x1000000000, 1024, SUPERVISOR, 0, 0}, -EINVAL},
		{{0x20000000, 0, 1024, SUPERVISOR, 256, 0}, -EINVAL},
		{{0x20000000, 0, 1024, SUPERVISOR | PPCTLB_IPROT, 0, 0}, -ENOTSUP},
		{{0x20000000, 0, 1024, SUPERVISOR | PPCTLB_X0, 0, 0}, -ENOTSUP},
		{{0x20000000, 0, 1024, 1u << 31, 0, 0}, -EINVAL},
		{{0x20000000, 0, 63 * 1024, SUPERVISOR, 0, 0}, 0},
		{{0x30000000, 0x400, 128 * 1024, SUPERVISOR, 0, 0}, -ENOSPC},
	};
	struct ppctlb_44x_tlb before, after;
	struct ppctlb *h = open_flushed();
	size_t i;
	int ret;

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_map(h, mail_maps, 2, 0), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		REQUIRE(EQUAL(raw_get(&before), 0));
		ret = ppctlb_map(h, &bad[i].m, 1, 0);
		if (bad[i].m.flags == 1u << 31)
			CHECK(ret == -EINVAL || ret == -ENOTSUP);
		else if (!EQUAL(ret, bad[i].ret))
			tap_note("case %u: %s", (unsigned)i, ppctlb_errmsg());
		if (!ret)
			continue;
		REQUIRE(EQUAL(raw_get(&after), 0));
		CHECK(!memcmp(&before, &after, sizeof(before)));
	}
	EQUAL(ppctlb_map(h, NULL, 1, 0), -EINVAL);
	EQUAL(ppctlb_map(NULL, mail_maps, 2, 0), -EINVAL);
	ppctlb_close(h);
}

static int child_maps(struct ppctlb *h)
{
	return ppctlb_map(h, mail_maps, 1, 0);
}

static int child_flushes(struct ppctlb *h)
{
	int ret = ppctlb_flush(h);

	ppctlb_close(h);
	return ret;
}

static void test_fork(const void *arg)
{
	struct ppctlb *h = open_flushed();

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_map(h, &mail_maps[1], 1, 0), 0);
	CHECK(child_gets_eio(child_maps, h));
	CHECK(child_gets_eio(child_flushes, h));
	CHECK(library_maps(h, 0xef600000, 0xef600000));
	EQUAL(ppctlb_map(h, mail_maps, 1, 0), 0);
	CHECK(library_maps(h, 0x1234, 0x1234));
	ppctlb_close(h);
}

/* close and open leave the guest its TLB. */
static void test_reopen(const void *arg)
{
	struct ppctlb *h = open_flushed();
	struct ppctlb_44x_tlb before, after;

	(void)arg;
	REQUIRE(h);
	EQUAL(ppctlb_map(h, mail_maps, 2, 0), 0);
	EQUAL(raw_get(&before), 0);
	ppctlb_close(h);
	h = open_handle();
	REQUIRE(h);
	EQUAL(raw_get(&after), 0);
	CHECK(!memcmp(&before, &after, sizeof(before)));
	CHECK(library_maps(h, 0x1234, 0x1234));
	ppctlb_close(h);
}

/* A private call works on the vCPU, or the kernel says that it has no such call; the VM has none.
 */
static void test_errno(const void *arg)
{
	static const uint32_t calls[] = {PPCTLB_KVM_GET_TLB, PPCTLB_KVM_GET_GUEST_TLB,
					 PPCTLB_KVM_GET_SHADOW_TLB};
	struct ppctlb_44x_combined buffer;
	size_t i;
	int ret;

	(void)arg;
	for (i = 0; i < ARRAY_SIZE(calls); i++) {
		ret = kvm(machine.vcpu, calls[i], &buffer);
		CHECK(ret == 0 || lacks_it(ret));
		CHECK(lacks_it(kvm(machine.vm, calls[i], &buffer)));
	}
}

void test_44x(void)
{
	static const char *const cores[] = {"440", "e500v2", NULL};
	static const struct test tests[] = {
		{"the run starts with a flush", test_start, NULL},
		{"open leaves the guest TLB alone, get shows it", test_open, NULL},
		{"the shadow TLB is left alone", test_shadow, NULL},
		{"the private calls and their errors", test_errno, NULL},
		{"what the handle is", test_info, NULL},
		{"flush zeroes every entry", test_flush, NULL},
		{"the entries and the table of the 2008 mail", test_seed, NULL},
		{"raw entries pass bit for bit", test_raw, NULL},
		{"save and restore", test_image, &image_440},
		{"entries written by others are seen, and conflict", test_foreign_write, NULL},
		{"every page size, and a hole in a page", test_map_unmap, NULL},
		{"2 GiB take eight pages", test_2g, NULL},
		{"replace", test_replace, NULL},
		{"refused mappings change nothing", test_refused, NULL},
		{"descriptors that are no such vCPU", test_no_vcpu, cores},
		{"fork: the child gets -EIO, the parent goes on", test_fork, NULL},
		{"close and re-open leave the entries", test_reopen, NULL},
	};
	size_t i;
	bool up = machine_up();

	for (i = 0; i < ARRAY_SIZE(tests); i++) {
		if (up)
			tap_run(&tests[i]);
		else
			tap_result(false, tests[i].name);
	}
	machine_down();
}
