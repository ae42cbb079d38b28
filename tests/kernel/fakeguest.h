/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lets a guest run on fakekvm.c: memory, registers, struct kvm_run, and KVM_RUN as an interpreter
 * of the few instructions that the guest of doc/examples/vmm.c is made of. Each fetch, load and
 * store goes through the fake's guest TLB by the kernel's rules.
 *
 * One VM with one vCPU in a process. Pointers that a program hands over must be good.
 */
#ifndef FAKEGUEST_H
#define FAKEGUEST_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As fakekvm_open(), and the vCPU runs. */
int fakeguest_open(uint32_t pvr, unsigned calls);
/* As mmap(): that of a fake vCPU's descriptor is its struct kvm_run. */
void *fakeguest_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset);

#endif
