#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x6a93b0c7u
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_hook.h"

#line 7 "override.yaml"
static __inline int h0_kprobe_override_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[0];
	} *r;
	__u64 won = 0, acts, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	if (acts & 0x1ull)
		ret = -1;
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
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 0, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 7 "override.yaml"
SEC("kprobe/__x64_sys_openat")
int h0_kprobe_override(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_kprobe_override_run(ctx, live0);
	if (ret)
		bpf_override_return(ctx, ret);
	return 0;
}

#line 7 "override.yaml"
static __inline int h0_fmod_ret_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[0];
	} *r;
	__u64 won = 0, acts, matched, lost;
	int ret = 0;

	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	acts = won & ~tg_fresh(tg_modes[0].monitor);
	if (acts & 0x1ull)
		ret = -1;
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
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 0, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 7 "override.yaml"
SEC("fmod_ret/__x64_sys_openat")
__s64 h0_fmod_ret(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_fmod_ret_run(ctx, live0);
	tg_opaque(ret);
	if (ret < -4095 || ret > 0)
		ret = -1;
	return ret;
}

#pragma clang attribute pop
