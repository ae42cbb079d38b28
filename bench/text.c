// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Text beside writers by hand (characters, hexadecimal, decimal), and beside strtoull() of the
 * fields that are numbers: it neither looks at the flags nor at what follows.
 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>

struct texts {
	struct tlb t;
	const struct ppctlb_core *core;
	char (*text)[PPCTLB_TEXT_MAX];
	char out[PPCTLB_TEXT_MAX];
	size_t next;
	struct ppctlb_mapping m;
	struct ppctlb_entry e;
};

/* ---- writers by hand ---- */

static char *put(char *at, const char *text)
{
	while (*text)
		*at++ = *text++;
	return at;
}

static char *put_hex(char *at, uint64_t value, int digits)
{
	while (digits < 16 && value >> 4 * digits)
		digits++;
	for (int i = digits - 1; i >= 0; i--)
		*at++ = "0123456789abcdef"[value >> 4 * i & 15];
	return at;
}

static char *put_decimal(char *at, uint64_t value)
{
	char digits[20];
	int n = 0;

	do
		digits[n++] = (char)('0' + value % 10);
	while (value /= 10);
	while (n)
		*at++ = digits[--n];
	return at;
}

static char *put_size(char *at, uint64_t size)
{
	int unit = -1;

	for (; !(size & 1023) && unit < 3; unit++)
		size >>= 10;
	at = put_decimal(at, size);
	if (unit >= 0)
		*at++ = "KMGT"[unit];
	return at;
}

static char *put_mapping(char *at, const struct ppctlb_mapping *m)
{
	static const char *const names[] = {"ur", "uw", "ux", "sr", "sw", "sx",
					    "w",  "i",	"m",  "g",  "e"};
	const char *comma = "";

	at = put_hex(put(at, "0x"), m->eaddr, 1);
	at = put_hex(put(at, ":0x"), m->raddr, 1);
	at = put_size(put(at, ":"), m->size);
	at = put(at, ":");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!(m->flags >> i & 1))
			continue;
		at = put(put(at, comma), names[i]);
		comma = ",";
	}
	if (m->tid)
		at = put_decimal(put(put(at, comma), "tid="), m->tid);
	*at = 0;
	return at;
}

static char *put_entry(char *at, const struct ppctlb_entry *e)
{
	at = put_decimal(at, e->tlb);
	at = put_decimal(put(at, ":"), e->index);
	for (size_t i = 0; i < 4; i++)
		at = put_hex(put(at, i ? "," : "="), e->word[i], 8);
	*at = 0;
	return at;
}

/* ---- strtoull ---- */

static void take_mapping(const char *text, struct ppctlb_mapping *m)
{
	char *at;
	const char *equals;

	m->eaddr = strtoull(text, &at, 16);
	m->raddr = strtoull(at + 1, &at, 16);
	m->size = strtoull(at + 1, &at, 10);
	m->size <<= *at == 'K' ? 10 : *at == 'M' ? 20 : *at == 'G' ? 30 : 0;
	equals = strchr(at, '=');
	m->tid = equals ? (uint16_t)strtoull(equals + 1, NULL, 10) : 0;
}

static void take_entry(const char *text, struct ppctlb_entry *e)
{
	char *at;

	e->tlb = (uint16_t)strtoull(text, &at, 10);
	e->index = (uint16_t)strtoull(at + 1, &at, 10);
	for (size_t i = 0; i < 4; i++)
		e->word[i] = strtoull(at + 1, &at, 16);
}

/* ---- the sides ---- */

static size_t next(struct texts *s)
{
	return s->next = s->next + 1 < s->t.n ? s->next + 1 : 0;
}

static void ours_format_mapping(void *arg)
{
	struct texts *s = arg;

	must(ppctlb_format_mapping(&s->t.m[next(s)], s->out, sizeof(s->out)));
}

static void peer_format_mapping(void *arg)
{
	struct texts *s = arg;

	put_mapping(s->out, &s->t.m[next(s)]);
}

static void ours_format_entry(void *arg)
{
	struct texts *s = arg;

	must(ppctlb_format_entry(s->core, &s->t.e[next(s)], s->out, sizeof(s->out)));
}

static void peer_format_entry(void *arg)
{
	struct texts *s = arg;

	put_entry(s->out, &s->t.e[next(s)]);
}

static void ours_parse_mapping(void *arg)
{
	struct texts *s = arg;

	must(ppctlb_parse_mapping(s->text[next(s)], &s->m));
}

static void peer_parse_mapping(void *arg)
{
	struct texts *s = arg;

	take_mapping(s->text[next(s)], &s->m);
}

static void ours_parse_entry(void *arg)
{
	struct texts *s = arg;

	must(ppctlb_parse_entry(s->core, s->text[next(s)], &s->e));
}

static void peer_parse_entry(void *arg)
{
	struct texts *s = arg;

	take_entry(s->text[next(s)], &s->e);
}

static void open_texts(struct texts *s, const char *core)
{
	*s = (struct texts){.next = 0};
	tlb_open(&s->t, core, NULL, false);
	tlb_fill(&s->t, 0);
	s->core = ppctlb_handle_core(s->t.h);
	s->text = room(s->t.n, sizeof(*s->text));
}

void format(const char *core, const char *name, struct result *result)
{
	bool mapping = !strcmp(name, "mapping");
	struct race r = {.ours = mapping ? ours_format_mapping : ours_format_entry,
			 .peer = mapping ? peer_format_mapping : peer_format_entry,
			 .pieces = 1};
	struct texts s, other;

	open_texts(&s, core);
	other = s;
	for (size_t i = 0; i < s.t.n; i++) {
		r.ours(&s);
		r.peer(&other);
		require(!strcmp(s.out, other.out), s.out);
	}
	r.arg = &s;
	race(&r, result);
}

static bool equal_numbers(const struct texts *a, const struct texts *b)
{
	return a->m.eaddr == b->m.eaddr && a->m.raddr == b->m.raddr && a->m.size == b->m.size &&
	       a->m.tid == b->m.tid && a->e.tlb == b->e.tlb && a->e.index == b->e.index &&
	       !memcmp(a->e.word, b->e.word, sizeof(a->e.word));
}

void parse(const char *core, const char *name, struct result *result)
{
	bool mapping = !strcmp(name, "mapping");
	struct race r = {.ours = mapping ? ours_parse_mapping : ours_parse_entry,
			 .peer = mapping ? peer_parse_mapping : peer_parse_entry,
			 .pieces = 1};
	struct texts s, other;

	open_texts(&s, core);
	for (size_t i = 0; i < s.t.n; i++) {
		if (mapping)
			put_mapping(s.text[i], &s.t.m[i]);
		else
			put_entry(s.text[i], &s.t.e[i]);
	}
	other = s;
	for (size_t i = 0; i < s.t.n; i++) {
		r.ours(&s);
		r.peer(&other);
		require(equal_numbers(&s, &other), s.text[s.next]);
	}
	r.arg = &s;
	race(&r, result);
}
