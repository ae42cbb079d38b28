/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text as it comes: makes blanks of what mails, terminals and logs put around it. */
#include "../tool.h"
#include "formats.h"

#include <string.h>

#define BLANKS " \t\r"

/* What a person's console shows in front of an answer. */
static const char *const prompts[] = {
	"(qemu)", "(gdb)",   "(xgdb)",	"=>",	   "mon>", "db>",
	"BDI>",	  "Core#0>", "U-Boot>", "simics>", "->",
};

/* The codes by which a program colours text or moves on a terminal: ESC [ ... letter. */
static void blank_escapes(char *line)
{
	for (char *p = strchr(line, '\033'); p; p = strchr(p, '\033')) {
		size_t len = 1;

		if (p[1] == '[')
			len = 2 + strspn(p + 2, "0123456789;?");
		len += p[1] == '[' && p[len];
		memset(p, ' ', len);
	}
}

/* The length of "[   12.345678] ", the time in the kernel's log. */
static size_t kernel_time(const char *p)
{
	size_t len = 1;

	if (*p != '[')
		return 0;
	len += strspn(p + len, " ");
	if (!strspn(p + len, "0123456789"))
		return 0;
	len += strspn(p + len, "0123456789");
	if (p[len++] != '.' || !strspn(p + len, "0123456789"))
		return 0;
	len += strspn(p + len, "0123456789");
	return p[len] == ']' ? len + 1 : 0;
}

/* The length of "0:mon>", xmon's prompt: the CPU is in front. */
static size_t prompt(const char *p)
{
	size_t cpu = strspn(p, "0123456789abcdef");

	if (cpu && p[cpu] == ':' && !strncmp(p + cpu + 1, "mon>", 4))
		return cpu + 5;
	for (size_t i = 0; i < ARRAY_SIZE(prompts); i++)
		if (*p == *prompts[i] && !strncmp(p, prompts[i], strlen(prompts[i])))
			return strlen(prompts[i]);
	return 0;
}

/* The length of what stands in front of the text, once; 0: there is nothing more. */
static size_t in_front(const char *p)
{
	size_t len = *p == '>' ? 1 : 0;

	len = len ? len : prompt(p);
	return len ? len : kernel_time(p);
}

bool line_clean(char *line)
{
	char *p = line;
	size_t len;

	blank_escapes(line);
	p += strspn(p, BLANKS);
	while ((len = in_front(p))) {
		memset(p, ' ', len);
		p += len;
		p += strspn(p, BLANKS);
	}
	return *p;
}
