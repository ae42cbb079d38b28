/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a command line by the verb table. */
#include "args.h"
#include "message.h"

#include <ppctlb/ppctlb.h>

#include <getopt.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int usage_error(const struct verb *v, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (v)
		complain("%s: %s (see ppctlb %s --help)", v->name, text, v->name);
	else
		complain("%s (see ppctlb --help)", text);
	return EXIT_USAGE;
}

/* The least that an option takes, if that is not 0. */
static const uint64_t least[OPTION_COUNT] = {[OPT_TIMEOUT] = 1};

bool option_number(const struct args *a, enum option_id id, uint64_t max, uint64_t def,
		   uint64_t *value)
{
	*value = def;
	if (!a->value[id])
		return true;
	if (ppctlb_parse_number(a->value[id], PPCTLB_COUNT, value) == 0 && *value >= least[id] &&
	    *value <= max)
		return true;
	usage_error(a->verb, "--%s wants a number from %llu to %llu, not '%s'", options[id].name,
		    (unsigned long long)least[id], (unsigned long long)max, a->value[id]);
	return false;
}

/* Is value one of the words in "a|b|c"? */
static bool is_word(const char *words, const char *value)
{
	size_t len = strlen(value);

	for (const char *w = words; w; w = strchr(w, '|')) {
		w += *w == '|';
		if (len && !strncmp(w, value, len) && (w[len] == '|' || !w[len]))
			return true;
	}
	return false;
}

static bool option_ok(const struct verb *v, int id, const char *value)
{
	const char *words = options[id].arg;

	if (!words || !strchr(words, '|') || is_word(words, value))
		return true;
	usage_error(v, "--%s is one of %s, not '%s'", options[id].name, words, value);
	return false;
}

/* getopt_long() returns a letter, or for a long option this plus its id. */
enum { LONG_BASE = CHAR_MAX + 1 };

static void make_getopt(const struct verb *v, struct option *longs, char *shorts)
{
	*shorts++ = ':';
	for (int i = 0; i < OPTION_COUNT; i++) {
		const struct option_info *o = &options[i];

		if (!verb_takes(v, i))
			continue;
		*longs++ = (struct option){o->name, o->arg ? required_argument : no_argument, NULL,
					   LONG_BASE + i};
		if (o->letter)
			*shorts++ = o->letter;
		if (o->letter && o->arg)
			*shorts++ = ':';
	}
	*longs = (struct option){0};
	*shorts = 0;
}

/* The option that getopt_long() returned, or -1. */
static int option_of(const struct verb *v, int c)
{
	if (c >= LONG_BASE)
		return c - LONG_BASE;
	for (int i = 0; i < OPTION_COUNT; i++)
		if (verb_takes(v, i) && options[i].letter == c)
			return i;
	return -1;
}

static int bad_option(const struct verb *v, int c, char **argv)
{
	const char *what = c == ':' ? "an argument is missing after" : "no such option:";

	if (optopt > 0 && optopt <= CHAR_MAX && strncmp(argv[optind - 1], "--", 2))
		return usage_error(v, "%s -%c", what, optopt);
	return usage_error(v, "%s %s", what, argv[optind - 1]);
}

/* Options of which every one counts, not the last. */
#define REPEATED (OPT(DEFINE) | OPT(UNDEFINE))

static int read_options(struct args *a, int argc, char **argv)
{
	struct option longs[OPTION_COUNT + 1];
	char shorts[2 * OPTION_COUNT + 2];
	const struct verb *v = a->verb;
	int c;

	make_getopt(v, longs, shorts);
	opterr = 0;
	while ((c = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		int id = option_of(v, c);

		if (id < 0)
			return bad_option(v, c, argv);
		if (!option_ok(v, id, optarg ? optarg : ""))
			return EXIT_USAGE;
		a->value[id] = optarg ? optarg : "";
		if (REPEATED >> id & 1)
			a->given[a->n_given++] = (struct given){(enum option_id)id, optarg};
		a->times[id]++;
	}
	a->argc = argc - optind;
	a->argv = argv + optind;
	return EXIT_OK;
}

static int check_args(const struct args *a)
{
	const struct verb *v = a->verb;

	for (int i = 0; i < OPTION_COUNT; i++)
		if (((v->needs >> i) & 1) && !a->value[i])
			return usage_error(v, "--%s %s is missing", options[i].name,
					   options[i].arg);
	for (int i = 0; a->value[OPT_JSON] && i < OPTION_COUNT; i++)
		if (a->value[i] && (OPT(COLUMNS) | OPT(NOHEADINGS)) >> i & 1)
			return usage_error(v, "--%s does not go with --json", options[i].name);
	if (a->argc < v->min)
		return usage_error(v, "operand missing: %s", v->operands);
	if (v->max >= 0 && a->argc > v->max)
		return usage_error(v, "too many operands: '%s'", a->argv[v->max]);
	return EXIT_OK;
}

void args_free(struct args *a)
{
	free(a->given);
	a->given = NULL;
}

int args_parse(struct args *a, int argc, char **argv)
{
	int ret;

	a->given = calloc((size_t)argc, sizeof(*a->given));
	if (!a->given)
		out_of_memory();
	ret = read_options(a, argc, argv);
	return ret == EXIT_OK && !a->value[OPT_HELP] ? check_args(a) : ret;
}
