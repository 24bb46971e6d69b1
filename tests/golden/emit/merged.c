#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x9c6f685cu
#define TG_POLICIES 2
#define TG_HOOKS 1
#include "tg_bits.h"
const struct tg_bits_masks tg_bits_masks = {
	{0x0ull},
	{0x0ull},
	{0x1ull}};

#include "tg_hook.h"

#line 31 "merged.yaml"
static __subprogram bool binary0(struct tg_scratch *s)
{
	if (tg_fresh(s->read.len) == 12 && TG_LOAD(s->text + TG_TEXT_END - 12, 0) == 0x6e69622f7273752full && (TG_LOAD(s->text + TG_TEXT_END - 12, 8) & 0xffffffffull) == 0x7461632full)
		return true;
	return false;
}

TG_EXPORT int tg_bits_path(struct tg_scratch *s, __u64 *found, bool cut)
{
	if (binary0(s))
		found[0] |= 0x1ull;
	return 0;
}

TG_EXPORT int tg_bits_number(__u64 *w, __u32 pid, __u64 task)
{
	return 0;
}

TG_EXPORT int tg_bits_parent(__u64 *w, const struct tg_bits_value *parent)
{
	return 0;
}

#line 14 "merged.yaml"
static __subprogram bool h0_p0(struct tg_scratch *s)
{
	__u32 start = tg_fresh(s->read.start);
	__u64 w0, w1;
	const char *text;

	tg_bound(start, TG_TEXT_MASK);
	text = s->text + start;
	w0 = TG_LOAD(text, 0);
	w1 = TG_LOAD(text, 8);
	if (tg_fresh(s->read.len) >= 5 && !TG_DIFFER((w0 ^ 0x2f6374652full) & 0xffffffffffull))
		return true;
	return false;
}

#line 14 "merged.yaml"
static __inline bool h0_may0(__u64 first, const struct tg_sketch *k)
{
	__u64 second;

	if ((first & 0xffffffffull) == 0x637465ull) {
		second = tg_second(k);
		if (second || second == TG_SECOND_LONG)
			return true;
	}
	return false;
}

#line 35 "merged.yaml"
static __inline bool h0_p1_set(__u32 v)
{
	return v == (__u32)0x80000002ull;
}

#line 35 "merged.yaml"
static __inline bool h0_p1(__u64 a)
{
	__u32 v = (__u32)(__s32)a;

	return h0_p1_set(v ^ 0x80000000ull);
}

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
	if (tg_fresh(s->live) & 0x7ull) {
		tg_read_known_file(s, c->a[1], 0x3ull, &c->k1);
		if ((tg_fresh(s->live) & 0x3ull) && !h0_p0(s))
			s->live &= ~0x3ull;
		if (tg_fresh(s->live) & 0x7ull)
			tg_slot_path(s, &slot[1]);
	}
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= live & 0x1ull;
	won |= tg_first(live, 0x6ull);
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	if (acts & 0x2ull)
		ret = -1;
	matched = won & 0x7ull;
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
		if (lost & 0x1ull)
			tg_lose(0);
		if (lost & 0x6ull)
			tg_lose(1);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 8 "merged.yaml"
static __inline int h0_lsm_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p1(ctx[1]))
		live = (live & ~0x4ull);
	if (!live)
		return 0;
	c.k1.last = NULL;
	if (live & 0x3ull)	{
		__u64 first = tg_sketch(file, untyped_file, &c.k1, ctx[0], true);

		if (first) {
			if ((live & 0x3ull) && !h0_may0(first, &c.k1))
				live = (live & ~0x3ull);
			if (!live)
				return 0;
		}
	}
	if (live & 0x2ull) {
		__u64 id = bpf_get_current_pid_tgid() >> 32, bits;

		bits = tg_bits_word(id, 0);
		tg_require(live, 0x2ull, tg_bit(bits, TG_BITS_UNKNOWN) ^ 1);
		tg_require(live, 0x2ull, tg_bit(bits, 0));
		if (!live)
			return 0;
	}
	c.a[0] = (__u64)ctx[1];
	c.a[1] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "merged.yaml"
SEC("lsm/file_permission")
int h0_lsm(__u64 *ctx)
{
	__u64 live0 = 0x7ull;
	int ret;

	ret = h0_lsm_run(ctx, live0);
	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

#line 8 "merged.yaml"
static __inline int h0_fmod_ret_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	if (!h0_p1(ctx[1]))
		live = (live & ~0x4ull);
	if (!live)
		return 0;
	c.k1.last = NULL;
	if (live & 0x3ull)	{
		__u64 first = tg_sketch(file, untyped_file, &c.k1, ctx[0], false);

		if (first) {
			if ((live & 0x3ull) && !h0_may0(first, &c.k1))
				live = (live & ~0x3ull);
			if (!live)
				return 0;
		}
	}
	if (live & 0x2ull) {
		__u64 id = bpf_get_current_pid_tgid() >> 32, bits;

		bits = tg_bits_word(id, 0);
		tg_require(live, 0x2ull, tg_bit(bits, TG_BITS_UNKNOWN) ^ 1);
		tg_require(live, 0x2ull, tg_bit(bits, 0));
		if (!live)
			return 0;
	}
	c.a[0] = (__u64)ctx[1];
	c.a[1] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "merged.yaml"
SEC("fmod_ret/security_file_permission")
int h0_fmod_ret(__u64 *ctx)
{
	__u64 live0 = 0x7ull;
	int ret;

	ret = h0_fmod_ret_run(ctx, live0);
	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

#pragma clang attribute pop
