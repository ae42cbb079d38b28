/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries in the forms that are used again: ENTRY text, labelled registers, U-Boot's tables, JSON.
 */
#include "print.h"
#include "json.h"
#include "names.h"
#include "tool.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/* ---- what stands beside a line ---- */

struct comment {
	char text[512];
	size_t used;
};

static void add(struct comment *c, const char *fmt, ...) PRINTF(2, 3);
static void add(struct comment *c, const char *fmt, ...)
{
	va_list ap;

	if (c->used)
		c->used += (size_t)snprintf(c->text + c->used, sizeof(c->text) - c->used, ", ");
	va_start(ap, fmt);
	c->used += (size_t)vsnprintf(c->text + c->used, sizeof(c->text) - c->used, fmt, ap);
	va_end(ap);
}

static void add_not_told(struct comment *c, uint32_t unknown)
{
	char names[256];

	if (unknown)
		add(c, "not told: %s", unknown_names(unknown, names, sizeof(names)));
}

struct form {
	const char *name;
	const char *open, *close; /* of a comment */
	void (*print)(struct printer *p, const struct ppctlb_entry *e, struct comment *c);
};

static bool has_slot(const struct ppctlb_entry *e)
{
	return !(e->tlb & PPCTLB_NO_SLOT);
}

static unsigned tlb_of(const struct ppctlb_entry *e)
{
	return e->tlb & ~PPCTLB_NO_SLOT;
}

static unsigned long long part(const struct ppctlb_entry *e, int word, uint64_t mask)
{
	return e->word[word] & mask;
}

/* ---- hex ---- */

static void print_hex(struct printer *p, const struct ppctlb_entry *e, struct comment *c)
{
	char text[PPCTLB_TEXT_MAX];

	(void)c;
	if (ppctlb_format_entry(p->core, e, text, sizeof(text)) == 0)
		fputs(text, stdout);
}

/* ---- e500: where MAS0 finds a slot ---- */

/* Of a TLB with sets MAS0 has only the way, and EPN tells the set. */
static unsigned esel_of(const struct printer *p, const struct ppctlb_entry *e)
{
	return e->index % p->info->array[tlb_of(e)].geometry.ways;
}

static bool in_set(const struct printer *p, const struct ppctlb_entry *e)
{
	const struct ppctlb_geometry *g = &p->info->array[tlb_of(e)].geometry;
	uint32_t sets = g->entries / g->ways;

	return !has_slot(e) || !core_is_e500(p->info) ||
	       e->index / g->ways == (e->word[1] >> 12) % sets;
}

/* A comment in place of a line that would say another thing. */
static void print_only(struct printer *p, const struct ppctlb_entry *e, const char *why)
{
	struct comment none = {.used = 0};

	printf("%s%s: ", p->form->open, why);
	print_hex(p, e, &none);
	fputs(p->form->close, stdout);
}

/* ---- labelled registers ---- */

static void print_mas(const struct printer *p, const struct ppctlb_entry *e)
{
	unsigned upper = part(e, 2, ~(uint64_t)UINT32_MAX) >> 32;

	if (has_slot(e))
		printf("MAS0=0x%08x ", e->tlb << 28 | esel_of(p, e) << 16);
	printf("MAS1=0x%08llx MAS2=0x%08llx MAS3=0x%08llx", part(e, 0, UINT32_MAX),
	       part(e, 1, UINT64_MAX), part(e, 2, UINT32_MAX));
	if (p->info->ra_bits > 32 || upper)
		printf(" MAS7=0x%08x", upper);
	if (p->info->lpid_bits || e->word[3])
		printf(" MAS8=0x%08llx", part(e, 3, UINT32_MAX));
}

static void print_words(const struct ppctlb_entry *e)
{
	if (has_slot(e))
		printf("%u:%u=", e->tlb, e->index);
	printf("TID=0x%02llx WORD0=0x%08llx WORD1=0x%08llx WORD2=0x%08llx", part(e, 0, UINT64_MAX),
	       part(e, 1, UINT64_MAX), part(e, 2, UINT64_MAX), part(e, 3, UINT64_MAX));
}

static void print_registers(struct printer *p, const struct ppctlb_entry *e, struct comment *c)
{
	(void)c;
	if (!in_set(p, e))
		print_only(p, e, "in another set than its EPN's");
	else if (core_is_e500(p->info))
		print_mas(p, e);
	else
		print_words(e);
}

/* ---- U-Boot's tables ---- */

/* A bit, and its name in those sources; a field, and how a comment tells it. */
struct bit {
	int word;
	uint64_t mask;
	const char *name;
};

static const struct bit mas3_bits[] = {
	{2, PPCTLB_MAS3_SX, "MAS3_SX"}, {2, PPCTLB_MAS3_SW, "MAS3_SW"},
	{2, PPCTLB_MAS3_SR, "MAS3_SR"}, {2, PPCTLB_MAS3_UX, "MAS3_UX"},
	{2, PPCTLB_MAS3_UW, "MAS3_UW"}, {2, PPCTLB_MAS3_UR, "MAS3_UR"},
};
static const struct bit mas2_bits[] = {
	{1, PPCTLB_MAS2_W, "MAS2_W"}, {1, PPCTLB_MAS2_I, "MAS2_I"}, {1, PPCTLB_MAS2_M, "MAS2_M"},
	{1, PPCTLB_MAS2_G, "MAS2_G"}, {1, PPCTLB_MAS2_E, "MAS2_E"},
};
static const struct bit ac_bits[] = {
	{3, PPCTLB_44X_UR | PPCTLB_44X_SR, "AC_R"},
	{3, PPCTLB_44X_UW | PPCTLB_44X_SW, "AC_W"},
	{3, PPCTLB_44X_UX | PPCTLB_44X_SX, "AC_X"},
};
static const struct bit sa_bits[] = {
	{3, PPCTLB_44X_W, "SA_W"}, {3, PPCTLB_44X_I, "SA_I"}, {3, PPCTLB_44X_M, "SA_M"},
	{3, PPCTLB_44X_G, "SA_G"}, {3, PPCTLB_44X_E, "SA_E"},
};

/* What a line of each table has no room for, and what of a word it carries. */
struct table {
	uint64_t carried[4];
	const struct bit *lost;
	size_t n_lost;
};

static const struct bit mas_lost[] = {
	{0, PPCTLB_MAS1_TID, "TID"}, {0, PPCTLB_MAS1_IND, "IND"}, {1, PPCTLB_MAS2_X0, "X0"},
	{1, PPCTLB_MAS2_X1, "X1"},   {2, PPCTLB_MAS3_U0, "U0"},	  {2, PPCTLB_MAS3_U1, "U1"},
	{2, PPCTLB_MAS3_U2, "U2"},   {2, PPCTLB_MAS3_U3, "U3"},	  {3, UINT32_MAX, "MAS8"},
};
static const struct table mas_table = {
	{PPCTLB_MAS1_V | PPCTLB_MAS1_IPROT | PPCTLB_MAS1_TS | PPCTLB_MAS1_TSIZE,
	 PPCTLB_MAS2_EPN | PPCTLB_MAS2_W | PPCTLB_MAS2_I | PPCTLB_MAS2_M | PPCTLB_MAS2_G |
		 PPCTLB_MAS2_E,
	 PPCTLB_MAS7_3_RPN | PPCTLB_MAS3_UX | PPCTLB_MAS3_SX | PPCTLB_MAS3_UW | PPCTLB_MAS3_SW |
		 PPCTLB_MAS3_UR | PPCTLB_MAS3_SR,
	 0},
	mas_lost,
	ARRAY_SIZE(mas_lost),
};

#define AC_BITS 0x03f /* the rights in word 2 */

static const struct bit words_lost[] = {
	{0, PPCTLB_44X_TID, "TID"}, {1, PPCTLB_44X_TS, "TS"}, {3, PPCTLB_44X_U0, "U0"},
	{3, PPCTLB_44X_U1, "U1"},   {3, PPCTLB_44X_U2, "U2"}, {3, PPCTLB_44X_U3, "U3"},
};
/* Parity is nobody's to write. */
static const struct table words_table = {
	{0, PPCTLB_44X_EPN | PPCTLB_44X_V | PPCTLB_44X_SIZE | PPCTLB_44X_TPAR,
	 PPCTLB_44X_RPN | PPCTLB_44X_ERPN | PPCTLB_44X_PAR1,
	 PPCTLB_44X_W | PPCTLB_44X_I | PPCTLB_44X_M | PPCTLB_44X_G | PPCTLB_44X_E | AC_BITS |
		 PPCTLB_44X_PAR2},
	words_lost,
	ARRAY_SIZE(words_lost),
};

/* Name what is not 0 and has no room; of a field of several bits its value, too. */
static void add_lost(struct comment *c, const struct table *t, const struct ppctlb_core_info *info,
		     const struct ppctlb_entry *e)
{
	uint64_t rest[4];

	for (int i = 0; i < 4; i++)
		rest[i] = e->word[i] & ~t->carried[i];
	for (size_t i = 0; i < t->n_lost; i++) {
		const struct bit *b = &t->lost[i];
		uint64_t value = rest[b->word] & b->mask;

		rest[b->word] &= ~b->mask;
		if (value && b->mask == UINT32_MAX)
			add(c, "%s 0x%" PRIx64, b->name, value);
		else if (value && b->mask & (b->mask - 1))
			add(c, "%s %" PRIu64, b->name, value / (b->mask & -b->mask));
		else if (value)
			add(c, "%s", b->name);
	}
	for (int i = 0; i < 4; i++)
		if (rest[i])
			add(c, "reserved bits 0x%" PRIx64 " of %s", rest[i], info->word_name[i]);
}

/* "MAS2_I|MAS2_G"; returns how many there were. */
static size_t put_bits(const struct bit *bits, size_t n, const struct ppctlb_entry *e,
		       const char *lead)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++)
		if ((e->word[bits[i].word] & bits[i].mask) == bits[i].mask)
			printf("%s%s", found++ ? "|" : lead, bits[i].name);
	return found;
}

static void put_bits_or_0(const struct bit *bits, size_t n, const struct ppctlb_entry *e)
{
	if (!put_bits(bits, n, e, ", "))
		fputs(", 0", stdout);
}

static void put_address(uint64_t address)
{
	printf(", 0x%08" PRIx64 "%s", address, address > UINT32_MAX ? "ull" : "");
}

static const char *size_name(unsigned shift, char *buf, size_t len)
{
	ppctlb_format_size(UINT64_C(1024) << shift, buf, len);
	return buf;
}

static void print_set_tlb_entry(struct printer *p, const struct ppctlb_entry *e, struct comment *c)
{
	unsigned tsize = part(e, 0, PPCTLB_MAS1_TSIZE) >> PPCTLB_MAS1_TSIZE_SHIFT;
	unsigned esel = has_slot(e) ? esel_of(p, e) : (unsigned)p->lines;
	char size[24];

	printf("SET_TLB_ENTRY(%u", tlb_of(e));
	put_address(e->word[1] & PPCTLB_MAS2_EPN);
	put_address(e->word[2] & PPCTLB_MAS7_3_RPN);
	put_bits_or_0(mas3_bits, ARRAY_SIZE(mas3_bits), e);
	put_bits_or_0(mas2_bits, ARRAY_SIZE(mas2_bits), e);
	printf(", %d, %u, BOOKE_PAGESZ_%s, %d),", part(e, 0, PPCTLB_MAS1_TS) != 0, esel,
	       size_name(tsize, size, sizeof(size)), part(e, 0, PPCTLB_MAS1_IPROT) != 0);
	if (!has_slot(e) && esel >= p->info->array[tlb_of(e)].geometry.entries)
		add(c, "TLB%u has no slot %u", tlb_of(e), esel);
	add_lost(c, &mas_table, p->info, e);
}

/* AC_ names stand for user and supervisor at once. */
static void put_attributes(const struct ppctlb_entry *e)
{
	uint64_t user = part(e, 3, PPCTLB_44X_UX | PPCTLB_44X_UW | PPCTLB_44X_UR);
	uint64_t super = part(e, 3, PPCTLB_44X_SX | PPCTLB_44X_SW | PPCTLB_44X_SR);
	size_t n = 1;

	if (user == super * (PPCTLB_44X_UR / PPCTLB_44X_SR))
		n = put_bits(ac_bits, ARRAY_SIZE(ac_bits), e, ", ");
	else
		printf(", 0x%02llx", part(e, 3, AC_BITS));
	n += put_bits(sa_bits, ARRAY_SIZE(sa_bits), e, n ? "|" : ", ");
	if (!n)
		fputs(", 0", stdout);
}

static void print_tlbentry(struct printer *p, const struct ppctlb_entry *e, struct comment *c)
{
	unsigned shift = part(e, 1, PPCTLB_44X_SIZE) / (PPCTLB_44X_SIZE & -PPCTLB_44X_SIZE);
	char size[24];

	printf("tlbentry(0x%08llx, SZ_%s, 0x%08llx, 0x%llx", part(e, 1, PPCTLB_44X_EPN),
	       size_name(2 * shift, size, sizeof(size)), part(e, 2, PPCTLB_44X_RPN),
	       part(e, 2, PPCTLB_44X_ERPN));
	put_attributes(e);
	putchar(')');
	if (has_slot(e) && e->index != p->lines)
		add(c, "slot %u", e->index);
	add_lost(c, &words_table, p->info, e);
}

/* Why these tables have no line for an entry; NULL: they have one. */
static const char *unfit(const struct printer *p, const struct ppctlb_entry *e)
{
	struct ppctlb_mapping m;

	if (ppctlb_decode_any(p->core, e, &m) < 0)
		return "not valid";
	/* every TSIZE has a name there, but not every SIZE of a 440 */
	if (!core_is_e500(p->info) && !(m.size & p->info->array[0].sizes))
		return "no page size";
	if (core_is_e500(p->info) && e->word[1] > UINT32_MAX)
		return "EPN has more than 32 bits";
	return in_set(p, e) ? NULL : "in another set than its EPN's";
}

static void print_u_boot(struct printer *p, const struct ppctlb_entry *e, struct comment *c)
{
	const char *why = unfit(p, e);

	if (why) {
		print_only(p, e, why);
		return;
	}
	(core_is_e500(p->info) ? print_set_tlb_entry : print_tlbentry)(p, e, c);
	p->lines++;
}

/* ---- all ---- */

static const struct form forms[] = {
	{"hex", "# ", "", print_hex},
	{"mas", "# ", "", print_registers},
	{"u-boot", "/* ", " */", print_u_boot},
};

const struct form *form_find(const char *name)
{
	for (size_t i = 0; name && i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i].name, name))
			return &forms[i];
	return NULL;
}

void print_entry(struct printer *p, const struct ppctlb_entry *e)
{
	struct comment c = {.used = 0};

	p->form->print(p, e, &c);
	add_not_told(&c, e->unknown);
	if (c.used)
		printf(" %s%s%s", p->form->open, c.text, p->form->close);
	putchar('\n');
}

void print_not_told(const struct printer *p, uint32_t unknown)
{
	struct comment c = {.used = 0};

	add_not_told(&c, unknown);
	if (c.used)
		printf("%s%s%s\n", p->form->open, c.text, p->form->close);
}
