#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x759dab8du
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_hook.h"

#line 14 "syscall.yaml"
static __subprogram bool h0_p0(struct tg_scratch *s)
{
	const char *text = s->text;
	__u64 w0, w1;

	w0 = TG_LOAD(text, 0);
	w1 = TG_LOAD(text, 8);
	if (tg_fresh(s->read.len) == 11 && !TG_DIFFER((w0 ^ 0x7361702f6374652full) | ((w1 ^ 0x647773ull) & 0xffffffull)))
		return true;
	if (tg_fresh(s->read.len) == 2 && !TG_DIFFER((w0 ^ 0x2e2eull) & 0xffffull))
		return true;
	if (tg_fresh(s->read.len) == 18 && !TG_DIFFER((w0 ^ 0x65732f636f72702full) | ((w1 ^ 0x7269766e652f666cull) & 0xffffffffffffffffull)) && (TG_LOAD(text, 16) & 0xffffull) == 0x6e6full)
		return true;
	return false;
}

#line 16 "syscall.yaml"
static __subprogram bool h0_p1_any(struct tg_scratch *s)
{
	__u32 tail;

	tail = tg_fresh(s->read.len) - 3;
	tg_bound(tail, TG_TEXT_MASK);
	if (tg_fresh(s->read.len) >= 3 && (TG_LOAD(s->text + tail, 0) & 0xffffffull) == 0x6f732eull)
		return true;
	tail = tg_fresh(s->read.len) - 5;
	tg_bound(tail, TG_TEXT_MASK);
	if (tg_fresh(s->read.len) >= 5 && (TG_LOAD(s->text + tail, 0) & 0xffffffffffull) == 0x362e6f732eull)
		return true;
	return false;
}

static __inline bool h0_p1(struct tg_scratch *s)
{
	return !h0_p1_any(s);
}

#line 17 "syscall.yaml"
static __inline bool h0_p2_set(__u32 v)
{
	return v == (__u32)0x7fffff9cull;
}

#line 17 "syscall.yaml"
static __inline bool h0_p2(__u64 a)
{
	__u32 v = (__u32)(__u64)a;

	return !h0_p2_set(v ^ 0x80000000ull);
}

struct h0_call {
	__u64 a[2];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 2 * sizeof(struct tg_slot));
	tg_slot_unread(&slot[1]);
	if (tg_fresh(s->live) & 0x3ull) {
		tg_read_user(s, c->a[1], 0x3ull);
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p1(s))
			s->live &= ~0x2ull;
		if (tg_fresh(s->live) & 0x1ull)
			tg_slot_text(s, &slot[1]);
	}
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= tg_first(live, 0x3ull);
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	tg_slot_int(&slot[0], (__u64)(__s64)(__s32)(__u64)c->a[0]);
	if (tg_send(s, TG_BUNDLE, 0 << 16 | 2, matched, token))
		*lost = matched;
	return ret;
}

static __subprogram int h0_finish(struct h0_call *c)
{
	struct tg_scratch *s = tg_scratch_take();
	__u64 lost = c->live;
	int ret = TG_AGAIN;

#pragma clang loop unroll(disable)
	for (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++) {
		ret = h0_once(s, c, &lost);
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x3ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 8 "syscall.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p2(((const struct pt_regs *)ctx[0])->di))
		live = (live & ~0x2ull);
	if (!live)
		return 0;
	c.a[0] = (__u64)((const struct pt_regs *)ctx[0])->di;
	c.a[1] = (__u64)((const struct pt_regs *)ctx[0])->si;
	c.live = live;
	return h0_finish(&c);
}

#line 8 "syscall.yaml"
SEC("fentry/__x64_sys_openat")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 8 "syscall.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p2(tg_syscall_register(ctx, di)))
		live = (live & ~0x2ull);
	if (!live)
		return 0;
	c.a[0] = (__u64)tg_syscall_register(ctx, di);
	c.a[1] = (__u64)tg_syscall_register(ctx, si);
	c.live = live;
	return h0_finish(&c);
}

#line 8 "syscall.yaml"
SEC("kprobe/__x64_sys_openat")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
