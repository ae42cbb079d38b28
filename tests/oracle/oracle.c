/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * oracle: QEMU's hardware model judges the library.
 *
 *	oracle [--long] [--core CORE] [--seed N] [--count N] [--case N]
 *
 * For each core, random legal mappings (300, or 20,000 with --long) are encoded
 * by the library and written with real tlbwe on a machine that QEMU emulates.
 * QEMU's decode, what tlbre reads back and how accesses end must be what the
 * mapping, ppctlb_decode() and ppctlb_translate() say. Then whole TLBs that random
 * calls of ppctlb_map() and ppctlb_unmap() made; then words with one field wrong,
 * which must be noticed, alone and in a whole TLB; and what makes a disagreement
 * small. TAP on standard output.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "crowd.h"
#include "judge.h"
#include "mutants.h"

#define QUICK		    300
#define LONG		    20000
#define MAX_OMITTED_PERCENT 5
#define MAX_REPORTED	    5
#define CROWD_EVERY	    30	/* mappings of their own for each round of many entries */
#define FORGET_EVERY	    256 /* cases: their witnesses take up to 240 KiB each */

struct options {
	const char *core; /* NULL: all */
	uint64_t seed, count;
	uint64_t first;
	bool one; /* only case number first */
	bool must_run;
};

static const uint64_t no_flip[4];
static unsigned test_number;

static bool report(bool ok, const char *core, const char *what)
{
	printf("%sok %u - %s: %s\n", ok ? "" : "not ", ++test_number, core, what);
	fflush(stdout);
	return ok;
}

/* ---- a disagreement, made small ---- */

/* Keep any simplification that is still a case and still disagrees. */
static bool shrink_once(struct judge *j, struct test_case *c, const uint64_t flip[4])
{
	const struct board *b = j->machine.board;
	struct test_case simpler;
	unsigned i;

	for (i = 0; simpler = *c, case_simplify(&simpler, b, i); i++) {
		if (!memcmp(&simpler, c, sizeof(*c)) || !judge_case(j, &simpler, flip))
			continue;
		*c = simpler;
		return true;
	}
	return false;
}

static void report_case(struct judge *j, struct test_case *c, const struct options *o, uint64_t i)
{
	const struct board *b = j->machine.board;

	printf("# disagreement: oracle --core %s --seed %" PRIu64 " --case %" PRIu64 "\n", b->core,
	       o->seed, i);
	case_print(c, b);
	j->quiet = true;
	while (shrink_once(j, c, no_flip))
		;
	j->quiet = false;
	printf("# the smallest like it:\n");
	case_print(c, b);
	judge_case(j, c, no_flip);
}

static bool is_smallest(const struct test_case *c, const struct board *b)
{
	const struct ppctlb_mapping *m = &c->map;

	return !m->flags && !m->tid && !m->lpid && !m->eaddr && !m->raddr &&
	       m->size == (b->sizes & -b->sizes);
}

/* The shrinker judged: what always disagrees must get as small as possible, what agrees must stay.
 */
static bool judge_shrinker(struct judge *j)
{
	const struct board *b = j->machine.board;
	struct test_case c, before;
	uint64_t flip[4];
	bool ok;

	mutant_case(b, &c, flip);
	before = c;
	j->quiet = true;
	ok = !shrink_once(j, &c, no_flip) && !memcmp(&c, &before, sizeof(c));
	while (shrink_once(j, &c, flip))
		;
	ok = ok && is_smallest(&c, b) && judge_case(j, &c, flip) && !judge_case(j, &c, no_flip);
	j->quiet = false;
	if (!ok)
		case_print(&c, b);
	return ok;
}

/* ---- random mappings ---- */

struct tally {
	uint64_t cases, disagreeing, blind;
	uint64_t dropped; /* in drawing */
	uint64_t by_blind[BLINDS];
};

static void count_blind(struct tally *tally, const struct board *b, const struct test_case *c)
{
	bool any = false;
	int i;

	for (i = 0; i < BLINDS; i++) {
		if (!blind_applies(&blinds[i], b, &c->map))
			continue;
		tally->by_blind[i]++;
		any = true;
	}
	tally->blind += any;
}

static bool judge_number(struct judge *j, struct tally *tally, const struct options *o, uint64_t i)
{
	const struct board *b = j->machine.board;
	struct test_case c;
	unsigned found;

	tally->dropped += case_draw(&c, b, o->seed, i);
	count_blind(tally, b, &c);
	tally->cases++;
	j->quiet = true;
	found = judge_case(j, &c, no_flip);
	j->quiet = false;
	if (found & JUDGE_BROKEN)
		return false;
	if (found && tally->disagreeing++ < MAX_REPORTED)
		report_case(j, &c, o, i);
	if (i % FORGET_EVERY == 0)
		machine_forget(&j->machine);
	return true;
}

static void print_tally(const struct judge *j, const struct tally *tally)
{
	const struct board *b = j->machine.board;
	int i;

	printf("# %s: %" PRIu64 " mappings, %" PRIu64 " disagree\n", b->core, tally->cases,
	       tally->disagreeing);
	for (i = 0; i < BLINDS; i++) {
		if (blinds[i].family == b->family)
			printf("# %s: left out in part, %s: %" PRIu64 "\n", b->core, blinds[i].name,
			       tally->by_blind[i]);
	}
	if (b->family == FAMILY_E500)
		printf("# %s: dropped in drawing, hides-stub: %" PRIu64 "\n", b->core,
		       tally->dropped);
	printf("# %s: %lu accesses, %lu to hit, %lu of them with a witness in RAM\n", b->core,
	       j->accesses, j->hits, j->witnessed);
	printf("# %s: accesses left out, stub-page: %lu\n", b->core, j->omitted[OMIT_STUB_PAGE]);
	printf("# %s: accesses left out, no-ram-to-store-or-fetch: %lu\n", b->core,
	       j->omitted[OMIT_NO_RAM]);
}

/* Too many cases left out would make agreement cheap. */
static bool enough(const char *what, uint64_t omitted, uint64_t all)
{
	if (omitted * 100 <= all * MAX_OMITTED_PERCENT)
		return true;
	printf("# %s left out: %" PRIu64 " of %" PRIu64 ", more than %d %%\n", what, omitted, all,
	       MAX_OMITTED_PERCENT);
	return false;
}

static bool enough_judged(const struct judge *j, const struct tally *tally)
{
	uint64_t omitted = j->omitted[OMIT_STUB_PAGE] + j->omitted[OMIT_NO_RAM];

	return enough("mappings", tally->blind + tally->dropped, tally->cases + tally->dropped) &&
	       enough("accesses", omitted, j->accesses + omitted);
}

static bool judge_random(struct judge *j, const struct options *o)
{
	struct tally tally = {0};
	uint64_t i = o->first, end = o->first + (o->one ? 1 : o->count);

	while (i < end && judge_number(j, &tally, o, i))
		i++;
	print_tally(j, &tally);
	if (tally.cases >= QUICK && !enough_judged(j, &tally))
		return false;
	return i == end && tally.disagreeing == 0;
}

/* ---- one core ---- */

static bool judge_board(const struct board *b, const struct options *o, const char *qmp_path)
{
	struct judge j;
	bool ok = false;

	if (judge_open(&j, b, qmp_path)) {
		report(false, b->core, "the machine and the library start");
	} else {
		ok = report(judge_random(&j, o), b->core, "random mappings, no disagreement");
		ok &= report(judge_crowds(&j, o->seed, o->count / CROWD_EVERY), b->core,
			     "random map and unmap, no disagreement");
		ok &= report(judge_mutants(&j), b->core, "words with a wrong field are noticed");
		ok &= report(judge_crowd_mutants(&j), b->core,
			     "a wrong bit in one entry of many is noticed");
		ok &= report(judge_shrinker(&j), b->core, "a disagreement is made small");
	}
	judge_close(&j);
	unlink(qmp_path);
	return ok;
}

static bool judge_all(const struct options *o, const char *qmp_path)
{
	const struct board *b;
	bool ok = true;

	printf("# seed %" PRIu64 "\n", o->seed);
	for (b = boards; b->core; b++) {
		if (!o->core || !strcmp(o->core, b->core))
			ok &= judge_board(b, o, qmp_path);
	}
	printf("1..%u\n", test_number);
	return ok;
}

/* The QMP socket goes into a directory of its own, which no other user can enter. */
static int run(const struct options *o)
{
	char dir[] = "/tmp/oracle-XXXXXX", qmp_path[sizeof(dir) + 4];
	bool ok;

	if (!mkdtemp(dir)) {
		perror(dir);
		return 1;
	}
	snprintf(qmp_path, sizeof(qmp_path), "%s/qmp", dir);
	ok = judge_all(o, qmp_path);
	rmdir(dir);
	return !ok;
}

static const struct board *missing(const struct options *o)
{
	const struct board *b;

	for (b = boards; b->core; b++) {
		if ((!o->core || !strcmp(o->core, b->core)) && !machine_available(b))
			return b;
	}
	return NULL;
}

/* A long run must not leave out a core. */
static int cannot_run(const struct options *o, const struct board *b)
{
	printf("%s %s or %s is not there\n", o->must_run ? "Bail out!" : "1..0 # SKIP", b->emulator,
	       b->stub);
	return o->must_run;
}

static const struct option long_options[] = {
	{"long", no_argument, NULL, 'l'},	{"core", required_argument, NULL, 'c'},
	{"seed", required_argument, NULL, 's'}, {"count", required_argument, NULL, 'n'},
	{"case", required_argument, NULL, 'i'}, {NULL, 0, NULL, 0},
};

int main(int argc, char **argv)
{
	struct options o = {.seed = 440, .count = QUICK};
	const struct board *without;
	int opt;

	while ((opt = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		switch (opt) {
		case 'l':
			o.count = LONG;
			o.seed = time(NULL);
			o.must_run = true;
			break;
		case 'c':
			o.core = optarg;
			break;
		case 's':
			o.seed = strtoull(optarg, NULL, 0);
			break;
		case 'n':
			o.count = strtoull(optarg, NULL, 0);
			break;
		case 'i':
			o.first = strtoull(optarg, NULL, 0);
			o.one = true;
			break;
		default:
			return 2;
		}
	}
	if (o.core && !board_find(o.core)) {
		fprintf(stderr, "oracle: no such core: %s\n", o.core);
		return 2;
	}
	without = missing(&o);
	return without ? cannot_run(&o, without) : run(&o);
}
