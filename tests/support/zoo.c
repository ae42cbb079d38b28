// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A plug-in that has the defect its file is named after: the loader's tests copy it under many
 * names. Under any other name it is a good one: a backend of that name, with one core, "core-NAME",
 * which takes any vCPU when its name begins with "yes". It writes the operations called into the
 * file ZOO_LOG.
 */
#include <ppctlb/backend.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern struct ppctlb_backend ppctlb_backend;

static char name[64], core_name[80];
static struct ppctlb_core core;
static struct ppctlb_pvr pvrs[] = {{0xffff0000, 0x500d0000}, {0xffffffff, 0x600d0001}, {0, 0}};
static const struct ppctlb_core *cores[] = {&core, NULL};
static const struct ppctlb_core *no_cores[] = {NULL};

static void log_call(const char *call)
{
	const char *path = getenv("ZOO_LOG");
	int fd = path ? open(path, O_WRONLY | O_APPEND) : -1;

	if (fd < 0)
		return;
	dprintf(fd, "%s %s\n", name, call);
	close(fd);
}

static void encode(const struct ppctlb_core *c, const struct ppctlb_mapping *m,
		   struct ppctlb_entry *e)
{
	(void)c;
	if (e->tlb & PPCTLB_NO_SLOT)
		abort();
	e->word[0] = 1 | m->eaddr;
}

static unsigned decode(const struct ppctlb_core *c, const struct ppctlb_entry *e,
		       struct ppctlb_mapping *m)
{
	(void)c;
	memset(m, 0, sizeof(*m));
	if (e->tlb & PPCTLB_NO_SLOT)
		abort(); /* backend.h: it is masked off */
	if (!(e->word[0] & 1))
		return PPCTLB_DEFECT_INVALID;
	m->eaddr = m->raddr = e->word[0] & ~UINT64_C(1);
	m->size = 4096;
	return 0;
}

static size_t overlap(const struct ppctlb_core *c, const struct ppctlb_entry *e, size_t n,
		      uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	for (size_t i = 0; i < n; i++)
		if (!decode(c, &e[i], m) && m->eaddr <= last && m->eaddr + 4095 >= first)
			return i;
	return n;
}

static void resize(const struct ppctlb_core *c, struct ppctlb_entry *e, uint64_t eaddr,
		   uint64_t raddr, uint64_t size)
{
	(void)c;
	(void)raddr;
	(void)size;
	e->word[0] = 1 | eaddr;
}

static int zoo_probe(const struct ppctlb_host *host, int fd, const void *sregs,
		     const struct ppctlb_core **found)
{
	(void)fd;
	(void)sregs;
	log_call("probe");
	if (strncmp(name, "yes", 3))
		return host->fail(ENOTSUP, "%s takes no vCPU", name);
	*found = &core;
	return 0;
}

static int zoo_open(struct ppctlb_vcpu *v)
{
	log_call("open");
	v->transport = "zoo";
	return 0;
}

static void zoo_close(struct ppctlb_vcpu *v)
{
	(void)v;
	log_call("close");
}

static int zoo_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all)
{
	(void)v;
	(void)view;
	memset(all, 0, 4 * sizeof(*all));
	return 0;
}

static int zoo_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		     struct ppctlb_entry found[2])
{
	(void)v;
	(void)a;
	(void)found;
	return 0;
}

static int zoo_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	(void)v;
	(void)entries;
	(void)n;
	return 0;
}

static int zoo_commit(struct ppctlb_vcpu *v)
{
	(void)v;
	return 0;
}

struct ppctlb_backend ppctlb_backend = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = name,
	.cores = cores,
	.probe = zoo_probe,
	.open = zoo_open,
	.close = zoo_close,
	.get = zoo_get,
	.match = zoo_match,
	.set = zoo_set,
	.commit = zoo_commit,
};

static void set_name(void)
{
	Dl_info info;
	const char *base;

	dladdr(&core, &info);
	base = strrchr(info.dli_fname, '/') + 1;
	snprintf(name, sizeof(name), "%.*s", (int)strlen(base) - 3, base);
	snprintf(core_name, sizeof(core_name), "core-%s", name);
	core = (struct ppctlb_core){
		.info =
			{
				.name = core_name,
				.backend = name,
				.word_name = {"word"},
				.flags = PPCTLB_SR,
				.arrays = 1,
				.ea_bits = 32,
				.ra_bits = 32,
				.tid_bits = 8,
				.array[0] = {{4, 4}, 4096, PPCTLB_SR, 0},
			},
		.word_mask = {UINT32_MAX},
		.pvrs = pvrs,
		.encode = encode,
		.decode = decode,
		.overlap = overlap,
		.resize = resize,
	};
}

static void become_table(struct ppctlb_backend *b)
{
	if (!strcmp(name, "abi-next"))
		b->abi++;
	else if (!strcmp(name, "abi-previous"))
		b->abi--;
	else if (!strcmp(name, "size-0"))
		b->size = 0;
	else if (!strcmp(name, "size-less"))
		b->size -= sizeof(void *);
	else if (!strcmp(name, "size-more"))
		b->size += sizeof(void *);
	else if (!strcmp(name, "other-name"))
		b->name = "an\033[1mother\n";
	else if (!strcmp(name, "no-name"))
		b->name = NULL;
	else if (!strcmp(name, "no-cores"))
		b->cores = NULL;
	else if (!strcmp(name, "empty-cores"))
		b->cores = no_cores;
	else if (!strcmp(name, "no-probe"))
		b->probe = NULL;
	else if (!strcmp(name, "no-open"))
		b->open = NULL;
	else if (!strcmp(name, "no-close"))
		b->close = NULL;
	else if (!strcmp(name, "no-get"))
		b->get = NULL;
	else if (!strcmp(name, "no-match"))
		b->match = NULL;
	else if (!strcmp(name, "no-set"))
		b->set = NULL;
	else if (!strcmp(name, "no-commit"))
		b->commit = NULL;
}

/* Names are short, so that "core-NAME" is a core's. */
static const struct ppctlb_field bad_row[] = {{"no-such-label", 0, 0, 32}, {NULL, 0, 0, 0}};
static const struct ppctlb_field *const bad_rows[] = {bad_row, NULL};
static const struct ppctlb_field empty_row[] = {{NULL, 0, 0, 0}};
static const struct ppctlb_field *const empty_rows[] = {empty_row, NULL};
static const struct ppctlb_field wide_row[] = {{"word", 0, 1, 64}, {NULL, 0, 0, 0}};
static const struct ppctlb_field *const wide_rows[] = {wide_row, NULL};
#define PART(n)                                                                                    \
	{                                                                                          \
		"word", 0, (n), 1                                                                  \
	}
static const struct ppctlb_field long_row[] = {PART(0), PART(1), PART(2), PART(3), PART(4),
					       PART(5), PART(6), PART(7), PART(8), {NULL, 0, 0, 0}};
static const struct ppctlb_field *const long_rows[] = {long_row, NULL};
static const struct ppctlb_field *const good_rows[] = {&long_row[1], NULL};
static const struct ppctlb_field bad_fields[] = {{"part", 9, 0, 32}, {NULL, 0, 0, 0}};
static const char *const bad_aliases[] = {"one", "not an alias", NULL};

static void lack_a_part(struct ppctlb_core *c)
{
	if (!strcmp(name, "core-no-name"))
		c->info.name = NULL;
	else if (!strcmp(name, "no-encode"))
		c->encode = NULL;
	else if (!strcmp(name, "no-decode"))
		c->decode = NULL;
	else if (!strcmp(name, "no-overlap"))
		c->overlap = NULL;
	else if (!strcmp(name, "no-resize"))
		c->resize = NULL;
	else if (!strcmp(name, "no-backend"))
		c->info.backend = NULL;
	else if (!strcmp(name, "no-word"))
		c->info.word_name[0] = NULL;
	else if (!strcmp(name, "no-word-1"))
		c->word_mask[1] = 1;
	else if (!strcmp(name, "word-gap"))
		c->info.word_name[2] = "third", c->word_mask[2] = 1;
	else if (!strcmp(name, "no-pvrs"))
		c->pvrs = NULL;
	else if (!strcmp(name, "pvr-bits"))
		pvrs[1].mask = 0xffff0000;
}

static void have_other_tlbs(struct ppctlb_core *c)
{
	struct ppctlb_array_info *tlb = c->info.array;

	if (!strcmp(name, "arrays-0"))
		c->info.arrays = 0;
	else if (!strcmp(name, "arrays-3"))
		c->info.arrays = 3;
	else if (!strcmp(name, "hidden"))
		tlb[1] = tlb[0];
	else if (!strcmp(name, "entries-0"))
		tlb->geometry.entries = 0;
	else if (!strcmp(name, "ways-0"))
		tlb->geometry.ways = 0;
	else if (!strcmp(name, "ways-3"))
		tlb->geometry.ways = 3;
	else if (!strcmp(name, "ways-8"))
		tlb->geometry.ways = 8;
	else if (!strcmp(name, "sets-3"))
		tlb->geometry.entries = 12;
	else if (!strcmp(name, "set-8k"))
		tlb->geometry.ways = 2, tlb->sizes |= 8192;
	else if (!strcmp(name, "no-sizes"))
		tlb->sizes = 0;
	else if (!strcmp(name, "no-tlb1"))
		c->info.arrays = 2;
	else if (!strcmp(name, "two-tlbs"))
		c->info.arrays = 2, tlb[1] = (struct ppctlb_array_info){{8, 8}, 4096, PPCTLB_SR, 0};
	else if (!strcmp(name, "all-sizes"))
		tlb->sizes = UINT64_MAX;
	else if (!strcmp(name, "entries-m"))
		tlb->geometry.entries = 131072;
}

static void have_other_widths_and_texts(struct ppctlb_core *c)
{
	if (!strcmp(name, "ea-65"))
		c->info.ea_bits = 65;
	else if (!strcmp(name, "ea-0"))
		c->info.ea_bits = 0;
	else if (!strcmp(name, "ra-65"))
		c->info.ra_bits = 65;
	else if (!strcmp(name, "tid-17"))
		c->info.tid_bits = 17;
	else if (!strcmp(name, "lpid-17"))
		c->info.lpid_bits = 17;
	else if (!strcmp(name, "word-long"))
		c->info.word_name[0] = "a-word-of-16-let";
	else if (!strcmp(name, "row-bad"))
		c->rows = bad_rows;
	else if (!strcmp(name, "row-empty"))
		c->rows = empty_rows;
	else if (!strcmp(name, "row-wide"))
		c->rows = wide_rows;
	else if (!strcmp(name, "row-long"))
		c->rows = long_rows;
	else if (!strcmp(name, "row-good"))
		c->rows = good_rows;
	else if (!strcmp(name, "field-bad"))
		c->fields = bad_fields;
	else if (!strcmp(name, "alias-bad"))
		c->info.aliases = bad_aliases;
}

__attribute__((constructor)) static void become(void)
{
	set_name();
	become_table(&ppctlb_backend);
	lack_a_part(&core);
	have_other_tlbs(&core);
	have_other_widths_and_texts(&core);
}
