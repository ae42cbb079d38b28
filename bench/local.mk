# SPDX-License-Identifier: GPL-2.0-or-later
# Benchmarks: `make bench` runs them all; check builds them, and counts the instructions of some.

BENCHMARKS = bench/check
check_PROGRAMS += $(BENCHMARKS)
bench_check_LDADD = libppctlb.la

bench: $(BENCHMARKS)
	for b in $(BENCHMARKS); do echo "$$b"; $(AM_TESTS_ENVIRONMENT) ./$$b || exit 1; done

.PHONY: bench
