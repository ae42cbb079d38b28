// SPDX-License-Identifier: LGPL-2.1-or-later
/* ppctlb_dump(): gives the TLB as text to a callback, line by line. */
#include "internal.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct sink {
	ppctlb_line_cb *cb;
	void *arg;
};

static void line(const struct sink *s, const char *fmt, ...) PRINTF(2, 3);
static void line(const struct sink *s, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	s->cb(text, s->arg);
}

/* ---- the libkvm table: raw words, as a mail of 2008 showed them ---- */

static void dump_libkvm(const struct ppctlb *h, enum ppctlb_view view, const struct sink *s)
{
	char prefix = view == PPCTLB_SHADOW ? 'S' : 'G';

	line(s, "%s TLB:", view == PPCTLB_SHADOW ? "Shadow" : "Guest");
	line(s, "| nr |     tid  |    word0 |    word1 |    word2 |");
	for (size_t i = 0; i < h->info.entries; i++) {
		const struct ppctlb_entry *e = &h->now[i];
		struct ppctlb_mapping m;

		if (h->vcpu.core.decode(&h->vcpu.core, e, &m) & PPCTLB_DEFECT_INVALID)
			continue;
		line(s, "%c%2u | %08" PRIX64 " | %08" PRIX64 " | %08" PRIX64 " | %08" PRIX64 " |",
		     prefix, e->index, e->word[0], e->word[1], e->word[2], e->word[3]);
	}
}

/* ---- decoded ---- */

/* A letter for each flag that is set, '-' for the others. */
static const char *letters(uint32_t flags, const uint32_t *bits, const char *names, char *buf)
{
	size_t i;

	for (i = 0; names[i]; i++)
		buf[i] = flags & bits[i] ? names[i] : '-';
	buf[i] = '\0';
	return buf;
}

static const uint32_t user_bits[] = {PPCTLB_UR, PPCTLB_UW, PPCTLB_UX};
static const uint32_t supervisor_bits[] = {PPCTLB_SR, PPCTLB_SW, PPCTLB_SX};
static const uint32_t storage_bits[] = {PPCTLB_W, PPCTLB_I, PPCTLB_M, PPCTLB_G, PPCTLB_E};
static const uint32_t defined_bits[] = {PPCTLB_U0, PPCTLB_U1, PPCTLB_U2, PPCTLB_U3};
static const uint32_t other_bits[] = {PPCTLB_IPROT, PPCTLB_X0, PPCTLB_X1, PPCTLB_GS};

static void dump_row(const struct ppctlb *h, const struct ppctlb_entry *e, const struct sink *s)
{
	char position[24], size[24], user[8], super[8], storage[8], defined[8], other[8];
	char words[PPCTLB_TEXT_MAX];
	const struct ppctlb_core *core = &h->vcpu.core;
	struct ppctlb_mapping m;
	unsigned defects = core->decode(core, e, &m);

	if (defects & PPCTLB_DEFECT_INVALID)
		return;
	ppctlb_format_entry(core, e, words, sizeof(words));
	ppctlb_format_size(m.size, size, sizeof(size));
	snprintf(position, sizeof(position), "%u:%u", e->tlb, e->index);
	line(s, "%-7s %016" PRIx64 " %010" PRIx64 " %5s %5u %2u %4u  %s %s %s %s %s  %s%s",
	     position, m.eaddr, m.raddr, size, m.tid, !!(m.flags & PPCTLB_TS), m.lpid,
	     letters(m.flags, user_bits, "rwx", user),
	     letters(m.flags, supervisor_bits, "rwx", super),
	     letters(m.flags, storage_bits, "WIMGE", storage),
	     letters(m.flags, defined_bits, "0123", defined),
	     letters(m.flags, other_bits, "PXYG", other), strchr(words, '=') + 1,
	     defects & TLB_MALFORMED ? "  malformed" : "");
}

static void dump_table(const struct ppctlb *h, enum ppctlb_view view, const struct sink *s)
{
	const struct ppctlb_core_info *core = h->info.core;
	char words[64] = "";
	size_t used = 0;

	for (int i = 0; i < 4 && core->word_name[i]; i++)
		used += (size_t)snprintf(words + used, sizeof(words) - used, "%s%s", i ? "," : "",
					 core->word_name[i]);
	line(s, "%s TLB, core %s: user u, supervisor s; P IPROT, X X0, Y X1, G GS",
	     view == PPCTLB_SHADOW ? "Shadow" : "Guest", core->name);
	line(s, "%-7s %-16s %-10s %5s %5s %2s %4s  %-3s %-3s %-5s %-4s %-4s  %s", "slot", "EA",
	     "RA", "size", "TID", "TS", "LPID", "u", "s", "WIMGE", "U", "PXYG", words);
	for (size_t i = 0; i < h->info.entries; i++)
		dump_row(h, &h->now[i], s);
}

int ppctlb_dump(struct ppctlb *h, enum ppctlb_view view, enum ppctlb_style style,
		ppctlb_line_cb *line_cb, void *arg)
{
	struct sink s = {line_cb, arg};
	int ret = tlb_check_view(h, view);

	if (ret)
		return ret;
	if (!line_cb)
		return tlb_fail(EINVAL, "dump: a NULL argument");
	if (style != PPCTLB_LIBKVM && style != PPCTLB_TABLE)
		return tlb_fail(EINVAL, "dump: there is no style %d", (int)style);
	if (style == PPCTLB_LIBKVM && !tlb_is_family(h->info.core, "44x"))
		return tlb_fail(ENOTSUP,
				"dump: the libkvm table has the words of a 440, not those of %s",
				h->info.core->name);
	ret = tlb_load(h, view);
	if (ret)
		return ret;
	if (style == PPCTLB_LIBKVM)
		dump_libkvm(h, view, &s);
	else
		dump_table(h, view, &s);
	return 0;
}
