/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * State that survives: a guest that runs is stopped, saved, and goes on in a new VM in a new
 * process. TAP on standard output. usage: migrate IMAGE
 *
 * IMAGE was made with ppctlb(1) on the machine that built this: see check-kvm in qa.mk.
 */

#include "vm.h"
#include "../../support/tap.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define STATE_FILE    "/tmp/migrate.state"
#define IMAGE_MAX     65536

/* Where the guest finds what */
#define CODE_EA	  0x40000000u
#define CODE_RA	  0x00200000u
#define DATA_EA	  0x50000000u
#define DATA_RA	  0x00300000u
#define DEVICE_EA 0x60000000u
#define DEVICE_RA 0xd00000000ull
#define OWN1_EA	  0x70000000u /* the guest's own entries, in TLB1 and TLB0 */
#define OWN0_EA	  0x71005000u
#define OWN0_RA	  0x00600000u

static const uint32_t program[] = {
	0x80830000, /* lwz  r4,0(r3)  data */
	0x90850000, /* stw  r4,0(r5)  device: here it is stopped */
	0x80c70000, /* lwz  r6,0(r7)  through its entry in TLB1 */
	0x90c80000, /* stw  r6,0(r8)  through its entry in TLB0 */
	0x7c843214, /* add  r4,r4,r6 */
	TRAP,
};

/* All that a VMM sends. */
struct state {
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	size_t len;
	unsigned char image[IMAGE_MAX];
};

static struct vm vm;
static struct state state;
static char *self, *foreign_image;

/* ---- the file ---- */

static bool file(const char *mode, size_t (*pass)(void *p, size_t size, FILE *f))
{
	FILE *f = fopen(STATE_FILE, mode);
	bool good = f && pass(&state, sizeof(state), f) && pass(vm.ram, RAM_SIZE, f) &&
		    pass(vm.high, HIGH_SIZE, f);

	if (f && fclose(f))
		good = false;
	if (!good)
		tap_note("%s: %s", STATE_FILE, strerror(errno));
	return good;
}

static size_t put(void *p, size_t size, FILE *f)
{
	return fwrite(p, size, 1, f);
}

static size_t get(void *p, size_t size, FILE *f)
{
	return fread(p, size, 1, f);
}

/* ---- the source ---- */

static void start_program(void)
{
	struct kvm_regs regs = {
		.pc = CODE_EA,
		.msr = 0x1000, /* ME */
		.gpr = {[3] = DATA_EA, [5] = DEVICE_EA, [7] = OWN1_EA, [8] = OWN0_EA},
	};

	memcpy(vm.ram + CODE_RA, program, sizeof(program));
	vm_write(&vm, DATA_RA, 0x11110000);
	vm_write(&vm, HIGH_RA, 0x00002222);
	EQUAL(ioctl(vm.vcpu, KVM_SET_REGS, &regs), 0);
}

/* Run to the middle of the program, with entries that the guest wrote itself: one is protected,
 * one is invalid with something in it. */
static bool run_to_middle(void)
{
	static const struct ppctlb_mapping maps[] = {
		{CODE_EA, CODE_RA, 0x10000, SUPERVISOR, 0, 0},
		{DATA_EA, DATA_RA, 0x10000, SUPERVISOR, 0, 0},
		{DEVICE_EA, DEVICE_RA, 0x10000, SUPERVISOR | PPCTLB_I | PPCTLB_G, 0, 0},
	};

	if (!EQUAL(ppctlb_map(vm.tlb, maps, ARRAY_SIZE(maps), 0), 0) ||
	    !CHECK(vm_tlbwe(&vm, 0x100a0000, 0xc0000300, OWN1_EA, HIGH_RA | 0x15)) ||
	    !CHECK(vm_tlbwe(&vm, 0x00010000, 0x80000100, OWN0_EA, OWN0_RA | 0x15)) ||
	    !CHECK(vm_tlbwe(&vm, 0x100b0000, 0x00050300, 0x12345000, 0x54321000)))
		return false;
	start_program();
	return CHECK(vm_run_to_mmio(&vm)) && EQUAL(vm.run->mmio.phys_addr, DEVICE_RA) &&
	       CHECK(vm_stop(&vm));
}

static bool save(struct state *s)
{
	s->len = sizeof(s->image);
	return EQUAL(ioctl(vm.vcpu, KVM_GET_REGS, &s->regs), 0) &&
	       EQUAL(ioctl(vm.vcpu, KVM_GET_SREGS, &s->sregs), 0) &&
	       EQUAL(ppctlb_save(vm.tlb, s->image, &s->len), 0);
}

/* ---- the destination ---- */

/* Only the blocks that matter: whatever else KVM_GET_SREGS filled in is the host's. */
static bool restore(struct state *s)
{
	s->sregs.u.e.features &=
		KVM_SREGS_E_BASE | KVM_SREGS_E_ARCH206 | KVM_SREGS_E_IVOR | KVM_SREGS_E_ARCH206_MMU;
	s->sregs.u.e.update_special = 0;
	return EQUAL(ppctlb_restore(vm.tlb, s->image, s->len), 0) &&
	       EQUAL(ioctl(vm.vcpu, KVM_SET_SREGS, &s->sregs), 0) &&
	       EQUAL(ioctl(vm.vcpu, KVM_SET_REGS, &s->regs), 0);
}

/* In the new process: another VM, whose guest goes on where the first one stopped. */
static void go_on(const void *arg)
{
	static struct state again;
	struct outcome o;

	(void)arg;
	REQUIRE(vm_new(&vm) && vm_open(&vm, NULL));
	REQUIRE(file("rb", get));
	REQUIRE(restore(&state));
	REQUIRE(save(&again));
	EQUAL(again.len, state.len);
	CHECK(!memcmp(again.image, state.image, state.len));
	EQUAL(again.sregs.u.e.mas0, state.sregs.u.e.mas0);
	EQUAL(again.sregs.u.e.mas7_3, state.sregs.u.e.mas7_3);
	EQUAL(again.regs.pc, CODE_EA + 8);
	o = vm_continue(&vm);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.srr0, CODE_EA + 20);
	EQUAL(o.value, 0x11112222);
	EQUAL(o.mmio, 0);
	EQUAL(vm_read(&vm, OWN0_RA), 0x00002222);
	vm_end(&vm);
}

static void test_new_process(const void *arg)
{
	static char option[] = "--go-on";
	char *const argv[] = {self, option, NULL};
	int status = -1;
	pid_t pid;

	(void)arg;
	REQUIRE(run_to_middle());
	REQUIRE(save(&state));
	REQUIRE(file("wb", put));
	vm_end(&vm);
	pid = fork();
	if (pid == 0) {
		execv(self, argv);
		_exit(127);
	}
	REQUIRE(pid > 0 && waitpid(pid, &status, 0) == pid);
	EQUAL(status, 0);
	unlink(STATE_FILE);
}

/* The source may go on, too: saving changes nothing. */
static void test_source_goes_on(const void *arg)
{
	struct outcome o;

	(void)arg;
	REQUIRE(run_to_middle());
	REQUIRE(save(&state));
	o = vm_continue(&vm);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.value, 0x11112222);
}

/* A machine reset in between, with a TLB full of something else. */
static void test_back_after_reset(const void *arg)
{
	static const struct ppctlb_mapping other = {
		DATA_EA, 0x700000, 1 << 20, SUPERVISOR | PPCTLB_IPROT, 0, 0};
	struct outcome o;

	(void)arg;
	REQUIRE(run_to_middle());
	REQUIRE(save(&state));
	EQUAL(ppctlb_flush(vm.tlb), 0);
	REQUIRE(vm_map_system(&vm));
	REQUIRE(EQUAL(ppctlb_map(vm.tlb, &other, 1, 0), 0));
	start_program();
	o = vm_continue(&vm);
	EQUAL(o.ivor, IVOR_ITLB);
	EQUAL(o.srr0, CODE_EA);
	REQUIRE(restore(&state));
	o = vm_continue(&vm);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.value, 0x11112222);
}

/* The image names what the guest needs. It was made without this vCPU, usually on a machine of the
 * other byte order, as a file of the usual geometry. */
static void test_foreign_image(const void *arg)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_image_info info = {.size = sizeof(info)};
	FILE *f = fopen(foreign_image, "rb");
	struct outcome o;

	(void)arg;
	REQUIRE(f);
	state.len = fread(state.image, 1, sizeof(state.image), f);
	fclose(f);
	REQUIRE(EQUAL(ppctlb_image_info(state.image, state.len, &info), 0));
	ppctlb_close(vm.tlb);
	memcpy(cfg.geometry, info.geometry, sizeof(cfg.geometry));
	REQUIRE(vm_open(&vm, &cfg));
	REQUIRE(EQUAL(ppctlb_restore(vm.tlb, state.image, state.len), 0));
	start_program();
	o = vm_continue(&vm);
	EQUAL(o.ivor, IVOR_PROGRAM);
	EQUAL(o.value, 0x11112222);
	EQUAL(o.mmio, DEVICE_RA);
	EQUAL(o.mmio_value, 0x11110000);
	EQUAL(vm_read(&vm, OWN0_RA), 0x00002222);
}

/* ---- a snapshot while another vCPU runs ---- */

static const uint32_t endless[] = {
	0x80830000, /* lwz  r4,0(r3) */
	0x38840001, /* addi r4,r4,1 */
	0x90830000, /* stw  r4,0(r3) */
	0x4bfffff4, /* b    .-12 */
};

static volatile sig_atomic_t enough;

static void on_signal(int sig)
{
	(void)sig;
}

static void *run_endless(void *arg)
{
	struct vm *other = arg;

	while (!enough)
		if (!ioctl(other->vcpu, KVM_RUN, 0))
			return NULL; /* it never exits by itself */
	return other;
}

static bool start_endless(struct vm *other, pthread_t *thread)
{
	static const struct ppctlb_mapping maps[] = {
		{CODE_EA, CODE_RA, 0x10000, SUPERVISOR, 0, 0},
		{DATA_EA, DATA_RA, 0x10000, SUPERVISOR, 0, 0},
	};
	struct kvm_regs regs = {.pc = CODE_EA, .msr = 0x1000, .gpr = {[3] = DATA_EA}};
	const struct sigaction action = {.sa_handler = on_signal}; /* no SA_RESTART */

	sigaction(SIGUSR1, &action, NULL);
	memcpy(other->ram + CODE_RA, endless, sizeof(endless));
	enough = 0;
	return EQUAL(ppctlb_map(other->tlb, maps, ARRAY_SIZE(maps), 0), 0) &&
	       EQUAL(ioctl(other->vcpu, KVM_SET_REGS, &regs), 0) &&
	       EQUAL(pthread_create(thread, NULL, run_endless, other), 0);
}

static void *stop_endless(pthread_t thread)
{
	void *end = NULL;

	enough = 1;
	while (pthread_tryjoin_np(thread, &end)) {
		pthread_kill(thread, SIGUSR1);
		usleep(10000);
	}
	return end;
}

static void test_while_another_runs(const void *arg)
{
	static struct state again;
	struct vm other;
	pthread_t thread;
	uint32_t before;
	int i;

	(void)arg;
	REQUIRE(vm_start(&other));
	REQUIRE(run_to_middle());
	REQUIRE(save(&state));
	REQUIRE(start_endless(&other, &thread));
	while (!vm_read(&other, DATA_RA))
		usleep(1000);
	before = vm_read(&other, DATA_RA);
	for (i = 0; i < 50; i++) {
		if (!save(&again) || !EQUAL(again.len, state.len) ||
		    !CHECK(!memcmp(again.image, state.image, state.len)))
			break;
		usleep(1000);
	}
	CHECK(vm_read(&other, DATA_RA) != before);
	CHECK(stop_endless(thread) == &other);
	vm_end(&other);
	EQUAL(vm_continue(&vm).value, 0x11112222);
}

/* ---- ---- */

static const struct test tests[] = {
	{"a guest goes on in a new VM in a new process", test_new_process, NULL},
	{"its source goes on as well", test_source_goes_on, NULL},
	{"it goes on after a reset in between", test_back_after_reset, NULL},
	{"an image from the build host", test_foreign_image, NULL},
	{"a snapshot while another vCPU runs", test_while_another_runs, NULL},
};

int main(int argc, char **argv)
{
	const struct test rest = {"", go_on, NULL};

	if (argc != 2) {
		fputs("usage: migrate IMAGE\n", stderr);
		return 2;
	}
	if (!strcmp(argv[1], "--go-on"))
		return tap_fails(&rest);
	self = argv[0];
	foreign_image = argv[1];
	return vm_run_tests(&vm, tests, ARRAY_SIZE(tests));
}
