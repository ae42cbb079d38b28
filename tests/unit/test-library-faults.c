// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every fault: in every call of the library each kernel call, each request for memory and each
 * file operation fails in turn, with every errno. Kernel calls also answer positive numbers, or
 * fail although they were carried out; reads stop after one byte or find an early end. After a
 * fault the call has failed with a documented error and a message, guest TLB and the caller's
 * variables are bit for bit as before, nothing has leaked, and the same call works without the
 * fault. A call that works in spite of a fault gives the same answer as without it, or a list that
 * lacks one plug-in and says why.
 */
#include "../kernel/fakekvm.h"
#include "../kernel/kvmppc.h"
#include "../support/loop.h"
#include "../support/seam.h"
#include "../support/tap.h"

#include <ppctlb/backend.h>

#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>

/* In place of lib/builtin.c: which backends are built in depends on configure. */
extern const struct ppctlb_backend ppctlb_backend_44x, ppctlb_backend_e500, ppctlb_backend_mock;
extern const struct ppctlb_backend *tlb_builtin[4];
const struct ppctlb_backend *tlb_builtin[4];

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LAST_ERRNO   133 /* EHWPOISON */

/* ---- where: a TLB and the way to it ---- */

struct place {
	const char *name;
	const char *core, *backend;
	uint32_t pvr; /* 0: detached */
	unsigned calls;
	bool callers; /* the array is the caller's */
	bool plugin;  /* not built in */
};

static const struct place places[] = {
	{.name = "e500", .core = "e500v2", .backend = "e500", .pvr = FAKEKVM_E500V2},
	{.name = "e500, the caller's array",
	 .core = "e500v2",
	 .backend = "e500",
	 .pvr = FAKEKVM_E500V2,
	 .callers = true},
	{.name = "e500, a plug-in",
	 .core = "e500v2",
	 .backend = "e500",
	 .pvr = FAKEKVM_E500V2,
	 .plugin = true},
	{.name = "440, split calls",
	 .core = "440",
	 .backend = "44x",
	 .pvr = FAKEKVM_440EP,
	 .calls = FAKEKVM_SPLIT | FAKEKVM_SHADOW},
	{.name = "440, split and combined calls",
	 .core = "440",
	 .backend = "44x",
	 .pvr = FAKEKVM_440EP,
	 .calls = FAKEKVM_SPLIT | FAKEKVM_COMBINED},
	{.name = "440, combined calls",
	 .core = "440",
	 .backend = "44x",
	 .pvr = FAKEKVM_440EP,
	 .calls = FAKEKVM_COMBINED},
	{.name = "440, a plug-in",
	 .core = "440",
	 .backend = "44x",
	 .pvr = FAKEKVM_440EP,
	 .calls = FAKEKVM_SPLIT,
	 .plugin = true},
	{.name = "440, detached", .core = "440", .backend = "44x"},
	{.name = "e500, detached", .core = "e500v1", .backend = "e500"},
	{.name = "mock", .core = "e500v1", .backend = "mock"},
	{.name = "mock, a plug-in", .core = "e500v1", .backend = "mock", .plugin = true},
};

#define MOST_ENTRIES 272

static bool is_440(const struct place *p)
{
	return !strcmp(p->core, "440");
}

/* What an enumeration or a handle reported, as text: one line each, which begins with the backend.
 */
struct told {
	char text[1024];
	char way[64]; /* to the guest TLB */
	unsigned lines;
	unsigned reasons; /* why a backend is unusable; such a backend has no line */
};

/* All that a call can write for its caller. */
struct out {
	struct ppctlb *handle;
	struct ppctlb_info info;
	struct ppctlb_image_info image_info;
	struct ppctlb_entry entry[MOST_ENTRIES];
	struct ppctlb_finding finding[64];
	struct ppctlb_hit hit[3];
	unsigned char image[16384];
	size_t n;
	struct told told;
};

struct bench {
	const struct place *place;
	int fd;
	struct ppctlb *h; /* NULL: the call opens one */
	unsigned char *array;
	struct out out;
};

#define ARRAY_LEN (MOST_ENTRIES * sizeof(struct ppctlb_e500_tlbe))

static struct ppctlb_config config_of(const struct bench *b)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.vcpu_fd = b->fd;
	cfg.core = b->place->core;
	if (!strcmp(b->place->backend, "mock"))
		cfg.backend = "mock";
	if (b->place->callers) {
		cfg.array = b->array;
		cfg.array_len = ARRAY_LEN;
	}
	return cfg;
}

/* ---- what must not change ---- */

struct view {
	size_t len;
	unsigned char bytes[4 * ARRAY_LEN];
};

static void add_view(struct view *v, const void *p, size_t len)
{
	memcpy(v->bytes + v->len, p, len);
	v->len += len;
}

static size_t e500_bytes(const struct fakekvm_vcpu *kvm)
{
	return (kvm->sizes[0] + kvm->sizes[1]) * sizeof(*kvm->array);
}

/* The guest TLB as the kernel has it; as the handle has it where there is no kernel. */
static void look(const struct bench *b, struct view *v)
{
	struct fakekvm_vcpu *kvm = fakekvm_state(b->fd);
	static struct ppctlb_entry entries[1024];
	struct ppctlb_info info = {.size = sizeof(info)};

	memset(v, 0, sizeof(*v));
	if (kvm && is_440(b->place)) {
		add_view(v, &kvm->tlb, sizeof(kvm->tlb));
	} else if (kvm) {
		add_view(v, kvm->array, e500_bytes(kvm));
		add_view(v, kvm->shadow, e500_bytes(kvm));
		add_view(v, &kvm->tlb1_min, sizeof(kvm->tlb1_min));
		add_view(v, &kvm->tlb1_max, sizeof(kvm->tlb1_max));
		add_view(v, &kvm->shared, sizeof(kvm->shared));
		add_view(v, b->array, ARRAY_LEN);
	} else if (b->h) {
		ppctlb_info(b->h, &info);
		ppctlb_get(b->h, PPCTLB_GUEST, entries, COUNT(entries));
		add_view(v, entries, info.entries * sizeof(*entries));
	}
}

static bool same_view(const struct view *a, const struct view *b)
{
	return a->len == b->len && !memcmp(a->bytes, b->bytes, a->len);
}

/* Undo what a call that worked has done. */
static void put_back(const struct bench *b, const struct view *v)
{
	struct fakekvm_vcpu *kvm = fakekvm_state(b->fd);
	const struct ppctlb_entry *entries = (const void *)v->bytes;

	if (kvm && is_440(b->place)) {
		memcpy(&kvm->tlb, v->bytes, sizeof(kvm->tlb));
	} else if (kvm) {
		memcpy(kvm->array, v->bytes, e500_bytes(kvm));
		memcpy(kvm->shadow, v->bytes + e500_bytes(kvm), e500_bytes(kvm));
		memcpy(&kvm->tlb1_min, v->bytes + 2 * e500_bytes(kvm), sizeof(kvm->tlb1_min));
		memcpy(&kvm->tlb1_max, v->bytes + 2 * e500_bytes(kvm) + sizeof(kvm->tlb1_min),
		       sizeof(kvm->tlb1_max));
	} else if (b->h) {
		ppctlb_set(b->h, entries, v->len / sizeof(*entries));
	}
}

/* ---- the calls ---- */

#define RW  (PPCTLB_SR | PPCTLB_SW)
#define UWX (PPCTLB_UW | PPCTLB_UX)

/* What the guest TLB holds before the call. */
static const struct ppctlb_mapping initial[] = {
	{0xc0000000, 0, 0x10000000, RW, 0, 0},
	{0x1000, 0x1000, 0x1000, RW, 0, 0},
	{0x2000, 0x5000, 0x1000, RW | UWX | PPCTLB_TS, 5, 0}, /* check has a finding */
};

static const struct ppctlb_mapping fresh[] = {
	{0x40000000, 0x1000000, 0x101000, RW, 0, 0},
	{0x50000000, 0x2000000, 0x1000, RW, 7, 0},
};

/* In the middle of a page, which then has to be split. */
static const struct ppctlb_mapping hole = {0xc0100000, 0x3000000, 0x100000, RW, 0, 0};

static const struct ppctlb_core *core;	 /* of the place */
static unsigned char saved_image[16384]; /* of its initial TLB */
static size_t saved_len;

static int call_info(struct bench *b)
{
	return ppctlb_info(b->h, &b->out.info);
}

static int call_map(struct bench *b)
{
	return ppctlb_map(b->h, fresh, COUNT(fresh), 0);
}

/* More regions than entries: they are compared, and do not fit. */
static int call_map_many(struct bench *b)
{
	static struct ppctlb_mapping many[MOST_ENTRIES + 1];
	int ret;

	for (size_t i = 0; i < COUNT(many); i++)
		many[i] = (struct ppctlb_mapping){i << 12, i << 12, 1 << 12, PPCTLB_SR, 0, 0};
	ret = ppctlb_map(b->h, many, COUNT(many), 0);
	return ret == -ENOSPC ? 0 : ret;
}

static int call_map_room(struct bench *b)
{
	struct ppctlb_room room[2];

	return ppctlb_map_room(b->h, &hole, 1, PPCTLB_REPLACE, room);
}

static int call_replace(struct bench *b)
{
	return ppctlb_map(b->h, &hole, 1, PPCTLB_REPLACE);
}

static int call_map_at(struct bench *b)
{
	return ppctlb_map_at(b->h, &hole, !is_440(b->place), 5, PPCTLB_REPLACE);
}

static int call_unmap(struct bench *b)
{
	return ppctlb_unmap(b->h, hole.eaddr, hole.size, 0, 0);
}

static int call_flush(struct bench *b)
{
	return ppctlb_flush(b->h);
}

static int call_get(struct bench *b)
{
	return ppctlb_get(b->h, PPCTLB_GUEST, b->out.entry, MOST_ENTRIES);
}

static int call_get_shadow(struct bench *b)
{
	return ppctlb_get(b->h, PPCTLB_SHADOW, b->out.entry, MOST_ENTRIES);
}

static int call_set(struct bench *b)
{
	static const struct ppctlb_entry some[] = {{0, 9, 0, {0x12, 0x34, 0x56, 0x78}},
						   {0, 0, 0, {0x9a, 0xbc, 0xde, 0xf0}}};

	return ppctlb_set(b->h, some, COUNT(some));
}

static void count_line(const char *text, void *arg)
{
	struct out *out = arg;

	out->told.lines += text[0] != 0;
}

static int call_dump(struct bench *b)
{
	return ppctlb_dump(b->h, PPCTLB_GUEST, PPCTLB_TABLE, count_line, &b->out);
}

static int call_dump_libkvm(struct bench *b)
{
	return ppctlb_dump(b->h, PPCTLB_GUEST, PPCTLB_LIBKVM, count_line, &b->out);
}

static int call_dump_shadow(struct bench *b)
{
	return ppctlb_dump(b->h, PPCTLB_SHADOW, PPCTLB_LIBKVM, count_line, &b->out);
}

static void count_mapping(const struct ppctlb_entry *e, const struct ppctlb_mapping *m,
			  uint32_t defects, void *arg)
{
	struct out *out = arg;

	out->told.lines += e->tlb < 2 && m->size && !defects;
}

static int call_mappings(struct bench *b)
{
	return ppctlb_mappings(b->h, PPCTLB_GUEST, count_mapping, &b->out);
}

static int call_commit(struct bench *b)
{
	return ppctlb_commit(b->h);
}

static int call_translate(struct bench *b)
{
	static const struct ppctlb_access accesses[] = {
		{.eaddr = 0xc0000000},
		{.eaddr = 0x2000, .pid = 5, .as = 1},
		{.eaddr = 0x70000000},
	};

	return ppctlb_translate(b->h, accesses, b->out.hit, COUNT(accesses));
}

static int call_check(struct bench *b)
{
	b->out.n = COUNT(b->out.finding);
	return ppctlb_check(b->h, b->out.finding, &b->out.n);
}

static int call_check_count(struct bench *b)
{
	return ppctlb_check(b->h, NULL, &b->out.n);
}

static int call_format_finding(struct bench *b)
{
	static const struct ppctlb_finding f = {.name = "user-wx"};

	return ppctlb_format_finding(b->h, &f, (char *)b->out.image, sizeof(b->out.image));
}

static int call_save(struct bench *b)
{
	b->out.n = sizeof(b->out.image);
	return ppctlb_save(b->h, b->out.image, &b->out.n);
}

static int call_save_count(struct bench *b)
{
	return ppctlb_save(b->h, NULL, &b->out.n);
}

static int call_restore(struct bench *b)
{
	return ppctlb_restore(b->h, saved_image, saved_len);
}

__attribute__((format(printf, 2, 3))) static void tell(struct told *told, const char *fmt, ...)
{
	size_t used = strlen(told->text);
	va_list args;

	va_start(args, fmt);
	vsnprintf(told->text + used, sizeof(told->text) - used, fmt, args);
	va_end(args);
	told->lines++;
}

/* Close the handle of an open() again, so that faults meet ppctlb_close(), too; what it reported
 * is kept. */
static void tell_handle(struct out *out)
{
	struct ppctlb_info info = {.size = sizeof(info)};

	if (!ppctlb_info(out->handle, &info))
		tell(&out->told, "%s %s %s %u %u %u\n", info.backend, info.backend_path,
		     info.core->name, (unsigned)info.entries, (unsigned)info.chosen_by,
		     (unsigned)info.unknown);
	snprintf(out->told.way, sizeof(out->told.way), "%s, shadow: %u", info.transport,
		 (unsigned)info.has_shadow);
	ppctlb_close(out->handle);
	out->handle = NULL;
}

static int open_with(struct bench *b, const char *backend)
{
	struct ppctlb_config cfg = config_of(b);
	int ret;

	if (backend)
		cfg.backend = backend;
	ret = ppctlb_open(&b->out.handle, &cfg);
	if (!ret)
		tell_handle(&b->out);
	return ret;
}

static int call_open(struct bench *b)
{
	return open_with(b, NULL);
}

static int call_open_named(struct bench *b)
{
	return open_with(b, b->place->backend);
}

static int call_open_by_environment(struct bench *b)
{
	int ret;

	setenv("PPCTLB_BACKEND", b->place->backend, 1);
	ret = open_with(b, NULL);
	unsetenv("PPCTLB_BACKEND");
	return ret;
}

static int call_handle_core(struct bench *b)
{
	const struct ppctlb_core *found = ppctlb_handle_core(b->h);
	const struct ppctlb_core_info *info = found ? ppctlb_core_info(found) : NULL;

	if (!info)
		return -errno;
	tell(&b->out.told, "%s %s\n", info->backend, info->name);
	return strcmp(info->name, b->place->core) ? -EINVAL : 0;
}

static int call_core(struct bench *b)
{
	const struct ppctlb_core *found = ppctlb_core(b->place->core);

	if (!found)
		return -errno;
	tell(&b->out.told, "%s %s\n", found->info.backend, found->info.name);
	return 0;
}

/* Look up the first PVR in the core's list. */
static int call_core_by_pvr(struct bench *b)
{
	const struct ppctlb_core *found = ppctlb_core_by_pvr(core->pvrs->value);

	if (!found)
		return -errno;
	tell(&b->out.told, "%s %s\n", found->info.backend, found->info.name);
	return 0;
}

static void tell_backend(const struct ppctlb_backend_info *info, void *arg)
{
	struct out *out = arg;

	if (info->reason)
		out->told.reasons += info->reason[0] != 0;
	else
		tell(&out->told, "%s %s\n", info->name, info->path);
}

static int call_backends(struct bench *b)
{
	return ppctlb_backends(tell_backend, &b->out);
}

static void tell_core(const struct ppctlb_core_info *info, void *arg)
{
	struct out *out = arg;

	tell(&out->told, "%s %s\n", info->backend, info->name);
}

static int call_cores(struct bench *b)
{
	return ppctlb_cores(tell_core, &b->out);
}

/* Every call that promises no I/O and needs no handle. */
static int call_pure(struct bench *b)
{
	struct ppctlb_image_info refused = {.size = sizeof(refused)};
	struct ppctlb_mapping m, pages[4];
	struct ppctlb_entry e;
	char text[PPCTLB_TEXT_MAX];
	uint64_t number;
	size_t n = COUNT(pages);
	int bad = 0;

	ppctlb_close(NULL);
	b->out.image_info.size = sizeof(b->out.image_info);
	bad |= ppctlb_image_info(saved_image, saved_len, &b->out.image_info);
	bad |= ppctlb_image_info(saved_image, saved_len - 1, &refused) != -EBADMSG;
	bad |= ppctlb_plan(core, &fresh[0], pages, &n);
	bad |= ppctlb_encode(core, &fresh[1], &e);
	bad |= ppctlb_decode(core, &e, &m);
	bad |= ppctlb_decode_any(core, &e, &m);
	bad |= ppctlb_clear_parity(core, &e);
	bad |= ppctlb_format_mapping(&m, text, sizeof(text));
	bad |= ppctlb_parse_mapping(text, &m);
	bad |= ppctlb_format_entry(core, &e, text, sizeof(text));
	bad |= ppctlb_parse_entry(core, text, &e);
	bad |= ppctlb_parse_number("4K", PPCTLB_SIZE, &number);
	bad |= ppctlb_format_size(number, text, sizeof(text));
	bad |= !ppctlb_flag_name(PPCTLB_UR) || !ppctlb_unknown_name(PPCTLB_UNKNOWN_SLOT);
	bad |= !ppctlb_version() || !ppctlb_core_info(core);
	return bad;
}

/* What a call reaches. READS is a kernel call on 440 only: an e500's entries are in memory. */
enum {
	READS = 1,
	WRITES = 2,
	MEMORY = 4,
	FILES = 8,
	/* and what it needs */
	HANDLE = 16,
	ONLY_440 = 32,
	SHADOW = 64,
	ARRAY = 128
};

static const struct call {
	const char *name;
	int (*run)(struct bench *b);
	unsigned is;
} calls[] = {
	{"open", call_open, READS | WRITES | MEMORY | FILES},
	{"open of a named backend", call_open_named, READS | WRITES | MEMORY | FILES},
	{"open by PPCTLB_BACKEND", call_open_by_environment, READS | WRITES | MEMORY | FILES},
	{"core", call_core, MEMORY | FILES},
	{"core_by_pvr", call_core_by_pvr, MEMORY | FILES},
	{"backends", call_backends, MEMORY | FILES},
	{"cores", call_cores, MEMORY | FILES},
	{"info", call_info, HANDLE},
	{"handle_core", call_handle_core, HANDLE},
	{"map", call_map, HANDLE | READS | WRITES},
	{"map of more than there is room for", call_map_many, HANDLE | READS | MEMORY},
	{"map with PPCTLB_REPLACE", call_replace, HANDLE | READS | WRITES},
	{"map_room", call_map_room, HANDLE | READS},
	{"map_at", call_map_at, HANDLE | READS | WRITES},
	{"unmap", call_unmap, HANDLE | READS | WRITES},
	{"flush", call_flush, HANDLE | READS | WRITES},
	{"get", call_get, HANDLE | READS},
	{"get of the shadow view", call_get_shadow, HANDLE | READS | SHADOW},
	{"set", call_set, HANDLE | READS | WRITES},
	{"dump", call_dump, HANDLE | READS},
	{"dump in style LIBKVM", call_dump_libkvm, HANDLE | READS | ONLY_440},
	{"dump of the shadow view", call_dump_shadow, HANDLE | READS | ONLY_440 | SHADOW},
	{"mappings", call_mappings, HANDLE | READS},
	{"commit", call_commit, HANDLE | WRITES | ARRAY},
	{"translate", call_translate, HANDLE | READS},
	{"check", call_check, HANDLE | READS | MEMORY},
	{"check, to count", call_check_count, HANDLE | READS},
	{"format_finding", call_format_finding, HANDLE | READS},
	{"save", call_save, HANDLE | READS},
	{"save, to count", call_save_count, HANDLE},
	{"restore", call_restore, HANDLE | READS | WRITES},
	{"what does no I/O", call_pure, 0},
};

static bool applies(const struct call *c, const struct place *p)
{
	return !(c->is & ONLY_440 && !is_440(p)) &&
	       !(c->is & SHADOW && !(p->calls & ~(unsigned)FAKEKVM_SPLIT)) &&
	       !(c->is & ARRAY && !p->callers);
}

/* ---- one fault ---- */

enum source { KERNEL, FROM_MEMORY, FROM_FILES, SHORT_READ, EARLY_END, SOURCES };

struct fault {
	enum source source;
	unsigned nth;
	int result;	  /* a negative errno; of the kernel also a positive answer */
	bool done;	  /* carried out nevertheless */
	const char *call; /* which file operation it was */
};

static unsigned long tried, differed;

__attribute__((format(printf, 4, 5))) static void
differs(const struct bench *b, const struct call *c, const struct fault *f, const char *fmt, ...)
{
	static const char *const sources[] = {"kernel call", "allocation", "file operation",
					      "short read", "early end"};
	char what[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	if (differed++ < 40)
		tap_note("%s: %s: %s %u %s answers %d%s: %s (%s)", b->place->name, c->name,
			 sources[f->source], f->nth, f->call, f->result,
			 f->done ? ", carried out" : "", what, ppctlb_errmsg());
}

static void arm(const struct fault *f)
{
	static const enum seam_kind kinds[] = {[FROM_MEMORY] = SEAM_MEMORY,
					       [FROM_FILES] = SEAM_FILES,
					       [SHORT_READ] = SEAM_SHORT,
					       [EARLY_END] = SEAM_END};

	if (f->source == KERNEL)
		fakekvm_fault(0, f->nth, f->result, f->done);
	else
		seam_arm(kinds[f->source], f->nth, -f->result);
}

/* Has it happened? */
static bool disarm(struct fault *f)
{
	bool happened;

	f->call = "";
	if (f->source != KERNEL) {
		const char *call = seam_disarm();

		f->call = call ? call : "";
		return call;
	}
	happened = !fakekvm_faults_left();
	fakekvm_no_faults();
	return happened;
}

static bool documented(int ret)
{
	static const int set[] = {EINVAL,  ENOTSUP, EEXIST, ENOSPC, ENOENT, EBADMSG,
				  ENOEXEC, EIO,	    ENOMEM, EBADF,  EFAULT, EINTR};

	for (size_t i = 0; i < COUNT(set); i++)
		if (ret == -set[i])
			return true;
	return false;
}

/* What an open handle makes of the kernel's answer. */
static int told_as(int result)
{
	static const int kept[] = {ENOMEM, EBADF, EFAULT, EINTR, EIO};

	for (size_t i = 0; i < COUNT(kept); i++)
		if (result == -kept[i])
			return result;
	return -EIO;
}

/* The kernel lacks the call. */
static bool lacks_it(int result)
{
	return result == -EINVAL || result == -ENOTTY || result == -EOPNOTSUPP;
}

/* The library looks for a backend's name in the directories and opens the file by its path. */
static bool is_named(const struct place *p, const struct call *c)
{
	return c->run == call_open_named || c->run == call_open_by_environment ||
	       (c->run == call_open && !strcmp(p->backend, "mock"));
}

static bool is_of_directory(const struct fault *f)
{
	return !strcmp(f->call, "opendir") || !strcmp(f->call, "readdir");
}

static bool costs_nothing(const struct fault *f)
{
	return f->source == SHORT_READ || !strcmp(f->call, "close") || !strcmp(f->call, "lstat");
}

/*
 * Calls that work in spite of the fault: a 440's kernel lacks a call and has the other one; a
 * plug-in cannot be used, and another one is wanted, or the list says why; a name is not found at
 * first, and is when its file is opened; a file fails to close after it was read; a short read
 * goes on.
 */
static bool may_work(const struct bench *b, const struct call *c, const struct fault *f)
{
	bool mock = !strcmp(b->place->backend, "mock");

	if (f->source == KERNEL)
		return !(c->is & HANDLE) && is_440(b->place) && lacks_it(f->result);
	if (f->source == FROM_MEMORY)
		return false;
	if (costs_nothing(f))
		return true;
	return !is_of_directory(f) && (!is_named(b->place, c) || mock);
}

static void judge_message(const struct bench *b, const struct call *c, const struct fault *f)
{
	const char *message = ppctlb_errmsg();
	char raw[64];

	if (!*message || strstr(message, "?spoilt"))
		differs(b, c, f, "tells nothing of its own");
	for (const char *p = message; *p; p++)
		if ((unsigned char)*p < ' ' && *p != '\n')
			differs(b, c, f, "control character in the message");
	/* Without the check the dynamic loader would have died of it. Where all are listed, the
	 * message is about the last one. */
	if (f->source == EARLY_END && !strstr(message, "it is cut off"))
		differs(b, c, f, "no 'it is cut off' in the message");
	if (f->source != KERNEL)
		return;
	/* The library asks a 440's kernel that seems to lack one call for the other one, which it
	 * lacks, too. */
	if (may_work(b, c, f) && strstr(message, "this kernel has no 44x TLB calls"))
		return;
	if (f->result > 0)
		snprintf(raw, sizeof(raw), "answered %d,", f->result);
	else
		snprintf(raw, sizeof(raw), "errno %d (%s)", -f->result, strerror(-f->result));
	if (!strstr(message, raw))
		differs(b, c, f, "no '%s' in the message", raw);
}

static void reset_out(struct out *out)
{
	memset(out, 0x5a, sizeof(*out));
	out->handle = NULL;
	out->info.size = sizeof(out->info);
	out->n = 7;
	memset(&out->told, 0, sizeof(out->told));
}

/* ---- the same call without a fault ---- */

static struct out clean;
static struct view clean_view;

static bool lists(const struct call *c)
{
	return c->run == call_cores || c->run == call_backends;
}

/* All lines but those of one backend. */
static void leave_out(const char *lines, const char *backend, struct told *rest)
{
	size_t len = strlen(backend);

	memset(rest, 0, sizeof(*rest));
	for (size_t n; *lines; lines += n) {
		n = strcspn(lines, "\n") + 1;
		if (strncmp(lines, backend, len) != 0 || lines[len] != ' ')
			tell(rest, "%.*s", (int)n, lines);
	}
}

/* It is an operation on a file, which may make that file unusable. */
static bool is_of_file(const struct fault *f)
{
	return f->source == FROM_FILES || f->source == EARLY_END;
}

/* The file is of one plug-in, and the others are listed. */
static bool leaves_one_out(const struct call *c, const struct fault *f)
{
	return is_of_file(f) && lists(c) && !costs_nothing(f) && !is_of_directory(f);
}

static const char *const plugins[] = {"44x", "e500", "mock"};

/* A list that lacks one plug-in and says why. */
static bool lacks_one(const struct call *c, struct out *out)
{
	bool lacking = false;
	struct told rest;

	for (size_t i = 0; i < COUNT(plugins); i++) {
		leave_out(clean.told.text, plugins[i], &rest);
		rest.reasons = c->run == call_backends;
		lacking = lacking || !memcmp(&rest, &out->told, sizeof(rest));
	}
	out->told = clean.told;
	return lacking;
}

/* The call worked in spite of the fault: is its answer the same as without it? */
static void judge_success(struct bench *b, const struct call *c, const struct fault *f)
{
	static struct view now;

	if (!strstr(ppctlb_errmsg(), "?spoilt"))
		differs(b, c, f, "works, and tells of a failure");
	if (leaves_one_out(c, f) && !lacks_one(c, &b->out))
		differs(b, c, f, "does not list all but one plug-in");
	/* A kernel that lacks a call is asked another way. */
	if (f->source == KERNEL)
		memcpy(b->out.told.way, clean.told.way, sizeof(clean.told.way));
	if (memcmp(&clean, &b->out, sizeof(clean)) != 0)
		differs(b, c, f, "answers something else: %s", b->out.told.text);
	look(b, &now);
	if (!same_view(&clean_view, &now))
		differs(b, c, f, "leaves another guest TLB");
}

/* ---- */

/* The errno that the library must report for the fault. A failing directory ends the search; a
 * plug-in whose file fails does not have the core, does not take the vCPU and cannot be loaded. */
static bool is_told_as(const struct fault *f, const struct call *c, int ret)
{
	if (f->source == FROM_MEMORY)
		return ret == -ENOMEM;
	if (is_of_directory(f))
		return ret == (f->result == -ENOMEM ? -ENOMEM : -EIO);
	if (is_of_file(f))
		return ret == -ENOENT || ret == -ENOTSUP || ret == -ENOEXEC;
	return c->is & HANDLE ? ret == told_as(f->result) : documented(ret);
}

/* The fault made the call fail: is everything as it was? */
static void judge_failure(struct bench *b, const struct call *c, const struct fault *f, int ret,
			  const struct view *before, bool enabled)
{
	static struct out want;
	struct view now;

	if (!is_told_as(f, c, ret))
		differs(b, c, f, "returns %d", ret);
	judge_message(b, c, f);
	reset_out(&want);
	if (c->run == call_check)
		want.n = COUNT(want.finding);
	if (c->run == call_save)
		want.n = sizeof(want.image);
	if (lists(c)) { /* those before the fault were listed */
		if (strncmp(clean.told.text, b->out.told.text, strlen(b->out.told.text)) != 0)
			differs(b, c, f, "lists something else: %s", b->out.told.text);
		want.told = b->out.told;
	}
	if (memcmp(&want, &b->out, sizeof(want)) != 0)
		differs(b, c, f, "wrote to the caller's variables");
	look(b, &now);
	/* A KVM_ENABLE_CAP that reports a failure but was carried out cannot be undone. */
	if (!(f->done && enabled) && !same_view(before, &now))
		differs(b, c, f, "the guest TLB changed");
}

/* Each open() has a vCPU of its own, since open() cannot be undone. */
static void new_vcpu(struct bench *b)
{
	memset(b->array, 0, ARRAY_LEN);
	b->fd = b->place->pvr ? fakekvm_vcpu(b->place->pvr, b->place->calls) : -1;
}

static void end_vcpu(struct bench *b)
{
	if (b->fd >= 0)
		fakekvm_close(b->fd);
	b->fd = -1;
}

static bool try_clean(struct bench *b, const struct call *c)
{
	static struct view before;
	bool own_vcpu = !(c->is & HANDLE);
	int ret;

	if (own_vcpu)
		new_vcpu(b);
	look(b, &before);
	reset_out(&b->out);
	ret = c->run(b);
	clean = b->out;
	look(b, &clean_view);
	put_back(b, &before);
	if (own_vcpu)
		end_vcpu(b);
	return !ret;
}

/* False: the fault did not happen, because the call makes fewer such requests. */
static bool try_fault(struct bench *b, const struct call *c, struct fault *f)
{
	static struct view before;
	bool own_vcpu = !(c->is & HANDLE), happened;
	unsigned enabled;
	long held;
	int ret;

	if (own_vcpu)
		new_vcpu(b);
	look(b, &before);
	reset_out(&b->out);
	ppctlb_core("?spoilt");
	enabled = fakekvm_count(PPC_KVM_ENABLE_CAP);
	held = seam_outstanding();
	arm(f);
	ret = c->run(b);
	happened = disarm(f);
	enabled = fakekvm_count(PPC_KVM_ENABLE_CAP) - enabled;
	tried += happened;
	if (happened && ret)
		judge_failure(b, c, f, ret, &before, enabled);
	if (happened && !ret && !may_work(b, c, f))
		differs(b, c, f, "works all the same");
	if (happened && !ret)
		judge_success(b, c, f);
	if (happened && ret && (costs_nothing(f) || leaves_one_out(c, f)))
		differs(b, c, f, "fails by what it need not care for");
	if (seam_outstanding() != held)
		differs(b, c, f, "%ld things leak", seam_outstanding() - held);
	put_back(b, &before);
	reset_out(&b->out);
	if (c->run(b) || memcmp(&clean, &b->out, sizeof(clean)) != 0)
		differs(b, c, f, "does not work without the fault");
	put_back(b, &before);
	if (own_vcpu)
		end_vcpu(b);
	return happened;
}

/* Fail each nth request in turn; returns how many there are. */
static unsigned long try_each(struct bench *b, const struct call *c, struct fault f)
{
	unsigned long n = 0;

	for (f.nth = 1; try_fault(b, c, &f); f.nth++)
		n++;
	return n;
}

static unsigned long try_kernel(struct bench *b, const struct call *c)
{
	/* Also the size of every structure that the kernel gets, as read() would answer. */
	static const int positive[] = {
		1,
		7,
		sizeof(struct ppc_sregs),
		sizeof(struct ppc_enable_cap),
		sizeof(struct ppc_dirty_tlb),
		sizeof(struct ppctlb_44x_tlb),
		sizeof(struct ppctlb_44x_combined),
		INT_MAX,
	};
	unsigned long n = 0;

	for (int done = 0; done < 2; done++) {
		for (int err = 1; err <= LAST_ERRNO; err += (int)stride())
			n += try_each(b, c, (struct fault){KERNEL, 0, -err, done, ""});
		for (size_t i = 0; i < COUNT(positive); i++)
			n += try_each(b, c, (struct fault){KERNEL, 0, positive[i], done, ""});
	}
	return n;
}

static unsigned long try_files(struct bench *b, const struct call *c)
{
	/* Not ENOENT and ENOTDIR: a missing file is no fault. */
	static const int errnos[] = {EACCES, EPERM, EIO,    EINTR,  EMFILE, ENFILE,	  ENOMEM,
				     ELOOP,  EBADF, EFAULT, EINVAL, ENXIO,  ENAMETOOLONG, ESTALE};
	unsigned long n = 0;

	for (size_t i = 0; i < COUNT(errnos); i++)
		n += try_each(b, c, (struct fault){FROM_FILES, 0, -errnos[i], false, ""});
	return n;
}

/* ---- a call in a place ---- */

static void set_builtin(bool on)
{
	tlb_builtin[0] = on ? &ppctlb_backend_44x : NULL;
	tlb_builtin[1] = &ppctlb_backend_e500;
	tlb_builtin[2] = &ppctlb_backend_mock;
}

/* A handle, for the calls that need one, on a TLB that holds something. */
static bool prepare(struct bench *b)
{
	struct ppctlb_config cfg;

	new_vcpu(b);
	cfg = config_of(b);
	saved_len = sizeof(saved_image);
	return CHECK(!ppctlb_open(&b->h, &cfg)) && CHECK(!ppctlb_flush(b->h)) &&
	       CHECK(!ppctlb_map(b->h, initial, COUNT(initial), 0)) &&
	       CHECK(!ppctlb_save(b->h, saved_image, &saved_len));
}

static bool begin(struct bench *b, const struct place *p)
{
	static unsigned char array[ARRAY_LEN];

	*b = (struct bench){.place = p, .array = array, .fd = -1};
	set_builtin(!p->plugin);
	core = ppctlb_core(p->core);
	return CHECK(core) && prepare(b);
}

static void end(struct bench *b)
{
	ppctlb_close(b->h);
	b->h = NULL;
	end_vcpu(b);
}

static bool reaches_kernel(const struct place *p, const struct call *c)
{
	return p->pvr && c->is & (is_440(p) ? READS | WRITES : WRITES);
}

/* The library looks for plug-ins unless the backend is named, built in and has the core itself. */
static bool reaches_files(const struct place *p, const struct call *c)
{
	return c->is & FILES && (p->plugin || !is_named(p, c) || !strcmp(p->backend, "mock"));
}

struct pair {
	const struct place *place;
	const struct call *call;
};

/* A call that was never made to fail would prove nothing; one that promises no I/O keeps its
 * promise. */
static void call_in_place(const void *arg)
{
	const struct pair *what = arg;
	const struct place *p = what->place;
	const struct call *c = what->call;
	unsigned long n[SOURCES], before = differed;
	struct bench b;

	REQUIRE(begin(&b, p));
	if (!(c->is & HANDLE))
		end(&b);
	REQUIRE(try_clean(&b, c));
	n[KERNEL] = try_kernel(&b, c);
	n[FROM_MEMORY] = try_each(&b, c, (struct fault){FROM_MEMORY, 0, -ENOMEM, false, ""});
	n[FROM_FILES] = try_files(&b, c);
	n[SHORT_READ] = try_each(&b, c, (struct fault){SHORT_READ, 0, 0, false, ""});
	n[EARLY_END] = try_each(&b, c, (struct fault){EARLY_END, 0, 0, false, ""});
	end(&b);
	EQUAL(n[KERNEL] > 0, reaches_kernel(p, c));
	EQUAL(n[FROM_MEMORY] > 0, (c->is & MEMORY) != 0);
	EQUAL(n[FROM_FILES] > 0, reaches_files(p, c));
	EQUAL(n[SHORT_READ] > 0, p->plugin && c->is & FILES);
	EQUAL(n[EARLY_END], n[SHORT_READ]);
	EQUAL(differed - before, 0);
	tap_note("%lu kernel answers, %lu allocations, %lu file errors, %lu short reads, "
		 "%lu early ends",
		 n[KERNEL], n[FROM_MEMORY], n[FROM_FILES], n[SHORT_READ], n[EARLY_END]);
}

static void every_call(void)
{
	for (size_t i = 0; i < COUNT(places); i++)
		for (size_t k = 0; k < COUNT(calls); k++) {
			struct pair what = {&places[i], &calls[k]};
			char name[128];

			if (!applies(what.call, what.place))
				continue;
			snprintf(name, sizeof(name), "%s: %s", what.place->name, what.call->name);
			tap_run(&(struct test){name, call_in_place, &what});
		}
}

/* ---- two faults in one call: writing fails, and so does putting the old state back ---- */

struct second {
	struct bench b;
	const struct call *call;
	uint32_t request;
	const char *words;
};

static void judge_second(struct second *s, const struct fault *f, int ret, bool array_as_before)
{
	struct ppctlb_entry all[MOST_ENTRIES];

	char first[32];

	if (ret != -EIO)
		differs(&s->b, s->call, f, "returns %d after a second fault", ret);
	if (!strstr(ppctlb_errmsg(), s->words))
		differs(&s->b, s->call, f, "does not tell '%s'", s->words);
	snprintf(first, sizeof(first), f->result < 0 ? "errno %d," : "a positive answer,",
		 -f->result);
	if (!strstr(ppctlb_errmsg(), first))
		differs(&s->b, s->call, f, "does not tell the first fault");
	judge_message(&s->b, s->call, f);
	if (!array_as_before)
		differs(&s->b, s->call, f, "the old entries are not back");
	if (ppctlb_get(s->b.h, PPCTLB_GUEST, all, MOST_ENTRIES))
		differs(&s->b, s->call, f, "the handle is of no use any more");
}

static void try_second(struct second *s, const struct fault *f)
{
	struct fakekvm_vcpu *kvm = fakekvm_state(s->b.fd);
	static struct view before, now;
	int ret;

	look(&s->b, &before);
	reset_out(&s->b.out);
	fakekvm_fault(s->request, 1, f->result, f->done);
	fakekvm_fault(s->request, 2, f->result, f->done);
	ret = s->call->run(&s->b);
	if (fakekvm_faults_left())
		differs(&s->b, s->call, f, "does not try to put the old state back");
	fakekvm_no_faults();
	tried++;
	look(&s->b, &now);
	/* An e500's entries are in memory, whatever the kernel answers. */
	judge_second(s, f, ret,
		     is_440(s->b.place) || !memcmp(before.bytes, now.bytes, e500_bytes(kvm)));
	put_back(&s->b, &before);
}

static void second_fault(const void *arg)
{
	struct second s = {.words = "guest TLB is unknown"};
	const struct place *p = arg;
	unsigned long before = differed;

	s.request = p->calls & FAKEKVM_SPLIT ? PPCTLB_KVM_SET_GUEST_TLB : PPCTLB_KVM_SET_TLB;
	if (!is_440(p)) {
		s.request = PPC_KVM_DIRTY_TLB;
		s.words = "the guest may still see the new entries";
	}
	REQUIRE(begin(&s.b, p));
	for (size_t i = 0; i < COUNT(calls); i++) {
		s.call = &calls[i];
		if (!(s.call->is & HANDLE) || !(s.call->is & WRITES) || s.call->is & ARRAY)
			continue;
		for (int done = 0; done < 2; done++)
			for (int err = -1; err <= LAST_ERRNO; err += (int)stride())
				if (err)
					try_second(&s, &(struct fault){KERNEL, 1, -err, done, ""});
	}
	end(&s.b);
	EQUAL(differed - before, 0);
}

static void two_faults(void)
{
	for (size_t i = 0; i < COUNT(places); i++) {
		char name[128];

		if (!places[i].pvr)
			continue;
		snprintf(name, sizeof(name), "%s: a second fault", places[i].name);
		tap_run(&(struct test){name, second_fault, &places[i]});
	}
}

/* ---- */

/* A directory with the plug-ins and nothing else. */
static bool make_directory(char *directory)
{
	const char *from = getenv("PPCTLB_BACKEND_PATH");
	char target[4096], link[4096];

	if (!from || !mkdtemp(directory))
		return false;
	for (size_t i = 0; i < COUNT(plugins); i++) {
		snprintf(target, sizeof(target), "%s/%s.so", from, plugins[i]);
		snprintf(link, sizeof(link), "%s/%s.so", directory, plugins[i]);
		if (symlink(target, link))
			return false;
	}
	return !setenv("PPCTLB_BACKEND_PATH", directory, 1);
}

static void remove_directory(const char *directory)
{
	char path[4096];

	for (size_t i = 0; i < COUNT(plugins); i++) {
		snprintf(path, sizeof(path), "%s/%s.so", directory, plugins[i]);
		unlink(path);
	}
	rmdir(directory);
}

/* ---- no memory for a message ---- */

static const char *without_room(void)
{
	seam_arm(SEAM_MEMORY, 1, ENOMEM);
	if (ppctlb_parse_mapping("", NULL) != -EINVAL || !seam_disarm())
		return "";
	return ppctlb_errmsg();
}

/* A thread of its own has no message yet, and needs memory for its first. */
static void *first_message(void *arg)
{
	bool *good = arg;

	*good = !strcmp(without_room(), "out of memory, which leaves none for the message") &&
		ppctlb_parse_mapping("", NULL) == -EINVAL && strstr(ppctlb_errmsg(), "NULL");
	return NULL;
}

static void first_message_without_memory(const void *unused)
{
	pthread_t thread;
	bool good = false;

	(void)unused;
	REQUIRE(!pthread_create(&thread, NULL, first_message, &good));
	pthread_join(thread, NULL);
	CHECK(good);
}

static void count_backend(const struct ppctlb_backend_info *info, void *arg)
{
	(void)info;
	++*(unsigned *)arg;
}

/* A plug-in cannot be loaded, and there is no memory to keep the reason. */
static void reason_without_memory(const void *directory)
{
	char path[4096];
	unsigned listed = 0, nth = 0;
	const char *failed;
	long before = seam_outstanding();
	FILE *f;
	int ret;

	snprintf(path, sizeof(path), "%s/44x.so", (const char *)directory);
	unlink(path);
	f = fopen(path, "w");
	REQUIRE(f && !fclose(f));
	do {
		seam_arm(SEAM_MEMORY, ++nth, ENOMEM);
		ret = ppctlb_backends(count_backend, &listed);
		failed = seam_disarm();
		CHECK(ret == (failed ? -ENOMEM : 0));
	} while (failed);
	CHECK(nth > 1);
	CHECK(listed >= COUNT(plugins));
	EQUAL(seam_outstanding(), before);
}

int main(void)
{
	char directory[] = "/tmp/ppctlb-faults-XXXXXX";

	unsetenv("PPCTLB_BACKEND");
	unsetenv("PPCTLB_DEBUG");
	unsetenv("PPCTLB_MOCK");
	if (!make_directory(directory)) {
		fprintf(stderr, "PPCTLB_BACKEND_PATH is no directory with plug-ins\n");
		return 99;
	}
	every_call();
	two_faults();
	tap_run(&(struct test){"first message without memory", first_message_without_memory, NULL});
	tap_run(&(struct test){"reason without memory", reason_without_memory, directory});
	remove_directory(directory);
	tap_note("%lu faults tried, %lu differed", tried, differed);
	tap_result(tried > 0 && !differed, "no fault made a difference");
	return tap_end();
}
