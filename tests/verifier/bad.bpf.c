// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Programs that verifiers refuse, one for each cause that tgrun names
 * (runtime/verifier-causes.def). What kernels said of them is in tests/verifier/KERNEL.log (`make
 * verifier-logs`). Each stands on the line that #line gives it: the mark that a log must lead back
 * to.
 */
#include <linux/bpf.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <stdbool.h>

char licence[] SEC("license") = "Dual BSD/GPL";

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64[4]);
} values SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} ring SEC(".maps");

struct task_struct {
	int pid;
	struct task_struct *real_parent;
} __attribute__((preserve_access_index));

/* There in no kernel. */
struct task_struct___none {
	int nobody_has_this;
} __attribute__((preserve_access_index));

typedef struct bpf_raw_tracepoint_args raw;

static __attribute__((noinline, unused)) int deep3(volatile char *p)
{
	volatile char b[256];

	b[0] = p[0];
	b[200] = p[1];
	return b[0] + b[200];
}

static __attribute__((noinline, unused)) int deep2(volatile char *p)
{
	volatile char b[256];

	b[0] = p[0];
	b[200] = p[1];
	return deep3(b) + b[3];
}

// clang-format off
#if defined(MISSING_FUNCTION) /* keeps a whole object from being loaded */
extern int kernel_has_no_such_function(int value) __ksym;
#line 301 "policy.yaml"
SEC("raw_tp/sys_enter") int unknown_kfunc(void *ctx) { return kernel_has_no_such_function(1); }
#elif defined(ENDLESS) /* logs of millions of lines */
#line 201 "policy.yaml"
SEC("raw_tp/sys_enter") int endless(raw *ctx) { volatile __u64 n = ctx->args[1]; while (n != 42) n = n * 3 + 1; return 0; }
#line 202 "policy.yaml"
SEC("raw_tp/sys_enter") int too_long(raw *ctx) { __u64 n = ctx->args[1]; for (int i = 0; i < 4000000; i++) { n ^= n << 3; barrier_var(n); } return (int)n; }
#else
#line 101 "policy.yaml"
SEC("raw_tp/sys_enter") int scalar_access(raw *ctx) { return *(volatile int *)(ctx->args[0] + 8); }
#line 102 "policy.yaml"
SEC("raw_tp/sys_enter") int maybe_null(void *ctx) { __u32 key = 1; __u64 *v = bpf_map_lookup_elem(&values, &key); return (int)*v; }
#line 103 "policy.yaml"
SEC("raw_tp/sys_enter") int value_bounds(raw *ctx) { __u32 key = 1; char *v = bpf_map_lookup_elem(&values, &key); return v ? v[ctx->args[1] & 0xff] : 0; }
#line 104 "policy.yaml"
SEC("raw_tp/sys_enter") int unbounded_index(raw *ctx) { __u32 key = 1; char *v = bpf_map_lookup_elem(&values, &key); return v ? v[ctx->args[1]] : 0; }
#line 105 "policy.yaml"
SEC("raw_tp/sys_enter") int negative_size(raw *ctx) { char text[64]; return (int)bpf_probe_read_kernel(text, (__u32)(__s32)ctx->args[1], (void *)ctx->args[0]); }
#line 106 "policy.yaml"
SEC("raw_tp/sys_enter") int unbounded_size(raw *ctx) { __u32 key = 1; char *v = bpf_map_lookup_elem(&values, &key); __u64 n = ctx->args[1]; if (!v) return 0; return (int)bpf_probe_read_kernel(v, (__u32)n & 0x7fffffff, (void *)ctx->args[0]); }
#line 107 "policy.yaml"
SEC("socket") int deep_stack(struct __sk_buff *ctx) { volatile char b[256]; b[0] = (char)ctx->len; b[1] = 1; return deep2(b); }
#line 108 "policy.yaml"
SEC("raw_tp/sys_enter") int unknown_helper(void *ctx) { return ((int (*)(void *))1234)(ctx); }
#line 109 "policy.yaml"
SEC("raw_tp/sys_enter") int helper_not_here(struct __sk_buff *ctx) { return (int)bpf_skb_load_bytes(ctx, 0, 0, 0); }
#line 110 "policy.yaml"
SEC("raw_tp/sys_enter") int unknown_field(raw *ctx) { struct task_struct___none *t = (void *)ctx->args[0]; int v = 0; bpf_core_read(&v, sizeof(v), &t->nobody_has_this); return v; }
#line 111 "policy.yaml"
SEC("fentry/no_such_function_here") int BPF_PROG(unknown_target) { return 0; }
#line 112 "policy.yaml"
SEC("tp_btf/sched_process_exec") int BPF_PROG(typed_bounds, struct task_struct *task) { return *(volatile int *)((char *)task + 100000); }
#line 113 "policy.yaml"
SEC("raw_tp/sys_enter") int uninitialized(void *ctx) { char text[16]; __u32 key = 1; asm volatile("" : "=m"(text)); return (int)bpf_map_update_elem(&values, &key, text, 0); }
#line 114 "policy.yaml"
SEC("lsm/file_open") int BPF_PROG(return_range, void *file) { return (int)bpf_get_prandom_u32() | 4096; }
#line 115 "policy.yaml"
SEC("raw_tp/sys_enter") int context_bounds(void *ctx) { return (int)*(volatile __u64 *)(ctx + 4096); }
#line 116 "policy.yaml"
SEC("raw_tp/sys_enter") int pointer_sum(void *ctx) { __u32 key = 1; char *v = bpf_map_lookup_elem(&values, &key); return v ? (int)((__u64)v * 3) + *(volatile char *)((__u64)v * 2) : 0; }
#line 117 "policy.yaml"
SEC("raw_tp/sys_enter") int leaked_reference(void *ctx) { return bpf_ringbuf_reserve(&ring, 8, 0) != 0; }
#endif
