/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU with the stub in it: start, operations, stop.
 *
 * Guest RAM is a memfd shared with QEMU. The stub's own entry is in the lowest
 * slot (44x entry 0, e500 TLB1[0]), so that it wins where an entry under test
 * overlaps it: QEMU takes the first match in order.
 */
#ifndef ORACLE_MACHINE_H
#define ORACLE_MACHINE_H

#include <sys/types.h>

#include "board.h"
#include "mailbox.h"

/* One operation as it lies in the mailbox, big-endian; see mailbox.h. */
struct op {
	uint64_t code;
	uint64_t slot;
	union {
		uint64_t word[4];
		struct {
			uint64_t ea, msr, pid, value;
		};
	};
	uint64_t unused[2];
	uint64_t cause;
	union {
		uint64_t read[4];
		struct {
			uint64_t result, dear, srr0;
		};
	};
	uint64_t pad[3];
};

struct machine {
	const struct board *board;
	pid_t pid;
	uint8_t *ram;
	int ram_fd;
	unsigned cpu;	/* whose stub the operations are for */
	unsigned count; /* operations queued */
};

/* Are the emulator and the stub there? */
bool machine_available(const struct board *b);

/* Start QEMU with a QMP server at that path and wait for the stub. 0 or -1 with
 * a message printed. */
int machine_start(struct machine *m, const struct board *b, const char *qmp_path);
void machine_stop(struct machine *m);

/* Start the stub on CPU 1 of an e500, which $ORACLE_CPUS has added. Takes TLB1[5] of CPU 0 for it.
 * 0 or -1 with a message printed. */
int machine_start_second(struct machine *m);

/* Queue an operation. The result is valid until the next one is queued after machine_run(). */
struct op *machine_write(struct machine *m, uint64_t slot, const uint64_t word[4]);
struct op *machine_read(struct machine *m, uint64_t slot, uint64_t ea);
struct op *machine_access(struct machine *m, unsigned code, uint64_t ea, uint32_t msr, unsigned pid,
			  uint32_t value);
struct op *machine_poke(struct machine *m, uint64_t ea, uint32_t value);
struct op *machine_sleep(struct machine *m);

/* Run what is queued. 0 or -1 with a message printed. */
int machine_run(struct machine *m);

/* The op's slot field for an entry at its place in the library's numbering. */
uint64_t machine_slot(const struct board *b, unsigned tlb, unsigned index);

/* Put the witness around this real address; look there for the value of a store. */
void machine_plant(struct machine *m, uint64_t ra);
uint32_t machine_stored(const struct machine *m, uint64_t ra);
/* Where in a 32-byte block of witness each kind of access goes. */
unsigned machine_witness_offset(unsigned code);
#define WITNESS_SIZE 32

/* Give the host its memory back; the witness is then gone everywhere. */
void machine_forget(struct machine *m);

#endif
