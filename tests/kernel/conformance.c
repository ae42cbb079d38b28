/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Does a kernel, real or fake, with libppctlb on top do what both promise? TAP on standard output.
 * usage: conformance 44x|e500
 *
 * Exit status 0: it does, 1: it does not, 2: it could not start. It needs /dev/kvm and a C library.
 * Built with FAKEKVM it runs against the stand-in, in all its variants: a difference between the
 * two is a bug of the stand-in.
 */

#include "conformance.h"
#include "kvmppc.h"
#include "../support/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef FAKEKVM
#include "fakekvm.h"

static struct {
	uint32_t pvr;
	unsigned calls;
} fake;

static int open_kvm(void)
{
	return fakekvm_open(fake.pvr, fake.calls);
}

static void close_kvm(int fd)
{
	fakekvm_close(fd);
}
#else
static int open_kvm(void)
{
	return open("/dev/kvm", O_RDWR | O_CLOEXEC);
}

static void close_kvm(int fd)
{
	if (fd >= 0)
		close(fd);
}
#endif

struct machine machine = {-1, -1, -1};

int kvm(int fd, uint32_t request, void *arg)
{
	int ret = ioctl(fd, (unsigned long)request, arg);

	return ret < 0 ? -errno : ret;
}

static bool machine_part(int *fd, int made, const char *what)
{
	*fd = made;
	if (made < 0)
		tap_note("%s: %s", what, strerror(made == -1 ? errno : -made));
	return made >= 0;
}

bool machine_up(void)
{
	return machine_part(&machine.dev, open_kvm(), "/dev/kvm") &&
	       machine_part(&machine.vm, kvm(machine.dev, PPC_KVM_CREATE_VM, NULL),
			    "KVM_CREATE_VM") &&
	       machine_part(&machine.vcpu, kvm(machine.vm, PPC_KVM_CREATE_VCPU, NULL),
			    "KVM_CREATE_VCPU");
}

void machine_down(void)
{
	close_kvm(machine.vcpu);
	close_kvm(machine.vm);
	close_kvm(machine.dev);
	machine = (struct machine){-1, -1, -1};
}

bool kernel_finds(uint64_t eaddr, unsigned pid, unsigned as, uint64_t *raddr)
{
	struct ppc_translation t = {
		.linear_address = eaddr | (uint64_t)pid << 32 | (uint64_t)as << 40,
	};

	if (!EQUAL(kvm(machine.vcpu, PPC_KVM_TRANSLATE, &t), 0) || !t.valid)
		return false;
	*raddr = t.physical_address;
	return true;
}

bool kernel_maps(uint64_t eaddr, uint64_t raddr)
{
	uint64_t got = 0;

	if (!kernel_finds(eaddr, 0, 0, &got)) {
		tap_note("KVM_TRANSLATE misses 0x%llx", (unsigned long long)eaddr);
		return false;
	}
	return EQUAL(got, raddr);
}

struct ppctlb *open_handle(void)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h = NULL;

	cfg.vcpu_fd = machine.vcpu;
	if (ppctlb_open(&h, &cfg))
		tap_note("ppctlb_open: %s", ppctlb_errmsg());
	return h;
}

int map_one(struct ppctlb *h, uint64_t eaddr, uint64_t raddr, uint64_t size, uint32_t flags)
{
	const struct ppctlb_mapping m = {eaddr, raddr, size, flags, 0, 0};
	int ret = ppctlb_map(h, &m, 1, 0);

	if (ret)
		tap_note("ppctlb_map: %s", ppctlb_errmsg());
	return ret;
}

bool library_maps(struct ppctlb *h, uint64_t eaddr, uint64_t raddr)
{
	const struct ppctlb_access a = {.eaddr = eaddr, .type = PPCTLB_READ};
	struct ppctlb_hit hit = {0};

	return EQUAL(ppctlb_translate(h, &a, &hit, 1), 0) && EQUAL(hit.result, PPCTLB_HIT) &&
	       EQUAL(hit.raddr, raddr);
}

bool child_gets_eio(int (*call)(struct ppctlb *h), struct ppctlb *h)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0)
		_exit(call(h) == -EIO ? 42 : 1);
	return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) &&
	       WEXITSTATUS(status) == 42;
}

static void refuses(const struct ppctlb_config *cfg)
{
	struct ppctlb *h = (void *)cfg;
	int ret = ppctlb_open(&h, cfg);

	CHECK(ret == -EINVAL || ret == -ENOTSUP);
	CHECK(!h);
	CHECK(*ppctlb_errmsg());
}

void test_no_vcpu(const void *cores)
{
	const char *const *core = cores;
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	int none = open("/", O_RDONLY | O_CLOEXEC);
	const int fds[] = {machine.vm, machine.dev, none};
	struct ppctlb *h;

	for (size_t i = 0; i < ARRAY_SIZE(fds); i++) {
		cfg.vcpu_fd = fds[i];
		refuses(&cfg);
	}
	close(none);
	cfg.vcpu_fd = none;
	EQUAL(ppctlb_open(&h, &cfg), -EBADF);
	cfg.vcpu_fd = machine.vcpu;
	for (size_t i = 1; core[i]; i++) {
		cfg.core = core[i];
		refuses(&cfg);
	}
	cfg.core = core[0];
	EQUAL(ppctlb_open(&h, &cfg), 0);
	ppctlb_close(h);
}

#ifdef FAKEKVM
int main(void)
{
	static const struct {
		const char *name;
		uint32_t pvr;
		unsigned calls;
		void (*tests)(void);
	} variants[] = {
		{"e500v2", FAKEKVM_E500V2, 0, test_e500},
		{"440, split calls", FAKEKVM_440EP, FAKEKVM_SPLIT | FAKEKVM_SHADOW, test_44x},
		{"440, combined calls", FAKEKVM_440EP, FAKEKVM_COMBINED, test_44x},
		{"440, all calls", FAKEKVM_440EP, FAKEKVM_SPLIT | FAKEKVM_COMBINED | FAKEKVM_SHADOW,
		 test_44x},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(variants); i++) {
		tap_note("%s", variants[i].name);
		fake.pvr = variants[i].pvr;
		fake.calls = variants[i].calls;
		variants[i].tests();
	}
	return tap_end();
}
#else
static int usage(void)
{
	fputs("usage: conformance 44x|e500\n", stderr);
	return 2;
}

static bool can_start(void)
{
	struct ppctlb *h = NULL;
	bool good = machine_up() && (h = open_handle()) != NULL;

	ppctlb_close(h);
	machine_down();
	return good;
}

int main(int argc, char **argv)
{
	void (*tests)(void);

	if (argc != 2)
		return usage();
	if (!strcmp(argv[1], "44x"))
		tests = test_44x;
	else if (!strcmp(argv[1], "e500"))
		tests = test_e500;
	else
		return usage();
	if (!can_start())
		return 2;
	tests();
	return tap_end();
}
#endif
