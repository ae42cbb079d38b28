/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of QEMU's machine protocol, on json-c. */
#include "qmp.h"
#include "../message.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

/* Bytes of one message, of which findings in info tlb may take millions; and of the values in it,
 * each of which takes some hundred bytes of memory. */
#define MESSAGE_MAX (16u << 20)
#define VALUES_MAX  (1u << 18)

struct qmp {
	int fd;
	const char *path;
	unsigned seconds;
	double deadline;
	double kept; /* of the time, for cleanup: a second, or of little time a quarter */
	bool greeted, cleanup;
	bool gone; /* the connection is lost; complained */
	int id;	   /* of the last command */
	sigset_t old_mask, ends;
	int signals; /* can be read when one of `ends` has come; -1: without it none ends a wait */
	struct json_tokener *tokener;
	const char *at; /* what is left of the buffer */
	size_t left;
	char buffer[65536];
};

/* ---- signals: all wait, so that nothing is left half done ---- */

/* sigprocmask() of the C library spares signals that it uses itself, but they end a process, too.
 */
static void set_mask(const sigset_t *mask, sigset_t *old)
{
	syscall(SYS_rt_sigprocmask, SIG_SETMASK, mask, old, _NSIG / 8);
}

/* Every signal can end this program, or stop it, while the guest stands still; so can a message
 * that nobody reads. */
static void hold_signals(struct qmp *q)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
	sigset_t all;

	memset(&all, 0xff, sizeof(all));
	set_mask(&all, &q->old_mask);
	sigemptyset(&q->ends);
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		struct sigaction action;

		sigaction(ends[i], NULL, &action);
		if (action.sa_handler != SIG_IGN && !sigismember(&q->old_mask, ends[i]))
			sigaddset(&q->ends, ends[i]);
	}
	q->signals = signalfd(-1, &q->ends, SFD_CLOEXEC);
	hold_messages();
}

/* One that ends this program does so once it has said why. */
static void release_signals(const struct qmp *q)
{
	const struct timespec none = {0};
	int came = 0;

	for (int next; (next = sigtimedwait(&q->ends, NULL, &none)) > 0;)
		came = next;
	close(q->signals);
	set_mask(&q->old_mask, NULL);
	release_messages();
	if (came)
		raise(came);
}

/* ---- bytes ---- */

double seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int qmp_wait(struct qmp *q, int fd, double part)
{
	struct pollfd fds[] = {{fd, POLLIN, 0}, {q->signals, POLLIN, 0}};
	double left = (q->deadline - seconds_now()) * part;
	struct timespec time = {(time_t)left, (long)((left - (double)(time_t)left) * 1e9)};
	int n = left > 0 ? ppoll(fds, q->cleanup ? 1 : 2, &time, NULL) : 0;

	if (n < 0) {
		complain("%s: %s", q->path, strerror(errno));
	} else if (fds[1].revents) {
		complain("%s: interrupted", q->path);
		n = -1;
	}
	return n;
}

static bool lost(struct qmp *q, const char *why)
{
	complain("%s: %s", q->path, why);
	q->gone = true;
	return false;
}

static bool receive(struct qmp *q)
{
	int ready = qmp_wait(q, q->fd, 1);
	ssize_t n;

	if (!ready)
		complain(q->greeted ? "%s: no answer from QEMU within %u seconds"
				    : "%s: no QMP greeting within %u seconds; does another client "
				      "hold this socket?",
			 q->path, q->seconds);
	if (ready <= 0)
		return false;
	n = recv(q->fd, q->buffer, sizeof(q->buffer), 0);
	if (n < 0)
		return lost(q, strerror(errno));
	if (n == 0)
		return lost(q, q->greeted ? "QEMU closed the connection"
					  : "closed without a QMP greeting");
	q->at = q->buffer;
	q->left = (size_t)n;
	return true;
}

/* ---- messages ---- */

static struct json_object *bad_message(const struct qmp *q, enum json_tokener_error reason)
{
	if (reason == json_tokener_continue)
		complain("%s: a message of more than %u MiB or %u values", q->path,
			 MESSAGE_MAX >> 20, VALUES_MAX);
	else if (reason == json_tokener_success)
		/* json-c 0.16 has no error for lack of memory, and returns NULL for null, too */
		complain("%s: it sent null, or there is no memory for what it sent", q->path);
	else if (q->greeted)
		complain("%s: invalid JSON from QEMU: %s", q->path,
			 json_tokener_error_desc(reason));
	else
		complain("%s: not a QMP socket: no JSON comes from it; a human monitor?", q->path);
	return NULL;
}

/* The next message, whatever it is. NULL: complained. In the cleanup what makes no sense is passed
 * over: behind it may be the answer that the guest runs on, and QEMU drops the command of a client
 * that leaves. */
static struct json_object *next_message(struct qmp *q)
{
	size_t bytes = 0, values = 0, used;

	json_tokener_reset(q->tokener);
	while (q->left || receive(q)) {
		struct json_object *o = json_tokener_parse_ex(q->tokener, q->at, (int)q->left);
		enum json_tokener_error state = json_tokener_get_error(q->tokener);

		used = o ? json_tokener_get_parse_end(q->tokener) : q->left;
		bytes += used;
		for (size_t i = 0; i < used; i++) /* what looks so in a string is counted, too */
			values += q->at[i] == '{' || q->at[i] == '[' || q->at[i] == ',';
		q->at += used;
		q->left -= used;
		if (o)
			return o;
		if (state == json_tokener_continue && bytes <= MESSAGE_MAX && values <= VALUES_MAX)
			continue;
		if (!q->cleanup)
			return bad_message(q, state);
		json_tokener_reset(q->tokener);
		bytes = values = 0;
	}
	return NULL;
}

/* The answer's "return", or NULL: complained. Takes the message. */
static struct json_object *result_of(const struct qmp *q, const char *command,
				     struct json_object *message)
{
	struct json_object *result = json_object_get(json_object_object_get(message, "return"));
	struct json_object *error = json_object_object_get(message, "error");
	const char *desc = json_object_get_string(json_object_object_get(error, "desc"));

	if (!result)
		complain("%s: QEMU refuses %s: %s", q->path, command,
			 desc ? desc : "no reason given");
	json_object_put(message);
	return result;
}

/* No need to wait: the buffer of a socket has room for all that is ever sent. */
static bool send_text(struct qmp *q, const char *text)
{
	ssize_t n = send(q->fd, text, strlen(text), MSG_NOSIGNAL);

	return n == (ssize_t)strlen(text) ||
	       lost(q, n < 0 ? strerror(errno) : "it takes no more commands");
}

struct json_object *qmp_execute(struct qmp *q, const char *command, const char *arguments)
{
	struct json_object *o;
	char text[256];

	snprintf(text, sizeof(text), "{\"execute\": \"%s\", \"arguments\": {%s}, \"id\": %d}\n",
		 command, arguments, ++q->id);
	if (q->gone || !send_text(q, text))
		return NULL;
	/* skip events, and the answer to a command that was given up */
	while ((o = next_message(q))) {
		struct json_object *id = json_object_object_get(o, "id");

		if (id && json_object_get_int64(id) == q->id)
			return result_of(q, command, o);
		json_object_put(o);
	}
	return NULL;
}

char *qmp_monitor(struct qmp *q, unsigned cpu, const char *line)
{
	char arguments[128];
	struct json_object *o;
	const char *answer;
	char *text;

	snprintf(arguments, sizeof(arguments), "\"command-line\": \"%s\", \"cpu-index\": %u", line,
		 cpu);
	o = qmp_execute(q, "human-monitor-command", arguments);
	answer = json_object_get_string(o);
	text = answer ? strdup(answer) : NULL;
	if (o && !text)
		complain("%s", strerror(ENOMEM));
	json_object_put(o);
	return text;
}

/* ---- the connection ---- */

static bool connect_to(struct qmp *q)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};

	if (strlen(q->path) >= sizeof(to.sun_path)) {
		complain("%s: longer than the %zu bytes that a socket's path may have", q->path,
			 sizeof(to.sun_path) - 1);
		return false;
	}
	strcpy(to.sun_path, q->path);
	q->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (q->fd >= 0 && connect(q->fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		return true;
	complain("%s: %s%s", q->path, strerror(errno),
		 errno == EAGAIN ? "; does another client hold this socket?" : "");
	return false;
}

static bool greet(struct qmp *q)
{
	struct json_object *o = next_message(q);

	q->greeted = json_object_object_get(o, "QMP");
	if (o && !q->greeted)
		complain("%s: not a QMP socket: it does not greet as QEMU does", q->path);
	json_object_put(o);
	if (!q->greeted)
		return false;
	o = qmp_execute(q, "qmp_capabilities", "");
	json_object_put(o);
	return o;
}

struct qmp *qmp_open(const char *path, unsigned seconds)
{
	struct qmp *q = calloc(1, sizeof(*q));

	if (!q || !(q->tokener = json_tokener_new())) {
		complain("%s", strerror(ENOMEM));
		free(q);
		return NULL;
	}
	q->fd = -1;
	q->path = path;
	q->seconds = seconds;
	q->kept = seconds < 4 ? seconds / 4.0 : 1;
	q->deadline = seconds_now() + seconds - q->kept;
	hold_signals(q);
	if (connect_to(q) && greet(q))
		return q;
	qmp_close(q);
	return NULL;
}

void qmp_begin_cleanup(struct qmp *q)
{
	q->cleanup = true;
	q->deadline += q->kept;
}

int qmp_socket(const struct qmp *q)
{
	return q->fd;
}

void qmp_close(struct qmp *q)
{
	if (q->fd >= 0)
		close(q->fd);
	json_tokener_free(q->tokener);
	release_signals(q);
	free(q);
}
