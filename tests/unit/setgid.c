// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Which of the four environment variables does the library obey? Each is set so that a call fails
 * or prints something; the names of those that had an effect go to standard output.
 * tests/unit/setgid.sh runs this as it is and as a setgid program. argv[1] is the directory of the
 * plug-ins. The last line is "done", so that a program that did not run is noticed.
 */
#include <ppctlb/ppctlb.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int try_open(const char *backend, const char *path)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;
	int ret;

	cfg.core = "440";
	cfg.backend = backend;
	cfg.backend_path = path;
	ret = ppctlb_open(&h, &cfg);
	ppctlb_close(h);
	return ret;
}

/* Does a variable with this value make the call fail, which works without it? */
static void listens(const char *name, const char *value, const char *backend, const char *path)
{
	if (try_open(backend, path))
		printf("broken: %s\n", ppctlb_errmsg());
	setenv(name, value, 1);
	if (try_open(backend, path))
		printf("%s\n", name);
	unsetenv(name);
}

static void listens_to_path(void)
{
	setenv("PPCTLB_BACKEND_PATH", "relative", 1);
	if (!ppctlb_core("440") && errno == EINVAL)
		printf("PPCTLB_BACKEND_PATH\n");
	unsetenv("PPCTLB_BACKEND_PATH");
}

static void listens_to_debug(const char *path)
{
	FILE *err = tmpfile();
	struct stat st;

	dup2(fileno(err), STDERR_FILENO);
	setenv("PPCTLB_DEBUG", "2", 1);
	try_open("missing", path);
	if (!fstat(fileno(err), &st) && st.st_size)
		printf("PPCTLB_DEBUG\n");
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	listens_to_path();
	listens("PPCTLB_BACKEND", "missing", NULL, argv[1]);
	listens("PPCTLB_MOCK", "fail=open:1:EIO", "mock", argv[1]);
	listens_to_debug(argv[1]);
	printf("done\n");
	return 0;
}
