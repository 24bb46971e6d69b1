/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* What stands after the headers of a generated unit, and before its first function. */

/* Records of the test's own tracepoints are in no kernel. */
#undef TG_RELOCATED
#define TG_RELOCATED

/* Nor is it a raw tracepoint's business what a function returned: it is where kernels without the
 * helper have it. */
#undef tg_result
#define tg_result(ctx, n) ((ctx)[n])

#undef tg_sketch
#define tg_sketch(kind, untyped, k, o, may_be_null)                                                \
	({                                                                                         \
		__u64 first_ = 0;                                                                  \
		const struct task_struct *task_ = bpf_get_current_task_btf();                      \
		const void *o_ = fake_##untyped(o);                                                \
		if (!may_be_null || o_)                                                            \
			first_ = tg_sketch_##kind(k, o_, task_);                                   \
		first_;                                                                            \
	})
#define fake_untyped_file(o) fake_typed(file, o)
#define fake_untyped_path(o) fake_typed(path, o)

/* A hook's program is a function here, which a program that can be test-run calls. */
#define FAKE_PROGRAM(section) static __inline
#define FAKE_RUN(name)                                                                             \
	SEC("raw_tp")                                                                              \
	int run_##name(void *ctx)                                                                  \
	{                                                                                          \
		return name((__u64 *)fake_world.context);                                          \
	}

/* Where this kernel has what. */
SEC("raw_tp")
int run_layout(void *ctx)
{
	__u32 zero = 0;

	fake_world.memory = (__u64)bpf_map_lookup_elem(&fake_memory, &zero);
	fake_world.layout.inline_name = tg_inline_name_at();
#define OBJECT(id, type)                                                                           \
	fake_world.layout.sizes[FAKE_##id] = __builtin_preserve_type_info(*(type *)0, 1);
#define FIELD(id, type, member) fake_world.layout.offsets[FAKE_##id] = tg_offset(type, member);
#include "tests/decide/fields.def"
	return 0;
}
