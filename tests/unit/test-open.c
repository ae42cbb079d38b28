// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * open: wrong values in cfg, who chooses the backend, the probe; errors, threads and processes,
 * see libppctlb(3). vCPUs are the fake kernel's.
 */
#include "../support/unit-common.h"
#include "../kernel/fakekvm.h"
#include "../kernel/kvmppc.h"

#include <fcntl.h>
#include <pthread.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/syscall.h>
#include <stdbool.h>
#include <unistd.h>

#define SUPER	  (PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)
#define GET_SREGS 0x44d0ae83u

static struct ppctlb_config detached(const char *core)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.core = core;
	return cfg;
}

static struct ppctlb_config on_vcpu(int fd)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.vcpu_fd = fd;
	return cfg;
}

/* Open, compare backend and core, close. */
static struct ppctlb_info info_of(const struct ppctlb_config *cfg, char backend[32], char core[16])
{
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb *h;

	WORKS(ppctlb_open(&h, cfg));
	WORKS(ppctlb_info(h, &info));
	snprintf(backend, 32, "%.31s", info.backend);
	snprintf(core, 16, "%.15s", info.core->name);
	ppctlb_close(h);
	return info;
}

static void chosen(const struct ppctlb_config *cfg, const char *backend, const char *core,
		   enum ppctlb_chooser by)
{
	char b[32], c[16];

	ck_assert_uint_eq(info_of(cfg, b, c).chosen_by, by);
	ck_assert_str_eq(b, backend);
	ck_assert_str_eq(c, core);
}

/* ---- nonsense ---- */

/* cfg field by field: -EINVAL, and the message names the field. */
START_TEST(nonsense_in_cfg)
{
	struct ppctlb_config good = detached("e500v2"), cfg;
	char array[16];
	struct ppctlb *h = (void *)1;

	FAILS(EINVAL, ppctlb_open(NULL, &good), "NULL");
	FAILS(EINVAL, ppctlb_open(&h, NULL), "NULL");
	cfg = good, cfg.size = 0;
	FAILS(EINVAL, open_close(&cfg), "cfg.size is 0");
	cfg = good, cfg.size--;
	FAILS(EINVAL, open_close(&cfg), "cfg.size");
	cfg = good, cfg.size = UINT32_MAX;
	FAILS(EINVAL, open_close(&cfg), "cfg.size", "4294967295");
	cfg = good, cfg.vcpu_fd = -2;
	FAILS(EINVAL, open_close(&cfg), "cfg.vcpu_fd is -2");
	cfg = good, cfg.vcpu_fd = -2147483647 - 1;
	FAILS(EINVAL, open_close(&cfg), "cfg.vcpu_fd");
	cfg = good, cfg.core = NULL;
	FAILS(EINVAL, open_close(&cfg), "cfg.core");
	cfg = good, cfg.core = NULL, cfg.backend = "e500";
	FAILS(EINVAL, open_close(&cfg), "cfg.core");
	cfg = good, cfg.array = array;
	FAILS(EINVAL, open_close(&cfg), "cfg.array");
	cfg = good, cfg.array_len = 16;
	FAILS(EINVAL, open_close(&cfg), "cfg.array");
	cfg = good, cfg.unknown = 0x8000;
	FAILS(EINVAL, open_close(&cfg), "cfg.unknown 0x8000");
	cfg = good, cfg.unknown = UINT32_MAX;
	FAILS(EINVAL, open_close(&cfg), "cfg.unknown");
	cfg = good, cfg.unknown = 1, cfg.vcpu_fd = 0;
	FAILS(EINVAL, open_close(&cfg), "cfg.unknown", "detached");
	cfg = good, cfg.deferred = 1;
	FAILS(EINVAL, open_close(&cfg), "cfg.deferred", "array");
	WORKS(open_close(&good));
	good.unknown = 0x7fff;
	WORKS(open_close(&good));
}
END_TEST

/* pid 1 of a namespace can have a child that is pid 1 of another: getpid() does not tell them
 * apart.
 */
static pid_t own_pid;

pid_t getpid(void)
{
	return own_pid ? own_pid : (pid_t)syscall(SYS_getpid);
}

/* cfg has a size: fields of a later version may be there as long as they are not used. */
START_TEST(cfg_of_a_later_version)
{
	struct {
		struct ppctlb_config cfg;
		uint64_t more[4];
	} later = {detached("440"), {0}};

	later.cfg.size = sizeof(later);
	WORKS(open_close(&later.cfg));
	later.more[3] = UINT64_C(1) << 63;
	FAILS(ENOTSUP, open_close(&later.cfg), "fields");
	later.more[3] = 1;
	FAILS(ENOTSUP, open_close(&later.cfg), "fields");
}
END_TEST

/* The geometry: the rules of the kernel's header, which the kernel does not enforce. A 440 has its
 * own only. */
START_TEST(geometry_rules)
{
	static const struct {
		const char *core;
		struct ppctlb_geometry g[2];
		bool good;
	} cases[] = {
		{"e500v2", {{512, 4}, {16, 16}}, true},
		{"e500v2", {{2, 2}, {1, 1}}, true},
		{"e500v2", {{16, 16}, {64, 64}}, true},
		{"e500v2", {{65536, 16}, {64, 64}}, true},
		{"e500v2", {{24, 8}, {16, 16}}, false},
		{"e500v2", {{512, 1}, {16, 16}}, false},
		{"e500v2", {{512, 32}, {16, 16}}, false},
		{"e500v2", {{512, 512}, {16, 16}}, false},
		{"e500v2", {{512, 0}, {16, 16}}, false},
		{"e500v2", {{512, 3}, {16, 16}}, false},
		{"e500v2", {{513, 4}, {16, 16}}, false},
		{"e500v2", {{0, 4}, {16, 16}}, false},
		{"e500v2", {{0, 0}, {16, 16}}, false},
		{"e500v2", {{2, 4}, {16, 16}}, false},
		{"e500v2", {{384, 4}, {16, 16}}, false},
		{"e500v2", {{131072, 16}, {16, 16}}, false},
		{"e500v2", {{UINT32_MAX, 16}, {16, 16}}, false},
		{"e500v2", {{0x80000000, 16}, {0x80000000, 16}}, false},
		{"e500v2", {{512, 4}, {0, 0}}, false},
		{"e500v2", {{512, 4}, {48, 48}}, false},
		{"e500v2", {{512, 4}, {128, 128}}, false},
		{"e500v2", {{512, 4}, {16, 8}}, false},
		{"e500v2", {{512, 4}, {16, 0}}, false},
		{"e500v2", {{512, 4}, {UINT32_MAX, UINT32_MAX}}, false},
		{"440", {{64, 64}, {0, 0}}, true},
		{"440", {{64, 4}, {0, 0}}, false},
		{"440", {{32, 32}, {0, 0}}, false},
		{"440", {{64, 64}, {16, 16}}, false},
		{"440", {{0, 0}, {16, 16}}, false},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct ppctlb_config cfg = detached(cases[i].core);

		memcpy(cfg.geometry, cases[i].g, sizeof(cfg.geometry));
		for (int mock = 0; mock < 2; mock++) {
			struct ppctlb *h;

			cfg.backend = mock ? "mock" : NULL;
			if (!cases[i].good) {
				FAILS(EINVAL, open_close(&cfg), "geometry");
				continue;
			}
			WORKS(ppctlb_open(&h, &cfg));
			ck_assert_uint_eq(entries_of(h),
					  cases[i].g[0].entries + cases[i].g[1].entries);
			free(state_of(h));
			ppctlb_close(h);
		}
	}
}
END_TEST

/* The largest geometry, under KVM, too; and a core as its handle has it. */
START_TEST(the_largest_geometry)
{
	int fd = fakekvm_vcpu(FAKEKVM_E6500, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb_mapping m = {0, 0, 64 * K, SUPER, 300, 0};
	const struct ppctlb_core *core;
	struct ppctlb *h;
	size_t n = 0;

	cfg.geometry[0] = (struct ppctlb_geometry){65536, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){64, 64};
	WORKS(ppctlb_open(&h, &cfg));
	ck_assert_uint_eq(entries_of(h), 65536 + 64);
	core = ppctlb_handle_core(h);
	ck_assert_ptr_nonnull(core);
	ck_assert_uint_eq(ppctlb_core_info(core)->array[0].geometry.entries, 65536);
	WORKS(ppctlb_plan(core_of("e6500"), &m, NULL, &n));
	FAILS(EINVAL, ppctlb_plan(core, &m, NULL, &n), "tid 300", "8 bits");
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "tid 300", "8 bits");
	ppctlb_close(h);
	fakekvm_close(fd);
}
END_TEST

/* NULL handles and arguments: -EINVAL from every call. */
START_TEST(null_everywhere)
{
	struct ppctlb_finding finding;
	struct ppctlb_image_info image = {.size = sizeof(image)};
	struct ppctlb_mapping m = {0};
	struct ppctlb_entry e = {0};
	struct ppctlb *h = open_core("440");
	size_t n = 0;

	FAILS(EINVAL, ppctlb_check(NULL, &finding, &n), "NULL");
	FAILS(EINVAL, ppctlb_check(h, &finding, NULL), "NULL");
	FAILS(EINVAL, ppctlb_save(NULL, &m, &n), "NULL");
	FAILS(EINVAL, ppctlb_save(h, &m, NULL), "NULL");
	FAILS(EINVAL, ppctlb_restore(NULL, &m, 1), "NULL");
	FAILS(EINVAL, ppctlb_restore(h, NULL, 1), "NULL");
	FAILS(EINVAL, ppctlb_image_info(NULL, 1, &image), "NULL");
	FAILS(EINVAL, ppctlb_image_info(&m, 1, NULL), "NULL");
	FAILS(EINVAL, ppctlb_encode(NULL, &m, &e), "NULL");
	FAILS(EINVAL, ppctlb_encode(core_of("440"), NULL, &e), "NULL");
	FAILS(EINVAL, ppctlb_encode(core_of("440"), &m, NULL), "NULL");
	FAILS(EINVAL, ppctlb_decode(NULL, &e, &m), "NULL");
	FAILS(EINVAL, ppctlb_decode(core_of("440"), NULL, &m), "NULL");
	FAILS(EINVAL, ppctlb_decode(core_of("440"), &e, NULL), "NULL");
	ck_assert_ptr_null(ppctlb_core(NULL));
	errno = 0;
	ck_assert_ptr_null(ppctlb_handle_core(NULL));
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_ptr_nonnull(ppctlb_errmsg());
	ck_assert_str_eq(ppctlb_version(), LIBRARY_VERSION);
	ppctlb_close(h);
}
END_TEST

/* ---- the choice ---- */

/* 460 is another name of 440. */
START_TEST(the_core_chooses)
{
	struct ppctlb_config cfg;

	for (int i = 0; i < MODEL_CORES; i++) {
		cfg = detached(model_cores[i].name);
		chosen(&cfg, model_backend(&model_cores[i]), cfg.core, PPCTLB_BY_CALLER);
	}
	cfg = detached("460");
	chosen(&cfg, "44x", "440", PPCTLB_BY_CALLER);
}
END_TEST

/* cfg comes before PPCTLB_BACKEND, and that before core or probe; the first two never fall back. */
START_TEST(cfg_before_environment)
{
	struct ppctlb_config cfg = detached("440");

	cfg.backend = "44x";
	chosen(&cfg, "44x", "440", PPCTLB_BY_CALLER);
	setenv("PPCTLB_BACKEND", "mock", 1);
	chosen(&cfg, "44x", "440", PPCTLB_BY_CALLER);
	cfg.backend = NULL;
	chosen(&cfg, "mock", "440", PPCTLB_BY_ENVIRONMENT);
	setenv("PPCTLB_BACKEND", "44x", 1);
	cfg.backend = "mock";
	chosen(&cfg, "mock", "440", PPCTLB_BY_CALLER);
	/* another family, or no such name: an error, not the next best */
	cfg.backend = "e500";
	FAILS(EINVAL, open_close(&cfg), "backend e500", "440");
	cfg.backend = "missing";
	FAILS(ENOENT, open_close(&cfg), "missing");
	cfg.backend = NULL;
	setenv("PPCTLB_BACKEND", "e500", 1);
	FAILS(EINVAL, open_close(&cfg), "PPCTLB_BACKEND", "e500", "440");
	setenv("PPCTLB_BACKEND", "missing", 1);
	FAILS(ENOENT, open_close(&cfg), "PPCTLB_BACKEND", "missing");
	setenv("PPCTLB_BACKEND", "", 1);
	FAILS(EINVAL, open_close(&cfg), "PPCTLB_BACKEND");
	unsetenv("PPCTLB_BACKEND");
	chosen(&cfg, "44x", "440", PPCTLB_BY_CALLER);
}
END_TEST

START_TEST(unknown_core)
{
	struct ppctlb_config cfg = detached("e9000");

	FAILS(ENOENT, open_close(&cfg), "e9000", "44x", "e500");
	cfg.backend = "e500";
	FAILS(ENOENT, open_close(&cfg), "e9000");
	cfg.backend = "mock";
	FAILS(ENOENT, open_close(&cfg), "e9000");
	cfg = detached("476");
	FAILS(ENOTSUP, open_close(&cfg), "476", "bits");
}
END_TEST

/* ---- vCPUs ---- */

/* The probe takes the backend that the vCPU is for; it reads no more than one KVM_GET_SREGS. */
START_TEST(probe)
{
	static const struct {
		uint32_t pvr;
		const char *backend, *core;
	} cases[] = {
		{FAKEKVM_440EP, "44x", "440"},	    {FAKEKVM_E500V2, "e500", "e500v2"},
		{FAKEKVM_E500MC, "e500", "e500mc"}, {FAKEKVM_E5500, "e500", "e5500"},
		{FAKEKVM_E6500, "e500", "e6500"},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fakekvm_vcpu(cases[i].pvr, FAKEKVM_SPLIT);
		struct ppctlb_config cfg = on_vcpu(fd);
		unsigned before = fakekvm_count(GET_SREGS);

		chosen(&cfg, cases[i].backend, cases[i].core, PPCTLB_BY_PROBE);
		ck_assert_uint_eq(fakekvm_count(GET_SREGS) - before, 1);
		/* the caller may say which core it must be */
		cfg.core = cases[i].core;
		chosen(&cfg, cases[i].backend, cases[i].core, PPCTLB_BY_PROBE);
		cfg.backend = cases[i].backend;
		chosen(&cfg, cases[i].backend, cases[i].core, PPCTLB_BY_CALLER);
		cfg.backend = NULL;
		setenv("PPCTLB_BACKEND", cases[i].backend, 1);
		chosen(&cfg, cases[i].backend, cases[i].core, PPCTLB_BY_ENVIRONMENT);
		unsetenv("PPCTLB_BACKEND");
		/* a vCPU of another core */
		cfg.core = i ? "440" : "e500v2";
		FAILS(EINVAL, open_close(&cfg), cases[i].core, cfg.core);
		/* and what is no core is told as without a vCPU */
		cfg.core = "nonsense";
		FAILS(ENOENT, open_close(&cfg), "nonsense");
		cfg.core = "476";
		FAILS(ENOTSUP, open_close(&cfg), "476");
		cfg.core = "No Core";
		FAILS(EINVAL, open_close(&cfg), "No Core");
		fakekvm_close(fd);
	}
}
END_TEST

/* The same cores by their PVR alone; none for a 476's PVR. */
START_TEST(core_by_pvr)
{
	static const struct {
		uint32_t pvr;
		const char *core;
	} cases[] = {
		{FAKEKVM_440EP, "440"},	    {0x130218a2, "440"},	{0x80200020, "e500v1"},
		{FAKEKVM_E500V2, "e500v2"}, {FAKEKVM_E500MC, "e500mc"}, {FAKEKVM_E5500, "e5500"},
		{FAKEKVM_E6500, "e6500"},   {0x11a52080, NULL},		{0x00070101, NULL},
		{0x80220000, NULL},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct ppctlb_core *core = ppctlb_core_by_pvr(cases[i].pvr);

		ck_assert_ptr_eq(core, cases[i].core ? core_of(cases[i].core) : NULL);
		ck_assert(core || errno == ENOENT);
	}
}
END_TEST

/* A vCPU whose PVR is on no list is a 440 if the caller says so and the kernel has a 440's calls;
 * a 476 is none whatever the caller says. */
START_TEST(a_440_of_an_unknown_pvr)
{
	static const char *const names[] = {"440", "460"}, *const backends[] = {NULL, "44x"};
	struct ppctlb_config cfg = on_vcpu(-1);

	for (int i = 0; i < 4; i++) {
		cfg.backend = backends[i & 1];
		cfg.core = names[i >> 1];
		cfg.vcpu_fd = fakekvm_vcpu(0x00070101, i & 1 ? FAKEKVM_SPLIT : FAKEKVM_COMBINED);
		chosen(&cfg, "44x", "440", i & 1 ? PPCTLB_BY_CALLER : PPCTLB_BY_PROBE);
		fakekvm_close(cfg.vcpu_fd);
		cfg.vcpu_fd = fakekvm_vcpu(0x00070101, 0);
		FAILS(ENOTSUP, open_close(&cfg), "44x", "no 44x TLB calls");
		fakekvm_close(cfg.vcpu_fd);
		cfg.vcpu_fd = fakekvm_vcpu(0x11a50001, FAKEKVM_SPLIT);
		FAILS(ENOTSUP, open_close(&cfg), "44x", "PVR 0x11a50001 is a 476");
		fakekvm_close(cfg.vcpu_fd);
		cfg.vcpu_fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
		FAILS(cfg.backend ? ENOTSUP : EINVAL, open_close(&cfg),
		      cfg.backend ? "no 44x TLB calls" : "of core e500v2");
		fakekvm_close(cfg.vcpu_fd);
	}
}
END_TEST

/* There is no such trial for an e500: its PVR decides. */
START_TEST(no_e500_of_an_unknown_pvr)
{
	int fd = fakekvm_vcpu(0x80220010, 0);
	struct ppctlb_config cfg = on_vcpu(fd);

	cfg.core = "e500v2";
	FAILS(ENOTSUP, open_close(&cfg), "PVR 0x80220010 is not an e500");
	cfg.backend = "e500";
	FAILS(ENOTSUP, open_close(&cfg), "PVR 0x80220010 is not an e500");
	fakekvm_close(fd);
}
END_TEST

/* A backend of another family gives its reason and does not fall back; nor with PPCTLB_BACKEND. */
START_TEST(wrong_backend_for_the_vcpu)
{
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);

	cfg.backend = "44x";
	FAILS(ENOTSUP, open_close(&cfg), "44x", "PVR 0x80210030");
	cfg.backend = "mock";
	FAILS(ENOTSUP, open_close(&cfg), "mock");
	cfg.backend = NULL;
	setenv("PPCTLB_BACKEND", "44x", 1);
	FAILS(ENOTSUP, open_close(&cfg), "PPCTLB_BACKEND", "44x", "PVR 0x80210030");
	unsetenv("PPCTLB_BACKEND");
	fakekvm_close(fd);
}
END_TEST

/* The probe never takes mock; where no backend takes the vCPU, the reason of each stands on a
 * line. */
START_TEST(nobody_takes_it)
{
	static const struct {
		uint32_t pvr;
		const char *words[2];
	} cases[] = {
		{0x00070101, {"not a 440 or 460", "not an e500"}},
		{0x11a52080, {"476", "not an e500"}},
		{0, {"PVR 0x00000000", "not an e500"}},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fakekvm_vcpu(cases[i].pvr, FAKEKVM_SPLIT | FAKEKVM_COMBINED);
		struct ppctlb_config cfg = on_vcpu(fd);

		FAILS(ENOTSUP, open_close(&cfg), "\n44x", cases[i].words[0], "\ne500",
		      cases[i].words[1], "\nmock");
		fakekvm_close(fd);
	}
}
END_TEST

/* A kernel without 44x TLB calls is -ENOTSUP, not a wrong argument. */
START_TEST(kernel_without_44x_calls)
{
	int fd = fakekvm_vcpu(FAKEKVM_440EP, 0);
	struct ppctlb_config cfg = on_vcpu(fd);

	FAILS(ENOTSUP, open_close(&cfg), "no 44x TLB calls");
	cfg.backend = "44x";
	FAILS(ENOTSUP, open_close(&cfg), "no 44x TLB calls");
	fakekvm_close(fd);
}
END_TEST

/* A descriptor that is no vCPU, or is closed. */
START_TEST(no_vcpu)
{
	int fd = open("/dev/null", O_RDWR), vm = fakekvm_open(FAKEKVM_E500V2, 0), pipes[2];
	struct ppctlb_config cfg = on_vcpu(fd);

	FAILS(EINVAL, open_close(&cfg), "not a powerpc vCPU", "errno 25");
	cfg.vcpu_fd = vm;
	FAILS(EINVAL, open_close(&cfg), "not a powerpc vCPU");
	ck_assert_int_eq(pipe(pipes), 0);
	cfg.vcpu_fd = pipes[0];
	FAILS(EINVAL, open_close(&cfg), "not a powerpc vCPU");
	close(fd);
	cfg.vcpu_fd = fd;
	FAILS(EBADF, open_close(&cfg), "KVM_GET_SREGS", "errno 9");
	cfg.vcpu_fd = 2147483647;
	FAILS(EBADF, open_close(&cfg), "KVM_GET_SREGS");
	fakekvm_close(vm);
	close(pipes[0]);
	close(pipes[1]);
}
END_TEST

/* The errno is of the documented set, the message has the raw one; a positive answer is -EIO. */
START_TEST(kernel_fails)
{
	static const struct {
		int answer, err;
		const char *word;
	} cases[] = {
		{-EIO, EIO, "errno 5"},
		{-EINTR, EINTR, "errno 4"},
		{-ENXIO, EIO, "errno 6"},
		{-EPERM, EIO, "errno 1"},
		{-ENOMEM, ENOMEM, "errno 12"},
		{-EFAULT, EFAULT, "errno 14"},
		{1, EIO, "1"},
		{1232, EIO, "1232"},
	};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);

	for (size_t i = 0; i < COUNT(cases); i++) {
		fakekvm_fault(GET_SREGS, 1, cases[i].answer, false);
		FAILS(cases[i].err, open_close(&cfg), "KVM_GET_SREGS", cases[i].word);
		ck_assert_uint_eq(fakekvm_faults_left(), 0);
	}
	WORKS(open_close(&cfg));
	fakekvm_close(fd);
}
END_TEST

/* A kernel that fails during the probe has not refused. */
START_TEST(kernel_fails_in_the_probe)
{
	int fd = fakekvm_vcpu(FAKEKVM_440EP, FAKEKVM_SPLIT);
	struct ppctlb_config cfg = on_vcpu(fd);

	fakekvm_fault(PPCTLB_KVM_GET_GUEST_TLB, 1, -EINTR, false);
	FAILS(EINTR, open_close(&cfg), "backend 44x", "errno 4");
	fakekvm_fault(PPCTLB_KVM_GET_GUEST_TLB, 1, -ENXIO, false);
	FAILS(EIO, open_close(&cfg), "backend 44x", "errno 6");
	fakekvm_fault(PPCTLB_KVM_GET_GUEST_TLB, 1, 3, false);
	FAILS(EIO, open_close(&cfg), "backend 44x", "3");
	WORKS(open_close(&cfg));
	fakekvm_close(fd);
}
END_TEST

/* Another process's vCPU is -EIO. */
START_TEST(vcpu_of_another_process)
{
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);

	fakekvm_state(fd)->pid++;
	FAILS(EIO, open_close(&cfg), "KVM_GET_SREGS", "errno 5");
	fakekvm_state(fd)->pid--;
	WORKS(open_close(&cfg));
	fakekvm_close(fd);
}
END_TEST

/* Under KVM map takes TIDs of 8 bits on every core; encode and detached handles know the core's. */
START_TEST(tids_under_kvm)
{
	int fd = fakekvm_vcpu(FAKEKVM_E6500, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb_mapping m = {0, 0, 4 * K, SUPER, 256, 0};
	struct ppctlb_entry e;
	struct ppctlb *h;

	WORKS(ppctlb_encode(core_of("e6500"), &m, &e));
	WORKS(ppctlb_open(&h, &cfg));
	FAILS(EINVAL, ppctlb_map(h, &m, 1, 0), "tid 256", "8 bits");
	m.tid = 255;
	WORKS(ppctlb_map(h, &m, 1, 0));
	ppctlb_close(h);
	fakekvm_close(fd);
	h = open_core("e6500");
	m.tid = 0x3fff;
	WORKS(ppctlb_map(h, &m, 1, 0));
	ppctlb_close(h);
}
END_TEST

/* Under KVM, too: a failed DIRTY_TLB leaves what was there. */
START_TEST(failed_commit_under_kvm)
{
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb_mapping m = {0, 0, 64 * K, SUPER, 0, 0};
	struct ppctlb_entry *before;
	struct ppctlb *h;

	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_map(h, &m, 1, 0));
	before = state_of(h);
	fakekvm_fault(0x8010aeaa, 1, -ENXIO, false);
	FAILS(EIO, ppctlb_unmap(h, 0, 4 * K, 0, 0), "KVM_DIRTY_TLB", "errno 6");
	unchanged(h, before);
	before = state_of(h);
	fakekvm_fault(0x8010aeaa, 1, 1, false);
	FAILS(EIO, ppctlb_flush(h), "KVM_DIRTY_TLB");
	unchanged(h, before);
	WORKS(ppctlb_unmap(h, 0, 4 * K, 0, 0));
	ppctlb_close(h);
	fakekvm_close(fd);
}
END_TEST

/* If the kernel was told of neither the new entries nor the old ones, the next write tells it of
 * all, even where none changes. */
START_TEST(the_write_after_a_doubtful_one)
{
	static const struct {
		int answer; /* of both calls */
		const char *words;
	} doubts[] = {{-ENXIO, "failed with errno 6,"}, {7, "failed with a positive answer,"}};
	struct ppctlb_mapping m = {0, 0, 64 * K, SUPER, 0, 0};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb_entry one = {.tlb = 1, .index = 9};
	uint64_t raddr;
	struct ppctlb *h;

	WORKS(ppctlb_open(&h, &cfg));
	for (size_t i = 0; i < 2 * COUNT(doubts); i++) {
		WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE));
		fakekvm_fault(PPC_KVM_DIRTY_TLB, 1, doubts[i / 2].answer, true);
		fakekvm_fault(PPC_KVM_DIRTY_TLB, 2, doubts[i / 2].answer, false);
		FAILS(EIO, ppctlb_unmap(h, 0, 4 * K, 0, 0), "may still see", doubts[i / 2].words);
		ck_assert(!fakekvm_guest_sees(fd, 0, 0, 0x123, &raddr));
		if (i % 2)
			WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE));
		else
			WORKS(ppctlb_set(h, &one, 1));
		ck_assert(fakekvm_guest_sees(fd, 0, 0, 0x123, &raddr));
		ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, entries_of(h));
		/* and then all is as before */
		WORKS(ppctlb_set(h, &one, 1));
		ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 1);
	}
	ppctlb_close(h);
	fakekvm_close(fd);
}
END_TEST

/* The bitmap ends within a byte. */
START_TEST(few_entries_under_kvm)
{
	static struct ppctlb_e500_tlbe array[5];
	struct ppctlb_mapping m = {0x10000000, 0, 64 * K, SUPER, 0, 0};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	uint64_t raddr;
	struct ppctlb *h;

	cfg.array = array;
	cfg.array_len = sizeof(array);
	cfg.geometry[0] = (struct ppctlb_geometry){4, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){1, 1};
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert(fakekvm_guest_sees(fd, 0, 0, 0x10000123, &raddr));
	/* an entry that goes and comes again in one call is written once */
	m.raddr += 64 * K;
	WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE));
	ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 1);
	WORKS(ppctlb_flush(h));
	ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 5);
	ck_assert_uint_eq(fakekvm_state(fd)->bitmap[0], 0x1f);
	ck_assert(!fakekvm_guest_sees(fd, 0, 0, 0x10000123, &raddr));
	ppctlb_close(h);
	close(fd);
}
END_TEST

/* A handle with cfg.deferred writes to the array only; the kernel hears of it at commit. */
START_TEST(deferred)
{
	static struct ppctlb_e500_tlbe array[528];
	struct ppctlb_mapping m = {0x10000000, 0, 64 * K, SUPER, 0, 0};
	struct ppctlb_info info = {.size = sizeof(info)};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb_access a = {.eaddr = 0x10000123};
	struct ppctlb_hit hit;
	uint64_t raddr;
	unsigned before;
	struct ppctlb *h;

	cfg.deferred = 1;
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "cfg.deferred", "array");
	cfg.array = array;
	cfg.array_len = sizeof(array);
	cfg.deferred = 2;
	FAILS(EINVAL, ppctlb_open(&h, &cfg), "cfg.deferred is 2");
	cfg.deferred = 1;
	cfg.geometry[0] = (struct ppctlb_geometry){512, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){16, 16};
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.pending, 0);
	before = fakekvm_count(PPC_KVM_DIRTY_TLB);
	WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert_uint_eq(fakekvm_count(PPC_KVM_DIRTY_TLB), before);
	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.pending, 1);
	WORKS(ppctlb_translate(h, &a, &hit, 1));
	ck_assert_uint_eq(hit.result, PPCTLB_HIT);
	ck_assert_uint_ne(array[512].mas1, 0);
	/* what fails waits on */
	fakekvm_fault(PPC_KVM_DIRTY_TLB, 1, -ENXIO, false);
	FAILS(EIO, ppctlb_commit(h), "KVM_DIRTY_TLB");
	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.pending, 1);
	WORKS(ppctlb_commit(h));
	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.pending, 0);
	ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 528);
	ck_assert(fakekvm_guest_sees(fd, 0, 0, 0x10000123, &raddr));
	/* the last write is the caller's to commit */
	before = fakekvm_count(PPC_KVM_DIRTY_TLB);
	WORKS(ppctlb_flush(h));
	ppctlb_close(h);
	ck_assert_uint_eq(fakekvm_count(PPC_KVM_DIRTY_TLB), before);
	fakekvm_close(fd);
}
END_TEST

/* After a failed commit the kernel may know nothing of the array: the next write tells it of all.
 */
START_TEST(the_write_after_a_failed_commit)
{
	static struct ppctlb_e500_tlbe array[528];
	struct ppctlb_mapping m = {0x10000000, 0, 64 * K, SUPER, 0, 0};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	struct ppctlb_config cfg = on_vcpu(fd);
	struct ppctlb *h;

	cfg.array = array;
	cfg.array_len = sizeof(array);
	cfg.geometry[0] = (struct ppctlb_geometry){512, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){16, 16};
	WORKS(ppctlb_open(&h, &cfg));
	array[5].mas1 = 0x80000100;
	fakekvm_fault(PPC_KVM_DIRTY_TLB, 1, -ENXIO, false);
	FAILS(EIO, ppctlb_commit(h), "KVM_DIRTY_TLB");
	WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 528);
	WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE | 0));
	m.eaddr += 64 * K;
	WORKS(ppctlb_map(h, &m, 1, 0));
	ck_assert_uint_eq(fakekvm_state(fd)->num_dirty, 1);
	ppctlb_close(h);
	fakekvm_close(fd);
}
END_TEST

/* What is unknown is so of detached handles: a vCPU has every bit, and after a flush all is known.
 */
START_TEST(unknown_and_a_vcpu)
{
	struct ppctlb_entry e = {
		.tlb = 1, .index = 3, .unknown = PPCTLB_UNKNOWN_RA, .word = {0x80000100}};
	struct ppctlb_config cfg = detached("e500v2");
	struct ppctlb_info info = {.size = sizeof(info)};
	int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	unsigned char image[65536];
	size_t len = sizeof(image);
	struct ppctlb *h, *vcpu;

	cfg.unknown = PPCTLB_UNKNOWN_MAS8;
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_save(h, image, &len));
	cfg = on_vcpu(fd);
	cfg.geometry[0] = (struct ppctlb_geometry){512, 4};
	cfg.geometry[1] = (struct ppctlb_geometry){16, 16};
	WORKS(ppctlb_open(&vcpu, &cfg));
	WORKS(ppctlb_restore(vcpu, image, len));
	WORKS(ppctlb_info(vcpu, &info));
	ck_assert_uint_eq(info.unknown, 0);
	FAILS(EINVAL, ppctlb_set(vcpu, &e, 1), "entry 0", "unknown 0x800", "vCPU");
	WORKS(ppctlb_set(h, &e, 1));
	len = sizeof(image);
	WORKS(ppctlb_save(h, image, &len));
	FAILS(EINVAL, ppctlb_restore(vcpu, image, len), "TLB1[3]", "vCPU");
	WORKS(ppctlb_flush(h));
	WORKS(ppctlb_info(h, &info));
	ck_assert_uint_eq(info.unknown, 0);
	ppctlb_close(h);
	ppctlb_close(vcpu);
	fakekvm_close(fd);
}
END_TEST

/* On an open handle EINVAL or ENOTTY of the kernel does not blame the caller's values. */
START_TEST(what_the_kernel_says_later)
{
	static const int answers[] = {-EINVAL, -ENOTTY, -EOPNOTSUPP};
	struct ppctlb_mapping m = {0, 0, 64 * K, SUPER, 0, 0};
	struct ppctlb_entry all[64];
	int e500 = fakekvm_vcpu(FAKEKVM_E500V2, 0);
	int x44 = fakekvm_vcpu(FAKEKVM_440EP, FAKEKVM_SPLIT);
	struct ppctlb_config on_e500 = on_vcpu(e500), on_44x = on_vcpu(x44);
	struct ppctlb *a, *b;

	WORKS(ppctlb_open(&a, &on_e500));
	WORKS(ppctlb_open(&b, &on_44x));
	for (size_t i = 0; i < COUNT(answers); i++) {
		char raw[32];

		snprintf(raw, sizeof(raw), "errno %d ", -answers[i]);
		fakekvm_fault(0x8010aeaa, 1, answers[i], false);
		FAILS(EIO, ppctlb_map(a, &m, 1, 0), "KVM_DIRTY_TLB", raw);
		fakekvm_fault(PPCTLB_KVM_GET_GUEST_TLB, 1, answers[i], false);
		FAILS(EIO, ppctlb_get(b, PPCTLB_GUEST, all, 64), "KVM_GET_GUEST_TLB", raw);
		fakekvm_fault(PPCTLB_KVM_SET_GUEST_TLB, 1, answers[i], false);
		FAILS(EIO, ppctlb_flush(b), "KVM_SET_GUEST_TLB", raw);
	}
	ppctlb_close(a);
	ppctlb_close(b);
	fakekvm_close(e500);
	fakekvm_close(x44);
}
END_TEST

/* Descriptor 0 is a vCPU like any other. */
START_TEST(vcpu_of_descriptor_0)
{
	static const struct {
		uint32_t pvr;
		const char *transport;
		unsigned entries;
	} cases[] = {
		{FAKEKVM_E6500, "KVM_CAP_SW_TLB", 256 + 16},
		{FAKEKVM_440EP, "KVM_SET_GUEST_TLB", 64},
	};
	struct ppctlb_mapping m = {0x10000000, 0x20000000, 64 * K, SUPER, 0, 0};
	struct ppctlb_config cfg = on_vcpu(0);
	int saved = dup(0);

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fakekvm_vcpu(cases[i].pvr, FAKEKVM_SPLIT);
		struct ppctlb_info info = {.size = sizeof(info)};
		uint64_t raddr = 0;
		struct ppctlb *h;

		ck_assert_int_eq(dup2(fd, 0), 0);
		WORKS(ppctlb_open(&h, &cfg));
		WORKS(ppctlb_info(h, &info));
		ck_assert_str_eq(info.transport, cases[i].transport);
		ck_assert_uint_eq(info.entries, cases[i].entries);
		ck_assert_uint_eq(info.core->tid_bits, 8);
		WORKS(ppctlb_map(h, &m, 1, 0));
		ck_assert(fakekvm_guest_sees(fd, 0, 0, 0x10001234, &raddr));
		ck_assert_uint_eq(raddr, 0x20001234);
		ppctlb_close(h);
		close(0);
		fakekvm_close(fd);
	}
	if (saved >= 0)
		dup2(saved, 0);
	close(saved);
}
END_TEST

/* ---- what is said where ---- */

static int saved_stderr, stderr_file;

static void divert_stderr(void)
{
	stderr_file = memfd_create("stderr", 0);
	saved_stderr = dup(2);
	dup2(stderr_file, 2);
}

static char *restore_stderr(void)
{
	char *text = calloc(1, 65536);

	dup2(saved_stderr, 2);
	close(saved_stderr);
	ck_assert_int_ge(pread(stderr_file, text, 65535, 0), 0);
	close(stderr_file);
	return text;
}

/* The library prints nothing, neither on success nor on failure, unless PPCTLB_DEBUG is set. */
START_TEST(silent_but_for_debug)
{
	static const struct {
		const char *debug;
		bool failures, calls;
	} cases[] = {
		{NULL, false, false}, {"0", false, false}, {"", false, false},
		{"x", false, false},  {"1", true, false},  {"2", true, true},
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fakekvm_vcpu(FAKEKVM_E500V2, 0);
		struct ppctlb_config cfg = on_vcpu(fd), bad = detached("e9000"), good;
		char *text;

		if (cases[i].debug)
			setenv("PPCTLB_DEBUG", cases[i].debug, 1);
		divert_stderr();
		WORKS(open_close(&cfg));
		good = detached("e500v2");
		WORKS(open_close(&good));
		ck_assert_int_eq(open_close(&bad), -ENOENT);
		text = restore_stderr();
		unsetenv("PPCTLB_DEBUG");
		ck_assert_msg(!!strstr(text, "e9000") == cases[i].failures, "%s: %s",
			      cases[i].debug, text);
		ck_assert_msg(!!strstr(text, "KVM_GET_SREGS") == cases[i].calls, "%s: %s",
			      cases[i].debug, text);
		ck_assert(cases[i].failures || !*text);
		/* "no core" is the answer of a backend that was asked on the way, no failure */
		ck_assert_ptr_null(strstr(text, "no core 'e500v2'"));
		free(text);
		fakekvm_close(fd);
	}
}
END_TEST

/* ---- a small stack ---- */

/* Sanitizers and emulators take more of the stack than is there. */
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
struct small {
	const char *core;
	int ret[5];
};

static void *work_on_a_small_stack(void *arg)
{
	struct small *s = arg;
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb_mapping m = {0x10000000, 0, 64 * K, SUPER, 0, 0};
	struct ppctlb_hit hit;
	struct ppctlb_access a = {.eaddr = 0x10000000};
	struct ppctlb *h;

	cfg.core = "nonsense"; /* asks every plug-in, and tells why */
	s->ret[0] = ppctlb_open(&h, &cfg);
	cfg.core = s->core;
	s->ret[1] = ppctlb_open(&h, &cfg);
	if (s->ret[1])
		return NULL;
	s->ret[2] = ppctlb_map(h, &m, 1, PPCTLB_REPLACE);
	s->ret[3] = ppctlb_translate(h, &a, &hit, 1);
	s->ret[4] = ppctlb_map(h, &m, 1, 0); /* -EEXIST, with a message */
	ppctlb_close(h);
	return NULL;
}

/* How much of a stack that was all of one byte has been written; it grows down. */
static size_t used_of(const unsigned char *stack, size_t size)
{
	size_t free = 0;

	while (free < size && stack[free] == 0x5a)
		free++;
	return size - free;
}

/* What these calls take, what the C library keeps at the top of a stack included. It is looked at
 * by another mapping: a checker of memory has the first one for dead. */
START_TEST(stack_is_measured)
{
	size_t size = 8 * 16384;
	int fd = memfd_create("stack", MFD_CLOEXEC);
	unsigned char *stack, *seen;
	struct small s = {.core = "e500v2"};
	pthread_attr_t attr;
	pthread_t thread;
	size_t used;

	ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
	stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	seen = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
	ck_assert(stack != MAP_FAILED && seen != MAP_FAILED);
	close(fd);
	memset(stack, 0x5a, size);
	pthread_attr_init(&attr);
	ck_assert_int_eq(pthread_attr_setstack(&attr, stack, size), 0);
	ck_assert_int_eq(pthread_create(&thread, &attr, work_on_a_small_stack, &s), 0);
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attr);
	used = used_of(seen, size);
	munmap(stack, size);
	munmap(seen, size);
	printf("# open, map and translate take %zu bytes of stack\n", used);
	ck_assert_uint_gt(used, 4096);
	ck_assert_uint_lt(used, 16384);
}
END_TEST

/* Every call works in a thread of PTHREAD_STACK_MIN. */
START_TEST(small_stack)
{
	static const char *const cores[] = {"440", "e500v2"};

	for (size_t i = 0; i < COUNT(cores); i++) {
		struct small s = {.core = cores[i]};
		pthread_attr_t attr;
		pthread_t thread;

		pthread_attr_init(&attr);
		ck_assert_int_eq(pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN), 0);
		ck_assert_int_eq(pthread_create(&thread, &attr, work_on_a_small_stack, &s), 0);
		pthread_join(thread, NULL);
		pthread_attr_destroy(&attr);
		ck_assert_int_eq(s.ret[0], -ENOENT);
		ck_assert_int_eq(s.ret[1], 0);
		ck_assert_int_eq(s.ret[2], 0);
		ck_assert_int_eq(s.ret[3], 0);
		ck_assert_int_eq(s.ret[4], -EEXIST);
	}
}
END_TEST
#endif

/* ---- processes ---- */

/* Runs in a forked child; returns 0 if all is well. */
static void in_child(int (*run)(struct ppctlb *h), struct ppctlb *h)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(run(h));
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "child: %x", status);
}

static void no_line(const char *line, void *arg)
{
	(void)line;
	++*(int *)arg;
}

static void no_mapping(const struct ppctlb_entry *e, const struct ppctlb_mapping *m,
		       uint32_t defects, void *arg)
{
	(void)e, (void)m, (void)defects;
	++*(int *)arg;
}

/* Make every call from a forked child: returns how many did not return -EIO with their message. */
static int child_calls(struct ppctlb *h)
{
	static struct ppctlb_entry all[2048];
	struct ppctlb_mapping m = {0x40000000, 0, 4 * K, SUPER, 0, 0};
	struct ppctlb_access a = {.eaddr = 0};
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb_finding finding = {.name = "user-wx"};
	struct ppctlb_hit hit;
	struct ppctlb_room room[2];
	unsigned calls = fakekvm_count(0);
	size_t n = 0;
	int lines = 0;
	char image[64];
	int bad = 0;

#define CHILD(call)                                                                                \
	(spoil_message(), bad += (call) != -EIO || !strstr(ppctlb_errmsg(), "forked child"))
	CHILD(ppctlb_info(h, &info));
	CHILD(ppctlb_handle_core(h) ? 0 : -errno);
	CHILD(ppctlb_map(h, &m, 1, 0));
	CHILD(ppctlb_map(h, NULL, 0, 0));
	CHILD(ppctlb_map_at(h, &m, 0, 0, PPCTLB_REPLACE));
	CHILD(ppctlb_map_room(h, &m, 1, 0, room));
	CHILD(ppctlb_unmap(h, 0, 4 * K, 0, 0));
	CHILD(ppctlb_flush(h));
	CHILD(ppctlb_get(h, PPCTLB_GUEST, all, COUNT(all)));
	CHILD(ppctlb_set(h, all, 1));
	CHILD(ppctlb_set(h, all, 0));
	CHILD(ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_TABLE, no_line, &lines));
	CHILD(ppctlb_mappings(h, PPCTLB_GUEST, no_mapping, &lines));
	CHILD(ppctlb_format_finding(h, &finding, image, sizeof(image)));
	CHILD(ppctlb_commit(h));
	CHILD(ppctlb_translate(h, &a, &hit, 1));
	CHILD(ppctlb_check(h, NULL, &n));
	CHILD(ppctlb_save(h, NULL, &n));
	CHILD(ppctlb_restore(h, image, sizeof(image)));
	ppctlb_close(h);
	return bad + (lines != 0) + (fakekvm_count(0) != calls);
}

/* A call from a forked child returns -EIO and touches nothing; close there only frees memory. */
START_TEST(forked_child)
{
	size_t len = 528 * sizeof(struct ppctlb_e500_tlbe);
	void *array = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ppctlb_config cfg = detached("e500v2");
	struct ppctlb_mapping m = {0, 0, 64 * K, SUPER, 0, 0};
	struct ppctlb_entry *before;
	struct ppctlb *h;

	cfg.array = array; /* shared with the child: a write would be seen */
	cfg.array_len = len;
	WORKS(ppctlb_open(&h, &cfg));
	WORKS(ppctlb_map(h, &m, 1, 0));
	before = state_of(h);
	in_child(child_calls, h);
	unchanged(h, before);
	m.eaddr = 0x10000;
	WORKS(ppctlb_map(h, &m, 1, 0));
	ppctlb_close(h);
	munmap(array, len);
}
END_TEST

static bool kernel_wipes_on_fork(void)
{
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	/* an emulator takes any advice */
	bool wipes = madvise(page, 4096, 0x7fffffff) && !madvise(page, 4096, MADV_WIPEONFORK);

	munmap(page, 4096);
	return wipes;
}

/* A child is told from its parent without the pid, where the kernel can do that. */
START_TEST(forked_child_of_the_same_pid)
{
	size_t len = 528 * sizeof(struct ppctlb_e500_tlbe);
	void *array = mmap(NULL, len, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct ppctlb_config cfg = detached("e500v2");
	struct ppctlb_entry *before;
	struct ppctlb *h;

	if (!kernel_wipes_on_fork())
		return;
	cfg.array = array;
	cfg.array_len = len;
	own_pid = 1;
	WORKS(ppctlb_open(&h, &cfg));
	before = state_of(h);
	in_child(child_calls, h);
	unchanged(h, before);
	ppctlb_close(h);
	own_pid = 0;
	munmap(array, len);
}
END_TEST

/* fork() of the VMM leaves the parent's mappings live, whatever the child does. */
START_TEST(fork_under_kvm)
{
	static const struct {
		uint32_t pvr;
		unsigned calls;
	} cases[] = {{FAKEKVM_E500V2, 0}, {FAKEKVM_440EP, FAKEKVM_SPLIT}};

	for (size_t i = 0; i < COUNT(cases); i++) {
		int fd = fakekvm_vcpu(cases[i].pvr, cases[i].calls);
		struct ppctlb_config cfg = on_vcpu(fd);
		struct ppctlb_mapping m = {0x20000000, 0, 64 * K, SUPER, 0, 0};
		struct ppctlb_entry *before;
		uint64_t raddr;
		struct ppctlb *h;

		WORKS(ppctlb_open(&h, &cfg));
		WORKS(ppctlb_flush(h));
		WORKS(ppctlb_map(h, &m, 1, 0));
		before = state_of(h);
		in_child(child_calls, h);
		unchanged(h, before);
		m.raddr = 0x30000;
		WORKS(ppctlb_map(h, &m, 1, PPCTLB_REPLACE));
		if (!i) {
			ck_assert(fakekvm_guest_sees(fd, 0, 0, 0x20000004, &raddr));
			ck_assert_uint_eq(raddr, 0x30004);
		}
		ppctlb_close(h);
		WORKS(open_close(&cfg));
		fakekvm_close(fd);
	}
}
END_TEST

static int child_opens_its_own(struct ppctlb *h)
{
	struct ppctlb_config cfg = detached("440");
	struct ppctlb_mapping m = {0, 0, 4 * K, SUPER, 0, 0};
	struct ppctlb *own;
	int ret = ppctlb_open(&own, &cfg);

	ret = ret ? ret : ppctlb_map(own, &m, 1, 0);
	ppctlb_close(own);
	ppctlb_close(h);
	return ret != 0;
}

START_TEST(child_has_its_own)
{
	struct ppctlb *h = open_core("440");

	in_child(child_opens_its_own, h);
	WORKS(ppctlb_flush(h));
	ppctlb_close(h);
}
END_TEST

/* ---- threads ---- */

#define ROUNDS	 20
#define LISTINGS 2 /* threads beside the workers that list backends and cores */

struct worker {
	pthread_t thread;
	int number;
	unsigned wrong;
};

static pthread_barrier_t barrier;
static char listed[8192]; /* what one thread alone lists */

static void list_backend(const struct ppctlb_backend_info *info, void *arg)
{
	snprintf(strchr(arg, 0), 1024, "%s %s %s\n", info->name, info->path,
		 info->reason ? info->reason : "usable");
}

static void list_core(const struct ppctlb_core_info *info, void *arg)
{
	snprintf(strchr(arg, 0), 64, "%s %s %u\n", info->backend, info->name, info->ra_bits);
}

/* Text as large as listed; how many calls failed. */
static unsigned list_all(char *text)
{
	*text = 0;
	return (ppctlb_backends(list_backend, text) != 0) + (ppctlb_cores(list_core, text) != 0);
}

static void *list_again(void *arg)
{
	struct worker *w = arg;
	char *text = malloc(sizeof(listed));

	pthread_barrier_wait(&barrier);
	for (int round = 0; round < ROUNDS; round++) {
		w->wrong += list_all(text);
		w->wrong += strcmp(text, listed) != 0;
	}
	free(text);
	return NULL;
}

/* Make a mapping that works or conflicts, and one whose message has this worker's own words. */
static void map_and_get(struct worker *w, struct ppctlb *h, struct model *t,
			struct ppctlb_entry *now)
{
	unsigned tid = 20000 + (unsigned)w->number, how = (unsigned)below(2);
	struct ppctlb_mapping m = {below(64) * 64 * K,	    below(64) * 64 * K,
				   (1 + below(4)) * 64 * K, SUPER,
				   (uint16_t)below(3),	    0};
	char mine[32];

	snprintf(mine, sizeof(mine), "tid %u is", tid);
	w->wrong += ppctlb_map(h, &m, 1, how) != model_map(t, &m, 1, how);
	m.tid = (uint16_t)tid;
	w->wrong += ppctlb_map(h, &m, 1, how) != -EINVAL;
	w->wrong += !strstr(ppctlb_errmsg(), mine);
	w->wrong += ppctlb_get(h, PPCTLB_GUEST, now, t->n) != 0;
	w->wrong += memcmp(now, t->e, t->n * sizeof(*now)) != 0;
}

/* Each has its own handle and its own messages, while the others open and close. */
static void *work(void *arg)
{
	struct worker *w = arg;
	const struct model_core *core = &model_cores[w->number];
	struct ppctlb_config cfg = detached(core->name);
	struct model t = model_new(core);
	struct ppctlb_entry *now = calloc(t.n, sizeof(*now));

	seed((unsigned)w->number);
	pthread_barrier_wait(&barrier);
	for (int round = 0; round < ROUNDS; round++) {
		struct ppctlb *h;

		if (ppctlb_open(&h, &cfg)) {
			w->wrong++;
			continue;
		}
		for (size_t i = 0; i < t.n; i++)
			memset(t.e[i].word, 0, sizeof(t.e[i].word));
		for (int i = 0; i < 30; i++)
			map_and_get(w, h, &t, now);
		ppctlb_close(h);
	}
	model_free(&t);
	free(now);
	return NULL;
}

START_TEST(threads_with_their_own_handles)
{
	struct worker w[MODEL_CORES + LISTINGS];

	ck_assert_uint_eq(list_all(listed), 0);
	ck_assert_ptr_nonnull(strstr(listed, "e500v2"));
	pthread_barrier_init(&barrier, NULL, COUNT(w));
	for (int i = 0; i < (int)COUNT(w); i++) {
		void *(*run)(void *) = i < MODEL_CORES ? work : list_again;

		w[i] = (struct worker){.number = i};
		ck_assert_int_eq(pthread_create(&w[i].thread, NULL, run, &w[i]), 0);
	}
	for (size_t i = 0; i < COUNT(w); i++) {
		pthread_join(w[i].thread, NULL);
		ck_assert_msg(w[i].wrong == 0, "thread %zu: %u wrong", i, w[i].wrong);
	}
	pthread_barrier_destroy(&barrier);
}
END_TEST

static void *first_message(void *arg)
{
	snprintf(arg, 64, "%s", ppctlb_errmsg());
	ppctlb_core("?other");
	return NULL;
}

/* The message is the thread's own, never NULL, and empty before its first failure. */
START_TEST(messages_of_threads)
{
	char message[64] = "?";
	pthread_t thread;

	ppctlb_core("?mine");
	ck_assert_int_eq(pthread_create(&thread, NULL, first_message, message), 0);
	pthread_join(thread, NULL);
	ck_assert_str_eq(message, "");
	ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), "?mine"));
}
END_TEST

int main(void)
{
	Suite *s = suite_create("open");
	TCase *t = tcase_create("open");

	tcase_set_timeout(t, 300);
	tcase_add_test(t, nonsense_in_cfg);
	tcase_add_test(t, cfg_of_a_later_version);
	tcase_add_test(t, geometry_rules);
	tcase_add_test(t, the_largest_geometry);
	tcase_add_test(t, null_everywhere);
	tcase_add_test(t, the_core_chooses);
	tcase_add_test(t, cfg_before_environment);
	tcase_add_test(t, unknown_core);
	tcase_add_test(t, probe);
	tcase_add_test(t, core_by_pvr);
	tcase_add_test(t, a_440_of_an_unknown_pvr);
	tcase_add_test(t, no_e500_of_an_unknown_pvr);
	tcase_add_test(t, wrong_backend_for_the_vcpu);
	tcase_add_test(t, nobody_takes_it);
	tcase_add_test(t, kernel_without_44x_calls);
	tcase_add_test(t, no_vcpu);
	tcase_add_test(t, kernel_fails);
	tcase_add_test(t, kernel_fails_in_the_probe);
	tcase_add_test(t, vcpu_of_another_process);
	tcase_add_test(t, tids_under_kvm);
	tcase_add_test(t, failed_commit_under_kvm);
	tcase_add_test(t, the_write_after_a_doubtful_one);
	tcase_add_test(t, the_write_after_a_failed_commit);
	tcase_add_test(t, few_entries_under_kvm);
	tcase_add_test(t, deferred);
	tcase_add_test(t, unknown_and_a_vcpu);
	tcase_add_test(t, what_the_kernel_says_later);
	tcase_add_test(t, vcpu_of_descriptor_0);
	tcase_add_test(t, silent_but_for_debug);
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
	tcase_add_test(t, small_stack);
	tcase_add_test(t, stack_is_measured);
#endif
	tcase_add_test(t, forked_child);
	tcase_add_test(t, forked_child_of_the_same_pid);
	tcase_add_test(t, fork_under_kvm);
	tcase_add_test(t, child_has_its_own);
	tcase_add_test(t, threads_with_their_own_handles);
	tcase_add_test(t, messages_of_threads);
	suite_add_tcase(s, t);
	return run_suite(s);
}
