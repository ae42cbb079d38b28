/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads images from files into detached handles, and writes them. */
#include "image.h"
#include "file.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct ppctlb *image_new(const char *path, const char *core, const struct ppctlb_geometry *geometry,
			 uint32_t unknown)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = core;
	cfg.unknown = unknown;
	if (geometry)
		memcpy(cfg.geometry, geometry, sizeof(cfg.geometry));
	if (ppctlb_open(&h, &cfg) == 0)
		return h;
	complain_library(path);
	return NULL;
}

/* Make the handle that an image's bytes describe, with its entries. */
static struct ppctlb *restore(const char *path, const void *data, size_t len)
{
	struct ppctlb_image_info info = {.size = sizeof(info)};
	struct ppctlb *h;

	if (ppctlb_image_info(data, len, &info) < 0) {
		complain_library(path);
		return NULL;
	}
	h = image_new(path, info.core, info.geometry, info.unknown);
	if (h && ppctlb_restore(h, data, len) < 0) {
		complain_library(path);
		ppctlb_close(h);
		h = NULL;
	}
	return h;
}

struct ppctlb *image_load(const char *path)
{
	struct ppctlb *h;
	void *data;
	size_t len;

	if (!file_read(path, &data, &len))
		return NULL;
	h = restore(path, data, len);
	free(data);
	return h;
}

bool image_store(struct ppctlb *h, const char *path)
{
	size_t len = 0;
	void *data;
	bool ok;

	if (ppctlb_save(h, NULL, &len) < 0) {
		complain_library(path);
		return false;
	}
	data = malloc(len);
	if (!data) {
		complain("%s: %s", path, strerror(ENOMEM));
		return false;
	}
	ok = ppctlb_save(h, data, &len) == 0;
	if (!ok)
		complain_library(path);
	ok = ok && file_write(path, data, len);
	free(data);
	return ok;
}

size_t image_place(const struct image *im, unsigned tlb, unsigned index)
{
	return tlb ? im->info.core->array[0].geometry.entries + index : index;
}

static int by_place_and_name(const void *x, const void *y)
{
	const struct mark *a = x, *b = y;

	if (a->place != b->place)
		return a->place < b->place ? -1 : 1;
	return strcmp(a->finding->name, b->finding->name);
}

static void make_marks(struct image *im)
{
	size_t n = 0;

	for (size_t i = 0; i < im->n_findings; i++) {
		const struct ppctlb_finding *f = &im->findings[i];

		im->marks[n++] = (struct mark){image_place(im, f->tlb, f->index), f};
		if (!(f->other_tlb & PPCTLB_NO_SLOT))
			im->marks[n++] =
				(struct mark){image_place(im, f->other_tlb, f->other_index), f};
	}
	qsort(im->marks, n, sizeof(*im->marks), by_place_and_name);
	for (size_t i = 0; i < n; i++)
		if (!im->n_marks ||
		    by_place_and_name(&im->marks[i], &im->marks[im->n_marks - 1]) != 0)
			im->marks[im->n_marks++] = im->marks[i];
}

const struct mark *image_marks(const struct image *im, size_t place, size_t *n)
{
	size_t from = 0, to = im->n_marks;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (im->marks[middle].place < place)
			from = middle + 1;
		else
			to = middle;
	}
	for (*n = 0; from + *n < im->n_marks && im->marks[from + *n].place == place;)
		++*n;
	return im->marks + from;
}

/* Read all that struct image holds; errors are the library's or -ENOMEM. */
static int examine(struct image *im)
{
	int ret;

	im->info.size = sizeof(im->info);
	ret = ppctlb_info(im->h, &im->info);
	if (ret < 0)
		return ret;
	im->core = ppctlb_core(im->info.core->name);
	if (!im->core)
		return -errno;
	ret = ppctlb_check(im->h, NULL, &im->n_findings);
	if (ret < 0)
		return ret;
	im->entries = calloc(im->info.entries, sizeof(*im->entries));
	im->findings = calloc(im->n_findings + 1, sizeof(*im->findings));
	im->marks = calloc(2 * im->n_findings + 1, sizeof(*im->marks));
	if (!im->entries || !im->findings || !im->marks)
		return -ENOMEM;
	ret = ppctlb_get(im->h, PPCTLB_GUEST, im->entries, im->info.entries);
	if (ret == 0)
		ret = ppctlb_check(im->h, im->findings, &im->n_findings);
	if (ret == 0)
		make_marks(im);
	return ret;
}

bool image_open(const char *path, struct image *im)
{
	int ret;

	memset(im, 0, sizeof(*im));
	im->h = image_load(path);
	if (!im->h)
		return false;
	ret = examine(im);
	if (ret == 0)
		return true;
	if (ret == -ENOMEM)
		complain("%s: %s", path, strerror(ENOMEM));
	else
		complain_library(path);
	image_close(im);
	return false;
}

void image_close(struct image *im)
{
	free(im->entries);
	free(im->findings);
	free(im->marks);
	ppctlb_close(im->h);
}

uint32_t image_not_told(const struct image *im, const struct ppctlb_entry *e)
{
	uint32_t unknown = im->info.unknown | e->unknown;

	return entry_valid(im->core, e) ? unknown & ~(uint32_t)PPCTLB_UNKNOWN_INVALID : unknown;
}

const char *image_use(const struct image *im, char *buf, size_t len)
{
	const struct ppctlb_core_info *core = im->info.core;
	FILE *f = fmemopen(buf, len, "w");

	if (!f)
		out_of_memory();
	*buf = 0;
	fprintf(f, "%s:", core->name);
	for (uint32_t i = 0; i < core->arrays; i++) {
		const struct ppctlb_geometry *g = &core->array[i].geometry;
		unsigned used = 0;

		for (size_t n = 0; n < im->info.entries; n++)
			used += im->entries[n].tlb == i && entry_valid(im->core, &im->entries[n]);
		fprintf(f, "%s TLB%u %u of %u entries used", i ? "," : "", i, used, g->entries);
		if (g->ways != g->entries)
			fprintf(f, " (%u sets, %u ways)", g->entries / g->ways, g->ways);
	}
	fclose(f);
	return buf;
}

const char *image_unknown(const struct image *im, char *buf, size_t len)
{
	char names[160];

	*buf = 0;
	if (im->info.unknown)
		snprintf(buf, len, "unknown to the source: %s",
			 unknown_names(im->info.unknown, names, sizeof(names)));
	return buf;
}

const char *image_head(const struct image *im, char *buf, size_t len)
{
	char use[256], unknown[192];

	snprintf(buf, len, "%s%s%s", image_use(im, use, sizeof(use)), im->info.unknown ? "; " : "",
		 image_unknown(im, unknown, sizeof(unknown)));
	return buf;
}
