/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What every hand-written program has: the ring, and the record that goes through it. */
#ifndef TGC_BENCH_HAND_RING_H
#define TGC_BENCH_HAND_RING_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

char LICENSE[] SEC("license") = "Dual BSD/GPL";

#define KERNEL_TYPE __attribute__((preserve_access_index))
#define TEXT_SIZE   256

struct event {
	__u64 time, pid_tgid;
	__u32 function;
	__s32 argument;
	char path[TEXT_SIZE];
};

/* The same without a text. */
struct short_event {
	__u64 time, pid_tgid;
	__u32 function;
	__s32 argument;
	__u64 values[2];
};

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} events SEC(".maps");

static __always_inline void report_values(__u32 function, __s32 argument, __u64 a, __u64 b)
{
	struct short_event *e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);

	if (!e)
		return;
	e->time = bpf_ktime_get_boot_ns();
	e->pid_tgid = bpf_get_current_pid_tgid();
	e->function = function;
	e->argument = argument;
	e->values[0] = a;
	e->values[1] = b;
	bpf_ringbuf_submit(e, 0);
}

#endif
