// SPDX-License-Identifier: LGPL-2.1-or-later
/* One plug-in: loads it from its file, or refuses it and says why. */
#include "internal.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_MAX_LEN 31
#define MOST_ENTRIES 65536 /* an index has 16 bits */

/* [a-z0-9][a-z0-9_-]{0,30} */
bool tlb_legal_name(const char *name, size_t len)
{
	static const char all[] = "abcdefghijklmnopqrstuvwxyz0123456789_-";

	return len >= 1 && len <= NAME_MAX_LEN && strspn(name, all) >= len && name[0] != '_' &&
	       name[0] != '-';
}

/* An image has room for 15 characters of a core's name. */
static bool legal_core_name(const char *name)
{
	return name && strlen(name) < sizeof(((struct ppctlb_image_info *)0)->core) &&
	       tlb_legal_name(name, strlen(name));
}

/* ---- the table that a plug-in exports ---- */

struct part {
	const char *what;
	bool there;
};

#define FIRST_MISSING(parts) first_missing(parts, sizeof(parts) / sizeof((parts)[0]))

static const char *first_missing(const struct part *parts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!parts[i].there)
			return parts[i].what;
	return NULL;
}

/* The first NULL ends the list of names, so each word that has bits needs one, and so do the words
 * before it. */
static bool words_have_names(const struct ppctlb_core *core)
{
	bool named = true;

	for (int i = 0; i < 4; i++) {
		named = named && core->info.word_name[i];
		if (named && !legal_core_name(core->info.word_name[i]))
			return false;
		if (core->word_mask[i] && !named)
			return false;
	}
	return true;
}

/* The bits of an EA choose a set, so the number of sets is a power of two. */
static bool legal_geometry(const struct ppctlb_geometry *g)
{
	uint32_t sets = g->ways ? g->entries / g->ways : 0;

	return sets && sets * g->ways == g->entries && !(sets & (sets - 1));
}

static int judge_array(const struct ppctlb_core_info *core, unsigned tlb)
{
	const struct ppctlb_array_info *a = &core->array[tlb];

	if (!legal_geometry(&a->geometry))
		return tlb_fail(
			ENOEXEC,
			"TLB%u of its core %s has %u entries in %u ways: the number of sets "
			"is not a power of two",
			tlb, core->name, (unsigned)a->geometry.entries, (unsigned)a->geometry.ways);
	if (a->geometry.entries > MOST_ENTRIES)
		return tlb_fail(ENOEXEC, "TLB%u of its core %s has %u entries, %d are possible",
				tlb, core->name, (unsigned)a->geometry.entries, MOST_ENTRIES);
	if (a->geometry.ways != a->geometry.entries && a->sizes != 4096)
		return tlb_fail(ENOEXEC,
				"TLB%u of its core %s has sets and pages of other sizes than 4K",
				tlb, core->name);
	if (!a->sizes)
		return tlb_fail(ENOEXEC, "TLB%u of its core %s has no page size", tlb, core->name);
	return 0;
}

static int judge_widths(const struct ppctlb_core_info *info)
{
	const struct {
		const char *what;
		unsigned bits, least, most;
	} widths[] = {
		{"EA", info->ea_bits, 1, 64},
		{"RA", info->ra_bits, 1, 64},
		{"TID", info->tid_bits, 0, 16},
		{"LPID", info->lpid_bits, 0, 16},
	};

	for (size_t i = 0; i < sizeof(widths) / sizeof(widths[0]); i++)
		if (widths[i].bits < widths[i].least || widths[i].bits > widths[i].most)
			return tlb_fail(ENOEXEC,
					"its core %s has %s of %u bits, %u to %u are possible",
					info->name, widths[i].what, widths[i].bits, widths[i].least,
					widths[i].most);
	return 0;
}

/* A value with bits outside its mask is a mistake: no PVR would match. */
static int judge_pvrs(const struct ppctlb_core *core)
{
	for (const struct ppctlb_pvr *p = core->pvrs; p->mask; p++)
		if (p->value & ~p->mask)
			return tlb_fail(ENOEXEC,
					"its core %s has PVR 0x%08x outside of mask 0x%08x",
					core->info.name, (unsigned)p->value, (unsigned)p->mask);
	return 0;
}

static bool aliases_are_legal(const char *const *alias)
{
	while (alias && *alias && legal_core_name(*alias))
		alias++;
	return !alias || !*alias;
}

/* Is the label a word's, or that of one of the core's fields? */
static bool is_label(const struct ppctlb_core *core, const char *label)
{
	for (const struct ppctlb_field *f = core->fields; f && f->label; f++)
		if (!strcmp(f->label, label))
			return true;
	for (int i = 0; i < 4 && core->info.word_name[i]; i++)
		if (!strcmp(core->info.word_name[i], label))
			return true;
	return false;
}

static bool field_is_sound(const struct ppctlb_core *core, const struct ppctlb_field *f)
{
	bool place = f->word == PPCTLB_PLACE;

	return legal_core_name(f->label) && f->word <= PPCTLB_PLACE && f->bits &&
	       f->shift + f->bits <= 64 &&
	       (place ? core->place != NULL : core->info.word_name[f->word] != NULL);
}

/* Up to eight numbers, each with a label that can be asked for. */
static bool row_is_sound(const struct ppctlb_core *core, const struct ppctlb_field *row)
{
	size_t n = 0;

	for (; row[n].label; n++)
		if (n == 8 || !field_is_sound(core, &row[n]) || !is_label(core, row[n].label))
			return false;
	return n > 0;
}

/* Can text be read as the core says? */
static bool text_is_sound(const struct ppctlb_core *core)
{
	for (const struct ppctlb_field *f = core->fields; f && f->label; f++)
		if (!field_is_sound(core, f))
			return false;
	for (const struct ppctlb_field *const *row = core->rows; row && *row; row++)
		if (!row_is_sound(core, *row))
			return false;
	return true;
}

/* Checks everything about a core that the library relies on later. */
static int judge_core(const struct ppctlb_core *core)
{
	const struct ppctlb_core_info *info = &core->info;
	const struct part parts[] = {
		{"operation encode", core->encode},
		{"operation decode", core->decode},
		{"operation overlap", core->overlap},
		{"operation resize", core->resize},
		{"name of its backend", info->backend},
		{"alias of 1 to 15 characters", aliases_are_legal(info->aliases)},
		{"name of 1 to 15 characters for each of its words", words_have_names(core)},
		{"list of PVRs", core->pvrs},
		{"words of its text", text_is_sound(core)},
	};
	const char *missing = FIRST_MISSING(parts);
	int ret;

	if (missing)
		return tlb_fail(ENOEXEC, "its core %s has no %s", info->name, missing);
	if (info->arrays < 1 || info->arrays > 2)
		return tlb_fail(ENOEXEC, "its core %s has %u TLBs, 1 or 2 are possible", info->name,
				(unsigned)info->arrays);
	if (info->arrays == 1 && info->array[1].geometry.entries)
		return tlb_fail(ENOEXEC, "its core %s has 1 TLB and entries in another",
				info->name);
	ret = judge_pvrs(core);
	ret = ret ? ret : judge_widths(info);
	for (unsigned i = 0; !ret && i < info->arrays; i++)
		ret = judge_array(info, i);
	return ret;
}

static int judge_cores(const struct ppctlb_core *const *cores)
{
	int ret = 0;

	for (size_t i = 0; !ret && cores[i]; i++)
		if (!legal_core_name(cores[i]->info.name))
			ret = tlb_fail(ENOEXEC,
				       "its core number %zu has no name of 1 to 15 characters",
				       i + 1);
		else
			ret = judge_core(cores[i]);
	return ret;
}

/* Checks the two words that every ABI has before it reads the others. */
static int judge_table(const struct ppctlb_backend *b, const char *name)
{
	if (b->abi != PPCTLB_BACKEND_ABI)
		return tlb_fail(ENOEXEC, "its backend ABI is %u, this library's is %u",
				(unsigned)b->abi, PPCTLB_BACKEND_ABI);
	if (b->size != sizeof(*b))
		return tlb_fail(ENOEXEC, "its table has %u bytes, this library's %zu",
				(unsigned)b->size, sizeof(*b));

	const struct part parts[] = {
		{"name", b->name},
		{"list of cores", b->cores},
		{"operation probe", b->probe},
		{"operation open", b->open},
		{"operation close", b->close},
		{"operation get", b->get},
		{"operation match", b->match},
		{"operation set", b->set},
		{"operation commit", b->commit},
	};

	const char *missing = FIRST_MISSING(parts);

	if (missing)
		return tlb_fail(ENOEXEC, "its table has no %s", missing);
	if (strcmp(b->name, name))
		return tlb_fail(ENOEXEC, "it calls itself '%.31s'", b->name);
	return judge_cores(b->cores);
}

/* ---- the file ---- */

/* Refuses a file in a directory that everyone can write: they could replace the file. what is the
 * message's word for the directory. */
static int check_directory(const char *path, const char *what)
{
	struct stat st;
	char *dir = strdup(path);
	int ret = 0;

	if (!dir)
		return tlb_fail(ENOMEM, "out of memory");
	strrchr(dir, '/')[1] = '\0';
	if (stat(dir, &st))
		ret = tlb_fail(ENOEXEC, "%s: %s", what, strerror(errno));
	else if (st.st_mode & S_IWOTH)
		ret = tlb_fail(ENOEXEC, "%s is writable by everyone", what);
	free(dir);
	return ret;
}

/* The same for the directory that a link leads to. */
static int check_target(const char *path)
{
	char *end = realpath(path, NULL); /* PATH_MAX is too much for a small stack */
	int ret;

	if (!end)
		return tlb_fail(ENOEXEC, "%s", strerror(errno));
	ret = check_directory(end, "the directory that a link leads to");
	free(end);
	return ret;
}

static const char *kind_of(mode_t mode)
{
	return S_ISDIR(mode)	? "a directory"
	       : S_ISFIFO(mode) ? "a FIFO"
	       : S_ISSOCK(mode) ? "a socket"
				: "a device";
}

static int check_contents(const char *path, uint64_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return tlb_fail(ENOEXEC, "%s", strerror(errno));
	ret = tlb_check_object(fd, size);
	close(fd);
	return ret;
}

/* More than any plug-in has, even with debug information. */
#define MOST_BYTES (UINT64_C(1) << 30)

static int check_stat(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return tlb_fail(ENOEXEC, "%s, not a regular file", kind_of(st->st_mode));
	if ((uint64_t)st->st_size > MOST_BYTES)
		return tlb_fail(ENOEXEC, "it has %ju bytes, more than any plug-in",
				(uintmax_t)st->st_size);
	if (st->st_mode & S_IWOTH)
		return tlb_fail(ENOEXEC, "it is writable by everyone");
	return 0;
}

static int has_name(struct dl_phdr_info *info, size_t size, void *path)
{
	(void)size;
	return info->dlpi_name && !strcmp(info->dlpi_name, path);
}

/* Has the dynamic loader an object of that path? Then dlopen() takes it, whatever the file is now.
 */
static bool is_loaded(const char *path)
{
	return dl_iterate_phdr(has_name, (void *)path) != 0;
}

/* Checks the file before dlopen(), which would wait for ever on a FIFO. Who may write it is asked
 * each time; its contents are read only if they are going to be loaded. */
static int check_file(const char *path)
{
	struct stat st, own;
	int ret;

	if (stat(path, &st))
		return tlb_fail(ENOEXEC, "%s", strerror(errno));
	ret = check_stat(&st);
	ret = ret ? ret : check_directory(path, "its directory");
	if (!ret && (lstat(path, &own) || S_ISLNK(own.st_mode)))
		ret = check_target(path);
	return ret || is_loaded(path) ? ret : check_contents(path, (uint64_t)st.st_size);
}

/* Skips the path that dlerror() may begin with: every message names it already. */
static const char *without_path(const char *text, const char *path)
{
	size_t len = strlen(path);

	return strncmp(text, path, len) || strncmp(text + len, ": ", 2) ? text : text + len + 2;
}

int tlb_load_plugin(const char *path, const char *name, const struct ppctlb_backend **backend)
{
	void *object;
	int ret = check_file(path);

	if (ret)
		return ret;
	object = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (!object)
		return tlb_fail(ENOEXEC, "%s", without_path(dlerror(), path));
	*backend = dlsym(object, "ppctlb_backend");
	if (!*backend)
		ret = tlb_fail(ENOEXEC, "it has no symbol ppctlb_backend");
	else
		ret = judge_table(*backend, name);
	dlclose(object);
	return ret;
}
