// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every fault in the verbs of ppctlb(1): each operation on files and sockets and each request for
 * memory of tool, library and backends fails in turn, reads and writes stop after a byte, and
 * input ends early. Then the exit code is the documented one, the failure is reported, nothing is
 * on standard output, and every file is bit for bit the old one, with no other beside it. Or all
 * is as if nothing had happened, except where a file or standard output may have lost something
 * (must_be_told). A text that ends early is like a file that ends there, since none says how long
 * it is. A guest that capture stopped runs again, unless capture says that it may not. Where
 * capture cannot read QEMU's memory it says so and has what info tlb shows.
 */
#include "../support/fakeqmp.h"
#include "../support/loop.h"
#include "../support/seam.h"
#include "../support/tap.h"

#include <ppctlb/backend.h>

#include <errno.h>
#include <sys/wait.h>

/* In place of lib/builtin.c. */
extern const struct ppctlb_backend ppctlb_backend_44x, ppctlb_backend_e500, ppctlb_backend_mock;
extern const struct ppctlb_backend *const tlb_builtin[];
const struct ppctlb_backend *const tlb_builtin[] = {&ppctlb_backend_44x, &ppctlb_backend_e500,
						    &ppctlb_backend_mock, NULL};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Each run is a fork, which copies the freed memory that ASan keeps: let it keep little. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "quarantine_size_mb=4";
}

/* ---- the verbs ---- */

static const struct command {
	const char *args[8];
	const char *input; /* a file, or NULL */
	bool bulk;	   /* prints a line for each answer as it is found */
	bool qmp;	   /* of a QEMU at ../qmp, with this core */
	enum fakeqmp_core core;
} commands[] = {
	{.args = {"new", "-c", "e500v2", "new.img"}},
	{.args = {"new", "-c", "440", "old.img"}},
	{.args = {"map", "old.img", "0x40000000:0x1000000:1M:sr,sw", "0x5000:0x5000:4K:sr"}},
	{.args = {"map", "link.img", "0x5000:0x5000:4K:sr"}},
	{.args = {"unmap", "old.img", "0xc0100000", "1M"}},
	{.args = {"flush", "old.img"}},
	{.args = {"dump", "old.img"}},
	{.args = {"dump", "--format=json", "old.img"}, .bulk = true},
	{.args = {"dump", "--format=libkvm", "440.img"}},
	{.args = {"dump", "--format=mas", "--all", "old.img"}},
	{.args = {"dump", "--format=u-boot", "440.img"}},
	{.args = {"lookup", "old.img", "0xc0000000", "0x1000"}, .bulk = true},
	{.args = {"lookup", "--json", "old.img", "-"}, .input = "numbers", .bulk = true},
	{.args = {"lookup", "--why", "old.img", "0xd0000000", "0x1000"}, .bulk = true},
	{.args = {"lookup", "--why", "--json", "old.img", "0xd0000000"}, .bulk = true},
	{.args = {"check", "old.img"}},
	{.args = {"check", "--json", "old.img"}},
	{.args = {"diff", "old.img", "other.img"}, .bulk = true},
	{.args = {"import", "--from=hex", "-c", "e500v2", "words", "new.img"}},
	{.args = {"import", "--from=libkvm", "-c", "440", "libkvm", "new.img"}},
	{.args = {"import", "--from=xmon", "-c", "440", "xmon", "new.img"}},
	{.args = {"import", "--from=qemu", "-c", "e500v2", "shown", "new.img"}},
	{.args = {"import", "--from=qemu-log", "-c", "e500v2", "log", "new.img"}},
	{.args = {"import", "--from=xmon", "-c", "e5500", "book3e", "new.img"}},
	{.args = {"import", "-c", "p2020", "board", "new.img"}},
	{.args = {"import", "--from=bdi", "-c", "e500v2", "bdi", "new.img"}},
	{.args = {"import", "-c", "e500v2", "freebsd", "new.img"}},
	{.args = {"import", "-c", "e500v1", "simics", "new.img"}},
	{.args = {"import", "-c", "e500mc", "cams", "new.img"}},
	{.args = {"import", "-c", "e500v2", "mas", "new.img"}},
	{.args = {"import", "--define", "B=BASE", "-c", "e500v2", "source", "new.img"}},
	{.args = {"import", "--from=vxworks", "-c", "440", "rows", "new.img"}},
	{.args = {"capture", "--qmp", "../qmp", "new.img"}, .qmp = true},
	{.args = {"capture", "--qmp", "../qmp", "old.img"}, .qmp = true, .core = FAKEQMP_E500V2},
	{.args = {"plot", "old.img", "-o", "new.svg"}},
	{.args = {"plot", "old.img", "-o", "new.png"}},
	{.args = {"encode", "-c", "440", "0:0:256M:sr"}},
	{.args = {"encode", "-c", "e500v2", "-"}, .input = "mappings", .bulk = true},
	{.args = {"decode", "-c", "440", "0,270,0,7"}},
	{.args = {"decode", "--json", "-c", "440", "-"}, .input = "entries", .bulk = true},
	{.args = {"plan", "-c", "e500v2", "0x1000:0x1000:1M:sr"}},
	{.args = {"plan", "-c", "e500v2", "--format=hex", "0x1000:0x1000:1M:sr"}},
	{.args = {"decode", "-c", "440", "--any", "0,70,0,7"}},
	{.args = {"backends"}},
	{.args = {"cores"}},
};

/* ---- a directory of files, made anew for each run ---- */

static const struct text {
	const char *name, *text;
} texts[] = {
	{"numbers", "0xc0000000\n0x1000\n0x9000\n"},
	{"mappings", "0:0:4K:sr\n0x1000:0x1000:4K:\n0xc0000000:0:256M:sr,sw\n"},
	{"entries", "0,270,0,7\n0,ef600210,ef600000,507\n"},
	{"words", "80000100 1000 1015 0\n"},
	{"libkvm", "G 0 | 00000000 | 00000270 | 00000000 | 00000007 |\n"},
	{"xmon", "[00] c0000290 00000000 00000307 V c0000000 -> 000000000 wiMGe\n"},
	{"shown",
	 "TLB0:\nEffective          Physical           Size TID   TS SRWX URWX WIMGE U0123\n"
	 "0x0000000010001000 0x0000000fef600000   4K 7     0  SRWXURWX ---G- U----\n"},
	{"log", "ppcmas_tlb_check: TLB ADDR=0x70001000 PID=0x0 MAS1=0x80070100 MAS2=0x10001002 "
		"mask=0xfffffffffffff000 MAS7_3=0xfef60003f MAS8=0x0\n"},
	{"book3e",
	 "TLB 1:\n0000-A c000000000000000 0000   1G  P AS0     m   0000000000000000 Uxwr Sxwr\n"},
	{"board", "=> reginfo\nentry 02: V: 1 EPN 0xe8000000 RPN 0xfe8000000 size:256 MiB\n"},
	{"bdi", "l2cam 0\nIDX PID EPN SIZE V TS RPN U0-U3 WIMGE UUUSSS\n"
		"12 : 00 fc000000 64MB V 0 -> 0_fc000000 0000 -I-G- ---RWX\n"},
	{"freebsd", "0: (VP) [AS=0] sz = 0x04000000 tsz = 8 tid = 0 mas1 = 0xc0000800 "
		    "mas2(va) = 0xc0000004 mas3(pa) = 0x04000015 mas7 = 0x00000000\n"},
	{"simics", "# Logical Physical TS TID U[0123] WIMGE S[XWR] U[XWR] IPROT\n"
		   "[ 3] f0000000-f0ffffff f0000000-f0ffffff 1 0 0101 -I-G- XWR --- 1\n"},
	{"cams", "writereg128 L2MMU_CAM1  0x7000000A 0x1C080000 0xFC000000 0xFC000001\n"},
	{"mas", "MAS0=0x10030000\nMAS1: c0000400\nMAS2 = 0x48000008\nMAS3   4800003f\n"},
	{"source", "#define BASE 0xf0000000\n#if defined(B) && 1\n"
		   "SET_TLB_ENTRY(1, B, B, 0x3f, 0, 0, 0, BOOKE_PAGESZ_4K, 1),\n#endif\n"},
	{"rows", "{ 0xf0000000, 0x4, 0xf0000000, _MMU_TLB_TS_0 | _MMU_TLB_SZ_256M },\n"},
};

struct blob {
	char *data;
	size_t len;
};

/* A text that ends early. */
static struct {
	const struct text *text; /* NULL: none */
	size_t at;
} cut;

static char directory[] = "/tmp/ppctlb-tool-XXXXXX";
static struct blob images[3];
static const char *const image_names[] = {"old.img", "other.img", "440.img"};

static void fatal(const char *what)
{
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	exit(99);
}

static void put_file(const char *name, const void *data, size_t len)
{
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0640);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len || fchmod(fd, 0640) || close(fd))
		fatal(name);
}

static struct blob get_file(const char *name)
{
	struct blob b = {NULL, 0};
	struct stat st;
	int fd = open(name, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		fatal(name);
	b.data = calloc(1, (size_t)st.st_size + 1);
	b.len = (size_t)st.st_size;
	if (!b.data || read(fd, b.data, b.len) != (ssize_t)b.len)
		fatal(name);
	close(fd);
	return b;
}

static int not_a_dot(const struct dirent *de)
{
	return strcmp(de->d_name, ".") && strcmp(de->d_name, "..");
}

static void empty_directory(void)
{
	struct dirent **names;
	int n = scandir(".", &names, not_a_dot, alphasort);

	for (int i = 0; i < n; i++) {
		unlink(names[i]->d_name);
		free(names[i]);
	}
	if (n >= 0)
		free(names);
}

static void make_files(void)
{
	empty_directory();
	for (size_t i = 0; i < COUNT(texts); i++)
		put_file(texts[i].name, texts[i].text,
			 cut.text == &texts[i] ? cut.at : strlen(texts[i].text));
	for (size_t i = 0; i < COUNT(images); i++)
		put_file(image_names[i], images[i].data, images[i].len);
	if (symlink("old.img", "link.img"))
		fatal("link.img");
}

/* Every file with its mode and contents. */
static struct blob all_files(void)
{
	struct blob all = {NULL, 0};
	FILE *f = open_memstream(&all.data, &all.len);
	struct dirent **names;
	int n = scandir(".", &names, not_a_dot, alphasort);

	if (!f || n < 0)
		fatal(directory);
	for (int i = 0; i < n; i++) {
		struct blob b = get_file(names[i]->d_name);
		struct stat st;

		if (lstat(names[i]->d_name, &st))
			fatal(names[i]->d_name);
		fprintf(f, "\n%s %o %zu\n", names[i]->d_name, st.st_mode, b.len);
		fwrite(b.data, 1, b.len, f);
		free(b.data);
		free(names[i]);
	}
	free(names);
	fclose(f);
	return all;
}

static bool same(const struct blob *a, const struct blob *b)
{
	return a->len == b->len && !memcmp(a->data, b->data, a->len);
}

/* ---- a run ---- */

struct result {
	int status;	 /* of wait() */
	char failed[32]; /* the call that failed; empty: none */
	struct blob out, err, files;
	bool stands_still; /* the guest */
	struct seam_end end;
};

struct fault {
	enum seam_kind kind;
	unsigned nth; /* 0: none */
	int err;
};

/* Shared with the process that runs the tool. */
static struct shared {
	char failed[32];
	struct seam_end end;
} * shared;

static void note_failed(void)
{
	const char *call = seam_disarm();

	snprintf(shared->failed, sizeof(shared->failed), "%s", call ? call : "");
	shared->end = seam_end();
}

/* Without memory for an answer the tool ends early. */
static void at_exit(int status, void *arg)
{
	(void)arg;
	fflush(NULL);
	note_failed();
	_exit(status);
}

static void run_tool(const struct command *c, const struct fault *f)
{
	char *argv[10] = {(char *)"ppctlb"};
	int argc = 1, status;

	for (int i = 0; i < 8 && c->args[i]; i++)
		argv[argc++] = (char *)c->args[i];
	if (!freopen(c->input ? c->input : "/dev/null", "r", stdin) ||
	    !freopen("../out", "w", stdout) || !freopen("../err", "w", stderr))
		_exit(99);
	setvbuf(stderr, NULL, _IONBF, 0);
	on_exit(at_exit, NULL);
	if (f->nth)
		seam_arm(f->kind, f->nth, f->err);
	status = seam_main(argc, argv);
	note_failed();
	_exit(status);
}

static void run(const struct command *c, const struct fault *f, struct result *r)
{
	pid_t pid;

	make_files();
	if (c->qmp)
		fakeqmp_start("../qmp", c->core);
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fatal("fork");
	if (!pid)
		run_tool(c, f);
	if (waitpid(pid, &r->status, 0) != pid)
		fatal("waitpid");
	r->stands_still = c->qmp && !fakeqmp_end();
	unlink("../qmp");
	snprintf(r->failed, sizeof(r->failed), "%s", shared->failed);
	r->end = shared->end;
	r->out = get_file("../out");
	r->err = get_file("../err");
	if (cut.text)
		put_file(cut.text->name, cut.text->text, strlen(cut.text->text));
	r->files = all_files();
}

static void forget(struct result *r)
{
	free(r->out.data);
	free(r->err.data);
	free(r->files.data);
}

/* ---- what it must have been ---- */

static unsigned long tried, differed, after_rename;
static bool every_errno;

/* The calls that failed, in their order, as "call call ". */
static char calls_made[4096];

static void note_call(const char *call)
{
	size_t used = strlen(calls_made);

	snprintf(calls_made + used, sizeof(calls_made) - used, "%s ", call);
}

static void differs(const struct command *c, const struct fault *f, const struct result *r,
		    const char *what)
{
	if (differed++ < 400)
		tap_note("%s %s: %s number %u fails with %d (%s): %s; status 0x%x, %s", c->args[0],
			 c->args[1] ? c->args[1] : "", r->failed, f->nth, f->err, strerror(f->err),
			 what, r->status, r->err.data);
}

/* Whole lines only. */
static bool is_start(const struct blob *part, const struct blob *whole)
{
	return part->len <= whole->len && !memcmp(part->data, whole->data, part->len) &&
	       part->data[part->len - 1] == '\n';
}

/* A reported failure: nothing on standard output (unless the verb writes as it reads, or that
 * output itself failed), and no file touched. */
static void judge_failure(const struct command *c, const struct fault *f, const struct result *r,
			  const struct result *good, const struct blob *before)
{
	bool output_failed = !strcmp(r->failed, "fclose(stdout)");

	if (WEXITSTATUS(r->status) != (strcmp(c->args[0], "diff") ? 1 : 2))
		differs(c, f, r, "exit code");
	if (strncmp(r->err.data, "ppctlb: ", 8) != 0 || strstr(r->err.data, "Success"))
		differs(c, f, r, "not told");
	if (r->out.len && !((c->bulk || output_failed) && is_start(&r->out, &good->out)))
		differs(c, f, r, "half an answer");
	/* The new file has its name, and cannot be taken back: only the directory was not synced.
	 */
	if ((!strcmp(r->failed, "fsync") || output_failed) && same(&r->files, &good->files) &&
	    !same(&r->files, before))
		after_rename++;
	else if (!same(&r->files, before))
		differs(c, f, r, "files changed");
}

/* Failures that must be reported, since a new file or standard output may lack something; whatever
 * the errno, with one exception. */
static const struct {
	const char *call;
	int except;
} must_tell[] = {
	{"write", EINTR}, {"fchmod", 0}, {"fsync", EINVAL}, {"rename", 0}, {"fclose(stdout)", 0},
};

/* Must the failure of the last call be reported? Yes where an image or a peer ended early. For
 * close() only of the new file, which was written and does not have its name yet. */
static bool must_be_told(const struct fault *f, const char *call)
{
	if (f->kind == SEAM_END && *call)
		return true;
	for (size_t i = 0; f->kind == SEAM_FILES && i < COUNT(must_tell); i++)
		if (!strcmp(call, must_tell[i].call) && f->err != must_tell[i].except)
			return true;
	return f->kind == SEAM_FILES && !strcmp(call, "close") && strstr(calls_made, "mkostemp ") &&
	       !strstr(calls_made, "rename ");
}

/* The text in which input ended early; NULL if it did not, or not in a text. */
static const struct text *ended_text(const struct seam_end *end)
{
	for (size_t i = 0; end->ino && i < COUNT(texts); i++) {
		struct stat st;

		if (stat(texts[i].name, &st))
			fatal(texts[i].name);
		if (st.st_ino == end->ino && st.st_dev == end->dev)
			return &texts[i];
	}
	return NULL;
}

/* Is everything as it is where the file really ends there? */
static void judge_cut(const struct command *c, const struct fault *f, const struct result *r)
{
	struct result real;

	cut.at = (size_t)r->end.at;
	run(c, &(struct fault){.nth = 0}, &real);
	if (r->status != real.status || !same(&r->out, &real.out) || !same(&r->err, &real.err) ||
	    !same(&r->files, &real.files))
		differs(c, f, r, "not what it is with a file that ends there");
	forget(&real);
}

/* Capture does without QEMU's memory, and says so. */
static bool told_less(const struct result *r)
{
	return strstr(r->err.data, "only what info tlb shows is taken");
}

/* Was something lost or changed, or is all as before? */
static void judge(const struct command *c, const struct fault *f, const struct result *r,
		  const struct result *good, const struct blob *before)
{
	cut.text = ended_text(&r->end);
	if (!WIFEXITED(r->status))
		differs(c, f, r, "killed by a signal");
	else if (cut.text)
		judge_cut(c, f, r);
	else if (r->status != good->status)
		judge_failure(c, f, r, good, before);
	else if (told_less(r))
		;
	else if (must_be_told(f, r->failed))
		differs(c, f, r, "works all the same");
	else if (!same(&r->out, &good->out) || !same(&r->files, &good->files))
		differs(c, f, r, "not what it is without the fault");
	cut.text = NULL;
}

/* False: there is no such nth call. */
static bool try_fault(const struct command *c, const struct fault *f, const struct result *good,
		      const struct blob *before)
{
	struct result r;
	bool happened;

	run(c, f, &r);
	happened = *r.failed;
	tried += happened;
	note_call(r.failed);
	judge(c, f, &r, good, before);
	if (r.stands_still && !strstr(r.err.data, "the guest was stopped and may stand still"))
		differs(c, f, &r, "the guest stands still");
	forget(&r);
	return happened;
}

/* The first call, and each so many calls later. */
static unsigned long try_each(const struct command *c, struct fault f, unsigned step,
			      const struct result *good, const struct blob *before)
{
	unsigned long n = 0;

	for (f.nth = 1; try_fault(c, &f, good, before); f.nth += step)
		n++;
	return n;
}

/* The contents must be on the disk before they get their name, and then the name: else a crash
 * would show what was never written. */
static void check_sync(void)
{
	const char *name = strstr(calls_made, "rename ");

	CHECK(name && strstr(calls_made, "fsync ") && strstr(calls_made, "fsync ") < name);
	CHECK(name && strstr(name, "fsync "));
}

static void every_fault_in(const void *arg)
{
	static const int errnos[] = {EIO, EINTR, ENOSPC, EACCES, EMFILE, EROFS};
	const struct command *c = arg;
	unsigned long files = 0, memory, parts, ends, bad = differed, late = after_rename;
	unsigned some = stride() > 1 ? 3 : 1;
	struct result good;
	struct blob before;
	size_t n_errnos;
	bool writes;

	make_files();
	before = all_files();
	run(c, &(struct fault){.nth = 0}, &good);
	writes = !same(&before, &good.files);
	CHECK(WIFEXITED(good.status) && WEXITSTATUS(good.status) == !strcmp(c->args[0], "diff"));
	n_errnos = every_errno ? COUNT(errnos) : stride() > 1 ? 1 : writes ? 3 : 2;
	for (size_t i = 0; i < n_errnos; i++) {
		*calls_made = '\0';
		files += try_each(c, (struct fault){SEAM_FILES, 0, errnos[i]}, writes ? 1 : some,
				  &good, &before);
	}
	if (writes) {
		check_sync();
		CHECK(after_rename > late);
	}
	memory = try_each(c, (struct fault){SEAM_MEMORY, 0, ENOMEM}, stride(), &good, &before);
	parts = try_each(c, (struct fault){SEAM_SHORT, 0, 0}, some, &good, &before);
	ends = try_each(c, (struct fault){SEAM_END, 0, 0}, some, &good, &before);
	/* Each verb looks for plug-ins and writes to standard output, at least. */
	CHECK(files > 0 && memory > 0);
	EQUAL(differed - bad, 0);
	tap_note("%lu file errors, %lu allocations, %lu short reads and writes, %lu early ends",
		 files, memory, parts, ends);
	forget(&good);
	free(before.data);
}

/* ---- */

static struct blob image(const char *core, const struct ppctlb_mapping *maps, size_t n)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;
	struct blob b = {NULL, 0};
	struct ppctlb *h;

	cfg.core = core;
	if (ppctlb_open(&h, &cfg) || ppctlb_map(h, maps, n, 0) || ppctlb_save(h, NULL, &b.len) ||
	    !(b.data = malloc(b.len)) || ppctlb_save(h, b.data, &b.len))
		fatal(ppctlb_errmsg());
	ppctlb_close(h);
	return b;
}

static void begin(void)
{
	static const struct ppctlb_mapping maps[] = {
		{0xc0000000, 0, 0x10000000, PPCTLB_SR, 0, 0},
		{0x1000, 0x1000, 0x1000, PPCTLB_SR | PPCTLB_W | PPCTLB_I, 0, 0},
	};
	char tmp[sizeof(directory) + sizeof("/tmp")];

	setenv("LC_ALL", "C", 1);
	setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	unsetenv("PPCTLB_BACKEND");
	unsetenv("PPCTLB_DEBUG");
	unsetenv("PPCTLB_MOCK");
	images[0] = image("e500v2", maps, 2);
	images[1] = image("e500v2", maps, 1);
	images[2] = image("440", maps, 2);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || !mkdtemp(directory) || chdir(directory) ||
	    mkdir("files", 0755) || mkdir("tmp", 0755) || chdir("files"))
		fatal(directory);
	snprintf(tmp, sizeof(tmp), "%s/tmp", directory);
	setenv("TMPDIR", tmp, 1);
}

static void end(void)
{
	empty_directory();
	if (chdir("..") || unlink("out") || unlink("err") || rmdir("files") || rmdir("tmp") ||
	    chdir("/") || rmdir(directory))
		fatal(directory);
	for (size_t i = 0; i < COUNT(images); i++)
		free(images[i].data);
}

/* With --long every errno that makes sense. Without, that of a bad disk, the one after which some
 * calls are tried again, and in verbs that write a file that of a full disk. With a stride the
 * first only, and neither every allocation nor, in verbs that only read, every call. */
int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--long"))
		every_errno = true;
	begin();
	for (size_t i = 0; i < COUNT(commands); i++) {
		char name[128];

		snprintf(name, sizeof(name), "%s %s %s", commands[i].args[0],
			 commands[i].args[1] ? commands[i].args[1] : "",
			 commands[i].args[1] && commands[i].args[2] ? commands[i].args[2] : "");
		tap_run(&(struct test){name, every_fault_in, &commands[i]});
	}
	end();
	tap_note("%lu faults tried, %lu differed; %lu after the new file had its name", tried,
		 differed, after_rename);
	tap_result(tried > 0 && !differed, "no fault made a difference");
	return tap_end();
}
