// SPDX-License-Identifier: GPL-2.0-or-later
/* Runs a fuzz target, without a fuzzer, on the files named or on its kept corpus. Speaks TAP. */
#include "fuzz.h"

#include <dirent.h>

static unsigned files;

static void replay(const char *path, const char *name)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(1 << 20);
	size_t size;

	if (!f || !data) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(data, 1, 1 << 20, f);
	fclose(f);
	/* a copy of the very size, so that a sanitizer sees a byte too far */
	data = realloc(data, size + !size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
	printf("ok %u - %s\n", ++files, name);
	fflush(stdout);
}

static void replay_corpus(void)
{
	struct dirent **list;
	char path[4096];
	int n;

	snprintf(path, sizeof(path), "%s/%s", CORPUS, fuzz_target);
	n = scandir(path, &list, NULL, alphasort);
	if (n < 0) {
		perror(path);
		return;
	}
	for (int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s/%s/%s", CORPUS, fuzz_target, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			replay(path, list[i]->d_name);
		free(list[i]);
	}
	free(list);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i], argv[i]);
	if (argc == 1)
		replay_corpus();
	printf("1..%u\n", files);
	return files ? EXIT_SUCCESS : EXIT_FAILURE;
}
