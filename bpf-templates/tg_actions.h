/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What actions need beside signals and results; part of the library (lib.bpf.c). */
#ifndef TG_ACTIONS_H
#define TG_ACTIONS_H

#include "tg_lib.h"
#include "tg_path.h"

/* ---- rateLimit --------------------------------------------------------------------------- */

#define RATE_A 0x9e3779b97f4a7c15ull
#define RATE_B 0xc2b2ae3d27d4eb4full

static __inline void rate_mix(struct tg_rate *k, __u64 word)
{
	__u64 a = (k->a ^ word) * RATE_A, b = (k->b + word) * RATE_B;

	k->a = a ^ (a >> 29) ^ (b << 1);
	k->b = b ^ (b >> 31);
}

/*
 * What is alike is told by a hash of 128 bits, from a start that nobody outside knows: texts that
 * collide, and would hide an event, cannot be made up.
 */
static __inline void rate_seed(struct tg_rate *k, __u64 seed[2])
{
	if (!tg_fresh(seed[0])) {
		seed[1] = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32();
		tg_fresh(seed[0]) = (__u64)bpf_get_prandom_u32() << 32 | bpf_get_prandom_u32() | 1;
	}
	k->a = tg_fresh(seed[0]);
	k->b = tg_fresh(seed[1]);
}

TG_LIBRARY int tg_rate_begin(struct tg_rate *k, __u32 post, __u32 scope, __u64 seed[2])
{
	__u64 id = bpf_get_current_pid_tgid();

	rate_seed(k, seed);
	k->post = post;
	k->scope = scope == TG_RATE_THREAD ? (__u32)id : scope == TG_RATE_PROCESS ? id >> 32 : 0;
	return 0;
}

#define RATE_BUNCH 32 /* words that are mixed by one call */

/* Mixes a word of the record into s->mix, unless it is the last one; not 0 while there are more. */
static __inline int rate_word(struct tg_scratch *s)
{
	__u32 at = tg_fresh(s->mix.at), left = tg_fresh(s->mix.left);
	struct tg_rate k = {};

	if (left <= 8 || at > TG_RECORD_MAX - 8)
		return 0;
	k.a = s->mix.a;
	k.b = s->mix.b;
	rate_mix(&k, tg_load8(s->record + at));
	s->mix.a = k.a;
	s->mix.b = k.b;
	s->mix.at = at + 8;
	s->mix.left = left - 8;
	return 1;
}

#ifndef TG_HOST
/*
 * A global function: verifiers look at it once in a program, however often it is called. Those
 * before 5.12 let it take numbers only; that of 6.12 lets nobody call it with preemption disabled,
 * so that only kernels without numeric iterators get to it.
 */
__subprogram int tg_rate_words(__u32 level)
{
	struct tg_scratch *s = tg_scratch_at(level);
	int more = s != NULL;

#pragma clang loop unroll(disable)
	for (int i = 0; i < RATE_BUNCH && more; i++)
		more = rate_word(s);
	return more;
}
#endif

static __inline void rate_words(struct tg_scratch *s)
{
	int more = 1;

#ifndef TG_HOST
	if (tg_has_type(struct bpf_iter_num)) {
		struct bpf_iter_num it;

		bpf_iter_num_new(&it, 0, TG_STRING_MAX / 8);
		while (bpf_iter_num_next(&it))
			if (!rate_word(s))
				break;
		bpf_iter_num_destroy(&it);
	} else {
#pragma clang loop unroll(disable)
		for (int i = 0; i < TG_STRING_MAX / 8 / RATE_BUNCH && more; i++)
			more = tg_rate_words(s->level);
	}
#else
	for (int i = 0; i < TG_STRING_MAX / 8 && more; i++)
		more = rate_word(s);
#endif
}

/* Eight bytes at a time; what follows a text in the record is cut off the last word. */
static __inline void rate_text(struct tg_rate *k, struct tg_scratch *s, __u32 at, __u32 len)
{
	s->mix.at = at;
	s->mix.left = len;
	s->mix.a = k->a;
	s->mix.b = k->b;
	rate_words(s);
	k->a = tg_fresh(s->mix.a);
	k->b = tg_fresh(s->mix.b);
	at = tg_fresh(s->mix.at);
	len = tg_fresh(s->mix.left);
	if (at <= TG_RECORD_MAX - 8)
		rate_mix(k, tg_load8(s->record + at) & ~0ull >> (8 * (8 - len) & 63));
}

/* Where the text of a slot lies in the record. */
static __inline __u32 text_offset(struct tg_slot *slot, __u32 index, __u32 slots)
{
	__u32 at = sizeof(struct tg_hook) + slots * sizeof(struct tg_slot);

#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < TG_SLOTS_MAX && i < index; i++, slot++)
		at += tg_fresh(slot->len);
	return at;
}

TG_LIBRARY int tg_rate_number(struct tg_rate *k, struct tg_scratch *s, __u32 index)
{
	struct tg_slot *all = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	struct tg_slot *slot = &all[index & (TG_SLOTS_MAX - 1)];

	rate_mix(k, slot->status);
	rate_mix(k, slot->value);
	return 0;
}

TG_LIBRARY int tg_rate_slot(struct tg_rate *k, struct tg_scratch *s, __u32 index, __u32 slots)
{
	struct tg_slot *all = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	struct tg_slot *slot = &all[index & (TG_SLOTS_MAX - 1)];
	__u32 len = tg_fresh(slot->len), at;

	rate_mix(k, (__u64)slot->status << 32 | len);
	rate_mix(k, slot->value);
	if (!len || len > TG_STRING_MAX)
		return 0;
	at = text_offset(all, index, slots);
	if (at <= TG_RECORD_MAX - TG_STRING_MAX - 8)
		rate_text(k, s, at, len);
	return 0;
}

TG_LIBRARY int tg_rate_held(struct tg_rate *k, void *rates, __u32 ms)
{
	__u64 now = bpf_ktime_get_boot_ns(), *last = bpf_map_lookup_elem(rates, k);

	if (!last)
		return bpf_map_update_elem(rates, k, &now, BPF_NOEXIST) == -TG_EEXIST;
	if (now - *last < (__u64)ms * 1000000)
		return 1;
	*last = now;
	return 0;
}

/* ---- enforcers --------------------------------------------------------------------------- */

static __inline __u64 notice_key(__u32 policy)
{
	return (__u64)policy << 32 | (__u32)bpf_get_current_pid_tgid();
}

TG_LIBRARY int tg_notify(void *pending, void *missed, __u32 policy, __s32 signal, __s32 error)
{
	struct tg_notice notice = {
		.task = bpf_get_current_task(), .signal = signal, .error = error};
	__u64 key = notice_key(policy);
	struct tg_notice *old = bpf_map_lookup_elem(pending, &key);

	if (old && old->task == notice.task)
		tg_count_lost(missed, policy);
	if (bpf_map_update_elem(pending, &key, &notice, BPF_ANY))
		tg_count_lost(missed, policy); /* there are too many */
	return 0;
}

TG_LIBRARY int tg_enforce(void *pending, __u32 policy, int ret)
{
	__u64 key = notice_key(policy);
	struct tg_notice *notice = bpf_map_lookup_elem(pending, &key);
	__s32 signal, error;
	bool mine;

	if (!notice)
		return ret;
	mine = notice->task == bpf_get_current_task();
	signal = notice->signal;
	error = notice->error;
	bpf_map_delete_elem(pending, &key);
	if (!mine)
		return ret;
	if (signal)
		bpf_send_signal(signal);
	return ret ? ret : error;
}

TG_LIBRARY int tg_forget(void *pending, void *missed, __u32 policy)
{
	__u64 key = notice_key(policy);

	if (!bpf_map_delete_elem(pending, &key))
		tg_count_lost(missed, policy);
	return 0;
}

/* ---- sockets ----------------------------------------------------------------------------- */

static __inline struct tg_sock_key sock_key(__u32 policy, __u64 address)
{
	struct tg_sock_key key = {.address = address, .policy = policy};

	return key;
}

/* The map gives up its oldest entries when it is full: about then, for it keeps some in hand. */
static __inline void count_socket(__u64 *live, void *forgotten, __u32 policy)
{
	if (tg_fresh(*live) < TG_SOCKS)
		__sync_fetch_and_add(live, 1);
	else
		tg_count_lost(forgotten, policy);
}

/* A process without a record owns nothing. */
TG_LIBRARY int tg_track(void *socks, __u64 *live, void *forgotten, __u32 policy, __u64 address)
{
	struct tg_sock_key key = sock_key(policy, address);
	__u64 id = bpf_get_current_pid_tgid();
	struct tg_owner owner = {.policy = policy, .tid = id, .key = {.pid = id >> 32}};
	struct tg_proc *p = bpf_map_lookup_elem(&tg_proc, &owner.key.pid);
	long error;

	if (!p)
		return 0;
	owner.key.ktime = p->ktime;
	error = bpf_map_update_elem(socks, &key, &owner, BPF_NOEXIST);
	if (error == -TG_EEXIST)
		bpf_map_update_elem(socks, &key, &owner, BPF_ANY);
	else if (error)
		tg_count_lost(forgotten, policy);
	else
		count_socket(live, forgotten, policy);
	return 0;
}

TG_LIBRARY int tg_untrack(void *socks, __u64 *live, __u32 policy, __u64 address)
{
	struct tg_sock_key key = sock_key(policy, address);

	if (!bpf_map_delete_elem(socks, &key))
		__sync_fetch_and_add(live, -1);
	return 0;
}

#define TG_OWNERS_AT 16383 /* the part begins there at the latest; a mask */

static __inline int put_owner(struct tg_scratch *s, __u32 part, struct tg_owner owner)
{
	struct tg_part head = {.kind = TG_PART_OWNERS};
	__u32 at = tg_fresh(s->end);

	if (part > at || part > TG_OWNERS_AT || at > TG_RECORD_MAX - sizeof(head) - sizeof(owner)) {
		s->end = TG_RECORD_MAX + 1;
		return 0;
	}
	tg_bound(part, TG_OWNERS_AT); /* old verifiers forget it */
	if (part == at)
		at += sizeof(head);
	tg_store(s->record + at, owner);
	at += sizeof(owner);
	head.size = at - part - sizeof(head);
	tg_store(s->record + part, head);
	s->end = at;
	return 0;
}

TG_LIBRARY int tg_add_owner(struct tg_scratch *s, __u32 part, void *socks, __u32 policy,
			    __u64 address)
{
	struct tg_sock_key key = sock_key(policy, address);
	const struct tg_owner *owner = bpf_map_lookup_elem(socks, &key);

	return owner ? put_owner(s, part, *owner) : 0;
}

/* ---- stacks ------------------------------------------------------------------------------ */

TG_LIBRARY int tg_add_stack(struct tg_scratch *s, void *ctx, __u32 kind)
{
	__u32 at = tg_fresh(s->end);
	struct tg_part part = {.kind = kind};
	long size;

	if (at > TG_RECORD_MAX - sizeof(part) - TG_STACK_BYTES)
		return 0;
	size = bpf_get_stack(ctx, s->record + at + sizeof(part), TG_STACK_BYTES,
			     kind == TG_PART_USER_STACK ? BPF_F_USER_STACK : 0);
	if (size <= 0)
		return 0;
	part.size = size;
	tg_store(s->record + at, part);
	s->end = at + sizeof(part) + size;
	return 0;
}

#endif
