#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xd4fed203u
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_hook.h"

#line 16 "integers.yaml"
static __inline bool h0_p0_set(__u64 v)
{
	return v == 0x7ull || v == 0xffffffffffffffffull;
}

#line 16 "integers.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u64 v = (__u64)(__u64)a;

	return h0_p0_set(v);
}

#line 17 "integers.yaml"
static __inline bool h0_p1_set(__u64 v)
{
	return v <= 0x7eull;
}

#line 17 "integers.yaml"
static __inline bool h0_p1(__u64 a)
{
	__u8 v = (__u8)(__u64)a;

	return h0_p1_set(v ^ 0x80ull);
}

#line 19 "integers.yaml"
static __inline bool h0_p2_set(__u32 v)
{
	return v - (__u32)0x1ull <= (__u32)0x1ull;
}

#line 19 "integers.yaml"
static __inline bool h0_p2(__u64 a)
{
	__u32 v = (__u32)(__u64)a;

	return !h0_p2_set(v);
}

#line 8 "integers.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[3];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	if (!h0_p0(ctx[1]))
		live = (live & ~0x1ull);
	if (!h0_p1(ctx[2]))
		live = (live & ~0x1ull);
	if (!h0_p2(ctx[2]))
		live = (live & ~0x2ull);
	if (!live)
		return 0;
	won |= tg_first(live, 0x3ull);
	won &= ~tg_fresh(tg_modes[0].off);
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
	tg_slot_int(&r->slot[0], (__u64)(__u64)(__u64)ctx[1]);
	tg_slot_int(&r->slot[1], (__u64)(__s64)(__s8)(__u64)ctx[2]);
	tg_slot_int(&r->slot[2], (__u64)(__u64)(__u64)ctx[2]);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 3, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 8 "integers.yaml"
SEC("fentry/security_mmap_file")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 8 "integers.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[3];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	if (!h0_p0(((struct pt_regs *)ctx)->si))
		live = (live & ~0x1ull);
	if (!h0_p1(((struct pt_regs *)ctx)->dx))
		live = (live & ~0x1ull);
	if (!h0_p2(((struct pt_regs *)ctx)->dx))
		live = (live & ~0x2ull);
	if (!live)
		return 0;
	won |= tg_first(live, 0x3ull);
	won &= ~tg_fresh(tg_modes[0].off);
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
	tg_slot_int(&r->slot[0], (__u64)(__u64)(__u64)((struct pt_regs *)ctx)->si);
	tg_slot_int(&r->slot[1], (__u64)(__s64)(__s8)(__u64)((struct pt_regs *)ctx)->dx);
	tg_slot_int(&r->slot[2], (__u64)(__u64)(__u64)((struct pt_regs *)ctx)->dx);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 3, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 8 "integers.yaml"
SEC("kprobe/security_mmap_file")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
