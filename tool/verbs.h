/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verb table: parsing, --help and completion are derived from it. */
#ifndef PPCTLB_TOOL_VERBS_H
#define PPCTLB_TOOL_VERBS_H

#include "tool.h"

#include <stdbool.h>

enum option_id {
	OPT_HELP,
	OPT_CORE,
	OPT_JSON,
	OPT_FORMAT,
	OPT_FORM,
	OPT_TLB,
	OPT_ANY,
	OPT_ALL,
	OPT_COLUMNS,
	OPT_NOHEADINGS,
	OPT_PID,
	OPT_TS,
	OPT_ACCESS,
	OPT_USER,
	OPT_WHY,
	OPT_FROM,
	OPT_KEEP_GOING,
	OPT_DEFINE,
	OPT_UNDEFINE,
	OPT_QMP,
	OPT_CPU,
	OPT_TIMEOUT,
	OPT_PICTURE,
	OPTION_COUNT
};

#define OPT(id) (1u << OPT_##id)

struct option_info {
	const char *name;
	char letter;	 /* 0: none */
	const char *arg; /* its argument's name, or the words it may be as "a|b"; NULL: none */
	const char *help;
};

struct args;

struct verb {
	const char *name;
	const char *operands; /* as the synopsis shows them */
	const char *help;     /* one line */
	const char *notes;    /* more lines for --help, or NULL */
	unsigned needs;	      /* OPT() of the options that must be there */
	unsigned takes;	      /* OPT() of those that may */
	int min, max;	      /* number of operands; max -1: any */
	bool output_last;     /* check that the last operand can be written before running */
	int trouble;	      /* exit code of a failure; 0: EXIT_FAILED */
	int (*run)(const struct args *a);
};

extern const struct option_info options[OPTION_COUNT];
extern const struct verb verbs[]; /* ends with name NULL */
bool verb_takes(const struct verb *v, int option);
/* The exit code of a failure. */
int verb_trouble(const struct verb *v);

int verb_backends(const struct args *a);
int verb_cores(const struct args *a);
int verb_version(const struct args *a);
int verb_encode(const struct args *a);
int verb_decode(const struct args *a);
int verb_plan(const struct args *a);
int verb_new(const struct args *a);
int verb_map(const struct args *a);
int verb_unmap(const struct args *a);
int verb_flush(const struct args *a);
int verb_dump(const struct args *a);
int verb_lookup(const struct args *a);
int verb_check(const struct args *a);
int verb_diff(const struct args *a);
int verb_import(const struct args *a);
int verb_capture(const struct args *a);
int verb_plot(const struct args *a);

#endif
