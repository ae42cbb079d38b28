/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages on standard error, colour and progress; text from files is made harmless. */
#ifndef PPCTLB_TOOL_MESSAGE_H
#define PPCTLB_TOOL_MESSAGE_H

#include "tool.h"

#include <stdbool.h>

/* "ppctlb: ..."; control characters in the result are written as \xNN. */
void complain(const char *fmt, ...) PRINTF(1, 2);
/* "ppctlb: file:line:column: ..."; a column of 0 is left out. */
void complain_at(const char *file, unsigned long line, unsigned long column, const char *fmt, ...)
	PRINTF(4, 5);
/* The library's last message, after what it is about unless that is NULL. */
void complain_library(const char *about);
/* The same about a line of a file, with the column if the message has one. */
void complain_library_at(const char *file, unsigned long line);
/* The library's last message about a text, without the column in front of it; *column gets that
 * column, or 0. */
const char *library_reason(unsigned long *column);
/* From now on keep messages in memory: whoever reads standard error may not do so for long. */
void hold_messages(void);
/* Write those that were kept. */
void release_messages(void);
/* Say that there is no memory and exit, where half an answer would be a wrong one. */
void out_of_memory(void) __attribute__((noreturn));
/* Set the status with which out_of_memory() exits. */
void set_trouble(int status);
/* Close standard output, when all has been written; messages do without it then. */
bool close_output(void);
/* May standard output have colour: is it a terminal, and NO_COLOR not set? */
bool use_colour(void);
/* Write in that colour ("red") from now on, with NULL as before. */
void colour(const char *name);
/* Show a count now and then during bulk work, if standard error is a terminal and standard output
 * is not. what NULL: wipe it. */
void progress(const char *what, unsigned long count);

#endif
