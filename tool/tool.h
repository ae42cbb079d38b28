/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every file of ppctlb(1) may use. */
#ifndef PPCTLB_TOOL_H
#define PPCTLB_TOOL_H

#define PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))
#define ARRAY_SIZE(a)	  (sizeof(a) / sizeof((a)[0]))

/* Exit codes. A verb returns one of them; it has then said what went wrong. */
enum { EXIT_OK = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

#endif
