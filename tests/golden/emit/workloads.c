#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0x4f6a53acu
#define TG_POLICIES 1
#define TG_HOOKS 1
#define TG_WORKLOAD_WORDS 1
#include "workloads.bpf.c"
const __u64 tg_workloads_of_host[1] = {0x2ull};

#include "tg_hook.h"

#line 17 "workloads.yaml"
static __inline bool h0_p0_set(__u32 v)
{
	return v == (__u32)0x80000004ull;
}

#line 17 "workloads.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u32 v = (__u32)(__s32)a;

	return h0_p0_set(v ^ 0x80000000ull);
}

#line 11 "workloads.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	if (!h0_p0(ctx[1]))
		live = (live & ~0x1ull);
	if (!live)
		return 0;
	{
		__u64 id = bpf_get_current_cgroup_id(), facts;

		facts = tg_workload_word(id, 0);
		if (!tg_bit(facts, 0))
			return 0;
		tg_require(live, 0x2ull, tg_bit(facts, 1));
		if (!live)
			return 0;
	}
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
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__s32)ctx[1]);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 11 "workloads.yaml"
SEC("fentry/security_file_permission")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 11 "workloads.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct {
		struct tg_hook hook;
		struct tg_slot slot[1];
	} *r;
	__u64 won = 0, matched, lost;
	int ret = 0;

	if (!h0_p0(((struct pt_regs *)ctx)->si))
		live = (live & ~0x1ull);
	if (!live)
		return 0;
	{
		__u64 id = bpf_get_current_cgroup_id(), facts;

		facts = tg_workload_word(id, 0);
		if (!tg_bit(facts, 0))
			return 0;
		tg_require(live, 0x2ull, tg_bit(facts, 1));
		if (!live)
			return 0;
	}
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
	tg_slot_int(&r->slot[0], (__u64)(__s64)(__s32)(__s32)((struct pt_regs *)ctx)->si);
	tg_fill(&r->hook, TG_BUNDLE, 0 << 16 | 1, matched, sizeof(*r));
	bpf_ringbuf_submit(r, 0);
	return ret;
}

#line 11 "workloads.yaml"
SEC("kprobe/security_file_permission")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x3ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
