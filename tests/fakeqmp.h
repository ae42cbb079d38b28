/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU for one client: a 440 that runs, with one TLB entry, in a process of its own. */
#ifndef FAKEQMP_H
#define FAKEQMP_H

#include <stdbool.h>

/* Listen at that path, which must not be there, until fakeqmp_end(). */
void fakeqmp_start(const char *path);
/* When the client has left: does the guest run? */
bool fakeqmp_end(void);

#endif
