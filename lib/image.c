// SPDX-License-Identifier: LGPL-2.1-or-later
/* Saves and restores the portable image that ppctlb-image(5) describes. */
#include "internal.h"

#include <string.h>

enum { FORMAT = 1 };

/* The offsets of the fields. The entries follow the header, and the CRC-32 follows the entries. */
enum {
	AT_MAGIC = 0,
	AT_VERSION = 8,
	AT_UNKNOWN = 12,
	AT_CORE = 16,
	AT_GEOMETRY = 32,
	AT_ENTRIES = 48,
	AT_RESERVED = 52,
	HEADER = 56,
	ENTRY = 32,
	CRC = 4
};

static const char magic[AT_VERSION] = {'P', 'P', 'C', 'T', 'L', 'B', '\r', '\n'};

static void put32(unsigned char *p, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		p[i] = (unsigned char)(value >> (24 - 8 * i));
}

static void put64(unsigned char *p, uint64_t value)
{
	put32(p, (uint32_t)(value >> 32));
	put32(p + 4, (uint32_t)value);
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static uint64_t get64(const unsigned char *p)
{
	return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/* CRC-32 of IEEE 802.3 (polynomial 04c11db7, reflected), four bits at a time. */
static uint32_t crc32(const unsigned char *p, size_t len)
{
	static const uint32_t step[16] = {
		0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
		0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
		0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
	};
	uint32_t crc = 0xffffffff;

	for (size_t i = 0; i < len; i++) {
		crc ^= p[i];
		crc = crc >> 4 ^ step[crc & 15];
		crc = crc >> 4 ^ step[crc & 15];
	}
	return ~crc;
}

static uint64_t image_length(uint32_t entries)
{
	return HEADER + (uint64_t)entries * ENTRY + CRC;
}

static int check_frame(const unsigned char *buf, size_t len)
{
	uint32_t version;
	uint64_t want;

	if (len < AT_VERSION + 4)
		return tlb_fail(EBADMSG, "image: %zu bytes are not even its beginning", len);
	if (memcmp(buf + AT_MAGIC, magic, sizeof(magic)) != 0)
		return tlb_fail(EBADMSG, "image: byte %d: no TLB image begins like this", AT_MAGIC);
	version = get32(buf + AT_VERSION);
	if (version > FORMAT)
		return tlb_fail(ENOTSUP, "image: byte %d: version %u; this library reads up to %d",
				AT_VERSION, version, FORMAT);
	if (version == 0)
		return tlb_fail(EBADMSG, "image: byte %d: there is no version 0", AT_VERSION);
	if (len < HEADER + CRC)
		return tlb_fail(EBADMSG, "image: %zu bytes; a header and the CRC alone take %d",
				len, HEADER + CRC);
	want = image_length(get32(buf + AT_ENTRIES));
	if (len != want)
		return tlb_fail(EBADMSG, "image: byte %d: %u entries make %llu bytes, not %zu",
				AT_ENTRIES, get32(buf + AT_ENTRIES), (unsigned long long)want, len);
	if (get32(buf + len - CRC) != crc32(buf, len - CRC))
		return tlb_fail(EBADMSG, "image: byte %zu: CRC-32 is %08x, the contents have %08x",
				len - CRC, get32(buf + len - CRC), crc32(buf, len - CRC));
	return 0;
}

/* The name is printable and followed by zeros, at least one of them, to the end of the field. */
static int check_name(const unsigned char *name, size_t len)
{
	size_t used = 0;

	while (used < len && name[used] > ' ' && name[used] < 0x7f)
		used++;
	if (used == 0 || used == len)
		return tlb_fail(EBADMSG, "image: byte %d: no core has a name like this", AT_CORE);
	for (size_t i = used; i < len; i++)
		if (name[i] != 0)
			return tlb_fail(EBADMSG,
					"image: byte %zu: the core's name is not printable, or not "
					"padded with 0",
					AT_CORE + i);
	return 0;
}

static int check_geometry(const struct ppctlb_geometry *g, uint32_t entries)
{
	for (int i = 0; i < 2; i++) {
		bool absent = i == 1 && g[i].entries == 0 && g[i].ways == 0;

		if (absent || (g[i].entries > 0 && g[i].entries <= 65536 && g[i].ways > 0 &&
			       g[i].entries % g[i].ways == 0))
			continue;
		return tlb_fail(EBADMSG, "image: byte %d: TLB%d of %u entries in %u ways",
				AT_GEOMETRY + 8 * i, i, g[i].entries, g[i].ways);
	}
	if (g[0].entries + g[1].entries != entries)
		return tlb_fail(EBADMSG, "image: byte %d: %u entries, but %u + %u in the TLBs",
				AT_ENTRIES, entries, g[0].entries, g[1].entries);
	return 0;
}

/* Checks all of an untrusted image that does not depend on a core: later code trusts it. */
static int validate(const unsigned char *buf, size_t len, struct ppctlb_image_info *info)
{
	int ret = check_frame(buf, len);

	if (ret)
		return ret;
	info->version = get32(buf + AT_VERSION);
	info->entries = get32(buf + AT_ENTRIES);
	info->unknown = get32(buf + AT_UNKNOWN);
	memcpy(info->core, buf + AT_CORE, sizeof(info->core));
	for (int i = 0; i < 2; i++) {
		info->geometry[i].entries = get32(buf + AT_GEOMETRY + 8 * i);
		info->geometry[i].ways = get32(buf + AT_GEOMETRY + 8 * i + 4);
	}
	if (info->unknown & ~tlb_unknown_bits)
		return tlb_fail(EBADMSG,
				"image: byte %d: unknown mask 0x%x has bits that do not exist",
				AT_UNKNOWN, info->unknown);
	if (get32(buf + AT_RESERVED) != 0)
		return tlb_fail(EBADMSG, "image: byte %d: a reserved field is not 0", AT_RESERVED);
	ret = check_name(buf + AT_CORE, sizeof(info->core));
	return ret ? ret : check_geometry(info->geometry, info->entries);
}

static void put_header(unsigned char *p, const struct ppctlb_info *info)
{
	memset(p, 0, HEADER);
	memcpy(p + AT_MAGIC, magic, sizeof(magic));
	put32(p + AT_VERSION, FORMAT);
	put32(p + AT_UNKNOWN, info->unknown);
	memcpy(p + AT_CORE, info->core->name, strlen(info->core->name));
	for (uint32_t i = 0; i < info->core->arrays; i++) {
		put32(p + AT_GEOMETRY + 8 * i, info->core->array[i].geometry.entries);
		put32(p + AT_GEOMETRY + 8 * i + 4, info->core->array[i].geometry.ways);
	}
	put32(p + AT_ENTRIES, info->entries);
}

int ppctlb_save(struct ppctlb *h, void *buf, size_t *len)
{
	unsigned char *p = buf;
	size_t room, want;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!len)
		return tlb_fail(EINVAL, "save: len is NULL");
	room = *len;
	want = (size_t)image_length(h->info.entries);
	if (!buf || room < want) {
		*len = want;
		return !buf ? 0
			    : tlb_fail(ENOSPC,
				       "save: the image takes %zu bytes, there is room for %zu",
				       want, room);
	}
	ret = tlb_load(h, PPCTLB_GUEST);
	if (ret)
		return ret;
	put_header(p, &h->info);
	for (uint32_t i = 0; i < h->info.entries; i++)
		for (int w = 0; w < 4; w++)
			put64(p + HEADER + ENTRY * (size_t)i + 8 * w, h->now[i].word[w]);
	put32(p + want - CRC, crc32(p, want - CRC));
	*len = want;
	return 0;
}

/* The image has the handle's core and geometry. */
static int check_kind(const struct ppctlb *h, const struct ppctlb_image_info *image)
{
	const struct ppctlb_core_info *core = h->info.core;

	if (strcmp(image->core, core->name) != 0)
		return tlb_fail(EINVAL, "restore: the image is of core %s, the handle of %s",
				image->core, core->name);
	for (int i = 0; i < 2; i++) {
		const struct ppctlb_geometry *have = &core->array[i].geometry;
		const struct ppctlb_geometry *want = &image->geometry[i];

		if (want->entries != have->entries || want->ways != have->ways)
			return tlb_fail(
				EINVAL,
				"restore: TLB%d has %u entries in %u ways in the image, %u in %u "
				"in the handle",
				i, want->entries, want->ways, have->entries, have->ways);
	}
	return 0;
}

/* Reads entry n of a valid image. A word wider than the core's is refused. */
static int get_entry(const struct ppctlb_core *core, const unsigned char *buf, size_t n,
		     struct ppctlb_entry *e)
{
	size_t at = HEADER + ENTRY * n;

	tlb_position(core, n, e);
	for (int w = 0; w < 4; w++)
		e->word[w] = get64(buf + at + 8 * w);
	if (tlb_check_words(core, e))
		return tlb_context(-EBADMSG, "image: byte %zu: TLB%u[%u]", at, e->tlb, e->index);
	return 0;
}

int ppctlb_restore(struct ppctlb *h, const void *buf, size_t len)
{
	struct ppctlb_image_info image;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!buf)
		return tlb_fail(EINVAL, "restore: buf is NULL");
	ret = validate(buf, len, &image);
	if (!ret)
		ret = check_kind(h, &image);
	for (uint32_t i = 0; !ret && i < image.entries; i++)
		ret = get_entry(&h->vcpu.core, buf, i, &h->next[i]);
	if (!ret)
		ret = tlb_write(h, h->next, image.entries);
	if (!ret)
		h->info.unknown = image.unknown;
	return ret;
}

int ppctlb_image_info(const void *buf, size_t len, struct ppctlb_image_info *info)
{
	struct ppctlb_image_info image;
	int ret;

	if (!buf || !info)
		return tlb_fail(EINVAL, "image_info: an argument is NULL");
	if (info->size < sizeof(image))
		return tlb_fail(EINVAL, "image_info: info->size is %u, at least %zu is needed",
				info->size, sizeof(image));
	ret = validate(buf, len, &image);
	if (ret)
		return ret;
	image.size = sizeof(image);
	*info = image;
	return 0;
}
