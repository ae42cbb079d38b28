/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON objects through json-c, one a line; the member names are part of the interface. */
#include "json.h"
#include "message.h"
#include "names.h"
#include "tool.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void json_add(struct json_object *o, const char *key, struct json_object *value)
{
	if (value && json_object_object_add(o, key, value) == 0)
		return;
	out_of_memory();
}

static struct json_object *needed(struct json_object *o)
{
	if (o)
		return o;
	out_of_memory();
}

struct json_object *json_new(void)
{
	return needed(json_object_new_object());
}

struct json_object *json_list(void)
{
	return needed(json_object_new_array());
}

void json_append(struct json_object *list, struct json_object *value)
{
	if (value && json_object_array_add(list, value) == 0)
		return;
	out_of_memory();
}

void json_hex(struct json_object *o, const char *key, uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%llx", (unsigned long long)value);
	json_string(o, key, text);
}

void json_number(struct json_object *o, const char *key, uint64_t value)
{
	json_add(o, key, json_object_new_uint64(value));
}

/* Names of files may be anything; JSON is UTF-8. */
void json_string(struct json_object *o, const char *key, const char *value)
{
	char *text = utf8_text(value);

	json_add(o, key, json_object_new_string(text));
	free(text);
}

void json_truth(struct json_object *o, const char *key, bool value)
{
	json_add(o, key, json_object_new_boolean(value));
}

void json_flags(struct json_object *o, const char *key, uint32_t flags)
{
	struct json_object *list = json_list();

	for (uint32_t bit = 1; bit & PPCTLB_FLAGS; bit <<= 1)
		if (flags & bit)
			json_append(list, json_object_new_string(ppctlb_flag_name(bit)));
	json_add(o, key, list);
}

void json_mapping(struct json_object *o, const struct ppctlb_mapping *m)
{
	json_hex(o, "ea", m->eaddr);
	json_hex(o, "ra", m->raddr);
	json_number(o, "size", m->size);
	json_flags(o, "flags", m->flags & ~(uint32_t)PPCTLB_TS);
	/* json_entry() has added a 440's whole TID word already */
	if (!json_object_object_get_ex(o, "tid", NULL))
		json_number(o, "tid", m->tid);
	json_number(o, "ts", (m->flags & PPCTLB_TS) != 0);
	json_number(o, "lpid", m->lpid);
}

void json_entry(struct json_object *o, const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	const struct ppctlb_core_info *info = ppctlb_core_info(core);
	struct ppctlb_mapping m;

	json_string(o, "core", info->name);
	if (!(e->tlb & PPCTLB_NO_SLOT)) {
		json_number(o, "tlb", e->tlb);
		json_number(o, "index", e->index);
	}
	for (size_t i = 0; i < ARRAY_SIZE(info->word_name) && info->word_name[i]; i++) {
		/* a plain number, as in a mapping */
		if (!strcmp(info->word_name[i], "tid"))
			json_number(o, "tid", e->word[i]);
		else
			json_hex(o, info->word_name[i], e->word[i]);
	}
	if (ppctlb_decode(core, e, &m) == -ENOENT)
		json_truth(o, "valid", false);
}

void json_not_told(struct json_object *o, uint32_t unknown)
{
	struct json_object *list;

	if (!unknown)
		return;
	list = json_list();
	for (; unknown; unknown &= unknown - 1)
		json_append(list, json_object_new_string(ppctlb_unknown_name(unknown & -unknown)));
	json_add(o, "not_told", list);
}

void json_print(struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(
		o, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (!text)
		out_of_memory();
	puts(text);
	json_object_put(o);
}
