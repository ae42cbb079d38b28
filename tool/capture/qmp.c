/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of QEMU's machine protocol, on json-c. */
#include "qmp.h"
#include "../message.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define MESSAGE_MAX (16u << 20) /* bytes of one message; info tlb of 4096 entries has 400000 */
#define KEPT_MS	    1000 /* of the time, for what has to be undone; of little time a quarter */

struct qmp {
	int fd;
	const char *path;
	struct timespec deadline, last; /* until now; with the time that is kept */
	unsigned seconds;
	bool greeted, cleanup;
	bool gone;	 /* the connection is lost; complained */
	bool unreadable; /* answers make no sense, complained; commands are still sent */
	bool blind;	 /* a command was sent since */
	int64_t id;	 /* of the last command */
	sigset_t old_mask;
	struct sigaction old_action[4];
	sigset_t wait_mask;
	struct json_tokener *tokener;
	size_t message; /* bytes of it so far */
	size_t start, end;
	char buffer[65536];
};

/* ---- signals: blocked except while waiting, so that nothing is left half done ---- */

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static volatile sig_atomic_t caught;

static void catch (int sig)
{
	caught = sig;
}

/* sigprocmask() of the C library spares signals that it uses itself, but they end a process, too.
 */
static void set_mask(int how, const sigset_t *mask, sigset_t *old)
{
	syscall(SYS_rt_sigprocmask, how, mask, old, _NSIG / 8);
}

/* Every signal can end this program, or stop it, while the guest stands still; so can a message
 * that nobody reads. */
static void take_signals(struct qmp *q)
{
	struct sigaction action = {.sa_handler = catch};

	memset(&q->wait_mask, 0xff, sizeof(q->wait_mask));
	set_mask(SIG_BLOCK, &q->wait_mask, &q->old_mask);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &q->old_action[i]);
		if (q->old_action[i].sa_handler == SIG_IGN)
			continue;
		sigaction(signals[i], &action, NULL);
		if (!sigismember(&q->old_mask, signals[i]))
			sigdelset(&q->wait_mask, signals[i]);
	}
	hold_messages();
}

static void give_signals_back(const struct qmp *q)
{
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &q->old_action[i], NULL);
	set_mask(SIG_SETMASK, &q->old_mask, NULL);
	release_messages();
	if (caught)
		raise(caught);
}

/* ---- bytes ---- */

static struct timespec later(struct timespec t, long ms)
{
	t.tv_nsec += ms % 1000 * 1000000;
	t.tv_sec += ms / 1000 + t.tv_nsec / 1000000000;
	t.tv_nsec %= 1000000000;
	return t;
}

static void set_deadline(struct qmp *q, unsigned seconds)
{
	long ms = (long)seconds * 1000;
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	q->last = later(now, ms);
	q->deadline = later(now, ms - (ms / 4 < KEPT_MS ? ms / 4 : KEPT_MS));
}

/* The time left until then; false: none. */
static bool time_left(const struct timespec *deadline, struct timespec *left)
{
	clock_gettime(CLOCK_MONOTONIC, left);
	left->tv_sec = deadline->tv_sec - left->tv_sec;
	left->tv_nsec = deadline->tv_nsec - left->tv_nsec;
	if (left->tv_nsec < 0) {
		left->tv_nsec += 1000000000;
		left->tv_sec--;
	}
	return left->tv_sec >= 0;
}

/* Wait for a descriptor until then. False: complained, or late. */
static bool wait_until(struct qmp *q, int descriptor, short events, const struct timespec *deadline,
		       bool *late)
{
	struct pollfd fd = {descriptor, events, 0};
	struct timespec left;
	int n;

	do {
		*late = !time_left(deadline, &left);
		if (*late)
			return false;
		n = ppoll(&fd, 1, &left, q->cleanup ? NULL : &q->wait_mask);
		if (caught && !q->cleanup) {
			complain("%s: interrupted", q->path);
			return false;
		}
	} while (n == 0 || (n < 0 && errno == EINTR));
	if (n < 0)
		complain("%s: %s", q->path, strerror(errno));
	return n > 0;
}

/* Wait for the connection. False: complained. */
static bool wait_for(struct qmp *q, short events)
{
	bool late, ok = wait_until(q, q->fd, events, &q->deadline, &late);

	if (late)
		complain(q->greeted ? "%s: no answer from QEMU within %u seconds"
				    : "%s: no QMP greeting within %u seconds; does another client "
				      "hold this socket?",
			 q->path, q->seconds);
	return ok;
}

static bool send_all(struct qmp *q, const char *text, size_t len)
{
	while (len) {
		ssize_t n = send(q->fd, text, len, MSG_NOSIGNAL);

		if (n < 0 && errno != EAGAIN && errno != EINTR) {
			complain("%s: %s", q->path, strerror(errno));
			q->gone = true;
			return false;
		}
		if (n < 0 && !wait_for(q, POLLOUT))
			return false;
		text += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
	return true;
}

static bool receive(struct qmp *q)
{
	ssize_t n;

	q->start = q->end = 0;
	do {
		if (!wait_for(q, POLLIN))
			return false;
		n = recv(q->fd, q->buffer, sizeof(q->buffer), 0);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	if (n < 0)
		complain("%s: %s", q->path, strerror(errno));
	else if (n == 0)
		complain("%s: %s", q->path,
			 q->greeted ? "QEMU closed the connection"
				    : "closed without a QMP greeting");
	else
		q->end = (size_t)n;
	q->gone = n <= 0;
	return n > 0;
}

/* ---- messages ---- */

static struct json_object *bad_json(struct qmp *q)
{
	enum json_tokener_error reason = json_tokener_get_error(q->tokener);

	q->unreadable = true;
	/* json-c 0.16 has no error for lack of memory, and returns NULL for null, too */
	if (reason == json_tokener_success)
		complain("%s: it sent null, or there is no memory for what it sent", q->path);
	else if (q->greeted)
		complain("%s: invalid JSON from QEMU: %s", q->path,
			 json_tokener_error_desc(reason));
	else
		complain("%s: not a QMP socket: no JSON comes from it; a human monitor?", q->path);
	return NULL;
}

/* The next message, whatever it is. NULL: complained. */
static struct json_object *next_message(struct qmp *q)
{
	json_tokener_reset(q->tokener);
	q->message = 0;
	for (;;) {
		size_t len;
		struct json_object *o;

		if (q->start == q->end && !receive(q))
			return NULL;
		len = q->end - q->start;
		o = json_tokener_parse_ex(q->tokener, q->buffer + q->start, (int)len);
		q->message += len;
		if (o) {
			q->start += json_tokener_get_parse_end(q->tokener);
			return o;
		}
		if (json_tokener_get_error(q->tokener) != json_tokener_continue)
			return bad_json(q);
		q->start = q->end;
		if (q->message > MESSAGE_MAX) {
			q->unreadable = true;
			complain("%s: a message of more than %u MiB", q->path, MESSAGE_MAX >> 20);
			return NULL;
		}
	}
}

static struct json_object *member(struct json_object *o, const char *key)
{
	struct json_object *value = NULL;

	json_object_object_get_ex(o, key, &value);
	return value;
}

static bool greet(struct qmp *q)
{
	struct json_object *o = next_message(q), *capabilities;
	bool ok = o && member(o, "QMP");

	if (o && !ok)
		complain("%s: not a QMP socket: it does not greet as QEMU does", q->path);
	json_object_put(o);
	if (!ok)
		return false;
	q->greeted = true;
	capabilities = qmp_execute(q, "qmp_capabilities", NULL);
	json_object_put(capabilities);
	return capabilities;
}

/* Takes the value over, which is NULL if json-c had no memory. */
static bool add_member(struct json_object *o, const char *key, struct json_object *value)
{
	if (o && value && json_object_object_add(o, key, value) == 0)
		return true;
	json_object_put(value);
	return false;
}

/* The command, or NULL without memory. Takes the arguments over. */
static struct json_object *new_command(struct qmp *q, const char *command,
				       struct json_object *arguments)
{
	struct json_object *o = json_object_new_object();
	bool ok = add_member(o, "execute", json_object_new_string(command));

	ok = add_member(o, "id", json_object_new_int64(++q->id)) && ok;
	ok = (!arguments || add_member(o, "arguments", arguments)) && ok;
	if (ok)
		return o;
	json_object_put(o);
	return NULL;
}

static bool send_command(struct qmp *q, const char *command, struct json_object *arguments)
{
	struct json_object *o = new_command(q, command, arguments);
	const char *text = o ? json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN) : NULL;
	bool ok;

	if (!text)
		complain("%s", strerror(ENOMEM));
	ok = text && send_all(q, text, strlen(text)) && send_all(q, "\n", 1);
	json_object_put(o);
	return ok;
}

/* The answer's "return", or NULL: complained. Takes the message. */
static struct json_object *result_of(const struct qmp *q, const char *command,
				     struct json_object *message)
{
	struct json_object *result = json_object_get(member(message, "return"));
	const char *desc = json_object_get_string(member(member(message, "error"), "desc"));

	if (!result)
		complain("%s: QEMU refuses %s: %s", q->path, command,
			 desc ? desc : "no reason given");
	json_object_put(message);
	return result;
}

struct json_object *qmp_execute(struct qmp *q, const char *command, struct json_object *arguments)
{
	struct json_object *o;

	if (q->gone)
		json_object_put(arguments);
	if (q->gone || !send_command(q, command, arguments))
		return NULL;
	if (q->unreadable) {
		q->blind = true;
		return NULL;
	}
	/* skip events, and the answer to a command that was given up */
	while ((o = next_message(q))) {
		struct json_object *id = member(o, "id");

		if (id && json_object_get_int64(id) == q->id)
			return result_of(q, command, o);
		json_object_put(o);
	}
	return NULL;
}

char *qmp_monitor(struct qmp *q, unsigned cpu, const char *line)
{
	struct json_object *arguments = json_object_new_object(), *o;
	bool ok = add_member(arguments, "command-line", json_object_new_string(line));
	const char *answer;
	char *text;

	ok = add_member(arguments, "cpu-index", json_object_new_int64(cpu)) && ok;
	if (!ok) {
		complain("%s", strerror(ENOMEM));
		json_object_put(arguments);
		return NULL;
	}
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
	set_deadline(q, seconds);
	take_signals(q);
	if (connect_to(q) && greet(q))
		return q;
	qmp_close(q);
	return NULL;
}

void qmp_begin_cleanup(struct qmp *q)
{
	q->cleanup = true;
	q->deadline = q->last;
}

bool qmp_wait(struct qmp *q, int fd, bool *late)
{
	struct timespec now, left = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	time_left(&q->deadline, &left);
	now = later(now, left.tv_sec * 500 + left.tv_nsec / 2000000);
	return wait_until(q, fd, POLLIN, &now, late) || *late;
}

int qmp_socket(const struct qmp *q)
{
	return q->fd;
}

/* QEMU drops the commands of a client that leaves: stay for a while, and ignore what it sends. */
static void linger(struct qmp *q)
{
	struct pollfd fd = {q->fd, POLLIN, 0};
	struct timespec left;

	while (time_left(&q->deadline, &left) && ppoll(&fd, 1, &left, NULL) > 0 &&
	       recv(q->fd, q->buffer, sizeof(q->buffer), 0) > 0)
		;
}

void qmp_close(struct qmp *q)
{
	if (q->blind)
		linger(q);
	if (q->fd >= 0)
		close(q->fd);
	json_tokener_free(q->tokener);
	give_signals_back(q);
	free(q);
}
