/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ppctlb check: shows the findings about an image, one a line. */
#include "args.h"
#include "image.h"
#include "json.h"
#include "message.h"
#include "names.h"

#include <stdio.h>

static const char *const severity_names[] = {
	[PPCTLB_ERROR] = "error",
	[PPCTLB_WARNING] = "warning",
	[PPCTLB_NOTE] = "note",
};

/* Enough to read; the rest is counted. */
#define MOST_LINES 1000

/* The finding as the library tells it, with its values. */
static const char *line_of(const struct image *im, const struct ppctlb_finding *f, char *line)
{
	if (ppctlb_format_finding(im->h, f, line, PPCTLB_FINDING_MAX) < 0)
		out_of_memory(); /* for a finding of this very handle there is no other reason */
	return line;
}

static void print_text(const struct image *im, const struct ppctlb_finding *f)
{
	char line[PPCTLB_FINDING_MAX];

	colour(severity_colour(f->severity));
	fputs(line_of(im, f, line), stdout);
	colour(NULL);
	putchar('\n');
}

static void print_json(const struct image *im, const struct ppctlb_finding *f)
{
	char line[PPCTLB_FINDING_MAX];
	struct json_object *o = json_new();

	json_string(o, "name", f->name);
	json_string(o, "severity", severity_names[f->severity]);
	json_number(o, "tlb", f->tlb);
	json_number(o, "index", f->index);
	if (!(f->other_tlb & PPCTLB_NO_SLOT)) {
		json_number(o, "other_tlb", f->other_tlb);
		json_number(o, "other_index", f->other_index);
	}
	json_string(o, "sentence", f->sentence);
	json_string(o, "line", line_of(im, f, line));
	json_print(o);
}

static void print_number(const char *lead, size_t n, const char *what)
{
	printf("%s%zu %s%s", lead, n, what, n == 1 ? "" : "s");
}

/* How many there are of each severity. */
static void say_count(const struct args *a, const struct image *im, size_t shown)
{
	size_t n[3] = {0, 0, 0};

	for (size_t i = 0; i < im->n_findings; i++)
		n[im->findings[i].severity]++;
	if (shown < im->n_findings)
		complain("%s: %zu findings, the first %zu are shown; --all shows them all",
			 a->argv[0], im->n_findings, shown);
	for (int i = 0; i < 3 && im->n_findings && !a->value[OPT_JSON]; i++)
		print_number(i ? ", " : "", n[i], severity_names[i]);
	if (im->n_findings && !a->value[OPT_JSON])
		putchar('\n');
}

/* Findings hang on these. */
#define CHECKED                                                                                    \
	((uint32_t)(PPCTLB_UNKNOWN_IPROT | PPCTLB_UNKNOWN_X | PPCTLB_UNKNOWN_MAS8 |                \
		    PPCTLB_UNKNOWN_LOW_RPN | PPCTLB_UNKNOWN_TID | PPCTLB_UNKNOWN_RESERVED |        \
		    PPCTLB_UNKNOWN_TS | PPCTLB_UNKNOWN_RA | PPCTLB_UNKNOWN_RIGHTS |                \
		    PPCTLB_UNKNOWN_WIMGE | PPCTLB_UNKNOWN_SIZE))

/* Say what was left out because nobody told it: of all entries, and of some. */
static void say_left_out(const struct args *a, const struct image *im)
{
	uint32_t all = im->info.unknown & CHECKED, some = 0;
	char names[256];
	size_t n = 0;

	for (size_t i = 0; i < im->info.entries; i++) {
		uint32_t one = im->entries[i].unknown & CHECKED;

		some |= one;
		n += one != 0;
	}
	if (all)
		complain("%s: not checked, the source did not know: %s", a->argv[0],
			 unknown_names(all, names, sizeof(names)));
	if (some)
		complain("%s: not checked of %zu %s, the source did not tell: %s", a->argv[0], n,
			 n == 1 ? "entry" : "entries", unknown_names(some, names, sizeof(names)));
}

int verb_check(const struct args *a)
{
	int ret = EXIT_OK;
	size_t shown;
	struct image im;

	if (!image_open(a->argv[0], &im))
		return EXIT_FAILED;
	say_left_out(a, &im);
	shown = a->value[OPT_ALL] || im.n_findings < MOST_LINES ? im.n_findings : MOST_LINES;
	for (size_t i = 0; i < shown; i++) {
		if (a->value[OPT_JSON])
			print_json(&im, &im.findings[i]);
		else
			print_text(&im, &im.findings[i]);
	}
	for (size_t i = 0; i < im.n_findings; i++)
		if (im.findings[i].severity == PPCTLB_ERROR)
			ret = EXIT_FAILED;
	say_count(a, &im, shown);
	image_close(&im);
	return ret;
}
