/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores, flags, entries and findings as people write them. */
#include "names.h"
#include "message.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdio.h>
#include <stdlib.h>
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

bool entry_is_indirect(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	return core_is_e500(ppctlb_core_info(core)) && e->word[0] & PPCTLB_MAS1_IND;
}

bool decode_as_valid(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		     struct ppctlb_mapping *m)
{
	bool e500 = core_is_e500(ppctlb_core_info(core));
	struct ppctlb_entry valid = *e;

	ppctlb_clear_parity(core, &valid);
	if (!(valid.word[0] | valid.word[1] | valid.word[2] | valid.word[3]))
		return false;
	valid.word[e500 ? 0 : 1] |= e500 ? PPCTLB_MAS1_V : PPCTLB_44X_V;
	return ppctlb_decode_any(core, &valid, m) == 0;
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

/* The length of the character at text, 0 if it is not UTF-8 (RFC 3629): neither cut off, nor longer
 * than it need be, nor a surrogate, nor beyond U+10FFFF. */
static size_t utf8_length(const unsigned char *text)
{
	static const struct {
		unsigned char from, to;		 /* of the first byte */
		unsigned char second, second_to; /* of the second one; the others are 80 to bf */
		size_t length;
	} forms[] = {
		{0x00, 0x7f, 0, 0xff, 1},    {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		size_t n = forms[i].length, k = 2;

		if (*text < forms[i].from || *text > forms[i].to)
			continue;
		if (n > 1 && (text[1] < forms[i].second || text[1] > forms[i].second_to))
			return 0;
		while (k < n && text[k] >= 0x80 && text[k] <= 0xbf)
			k++;
		return k >= n ? n : 0;
	}
	return 0;
}

char *utf8_text(const char *text)
{
	static const char replacement[] = "\xef\xbf\xbd";
	char *copy = malloc(strlen(text) * (sizeof(replacement) - 1) + 1), *at = copy;

	if (!copy)
		out_of_memory();
	while (*text) {
		size_t n = utf8_length((const unsigned char *)text);

		at = mempcpy(at, n ? text : replacement, n ? n : sizeof(replacement) - 1);
		text += n ? n : 1;
	}
	*at = 0;
	return copy;
}
