/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An image is a detached handle in a file. */
#ifndef PPCTLB_TOOL_IMAGE_H
#define PPCTLB_TOOL_IMAGE_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>

/* Make an empty TLB; path is for messages or NULL. geometry NULL: the core's own; unknown:
 * PPCTLB_UNKNOWN_*. NULL: complained. */
struct ppctlb *image_new(const char *path, const char *core, const struct ppctlb_geometry *geometry,
			 uint32_t unknown);
/* Read an image ("-": standard input). NULL: complained. */
struct ppctlb *image_load(const char *path);
/* Write it. false: complained. */
bool image_store(struct ppctlb *h, const char *path);

/* What check says about an entry. */
struct mark {
	size_t place; /* of the entry, see image_place() */
	const struct ppctlb_finding *finding;
};

/* A snapshot of all that an image holds. */
struct image {
	struct ppctlb *h;
	struct ppctlb_info info;
	const struct ppctlb_core *core;
	struct ppctlb_entry *entries; /* info.entries of them */
	struct ppctlb_finding *findings;
	size_t n_findings;  /* in the order of entries */
	struct mark *marks; /* the findings of each entry, either half of a pair, each name once */
	size_t n_marks;
};

/* Read an image and all that is in it. false: complained; nothing to free. */
bool image_open(const char *path, struct image *im);
void image_close(struct image *im);
/* The place of an entry among im->entries. */
size_t image_place(const struct image *im, unsigned tlb, unsigned index);
/* The marks of that place; *n of them. */
const struct mark *image_marks(const struct image *im, size_t place, size_t *n);
/* What the source did not tell of that entry, PPCTLB_UNKNOWN_*. */
uint32_t image_not_told(const struct image *im, const struct ppctlb_entry *e);
/* "e500v2: TLB0 3 of 512 entries used ...": core and use, in a line. */
const char *image_use(const struct image *im, char *buf, size_t len);
/* "unknown to the source: ..."; "" if nothing was. */
const char *image_unknown(const struct image *im, char *buf, size_t len);
/* Both, with "; " between them. */
const char *image_head(const struct image *im, char *buf, size_t len);

#endif
