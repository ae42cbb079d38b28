// SPDX-License-Identifier: GPL-2.0-or-later
/* ppctlb import on any text: each form, each core. What would be written as an image is examined.
 */
#include "../tool/formats/list.h"
#include "fuzz.h"
#include "tool-image.h"

#include <sys/mman.h>
#include <unistd.h>

const char fuzz_target[] = "import";

#define NAME(id, name, help) name,

/* ---- the text as a file ---- */

static int file_with(const struct input *in)
{
	int fd = memfd_create("text", 0);

	REQUIRE(fd >= 0 && write(fd, in->at, in->left) == (ssize_t)in->left);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const forms[] = {FORMATS(NAME)};
	struct input in = {data, size};
	struct args a = {.argc = 2};
	char file[32], image[] = "image", *argv[] = {file, image};
	unsigned form = pick(&in, 2 * ARRAY_SIZE(forms));
	int fd, ret;

	setvbuf(stderr, NULL, _IOFBF, BUFSIZ); /* messages come a character at a time */
	a.value[OPT_FROM] = forms[form / 2];
	a.value[OPT_KEEP_GOING] = form % 2 ? "" : NULL;
	a.value[OPT_CORE] = model_cores[pick(&in, MODEL_CORES)].name;
	a.argv = argv;
	fd = file_with(&in);
	snprintf(file, sizeof(file), "/proc/self/fd/%d", fd);
	images_stored = 0;
	ret = verb_import(&a);
	close(fd);
	REQUIRE(ret == EXIT_OK ? images_stored == 1
			       : ret == EXIT_FAILED && images_stored <= form % 2);
	return 0;
}
