// SPDX-License-Identifier: LGPL-2.1-or-later
/* The thread's message of its last failure, and the kernel's errnos as those of the documented set.
 */
#include "internal.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* ---- the thread's memory: not on its stack, of which it may have 16 KiB and dlopen() wants 9 ----
 */

struct messages {
	char text[2][TLB_MESSAGE];
	unsigned now; /* the one that ppctlb_errmsg() returns; during a trial the other is kept */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key; /* for its destructor */
static bool have_key;
static _Thread_local struct messages *mine; /* NULL: no message yet, or no memory for it */
static _Thread_local bool in_trial;
static _Thread_local bool lost; /* there was no memory for the last message */

static void free_mine(void *unused)
{
	(void)unused;
	free(mine);
	mine = NULL;
}

static void make_key(void)
{
	have_key = !pthread_key_create(&key, free_mine);
}

static void make_mine(void)
{
	pthread_once(&once, make_key);
	mine = have_key ? calloc(1, sizeof(*mine)) : NULL;
	if (mine && pthread_setspecific(key, mine))
		free_mine(NULL);
}

/* The room of the current message, of TLB_MESSAGE bytes; NULL: none. */
static char *current(void)
{
	if (!mine)
		make_mine();
	lost = !mine;
	return mine ? mine->text[mine->now] : NULL;
}

/* ---- writing it ---- */

/* Prints to standard error if PPCTLB_DEBUG is at least level. */
static void debug(int level, const char *fmt, ...) PRINTF(2, 3);
static void debug(int level, const char *fmt, ...)
{
	const char *want = secure_getenv("PPCTLB_DEBUG");
	char *text = NULL;
	va_list args;
	int n;

	if (!want || want[0] < '0' + level || want[0] > '9')
		return;
	va_start(args, fmt);
	n = vasprintf(&text, fmt, args);
	va_end(args);
	if (n >= 0)
		fprintf(stderr, "ppctlb: %s\n", text);
	free(n >= 0 ? text : NULL);
}

/* Replaces control characters: a terminal would obey some, and a newline would forge a line. */
static void make_clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

/* Marks a message that did not fit. */
static void end_with_dots(char *message)
{
	strcpy(message + TLB_MESSAGE - sizeof("..."), "...");
}

static void store(const char *fmt, va_list args) PRINTF(1, 0);
static void store(const char *fmt, va_list args)
{
	char *message = current();

	if (!message)
		return;
	if ((size_t)vsnprintf(message, TLB_MESSAGE, fmt, args) >= TLB_MESSAGE)
		end_with_dots(message);
	make_clean(message);
}

int tlb_fail(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	store(fmt, args);
	va_end(args);
	if (!in_trial)
		debug(1, "%s: %s", strerror(err), ppctlb_errmsg());
	return -err;
}

int tlb_answer(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	store(fmt, args);
	va_end(args);
	return -err;
}

int tlb_context(int ret, const char *fmt, ...)
{
	char *message = current();
	size_t old, room, n;
	va_list args;
	char first;

	if (!message)
		return ret;
	va_start(args, fmt);
	n = (size_t)vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	n = n < TLB_MESSAGE - 3 ? n : TLB_MESSAGE - 3;
	old = strlen(message);
	room = TLB_MESSAGE - 1 - (n + 2);
	memmove(message + n + 2, message, (old < room ? old : room) + 1);
	message[TLB_MESSAGE - 1] = '\0';
	first = message[n + 2];
	va_start(args, fmt);
	vsnprintf(message, n + 1, fmt, args);
	va_end(args);
	make_clean(message);
	memcpy(message + n, ": ", 2);
	message[n + 2] = first;
	if (old > room)
		end_with_dots(message);
	return ret;
}

void tlb_append(const char *fmt, ...)
{
	char *message = current();
	size_t n = message ? strlen(message) : 0;
	va_list args;

	if (!message)
		return;
	va_start(args, fmt);
	vsnprintf(message + n, TLB_MESSAGE - n, fmt, args);
	va_end(args);
}

void tlb_begin_trial(void)
{
	in_trial = true;
	if (!mine)
		return;
	mine->now ^= 1;
	mine->text[mine->now][0] = '\0';
}

int tlb_end_trial(int ret)
{
	in_trial = false;
	if (ret)
		debug(1, "%s: %s", strerror(-ret), ppctlb_errmsg());
	else if (mine)
		mine->now ^= 1;
	if (!ret)
		lost = false;
	return ret;
}

const char *ppctlb_errmsg(void)
{
	if (lost)
		return "out of memory, which leaves none for the message";
	return mine ? mine->text[mine->now] : "";
}

const char *ppctlb_version(void)
{
	return LIBRARY_VERSION;
}

/* Maps the kernel's errno to the documented set; any other errno becomes EIO. */
static int documented(int err)
{
	switch (err) {
	case EINVAL:
	case ENOMEM:
	case EBADF:
	case EFAULT:
	case EINTR:
	case EIO:
		return err;
	case ENOTTY:
	case EOPNOTSUPP:
		return ENOTSUP;
	default:
		return EIO;
	}
}

/* The same once a handle is open: by then the values are the library's own and the kernel is known
 * to have the call, so EINVAL and ENOTSUP would wrongly blame the caller. */
static int documented_later(int err)
{
	int known = documented(err);

	return known == EINVAL || known == ENOTSUP ? EIO : known;
}

static int tell_answer(int ret, int err, const char *what, int (*told_as)(int err))
{
	if (ret > 0)
		return tlb_fail(EIO, "%s: the kernel answered %d, neither 0 nor an error", what,
				ret);
	return tlb_fail(told_as(err), "%s: the kernel answered errno %d (%s)", what, err,
			strerror(err));
}

static int call(int fd, uint32_t request, void *arg, const char *what, int (*told_as)(int err))
{
	int ret = ioctl(fd, (unsigned long)request, arg);
	int err = ret < 0 ? errno : 0;

	debug(2, "%s: request 0x%08x on fd %d: %d%s%s", what, (unsigned)request, fd, ret,
	      ret < 0 ? " " : "", ret < 0 ? strerror(err) : "");
	if (ret == 0)
		return 0;
	ret = tell_answer(ret, err, what, told_as);
	errno = err;
	return ret;
}

static int kvm_at_open(int fd, uint32_t request, void *arg, const char *what)
{
	return call(fd, request, arg, what, documented);
}

static int kvm_later(int fd, uint32_t request, void *arg, const char *what)
{
	return call(fd, request, arg, what, documented_later);
}

const struct ppctlb_host tlb_host_at_open = {
	.fail = tlb_fail, .context = tlb_context, .kvm = kvm_at_open};
const struct ppctlb_host tlb_host = {.fail = tlb_fail, .context = tlb_context, .kvm = kvm_later};
