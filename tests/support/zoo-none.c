// SPDX-License-Identifier: GPL-2.0-or-later
/* A shared object that is no plug-in: it exports another name. */
extern const int ppctlb_backend_not;
const int ppctlb_backend_not = 1;
