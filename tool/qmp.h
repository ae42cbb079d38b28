/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of QEMU's machine protocol: one command at a time, with a time limit. */
#ifndef PPCTLB_TOOL_QMP_H
#define PPCTLB_TOOL_QMP_H

#include <stdbool.h>

struct json_object;
struct qmp;

/* Connect and greet. All waiting, from now on and in total, is limited to that time; SIGINT,
 * SIGTERM and SIGHUP end it too. NULL: told. */
struct qmp *qmp_open(const char *path, unsigned seconds);
/* Run a command with those arguments, which it takes over, or NULL. What it returns; NULL: told.
 * After an answer that made no sense commands are sent, and what comes is not read. */
struct json_object *qmp_execute(struct qmp *q, const char *command, struct json_object *arguments);
/* A line for the human monitor, about that CPU. Its answer, to be freed; NULL: told. */
char *qmp_monitor(struct qmp *q, unsigned cpu, const char *line);
/* From now on signals wait, and there are a few more seconds: to leave QEMU as it was. */
void qmp_begin_cleanup(struct qmp *q);
/* The user that QEMU runs as. False: not known. */
bool qmp_peer(const struct qmp *q, unsigned *uid, unsigned *gid);
/* Close the connection, after a while if commands were sent to which no answer is read. A signal
 * that came meanwhile takes effect now. */
void qmp_close(struct qmp *q);

#endif
