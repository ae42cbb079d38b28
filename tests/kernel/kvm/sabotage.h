/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistakes that a library like this one could make, made behind its back, so that a test shows that
 * it catches them. The program that links this gets its own ioctl() and mmap(), and exports them:
 * see tests/local.mk.
 */
#ifndef SABOTAGE_H
#define SABOTAGE_H

enum sabotage {
	NO_SABOTAGE,
	NO_DIRTY,      /* KVM_DIRTY_TLB is not made once the guest has run */
	PRIVATE_ARRAY, /* the shared array is memory that fork() separates */
	TSIZE_0,       /* TLB0 entries have TSIZE 0 instead of 4K's */
	NEXT_SET,      /* TLB0 entries are one set off */
	SABOTAGES
};

extern enum sabotage sabotage;

#endif
