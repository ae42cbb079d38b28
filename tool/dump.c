/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb dump: shows a TLB as a table, as the table of 2008, as JSON, or in a form for re-use. */
#include "args.h"
#include "image.h"
#include "json.h"
#include "message.h"
#include "names.h"
#include "print.h"
#include "table.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum {
	COL_TLB,
	COL_SLOT,
	COL_SET,
	COL_WAY,
	COL_VALID,
	COL_EA,
	COL_RA,
	COL_SIZE,
	COL_TS,
	COL_TID,
	COL_WIMGE,
	COL_U,
	COL_USER,
	COL_SUPER,
	COL_IPROT,
	COL_X,
	COL_GS,
	COL_LPID,
	COL_WORDS,
	COL_FINDINGS,
	COL_ENTRY,
	COL_MAPPING,
	COLUMNS
};

static const struct column all_columns[COLUMNS] = {
	[COL_TLB] = {"TLB", true, true},       [COL_SLOT] = {"SLOT", true, true},
	[COL_SET] = {"SET", true, true},       [COL_WAY] = {"WAY", true, true},
	[COL_VALID] = {"V", true, false},      [COL_EA] = {"EA", false, true},
	[COL_RA] = {"RA", false, true},	       [COL_SIZE] = {"SIZE", true, true},
	[COL_TS] = {"TS", true, true},	       [COL_TID] = {"TID", true, true},
	[COL_WIMGE] = {"WIMGE", false, true},  [COL_U] = {"U0123", false, true},
	[COL_USER] = {"USER", false, true},    [COL_SUPER] = {"SUPER", false, true},
	[COL_IPROT] = {"IPROT", false, true},  [COL_X] = {"X01", false, true},
	[COL_GS] = {"GS", true, true},	       [COL_LPID] = {"LPID", true, true},
	[COL_WORDS] = {"WORDS", false, true},  [COL_FINDINGS] = {"FINDINGS", false, true},
	[COL_ENTRY] = {"ENTRY", false, false}, [COL_MAPPING] = {"MAPPING", false, false},
};

/* ---- which entries ---- */

struct dump {
	const struct args *args;
	const struct image *im;
	unsigned tlbs; /* bit n: show TLBn */
};

/* Valid ones; with --all those in which something is left, too; with --all twice every one. */
static bool is_shown(const struct dump *d, size_t place)
{
	const struct ppctlb_entry *e = &d->im->entries[place];
	struct ppctlb_mapping m;

	if (!(d->tlbs >> e->tlb & 1))
		return false;
	return entry_valid(d->im->core, e) || d->args->times[OPT_ALL] > 1 ||
	       (d->args->times[OPT_ALL] && decode_as_valid(d->im->core, e, &m));
}

/* ---- table ---- */

/* The columns that show ? for what is not told. */
static const struct {
	uint32_t unknown;
	size_t column;
} not_told[] = {
	{PPCTLB_UNKNOWN_RA, COL_RA},	   {PPCTLB_UNKNOWN_SIZE, COL_SIZE},
	{PPCTLB_UNKNOWN_TS, COL_TS},	   {PPCTLB_UNKNOWN_TID, COL_TID},
	{PPCTLB_UNKNOWN_WIMGE, COL_WIMGE}, {PPCTLB_UNKNOWN_U, COL_U},
	{PPCTLB_UNKNOWN_RIGHTS, COL_USER}, {PPCTLB_UNKNOWN_RIGHTS, COL_SUPER},
	{PPCTLB_UNKNOWN_IPROT, COL_IPROT}, {PPCTLB_UNKNOWN_X, COL_X},
	{PPCTLB_UNKNOWN_MAS8, COL_GS},	   {PPCTLB_UNKNOWN_MAS8, COL_LPID},
};

/* Do not show columns that this core has no use for, unless asked to. */
static void fit_columns(struct column *columns, const struct ppctlb_core_info *core)
{
	bool sets = false;

	for (uint32_t i = 0; i < core->arrays; i++)
		sets |= core->array[i].geometry.ways != core->array[i].geometry.entries;
	columns[COL_SET].chosen = columns[COL_WAY].chosen = sets;
	columns[COL_IPROT].chosen = core->flags & PPCTLB_IPROT;
	columns[COL_X].chosen = core->flags & (PPCTLB_X0 | PPCTLB_X1);
	columns[COL_GS].chosen = core->flags & PPCTLB_GS;
	columns[COL_LPID].chosen = core->lpid_bits > 0;
}

/* size 0: it is not told. */
static void range_cell(struct table *t, size_t column, uint64_t from, uint64_t size, unsigned bits)
{
	int digits = (bits + 3) / 4;

	if (!size)
		table_cell(t, column, "0x%0*llx-?", digits, (unsigned long long)from);
	else
		table_cell(t, column, "0x%0*llx-0x%0*llx", digits, (unsigned long long)from, digits,
			   (unsigned long long)(from + (size - 1)));
}

/* What an entry that is shown maps, but for what the source did not tell. */
static void mapping_cells(struct table *t, const struct ppctlb_core_info *core,
			  const struct ppctlb_mapping *m, uint32_t unknown)
{
	uint64_t size = unknown & PPCTLB_UNKNOWN_SIZE ? 0 : m->size;
	char text[PPCTLB_TEXT_MAX];

	range_cell(t, COL_EA, m->eaddr, size, core->ea_bits);
	range_cell(t, COL_RA, m->raddr, size, core->ra_bits);
	if (ppctlb_format_size(m->size, text, sizeof(text)) == 0)
		table_cell(t, COL_SIZE, "%s", text);
	table_cell(t, COL_TS, "%d", (m->flags & PPCTLB_TS) != 0);
	table_cell(t, COL_TID, "%u", m->tid);
	flag_letters(m->flags, PPCTLB_W, "WIMGE", text);
	table_cell(t, COL_WIMGE, "%.4s%c", text, unknown & PPCTLB_UNKNOWN_E ? '?' : text[4]);
	table_cell(t, COL_U, "%s", flag_letters(m->flags, PPCTLB_U0, "0123", text));
	table_cell(t, COL_USER, "%s", flag_letters(m->flags, PPCTLB_UR, "rwx", text));
	table_cell(t, COL_SUPER, "%s", flag_letters(m->flags, PPCTLB_SR, "rwx", text));
	table_cell(t, COL_IPROT, "%s", m->flags & PPCTLB_IPROT ? "yes" : "-");
	table_cell(t, COL_X, "%s", flag_letters(m->flags, PPCTLB_X0, "01", text));
	table_cell(t, COL_GS, "%d", (m->flags & PPCTLB_GS) != 0);
	table_cell(t, COL_LPID, "%u", m->lpid);
	if (ppctlb_format_mapping(m, text, sizeof(text)) == 0)
		table_cell(t, COL_MAPPING, "%s", text);
	for (size_t i = 0; i < ARRAY_SIZE(not_told); i++)
		if (unknown & not_told[i].unknown)
			table_cell(t, not_told[i].column, "?");
}

static void place_cells(struct table *t, const struct image *im, const struct ppctlb_entry *e)
{
	const struct ppctlb_geometry *g = &im->info.core->array[e->tlb].geometry;
	char text[PPCTLB_TEXT_MAX];

	table_cell(t, COL_TLB, "%u", e->tlb);
	table_cell(t, COL_SLOT, "%u", e->index);
	if (g->ways != g->entries) {
		table_cell(t, COL_SET, "%u", e->index / g->ways);
		table_cell(t, COL_WAY, "%u", e->index % g->ways);
	}
	if (ppctlb_format_entry(im->core, e, text, sizeof(text)) == 0) {
		table_cell(t, COL_ENTRY, "%s", text);
		table_cell(t, COL_WORDS, "%s", strchr(text, '=') + 1);
	}
}

/* The names of an entry's findings. */
static void finding_cell(struct table *t, const struct mark *marks, size_t n)
{
	char names[256] = "-";
	size_t used = 0;

	for (size_t i = 0; i < n && used < sizeof(names); i++)
		used += snprintf(names + used, sizeof(names) - used, "%s%s", i ? "," : "",
				 marks[i].finding->name);
	table_cell(t, COL_FINDINGS, "%s", names);
}

static const char *worst_colour(const struct mark *marks, size_t n)
{
	uint32_t worst = PPCTLB_NOTE;

	for (size_t i = 0; i < n; i++)
		if (marks[i].finding->severity < worst)
			worst = marks[i].finding->severity;
	return severity_colour(worst);
}

static void entry_row(struct table *t, const struct image *im, size_t place)
{
	const struct ppctlb_entry *e = &im->entries[place];
	struct ppctlb_mapping m;
	const struct mark *marks;
	size_t n;

	marks = image_marks(im, place, &n);
	table_row(t, worst_colour(marks, n));
	for (size_t i = 0; i < COLUMNS; i++)
		table_cell(t, i, "-");
	place_cells(t, im, e);
	table_cell(t, COL_VALID, "%d", entry_valid(im->core, e));
	if (decode_as_valid(im->core, e, &m))
		mapping_cells(t, im->info.core, &m, image_not_told(im, e));
	finding_cell(t, marks, n);
}

static int dump_table(const struct dump *d)
{
	const struct image *im = d->im;
	struct column columns[COLUMNS];
	char head[512];
	struct table *t;

	memcpy(columns, all_columns, sizeof(columns));
	fit_columns(columns, im->info.core);
	columns[COL_VALID].chosen = d->args->value[OPT_ALL];
	columns[COL_FINDINGS].chosen = im->n_findings > 0;
	t = table_new(d->args, columns, COLUMNS);
	if (!t)
		return EXIT_USAGE;
	for (size_t i = 0; i < im->info.entries; i++)
		if (is_shown(d, i))
			entry_row(t, im, i);
	if (!d->args->value[OPT_NOHEADINGS])
		printf("%s\n", image_head(im, head, sizeof(head)));
	table_print(t);
	return EXIT_OK;
}

/* ---- JSON ---- */

static void entry_json(const struct image *im, size_t place)
{
	const struct ppctlb_entry *e = &im->entries[place];
	struct json_object *o = json_new(), *names = json_list();
	const struct mark *marks;
	struct ppctlb_mapping m;
	size_t n;

	json_entry(o, im->core, e);
	if (decode_as_valid(im->core, e, &m))
		json_mapping(o, &m);
	json_not_told(o, image_not_told(im, e));
	marks = image_marks(im, place, &n);
	for (size_t i = 0; i < n; i++)
		json_append(names, json_object_new_string(marks[i].finding->name));
	json_add(o, "findings", names);
	json_print(o);
}

static int dump_json(const struct dump *d)
{
	for (size_t i = 0; i < d->im->info.entries; i++)
		if (is_shown(d, i))
			entry_json(d->im, i);
	return EXIT_OK;
}

/* ---- forms for re-use ---- */

static int dump_form(const struct dump *d)
{
	const struct image *im = d->im;
	struct printer p = {form_find(d->args->value[OPT_FORMAT]), im->core, im->info.core, 0};

	print_not_told(&p, im->info.unknown);
	for (size_t i = 0; i < im->info.entries; i++)
		if (is_shown(d, i))
			print_entry(&p, &im->entries[i]);
	return EXIT_OK;
}

/* ---- the table of 2008 ---- */

static void print_line(const char *line, void *arg)
{
	(void)arg;
	puts(line);
}

static int dump_libkvm(const struct dump *d)
{
	if (ppctlb_dump(d->im->h, PPCTLB_GUEST, PPCTLB_LIBKVM, print_line, NULL) == 0)
		return EXIT_OK;
	complain_library(d->args->argv[0]);
	return EXIT_FAILED;
}

/* ---- verb ---- */

static const struct {
	const char *name;
	unsigned takes; /* options that mean something with it */
	int (*dump)(const struct dump *d);
} formats[] = {
	{"table", OPT(TLB) | OPT(ALL) | OPT(COLUMNS) | OPT(NOHEADINGS), dump_table},
	{"json", OPT(TLB) | OPT(ALL) | OPT(JSON), dump_json},
	{"hex", OPT(TLB) | OPT(ALL), dump_form},
	{"mas", OPT(TLB) | OPT(ALL), dump_form},
	{"u-boot", OPT(TLB) | OPT(ALL), dump_form},
	{"libkvm", 0, dump_libkvm},
};

/* Which TLBs to show; 0: complained. */
static unsigned tlbs_of(const struct args *a, const struct image *im)
{
	uint64_t tlb;

	if (!a->value[OPT_TLB])
		return 3;
	if (!option_number(a, OPT_TLB, im->info.core->arrays - 1, 0, &tlb))
		return 0;
	return 1u << tlb;
}

static int dump(const struct args *a, size_t format)
{
	struct image im;
	struct dump d = {a, &im, 0};
	int ret = EXIT_USAGE;

	for (int i = OPT_HELP + 1; i < OPTION_COUNT; i++)
		if (a->value[i] && i != OPT_FORMAT && !((formats[format].takes >> i) & 1))
			return usage_error(a->verb, "--%s does not go with --format %s",
					   options[i].name, formats[format].name);
	if (!image_open(a->argv[0], &im))
		return EXIT_FAILED;
	d.tlbs = tlbs_of(a, &im);
	if (d.tlbs)
		ret = formats[format].dump(&d);
	image_close(&im);
	return ret;
}

int verb_dump(const struct args *a)
{
	const char *name = a->value[OPT_JSON] ? "json" : "table";
	size_t i = 0;

	if (a->value[OPT_FORMAT])
		name = a->value[OPT_FORMAT];
	while (strcmp(formats[i].name, name))
		i++;
	return dump(a, i);
}
