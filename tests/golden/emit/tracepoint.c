#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x712d3294u
#define TG_POLICIES 1
#define TG_HOOKS 2
#include "tg_hook.h"

struct trace_event_raw_sched_process_exec {
	__s32 pid;
} TG_RELOCATED;

#line 15 "tracepoint.yaml"
static __inline bool h0_p0_set(__u32 v)
{
	return v >= (__u32)0x800003e9ull;
}

#line 15 "tracepoint.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u32 v = (__u32)(__s32)a;

	return h0_p0_set(v ^ 0x80000000ull);
}

#line 9 "tracepoint.yaml"
static __inline int h0_tracepoint_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[2];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	if (!h0_p0((__u64)((struct trace_event_raw_sched_process_exec *)ctx)->pid))
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		return ret;
	}
	r->hook.call = 0;
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__s32)*(const __s32 *)((const char *)ctx + 4));
	tg_slot_int(&r->slot[1], (__u64)(__s64)(__s32)(__s32)(__u64)((struct trace_event_raw_sched_process_exec *)ctx)->pid);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 2, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 9 "tracepoint.yaml"
SEC("tracepoint/sched/sched_process_exec")
int h0_tracepoint(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_tracepoint_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 23 "tracepoint.yaml"
static __inline bool h1_p0(__u64 a)
{
	__u64 v = (__u64)(__u64)a;

	return (v & 0x240ull) != 0;
}

struct h1_call {
	__u64 a[2];
	__u64 live;
};

static __inline int h1_once(struct tg_scratch *s, const struct h1_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 2 * sizeof(struct tg_slot));
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[1].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	if (matched & 0x1ull) {
		tg_read_user(s, c->a[1], 0x0ull);
		tg_slot_text(s, &slot[1]);
	} else {
		tg_slot_unread(&slot[1]);
	}
	tg_slot_int(&slot[0], (__u64)(__u64)(__u64)c->a[0]);
	if (tg_send(s, TG_BUNDLE, 1 << 16 | 2, matched, token))
		*lost = matched;
	return ret;
}

static __subprogram int h1_finish(struct h1_call *c)
{
	struct tg_scratch *s = tg_scratch_take();
	__u64 lost = c->live;
	int ret = TG_AGAIN;

#pragma clang loop unroll(disable)
	for (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++) {
		ret = h1_once(s, c, &lost);
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x1ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 17 "tracepoint.yaml"
static __inline int h1_tracepoint_run(__u64 *ctx, __u64 live)
{
	struct h1_call c;

	if (!h1_p0(*(const __u64 *)((const char *)ctx + 32)))
		return 0;
	c.a[0] = (__u64)*(const __u64 *)((const char *)ctx + 32);
	c.a[1] = (__u64)*(const __u64 *)((const char *)ctx + 24);
	c.live = live;
	return h1_finish(&c);
}

#line 17 "tracepoint.yaml"
SEC("tracepoint/syscalls/sys_enter_openat")
int h1_tracepoint(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h1_tracepoint_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
