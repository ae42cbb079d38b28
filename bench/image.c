// SPDX-License-Identifier: GPL-2.0-or-later
/* Images beside memcpy() of as many bytes and zlib's crc32() of them. */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct images {
	struct tlb t;
	unsigned char *image[2]; /* of TLBs that differ in each entry */
	unsigned char *copy;
	size_t len;
	bool turn;
	uint32_t crc;
};

enum { CRC_LEN = 4 };

static void save(void *arg)
{
	struct images *s = arg;
	size_t len = s->len;

	must(ppctlb_save(s->t.h, s->copy, &len));
}

static void restore(void *arg)
{
	struct images *s = arg;

	s->turn = !s->turn;
	must(ppctlb_restore(s->t.h, s->image[s->turn], s->len));
}

static void image_info(void *arg)
{
	struct images *s = arg;
	struct ppctlb_image_info info = {.size = sizeof(info)};

	must(ppctlb_image_info(s->image[0], s->len, &info));
	require(info.entries == s->t.n, "the entries of an image");
}

static void copy_and_check(void *arg)
{
	struct images *s = arg;

	s->turn = !s->turn;
	memcpy(s->copy, s->image[s->turn], s->len);
	s->crc = (uint32_t)crc32(0, s->copy, (unsigned)(s->len - CRC_LEN));
}

static const struct {
	const char *name;
	void (*ours)(void *arg);
} calls[] = {{"save", save}, {"restore", restore}, {"image_info", image_info}};

static void require_crc(struct images *s)
{
	const unsigned char *at = s->copy + s->len - CRC_LEN;

	require(s->crc == ((uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 |
			   at[3]),
		"the CRC of an image");
}

void image(const char *core, const char *name, struct result *result)
{
	struct images s = {.turn = false};
	size_t i = 0;

	tlb_open(&s.t, core, NULL, false);
	must(ppctlb_save(s.t.h, NULL, &s.len));
	s.copy = room(s.len, 1);
	for (unsigned k = 0; k < 2; k++) {
		tlb_fill(&s.t, k);
		s.image[k] = room(s.len, 1);
		must(ppctlb_save(s.t.h, s.image[k], &s.len));
	}
	copy_and_check(&s);
	require_crc(&s);
	while (strcmp(calls[i].name, name) != 0)
		i++;
	calls[i].ours(&s);
	save(&s);
	require(!memcmp(s.copy, s.image[calls[i].ours == restore ? s.turn : 1], s.len),
		"an image that is saved again");
	race(&(struct race){.ours = calls[i].ours, .peer = copy_and_check, .arg = &s, .pieces = 1},
	     result);
}
