/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: read whole, read by lines in constant memory, replaced atomically. */
#ifndef PPCTLB_TOOL_FILE_H
#define PPCTLB_TOOL_FILE_H

#include <stdbool.h>
#include <stddef.h>

#define FILE_MAX (64u << 20) /* more than any image or picture; a read stops there */

/* Does that path stand for standard input? */
bool is_dash(const char *path);
/* Read a whole file, or standard input for "-", into malloc'ed *data. Memory grows with what has
 * been read, never with what a file claims. false: complained. */
bool file_read(const char *path, void **data, size_t *len);
/* ---- replace.c ---- */

/* Replace a file by that content, or leave it as it was: temporary file, fsync, rename. Follows
 * symbolic links, but not those of others in a directory like /tmp; keeps group, owner, mode and
 * extended attributes, and where the group cannot be kept gives another one nothing. false:
 * complained. */
bool file_write(const char *path, const void *data, size_t len);
/* Wait until nobody else edits the file, so that what is read next is what will be replaced.
 * Returns what file_unlock() wants; -1: complained. */
int file_lock(const char *path);
void file_unlock(int fd);
/* Check whether file_write() would fail for a reason that is known already. Writes nothing. false:
 * complained. */
bool file_writable(const char *path);

/* ---- file.c: lines ---- */

#define LINE_LEN 4096 /* longest line that is read; a mapping or an entry needs 192 */

/* Lines of a file of any length in constant memory. */
struct lines {
	int fd;
	const char *name;      /* for messages */
	unsigned long number;  /* of the line just read, from 1 */
	char *text;	       /* the line, without LF or CR LF, until the next call */
	bool failed;	       /* a line was refused or a read failed, and there was a complaint */
	bool broken;	       /* a read failed: the file may go on */
	unsigned long refused; /* number of lines refused */
	/* Told of a line that is refused, in place of a complaint; or NULL. The caller may set it.
	 */
	void (*tell)(unsigned long line, size_t column, const char *why, void *arg);
	void *arg;
	bool skipping, at_end;
	size_t start, end;
	char buffer[16 * LINE_LEN];
};

/* "-" is standard input. NULL: complained. */
struct lines *lines_open(const char *path);
/* Step to the next line. Complains of a line that is too long or has a NUL, sets failed and leaves
 * it out. false: no more. */
bool lines_next(struct lines *l);
/* Is another good line in the buffer, so that lines_next() will not wait? */
bool lines_ready(const struct lines *l);
void lines_close(struct lines *l);

#endif
