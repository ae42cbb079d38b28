// SPDX-License-Identifier: GPL-2.0-or-later
/* A QEMU for one client, see fakeqmp.h. It gets each command in one line and answers at once. */
#include "fakeqmp.h"

#include <err.h>
#include <signal.h>
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
	{"query-kvm", "{\"enabled\": false}"},
	{"query-status", "{\"running\": true}"},
	{"gva2gpa", "\"Unmapped\\r\\n\""},
	{"human-monitor-command", "\"\""},
	{"", "{}"},
};

/* ---- a 440 ---- */

static const char tlb_440[] =
	"\"\\r\\nTLB:\\r\\nEffective          Physical           Size PID   Prot     Attr\\r\\n"
	"0x0000000010000000 0x00000004ef600000   4k 7     0000007f 0000ff01\\r\\n\"";

static const char log_440[] =
	"ppcemb_tlb_check: TLB 3 address a0000000 PID 0 <=> 10000000 fffff000 7 7f\n";

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

/* QEMU compared an entry that it showed before, or one that is not valid. */
#define NEXT "mmubooke206_check_tlb: TLB entry not found\n"
#define SHOW "ppcmas_tlb_check: TLB ADDR=0x0 PID=0x0 "
/* Two ways, the four of TLB1. */
#define WALK                                                                                       \
	NEXT SHOW "MAS1=0x80070100 MAS2=0x10001002 mask=0xfffffffffffff000 MAS7_3=0xfef60003f "    \
		  "MAS8=0x0\n" NEXT SHOW                                                           \
		  "MAS1=0xc0000300 MAS2=0x10000 mask=0xffffffffffff0000 MAS7_3=0x10035 "           \
		  "MAS8=0x0\n" NEXT NEXT SHOW                                                      \
		  "MAS1=0x80010900 MAS2=0xc0000004 mask=0xfffffffff0000000 MAS7_3=0x15 "           \
		  "MAS8=0x0\n" NEXT NEXT                                                           \
		  "mmubooke206_get_physical_address: access refused 0 => ffffffffffffffff 0 -1\n"

/* ---- */

static const struct core {
	struct answer answers[4];
	const char *compared; /* the log of a translation: as data, and as code */
} cores[] = {
	[FAKEQMP_440] = {{{"query-cpus-fast", "[{\"cpu-index\": 0, \"target\": \"ppcemb\"}]"},
			  {"info tlb", tlb_440},
			  {"info registers", "\" PVR 422218d3\""}},
			 log_440},
	[FAKEQMP_E500V2] = {{{"query-cpus-fast", "[{\"cpu-index\": 0, \"target\": \"ppc\"}]"},
			     {"info tlb", tlb_e500v2},
			     {"info registers",
			      "\" PVR 80210030\\r\\n TLB0CFG 02000002 TLB1CFG 04000004\\r\\n\""}},
			    WALK WALK},
};

static struct {
	int listener;
	pid_t pid;
} fake;

/* ---- the other process ---- */

/* From JSON, which puts a backslash before quotes and slashes: logfile \"\/tmp\/log\" */
static void open_log(const char *json, FILE **log)
{
	char name[4096];
	size_t n = 0;

	for (; n < sizeof(name) - 1 && strncmp(json, "\\\"", 2) != 0; json++)
		if (*json != '\\')
			name[n++] = *json;
	name[n] = '\0';
	*log = fopen(name, "w");
}

static void obey(const char *line, const struct core *core, FILE **log, bool *runs)
{
	static const char logfile[] = "logfile \\\"";
	const char *name = strstr(line, logfile);

	if (strstr(line, "\"stop\""))
		*runs = false;
	if (strstr(line, "\"cont\""))
		*runs = true;
	if (name)
		open_log(name + strlen(logfile), log);
	if (*log && strstr(line, "gva2gpa")) {
		fputs(core->compared, *log);
		fflush(*log);
	}
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
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w"), *log = NULL;
	bool runs = true;
	char *line = NULL;
	size_t room = 0;

	fputs("{\"QMP\": {}}\n", out);
	fflush(out);
	/* End with the client's last command, which is cont: a client that cannot read any more
	 * goes on waiting for a while. */
	while (!(line && strstr(line, "\"cont\"")) && getline(&line, &room, in) > 0) {
		const char *id = strstr(line, "\"id\":");

		obey(line, core, &log, &runs);
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
	if (waitpid(fake.pid, &status, 0) != fake.pid || !WIFEXITED(status))
		errx(99, "the fake QEMU broke");
	return WEXITSTATUS(status) == 0;
}
