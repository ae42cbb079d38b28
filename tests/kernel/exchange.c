// SPDX-License-Identifier: GPL-2.0-or-later
/* Images that one host writes and another reads: the same entries make the same bytes everywhere.
 */
#include "../support/detached.h"
#include "../support/tap.h"

static const char *folder;

static void path_of(size_t kind, char *path, size_t size)
{
	snprintf(path, size, "%s/%zu.image", folder, kind);
}

/* The same entries on every host. */
static struct ppctlb *filled(size_t kind)
{
	struct ppctlb *h = open_kind(kind_at(kind), 0x2a5);

	seed(kind);
	fill(h);
	return h;
}

static unsigned char *image_of(struct ppctlb *h, size_t *len)
{
	unsigned char *image;

	must(ppctlb_save(h, NULL, len));
	image = malloc(*len);
	must(ppctlb_save(h, image, len));
	return image;
}

static void write_one(const void *kind)
{
	struct ppctlb *h = filled(*(const size_t *)kind);
	char path[4096];
	size_t len;
	unsigned char *image = image_of(h, &len);
	FILE *f;

	path_of(*(const size_t *)kind, path, sizeof(path));
	f = fopen(path, "wb");
	CHECK(f && fwrite(image, 1, len, f) == len && !fclose(f));
	free(image);
	ppctlb_close(h);
}

static size_t read_file(size_t kind, unsigned char *bytes, size_t size)
{
	char path[4096];
	size_t len = 0;
	FILE *f;

	path_of(kind, path, sizeof(path));
	f = fopen(path, "rb");
	if (CHECK(f)) {
		len = fread(bytes, 1, size, f);
		fclose(f);
	}
	return len;
}

/* The other host's image equals the one made here, and restores to the same entries. */
static void read_one(const void *kind)
{
	static unsigned char theirs[4 << 20];
	size_t k = *(const size_t *)kind, len = read_file(k, theirs, sizeof(theirs)), own_len;
	struct ppctlb *own = filled(k), *h = open_kind(kind_at(k), 0);
	unsigned char *image = image_of(own, &own_len);
	struct ppctlb_entry *want = entries_of(own), *got;

	if (EQUAL(len, own_len))
		CHECK(!memcmp(theirs, image, len));
	EQUAL(ppctlb_restore(h, theirs, len), 0);
	got = entries_of(h);
	for (uint32_t i = 0; i < info_of(own).entries; i++)
		if (!CHECK(!memcmp(got[i].word, want[i].word, sizeof(got[i].word))))
			break;
	free(image);
	free(want);
	free(got);
	ppctlb_close(own);
	ppctlb_close(h);
}

int main(int argc, char **argv)
{
	bool write = argc == 3 && !strcmp(argv[1], "write");

	if (!write && (argc != 3 || strcmp(argv[1], "read"))) {
		fprintf(stderr, "usage: exchange write FOLDER\n       exchange read FOLDER\n");
		return 2;
	}
	folder = argv[2];
	for (size_t i = 0; i < KINDS; i++) {
		char name[64];

		snprintf(name, sizeof(name), "image %zu, %s: %s", i, kind_at(i).core,
			 write ? "written" : "the one made here, and restored");
		tap_run(&(struct test){name, write ? write_one : read_one, &i});
	}
	return tap_end();
}
