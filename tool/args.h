/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A command line, read by the verb table. */
#ifndef PPCTLB_TOOL_ARGS_H
#define PPCTLB_TOOL_ARGS_H

#include "verbs.h"

#include <stddef.h>
#include <stdint.h>

/* An option that may be given more than once. */
struct given {
	enum option_id id;
	const char *value;
};

struct args {
	const struct verb *verb;
	const char *value[OPTION_COUNT]; /* NULL: not given; "" if the option takes no argument */
	struct given *given;		 /* options that may be repeated, in their order */
	size_t n_given;
	unsigned times[OPTION_COUNT];	 /* how often it was given */
	int argc;			 /* operands */
	char **argv;
};

/* Read the options and operands of a->verb; argv[0] is the verb. Complains if the result is not
 * EXIT_OK; does not check operands after --help. */
int args_parse(struct args *a, int argc, char **argv);
void args_free(struct args *a);
/* Say what is wrong with the command line and where help is; returns EXIT_USAGE. */
int usage_error(const struct verb *v, const char *fmt, ...) PRINTF(2, 3);
/* The number given with an option, or def if there is none; false: complained (exit EXIT_USAGE). */
bool option_number(const struct args *a, enum option_id id, uint64_t max, uint64_t def,
		   uint64_t *value);

#endif
