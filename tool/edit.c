/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb new, map, unmap, flush: make an image and change it. */
#include "args.h"
#include "image.h"
#include "message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Write the image back if the change was good. */
static int store(struct ppctlb *h, const char *path, bool good)
{
	good = good && image_store(h, path);
	ppctlb_close(h);
	return good ? EXIT_OK : EXIT_FAILED;
}

int verb_new(const struct args *a)
{
	struct ppctlb *h = image_new(NULL, a->value[OPT_CORE], NULL, 0);

	return h ? store(h, a->argv[0], true) : EXIT_FAILED;
}

static bool parse_mappings(const struct args *a, struct ppctlb_mapping *maps)
{
	bool ok = true;

	for (int i = 1; i < a->argc; i++) {
		if (ppctlb_parse_mapping(a->argv[i], &maps[i - 1]) == 0)
			continue;
		complain_library(a->argv[i]);
		ok = false;
	}
	return ok;
}

static int map(const struct args *a, struct ppctlb_mapping *maps)
{
	struct ppctlb *h;
	bool good;

	if (!parse_mappings(a, maps))
		return EXIT_FAILED;
	h = image_load(a->argv[0]);
	if (!h)
		return EXIT_FAILED;
	good = ppctlb_map(h, maps, a->argc - 1, 0) == 0;
	if (!good)
		complain_library(a->argv[0]);
	return store(h, a->argv[0], good);
}

int verb_map(const struct args *a)
{
	struct ppctlb_mapping *maps = calloc(a->argc, sizeof(*maps));
	int ret;

	if (!maps) {
		complain("%s", strerror(ENOMEM));
		return EXIT_FAILED;
	}
	ret = map(a, maps);
	free(maps);
	return ret;
}

static bool parse_number(const char *text, int size, uint64_t *value)
{
	if (ppctlb_parse_number(text, size, value) == 0)
		return true;
	complain_library(text);
	return false;
}

int verb_unmap(const struct args *a)
{
	uint64_t ea, size, pid, ts;
	struct ppctlb *h;
	bool good;

	if (!option_number(a, OPT_PID, UINT16_MAX, 0, &pid) || !option_number(a, OPT_TS, 1, 0, &ts))
		return EXIT_USAGE;
	if (!parse_number(a->argv[1], 0, &ea) || !parse_number(a->argv[2], 1, &size))
		return EXIT_FAILED;
	h = image_load(a->argv[0]);
	if (!h)
		return EXIT_FAILED;
	good = ppctlb_unmap(h, ea, size, pid, ts) == 0;
	if (!good)
		complain_library(a->argv[0]);
	return store(h, a->argv[0], good);
}

int verb_flush(const struct args *a)
{
	struct ppctlb *h = image_load(a->argv[0]);
	bool good;

	if (!h)
		return EXIT_FAILED;
	good = ppctlb_flush(h) == 0;
	if (!good)
		complain_library(a->argv[0]);
	return store(h, a->argv[0], good);
}
