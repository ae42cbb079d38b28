/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the fuzz targets share: an input taken apart, and a judge of any TLB. */
#ifndef FUZZ_H
#define FUZZ_H

#include "../tests/support/detached.h"
#include "../tests/support/model.h"

#include <errno.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
/* The name of the target: its corpus is in fuzz/corpus/NAME. */
extern const char fuzz_target[];

/* A promise of the library is broken. */
#define REQUIRE(good)                                                                              \
	do {                                                                                       \
		if (!(good)) {                                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #good);                 \
			fflush(stderr);                                                            \
			abort();                                                                   \
		}                                                                                  \
	} while (0)

/* Bytes taken from an input one after the other; behind its end there are zeros. */
struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t take(struct input *in, unsigned bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < bytes; i++) {
		value = value << 8 | (in->left ? *in->at : 0);
		in->at += !!in->left;
		in->left -= !!in->left;
	}
	return value;
}

/* A number below a limit of at most 256. */
static inline unsigned pick(struct input *in, unsigned limit)
{
	return (unsigned)take(in, 1) % limit;
}

/*
 * The row that a number from the input chooses, in a table that only grows at its end: a kept input
 * goes on choosing the same row. A number past the end chooses one of the first rows; replay.c
 * refuses a kept input with such a number, and prints stray_choice.
 */
unsigned choose(unsigned number, unsigned rows, unsigned first);
extern char stray_choice[128];

/* A core with its own geometry, by its row in the model; from 0x40 on another geometry, by its
 * row. */
struct kind take_kind(struct input *in);

/* Position and words of each entry are the same in both. */
bool same_entries(const struct model *a, const struct model *b);
/* The value without bits outside that core's word. */
uint64_t word_of(const struct model_core *core, unsigned word, uint64_t value);
/* The answers to n accesses are those of the model. */
void same_answers(struct ppctlb *h, const struct model *t, const struct ppctlb_access *a, size_t n);
/* One entry: decode, encode and text agree with each other and with the model. */
void examine_entry(const struct model_core *core, const struct ppctlb_entry *e);
/* Everything that reads a TLB agrees with the judges, and changes nothing. */
void examine(struct ppctlb *h);

#endif
