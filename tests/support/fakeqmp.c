// SPDX-License-Identifier: GPL-2.0-or-later
/* A QEMU for one client, see fakeqmp.h. It gets each command in one line and answers at once. */
#include "fakeqmp.h"

#include <err.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* The first row whose words are in the line counts; the core's own rows come before these. */
struct answer {
	const char *words, *result;
};

static const struct answer answers_all[] = {
	{"query-status", "{\"running\": true}"},
	{"", "{}"},
};

/* ---- a 440 ---- */

static const char tlb_440[] =
	"\"\\r\\nTLB:\\r\\nEffective          Physical           Size PID   Prot     Attr\\r\\n"
	"0x0000000010000000 0x00000004ef600000   4k 7     0000007f 0000ff01\\r\\n\"";

/* As QEMU keeps an entry of a 440, in 32 bytes. */
struct record_440 {
	uint64_t rpn;
	uint32_t epn, pid, size, prot, attr, unused;
};
static const struct record_440 array_440[64] = {
	[3] = {0xef600004, 0x10000000, 7, 4096, 0x7f, 0xff01, 0}};

/* ---- an e500v2, as in tests/tool/data ---- */

static const char tlb_e500v2[] =
	"\"\\r\\nTLB0:\\r\\n"
	"Effective          Physical           Size TID   TS SRWX URWX WIMGE U0123\\r\\n"
	"0x0000000010001000 0x0000000fef600000   4K 7     0  SRWXURWX ---G- U----\\r\\n"
	"\\r\\nTLB1:\\r\\n"
	"Effective          Physical           Size TID   TS SRWX URWX WIMGE U0123\\r\\n"
	"0x0000000000010000 0x0000000000010000  64K 0     0  SRWXU--X ----- U----\\r\\n"
	"0x00000000c0000000 0x0000000000000000 256M 1     0  SRWXU--- --M-- U----\\r\\n"
	"0x0000000040000000 0x0000000040000000   1M 255   1  SRWXURWX ----- U--23\\r\\n\"";

/* As QEMU keeps an entry of the e500 family, in 24 bytes: two ways, the four of TLB1. */
struct record_e500 {
	uint32_t mas8, mas1;
	uint64_t mas2, mas7_3;
};
static const struct record_e500 array_e500v2[6] = {
	{0, 0x80070100, 0x10001002, 0xfef60003f}, {0, 0, 0x1000, 0x2000},
	{0, 0xc0000300, 0x10000, 0x10035},	  {0, 0, 0, 0},
	{0, 0x80010900, 0xc0000004, 0x15},	  {0, 0x80ff1500 | 0x1000, 0x40000000, 0x400000ff},
};

/* ---- */

static const struct core {
	struct answer answers[4];
	const void *array;
	size_t bytes;
} cores[] = {
	[FAKEQMP_440] = {{{"query-cpus-fast", "[{\"cpu-index\": 0, \"target\": \"ppc\"}]"},
			  {"info tlb", tlb_440},
			  {"info registers", "\" PVR 422218d3\""}},
			 array_440,
			 sizeof(array_440)},
	[FAKEQMP_E500V2] = {{{"query-cpus-fast", "[{\"cpu-index\": 0, \"target\": \"ppc\"}]"},
			     {"info tlb", tlb_e500v2},
			     {"info registers",
			      "\" PVR 80210030\\r\\n TLB0CFG 02000002 TLB1CFG 04000004\\r\\n\""}},
			    array_e500v2,
			    sizeof(array_e500v2)},
};

static struct {
	int listener;
	pid_t pid;
	void *array; /* in the memory of the process that listens */
} fake;

/* ---- the other process ---- */

static void obey(const char *line, bool *runs)
{
	if (strstr(line, "\"stop\""))
		*runs = false;
	if (strstr(line, "\"cont\""))
		*runs = true;
}

static const char *result_of(const char *line, const struct core *core)
{
	const struct answer *a = core->answers;

	while (a->words && !strstr(line, a->words))
		a++;
	for (a = a->words ? a : answers_all; !strstr(line, a->words); a++)
		;
	return a->result;
}

static bool serve(int fd, const struct core *core)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w");
	bool runs = true;
	char *line = NULL;
	size_t room = 0;

	fputs("{\"QMP\": {}}\n", out);
	fflush(out);
	/* End with the client's last command, which is cont: a client that cannot read any more
	 * goes on waiting for a while. */
	while (!(line && strstr(line, "\"cont\"")) && getline(&line, &room, in) > 0) {
		const char *id = strstr(line, "\"id\":");

		obey(line, &runs);
		fprintf(out, "{\"id\": %ld, \"return\": %s}\n", id ? strtol(id + 5, NULL, 10) : 0,
			result_of(line, core));
		fflush(out);
	}
	return runs;
}

/* ---- this one ---- */

void fakeqmp_start(const char *path, enum fakeqmp_core core)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	int fd;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	fake.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fake.listener < 0 || bind(fake.listener, (struct sockaddr *)&at, sizeof(at)) ||
	    listen(fake.listener, 1))
		err(99, "%s", path);
	fake.array = malloc(cores[core].bytes);
	if (!fake.array)
		err(99, "malloc");
	memcpy(fake.array, cores[core].array, cores[core].bytes);
	fflush(NULL);
	fake.pid = fork();
	if (fake.pid < 0)
		err(99, "fork");
	if (fake.pid)
		return;
	signal(SIGPIPE, SIG_IGN); /* the client may leave before it is answered */
	fd = accept(fake.listener, NULL, NULL);
	_exit(fd >= 0 && !serve(fd, &cores[core]));
}

/* Do not wait for a client that never came. */
bool fakeqmp_end(void)
{
	int status;

	shutdown(fake.listener, SHUT_RDWR);
	close(fake.listener);
	free(fake.array);
	if (waitpid(fake.pid, &status, 0) != fake.pid || !WIFEXITED(status))
		errx(99, "the fake QEMU broke");
	return WEXITSTATUS(status) == 0;
}
