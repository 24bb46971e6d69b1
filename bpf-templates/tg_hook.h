/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The frame of a generated hook program. A generated unit defines, before it includes this file,
 *
 *   TG_BUNDLE      fingerprint of the bundle
 *   TG_POLICIES    how many policies it holds
 *   TG_HOOKS       how many hooks they have
 *   TG_NOTIFIES    when there are enforcers
 *   TG_CHANGES     when registers or memory of user programs are changed
 *   TG_RATES       how many events rate limits remember; when there is one
 *   TG_FRAME       when other objects are linked with this one, which defines what they share
 *   TG_PIECE       when this is such another object
 *
 * and after it the predicates and one program per hook and variant. Macros where a function
 * would do: to clang an inline function is a lot of work, and a unit has dozens of such places.
 */
#ifndef TG_HOOK_H
#define TG_HOOK_H

#include "tg_lib.h"

#ifdef TG_PIECE
#define TG_SHARED extern
#else
#define TG_SHARED
#endif

/* The fingerprint of a bundle that is linked from several objects; tgc writes it at the end. */
#ifdef TG_FRAME
const volatile __u32 tg_bundle = 0;
#else
extern const volatile __u32 tg_bundle;
#endif

/*
 * What tgrun keeps mapped, and so needs no privilege for: which selectors are off, or only report,
 * by hook; events that did not fit into the ring, by policy. One map, for each takes two pages.
 * Tests on the host look for both by name.
 */
#ifndef TG_HOST
TG_SHARED struct tg_mapped {
	struct tg_mode modes[TG_HOOKS];
	__u64 lost[TG_POLICIES];
} tg_mapped SEC(TG_MODES_SECTION);
#define tg_modes	tg_mapped.modes
#define tg_lose(policy) __sync_fetch_and_add(&tg_mapped.lost[policy], 1)
#else
struct tg_mode tg_modes[TG_HOOKS];
__u64 tg_lost[TG_POLICIES];
#define tg_lose(policy) tg_count_lost(tg_lost, policy)
#endif

/* What was held back by a rateLimit: when each was last sent, and how many, by policy. */
#ifdef TG_RATES
TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TG_RATES);
	__type(key, struct tg_rate);
	__type(value, __u64);
} tg_rates SEC(".maps");

TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_held SEC(".maps");

TG_SHARED __u64 tg_seed[2] SEC(".data.tg_seed");
#endif

/* What enforcers have to do, by policy and thread; how often nobody did, by policy. */
#ifdef TG_NOTIFIES
TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct tg_notice);
} tg_pending SEC(".maps");

TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_missed SEC(".maps");
#endif

/* Set, and Override of a user program's function; what could not be changed, by policy. */
#ifdef TG_CHANGES
TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_unchanged SEC(".maps");

#define tg_set(policy, address, value)                                                             \
	({                                                                                         \
		__u32 value_ = (value);                                                            \
		if (bpf_probe_write_user((void *)(address), &value_, sizeof(value_)))              \
			tg_count_lost(&tg_unchanged, policy);                                      \
	})
/* A register of the program by its offset; the verifier wants to see each write by itself. */
#define tg_register(ctx, offset) (*(const volatile __u64 *)((const char *)(ctx) + (offset)))
#define tg_register_set(ctx, offset, value)                                                        \
	asm volatile("*(u64 *)(%0 + %1) = %2" ::"r"(ctx), "i"(offset), "r"(value) : "memory")
/* Has another program already sent the call elsewhere? It stands at no probe then: neither at a
 * breakpoint nor at the call that newer kernels make of one. */
#define tg_moved(ctx)                                                                              \
	({                                                                                         \
		__u8 byte_ = 0;                                                                    \
		bpf_probe_read_user(&byte_, 1, (const void *)((struct pt_regs *)(ctx))->ip);       \
		byte_ != 0xcc && byte_ != 0xe8;                                                    \
	})
#endif

#define TG_AGAIN 1 /* the scratch memory was disturbed: nothing was done yet */
#define TG_SENT	 2 /* the second half of an event was sent, or counted as lost */

#ifdef TG_CALLS
/* Calls that matched and have not returned; those that never do give way to others. */
TG_SHARED struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TG_CALLS);
	__type(key, struct tg_call_key);
	__type(value, struct tg_call);
} tg_calls SEC(".maps");
#endif

/*
 * Which of the functions of a list was called: its number in the bundle, or, where a program has
 * no cookie, its address: a kprobe finds the instruction behind the breakpoint's one byte.
 */
#define tg_target(ctx)                                                                             \
	({                                                                                         \
		__u64 target_;                                                                     \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_attach_cookie___tg))           \
			target_ = bpf_get_attach_cookie(ctx);                                      \
		else                                                                               \
			target_ = ((struct pt_regs *)(ctx))->ip - 1;                               \
		target_;                                                                           \
	})

/* What a function with `n` parameters returned; without the helper it lies behind them. */
#define tg_result(ctx, n)                                                                          \
	({                                                                                         \
		__u64 result_ = 0;                                                                 \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_func_ret___tg))                \
			bpf_get_func_ret(ctx, &result_);                                           \
		else                                                                               \
			result_ = (ctx)[n];                                                        \
		result_;                                                                           \
	})

/*
 * tg_sketch_KIND() of the object `o`, or what there is instead on kernels without a typed current
 * task. The task first: over its call `o` would have to be kept. An LSM program may be handed a
 * NULL, which the verifier insists on seeing tested.
 */
#define tg_sketch(kind, untyped, k, o, may_be_null)                                                \
	({                                                                                         \
		__u64 first_ = 0;                                                                  \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg)) {      \
			const struct task_struct *task_ = bpf_get_current_task_btf();              \
			const void *o_ = (const void *)(o);                                        \
			if (!may_be_null || o_)                                                    \
				first_ = tg_sketch_##kind(k, o_, task_);                           \
		} else {                                                                           \
			const void *o_ = (const void *)(o);                                        \
			if (!may_be_null || o_)                                                    \
				first_ = tg_sketch_##untyped(k, o_);                               \
		}                                                                                  \
		first_;                                                                            \
	})

/* A register that a system call's kprobe finds in its argument, a struct pt_regs of its own. */
#define tg_syscall_register(ctx, name)                                                             \
	tg_kernel_word(((struct pt_regs *)(ctx))->di + tg_offset(struct pt_regs, name))

/* Not 0 when words differ: of several at once, without the compiler making a branch of each. */
#define TG_DIFFER(x)                                                                               \
	({                                                                                         \
		__u64 differ_ = (x);                                                               \
		tg_opaque(differ_);                                                                \
		differ_;                                                                           \
	})

/* Eight bytes of a text. */
#ifdef TG_HOST
#define TG_LOAD(p, at) tg_load8((p) + (at))
#else
#define TG_LOAD(p, at) (*(const __u64 *)((p) + (at)))
#endif

/*
 * A step of a search: i += n when table[i + n] is not above x. The borrow of a subtraction instead
 * of a compare, and hidden from clang, which would make a branch of it: the verifier would walk
 * every way through the table. Nor may clang make an OR of the sum: old verifiers bound none.
 */
#define tg_search_step(x, i, table, n)                                                             \
	do {                                                                                       \
		__u64 at_ = (table)[(i) + (n)], less_ = (x)-at_;                                   \
		tg_opaque(less_);                                                                  \
		less_ = (~(x)&at_) | ((~(x) | at_) & less_);                                       \
		at_ = (~less_ >> 63) * (n);                                                        \
		tg_opaque(at_);                                                                    \
		(i) += at_;                                                                        \
	} while (0)
/* 0 or 1 without a branch: is anything of it set, are the two the same? */
#define tg_any(x)                                                                                  \
	({                                                                                         \
		__u64 x_ = (x), minus_ = -x_;                                                      \
		tg_opaque(minus_);                                                                 \
		(x_ | minus_) >> 63;                                                               \
	})
#define tg_same(x, y)	(tg_any((__u64)(x) ^ (y)) ^ 1)
#define tg_bit(word, n) ((word) >> (n)&1)
/*
 * Takes the selectors of the mask out of `live`, unless `holds`, which is 0 or 1. A product, for
 * which neither the compiler nor the verifier looks at both cases.
 */
#define tg_require(live, mask, holds)                                                              \
	({                                                                                         \
		__u64 fails_ = (holds) ^ 1;                                                        \
		tg_opaque(fails_);                                                                 \
		(live) &= ~(fails_ * (mask));                                                      \
	})

/* The lowest of a policy's selectors that is still alive: the first match wins. */
#define tg_first(live, policy) (((live) & (policy)) & -((live) & (policy)))

#define tg_slot_set(slot, status_, value_)                                                         \
	((slot)->status = (status_), (slot)->len = 0, (slot)->value = (value_))
#define tg_slot_int(slot, value) tg_slot_set(slot, TG_SLOT_OK, value)
#define tg_slot_unread(slot)	 tg_slot_set(slot, TG_SLOT_UNREAD, 0)

#ifndef TG_PIECE
char LICENSE[] SEC("license") = "Dual BSD/GPL";
#endif

/* Types and lines are wanted in the debug information (BTF), local variables are not. */
#pragma clang attribute push(__attribute__((nodebug)), apply_to = variable(unless(is_parameter)))

#endif
