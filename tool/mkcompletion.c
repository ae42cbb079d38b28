/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes the completion file of a shell from the verb table: mkcompletion bash|zsh|fish. */
#include "verbs.h"

#include <stdio.h>
#include <string.h>

#define LIST_CORES "ppctlb cores --noheadings -o CORE 2>/dev/null | uniq"

/* Write text for inside single quotes: quote replaces a quote, and each character of special gets a
 * backslash. */
static void put_quoted(const char *text, const char *quote, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs(quote, stdout);
		else if (strchr(special, *text))
			printf("\\%c", *text);
		else
			putchar(*text);
	}
}

/* How the shell is told what an option's argument can be. */
struct arguments {
	const char *words; /* before the first of its words */
	const char *after; /* after the last one */
	const char *cores, *files, *none;
};

static bool is_file(const char *arg)
{
	return !strcmp(arg, "FILE") || !strcmp(arg, "SOCKET");
}

static void put_argument(const char *arg, const struct arguments *how)
{
	const char *lead = how->words;

	if (!strchr(arg, '|')) {
		fputs(!strcmp(arg, "CORE") ? how->cores
		      : is_file(arg)	   ? how->files
					   : how->none,
		      stdout);
		return;
	}
	while (*arg) {
		size_t len = strcspn(arg, "|");

		printf("%s%.*s", lead, (int)len, arg);
		lead = " ";
		arg += len + (arg[len] == '|');
	}
	fputs(how->after, stdout);
}

/* ---- bash ---- */

static void bash_option(const struct verb *v, const struct option_info *o)
{
	static const struct arguments how = {
		.words = "COMPREPLY=($(compgen -W '",
		.after = "' -- \"$cur\"))",
		.cores = "COMPREPLY=($(compgen -W \"$(" LIST_CORES ")\" -- \"$cur\"))",
		.files = "mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")",
		.none = "COMPREPLY=()",
	};

	if (!o->arg)
		return;
	printf("\t%s:--%s", v->name, o->name);
	if (o->letter)
		printf(" | %s:-%c", v->name, o->letter);
	printf(")\n\t\t");
	put_argument(o->arg, &how);
	printf("\n\t\treturn\n\t\t;;\n");
}

static void bash(void)
{
	printf("_ppctlb()\n{\n"
	       "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} options\n"
	       "\t# --option=value comes as three words\n"
	       "\tif [[ $cur == '=' ]]; then\n\t\tcur=\n"
	       "\telif [[ $prev == '=' ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n"
	       "\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY=($(compgen -W '--help --version");
	for (const struct verb *v = verbs; v->name; v++)
		printf(" %s", v->name);
	printf("' -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase ${COMP_WORDS[1]}:$prev in\n");
	for (const struct verb *v = verbs; v->name; v++)
		for (int i = 0; i < OPTION_COUNT; i++)
			if (verb_takes(v, i))
				bash_option(v, &options[i]);
	printf("\tesac\n\tcase ${COMP_WORDS[1]} in\n");
	for (const struct verb *v = verbs; v->name; v++) {
		printf("\t%s) options='", v->name);
		for (int i = 0; i < OPTION_COUNT; i++)
			if (verb_takes(v, i))
				printf("%s--%s", i ? " " : "", options[i].name);
		printf("' ;;\n");
	}
	printf("\tesac\n"
	       "\tif [[ $cur == -* ]]; then\n"
	       "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
	       "\telse\n\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n\tfi\n}\n"
	       "complete -o filenames -F _ppctlb ppctlb\n");
}

/* ---- zsh ---- */

static void zsh_option(const struct option_info *o)
{
	static const struct arguments how = {
		.words = "(",
		.after = ")",
		.cores = "($(" LIST_CORES "))",
		.files = "_files",
		.none = "",
	};

	printf(" \\\n\t\t\t");
	if (o->letter)
		printf("'(-%c --%s)'{-%c,--%s%s}", o->letter, o->name, o->letter, o->name,
		       o->arg ? "=" : "");
	else
		printf("--%s%s", o->name, o->arg ? "=" : "");
	printf("'[");
	put_quoted(o->help, "'\\''", "[]:\\");
	printf("]");
	if (o->arg) {
		printf(":%s:", strchr(o->arg, '|') ? o->name : o->arg);
		put_argument(o->arg, &how);
	}
	printf("'");
}

static void zsh(void)
{
	printf("#compdef ppctlb\n\n_ppctlb()\n{\n\tlocal -a verbs=(\n");
	for (const struct verb *v = verbs; v->name; v++) {
		printf("\t\t'%s:", v->name);
		put_quoted(v->help, "'\\''", ":\\");
		printf("'\n");
	}
	printf("\t)\n\tif ((CURRENT == 2)); then\n\t\t_describe verb verbs\n\t\treturn\n\tfi\n"
	       "\tshift words\n\t((CURRENT--))\n\tcase $words[1] in\n");
	for (const struct verb *v = verbs; v->name; v++) {
		printf("\t%s)\n\t\t_arguments", v->name);
		for (int i = 0; i < OPTION_COUNT; i++)
			if (verb_takes(v, i))
				zsh_option(&options[i]);
		printf(" \\\n\t\t\t'*:operand:_files'\n\t\t;;\n");
	}
	printf("\tesac\n}\n\n_ppctlb \"$@\"\n");
}

/* ---- fish ---- */

static void fish_option(const struct verb *v, const struct option_info *o)
{
	static const struct arguments how = {
		.words = " -xa '",
		.after = "'",
		.cores = " -xa '(" LIST_CORES ")'",
		.files = " -rF",
		.none = " -x",
	};

	printf("complete -c ppctlb -n '__fish_seen_subcommand_from %s' -l %s", v->name, o->name);
	if (o->letter)
		printf(" -s %c", o->letter);
	if (o->arg)
		put_argument(o->arg, &how);
	printf(" -d '");
	put_quoted(o->help, "\\'", "\\");
	printf("'\n");
}

static void fish(void)
{
	printf("complete -c ppctlb -n __fish_use_subcommand -f -l help\n"
	       "complete -c ppctlb -n __fish_use_subcommand -f -l version\n");
	for (const struct verb *v = verbs; v->name; v++) {
		printf("complete -c ppctlb -n __fish_use_subcommand -f -a %s -d '", v->name);
		put_quoted(v->help, "\\'", "\\");
		printf("'\n");
		for (int i = 0; i < OPTION_COUNT; i++)
			if (verb_takes(v, i))
				fish_option(v, &options[i]);
	}
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*write)(void);
	} shells[] = {{"bash", bash}, {"zsh", zsh}, {"fish", fish}};

	if (argc != 2)
		return EXIT_USAGE;
	for (size_t i = 0; i < ARRAY_SIZE(shells); i++) {
		if (strcmp(shells[i].name, argv[1]))
			continue;
		shells[i].write();
		printf("# SPDX-License-Identifier: GPL-2.0-or-later\n");
		return fclose(stdout) == 0 ? EXIT_OK : EXIT_FAILED;
	}
	return EXIT_USAGE;
}
