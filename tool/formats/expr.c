/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Expressions of C, with the widths and signs that they have on a PowerPC of 32 bits. A macro is
 * expanded where it stands, as a compiler does it: its text takes part in the precedence of what is
 * around it.
 */
#include "expr.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MACRO_DEPTH  32	    /* macros within macros */
#define NESTING	     100    /* parentheses and signs within each other */
#define TOKENS	     100000 /* in all, or macros that double each other would take for ever */

#define NO_EXPANSION "%s is a macro with arguments, which import does not expand"

/* What a token is: an operator's code, or one of these. */
enum { TOKEN_END = 0, TOKEN_VALUE = 256 };

struct operator
{
	const char text[3];
	int code;
	int precedence; /* of two operands; 0: of none */
};

enum { SHIFT_LEFT = 300, SHIFT_RIGHT, LESS_EQUAL, GREATER_EQUAL, EQUAL, NOT_EQUAL, AND, OR };

/* Those of two characters come first. */
static const struct operator operators[] = {
	{"||", OR, 1},	       {"&&", AND, 2},	       {"==", EQUAL, 6},
	{"!=", NOT_EQUAL, 6},  {"<=", LESS_EQUAL, 7},  {">=", GREATER_EQUAL, 7},
	{"<<", SHIFT_LEFT, 8}, {">>", SHIFT_RIGHT, 8}, {"|", '|', 3},
	{"^", '^', 4},	       {"&", '&', 5},	       {"<", '<', 7},
	{">", '>', 7},	       {"+", '+', 9},	       {"-", '-', 9},
	{"*", '*', 10},	       {"/", '/', 10},	       {"%", '%', 10},
	{"(", '(', 0},	       {")", ')', 0},	       {"~", '~', 0},
	{"!", '!', 0},
};

struct parser {
	struct expr *e;
	struct {
		const char *at;
		const struct name *macro;
	} level[MACRO_DEPTH];
	int depth, nesting;
	unsigned tokens;
	int token;
	int precedence;	    /* of the operator */
	struct value value; /* of TOKEN_VALUE */
	bool failed;
};

static void fail(struct parser *p, const char *fmt, ...) PRINTF(2, 3);
static void fail(struct parser *p, const char *fmt, ...)
{
	va_list ap;

	p->token = TOKEN_END;
	if (p->failed)
		return;
	p->failed = true;
	va_start(ap, fmt);
	vsnprintf(p->e->reason, sizeof(p->e->reason), fmt, ap);
	va_end(ap);
}

/* A value in the form that struct value wants. */
static struct value canonical(struct value v)
{
	if (!v.wide)
		v.n = v.is_unsigned ? (uint32_t)v.n : (uint64_t)(int64_t)(int32_t)(uint32_t)v.n;
	return v;
}

void expr_add_open(char *open, size_t size, const char *names)
{
	size_t len = strlen(open);

	if (!strstr(open, names))
		snprintf(open + len, size - len, "%s%s", len ? " and " : "", names);
}

/* ---- names ---- */

static size_t word_len(const char *text)
{
	size_t len = 0;

	while (isalnum((unsigned char)text[len]) || text[len] == '_')
		len++;
	return len;
}

static bool word_is(const char *text, size_t len, const char *word)
{
	return strlen(word) == len && !strncmp(text, word, len);
}

/* "4K", "256M", "1TB": 1 KiB << *n. */
static bool size_word(const char *text, size_t len, unsigned *n)
{
	static const char units[] = {'K', 'M', 'G', 'T'};
	const char *unit;
	unsigned count = 0;

	len -= len > 2 && text[len - 1] == 'B';
	unit = len > 1 ? memchr(units, text[len - 1], sizeof(units)) : NULL;

	for (size_t i = 0; i + 1 < len; i++)
		count = isdigit((unsigned char)text[i]) && count < 1000
				? count * 10 + (unsigned)(text[i] - '0')
				: 1u << 31;
	if (!unit || !count || count > 512 || count & (count - 1))
		return false;
	for (*n = (unsigned)(unit - units) * 10; count > 1; count /= 2)
		++*n;
	return *n < 32;
}

static bool is_size(const char *prefix, const char *text, size_t len, unsigned *n)
{
	size_t skip = prefix ? strlen(prefix) : 0;

	return prefix && len > skip && !strncmp(text, prefix, skip) &&
	       size_word(text + skip, len - skip, n);
}

/* Is it a word of the format's own? Then that is the token. */
static bool take_constant(struct parser *p, const char *text, size_t len)
{
	const struct vocabulary *w = p->e->words;
	struct value v = {.is_unsigned = true};
	unsigned n;

	if (!w)
		return false;
	if (is_size(w->size, text, len, &n)) {
		v = (struct value){.n = SYMBOL_SIZE(n), .wide = true, .symbol = true};
	} else if (is_size(w->bytes, text, len, &n)) {
		v = (struct value){.n = UINT64_C(1024) << n, .wide = n > 20, .plain = true};
	} else {
		size_t i = 0;

		while (i < w->n && !word_is(text, len, w->constant[i].name))
			i++;
		if (i == w->n)
			return false;
		v.n = w->constant[i].n;
		v.symbol = w->symbols;
		v.wide = v.symbol;
		v.plain = !w->symbols && v.n;
	}
	v.is_unsigned = true;
	p->token = TOKEN_VALUE;
	p->value = v;
	return true;
}

static void leave_open(struct parser *p, const char *names)
{
	p->token = TOKEN_VALUE;
	p->value = (struct value){.wide = true, .open = true};
	expr_add_open(p->e->open, sizeof(p->e->open), names);
}

/* Skip "(...)" behind a name of which nothing is known. */
static void skip_arguments(struct parser *p)
{
	const char **at = &p->level[p->depth].at;
	int depth = 0;

	*at += strspn(*at, " \t");
	if (**at != '(')
		return;
	do {
		depth += (**at == '(') - (**at == ')');
		++*at;
	} while (depth && **at);
}

static void unknown_name(struct parser *p, const char *text, size_t len)
{
	char name[64];

	snprintf(name, sizeof(name), "%.*s", (int)len, text);
	if (p->e->condition) {
		skip_arguments(p);
		leave_open(p, name);
	} else if (text[len + strspn(text + len, " \t")] == '(') {
		fail(p, NO_EXPANSION, name);
	} else {
		fail(p, "%s is not known; give --define %s=VALUE", name, name);
	}
}

static void undecided_name(struct parser *p, const struct name *name)
{
	if (p->e->condition)
		leave_open(p, name->text);
	else
		fail(p, "what %s stands for hangs on %s; give --define or --undefine", name->name,
		     name->text);
}

/* Read on in the macro's text. */
static void enter(struct parser *p, const struct name *name)
{
	for (int i = 1; i <= p->depth; i++)
		if (p->level[i].macro == name) {
			fail(p, "%s is defined by itself", name->name);
			return;
		}
	if (p->depth + 1 == MACRO_DEPTH) {
		fail(p, "%s: more than %d macros within each other", name->name, MACRO_DEPTH - 1);
		return;
	}
	p->depth++;
	p->level[p->depth].at = name->text;
	p->level[p->depth].macro = name;
}

/* Is the name defined? As a value, which may be open. */
static void test_defined(struct parser *p, const char *text, size_t len, bool enabled)
{
	const struct name *name = names_find(p->e->names, text, len);
	bool is;

	if (!name || name->state == NAME_OPEN) {
		if (name)
			undecided_name(p, name);
		else
			unknown_name(p, text, len);
		return;
	}
	is = name->state != NAME_UNDEFINED;
	if (enabled)
		is = is && (!strcmp(name->text, "1") || !strcmp(name->text, "y"));
	p->token = TOKEN_VALUE;
	p->value = (struct value){.n = is, .plain = is};
}

/* What a condition asks about a name. */
static const struct test {
	const char *word;
	bool enabled; /* it must be defined as 1, too */
	const char *prefix;
} tests[] = {
	{"defined", false, ""}, {"IS_ENABLED", true, ""}, {"CONFIG_IS_ENABLED", true, "CONFIG_"}};

/* U-Boot's CONFIG_IS_ENABLED(X) asks for another name when its first stage is compiled. */
static const char *prefix_of(const struct parser *p, const struct test *test)
{
	static const char spl[] = "CONFIG_SPL_BUILD";
	const struct name *name = names_find(p->e->names, spl, strlen(spl));

	return *test->prefix && name && name->state == NAME_VALUE ? "CONFIG_SPL_" : test->prefix;
}

static void take_test(struct parser *p, const struct test *test)
{
	const char **at = &p->level[p->depth].at, *word, *prefix = prefix_of(p, test);
	char name[256];
	size_t len;
	bool closed;

	*at += strspn(*at, " \t");
	closed = **at == '(';
	*at += closed;
	*at += strspn(*at, " \t");
	word = *at;
	len = word_len(word);
	*at += len;
	*at += closed ? strspn(*at, " \t") : 0;
	if (!len || len > 200 || (closed && **at != ')')) {
		fail(p, "a name expected behind %s", test->word);
		return;
	}
	*at += closed;
	snprintf(name, sizeof(name), "%s%.*s", prefix, (int)len, word);
	test_defined(p, name, strlen(name), test->enabled);
}

static const struct test *find_test(const struct parser *p, const char *text, size_t len)
{
	for (size_t i = 0; p->e->condition && i < ARRAY_SIZE(tests); i++)
		if (word_is(text, len, tests[i].word))
			return &tests[i];
	return NULL;
}

/* True: there is a token; false: read on, in a macro. */
static bool take_name(struct parser *p)
{
	const char *text = p->level[p->depth].at;
	size_t len = word_len(text);
	const struct test *test = find_test(p, text, len);
	const struct name *name;

	p->level[p->depth].at += len;
	if (test) {
		take_test(p, test);
		return true;
	}
	if (take_constant(p, text, len))
		return true;
	name = names_find(p->e->names, text, len);
	if (name && name->state == NAME_VALUE) {
		enter(p, name);
		return p->failed;
	}
	if (name && name->state == NAME_OPEN)
		undecided_name(p, name);
	else if (name && name->state == NAME_ARGUMENTS && !p->e->condition)
		fail(p, NO_EXPANSION, name->name);
	else if (name && name->state == NAME_UNDEFINED && p->e->condition)
		p->token = TOKEN_VALUE, p->value = (struct value){.n = 0};
	else
		unknown_name(p, text, len);
	return true;
}

/* ---- tokens ---- */

static unsigned digit_value(char c)
{
	return isdigit((unsigned char)c)    ? (unsigned)(c - '0')
	       : isxdigit((unsigned char)c) ? (unsigned)(tolower((unsigned char)c) - 'a') + 10
					    : 99;
}

/* The suffix of a number; false: none of C's. */
static bool take_suffix(const char *text, size_t len, struct value *v)
{
	static const struct {
		const char *text;
		bool wide, is_unsigned;
	} suffixes[] = {{"", 0, 0},   {"u", 0, 1},  {"l", 0, 0},   {"ul", 0, 1},
			{"lu", 0, 1}, {"ll", 1, 0}, {"ull", 1, 1}, {"llu", 1, 1}};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t k = 0;

		while (k < len && tolower((unsigned char)text[k]) == suffixes[i].text[k])
			k++;
		if (k == len && !suffixes[i].text[k]) {
			v->wide = suffixes[i].wide;
			v->is_unsigned = suffixes[i].is_unsigned;
			return true;
		}
	}
	return false;
}

/* The type of a number without a cast: the first that can hold it. */
static void choose_type(struct value *v, unsigned base, bool in_condition)
{
	v->wide |= in_condition || v->n > UINT32_MAX ||
		   (base == 10 && !v->is_unsigned && v->n > INT32_MAX);
	if (base != 10)
		v->is_unsigned |= v->n > (v->wide ? (uint64_t)INT64_MAX : INT32_MAX);
	v->is_unsigned |= v->n > INT64_MAX;
}

static void take_number(struct parser *p)
{
	const char *number = p->level[p->depth].at, *at = number, *digits;
	size_t len = word_len(number);
	unsigned base = 10;
	struct value v = {0};

	if (at[0] == '0' && (at[1] | 0x20) == 'x') {
		base = 16;
		at += 2;
	} else if (at[0] == '0') {
		base = 8;
	}
	p->level[p->depth].at += len;
	for (digits = at; digit_value(*at) < base; at++) {
		if (v.n > (UINT64_MAX - digit_value(*at)) / base) {
			fail(p, "a number of more than 64 bits");
			return;
		}
		v.n = v.n * base + digit_value(*at);
	}
	if (at == digits || !take_suffix(at, word_len(at), &v)) {
		fail(p, "'%.*s' is no number of C", (int)len, number);
		return;
	}
	choose_type(&v, base, p->e->condition);
	v.plain = v.n;
	p->token = TOKEN_VALUE;
	p->value = v;
}

static void take_operator(struct parser *p)
{
	const char **at = &p->level[p->depth].at;

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++) {
		size_t len = strlen(operators[i].text);

		if (!strncmp(*at, operators[i].text, len)) {
			*at += len;
			p->token = operators[i].code;
			p->precedence = operators[i].precedence;
			return;
		}
	}
	fail(p, "'%c' is not expected here", **at);
}

static void next(struct parser *p)
{
	p->precedence = 0;
	for (;;) {
		const char **at = &p->level[p->depth].at;

		if (p->failed)
			return;
		if (++p->tokens > TOKENS) {
			fail(p, "too long, with its macros");
			return;
		}
		*at += strspn(*at, " \t\r");
		if (!**at) {
			if (!p->depth) {
				p->token = TOKEN_END;
				return;
			}
			p->depth--;
		} else if (isdigit((unsigned char)**at)) {
			take_number(p);
			return;
		} else if (word_len(*at)) {
			if (take_name(p))
				return;
		} else {
			take_operator(p);
			return;
		}
	}
}

/* ---- casts ---- */

enum cast { CAST_NONE, CAST_KEEP, CAST_WORD, CAST_INT, CAST_WIDE };

static const struct {
	const char *name;
	enum cast cast;
} types[] = {
	{"phys_addr_t", CAST_WIDE}, {"phys_size_t", CAST_WIDE}, {"u64", CAST_WIDE},
	{"uint64_t", CAST_WIDE},    {"UINT64", CAST_WIDE},	{"u32", CAST_WORD},
	{"uint32_t", CAST_WORD},    {"UINT32", CAST_WORD},	{"ulong", CAST_WORD},
	{"uint", CAST_WORD},	    {"UINT", CAST_WORD},	{"ULONG", CAST_WORD},
	{"uintptr_t", CAST_WORD},   {"size_t", CAST_WORD},	{"unsigned", CAST_WORD},
	{"int", CAST_INT},	    {"long", CAST_INT},		{"void", CAST_KEEP},
};

static enum cast type_word(const char *text, size_t len)
{
	for (size_t i = 0; i < ARRAY_SIZE(types); i++)
		if (word_is(text, len, types[i].name))
			return types[i].cast;
	return CAST_NONE;
}

/* The type in front of ")", and the length of both. */
static enum cast type_at(const char *text, size_t *used)
{
	const char *at = text + strspn(text, " \t");
	enum cast type = CAST_NONE, word;
	unsigned longs = 0;
	size_t len;

	for (; (len = word_len(at)); at += len + strspn(at + len, " \t")) {
		word = type_word(at, len);
		if (word == CAST_NONE)
			return CAST_NONE;
		longs += word_is(at, len, "long");
		if (type == CAST_NONE || word == CAST_WORD)
			type = word;
	}
	for (; *at == '*' && type != CAST_NONE; at += 1 + strspn(at + 1, " \t"))
		type = CAST_WORD;
	*used = (size_t)(at - text) + 1;
	if (*at != ')' || type == CAST_KEEP)
		return CAST_NONE;
	return longs > 1 ? CAST_WIDE : type;
}

static struct value cast_to(enum cast type, struct value v)
{
	v.wide = type == CAST_WIDE;
	v.is_unsigned = type != CAST_INT;
	v.plain |= v.symbol;
	return canonical(v);
}

/* ---- values ---- */

static struct value parse(struct parser *p, int least);

static struct value unary(struct parser *p);

static struct value parenthesis(struct parser *p)
{
	size_t used;
	enum cast type = type_at(p->level[p->depth].at, &used);
	struct value v;

	if (type != CAST_NONE) {
		p->level[p->depth].at += used;
		next(p);
		return cast_to(type, unary(p));
	}
	next(p);
	v = parse(p, 1);
	if (p->token != ')')
		fail(p, "')' expected");
	next(p);
	return v;
}

static struct value with_sign(struct parser *p, int sign)
{
	struct value v;

	next(p);
	v = unary(p);
	v.plain |= v.symbol || sign != '+';
	if (sign == '-')
		v.n = -v.n;
	else if (sign == '~')
		v.n = ~v.n;
	else if (sign == '!')
		v = (struct value){.n = !v.n, .open = v.open, .plain = true};
	return canonical(v);
}

/* A number, something in parentheses, or either behind a sign or a cast. */
static struct value unary(struct parser *p)
{
	struct value v = p->value;

	if (++p->nesting > NESTING)
		fail(p, "nested too deep");
	if (p->token == TOKEN_VALUE)
		next(p);
	else if (p->token == '(')
		v = parenthesis(p);
	else if (p->token && strchr("+-~!", p->token < TOKEN_VALUE ? p->token : ' '))
		v = with_sign(p, p->token);
	else
		fail(p, "a value is missing");
	p->nesting--;
	return v;
}

static uint64_t divide(struct parser *p, int code, struct value a, struct value b, bool is_unsigned)
{
	int64_t x = (int64_t)a.n, y = (int64_t)b.n;

	if (!b.n && !a.open && !b.open)
		fail(p, "a division by 0");
	if (!b.n)
		return 0;
	if (is_unsigned)
		return code == '/' ? a.n / b.n : a.n % b.n;
	if (y == -1)
		return code == '/' ? -a.n : 0;
	return (uint64_t)(code == '/' ? x / y : x % y);
}

static uint64_t shift(struct parser *p, int code, struct value a, struct value b)
{
	if (b.n >= (a.wide ? 64 : 32)) {
		fail(p, "a shift by as many bits as the number has, or more");
		return 0;
	}
	if (code == SHIFT_LEFT)
		return a.n << b.n;
	return a.is_unsigned ? a.n >> b.n : (uint64_t)((int64_t)a.n >> b.n);
}

static bool less(struct value a, struct value b, bool is_unsigned)
{
	return is_unsigned ? a.n < b.n : (int64_t)a.n < (int64_t)b.n;
}

/* The operators that keep the type of their operands. */
static uint64_t arithmetic(struct parser *p, int code, struct value a, struct value b, bool u)
{
	switch (code) {
	case '|':
		return a.n | b.n;
	case '^':
		return a.n ^ b.n;
	case '&':
		return a.n & b.n;
	case '+':
		return a.n + b.n;
	case '-':
		return a.n - b.n;
	case '*':
		return a.n * b.n;
	default:
		return divide(p, code, a, b, u);
	}
}

static bool compare(int code, struct value a, struct value b, bool u)
{
	switch (code) {
	case EQUAL:
		return a.n == b.n;
	case NOT_EQUAL:
		return a.n != b.n;
	case '<':
		return less(a, b, u);
	case '>':
		return less(b, a, u);
	case LESS_EQUAL:
		return !less(b, a, u);
	default:
		return !less(a, b, u);
	}
}

/* && and || are decided by one side, even if the other one is open. */
static struct value logical(int code, struct value a, struct value b)
{
	bool decisive = code == OR, x = !!a.n, y = !!b.n;
	struct value v = {.n = code == OR ? x || y : x && y, .plain = true};

	if ((!a.open && x == decisive) || (!b.open && y == decisive))
		v.n = decisive;
	else
		v.open = a.open || b.open;
	return v;
}

static struct value binary(struct parser *p, int code, struct value a, struct value b)
{
	bool shifts = code == SHIFT_LEFT || code == SHIFT_RIGHT;
	bool joins = code == '|' || code == '+';
	struct value v = {.wide = a.wide || (b.wide && !shifts),
			  .is_unsigned = a.is_unsigned,
			  .symbol = a.symbol || b.symbol,
			  .open = a.open || b.open};

	if (code == AND || code == OR)
		return logical(code, a, b);
	if (!shifts && a.wide == b.wide)
		v.is_unsigned = a.is_unsigned || b.is_unsigned;
	else if (!shifts)
		v.is_unsigned = a.wide ? a.is_unsigned : b.is_unsigned;
	v.plain = joins || !v.symbol ? a.plain || b.plain : true;
	if (code == '|' && v.symbol)
		v.is_unsigned = true;
	if (shifts) {
		v.n = shift(p, code, a, b);
	} else if (code >= LESS_EQUAL || code == '<' || code == '>') {
		v.n = compare(code, a, b, v.is_unsigned);
		v.wide = v.is_unsigned = false;
		v.plain = true;
	} else {
		v.n = arithmetic(p, code, a, b, v.is_unsigned);
	}
	return canonical(v);
}

/* Operators of at least that precedence. */
static struct value parse(struct parser *p, int least)
{
	struct value v = unary(p);

	while (!p->failed && p->precedence >= least) {
		int code = p->token, precedence = p->precedence;

		next(p);
		v = binary(p, code, v, parse(p, precedence + 1));
	}
	return v;
}

bool expr_value(struct expr *e, const char *text, struct value *v)
{
	struct parser p = {.e = e};

	p.level[0].at = text;
	e->open[0] = 0;
	next(&p);
	*v = parse(&p, 1);
	if (!p.failed && p.token != TOKEN_END)
		fail(&p, p.token == ')' ? "')' without '('" : "an operator is missing");
	return !p.failed;
}
