/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the unit tests share. */
#ifndef TESTS_UNIT_COMMON_H
#define TESTS_UNIT_COMMON_H

#include "loop.h"
#include "model.h"
#include "random.h"
#include "suite.h"

#include <ppctlb/ppctlb.h>

#include <check.h>
#include <errno.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define K	     UINT64_C(1024)
#define M	     (K * K)
#define G	     (K * M)

/* The six permissions at once. */
#define RWX (PPCTLB_UR | PPCTLB_UW | PPCTLB_UX | PPCTLB_SR | PPCTLB_SW | PPCTLB_SX)

/* The call fails with that errno and sets a message of its own that contains these words. */
#define FAILS(err, call, ...)                                                                      \
	(spoil_message(), told((call), (err), #call, __FILE__, __LINE__, ##__VA_ARGS__, NULL))
/* The call succeeds and leaves the message of the last failure alone; if it fails, its own message
 * is shown. */
#define WORKS(call) (spoil_message(), worked((call), #call, __FILE__, __LINE__))

void spoil_message(void);
void told(int ret, int err, const char *call, const char *file, int line, ...)
	__attribute__((sentinel));
void worked(int ret, const char *call, const char *file, int line);

/* A detached handle on a core, by the backend of its family. */
struct ppctlb *open_core(const char *core);
/* A handle of the mock backend with that PPCTLB_MOCK. */
struct ppctlb *open_mock(const char *core, const char *script);
/* Open and close: the result of open, whose handle is NULL on failure. */
int open_close(const struct ppctlb_config *cfg);
/* The core, which must exist. */
const struct ppctlb_core *core_of(const char *name);
/* The number of entries of a handle; and all of them, to be freed. */
size_t entries_of(struct ppctlb *h);
struct ppctlb_entry *state_of(struct ppctlb *h);
/* The guest TLB is bit for bit what it was before; before is freed. */
void unchanged(struct ppctlb *h, struct ppctlb_entry *before);
/* Write one raw entry. */
void put(struct ppctlb *h, unsigned tlb, unsigned index, uint64_t w0, uint64_t w1, uint64_t w2,
	 uint64_t w3);
/* The entry there has these words. */
#define SLOT(h, tlb, index, w0, w1, w2, w3)                                                        \
	slot_is(h, tlb, index, (const uint64_t[4]){w0, w1, w2, w3}, __FILE__, __LINE__)
void slot_is(struct ppctlb *h, unsigned tlb, unsigned index, const uint64_t word[4],
	     const char *file, int line);
/* How many entries are valid. */
size_t count_valid(struct ppctlb *h, const char *core);

#endif
