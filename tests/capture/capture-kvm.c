/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppctlb capture of a guest under KVM, in the test guest of check-kvm, and README.md's session "A
 * guest hangs" there. What the guest wrote it reads back with tlbre: that is what an image has to
 * hold. TAP on standard output. usage: capture-kvm FOLDER
 *
 * FOLDER has the session as tests/support/session.awk takes it out of README.md, and
 * session.entries. QEMU and ppctlb are found by PATH.
 */
#include "../oracle/machine.h"
#include "../support/tap.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TEXT_MAX    65536
#define RAM	    (UINT64_C(64) << 20)
#define SOCKET	    "guest.qmp"
#define STOOD_STILL "stood still for "

static const char *folder;
static struct board board;
static struct machine machine;

/* ---- the guest ---- */

static bool write_entry(const char *text)
{
	unsigned tlb, index;
	uint64_t word[4];
	struct op *op;

	if (sscanf(text, "%u:%u=%" SCNx64 ",%" SCNx64 ",%" SCNx64 ",%" SCNx64, &tlb, &index,
		   &word[0], &word[1], &word[2], &word[3]) != 6)
		return false;
	op = machine_write(&machine, machine_slot(&board, tlb, index), word);
	return machine_run(&machine) == 0 && be64toh(op->cause) == CAUSE_NONE;
}

/* Append what tlbre read there, as ppctlb dump prints it; of what is zero it prints nothing. */
static void print_read(char *text, unsigned tlb, unsigned index, const struct op *op)
{
	if (op->read[0] | op->read[1] | op->read[2] | op->read[3])
		sprintf(text + strlen(text),
			"%u:%u=%08" PRIx64 ",%08" PRIx64 ",%08" PRIx64 ",%08" PRIx64 "\n", tlb,
			index, be64toh(op->read[0]), be64toh(op->read[1]), be64toh(op->read[2]),
			be64toh(op->read[3]));
}

static bool read_array(char *text, unsigned tlb, unsigned entries)
{
	struct op *op[MB_MAX_OPS];

	for (unsigned n, done = 0; done < entries; done += n) {
		for (n = 0; n < MB_MAX_OPS && done + n < entries; n++)
			op[n] = machine_read(&machine, machine_slot(&board, tlb, done + n),
					     tlb ? 0 : (uint64_t)((done + n) / board.ways) << 12);
		if (machine_run(&machine))
			return false;
		for (unsigned i = 0; i < n; i++)
			print_read(text, tlb, done + i, op[i]);
	}
	return true;
}

static bool read_all(char *text)
{
	*text = 0;
	return read_array(text, 0, board.sets * board.ways) && read_array(text, 1, board.slots);
}

/* ---- the tool ---- */

static bool read_text(FILE *f, char *text)
{
	size_t n = f ? fread(text, 1, TEXT_MAX - 1, f) : 0;

	text[n] = 0;
	return f && !ferror(f);
}

/* Run it, without a shell; standard output and error come to text. */
static bool run(const char *command, char *text)
{
	char words[512], *argv[16] = {NULL}, *save = NULL;
	int ends[2], n = 0;
	pid_t pid;
	FILE *f;

	snprintf(words, sizeof(words), "%s", command);
	for (char *w = strtok_r(words, " \n", &save); w && n < 15; w = strtok_r(NULL, " \n", &save))
		argv[n++] = w;
	if (pipe(ends) || (pid = fork()) < 0)
		return false;
	if (!pid) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		close(ends[1]);
		execvp(argv[0], argv);
		_exit(127);
	}
	close(ends[1]);
	f = fdopen(ends[0], "r");
	read_text(f, text);
	fclose(f);
	return waitpid(pid, NULL, 0) == pid;
}

/* Compare line by line, and show the first ones that differ. */
static bool same(const char *got, const char *want)
{
	unsigned line = 1, shown = 0;
	bool ok = !strcmp(got, want);

	while (!ok && (*got || *want) && shown < 8) {
		size_t g = strcspn(got, "\n"), w = strcspn(want, "\n");

		if (g != w || memcmp(got, want, g)) {
			tap_note("line %u: %.*s", line, (int)g, got);
			tap_note("      not: %.*s", (int)w, want);
			shown++;
		}
		got += g + !!got[g];
		want += w + !!want[w];
		line++;
	}
	return ok;
}

/* ---- tests ---- */

/* Valid ones with IPROT and without, in both address spaces, ways and sets; and some that are not
 * valid. */
static void all_bits(const void *arg)
{
	static const char *const entries[] = {
		"1:1=c0000900,c0000004,00000015,0",    "1:2=80ff1700,d000001f,f1000003f,0",
		"1:3=40020500,e0000000,00e00003f,0",   "1:4=00000300,12340000,43210015,0",
		"1:15=c0011100,f0000055,fe00003ff,0",  "0:0=80010100,10000004,4321033,0",
		"0:1=80ff1100,20000066,c4322015,0",    "0:6=00010100,30001000,4323033,0",
		"0:511=80050100,4007f01f,fedcba03f,0",
	};
	static char want[TEXT_MAX], got[TEXT_MAX];

	(void)arg;
	for (size_t i = 0; i < sizeof(entries) / sizeof(*entries); i++)
		CHECK(write_entry(entries[i]));
	REQUIRE(read_all(want));
	REQUIRE(run("ppctlb capture --qmp " SOCKET " all.img", got));
	CHECK(strstr(got, STOOD_STILL) && !strstr(got, "\n"
						       "ppctlb"));
	tap_note("%.*s", (int)strcspn(got, "\n"), got);
	REQUIRE(run("ppctlb dump --all -n -o ENTRY all.img", got));
	CHECK(same(got, want));
}

static void capture_of(const char *cpu, const char *want)
{
	static char got[TEXT_MAX];
	char command[64];

	snprintf(command, sizeof(command), "ppctlb capture --qmp " SOCKET " --cpu %s cpu.img", cpu);
	REQUIRE(run(command, got));
	CHECK(strstr(got, STOOD_STILL));
	REQUIRE(run("ppctlb dump --all -n -o ENTRY cpu.img", got));
	CHECK(same(got, want));
}

/* The second one sleeps then, so that it takes no time from the first. */
static void two_cpus(const void *arg)
{
	static char first[TEXT_MAX], second[TEXT_MAX];

	(void)arg;
	REQUIRE(machine_start_second(&machine) == 0);
	machine.cpu = 1;
	CHECK(write_entry("1:5=c0020500,e0000000,00e00003f,0"));
	CHECK(write_entry("1:6=40000300,12340000,43210015,0"));
	CHECK(write_entry("1:7=80ff1700,d000001f,f1000003f,0"));
	CHECK(write_entry("0:6=80010100,30001000,4323033,0"));
	REQUIRE(read_all(second));
	machine_sleep(&machine);
	REQUIRE(machine_run(&machine) == 0);
	machine.cpu = 0;
	REQUIRE(read_all(first));
	CHECK(strcmp(first, second) != 0);
	capture_of("0", first);
	capture_of("1", second);
}

/* Write the entries of that step. */
static void guest_goes_on(const void *step)
{
	char path[256], line[256];
	size_t n = strlen(step);
	FILE *f;

	snprintf(path, sizeof(path), "%s/session.entries", folder);
	f = fopen(path, "r");
	REQUIRE(f);
	while (fgets(line, sizeof(line), f))
		CHECK(strncmp(line, step, n) || write_entry(line + n));
	fclose(f);
}

static void forget(const void *arg)
{
	char line[64];

	(void)arg;
	for (unsigned i = 1; i < board.slots; i++) {
		sprintf(line, "1:%u=0,0,0,0", i);
		CHECK(write_entry(line));
	}
	for (unsigned i = 0; i < board.sets * board.ways; i++) {
		sprintf(line, "0:%u=0,%x,0,0", i, i / board.ways << 12);
		CHECK(write_entry(line));
	}
}

static bool read_file(unsigned n, const char *kind, char *text)
{
	char path[256];
	FILE *f;
	bool ok;

	snprintf(path, sizeof(path), "%s/%u.%s", folder, n, kind);
	f = fopen(path, "r");
	ok = read_text(f, text);
	if (f)
		fclose(f);
	return ok;
}

/* How long a guest stands still is never the same. */
static void hide_time(char *text)
{
	char *at = strstr(text, STOOD_STILL), *end = at ? strstr(at, " ms") : NULL;

	if (!end)
		return;
	at += strlen(STOOD_STILL);
	memmove(at + 3, end, strlen(end) + 1);
	memcpy(at, "1.2", 3);
}

static void command(const void *arg)
{
	static char words[TEXT_MAX], want[TEXT_MAX], got[TEXT_MAX];
	unsigned n = *(const unsigned *)arg;

	REQUIRE(read_file(n, "command", words));
	REQUIRE(read_file(n, "output", want));
	REQUIRE(run(words, got));
	hide_time(got);
	CHECK(same(got, want));
	if (strstr(words, " capture ") && strstr(words, " now.img"))
		guest_goes_on("second ");
}

/* But for the picture: this tool has none. */
static void run_session(void)
{
	char words[TEXT_MAX];

	for (unsigned n = 1; read_file(n, "command", words); n++) {
		words[strcspn(words, "\n")] = 0;
		if (!strstr(words, " plot "))
			tap_run(&(struct test){words, command, &n});
	}
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	folder = argv[1];
	board = *board_find("e500v2");
	board.ram = RAM;
	if (chdir("/tmp") || machine_start(&machine, &board, SOCKET))
		return 1;
	tap_run(&(struct test){"every bit of every entry, as tlbre reads it", all_bits, NULL});
	tap_run(&(struct test){"the guest forgets them", forget, NULL});
	tap_run(&(struct test){"the guest of the session", guest_goes_on, "first "});
	run_session();
	tap_run(&(struct test){"each CPU has a TLB of its own", two_cpus, NULL});
	machine_stop(&machine);
	return tap_end();
}
