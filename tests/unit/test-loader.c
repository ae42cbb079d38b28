// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Finding and judging plug-ins, see ppctlb_open(3) and ppctlb-backend(7), with a zoo of broken
 * ones that have one defect each.
 */
#include "../support/unit-common.h"

#include <ppctlb/backend.h>

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[64], log_path[96];

/* ---- making files ---- */

static const char *in_dir(const char *name)
{
	static char path[4][PATH_MAX];
	static unsigned turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[0]), "%s/%s", dir, name);
	return path[turn];
}

static char *read_file(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);
	struct stat st;
	char *data;

	ck_assert_msg(fd >= 0 && !fstat(fd, &st), "%s: %s", path, strerror(errno));
	*len = (size_t)st.st_size;
	data = calloc(1, *len + 1);
	ck_assert_int_eq(read(fd, data, *len), (ssize_t)*len);
	close(fd);
	return data;
}

static void write_file(const char *name, const void *data, size_t len)
{
	int fd = open(in_dir(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, data, len), (ssize_t)len);
	close(fd);
}

/* A copy of one of the zoo's objects, with one byte changed (at < 0: none) and cut off at max. */
static void copy_changed(const char *object, const char *name, long at, char byte, size_t max)
{
	char from[PATH_MAX], *data;
	size_t len;

	snprintf(from, sizeof(from), "%s/%s", ZOO_DIR, object);
	data = read_file(from, &len);
	if (at >= 0)
		data[at] = byte;
	write_file(name, data, len < max ? len : max);
	free(data);
}

static void zoo(const char *name)
{
	copy_changed("zoo.so", name, -1, 0, SIZE_MAX);
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void setup(void)
{
	strcpy(dir, "/tmp/ppctlb-loader-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	setenv("PPCTLB_BACKEND_PATH", dir, 1);
	snprintf(log_path, sizeof(log_path), "%s/log", dir);
	setenv("ZOO_LOG", log_path, 1);
	write_file("log", "", 0);
}

static void teardown(void)
{
	nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* What plug-ins have logged so far. */
static void log_is(const char *want)
{
	size_t len;
	char *text = read_file(log_path, &len);

	ck_assert_str_eq(text, want);
	free(text);
}

static struct ppctlb_config config(const char *backend, const char *core)
{
	struct ppctlb_config cfg = PPCTLB_CONFIG_INIT;

	cfg.backend = backend;
	cfg.core = core;
	return cfg;
}

/* ---- broken plug-ins ---- */

static void make_zoo(const char *file)
{
	zoo(file);
}

static void make_none(const char *file)
{
	copy_changed("zoo-none.so", file, -1, 0, SIZE_MAX);
}

static void make_undefined(const char *file)
{
	copy_changed("zoo-undefined.so", file, -1, 0, SIZE_MAX);
}

static void make_empty(const char *file)
{
	write_file(file, "", 0);
}

static void make_text(const char *file)
{
	static const char text[] = "#!/bin/sh\nexit 0\n"
				   "# and something more, so that it is as long as a header\n";

	write_file(file, text, sizeof(text) - 1);
}

static void make_half(const char *file)
{
	copy_changed("zoo.so", file, -1, 0, 4000);
}

static void make_header(const char *file)
{
	copy_changed("zoo.so", file, -1, 0, 64);
}

/* e_ident[EI_CLASS]: 32 bits become 64, and the reverse */
static void make_other_class(const char *file)
{
	copy_changed("zoo.so", file, 4, sizeof(void *) == 8 ? 1 : 2, SIZE_MAX);
}

static void make_other_order(const char *file)
{
	const uint16_t one = 1;

	copy_changed("zoo.so", file, 5, *(const char *)&one ? 2 : 1, SIZE_MAX);
}

/* e_machine: no machine at all */
static void make_other_machine(const char *file)
{
	const uint16_t one = 1;

	copy_changed("zoo.so", file, *(const char *)&one ? 19 : 18, 0x7f, SIZE_MAX);
}

static void make_directory(const char *file)
{
	ck_assert_int_eq(mkdir(in_dir(file), 0755), 0);
}

static void make_fifo(const char *file)
{
	ck_assert_int_eq(mkfifo(in_dir(file), 0644), 0);
}

static void make_socket(const char *file)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%.60s/%.30s", dir, file);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void make_device(const char *file)
{
	ck_assert_int_eq(symlink("/dev/null", in_dir(file)), 0);
}

static void make_loop(const char *file)
{
	ck_assert_int_eq(symlink(in_dir(file), in_dir(file)), 0);
}

static void make_dangling(const char *file)
{
	ck_assert_int_eq(symlink("nowhere", in_dir(file)), 0);
}

/* So many bytes, which do not make it longer. */
static void grow(const char *file, off_t size)
{
	ck_assert_int_eq(truncate(in_dir(file), size), 0);
}

static void make_huge(const char *file)
{
	zoo(file);
	grow(file, ((off_t)1 << 30) + 1);
}

/* The second part to load ends where 64 bits, or 32, wrap. */
static void make_wrapping(const char *file)
{
	size_t len, seen = 0;
	ElfW(Ehdr) * e;
	ElfW(Phdr) * p;
	char *data;

	zoo(file);
	data = read_file(in_dir(file), &len);
	e = (void *)data;
	p = (void *)(data + e->e_phoff);
	while (p->p_type != PT_LOAD || ++seen < 2)
		p++;
	ck_assert_uint_gt(p->p_offset, 0);
	p->p_filesz = -p->p_offset;
	write_file(file, data, len);
	free(data);
}

/* e_type: an executable */
static void make_executable(const char *file)
{
	const uint16_t one = 1;

	copy_changed("zoo.so", file, *(const char *)&one ? 16 : 17, 2, SIZE_MAX);
}

static void make_writable(const char *file)
{
	zoo(file);
	ck_assert_int_eq(chmod(in_dir(file), 0646), 0);
}

static const struct broken {
	const char *name;
	void (*make)(const char *file);
	const char *reason, *more; /* what the message says */
} broken[] = {
	/* judged by abi and size, before anything else */
	{"abi-next", make_zoo, "its backend ABI is 3, this library's is 2", ""},
	{"abi-previous", make_zoo, "its backend ABI is 1, this library's is 2", ""},
	{"size-0", make_zoo, "its table has 0 bytes", ""},
	{"size-less", make_zoo, sizeof(void *) == 8 ? "its table has 72 " : "its table has 36 ",
	 ""},
	{"size-more", make_zoo, sizeof(void *) == 8 ? "its table has 88 " : "its table has 44 ",
	 ""},
	/* each operation missing */
	{"no-name", make_zoo, "no name", ""},
	{"no-cores", make_zoo, "no list of cores", ""},
	{"no-probe", make_zoo, "no operation probe", ""},
	{"no-open", make_zoo, "no operation open", ""},
	{"no-close", make_zoo, "no operation close", ""},
	{"no-get", make_zoo, "no operation get", ""},
	{"no-match", make_zoo, "no operation match", ""},
	{"no-set", make_zoo, "no operation set", ""},
	{"no-commit", make_zoo, "no operation commit", ""},
	{"other-name", make_zoo, "it calls itself 'an?[1mother?'", ""},
	{"core-no-name", make_zoo, "its core number 1", "name"},
	{"a-core-with-a-long-name", make_zoo, "its core number 1", "name"},
	/* what the library calls, and relies on, in a core */
	{"no-encode", make_zoo, "its core core-no-encode has no operation encode", ""},
	{"no-decode", make_zoo, "its core core-no-decode has no operation decode", ""},
	{"no-overlap", make_zoo, "its core core-no-overlap has no operation overlap", ""},
	{"no-resize", make_zoo, "its core core-no-resize has no operation resize", ""},
	{"no-backend", make_zoo, "its core core-no-backend has no name of its backend", ""},
	{"no-word", make_zoo,
	 "its core core-no-word has no name of 1 to 15 characters for each of its words", ""},
	{"no-word-1", make_zoo,
	 "its core core-no-word-1 has no name of 1 to 15 characters for each of its words", ""},
	{"word-gap", make_zoo,
	 "its core core-word-gap has no name of 1 to 15 characters for each of its words", ""},
	{"word-long", make_zoo, "has no name of 1 to 15 characters for each of its words", ""},
	{"row-bad", make_zoo, "its core core-row-bad has no words of its text", ""},
	{"row-empty", make_zoo, "its core core-row-empty has no words of its text", ""},
	{"row-wide", make_zoo, "its core core-row-wide has no words of its text", ""},
	{"row-long", make_zoo, "its core core-row-long has no words of its text", ""},
	{"field-bad", make_zoo, "its core core-field-bad has no words of its text", ""},
	{"alias-bad", make_zoo, "its core core-alias-bad has no alias of 1 to 15 characters", ""},
	{"ea-65", make_zoo, "its core core-ea-65 has EA of 65 bits, 1 to 64 are possible", ""},
	{"ea-0", make_zoo, "its core core-ea-0 has EA of 0 bits", ""},
	{"ra-65", make_zoo, "its core core-ra-65 has RA of 65 bits", ""},
	{"tid-17", make_zoo, "its core core-tid-17 has TID of 17 bits, 0 to 16", ""},
	{"lpid-17", make_zoo, "its core core-lpid-17 has LPID of 17 bits", ""},
	{"entries-m", make_zoo, "has 131072 entries, 65536 are possible", ""},
	{"no-pvrs", make_zoo, "its core core-no-pvrs has no list of PVRs", ""},
	{"pvr-bits", make_zoo, "its core core-pvr-bits has PVR 0x600d0001 outside of mask", ""},
	{"arrays-0", make_zoo, "its core core-arrays-0 has 0 TLBs", ""},
	{"arrays-3", make_zoo, "its core core-arrays-3 has 3 TLBs", ""},
	{"hidden", make_zoo, "its core core-hidden has 1 TLB and entries in another", ""},
	{"entries-0", make_zoo, "TLB0 of its core core-entries-0 has 0 entries in 4 ways", ""},
	{"ways-0", make_zoo, "TLB0 of its core core-ways-0 has 4 entries in 0 ways", ""},
	{"ways-3", make_zoo, "TLB0 of its core core-ways-3 has 4 entries in 3 ways", ""},
	{"ways-8", make_zoo, "TLB0 of its core core-ways-8 has 4 entries in 8 ways", ""},
	{"sets-3", make_zoo, "TLB0 of its core core-sets-3 has 12 entries in 4 ways", ""},
	{"set-8k", make_zoo,
	 "TLB0 of its core core-set-8k has sets and pages of other sizes than 4K", ""},
	{"no-sizes", make_zoo, "TLB0 of its core core-no-sizes has no page size", ""},
	{"no-tlb1", make_zoo, "TLB1 of its core core-no-tlb1 has 0 entries in 0 ways", ""},
	/* no plug-in */
	{"none", make_none, "no symbol ppctlb_backend", ""},
	{"undefined", make_undefined, "a_function_that_is_nowhere", ""},
	{"empty", make_empty, "it is cut off, or not an ELF object", ""},
	{"text", make_text, "it is not an ELF object", ""},
	{"half", make_half, "it is cut off: a segment has", "4000"},
	{"header", make_header, "it is cut off", ""},
	{"wrapping", make_wrapping, "it is cut off: a segment has 1844", ""},
	{"huge", make_huge, "it has 1073741825 bytes, more than any plug-in", ""},
	{"executable", make_executable, "it is not a shared object", ""},
	{"other-class", make_other_class, "wrong ELF class", ""},
	{"other-order", make_other_order, "wrong byte order: its endianness is", ""},
	{"other-machine", make_other_machine, "wrong machine", ""},
	/* no file, or not one to trust */
	{"directory", make_directory, "a directory, not a regular file", ""},
	{"fifo", make_fifo, "a FIFO, not a regular file", ""},
	{"socket", make_socket, "a socket, not a regular file", ""},
	{"device", make_device, "a device, not a regular file", ""},
	{"loop", make_loop, "symbolic links", ""},
	{"dangling", make_dangling, "No such file", ""},
	{"writable", make_writable, "it is writable by everyone", ""},
};

static const char *reason_seen;

static void find_reason(const struct ppctlb_backend_info *info, void *arg)
{
	static char reason[1024];

	if (strcmp(info->name, arg))
		return;
	ck_assert_ptr_nonnull(info->reason);
	snprintf(reason, sizeof(reason), "%s", info->reason);
	reason_seen = reason;
}

/* The reason in a path of one directory. C libraries other than glibc put the path into dlopen()'s
 * reasons. */
static void directory_stands_once(void)
{
#ifdef __GLIBC__
	const char *message = ppctlb_errmsg();

	ck_assert_ptr_nonnull(strstr(message, dir));
	ck_assert_msg(!strstr(strstr(message, dir) + 1, dir), "%s", message);
#endif
}

/* -ENOEXEC, with name, path and reason; enumerated with its reason; its code is never called. */
START_TEST(broken_is_refused)
{
	const struct broken *b = &broken[_i];
	struct ppctlb_config cfg = config(b->name, "core-x");
	char file[64], line[64];

	snprintf(file, sizeof(file), "%s.so", b->name);
	b->make(file);
	FAILS(ENOEXEC, open_close(&cfg), b->name, in_dir(file), b->reason, b->more);
	reason_seen = NULL;
	WORKS(ppctlb_backends(find_reason, (void *)b->name));
	ck_assert_ptr_nonnull(reason_seen);
	ck_assert_ptr_nonnull(strstr(reason_seen, b->reason));
	/* where no plug-in has the core, each is listed on a line with its reason */
	cfg.backend = NULL;
	snprintf(line, sizeof(line), "\n%s: ", b->name);
	FAILS(ENOENT, open_close(&cfg), "core-x", dir, line, b->reason);
	directory_stands_once();
	ck_assert_ptr_null(ppctlb_core("core-x"));
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), b->reason));
	log_is("");
}
END_TEST

/* The contents of a plug-in are read once: later the dynamic loader has it, whatever the file is.
 * Who may write the file is asked each time. */
START_TEST(a_loaded_plugin_is_not_read_again)
{
	struct ppctlb_config cfg = config("once", "core-once");

	make_zoo("once.so");
	WORKS(open_close(&cfg));
	ck_assert_int_eq(unlink(in_dir("once.so")), 0);
	make_text("once.so");
	WORKS(open_close(&cfg));
	ck_assert_int_eq(chmod(in_dir("once.so"), 0666), 0);
	FAILS(ENOEXEC, open_close(&cfg), "writable by everyone");
	ck_assert_int_eq(unlink(in_dir("once.so")), 0);
	FAILS(ENOENT, open_close(&cfg), "once");
}
END_TEST

/* Each defect has words of its own; a core must not have the same name twice. */
START_TEST(reasons_differ)
{
	for (size_t i = 0; i < COUNT(broken); i++)
		for (size_t k = i + 1; k < COUNT(broken); k++)
			ck_assert_msg(strcmp(broken[i].reason, broken[k].reason) ||
					      !strcmp(broken[i].reason, "its core number 1"),
				      "%s and %s", broken[i].name, broken[k].name);
}
END_TEST

static void count_one(const struct ppctlb_backend_info *info, void *arg)
{
	(void)info;
	++*(size_t *)arg;
}

static void set_reason(const struct ppctlb_backend_info *info, void *arg)
{
	snprintf(arg, 1024, "%s", info->reason ? info->reason : "");
}

/* dlopen() would map bytes that are not there, and the process would die: the library refuses a
 * plug-in that is cut off anywhere, unless only what a linker needs is missing. */
START_TEST(cut_off_anywhere)
{
	char *whole, path[PATH_MAX], reason[1024] = "";
	size_t len, loads = 0;

	snprintf(path, sizeof(path), "%s/zoo.so", ZOO_DIR);
	whole = read_file(path, &len);
	for (size_t n = 0; n < len; n += n < 1024 ? 8 : 61) {
		write_file("cut.so", whole, n);
		WORKS(ppctlb_backends(set_reason, reason));
		ck_assert_msg(!*reason || strstr(reason, "it is cut off"), "%zu of %zu bytes: %s",
			      n, len, reason);
		ck_assert_msg(*reason || n > 4096, "%zu of %zu bytes are taken", n, len);
		ck_assert_msg(*reason || ++loads, "never");
		ck_assert_int_eq(remove(in_dir("cut.so")), 0);
	}
	free(whole);
	ck_assert_uint_gt(loads, 0);
}
END_TEST

/* Nothing behind the object is read. */
START_TEST(large_is_fine)
{
	struct ppctlb_config cfg = config("good", "core-good");

	zoo("good.so");
	grow("good.so", (off_t)1 << 30);
	WORKS(open_close(&cfg));
}
END_TEST

/* Eight numbers in a row, but not nine. */
START_TEST(long_row_is_fine)
{
	struct ppctlb_config cfg = config("row-good", "core-row-good");

	zoo("row-good.so");
	WORKS(open_close(&cfg));
}
END_TEST

/* A broken plug-in does not keep the library from using the good one beside it. */
START_TEST(broken_beside_good)
{
	struct ppctlb_config cfg = config(NULL, "core-good");
	char file[64];

	snprintf(file, sizeof(file), "%s.so", broken[_i].name);
	broken[_i].make(file);
	zoo("good.so");
	WORKS(open_close(&cfg));
	log_is("good open\ngood close\n");
}
END_TEST

/* root can read everything, so this runs as nobody. */
static void holds_for_nobody(bool (*holds)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (geteuid() == 0 && setuid(65534))
			_exit(2);
		_exit(!holds());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}

static bool secret_is_refused(void)
{
	struct ppctlb_config cfg = config("secret", "core-x");

	return open_close(&cfg) == -ENOEXEC && strstr(ppctlb_errmsg(), "Permission denied");
}

/* A file without permission to read. */
START_TEST(unreadable_is_refused)
{
	zoo("secret.so");
	ck_assert_int_eq(chmod(in_dir("secret.so"), 0), 0);
	ck_assert_int_eq(chmod(dir, 0755), 0);
	holds_for_nobody(secret_is_refused);
}
END_TEST

static bool directory_is_trouble(void)
{
	struct ppctlb_config cfg = config(NULL, "core-good");
	size_t n = 0;

	return open_close(&cfg) == -EIO && strstr(ppctlb_errmsg(), "Permission denied") &&
	       !ppctlb_core("core-good") && errno == EIO && ppctlb_backends(count_one, &n) == -EIO;
}

/* Without the right to read the directory nobody knows what is in it: that is not "no such core".
 */
START_TEST(unreadable_directory)
{
	zoo("good.so");
	ck_assert_int_eq(chmod(dir, 0), 0);
	holds_for_nobody(directory_is_trouble);
	ck_assert_int_eq(chmod(dir, 0755), 0);
}
END_TEST

/* Whoever can write the directory owns the process; a directory like /tmp is no better. */
START_TEST(directory_writable_by_everyone)
{
	static const mode_t modes[] = {0777, 01777, 0702};
	struct ppctlb_config cfg = config("good", "core-good");

	zoo("good.so");
	for (size_t i = 0; i < COUNT(modes); i++) {
		ck_assert_int_eq(chmod(dir, modes[i]), 0);
		FAILS(ENOEXEC, open_close(&cfg), "good.so",
		      "its directory is writable by everyone");
	}
	ck_assert_int_eq(chmod(dir, 0755), 0);
	WORKS(open_close(&cfg));
}
END_TEST

/* A link does not lead around that rule. */
START_TEST(link_to_a_directory_writable_by_everyone)
{
	struct ppctlb_config cfg = config("good", "core-good");

	ck_assert_int_eq(mkdir(in_dir("everyones"), 0700), 0);
	zoo("everyones/good.so");
	ck_assert_int_eq(symlink("everyones/good.so", in_dir("good.so")), 0);
	WORKS(open_close(&cfg));
	ck_assert_int_eq(chmod(in_dir("everyones"), 0777), 0);
	FAILS(ENOEXEC, open_close(&cfg), "good.so",
	      "the directory that a link leads to is writable by everyone");
}
END_TEST

/* ---- the search path ---- */

/* A missing backend is -ENOENT, with the name and the directories. */
START_TEST(missing_backend)
{
	struct ppctlb_config cfg = config("missing", "440");

	FAILS(ENOENT, open_close(&cfg), "missing", dir);
	cfg.backend_path = "/nonexistent:/dev/null";
	FAILS(ENOENT, open_close(&cfg), "missing", "/nonexistent:/dev/null");
	cfg.backend = NULL;
	FAILS(ENOENT, open_close(&cfg), "440", "/nonexistent:/dev/null", "there is no backend");
}
END_TEST

/* dlopen() would put another directory for $LIB than the one that was checked. */
START_TEST(path_with_a_token)
{
	static const char *const paths[] = {"/$LIB", "/a:/usr/$ORIGIN/b", "/x/${PLATFORM}", "/$"};
	struct ppctlb_config cfg = config("good", "core-good");

	zoo("good.so");
	for (size_t i = 0; i < COUNT(paths); i++) {
		cfg.backend = "good";
		cfg.backend_path = paths[i];
		FAILS(EINVAL, open_close(&cfg), "cfg.backend_path", "'$'");
		cfg.backend_path = NULL;
		setenv("PPCTLB_BACKEND_PATH", paths[i], 1);
		FAILS(EINVAL, open_close(&cfg), "PPCTLB_BACKEND_PATH", "'$'");
		cfg.backend = NULL;
		FAILS(EINVAL, open_close(&cfg), "PPCTLB_BACKEND_PATH", "'$'");
	}
	log_is("");
}
END_TEST

/* A core of a third party's never sees PPCTLB_NO_SLOT: the zoo's would abort. */
START_TEST(no_slot_is_the_front_ends)
{
	struct ppctlb_mapping m = {0x1000, 0x1000, 4096, PPCTLB_SR, 0, 0};
	const struct ppctlb_core *core;
	struct ppctlb_entry e;

	zoo("good.so");
	setenv("PPCTLB_BACKEND_PATH", dir, 1);
	core = ppctlb_core("core-good");
	ck_assert_ptr_nonnull(core);
	WORKS(ppctlb_encode(core, &m, &e));
	ck_assert_uint_eq(e.tlb, PPCTLB_NO_SLOT);
	WORKS(ppctlb_decode(core, &e, &m));
	WORKS(ppctlb_decode_any(core, &e, &m));
}
END_TEST

/* The path is a colon list of absolute directories: a relative or an empty element is -EINVAL. */
START_TEST(bad_path)
{
	static const char *const paths[] = {
		"",    ":",	 "lib",	 "./lib",     ".",   "~/lib",  "/a:",
		":/a", "/a::/b", "/a:b", "/a:./b:/c", " /a", "/a: /b",
	};
	struct ppctlb_config cfg = config("good", "core-good");

	zoo("good.so");
	for (size_t i = 0; i < COUNT(paths); i++) {
		cfg.backend = "good";
		cfg.backend_path = paths[i];
		FAILS(EINVAL, open_close(&cfg), "cfg.backend_path", "absolute", paths[i]);
		cfg.backend = NULL;
		FAILS(EINVAL, open_close(&cfg), "cfg.backend_path", "absolute");
		cfg.backend_path = NULL;
		setenv("PPCTLB_BACKEND_PATH", paths[i], 1);
		FAILS(EINVAL, open_close(&cfg), "PPCTLB_BACKEND_PATH", "absolute");
		FAILS(EINVAL, ppctlb_backends(find_reason, (void *)"x"), "PPCTLB_BACKEND_PATH");
		ck_assert_ptr_null(ppctlb_core("core-good"));
		ck_assert_int_eq(errno, EINVAL);
	}
	log_is("");
}
END_TEST

/* cfg's path, else PPCTLB_BACKEND_PATH, which replaces the installed directory. */
START_TEST(path_of_cfg_wins)
{
	struct ppctlb_config cfg = config("good", "core-good");
	char path[PATH_MAX];

	zoo("good.so");
	WORKS(open_close(&cfg));
	cfg.backend_path = dir;
	setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	WORKS(open_close(&cfg));
	cfg.backend_path = NULL;
	FAILS(ENOENT, open_close(&cfg), "/nonexistent");
	snprintf(path, sizeof(path), "/nonexistent:%s:/dev/null", dir);
	setenv("PPCTLB_BACKEND_PATH", path, 1);
	WORKS(open_close(&cfg));
	cfg.backend = NULL;
	WORKS(open_close(&cfg));
	snprintf(path, sizeof(path), "%s/", dir);
	setenv("PPCTLB_BACKEND_PATH", path, 1);
	WORKS(open_close(&cfg));
	unsetenv("PPCTLB_BACKEND_PATH");
	FAILS(ENOENT, open_close(&cfg), "core-good");
}
END_TEST

/* Of two files of one name the first directory's counts: there is no falling back on the second. */
START_TEST(first_directory_wins)
{
	struct ppctlb_config cfg = config("good", "core-good");
	char path[PATH_MAX];

	ck_assert_int_eq(mkdir(in_dir("one"), 0755), 0);
	ck_assert_int_eq(mkdir(in_dir("two"), 0755), 0);
	make_text("one/good.so");
	zoo("two/good.so");
	snprintf(path, sizeof(path), "%s/one:%s/two", dir, dir);
	setenv("PPCTLB_BACKEND_PATH", path, 1);
	FAILS(ENOEXEC, open_close(&cfg), "one/good.so");
	cfg.backend = NULL;
	FAILS(ENOENT, open_close(&cfg), "one/good.so");
	snprintf(path, sizeof(path), "%s/two:%s/one", dir, dir);
	setenv("PPCTLB_BACKEND_PATH", path, 1);
	WORKS(open_close(&cfg));
	cfg.backend = "good";
	WORKS(open_close(&cfg));
}
END_TEST

/* A message has no control characters for a terminal to obey, and a newline in a name adds no line
 * to the list. */
static void message_is_clean(void)
{
	const char *message = ppctlb_errmsg();

	for (const char *p = message; *p; p++)
		ck_assert_msg((unsigned char)*p >= ' ' && *p != 0x7f, "'%s'", message);
}

static void refuse_control_characters(void)
{
	static const char hostile[] = "good\n\033[31m\x07\x7f\r", words[] = "good??[31m???";
	struct ppctlb_config cfg = config(hostile, "core-good");

	FAILS(EINVAL, open_close(&cfg), words, "not a legal backend name");
	message_is_clean();
	cfg = config(NULL, hostile);
	FAILS(EINVAL, open_close(&cfg), words, "not a legal core name");
	message_is_clean();
	ck_assert_ptr_null(ppctlb_core(hostile));
	message_is_clean();
	cfg = config("good", "core-good");
	cfg.backend_path = hostile;
	FAILS(EINVAL, open_close(&cfg), words, "absolute");
	message_is_clean();
	cfg.backend_path = "/nowhere\n\033[31m";
	FAILS(ENOENT, open_close(&cfg), "/nowhere??[31m");
	message_is_clean();
	setenv("PPCTLB_BACKEND", hostile, 1);
	cfg = config(NULL, "core-good");
	FAILS(EINVAL, open_close(&cfg), words, "PPCTLB_BACKEND");
	message_is_clean();
	unsetenv("PPCTLB_BACKEND");
	ck_assert_int_eq(mkdir(in_dir("a\nb"), 0755), 0);
	make_text("a\nb/text.so");
	cfg.backend_path = in_dir("a\nb");
	FAILS(ENOENT, open_close(&cfg), "a?b\ntext: it is not an ELF object");
	ck_assert_ptr_eq(strchr(ppctlb_errmsg(), '\n'), strrchr(ppctlb_errmsg(), '\n'));
	cfg.backend = "text";
	FAILS(ENOEXEC, open_close(&cfg), "backend text", "a?b/text.so");
	message_is_clean();
}

/* Long names are cut in the message. */
static void refuse_huge_names(void)
{
	static char huge[1 << 20];
	struct ppctlb_config cfg;

	memset(huge, 'x', sizeof(huge) - 1);
	cfg = config(huge, "core-good");
	FAILS(EINVAL, open_close(&cfg), "not a legal backend name");
	cfg = config(NULL, huge);
	FAILS(EINVAL, open_close(&cfg), "not a legal core name");
	ck_assert_ptr_null(ppctlb_core(huge));
	huge[0] = '/';
	cfg = config("good", "core-good");
	cfg.backend_path = huge;
	FAILS(ENOEXEC, open_close(&cfg), "good (/xxx", "xxx...): ", "too long");
	cfg.backend = NULL;
	FAILS(EIO, open_close(&cfg), "/xxx");
}

/* Names are [a-z0-9][a-z0-9_-]{0,30}: any other name is -EINVAL, and no file is opened. */
START_TEST(hostile_names)
{
	static const char *const names[] = {
		"",	     ".",
		"..",	     "../good",
		"/tmp/good", "good/",
		"./good",    "good.so",
		"GOOD",	     "Good",
		"-good",     "_good",
		"go od",     " good",
		"good ",     "g%sd",
		"%n%n%n%n",  "g\303\266\303\266d",
		"good:",     "good;x",
		"$HOME",     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	};
	struct ppctlb_config cfg = config(NULL, "core-good");

	zoo("good.so");
	for (size_t i = 0; i < COUNT(names); i++) {
		cfg = config(names[i], "core-good");
		FAILS(EINVAL, open_close(&cfg), names[i], "not a legal backend name");
		cfg = config(NULL, names[i]);
		FAILS(EINVAL, open_close(&cfg), names[i], "not a legal core name");
		cfg = config("good", names[i]);
		FAILS(EINVAL, open_close(&cfg), names[i]);
		ck_assert_ptr_null(ppctlb_core(names[i]));
		ck_assert_int_eq(errno, EINVAL);
		setenv("PPCTLB_BACKEND", names[i], 1);
		cfg = config(NULL, "core-good");
		FAILS(EINVAL, open_close(&cfg), names[i], "PPCTLB_BACKEND");
		unsetenv("PPCTLB_BACKEND");
	}
	refuse_control_characters();
	/* 31 characters are a name */
	cfg = config("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "core-good");
	FAILS(ENOENT, open_close(&cfg), "no backend");
	refuse_huge_names();
	log_is("");
}
END_TEST

/* Files with other names are ignored. */
START_TEST(other_files_are_passed_over)
{
	static const char *const files[] = {
		"Good.so",   "-x.so",	   ".so",
		"good.so.0", "good",	   "x.txt",
		"a b.so",    ".hidden.so", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.so"};
	struct ppctlb_config cfg = config(NULL, "core-x");

	for (size_t i = 0; i < COUNT(files); i++)
		make_text(files[i]);
	FAILS(ENOENT, open_close(&cfg), "there is no backend");
}
END_TEST

/* ---- enumeration ---- */

struct names {
	char text[512];
};

static void list_backend(const struct ppctlb_backend_info *info, void *arg)
{
	struct names *n = arg;

	strcat(n->text, info->name);
	strcat(n->text, info->reason ? "- " : "+ ");
	if (strcmp(info->path, "built in"))
		ck_assert(!strncmp(info->path, dir, strlen(dir)));
}

static void list_core(const struct ppctlb_core_info *info, void *arg)
{
	strcat(((struct names *)arg)->text, info->name);
	strcat(((struct names *)arg)->text, " ");
}

/* In name order, each once, with the reason if one is unusable. */
START_TEST(backends_in_name_order)
{
	static const char *const files[] = {"zz.so",	 "b.so",   "9.so", "a_b.so",
					    "no-set.so", "a-b.so", "a.so"};
	struct names n = {""};

	for (size_t i = 0; i < COUNT(files); i++)
		zoo(files[i]);
	make_fifo("m.so");
	WORKS(ppctlb_backends(list_backend, &n));
	if (!strstr(n.text, "44x+") && !strstr(n.text, "e500+")) /* no built-in ones */
		ck_assert_str_eq(n.text, "9+ a+ a-b+ a_b+ b+ m- no-set- zz+ ");
	memset(&n, 0, sizeof(n));
	WORKS(ppctlb_cores(list_core, &n));
	ck_assert_ptr_nonnull(strstr(n.text, "core-a "));
	ck_assert_ptr_nonnull(strstr(n.text, "core-b "));
	ck_assert_ptr_nonnull(strstr(n.text, "core-zz "));
	ck_assert_ptr_null(strstr(n.text, "core-no"));
	FAILS(EINVAL, ppctlb_backends(NULL, NULL), "NULL");
	FAILS(EINVAL, ppctlb_cores(NULL, NULL), "NULL");
	/* an empty directory is no error */
	memset(&n, 0, sizeof(n));
	setenv("PPCTLB_BACKEND_PATH", "/nonexistent", 1);
	WORKS(ppctlb_backends(list_backend, &n));
	ck_assert_str_eq(n.text, "");
}
END_TEST

/* RTLD_LOCAL: plug-ins with the same symbols, loaded at once, do not mix. */
START_TEST(plugins_are_apart)
{
	struct ppctlb_config a = config("a", "core-a"), b = config("b", "core-b");
	struct ppctlb_info info = {.size = sizeof(info)};
	struct ppctlb *ha, *hb;

	zoo("a.so");
	zoo("b.so");
	WORKS(ppctlb_open(&ha, &a));
	WORKS(ppctlb_open(&hb, &b));
	WORKS(ppctlb_info(ha, &info));
	ck_assert_str_eq(info.backend, "a");
	ck_assert_str_eq(info.core->name, "core-a");
	ck_assert_str_eq(info.backend_path, in_dir("a.so"));
	ck_assert_str_eq(info.transport, "zoo");
	WORKS(ppctlb_info(hb, &info));
	ck_assert_str_eq(info.backend, "b");
	ck_assert_str_eq(info.core->name, "core-b");
	ppctlb_close(ha);
	ppctlb_close(hb);
	log_is("a open\nb open\na close\nb close\n");
}
END_TEST

/* A core is valid for the life of the process: RTLD_NODELETE. */
START_TEST(a_core_stays)
{
	struct ppctlb_config cfg = config("good", "core-good");
	const struct ppctlb_core *core;

	zoo("good.so");
	core = core_of("core-good");
	WORKS(open_close(&cfg));
	ck_assert_int_eq(remove(in_dir("good.so")), 0);
	ck_assert_str_eq(ppctlb_core_info(core)->name, "core-good");
	ck_assert_ptr_null(ppctlb_core("core-good"));
}
END_TEST

/* A backend of another family is an error: it lacks the core. */
START_TEST(core_of_another_family)
{
	struct ppctlb_config cfg = config("a", "core-b");

	zoo("a.so");
	zoo("b.so");
	FAILS(EINVAL, open_close(&cfg), "backend a", "core-b");
	cfg.core = "core-c";
	FAILS(ENOENT, open_close(&cfg), "core-c");
	log_is("");
}
END_TEST

/* A core is found by any PVR of its list and by no other; else each plug-in's reason is on a line.
 */
START_TEST(core_by_pvr)
{
	zoo("a.so");
	zoo("empty-cores.so");
	make_text("text.so");
	for (int i = 0; i < 3; i++) {
		static const uint32_t good[] = {0x500d0000, 0x500dffff, 0x600d0001};
		const struct ppctlb_core *core;

		spoil_message();
		core = ppctlb_core_by_pvr(good[i]);
		ck_assert_ptr_nonnull(core);
		ck_assert_str_eq(ppctlb_core_info(core)->name, "core-a");
		ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), "spoilt"));
	}
	for (int i = 0; i < 4; i++) {
		static const uint32_t bad[] = {0x500c0000, 0x600d0000, 0, 0xffffffff};
		char first[160];

		errno = 0;
		ck_assert_ptr_null(ppctlb_core_by_pvr(bad[i]));
		ck_assert_int_eq(errno, ENOENT);
		snprintf(first, sizeof(first), "no backend has a core with PVR 0x%08x in %s\n",
			 bad[i], dir);
		ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), first));
		snprintf(first, sizeof(first), "\na: no core with PVR 0x%08x\n", bad[i]);
		ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), first));
		ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), "\nempty-cores: no core with PVR"));
		ck_assert_ptr_nonnull(strstr(ppctlb_errmsg(), "\ntext: it is not an ELF object"));
	}
	setenv("PPCTLB_BACKEND_PATH", "relative", 1);
	ck_assert_ptr_null(ppctlb_core_by_pvr(0x500d0000));
	ck_assert_int_eq(errno, EINVAL);
	log_is("");
}
END_TEST

/* 476 is refused by name, since its bits differ: no plug-in is asked. */
START_TEST(the_476_is_refused)
{
	struct ppctlb_config cfg = config(NULL, "476");

	zoo("good.so");
	FAILS(ENOTSUP, open_close(&cfg), "476", "bits");
	cfg.backend = "good";
	FAILS(ENOTSUP, open_close(&cfg), "476", "bits");
	ck_assert_ptr_null(ppctlb_core("476"));
	ck_assert_int_eq(errno, ENOTSUP);
	ck_assert_ptr_null(ppctlb_core("47x"));
	ck_assert_int_eq(errno, ENOTSUP);
	ck_assert_ptr_null(ppctlb_core(NULL));
	ck_assert_int_eq(errno, EINVAL);
	log_is("");
}
END_TEST

/* ---- the message about many plug-ins ---- */

#define MANY 60

/* MANY plug-ins, all broken, in a directory with a path of 235 characters. */
static const char *make_many(void)
{
	static char path[236];
	char file[PATH_MAX];
	size_t len = strlen(dir) + 1;

	memset(path, 'd', sizeof(path) - 1);
	snprintf(path, len + 1, "%s/", dir);
	path[len] = 'd';
	ck_assert_int_eq(mkdir(path, 0755), 0);
	for (int i = 0; i < MANY; i++) {
		snprintf(file, sizeof(file), "%s/defective-%02d.so", path + len, i);
		make_text(file);
	}
	return path;
}

/* No line repeats the directory, so that every line fits, the last one too. */
START_TEST(many_plug_ins)
{
	struct ppctlb_config cfg = config(NULL, "core-x");
	char lines[4096] = "";

	cfg.backend_path = make_many();
	for (int i = 0; i < MANY; i++)
		snprintf(lines + strlen(lines), sizeof(lines) - strlen(lines),
			 "\ndefective-%02d: it is not an ELF object", i);
	FAILS(ENOENT, open_close(&cfg), "core-x", cfg.backend_path, lines);
	directory_stands_once();
	if (!strstr(ppctlb_errmsg(), "(built in)"))
		ck_assert_str_eq(strstr(ppctlb_errmsg(), lines), lines);
}
END_TEST

/* Line i of the message is whole. */
static void is_whole(const char *line, size_t len, const char *path, size_t i)
{
	char want[PATH_MAX];

	snprintf(want, sizeof(want),
		 "defective-%02zu (%s/defective-%02zu.so): it is not an ELF object", i, path, i);
	ck_assert_msg(len == strlen(want) && !memcmp(line, want, len), "'%.*s', not '%s'", (int)len,
		      line, want);
}

/* The message has as many lines as fit, each of them whole; the last line says how many are
 * missing and where to find them all, and that is right. */
static void last_line_tells_the_rest(const char *path, const char *where)
{
	size_t shown = 0, other = 0, all = 0, len;
	const char *line = strchr(ppctlb_errmsg(), '\n');
	char last[128];

	for (; line && strncmp(line, "\nand ", 5); line = strchr(line + 1, '\n')) {
		len = strcspn(line + 1, "\n");
		if (memmem(line + 1, len, "(built in)", 10))
			other++;
		else
			is_whole(line + 1, len, path, shown++);
	}
	WORKS(ppctlb_backends(count_one, &all));
	ck_assert_uint_gt(shown, 4);
	ck_assert_uint_gt(all, MANY);
	snprintf(last, sizeof(last), "\nand %zu more; %s", all - shown - other, where);
	ck_assert_ptr_nonnull(line);
	ck_assert_str_eq(line, last);
}

/* With two directories every line needs its own, and not all fit. */
START_TEST(too_many_plug_ins)
{
	struct ppctlb_config cfg = config(NULL, "core-x");
	const char *long_path = make_many();
	char path[512];

	snprintf(path, sizeof(path), "%s:%s", long_path, dir);
	zoo("empty-cores.so");
	setenv("PPCTLB_BACKEND_PATH", path, 1);
	FAILS(ENOENT, open_close(&cfg), "core-x", path);
	last_line_tells_the_rest(long_path, "ppctlb_backends() has them all");
	/* text put in front takes nothing from the end */
	setenv("PPCTLB_BACKEND", "empty-cores", 1);
	FAILS(ENOENT, open_close(&cfg), "PPCTLB_BACKEND: no backend", path);
	last_line_tells_the_rest(long_path, "ppctlb_backends() has them all");
	unsetenv("PPCTLB_BACKEND");
	cfg.backend_path = path;
	FAILS(ENOENT, open_close(&cfg), "core-x", path);
	last_line_tells_the_rest(long_path, "ppctlb_backends() has them all with "
					    "PPCTLB_BACKEND_PATH set to that path");
}
END_TEST

/* A line that ends exactly where the room does. */
START_TEST(any_length_of_lines)
{
	struct ppctlb_config cfg = config(NULL, "core-x");
	char path[512];

	snprintf(path, sizeof(path), "%s", make_many());
	zoo("empty-cores.so");
	while (strlen(path) < 435) {
		char both[600];

		strcat(path, "/");
		snprintf(both, sizeof(both), "%s:%s", path, dir);
		setenv("PPCTLB_BACKEND_PATH", both, 1);
		FAILS(ENOENT, open_close(&cfg), both);
		last_line_tells_the_rest(path, "ppctlb_backends() has them all");
	}
}
END_TEST

/* What is too long for the message ends with dots. */
START_TEST(long_paths_end_in_dots)
{
	struct ppctlb_config cfg = config(NULL, "core-x");
	static char path[6000];

	while (strlen(path) < 5000)
		strcat(path, *path ? ":/nonexistent" : "/nonexistent");
	cfg.backend_path = path;
	FAILS(ENOENT, open_close(&cfg), "core-x", "...: there is no backend");
	cfg.backend = "good";
	FAILS(ENOENT, open_close(&cfg), "no backend 'good' in /nonexistent:/nonexistent");
	ck_assert_str_eq(ppctlb_errmsg() + strlen(ppctlb_errmsg()) - 3, "...");
	/* and again with something in front */
	cfg.backend = NULL;
	setenv("PPCTLB_BACKEND", "good", 1);
	FAILS(ENOENT, open_close(&cfg), "PPCTLB_BACKEND: no backend 'good' in /nonexistent");
	ck_assert_str_eq(ppctlb_errmsg() + strlen(ppctlb_errmsg()) - 3, "...");
}
END_TEST

/* ---- cores that are odd and good ---- */

/* A bit outside a core's word. */
START_TEST(no_such_word)
{
	struct ppctlb_entry e = {.word = {1, 1}};
	struct ppctlb_mapping m;

	zoo("good.so");
	FAILS(EINVAL, ppctlb_decode(core_of("core-good"), &e, &m), "core-good has no word 1");
}
END_TEST

static void no_line(const char *line, void *arg)
{
	(void)line;
	(void)arg;
	ck_abort_msg("a line of the dump");
}

/* Nothing but its family makes a core a 440: one TLB does not. */
START_TEST(another_core_with_one_tlb)
{
	struct ppctlb_config cfg = config("good", "core-good");
	const struct ppctlb_core *core;
	struct ppctlb_entry e;
	struct ppctlb *h;

	zoo("good.so");
	WORKS(ppctlb_open(&h, &cfg));
	FAILS(ENOTSUP, ppctlb_dump(h, PPCTLB_GUEST, PPCTLB_LIBKVM, no_line, NULL), "of a 440",
	      "core-good");
	ppctlb_close(h);
	core = core_of("core-good");
	WORKS(ppctlb_parse_entry(core, "0:3=1", &e));
	FAILS(EINVAL, ppctlb_parse_entry(core, "0:4=1", &e), "4 is more than 3");
}
END_TEST

/* Nor do two TLBs make it an e500: the geometry is the core's own. */
START_TEST(another_core_with_two_tlbs)
{
	const struct ppctlb_core *core;
	struct ppctlb_entry e;

	zoo("two-tlbs.so");
	core = core_of("core-two-tlbs");
	WORKS(ppctlb_parse_entry(core, "0:3=1", &e));
	FAILS(EINVAL, ppctlb_parse_entry(core, "0:4=1", &e), "4 is more than 3");
	WORKS(ppctlb_parse_entry(core, "1:7=1", &e));
	FAILS(EINVAL, ppctlb_parse_entry(core, "1:8=1", &e), "8 is more than 7");
}
END_TEST

/* The list of legal sizes has room for all sizes there can be. */
START_TEST(every_size)
{
	const struct ppctlb_mapping m = {.size = 3};
	struct ppctlb_entry e;

	zoo("all-sizes.so");
	FAILS(EINVAL, ppctlb_encode(core_of("core-all-sizes"), &m, &e), "legal: 1 2 4 8 ",
	      " 1048576T 2097152T 4194304T 8388608T");
}
END_TEST

int main(void)
{
	Suite *s = suite_create("loader");
	TCase *t = tcase_create("loader");

	tcase_set_timeout(t, 300);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_loop_test(t, broken_is_refused, 0, COUNT(broken));
	tcase_add_test(t, a_loaded_plugin_is_not_read_again);
	tcase_add_test(t, reasons_differ);
	tcase_add_loop_test(t, broken_beside_good, 0, COUNT(broken));
	tcase_add_test(t, cut_off_anywhere);
	tcase_add_test(t, large_is_fine);
	tcase_add_test(t, long_row_is_fine);
	tcase_add_test(t, unreadable_is_refused);
	tcase_add_test(t, unreadable_directory);
	tcase_add_test(t, directory_writable_by_everyone);
	tcase_add_test(t, link_to_a_directory_writable_by_everyone);
	tcase_add_test(t, missing_backend);
	tcase_add_test(t, bad_path);
	tcase_add_test(t, path_with_a_token);
	tcase_add_test(t, no_slot_is_the_front_ends);
	tcase_add_test(t, path_of_cfg_wins);
	tcase_add_test(t, first_directory_wins);
	tcase_add_test(t, hostile_names);
	tcase_add_test(t, other_files_are_passed_over);
	tcase_add_test(t, backends_in_name_order);
	tcase_add_test(t, plugins_are_apart);
	tcase_add_test(t, a_core_stays);
	tcase_add_test(t, core_of_another_family);
	tcase_add_test(t, core_by_pvr);
	tcase_add_test(t, the_476_is_refused);
	tcase_add_test(t, many_plug_ins);
	tcase_add_test(t, too_many_plug_ins);
	tcase_add_test(t, any_length_of_lines);
	tcase_add_test(t, long_paths_end_in_dots);
	tcase_add_test(t, no_such_word);
	tcase_add_test(t, another_core_with_one_tlb);
	tcase_add_test(t, another_core_with_two_tlbs);
	tcase_add_test(t, every_size);
	suite_add_tcase(s, t);
	return run_suite(s);
}
