/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ppctlb capture: the TLB of a running QEMU (TCG).
 *
 * QEMU logs the entries that it compares with an address when the monitor asks for a translation,
 * on the e500 family raw. That needs nothing of the guest; it is stopped meanwhile. Rights and real
 * addresses of a 440 come from info tlb.
 */
#include "collect.h"
#include "qmp.h"
#include "text.h"
#include "tool.h"
#include "walk.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct rows {
	struct text_row *row;
	size_t n, room;
	bool failed; /* told */
};

struct capture {
	struct qmp *qmp;
	const char *socket;
	unsigned cpu;
	const struct ppctlb_core *core;
	struct ppctlb_core_info info; /* with this CPU's geometry */
	struct rows shown;	      /* by info tlb */
	struct rows logged;
	struct collection collection;
	uint32_t unknown_shown; /* PPCTLB_UNKNOWN_* of an entry that only info tlb tells of */
	uint32_t unknown;	/* of the image */
	char directory[4096], log[4200];
	bool logging, stopped;
};

/* ---- text that QEMU writes ---- */

static void keep_row(const struct text_row *row, void *arg)
{
	struct rows *r = arg;

	if (r->n == r->room) {
		size_t room = 2 * r->room + 64;
		struct text_row *more = realloc(r->row, room * sizeof(*more));

		if (!more) {
			error("%s", strerror(ENOMEM));
			r->failed = true;
			return;
		}
		r->row = more;
		r->room = room;
	}
	r->row[r->n++] = *row;
}

static void not_understood(size_t column, const char *reason, void *arg)
{
	struct rows *r = arg;

	(void)column;
	if (!r->failed)
		error("QEMU writes what this program does not know: %s", reason);
	r->failed = true;
}

static bool begin_reading(struct capture *c, struct text_reader *r, const char *format,
			  struct rows *rows)
{
	*r = (struct text_reader){.format = text_format(format),
				  .core = &c->info,
				  .row = keep_row,
				  .bad = not_understood,
				  .arg = rows};
	if (text_begin(r))
		return true;
	error("%s", strerror(ENOMEM));
	text_free(r);
	return false;
}

static bool read_shown(struct capture *c, char *text)
{
	struct text_reader r;
	char *save;

	if (!begin_reading(c, &r, "qemu", &c->shown))
		return false;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		text_line(&r, line);
	text_end(&r);
	c->unknown_shown = r.unknown;
	text_free(&r);
	return !c->shown.failed;
}

static bool read_log(struct capture *c)
{
	FILE *f = fopen(c->log, "re");
	struct text_reader r;
	char *line = NULL;
	size_t room = 0;

	if (!f) {
		error("%s: %s; does QEMU run on this host, and see the same files?", c->log,
		      strerror(errno));
		return false;
	}
	if (begin_reading(c, &r, "qemu-log", &c->logged)) {
		while (getline(&line, &room, f) > 0) {
			line[strcspn(line, "\n")] = 0;
			text_line(&r, line);
		}
		text_end(&r);
		c->unknown = r.unknown;
		text_free(&r);
	}
	free(line);
	fclose(f);
	return !c->logged.failed;
}

/* ---- which core it is ---- */

static const struct {
	uint32_t pvr, mask;
	const char *core;
} pvrs[] = {
	/* the version half of the PVR: e500RM 2.5.1 and Linux's table of CPUs; a 440 is told by its
	 * info tlb */
	{0x80200000, 0xffff0000, "e500v1"}, {0x80210000, 0xffff0000, "e500v2"},
	{0x80230000, 0xffff0000, "e500mc"}, {0x80240000, 0xffff0000, "e5500"},
	{0x80400000, 0xffff0000, "e6500"},
};

/* The hexadecimal number behind a name in info registers. */
static bool find_register(const char *text, const char *name, uint32_t *value)
{
	const char *at = strstr(text, name);

	return at && sscanf(at + strlen(name), " %" SCNx32, value) == 1;
}

static const char *core_of(const char *shown, const char *registers)
{
	uint32_t pvr = 0;

	find_register(registers, " PVR ", &pvr);
	if (strstr(shown, "\nTLB:"))
		return "440";
	for (size_t i = 0; strstr(shown, "\nTLB0:") && i < ARRAY_SIZE(pvrs); i++)
		if ((pvr & pvrs[i].mask) == pvrs[i].pvr)
			return pvrs[i].core;
	error("the CPU with PVR 0x%08" PRIx32
	      " is no Book E core that is known here; its info tlb begins "
	      "'%.*s'",
	      pvr, (int)strcspn(shown + strspn(shown, "\r\n"), "\r\n"),
	      shown + strspn(shown, "\r\n"));
	return NULL;
}

/* TLBnCFG: number of entries and ways. */
static bool read_geometry(struct capture *c, const char *registers)
{
	static const char *const names[] = {"TLB0CFG", "TLB1CFG"};

	for (unsigned i = 0; c->info.arrays > 1 && i < c->info.arrays; i++) {
		uint32_t cfg = 0, entries, ways, sets;

		find_register(registers, names[i], &cfg);
		entries = cfg & 0xfff;
		ways = cfg >> 24;
		sets = ways ? entries / ways : 0;
		if (!sets || sets & (sets - 1) || sets * ways != entries) {
			error("%s: %s 0x%08" PRIx32 " is no geometry that is known here", c->socket,
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
	const char *name = registers ? core_of(shown, registers) : NULL;
	struct ppctlb_geometry geometry[2];
	bool ok = false;

	c->core = name ? core_find(name) : NULL;
	if (c->core) {
		c->info = *ppctlb_core_info(c->core);
		ok = read_geometry(c, registers);
		for (int i = 0; i < 2; i++)
			geometry[i] = c->info.array[i].geometry;
	}
	free(registers);
	return ok && collect_begin(&c->collection, c->core, geometry);
}

/* ---- the log ---- */

/* A line for the monitor that has no answer unless something is wrong. */
static bool tell_monitor(struct capture *c, const char *line)
{
	char *answer = qmp_monitor(c->qmp, c->cpu, line);
	bool ok = answer && !*answer;

	if (answer && !ok)
		error("%s: QEMU refuses %s: %.*s", c->socket, line, (int)strcspn(answer, "\r\n"),
		      answer);
	free(answer);
	return ok;
}

/* A directory of our own, which QEMU's user may write to. */
static bool make_directory(struct capture *c)
{
	const char *tmp = getenv("TMPDIR");
	unsigned uid, gid;

	if (!tmp || *tmp != '/' || strlen(tmp) > sizeof(c->directory) - 32 || strpbrk(tmp, "\"\\%"))
		tmp = "/tmp";
	snprintf(c->directory, sizeof(c->directory), "%s/ppctlb-XXXXXX", tmp);
	if (!mkdtemp(c->directory)) {
		error("%s: %s", c->directory, strerror(errno));
		c->directory[0] = 0;
		return false;
	}
	snprintf(c->log, sizeof(c->log), "%s/log", c->directory);
	if (!qmp_peer(c->qmp, &uid, &gid) || uid == geteuid() || chown(c->directory, uid, gid) == 0)
		return true;
	error("QEMU runs as user %u, who cannot write a log for this one: %s", uid,
	      strerror(errno));
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
static int look_up(uint64_t ea, void *arg)
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
	struct walk w = {.rows = rows, .n = c->shown.n, .sets = 1, .probe = look_up, .arg = c};
	bool ok;

	if (!rows) {
		error("%s", strerror(ENOMEM));
		return false;
	}
	for (size_t i = 0; i < c->shown.n; i++) {
		rows[i].m = c->shown.row[i].mapping;
		rows[i].tlb = c->shown.row[i].entry.tlb & ~PPCTLB_NO_SLOT;
	}
	if (c->info.arrays > 1)
		w.sets = c->info.array[0].geometry.entries / c->info.array[0].geometry.ways;
	w.last_page = (c->info.ea_bits == 64 ? UINT64_MAX : UINT32_MAX) & ~UINT64_C(4095);
	ok = walk_all(&w);
	free(rows);
	return ok;
}

/* ---- log and info tlb together ---- */

static bool collected(const struct capture *c, bool ok)
{
	if (!ok)
		error("%s: %s", c->socket, c->collection.reason);
	return ok;
}

/* The slot behind the last one of that TLB that the log tells of. */
static size_t slot_behind(const struct capture *c, unsigned tlb)
{
	size_t slot = 0;

	for (size_t i = 0; i < c->logged.n; i++)
		if (c->logged.row[i].entry.tlb == tlb)
			slot = c->logged.row[i].entry.index + (size_t)1;
	return slot;
}

/* What only info tlb shows: an entry behind one that maps every address, or of no legal size. */
static bool take_shown(struct capture *c, const struct text_row *row, size_t from)
{
	c->unknown |= c->unknown_shown;
	return collected(c, collect_mapping(&c->collection, &row->mapping,
					    row->entry.tlb & ~PPCTLB_NO_SLOT, from, 0));
}

static size_t count(const struct rows *rows, unsigned tlb)
{
	size_t n = 0;

	for (size_t i = 0; i < rows->n; i++)
		n += (rows->row[i].entry.tlb & ~PPCTLB_NO_SLOT) == tlb;
	return n;
}

/* A slot and an EPN from the log, the rest from info tlb. */
static bool take_page(struct capture *c, const struct text_row *page, const struct text_row *row)
{
	struct ppctlb_mapping m = row->mapping;
	struct ppctlb_entry e;

	if ((page->mapping.eaddr & -m.size) != m.eaddr || page->mapping.size != m.size ||
	    page->mapping.tid != m.tid) {
		error("%s: the log and info tlb differ about entry %u", c->socket,
		      page->entry.index);
		return false;
	}
	if (!(c->info.array[0].sizes & m.size))
		return take_shown(c, row, 0);
	if (ppctlb_encode(c->core, &m, &e) < 0) {
		library_error(c->socket);
		return false;
	}
	c->unknown |= c->unknown_shown & ~(uint32_t)PPCTLB_UNKNOWN_SLOT;
	e.tlb = 0;
	e.index = page->entry.index;
	e.word[1] |= page->mapping.eaddr - m.eaddr;
	return collected(c, collect_entry(&c->collection, &e, 0));
}

static void no_room(const struct collected *e, void *arg)
{
	bool *ok = arg;

	(void)e;
	error("not all entries have room in the image");
	*ok = false;
}

/* Both show the entries in the order of slots, the log possibly not the last ones. */
static bool join(struct capture *c)
{
	size_t taken[2] = {0}, logged[2] = {count(&c->logged, 0), count(&c->logged, 1)};
	bool raw = c->info.arrays > 1, ok = true;

	for (size_t i = 0; ok && raw && i < c->logged.n; i++)
		ok = collected(c, collect_entry(&c->collection, &c->logged.row[i].entry, 0));
	for (size_t i = 0; ok && i < c->shown.n; i++) {
		const struct text_row *row = &c->shown.row[i];
		unsigned tlb = row->entry.tlb & ~PPCTLB_NO_SLOT;

		if (taken[tlb]++ >= logged[tlb])
			ok = take_shown(c, row, slot_behind(c, tlb));
		else if (!raw)
			ok = take_page(c, &c->logged.row[i], row);
	}
	if (ok && (logged[0] > taken[0] || logged[1] > taken[1])) {
		error("%s: the log shows more entries than info tlb", c->socket);
		ok = false;
	}
	if (ok)
		collect_place(&c->collection, no_room, &ok);
	return ok;
}

static bool read_tlb(struct capture *c)
{
	char *shown = qmp_monitor(c->qmp, c->cpu, "info tlb");
	bool ok = shown && identify(c, shown) && read_shown(c, shown);

	free(shown);
	ok = ok && make_directory(c) && begin_log(c) && walk(c) && tell_monitor(c, "log none");
	return ok && read_log(c) && join(c);
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
		error("%s: this QEMU runs on KVM; capture reads the TLB that QEMU's own TCG keeps",
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
		error("%s: there is no CPU %u: %zu CPUs, counted from 0", c->socket, c->cpu, n);
	else if (o && !ok)
		error("%s: CPU %u is %s, not PowerPC", c->socket, c->cpu, target);
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

/* Everything as it was, as far as that is known: a log file of the user's is not. */
static bool leave(struct capture *c)
{
	struct json_object *o = NULL;
	bool ok = true;

	qmp_begin_cleanup(c->qmp);
	if (c->logging)
		ok = tell_monitor(c, "log none") && tell_monitor(c, "logfile /dev/null");
	if (c->stopped) {
		o = qmp_execute(c->qmp, "cont", NULL);
		if (!o && !qmp_gone(c->qmp))
			error("%s: the guest could not be continued, it stands still", c->socket);
		ok = ok && o;
	}
	json_object_put(o);
	if (c->directory[0]) {
		unlink(c->log);
		rmdir(c->directory);
	}
	return ok;
}

static int store(const struct capture *c, const char *path)
{
	char names[160];

	if (c->collection.split)
		error("%s: of no legal size, became several pages: entries, %zu", c->socket,
		      c->collection.split);
	if (!collect_store(&c->collection, c->unknown, path))
		return EXIT_FAILED;
	if (c->unknown)
		error("%s: does not tell: %s", c->socket,
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
	collect_free(&c.collection);
	free(c.shown.row);
	free(c.logged.row);
	return ok ? EXIT_OK : EXIT_FAILED;
}
