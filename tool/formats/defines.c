/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a source and the command line define: a hash table that has its bounds. */
#include "../message.h"
#include "expr.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS (2 * (size_t)NAMES)

bool names_begin(struct names *t)
{
	*t = (struct names){.slot = calloc(SLOTS, sizeof(*t->slot))};
	return t->slot;
}

static void free_name(struct name *name)
{
	if (name)
		free(name->text);
	free(name);
}

void names_free(struct names *t)
{
	for (size_t i = 0; t->slot && i < SLOTS; i++)
		free_name(t->slot[i]);
	free(t->slot);
}

/* Where the name is, or would be: never more than half of the slots are taken. */
static struct name **slot_of(const struct names *t, const char *name, size_t len)
{
	uint32_t hash = 2166136261u; /* FNV-1a */
	size_t i;

	for (size_t k = 0; k < len; k++)
		hash = (hash ^ (unsigned char)name[k]) * 16777619u;
	for (i = hash % SLOTS; t->slot[i]; i = (i + 1) % SLOTS)
		if (!strncmp(t->slot[i]->name, name, len) && !t->slot[i]->name[len])
			break;
	return &t->slot[i];
}

const struct name *names_find(const struct names *t, const char *name, size_t len)
{
	return *slot_of(t, name, len);
}

bool names_set(struct names *t, const char *name, size_t len, enum name_state state,
	       const char *text, bool given)
{
	struct name **slot = slot_of(t, name, len), *new;
	size_t old = *slot ? strlen((*slot)->text) : 0, bytes = t->bytes - old + strlen(text);

	if (*slot && (*slot)->given && !given)
		return true;
	if ((!*slot && t->n == NAMES) || bytes + len > NAMES_TEXT)
		return false;
	new = calloc(1, sizeof(*new) + len + 1);
	if (!new)
		out_of_memory();
	*new = (struct name){.state = state, .given = given, .text = strdup(text)};
	if (!new->text)
		out_of_memory();
	memcpy(new->name, name, len);
	t->n += !*slot;
	t->bytes = bytes + (*slot ? 0 : len);
	free_name(*slot);
	*slot = new;
	return true;
}
