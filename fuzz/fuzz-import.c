// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ppctlb import on any text: the first byte chooses the format and --keep-going, the second the
 * core. What would be written as an image is examined.
 */
#include "../tool/formats/list.h"
#include "fuzz.h"
#include "tool-image.h"

#include <sys/mman.h>
#include <unistd.h>

const char fuzz_target[] = "import";

/* New formats go to the end: see choose(). */
static const char *const formats[] = {"libkvm", "qemu",	       "qemu-log", "xmon",    "hex",
				      "u-boot", "vxworks",     "mas",	   "reginfo", "freebsd",
				      "bdi",	"codewarrior", "simics",   "auto"};

/* Each format that the tool has is in the table. */
static void check_formats(void)
{
#define NAME(id, name, help) name,
	static const char *const names[] = {FORMATS(NAME)};

	for (size_t i = 0, k; i < ARRAY_SIZE(names); i++) {
		for (k = 0; k < ARRAY_SIZE(formats) && strcmp(formats[k], names[i]);)
			k++;
		if (k == ARRAY_SIZE(formats)) {
			fprintf(stderr, "%s: no row for import --from=%s\n", __FILE__, names[i]);
			abort();
		}
	}
}

static int file_with(const struct input *in)
{
	int fd = memfd_create("text", 0);

	REQUIRE(fd >= 0 && write(fd, in->at, in->left) == (ssize_t)in->left);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = {data, size};
	struct args a = {.argc = 2};
	char file[32], image[] = "image", *argv[] = {file, image};
	unsigned choice = pick(&in, 256);
	bool keep_going = choice & 1;
	int fd, ret;

	check_formats();
	setvbuf(stderr, NULL, _IOFBF, BUFSIZ); /* messages come a character at a time */
	a.value[OPT_FROM] = formats[choose(choice >> 1, ARRAY_SIZE(formats), ARRAY_SIZE(formats))];
	a.value[OPT_KEEP_GOING] = keep_going ? "" : NULL;
	a.value[OPT_CORE] = model_cores[choose(pick(&in, 256), MODEL_CORES, MODEL_CORES)].name;
	a.argv = argv;
	fd = file_with(&in);
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	images_stored = 0;
	ret = verb_import(&a);
	close(fd);
	REQUIRE(ret == EXIT_OK ? images_stored == 1
			       : ret == EXIT_FAILED && images_stored <= keep_going);
	return 0;
}
