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

static void print_text(const struct ppctlb_finding *f)
{
	printf("%u:%u ", f->tlb, f->index);
	colour(severity_colour(f->severity));
	fputs(severity_names[f->severity], stdout);
	colour(NULL);
	if (f->other_tlb & PPCTLB_NO_SLOT)
		printf(" %s - %s\n", f->name, f->sentence);
	else
		printf(" %s %u:%u %s\n", f->name, f->other_tlb, f->other_index, f->sentence);
}

static void print_json(const struct ppctlb_finding *f)
{
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
	json_print(o);
}

int verb_check(const struct args *a)
{
	int ret = EXIT_OK;
	struct image im;

	if (!image_open(a->argv[0], &im))
		return EXIT_FAILED;
	for (size_t i = 0; i < im.n_findings; i++) {
		if (a->value[OPT_JSON])
			print_json(&im.findings[i]);
		else
			print_text(&im.findings[i]);
		if (im.findings[i].severity == PPCTLB_ERROR)
			ret = EXIT_FAILED;
	}
	image_close(&im);
	return ret;
}
