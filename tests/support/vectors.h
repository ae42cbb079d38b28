/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden vectors: mappings and the words that the manuals give them, on each core of the family
 * that has such a page. */
#ifndef TESTS_VECTORS_H
#define TESTS_VECTORS_H

#include <ppctlb/ppctlb.h>

struct vector {
	struct ppctlb_mapping m;
	uint64_t word[4];
};

#define SUPER (PPCTLB_SX | PPCTLB_SW | PPCTLB_SR)
#define USER  (PPCTLB_UX | PPCTLB_UW | PPCTLB_UR)
#define G     UINT64_C(0x40000000)

/* The first two are the initial mappings of 2008. */
static const struct vector vectors_44x[] = {
	{{0, 0, 0x1000000, SUPER, 0, 0}, {0, 0x00000270, 0x00000000, 0x00000007}},
	{{0xef600000, 0xef600000, 0x1000, PPCTLB_I | PPCTLB_G | SUPER, 0, 0},
	 {0, 0xef600210, 0xef600000, 0x00000507}},
	{{0, 0, 0x10000000, SUPER, 0, 0}, {0, 0x00000290, 0x00000000, 0x00000007}},
	{{0x80000000, 0x80000000, 0x10000000, SUPER, 0, 0},
	 {0, 0x80000290, 0x80000000, 0x00000007}},
	{{0xf0000000, 0x4f0000000, 0x10000000, PPCTLB_I | PPCTLB_G | SUPER, 0, 0},
	 {0, 0xf0000290, 0xf0000004, 0x00000507}},
	{{0xc0000000, 0, 0x10000000, PPCTLB_M | PPCTLB_G | SUPER, 0, 0},
	 {0, 0xc0000290, 0x00000000, 0x00000307}},
	{{0x10000000, 0x01000000, 0x400,
	  PPCTLB_TS | PPCTLB_U0 | PPCTLB_UR | PPCTLB_UW | PPCTLB_SR | PPCTLB_SW, 0, 0},
	 {0, 0x10000300, 0x01000000, 0x0000801b}},
	/* the TID is not in word 0: it goes through MMUCR[STID] */
	{{0x1000, 0x2000, 0x1000, PPCTLB_SR, 0xa5, 0}, {0xa5, 0x00001210, 0x00002000, 0x00000001}},
	/* the last page of both address spaces */
	{{0xfffffc00, 0xffffffc00, 0x400, PPCTLB_SR, 0, 0},
	 {0, 0xfffffe00, 0xfffffc0f, 0x00000001}},
};

/* The first two are KVM's initial mappings, the next two QEMU's. */
static const struct vector vectors_e500[] = {
	{{0, 0, 0x10000000, SUPER, 0, 0}, {0x80000900, 0, 0x15, 0}},
	{{0xe0004000, 0xe0004000, 0x1000, PPCTLB_I | PPCTLB_G | SUPER, 0, 0},
	 {0x80000100, 0xe000400a, 0xe0004015, 0}},
	{{0, 0, 0x4000000, SUPER | USER, 0, 0}, {0x80000800, 0, 0x3f, 0}},
	{{0, 0x4000000, 0x4000000, PPCTLB_M | SUPER | USER, 0, 0}, {0x80000800, 4, 0x400003f, 0}},
	{{0xe0000000, 0xfe0000000, 0x100000, PPCTLB_I | PPCTLB_G | PPCTLB_SW | PPCTLB_SR, 0, 0},
	 {0x80000500, 0xe000000a, 0xfe0000005, 0}},
	{{0xe0000000, 0xfe0000000, 0x1000000,
	  PPCTLB_I | PPCTLB_G | PPCTLB_SW | PPCTLB_SR | PPCTLB_IPROT, 0, 0},
	 {0xc0000700, 0xe000000a, 0xfe0000005, 0}},
	{{0xc0000000, 0, G, PPCTLB_M | SUPER, 0, 0}, {0x80000a00, 0xc0000004, 0x15, 0}},
	{{0, 0, 4 * G, SUPER, 0, 0}, {0x80000b00, 0, 0x15, 0}},
	{{0x1000, 0x2000, 0x1000, PPCTLB_TS | PPCTLB_UR | PPCTLB_SR, 5, 0},
	 {0x80051100, 0x1000, 0x2003, 0}},
	/* the last page of both address spaces: of 32, 36, 40 and of 64 bits */
	{{0xfffff000, 0xfffff000, 0x1000, PPCTLB_SR, 0xff, 0},
	 {0x80ff0100, 0xfffff000, 0xfffff001, 0}},
	{{0xfffff000, 0xffffff000, 0x1000, PPCTLB_SR, 0xff, 0},
	 {0x80ff0100, 0xfffff000, 0xffffff001, 0}},
	{{0xffffffffffff0000, 0xfffff0000, 0x10000, PPCTLB_SX, 0, 0},
	 {0x80000300, 0xffffffffffff0000, 0xfffff0010, 0}},
	{{0xffffffffffffe000, 0xffffffe000, 0x2000, PPCTLB_SX, 0, 0},
	 {0x80000180, 0xffffffffffffe000, 0xffffffe010, 0}},
	/* MAS8: a guest's */
	{{0, 0, 0x1000, PPCTLB_GS, 0, 0x2a}, {0x80000100, 0, 0, 0x8000002a}},
	/* pages that only MAV 2.0 has, a TID of 14 bits */
	{{0xc000000012348000, 0xab12348000, 0x8000, PPCTLB_SR, 0x3fff, 0},
	 {0xbfff0280, 0xc000000012348000, 0xab12348001, 0}},
	{{UINT64_C(3) << 40, 0, UINT64_C(1) << 40, PPCTLB_SX, 0, 0},
	 {0x80000f00, UINT64_C(3) << 40, 0x10, 0}},
};

#endif
