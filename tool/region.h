/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions as people write them: a MAPPING, or with a range of addresses. */
#ifndef PPCTLB_TOOL_REGION_H
#define PPCTLB_TOOL_REGION_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

/* Is it a range of addresses, FIRST-LAST? */
bool is_range(const char *text);
/* Read FIRST-LAST, inclusive, as an address and a size. False: complained. */
bool range_parse(const char *text, uint64_t *ea, uint64_t *size);
/* Read EA:RA:SIZE:FLAGS, or FIRST-LAST:RA:FLAGS. False: complained. */
bool region_parse(const char *text, struct ppctlb_mapping *m);

#endif
