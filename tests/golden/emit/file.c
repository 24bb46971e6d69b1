#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xf2f133ccu
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_hook.h"

#line 16 "file.yaml"
static __subprogram bool h0_p0(struct tg_scratch *s)
{
	__u32 start = tg_fresh(s->read.start);
	__u64 w0, w1;
	const char *text;

	tg_bound(start, TG_TEXT_MASK);
	text = s->text + start;
	w0 = TG_LOAD(text, 0);
	w1 = TG_LOAD(text, 8);
	if (tg_fresh(s->read.len) >= 11 && !TG_DIFFER((w0 ^ 0x6168732f6374652full) | ((w1 ^ 0x776f64ull) & 0xffffffull)))
		return true;
	if (tg_fresh(s->read.len) >= 12 && !TG_DIFFER((w0 ^ 0x6475732f6374652full) | ((w1 ^ 0x7372656full) & 0xffffffffull)))
		return true;
	if (tg_fresh(s->read.len) >= 11 && !TG_DIFFER((w0 ^ 0x732e2f746f6f722full) | ((w1 ^ 0x2f6873ull) & 0xffffffull)))
		return true;
	return false;
}

#line 16 "file.yaml"
static __inline bool h0_may0(__u64 first, const struct tg_sketch *k)
{
	__u64 second;

	if ((first & 0xffffffffull) == 0x637465ull) {
		second = tg_second(k);
		if ((second & 0xffffffffffffull) == 0x776f64616873ull ||
		    (second & 0xffffffffffffffull) == 0x7372656f647573ull || second == TG_SECOND_LONG)
			return true;
	}
	if ((first & 0xffffffffffull) == 0x746f6f72ull) {
		second = tg_second(k);
		if ((second & 0xffffffffffull) == 0x6873732eull || second == TG_SECOND_LONG)
			return true;
	}
	return false;
}

#line 17 "file.yaml"
static __inline bool h0_p1(__u64 a)
{
	__u32 v = (__u32)(__s32)a;

	return (v & 0x4ull) != 0;
}

#line 19 "file.yaml"
static __subprogram bool h0_p2(struct tg_scratch *s)
{
	if (tg_fresh(s->read.len) >= 4 && (TG_LOAD(s->text + TG_TEXT_END - 4, 0) & 0xffffffffull) == 0x6d65702eull)
		return true;
	return false;
}

#line 19 "file.yaml"
static __inline bool h0_may2(__u64 first, const struct tg_sketch *k)
{
	__u64 tail = tg_name_tail(k, 0xfffffffffffffff0ull);

	if ((tail & 0xffffffff00000000ull) == 0x6d65702e00000000ull)
		return true;
	return false;
}

#line 20 "file.yaml"
static __subprogram bool h0_p3_any(struct tg_scratch *s)
{
	__u32 start = tg_fresh(s->read.start);
	__u64 w0, w1;
	const char *text;

	tg_bound(start, TG_TEXT_MASK);
	text = s->text + start;
	w0 = TG_LOAD(text, 0);
	w1 = TG_LOAD(text, 8);
	if (tg_fresh(s->read.len) >= 5 && !TG_DIFFER((w0 ^ 0x2f7273752full) & 0xffffffffffull))
		return true;
	return false;
}

static __inline bool h0_p3(struct tg_scratch *s)
{
	return tg_fresh(s->read.len) && !h0_p3_any(s);
}

#line 20 "file.yaml"
struct h0_call {
	struct tg_sketch k1;
	__u64 a[2];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, acts, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 2 * sizeof(struct tg_slot));
	if (tg_fresh(s->live) & 0x3ull) {
		tg_read_known_file(s, c->a[1], 0x3ull, &c->k1);
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p2(s))
			s->live &= ~0x2ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p3(s))
			s->live &= ~0x2ull;
		if (tg_fresh(s->live) & 0x3ull)
			tg_slot_path(s, &slot[1]);
	}
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= tg_first(live, 0x3ull);
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	if (acts & 0x2ull)
		bpf_send_signal(10);
	matched = won & 0x3ull;
	if (!matched)
		return ret;
	tg_slot_int(&slot[0], (__u64)(__s64)(__s32)(__s32)c->a[0]);
	if (tg_send_path(s, TG_BUNDLE, 0 << 16 | 2, matched, token))
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
		c->k1.last = c->k1.root = NULL;
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x3ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 8 "file.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p1(((struct pt_regs *)ctx)->si))
		live = (live & ~0x1ull);
	if (!live)
		return 0;
	c.a[0] = (__u64)((struct pt_regs *)ctx)->si;
	c.k1.last = NULL;
	c.a[1] = (__u64)((struct pt_regs *)ctx)->di;
	c.live = live;
	return h0_finish(&c);
}

#line 8 "file.yaml"
SEC("kprobe/security_file_permission")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 8 "file.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p1(ctx[1]))
		live = (live & ~0x1ull);
	if (!live)
		return 0;
	{
		__u64 first = tg_sketch(file, untyped_file, &c.k1, ctx[0], false);

		if (first) {
			if ((live & 0x1ull) && !h0_may0(first, &c.k1))
				live = (live & ~0x1ull);
			if ((live & 0x2ull) && !h0_may2(first, &c.k1))
				live = (live & ~0x2ull);
			if (!live)
				return 0;
		}
	}
	c.a[0] = (__u64)ctx[1];
	c.a[1] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "file.yaml"
SEC("fentry/security_file_permission")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
