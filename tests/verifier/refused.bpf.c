// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/* The programs of tests/unit/bundle_fixture.c; both of its first hook are refused. */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char licence[] SEC("license") = "Dual BSD/GPL";

// clang-format off
#line 12 "files.yaml"
SEC("fentry/security_file_permission") int BPF_PROG(h0_fentry, void *file, int mask) { return *(volatile int *)((char *)bpf_get_current_task() + 8); }
#line 13 "files.yaml"
SEC("kprobe/security_file_permission") int h0_kprobe(void *ctx) { return ((int (*)(void *))1234)(ctx); }
#line 30 "shadow.yaml"
SEC("lsm/file_open") int BPF_PROG(h1_lsm) { return 0; }
#line 40 "files.yaml"
SEC("tp/raw_syscalls/sys_enter") int h2_tp(void *ctx) { return 0; }
SEC("tp_btf/sched_process_exec") int BPF_PROG(on_exec) { return 0; }
SEC("iter/task") int on_task(void *ctx) { return 0; }
