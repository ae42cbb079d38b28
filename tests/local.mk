# SPDX-License-Identifier: GPL-2.0-or-later
# The tests of `make check`, by folder. Each prints TAP; those written with check do so when the environment asks for it.
#
# A unit test needs its name in UNIT_TESTS and nothing else: its source is the file of the same name, and the defaults
# below have its flags and libraries.

# Defaults for tests, fuzz targets and benchmarks. What is installed has flags of its own.
AM_CPPFLAGS = $(PRODUCT_CPPFLAGS) $(CHECK_CFLAGS) $(ZLIB_CFLAGS) $(JSONC_CFLAGS)
LDADD = $(UNIT_LIBS)
UNIT_LIBS = libsupport.la libppctlb.la $(CHECK_LIBS) $(ZLIB_LIBS)

LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
# The timeout is for what hangs: a busy machine must not fail a test.
AM_TESTS_ENVIRONMENT = CK_TAP_LOG_FILE_NAME=-; export CK_TAP_LOG_FILE_NAME; \
	CK_DEFAULT_TIMEOUT=120; export CK_DEFAULT_TIMEOUT; \
	SANITIZER_FLAGS="$(SANITIZER_FLAGS)"; export SANITIZER_FLAGS; \
	PPCTLB_BACKEND_PATH=$(abs_builddir)/.libs; export PPCTLB_BACKEND_PATH;
TEST_EXTENSIONS = .sh
SH_LOG_DRIVER = $(LOG_DRIVER)
# Where everything is slow, the longest loops try one case in thirteen.
STRIDE = 13
SLOW = TEST_STRIDE=$${TEST_STRIDE-$(STRIDE)}; export TEST_STRIDE;
if EMULATED
LOG_COMPILER = $(SHELL) $(abs_builddir)/libtool --mode=execute $(EMULATOR)
AM_TESTS_ENVIRONMENT += EMULATOR='$(EMULATOR)'; export EMULATOR; CK_TIMEOUT_MULTIPLIER=30; export CK_TIMEOUT_MULTIPLIER; \
	FUZZ_CHANGES=0; export FUZZ_CHANGES; $(SLOW)
endif
if SANITIZERS
AM_TESTS_ENVIRONMENT += $(SLOW)
endif

# The longest tests come first, so that no processor is idle at the end.
if TESTS_ON
if TOOL
TESTS += tests/unit/test-tool-faults
if PLOT
TESTS += tests/capture/capture-qmp.sh
endif
endif
TESTS += tests/unit/test-library-faults
endif

# ---- support/: what several tests share ----

HEADERS_OF_TESTS = tests/support/brute-check.h tests/support/core-rules.h tests/support/detached.h \
	tests/support/fakeqmp.h tests/support/loop.h tests/support/mapping-list.h tests/support/model.h \
	tests/support/random.h tests/support/seam.h tests/support/suite.h tests/support/tap.h \
	tests/support/unit-common.h tests/support/vectors.h \
	tests/kernel/conformance.h tests/kernel/fakeguest.h tests/kernel/fakekvm.h tests/kernel/kvmppc.h \
	tests/kernel/kvm/sabotage.h tests/kernel/kvm/vm.h tests/oracle/board.h tests/oracle/case.h tests/oracle/crowd.h tests/oracle/infotlb.h \
	tests/oracle/judge.h tests/oracle/machine.h tests/oracle/mailbox.h tests/oracle/mutants.h tests/oracle/probe.h \
	tests/qemu/drive.h
EXTRA_DIST += $(HEADERS_OF_TESTS) tests/support/session.awk

TAP = tests/support/tap.c
RANDOM_NUMBERS = tests/support/random.c
FAKE_KVM = tests/kernel/fakekvm.c
FAKE_GUEST = $(FAKE_KVM) tests/kernel/fakeguest.c
# A program with its own ioctl() and munmap() must show them to the library and the plug-ins.
OWN_IOCTL = $(AM_LDFLAGS) -Wl,--export-dynamic-symbol=ioctl -Wl,--export-dynamic-symbol=munmap

if TESTS_ON
check_LTLIBRARIES += libsupport.la
libsupport_la_SOURCES = tests/support/brute-check.c tests/support/mapping-list.c tests/support/model.c \
	tests/support/random.c tests/support/suite.c tests/support/unit-common.c
# CPPFLAGS of its own give its objects other names than those of programs with the same sources.
libsupport_la_CPPFLAGS = $(AM_CPPFLAGS)

# Broken plug-ins. They are not beside the backends, where every test would find them.
ZOO_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared -rpath /nowhere
check_LTLIBRARIES += tests/support/zoo.la tests/support/zoo-none.la tests/support/zoo-undefined.la
tests_support_zoo_la_LDFLAGS = $(ZOO_LDFLAGS) -export-symbols-regex '^ppctlb_backend$$'
tests_support_zoo_none_la_LDFLAGS = $(ZOO_LDFLAGS)
tests_support_zoo_undefined_la_LDFLAGS = $(ZOO_LDFLAGS)
endif

# ---- unit/: the library ----

if TESTS_ON
BACKEND_TESTS = tests/unit/test-44x-core tests/unit/test-e500-core tests/unit/test-backends
# The longest first, so that none of them is left alone at the end.
UNIT_TESTS = tests/unit/test-translate tests/unit/test-check $(BACKEND_TESTS) tests/unit/test-codec tests/unit/test-dump \
	tests/unit/test-image tests/unit/test-loader tests/unit/test-map tests/unit/test-open tests/unit/test-plan \
	tests/unit/test-random tests/unit/test-raw tests/unit/test-text
check_PROGRAMS += $(UNIT_TESTS)
TESTS += $(UNIT_TESTS)

BACKENDS_INSIDE = libbuiltin-44x.la libbuiltin-e500.la libbuiltin-mock.la libbuiltin-common.la libsupport.la $(CHECK_LIBS)
tests_unit_test_44x_core_LDADD = $(BACKENDS_INSIDE)
tests_unit_test_e500_core_LDADD = $(BACKENDS_INSIDE)
tests_unit_test_backends_LDADD = $(BACKENDS_INSIDE)

tests_unit_test_dump_SOURCES = tests/unit/test-dump.c $(FAKE_KVM)
tests_unit_test_dump_LDFLAGS = $(OWN_IOCTL)
tests_unit_test_loader_CPPFLAGS = $(AM_CPPFLAGS) -DZOO_DIR='"$(abs_builddir)/tests/support/.libs"'
tests_unit_test_open_SOURCES = tests/unit/test-open.c $(FAKE_KVM)
tests_unit_test_open_CPPFLAGS = $(AM_CPPFLAGS) -DLIBRARY_VERSION='"$(PACKAGE_VERSION)"'
tests_unit_test_open_LDFLAGS = $(OWN_IOCTL) -Wl,--export-dynamic-symbol=getpid
tests_unit_test_open_LDADD = $(UNIT_LIBS) -lpthread

check_PROGRAMS += tests/unit/image-writer
TESTS += tests/unit/image-reader.sh

# Static, since a setgid program ignores LD_LIBRARY_PATH.
check_PROGRAMS += tests/unit/setgid
tests_unit_setgid_LDFLAGS = $(AM_LDFLAGS) -static
tests_unit_setgid_LDADD = libppctlb.la
TESTS += tests/unit/setgid.sh

# Sanitizers have instructions of their own to count.
if !SANITIZERS
check_PROGRAMS += tests/unit/growth tests/unit/work
TESTS += tests/unit/check-growth.sh tests/unit/work.sh
endif
endif
EXTRA_DIST += tests/unit/check-growth.sh tests/unit/image-reader.py tests/unit/image-reader.sh tests/unit/setgid.sh \
	tests/unit/work.sh

# Every fault: the library is compiled once more, so that its memory and files can fail.
if TESTS_ON
SEAM = -include $(top_srcdir)/tests/support/seam.h
check_PROGRAMS += tests/unit/test-library-faults
check_LTLIBRARIES += libseam.la
libseam_la_SOURCES = $(LIBRARY_BUT_BUILTIN) $(SOURCES_COMMON) $(SOURCES_44X) $(SOURCES_E500_ARRAY) \
	$(SOURCES_E500) $(SOURCES_MOCK)
libseam_la_CPPFLAGS = $(libppctlb_la_CPPFLAGS) -DPPCTLB_BUILTIN $(SEAM)
tests_unit_test_library_faults_SOURCES = $(TAP) $(FAKE_KVM) tests/support/seam.c tests/unit/test-library-faults.c
tests_unit_test_library_faults_LDFLAGS = $(OWN_IOCTL)
tests_unit_test_library_faults_LDADD = libseam.la -lpthread

# Those of the tool draw pictures, too.
if PLOT
check_PROGRAMS += tests/unit/test-expr
TESTS += tests/unit/test-expr
tests_unit_test_expr_SOURCES = tests/unit/test-expr.c tool/formats/defines.c tool/formats/expr.c tool/bulk.c \
	tool/message.c

check_PROGRAMS += tests/unit/test-tool-faults
check_LTLIBRARIES += libseamtool.la
libseamtool_la_SOURCES = $(ppctlb_SOURCES)
libseamtool_la_CPPFLAGS = $(ppctlb_CPPFLAGS) -Dmain=seam_main $(SEAM)
tests_unit_test_tool_faults_SOURCES = $(TAP) tests/support/fakeqmp.c tests/support/seam.c tests/support/seam-json.c \
	tests/unit/test-tool-faults.c
tests_unit_test_tool_faults_LDADD = libseamtool.la libseam.la $(TOOL_LIBS) $(CAIRO_LIBS)
endif
endif

# ---- tool/ and capture/: ppctlb(1) ----

TOOL_TESTS = tests/tool/tool-code.sh tests/tool/tool-examples.sh tests/tool/tool-files.sh \
	tests/tool/tool-hostile.sh tests/tool/tool-image.sh \
	tests/tool/tool-import.sh tests/tool/tool-import-random.sh tests/tool/tool-import-real.sh \
	tests/tool/tool-import-rows.sh tests/tool/tool-import-source.sh tests/tool/tool-import-spoilt.sh \
	tests/tool/tool-output.sh tests/tool/tool-plot.sh tests/tool/tool-readme.sh tests/tool/tool-usage.sh \
	tests/tool/tool-why.sh
CAPTURE_TESTS = tests/capture/capture-linux.sh tests/capture/capture-stub.sh tests/capture/capture-u-boot.sh \
	tests/capture/readme-session.sh
# They use plug-ins, mock among them.
if PLUGINS
if PLOT
TESTS += $(TOOL_TESTS)
if TESTS_ON
TESTS += $(CAPTURE_TESTS)
endif
endif
endif
EXTRA_DIST += tests/tool tests/capture tests/real

# ---- kernel/: does a kernel, real or fake, with the library do what both promise? ----

CONFORMANCE = $(TAP) $(RANDOM_NUMBERS) tests/kernel/conformance.c tests/kernel/conformance-e500.c tests/kernel/conformance-44x.c \
	tests/kernel/conformance-image.c

# Installed tests find the library also where the whole tree is mounted elsewhere, hence $ORIGIN; and in libdir: libtool
# leaves that out if this machine's search path has it, which may not be so on the other machine.
FIND_LIBRARY = "-Wl,-rpath,\$$ORIGIN`echo '$(libexecdir)/ppctlb' | $(SED) 's,/[^/]*,/..,g'`$(libdir):$(libdir)"

INSTALLED_TESTS = tests/kernel/conformance tests/kernel/conformance-fake tests/kernel/exchange \
	tests/kernel/kvm-faults tests/kernel/golden-vectors
EXTRA_PROGRAMS = tests/kernel/conformance tests/kernel/conformance-fake tests/kernel/exchange \
	tests/kernel/kvm-faults tests/kernel/golden-vectors
tests_kernel_conformance_SOURCES = $(CONFORMANCE)
tests_kernel_conformance_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_conformance_LDADD = libppctlb.la
tests_kernel_conformance_fake_SOURCES = $(CONFORMANCE) $(FAKE_KVM)
tests_kernel_conformance_fake_CPPFLAGS = $(PRODUCT_CPPFLAGS) -DFAKEKVM
tests_kernel_conformance_fake_LDFLAGS = $(OWN_IOCTL) $(FIND_LIBRARY)
tests_kernel_conformance_fake_LDADD = libppctlb.la
tests_kernel_exchange_SOURCES = $(TAP) $(RANDOM_NUMBERS) tests/support/model.c tests/kernel/exchange.c
tests_kernel_exchange_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_exchange_LDADD = libppctlb.la
tests_kernel_kvm_faults_SOURCES = $(TAP) $(FAKE_KVM) tests/kernel/kvm-faults.c
tests_kernel_kvm_faults_LDFLAGS = $(OWN_IOCTL) $(FIND_LIBRARY)
tests_kernel_kvm_faults_LDADD = libppctlb.la
tests_kernel_golden_vectors_SOURCES = $(TAP) tests/support/model.c tests/kernel/golden-vectors.c
tests_kernel_golden_vectors_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_golden_vectors_LDADD = libppctlb.la

if TESTS_ON
FAKE_TESTS = tests/kernel/conformance-fake tests/kernel/kvm-faults tests/kernel/golden-vectors
check_PROGRAMS += $(FAKE_TESTS)
TESTS += $(FAKE_TESTS)
endif

# For the test guest, a real e500v2 to its programs: a nested guest runs through the library's mappings. A program that
# replaces calls for sabotage must show them to the library and the plug-ins.
EXTRA_PROGRAMS += tests/kernel/kvm/guest tests/kernel/kvm/migrate tests/kernel/kvm/rules doc/examples/vmm \
	tests/kernel/kvm/vmm-mistakes tests/kernel/kvm/vmm-mistakes-fake
tests_kernel_kvm_guest_SOURCES = $(TAP) $(RANDOM_NUMBERS) tests/kernel/kvm/vm.c tests/kernel/kvm/guest.c tests/kernel/kvm/sabotage.c
tests_kernel_kvm_guest_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY) -Wl,--export-dynamic-symbol=ioctl \
	-Wl,--export-dynamic-symbol=mmap64
tests_kernel_kvm_guest_LDADD = libppctlb.la
tests_kernel_kvm_migrate_SOURCES = $(TAP) tests/kernel/kvm/vm.c tests/kernel/kvm/migrate.c
tests_kernel_kvm_migrate_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_kvm_migrate_LDADD = libppctlb.la
tests_kernel_kvm_rules_SOURCES = $(TAP) tests/kernel/kvm/vm.c tests/kernel/kvm/rules.c
tests_kernel_kvm_rules_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_kvm_rules_LDADD = libppctlb.la
doc_examples_vmm_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
doc_examples_vmm_LDADD = libppctlb.la
tests_kernel_kvm_vmm_mistakes_SOURCES = $(TAP) tests/kernel/kvm/vmm-mistakes.c
tests_kernel_kvm_vmm_mistakes_LDFLAGS = $(AM_LDFLAGS) $(FIND_LIBRARY)
tests_kernel_kvm_vmm_mistakes_LDADD = libppctlb.la
tests_kernel_kvm_vmm_mistakes_fake_SOURCES = $(TAP) tests/kernel/kvm/vmm-mistakes.c $(FAKE_GUEST)
tests_kernel_kvm_vmm_mistakes_fake_CPPFLAGS = $(PRODUCT_CPPFLAGS) -DFAKEKVM
tests_kernel_kvm_vmm_mistakes_fake_LDFLAGS = $(OWN_IOCTL) $(FIND_LIBRARY)
tests_kernel_kvm_vmm_mistakes_fake_LDADD = libppctlb.la
if HOST_POWERPC
INSTALLED_TESTS += tests/kernel/kvm/guest tests/kernel/kvm/migrate tests/kernel/kvm/rules doc/examples/vmm \
	tests/kernel/kvm/vmm-mistakes tests/kernel/kvm/vmm-mistakes-fake
endif
CLEANFILES += $(EXTRA_PROGRAMS)
EXTRA_DIST += tests/kernel/exchange-images tests/kernel/kvm/boot tests/kernel/kvm/booke-exit-nr.patch \
	tests/kernel/kvm/booke-syscall-room.patch tests/kernel/kvm/build-kernel tests/kernel/kvm/check.rc \
	tests/kernel/kvm/demo.rc tests/kernel/kvm/init.c tests/kernel/kvm/kernel.fragment tests/kernel/kvm/mkinitramfs \
	tests/kernel/kvm/run

# For a machine without the sources: the programs, which mode "execute" puts in the place of libtool's wrappers. Mode
# "install" would do no more, and warn where the library is not in $(libdir) of this machine.
install-tests: $(INSTALLED_TESTS)
	$(MKDIR_P) '$(DESTDIR)$(libexecdir)/ppctlb'
	$(LIBTOOL) $(AM_V_lt) --mode=execute $(INSTALL_PROGRAM) $(INSTALLED_TESTS) '$(DESTDIR)$(libexecdir)/ppctlb'

uninstall-hook: uninstall-tests
uninstall-tests:
	for test in $(INSTALLED_TESTS); do \
		rm -f "$(DESTDIR)$(libexecdir)/ppctlb/$${test##*/}"; \
	done

# Folders that nothing else is in; the last to go.
uninstall-hook: uninstall-folders
uninstall-folders: uninstall-man-links uninstall-tests
	for dir in "$(examplesdir)" "$(docdir)" "$(backenddir)" "$(pkgincludedir)" "$(libexecdir)/ppctlb"; do \
		rmdir "$(DESTDIR)$$dir" 2>/dev/null || :; \
	done

.PHONY: install-tests uninstall-folders uninstall-tests

# ---- qemu/: QEMU with the library, which qa.mk builds, and what drives it ----

QEMU_DRIVER = $(TAP) tests/qemu/drive.c
EXTRA_PROGRAMS += tests/qemu/qemu-kvm tests/qemu/qemu-tcg
tests_qemu_qemu_kvm_SOURCES = $(QEMU_DRIVER) tests/qemu/qemu-kvm.c
tests_qemu_qemu_kvm_LDADD =
tests_qemu_qemu_tcg_SOURCES = $(QEMU_DRIVER) tests/qemu/qemu-tcg.c
tests_qemu_qemu_tcg_LDADD =
if HOST_POWERPC
INSTALLED_TESTS += tests/qemu/qemu-kvm
endif
EXTRA_DIST += tests/qemu/build-qemu tests/qemu/check-kvm tests/qemu/check-tcg tests/qemu/guest.S tests/qemu/guest-440.S \
	tests/qemu/make-guests tests/qemu/number.S tests/qemu/spoil.c tests/qemu/sysroot.sh

# ---- oracle/: QEMU's hardware model as a judge: stubs that run on it, and what drives them ----

ORACLE_STUBS = tests/oracle/stub-44x.elf tests/oracle/stub-e500.elf tests/oracle/stub-e5500.elf
ORACLE_STUB_FILES = tests/oracle/stub.S tests/oracle/stub-44x.S tests/oracle/stub-e500.S \
	tests/oracle/stub.h tests/oracle/stub.ld tests/oracle/mailbox.h
ORACLE_MACHINE = tests/oracle/board.c tests/oracle/machine.c
ORACLE_CPPFLAGS = $(AM_CPPFLAGS) -DSTUB_DIR='"$(abs_builddir)/tests/oracle"'
STUB_CC = $(POWERPC_CC) -nostdlib -static -Wl,--build-id=none -Wl,-T,$(srcdir)/tests/oracle/stub.ld
EXTRA_DIST += $(ORACLE_STUB_FILES)
CLEANFILES += $(ORACLE_STUBS)

$(ORACLE_STUBS): $(ORACLE_STUB_FILES)
tests/oracle/stub-44x.elf:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(STUB_CC) -mcpu=440 -o $@ $(srcdir)/tests/oracle/stub.S \
		$(srcdir)/tests/oracle/stub-44x.S
tests/oracle/stub-e500.elf:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(STUB_CC) -mcpu=e500mc -o $@ $(srcdir)/tests/oracle/stub.S \
		$(srcdir)/tests/oracle/stub-e500.S
tests/oracle/stub-e5500.elf:
	$(AM_V_GEN)$(MKDIR_P) $(@D) && $(STUB_CC) -DSTUB_64 -Wa,-me5500 -o $@ \
		$(srcdir)/tests/oracle/stub.S $(srcdir)/tests/oracle/stub-e500.S

if TESTS_ON
if HAVE_POWERPC_CC
check_DATA = $(ORACLE_STUBS)
endif
check_PROGRAMS += tests/oracle/stage tests/oracle/oracle
TESTS += tests/oracle/oracle
tests_oracle_stage_SOURCES = $(ORACLE_MACHINE) tests/oracle/stage.c
tests_oracle_stage_CPPFLAGS = $(ORACLE_CPPFLAGS)
tests_oracle_stage_LDADD =
tests_oracle_oracle_SOURCES = $(ORACLE_MACHINE) $(RANDOM_NUMBERS) tests/oracle/case.c tests/oracle/crowd.c tests/oracle/infotlb.c \
	tests/oracle/judge.c tests/oracle/mutants.c tests/oracle/probe.c tests/oracle/oracle.c
tests_oracle_oracle_CPPFLAGS = $(ORACLE_CPPFLAGS)
tests_oracle_oracle_LDADD = libppctlb.la $(JSONC_LIBS)
endif

# For the test guest, with a QEMU for powerpc: see tests/capture/check-kvm.
EXTRA_PROGRAMS += tests/capture/capture-kvm
tests_capture_capture_kvm_SOURCES = $(TAP) $(ORACLE_MACHINE) tests/capture/capture-kvm.c
tests_capture_capture_kvm_CPPFLAGS = $(ORACLE_CPPFLAGS)
tests_capture_capture_kvm_LDADD =
if HOST_POWERPC
INSTALLED_TESTS += tests/capture/capture-kvm
endif

# ---- package/: what is installed, as its users meet it ----

TESTS += tests/package/abi.sh tests/package/demo.sh tests/package/release.sh
if PLUGINS
TESTS += tests/package/sizes.sh tests/package/two-libraries.sh
endif
EXTRA_DIST += tests/package abi/libppctlb.abi abi/libppctlb.values

# The ABI of the last release: the generated files that are committed. To make them anew: make abi WHY="..."
abi: libppctlb.la
	srcdir=$(srcdir) $(srcdir)/tests/package/abi.sh --write '$(WHY)'

# distcheck runs this too.
installcheck-local:
	srcdir="$(top_srcdir)" includedir="$(includedir)" libdir="$(libdir)" bindir="$(bindir)" NM="$(NM)" \
		CC="$(CC) $(SANITIZER_FLAGS)" CXX="$(CXX) $(SANITIZER_FLAGS)" \
		PKG_CONFIG="$(PKG_CONFIG)" builtin_backends="$(with_builtin_backends)" plot="$(enable_plot)" \
		$(top_srcdir)/tests/package/installed.sh

.PHONY: abi

# ---- lab/: tests of the judges themselves ----

TESTS += tests/lab/test-bed.sh
EXTRA_DIST += tests/lab

# Whole folders in EXTRA_DIST are taken from the build tree, too, where tests leave logs, and the compiler its files.
dist-hook: dist-without-built
dist-without-built:
	find '$(distdir)/tests' \( -name '*.log' -o -name '*.trs' -o -name '*.o' -o -name .deps -o -name .dirstamp \) \
		-exec rm -rf {} +
	cd '$(distdir)' && rm -f $(EXTRA_PROGRAMS)

.PHONY: dist-without-built
