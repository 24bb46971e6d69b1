#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xec19368au
#define TG_POLICIES 1
#include "tg_hook.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#line 15 "lsm.yaml"
static __inline bool binary0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len == 15) {
		if (TG_WORD(text + TG_TEXT_END - 15, 0, 0x6e69622f7273752full) && TG_WORD_MASKED(text + TG_TEXT_END - 15, 8, 0x6477737361702full, 0xffffffffffffffull))
			return true;
	}
	if (len == 14) {
		if (TG_WORD(text + TG_TEXT_END - 14, 0, 0x6962732f7273752full) && TG_WORD_MASKED(text + TG_TEXT_END - 14, 8, 0x646873732f6eull, 0xffffffffffffull))
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

#line 13 "lsm.yaml"
static __inline bool h0_p0(struct tg_scratch *s)
{
	__u32 len = tg_fresh(s->read.len);
	const char *text = s->text;
	__u32 start = tg_fresh(s->read.start);

	tg_bound(start, TG_TEXT_MASK);
	if (len == 11) {
		if (TG_WORD(text + TG_TEXT_END - 11, 0, 0x6168732f6374652full) && TG_WORD_MASKED(text + TG_TEXT_END - 11, 8, 0x776f64ull, 0xffffffull))
			return true;
	}
	return false;
}

#line 13 "lsm.yaml"
static __inline bool h0_may0(const struct tg_sketch *k)
{
	__u64 first = tg_name_word(k, k->first);

	(void)first;
	if ((first & 0xffffffffull) == 0x637465ull) {
		if (!k->single) {
			__u64 second = tg_name_word(k, k->second);

			if ((second & 0xffffffffffffffull) == 0x776f64616873ull)
				return true;
		}
	}
	return false;
}

struct h0_call {
	__u64 a[1];
	__u64 live;
	const struct dentry *dentry0, *root0;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token = tg_scratch_hold(s), live, won = 0, matched;
	int ret = 0;

	s->live = c->live;
	s->end = sizeof(struct tg_hook) + 1 * sizeof(struct tg_slot);
	tg_slot_unread(&slot[0]);
	if (tg_fresh(s->live) & 0x1ull) {
		if (c->dentry0)
			tg_read_known(s, c->dentry0, c->root0);
		else
			tg_read_file(s, c->a[0]);
		if (tg_fresh(s->read.status))
			s->live &= ~0x1ull;
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if (tg_fresh(s->live) & 0x1ull)
			tg_slot_text(s, &slot[0]);
	}
	if (!tg_fresh(s->live))
		return tg_scratch_held(s, token) ? 0 : TG_AGAIN;
	live = tg_fresh(s->live);
	won |= live & 0x1ull;
	if (!tg_scratch_held(s, token))
		return TG_AGAIN;
	if (won & 0x1ull)
		bpf_send_signal(9);
	if (won & 0x1ull)
		ret = -13;
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	tg_head_fill((struct tg_hook *)s->record, TG_BUNDLE, 0 << 16 | 1, matched);
	if (!tg_scratch_held(s, token) || tg_emit_scratch(s)) {
		if (matched & 0x1ull)
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
	if (c->live & 0x1ull)
		tg_count_lost(0);
	return 0;
}

#line 8 "lsm.yaml"
static __inline int h0_lsm_run(__u64 *ctx)
{
	__u64 live = 0x1ull;
	struct h0_call c;

	bool known0 = false;
	if (live & 0x1ull) {
		const struct file *o = (const struct file *)ctx[0];
		struct tg_sketch k = {.unknown = true};

		if (o)
			tg_sketch_path(&k, &o->f_path);
		known0 = !k.unknown;
		if (!k.unknown) {
			if ((live & 0x1ull) && !h0_may0(&k))
				live &= ~0x1ull;
		}
		if (!live)
			return 0;
	}
	if (live & 0x1ull) {
		__u64 bits = tg_bits_current();

		if (bits & TG_BITS_UNKNOWN)
			live &= ~0x1ull;
		if ((bits & 0x1ull))
			live &= ~0x1ull;
		if (!live)
			return 0;
	}
	tg_forget();
	c.dentry0 = c.root0 = NULL;
	if (known0) {
		const struct file *o = (const struct file *)ctx[0];

		if (o)
			tg_known_path(&c.dentry0, &c.root0, &o->f_path);
	}
	c.a[0] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "lsm.yaml"
SEC("lsm/file_open")
int h0_lsm(__u64 *ctx)
{
	int ret = h0_lsm_run(ctx);

	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

