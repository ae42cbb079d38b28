// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A backend of your own, for a core that does not exist: the t16, with one TLB of 16 entries of two
 * words. It has detached handles only. Build it as t16.so, and name its directory:
 *
 *   cc -shared -fPIC -o t16.so backend.c $(pkg-config --cflags libppctlb)
 *   PPCTLB_BACKEND_PATH=$PWD ppctlb new -c t16 tlb.image
 *
 * ppctlb-backend(7) has the rules.
 */
#include <ppctlb/backend.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * tag:  EPN in the upper 20 bits, TID in 8, SIZE in 2 (4K, 64K, 1M, 16M), TS, V
 * data: RPN in the upper 20 bits, a reserved bit, then UR UW UX SR SW SX, then W I M G E
 */
enum { TAG, DATA };
enum { ENTRIES = 16 };

#define V	  1u
#define TS	  2u
#define SIZE(tag) ((tag) >> 2 & 3)
#define TID(tag)  ((tag) >> 4 & 0xff)
#define FLAGS	  0x7ffu /* PPCTLB_UR to PPCTLB_E: the bits are the library's own */
#define RESERVED  0x800u

static uint64_t bytes_of(uint64_t tag)
{
	return UINT64_C(4096) << 4 * SIZE(tag);
}

static void resize(const struct ppctlb_core *core, struct ppctlb_entry *e, uint64_t eaddr,
		   uint64_t raddr, uint64_t size)
{
	uint64_t field = ((uint64_t)__builtin_ctzll(size) - 12) / 4;

	(void)core;
	e->word[TAG] = (e->word[TAG] & 0xff3) | field << 2 | (eaddr & 0xfffff000);
	e->word[DATA] = (e->word[DATA] & 0xfff) | (raddr & 0xfffff000);
}

static void encode(const struct ppctlb_core *core, const struct ppctlb_mapping *m,
		   struct ppctlb_entry *e)
{
	memset(e->word, 0, sizeof(e->word));
	e->word[TAG] = V | (m->flags & PPCTLB_TS ? TS : 0) | (uint32_t)m->tid << 4;
	e->word[DATA] = m->flags & FLAGS;
	resize(core, e, m->eaddr, m->raddr, m->size);
}

static int extent(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		  struct ppctlb_mapping *m)
{
	uint64_t tag = e->word[TAG];

	(void)core;
	if (!(tag & V))
		return 0;
	m->size = bytes_of(tag);
	m->eaddr = tag & 0xfffff000 & -m->size;
	m->tid = TID(tag);
	m->flags = tag & TS ? PPCTLB_TS : 0;
	return 1;
}

static unsigned decode(const struct ppctlb_core *core, const struct ppctlb_entry *e,
		       struct ppctlb_mapping *m)
{
	uint64_t tag = e->word[TAG], data = e->word[DATA];
	unsigned defects = 0;

	memset(m, 0, sizeof(*m));
	if (!extent(core, e, m))
		return PPCTLB_DEFECT_INVALID;
	m->raddr = data & 0xfffff000 & -m->size;
	m->flags |= (uint32_t)(data & FLAGS);
	if (tag & 0xfffff000 & (m->size - 1))
		defects |= PPCTLB_DEFECT_EPN;
	if (data & 0xfffff000 & (m->size - 1))
		defects |= PPCTLB_DEFECT_RPN;
	if (data & RESERVED)
		defects |= PPCTLB_DEFECT_RESERVED;
	return defects;
}

static size_t overlap(const struct ppctlb_core *core, const struct ppctlb_entry *e, size_t n,
		      uint64_t first, uint64_t last, struct ppctlb_mapping *m)
{
	for (size_t i = 0; i < n; i++) {
		struct ppctlb_mapping page = *m;

		if (!extent(core, &e[i], &page) || page.eaddr > last ||
		    page.eaddr + (page.size - 1) < first)
			continue;
		*m = page;
		return i;
	}
	return n;
}

static const struct ppctlb_core t16 = {
	.info =
		{
			.name = "t16",
			.backend = "t16",
			.word_name = {"tag", "data"},
			.flags = FLAGS | PPCTLB_TS,
			.arrays = 1,
			.ea_bits = 32,
			.ra_bits = 32,
			.tid_bits = 8,
			.array[0] =
				{
					.geometry = {ENTRIES, ENTRIES},
					.sizes = 1 << 12 | 1 << 16 | 1 << 20 | 1 << 24,
					.flags = FLAGS | PPCTLB_TS,
				},
		},
	.word_mask = {UINT32_MAX, UINT32_MAX},
	.pvrs = (const struct ppctlb_pvr[]){{0, 0}}, /* none */
	.encode = encode,
	.decode = decode,
	.overlap = overlap,
	.resize = resize,
};

/* The TLB of a handle: its entries, as the library has them. */
static int t16_open(struct ppctlb_vcpu *v)
{
	if (v->fd >= 0 || v->array)
		return v->host->fail(EINVAL, "t16 has detached handles only, and no array");
	for (int i = 0; i < 2; i++)
		if (v->geometry[i].entries && v->geometry[i].entries != (i ? 0 : ENTRIES))
			return v->host->fail(EINVAL, "geometry: a t16 has %d entries", ENTRIES);
	v->transport = "memory";
	v->state = calloc(ENTRIES, sizeof(struct ppctlb_entry));
	return v->state ? 0 : v->host->fail(ENOMEM, "out of memory");
}

static void t16_close(struct ppctlb_vcpu *v)
{
	free(v->state);
}

static int t16_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all)
{
	const struct ppctlb_entry *own = v->state;

	if (view == PPCTLB_SHADOW)
		return v->host->fail(ENOTSUP, "t16 has no shadow TLB");
	for (int i = 0; i < ENTRIES; i++)
		memcpy(all[i].word, own[i].word, sizeof(own[i].word));
	return 0;
}

static int t16_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		     struct ppctlb_entry found[2])
{
	const struct ppctlb_entry *own = v->state;
	int n = 0;

	for (int i = 0; i < ENTRIES && n < 2; i++) {
		uint64_t tag = own[i].word[TAG];

		if (!(tag & V) || !(tag & TS) != !a->as || (TID(tag) && TID(tag) != a->pid) ||
		    (tag ^ a->eaddr) & 0xfffff000 & -bytes_of(tag))
			continue;
		found[n] = own[i];
		found[n++].index = (uint16_t)i;
	}
	return n;
}

static int t16_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	struct ppctlb_entry *own = v->state;

	if (!entries)
		memset(own, 0, ENTRIES * sizeof(*own));
	for (size_t i = 0; entries && i < n; i++)
		memcpy(own[entries[i].index].word, entries[i].word, sizeof(own->word));
	return 0;
}

static int t16_commit(struct ppctlb_vcpu *v)
{
	return v->host->fail(EINVAL, "t16 has no array of the caller's");
}

static int t16_probe(const struct ppctlb_host *host, int fd, const void *sregs,
		     const struct ppctlb_core **core)
{
	(void)fd;
	(void)sregs;
	(void)core;
	return host->fail(ENOTSUP, "no vCPU is a t16");
}

extern const struct ppctlb_backend ppctlb_backend;
const struct ppctlb_backend ppctlb_backend = {
	.abi = PPCTLB_BACKEND_ABI,
	.size = sizeof(struct ppctlb_backend),
	.name = "t16",
	.cores = (const struct ppctlb_core *const[]){&t16, NULL},
	.probe = t16_probe,
	.open = t16_open,
	.close = t16_close,
	.get = t16_get,
	.match = t16_match,
	.set = t16_set,
	.commit = t16_commit,
};
