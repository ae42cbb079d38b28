/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A test program made with check. */
#ifndef TESTS_SUITE_H
#define TESTS_SUITE_H

#include "model.h"

#include <check.h>

/* Run a loop test on each core of one family: _i is its row in the model. */
void add_tests_of(TCase *t, const TTest *test, enum model_family family);

/* Run a suite without the environment's choice of backends: the exit status of the program. */
int run_suite(Suite *s);

#endif
