#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x8c64fe2bu
#define TG_POLICIES 1
#define TG_HOOKS 2
#define TG_CALLS 4096
#include "tg_hook.h"

#include "tg_lib_args.h"
#line 17 "return.yaml"
static __inline bool h0_p0_set(__u64 v)
{
	return v >= 0x9ull;
}

#line 17 "return.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u64 v = (__u64)(__u64)a;

	return h0_p0_set(v);
}

static __inline __u64 h0_keep(__u64 won, __u64 matched, struct tg_call *call)
{
	__u64 lost = matched & 0x1ull;

	call->won = won & 0x1ull;
	call->open = lost != 0;
	call->id = 0;
	call->mute = 0;
	if (!call->won || tg_call_keep(&tg_calls, 0, call))
		return matched;
	if (lost) {
		if (lost & 0x1ull)
			tg_lose(0);
	}
	return matched & ~0x1ull;
}

#line 8 "return.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;
	struct tg_call call = {0};

	if (!h0_p0(ctx[1]))
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x1ull;
	call.saved[0] = (__u64)ctx[0];
	matched = h0_keep(won, matched, &call);
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		return ret;
	}
	r->hook.call = call.id;
	tg_slot_int(&r->slot[0], (__u64)(__u64)(__u64)ctx[1]);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 8 "return.yaml"
SEC("fentry/fixture_buffer")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	tg_call_forget(&tg_calls, 0);
	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 8 "return.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;
	struct tg_call call = {0};

	if (!h0_p0(((struct pt_regs *)ctx)->si))
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x1ull;
	call.saved[0] = (__u64)((struct pt_regs *)ctx)->di;
	matched = h0_keep(won, matched, &call);
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		return ret;
	}
	r->hook.call = call.id;
	tg_slot_int(&r->slot[0], (__u64)(__u64)(__u64)((struct pt_regs *)ctx)->si);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 8 "return.yaml"
SEC("kprobe/fixture_buffer")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	tg_call_forget(&tg_calls, 0);
	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 19 "return.yaml"
static __inline bool h1_p0_set(__u64 v)
{
	return v >= 0x8000000000000001ull;
}

#line 19 "return.yaml"
static __inline bool h1_p0(__u64 a)
{
	__u64 v = (__u64)(__s64)a;

	return h1_p0_set(v ^ 0x8000000000000000ull);
}

struct h1_call {
	__u64 b1;
	__u64 a[2];
	__u64 live;
	struct tg_call call;
};

static __inline int h1_once(struct tg_scratch *s, const struct h1_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, acts, matched;
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
	acts = won & ~tg_fresh(tg_modes[1].monitor);
	if (acts & 0x1ull)
		bpf_send_signal(9);
	matched = won & 0x1ull;
	s->call = c->call.id;
	if (!matched)
		return ret;
	if (matched & 0x1ull) {
		tg_read_buffer(s, c->a[1], c->b1, 0, 0x0ull);
		tg_slot_bytes(s, &slot[1]);
	} else {
		tg_slot_unread(&slot[1]);
	}
	tg_slot_int(&slot[0], (__u64)(__s64)(__s64)(__s64)c->a[0]);
	if (tg_send(s, TG_BUNDLE, 1 << 16 | 2, matched, token))
		*lost = matched;
	return TG_SENT;
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

#line 8 "return.yaml"
static __inline int h1_kretprobe_run(__u64 *ctx, __u64 live, const struct tg_call *call)
{
	struct h1_call c;

	if (!h1_p0(((struct pt_regs *)ctx)->ax))
		return 0;
	c.a[0] = (__u64)((struct pt_regs *)ctx)->ax;
	c.b1 = tg_size((__s64)(__s32)((struct pt_regs *)ctx)->ax);
	c.a[1] = (__u64)call->saved[0];
	c.call = *call;
	c.live = live;
	return h1_finish(&c);
}

#line 8 "return.yaml"
SEC("kretprobe/fixture_buffer")
int h1_kretprobe(__u64 *ctx)
{
	struct tg_call call;

	if (tg_call_take(&tg_calls, 0, &call)) {
		if (h1_kretprobe_run(ctx, call.won, &call) != TG_SENT && call.open)
			tg_send_cancel(TG_BUNDLE, 0 << 16, call.id);
	}
	return 0;
}

#line 8 "return.yaml"
static __inline int h1_fexit_run(__u64 *ctx, __u64 live, const struct tg_call *call)
{
	struct h1_call c;

	if (!h1_p0(tg_result(ctx, 3)))
		return 0;
	c.a[0] = (__u64)tg_result(ctx, 3);
	c.b1 = tg_size((__s64)(__s32)tg_result(ctx, 3));
	c.a[1] = (__u64)call->saved[0];
	c.call = *call;
	c.live = live;
	return h1_finish(&c);
}

#line 8 "return.yaml"
SEC("fexit/fixture_buffer")
int h1_fexit(__u64 *ctx)
{
	struct tg_call call;

	if (tg_call_take(&tg_calls, 0, &call)) {
		if (h1_fexit_run(ctx, call.won, &call) != TG_SENT && call.open)
			tg_send_cancel(TG_BUNDLE, 0 << 16, call.id);
	}
	return 0;
}

#pragma clang attribute pop
