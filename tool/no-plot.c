/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb plot where it was built without cairo. */
#include "message.h"
#include "tool.h"
#include "verbs.h"

int verb_plot(const struct args *a)
{
	(void)a;
	complain("this ppctlb was built without pictures (--disable-plot)");
	return EXIT_FAILED;
}
