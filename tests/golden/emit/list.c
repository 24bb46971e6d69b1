#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x68fc3b8du
#define TG_POLICIES 2
#define TG_HOOKS 2
#include "tg_hook.h"

#line 12 "list.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won |= live & 0x2ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x3ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		if (lost & 0x2ull)
			tg_lose(1);
		return ret;
	}
	r->hook.call = 0;
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__s32)ctx[0]);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 12 "list.yaml"
SEC("fentry/fixture_int")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 12 "list.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won |= live & 0x2ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x3ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		if (lost & 0x2ull)
			tg_lose(1);
		return ret;
	}
	r->hook.call = 0;
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__s32)((struct pt_regs *)ctx)->di);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 12 "list.yaml"
SEC("kprobe/fixture_int")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 12 "list.yaml"
static __inline int h1_kprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[1].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	lost = matched;
	r = tg_reserve(sizeof(*r));
	if (!r) {
		if (lost & 0x1ull)
			tg_lose(0);
		return ret;
	}
	r->hook.call = 0;
	tg_slot_int(&r->slot[0], (__u64)(__u64)(__u64)tg_target(ctx));
	tg_fill(&r->hook, TG_BUNDLE, 1 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 12 "list.yaml"
SEC("kprobe.multi")
int h1_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h1_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
