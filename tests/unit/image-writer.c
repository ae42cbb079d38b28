// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An image of random entries to a file, and the same as ppctlb_get() has it to standard output. Of
 * every second kind something is not known of some entries, so that there are images of both
 * versions.
 */
#include "../support/detached.h"

#include <inttypes.h>
#include <stdbool.h>

static void print(struct ppctlb *h, bool told)
{
	struct ppctlb_info info = info_of(h);
	struct ppctlb_geometry g[2] = {info.core->array[0].geometry, info.core->array[1].geometry};
	struct ppctlb_entry *e = entries_of(h);

	printf("core=%s unknown=%x geometry=%u/%u,%u/%u\n", info.core->name, info.unknown,
	       g[0].entries, g[0].ways, g[1].entries, g[1].ways);
	for (uint32_t i = 0; i < info.entries; i++) {
		printf("%u:%u=%" PRIx64 ",%" PRIx64 ",%" PRIx64 ",%" PRIx64, e[i].tlb, e[i].index,
		       e[i].word[0], e[i].word[1], e[i].word[2], e[i].word[3]);
		if (!told)
			printf(" unknown=%x", e[i].unknown);
		putchar('\n');
	}
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

static void forget_some(struct ppctlb *h)
{
	struct ppctlb_info info = info_of(h);
	struct ppctlb_entry *e = entries_of(h);

	for (uint32_t i = 0; i < info.entries; i += 3)
		e[i].unknown = (i * 0x2545f4u + 1) & 0x7fff;
	must(ppctlb_set(h, e, info.entries));
	free(e);
}

/* Without arguments print the number of kinds; else take a kind and a file. */
int main(int argc, char **argv)
{
	struct ppctlb *h;
	unsigned long kind;

	if (argc != 3) {
		printf("%zu\n", KINDS);
		return 0;
	}
	kind = strtoul(argv[1], NULL, 10) % KINDS;
	h = open_kind(kind_at(kind), 0x2a5);
	fill(h);
	if (kind % 2)
		forget_some(h);
	write_image(h, argv[2]);
	print(h, kind % 2 == 0);
	ppctlb_close(h);
	return 0;
}
