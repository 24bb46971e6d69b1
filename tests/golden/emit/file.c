#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xf2f133ccu
#define TG_POLICIES 1
#include "tg_hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#line 16 "file.yaml"
static __inline bool h0_p0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len >= 11) {
		if (TG_WORD(text + start, 0, 0x6168732f6374652full) && TG_WORD_MASKED(text + start, 8, 0x776f64ull, 0xffffffull))
			return true;
	}
	if (len >= 12) {
		if (TG_WORD(text + start, 0, 0x6475732f6374652full) && TG_WORD_MASKED(text + start, 8, 0x7372656full, 0xffffffffull))
			return true;
	}
	if (len >= 11) {
		if (TG_WORD(text + start, 0, 0x732e2f746f6f722full) && TG_WORD_MASKED(text + start, 8, 0x2f6873ull, 0xffffffull))
			return true;
	}
	return false;
}

#line 16 "file.yaml"
static __inline bool h0_may0(const struct tg_sketch *k)
{
	__u64 first = tg_name_word(k, k->first);

	(void)first;
	if ((first & 0xffffffffull) == 0x637465ull) {
		if (!k->single) {
			__u64 second = tg_name_word(k, k->second);

			if (tg_long_name(k->second) || (second & 0xffffffffffffull) == 0x776f64616873ull)
				return true;
			if (tg_long_name(k->second) || (second & 0xffffffffffffffull) == 0x7372656f647573ull)
				return true;
		}
	}
	if ((first & 0xffffffffffull) == 0x746f6f72ull) {
		if (!k->single) {
			__u64 second = tg_name_word(k, k->second);

			if ((second & 0xffffffffffull) == 0x6873732eull)
				return true;
		}
	}
	return false;
}

#line 17 "file.yaml"
static __inline bool h0_p1(__u64 a)
{
	__s32 v = (__s32)(__s32)a;

	return ((v & (__s32)0x4u) != 0);
}

#line 19 "file.yaml"
static __inline bool h0_p2(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len >= 4) {
		if (TG_WORD_MASKED(text + TG_TEXT_END - 4, 0, 0x6d65702eull, 0xffffffffull))
			return true;
	}
	return false;
}

#line 19 "file.yaml"
static __inline bool h0_may2(const struct tg_sketch *k)
{
	__u64 tail = tg_name_tail(k->last);

	if ((tail & 0xffffffff00000000ull) == 0x6d65702e00000000ull)
		return true;
	return false;
}

#line 20 "file.yaml"
static __inline bool h0_p3_any(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len >= 5) {
		if (TG_WORD_MASKED(text + start, 0, 0x2f7273752full, 0xffffffffffull))
			return true;
	}
	return false;
}

static __inline bool h0_p3(struct tg_scratch *s)
{
	return tg_fresh(s->read.len) && !h0_p3_any(s);
}

#line 20 "file.yaml"
struct h0_call {
	__u64 a[2];
	__u64 live;
	const struct dentry *dentry1, *root1;
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
		if (c->dentry1)
			tg_read_known(s, c->dentry1, c->root1);
		else
			tg_read_file(s, c->a[1]);
		if (tg_fresh(s->read.status))
			s->live &= ~0x3ull;
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p2(s))
			s->live &= ~0x2ull;
		if ((tg_fresh(s->live) & 0x2ull) && !h0_p3(s))
			s->live &= ~0x2ull;
		if (tg_fresh(s->live) & 0x3ull)
			tg_slot_text(s, &slot[1]);
	}
	if (!tg_fresh(s->live))
		return tg_scratch_held(s, token) ? 0 : TG_AGAIN;
	live = tg_fresh(s->live);
	won |= tg_first(live, 0x3ull);
	if (!tg_scratch_held(s, token))
		return TG_AGAIN;
	if (won & 0x2ull)
		bpf_send_signal(10);
	matched = won & 0x3ull;
	if (!matched)
		return ret;
	tg_slot_int(&slot[0], (__u64)(__s64)(__s32)(__s32)c->a[0]);
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

#line 8 "file.yaml"
static __inline int h0_kprobe_run(__u64 *ctx)
{
	__u64 live = 0x3ull;
	struct h0_call c;

	if (!h0_p1(((struct pt_regs *)ctx)->si))
		live &= ~0x1ull;
	if (!live)
		return 0;
	tg_forget();
	c.a[0] = (__u64)((struct pt_regs *)ctx)->si;
	c.dentry1 = c.root1 = NULL;
	c.a[1] = (__u64)((struct pt_regs *)ctx)->di;
	c.live = live;
	return h0_finish(&c);
}

#line 8 "file.yaml"
SEC("kprobe/security_file_permission")
int h0_kprobe(__u64 *ctx)
{
	int ret = h0_kprobe_run(ctx);

	(void)ret;
	return 0;
}

#line 8 "file.yaml"
static __inline int h0_fentry_run(__u64 *ctx)
{
	__u64 live = 0x3ull;
	struct h0_call c;

	bool known1 = false;
	if (!h0_p1(ctx[1]))
		live &= ~0x1ull;
	if (!live)
		return 0;
	if (live & 0x3ull) {
		const struct file *o = (const struct file *)ctx[0];
		struct tg_sketch k = {.unknown = true};

		tg_sketch_path(&k, &o->f_path);
		known1 = !k.unknown;
		if (!k.unknown) {
			if ((live & 0x1ull) && !h0_may0(&k))
				live &= ~0x1ull;
			if ((live & 0x2ull) && !h0_may2(&k))
				live &= ~0x2ull;
		}
		if (!live)
			return 0;
	}
	tg_forget();
	c.a[0] = (__u64)ctx[1];
	c.dentry1 = c.root1 = NULL;
	if (known1) {
		const struct file *o = (const struct file *)ctx[0];

		if (o)
			tg_known_path(&c.dentry1, &c.root1, &o->f_path);
	}
	c.a[1] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "file.yaml"
SEC("fentry/security_file_permission")
int h0_fentry(__u64 *ctx)
{
	int ret = h0_fentry_run(ctx);

	(void)ret;
	return 0;
}

