/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb lookup: not written yet. */
#include "tool.h"

int verb_lookup(const struct args *a)
{
	error("%s: not written yet", a->verb->name);
	return EXIT_FAILED;
}
