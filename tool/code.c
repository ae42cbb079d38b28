/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb encode, decode, plan: turn mappings into raw words and back, without a TLB. */
#include "args.h"
#include "bulk.h"
#include "items.h"
#include "json.h"
#include "message.h"
#include "names.h"
#include "print.h"
#include "region.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct coder {
	const struct ppctlb_core *core;
	struct printer printer; /* without a form: as each verb does by itself */
	bool json, any;
	uint32_t next; /* slot, where they are numbered */
};

/* The core and the form of the options. false: complained. */
static bool coder_init(struct coder *c, const struct args *a)
{
	const char *form = a->value[OPT_FORM];

	*c = (struct coder){
		.core = core_find(a->value[OPT_CORE]),
		.json = form ? !strcmp(form, "json") : a->value[OPT_JSON] != NULL,
		.any = a->value[OPT_ANY] != NULL,
	};
	c->printer = (struct printer){form_find(form), c->core, ppctlb_core_info(c->core), 0};
	return c->core != NULL;
}

/* -J is one of the forms, so that another one beside it is a mistake. */
static bool form_ok(const struct args *a)
{
	const char *form = a->value[OPT_FORM];

	if (!a->value[OPT_JSON] || !form || !strcmp(form, "json"))
		return true;
	usage_error(a->verb, "--json does not go with --format %s", form);
	return false;
}

static void print_mapping(const struct ppctlb_mapping *m, bool json)
{
	char text[PPCTLB_TEXT_MAX];
	struct json_object *o;

	if (json) {
		o = json_new();
		json_mapping(o, m);
		json_print(o);
	} else if (ppctlb_format_mapping(m, text, sizeof(text)) == 0) {
		bulk_line(text);
	}
}

/* ---- encode ---- */

static void print_encoded(struct coder *c, const struct ppctlb_entry *e)
{
	struct json_object *o;

	if (!c->json) {
		print_entry(&c->printer, e);
		return;
	}
	o = json_new();
	json_entry(o, c->core, e);
	json_print(o);
}

/* It cannot be encoded: say where it is shown how it can be mapped, if it can. */
static void complain_no_page(const struct coder *c, const struct item *i,
			     const struct ppctlb_mapping *m)
{
	char reason[1024];
	size_t pages;

	snprintf(reason, sizeof(reason), "%s", ppctlb_errmsg());
	complain_item(i, "%s%s", reason,
		      ppctlb_plan(c->core, m, NULL, &pages) == 0 ? ": see ppctlb plan" : "");
}

static bool encode_item(const struct item *i, void *arg)
{
	struct coder *c = arg;
	struct ppctlb_mapping m;
	struct ppctlb_entry e;

	if (ppctlb_parse_mapping(i->text, &m) < 0) {
		complain_item_library(i);
		return false;
	}
	if (ppctlb_encode(c->core, &m, &e) < 0) {
		complain_no_page(c, i, &m);
		return false;
	}
	print_encoded(c, &e);
	return true;
}

/* ---- decode ---- */

/* What --any shows: the fields as they stand, and what is wrong with them. */
static void print_any(const struct coder *c, const struct ppctlb_entry *e, const char *wrong)
{
	struct ppctlb_mapping m = {0};
	char text[PPCTLB_TEXT_MAX];
	struct json_object *o;

	decode_as_valid(c->core, e, &m);
	if (!c->json) {
		if (ppctlb_format_mapping(&m, text, sizeof(text)) == 0)
			printf("%s # %s\n", text, wrong);
		return;
	}
	o = json_new();
	json_mapping(o, &m);
	json_truth(o, "valid", entry_valid(c->core, e));
	json_string(o, "wrong", wrong);
	json_print(o);
}

static void complain_not_told(const struct item *i, const struct ppctlb_entry *e)
{
	char names[256];

	if (e->unknown)
		complain_item(i, "not told: %s", unknown_names(e->unknown, names, sizeof(names)));
}

/* The words of an entry that does not decode; without --any that is an error. */
static bool show_wrong(struct coder *c, const struct item *i, const struct ppctlb_entry *e)
{
	char wrong[256];

	snprintf(wrong, sizeof(wrong), "%s", ppctlb_errmsg());
	if (!c->any) {
		complain_item(i, "%s; --any shows it", wrong);
		return false;
	}
	complain_not_told(i, e);
	if (c->printer.form)
		print_entry(&c->printer, e);
	else
		print_any(c, e, wrong);
	return true;
}

static bool decode_item(const struct item *i, void *arg)
{
	struct coder *c = arg;
	struct ppctlb_mapping m;
	struct ppctlb_entry e;
	int ret = ppctlb_parse_entry(c->core, i->text, &e);

	if (ret == 0) {
		ret = ppctlb_decode(c->core, &e, &m);
		if (ret == -ENOENT || ret == -EBADMSG)
			return show_wrong(c, i, &e);
	}
	if (ret < 0) {
		complain_item_library(i);
		return false;
	}
	complain_not_told(i, &e);
	if (c->printer.form)
		print_entry(&c->printer, &e);
	else
		print_mapping(&m, c->json);
	return true;
}

static int code(const struct args *a, bool (*one)(const struct item *i, void *arg),
		const char *form)
{
	struct coder c;

	if (!form_ok(a))
		return EXIT_USAGE;
	if (!coder_init(&c, a))
		return EXIT_FAILED;
	if (!c.printer.form)
		c.printer.form = form_find(form);
	return for_each_item(a, 0, one, &c) ? EXIT_OK : EXIT_FAILED;
}

int verb_encode(const struct args *a)
{
	return code(a, encode_item, "hex");
}

int verb_decode(const struct args *a)
{
	return code(a, decode_item, NULL);
}

/* ---- plan ---- */

/* Where a form has slots they count from 0, as far as the core has them. */
static int print_page(struct coder *c, const struct ppctlb_mapping *page)
{
	struct ppctlb_entry e;
	uint16_t tlb;
	int ret;

	if (!c->printer.form) {
		print_mapping(page, c->json);
		return 0;
	}
	ret = ppctlb_encode(c->core, page, &e);
	if (ret < 0)
		return ret;
	tlb = e.tlb & ~PPCTLB_NO_SLOT;
	if (c->next < c->printer.info->array[tlb].geometry.entries) {
		e.tlb = tlb;
		e.index = (uint16_t)c->next++;
	}
	print_entry(&c->printer, &e);
	return 0;
}

/* Print the pages of a region once all are known. */
static int plan(struct coder *c, const struct ppctlb_mapping *region)
{
	struct ppctlb_mapping *pages;
	size_t n;
	int ret = ppctlb_plan(c->core, region, NULL, &n);

	if (ret < 0)
		return ret;
	pages = calloc(n, sizeof(*pages));
	if (!pages)
		return -ENOMEM;
	ret = ppctlb_plan(c->core, region, pages, &n);
	for (size_t i = 0; ret == 0 && i < n; i++)
		ret = print_page(c, &pages[i]);
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
static int plan_all(struct coder *c, const struct ppctlb_mapping *region)
{
	uint64_t cut = cut_at(region);
	int ret = 0;

	for (uint64_t done = 0; ret == 0 && done < region->size && !ferror(stdout);) {
		struct ppctlb_mapping piece = *region;

		piece.eaddr += done;
		piece.raddr += done;
		piece.size = cut - piece.eaddr % cut;
		if (piece.size > region->size - done)
			piece.size = region->size - done;
		done += piece.size;
		ret = plan(c, &piece);
	}
	return ret;
}

/* "EA and RA differ in bit 12, so only 4K fits: ": why there are that many pages. */
static const char *cause_of(const struct ppctlb_core_info *core,
			    const struct ppctlb_mapping *region, char *buf, size_t len)
{
	uint64_t difference = region->eaddr ^ region->raddr, bit = difference & -difference;
	uint64_t sizes = core->array[0].sizes | core->array[1].sizes;
	uint64_t legal = sizes & (bit | (bit - 1)), largest;
	char name[24];

	*buf = 0;
	/* a difference as high as the largest page is in nobody's way */
	if (!bit || legal == sizes)
		return buf;
	largest = UINT64_C(1) << (63 - __builtin_clzll(legal));
	ppctlb_format_size(largest, name, sizeof(name));
	snprintf(buf, len, "EA and RA differ in bit %d, so %s%s fits: ", __builtin_ctzll(bit),
		 legal & (legal - 1) ? "nothing above " : "only ", name);
	return buf;
}

/* How many of the pages only the last TLB can hold: TLB0 of the e500 family has no other sizes and
 * no IPROT. -ENOMEM: no memory to tell. */
static int count_last(const struct ppctlb_core *core, const struct ppctlb_mapping *region, size_t n,
		      size_t *count)
{
	const struct ppctlb_array_info *first = &ppctlb_core_info(core)->array[0];
	struct ppctlb_mapping *pages = calloc(n, sizeof(*pages));
	int ret;

	*count = 0;
	if (!pages)
		return -ENOMEM;
	ret = ppctlb_plan(core, region, pages, &n);
	for (size_t i = 0; ret == 0 && i < n; i++)
		*count += !(pages[i].size & first->sizes) || region->flags & ~first->flags;
	free(pages);
	return ret;
}

/* Does the core hold the pages of that region? Says so if not: then *fits is false. */
static int fit(const struct coder *c, const char *text, const struct ppctlb_mapping *region,
	       bool *fits)
{
	const struct ppctlb_array_info *array = c->printer.info->array;
	size_t held = array[0].geometry.entries + array[1].geometry.entries, pages, last;
	char cause[96];
	int ret = ppctlb_plan(c->core, region, NULL, &pages);

	*fits = ret == 0 && pages <= held;
	if (ret < 0)
		return ret;
	cause_of(c->printer.info, region, cause, sizeof(cause));
	if (!*fits) {
		complain("%s: %s%zu pages, the core holds %zu", text, cause, pages, held);
		return 0;
	}
	ret = count_last(c->core, region, pages, &last);
	*fits = c->printer.info->arrays == 1 || last <= array[1].geometry.entries;
	if (ret == 0 && !*fits)
		complain("%s: %s%zu pages for TLB1, which holds %u", text, cause, last,
			 array[1].geometry.entries);
	return ret;
}

int verb_plan(const struct args *a)
{
	struct ppctlb_mapping region;
	struct coder c;
	bool fits = true;
	int ret;

	if (!form_ok(a))
		return EXIT_USAGE;
	if (!coder_init(&c, a))
		return EXIT_FAILED;
	if (!region_parse(a->argv[0], &region))
		return EXIT_FAILED;
	ret = fit(&c, a->argv[0], &region, &fits);
	if (ret == 0 && !fits && !a->value[OPT_ALL])
		return EXIT_FAILED;
	if (ret == 0)
		ret = plan_all(&c, &region);
	if (ret == -ENOMEM)
		complain("%s: %s", a->argv[0], strerror(ENOMEM));
	else if (ret < 0)
		complain_library(a->argv[0]);
	return ret == 0 ? EXIT_OK : EXIT_FAILED;
}
