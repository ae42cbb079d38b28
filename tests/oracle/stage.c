/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stage: a running QEMU whose TLB entries are known.
 *
 *	stage CORE QMP-SOCKET [TLB:INDEX=WORD,WORD,WORD,WORD ...] [+] [...] [-]
 *
 * Boots CORE's machine with a QMP server at QMP-SOCKET, writes the entries with
 * tlbwe, and prints every valid entry of the TLB as tlbre reads it back, the
 * stub's own (TLB 1 or 0, index 0) among them; then a line "ready". The core
 * then sleeps. The machine ends when standard input does.
 *
 * Entries after + are those of CPU 1, which $ORACLE_CPUS adds; they are printed after a line "+".
 * With - the core stays awake, and standard input brings further entries, one a
 * line; each is answered like the first ones.
 *
 * It is the independent witness for tests of `ppctlb capture`, so it takes and
 * prints raw words and has no use for the library.
 */
#include <endian.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "machine.h"

#define EXIT_SKIP 77

struct entry {
	unsigned tlb, index;
	uint64_t word[4];
};

static bool parse_entry(const char *text, struct entry *e)
{
	char end;

	return sscanf(text, "%u:%u=%" SCNx64 ",%" SCNx64 ",%" SCNx64 ",%" SCNx64 "%c", &e->tlb,
		      &e->index, &e->word[0], &e->word[1], &e->word[2], &e->word[3], &end) == 6;
}

static bool valid(const struct board *b, const struct op *op)
{
	if (b->family == FAMILY_44X)
		return be64toh(op->read[1]) & 0x200;
	return be64toh(op->read[0]) & 0x80000000;
}

static int print_entry(struct machine *m, unsigned tlb, unsigned index)
{
	const struct board *b = m->board;
	uint64_t ea = tlb || !b->ways ? 0 : (uint64_t)(index / b->ways) << 12;
	struct op *op = machine_read(m, machine_slot(b, tlb, index), ea);

	if (machine_run(m))
		return -1;
	if (valid(b, op))
		printf("%u:%u=%" PRIx64 ",%" PRIx64 ",%" PRIx64 ",%" PRIx64 "\n", tlb, index,
		       be64toh(op->read[0]), be64toh(op->read[1]), be64toh(op->read[2]),
		       be64toh(op->read[3]));
	return 0;
}

static int print_array(struct machine *m, unsigned tlb, unsigned entries)
{
	unsigned i;

	for (i = 0; i < entries; i++) {
		if (print_entry(m, tlb, i))
			return -1;
	}
	return 0;
}

static int print_all(struct machine *m)
{
	const struct board *b = m->board;

	if (b->family == FAMILY_44X)
		return print_array(m, 0, b->slots);
	return print_array(m, 0, b->sets * b->ways) || print_array(m, 1, b->slots);
}

static int write_entry(struct machine *m, const char *text)
{
	struct entry e;
	struct op *op;

	if (!parse_entry(text, &e)) {
		fprintf(stderr, "stage: not TLB:INDEX=WORD,WORD,WORD,WORD: %s\n", text);
		return -1;
	}
	op = machine_write(m, machine_slot(m->board, e.tlb, e.index), e.word);
	if (machine_run(m))
		return -1;
	if (be64toh(op->cause) != CAUSE_NONE) {
		fprintf(stderr, "stage: tlbwe took interrupt %d: %s\n", (int)be64toh(op->cause),
			text);
		return -1;
	}
	return 0;
}

static int show(struct machine *m, bool awake)
{
	if (print_all(m))
		return -1;
	if (!awake) {
		machine_sleep(m);
		if (machine_run(m))
			return -1;
	}
	printf("ready\n");
	fflush(stdout);
	return 0;
}

static bool has_second(char *const *entry)
{
	while (*entry && strcmp(*entry, "+"))
		entry++;
	return *entry;
}

static int go_to_second(struct machine *m)
{
	if (print_all(m))
		return -1;
	machine_sleep(m);
	if (machine_run(m))
		return -1;
	m->cpu = 1;
	printf("+\n");
	return 0;
}

static int stage(struct machine *m, char **entry)
{
	char line[256];
	bool awake;

	if (has_second(entry) && machine_start_second(m))
		return 1;
	for (; *entry && strcmp(*entry, "-"); entry++) {
		if (strcmp(*entry, "+") ? write_entry(m, *entry) : go_to_second(m))
			return 1;
	}
	awake = *entry;
	if (show(m, awake))
		return 1;
	while (fgets(line, sizeof(line), stdin)) {
		line[strcspn(line, "\n")] = 0;
		if (write_entry(m, line) || show(m, awake))
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const struct board *b = argc < 3 ? NULL : board_find(argv[1]);
	struct machine m;
	int rc;

	if (!b) {
		fprintf(stderr, "usage: stage CORE QMP-SOCKET [TLB:INDEX=WORD,WORD,WORD,WORD ...] "
				"[+] [...] [-]\n");
		return 2;
	}
	if (!machine_available(b)) {
		printf("SKIP: no %s or no stub for it\n", b->emulator);
		return EXIT_SKIP;
	}
	if (machine_start(&m, b, argv[2]))
		return 1;
	rc = stage(&m, argv + 3);
	machine_stop(&m);
	return rc;
}
