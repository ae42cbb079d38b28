// SPDX-License-Identifier: GPL-2.0-or-later
/* json-c for the code under test, see seam.h: it answers as it does without memory. */
#define SEAM_ITSELF
#include "seam.h"

#include <json-c/json.h>

#define MEMORY_FAILS seam_fails(SEAM_MEMORY, __func__ + sizeof("seam_") - 1)

struct json_object *seam_json_object_new_object(void)
{
	return MEMORY_FAILS ? NULL : json_object_new_object();
}

struct json_object *seam_json_object_new_array(void)
{
	return MEMORY_FAILS ? NULL : json_object_new_array();
}

struct json_object *seam_json_object_new_string(const char *s)
{
	return MEMORY_FAILS ? NULL : json_object_new_string(s);
}

struct json_object *seam_json_object_new_int64(int64_t i)
{
	return MEMORY_FAILS ? NULL : json_object_new_int64(i);
}

struct json_object *seam_json_object_new_uint64(uint64_t i)
{
	return MEMORY_FAILS ? NULL : json_object_new_uint64(i);
}

struct json_object *seam_json_object_new_boolean(int b)
{
	return MEMORY_FAILS ? NULL : json_object_new_boolean(b);
}

int seam_json_object_object_add(struct json_object *o, const char *key, struct json_object *value)
{
	return MEMORY_FAILS ? -1 : json_object_object_add(o, key, value);
}

int seam_json_object_array_add(struct json_object *o, struct json_object *value)
{
	return MEMORY_FAILS ? -1 : json_object_array_add(o, value);
}

const char *seam_json_object_to_json_string_ext(struct json_object *o, int flags)
{
	return MEMORY_FAILS ? NULL : json_object_to_json_string_ext(o, flags);
}

struct json_tokener *seam_json_tokener_new(void)
{
	return MEMORY_FAILS ? NULL : json_tokener_new();
}

/* json-c 0.16 then reports success, as a tokener does after a reset. */
struct json_object *seam_json_tokener_parse_ex(struct json_tokener *t, const char *s, int len)
{
	if (!MEMORY_FAILS)
		return json_tokener_parse_ex(t, s, len);
	json_tokener_reset(t);
	return NULL;
}
