// SPDX-License-Identifier: GPL-2.0-or-later
/* A QEMU for one client, see fakeqmp.h. It is told in one line each and answers at once. */
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

/* The first whose words are in the line. */
static const struct {
	const char *words, *result;
} answers[] = {
	{"query-kvm", "{\"enabled\": false}"},
	{"query-cpus-fast", "[{\"cpu-index\": 0, \"target\": \"ppcemb\"}]"},
	{"query-status", "{\"running\": true}"},
	{"info tlb",
	 "\"\\r\\nTLB:\\r\\nEffective          Physical           Size PID   Prot     Attr\\r\\n"
	 "0x0000000010000000 0x00000004ef600000   4k 7     0000007f 0000ff01\\r\\n\""},
	{"info registers", "\" PVR 422218d3\""},
	{"gva2gpa", "\"Unmapped\\r\\n\""},
	{"human-monitor-command", "\"\""},
	{"", "{}"},
};

static const char compared[] =
	"ppcemb_tlb_check: TLB 3 address a0000000 PID 0 <=> 10000000 fffff000 7 7f\n";

static struct {
	int listener;
	pid_t pid;
} fake;

/* ---- the other process ---- */

/* From JSON, which has a backslash before a quote and a slash: logfile \"\/tmp\/log\" */
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

static void obey(const char *line, FILE **log, bool *runs)
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
		fputs(compared, *log);
		fflush(*log);
	}
}

static const char *result_of(const char *line)
{
	size_t i = 0;

	while (!strstr(line, answers[i].words))
		i++;
	return answers[i].result;
}

static bool serve(int fd)
{
	FILE *in = fdopen(fd, "r"), *out = fdopen(dup(fd), "w"), *log = NULL;
	bool runs = true;
	char *line = NULL;
	size_t room = 0;

	fputs("{\"QMP\": {}}\n", out);
	fflush(out);
	while (getline(&line, &room, in) > 0) {
		const char *id = strstr(line, "\"id\":");

		obey(line, &log, &runs);
		fprintf(out, "{\"id\": %ld, \"return\": %s}\n", id ? strtol(id + 5, NULL, 10) : 0,
			result_of(line));
		fflush(out);
	}
	return runs;
}

/* ---- this one ---- */

void fakeqmp_start(const char *path)
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
	_exit(fd >= 0 && !serve(fd));
}

/* A client that never came is not waited for. */
bool fakeqmp_end(void)
{
	int status;

	shutdown(fake.listener, SHUT_RDWR);
	close(fake.listener);
	if (waitpid(fake.pid, &status, 0) != fake.pid || !WIFEXITED(status))
		errx(99, "the fake QEMU broke");
	return WEXITSTATUS(status) == 0;
}
