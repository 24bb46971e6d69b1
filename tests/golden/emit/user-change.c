#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xb452ccb8u
#define TG_POLICIES 2
#define TG_HOOKS 3
#define TG_CHANGES
#include "tg_hook.h"

#line 13 "user-change.yaml"
static __inline bool h0_p0_set(__u32 v)
{
	return v == (__u32)0x80000001ull;
}

#line 13 "user-change.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u32 v = (__u32)(__u64)a;

	return h0_p0_set(v ^ 0x80000000ull);
}

#line 15 "user-change.yaml"
static __inline bool h0_p1_set(__u32 v)
{
	return v == (__u32)0x80000002ull;
}

#line 15 "user-change.yaml"
static __inline bool h0_p1(__u64 a)
{
	__u32 v = (__u32)(__u64)a;

	return h0_p1_set(v ^ 0x80000000ull);
}

#line 7 "user-change.yaml"
static __inline int h0_uprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, acts, first, matched, lost;
	int ret = 0;

	if (!h0_p0(((struct pt_regs *)ctx)->di))
		live = (live & ~0x1ull);
	if (!h0_p1(((struct pt_regs *)ctx)->di))
		live = (live & ~0x2ull);
	if (!live)
		return 0;
	won |= tg_first(live, 0x3ull);
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	first = tg_first(acts, 0x3ull);
	if (first & 0x1ull)
		ret = 16;
	if (first & 0x2ull)
		ret = 17;
	matched = won & 0x3ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x3ull)
			tg_lose(0);
		return ret;
	}
	r->hook.call = 0;
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__u64)((struct pt_regs *)ctx)->di);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 7 "user-change.yaml"
SEC("uprobe")
int h0_uprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_uprobe_run(ctx, live0);
	__u64 v;

	if (!ret || tg_moved(ctx))
		return 0;
	if (ret == 16) {
		if (bpf_probe_read_user(&v, sizeof(v), (const void *)tg_register(ctx, 152))) {
			tg_count_lost(&tg_unchanged, 0);
		} else {
			tg_register_set(ctx, 128, v);
			v = tg_register(ctx, 152) + 8;
			tg_register_set(ctx, 152, v);
			v = (__u64)(__s64)-1;
			tg_register_set(ctx, 80, v);
		}
	}
	if (ret == 17) {
		v = (__u64)7ll;
		tg_register_set(ctx, 112, v);
		v = (__u64)8ll + (__u64)(__u32)tg_register(ctx, 104);
		v = (tg_register(ctx, 104) & ~0xffffffffull) | (v & 0xffffffffull);
		tg_register_set(ctx, 104, v);
		v = (__u64)3ll + (__u64)(__u64)tg_register(ctx, 152);
		if (bpf_probe_read_user(&v, sizeof(v), (const void *)v)) {
			tg_count_lost(&tg_unchanged, 0);
		} else {
			v = (tg_register(ctx, 80) & ~0xffull) | (v & 0xffull);
			tg_register_set(ctx, 80, v);
		}
	}
	return 0;
}

#line 24 "user-change.yaml"
static __inline int h1_uprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[0];
	} *r;
	__u64 won = 0, acts, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[1].off);
	acts = won & ~tg_fresh(tg_modes[1].monitor);
	if (acts & 0x1ull)
		ret = 16;
	matched = won & 0x0ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(1);
		return ret;
	}
	r->hook.call = 0;
	tg_fill(&r->hook, TG_BUNDLE, 1 << 16 | 0, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 24 "user-change.yaml"
SEC("uprobe")
int h1_uprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h1_uprobe_run(ctx, live0);
	__u64 v;

	if (!ret || tg_moved(ctx))
		return 0;
	if (ret == 16) {
		v = (__u64)-1ll;
		tg_register_set(ctx, 80, v);
		v = tg_register(ctx, 128) + (__u64)8192ll;
		tg_register_set(ctx, 128, v);
	}
	return 0;
}

#line 24 "user-change.yaml"
static __inline int h2_uprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[0];
	} *r;
	__u64 won = 0, acts, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[2].off);
	acts = won & ~tg_fresh(tg_modes[2].monitor);
	if (acts & 0x1ull)
		ret = 16;
	matched = won & 0x0ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(1);
		return ret;
	}
	r->hook.call = 0;
	tg_fill(&r->hook, TG_BUNDLE, 2 << 16 | 0, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 24 "user-change.yaml"
SEC("uprobe")
int h2_uprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h2_uprobe_run(ctx, live0);
	__u64 v;

	if (!ret || tg_moved(ctx))
		return 0;
	if (ret == 16) {
		v = (__u64)-1ll;
		tg_register_set(ctx, 80, v);
		v = tg_register(ctx, 128) + (__u64)4096ll;
		tg_register_set(ctx, 128, v);
	}
	return 0;
}

#pragma clang attribute pop
