// SPDX-License-Identifier: GPL-2.0-or-later
/* A plug-in that needs a function that exists nowhere: RTLD_NOW finds that out. */
#include <ppctlb/backend.h>

extern const struct ppctlb_backend ppctlb_backend;
int a_function_that_is_nowhere(struct ppctlb_vcpu *v);

/* It must be a call: an address in the table would be resolved at once, with or without RTLD_NOW.
 */
static int commit(struct ppctlb_vcpu *v)
{
	return a_function_that_is_nowhere(v);
}

const struct ppctlb_backend ppctlb_backend = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "zoo-undefined",
	.commit = commit,
};
