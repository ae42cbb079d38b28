/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cores, flags, entries and findings as people write them. */
#ifndef PPCTLB_TOOL_NAMES_H
#define PPCTLB_TOOL_NAMES_H

#include <ppctlb/ppctlb.h>

#include <stdbool.h>
#include <stddef.h>

/* The core of that name; NULL: complained. */
const struct ppctlb_core *core_find(const char *name);
/* Is it of the e500 family? */
bool core_is_e500(const struct ppctlb_core_info *core);
/* Is V=1? */
bool entry_valid(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* Is it an indirect entry, which no access hits? */
bool entry_is_indirect(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* What a slot would map if it were valid. False: it is all zero, but for parity. */
bool decode_as_valid(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		     struct ppctlb_mapping *m);
/* What an entry maps, in malloc'ed text; "-" if it is not valid. */
char *mapping_text(const struct ppctlb_core *core, const struct ppctlb_entry *e);
/* A letter for each flag from first on that is set, '-' for the others. */
const char *flag_letters(uint32_t flags, uint32_t first, const char *names, char *buf);
/* Names of flags, comma separated. */
const char *flag_names(uint32_t flags, char *buf, size_t len);
/* Names of PPCTLB_UNKNOWN_* bits, comma separated. */
const char *unknown_names(uint32_t unknown, char *buf, size_t len);
/* The colour of a finding, for colour() and table_row(); NULL: none. */
const char *severity_colour(uint32_t severity);

/* A copy of a text in which each byte that is not UTF-8 has become U+FFFD; to be freed. */
char *utf8_text(const char *text);

#endif
