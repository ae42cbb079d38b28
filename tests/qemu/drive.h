/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU that a test drives: its guest's serial line, its monitor (QMP), its messages.
 *
 * Nothing sleeps: each call waits for text, at most drive_limit seconds. What goes wrong is noted
 * with the end of what QEMU and its guest wrote.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stream {
	int fd;	    /* from QEMU; -1: it has ended */
	int to;	    /* to QEMU; -1: nobody reads */
	char *text; /* all that came, with a final 0 */
	size_t len;
	size_t seen; /* what was waited for lies before this */
};

struct qemu {
	pid_t pid;
	struct stream serial, qmp, messages;
};

extern int drive_limit;

/* Start program with these arguments; the list ends with NULL. */
bool qemu_start(struct qemu *q, const char *program, const char *const args[]);
/* Wait for text from the guest, after what was waited for before. */
bool qemu_expect(struct qemu *q, const char *text);
bool qemu_type(struct qemu *q, const char *text);
/* Have QEMU execute a command, in QMP's form without the outer braces, until it has returned. The
 * answer is that line. */
const char *qemu_execute(struct qemu *q, const char *command);
/* Wait for text in what the monitor says unasked. */
bool qemu_event(struct qemu *q, const char *text);
/* What the monitor for humans answers about that CPU, to be freed; NULL on failure. */
char *qemu_monitor(struct qemu *q, int cpu, const char *command);
/* Wait until QEMU ends by itself: its exit status, else -1. Its messages are read then. */
int qemu_status(struct qemu *q);
/* Kill it if it runs, and forget it. */
void qemu_end(struct qemu *q);

#endif
