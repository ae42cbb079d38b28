// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Run a fuzz target without a fuzzer, on the files named or on its kept corpus, and on changed
 * copies of each: FUZZ_CHANGES copies (50), by random numbers from FUZZ_SEED (the time). TAP.
 */
#include "fuzz.h"

#include <dirent.h>
#include <inttypes.h>
#include <time.h>

#define MOST (1 << 20) /* bytes of an input */

static unsigned files, bad;
static unsigned changes;

static uint64_t setting(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

/* One small change; the data has room for MOST bytes. */
static size_t change(uint8_t *data, size_t size)
{
	static const uint8_t special[] = {0, 1, 0x7f, 0x80, 0xff, ' ', '\n', ','};
	size_t at = size ? below(size) : 0, n = size ? 1 + below(size - at) : 0;

	switch (below(size ? 6 : 1)) {
	case 0: /* a byte more */
		if (size == MOST)
			return size;
		memmove(data + at + 1, data + at, size - at);
		data[at] = (uint8_t)below(256);
		return size + 1;
	case 1: /* some bytes less */
		memmove(data + at, data + at + n, size - at - n);
		return size - n;
	case 2: /* some bytes from elsewhere */
		memmove(data + at, data + below(size - n + 1), n);
		return size;
	case 3: /* cut off */
		return at;
	case 4:
		data[at] = special[below(sizeof(special))];
		return size;
	default:
		data[at] ^= (uint8_t)(1 << below(8));
		return size;
	}
}

/* Run a copy of exactly that size, so that a sanitizer sees a read past the end. */
static void run(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size + !size);

	REQUIRE(copy);
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
}

static void replay(const char *path, const char *name)
{
	static uint8_t data[MOST], changed[MOST];
	FILE *f = fopen(path, "rb");
	size_t size, n;

	if (!f) {
		perror(path);
		exit(EXIT_FAILURE);
	}
	size = fread(data, 1, sizeof(data), f);
	fclose(f);
	*stray_choice = 0;
	run(data, size);
	if (*stray_choice) {
		printf("# %s: %s\nnot ok %u - %s\n", path, stray_choice, ++files, name);
		bad++;
		return;
	}
	for (unsigned i = 0; i < changes; i++) {
		memcpy(changed, data, size);
		n = size;
		for (uint64_t left = 1 + below(4); left; left--)
			n = change(changed, n);
		run(changed, n);
	}
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
	uint64_t number = setting("FUZZ_SEED", (uint64_t)time(NULL));

	seed(number);
	changes = (unsigned)setting("FUZZ_CHANGES", 50);
	printf("# FUZZ_SEED=%" PRIu64 " FUZZ_CHANGES=%u\n", number, changes);
	fflush(stdout);
	for (int i = 1; i < argc; i++)
		replay(argv[i], argv[i]);
	if (argc == 1)
		replay_corpus();
	printf("1..%u\n", files);
	return files && !bad ? EXIT_SUCCESS : EXIT_FAILURE;
}
