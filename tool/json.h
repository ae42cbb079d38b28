/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON objects through json-c, one a line; ppctlb(1) describes their members. */
#ifndef PPCTLB_TOOL_JSON_H
#define PPCTLB_TOOL_JSON_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>

struct json_object;

struct json_object *json_new(void);
struct json_object *json_list(void);
void json_hex(struct json_object *o, const char *key, uint64_t value);
void json_number(struct json_object *o, const char *key, uint64_t value);
void json_string(struct json_object *o, const char *key, const char *value);
void json_truth(struct json_object *o, const char *key, bool value);
/* Add any value, which then belongs to o or the list. NULL, which json-c returns without memory,
 * ends the program. */
void json_add(struct json_object *o, const char *key, struct json_object *value);
void json_append(struct json_object *list, struct json_object *value);
/* Flag names as an array. */
void json_flags(struct json_object *o, const char *key, uint32_t flags);
/* Add the members of a mapping, of an entry (position where it has one, "valid":false). */
void json_mapping(struct json_object *o, const struct ppctlb_mapping *m);
void json_entry(struct json_object *o, const struct ppctlb_core *core,
		const struct ppctlb_entry *e);
/* Names of PPCTLB_UNKNOWN_* bits as the array "not_told"; nothing if there are none. */
void json_not_told(struct json_object *o, uint32_t unknown);
/* Print on a line of standard output and free. */
void json_print(struct json_object *o);

#endif
