// SPDX-License-Identifier: GPL-2.0-or-later
/* A test program made with check: see suite.h. */
#include "suite.h"

#include <stdlib.h>

void add_tests_of(TCase *t, const TTest *test, enum model_family family)
{
	for (int i = 0; i < MODEL_CORES; i++)
		if (model_cores[i].family == family)
			tcase_add_loop_test(t, test, i, i + 1);
}

int run_suite(Suite *s)
{
	SRunner *runner = srunner_create(s);
	int failed;

	unsetenv("PPCTLB_BACKEND");
	unsetenv("PPCTLB_MOCK");
	unsetenv("PPCTLB_DEBUG");
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
