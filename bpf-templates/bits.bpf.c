// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Conditions on the binary of a process are decided when it is executed and kept as bits of
 * the process. Linked to bundles that have such conditions; tg_binaries() is generated.
 */
#ifndef TG_BITS
#define TG_BITS __hidden __subprogram
#endif
#include "tg_kernel.h"
#include "tg_lib.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} tg_bits SEC(".maps");

/* In the table only: the process has ended, and waits for its last task to be freed. */
#define BITS_DEAD (1ull << 62)

/*
 * A path that had to be cut has more bytes than any that can be listed, so it is none of them:
 * nobody gets an exemption by living deep down.
 */
static __inline __u64 bits_of_file(struct tg_scratch *s, __u64 file, __u64 fs)
{
	__u64 path = file + tg_offset(struct file, f_path);
	__u64 dentry = tg_member(path, struct path, dentry);
	__u64 mnt = tg_member(path, struct path, mnt);

	if (!dentry || !mnt || !fs)
		return TG_BITS_UNKNOWN;
	tg_path_text(s, dentry, mnt, fs);
	if (tg_fresh(s->read.flags) & TG_PATH_UNRESOLVED)
		return 0;
	return tg_binaries(s);
}

/* A kernel thread runs no binary that could be listed; a task that ends has none any more. */
static __inline __u64 bits_read(struct tg_scratch *s, __u64 task)
{
	__u64 mm = tg_member(task, struct task_struct, mm), file;

	if ((__u32)tg_member(task, struct task_struct, flags) & TG_PF_KTHREAD)
		return 0;
	file = mm ? tg_member(mm, struct mm_struct, exe_file) : 0;
	if (!file)
		return TG_BITS_UNKNOWN;
	return bits_of_file(s, file, tg_member(task, struct task_struct, fs));
}

static __subprogram __u64 bits_compute(__u64 task)
{
	struct tg_scratch *s = tg_scratch_take();
	__u64 bits = TG_BITS_UNKNOWN, token;
	bool held = false;

#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < TG_SCRATCH_TRIES && s && !held; i++) {
		token = tg_scratch_hold(s);
		bits = bits_read(s, task);
		held = tg_scratch_held(s, token);
	}
	tg_scratch_give();
	return held ? bits : TG_BITS_UNKNOWN;
}

/* What is not known is not kept: the next one who asks tries again. */
static __inline void bits_keep(__u32 tgid, __u64 bits, __u64 flags)
{
	if (bits & TG_BITS_UNKNOWN)
		bpf_map_delete_elem(&tg_bits, &tgid);
	else
		bpf_map_update_elem(&tg_bits, &tgid, &bits, flags);
}

/* Computed now for a process that the table has missed. */
TG_BITS __u64 tg_bits_current(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u64 *known = bpf_map_lookup_elem(&tg_bits, &tgid), bits;

	if (known)
		return *known;
	bits = bits_compute(bpf_get_current_task());
	if (!(bits & TG_BITS_UNKNOWN))
		bpf_map_update_elem(&tg_bits, &tgid, &bits, BPF_NOEXIST);
	return bits;
}

#ifndef TG_HOST
SEC("tp_btf/sched_process_exec")
int tg_bits_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];

	bits_keep(task->tgid, bits_compute((__u64)task), BPF_ANY);
	return 0;
}

/* Without an entry to inherit, one of a former process with this id must not stay. */
SEC("tp_btf/sched_process_fork")
int tg_bits_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	__u32 from = parent->tgid;
	__u64 *bits;

	if (child->pid != child->tgid)
		return 0;
	bits = bpf_map_lookup_elem(&tg_bits, &from);
	bits_keep(child->tgid, bits ? *bits & ~BITS_DEAD : TG_BITS_UNKNOWN, BPF_ANY);
	return 0;
}

/* The entry outlives the exit: files and sockets are closed after this. */
SEC("tp_btf/sched_process_exit")
int tg_bits_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 tgid = task->tgid;
	__u64 *bits;

	if (task->signal->live.counter > 0)
		return 0;
	bits = bpf_map_lookup_elem(&tg_bits, &tgid);
	if (bits)
		*bits |= BITS_DEAD;
	return 0;
}

/* A new process with the same id has an entry of its own, which is not dead. */
SEC("tp_btf/sched_process_free")
int tg_bits_free(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 tgid = task->tgid;
	__u64 *bits;

	if (task->pid != task->tgid)
		return 0;
	bits = bpf_map_lookup_elem(&tg_bits, &tgid);
	if (bits && (*bits & BITS_DEAD))
		bpf_map_delete_elem(&tg_bits, &tgid);
	return 0;
}

/* Processes that were there before the bundle. */
SEC("iter/task")
int tg_bits_scan(struct bpf_iter__task *ctx)
{
	struct task_struct *task = ctx->task;
	__u64 bits;
	__u32 tgid;

	if (!task || task->pid != task->tgid)
		return 0;
	tgid = task->tgid;
	bits = bits_compute((__u64)task);
	if (!(bits & TG_BITS_UNKNOWN))
		bpf_map_update_elem(&tg_bits, &tgid, &bits, BPF_NOEXIST);
	return 0;
}
#endif
