/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client of QEMU's machine protocol: one command at a time, with a time limit. */
#ifndef PPCTLB_TOOL_QMP_H
#define PPCTLB_TOOL_QMP_H

#include <stdbool.h>

struct json_object;
struct qmp;

/* Connect and greet. From now on waits no longer than that in total; SIGINT, SIGTERM, SIGHUP and
 * SIGQUIT end a wait, too, and every other signal waits until qmp_close(). NULL: complained. */
struct qmp *qmp_open(const char *path, unsigned seconds);
/* Run a command with those members of its arguments, in JSON. Returns the answer; NULL: complained.
 */
struct json_object *qmp_execute(struct qmp *q, const char *command, const char *arguments);
/* Send the human monitor a line about that CPU. Returns the answer, to be freed; NULL: complained.
 */
char *qmp_monitor(struct qmp *q, unsigned cpu, const char *line);
/* Begin to leave QEMU as it was: from now on every signal waits, the time is allowed that was kept
 * for this, and answers that make no sense are passed over. */
void qmp_begin_cleanup(struct qmp *q);
/* Wait until that descriptor can be read, but at most that part of the time that is left. Returns
 * more than 0; 0: it could not; -1: complained. */
int qmp_wait(struct qmp *q, int fd, double part);
int qmp_socket(const struct qmp *q);
/* Close the connection. A signal that came meanwhile takes effect now. */
void qmp_close(struct qmp *q);
/* Of a clock that nobody sets. */
double seconds_now(void);

#endif
