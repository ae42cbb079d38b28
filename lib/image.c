// SPDX-License-Identifier: LGPL-2.1-or-later
/* Saves and restores the portable image that ppctlb-image(5) describes. */
#include "internal.h"

#include <endian.h>
#include <string.h>

/* Version 2 has a word more in each entry: what is not known of it. */
enum { TOLD = 1, FORMAT = 2 };

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
	AT_ENTRY_UNKNOWN = 32, /* in an entry */
	MAX_ENTRY = 36,
	CRC = 4,
	AT_ONCE = 64 /* entries that are copied before they are read */
};

static const char magic[AT_VERSION] = {'P', 'P', 'C', 'T', 'L', 'B', '\r', '\n'};

static void put32(unsigned char *p, uint32_t value)
{
	value = htobe32(value);
	memcpy(p, &value, sizeof(value));
}

static void put64(unsigned char *p, uint64_t value)
{
	value = htobe64(value);
	memcpy(p, &value, sizeof(value));
}

static uint32_t get32(const unsigned char *p)
{
	uint32_t value;

	memcpy(&value, p, sizeof(value));
	return be32toh(value);
}

static uint64_t get64(const unsigned char *p)
{
	uint64_t value;

	memcpy(&value, p, sizeof(value));
	return be64toh(value);
}

static size_t entry_length(uint32_t version)
{
	return version == TOLD ? AT_ENTRY_UNKNOWN : MAX_ENTRY;
}

static uint64_t image_length(uint32_t version, uint32_t entries)
{
	return HEADER + (uint64_t)entries * entry_length(version) + CRC;
}

/* ---- reading: each byte of the caller's once, since somebody else may write there ---- */

/* What is known of an image once its frame was checked. */
struct image {
	const unsigned char *buf;
	size_t len;
	unsigned char header[HEADER]; /* a copy */
	uint32_t version, entries;
};

static int check_frame(struct image *im)
{
	const unsigned char *h = im->header;
	uint64_t want;

	if (im->len < AT_VERSION + 4)
		return tlb_fail(EBADMSG, "image: %zu bytes are not even its beginning", im->len);
	memcpy(im->header, im->buf, im->len < HEADER ? im->len : HEADER);
	if (memcmp(h + AT_MAGIC, magic, sizeof(magic)) != 0)
		return tlb_fail(EBADMSG, "image: byte %d: no TLB image begins like this", AT_MAGIC);
	im->version = get32(h + AT_VERSION);
	if (im->version > FORMAT)
		return tlb_fail(ENOTSUP, "image: byte %d: version %u; this library reads up to %d",
				AT_VERSION, im->version, FORMAT);
	if (im->version == 0)
		return tlb_fail(EBADMSG, "image: byte %d: there is no version 0", AT_VERSION);
	if (im->len < HEADER + CRC)
		return tlb_fail(EBADMSG, "image: %zu bytes; a header and the CRC alone take %d",
				im->len, HEADER + CRC);
	im->entries = get32(h + AT_ENTRIES);
	want = image_length(im->version, im->entries);
	if (im->len != want)
		return tlb_fail(EBADMSG, "image: byte %d: %u entries make %llu bytes, not %zu",
				AT_ENTRIES, im->entries, (unsigned long long)want, im->len);
	return 0;
}

static void take_entry(struct ppctlb_entry *e, const unsigned char *p, uint32_t version)
{
	for (int w = 0; w < 4; w++)
		e->word[w] = get64(p + 8 * w);
	e->unknown = version == TOLD ? 0 : get32(p + AT_ENTRY_UNKNOWN);
}

/* Check the CRC, and keep the first entries, n at most, of what it was made of. */
static int read_entries(const struct image *im, struct ppctlb_entry *out, size_t n)
{
	size_t step = entry_length(im->version), at = im->len - CRC;
	uint32_t crc = tlb_crc32(0xffffffff, im->header, HEADER), want;

	for (size_t i = 0, some; i < im->entries; i += some) {
		unsigned char raw[AT_ONCE * MAX_ENTRY];

		some = im->entries - i < AT_ONCE ? im->entries - i : AT_ONCE;
		memcpy(raw, im->buf + HEADER + i * step, some * step);
		crc = tlb_crc32(crc, raw, some * step);
		for (size_t k = 0; k < some && i + k < n; k++)
			take_entry(&out[i + k], raw + k * step, im->version);
	}
	want = get32(im->buf + at);
	if (want == ~crc)
		return 0;
	return tlb_fail(EBADMSG, "image: byte %zu: CRC-32 is %08x, the contents have %08x", at,
			want, ~crc);
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

/* What may be unknown of all entries: version 1 has the first ten bits. */
static uint32_t unknown_bits(uint32_t version)
{
	return version == TOLD ? tlb_unknown_bits & 0x3ff : tlb_unknown_bits;
}

static int check_header(const unsigned char *h, struct ppctlb_image_info *info)
{
	int ret;

	info->unknown = get32(h + AT_UNKNOWN);
	memcpy(info->core, h + AT_CORE, sizeof(info->core));
	for (int i = 0; i < 2; i++) {
		info->geometry[i].entries = get32(h + AT_GEOMETRY + 8 * i);
		info->geometry[i].ways = get32(h + AT_GEOMETRY + 8 * i + 4);
	}
	if (info->unknown & ~unknown_bits(info->version))
		return tlb_fail(EBADMSG,
				"image: byte %d: unknown mask 0x%x has bits that do not exist",
				AT_UNKNOWN, info->unknown);
	if (get32(h + AT_RESERVED) != 0)
		return tlb_fail(EBADMSG, "image: byte %d: a reserved field is not 0", AT_RESERVED);
	ret = check_name(h + AT_CORE, sizeof(info->core));
	return ret ? ret : check_geometry(info->geometry, info->entries);
}

/* Check everything about a foreign image that needs no core, and keep its first n entries. What is
 * in info and in these can be trusted, but for the widths of words and the bits of unknown. */
static int read_image(const unsigned char *buf, size_t len, struct ppctlb_image_info *info,
		      struct ppctlb_entry *out, size_t n)
{
	struct image im = {.buf = buf, .len = len};
	int ret = check_frame(&im);

	ret = ret ? ret : read_entries(&im, out, n);
	if (ret)
		return ret;
	info->version = im.version;
	info->entries = im.entries;
	return check_header(im.header, info);
}

static void put_header(unsigned char *p, const struct ppctlb_info *info, uint32_t version)
{
	memset(p, 0, HEADER);
	memcpy(p + AT_MAGIC, magic, sizeof(magic));
	put32(p + AT_VERSION, version);
	put32(p + AT_UNKNOWN, info->unknown);
	memcpy(p + AT_CORE, info->core->name, strlen(info->core->name));
	for (uint32_t i = 0; i < info->core->arrays; i++) {
		put32(p + AT_GEOMETRY + 8 * i, info->core->array[i].geometry.entries);
		put32(p + AT_GEOMETRY + 8 * i + 4, info->core->array[i].geometry.ways);
	}
	put32(p + AT_ENTRIES, info->entries);
}

/* The lowest version that has a place for everything, so that older libraries read what they can.
 */
static uint32_t version_for(const struct ppctlb *h)
{
	return h->untold || h->info.unknown & ~unknown_bits(TOLD) ? FORMAT : TOLD;
}

static void put_entry(unsigned char *p, const struct ppctlb_entry *e, uint32_t version)
{
	for (int w = 0; w < 4; w++)
		put64(p + 8 * w, e->word[w]);
	if (version != TOLD)
		put32(p + AT_ENTRY_UNKNOWN, e->unknown);
}

static void write_image(const struct ppctlb *h, unsigned char *p, uint32_t version, size_t len)
{
	put_header(p, &h->info, version);
	for (size_t i = 0; i < h->info.entries; i++)
		put_entry(p + HEADER + i * entry_length(version), &h->now[i], version);
	put32(p + len - CRC, ~tlb_crc32(0xffffffff, p, len - CRC));
}

int ppctlb_save(struct ppctlb *h, void *buf, size_t *len)
{
	uint32_t version;
	size_t room, want;
	int ret = tlb_usable(h);

	if (ret)
		return ret;
	if (!len)
		return tlb_fail(EINVAL, "save: len is NULL");
	room = *len;
	version = version_for(h);
	want = (size_t)image_length(version, h->info.entries);
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
	write_image(h, buf, version, want);
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

/* Entry n of an image has no word wider than the core's, and is known as far as the handle needs.
 */
static int check_entry(struct ppctlb *h, uint32_t version, size_t n, struct ppctlb_entry *e)
{
	size_t at = HEADER + n * entry_length(version);

	tlb_position(&h->vcpu.core, n, e);
	if (!tlb_words_fit(&h->vcpu.core, e) && tlb_check_words(&h->vcpu.core, e))
		return tlb_context(-EBADMSG, "image: byte %zu: TLB%u[%u]", at, e->tlb, e->index);
	if (e->unknown & ~tlb_unknown_bits)
		return tlb_fail(
			EBADMSG,
			"image: byte %zu: TLB%u[%u]: unknown 0x%x has bits that do not exist",
			at + AT_ENTRY_UNKNOWN, e->tlb, e->index, e->unknown);
	if (e->unknown && !h->unknown)
		return tlb_fail(EINVAL,
				"restore: of TLB%u[%u] the image does not tell everything: a vCPU "
				"needs the whole entry",
				e->tlb, e->index);
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
	ret = read_image(buf, len, &image, h->next, h->info.entries);
	if (!ret)
		ret = check_kind(h, &image);
	for (uint32_t i = 0; !ret && i < image.entries; i++)
		ret = check_entry(h, image.version, i, &h->next[i]);
	if (!ret)
		ret = tlb_write(h, h->next, image.entries);
	if (!ret)
		h->info.unknown =
			h->unknown ? image.unknown : 0; /* a vCPU knows all it was given */
	return ret;
}

/* The size of version 1: later versions add fields behind the last, and take this one, too. */
#define INFO_1 (offsetof(struct ppctlb_image_info, geometry) + 2 * sizeof(struct ppctlb_geometry))
_Static_assert(INFO_1 == 48, "the size of version 1 never changes");

int ppctlb_image_info(const void *buf, size_t len, struct ppctlb_image_info *info)
{
	struct ppctlb_image_info image;
	uint32_t size;
	int ret;

	if (!buf || !info)
		return tlb_fail(EINVAL, "image_info: an argument is NULL");
	size = info->size;
	if (size < INFO_1)
		return tlb_fail(EINVAL, "image_info: info->size is %u, at least %zu is needed",
				size, INFO_1);
	ret = read_image(buf, len, &image, NULL, 0);
	if (ret)
		return ret;
	image.size = size;
	memcpy(info, &image, size < sizeof(image) ? size : sizeof(image));
	return 0;
}
