// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_backends() and ppctlb_cores(): lists all plug-ins, and the cores of those that work. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

/* Loads a candidate and keeps the reason if it is refused. That is no failure of the public call,
 * so the thread's message stays; but running out of memory is, since it says nothing of the
 * plug-in. */
static int load_listed(const struct tlb_candidate *c, struct tlb_plugin *p, char **reason)
{
	int ret;

	*reason = NULL;
	tlb_begin_trial();
	ret = tlb_load_candidate(c, p);
	if (!ret || ret == -ENOMEM)
		return tlb_end_trial(ret);
	*reason = strdup(ppctlb_errmsg());
	if (!*reason)
		return tlb_end_trial(tlb_fail(ENOMEM, "out of memory"));
	tlb_end_trial(0);
	return ret;
}

static int report(const struct tlb_candidate *c,
		  void (*cb)(const struct ppctlb_backend_info *info, void *arg), void *arg)
{
	struct ppctlb_backend_info info = {c->name, c->path, NULL};
	struct tlb_plugin p = {NULL, NULL};
	char *reason;
	int ret = load_listed(c, &p, &reason);

	if (ret == -ENOMEM)
		return ret;
	info.reason = reason;
	cb(&info, arg);
	free(reason);
	free(p.path);
	return 0;
}

int ppctlb_backends(void (*cb)(const struct ppctlb_backend_info *info, void *arg), void *arg)
{
	struct tlb_candidates all = {NULL, 0};
	int ret = cb ? tlb_find_all(NULL, &all) : tlb_fail(EINVAL, "backends: a NULL argument");

	for (size_t i = 0; !ret && i < all.n; i++)
		ret = report(&all.at[i], cb, arg);
	tlb_free_candidates(&all);
	return ret;
}

static int report_cores(const struct tlb_candidate *c,
			void (*cb)(const struct ppctlb_core_info *info, void *arg), void *arg)
{
	struct tlb_plugin p = {NULL, NULL};
	char *reason;
	int ret = load_listed(c, &p, &reason);

	for (size_t k = 0; !ret && p.backend->cores[k]; k++)
		cb(&p.backend->cores[k]->info, arg);
	free(reason);
	free(p.path);
	return ret == -ENOMEM ? ret : 0;
}

int ppctlb_cores(void (*cb)(const struct ppctlb_core_info *info, void *arg), void *arg)
{
	struct tlb_candidates all = {NULL, 0};
	int ret = cb ? tlb_find_all(NULL, &all) : tlb_fail(EINVAL, "cores: a NULL argument");

	for (size_t i = 0; !ret && i < all.n; i++)
		ret = report_cores(&all.at[i], cb, arg);
	tlb_free_candidates(&all);
	return ret;
}
