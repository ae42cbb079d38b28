/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb(1): reads the command line by the verb table and runs the verb. */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int usage_error(const struct verb *v, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (v)
		error("%s: %s (see ppctlb %s --help)", v->name, text, v->name);
	else
		error("%s (see ppctlb --help)", text);
	return EXIT_USAGE;
}

/* The least that an option takes; others take 0. No answer comes in no time. */
static const uint64_t least[OPTION_COUNT] = {[OPT_TIMEOUT] = 1};

bool option_number(const struct args *a, enum option_id id, uint64_t max, uint64_t def,
		   uint64_t *value)
{
	*value = def;
	if (!a->value[id])
		return true;
	if (ppctlb_parse_number(a->value[id], 0, value) == 0 && *value >= least[id] &&
	    *value <= max)
		return true;
	usage_error(a->verb, "--%s wants a number from %llu to %llu, not '%s'", options[id].name,
		    (unsigned long long)least[id], (unsigned long long)max, a->value[id]);
	return false;
}

static void print_option(int id)
{
	char head[48];
	const struct option_info *o = &options[id];
	int n = 0;

	if (o->letter)
		n = snprintf(head, sizeof(head), "-%c, ", o->letter);
	snprintf(head + n, sizeof(head) - n, "--%s%s%s", o->name, o->arg ? " " : "",
		 o->arg ? o->arg : "");
	printf("  %-26s%s %s\n", head, strlen(head) > 26 ? "\n                            " : "",
	       o->help);
}

/* "-c CORE" or "--json": the short form where there is an argument to name it. */
static void print_short(const struct option_info *o)
{
	if (o->letter && o->arg)
		printf("-%c %s", o->letter, o->arg);
	else
		printf("--%s%s%s", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
}

static void print_synopsis(const struct verb *v)
{
	printf("Usage: ppctlb %s", v->name);
	for (int i = OPT_HELP + 1; i < OPTION_COUNT; i++) {
		bool needed = (v->needs >> i) & 1;

		if (!verb_takes(v, i))
			continue;
		printf(needed ? " " : " [");
		print_short(&options[i]);
		printf(needed ? "" : "]");
	}
	printf("%s%s\n", *v->operands ? " " : "", v->operands);
}

static int verb_help(const struct verb *v)
{
	print_synopsis(v);
	printf("\n%s\n\n", v->help);
	for (int i = 0; i < OPTION_COUNT; i++)
		if (verb_takes(v, i))
			print_option(i);
	if (v->notes)
		printf("\n%s", v->notes);
	return EXIT_OK;
}

static int help(void)
{
	printf("Usage: ppctlb VERB [OPTION...] [OPERAND...]\n\n"
	       "Read, make and compare TLBs of PowerPC Book E cores: 440, e500 family.\n\n");
	for (const struct verb *v = verbs; v->name; v++)
		printf("  %-9s %-19s %s\n", v->name, v->operands, v->help);
	printf("\nAn IMAGE is a file that holds a TLB; - is standard input.\n"
	       "About one verb: ppctlb VERB --help. About everything: ppctlb(1).\n\n"
	       "A guest of QEMU hangs, QEMU was started with -qmp unix:SOCKET,server=on,wait=off:\n"
	       "  ppctlb capture --qmp SOCKET now.img    its TLB; later once more, into then.img\n"
	       "  ppctlb lookup now.img 0xc0001234       which entry covers that address\n"
	       "  ppctlb check now.img                   does anything overlap\n"
	       "  ppctlb diff now.img then.img           what has changed in between\n"
	       "  ppctlb dump now.img                    every entry\n"
	       "  ppctlb plot now.img -o now.svg         a picture\n");
	return EXIT_OK;
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

/* The options of the verb for getopt_long(); its values are option ids + 1 (0 and '?' are taken).
 */
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

/* Fill *a; a result other than EXIT_OK has been told. */
static int parse(struct args *a, int argc, char **argv)
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

static int run(const struct verb *v, int argc, char **argv)
{
	struct args a = {.verb = v, .argv = argv};
	int ret = parse(&a, argc, argv);

	if (ret == EXIT_OK && a.value[OPT_HELP])
		return verb_help(v);
	if (ret == EXIT_OK)
		ret = check_args(&a);
	/* no guest is stopped, and loses its log settings, for an image that cannot be written */
	if (ret == EXIT_OK && v->early && !file_writable(a.argv[a.argc - 1]))
		ret = v->trouble;
	return ret == EXIT_OK ? v->run(&a) : ret;
}

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *v = verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

/* What was written must have arrived: a full disk or a closed pipe is a failure. */
static int finish(int ret, int trouble)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout) != 0)
		failed = true;
	if (!failed)
		return ret;
	error("standard output: %s", errno ? strerror(errno) : "write error");
	return ret == EXIT_USAGE ? ret : trouble;
}

/* A standard stream that was closed must not become a file which the tool opens; the wrong
 * direction keeps its use an error. */
static void occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct verb *v;

	occupy_standard_streams();
	setlocale(LC_CTYPE, "");
	/* a closed pipe and a file that may not grow are errors like others */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2)
		return usage_error(NULL, "a verb is missing");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(help(), EXIT_FAILED);
	v = find_verb(argv[1]);
	if (!v)
		return usage_error(NULL, "no such %s: %s", *argv[1] == '-' ? "option" : "verb",
				   argv[1]);
	set_trouble(v->trouble);
	return finish(run(v, argc - 1, argv + 1), v->trouble);
}
