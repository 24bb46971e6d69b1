/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The maps that tgrun's process programs own and every bundle borrows: tgrun creates them
 * once and hands them to each object by name.
 */
#ifndef TG_MAPS_H
#define TG_MAPS_H

#include "tg_kernel.h"
#include "tg_scratch.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TG_SCRATCH_LEVELS);
	__type(key, __u32);
	__type(value, struct tg_scratch);
} tg_scratch SEC(".maps");

/* How many programs on this CPU are using it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} tg_users SEC(".maps");

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

/*
 * When the images of processes that had an event lately were loaded, by the lowest bits of their
 * ids: to look into the table takes longer. The check word tells whose it is, and that both words
 * are of one writer. Only an event of the process itself writes here; who changes an entry of the
 * table forgets it here afterwards, while the process can have no event (bits.bpf.c says why).
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, TG_KNOWN_SIZE);
	__type(key, __u32);
	__type(value, struct tg_known);
} tg_known SEC(".maps");

static __inline struct tg_known *tg_known_place(__u32 id)
{
	__u32 at = id & (TG_KNOWN_SIZE - 1);

	return bpf_map_lookup_elem(&tg_known, &at);
}

static __inline void tg_known_forget(__u32 id)
{
	struct tg_known *k = tg_known_place(id);

	if (k)
		tg_fresh(k->check) = tg_fresh(k->ktime) = 0;
}

#ifndef TG_HOST
extern void bpf_preempt_disable(void) __weak __ksym;
extern void bpf_preempt_enable(void) __weak __ksym;

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

/*
 * Working memory for the caller, until tg_scratch_done(). Where a fully preemptible kernel
 * offers it, no other program runs on this CPU meanwhile; a program in an interrupt gets the
 * second level. Only beyond that, or on kernels that preempt and do not offer it, can two
 * share one: tg_scratch_held() tells.
 */
static __inline struct tg_scratch *tg_scratch_begin(void)
{
	__u32 zero = 0, level = 0;
	struct tg_scratch *s;
	__u64 *users;

	tg_alone_begin();
	users = bpf_map_lookup_elem(&tg_users, &zero);
	if (users) {
		__sync_fetch_and_add(users, 1);
		level = (tg_fresh(*users) - 1) & 1;
	}
	s = bpf_map_lookup_elem(&tg_scratch, &level);
	if (s)
		s->level = level;
	return s;
}

static __inline void tg_scratch_done(void)
{
	__u32 zero = 0;
	__u64 *users = bpf_map_lookup_elem(&tg_users, &zero);

	if (users)
		__sync_fetch_and_add(users, -1);
	tg_alone_end();
}

#endif
