// SPDX-License-Identifier: GPL-2.0-or-later
/* What the unit tests share. */
#include "unit-common.h"

#include <stdarg.h>
#include <stdio.h>

static const char spoilt[] = "'?spoilt' is not a legal core name";

void spoil_message(void)
{
	ppctlb_core("?spoilt");
	HOLDS(!strcmp(ppctlb_errmsg(), spoilt), "%s", ppctlb_errmsg());
}

void told(int ret, int err, const char *call, const char *file, int line, ...)
{
	const char *message = ppctlb_errmsg(), *word;
	va_list words;

	HOLDS(ret == -err, "%s:%d: %s: returned %d, not %d (%s)", file, line, call, ret, -err,
	      message);
	HOLDS(*message && strcmp(message, spoilt), "%s:%d: %s: told nothing of its own", file, line,
	      call);
	va_start(words, line);
	while ((word = va_arg(words, const char *)))
		HOLDS(strstr(message, word), "%s:%d: %s: no '%s' in '%s'", file, line, call, word,
		      message);
	va_end(words);
}

void worked(int ret, const char *call, const char *file, int line)
{
	HOLDS(ret == 0, "%s:%d: %s: returned %d: %s", file, line, call, ret, ppctlb_errmsg());
	HOLDS(!strcmp(ppctlb_errmsg(), spoilt), "%s:%d: %s: it works, and the message is now %s",
	      file, line, call, ppctlb_errmsg());
}

static struct ppctlb *open_with(const char *core, const char *backend)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct ppctlb *h;

	cfg.core = core;
	cfg.backend = backend;
	WORKS(ppctlb_open(&h, &cfg));
	return h;
}

struct ppctlb *open_core(const char *core)
{
	return open_with(core, NULL);
}

struct ppctlb *open_mock(const char *core, const char *script)
{
	setenv("PPCTLB_MOCK", script, 1);
	return open_with(core, "mock");
}

int open_close(const struct ppctlb_config *cfg)
{
	struct ppctlb *h = (void *)1;
	int ret = ppctlb_open(&h, cfg);

	ck_assert(!ret == !!h);
	ppctlb_close(h);
	return ret;
}

const struct ppctlb_core *core_of(const char *name)
{
	const struct ppctlb_core *core = ppctlb_core(name);

	ck_assert_msg(core, "core %s: %s", name, ppctlb_errmsg());
	return core;
}

size_t entries_of(struct ppctlb *h)
{
	struct ppctlb_info info = {.size = sizeof(info)};

	WORKS(ppctlb_info(h, &info));
	return info.entries;
}

struct ppctlb_entry *state_of(struct ppctlb *h)
{
	size_t n = entries_of(h);
	struct ppctlb_entry *all = calloc(n, sizeof(*all));

	WORKS(ppctlb_get(h, PPCTLB_GUEST, all, n));
	return all;
}

void unchanged(struct ppctlb *h, struct ppctlb_entry *before)
{
	struct ppctlb_entry *now = state_of(h);

	ck_assert_mem_eq(now, before, entries_of(h) * sizeof(*now));
	free(now);
	free(before);
}

void put(struct ppctlb *h, unsigned tlb, unsigned index, uint64_t w0, uint64_t w1, uint64_t w2,
	 uint64_t w3)
{
	struct ppctlb_entry e = {(uint16_t)tlb, (uint16_t)index, 0, {w0, w1, w2, w3}};

	WORKS(ppctlb_set(h, &e, 1));
}

void slot_is(struct ppctlb *h, unsigned tlb, unsigned index, const uint64_t word[4],
	     const char *file, int line)
{
	struct ppctlb_entry *all = state_of(h);
	size_t n = entries_of(h), i = 0;

	while (i < n && (all[i].tlb != tlb || all[i].index != index))
		i++;
	ck_assert_msg(i < n, "%s:%d: there is no TLB%u[%u]", file, line, tlb, index);
	for (int k = 0; k < 4; k++)
		ck_assert_msg(all[i].word[k] == word[k],
			      "%s:%d: TLB%u[%u] word %d is %llx, not %llx", file, line, tlb, index,
			      k, (unsigned long long)all[i].word[k], (unsigned long long)word[k]);
	free(all);
}

size_t count_valid(struct ppctlb *h, const char *core)
{
	struct ppctlb_entry *all = state_of(h);
	size_t n = entries_of(h), valid = 0;

	for (size_t i = 0; i < n; i++)
		valid += model_is_valid(model_core(core), &all[i]);
	free(all);
	return valid;
}
