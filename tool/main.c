/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb(1): prints help, or runs the verb of the command line. */
#include "args.h"
#include "file.h"
#include "message.h"

#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Its argument for a line of help, which has no room for a long list of words. */
static const char *argument(const struct option_info *o, size_t room)
{
	return strlen(o->arg) > room ? "WORD" : o->arg;
}

static void print_option(int id)
{
	char head[48];
	const struct option_info *o = &options[id];
	int n = 0;

	if (o->letter)
		n = snprintf(head, sizeof(head), "-%c, ", o->letter);
	snprintf(head + n, sizeof(head) - n, "--%s%s%s", o->name, o->arg ? " " : "",
		 o->arg ? argument(o, 48) : "");
	printf("  %-26s%s %s\n", head, strlen(head) > 26 ? "\n                            " : "",
	       o->help);
}

/* "-c CORE" or "--json": the short form where there is an argument to name it. */
static int short_form(const struct option_info *o, char *text, size_t len)
{
	if (o->letter && o->arg)
		return snprintf(text, len, "-%c %s", o->letter, o->arg);
	return snprintf(text, len, "--%s%s%s", o->name, o->arg ? " " : "",
			o->arg ? argument(o, 24) : "");
}

static void print_synopsis(const struct verb *v)
{
	int column = printf("Usage: ppctlb %s", v->name);
	char text[64];

	for (int i = OPT_HELP + 1; i < OPTION_COUNT; i++) {
		bool needed = (v->needs >> i) & 1;

		if (!verb_takes(v, i))
			continue;
		column += short_form(&options[i], text, sizeof(text)) + 3;
		if (column > 72)
			column = printf("\n%*s", 7, "") + (int)strlen(text);
		printf(needed ? " %s" : " [%s]", text);
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
	if (v->max)
		printf("\nAddresses are hexadecimal, with 0x or without, as 4_f0000000 or in one "
		       "piece;\n"
		       "counts are decimal, or hexadecimal with 0x; sizes are counts of bytes, or "
		       "64K,\n"
		       "64KB, 64KiB, and so with M, G and T.\n");
	return EXIT_OK;
}

static int help(void)
{
	printf("Usage: ppctlb VERB [OPTION...] [OPERAND...]\n\n"
	       "Read, make and compare TLBs of PowerPC Book E cores: 440, e500 family.\n\n");
	for (const struct verb *v = verbs; v->name; v++)
		printf("  %-9s %-19s %s\n", v->name, v->operands, v->help);
	printf("\nAn IMAGE is a file that holds a TLB; - is standard input.\n"
	       "More about a verb: ppctlb VERB --help. About everything: ppctlb(1).\n"
	       "ppctlb --version is the same as ppctlb version.\n\n"
	       "If a guest hangs in a QEMU started with -qmp unix:SOCKET,server=on,wait=off:\n"
	       "  ppctlb capture --qmp SOCKET now.img    take its TLB; later again, as then.img\n"
	       "  ppctlb lookup now.img 0xc0001234       which entry covers that address?\n"
	       "  ppctlb lookup --why now.img 0xd0000000 why does none cover that one?\n"
	       "  ppctlb check now.img                   does anything overlap?\n"
	       "  ppctlb diff now.img then.img           what has changed since?\n"
	       "  ppctlb dump now.img                    show every entry\n"
	       "  ppctlb plot now.img -o now.svg         draw a picture\n");
	return EXIT_OK;
}

static int run_parsed(const struct verb *v, const struct args *a)
{
	if (a->value[OPT_HELP])
		return verb_help(v);
	/* do not stop a guest for an image that cannot be written */
	if (v->output_last && !file_writable(a->argv[a->argc - 1]))
		return verb_trouble(v);
	return v->run(a);
}

static int run(const struct verb *v, int argc, char **argv)
{
	struct args a = {.verb = v, .argv = argv};
	int ret = args_parse(&a, argc, argv);

	if (ret == EXIT_OK)
		ret = run_parsed(v, &a);
	args_free(&a);
	return ret;
}

static const struct verb *find_verb(const char *name)
{
	for (const struct verb *v = verbs; v->name; v++)
		if (!strcmp(v->name, name))
			return v;
	return NULL;
}

/* Nobody reads any more, as behind head(1), who knows that best: no need to say so. */
static bool is_closed_pipe(int fd)
{
	struct pollfd p = {.fd = fd};

	return poll(&p, 1, 0) == 1 && p.revents & POLLERR;
}

/* Check that all output has arrived: a full disk or a closed pipe is a failure. */
static int finish(int ret, int trouble)
{
	bool failed = ferror(stdout);

	errno = 0;
	failed |= fflush(stdout) != 0;
	if (!failed)
		failed = !close_output(); /* some file systems tell only now */
	if (!failed)
		return ret;
	if (!is_closed_pipe(STDOUT_FILENO))
		complain("standard output: %s", errno ? strerror(errno) : "write error");
	return ret == EXIT_USAGE ? ret : trouble;
}

/* What stands for the standard streams that were closed, as long as the tool runs. */
static int kept[STDERR_FILENO + 1];

/* Open /dev/null in place of each standard stream that is closed, so that no file of the tool
 * becomes one; the wrong direction keeps its use an error. */
static void occupy_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			kept[fd] = open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct verb *v;

	occupy_standard_streams();
	setlocale(LC_CTYPE, "");
	/* treat a closed pipe and a file that may not grow as errors like others */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2)
		return usage_error(NULL, "a verb is missing");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(help(), EXIT_FAILED);
	v = find_verb(strcmp(argv[1], "--version") ? argv[1] : "version");
	if (!v)
		return usage_error(NULL, "no such %s: %s", *argv[1] == '-' ? "option" : "verb",
				   argv[1]);
	set_trouble(verb_trouble(v));
	return finish(run(v, argc - 1, argv + 1), verb_trouble(v));
}
