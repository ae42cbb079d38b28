/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb encode, decode, plan: turn mappings into raw words and back, without a TLB. */
#include "args.h"
#include "items.h"
#include "json.h"
#include "message.h"
#include "names.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct coder {
	const struct ppctlb_core *core;
	bool json;
};

static void print_mapping(const struct ppctlb_mapping *m, bool json)
{
	char text[PPCTLB_TEXT_MAX];
	struct json_object *o;

	if (json) {
		o = json_new();
		json_mapping(o, m);
		json_print(o);
	} else if (ppctlb_format_mapping(m, text, sizeof(text)) == 0) {
		puts(text);
	}
}

static void print_entry(const struct coder *c, const struct ppctlb_entry *e)
{
	char text[PPCTLB_TEXT_MAX];
	struct json_object *o;

	if (c->json) {
		o = json_new();
		json_entry(o, c->core, e);
		json_print(o);
	} else if (ppctlb_format_entry(c->core, e, text, sizeof(text)) == 0) {
		puts(text);
	}
}

static bool encode_item(const struct item *i, void *arg)
{
	const struct coder *c = arg;
	struct ppctlb_mapping m;
	struct ppctlb_entry e;

	if (ppctlb_parse_mapping(i->text, &m) < 0 || ppctlb_encode(c->core, &m, &e) < 0) {
		complain_item_library(i);
		return false;
	}
	print_entry(c, &e);
	return true;
}

static bool decode_item(const struct item *i, void *arg)
{
	const struct coder *c = arg;
	struct ppctlb_mapping m;
	struct ppctlb_entry e;

	if (ppctlb_parse_entry(c->core, i->text, &e) < 0 || ppctlb_decode(c->core, &e, &m) < 0) {
		complain_item_library(i);
		return false;
	}
	print_mapping(&m, c->json);
	return true;
}

static int code(const struct args *a, bool (*one)(const struct item *i, void *arg))
{
	struct coder c = {core_find(a->value[OPT_CORE]), a->value[OPT_JSON] != NULL};

	return c.core && for_each_item(a, 0, one, &c) ? EXIT_OK : EXIT_FAILED;
}

int verb_encode(const struct args *a)
{
	return code(a, encode_item);
}

int verb_decode(const struct args *a)
{
	return code(a, decode_item);
}

/* Print the pages of a region once all are known. */
static int plan(const struct ppctlb_core *core, const struct ppctlb_mapping *region, bool json)
{
	struct ppctlb_mapping *pages;
	size_t n;
	int ret = ppctlb_plan(core, region, NULL, &n);

	if (ret < 0)
		return ret;
	pages = calloc(n, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	ret = ppctlb_plan(core, region, pages, &n);
	for (size_t i = 0; ret == 0 && i < n; i++)
		print_mapping(&pages[i], json);
	free(pages);
	return ret;
}

/*
 * A region can be cut at each multiple of this without a change of its plan: a page starts at a
 * multiple of its size in EA and in RA, so its size divides the highest power of two that divides
 * their difference, and no page crosses a multiple of that. Pieces of less than 4M are not worth
 * it.
 */
static uint64_t cut_at(const struct ppctlb_mapping *region)
{
	uint64_t difference = region->eaddr ^ region->raddr;
	uint64_t power = difference ? difference & -difference : UINT64_C(1) << 63;

	return power < 4u << 20 ? 4u << 20 : power;
}

/* Plan in pieces: where EA and RA differ in low bits, a plan can have millions of pages. */
static int plan_all(const struct ppctlb_core *core, const struct ppctlb_mapping *region, bool json)
{
	uint64_t cut = cut_at(region);
	size_t n;
	int ret = ppctlb_plan(core, region, NULL, &n);

	for (uint64_t done = 0; ret == 0 && done < region->size && !ferror(stdout);) {
		struct ppctlb_mapping piece = *region;

		piece.eaddr += done;
		piece.raddr += done;
		piece.size = cut - piece.eaddr % cut;
		if (piece.size > region->size - done)
			piece.size = region->size - done;
		done += piece.size;
		ret = plan(core, &piece, json);
	}
	return ret;
}

int verb_plan(const struct args *a)
{
	const struct ppctlb_core *core = core_find(a->value[OPT_CORE]);
	struct ppctlb_mapping region;
	int ret;

	if (!core)
		return EXIT_FAILED;
	ret = ppctlb_parse_mapping(a->argv[0], &region);
	if (ret == 0)
		ret = plan_all(core, &region, a->value[OPT_JSON] != NULL);
	if (ret == -ENOMEM)
		complain("%s: %s", a->argv[0], strerror(ENOMEM));
	else if (ret < 0)
		complain_library(a->argv[0]);
	return ret == 0 ? EXIT_OK : EXIT_FAILED;
}
