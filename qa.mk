# SPDX-License-Identifier: GPL-2.0-or-later
# What judges the product besides `make check`: on other machines, with other tools, or for long.

# ---- powerpc: the tests of a cross-built tree, under qemu-user and on a real kernel with KVM ----

# From a copy of the sources as they are distributed: those here may be configured for this machine. With the tool if
# there is one here.
if TOOL
CROSS_TOOL = tool
endif
cross-tree:
	$(MKDIR_P) cross
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=cross/src
	$(top_srcdir)/tests/lab/cross-build $(abs_builddir)/cross/src $(abs_builddir)/cross $(CROSS_TOOL)

# With the prefix that configure has by itself.
CROSS_TESTS = /usr/local/libexec/ppctlb
PLAIN_CROSS_TESTS = $(CROSS_TESTS)/conformance-fake $(CROSS_TESTS)/kvm-faults $(CROSS_TESTS)/golden-vectors \
	$(CROSS_TESTS)/vmm-mistakes-fake

check-cross: check-cross-run check-cross-calls check-cross-images check-cross-tool check-build-system

check-cross-run: cross-tree
	$(top_srcdir)/tests/lab/cross-run $(abs_builddir)/cross/root $(PLAIN_CROSS_TESTS)

check-cross-calls: cross-tree
	$(top_srcdir)/tests/lab/cross-calls $(abs_builddir)/cross/root $(PLAIN_CROSS_TESTS) \
		'$(CROSS_TESTS)/conformance 44x' '$(CROSS_TESTS)/conformance e500'

check-cross-images: cross-tree tests/kernel/exchange $(backend_LTLIBRARIES)
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/kernel/exchange-images cross/images tests/kernel/exchange \
		'$(top_srcdir)/tests/lab/cross-exec $(abs_builddir)/cross/root $(CROSS_TESTS)/exchange'

# Tests of the tool that need no other program of this machine and no pictures.
check-cross-tool: cross-tree
	$(MAKE) -C cross/build check \
		TESTS='tests/tool/tool-image.sh tests/tool/tool-readme.sh'

check-build-system: cross-tree
	$(top_srcdir)/tests/package/build-system.sh $(abs_builddir)/cross/src $(abs_builddir)/cross/build

# What a guest on the other machine needs, from this one: through image and tool.
DESK_MAPPINGS = 0xfff00000:0x00ff0000:4K:sr,sw,sx,iprot 0xfff10000:0xf00000000:4K:sr,sw,i,g,iprot \
	0x40000000:0x200000:64K:sr,sx 0x50000000:0x300000:64K:sr 0x60000000:0xd00000000:64K:sw,i,g \
	0x70000000:0x400000000:64K:sr 0x71005000:0x600000:4K:sw

check-kvm: cross-tree all tests/oracle/stub-e500.elf
	rm -f cross/root/desk.image
	PPCTLB_BACKEND_PATH=$(abs_builddir)/.libs; export PPCTLB_BACKEND_PATH; \
	./ppctlb new -c e500v2 cross/root/desk.image && \
	./ppctlb map cross/root/desk.image $(DESK_MAPPINGS)
	$(top_srcdir)/tests/kernel/kvm/run $(abs_top_srcdir)/tests/kernel/kvm/check.rc $(abs_builddir)/cross/root \
		$(abs_builddir)/kvm
	$(CAPTURE_KVM)

# The TLB of a guest there, from QEMU as it is; and from one that has the library.
CAPTURE_KVM = $(top_srcdir)/tests/capture/check-kvm $(abs_builddir)/cross/root tests/oracle/stub-e500.elf $(abs_builddir)/kvm/capture
check-capture-all: cross-tree tests/oracle/stub-e500.elf
	$(CAPTURE_KVM) all

# ---- QEMU with the library ----

# Under KVM, in that guest.
QEMU_KVM = $(top_srcdir)/tests/qemu/check-kvm $(abs_builddir)/cross/root $(abs_builddir)/qemu
check-qemu: cross-tree
	$(QEMU_KVM)/all all

# QEMU as it is, which must fail, and with the fixes that need no library; both of another Debian; and Linux as a guest.
check-qemu-long: cross-tree
	$(QEMU_KVM)/none none
	$(QEMU_KVM)/fixes fixes
	$(QEMU_KVM)/linux linux
	$(QEMU_KVM)/13 all 13
	$(QEMU_KVM)/fixes-13 fixes 13
	$(QEMU_KVM)/linux-13 linux 13

# Under TCG, on this machine; linked statically; and for one with 64 bits, under qemu-user.
check-qemu-tcg: tests/qemu/qemu-tcg
	rm -rf qemu/src && $(MKDIR_P) qemu
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=qemu/src
	status=0; for how in 'here 12' 'here 13' static 'ppc64el 13'; do \
		$(top_srcdir)/tests/qemu/check-tcg qemu/src "qemu/tcg-$${how% *}" $(abs_builddir)/tests/qemu/qemu-tcg $$how || \
			status=1; \
	done; exit $$status

.PHONY: check-qemu check-qemu-long check-qemu-tcg

# ---- s390x: big-endian, 64 bits, under qemu-user; those of 32 are above ----

# The tests that need no other program of this machine, so that qemu-user can run them elsewhere; some take long there.
PORTABLE_TESTS = $(UNIT_TESTS) $(FUZZERS) $(FAKE_TESTS) tests/package/demo.sh tests/unit/image-reader.sh \
	tests/tool/tool-code.sh tests/tool/tool-examples.sh tests/tool/tool-image.sh tests/tool/tool-import.sh \
	tests/tool/tool-output.sh tests/tool/tool-readme.sh tests/tool/tool-usage.sh tests/tool/tool-why.sh
LONG_PORTABLE_TESTS = tests/unit/test-library-faults tests/unit/test-tool-faults tests/tool/tool-hostile.sh \
	tests/tool/tool-plot.sh
check-portable:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(PORTABLE_TESTS)'

check-s390x: tests/kernel/exchange $(backend_LTLIBRARIES)
	rm -rf s390x/src && $(MKDIR_P) s390x
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=s390x/src
	$(AM_TESTS_ENVIRONMENT) $(top_srcdir)/tests/lab/check-s390x $(abs_builddir)/s390x/src \
		$(abs_builddir)/s390x/build $(abs_builddir)/tests/kernel/exchange

# check-s390x says why, if it is skipped.
check-s390x-long: check-s390x
	test ! -e s390x/build || TEST_STRIDE=1 $(MAKE) -C s390x/build check \
		TESTS='$(PORTABLE_TESTS) $(LONG_PORTABLE_TESTS)'

.PHONY: check-build-system check-capture-all check-cross check-cross-calls check-cross-images check-cross-run check-cross-tool check-kvm check-portable \
	check-s390x check-s390x-long cross-tree

# ---- more cases than in check ----

# 300 mappings for each core, as in check; long: 20,000, from a seed of the day.
ORACLE_NEEDS = $(check_DATA) $(backend_LTLIBRARIES) tests/oracle/oracle
check-oracle: $(ORACLE_NEEDS)
	$(AM_TESTS_ENVIRONMENT) tests/oracle/oracle
check-oracle-long: $(ORACLE_NEEDS)
	$(AM_TESTS_ENVIRONMENT) tests/oracle/oracle --long

# More errnos than in check.
check-faults-long: tests/unit/test-tool-faults
	$(AM_TESTS_ENVIRONMENT) tests/unit/test-tool-faults --long

# A gigabyte of lines for a format, in bounded memory.
check-flood: ppctlb $(backend_LTLIBRARIES)
	$(AM_TESTS_ENVIRONMENT) srcdir=$(srcdir) $(SHELL) $(top_srcdir)/tests/tool/import-flood

# Linux on other cores than an e500v2; builds three kernels, once.
check-capture-linux: ppctlb$(EXEEXT) $(backend_LTLIBRARIES)
	$(AM_TESTS_ENVIRONMENT) srcdir=$(top_srcdir) $(SHELL) $(top_srcdir)/tests/capture/capture-linux.sh --long

# What U-Boot, Linux's xmon and QEMU print, anew, beside what is kept of them in tests/tool/data.
check-real: ppctlb$(EXEEXT) $(backend_LTLIBRARIES)
	$(top_srcdir)/tests/real/make-data real
	$(AM_TESTS_ENVIRONMENT) srcdir=$(top_srcdir) REAL_DATA=$(abs_builddir)/real \
		$(top_srcdir)/tests/tool/tool-import-real.sh

.PHONY: check-capture-linux check-faults-long check-flood check-oracle check-oracle-long check-real

# ---- the README's two commands on a fresh root of a Debian release ----

# 12, 13, or the one of them that this machine is not.
RELEASE = other
check-debian:
	$(top_srcdir)/tests/lab/check-debian $(top_srcdir) $(RELEASE)

.PHONY: check-debian

# ---- packages: of the tarball, in fresh roots ----

SUITES = bookworm trixie
check-packages: dist
	status=0; for suite in $(SUITES); do \
		$(top_srcdir)/tests/package/check-packages $(distdir).tar.xz packages/$$suite $$suite || status=1; \
	done; exit $$status

# Static programs: with glibc and musl, small.
check-embedded:
	rm -rf embedded && $(MKDIR_P) embedded
	$(MAKE) $(AM_MAKEFLAGS) distdir distdir=embedded/src
	$(top_srcdir)/tests/package/check-embedded embedded/src embedded

.PHONY: check-embedded check-packages

# ---- how good the tests are ----

MUTANTS = 350
MUTATE_SEED = 1
# Most mutants are noticed by a part of the cases already.
MUTATE_STRIDES = $(STRIDE) 1

# Lines and branches of the library and the backends that the tests reach; those of the sample reach the same lines. Not
# those that count instructions or link without gcov.
coverage:
	$(top_srcdir)/tests/lab/coverage $(top_srcdir) coverage \
		$(filter-out tests/unit/work.sh tests/package/two-libraries.sh,$(TESTS))
coverage-sample:
	$(SLOW) $(top_srcdir)/tests/lab/coverage $(top_srcdir) coverage $(UNIT_TESTS) tests/unit/test-library-faults \
		tests/kernel/kvm-faults tests/kernel/conformance-fake

# The code that makes bits, broken in small ways: how often the unit tests notice.
mutate: all
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	$(top_srcdir)/tests/lab/mutate.py $(top_srcdir) $(abs_builddir) -n $(MUTANTS) --seed $(MUTATE_SEED) \
		--strides $(MUTATE_STRIDES)

.PHONY: coverage coverage-sample mutate

# ---- analyzers, and sanitizers that exclude those of check ----

ANALYZED = lib/*.c backends/*.c backends/*/*.c tool/*.c tool/capture/*.c tool/formats/*.c
ANALYZER_FLAGS = -std=gnu11 -Iinclude -Ibackends $(TOOL_CFLAGS) $(CAIRO_CFLAGS) -D_GNU_SOURCE \
	-DBACKENDDIR='""' -DLIBRARY_VERSION='""' -DPACKAGE_VERSION='""'

check-tidy:
	cd $(srcdir) && clang-tidy --quiet $(ANALYZED) -- $(ANALYZER_FLAGS)

# cppcheck since 2.11 tells of each longer file that it does not try every branch.
check-analyzers:
	cd $(srcdir) && cppcheck --quiet --error-exitcode=1 --enable=warning,portability,performance --inline-suppr \
		--suppress=normalCheckLevelMaxBranches --std=c11 -Iinclude -Ibackends -D__GNUC__ lib backends tool
	cd $(srcdir) && for file in $(ANALYZED); do \
		gcc $(ANALYZER_FLAGS) -Os -Wall -Wextra -Werror -fanalyzer -c -o $(abs_builddir)/analyzed.o $$file || exit 1; \
	done

# clang's warnings are errors, in all that is built on this machine; examples and tests that run on powerpc need its
# <asm/kvm.h>.
CLANG_FLAGS = $(ANALYZER_FLAGS) $(CHECK_CFLAGS) $(ZLIB_CFLAGS) -DCORPUS='""' -DSTUB_DIR='""' -DZOO_DIR='""' \
	$(WARNINGS) -Werror -fsyntax-only
check-clang:
	cd $(srcdir) && clang $(CLANG_FLAGS) $(ANALYZED) bench/*.c doc/examples/backend.c doc/examples/demo.c fuzz/*.c tests/unit/*.c \
		tests/support/*.c tests/capture/capture-kvm.c tests/package/*.c tests/kernel/*.c tests/oracle/*.c tests/qemu/drive.c \
		tests/qemu/qemu-*.c
	cd $(srcdir) && clang $(CLANG_FLAGS) -DFAKEKVM tests/kernel/conformance.c

# Threads that open, map and close handles of their own, with enumerations beside them.
check-tsan:
	$(MKDIR_P) tsan
	cd tsan && $(abs_top_srcdir)/configure --enable-sanitizers=thread --disable-tool
	cd tsan && $(MAKE) $(AM_MAKEFLAGS) check TESTS=tests/unit/test-open

# With every case of the longest loops.
check-asan:
	$(MKDIR_P) asan
	cd asan && $(abs_top_srcdir)/configure --enable-sanitizers
	cd asan && TEST_STRIDE=1 $(MAKE) $(AM_MAKEFLAGS) check

# Leaks of every kind, and reads of what was never written. Unfair turns starve the other of two threads for minutes.
VALGRIND = valgrind --quiet --fair-sched=try --error-exitcode=9 --leak-check=full \
	--show-leak-kinds=definite,indirect,possible \
	--errors-for-leak-kinds=definite,indirect,possible
# Not conformance-fake, which offers memory that is not there, nor the runs of every fault, which would take
# hours and have their leaks told by ASan in check.
VALGRIND_TESTS = $(UNIT_TESTS) tests/kernel/golden-vectors tests/kernel/kvm-faults $(FUZZERS)
check-valgrind:
	$(SLOW) CK_FORK=no CK_TIMEOUT_MULTIPLIER=50 $(MAKE) $(AM_MAKEFLAGS) check \
		LOG_COMPILER='$(LIBTOOL) --mode=execute $(VALGRIND)' TESTS='$(VALGRIND_TESTS)'

.PHONY: check-analyzers check-asan check-clang check-tidy check-tsan check-valgrind

# ---- lint: what reads the sources only; counted apart from tests ----

LINTS = tests/lint/man-pages.sh tests/lint/security-claims.sh tests/lint/tables.sh
EXTRA_DIST += tests/lint
lint:
	for l in $(LINTS); do srcdir=$(top_srcdir) CC="$(CC)" sh $(top_srcdir)/$$l || exit 1; done

.PHONY: lint

# ---- what takes too long for check, and a sample of it that does not ----

check-sample: check-analyzers check-clang check-tsan coverage-sample
	$(MAKE) $(AM_MAKEFLAGS) check-valgrind \
		VALGRIND_TESTS='tests/kernel/golden-vectors tests/unit/test-codec tests/unit/test-raw'
	$(MAKE) $(AM_MAKEFLAGS) mutate MUTANTS=10 MUTATE_STRIDES=7

LONG_CHECKS = check-asan check-capture-all check-capture-linux check-embedded check-faults-long check-flood \
	check-oracle-long check-packages check-qemu-long check-qemu-tcg check-real check-s390x-long check-tidy \
	check-valgrind coverage fuzz-quick mutate

# What several of them need is built first; with jobs they run side by side then. The other Debian has both processors.
check-long:
	$(MAKE) $(AM_MAKEFLAGS) check TESTS=
	status=0; $(MAKE) $(AM_MAKEFLAGS) $(LONG_CHECKS) || status=1; \
	$(MAKE) $(AM_MAKEFLAGS) check-debian RELEASE=other || status=1; exit $$status

clean-local:
	rm -rf asan coverage cross embedded fuzzing kvm packages qemu real s390x tsan

.PHONY: check-long check-sample
