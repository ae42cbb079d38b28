// SPDX-License-Identifier: GPL-2.0-or-later
/* Save and restore of a vCPU's TLB; the same entries make the same bytes on every host. */
#include "conformance.h"
#include "../support/tap.h"

#include <errno.h>
#include <string.h>

#define MOST 65536 /* bytes */

/* The entries stand for every kind of word; another program computed the CRC, which is zlib's, of
 * such an image. A 440's entries have only bits that every kernel keeps; on e500 the memory keeps
 * all. */
const struct image_case image_440 = {
	{{0, 0, 0, {0, 0x270, 0, 7}},
	 {0, 1, 0, {0, 0xef600210, 0xef600000, 0x507}},
	 {0, 63, 0, {0xfe, 0x76540330, 0xba980009, 0x9a2d}}},
	0x7a2a2afe,
};
const struct image_case image_e500v2 = {
	{{1, 0, 0, {0x80000900, 0, 0x15, 0}},
	 {0, 3, 0, {0x80051100, 0x1000, 0x2003, 0}},
	 {1, 15, 0, {0x76543210, 0xfedcba9876543210, 0x123456789abcdef0, 0xfedcba98}}},
	0x775c1975,
};

/* What the first entry of both maps */
static bool mapped(struct ppctlb *h)
{
	const struct ppctlb_access a = {.eaddr = 0x123456};
	struct ppctlb_hit hit;

	return EQUAL(ppctlb_translate(h, &a, &hit, 1), 0) && hit.result == PPCTLB_HIT &&
	       hit.raddr == a.eaddr;
}

static uint32_t last_four(const unsigned char *image, size_t len)
{
	const unsigned char *p = image + len - 4;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static bool tlb_is(struct ppctlb *h, const unsigned char *image, size_t len)
{
	static unsigned char now[MOST];
	size_t n = sizeof(now);

	return EQUAL(ppctlb_save(h, now, &n), 0) && EQUAL(n, len) &&
	       CHECK(!memcmp(now, image, len));
}

void test_image(const void *arg)
{
	static unsigned char image[MOST], empty[MOST];
	const struct image_case *c = arg;
	struct ppctlb *h = open_handle();
	size_t len = sizeof(image), empty_len = sizeof(empty);

	REQUIRE(h);
	REQUIRE(EQUAL(ppctlb_flush(h), 0));
	REQUIRE(EQUAL(ppctlb_save(h, empty, &empty_len), 0));
	REQUIRE(EQUAL(ppctlb_set(h, c->entries, ARRAY_SIZE(c->entries)), 0));
	REQUIRE(EQUAL(ppctlb_save(h, image, &len), 0));
	EQUAL(last_four(image, len), c->crc);
	CHECK(mapped(h));

	EQUAL(ppctlb_restore(h, empty, empty_len), 0);
	CHECK(tlb_is(h, empty, empty_len));
	CHECK(!mapped(h));
	EQUAL(ppctlb_restore(h, image, len - 1), -EBADMSG);
	image[len / 2] ^= 1;
	EQUAL(ppctlb_restore(h, image, len), -EBADMSG);
	image[len / 2] ^= 1;
	CHECK(tlb_is(h, empty, empty_len));

	EQUAL(ppctlb_restore(h, image, len), 0);
	CHECK(tlb_is(h, image, len));
	CHECK(mapped(h));
	ppctlb_close(h);
}
