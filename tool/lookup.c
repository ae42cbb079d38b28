/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb lookup: shows what the core would do with accesses, in bulk and in constant memory. */
#include "args.h"
#include "bulk.h"
#include "file.h"
#include "image.h"
#include "items.h"
#include "json.h"
#include "message.h"
#include "names.h"
#include "why.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BATCH 4096

struct lookup {
	struct image im;
	const char *name; /* of the image, for messages */
	bool json;
	struct why *why;	   /* NULL: nobody asks */
	struct ppctlb_access like; /* PID, AS, type and mode of every access */
	char **texts;		   /* of each entry; made when needed */
	size_t n;
	struct ppctlb_access access[BATCH];
	struct ppctlb_hit hit[BATCH];
};

static const char *const results[] = {
	[PPCTLB_HIT] = "hit",
	[PPCTLB_MISS] = "miss",
	[PPCTLB_PROTECTION] = "protection",
	[PPCTLB_MULTI_HIT] = "multi-hit",
	[PPCTLB_NOT_TOLD] = "unknown",
};

/* Where the entry of a hit is and what it maps, "0:5 0xc0001000:0x4344000:4K:sr,sw,m": the end of
 * the line. */
static const char *entry_text(struct lookup *l, const struct ppctlb_hit *hit)
{
	char **text = &l->texts[image_place(&l->im, hit->tlb, hit->index)];
	char *map;

	if (!*text) {
		map = mapping_text(l->im.core,
				   &l->im.entries[image_place(&l->im, hit->tlb, hit->index)]);
		if (asprintf(text, "%u:%u %s", hit->tlb, hit->index, map) < 0)
			out_of_memory();
		free(map);
	}
	return *text;
}

/* Where the entry leads whose fields are not all told, if it is the one. False: that is not told.
 */
static bool leads_to(const struct lookup *l, uint64_t ea, const struct ppctlb_hit *hit,
		     uint64_t *ra)
{
	const struct ppctlb_entry *e = &l->im.entries[image_place(&l->im, hit->tlb, hit->index)];
	struct ppctlb_mapping m;

	if (hit->result != PPCTLB_NOT_TOLD || image_not_told(&l->im, e) & PPCTLB_UNKNOWN_RA ||
	    ppctlb_decode_any(l->im.core, e, &m) < 0 || ea - m.eaddr > m.size - 1)
		return false;
	*ra = m.raddr + (ea - m.eaddr);
	return true;
}

static void print_text(struct lookup *l, const struct ppctlb_access *a,
		       const struct ppctlb_hit *hit)
{
	struct bulk line;
	char names[192];
	uint64_t ra;

	bulk_begin(&line);
	bulk_hex(&line, a->eaddr);
	if (hit->result == PPCTLB_HIT) {
		bulk_text(&line, " hit ");
		bulk_hex(&line, hit->raddr);
	} else {
		bulk_text(&line, " ");
		bulk_text(&line, results[hit->result]);
		bulk_text(&line, " -");
	}
	bulk_text(&line, " ");
	bulk_text(&line, hit->result == PPCTLB_MISS ? "- -" : entry_text(l, hit));
	if (hit->unknown) {
		bulk_text(&line, " not told: ");
		bulk_text(&line, unknown_names(hit->unknown, names, sizeof(names)));
	}
	if (leads_to(l, a->eaddr, hit, &ra)) {
		bulk_text(&line, "; leads to ");
		bulk_hex(&line, ra);
	}
	bulk_print(&line);
	if (l->why)
		why_print(l->why, a, hit);
}

/* An answer of few words, by hand: json-c takes ten times as long. */
static void print_short_json(const struct ppctlb_access *a, const struct ppctlb_hit *hit)
{
	struct bulk line;

	bulk_begin(&line);
	bulk_text(&line, "{\"ea\":\"");
	bulk_hex(&line, a->eaddr);
	bulk_text(&line, "\",\"result\":\"");
	bulk_text(&line, results[hit->result]);
	if (hit->result == PPCTLB_HIT) {
		bulk_text(&line, "\",\"ra\":\"");
		bulk_hex(&line, hit->raddr);
	}
	bulk_text(&line, "\"");
	if (hit->result != PPCTLB_MISS) {
		bulk_text(&line, ",\"tlb\":");
		bulk_decimal(&line, hit->tlb);
		bulk_text(&line, ",\"index\":");
		bulk_decimal(&line, hit->index);
	}
	bulk_text(&line, "}");
	bulk_print(&line);
}

static void print_json(const struct lookup *l, const struct ppctlb_access *a,
		       const struct ppctlb_hit *hit)
{
	struct json_object *o = json_new();
	uint64_t ra;

	json_hex(o, "ea", a->eaddr);
	json_string(o, "result", results[hit->result]);
	if (hit->result == PPCTLB_HIT)
		json_hex(o, "ra", hit->raddr);
	if (hit->result != PPCTLB_MISS) {
		json_number(o, "tlb", hit->tlb);
		json_number(o, "index", hit->index);
	}
	json_not_told(o, hit->unknown);
	if (leads_to(l, a->eaddr, hit, &ra))
		json_hex(o, "leads_to", ra);
	if (l->why)
		why_json(l->why, a, hit, o);
	json_print(o);
}

/* Answer the questions asked so far. */
static bool answer_batch(struct lookup *l)
{
	size_t n = l->n;

	l->n = 0;
	if (ppctlb_translate(l->im.h, l->access, l->hit, n) < 0) {
		complain_library(l->name);
		return false;
	}
	for (size_t i = 0; i < n; i++) {
		if (!l->json)
			print_text(l, &l->access[i], &l->hit[i]);
		else if (l->why || l->hit[i].result == PPCTLB_NOT_TOLD)
			print_json(l, &l->access[i], &l->hit[i]);
		else
			print_short_json(&l->access[i], &l->hit[i]);
	}
	return true;
}

/* Refuses an EA that the core cannot form, which would fail its whole batch. */
static bool add_question(struct lookup *l, const struct item *i)
{
	unsigned bits = l->im.info.core->ea_bits;
	uint64_t ea;

	if (!bulk_read_hex(i->text, &ea) && ppctlb_parse_number(i->text, PPCTLB_ADDRESS, &ea) < 0) {
		complain_item_library(i);
		return false;
	}
	if (bits < 64 && ea >> bits) {
		complain_item(i, "EA is wider than the %u bits of %s", bits, l->im.info.core->name);
		return false;
	}
	l->access[l->n] = l->like;
	l->access[l->n++].eaddr = ea;
	return true;
}

static bool lookup_item(const struct item *i, void *arg)
{
	struct lookup *l = arg;
	bool ok = add_question(l, i);

	if (l->n && (l->n == BATCH || !i->more))
		ok &= answer_batch(l);
	return ok;
}

/* false: complained. */
static bool read_options(struct lookup *l, const struct args *a)
{
	const char *access = a->value[OPT_ACCESS];
	uint64_t pid, ts;

	if (!option_number(a, OPT_PID, UINT16_MAX, 0, &pid) || !option_number(a, OPT_TS, 1, 0, &ts))
		return false;
	l->like.pid = pid;
	l->like.as = ts;
	l->like.user = a->value[OPT_USER] != NULL;
	l->like.type = PPCTLB_READ;
	if (access)
		l->like.type = *access == 'w'	? PPCTLB_WRITE
			       : *access == 'x' ? PPCTLB_EXECUTE
						: PPCTLB_READ;
	l->json = a->value[OPT_JSON] != NULL;
	l->name = a->argv[0];
	return true;
}

/* Checked once, not with every batch. */
static bool has_pid(const struct lookup *l)
{
	const struct ppctlb_core_info *core = l->im.info.core;

	if (!(l->like.pid >> core->tid_bits))
		return true;
	complain("%s: --pid %u is wider than the %u bits of %s", l->name, l->like.pid,
		 core->tid_bits, core->name);
	return false;
}

static bool answer_all(struct lookup *l, const struct args *a)
{
	bool ok;

	if (!has_pid(l))
		return false;
	l->texts = calloc(l->im.info.entries, sizeof(*l->texts));
	if (!l->texts) {
		complain("%s", strerror(ENOMEM));
		return false;
	}
	if (a->value[OPT_WHY])
		l->why = why_new(&l->im);
	ok = for_each_item(a, 1, lookup_item, l);
	/* if no good item followed the last question it is not answered yet */
	ok &= !l->n || answer_batch(l);
	for (size_t i = 0; i < l->im.info.entries; i++)
		free(l->texts[i]);
	free(l->texts);
	why_free(l->why);
	return ok;
}

/* Would standard input be both the image and addresses? */
static bool reads_twice(const struct args *a)
{
	bool image = is_dash(a->argv[0]), twice = false;

	for (int i = 1; i < a->argc; i++)
		twice |= image && is_dash(a->argv[i]);
	return twice;
}

int verb_lookup(const struct args *a)
{
	struct lookup *l;
	int ret = EXIT_FAILED;

	if (reads_twice(a))
		return usage_error(a->verb, "standard input is the image or addresses, not both");
	l = calloc(1, sizeof(*l));
	if (!l)
		complain("%s", strerror(ENOMEM));
	else if (!read_options(l, a))
		ret = EXIT_USAGE;
	else if (image_open(a->argv[0], &l->im)) {
		ret = answer_all(l, a) ? EXIT_OK : EXIT_FAILED;
		image_close(&l->im);
	}
	free(l);
	return ret;
}
