/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppctlb capture: makes an image of the TLB of a running QEMU, which nobody prepared, with TCG or
 * KVM.
 *
 * QEMU keeps the entries in an array in its memory, under KVM the very one that the kernel reads.
 * Arrays of its size are looked for while the guest runs. Then the guest is stopped, info tlb is
 * asked for, the arrays are copied, and the guest runs on. The array that info tlb shows is the
 * one.
 */
#include "capture.h"
#include "../args.h"
#include "../message.h"
#include "../names.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- which core it is ---- */

/* The hexadecimal number after a name in info registers; 0: there is none. */
static uint32_t register_of(const char *text, const char *name)
{
	const char *at = strstr(text, name);
	uint32_t value = 0;

	if (at)
		sscanf(at + strlen(name), " %" SCNx32, &value);
	return value;
}

/* By the PVR. The library cannot know every 440, but a CPU of which QEMU shows one TLB is one. */
static const struct ppctlb_core *core_of(const char *shown, const char *registers)
{
	bool one_tlb = strstr(shown, "\nTLB:"), two_tlbs = strstr(shown, "\nTLB0:");
	const struct ppctlb_core *core;
	uint32_t pvr = register_of(registers, " PVR ");

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

/* Take the numbers of entries and ways from TLBnCFG. A 440 has none, and one geometry. */
static bool read_geometry(const struct capture *c, const char *registers,
			  struct ppctlb_geometry *geometry)
{
	static const char *const names[] = {"TLB0CFG", "TLB1CFG"};
	const struct ppctlb_core_info *info = ppctlb_core_info(c->core);

	geometry[0] = info->array[0].geometry;
	for (unsigned i = 0; core_is_e500(info) && i < ARRAY_SIZE(names); i++) {
		uint32_t cfg = register_of(registers, names[i]);
		uint32_t entries = cfg & 0xfff, ways = cfg >> 24;
		uint32_t sets = ways ? entries / ways : 0;

		if (!sets || sets & (sets - 1) || sets * ways != entries) {
			complain("%s: %s 0x%08" PRIx32 " is no geometry known here", c->socket,
				 names[i], cfg);
			return false;
		}
		geometry[i] = (struct ppctlb_geometry){entries, ways};
	}
	return true;
}

static bool identify(struct capture *c)
{
	char *shown = qmp_monitor(c->qmp, c->cpu, "info tlb");
	char *registers = shown ? qmp_monitor(c->qmp, c->cpu, "info registers") : NULL;
	struct ppctlb_geometry geometry[2];
	bool ok;

	c->core = registers ? core_of(shown, registers) : NULL;
	ok = c->core && read_geometry(c, registers, geometry) &&
	     builder_begin(&c->builder, c->core, geometry);
	free(registers);
	free(shown);
	return ok;
}

/* ---- QEMU ---- */

static bool find_cpu(struct capture *c)
{
	struct json_object *o = qmp_execute(c->qmp, "query-cpus-fast", "");
	size_t n = json_object_is_type(o, json_type_array) ? json_object_array_length(o) : 0;
	const char *target = NULL;
	bool ok;

	for (size_t i = 0; i < n; i++) {
		struct json_object *cpu = json_object_array_get_idx(o, i);
		struct json_object *index = json_object_object_get(cpu, "cpu-index");

		if (index && json_object_get_int64(index) == c->cpu)
			target = json_object_get_string(json_object_object_get(cpu, "target"));
	}
	ok = target && !strncmp(target, "ppc", 3);
	if (o && !target)
		complain("%s: there is no CPU %u: %zu CPUs, counted from 0", c->socket, c->cpu, n);
	else if (o && !ok)
		complain("%s: CPU %u is %s, not PowerPC", c->socket, c->cpu, target);
	c->wide = ok && !strcmp(target, "ppc64") ? 8 : 4;
	json_object_put(o);
	return ok;
}

/* Stop the guest, if it runs. */
static bool stop(struct capture *c)
{
	struct json_object *o = qmp_execute(c->qmp, "query-status", "");
	bool running = json_object_get_boolean(json_object_object_get(o, "running"));

	if (running) {
		json_object_put(o);
		c->stopped = seconds_now();
		o = qmp_execute(c->qmp, "stop", "");
	}
	json_object_put(o);
	return o;
}

static bool go_on(struct capture *c)
{
	struct json_object *o;

	if (!c->stopped)
		return true;
	qmp_begin_cleanup(c->qmp);
	o = qmp_execute(c->qmp, "cont", "");
	if (o)
		complain("%s: the guest stood still for %.1f ms", c->socket,
			 (seconds_now() - c->stopped) * 1e3);
	else
		complain("%s: the guest was stopped and may stand still", c->socket);
	json_object_put(o);
	return o;
}

/* Wait for a step of the peer's child. What it cannot read, or not soon, leaves info tlb. */
static bool wait_for_peer(struct capture *c)
{
	int ended = qmp_wait(c->qmp, peer_fd(c->peer), 0.5);

	c->why = ended > 0 ? peer_end_step(c->peer)
			   : "reading the memory of the process that listens takes too long";
	return ended >= 0;
}

static bool find_arrays(struct capture *c)
{
	c->peer = peer_open(qmp_socket(c->qmp), capture_array_bytes(c));
	if (c->peer)
		return wait_for_peer(c);
	c->why = strerror(errno);
	return true;
}

/* Between stop and cont: two answers of QEMU, and a copy. */
static bool take_snapshot(struct capture *c)
{
	c->shown = qmp_monitor(c->qmp, c->cpu, "info tlb");
	if (!c->shown || c->why)
		return c->shown;
	peer_copy(c->peer);
	return wait_for_peer(c);
}

static bool read_tlb(struct capture *c)
{
	bool ok = find_cpu(c) && identify(c) && find_arrays(c) && stop(c) && take_snapshot(c);

	return go_on(c) && ok;
}

static bool store(const struct capture *c, const char *path)
{
	builder_tell_split(&c->builder, c->socket);
	if (!builder_store(&c->builder, c->unknown, path))
		return false;
	builder_tell_unknown(c->unknown, c->socket);
	return true;
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
	ok = read_tlb(&c);
	qmp_close(c.qmp);
	ok = ok && capture_take(&c) && store(&c, a->argv[0]);
	peer_close(c.peer);
	builder_free(&c.builder);
	free(c.shown);
	free(c.rows);
	return ok ? EXIT_OK : EXIT_FAILED;
}
