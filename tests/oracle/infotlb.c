/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP, and the text of `info tlb` in both families' forms. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <json-c/json.h>

#include <ppctlb/ppctlb.h>

#include "infotlb.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))

/* ---- QMP ---- */

/* Send a command (none: NULL) and return what comes back under that key; events in between are
 * skipped. NULL with a message printed on failure. The caller puts *reply. */
static struct json_object *talk(FILE *qmp, const char *command, const char *key,
				struct json_object **reply)
{
	struct json_object *value;
	char *line = NULL;
	size_t room = 0;

	if (command && dprintf(fileno(qmp), "%s\n", command) < 0)
		perror("QMP");
	while (getline(&line, &room, qmp) > 0) {
		*reply = json_tokener_parse(line);
		if (json_object_object_get_ex(*reply, key, &value)) {
			free(line);
			return value;
		}
		if (json_object_object_get_ex(*reply, "error", NULL))
			break;
		json_object_put(*reply);
	}
	fprintf(stderr, "QMP: no %s: %s\n", key, line ? line : "");
	free(line);
	*reply = NULL;
	return NULL;
}

static bool handshake(FILE *qmp)
{
	struct json_object *greeting = NULL, *done = NULL;
	bool ok = talk(qmp, NULL, "QMP", &greeting) &&
		  talk(qmp, "{\"execute\":\"qmp_capabilities\"}", "return", &done);

	json_object_put(greeting);
	json_object_put(done);
	return ok;
}

FILE *qmp_connect(const char *path)
{
	struct sockaddr_un addr = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	FILE *qmp;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr))) {
		perror(path);
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	qmp = fdopen(fd, "r");
	if (!qmp || !handshake(qmp)) {
		fprintf(stderr, "%s: not a QMP server\n", path);
		if (qmp)
			fclose(qmp);
		return NULL;
	}
	return qmp;
}

/* ---- the text ---- */

struct letter {
	char letter;
	uint32_t flag;
};

/* clang-format off */
/* e500: a letter where the flag is set, else '-'; two are headings. QEMU 7.2
 * runs SRWX and URWX together, later versions have a space; spaces are dropped. */
static const struct letter letters[] = {
	{'S', 0}, {'R', PPCTLB_SR}, {'W', PPCTLB_SW}, {'X', PPCTLB_SX},
	{'U', 0}, {'R', PPCTLB_UR}, {'W', PPCTLB_UW}, {'X', PPCTLB_UX},
	{'W', PPCTLB_W}, {'I', PPCTLB_I}, {'M', PPCTLB_M}, {'G', PPCTLB_G}, {'E', PPCTLB_E},
	{'U', 0}, {'0', PPCTLB_U0}, {'1', PPCTLB_U1}, {'2', PPCTLB_U2}, {'3', PPCTLB_U3},
};
/* clang-format on */

struct bit {
	uint32_t bit, flag;
};

/* 44x: QEMU's internal protection word, and word 2's attributes with TS below. */
static const struct bit prot_bits[] = {
	{0x01, PPCTLB_UR}, {0x02, PPCTLB_UW}, {0x04, PPCTLB_UX},
	{0x10, PPCTLB_SR}, {0x20, PPCTLB_SW}, {0x40, PPCTLB_SX},
};
static const struct bit attr_bits[] = {
	{0x8000, PPCTLB_U0}, {0x4000, PPCTLB_U1}, {0x2000, PPCTLB_U2},
	{0x1000, PPCTLB_U3}, {0x0800, PPCTLB_W},  {0x0400, PPCTLB_I},
	{0x0200, PPCTLB_M},  {0x0100, PPCTLB_G},  {0x0001, PPCTLB_TS},
};

static uint32_t flags_of_bits(uint32_t word, const struct bit *bits, size_t n)
{
	uint32_t flags = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		if (word & bits[i].bit)
			flags |= bits[i].flag;
	}
	return flags;
}

static bool flags_of_letters(const char *text, uint32_t *flags)
{
	size_t i = 0;

	for (; *text; text++) {
		if (*text == ' ' || *text == '\r')
			continue;
		if (i == LENGTH(letters) || (*text != letters[i].letter && *text != '-'))
			return false;
		if (*text != '-')
			*flags |= letters[i].flag;
		i++;
	}
	return i == LENGTH(letters);
}

static bool scale(uint64_t *size, char unit)
{
	static const char units[] = "KMGT";
	const char *u = strchr(units, unit == 'k' ? 'K' : unit);

	if (!u || !unit)
		return false;
	*size <<= 10 * (u - units + 1);
	return true;
}

/* A row of either family. The 44x one ends in two hex words, the e500 one in TS and letters. */
static bool parse_row(const char *line, bool is_44x, struct row *r)
{
	unsigned long long ea, ra, size;
	unsigned ts, prot, attr;
	char unit, rest[40];

	r->flags = 0;
	if (sscanf(line, "0x%llx 0x%llx %llu%c %u %39[^\n]", &ea, &ra, &size, &unit, &r->tid,
		   rest) != 6)
		return false;
	r->ea = ea;
	r->ra = ra;
	r->size = size;
	if (!scale(&r->size, unit))
		return false;
	if (is_44x) {
		if (sscanf(rest, "%8x %8x", &prot, &attr) != 2)
			return false;
		r->flags = flags_of_bits(prot, prot_bits, LENGTH(prot_bits)) |
			   flags_of_bits(attr, attr_bits, LENGTH(attr_bits));
		return true;
	}
	if (sscanf(rest, "%1u", &ts) != 1)
		return false;
	r->flags = ts ? PPCTLB_TS : 0;
	return flags_of_letters(rest + 1, &r->flags);
}

/* "TLB:" on 44x, "TLB0:" and "TLB1:" on e500. */
static bool parse_title(const char *line, bool *is_44x, unsigned *tlb)
{
	if (strncmp(line, "TLB", 3))
		return false;
	*is_44x = line[3] == ':';
	return *is_44x || sscanf(line, "TLB%1u:", tlb) == 1;
}

static int parse_text(char *text, struct row *rows, int n)
{
	bool is_44x = false;
	char *save, *line;
	unsigned tlb = 0;
	struct row r;
	int found = 0;

	for (line = strtok_r(text, "\r\n", &save); line; line = strtok_r(NULL, "\r\n", &save)) {
		if (parse_title(line, &is_44x, &tlb) || !strncmp(line, "Effective", 9))
			continue;
		if (!parse_row(line, is_44x, &r)) {
			fprintf(stderr, "info tlb: cannot read: %s\n", line);
			return -1;
		}
		r.tlb = tlb;
		if (found < n)
			rows[found] = r;
		found++;
	}
	return found;
}

int info_tlb(FILE *qmp, struct row *rows, int n)
{
	struct json_object *reply, *value;
	char *text;
	int found;

	value = talk(qmp,
		     "{\"execute\":\"human-monitor-command\","
		     "\"arguments\":{\"command-line\":\"info tlb\"}}",
		     "return", &reply);
	if (!value)
		return -1;
	text = strdup(json_object_get_string(value));
	json_object_put(reply);
	found = text ? parse_text(text, rows, n) : -1;
	free(text);
	return found;
}
