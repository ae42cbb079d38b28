/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many entries at once: what map and unmap leave behind, judged by QEMU. */
#ifndef ORACLE_CROWD_H
#define ORACLE_CROWD_H

#include "judge.h"

/* Judge so many rounds of random map and unmap. */
bool judge_crowds(struct judge *j, uint64_t run, unsigned rounds);

/* The same with one wrong bit in one entry when it is put into the machine, which must be noticed.
 */
bool judge_crowd_mutants(struct judge *j);

#endif
