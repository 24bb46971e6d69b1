/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The frame of a generated hook program. A generated unit defines, before it includes this file,
 *
 *   TG_BUNDLE      fingerprint of the bundle
 *   TG_POLICIES    how many policies it holds
 *
 * and after it the predicates and one program per hook and variant. Macros where a function
 * would do: to clang an inline function is a lot of work, and a unit has dozens of such places.
 */
#ifndef TG_HOOK_H
#define TG_HOOK_H

#include "tg_lib.h"

/* Events that did not fit into the ring, by policy; tgrun reads it mapped, without privileges. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_lost SEC(".maps");

#define TG_AGAIN 1 /* the scratch memory was disturbed: nothing was done yet */

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

/* Eight bytes of a text. */
#ifdef TG_HOST
#define TG_LOAD(p, at) tg_load8((p) + (at))
#else
#define TG_LOAD(p, at) (*(const __u64 *)((p) + (at)))
#endif

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

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* Types and lines are wanted in the debug information (BTF), local variables are not. */
#pragma clang attribute push(__attribute__((nodebug)), apply_to = variable(unless(is_parameter)))

#endif
