// SPDX-License-Identifier: GPL-2.0-or-later
/* A test program made with check: see suite.h. */
#include "suite.h"

#include <stdlib.h>

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
