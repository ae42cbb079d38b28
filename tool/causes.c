/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with a text: one message for each cause, with the first line and a count. */
#include "causes.h"
#include "message.h"

#include <stdio.h>
#include <string.h>

void causes_add(struct causes *c, unsigned long line, size_t column, const char *reason)
{
	struct cause *cause = c->cause;

	c->lines++;
	while (cause < c->cause + c->n && strncmp(cause->reason, reason, REASON_LEN - 1) != 0)
		cause++;
	if (cause == c->cause + CAUSES) {
		c->others++;
		return;
	}
	if (cause == c->cause + c->n) {
		c->n++;
		*cause = (struct cause){.line = line, .column = column};
		snprintf(cause->reason, sizeof(cause->reason), "%s", reason);
	}
	cause->count++;
}

void causes_tell(const struct causes *c, const char *name)
{
	for (const struct cause *cause = c->cause; cause < c->cause + c->n; cause++) {
		if (cause->count == 1)
			complain_at(name, cause->line, cause->column, "%s", cause->reason);
		else
			complain_at(name, cause->line, cause->column,
				    "%s (the first of %lu such lines)", cause->reason,
				    cause->count);
	}
	if (c->others)
		complain("%s: %lu more lines cannot be read, for other reasons", name, c->others);
}
