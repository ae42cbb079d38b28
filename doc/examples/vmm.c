/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * A small virtual machine monitor for a powerpc host with KVM, e500v2 or 440: a model for your own.
 *
 * It makes a VM with 16 MiB of memory and a serial port, maps what the guest needs, runs the guest,
 * shows the guest TLB, saves the machine, resets it, and restores it. The guest copies a text from
 * its memory to the serial port, byte by byte, notes how long it was, and powers off.
 *
 *	cc -o vmm vmm.c $(pkg-config --cflags --libs libppctlb)
 */
#include <ppctlb/ppctlb.h>

#include <linux/kvm.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#define RAM_SIZE (16u << 20)
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/*
 * The guest's memory map. Real addresses outside of RAM are devices: an access to one ends KVM_RUN.
 * Map nothing at effective addresses 0 to 0xfff: on an e500v2 the kernel has a page of its own
 * there for a supervisor's loads and stores, whatever the guest TLB says.
 */
#define CODE_EA	  0x10000000u
#define CODE_RA	  0x00100000u
#define TEXT_EA	  0x20000000u
#define TEXT_RA	  0x00345000u
#define NOTE_EA	  0x30000000u
#define NOTE_RA	  0x00678000u
#define SERIAL_EA 0xef600000u
#define SERIAL_RA 0xfef600000ull /* 36 bits */

/* Registers of the serial port */
enum { SERIAL_DATA = 0, SERIAL_POWER_OFF = 4, SERIAL_EXCEPTION = 8 };

#define SUPERVISOR (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
#define DEVICE	   (PPCTLB_SR | PPCTLB_SW | PPCTLB_I | PPCTLB_G)

static const struct ppctlb_mapping mappings[] = {
	{.eaddr = CODE_EA, .raddr = CODE_RA, .size = 64 << 10, .flags = SUPERVISOR | PPCTLB_IPROT},
	{.eaddr = SERIAL_EA, .raddr = SERIAL_RA, .size = 4096, .flags = DEVICE | PPCTLB_IPROT},
	{.eaddr = TEXT_EA, .raddr = TEXT_RA, .size = 4096, .flags = PPCTLB_SR},
	{.eaddr = NOTE_EA, .raddr = NOTE_RA, .size = 4096, .flags = PPCTLB_SR | PPCTLB_SW},
};
#define BOOT_MAPPINGS 2 /* a reset brings back the first two */

static const char text[] = "Hello from a guest that runs through its own TLB.\n";

/* The program, at CODE_EA + PROGRAM; the exception vectors lie below it. */
#define PROGRAM	 0x200u
#define VECTORS	 16u
#define MSR_ME	 0x1000u
#define VECTOR_N 0x3be00000u /* li r31,N */

static const uint32_t program[] = {
	0x3c60ef60, /*       lis   r3,SERIAL_EA@h */
	0x3c802000, /*       lis   r4,TEXT_EA@h */
	0x3ca03000, /*       lis   r5,NOTE_EA@h */
	0x38c00000, /*       li    r6,0 */
	0x7ce430ae, /* next: lbzx  r7,r4,r6 */
	0x2c070000, /*       cmpwi r7,0 */
	0x41820010, /*       beq   end */
	0x98e30000, /*       stb   r7,SERIAL_DATA(r3) */
	0x38c60001, /*       addi  r6,r6,1 */
	0x4bffffec, /*       b     next */
	0x90c50000, /* end:  stw   r6,0(r5) */
	0x90c30004, /*       stw   r6,SERIAL_POWER_OFF(r3) */
	0x48000000, /*       b     . */
};

/* The handler of an exception reports its number to the host, in a register of the serial port. */
static const uint32_t vector[] = {
	VECTOR_N, 0x3fc0ef60, /* lis   r30,SERIAL_EA@h */
	0x93fe0008,	      /* stw   r31,SERIAL_EXCEPTION(r30) */
	0x48000000,	      /* b     . */
};

struct machine {
	int kvm, vm, vcpu;
	struct kvm_run *run;
	size_t run_size;
	unsigned char *ram;
	struct ppctlb *tlb;
	const struct ppctlb_core_info *core; /* the vCPU's; valid until tlb is closed */
};

/* All state of a machine except its memory. A VMM would write it to a file. */
struct saved {
	struct kvm_regs regs;
	struct kvm_sregs sregs;
	size_t len;
	unsigned char *tlb;
};

__attribute__((noreturn, format(printf, 1, 2))) static void die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

/* The library has a message for every failure. */
static void must(int ret, const char *what)
{
	if (ret)
		die("%s: %s", what, ppctlb_errmsg());
}

static int must_kvm(int ret, const char *what)
{
	if (ret < 0)
		die("%s: %s", what, strerror(errno));
	return ret;
}

/* ---- the machine ---- */

static void load_program(struct machine *m)
{
	unsigned char *code = m->ram + CODE_RA;

	for (uint32_t n = 0; n < VECTORS; n++) {
		uint32_t first = VECTOR_N | n;

		memcpy(code + n * sizeof(vector), vector, sizeof(vector));
		memcpy(code + n * sizeof(vector), &first, sizeof(first));
	}
	memcpy(code + PROGRAM, program, sizeof(program));
	memcpy(m->ram + TEXT_RA, text, sizeof(text));
}

static void make_memory(struct machine *m)
{
	struct kvm_userspace_memory_region region = {.memory_size = RAM_SIZE};

	m->ram = mmap(NULL, RAM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (m->ram == MAP_FAILED)
		die("no memory for the guest");
	region.userspace_addr = (uintptr_t)m->ram;
	must_kvm(ioctl(m->vm, KVM_SET_USER_MEMORY_REGION, &region), "KVM_SET_USER_MEMORY_REGION");
	load_program(m);
}

static void make_vcpu(struct machine *m)
{
	int size = must_kvm(ioctl(m->kvm, KVM_GET_VCPU_MMAP_SIZE, 0), "KVM_GET_VCPU_MMAP_SIZE");

	m->run_size = (size_t)size;
	m->vcpu = must_kvm(ioctl(m->vm, KVM_CREATE_VCPU, 0), "KVM_CREATE_VCPU");
	m->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, m->vcpu, 0);
	if (m->run == MAP_FAILED)
		die("mmap of struct kvm_run: %s", strerror(errno));
}

static void make_machine(struct machine *m)
{
	m->kvm = must_kvm(open("/dev/kvm", O_RDWR | O_CLOEXEC), "/dev/kvm");
	m->vm = must_kvm(ioctl(m->kvm, KVM_CREATE_VM, 0), "KVM_CREATE_VM");
	make_memory(m);
	make_vcpu(m);
}

/* Open, flush, then map. On an e500v2 the guest TLB is empty once it is open. A 440 keeps the two
 * entries that its kernel gave the new vCPU, and one of them is in the way of the serial port. */
static void open_tlb(struct machine *m)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_info info = {.size = sizeof(info)};

	cfg.vcpu_fd = m->vcpu;
	must(ppctlb_open(&m->tlb, &cfg), "ppctlb_open");
	must(ppctlb_info(m->tlb, &info), "ppctlb_info");
	must(ppctlb_flush(m->tlb), "ppctlb_flush");
	m->core = info.core;
	printf("core %s by backend %s over %s\n", info.core->name, info.backend, info.transport);
}

/* A core refuses a flag that it lacks. Of the flags above a 440 lacks IPROT, which the guest can do
 * without: leave it out. Every core has the permissions, I and G. */
static void map(struct machine *m, const struct ppctlb_mapping *maps, size_t n)
{
	struct ppctlb_mapping mine[COUNT(mappings)];

	for (size_t i = 0; i < n; i++) {
		mine[i] = maps[i];
		mine[i].flags &= m->core->flags;
	}
	must(ppctlb_map(m->tlb, mine, n, 0), "ppctlb_map");
}

/* A guest without vectors that misses spins in the kernel for ever. */
static void set_registers(struct machine *m)
{
	struct kvm_regs regs = {.pc = CODE_EA + PROGRAM, .msr = MSR_ME};
	struct kvm_sregs sregs;

	must_kvm(ioctl(m->vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	sregs.u.e.ivpr = CODE_EA;
	for (uint32_t n = 0; n < VECTORS; n++)
		sregs.u.e.ivor_low[n] = n * sizeof(vector);
	must_kvm(ioctl(m->vcpu, KVM_SET_SREGS, &sregs), "KVM_SET_SREGS");
	must_kvm(ioctl(m->vcpu, KVM_SET_REGS, &regs), "KVM_SET_REGS");
}

static void destroy_machine(struct machine *m)
{
	ppctlb_close(m->tlb);
	munmap(m->run, m->run_size);
	close(m->vcpu);
	close(m->vm);
	close(m->kvm);
	munmap(m->ram, RAM_SIZE);
}

/* ---- running ---- */

/* Report the guest's exception, with what the library knows of the address. */
static void explain(struct machine *m, uint32_t ivor)
{
	struct ppctlb_access a = {.type = PPCTLB_READ};
	struct ppctlb_hit hit;
	struct kvm_sregs sregs;

	must_kvm(ioctl(m->vcpu, KVM_GET_SREGS, &sregs), "KVM_GET_SREGS");
	a.eaddr = sregs.u.e.dear;
	must(ppctlb_translate(m->tlb, &a, &hit, 1), "ppctlb_translate");
	printf("the guest took exception %u at data address 0x%08x: the guest TLB has %s\n",
	       (unsigned)ivor, (unsigned)a.eaddr,
	       hit.result == PPCTLB_MISS ? "no entry for it" : "an entry for it");
}

/* The serial port. Returns 1 to go on, 0 if the guest is done, -1 if it is in trouble. */
static int serial_write(struct machine *m, uint64_t reg, const unsigned char *data)
{
	uint32_t word;

	memcpy(&word, data, sizeof(word));
	switch (reg) {
	case SERIAL_DATA:
		putchar(data[0]);
		return 1;
	case SERIAL_POWER_OFF:
		return 0;
	case SERIAL_EXCEPTION:
		explain(m, word);
		return -1;
	}
	die("the guest wrote to no register of the serial port");
}

/* Run until the guest powers off (0) or is in trouble (-1). Never longer than 5 seconds. */
static int run(struct machine *m)
{
	const struct itimerval limit = {.it_value.tv_sec = 5}, none = {.it_value.tv_sec = 0};
	int more = 1;

	setitimer(ITIMER_REAL, &limit, NULL);
	while (more > 0) {
		must_kvm(ioctl(m->vcpu, KVM_RUN, 0), "KVM_RUN");
		if (m->run->exit_reason != KVM_EXIT_MMIO || !m->run->mmio.is_write)
			die("KVM_RUN: exit reason %u", (unsigned)m->run->exit_reason);
		more = serial_write(m, m->run->mmio.phys_addr - SERIAL_RA, m->run->mmio.data);
	}
	setitimer(ITIMER_REAL, &none, NULL);
	return more;
}

static void on_alarm(int sig)
{
	(void)sig; /* the signal itself ends KVM_RUN */
}

/* ---- what a VMM does with a stopped machine ---- */

static void print_line(const char *line, void *arg)
{
	(void)arg;
	printf("  %s\n", line);
}

static void dump(struct machine *m, const char *when)
{
	printf("guest TLB %s:\n", when);
	must(ppctlb_dump(m->tlb, PPCTLB_GUEST, PPCTLB_TABLE, print_line, NULL), "ppctlb_dump");
}

static void save(struct machine *m, struct saved *s)
{
	must_kvm(ioctl(m->vcpu, KVM_GET_REGS, &s->regs), "KVM_GET_REGS");
	must_kvm(ioctl(m->vcpu, KVM_GET_SREGS, &s->sregs), "KVM_GET_SREGS");
	must(ppctlb_save(m->tlb, NULL, &s->len), "ppctlb_save");
	s->tlb = malloc(s->len);
	if (!s->tlb)
		die("out of memory");
	must(ppctlb_save(m->tlb, s->tlb, &s->len), "ppctlb_save");
	printf("saved: registers, and an image of the guest TLB of %zu bytes\n", s->len);
}

/* A board reset removes every entry, protected ones, too, and brings the boot mappings back. */
static void reset(struct machine *m)
{
	must(ppctlb_flush(m->tlb), "ppctlb_flush");
	map(m, mappings, BOOT_MAPPINGS);
	set_registers(m);
}

static void restore(struct machine *m, const struct saved *s)
{
	must(ppctlb_restore(m->tlb, s->tlb, s->len), "ppctlb_restore");
	must_kvm(ioctl(m->vcpu, KVM_SET_SREGS, &s->sregs), "KVM_SET_SREGS");
	must_kvm(ioctl(m->vcpu, KVM_SET_REGS, &s->regs), "KVM_SET_REGS");
}

/* Check what the guest noted: the length of the text. */
static void check_note(struct machine *m)
{
	uint32_t note;

	memcpy(&note, m->ram + NOTE_RA, sizeof(note));
	printf("the guest noted %u bytes at real address 0x%08x\n", (unsigned)note, NOTE_RA);
	if (note != strlen(text))
		die("it should be %zu", strlen(text));
	memset(m->ram + NOTE_RA, 0, sizeof(note));
}

int main(void)
{
	struct sigaction action = {.sa_handler = on_alarm}; /* no SA_RESTART */
	struct machine m = {.kvm = -1};
	struct saved start = {.len = 0};

	sigaction(SIGALRM, &action, NULL);
	make_machine(&m);
	open_tlb(&m);
	set_registers(&m);
	dump(&m, "before");
	map(&m, mappings, COUNT(mappings));
	dump(&m, "after ppctlb_map()");
	save(&m, &start);

	printf("\n== run\n");
	if (run(&m))
		die("the guest did not come to its end");
	check_note(&m);

	printf("\n== reset: only code and serial port are mapped\n");
	reset(&m);
	dump(&m, "after the reset");
	if (!run(&m))
		die("the guest ran through a mapping that is gone");

	printf("\n== restore\n");
	restore(&m, &start);
	dump(&m, "restored");
	if (run(&m))
		die("the guest did not come to its end");
	check_note(&m);

	free(start.tlb);
	destroy_machine(&m);
	return 0;
}
