/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two halves of the conformance program share: a virtual machine, real or fake. */
#ifndef CONFORMANCE_H
#define CONFORMANCE_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

struct machine {
	int dev, vm, vcpu;
};

/* The machine of the test that runs. */
extern struct machine machine;

/* Make a new VM with one vCPU; false, with a note, if that fails. */
bool machine_up(void);
void machine_down(void);

/* A raw KVM call: its result, or a negative errno. */
int kvm(int fd, uint32_t request, void *arg);
/* KVM_TRANSLATE on the machine's vCPU: false for a miss. */
bool kernel_finds(uint64_t eaddr, unsigned pid, unsigned as, uint64_t *raddr);
/* The same, and it must be this address. */
bool kernel_maps(uint64_t eaddr, uint64_t raddr);

/* A handle on the machine's vCPU, geometry by the vCPU; NULL, with a note, if that fails. */
struct ppctlb *open_handle(void);
/* ppctlb_map() of one region. */
int map_one(struct ppctlb *h, uint64_t eaddr, uint64_t raddr, uint64_t size, uint32_t flags);
/* Does the library translate a supervisor's read to raddr? */
bool library_maps(struct ppctlb *h, uint64_t eaddr, uint64_t raddr);

/* call() must return -EIO in a forked child; returns whether it did. */
bool child_gets_eio(int (*call)(struct ppctlb *h), struct ppctlb *h);

/* open refuses descriptors that are no vCPU, and all of these cores but the first, which it takes.
 * The array ends with NULL. */
void test_no_vcpu(const void *cores);

/* Save and restore: some entries, and the CRC of the image that a whole TLB with nothing else
 * makes. */
struct image_case {
	struct ppctlb_entry entries[3];
	uint32_t crc;
};
extern const struct image_case image_440, image_e500v2;
void test_image(const void *image_case);

/* The tests, run one after the other; each exists for the real kernel and for the fake. */
void test_e500(void);
void test_44x(void);

#endif
