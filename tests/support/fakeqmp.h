/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU for one client, in a process of its own: a 440 that runs, with one TLB entry; or an e500v2
 * with a TLB0 of one set and four entries, of which the last is in no log. */
#ifndef FAKEQMP_H
#define FAKEQMP_H

#include <stdbool.h>

enum fakeqmp_core { FAKEQMP_440, FAKEQMP_E500V2 };

/* Listen at that path, which must not be there, until fakeqmp_end(). */
void fakeqmp_start(const char *path, enum fakeqmp_core core);
/* When the client has left: does the guest run? */
bool fakeqmp_end(void);

#endif
