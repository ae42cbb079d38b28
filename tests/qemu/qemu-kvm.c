/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs QEMU with KVM on a real e500v2 kernel, and its guests: TAP on standard output.
 *
 * usage: qemu-kvm QEMU PATCHES      PATCHES: all, fixes or none; what QEMU has of ours. linux: all,
 * and the guest is Linux
 *
 * With the library three mistakes, made behind QEMU's back (spoil.c), must break the tests that are
 * there for them; without any patch each test of a fix must fail. Beside it in the root are the
 * guest, U-Boot, spoil.so, and this program as /bin/sh: QEMU's "exec:" saves and loads a file by
 * it.
 */

#include "drive.h"
#include "../support/tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define STATE	      "/tmp/state"
#define LOADING	      "/tmp/loading"
/* So many seconds without an answer are a guest that hangs, where it must. */
#define SPOILED_LIMIT 10

#define BOARD	      "-accel", "kvm", "-M", "ppce500", "-m", "64"
static const char *const u_boot[] = {BOARD, "-kernel", "/u-boot.elf", NULL};
static const char *const guest[] = {BOARD, "-kernel", "/guest.elf", "-smp", "2", NULL};
static const char *const incoming[] = {BOARD, "-kernel",   "/guest.elf", "-smp",
				       "2",   "-incoming", "defer",	 NULL};
/* The board puts what is for the kernel 32M behind it; of two sizes QEMU takes the second. */
static const char *const linux_guest[] = {BOARD,	 "-m",	     "128",
					  "-kernel",	 "/vmlinux", "-initrd",
					  "/linux.cpio", "-append",  "console=ttyS0,115200",
					  NULL};
static const char *const other_cpu[] = {BOARD, "-cpu", "e500mc", NULL};

static const char *program;
static struct qemu qemu;
static bool spoiled; /* a mistake is there, that the test has to notice */
static bool decided; /* it came to where the mistake shows */

/* ---- short forms ---- */

/* From here on the mistake shows, maybe as a guest that does nothing. */
static void decide(void)
{
	decided = true;
	if (spoiled)
		drive_limit = SPOILED_LIMIT;
}

static bool start(const char *const args[])
{
	return qemu_start(&qemu, program, args);
}

/* What the guest prints when it starts, on one CPU: it finds nothing where it leaves an entry. */
static bool starts(const char *cpu)
{
	const char *words = NULL;

	if (qemu_expect(&qemu, cpu) && qemu_expect(&qemu, "\n"))
		words = qemu.serial.text + qemu.serial.seen - strlen("00000000\n");
	if (!CHECK(words))
		return false;
	tap_note("%s%.8s", cpu, words);
	return CHECK(!strncmp(words, "00000000", 8));
}

static bool both_start(void)
{
	return starts("cpu 0 tlb1[2] ") && starts("cpu 1 tlb1[2] ");
}

static bool lives(void)
{
	return CHECK(qemu_type(&qemu, "k")) && CHECK(qemu_expect(&qemu, "K"));
}

static bool reset(void)
{
	return CHECK(qemu_execute(&qemu, "\"system_reset\""));
}

static bool migrated(const char *command)
{
	return CHECK(qemu_execute(&qemu,
				  "\"migrate-set-capabilities\", \"arguments\": {\"capabilities\": "
				  "[{\"capability\": \"events\", \"state\": true}]}")) &&
	       CHECK(qemu_execute(&qemu, command)) &&
	       CHECK(qemu_event(&qemu, "\"status\": \"completed\""));
}

/* Ask until the machine is in that state, which it comes to a moment after it said so. */
static bool comes_to(const char *state)
{
	time_t end = time(NULL) + drive_limit;
	const char *answer;

	do
		answer = qemu_execute(&qemu, "\"query-status\"");
	while (answer && !strstr(answer, state) && time(NULL) < end);
	return CHECK(answer && strstr(answer, state));
}

/* Book E has no log of what a guest writes, so it must not write. */
static bool save(void)
{
	return CHECK(qemu_execute(&qemu, "\"stop\"")) &&
	       migrated("\"migrate\", \"arguments\": {\"uri\": \"exec:save " STATE "\"}") &&
	       comes_to("postmigrate");
}

static bool load(void)
{
	return migrated("\"migrate-incoming\", \"arguments\": {\"uri\": \"exec:load " STATE "\"}");
}

/* ---- tests ---- */

static void test_u_boot(const void *arg)
{
	int life;

	(void)arg;
	REQUIRE(start(u_boot));
	for (life = 1; life <= 2; life++) {
		REQUIRE(qemu_expect(&qemu, "U-Boot 20"));
		REQUIRE(qemu_expect(&qemu, "=> "));
		decide();
		REQUIRE(life == 2 || reset());
	}
	REQUIRE(qemu_type(&qemu, "printenv baudrate\n"));
	REQUIRE(qemu_expect(&qemu, "baudrate=115200"));
}

static void test_reset(const void *arg)
{
	(void)arg;
	REQUIRE(start(guest));
	REQUIRE(both_start());
	REQUIRE(lives());
	decide();
	REQUIRE(reset());
	REQUIRE(both_start());
	REQUIRE(lives());
}

/* "exec:" forks: guest and QEMU must have the same array after it, so that what QEMU clears is gone
 * for the guest. */
static void test_fork(const void *arg)
{
	(void)arg;
	REQUIRE(start(guest));
	REQUIRE(both_start());
	REQUIRE(save());
	REQUIRE(qemu_execute(&qemu, "\"cont\""));
	REQUIRE(lives());
	decide();
	REQUIRE(reset());
	REQUIRE(both_start());
	REQUIRE(lives());
}

static void test_incoming(const void *arg)
{
	(void)arg;
	unlink(LOADING);
	REQUIRE(start(guest));
	REQUIRE(both_start());
	REQUIRE(save());
	qemu_end(&qemu);
	REQUIRE(start(incoming));
	REQUIRE(qemu_execute(&qemu, "\"query-status\""));
	REQUIRE(close(creat(LOADING, 0600)) == 0);
	REQUIRE(load());
	decide();
	REQUIRE(comes_to("\"paused\""));
	REQUIRE(qemu_execute(&qemu, "\"cont\""));
	REQUIRE(lives());
	/* An interrupt that it does not expect leads to where it began. */
	REQUIRE(!strstr(qemu.serial.text, "cpu"));
	REQUIRE(reset());
	REQUIRE(both_start());
}

/* Both CPUs have an entry with IPROT in that slot; only the first one has the spin table's. Each
 * starts with a page that user mode may write and execute, the second one in the slot of the spin
 * table. */
static bool tells_entries(const char *text, bool first)
{
	const char *entries = strstr(text, "\nTLB entries:\nGuest TLB, core e500v2:");
	const char *row = entries ? strstr(entries, "\n1:2 ") : NULL;

	return CHECK(entries) && CHECK(row) &&
	       CHECK(!strncmp(row, "\n1:2     0000000040000000 0000200000    4K ", 43)) &&
	       CHECK(!strncmp(strstr(row, "rw-"), "rw- ----- ---- P---  c0000100,", 30)) &&
	       CHECK(!strstr(entries, "\n1:5 ") == !first) &&
	       CHECK(strstr(row, first ? "\n\nFindings:\n1:0 note user-wx - "
				       : "\n\nFindings:\n1:1 note user-wx - "));
}

static void test_info_tlb(const void *arg)
{
	int cpu;

	(void)arg;
	REQUIRE(start(guest));
	REQUIRE(both_start());
	REQUIRE(lives());
	for (cpu = 0; cpu < 2; cpu++) {
		char *text = qemu_monitor(&qemu, cpu, "info tlb");

		REQUIRE(text);
		if (!tells_entries(text, cpu == 0))
			tap_note("%s", text);
		free(text);
	}
	REQUIRE(lives());
}

/* It ends by itself, with these words. */
static bool ends(const char *words)
{
	int status = qemu_status(&qemu);

	if (EQUAL(status, 1) && CHECK(strstr(qemu.messages.text, words)))
		return true;
	tap_note("%s", qemu.messages.text);
	return false;
}

static void test_other_cpu(const void *arg)
{
	(void)arg;
	REQUIRE(start(other_cpu));
	REQUIRE(ends("e500mc"));
	REQUIRE(strstr(qemu.messages.text, "e500v2"));
}

static void test_no_plugin(const void *arg)
{
	(void)arg;
	setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	if (CHECK(start(guest)))
		ends("/nonexistent");
	unsetenv("PPCTLB_BACKEND_PATH");
}

/* Its four processes run, each with memory of its own; in both lives. */
static void test_linux(const void *arg)
{
	int life, process;

	(void)arg;
	REQUIRE(start(linux_guest));
	for (life = 1; life <= 2; life++) {
		REQUIRE(qemu_expect(&qemu, "Linux version "));
		for (process = 0; process < 4; process++)
			REQUIRE(qemu_expect(&qemu, "ready "));
		REQUIRE(life == 2 || reset());
	}
}

enum part { LIBRARY, FIX /* which needs no library */, LINUX };

static const struct {
	struct test test;
	enum part part;
	const char *spoil; /* what breaks it */
} cases[] = {
	{{"U-Boot prompts, is reset, prompts again", test_u_boot, NULL}, LIBRARY, "flush"},
	{{"two CPUs, one by the spin table: a reset clears both TLBs", test_reset, NULL},
	 FIX,
	 NULL},
	{{"after a fork a reset reaches the guest", test_fork, NULL}, FIX, "private"},
	{{"a guest goes on in a new process", test_incoming, NULL}, FIX, "load"},
	{{"info tlb tells slot and IPROT of each CPU", test_info_tlb, NULL}, LIBRARY, NULL},
	{{"another CPU than KVM's is refused", test_other_cpu, NULL}, LIBRARY, NULL},
	{{"without a plug-in there is no guest", test_no_plugin, NULL}, LIBRARY, NULL},
	{{"Linux runs four processes, is reset, runs them again", test_linux, NULL}, LINUX, NULL},
};

/* ---- ---- */

static bool fails(const struct test *t)
{
	int limit = drive_limit;
	bool failed;

	decided = false;
	failed = tap_fails(t);
	drive_limit = limit;
	qemu_end(&qemu);
	return failed;
}

/* spoil: the mistake that spoil.c makes; NULL: QEMU's own are there. */
static void must_fail(const struct test *t, const char *spoil)
{
	char name[128];

	if (spoil) {
		setenv("LD_PRELOAD", "/spoil.so", 1);
		setenv("SPOIL", spoil, 1);
		setenv("SPOIL_FROM", LOADING, 1);
	}
	spoiled = true;
	snprintf(name, sizeof(name), "%s is noticed: %s", spoil ? spoil : "that nothing is fixed",
		 t->name);
	tap_result(fails(t) && decided, name);
	spoiled = false;
	unsetenv("LD_PRELOAD");
	unsetenv("SPOIL");
}

/* As /bin/sh: "save FILE" from standard input, "load FILE" to standard output. */
static int shell(const char *command)
{
	static char block[65536];
	bool saves = !strncmp(command, "save ", 5);
	FILE *file = fopen(command + 5, saves ? "wb" : "rb");
	FILE *from = saves ? stdin : file, *to = saves ? file : stdout;
	size_t n;

	if (!file)
		return 1;
	while ((n = fread(block, 1, sizeof(block), from)))
		if (fwrite(block, 1, n, to) != n)
			return 1;
	return ferror(from) || fclose(to);
}

static bool is_asked(const char *patches, enum part part)
{
	if (!strcmp(patches, "linux"))
		return part == LINUX;
	return part == FIX || (part == LIBRARY && !strcmp(patches, "all"));
}

int main(int argc, char **argv)
{
	const char *patches = argc == 3 ? argv[2] : "";
	size_t i;

	if (argc == 3 && !strcmp(argv[1], "-c"))
		return shell(argv[2]);
	if (argc != 3) {
		fputs("usage: qemu-kvm QEMU all|linux|fixes|none\n", stderr);
		return 2;
	}
	program = argv[1];
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct test *t = &cases[i].test;

		if (!is_asked(patches, cases[i].part))
			continue;
		if (!strcmp(patches, "none"))
			must_fail(t, NULL);
		else
			tap_result(!fails(t), t->name);
		if (!strcmp(patches, "all") && cases[i].spoil)
			must_fail(t, cases[i].spoil);
	}
	return tap_end();
}
