#line 1 "unit.c"
/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Made by tgc 0.1.0 from policies; see them, not this. */
#define TG_BUNDLE 0xab801998u
#define TG_POLICIES 1
#define TG_HOOKS 2
#include "tg_hook.h"

#line 15 "first-looks.yaml"
static __subprogram bool h0_p0(struct tg_scratch *s)
{
	const char *text = s->text;
	__u64 w0, w1;

	w0 = TG_LOAD(text, 0);
	w1 = TG_LOAD(text, 8);
	if (tg_fresh(s->read.len) >= 11 && !TG_DIFFER((w0 ^ 0x6168732f6374652full) | ((w1 ^ 0x776f64ull) & 0xffffffull)))
		return true;
	if (tg_fresh(s->read.len) >= 12 && !TG_DIFFER((w0 ^ 0x6475732f6374652full) | ((w1 ^ 0x7372656full) & 0xffffffffull)))
		return true;
	return false;
}

struct h0_call {
	__u64 a[1];
	__u64 live;
};

static __inline int h0_once(struct tg_scratch *s, const struct h0_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 1 * sizeof(struct tg_slot));
	if (tg_fresh(s->live) & 0x1ull) {
		tg_read_user(s, c->a[0], 0x1ull);
		if ((tg_fresh(s->live) & 0x1ull) && !h0_p0(s))
			s->live &= ~0x1ull;
		if (tg_fresh(s->live) & 0x1ull)
			tg_slot_text(s, &slot[0]);
	}
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
	if (tg_send(s, TG_BUNDLE, 0 << 16 | 1, matched, token))
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

static const __u64 h0_x0_rows[5] = {
	0x0ull,
	0x1ull,
	0x0ull,
	0x1ull,
	0x0ull,
};
static __inline const __u64 *h0_x0(__u64 x)
{
	if (x == 0x2f6574632f736861ull)
		return h0_x0_rows + 1;
	if (x == 0x2f6574632f737564ull)
		return h0_x0_rows + 3;
	return h0_x0_rows;
}

#line 8 "first-looks.yaml"
static __inline int h0_fentry_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	c.a[0] = (__u64)((const struct pt_regs *)ctx[0])->si;
	c.live = live;
	return h0_finish(&c);
}

#line 8 "first-looks.yaml"
SEC("fentry/__x64_sys_openat")
int h0_fentry(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	const __u64 *row;
	int ret;

	{
		__u64 head;

		if (!tg_string_head(&head, (__u64)((const struct pt_regs *)ctx[0])->si, true)) {
		row = h0_x0(head);
		live0 &= row[0];
		}
	}
	if (!(live0))
		return 0;
	ret = h0_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 8 "first-looks.yaml"
static __inline int h0_kprobe_run(__u64 *ctx, __u64 live)
{
	struct h0_call c;

	c.a[0] = (__u64)tg_syscall_register(ctx, si);
	c.live = live;
	return h0_finish(&c);
}

#line 8 "first-looks.yaml"
SEC("kprobe/__x64_sys_openat")
int h0_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	const __u64 *row;
	int ret;

	{
		__u64 head;

		if (!tg_string_head(&head, (__u64)tg_syscall_register(ctx, si), true)) {
		row = h0_x0(head);
		live0 &= row[0];
		}
	}
	if (!(live0))
		return 0;
	ret = h0_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 25 "first-looks.yaml"
static __subprogram bool h1_p0(struct tg_scratch *s)
{
	if (tg_fresh(s->read.len) >= 7 && (TG_LOAD(s->text + TG_TEXT_END - 7, 0) & 0xffffffffffffffull) == 0x776f646168732full)
		return true;
	return false;
}

#line 25 "first-looks.yaml"
static __inline bool h1_may0(__u64 first, const struct tg_sketch *k)
{
	__u64 tail = tg_name_tail(k, 0x40ull);

	if ((tail & 0xffffffffffff0000ull) == 0x776f646168730000ull)
		return true;
	return false;
}

struct h1_call {
	struct tg_sketch k0;
	__u64 a[1];
	__u64 live;
};

static __inline int h1_once(struct tg_scratch *s, const struct h1_call *c,
		__u64 *lost)
{
	struct tg_slot *slot = (struct tg_slot *)(s->record + sizeof(struct tg_hook));
	__u64 token, live, won = 0, matched;
	int ret = 0;

	token = tg_begin(s, c->live, sizeof(struct tg_hook) + 1 * sizeof(struct tg_slot));
	if (tg_fresh(s->live) & 0x1ull) {
		tg_read_known_file(s, c->a[0], 0x1ull, &c->k0);
		if ((tg_fresh(s->live) & 0x1ull) && !h1_p0(s))
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
	won &= ~tg_fresh(tg_modes[1].off);
	matched = won & 0x1ull;
	if (!matched)
		return ret;
	if (tg_send_path(s, TG_BUNDLE, 1 << 16 | 1, matched, token))
		*lost = matched;
	return ret;
}

static __subprogram int h1_finish(struct h1_call *c)
{
	struct tg_scratch *s = tg_scratch_take();
	__u64 lost = c->live;
	int ret = TG_AGAIN;

#pragma clang loop unroll(disable)
	for (int i = 0; i < TG_SCRATCH_TRIES && s && ret == TG_AGAIN; i++) {
		ret = h1_once(s, c, &lost);
		c->k0.last = c->k0.root = NULL;
	}
	tg_scratch_give();
	if (lost) {
		if (lost & 0x1ull)
			tg_lose(0);
	}
	return ret == TG_AGAIN ? 0 : ret;
}

#line 17 "first-looks.yaml"
static __inline int h1_fentry_run(__u64 *ctx, __u64 live)
{
	struct h1_call c;

	{
		__u64 first = tg_sketch(end_file, untyped_file, &c.k0, ctx[0], false);

		if (first) {
			if (!h1_may0(first, &c.k0))
				return 0;
		}
		tg_sketch(file, untyped_file, &c.k0, ctx[0], false);
	}
	c.a[0] = (__u64)ctx[0];
	c.live = live;
	return h1_finish(&c);
}

#line 17 "first-looks.yaml"
SEC("fentry/security_file_permission")
int h1_fentry(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h1_fentry_run(ctx, live0);
	(void)ret;
	return 0;
}

#line 17 "first-looks.yaml"
static __inline int h1_kprobe_run(__u64 *ctx, __u64 live)
{
	struct h1_call c;

	c.k0.last = NULL;
	c.a[0] = (__u64)((struct pt_regs *)ctx)->di;
	c.live = live;
	return h1_finish(&c);
}

#line 17 "first-looks.yaml"
SEC("kprobe/security_file_permission")
int h1_kprobe(__u64 *ctx)
{
	__u64 live0 = 0x1ull;
	int ret;

	ret = h1_kprobe_run(ctx, live0);
	(void)ret;
	return 0;
}

#pragma clang attribute pop
