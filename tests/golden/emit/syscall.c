#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x759dab8du
#define TG_POLICIES 1
#include "tg_hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#line 14 "syscall.yaml"
static __inline bool h0_p0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	if (len == 11) {
		if (TG_WORD(text, 0, 0x7361702f6374652full) && TG_WORD_MASKED(text, 8, 0x647773ull, 0xffffffull))
			return true;
	}
	if (len == 2) {
		if (TG_WORD_MASKED(text, 0, 0x2e2eull, 0xffffull))
			return true;
	}
	if (len == 18) {
		if (TG_WORD(text, 0, 0x65732f636f72702full) && TG_WORD(text, 8, 0x7269766e652f666cull) && TG_WORD_MASKED(text, 16, 0x6e6full, 0xffffull))
			return true;
	}
	return false;
}

#line 16 "syscall.yaml"
static __inline bool h0_p1_any(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	if (len >= 3) {
		__u32 tail = len - 3;

		tg_bound(tail, TG_TEXT_MASK);
		if (TG_WORD_MASKED(text + tail, 0, 0x6f732eull, 0xffffffull))
			return true;
	}
	if (len >= 5) {
		__u32 tail = len - 5;

		tg_bound(tail, TG_TEXT_MASK);
		if (TG_WORD_MASKED(text + tail, 0, 0x362e6f732eull, 0xffffffffffull))
			return true;
	}
	return false;
}

static __inline bool h0_p1(struct tg_scratch *s)
{
	return !h0_p1_any(s);
}

#line 17 "syscall.yaml"
static __inline bool h0_p2(__u64 a)
{
	__s32 v = (__s32)(__u64)a;

	return !((v == (__s32)0xffffff9cu));
}

struct h0_call {
	__u64 a[2];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token = tg_scratch_hold(s), live, won = 0, matched;
	int ret = 0;

	s->live = c->live;
	s->end = sizeof(struct tg_hook) + 2 * sizeof(struct tg_slot);
	tg_slot_unread(&slot[1]);
	if (tg_fresh(s->live) & 0x3ull) {
		tg_read_user(s, c->a[1]);
		if (tg_fresh(s->read.status))
			s->live &= ~0x3ull;
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p1(s))
			s->live &= ~0x2ull;
		if (tg_fresh(s->live) & 0x1ull)
			tg_slot_text(s, &slot[1]);
	}
	if (!tg_fresh(s->live))
		return tg_scratch_held(s, token) ? 0 : TG_AGAIN;
	live = tg_fresh(s->live);
	won |= tg_first(live, 0x3ull);
	if (!tg_scratch_held(s, token))
		return TG_AGAIN;
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	tg_slot_int(&slot[0], (__u64)(__s64)(__s32)(__u64)c->a[0]);
	tg_head_fill((struct tg_hook *)s->record, TG_BUNDLE, 0 << 16 | 2, matched);
	if (!tg_scratch_held(s, token) || tg_emit_scratch(s)) {
		if (matched & 0x3ull)
			tg_count_lost(0);
	}
	return ret;
}

static __subprogram int h0_finish(const struct h0_call *c)
{
	struct tg_scratch *s = tg_scratch_take();
	int ret = TG_AGAIN;

#pragma clang loop unroll(disable)
	for (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++)
		ret = h0_once(s, c);
	tg_scratch_give();
	if (ret != TG_AGAIN)
		return ret;
	if (c->live & 0x3ull)
		tg_count_lost(0);
	return 0;
}

#line 8 "syscall.yaml"
static __inline int h0_fentry_run(__u64 *ctx)
{
	__u64 live = 0x3ull;
	struct h0_call c;

	if (!h0_p2(((const struct pt_regs *)ctx[0])->di))
		live &= ~0x2ull;
	if (!live)
		return 0;
	tg_forget();
	c.a[0] = (__u64)((const struct pt_regs *)ctx[0])->di;
	c.a[1] = (__u64)((const struct pt_regs *)ctx[0])->si;
	c.live = live;
	return h0_finish(&c);
}

#line 8 "syscall.yaml"
SEC("fentry/__x64_sys_openat")
int h0_fentry(__u64 *ctx)
{
	int ret = h0_fentry_run(ctx);

	(void)ret;
	return 0;
}

#line 8 "syscall.yaml"
static __inline int h0_kprobe_run(__u64 *ctx)
{
	__u64 live = 0x3ull;
	struct h0_call c;

	if (!h0_p2(tg_member(((struct pt_regs *)ctx)->di, struct pt_regs, di)))
		live &= ~0x2ull;
	if (!live)
		return 0;
	tg_forget();
	c.a[0] = (__u64)tg_member(((struct pt_regs *)ctx)->di, struct pt_regs, di);
	c.a[1] = (__u64)tg_member(((struct pt_regs *)ctx)->di, struct pt_regs, si);
	c.live = live;
	return h0_finish(&c);
}

#line 8 "syscall.yaml"
SEC("kprobe/__x64_sys_openat")
int h0_kprobe(__u64 *ctx)
{
	int ret = h0_kprobe_run(ctx);

	(void)ret;
	return 0;
}

