// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads and writes the 64 entries of a 440: in memory, or by the private KVM calls, split or
 * combined. */
#include "44x.h"

#include <stdlib.h>

_Static_assert(sizeof(struct ppctlb_44x_tlb) == 1024, "the size in the split calls' numbers");
_Static_assert(sizeof(struct ppctlb_44x_combined) == 2048,
	       "the size in the combined calls' numbers");

struct call {
	uint32_t request;
	const char *name;
};

static const struct call get_guest = {PPCTLB_KVM_GET_GUEST_TLB, "KVM_GET_GUEST_TLB"};
static const struct call set_guest = {PPCTLB_KVM_SET_GUEST_TLB, "KVM_SET_GUEST_TLB"};
static const struct call get_shadow = {PPCTLB_KVM_GET_SHADOW_TLB, "KVM_GET_SHADOW_TLB"};
static const struct call get_both = {PPCTLB_KVM_GET_TLB, "KVM_GET_TLB"};
static const struct call set_both = {PPCTLB_KVM_SET_TLB, "KVM_SET_TLB"};

struct state {
	/* The guest half comes first in the combined layout, so &now is the argument of both kinds
	 * of calls. Detached, now.guest is the TLB. */
	struct ppctlb_44x_combined now, old;
	const struct call *get, *set;
	const struct call *shadow; /* NULL: not readable */
};

static int kvm(const struct ppctlb_host *host, int fd, const struct call *call, void *arg)
{
	return host->kvm(fd, call->request, arg, call->name);
}

/* 1: the kernel has that GET; 0: it does not know it; negative: the error. */
static int has_call(const struct ppctlb_host *host, int fd, const struct call *call, void *arg)
{
	int ret = kvm(host, fd, call, arg);

	if (!ret)
		return 1;
	/* powerpc kernels answer EINVAL to an unknown call, others ENOTTY */
	return ret == -EINVAL || ret == -ENOTSUP ? 0 : ret;
}

/* Finds the GET to use: the split one, else the combined one. buf has room for both halves. */
static int find_get(const struct ppctlb_host *host, int fd, struct ppctlb_44x_combined *buf,
		    const struct call **get)
{
	static const struct call *const gets[] = {&get_guest, &get_both};

	for (size_t i = 0; i < COUNT(gets); i++) {
		int has = has_call(host, fd, gets[i], buf);

		if (has < 0)
			return has;
		*get = gets[i];
		if (has)
			return 0;
	}
	return host->context(-ENOTSUP, "this kernel has no 44x TLB calls");
}

/* Finds how to read the shadow half: split, else combined. */
static int find_shadow(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;
	int has;

	if (s->get == &get_both) {
		s->shadow = &get_both;
		return 0;
	}
	has = has_call(v->host, v->fd, &get_shadow, &s->now.shadow);
	if (has > 0)
		s->shadow = &get_shadow;
	if (has)
		return has < 0 ? has : 0;
	has = has_call(v->host, v->fd, &get_both, &s->now);
	if (has > 0)
		s->shadow = &get_both;
	return has < 0 ? has : 0;
}

static int attach(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;
	int ret;

	if (v->fd < 0) {
		v->transport = "memory";
		return 0;
	}
	ret = find_get(v->host, v->fd, &s->now, &s->get);
	if (ret)
		return ret;
	s->set = s->get == &get_guest ? &set_guest : &set_both;
	v->transport = s->set->name;
	ret = find_shadow(v);
	v->has_shadow = s->shadow != NULL;
	return ret;
}

int tlb_44x_try(const struct ppctlb_host *host, int fd)
{
	struct ppctlb_44x_combined *buf = malloc(sizeof(*buf));
	const struct call *get;
	int ret;

	if (!buf)
		return host->fail(ENOMEM, "out of memory");
	ret = find_get(host, fd, buf, &get);
	free(buf);
	return ret;
}

int tlb_44x_open(struct ppctlb_vcpu *v)
{
	int ret;

	if (v->array || v->array_len)
		return v->host->fail(EINVAL, "%s has no array of the caller's", v->core.info.name);
	ret = tlb_common_check_fixed(v);
	if (ret)
		return ret;
	v->state = calloc(1, sizeof(struct state));
	if (!v->state)
		return v->host->fail(ENOMEM, "out of memory");
	ret = attach(v);
	if (ret)
		tlb_44x_close(v);
	return ret;
}

void tlb_44x_close(struct ppctlb_vcpu *v)
{
	free(v->state);
	v->state = NULL;
}

static void load_words(const struct ppctlb_44x_tlbe *t, struct ppctlb_entry *e)
{
	e->word[0] = t->tid;
	e->word[1] = t->word0;
	e->word[2] = t->word1;
	e->word[3] = t->word2;
}

static void load(const struct ppctlb_44x_tlb *tlb, struct ppctlb_entry *all)
{
	for (size_t i = 0; i < PPCTLB_44X_ENTRIES; i++)
		load_words(&tlb->entry[i], &all[i]);
}

static void store(struct ppctlb_44x_tlb *tlb, const struct ppctlb_entry *entries, size_t n)
{
	for (size_t i = 0; i < n; i++)
		tlb->entry[entries[i].index] = (struct ppctlb_44x_tlbe){
			.tid = (uint32_t)entries[i].word[0],
			.word0 = (uint32_t)entries[i].word[1],
			.word1 = (uint32_t)entries[i].word[2],
			.word2 = (uint32_t)entries[i].word[3],
		};
}

static int get_shadow_view(struct ppctlb_vcpu *v, struct ppctlb_entry *all)
{
	struct state *s = v->state;
	int ret;

	if (!s->shadow)
		return v->host->fail(ENOTSUP, "%s: there is no shadow TLB to read", v->transport);
	ret = kvm(v->host, v->fd, s->shadow,
		  s->shadow == &get_both ? (void *)&s->now : &s->now.shadow);
	if (!ret)
		load(&s->now.shadow, all);
	return ret;
}

static int read_guest(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;

	return s->get ? kvm(v->host, v->fd, s->get, &s->now) : 0;
}

int tlb_44x_get(struct ppctlb_vcpu *v, enum ppctlb_view view, struct ppctlb_entry *all)
{
	struct state *s = v->state;
	int ret;

	if (view == PPCTLB_SHADOW)
		return get_shadow_view(v, all);
	ret = read_guest(v);
	if (!ret)
		load(&s->now.guest, all);
	return ret;
}

static bool matches(const struct ppctlb_44x_tlbe *t, const struct ppctlb_access *a)
{
	unsigned shift = 10 + 2 * ((t->word0 & PPCTLB_44X_SIZE) >> 4);
	uint32_t tid = t->tid & PPCTLB_44X_TID;

	return t->word0 & PPCTLB_44X_V && !(t->word0 & PPCTLB_44X_TS) == !a->as &&
	       !(((t->word0 & PPCTLB_44X_EPN) ^ a->eaddr) >> shift) && (!tid || tid == a->pid);
}

int tlb_44x_match(struct ppctlb_vcpu *v, const struct ppctlb_access *a,
		  struct ppctlb_entry found[2])
{
	const struct state *s = v->state;
	int n = 0, ret = read_guest(v);

	for (size_t i = 0; !ret && i < PPCTLB_44X_ENTRIES && n < 2; i++) {
		const struct ppctlb_44x_tlbe *t = &s->now.guest.entry[i];

		if (!matches(t, a))
			continue;
		found[n] = (struct ppctlb_entry){.index = (uint16_t)i};
		load_words(t, &found[n++]);
	}
	return ret ? ret : n;
}

/* Writes now; if that fails, tries once to put old back. */
static int write_all(struct ppctlb_vcpu *v)
{
	struct state *s = v->state;
	int ret = kvm(v->host, v->fd, s->set, &s->now);
	int first = errno;
	char text[32];

	if (ret && kvm(v->host, v->fd, s->set, &s->old))
		return v->host->context(-EIO,
					"the guest TLB is unknown: writing it failed with %s, and "
					"so did putting the old state back",
					tlb_common_raw_answer(first, text, sizeof(text)));
	return ret;
}

int tlb_44x_set(struct ppctlb_vcpu *v, const struct ppctlb_entry *entries, size_t n)
{
	struct state *s = v->state;
	int ret = v->fresh ? 0 : read_guest(v);

	if (ret)
		return ret;
	s->old = s->now;
	if (entries)
		store(&s->now.guest, entries, n);
	else
		memset(&s->now.guest, 0, sizeof(s->now.guest));
	return s->set ? write_all(v) : 0;
}

int tlb_44x_commit(struct ppctlb_vcpu *v)
{
	return v->host->fail(EINVAL, "%s has no array of the caller's", v->core.info.name);
}
