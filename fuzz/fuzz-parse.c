// SPDX-License-Identifier: GPL-2.0-or-later
/* Any text, read as a number, as a mapping and as an entry of each core, and written again. */
#include "fuzz.h"

const char fuzz_target[] = "parse";

/* A failed call leaves its output alone and says why it failed. */
static bool refused(int ret, const void *out, const void *before, size_t len)
{
	REQUIRE(ret == 0 || ret == -EINVAL);
	if (!ret)
		return false;
	REQUIRE(!memcmp(out, before, len) && *ppctlb_errmsg());
	return true;
}

static void try_number(const char *text, enum ppctlb_number kind)
{
	const uint64_t before = 0x5555555555555555;
	uint64_t value = before, again;
	char buf[PPCTLB_TEXT_MAX];

	if (refused(ppctlb_parse_number(text, kind, &value), &value, &before, sizeof(value)))
		return;
	must(ppctlb_format_size(value, buf, sizeof(buf)));
	must(ppctlb_parse_number(buf, PPCTLB_SIZE, &again));
	REQUIRE(value == again);
}

static void try_mapping(const char *text)
{
	struct ppctlb_mapping before, m, again;
	char buf[PPCTLB_TEXT_MAX], tight[PPCTLB_TEXT_MAX];
	size_t len;

	memset(&before, 0x55, sizeof(before));
	m = before;
	if (refused(ppctlb_parse_mapping(text, &m), &m, &before, sizeof(m)))
		return;
	REQUIRE(!(m.flags & ~PPCTLB_FLAGS));
	must(ppctlb_format_mapping(&m, buf, sizeof(buf)));
	must(ppctlb_parse_mapping(buf, &again));
	REQUIRE(!memcmp(&m, &again, sizeof(m)));
	len = strlen(buf);
	tight[0] = '?';
	REQUIRE(ppctlb_format_mapping(&m, tight, len) == -ENOSPC && tight[0] == '?');
	must(ppctlb_format_mapping(&m, tight, len + 1));
	REQUIRE(!strcmp(buf, tight));
}

static void try_entry(const struct model_core *core, const char *text)
{
	const struct ppctlb_core *c = ppctlb_core(core->name);
	struct ppctlb_entry before, e, again;
	char buf[PPCTLB_TEXT_MAX];

	memset(&before, 0x55, sizeof(before));
	e = before;
	if (refused(ppctlb_parse_entry(c, text, &e), &e, &before, sizeof(e)))
		return;
	must(ppctlb_format_entry(c, &e, buf, sizeof(buf)));
	must(ppctlb_parse_entry(c, buf, &again));
	again.unknown = e.unknown;
	REQUIRE(!memcmp(&e, &again, sizeof(e)));
	for (unsigned w = 0; w < 4; w++)
		REQUIRE(e.word[w] == word_of(core, w, e.word[w]));
	examine_entry(core, &e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	memcpy(text, data, size);
	text[size] = 0;
	try_number(text, 0);
	try_number(text, 1);
	try_mapping(text);
	for (int i = 0; i < MODEL_CORES; i++)
		try_entry(&model_cores[i], text);
	free(text);
	return 0;
}
