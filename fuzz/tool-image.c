// SPDX-License-Identifier: GPL-2.0-or-later
/* In place of tool/image.c: examine what the tool would write as an image. */
#include "tool-image.h"
#include "fuzz.h"

unsigned images_stored;

struct ppctlb *image_new(const char *path, const char *core, const struct ppctlb_geometry *geometry,
			 uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h = NULL;

	(void)path;
	cfg.core = core;
	cfg.unknown = unknown;
	memcpy(cfg.geometry, geometry, sizeof(cfg.geometry));
	REQUIRE(ppctlb_open(&h, &cfg) == 0 || !h);
	return h;
}

bool image_store(struct ppctlb *h, const char *path)
{
	(void)path;
	images_stored++;
	examine(h);
	return true;
}
