// SPDX-License-Identifier: GPL-2.0-or-later
/* A foreign image: as it came, and with a right CRC, so that the checks behind it are reached. */
#include "fuzz.h"

#include <zlib.h>

const char fuzz_target[] = "image";

/* A handle for what the image says it is; NULL if no such TLB exists. */
static struct ppctlb *open_for(const struct ppctlb_image_info *info)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;
	int ret;

	cfg.core = info->core;
	cfg.unknown = info->unknown;
	memcpy(cfg.geometry, info->geometry, sizeof(cfg.geometry));
	ret = ppctlb_open(&h, &cfg);
	REQUIRE(ret == 0 || ret == -EINVAL || ret == -ENOENT || ret == -ENOTSUP);
	REQUIRE(!ret == !!h);
	return h;
}

static bool is_empty(struct ppctlb *h)
{
	struct model t = model_of(h);
	uint64_t bits = 0;

	for (size_t i = 0; i < t.n; i++)
		for (int w = 0; w < 4; w++)
			bits |= t.e[i].word[w];
	model_free(&t);
	return !bits;
}

/* A restored image saves as the same image. */
static void same_image(struct ppctlb *h, const void *image, size_t len)
{
	size_t room = len;
	void *again = malloc(len);

	must(ppctlb_save(h, again, &room));
	REQUIRE(room == len && !memcmp(image, again, len));
	free(again);
}

static void try_image(const void *image, size_t len)
{
	struct ppctlb_image_info info = {.size = sizeof(info)};
	int ret = ppctlb_image_info(image, len, &info);
	struct ppctlb *h;

	REQUIRE(ret == 0 || ret == -EBADMSG || ret == -ENOTSUP);
	if (ret) {
		REQUIRE(*ppctlb_errmsg() && !info.version && !info.core[0]);
		return;
	}
	REQUIRE(memchr(info.core, 0, sizeof(info.core)));
	h = open_for(&info);
	if (!h)
		return;
	ret = ppctlb_restore(h, image, len);
	/* 460 is an alias of 440, but an image has the name; a word may be too wide */
	REQUIRE(ret == 0 || ret == -EBADMSG || ret == -EINVAL);
	if (ret) {
		REQUIRE(is_empty(h));
	} else {
		same_image(h, image, len);
		examine(h);
	}
	ppctlb_close(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t *image = malloc(size + 4);
	uint32_t crc = (uint32_t)crc32(crc32(0, NULL, 0), data, (unsigned)size);

	try_image(data, size);
	memcpy(image, data, size);
	for (int i = 0; i < 4; i++)
		image[size + i] = (uint8_t)(crc >> (24 - 8 * i));
	try_image(image, size + 4);
	free(image);
	return 0;
}
