/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs a QEMU that has the library, without KVM, and its guests: TAP on standard output.
 *
 * usage: qemu-tcg QEMU OTHER DIRECTORY MACHINE
 *
 * OTHER is one without the library; DIRECTORY has the guests. MACHINE is "static" if QEMU has the
 * backends within: no plug-in is there then.
 */

#include "drive.h"
#include "../support/tap.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

static const char *with_library, *other;
static struct qemu qemu;

static bool start(const char *program, const char *board, const char *kernel, const char *cpus)
{
	const char *const args[] = {"-L",  "/usr/share/qemu", "-accel", "tcg",	"-M", board, "-m",
				    "128", "-kernel",	      kernel,	"-smp", cpus, NULL};

	return qemu_start(&qemu, program, args);
}

static bool prompts(void)
{
	return CHECK(qemu_expect(&qemu, "U-Boot 20")) && CHECK(qemu_expect(&qemu, "=> "));
}

static bool reset(void)
{
	return CHECK(qemu_execute(&qemu, "\"system_reset\""));
}

/* What QEMU says where it finds no backend, and then it goes on by itself. */
#define WITHOUT "does without libppctlb: "

static void test_u_boot(const void *arg)
{
	(void)arg;
	REQUIRE(start(with_library, "ppce500", "u-boot.elf", "1"));
	REQUIRE(prompts());
	REQUIRE(reset());
	REQUIRE(prompts());
	REQUIRE(!strstr(qemu.messages.text, WITHOUT));
}

/* Two lives of the guest, with some letters each; text becomes what it prints. */
static bool session(const char *program, const char *cpus, char **text)
{
	bool good = start(program, "ppce500", "guest.elf", cpus);
	int life;

	for (life = 1; good && life <= 2; life++)
		good = qemu_expect(&qemu, "cpu 0 ") &&
		       (*cpus == '1' || qemu_expect(&qemu, "cpu 1 ")) && qemu_expect(&qemu, "\n") &&
		       qemu_type(&qemu, "abc") && qemu_expect(&qemu, "ABC") &&
		       (life == 2 || reset());
	*text = good ? strdup(qemu.serial.text) : NULL;
	qemu_end(&qemu);
	return *text != NULL;
}

static void test_guest(const void *cpus)
{
	char *ours = NULL, *theirs = NULL;

	if (CHECK(session(with_library, cpus, &ours)) && CHECK(session(other, cpus, &theirs)))
		if (!CHECK(strlen(ours) > 50 && !strcmp(ours, theirs)))
			tap_note("%s, not %s", ours, theirs);
	free(ours);
	free(theirs);
}

/* Sixteen pages of 256M, which are all of the address space; no other entry. */
static void test_bamboo(const void *arg)
{
	char want[48];
	uint32_t i;

	(void)arg;
	REQUIRE(start(with_library, "bamboo", "guest-440.elf", "1"));
	REQUIRE(qemu_expect(&qemu, "end"));
	qemu.serial.seen = 0;
	for (i = 0; i < 16; i++) {
		snprintf(want, sizeof(want), "%08x: %08x %08x 00000007\n", i, i << 28 | 0x290,
			 i << 28);
		REQUIRE(qemu.serial.len >= qemu.serial.seen + strlen(want));
		REQUIRE(!strncmp(qemu.serial.text + qemu.serial.seen, want, strlen(want)));
		qemu.serial.seen += strlen(want);
	}
	REQUIRE(!strncmp(qemu.serial.text + qemu.serial.seen, "end", 3));
}

/* A backend that fails when the board maps its first page. */
static void test_failure(const void *arg)
{
	(void)arg;
	setenv("PPCTLB_BACKEND", "mock", 1);
	setenv("PPCTLB_MOCK", "fail=set:1:EIO", 1);
	if (CHECK(start(with_library, "ppce500", "guest.elf", "1"))) {
		EQUAL(qemu_status(&qemu), 1);
		CHECK(strstr(qemu.messages.text, "CPU 0: PPCTLB_MOCK: "));
	}
	unsetenv("PPCTLB_BACKEND");
	unsetenv("PPCTLB_MOCK");
}

static void test_missing(const void *arg)
{
	const char *path = getenv("PPCTLB_BACKEND_PATH");

	(void)arg;
	setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	if (CHECK(start(with_library, "ppce500", "u-boot.elf", "1")) && prompts() && reset() &&
	    prompts())
		CHECK(strstr(qemu.messages.text, WITHOUT) &&
		      strstr(qemu.messages.text, "/nonexistent"));
	if (path)
		setenv("PPCTLB_BACKEND_PATH", path, 1);
	else
		unsetenv("PPCTLB_BACKEND_PATH");
}

static const struct {
	struct test test;
	bool needs_plugins;
} cases[] = {
	{{"U-Boot prompts, is reset, prompts again", test_u_boot, NULL}, false},
	{{"a guest prints what it prints without the library", test_guest, "1"}, false},
	{{"so does one with two CPUs", test_guest, "2"}, false},
	{{"bamboo starts with sixteen entries", test_bamboo, NULL}, false},
	{{"an error of the library is one of QEMU", test_failure, NULL}, true},
	{{"without a plug-in QEMU says so and goes on", test_missing, NULL}, true},
};

int main(int argc, char **argv)
{
	bool within = argc == 5 && !strcmp(argv[4], "static");
	size_t i;

	if (argc != 5 || chdir(argv[3])) {
		fputs("usage: qemu-tcg QEMU OTHER DIRECTORY MACHINE\n", stderr);
		return 2;
	}
	with_library = argv[1];
	other = argv[2];
	if (within)
		setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		if (within && cases[i].needs_plugins)
			continue;
		tap_run(&cases[i].test);
		qemu_end(&qemu);
	}
	return tap_end();
}
