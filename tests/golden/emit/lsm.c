#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xec19368au
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_bits.h"
const struct tg_bits_masks tg_bits_masks = {
	{0x0ull},
	{0x0ull},
	{0x1ull}};

#include "tg_hook.h"

#line 15 "lsm.yaml"
static __subprogram bool binary0(struct tg_scratch *s)
{
	if (tg_fresh(s->read.len) == 15 && TG_LOAD(s->text + TG_TEXT_END - 15, 0) == 0x6e69622f7273752full && (TG_LOAD(s->text + TG_TEXT_END - 15, 8) & 0xffffffffffffffull) == 0x6477737361702full)
		return true;
	if (tg_fresh(s->read.len) == 14 && TG_LOAD(s->text + TG_TEXT_END - 14, 0) == 0x6962732f7273752full && (TG_LOAD(s->text + TG_TEXT_END - 14, 8) & 0xffffffffffffull) == 0x646873732f6eull)
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

#line 13 "lsm.yaml"
static __subprogram bool h0_p0(struct tg_scratch *s)
{
	if (tg_fresh(s->read.len) == 11 && TG_LOAD(s->text + TG_TEXT_END - 11, 0) == 0x6168732f6374652full && (TG_LOAD(s->text + TG_TEXT_END - 11, 8) & 0xffffffull) == 0x776f64ull)
		return true;
	return false;
}

#line 13 "lsm.yaml"
static __inline bool h0_may0(__u64 first, const struct tg_sketch *k)
{
	__u64 second;

	if ((first & 0xffffffffull) == 0x637465ull) {
		second = tg_second(k);
		if ((second & 0xffffffffffffffull) == 0x776f64616873ull || second == TG_SECOND_LONG)
			return true;
	}
	return false;
}

struct h0_call {
	struct tg_sketch k0;
	__u64 a[1];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, acts, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 1 * sizeof(struct tg_slot));
	if (tg_fresh(s->live) & 0x1ull) {
		tg_read_known_file(s, c->a[0], 0x1ull, &c->k0);
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if (tg_fresh(s->live) & 0x1ull)
			tg_slot_path(s, &slot[0]);
	}
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	if (acts & 0x1ull)
		bpf_send_signal(9);
	if (acts & 0x1ull)
		ret = -13;
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	if (tg_send_path(s, TG_BUNDLE, 0 << 16 | 1, matched, token))
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
		c->k0.last = c->k0.root = NULL;
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x1ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 8 "lsm.yaml"
static __inline int h0_lsm_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	c.k0.last = NULL;
	{
		__u64 first = tg_sketch(file, untyped_file, &c.k0, ctx[0], true);

		if (first) {
			if (!h0_may0(first, &c.k0))
				return 0;
		}
	}
	if (live & 0x1ull) {
		__u64 id = bpf_get_current_pid_tgid() >> 32, bits;

		bits = tg_bits_word(id, 0);
		if (!(tg_bit(bits, TG_BITS_UNKNOWN) ^ 1))
			return 0;
		if (!(tg_bit(bits, 0) ^ 1))
			return 0;
		if (!live)
			return 0;
	}
	c.a[0] = (__u64)ctx[0];
	c.live = live;
	return h0_finish(&c);
}

#line 8 "lsm.yaml"
SEC("lsm/file_open")
int h0_lsm(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_lsm_run(ctx, live0);
	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

#pragma clang attribute pop
