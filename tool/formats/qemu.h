/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of QEMU's texts share. */
#ifndef PPCTLB_TOOL_FORMATS_QEMU_H
#define PPCTLB_TOOL_FORMATS_QEMU_H

#include "reader.h"

/* The flags of QEMU's permission word of a valid 440 entry. False: it is none. */
bool qemu_prot(uint64_t prot, uint32_t *flags);
/* The flags of its attribute word. */
uint32_t qemu_attr(uint64_t attr);

#endif
