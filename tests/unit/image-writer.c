// SPDX-License-Identifier: GPL-2.0-or-later
/* Write an image of random entries to a file, and what ppctlb_get() returns to standard output. */
#include "../support/detached.h"

#include <inttypes.h>

static void print(struct ppctlb *h)
{
	struct ppctlb_info info = info_of(h);
	struct ppctlb_geometry g[2] = {info.core->array[0].geometry, info.core->array[1].geometry};
	struct ppctlb_entry *e = entries_of(h);

	printf("core=%s unknown=%x geometry=%u/%u,%u/%u\n", info.core->name, info.unknown,
	       g[0].entries, g[0].ways, g[1].entries, g[1].ways);
	for (uint32_t i = 0; i < info.entries; i++)
		printf("%u:%u=%" PRIx64 ",%" PRIx64 ",%" PRIx64 ",%" PRIx64 "\n", e[i].tlb,
		       e[i].index, e[i].word[0], e[i].word[1], e[i].word[2], e[i].word[3]);
	free(e);
}

static void write_image(struct ppctlb *h, const char *path)
{
	FILE *f = fopen(path, "wb");
	unsigned char *image;
	size_t len;

	must(ppctlb_save(h, NULL, &len));
	image = malloc(len);
	must(ppctlb_save(h, image, &len));
	if (!f || fwrite(image, 1, len, f) != len || fclose(f)) {
		perror(path);
		exit(1);
	}
	free(image);
}

/* Without arguments print the number of kinds; else take a kind and a file. */
int main(int argc, char **argv)
{
	struct ppctlb *h;

	if (argc != 3) {
		printf("%zu\n", KINDS);
		return 0;
	}
	h = open_kind(kind_at(strtoul(argv[1], NULL, 10) % KINDS), 0x2a5);
	fill(h);
	write_image(h, argv[2]);
	print(h);
	ppctlb_close(h);
	return 0;
}
