/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test program made with check. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include <check.h>

/* Run a suite without the environment's choice of backends: the exit status of the program. */
int run_suite(Suite *s);

#endif
