/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppctlb capture: makes an image of the TLB of a running QEMU (TCG).
 *
 * When the monitor asks for a translation, QEMU logs the entries that it compares with the address,
 * raw on the e500 family. The guest is stopped meanwhile and need not take part. The rights and
 * real addresses of a 440 come from info tlb.
 */
#include "capture.h"
#include "args.h"
#include "message.h"
#include "names.h"
#include "walk.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- which core it is ---- */

/* Find the hexadecimal number after a name in info registers. */
static bool find_register(const char *text, const char *name, uint32_t *value)
{
	const char *at = strstr(text, name);

	return at && sscanf(at + strlen(name), " %" SCNx32, value) == 1;
}

/* By the PVR. The library cannot know every 440, but a CPU of which QEMU shows one TLB is one. */
static const struct ppctlb_core *core_of(const char *shown, const char *registers)
{
	bool one_tlb = strstr(shown, "\nTLB:"), two_tlbs = strstr(shown, "\nTLB0:");
	const struct ppctlb_core *core;
	uint32_t pvr = 0;

	find_register(registers, " PVR ", &pvr);
	if (!one_tlb && !two_tlbs) {
		complain("the CPU with PVR 0x%08" PRIx32
			 " is no Book E core known here; its info tlb begins "
			 "'%.*s'",
			 pvr, (int)strcspn(shown + strspn(shown, "\r\n"), "\r\n"),
			 shown + strspn(shown, "\r\n"));
		return NULL;
	}
	core = ppctlb_core_by_pvr(pvr);
	if (!core && one_tlb && errno == ENOENT)
		return core_find("440");
	if (!core)
		complain_library(NULL);
	return core;
}

/* Take the numbers of entries and ways from TLBnCFG. */
static bool read_geometry(struct capture *c, const char *registers)
{
	static const char *const names[] = {"TLB0CFG", "TLB1CFG"};

	for (unsigned i = 0; core_is_e500(&c->info) && i < ARRAY_SIZE(names); i++) {
		uint32_t cfg = 0, entries, ways, sets;

		find_register(registers, names[i], &cfg);
		entries = cfg & 0xfff;
		ways = cfg >> 24;
		sets = ways ? entries / ways : 0;
		if (!sets || sets & (sets - 1) || sets * ways != entries) {
			complain("%s: %s 0x%08" PRIx32 " is no geometry known here", c->socket,
				 names[i], cfg);
			return false;
		}
		c->info.array[i].geometry = (struct ppctlb_geometry){entries, ways};
	}
	return true;
}

static bool identify(struct capture *c, const char *shown)
{
	char *registers = qmp_monitor(c->qmp, c->cpu, "info registers");
	struct ppctlb_geometry geometry[2];
	bool ok = false;

	c->core = registers ? core_of(shown, registers) : NULL;
	if (c->core) {
		c->info = *ppctlb_core_info(c->core);
		ok = read_geometry(c, registers);
		for (int i = 0; i < 2; i++)
			geometry[i] = c->info.array[i].geometry;
	}
	free(registers);
	return ok && builder_begin(&c->builder, c->core, geometry);
}

/* ---- the log ---- */

/* Send the monitor a line that it answers only if something is wrong. */
static bool tell_monitor(struct capture *c, const char *line)
{
	char *answer = qmp_monitor(c->qmp, c->cpu, line);
	bool ok = answer && !*answer;

	if (answer && !ok)
		complain("%s: QEMU refuses %s: %.*s", c->socket, line, (int)strcspn(answer, "\r\n"),
			 answer);
	free(answer);
	return ok;
}

/* Make a directory of our own that QEMU's user may write to. */
static bool make_directory(struct capture *c)
{
	const char *tmp = getenv("TMPDIR");
	unsigned uid, gid;

	if (!tmp || *tmp != '/' || strlen(tmp) > sizeof(c->directory) - 32 || strpbrk(tmp, "\"\\%"))
		tmp = "/tmp";
	snprintf(c->directory, sizeof(c->directory), "%s/ppctlb-XXXXXX", tmp);
	if (!mkdtemp(c->directory)) {
		complain("%s: %s", c->directory, strerror(errno));
		c->directory[0] = 0;
		return false;
	}
	snprintf(c->log, sizeof(c->log), "%s/log", c->directory);
	if (!qmp_peer(c->qmp, &uid, &gid) || uid == geteuid() || chown(c->directory, uid, gid) == 0)
		return true;
	complain("cannot let user %u, whom QEMU runs as, write a log: %s", uid, strerror(errno));
	return false;
}

static bool begin_log(struct capture *c)
{
	char line[4300];

	snprintf(line, sizeof(line), "logfile \"%s\"", c->log);
	c->logging = true;
	return tell_monitor(c, line) && tell_monitor(c, "log mmu");
}

/* "gpa: 0x..." or "Unmapped" */
static int translate_page(uint64_t ea, void *arg)
{
	struct capture *c = arg;
	char line[64], *answer;
	int ret;

	snprintf(line, sizeof(line), "gva2gpa 0x%" PRIx64, ea);
	answer = qmp_monitor(c->qmp, c->cpu, line);
	ret = answer ? !strncmp(answer, "Unmapped", 8) : -1;
	free(answer);
	return ret;
}

static bool walk(struct capture *c)
{
	struct walk_row *rows = calloc(c->shown.n + 1, sizeof(*rows));
	struct walk w = {
		.rows = rows, .n = c->shown.n, .sets = 1, .probe = translate_page, .arg = c};
	bool ok;

	if (!rows) {
		complain("%s", strerror(ENOMEM));
		return false;
	}
	for (size_t i = 0; i < c->shown.n; i++) {
		rows[i].m = c->shown.row[i].mapping;
		rows[i].tlb = c->shown.row[i].entry.tlb & ~PPCTLB_NO_SLOT;
	}
	if (core_is_e500(&c->info))
		w.sets = c->info.array[0].geometry.entries / c->info.array[0].geometry.ways;
	w.last_page = (c->info.ea_bits == 64 ? UINT64_MAX : UINT32_MAX) & ~UINT64_C(4095);
	ok = walk_all(&w);
	free(rows);
	return ok;
}

static bool read_tlb(struct capture *c)
{
	char *shown = qmp_monitor(c->qmp, c->cpu, "info tlb");
	bool ok = shown && identify(c, shown) && capture_read_shown(c, shown);

	free(shown);
	ok = ok && make_directory(c) && begin_log(c) && walk(c) && tell_monitor(c, "log none");
	return ok && capture_read_log(c) && capture_join(c);
}

/* ---- QEMU ---- */

static bool get_bool(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) && json_object_get_boolean(value);
}

static bool is_tcg(struct capture *c)
{
	struct json_object *o = qmp_execute(c->qmp, "query-kvm", NULL);
	bool kvm = o && get_bool(o, "enabled");

	if (kvm)
		complain("%s: this QEMU runs on KVM; capture reads the TLB that QEMU's own TCG "
			 "keeps",
			 c->socket);
	json_object_put(o);
	return o && !kvm;
}

static const char *string_member(struct json_object *o, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(o, key, &value) ? json_object_get_string(value) : "?";
}

static bool find_cpu(struct capture *c)
{
	struct json_object *o = qmp_execute(c->qmp, "query-cpus-fast", NULL), *index;
	size_t n = json_object_is_type(o, json_type_array) ? json_object_array_length(o) : 0;
	const char *target = NULL;
	bool ok;

	for (size_t i = 0; i < n; i++) {
		struct json_object *cpu = json_object_array_get_idx(o, i);

		if (json_object_object_get_ex(cpu, "cpu-index", &index) &&
		    json_object_get_int64(index) == c->cpu)
			target = string_member(cpu, "target");
	}
	ok = target && !strncmp(target, "ppc", 3);
	if (o && !target)
		complain("%s: there is no CPU %u: %zu CPUs, counted from 0", c->socket, c->cpu, n);
	else if (o && !ok)
		complain("%s: CPU %u is %s, not PowerPC", c->socket, c->cpu, target);
	json_object_put(o);
	return ok;
}

static bool stop(struct capture *c)
{
	struct json_object *o = qmp_execute(c->qmp, "query-status", NULL);
	bool ok = o;

	if (o && get_bool(o, "running")) {
		c->stopped = true;
		json_object_put(o);
		o = qmp_execute(c->qmp, "stop", NULL);
		ok = o;
	}
	json_object_put(o);
	return ok;
}

static bool is_gone(int removed)
{
	return removed == 0 || errno == ENOENT;
}

/* Leave QEMU as it was, except for a log file of the user's, whose name nothing tells. Tries each
 * step even if others fail. */
static bool leave(struct capture *c)
{
	struct json_object *o = NULL;
	bool ok = true;

	qmp_begin_cleanup(c->qmp);
	if (c->logging) {
		ok = tell_monitor(c, "log none");
		ok = tell_monitor(c, "logfile /dev/null") && ok;
	}
	if (c->stopped) {
		o = qmp_execute(c->qmp, "cont", NULL);
		if (!o)
			complain("%s: the guest was stopped and may stand still", c->socket);
		ok = ok && o;
	}
	json_object_put(o);
	if (c->directory[0] && (!is_gone(unlink(c->log)) || !is_gone(rmdir(c->directory))))
		complain("%s cannot be removed: %s", c->directory, strerror(errno));
	return ok;
}

static int store(const struct capture *c, const char *path)
{
	char names[160];

	builder_tell_split(&c->builder, c->socket);
	if (!builder_store(&c->builder, c->unknown, path))
		return EXIT_FAILED;
	if (c->unknown)
		complain("%s: does not tell: %s", c->socket,
			 unknown_names(c->unknown, names, sizeof(names)));
	return EXIT_OK;
}

int verb_capture(const struct args *a)
{
	struct capture c = {.socket = a->value[OPT_QMP]};
	uint64_t cpu, seconds;
	bool ok;

	if (!option_number(a, OPT_CPU, 65535, 0, &cpu) ||
	    !option_number(a, OPT_TIMEOUT, 86400, 10, &seconds))
		return EXIT_USAGE;
	c.cpu = (unsigned)cpu;
	c.qmp = qmp_open(c.socket, (unsigned)seconds);
	if (!c.qmp)
		return EXIT_FAILED;
	ok = is_tcg(&c) && find_cpu(&c) && stop(&c) && read_tlb(&c);
	ok = leave(&c) && ok;
	qmp_close(c.qmp);
	if (ok)
		ok = store(&c, a->argv[0]) == EXIT_OK;
	builder_free(&c.builder);
	free(c.shown.row);
	free(c.logged.row);
	return ok ? EXIT_OK : EXIT_FAILED;
}
