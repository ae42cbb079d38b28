// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the library and the tool may cost: a row for each promise, with its limit. Runs them all and
 * fails if one is beyond its limit. doc/performance.md says what each row means.
 *
 * usage: bench [PPCTLB [WORD...]]: the tool to measure ("": none); only the rows that have one of
 * these words in their names
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STREAMS "hits,misses,trace"
#define CHANGES(size)                                                                              \
	"map " size " vCPU,map_at " size " vCPU,unmap " size " vCPU,map " size " memory,"          \
	"map_at " size " memory,unmap " size " memory"

enum { ROW_SECONDS = 60, NAME_LEN = 40 };

static const struct row {
	const char *work, *against;
	const char *cores; /* a line for each of them ... */
	const char *names; /* ... and of these */
	measure *measure;
	double at_most, aim;
} rows[] = {
	{"translate, one access", "look-up", "440", STREAMS, translate_one, 1.5, 1},
	{"translate, one access", "look-up", "e500mc e5500 e6500", STREAMS, translate_one, 2, 1},
	{"translate, one access", "look-up", "e500v1 e500v2", STREAMS, translate_one, 2.5, 1},
	{"translate, 1e6 at once", "look-up", "440", STREAMS, translate_many, 0.3, 0.2},
	{"translate, 1e6 at once", "look-up", "e500v2", STREAMS, translate_many, 0.8, 0.33},
	{"translate, 1e6 at once", "look-up", "e6500", STREAMS, translate_many, 0.5, 0.33},
	{"change a page", "fill, call", "e500v2", CHANGES("4K"), change, 16, 8},
	{"change a page", "fill, call", "e6500", CHANGES("4K"), change, 28, 14},
	{"change a page", "fill, call", "e500v2", CHANGES("256M"), change, 30, 10},
	{"change a page", "fill, call", "e6500", CHANGES("256M"), change, 50, 16},
	{"all entries", "memset, call", "e500v2 e6500", "flush vCPU,flush memory", whole, 5, 3},
	{"all entries", "memcpy, call", "e500v2 e6500", "set vCPU,set memory", whole, 14, 4},
	{"all entries", "memcpy, call", "e500v2", "get vCPU,get memory", whole, 4, 3},
	{"all entries", "memcpy, call", "e6500", "get vCPU,get memory", whole, 5, 3},
	{"map 100 regions", "100 fills, call", "e500v2 e6500", "vCPU,memory", change_many, 30, 15},
	{"map 65536 regions", "4096 regions", "e5500", "no conflict,all replaced,holes in a page",
	 map_grows, 24, 20},
	{"image", "memcpy, crc32", "e500v2", "save", image, 3, 2},
	{"image", "memcpy, crc32", "e500v2", "restore", image, 5, 2},
	{"image", "memcpy, crc32", "e500v2", "image_info", image, 3, 2},
	{"check", "all pairs", "440", "64 entries", check_pairs, 1, 1},
	{"check", "all pairs", "e500v2", "528 entries", check_pairs, 0.1, 0.1},
	{"check 65600 entries", "1088 entries", "e5500", "no finding", check_grows, 80, 60},
	{"check, findings asked for", "counted", "e500v2", "one each", check_passes, 1.5, 1},
	{"format", "by hand", "440 e500v2", "mapping,entry", format, 2, 1},
	{"parse", "strtoull", "440 e500v2", "mapping,entry", parse, 2, 1},
	{"second open", "system calls", "e500v2", "calls", second_open, 20, 20},
	{"second open", "contents read", "e500v2", "reads", second_open, 0, 0},
	{"map regions", "kernel calls", "440", "split,combined", kernel_calls, 2, 2},
	{"map regions", "kernel calls", "e500v2", "vCPU", kernel_calls, 1, 1},
	{"calls on a handle", "allocations", "440 e500v2 e6500", "vCPU,memory", allocations, 0, 0},
	{"tool", "scanf, printf", "e500v2", "lookup -", tool_lines, 0.6, 0.4},
	{"tool", "scanf, printf", "e500v2", "lookup -J -", tool_lines, 1.5, 0.4},
	{"tool", "scanf, printf", "e500v2", "encode -,decode -", tool_lines, 1.2, 0.4},
	{"tool", "scanf, printf", "e500v2", "decode - of malformed lines", tool_lines, 2, 0.4},
	{"tool", "scanf, printf", "e500v2", "import a log", tool_import, 1, 0.4},
};

static char **only;		       /* words of which a row must have one; ends with NULL */
static char beyond[200][4 * NAME_LEN]; /* rows beyond their limits */
static size_t n_beyond;

static bool wanted(const char *title)
{
	bool found = !*only;

	for (char **word = only; *word; word++)
		found |= strstr(title, *word) != NULL;
	return found;
}

/* In a process of its own: what a row does to the process does not matter to the next one, and one
 * that would take for ever is given up. */
static bool measured(const struct row *row, const char *core, const char *name,
		     struct result *result)
{
	int to[2], status;
	pid_t child;
	bool ok;

	*result = (struct result){0};
	if (pipe(to) < 0 || fflush(stdout) != 0 || (child = fork()) < 0)
		return false;
	if (child == 0) {
		alarm(ROW_SECONDS);
		row->measure(core, name, result);
		_exit(write(to[1], result, sizeof(*result)) != sizeof(*result));
	}
	close(to[1]);
	ok = read(to[0], result, sizeof(*result)) == sizeof(*result);
	close(to[0]);
	waitpid(child, &status, 0);
	if (WIFSIGNALED(status))
		printf("(%s after %d s) ", strsignal(WTERMSIG(status)), ROW_SECONDS);
	return ok;
}

static void line(const struct row *row, const char *core, const char *name)
{
	struct result r;
	char title[4 * NAME_LEN];
	bool ok;

	snprintf(title, sizeof(title), "%s: %s, %s", row->work, name, core);
	if (!wanted(title))
		return;
	printf("%-58s ", title);
	ok = measured(row, core, name, &r);
	if (ok && r.peer > 0)
		printf("%11.1f ns %11.1f ns ", r.ours, r.peer);
	else
		printf("%14s %14s ", "", "");
	if (ok)
		printf("%-15s %8.2f", row->against, r.value);
	else
		printf("%-15s %8s", row->against, "-");
	ok = ok && r.value <= row->at_most;
	printf(" %7g %5g%s\n", row->at_most, row->aim, ok ? "" : "  TOO MUCH");
	if (!ok && n_beyond < ARRAY_SIZE(beyond))
		snprintf(beyond[n_beyond++], NAME_LEN * 4, "%s", title);
}

/* The next item of a list, or NULL. */
static const char *next_of(const char **list, const char *separator, char *item)
{
	size_t len = strcspn(*list, separator);

	if (!**list)
		return NULL;
	snprintf(item, NAME_LEN, "%.*s", (int)len, *list);
	*list += len + ((*list)[len] != 0);
	return item;
}

static void lines_of(const struct row *row)
{
	char core[NAME_LEN], name[NAME_LEN];

	for (const char *cores = row->cores; next_of(&cores, " ", core);)
		for (const char *names = row->names; next_of(&names, ",", name);)
			line(row, core, name);
}

int main(int argc, char **argv)
{
	tool_path = argc > 1 && *argv[1] ? argv[1] : NULL;
	only = argv + (argc > 1 ? 2 : 1);
	printf("%-58s %14s %14s %-15s %8s %7s %5s\n", "", "time", "that of", "", "ratio", "at most",
	       "aim");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		bool of_tool = !strcmp(rows[i].work, "tool");

		if (!of_tool || tool_path)
			lines_of(&rows[i]);
		else
			printf("not measured, there is no tool: %s\n", rows[i].names);
	}
	fflush(stdout);
	for (size_t i = 0; i < n_beyond; i++)
		fprintf(stderr, "bench: not within its limit: %s\n", beyond[i]);
	return n_beyond > 0;
}
