/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge judged: words with one field wrong must be noticed. */
#ifndef ORACLE_MUTANTS_H
#define ORACLE_MUTANTS_H

#include "judge.h"

bool judge_mutants(struct judge *j);

/* A case and what makes it fail. */
void mutant_case(const struct board *b, struct test_case *c, uint64_t flip[4]);

#endif
