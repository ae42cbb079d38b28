// SPDX-License-Identifier: GPL-2.0-or-later
/* Images: what ppctlb-image(5) and ppctlb_save(3) promise, and every damage that can be tried. */
#include "../support/detached.h"
#include "../support/loop.h"
#include "../support/suite.h"

#include <check.h>
#include <errno.h>
#include <unistd.h>
#include <zlib.h>

/* The layout once more, from ppctlb-image(5). */
enum { VERSION_AT = 8, UNKNOWN_AT = 12, CORE_AT = 16, GEOMETRY_AT = 32, ENTRIES_AT = 48 };
enum { RESERVED_AT = 52, HEADER = 56, ENTRY = 32, CRC = 4 };

/* ck_assert() for loops of many thousand rounds: it does not note each place for the runner. */
#define REQUIRE(truth)                                                                             \
	do {                                                                                       \
		if (!(truth))                                                                      \
			ck_abort_msg("not true: %s; %s", #truth, ppctlb_errmsg());                 \
	} while (0)

struct image {
	unsigned char *bytes;
	size_t len;
};

static struct image save(struct ppctlb *h)
{
	struct image image;

	must(ppctlb_save(h, NULL, &image.len));
	image.bytes = malloc(image.len);
	must(ppctlb_save(h, image.bytes, &image.len));
	return image;
}

static void put32(unsigned char *p, uint32_t value)
{
	p[0] = (unsigned char)(value >> 24);
	p[1] = (unsigned char)(value >> 16);
	p[2] = (unsigned char)(value >> 8);
	p[3] = (unsigned char)value;
}

static uint32_t get32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void seal(struct image i)
{
	put32(i.bytes + i.len - CRC, (uint32_t)crc32(0, i.bytes, (uInt)(i.len - CRC)));
}

static int describe(const void *buf, size_t len)
{
	struct ppctlb_image_info info = {.size = sizeof(info)};

	return ppctlb_image_info(buf, len, &info);
}

/* A handle, its entries, and an image of other entries that would fit. */
struct victim {
	struct ppctlb *h;
	struct ppctlb_entry *before;
	struct image image;
};

static struct victim victim(struct kind k)
{
	struct victim v = {.h = open_kind(k, 0)};

	fill(v.h);
	v.image = save(v.h);
	fill(v.h);
	v.before = entries_of(v.h);
	return v;
}

static void done(struct victim *v)
{
	ppctlb_close(v->h);
	free(v->before);
	free(v->image.bytes);
}

/* Both calls refuse it with that error, and the guest TLB is what it was. */
static void assert_refused(const struct victim *v, int err, const void *buf, size_t len)
{
	struct ppctlb_entry *after;

	REQUIRE(describe(buf, len) == err);
	REQUIRE(ppctlb_restore(v->h, buf, len) == err);
	after = entries_of(v->h);
	REQUIRE(!memcmp(after, v->before, info_of(v->h).entries * sizeof(*after)));
	free(after);
}

START_TEST(round_trip)
{
	struct kind k = kind_at((size_t)_i);
	struct ppctlb *from = open_kind(k, 0), *to = open_kind(k, 0);
	uint32_t n = info_of(from).entries;
	struct ppctlb_entry *a, *b;
	struct image image, again;

	fill(from);
	fill(to);
	image = save(from);
	ck_assert_uint_eq(image.len, HEADER + ENTRY * (size_t)n + CRC);
	ck_assert_int_eq(ppctlb_restore(to, image.bytes, image.len), 0);
	a = entries_of(from);
	b = entries_of(to);
	ck_assert_mem_eq(a, b, n * sizeof(*a));
	again = save(to);
	ck_assert_mem_eq(image.bytes, again.bytes, image.len);
	free(a);
	free(b);
	free(image.bytes);
	free(again.bytes);
	ppctlb_close(from);
	ppctlb_close(to);
}
END_TEST

START_TEST(the_info_is_the_handles)
{
	struct kind k = kind_at((size_t)_i);
	struct victim v = victim(k);
	struct ppctlb_info h = info_of(v.h);
	struct ppctlb_image_info info = {.size = sizeof(info)};

	ck_assert_int_eq(ppctlb_image_info(v.image.bytes, v.image.len, &info), 0);
	ck_assert_uint_eq(info.version, 1);
	ck_assert_uint_eq(info.entries, h.entries);
	ck_assert_uint_eq(info.unknown, 0);
	ck_assert_str_eq(info.core, k.core);
	for (unsigned i = 0; i < h.core->arrays; i++)
		ck_assert_mem_eq(&info.geometry[i], &h.core->array[i].geometry,
				 sizeof(info.geometry[i]));
	for (unsigned i = h.core->arrays; i < 2; i++)
		ck_assert_uint_eq(info.geometry[i].entries | info.geometry[i].ways, 0);
	done(&v);
}
END_TEST

START_TEST(the_checksum_is_zlibs)
{
	struct victim v = victim(kind_at((size_t)_i));

	for (int i = 0; i < 100; i++) {
		struct image image;

		fill(v.h);
		image = save(v.h);
		ck_assert_uint_eq(get32(image.bytes + image.len - CRC),
				  crc32(0, image.bytes, (uInt)(image.len - CRC)));
		free(image.bytes);
	}
	done(&v);
}
END_TEST

START_TEST(an_alias_is_saved_under_the_name)
{
	static const struct kind alias = {"460", {{0, 0}, {0, 0}}};
	struct victim v = victim(alias);
	struct ppctlb *h = open_kind(kind_at(0), 0);

	ck_assert_str_eq((char *)v.image.bytes + CORE_AT, "440");
	ck_assert_int_eq(ppctlb_restore(h, v.image.bytes, v.image.len), 0);
	ck_assert_int_eq(ppctlb_restore(v.h, v.image.bytes, v.image.len), 0);
	ppctlb_close(h);
	done(&v);
}
END_TEST

START_TEST(two_calls)
{
	struct victim v = victim(kind_at((size_t)_i));
	unsigned char *buf = malloc(v.image.len);
	size_t len = 12345;

	ck_assert_int_eq(ppctlb_save(v.h, NULL, &len), 0);
	ck_assert_uint_eq(len, v.image.len);
	for (size_t room = 0; room < v.image.len; room += 1 + room / 3) {
		memset(buf, 0xa5, v.image.len);
		len = room;
		ck_assert_int_eq(ppctlb_save(v.h, buf, &len), -ENOSPC);
		ck_assert_uint_eq(len, v.image.len);
		for (size_t i = 0; i < v.image.len; i++)
			REQUIRE(buf[i] == 0xa5);
	}
	len = v.image.len;
	ck_assert_int_eq(ppctlb_save(v.h, buf, &len), 0);
	free(buf);
	buf = malloc(v.image.len + 1);
	buf[v.image.len] = 0xa5;
	len = v.image.len + 1;
	ck_assert_int_eq(ppctlb_save(v.h, buf, &len), 0);
	ck_assert_uint_eq(len, v.image.len);
	ck_assert_uint_eq(buf[v.image.len], 0xa5);
	free(buf);
	done(&v);
}
END_TEST

START_TEST(null_is_einval)
{
	struct victim v = victim(kind_at(0));
	struct ppctlb_image_info info = {.size = sizeof(info) - 1};
	size_t len = v.image.len;

	ck_assert_int_eq(ppctlb_save(NULL, v.image.bytes, &len), -EINVAL);
	ck_assert_int_eq(ppctlb_save(v.h, v.image.bytes, NULL), -EINVAL);
	ck_assert_int_eq(ppctlb_restore(NULL, v.image.bytes, len), -EINVAL);
	ck_assert_int_eq(ppctlb_restore(v.h, NULL, len), -EINVAL);
	ck_assert_int_eq(ppctlb_image_info(NULL, len, &info), -EINVAL);
	ck_assert_int_eq(ppctlb_image_info(v.image.bytes, len, NULL), -EINVAL);
	ck_assert_int_eq(ppctlb_image_info(v.image.bytes, len, &info), -EINVAL);
	done(&v);
}
END_TEST

/* Each is in memory of exactly that length, so that sanitizers see a read past the end. */
START_TEST(every_truncation_is_refused)
{
	struct victim v = victim(kind_at((size_t)_i));

	for (size_t len = 0; len < v.image.len; len += len < HEADER ? 1 : stride()) {
		unsigned char *cut = malloc(len ? len : 1);

		memcpy(cut, v.image.bytes, len);
		assert_refused(&v, -EBADMSG, cut, len);
		free(cut);
	}
	done(&v);
}
END_TEST

START_TEST(what_is_too_long_is_refused)
{
	struct victim v = victim(kind_at((size_t)_i));
	static const size_t more[] = {1, 3, 4, 31, 32, 33, 4096};
	unsigned char *longer = calloc(1, v.image.len + 4096);

	memcpy(longer, v.image.bytes, v.image.len);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
		assert_refused(&v, -EBADMSG, longer, v.image.len + more[i]);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		memset(longer + v.image.len, 0, 4096);
		seal((struct image){longer, v.image.len + more[i]});
		assert_refused(&v, -EBADMSG, longer, v.image.len + more[i]);
	}
	free(longer);
	done(&v);
}
END_TEST

START_TEST(every_flipped_bit_is_refused)
{
	struct victim v = victim(kind_at((size_t)_i));
	struct ppctlb_entry *after;

	for (size_t bit = 0; bit < v.image.len * 8; bit += bit < HEADER * 8 ? 1 : stride()) {
		unsigned char *byte = &v.image.bytes[bit / 8];
		int err =
			bit / 8 >= VERSION_AT && bit / 8 < UNKNOWN_AT && bit != 31 + 8 * VERSION_AT
				? -ENOTSUP
				: -EBADMSG;

		*byte ^= (unsigned char)(1 << (7 - bit % 8));
		REQUIRE(describe(v.image.bytes, v.image.len) == err);
		REQUIRE(ppctlb_restore(v.h, v.image.bytes, v.image.len) == err);
		*byte ^= (unsigned char)(1 << (7 - bit % 8));
	}
	after = entries_of(v.h);
	ck_assert_mem_eq(after, v.before, info_of(v.h).entries * sizeof(*after));
	free(after);
	ck_assert_int_eq(ppctlb_restore(v.h, v.image.bytes, v.image.len), 0);
	done(&v);
}
END_TEST

START_TEST(random_bytes_are_refused)
{
	struct victim v = victim(kind_at((size_t)_i));
	unsigned char buf[512];

	for (int i = 0; i < 20000 / (int)stride(); i++) {
		size_t len = below(sizeof(buf));

		for (size_t k = 0; k < len; k++)
			buf[k] = (unsigned char)rnd();
		if (i & 1 && len > UNKNOWN_AT) /* with a good beginning every other time */
			memcpy(buf, v.image.bytes, UNKNOWN_AT);
		assert_refused(&v, -EBADMSG, buf, len);
	}
	done(&v);
}
END_TEST

/* A field with a value it cannot have, in an image with a right checksum. */
static const struct {
	const char *what;
	size_t at;
	uint32_t value;
	int err;
	const char *message;
} bad_fields[] = {
	{"magic", 0, 0x70504354, -EBADMSG, "byte 0:"},
	{"magic", 4, 0x4c420a0a, -EBADMSG, "byte 0:"},
	{"version 0", VERSION_AT, 0, -EBADMSG, "byte 8:"},
	{"version 3", VERSION_AT, 3, -ENOTSUP, "byte 8:"},
	{"version 2^32-1", VERSION_AT, UINT32_MAX, -ENOTSUP, "byte 8:"},
	{"unknown bit", UNKNOWN_AT, 0x400, -EBADMSG, "byte 12:"},
	{"unknown bit", UNKNOWN_AT, 0x80000000, -EBADMSG, "byte 12:"},
	{"empty core", CORE_AT, 0, -EBADMSG, "byte 16:"},
	{"control character in core", CORE_AT, 0x34340130, -EBADMSG, "byte 18:"},
	{"space in core", CORE_AT, 0x34342030, -EBADMSG, "byte 18:"},
	{"delete in core", CORE_AT, 0x3434307f, -EBADMSG, "byte 19:"},
	{"eighth bit in core", CORE_AT, 0x343430e4, -EBADMSG, "byte 19:"},
	{"core padded with something", CORE_AT + 12, 0x00000001, -EBADMSG, "byte 31:"},
	{"TLB0 of 0", GEOMETRY_AT, 0, -EBADMSG, "byte 32:"},
	{"TLB0 of one more", GEOMETRY_AT, 9, -EBADMSG, "byte 32:"},
	{"TLB0 of 65540", GEOMETRY_AT, 65540, -EBADMSG, "byte 32:"},
	{"TLB0 of 2^32-1", GEOMETRY_AT, UINT32_MAX, -EBADMSG, "byte 32:"},
	{"TLB0 of 0 ways", GEOMETRY_AT + 4, 0, -EBADMSG, "byte 32:"},
	{"TLB0 of 3 ways", GEOMETRY_AT + 4, 3, -EBADMSG, "byte 32:"},
	{"TLB0 of 16 ways", GEOMETRY_AT + 4, 16, -EBADMSG, "byte 32:"},
	{"TLB1 without entries", GEOMETRY_AT + 8, 0, -EBADMSG, "byte 40:"},
	{"TLB1 without ways", GEOMETRY_AT + 12, 0, -EBADMSG, "byte 40:"},
	{"TLB1 of more ways than entries", GEOMETRY_AT + 12, 4, -EBADMSG, "byte 40:"},
	{"another sum", GEOMETRY_AT, 16, -EBADMSG, "byte 48:"},
	{"one entry less", ENTRIES_AT, 9, -EBADMSG, "byte 48:"},
	{"one entry more", ENTRIES_AT, 11, -EBADMSG, "byte 48:"},
	{"2^27 entries, 2^32 bytes", ENTRIES_AT, 10 + (1u << 27), -EBADMSG, "byte 48:"},
	{"2^32-1 entries", ENTRIES_AT, UINT32_MAX, -EBADMSG, "byte 48:"},
	{"reserved field", RESERVED_AT, 1, -EBADMSG, "byte 52:"},
	{"reserved field", RESERVED_AT, 0x80000000, -EBADMSG, "byte 52:"},
};

#define BAD_FIELDS (sizeof(bad_fields) / sizeof(bad_fields[0]))

static const struct kind small = {"e500v2", {{8, 4}, {2, 2}}};

START_TEST(a_bad_field_is_refused_by_its_place)
{
	struct victim v = victim(small);

	put32(v.image.bytes + bad_fields[_i].at, bad_fields[_i].value);
	seal(v.image);
	assert_refused(&v, bad_fields[_i].err, v.image.bytes, v.image.len);
	ck_assert_msg(strstr(ppctlb_errmsg(), bad_fields[_i].message), "%s: %s",
		      bad_fields[_i].what, ppctlb_errmsg());
	done(&v);
}
END_TEST

/* A later version promises nothing but the place of its version number. */
START_TEST(a_later_version_may_be_short)
{
	struct victim v = victim(small);

	put32(v.image.bytes + VERSION_AT, 3);
	assert_refused(&v, -ENOTSUP, v.image.bytes, VERSION_AT + 4);
	assert_refused(&v, -EBADMSG, v.image.bytes, VERSION_AT + 3);
	done(&v);
}
END_TEST

START_TEST(a_name_without_end_is_refused)
{
	struct victim v = victim(small);

	memset(v.image.bytes + CORE_AT, 'e', 16);
	seal(v.image);
	assert_refused(&v, -EBADMSG, v.image.bytes, v.image.len);
	done(&v);
}
END_TEST

/* Every field has its largest value, in an image of another core: it is described and does not
 * fit. */
START_TEST(a_strangers_image_is_described)
{
	struct victim v = victim(small);
	struct ppctlb_image_info info = {.size = sizeof(info)};

	memcpy(v.image.bytes + CORE_AT, "~!abcdefghijklm", 16);
	put32(v.image.bytes + UNKNOWN_AT, 0x3ff);
	seal(v.image);
	ck_assert_int_eq(ppctlb_image_info(v.image.bytes, v.image.len, &info), 0);
	ck_assert_str_eq(info.core, "~!abcdefghijklm");
	ck_assert_uint_eq(info.unknown, 0x3ff);
	ck_assert_int_eq(ppctlb_restore(v.h, v.image.bytes, v.image.len), -EINVAL);
	done(&v);
}
END_TEST

START_TEST(a_word_that_is_too_wide_is_refused)
{
	struct victim v = victim(kind_at((size_t)_i));
	const struct ppctlb_core_info *core = info_of(v.h).core;

	for (unsigned w = 0; w < 4; w++) {
		size_t at = HEADER + ENTRY * (size_t)3 + 8 * (size_t)w;
		uint32_t old = get32(v.image.bytes + at);

		if (model_word_bits(model_core(core->name), w) == 64)
			continue;
		ck_assert_uint_eq(old, 0);
		put32(v.image.bytes + at, 1);
		seal(v.image);
		ck_assert_int_eq(describe(v.image.bytes, v.image.len), 0);
		ck_assert_int_eq(ppctlb_restore(v.h, v.image.bytes, v.image.len), -EBADMSG);
		ck_assert_msg(strstr(ppctlb_errmsg(), core->word_name[w]), "%s", ppctlb_errmsg());
		put32(v.image.bytes + at, 0);
	}
	done(&v);
}
END_TEST

START_TEST(another_kind_is_refused)
{
	struct victim v = victim(kind_at((size_t)_i));

	for (size_t i = 0; i < KINDS; i++) {
		struct victim other = victim(kind_at(i));
		struct ppctlb_entry *after;

		ck_assert_int_eq(ppctlb_restore(v.h, other.image.bytes, other.image.len),
				 (int)i == _i ? 0 : -EINVAL);
		if ((int)i != _i) {
			after = entries_of(v.h);
			ck_assert_mem_eq(after, v.before, info_of(v.h).entries * sizeof(*after));
			free(after);
		} else {
			free(v.before);
			v.before = entries_of(v.h);
		}
		done(&other);
	}
	done(&v);
}
END_TEST

START_TEST(what_the_source_could_not_know_travels)
{
	struct ppctlb *from = open_kind(small, PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_RESERVED);
	struct ppctlb *to = open_kind(small, PPCTLB_UNKNOWN_TID);
	struct ppctlb_image_info info = {.size = sizeof(info)};
	struct image image = save(from);

	ck_assert_int_eq(ppctlb_image_info(image.bytes, image.len, &info), 0);
	ck_assert_uint_eq(info.unknown, PPCTLB_UNKNOWN_SLOT | PPCTLB_UNKNOWN_RESERVED);
	ck_assert_int_eq(ppctlb_restore(to, image.bytes, image.len), 0);
	ck_assert_uint_eq(info_of(to).unknown, info.unknown);
	image.bytes[image.len - 1] ^= 1;
	ppctlb_close(from);
	from = open_kind(small, 0);
	ck_assert_int_eq(ppctlb_restore(from, image.bytes, image.len), -EBADMSG);
	ck_assert_uint_eq(info_of(from).unknown, 0);
	free(image.bytes);
	ppctlb_close(from);
	ppctlb_close(to);
}
END_TEST

/* An image that says of an entry what is not told of it is of version 2. */
START_TEST(what_is_not_told_of_an_entry_has_a_name)
{
	struct ppctlb *h = open_kind(small, PPCTLB_UNKNOWN_TID);
	struct ppctlb_entry e = {.tlb = 1, .unknown = PPCTLB_UNKNOWN_RA};
	struct image image;
	size_t at = HEADER + 8 * (ENTRY + 4) + ENTRY; /* TLB1 follows the 8 entries of TLB0 */

	must(ppctlb_set(h, &e, 1));
	image = save(h);
	ck_assert_uint_eq(image.bytes[VERSION_AT + 3], 2);
	put32(image.bytes + at, PPCTLB_UNKNOWN_RA | 0x8000);
	seal(image);
	ck_assert_int_eq(ppctlb_restore(h, image.bytes, image.len), -EBADMSG);
	ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), "TLB1[0]: unknown 0x8800 has bits"));
	free(image.bytes);
	ppctlb_close(h);
}
END_TEST

static struct ppctlb *open_small_mock(const char *script)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = small.core;
	cfg.backend = "mock";
	memcpy(cfg.geometry, small.geometry, sizeof(cfg.geometry));
	setenv("PPCTLB_MOCK", script, 1);
	must(ppctlb_open(&h, &cfg));
	unsetenv("PPCTLB_MOCK");
	return h;
}

START_TEST(a_commit_that_fails_changes_nothing)
{
	struct victim v = victim(small);
	struct ppctlb_entry *before, *after;
	struct ppctlb *h;
	size_t len = v.image.len;

	put32(v.image.bytes + UNKNOWN_AT, PPCTLB_UNKNOWN_E);
	seal(v.image);
	h = open_small_mock("fail=set:2:EIO;fail=get:3:EINTR");
	fill(h);						       /* get 1, set 1 */
	before = entries_of(h);					       /* get 2 */
	ck_assert_int_eq(ppctlb_restore(h, v.image.bytes, len), -EIO); /* set 2 */
	ck_assert_uint_eq(info_of(h).unknown, 0);
	ck_assert_int_eq(ppctlb_save(h, v.image.bytes, &len), -EINTR); /* get 3 */
	ck_assert_int_eq(describe(v.image.bytes, v.image.len), 0);     /* as it was */
	after = entries_of(h);
	ck_assert_mem_eq(before, after, info_of(h).entries * sizeof(*after));
	ck_assert_int_eq(ppctlb_restore(h, v.image.bytes, len), 0); /* set 3: everything at once */
	ck_assert_uint_eq(info_of(h).unknown, PPCTLB_UNKNOWN_E);
	free(before);
	free(after);
	ppctlb_close(h);
	done(&v);
}
END_TEST

/* There is one commit: a second one would fail, and restore with it. */
START_TEST(restore_is_one_commit)
{
	struct victim v = victim(small);
	struct ppctlb *h;

	h = open_small_mock("fail=set:2:EIO;fail=commit:1:EIO");
	ck_assert_int_eq(ppctlb_restore(h, v.image.bytes, v.image.len), 0);
	ppctlb_close(h);
	done(&v);
}
END_TEST

int main(void)
{
	Suite *s = suite_create("image");
	TCase *c = tcase_create("image");

	tcase_set_timeout(c, 60);
	tcase_add_loop_test(c, round_trip, 0, KINDS);
	tcase_add_loop_test(c, the_info_is_the_handles, 0, KINDS);
	tcase_add_loop_test(c, the_checksum_is_zlibs, 0, 3);
	tcase_add_test(c, an_alias_is_saved_under_the_name);
	tcase_add_loop_test(c, two_calls, 0, KINDS);
	tcase_add_test(c, null_is_einval);
	tcase_add_loop_test(c, every_truncation_is_refused, 0, SMALL_KINDS);
	tcase_add_loop_test(c, what_is_too_long_is_refused, 0, KINDS);
	tcase_add_loop_test(c, every_flipped_bit_is_refused, 0, 1);
	tcase_add_loop_test(c, every_flipped_bit_is_refused, MODEL_CORES, SMALL_KINDS);
	tcase_add_loop_test(c, random_bytes_are_refused, MODEL_CORES, MODEL_CORES + 2);
	tcase_add_loop_test(c, a_bad_field_is_refused_by_its_place, 0, BAD_FIELDS);
	tcase_add_test(c, a_later_version_may_be_short);
	tcase_add_test(c, a_name_without_end_is_refused);
	tcase_add_test(c, a_strangers_image_is_described);
	tcase_add_loop_test(c, a_word_that_is_too_wide_is_refused, 0, MODEL_CORES);
	tcase_add_loop_test(c, another_kind_is_refused, 0, KINDS);
	tcase_add_test(c, what_the_source_could_not_know_travels);
	tcase_add_test(c, what_is_not_told_of_an_entry_has_a_name);
	tcase_add_test(c, a_commit_that_fails_changes_nothing);
	tcase_add_test(c, restore_is_one_commit);
	suite_add_tcase(s, c);
	return run_suite(s);
}
