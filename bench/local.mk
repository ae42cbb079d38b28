# SPDX-License-Identifier: GPL-2.0-or-later
# `make bench` prints what everything costs beside plain code, and fails beyond a limit. For one part:
# make bench BENCH='translate import'

if TESTS_ON
check_PROGRAMS += bench/bench
bench_bench_SOURCES = bench/bench.h bench/table.c bench/race.c bench/tlb.c bench/kernel.c bench/lookup.c bench/change.c \
	bench/image.c bench/pairs.c bench/text.c bench/count.c bench/tool.c
bench_bench_LDFLAGS = $(OWN_IOCTL)
bench_bench_LDADD = libbenchkvm.la libppctlb.la $(ZLIB_LIBS)

# The ioctl() of the benchmark decides whether a call goes to the fake kernel.
check_LTLIBRARIES += libbenchkvm.la
libbenchkvm_la_SOURCES = $(FAKE_KVM)
libbenchkvm_la_CPPFLAGS = $(AM_CPPFLAGS) -Dioctl=fakekvm_ioctl
endif

if TOOL
BENCH_TOOL = ppctlb
endif

# libtool gives the programs themselves, not the scripts that start them.
bench: all bench/bench
	$(AM_TESTS_ENVIRONMENT) $(LIBTOOL) $(AM_V_lt) --mode=execute bench/bench "$(BENCH_TOOL)" $(BENCH)

.PHONY: bench
