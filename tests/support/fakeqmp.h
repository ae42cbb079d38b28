/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A QEMU for one client, in a process of its own: a running 440 with one TLB entry, or an e500v2
 * whose TLB0 has one set of four entries, the last of them in no log.
 */
#ifndef FAKEQMP_H
#define FAKEQMP_H

#include <stdbool.h>

enum fakeqmp_core { FAKEQMP_440, FAKEQMP_E500V2 };

/* Listen at that path, which must not exist yet, until fakeqmp_end(). */
void fakeqmp_start(const char *path, enum fakeqmp_core core);
/* When the client has left: does the guest run? */
bool fakeqmp_end(void);

#endif
