/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which entries came near an access, and what kept each of them from matching. */
#ifndef PPCTLB_TOOL_WHY_H
#define PPCTLB_TOOL_WHY_H

#include "image.h"

struct json_object;
struct why;

/* Prepare for the accesses to an image, which stays the caller's. */
struct why *why_new(const struct image *im);
void why_free(struct why *w);
/* Below the answer to an access print a line for each entry that came near; or add them to an
 * object, as the array "near". */
void why_print(const struct why *w, const struct ppctlb_access *a, const struct ppctlb_hit *hit);
void why_json(const struct why *w, const struct ppctlb_access *a, const struct ppctlb_hit *hit,
	      struct json_object *o);

#endif
