/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb new, map, unmap, flush: make an image and change it. */
#include "args.h"
#include "file.h"
#include "image.h"
#include "message.h"
#include "region.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int store(struct ppctlb *h, const char *path)
{
	bool good = image_store(h, path);

	ppctlb_close(h);
	return good ? EXIT_OK : EXIT_FAILED;
}

int verb_new(const struct args *a)
{
	struct ppctlb *h = image_new(NULL, a->value[OPT_CORE], NULL, 0);

	return h ? store(h, a->argv[0]) : EXIT_FAILED;
}

/* A change of an image: one call of the library, and its arguments. */
struct change {
	int (*make)(struct ppctlb *h, const struct change *c);
	const struct ppctlb_mapping *maps;
	size_t n;
	uint64_t ea, size, pid, ts;
};

static int change(const char *path, const struct change *c)
{
	struct ppctlb *h = image_load(path);

	if (!h)
		return EXIT_FAILED;
	if (c->make(h, c) == 0)
		return store(h, path);
	complain_library(path);
	ppctlb_close(h);
	return EXIT_FAILED;
}

/* Under a lock, so that of two edits at once none is lost. */
static int edit(const char *path, const struct change *c)
{
	int lock = file_lock(path), ret;

	if (lock < 0)
		return EXIT_FAILED;
	ret = change(path, c);
	file_unlock(lock);
	return ret;
}

static bool parse_mappings(const struct args *a, struct ppctlb_mapping *maps)
{
	bool ok = true;

	for (int i = 1; i < a->argc; i++)
		ok &= region_parse(a->argv[i], &maps[i - 1]);
	return ok;
}

static int make_map(struct ppctlb *h, const struct change *c)
{
	return ppctlb_map(h, c->maps, c->n, 0);
}

int verb_map(const struct args *a)
{
	struct ppctlb_mapping *maps = calloc(a->argc, sizeof(*maps));
	struct change c = {.make = make_map, .maps = maps, .n = a->argc - 1};
	int ret = EXIT_FAILED;

	if (!maps)
		complain("%s", strerror(ENOMEM));
	else if (parse_mappings(a, maps))
		ret = edit(a->argv[0], &c);
	free(maps);
	return ret;
}

static bool parse_number(const char *text, enum ppctlb_number kind, uint64_t *value)
{
	if (ppctlb_parse_number(text, kind, value) == 0)
		return true;
	complain_library(text);
	return false;
}

/* EA SIZE, or FIRST-LAST. */
static bool parse_range(const struct args *a, struct change *c)
{
	if (a->argc == 2)
		return range_parse(a->argv[1], &c->ea, &c->size);
	return parse_number(a->argv[1], PPCTLB_ADDRESS, &c->ea) &&
	       parse_number(a->argv[2], PPCTLB_SIZE, &c->size);
}

static int make_unmap(struct ppctlb *h, const struct change *c)
{
	return ppctlb_unmap(h, c->ea, c->size, c->pid, c->ts);
}

int verb_unmap(const struct args *a)
{
	struct change c = {.make = make_unmap};

	if (!option_number(a, OPT_PID, UINT16_MAX, 0, &c.pid) ||
	    !option_number(a, OPT_TS, 1, 0, &c.ts))
		return EXIT_USAGE;
	if (a->argc == 2 && !is_range(a->argv[1]))
		return usage_error(a->verb, "operand missing: SIZE, or FIRST-LAST for both");
	if (!parse_range(a, &c))
		return EXIT_FAILED;
	return edit(a->argv[0], &c);
}

static int make_flush(struct ppctlb *h, const struct change *c)
{
	(void)c;
	return ppctlb_flush(h);
}

int verb_flush(const struct args *a)
{
	struct change c = {.make = make_flush};

	return edit(a->argv[0], &c);
}
