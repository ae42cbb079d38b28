/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb backends, cores, version: show what there is. */
#include "args.h"
#include "json.h"
#include "message.h"
#include "names.h"
#include "table.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

/* The callbacks of the library fill this. */
struct list {
	struct table *table;
	size_t n;
};

/* ---- backends ---- */

enum { BACKEND_NAME, BACKEND_STATUS, BACKEND_PATH };

static const struct column backend_columns[] = {
	[BACKEND_NAME] = {"NAME", false, true},
	[BACKEND_STATUS] = {"STATUS", false, true},
	[BACKEND_PATH] = {"PATH", false, true},
};

static void backend_row(const struct ppctlb_backend_info *info, void *arg)
{
	struct list *l = arg;
	struct table *t = l->table;

	l->n++;
	table_row(t, info->reason ? "red" : NULL);
	table_cell(t, BACKEND_NAME, "%s", info->name);
	table_cell(t, BACKEND_STATUS, "%s", info->reason ? info->reason : "usable");
	table_cell(t, BACKEND_PATH, "%s", info->path);
}

static void backend_json(const struct ppctlb_backend_info *info, void *arg)
{
	struct json_object *o = json_new();
	struct list *l = arg;

	l->n++;
	json_string(o, "name", info->name);
	json_string(o, "path", info->path);
	json_truth(o, "usable", !info->reason);
	if (info->reason)
		json_string(o, "reason", info->reason);
	json_print(o);
}

/* ---- cores ---- */

enum {
	CORE_NAME,
	CORE_BACKEND,
	CORE_EA,
	CORE_RA,
	CORE_TID,
	CORE_LPID,
	CORE_TLB,
	CORE_ENTRIES,
	CORE_WAYS,
	CORE_SIZES,
	CORE_FLAGS,
	CORE_ALIASES
};

static const struct column core_columns[] = {
	[CORE_NAME] = {"CORE", false, true},   [CORE_BACKEND] = {"BACKEND", false, true},
	[CORE_EA] = {"EA", true, true},	       [CORE_RA] = {"RA", true, true},
	[CORE_TID] = {"TID", true, true},      [CORE_LPID] = {"LPID", true, true},
	[CORE_TLB] = {"TLB", true, true},      [CORE_ENTRIES] = {"ENTRIES", true, true},
	[CORE_WAYS] = {"WAYS", true, true},    [CORE_SIZES] = {"SIZES", false, true},
	[CORE_FLAGS] = {"FLAGS", false, true}, [CORE_ALIASES] = {"ALIASES", false, true},
};

static size_t append_size(char *buf, size_t used, size_t len, const char *before, int bit)
{
	char size[24];

	if (used >= len || ppctlb_format_size(1ull << bit, size, sizeof(size)) < 0)
		return used;
	return used + snprintf(buf + used, len - used, "%s%s", used ? before : "", size);
}

/* "4K,16K", or "4K..1T" where every power of two in between is legal. */
static const char *size_list(uint64_t sizes, char *buf, size_t len)
{
	size_t used = 0;

	*buf = 0;
	for (int bit = 0; bit < 64; bit++) {
		int last = bit;

		if (!((sizes >> bit) & 1))
			continue;
		while (last < 63 && ((sizes >> (last + 1)) & 1))
			last++;
		used = append_size(buf, used, len, ",", bit);
		if (last > bit)
			used = append_size(buf, used, len, last > bit + 1 ? ".." : ",", last);
		bit = last;
	}
	return buf;
}

/* Comma separated; "-": none. */
static const char *alias_list(const struct ppctlb_core_info *core, char *buf, size_t len)
{
	size_t used = 0;

	snprintf(buf, len, "-");
	for (const char *const *alias = core->aliases; alias && *alias && used < len; alias++)
		used += snprintf(buf + used, len - used, "%s%s", used ? "," : "", *alias);
	return buf;
}

static void core_rows(const struct ppctlb_core_info *core, void *arg)
{
	struct list *l = arg;
	struct table *t = l->table;
	char text[256], names[256];

	l->n++;
	for (uint32_t i = 0; i < core->arrays; i++) {
		const struct ppctlb_array_info *array = &core->array[i];

		table_row(t, NULL);
		table_cell(t, CORE_NAME, "%s", core->name);
		table_cell(t, CORE_ALIASES, "%s", alias_list(core, names, sizeof(names)));
		table_cell(t, CORE_BACKEND, "%s", core->backend);
		table_cell(t, CORE_EA, "%u", core->ea_bits);
		table_cell(t, CORE_RA, "%u", core->ra_bits);
		table_cell(t, CORE_TID, "%u", core->tid_bits);
		table_cell(t, CORE_LPID, "%u", core->lpid_bits);
		table_cell(t, CORE_TLB, "%u", i);
		table_cell(t, CORE_ENTRIES, "%u", array->geometry.entries);
		table_cell(t, CORE_WAYS, "%u", array->geometry.ways);
		table_cell(t, CORE_SIZES, "%s", size_list(array->sizes, text, sizeof(text)));
		table_cell(t, CORE_FLAGS, "%s", flag_names(array->flags, text, sizeof(text)));
	}
}

static struct json_object *array_json(const struct ppctlb_array_info *array)
{
	struct json_object *o = json_new(), *sizes = json_list();

	json_number(o, "entries", array->geometry.entries);
	json_number(o, "ways", array->geometry.ways);
	for (int bit = 0; bit < 64; bit++)
		if ((array->sizes >> bit) & 1)
			json_append(sizes, json_object_new_uint64(1ull << bit));
	json_add(o, "sizes", sizes);
	json_flags(o, "flags", array->flags);
	return o;
}

static void core_json(const struct ppctlb_core_info *core, void *arg)
{
	struct json_object *o = json_new(), *arrays = json_list(), *aliases = json_list();
	struct list *l = arg;

	l->n++;
	json_string(o, "core", core->name);
	for (const char *const *alias = core->aliases; alias && *alias; alias++)
		json_append(aliases, json_object_new_string(*alias));
	json_add(o, "aliases", aliases);
	json_string(o, "backend", core->backend);
	json_number(o, "ea_bits", core->ea_bits);
	json_number(o, "ra_bits", core->ra_bits);
	json_number(o, "tid_bits", core->tid_bits);
	json_number(o, "lpid_bits", core->lpid_bits);
	json_flags(o, "flags", core->flags);
	for (uint32_t i = 0; i < core->arrays; i++)
		json_append(arrays, array_json(&core->array[i]));
	json_add(o, "tlbs", arrays);
	json_print(o);
}

/* ---- verbs ---- */

static void complain_backend(const struct ppctlb_backend_info *info, void *arg)
{
	size_t *n = arg;

	++*n;
	if (info->reason)
		complain("%s: %s", info->path, info->reason);
}

/* Say why there was nothing to show. */
static void complain_nothing(void)
{
	const char *path = secure_getenv("PPCTLB_BACKEND_PATH");
	size_t n = 0;

	ppctlb_backends(complain_backend, &n);
	if (!n)
		complain("in %s: there is no backend", path && *path ? path : BACKENDDIR);
}

static int done(int ret, const struct list *l)
{
	if (ret < 0)
		complain_library(NULL);
	else if (!l->n)
		complain_nothing();
	return ret == 0 && l->n ? EXIT_OK : EXIT_FAILED;
}

/* Prints only a complete list. */
static int done_table(int ret, struct list *l)
{
	if (ret == 0)
		table_print(l->table);
	else
		table_free(l->table);
	return done(ret, l);
}

int verb_backends(const struct args *a)
{
	struct list l = {0};

	if (a->value[OPT_JSON])
		return done(ppctlb_backends(backend_json, &l), &l);
	l.table = table_new(a, backend_columns, ARRAY_SIZE(backend_columns));
	if (!l.table)
		return EXIT_USAGE;
	return done_table(ppctlb_backends(backend_row, &l), &l);
}

int verb_cores(const struct args *a)
{
	struct list l = {0};

	if (a->value[OPT_JSON])
		return done(ppctlb_cores(core_json, &l), &l);
	l.table = table_new(a, core_columns, ARRAY_SIZE(core_columns));
	if (!l.table)
		return EXIT_USAGE;
	return done_table(ppctlb_cores(core_rows, &l), &l);
}

int verb_version(const struct args *a)
{
	(void)a;
	printf("ppctlb %s, libppctlb %s\n", PACKAGE_VERSION, ppctlb_version());
	return EXIT_OK;
}
