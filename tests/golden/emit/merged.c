#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x9c6f685cu
#define TG_POLICIES 2
#include "tg_hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#line 31 "merged.yaml"
static __inline bool binary0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len == 12) {
		if (TG_WORD(text + TG_TEXT_END - 12, 0, 0x6e69622f7273752full) && TG_WORD_MASKED(text + TG_TEXT_END - 12, 8, 0x7461632full, 0xffffffffull))
			return true;
	}
	return false;
}

TG_EXPORT __u64 tg_binaries(struct tg_scratch *s)
{
	__u64 bits = 0;

	if (binary0(s))
		bits |= 0x1ull;
	return bits;
}

#line 14 "merged.yaml"
static __inline bool h0_p0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len >= 5) {
		if (TG_WORD_MASKED(text + start, 0, 0x2f6374652full, 0xffffffffffull))
			return true;
	}
	return false;
}

#line 14 "merged.yaml"
static __inline bool h0_may0(const struct tg_sketch *k)
{
	__u64 first = tg_name_word(k, k->first);

	(void)first;
	if ((first & 0xffffffffull) == 0x637465ull) {
		if (!k->single) {
			__u64 second = tg_name_word(k, k->second);

			if (tg_long_name(k->second) || (second & 0x0ull) == 0x0ull)
				return true;
		}
	}
	return false;
}

#line 35 "merged.yaml"
static __inline bool h0_p1(__u64 a)
{
	__s32 v = (__s32)(__s32)a;

	return ((v == (__s32)0x2u));
}

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
	if (tg_fresh(s->live) & 0x7ull) {
		if (c->dentry1)
			tg_read_known(s, c->dentry1, c->root1);
		else
			tg_read_file(s, c->a[1]);
		if (tg_fresh(s->read.status))
			s->live &= ~0x3ull;
		if ((tg_fresh(s->live) & 0x3ull) && !h0_p0(s))
			s->live &= ~0x3ull;
		if (tg_fresh(s->live) & 0x7ull)
			tg_slot_text(s, &slot[1]);
	}
	if (!tg_fresh(s->live))
		return tg_scratch_held(s, token) ? 0 : TG_AGAIN;
	live = tg_fresh(s->live);
	won |= live & 0x1ull;
	won |= tg_first(live, 0x6ull);
	if (!tg_scratch_held(s, token))
		return TG_AGAIN;
	if (won & 0x2ull)
		ret = -1;
	matched = won & 0x7ull;
	if (!matched)
		return ret;
	tg_slot_int(&slot[0], (__u64)(__s64)(__s32)(__s32)c->a[0]);
	tg_head_fill((struct tg_hook *)s->record, TG_BUNDLE, 0 << 16 | 2, matched);
	if (!tg_scratch_held(s, token) || tg_emit_scratch(s)) {
		if (matched & 0x1ull)
			tg_count_lost(0);
		if (matched & 0x6ull)
			tg_count_lost(1);
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
	if (c->live & 0x1ull)
		tg_count_lost(0);
	if (c->live & 0x6ull)
		tg_count_lost(1);
	return 0;
}

#line 8 "merged.yaml"
static __inline int h0_lsm_run(__u64 *ctx)
{
	__u64 live = 0x7ull;
	struct h0_call c;

	bool known1 = false;
	if (!h0_p1(ctx[1]))
		live &= ~0x4ull;
	if (!live)
		return 0;
	if (live & 0x3ull) {
		const struct file *o = (const struct file *)ctx[0];
		struct tg_sketch k = {.unknown = true};

		if (o)
			tg_sketch_path(&k, &o->f_path);
		known1 = !k.unknown;
		if (!k.unknown) {
			if ((live & 0x3ull) && !h0_may0(&k))
				live &= ~0x3ull;
		}
		if (!live)
			return 0;
	}
	if (live & 0x2ull) {
		__u64 bits = tg_bits_current();

		if (bits & TG_BITS_UNKNOWN)
			live &= ~0x2ull;
		if (!(bits & 0x1ull))
			live &= ~0x2ull;
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

#line 8 "merged.yaml"
SEC("lsm/file_permission")
int h0_lsm(__u64 *ctx)
{
	int ret = h0_lsm_run(ctx);

	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

#line 8 "merged.yaml"
static __inline int h0_fmod_ret_run(__u64 *ctx)
{
	__u64 live = 0x7ull;
	struct h0_call c;

	bool known1 = false;
	if (!h0_p1(ctx[1]))
		live &= ~0x4ull;
	if (!live)
		return 0;
	if (live & 0x3ull) {
		const struct file *o = (const struct file *)ctx[0];
		struct tg_sketch k = {.unknown = true};

		tg_sketch_path(&k, &o->f_path);
		known1 = !k.unknown;
		if (!k.unknown) {
			if ((live & 0x3ull) && !h0_may0(&k))
				live &= ~0x3ull;
		}
		if (!live)
			return 0;
	}
	if (live & 0x2ull) {
		__u64 bits = tg_bits_current();

		if (bits & TG_BITS_UNKNOWN)
			live &= ~0x2ull;
		if (!(bits & 0x1ull))
			live &= ~0x2ull;
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

#line 8 "merged.yaml"
SEC("fmod_ret/security_file_permission")
int h0_fmod_ret(__u64 *ctx)
{
	int ret = h0_fmod_ret_run(ctx);

	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

