#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xbfa04c07u
#define TG_POLICIES 1
#define TG_HOOKS 1
#include "tg_hook.h"

#include "tg_lib_args.h"
struct perf_mmap_event___h0_w0s0 {
	__u64 build_id[1];
} TG_RELOCATED;

#line 6 "loader.yaml"
static __subprogram __u32 h0_w0(__u64 *v, __u64 a)
{
	if (!a)
		return 1;
	a += tg_offset(struct perf_mmap_event___h0_w0s0, build_id);
	*v = 0;
	return bpf_probe_read_kernel(v, 8, (const void *)a) ? TG_SLOT_FAULT : 0;
}

struct perf_mmap_event___h0_w1s0 {
	__u64 build_id[1];
} TG_RELOCATED;

#line 6 "loader.yaml"
static __subprogram __u32 h0_w1(__u64 *v, __u64 a)
{
	if (!a)
		return 1;
	a += tg_offset(struct perf_mmap_event___h0_w1s0, build_id);
	a += 8;
	*v = 0;
	return bpf_probe_read_kernel(v, 8, (const void *)a) ? TG_SLOT_FAULT : 0;
}

struct perf_mmap_event___h0_w2s0 {
	__u64 build_id[1];
} TG_RELOCATED;

#line 6 "loader.yaml"
static __subprogram __u32 h0_w2(__u64 *v, __u64 a)
{
	if (!a)
		return 1;
	a += tg_offset(struct perf_mmap_event___h0_w2s0, build_id);
	a += 16;
	*v = 0;
	return bpf_probe_read_kernel(v, 4, (const void *)a) ? TG_SLOT_FAULT : 0;
}

struct perf_mmap_event___h0_w3s0 {
	__u64 build_id_size;
} TG_RELOCATED;

#line 6 "loader.yaml"
static __subprogram __u32 h0_w3(__u64 *v, __u64 a)
{
	if (!a)
		return 1;
	a += tg_offset(struct perf_mmap_event___h0_w3s0, build_id_size);
	*v = 0;
	return bpf_probe_read_kernel(v, 4, (const void *)a) ? TG_SLOT_FAULT : 0;
}

struct perf_mmap_event___h0_w4s0 {
	const void *file_name;
} TG_RELOCATED;

#line 6 "loader.yaml"
static __subprogram __u32 h0_w4(__u64 *v, __u64 a)
{
	if (!a)
		return 1;
	a += tg_offset(struct perf_mmap_event___h0_w4s0, file_name);
	if (bpf_probe_read_kernel(&a, sizeof(a), (const void *)a))
		return 1;
	*v = a;
	return 0;
}

#line 6 "loader.yaml"
static __inline bool h0_p0_set(__u32 v)
{
	return v == (__u32)0x0ull;
}

#line 6 "loader.yaml"
static __inline bool h0_p0(__u64 a)
{
	__u32 v = (__u32)(__u32)a;

	return !h0_p0_set(v);
}

struct h0_call {
	__u32 f0;
	__u32 f1;
	__u32 f2;
	__u32 f3;
	__u32 f4;
	__u64 a[5];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 5 * sizeof(struct tg_slot));
	live = tg_fresh(s->live);
	if (tg_fresh(s->owner) != token)
		return TG_AGAIN;
	*lost = 0;
	if (!live)
		return 0;
	won |= live & 0x1ull;
	won &= ~tg_fresh(tg_modes[0].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	if (matched & 0x1ull) {
		if (c->f4)
			tg_read_failed(s, c->f4, 0x0ull);
		else
			tg_read_string(s, c->a[4], 0x0ull);
		tg_slot_text(s, &slot[4]);
	} else {
		tg_slot_unread(&slot[4]);
	}
	tg_slot_set(&slot[0], c->f0, (__u64)(__u64)(__u64)c->a[0]);
	tg_slot_set(&slot[1], c->f1, (__u64)(__u64)(__u64)c->a[1]);
	tg_slot_set(&slot[2], c->f2, (__u64)(__u32)(__u32)c->a[2]);
	tg_slot_set(&slot[3], c->f3, (__u64)(__u32)(__u32)c->a[3]);
	if (tg_send(s, TG_BUNDLE, 0 << 16 | 5, matched, token))
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
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x1ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 6 "loader.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;
	__u64 v0 = 0;
	__u32 f0 = TG_SLOT_UNREAD;
	__u64 v1 = 0;
	__u32 f1 = TG_SLOT_UNREAD;
	__u64 v2 = 0;
	__u32 f2 = TG_SLOT_UNREAD;
	__u64 v3 = 0;
	__u32 f3 = TG_SLOT_UNREAD;
	__u64 v4 = 0;
	__u32 f4 = TG_SLOT_UNREAD;

	f3 = h0_w3(&v3, (__u64)ctx[1]);
	if (f3 || !h0_p0(v3))
		return 0;
	f0 = h0_w0(&v0, (__u64)ctx[1]);
	f1 = h0_w1(&v1, (__u64)ctx[1]);
	f2 = h0_w2(&v2, (__u64)ctx[1]);
	f4 = h0_w4(&v4, (__u64)ctx[1]);
	c.f0 = f0;
	c.a[0] = (__u64)v0;
	c.f1 = f1;
	c.a[1] = (__u64)v1;
	c.f2 = f2;
	c.a[2] = (__u64)v2;
	c.f3 = f3;
	c.a[3] = (__u64)v3;
	c.f4 = f4;
	c.a[4] = (__u64)v4;
	c.live = live;
	return h0_finish(&c);
}

#line 6 "loader.yaml"
SEC("fentry/perf_event_mmap_output")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 6 "loader.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;
	__u64 v0 = 0;
	__u32 f0 = TG_SLOT_UNREAD;
	__u64 v1 = 0;
	__u32 f1 = TG_SLOT_UNREAD;
	__u64 v2 = 0;
	__u32 f2 = TG_SLOT_UNREAD;
	__u64 v3 = 0;
	__u32 f3 = TG_SLOT_UNREAD;
	__u64 v4 = 0;
	__u32 f4 = TG_SLOT_UNREAD;

	f3 = h0_w3(&v3, (__u64)((struct pt_regs *)ctx)->si);
	if (f3 || !h0_p0(v3))
		return 0;
	f0 = h0_w0(&v0, (__u64)((struct pt_regs *)ctx)->si);
	f1 = h0_w1(&v1, (__u64)((struct pt_regs *)ctx)->si);
	f2 = h0_w2(&v2, (__u64)((struct pt_regs *)ctx)->si);
	f4 = h0_w4(&v4, (__u64)((struct pt_regs *)ctx)->si);
	c.f0 = f0;
	c.a[0] = (__u64)v0;
	c.f1 = f1;
	c.a[1] = (__u64)v1;
	c.f2 = f2;
	c.a[2] = (__u64)v2;
	c.f3 = f3;
	c.a[3] = (__u64)v3;
	c.f4 = f4;
	c.a[4] = (__u64)v4;
	c.live = live;
	return h0_finish(&c);
}

#line 6 "loader.yaml"
SEC("kprobe/perf_event_mmap_output")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
