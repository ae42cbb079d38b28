/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting QEMU, and the mailbox. */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "machine.h"

#define TIMEOUT_SECONDS 60
/* ppce500's, and where it is mapped for a moment. */
#define SPIN_TABLE_RA UINT64_C(0xfef000000)
#define SPIN_TABLE    UINT64_C(0xef000000)

_Static_assert(sizeof(struct op) == OP_SIZE, "mailbox.h");
_Static_assert(offsetof(struct op, slot) == OP_SLOT, "mailbox.h");
_Static_assert(offsetof(struct op, word) == OP_WORD0, "mailbox.h");
_Static_assert(offsetof(struct op, ea) == OP_EA, "mailbox.h");
_Static_assert(offsetof(struct op, value) == OP_VALUE, "mailbox.h");
_Static_assert(offsetof(struct op, cause) == OP_CAUSE, "mailbox.h");
_Static_assert(offsetof(struct op, read) == OP_READ0, "mailbox.h");
_Static_assert(offsetof(struct op, srr0) == OP_SRR0, "mailbox.h");
_Static_assert(MB_OPS + MB_MAX_OPS * OP_SIZE <= MAILBOX_STEP, "mailbox.h");
_Static_assert(MAILBOX_BASE + MAILBOXES * MAILBOX_STEP <= STUB_BASE + STUB_SIZE, "mailbox.h");

static uint32_t *mailbox(const struct machine *m, unsigned offset)
{
	return (uint32_t *)(m->ram + MAILBOX_BASE + m->cpu * MAILBOX_STEP + offset);
}

static struct op *ops(const struct machine *m)
{
	return (struct op *)mailbox(m, MB_OPS);
}

static const char *stub_dir(void)
{
	const char *dir = getenv("ORACLE_STUBS");

	return dir ? dir : STUB_DIR;
}

static void stub_path(const struct board *b, char *path, size_t len)
{
	snprintf(path, len, "%s/%s", stub_dir(), b->stub);
}

static bool in_path(const char *program)
{
	char *dirs = strdup(getenv("PATH") ? getenv("PATH") : ""), *save, *dir;
	char path[4096];
	bool found = false;

	for (dir = strtok_r(dirs, ":", &save); dir && !found; dir = strtok_r(NULL, ":", &save)) {
		snprintf(path, sizeof(path), "%s/%s", dir, program);
		found = !access(path, X_OK);
	}
	free(dirs);
	return found;
}

bool machine_available(const struct board *b)
{
	char stub[4096];

	stub_path(b, stub, sizeof(stub));
	return in_path(b->emulator) && !access(stub, R_OK);
}

static void exec_qemu(const struct machine *m, const char *qmp_path)
{
	const struct board *b = m->board;
	const char *accel = getenv("ORACLE_ACCEL"), *cpus = getenv("ORACLE_CPUS");
	char backend[128], machine[64], size[32], qmp[256], stub[4096];

	snprintf(backend, sizeof(backend),
		 "memory-backend-file,id=ram,share=on,size=%lluM,mem-path=/proc/self/fd/%d",
		 (unsigned long long)b->ram >> 20, m->ram_fd);
	snprintf(machine, sizeof(machine), "%s,memory-backend=ram", b->machine);
	snprintf(size, sizeof(size), "%lluM", (unsigned long long)b->ram >> 20);
	snprintf(qmp, sizeof(qmp), "unix:%s,server=on,wait=off", qmp_path);
	stub_path(b, stub, sizeof(stub));
	const char *argv[] = {
		b->emulator,
		"-accel",
		accel ? accel : "tcg",
		"-M",
		machine,
		"-object",
		backend,
		"-m",
		size,
		"-smp",
		cpus ? cpus : "1",
		"-nodefaults",
		"-display",
		"none",
		"-qmp",
		qmp,
		"-kernel",
		stub,
		b->cpu ? "-cpu" : NULL,
		b->cpu,
		NULL,
	};

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	execvp(b->emulator, (char **)argv);
	fprintf(stderr, "%s: %s\n", b->emulator, strerror(errno));
	_exit(127);
}

static int map_ram(struct machine *m)
{
	m->ram_fd = memfd_create("oracle", 0); /* inherited: QEMU opens it by number */
	if (m->ram_fd < 0 || ftruncate(m->ram_fd, m->board->ram))
		return -1;
	m->ram = mmap(NULL, m->board->ram, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE,
		      m->ram_fd, 0);
	return m->ram == MAP_FAILED ? -1 : 0;
}

int machine_start(struct machine *m, const struct board *b, const char *qmp_path)
{
	*m = (struct machine){.board = b};
	if (map_ram(m)) {
		perror("guest RAM");
		return -1;
	}
	m->pid = fork();
	if (m->pid < 0) {
		perror("fork");
		return -1;
	}
	if (m->pid == 0)
		exec_qemu(m, qmp_path);
	return machine_run(m); /* nothing queued: comes back when the stub is up */
}

void machine_stop(struct machine *m)
{
	if (m->pid > 0) {
		kill(m->pid, SIGKILL);
		waitpid(m->pid, NULL, 0);
	}
	munmap(m->ram, m->board->ram);
	close(m->ram_fd);
}

static struct op *queue(struct machine *m, unsigned code, uint64_t slot)
{
	struct op *op = ops(m) + m->count;

	if (m->count == MB_MAX_OPS) {
		fprintf(stderr, "the mailbox is full\n");
		abort();
	}
	m->count++;
	memset(op, 0, sizeof(*op));
	op->code = htobe64(code);
	op->slot = htobe64(slot);
	return op;
}

struct op *machine_write(struct machine *m, uint64_t slot, const uint64_t word[4])
{
	struct op *op = queue(m, CODE_WRITE, slot);
	int i;

	for (i = 0; i < 4; i++)
		op->word[i] = htobe64(word[i]);
	return op;
}

struct op *machine_read(struct machine *m, uint64_t slot, uint64_t ea)
{
	struct op *op = queue(m, CODE_READ, slot);

	op->word[1] = htobe64(ea);
	return op;
}

struct op *machine_access(struct machine *m, unsigned code, uint64_t ea, uint32_t msr, unsigned pid,
			  uint32_t value)
{
	struct op *op = queue(m, code, 0);

	op->ea = htobe64(ea);
	op->msr = htobe64(msr | MSR_ME | (m->board->ea_bits == 64 ? MSR_CM : 0));
	op->pid = htobe64(pid);
	op->value = htobe64(value);
	return op;
}

struct op *machine_poke(struct machine *m, uint64_t ea, uint32_t value)
{
	struct op *op = queue(m, CODE_POKE, 0);

	op->ea = htobe64(ea);
	op->value = htobe64(value);
	return op;
}

struct op *machine_sleep(struct machine *m)
{
	return queue(m, CODE_SLEEP, 0);
}

static void nap(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 50000}, NULL);
}

static int wait_done(struct machine *m, uint32_t bell)
{
	time_t end = time(NULL) + TIMEOUT_SECONDS;
	int status;

	while (__atomic_load_n(mailbox(m, MB_DONE), __ATOMIC_ACQUIRE) != bell) {
		if (waitpid(m->pid, &status, WNOHANG) == m->pid) {
			m->pid = 0;
			fprintf(stderr, "%s ended, status %#x\n", m->board->emulator, status);
			return -1;
		}
		if (time(NULL) > end) {
			fprintf(stderr, "the stub does not answer on %s\n", m->board->core);
			return -1;
		}
		nap();
	}
	return 0;
}

int machine_run(struct machine *m)
{
	uint32_t bell = htobe32(be32toh(*mailbox(m, MB_BELL)) + 1);

	*mailbox(m, MB_COUNT) = htobe32(m->count);
	m->count = 0;
	__atomic_store_n(mailbox(m, MB_BELL), bell, __ATOMIC_RELEASE);
	return wait_done(m, bell);
}

static uint32_t stub_entry(const struct board *b)
{
	char path[4096];
	uint32_t entry = 0; /* e_entry of an ELF with 32 bits */
	FILE *f;

	stub_path(b, path, sizeof(path));
	f = fopen(path, "r");
	if (!f || fseek(f, 24, SEEK_SET) || fread(&entry, sizeof(entry), 1, f) != 1)
		entry = 0;
	if (f)
		fclose(f);
	return be32toh(entry);
}

/* It waits in the spin table for the lower half of an address in its row. */
int machine_start_second(struct machine *m)
{
	static const uint64_t map[4] = {0xc0000100, SPIN_TABLE | 0xa, SPIN_TABLE_RA | 5}, unmap[4];
	uint64_t slot = machine_slot(m->board, 1, 5);
	uint32_t entry = stub_entry(m->board);
	struct op *high, *low;
	int rc;

	machine_write(m, slot, map);
	high = machine_poke(m, SPIN_TABLE + 32, 0);
	low = machine_poke(m, SPIN_TABLE + 36, entry);
	machine_write(m, slot, unmap);
	if (!entry) {
		fprintf(stderr, "%s cannot be read\n", m->board->stub);
		return -1;
	}
	if (machine_run(m))
		return -1;
	if (be64toh(high->cause) != CAUSE_NONE || be64toh(low->cause) != CAUSE_NONE) {
		fprintf(stderr, "the spin table cannot be written\n");
		return -1;
	}
	m->cpu = 1;
	rc = machine_run(m);
	m->cpu = 0;
	return rc;
}

uint64_t machine_slot(const struct board *b, unsigned tlb, unsigned index)
{
	if (b->family == FAMILY_44X)
		return index;
	return (uint64_t)tlb << 28 | (tlb ? index : index % b->ways) << 16; /* TLBSEL, ESEL */
}

/*
 * The witness: a block that says where it lies, to a load and to a fetch.
 *
 *	0	lis r3; ori r3; li r4; sc: a fetch leaves the RA in r4 and r3
 *	16	the RA, which a load reads
 *	24	0, which a store overwrites
 *
 * It depends on the RA alone. So it does no harm that QEMU, which cannot see us
 * write, goes on with code it has translated before.
 */
void machine_plant(struct machine *m, uint64_t ra)
{
	uint64_t base = ra & ~(uint64_t)(WITNESS_SIZE - 1);
	uint32_t *p = (uint32_t *)(m->ram + base);
	uint32_t low = (uint32_t)base, high = (uint32_t)(base >> 32);

	p[0] = htobe32(0x3c600000 | low >> 16);
	p[1] = htobe32(0x60630000 | (low & 0xffff));
	p[2] = htobe32(0x38800000 | high);
	p[3] = htobe32(0x44000002);
	p[4] = htobe32(high);
	p[5] = htobe32(low);
	p[6] = 0;
}

uint32_t machine_stored(const struct machine *m, uint64_t ra)
{
	return be32toh(*(volatile uint32_t *)(m->ram + ra));
}

unsigned machine_witness_offset(unsigned code)
{
	return code == CODE_LOAD ? 16 : code == CODE_STORE ? 24 : 0;
}

void machine_forget(struct machine *m)
{
	uint64_t from = STUB_BASE + STUB_SIZE;

	fallocate(m->ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, STUB_BASE);
	fallocate(m->ram_fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, from,
		  m->board->ram - from);
}
