/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The maps that tgrun's process programs own and every bundle borrows: tgrun creates them
 * once and hands them to each object by name.
 */
#ifndef TG_MAPS_H
#define TG_MAPS_H

#include "tg_scratch.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct tg_scratch);
} tg_scratch SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} tg_ring SEC(".maps");

/* Without preallocation the table costs memory by the process that exists. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, struct tg_proc);
} tg_proc SEC(".maps");

static __inline struct tg_scratch *tg_scratch_lookup(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&tg_scratch, &zero);
}

#ifndef TG_HOST
extern void bpf_preempt_disable(void) __weak __ksym;
extern void bpf_preempt_enable(void) __weak __ksym;

/*
 * Where a fully preemptible kernel offers it, no other program runs on this CPU while one
 * uses the scratch memory; what remains is interrupts, and tg_scratch_held() is for them.
 */
static __inline void tg_alone_begin(void)
{
	if (bpf_preempt_disable)
		bpf_preempt_disable();
}

static __inline void tg_alone_end(void)
{
	if (bpf_preempt_enable)
		bpf_preempt_enable();
}
#else
static __inline void tg_alone_begin(void)
{
}

static __inline void tg_alone_end(void)
{
}
#endif

#endif
