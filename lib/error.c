// SPDX-License-Identifier: LGPL-2.1-or-later
/* The thread's story of its last failure, and the kernel's answers told in the documented errnos.
 */
#include "internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

static _Thread_local char message[1024];

/* A name may hold what a terminal would obey, or a newline that makes up a line of its own. */
static void make_clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			*text = '?';
}

int tlb_fail(int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	make_clean(message);
	tlb_debug(1, "%s: %s", strerror(err), message);
	return -err;
}

int tlb_context(int ret, const char *fmt, ...)
{
	char story[sizeof(message)];
	va_list args;
	size_t n;

	memcpy(story, message, sizeof(story));
	va_start(args, fmt);
	vsnprintf(message, sizeof(message) - 2, fmt, args);
	va_end(args);
	make_clean(message);
	n = strlen(message);
	message[n++] = ':';
	message[n++] = ' ';
	story[sizeof(message) - n - 1] = '\0';
	strcpy(message + n, story);
	return ret;
}

void tlb_more(const char *lines)
{
	size_t n = strlen(message);

	snprintf(message + n, sizeof(message) - n, "%s", lines);
}

void tlb_debug(int level, const char *fmt, ...)
{
	const char *want = secure_getenv("PPCTLB_DEBUG");
	char line[1200];
	va_list args;

	if (!want || want[0] < '0' + level || want[0] > '9')
		return;
	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	fprintf(stderr, "ppctlb: %s\n", line);
}

const char *ppctlb_errmsg(void)
{
	return message;
}

const char *ppctlb_version(void)
{
	return LIBRARY_VERSION;
}

/* The kernel's errno as one of the documented set; what is not in it is the kernel's nonsense. */
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

static int kvm_call(int fd, uint32_t request, void *arg, const char *what)
{
	int ret = ioctl(fd, (unsigned long)request, arg);
	int err = errno;

	tlb_debug(2, "%s: request 0x%08x on fd %d: %d%s%s", what, (unsigned)request, fd, ret,
		  ret < 0 ? " " : "", ret < 0 ? strerror(err) : "");
	if (ret == 0)
		return 0;
	if (ret > 0)
		return tlb_fail(EIO, "%s: the kernel answered %d, neither 0 nor an error", what,
				ret);
	return tlb_fail(documented(err), "%s: the kernel answered errno %d (%s)", what, err,
			strerror(err));
}

const struct ppctlb_host tlb_host = {.fail = tlb_fail, .context = tlb_context, .kvm = kvm_call};
