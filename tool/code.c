/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb encode, decode, plan: from mappings to raw words and back, without a TLB. */
#include "tool.h"

#include <errno.h>
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
		item_error(i);
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
		item_error(i);
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

/* The pages of a region into malloc'ed *pages. */
static int plan(const struct ppctlb_core *core, const struct ppctlb_mapping *region,
		struct ppctlb_mapping **pages, size_t *n)
{
	int ret = ppctlb_plan(core, region, NULL, n);

	if (ret < 0)
		return ret;
	*pages = calloc(*n, sizeof(**pages));
	if (!*pages)
		return -ENOMEM;
	return ppctlb_plan(core, region, *pages, n);
}

int verb_plan(const struct args *a)
{
	const struct ppctlb_core *core = core_find(a->value[OPT_CORE]);
	struct ppctlb_mapping region, *pages = NULL;
	size_t n = 0;
	int ret;

	if (!core)
		return EXIT_FAILED;
	ret = ppctlb_parse_mapping(a->argv[0], &region);
	if (ret == 0)
		ret = plan(core, &region, &pages, &n);
	if (ret == -ENOMEM)
		error("%s: %s", a->argv[0], strerror(ENOMEM));
	else if (ret < 0)
		library_error(a->argv[0]);
	for (size_t i = 0; ret == 0 && i < n; i++)
		print_mapping(&pages[i], a->value[OPT_JSON] != NULL);
	free(pages);
	return ret == 0 ? EXIT_OK : EXIT_FAILED;
}
