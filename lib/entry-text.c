// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Entries as text, and back. The library knows no registers: which labels there are, and in which
 * orders numbers come without them, is data of the core.
 */
#include "text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { WORDS = 4, MOST_NUMBERS = 8, MOST_READINGS = 4 };

/* ---- labels ---- */

static const struct ppctlb_field no_fields[] = {{0}};

static const struct ppctlb_field *fields_of(const struct ppctlb_core *core)
{
	return core->fields ? core->fields : no_fields;
}

static bool is_label_char(char c)
{
	char lower = (char)(c | 0x20);

	return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z') || c == '_';
}

static size_t label_length(const char *text)
{
	size_t n = 0;

	while (is_label_char(text[n]))
		n++;
	return n;
}

/* In either case; text has characters of labels only, of which no other two differ in that bit. */
static bool same_label(const char *label, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if ((label[i] ^ text[i]) & ~0x20)
			return false;
	return !label[len];
}

/* The field of that label: one of the core's, or a whole word. False: there is none. */
static bool find_field(const struct ppctlb_core *core, const char *text, size_t len,
		       struct ppctlb_field *field)
{
	for (const struct ppctlb_field *f = fields_of(core); f->label; f++) {
		if (same_label(f->label, text, len)) {
			*field = *f;
			return true;
		}
	}
	for (uint8_t i = 0; i < WORDS && core->info.word_name[i]; i++) {
		if (same_label(core->info.word_name[i], text, len)) {
			*field = (struct ppctlb_field){core->info.word_name[i], i, 0, 64};
			return true;
		}
	}
	return false;
}

/* ---- an entry in parts ---- */

struct number {
	uint64_t value;
	const char *at;
};

/* An entry under construction. */
struct parts {
	const struct ppctlb_core *core;
	struct ppctlb_entry entry;
	uint64_t given[WORDS]; /* bits that a number was given for */
	bool placed;	       /* by a number, which is: */
	struct number place;
};

/* The highest number that the field can hold. */
static uint64_t most_of(const struct ppctlb_field *f)
{
	return f->bits >= 64 ? UINT64_MAX : (UINT64_C(1) << f->bits) - 1;
}

static bool is_place(const struct ppctlb_field *f)
{
	return f->word == PPCTLB_PLACE;
}

/* Is the number too wide for the field? */
static bool too_wide(const struct ppctlb_core *core, const struct ppctlb_field *f, uint64_t value)
{
	uint64_t most = most_of(f);

	if (!is_place(f))
		most &= core->word_mask[f->word] >> f->shift;
	return value & ~most;
}

/* False: the entry has that part already. */
static bool add_part(struct parts *p, const struct ppctlb_field *f, const struct number *n)
{
	uint64_t bits = most_of(f) << f->shift;

	if (is_place(f)) {
		bool first = !p->placed;

		p->placed = true;
		p->place = *n;
		return first;
	}
	if (p->given[f->word] & bits)
		return false;
	p->given[f->word] |= bits;
	p->entry.word[f->word] |= n->value << f->shift;
	return true;
}

/* The words are there: find the slot that a number names, and what was not told. Returns NULL, or
 * what is wrong with that number. */
static const char *complete(struct parts *p)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (!p->given[i] && p->core->info.word_name[i])
			p->entry.unknown |= p->core->not_told[i];
	return p->placed ? p->core->place(p->core, p->place.value, &p->entry) : NULL;
}

static void begin_parts(struct parts *p, const struct ppctlb_core *core)
{
	p->core = core;
	p->entry = (struct ppctlb_entry){
		.tlb = (uint16_t)((core->info.arrays - 1) | PPCTLB_NO_SLOT),
	};
	memset(p->given, 0, sizeof(p->given));
	p->placed = false;
}

/* ---- positions ---- */

/* The geometry of an e500 is chosen at open, so any index that has 16 bits may be right. */
static uint64_t index_limit(const struct ppctlb_core_info *core, uint64_t tlb)
{
	return tlb_is_family(core, "e500") ? 65536 : core->array[tlb].geometry.entries;
}

/* "5", "0x5"; what is no number is told once it is read. */
static const char *past_number(const char *text)
{
	while ((*text >= '0' && *text <= '9') || *text == 'x' || *text == 'X')
		text++;
	return text;
}

/* "1:5=" */
static bool has_position(const char *text)
{
	const char *end = past_number(text);

	return end > text && *end == ':' && *past_number(end + 1) == '=';
}

static int take_position(struct in *in, const struct ppctlb_core *core, struct ppctlb_entry *e)
{
	uint64_t tlb, index;
	int ret = tlb_take_below(in, core->info.arrays, &tlb);

	ret = ret ? ret : tlb_expect(in, ':');
	ret = ret ? ret : tlb_take_below(in, index_limit(&core->info, tlb), &index);
	ret = ret ? ret : tlb_expect(in, '=');
	if (ret)
		return ret;
	e->tlb = (uint16_t)tlb;
	e->index = (uint16_t)index;
	return 0;
}

/* ---- with labels ---- */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct in *in)
{
	while (is_blank(*in->at))
		in->at++;
}

/* Between numbers: blanks, with at most one comma. */
static void skip_gap(struct in *in)
{
	skip_blanks(in);
	if (tlb_take(in, ','))
		skip_blanks(in);
}

static int take_label(struct in *in, const struct ppctlb_core *core, struct ppctlb_field *f)
{
	size_t len = label_length(in->at);

	if (!find_field(core, in->at, len, f))
		return tlb_bad(in, in->at, "an entry of %s has no '%.*s'", core->info.name,
			       (int)(len < 32 ? len : 32), in->at);
	in->at += len;
	skip_blanks(in);
	if (!tlb_take(in, '='))
		tlb_take(in, ':');
	skip_blanks(in);
	return 0;
}

static int take_part(struct in *in, struct parts *p)
{
	struct ppctlb_field f;
	struct number n;
	const char *label = in->at;
	int ret = take_label(in, p->core, &f);

	if (ret)
		return ret;
	n.at = in->at;
	ret = tlb_take_address(in, &n.value);
	if (ret)
		return ret;
	if (label_length(in->at))
		return tlb_bad(in, in->at, "a hexadecimal digit expected");
	if (too_wide(p->core, &f, n.value))
		return tlb_bad(in, n.at, "%s 0x%" PRIx64 " is wider than the word", f.label,
			       n.value);
	if (!add_part(p, &f, &n))
		return tlb_bad(in, label, "%s was given already", f.label);
	return 0;
}

/* The label to ask for where a word is missing: the core's own for its lowest bits. */
static const char *label_of_word(const struct ppctlb_core *core, unsigned word)
{
	for (const struct ppctlb_field *f = fields_of(core); f->label; f++)
		if (f->word == word && !f->shift)
			return f->label;
	return core->info.word_name[word];
}

static int take_labelled(struct in *in, struct parts *p)
{
	do {
		int ret = take_part(in, p);

		if (ret)
			return ret;
		skip_gap(in);
	} while (*in->at);
	for (unsigned i = 0; i < WORDS && p->core->info.word_name[i]; i++)
		if (!p->given[i] && !(p->core->optional >> i & 1))
			return tlb_bad(in, in->at, "%s is missing", label_of_word(p->core, i));
	return 0;
}

/* ---- without ---- */

/* A row of numbers. */
struct row {
	struct number number[MOST_NUMBERS];
	size_t n;
};

static int take_row(struct in *in, struct row *r)
{
	int ret = 0;

	for (r->n = 0; !ret && (!r->n || *in->at); r->n++) {
		if (r->n == MOST_NUMBERS)
			return tlb_bad(in, in->at, "nothing more expected");
		r->number[r->n].at = in->at;
		ret = tlb_take_address(in, &r->number[r->n].value);
		if (!ret && *in->at && *in->at != ',' && !is_blank(*in->at))
			ret = tlb_bad(in, in->at, "',' expected");
		if (!ret && *in->at) {
			skip_gap(in);
			if (!*in->at && !is_blank(in->at[-1]))
				ret = tlb_bad(in, in->at, "a number expected");
		}
	}
	return ret;
}

/* What a row may mean. */
struct reading {
	const struct ppctlb_field *fields; /* of its numbers */
	struct parts parts;
	const struct number *unfit; /* a number that does not fit, or NULL */
	const char *wrong;	    /* what is wrong with it, or NULL: ... */
	const char *label;	    /* ... it is wider than this field */
	bool good; /* the entry is valid and well formed but for the words that it may lack */
};

static size_t count_words(const struct ppctlb_core *core)
{
	size_t n = 0;

	while (n < WORDS && core->info.word_name[n])
		n++;
	return n;
}

static bool is_good(const struct parts *p)
{
	struct ppctlb_entry e = p->entry;
	struct ppctlb_mapping m;

	e.tlb &= (uint16_t)~PPCTLB_NO_SLOT;
	for (unsigned i = 0; i < WORDS; i++)
		if (p->core->optional >> i & 1)
			e.word[i] = 0;
	return !(p->core->decode(p->core, &e, &m) & (PPCTLB_DEFECT_INVALID | TLB_MALFORMED));
}

static const char *label_of(const struct ppctlb_core *core, const struct ppctlb_field *f)
{
	return f->label ? f->label : core->info.word_name[f->word];
}

/* Read the row by the fields of r. */
static void read_row(const struct ppctlb_core *core, const struct row *row, struct reading *r)
{
	r->unfit = NULL;
	r->good = false;
	begin_parts(&r->parts, core);
	for (size_t i = 0; i < row->n; i++) {
		const struct number *n = &row->number[i];
		const struct ppctlb_field *f = &r->fields[i];

		if (too_wide(core, f, n->value)) {
			r->unfit = n;
			r->wrong = NULL;
			r->label = label_of(core, f);
			return;
		}
		add_part(&r->parts, f, n);
	}
	r->wrong = complete(&r->parts);
	if (r->wrong)
		r->unfit = &r->parts.place;
	r->good = !r->wrong && is_good(&r->parts);
}

static int tell_unfit(const struct in *in, const struct reading *r)
{
	if (r->wrong)
		return tlb_bad(in, r->unfit->at, "%s", r->wrong);
	return tlb_bad(in, r->unfit->at, "%s 0x%" PRIx64 " is wider than the word", r->label,
		       r->unfit->value);
}

/* The readings of a row with so many numbers: the printed form first. */
struct readings {
	struct reading at[MOST_READINGS];
	size_t n;
};

static void add_reading(struct readings *all, const struct row *row, const struct ppctlb_core *core,
			const struct ppctlb_field *fields)
{
	if (all->n == MOST_READINGS)
		return;
	all->at[all->n].fields = fields;
	read_row(core, row, &all->at[all->n++]);
}

/* The printed form: the words in their order, as many as the core has. Their labels are the core's.
 */
static const struct ppctlb_field words[WORDS] = {
	{NULL, 0, 0, 64},
	{NULL, 1, 0, 64},
	{NULL, 2, 0, 64},
	{NULL, 3, 0, 64},
};

/* Has a row of fields as many as the row of numbers? */
static bool is_as_long(const struct ppctlb_field *fields, const struct row *row)
{
	size_t n = 0;

	while (n < row->n && fields[n].label)
		n++;
	return n == row->n && !fields[n].label;
}

static void find_readings(const struct ppctlb_core *core, const struct row *row,
			  struct readings *all)
{
	all->n = 0;
	if (row->n == count_words(core))
		add_reading(all, row, core, words);
	for (const struct ppctlb_field *const *rows = core->rows; rows && *rows; rows++)
		if (is_as_long(*rows, row))
			add_reading(all, row, core, *rows);
}

/* A text that is made of several. */
struct list {
	char text[512];
	size_t used;
};

static void add(struct list *l, const char *between, const char *fmt, ...) PRINTF(3, 4);
static void add(struct list *l, const char *between, const char *fmt, ...)
{
	size_t room = sizeof(l->text) - l->used;
	va_list args;

	/* what does not fit is left out */
	l->used += (size_t)snprintf(l->text + l->used, room, "%s", l->used ? between : "");
	l->used = l->used < sizeof(l->text) ? l->used : sizeof(l->text) - 1;
	room = sizeof(l->text) - l->used;
	va_start(args, fmt);
	l->used += (size_t)vsnprintf(l->text + l->used, room, fmt, args);
	va_end(args);
	l->used = l->used < sizeof(l->text) ? l->used : sizeof(l->text) - 1;
}

/* The labels of a row with so many numbers; n 0: of one that ends by itself. */
static struct list labels_of(const struct ppctlb_core *core, const struct ppctlb_field *fields,
			     size_t n)
{
	struct list l = {"", 0};

	for (size_t i = 0; n ? i < n : fields[i].label != NULL; i++)
		add(&l, " ", "%s", label_of(core, &fields[i]));
	return l;
}

static bool same_entry(const struct parts *a, const struct parts *b)
{
	return a->entry.tlb == b->entry.tlb && a->entry.index == b->entry.index &&
	       !memcmp(a->entry.word, b->entry.word, sizeof(a->entry.word));
}

/* Does it have something in a word that an entry may lack? */
static bool has_optional(const struct reading *r)
{
	for (unsigned i = 0; i < WORDS; i++)
		if (r->parts.core->optional >> i & 1 && r->parts.entry.word[i])
			return true;
	return false;
}

static bool all_zero(const struct row *row)
{
	uint64_t any = 0;

	for (size_t i = 0; i < row->n; i++)
		any |= row->number[i].value;
	return !any;
}

/*
 * The one entry that the readings make, of those that make a good one; where none does, of those
 * that fit. NULL: they make several, or it has a word that it may lack: nobody knows which is
 * meant. may[] gets which came into question.
 */
static const struct reading *decide(const struct readings *all, const struct row *row, bool *may)
{
	const struct reading *first = NULL;
	bool any_good = false, differ = false;

	for (size_t i = 0; i < all->n; i++)
		any_good |= all->at[i].good;
	for (size_t i = 0; i < all->n; i++) {
		const struct reading *r = &all->at[i];

		may[i] = any_good ? r->good : !r->unfit;
		if (may[i] && first)
			differ |= !same_entry(&first->parts, &r->parts);
		else if (may[i])
			first = r;
	}
	if (!first || has_optional(first) || (differ && !all_zero(row)))
		return NULL;
	return first;
}

static int ambiguous(const struct in *in, const struct readings *all, const struct row *row,
		     const bool *may)
{
	struct list rows = {"", 0};
	const char *last = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct reading *r = &all->at[i];

		if (!may[i])
			continue;
		add(&rows, " or ", "'%s'", labels_of(r->parts.core, r->fields, row->n).text);
		last = label_of(r->parts.core, &r->fields[row->n - 1]);
	}
	return tlb_bad(in, row->number[0].at,
		       "%zu numbers that may be %s: say it with labels, as in %s=%" PRIx64, row->n,
		       rows.text, last, row->number[row->n - 1].value);
}

static int no_such_row(const struct in *in, const struct ppctlb_core *core, const struct row *row)
{
	struct list rows = {"", 0};

	add(&rows, "", "'%s'", labels_of(core, words, count_words(core)).text);
	for (const struct ppctlb_field *const *r = core->rows; r && *r; r++)
		add(&rows, ", or ", "'%s'", labels_of(core, *r, 0).text);
	return tlb_bad(in, in->at, "%zu number%s; an entry of %s is %s", row->n,
		       row->n == 1 ? "" : "s", core->info.name, rows.text);
}

/* What the numbers mean, or NULL after a failure. */
static const struct reading *find_reading(const struct in *in, const struct ppctlb_core *core,
					  const struct row *row, struct readings *all)
{
	bool may[MOST_READINGS] = {false};
	const struct reading *found;

	find_readings(core, row, all);
	if (!all->n) {
		no_such_row(in, core, row);
		return NULL;
	}
	found = all->n > 1 ? decide(all, row, may) : &all->at[0];
	if (found)
		return found;
	if (!memchr(may, 1, sizeof(may)))
		return &all->at[0];
	ambiguous(in, all, row, may);
	return NULL;
}

static int take_numbers(struct in *in, struct parts *p, bool positioned)
{
	const struct ppctlb_core *core = p->core;
	const struct reading *found;
	struct readings all;
	struct row row;
	int ret = take_row(in, &row);

	if (ret)
		return ret;
	if (positioned && row.n == count_words(core)) { /* as it is printed */
		all.n = 0;
		add_reading(&all, &row, core, words);
		found = &all.at[0];
	} else {
		found = find_reading(in, core, &row, &all);
	}
	if (!found)
		return -EINVAL;
	if (found->unfit)
		return tell_unfit(in, found);
	p->entry = found->parts.entry;
	p->placed = found->parts.placed;
	return 0;
}

/* ---- entries ---- */

static bool starts_with_label(const struct ppctlb_core *core, const char *text)
{
	struct ppctlb_field f;
	size_t len = label_length(text), gap = strspn(text + len, " \t");

	/* a label that no core has is told as such, and not as a bad number */
	return find_field(core, text, len, &f) ||
	       (len && (text[len + gap] == '=' || text[len + gap] == ':'));
}

static int parse(const struct ppctlb_core *core, struct in *in, struct ppctlb_entry *e)
{
	/* set for gcc -Os, which does not see that it is used only where it has a value */
	struct ppctlb_entry place = {.index = 0};
	bool positioned = has_position(in->text);
	struct parts p;
	const char *wrong;
	int ret = positioned ? take_position(in, core, &place) : 0;

	begin_parts(&p, core);
	if (ret)
		return ret;
	if (starts_with_label(core, in->at)) {
		ret = take_labelled(in, &p);
		wrong = ret ? NULL : complete(&p);
		if (wrong)
			return tlb_bad(in, p.place.at, "%s", wrong);
	} else {
		ret = take_numbers(in, &p, positioned);
	}
	if (ret)
		return ret;
	if (positioned && p.placed)
		return tlb_bad(in, in->text, "the slot is given twice");
	*e = p.entry;
	if (positioned) {
		e->tlb = place.tlb;
		e->index = place.index;
	}
	return 0;
}

int ppctlb_parse_entry(const struct ppctlb_core *core, const char *text, struct ppctlb_entry *e)
{
	struct ppctlb_entry found;
	struct in in = {text, text};
	int ret;

	if (!core || !text || !e)
		return tlb_fail(EINVAL, "parse_entry: a NULL argument");
	ret = parse(core, &in, &found);
	if (!ret)
		*e = found;
	return ret;
}

static void put_words(struct out *o, const struct ppctlb_core *core, const struct ppctlb_entry *e,
		      bool labels)
{
	for (unsigned i = 0; i < WORDS && core->info.word_name[i]; i++) {
		if (i)
			tlb_put_char(o, labels ? ' ' : ',');
		if (labels) {
			tlb_put(o, core->info.word_name[i]);
			tlb_put_char(o, '=');
		}
		tlb_put_hex(o, e->word[i], 8);
	}
}

/* Would the words, printed without slot and labels, be read back as something else? */
static bool needs_labels(const struct ppctlb_core *core, const struct ppctlb_entry *e)
{
	struct readings all;
	bool may[MOST_READINGS];
	struct row row;

	row.n = count_words(core);
	for (size_t i = 0; i < row.n; i++)
		row.number[i].value = e->word[i];
	find_readings(core, &row, &all);
	return all.n > 1 && decide(&all, &row, may) != &all.at[0];
}

int ppctlb_format_entry(const struct ppctlb_core *core, const struct ppctlb_entry *e, char *buf,
			size_t len)
{
	bool labels;
	struct out o;

	if (!core || !e || !buf)
		return tlb_fail(EINVAL, "format_entry: a NULL argument");
	o.used = 0;
	labels = e->tlb & PPCTLB_NO_SLOT && needs_labels(core, e);
	if (!(e->tlb & PPCTLB_NO_SLOT)) {
		tlb_put_dec(&o, e->tlb);
		tlb_put_char(&o, ':');
		tlb_put_dec(&o, e->index);
		tlb_put_char(&o, '=');
	}
	put_words(&o, core, e, labels);
	return tlb_hand_over(&o, buf, len);
}
