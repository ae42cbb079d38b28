/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores, flags, entries and findings as people write them. */
#include "names.h"
#include "message.h"

#include <stdio.h>
#include <string.h>

const struct ppctlb_core *core_find(const char *name)
{
	const struct ppctlb_core *core = ppctlb_core(name);

	if (!core)
		complain_library(NULL);
	return core;
}

bool core_is_e500(const struct ppctlb_core_info *core)
{
	return !strcmp(core->backend, "e500");
}

bool entry_valid(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	return ppctlb_decode_any(core, e, &m) == 0;
}

char *mapping_text(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	char text[PPCTLB_TEXT_MAX] = "-", *copy;
	struct ppctlb_mapping m;

	if (ppctlb_decode_any(core, e, &m) == 0)
		ppctlb_format_mapping(&m, text, sizeof(text));
	copy = strdup(text);
	if (!copy)
		out_of_memory();
	return copy;
}

const char *flag_letters(uint32_t flags, uint32_t first, const char *names, char *buf)
{
	size_t i;

	for (i = 0; names[i]; i++)
		buf[i] = flags & (first << i) ? names[i] : '-';
	buf[i] = 0;
	return buf;
}

const char *flag_names(uint32_t flags, char *buf, size_t len)
{
	size_t used = 0;

	*buf = 0;
	for (uint32_t bit = 1; (bit & PPCTLB_FLAGS) && used < len; bit <<= 1)
		if (flags & bit)
			used += snprintf(buf + used, len - used, "%s%s", used ? "," : "",
					 ppctlb_flag_name(bit));
	return buf;
}

const char *unknown_names(uint32_t unknown, char *buf, size_t len)
{
	size_t used = 0;

	*buf = 0;
	for (; unknown && used < len; unknown &= unknown - 1)
		used += snprintf(buf + used, len - used, "%s%s", used ? ", " : "",
				 ppctlb_unknown_name(unknown & -unknown));
	return buf;
}

const char *severity_colour(uint32_t severity)
{
	static const char *const colours[] = {
		[PPCTLB_ERROR] = "red",
		[PPCTLB_WARNING] = "brown",
		[PPCTLB_NOTE] = NULL,
	};

	return colours[severity];
}
