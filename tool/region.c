/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Regions as people write them: a MAPPING, or with a range of addresses. */
#include "region.h"
#include "message.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { FIELD = 256 };

bool is_range(const char *text)
{
	return text[strcspn(text, "-:")] == '-';
}

/* Copy what is in front of end. False: complained, of a text that is too long. */
static bool copy_field(const char *text, const char *end, char *field)
{
	if (end - text >= FIELD) {
		complain("%s: too long", text);
		return false;
	}
	memcpy(field, text, (size_t)(end - text));
	field[end - text] = 0;
	return true;
}

static bool address_parse(const char *text, const char *end, uint64_t *value)
{
	char field[FIELD];

	if (!copy_field(text, end, field))
		return false;
	if (ppctlb_parse_number(field, PPCTLB_ADDRESS, value) == 0)
		return true;
	complain_library(field);
	return false;
}

bool range_parse(const char *text, uint64_t *ea, uint64_t *size)
{
	const char *dash = strchr(text, '-');
	uint64_t last;

	if (!address_parse(text, dash, ea) || !address_parse(dash + 1, strchr(text, 0), &last))
		return false;
	*size = last - *ea + 1;
	if (last >= *ea && *size)
		return true;
	complain("%s: no range: the last address is in front of the first, or it is everything",
		 text);
	return false;
}

bool region_parse(const char *text, struct ppctlb_mapping *m)
{
	char range[FIELD], whole[2 * FIELD] = "";
	const char *colon = text + strcspn(text, ":"), *flags;
	uint64_t ea, size;

	if (is_range(text)) {
		flags = *colon ? colon + 1 + strcspn(colon + 1, ":") : colon;
		if (!copy_field(text, colon, range) || !range_parse(range, &ea, &size))
			return false;
		if (strlen(colon) >= FIELD || !*flags) {
			complain("%s: a region is FIRST-LAST:RA:FLAGS", text);
			return false;
		}
		snprintf(whole, sizeof(whole), "%" PRIx64 "%.*s:%" PRIu64 "%s", ea,
			 (int)(flags - colon), colon, size, flags);
	}
	if (ppctlb_parse_mapping(is_range(text) ? whole : text, m) == 0)
		return true;
	complain_library(text);
	return false;
}
