/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU that a test drives, see drive.h. */

#include "drive.h"
#include "../support/tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_ARGS 40

int drive_limit = 60;

/* ---- streams ---- */

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/* Take what is there; false at its end. */
static bool take(struct stream *s)
{
	char *text = realloc(s->text, s->len + 4097);
	ssize_t n;

	if (!text)
		return false;
	s->text = text;
	n = read(s->fd, s->text + s->len, 4096);
	s->len += n > 0 ? (size_t)n : 0;
	s->text[s->len] = 0;
	return n > 0 || (n < 0 && errno == EINTR);
}

/* Where text is behind what was seen, or NULL. A guest may write zero bytes. */
static const char *find(const struct stream *s, const char *text)
{
	return memmem(s->text + s->seen, s->len - s->seen, text, strlen(text));
}

/* Take what comes within so many milliseconds. */
static void take_all(struct qemu *q, int timeout)
{
	struct stream *all[] = {&q->serial, &q->qmp, &q->messages};
	struct pollfd fds[3];
	size_t i;

	for (i = 0; i < 3; i++)
		fds[i] = (struct pollfd){.fd = all[i]->fd, .events = POLLIN};
	if (poll(fds, 3, timeout) <= 0)
		return;
	for (i = 0; i < 3; i++) {
		if (fds[i].revents && !take(all[i])) {
			close(all[i]->fd);
			all[i]->fd = -1;
		}
	}
}

/* Wait for text in one stream, and take from the others meanwhile, so that QEMU never waits for a
 * reader. The end of its messages is QEMU's. */
static bool wait_for(struct qemu *q, struct stream *s, const char *text)
{
	time_t end = now() + drive_limit;
	const char *found;

	while (!(found = find(s, text))) {
		if (q->messages.fd < 0 || now() >= end)
			return false;
		take_all(q, 1000);
		if (q->messages.fd < 0)
			take_all(q, 0);
	}
	s->seen = (size_t)(found - s->text) + strlen(text);
	return true;
}

static void note_end(const char *what, const struct stream *s)
{
	size_t from = s->len > 600 ? s->len - 600 : 0, i;
	char line[160];
	size_t n = 0;

	for (i = from; i < s->len; i++) {
		if (s->text[i] != '\n' && s->text[i] != '\r' && n < sizeof(line) - 1)
			line[n++] = s->text[i] ? s->text[i] : '.';
		if (n && (s->text[i] == '\n' || i + 1 == s->len)) {
			line[n] = 0;
			tap_note("%s: %s", what, line);
			n = 0;
		}
	}
}

static bool missed(struct qemu *q, const char *text)
{
	tap_note("waited for \"%s\"", text);
	note_end("guest", &q->serial);
	note_end("monitor", &q->qmp);
	note_end("QEMU", &q->messages);
	return false;
}

/* ---- life ---- */

/* Where QEMU finds its ends; named pipes, since the monitor takes no other but sockets. */
#define QMP_PATH "/tmp/drive-qmp"

static void run(const char *program, const char *const args[], int in, int out, int messages)
{
	const char *argv[MOST_ARGS + 12] = {
		program,    "-nodefaults",
		"-display", "none",
		"-chardev", "stdio,id=s,signal=off",
		"-serial",  "chardev:s",
		"-chardev", "pipe,id=q,path=" QMP_PATH,
		"-mon",	    "chardev=q,mode=control",
	};
	int n = 12;

	while (*args && n < MOST_ARGS + 11)
		argv[n++] = *args++;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(messages, STDERR_FILENO);
	execv(program, (char *const *)argv);
	perror(program);
	_exit(127);
}

/* A pipe of which a program that is started keeps only what it is given. */
static bool new_pipe(int *from, int *to)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return false;
	*from = ends[0];
	*to = ends[1];
	return true;
}

/* Open both ways, so that neither side waits for the other to come. */
static int new_fifo(const char *path)
{
	unlink(path);
	return mkfifo(path, 0600) ? -1 : open(path, O_RDWR | O_CLOEXEC);
}

static bool new_stream(struct stream *s)
{
	*s = (struct stream){.fd = -1, .to = -1, .text = calloc(1, 1)};
	return s->text;
}

bool qemu_start(struct qemu *q, const char *program, const char *const args[])
{
	int in, out, messages;

	q->pid = -1;
	if (!new_stream(&q->serial) || !new_stream(&q->qmp) || !new_stream(&q->messages) ||
	    !new_pipe(&in, &q->serial.to) || !new_pipe(&q->serial.fd, &out) ||
	    !new_pipe(&q->messages.fd, &messages))
		return CHECK(!"pipes");
	q->qmp.to = new_fifo(QMP_PATH ".in");
	q->qmp.fd = new_fifo(QMP_PATH ".out");
	if (q->qmp.to < 0 || q->qmp.fd < 0)
		return CHECK(!"named pipes");
	signal(SIGPIPE, SIG_IGN);
	q->pid = fork();
	if (q->pid == 0)
		run(program, args, in, out, messages);
	close(in);
	close(out);
	close(messages);
	return CHECK(q->pid > 0);
}

void qemu_end(struct qemu *q)
{
	struct stream *all[] = {&q->serial, &q->qmp, &q->messages};
	size_t i;

	if (q->pid > 0) {
		kill(q->pid, SIGKILL);
		waitpid(q->pid, NULL, 0);
	}
	for (i = 0; i < 3; i++) {
		if (all[i]->fd >= 0)
			close(all[i]->fd);
		if (all[i]->to >= 0)
			close(all[i]->to);
		free(all[i]->text);
		*all[i] = (struct stream){.fd = -1, .to = -1};
	}
	q->pid = -1;
}

int qemu_status(struct qemu *q)
{
	int status;

	/* The end of the messages is that of QEMU and all that it started. */
	wait_for(q, &q->messages, "(nobody writes this)");
	if (q->messages.fd >= 0) {
		missed(q, "the end of QEMU");
		return -1;
	}
	waitpid(q->pid, &status, 0);
	q->pid = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* ---- talk ---- */

bool qemu_expect(struct qemu *q, const char *text)
{
	return wait_for(q, &q->serial, text) || missed(q, text);
}

static bool say(const struct stream *s, const char *text)
{
	size_t len = strlen(text);

	return write(s->to, text, len) == (ssize_t)len;
}

bool qemu_type(struct qemu *q, const char *text)
{
	return say(&q->serial, text) || missed(q, "the serial line");
}

bool qemu_event(struct qemu *q, const char *text)
{
	return wait_for(q, &q->qmp, text) || missed(q, text);
}

/* The first command of all tells QEMU that we are ready. */
static bool greet(struct qemu *q)
{
	return q->qmp.seen || (say(&q->qmp, "{\"execute\": \"qmp_capabilities\"}\n") &&
			       wait_for(q, &q->qmp, "{\"return\": {}}"));
}

const char *qemu_execute(struct qemu *q, const char *command)
{
	static unsigned number;
	char line[512], end[32];
	const char *start;

	snprintf(end, sizeof(end), "\"id\": %u", ++number);
	snprintf(line, sizeof(line), "{\"execute\": %s, %s}\n", command, end);
	if (!greet(q) || !say(&q->qmp, line) || !wait_for(q, &q->qmp, end)) {
		missed(q, command);
		return NULL;
	}
	/* An answer is a line; "id" is in it before or after "return". */
	if (!wait_for(q, &q->qmp, "\n"))
		return NULL;
	for (start = q->qmp.text + q->qmp.seen - 1; start > q->qmp.text && start[-1] != '\n';)
		start--;
	if (!strncmp(start, "{\"return\"", 9) || strstr(start, ", \"return\""))
		return start;
	missed(q, command);
	return NULL;
}

/* A JSON string up to its closing quote. */
static char *unescape(const char *from)
{
	char *text = malloc(strlen(from) + 1), *to = text;

	for (; text && *from && *from != '"'; from++) {
		if (*from == '\\' && from[1])
			from++;
		else if (*from != '\\') {
			*to++ = *from;
			continue;
		}
		if (*from != 'r')
			*to++ = *from == 'n' ? '\n' : *from;
	}
	if (text)
		*to = 0;
	return text;
}

char *qemu_monitor(struct qemu *q, int cpu, const char *command)
{
	static const char key[] = "\"return\": \"";
	char line[256];
	const char *answer;

	snprintf(line, sizeof(line),
		 "\"human-monitor-command\", \"arguments\": {\"command-line\": \"%s\", "
		 "\"cpu-index\": %d}",
		 command, cpu);
	answer = qemu_execute(q, line);
	answer = answer ? strstr(answer, key) : NULL;
	return answer ? unescape(answer + sizeof(key) - 1) : NULL;
}
