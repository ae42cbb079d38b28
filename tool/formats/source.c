/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reader of the tables from which boards fill their TLB: U-Boot's, as calls of a macro, and those
 * of VxWorks, as rows in braces. What an entry looks like is a table here; calls.c finds it.
 */
#include "../names.h"
#include "calls.h"

#include <ppctlb/44x.h>
#include <ppctlb/e500.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum field { TLB, EPN, RPN, RPN_HIGH, RIGHTS, ATTRIBUTES, TS, ESEL, SIZE, IPROT, FLAGS, FIELDS };

/* What an argument may be. */
enum kind {
	NUMBER, /* in which only the bits of `legal` are set */
	PAGE,	/* the name of a page size */
	NAMES_OF_FLAGS
};

struct argument {
	enum field field;
	enum kind kind;
	uint64_t legal;
	const char *name;
};

struct source;

struct shape {
	struct pattern pattern;
	const char *backend;
	struct vocabulary words;
	const struct argument *argument;
	size_t least, most; /* number of arguments */
	/* False: has said why not. */
	bool (*make)(struct source *s, const uint64_t *value, struct row *row);
};

struct source {
	struct reader *reader;
	const struct shape *const *shapes; /* up to NULL; their patterns are those of calls */
	const struct pattern *patterns[3];
	const struct call *call; /* of which the values are */
	unsigned slot;		 /* of the next entry, where slots go by order */
	bool lost;		 /* it is not known any more */
	unsigned tables;	 /* names in front of a table, when the last entry came */
	bool any;
	struct calls calls;
};

static bool bad(struct source *s, const char *reason)
{
	s->reader->bad(s->call->line, s->call->column, reason, s->reader->arg);
	return false;
}

/* ---- places ---- */

/* The next slot of that TLB, if there is one: the text may be cut. */
static void place_by_order(struct source *s, uint16_t tlb, struct ppctlb_entry *e)
{
	s->lost |= s->calls.cuts > 0;
	e->tlb = tlb | (s->lost ? PPCTLB_NO_SLOT : 0);
	e->index = (uint16_t)(s->lost ? 0 : s->slot);
	if (s->lost)
		s->reader->unknown |= PPCTLB_UNKNOWN_SLOT;
}

static void count_slot(struct source *s)
{
	s->slot += s->slot < UINT16_MAX;
}

/* ---- U-Boot, e500 family: the words of MAS1 to MAS7 ---- */

static const struct constant mas_bits[] = {
	{"MAS2_X0", PPCTLB_MAS2_X0}, {"MAS2_X1", PPCTLB_MAS2_X1}, {"MAS2_W", PPCTLB_MAS2_W},
	{"MAS2_I", PPCTLB_MAS2_I},   {"MAS2_M", PPCTLB_MAS2_M},	  {"MAS2_G", PPCTLB_MAS2_G},
	{"MAS2_E", PPCTLB_MAS2_E},   {"MAS3_U0", PPCTLB_MAS3_U0}, {"MAS3_U1", PPCTLB_MAS3_U1},
	{"MAS3_U2", PPCTLB_MAS3_U2}, {"MAS3_U3", PPCTLB_MAS3_U3}, {"MAS3_UX", PPCTLB_MAS3_UX},
	{"MAS3_SX", PPCTLB_MAS3_SX}, {"MAS3_UW", PPCTLB_MAS3_UW}, {"MAS3_SW", PPCTLB_MAS3_SW},
	{"MAS3_UR", PPCTLB_MAS3_UR}, {"MAS3_SR", PPCTLB_MAS3_SR},
};

static const struct argument set_tlb_entry[] = {
	{TLB, NUMBER, 1, "tlb"},
	{EPN, NUMBER, UINT32_MAX, "epn"},
	{RPN, NUMBER, UINT64_MAX, "rpn"},
	{RIGHTS, NUMBER, 0x3ff, "perms"},
	{ATTRIBUTES, NUMBER, 0x7f, "wimge"},
	{TS, NUMBER, 1, "ts"},
	{ESEL, NUMBER, 0xfff, "esel"},
	{SIZE, PAGE, 0, "tsize"},
	{IPROT, NUMBER, 1, "iprot"},
};

static bool place_by_esel(struct source *s, const uint64_t *value, struct ppctlb_entry *e)
{
	const struct ppctlb_core_info *info = s->reader->info;
	char reason[80];

	e->tlb = (uint16_t)value[TLB];
	e->index = (uint16_t)value[ESEL];
	if (value[TLB])
		return true;
	if (value[ESEL] < info->array[0].geometry.ways) {
		place_in_set(info, value[EPN], (unsigned)value[ESEL], e);
		return true;
	}
	snprintf(reason, sizeof(reason), "esel is %u, and a set of TLB0 has %u ways",
		 (unsigned)value[ESEL], info->array[0].geometry.ways);
	return bad(s, reason);
}

static bool make_set_tlb_entry(struct source *s, const uint64_t *value, struct row *row)
{
	struct ppctlb_entry *e = &row->entry;
	struct ppctlb_mapping m = {.eaddr = value[EPN],
				   .raddr = value[RPN],
				   .size = value[SIZE],
				   .flags = (value[TS] ? PPCTLB_TS : 0) |
					    (value[IPROT] ? PPCTLB_IPROT : 0)};

	if (!place_by_esel(s, value, e) || !words_as_written(s->reader->info, &m, e))
		return false;
	e->word[1] |= value[ATTRIBUTES];
	e->word[2] |= value[RIGHTS];
	return true;
}

static const struct shape set_tlb_entry_shape = {
	.pattern = {.macro = "SET_TLB_ENTRY"},
	.backend = "e500",
	.words = {mas_bits, ARRAY_SIZE(mas_bits), false, "BOOKE_PAGESZ_", "SZ_"},
	.argument = set_tlb_entry,
	.least = ARRAY_SIZE(set_tlb_entry),
	.most = ARRAY_SIZE(set_tlb_entry),
	.make = make_set_tlb_entry,
};

/* ---- U-Boot, 440: the three words ---- */

#define AC_R (PPCTLB_44X_UR | PPCTLB_44X_SR)
#define AC_W (PPCTLB_44X_UW | PPCTLB_44X_SW)
#define AC_X (PPCTLB_44X_UX | PPCTLB_44X_SX)

static const struct constant word2_bits[] = {
	{"AC_R", AC_R},		{"AC_W", AC_W},		{"AC_X", AC_X},
	{"AC_RW", AC_R | AC_W}, {"AC_RX", AC_R | AC_X}, {"AC_RWX", AC_R | AC_W | AC_X},
	{"SA_W", PPCTLB_44X_W}, {"SA_I", PPCTLB_44X_I}, {"SA_M", PPCTLB_44X_M},
	{"SA_G", PPCTLB_44X_G}, {"SA_E", PPCTLB_44X_E}, {"SA_IG", PPCTLB_44X_I | PPCTLB_44X_G},
};

static const struct argument tlbentry[] = {
	{EPN, NUMBER, UINT32_MAX, "ea"},     {SIZE, PAGE, 0, "size"},
	{RPN, NUMBER, UINT32_MAX, "rpn"},    {RPN_HIGH, NUMBER, PPCTLB_44X_ERPN, "erpn"},
	{ATTRIBUTES, NUMBER, 0xfbf, "attr"},
};

/* The largest page that the core has for it; 0: none. */
static uint64_t largest_page(const struct ppctlb_core_info *info, const struct ppctlb_mapping *m)
{
	for (int n = 63; n >= 0; n--) {
		uint64_t size = UINT64_C(1) << n;

		if (info->array[0].sizes & size && size <= m->size &&
		    !((m->eaddr | m->raddr) & (size - 1)))
			return size;
	}
	return 0;
}

static bool bad_size(struct source *s, const struct ppctlb_mapping *m)
{
	const struct ppctlb_core_info *info = s->reader->info;
	uint64_t largest = largest_page(info, m);
	char wanted[PPCTLB_TEXT_MAX], page[PPCTLB_TEXT_MAX], there[160] = "", slot[48] = "";
	char reason[REASON_LEN];

	ppctlb_format_size(m->size, wanted, sizeof(wanted));
	if (largest) {
		ppctlb_format_size(largest, page, sizeof(page));
		snprintf(
			there, sizeof(there),
			"; the largest legal one at this address is %.24s, and %llu of them map it",
			page, (unsigned long long)(m->size / largest));
	}
	if (!s->lost)
		snprintf(slot, sizeof(slot), "; slot %u stays empty", s->slot);
	snprintf(reason, sizeof(reason), "%.24s is no page of a %s%s%s", wanted, info->name, there,
		 slot);
	return bad(s, reason);
}

/* Words of a 440 in the next slot; the last of them has those bits, too. */
static bool make_440(struct source *s, const struct ppctlb_mapping *m, struct ppctlb_entry *e,
		     uint64_t bits)
{
	place_by_order(s, 0, e);
	if (!words_as_written(s->reader->info, m, e))
		return bad_size(s, m);
	e->word[3] |= bits;
	return true;
}

static bool make_tlbentry(struct source *s, const uint64_t *value, struct row *row)
{
	struct ppctlb_mapping m = {.eaddr = value[EPN],
				   .raddr = value[RPN_HIGH] << 32 | value[RPN],
				   .size = value[SIZE]};

	return make_440(s, &m, &row->entry, value[ATTRIBUTES]);
}

static const struct shape tlbentry_shape = {
	.pattern = {.macro = "tlbentry", .start = "tlbtab_start"},
	.backend = "44x",
	.words = {word2_bits, ARRAY_SIZE(word2_bits), false, "SZ_", NULL},
	.argument = tlbentry,
	.least = ARRAY_SIZE(tlbentry),
	.most = ARRAY_SIZE(tlbentry),
	.make = make_tlbentry,
};

/* ---- VxWorks ---- */

static const struct constant vxworks_names[] = {
	{"_MMU_TLB_TS_0", 0},
	{"_MMU_TLB_TS_1", PPCTLB_TS},
	{"_MMU_TLB_IPROT", PPCTLB_IPROT},
	{"_MMU_TLB_PERM_W", PPCTLB_SW},
	{"_MMU_TLB_PERM_X", PPCTLB_SX},
	{"_MMU_TLB_PERM_UR", PPCTLB_UR},
	{"_MMU_TLB_PERM_UW", PPCTLB_UW},
	{"_MMU_TLB_PERM_UX", PPCTLB_UX},
	{"_MMU_TLB_ATTR_W", PPCTLB_W},
	{"_MMU_TLB_ATTR_I", PPCTLB_I},
	{"_MMU_TLB_ATTR_M", PPCTLB_M},
	{"_MMU_TLB_ATTR_G", PPCTLB_G},
	{"_MMU_TLB_ATTR_E", PPCTLB_E},
};

static const struct argument vxworks_row[] = {
	{EPN, NUMBER, UINT32_MAX, "effAddr"},
	{RPN_HIGH, NUMBER, UINT32_MAX, "realAddrExt"},
	{RPN, NUMBER, UINT32_MAX, "realAddr"},
	{FLAGS, NAMES_OF_FLAGS, 0, "the attributes"},
	{FLAGS, NAMES_OF_FLAGS, 0, "the permissions"},
};

/* The size among the flags. */
static bool size_of_flags(struct source *s, uint64_t flags, uint64_t *size)
{
	uint64_t sizes = flags >> 32;

	*size = sizes * 1024;
	if (!sizes)
		return bad(s, "a page size is missing, such as _MMU_TLB_SZ_4K");
	if (sizes & (sizes - 1))
		return bad(s, "two page sizes");
	return true;
}

static bool make_vxworks(struct source *s, const uint64_t *value, struct row *row)
{
	const struct ppctlb_core_info *info = s->reader->info;
	bool e500 = core_is_e500(info);
	struct ppctlb_mapping m = {.eaddr = value[EPN],
				   .raddr = value[RPN_HIGH] << 32 | value[RPN],
				   .flags = (uint32_t)value[FLAGS] | PPCTLB_SR};
	char reason[96];

	if (!size_of_flags(s, value[FLAGS], &m.size))
		return false;
	if (e500 && value[RPN_HIGH])
		return bad(s, "realAddrExt is not 0, and is not used on the e500 family");
	if (value[RPN_HIGH] & ~(uint64_t)PPCTLB_44X_ERPN)
		return bad(s, "realAddrExt has more than four bits");
	if (m.flags & ~info->flags) {
		snprintf(reason, sizeof(reason), "an attribute that %s does not have", info->name);
		return bad(s, reason);
	}
	if (!e500)
		return make_440(s, &m, &row->entry, 0);
	place_by_order(s, 1, &row->entry);
	return words_as_written(info, &m, &row->entry);
}

static const struct shape vxworks_shape = {
	.pattern = {.mark = "_MMU_TLB_", .before = 3, .start = "TLB_ENTRY_DESC"},
	.words = {vxworks_names, ARRAY_SIZE(vxworks_names), true, "_MMU_TLB_SZ_", NULL},
	.argument = vxworks_row,
	.least = 4,
	.most = 5,
	.make = make_vxworks,
};

/* ---- the values of a call ---- */

/* Why an argument cannot have that value; NULL: it can. */
static const char *why_not(const struct argument *a, const struct value *v, char *buf, size_t size)
{
	uint64_t sizes = v->n >> 32;

	if (a->kind == NAMES_OF_FLAGS)
		return v->plain ? "names of VxWorks are expected, and no numbers" : NULL;
	if (a->kind == PAGE)
		return !v->symbol || v->plain || sizes & (sizes - 1)
			       ? "a page size is expected by its name: its number is not the same "
				 "in all sources"
			       : NULL;
	if (v->symbol)
		return "a page size or a flag, where a number is expected";
	if (!(v->n & ~a->legal))
		return NULL;
	snprintf(buf, size, "0x%llx has bits outside of 0x%llx", (unsigned long long)v->n,
		 (unsigned long long)a->legal);
	return buf;
}

/* An argument of 32 bits may be an int in C: -1 is 0xffffffff. */
static uint64_t narrow(const struct argument *a, const struct value *v)
{
	return a->kind == NUMBER && !v->wide && a->legal == UINT32_MAX ? (uint32_t)v->n : v->n;
}

static bool take_argument(struct source *s, const struct shape *shape, size_t i, uint64_t *value)
{
	const struct argument *a = &shape->argument[i];
	const struct call *c = s->call;
	struct expr e = {.names = &s->calls.conditions.names, .words = &shape->words};
	struct value v;
	const char *why = e.reason;
	char buf[96], reason[REASON_LEN];

	if (expr_value(&e, c->text + c->argument[i].at, &v)) {
		v.n = narrow(a, &v);
		why = why_not(a, &v, buf, sizeof(buf));
		value[a->field] |= a->kind == PAGE ? (v.n >> 32) * 1024 : v.n;
	}
	if (!why)
		return true;
	snprintf(reason, sizeof(reason), "%s: %s", a->name, why);
	s->reader->bad(c->argument[i].line ? c->argument[i].line : c->line, c->argument[i].column,
		       reason, s->reader->arg);
	return false;
}

static bool take_arguments(struct source *s, const struct shape *shape, uint64_t *value)
{
	const struct call *c = s->call;
	char reason[96];

	if (c->n < shape->least || c->n > shape->most) {
		snprintf(reason, sizeof(reason), "%zu arguments expected, not %zu%s", shape->least,
			 c->n, c->n == ARGUMENTS ? " or more" : "");
		return bad(s, reason);
	}
	for (size_t i = 0; i < c->n; i++)
		if (!take_argument(s, shape, i, value))
			return false;
	return true;
}

static bool right_core(struct source *s, const struct shape *shape)
{
	const struct ppctlb_core_info *info = s->reader->info;
	char reason[96];

	if (!shape->backend || !strcmp(shape->backend, info->backend))
		return true;
	snprintf(reason, sizeof(reason), "%s() fills the TLB of %s, and %s has another one",
		 shape->pattern.macro, strcmp(shape->backend, "44x") ? "an e500" : "a 440",
		 info->name);
	return bad(s, reason);
}

/* Slots by order begin again with each table, so one of two has to be chosen. */
static void check_table(struct source *s)
{
	bool second = s->any && s->tables != s->calls.tables;

	s->any = true;
	s->tables = s->calls.tables;
	if (!second)
		return;
	s->lost = true;
	bad(s, "a second table begins here; import one at a time");
}

static const struct shape *shape_of(const struct source *s, const struct pattern *pattern)
{
	size_t i = 0;

	while (&s->shapes[i]->pattern != pattern)
		i++;
	return s->shapes[i];
}

static void found(struct call *call, void *arg)
{
	struct source *s = arg;
	const struct shape *shape = shape_of(s, call->pattern);
	uint64_t value[FIELDS] = {0};
	struct row row = {.kind = ROW_WORDS, .line = call->line, .column = call->column};

	s->call = call;
	check_table(s);
	if (right_core(s, shape) && take_arguments(s, shape, value) && shape->make(s, value, &row))
		s->reader->row(&row, s->reader->arg);
	count_slot(s);
}

/* An entry that cannot be read has a slot all the same; one that may not be there may have none. */
static void lost(const struct call *call, void *arg)
{
	struct source *s = arg;

	s->any = true;
	s->tables = s->calls.tables;
	s->lost |= call->open;
	count_slot(s);
}

/* ---- the reader ---- */

static bool begin(struct reader *r, const struct shape *const *shapes)
{
	struct source *s = calloc(1, sizeof(*s));

	if (!s)
		return false;
	s->reader = r;
	s->shapes = shapes;
	for (size_t i = 0; shapes[i]; i++)
		s->patterns[i] = &shapes[i]->pattern;
	s->calls.reader = r;
	s->calls.patterns = s->patterns;
	s->calls.found = found;
	s->calls.lost = lost;
	s->calls.arg = s;
	r->state = s;
	return calls_begin(&s->calls);
}

static bool u_boot_begin(struct reader *r)
{
	static const struct shape *const shapes[] = {&set_tlb_entry_shape, &tlbentry_shape, NULL};

	return begin(r, shapes);
}

static bool vxworks_begin(struct reader *r)
{
	static const struct shape *const shapes[] = {&vxworks_shape, NULL};

	return begin(r, shapes);
}

static enum line source_line(struct reader *r, char *line)
{
	struct source *s = r->state;

	return calls_line(&s->calls, line);
}

static void source_end(struct reader *r)
{
	struct source *s = r->state;

	calls_end(&s->calls);
}

static void source_free(struct reader *r)
{
	struct source *s = r->state;

	if (s)
		calls_free(&s->calls);
	free(s);
}

/* A table tells nothing of the slots that it does not fill. */
const struct format format_u_boot = {
	.what = "a TLB table of U-Boot",
	.example = "SET_TLB_ENTRY(1, 0xfffff000, 0xfffff000, ...), or tlbentry(...) of a 440",
	.shows = {{"44x", PPCTLB_UNKNOWN_INVALID},
		  {"e500", PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_TID}},
	.begin = u_boot_begin,
	.line = source_line,
	.end = source_end,
	.free = source_free,
};

const struct format format_vxworks = {
	.what = "a TLB table of VxWorks",
	.example = "{ 0xf0000000, 0x0, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_SZ_16M | ... }",
	.shows = {{"44x", PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_TID},
		  {"e500", PPCTLB_UNKNOWN_INVALID | PPCTLB_UNKNOWN_TID}},
	.begin = vxworks_begin,
	.line = source_line,
	.end = source_end,
	.free = source_free,
};
