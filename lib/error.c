// SPDX-License-Identifier: LGPL-2.1-or-later
/* The thread's message of its last failure, and the kernel's errnos as those of the documented set.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static _Thread_local char message[TLB_MESSAGE];

/* Prints to standard error if PPCTLB_DEBUG is at least level. */
static void debug(int level, const char *fmt, ...) PRINTF(2, 3);
static void debug(int level, const char *fmt, ...)
{
	const char *want = secure_getenv("PPCTLB_DEBUG");
	char line[TLB_MESSAGE + 128];
	va_list args;

	if (!want || want[0] < '0' + level || want[0] > '9')
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fprintf(stderr, "ppctlb: %s\n", line);
}

/* Replaces control characters: a terminal would obey some, and a newline would forge a line. */
static void make_clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

/* Marks a message that did not fit. */
static void end_with_dots(void)
{
	strcpy(message + sizeof(message) - sizeof("..."), "...");
}

int tlb_fail(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	if ((size_t)vsnprintf(message, sizeof(message), fmt, args) >= sizeof(message))
		end_with_dots();
	va_end(args);
	make_clean(message);
	debug(1, "%s: %s", strerror(err), message);
	return -err;
}

int tlb_context(int ret, const char *fmt, ...)
{
	char old[sizeof(message)];
	va_list args;
	size_t n, room;

	memcpy(old, message, sizeof(old));
	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	make_clean(message);
	n = strlen(message);
	room = sizeof(message) - n;
	if ((size_t)snprintf(message + n, room, ": %s", old) >= room)
		end_with_dots();
	return ret;
}

void tlb_append(const char *fmt, ...)
{
	size_t n = strlen(message);
	va_list args;

	va_start(args, fmt);
	vsnprintf(message + n, sizeof(message) - n, fmt, args);
	va_end(args);
}

void tlb_keep_message(struct tlb_message *kept)
{
	memcpy(kept->text, message, sizeof(message));
}

void tlb_restore_message(const struct tlb_message *kept)
{
	memcpy(message, kept->text, sizeof(message));
}

const char *ppctlb_errmsg(void)
{
	return message;
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
