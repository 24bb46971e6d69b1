// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Conditions on the binary of a process are decided when it is executed and kept as bits of
 * the process. Linked to bundles that have such conditions; tg_binaries() is generated.
 */
#ifndef TG_BITS
#define TG_BITS __hidden __subprogram
#endif
#include "tg_lib.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u32);
	__type(value, __u64);
} tg_bits SEC(".maps");

/* A task without memory is a kernel thread: it runs no binary that could be listed. */
static __inline __u64 bits_read(struct tg_scratch *s, __u64 mm, __u64 fs)
{
	__u64 file, path, dentry;

	if (!mm)
		return 0;
	file = tg_member(mm, struct mm_struct, exe_file);
	if (!file)
		return TG_BITS_UNKNOWN;
	path = file + tg_offset(struct file, f_path);
	dentry = tg_member(path, struct path, dentry);
	if (!dentry)
		return TG_BITS_UNKNOWN;
	tg_path_text(s, dentry, tg_member(path, struct path, mnt), fs);
	if (tg_fresh(s->read.flags) & TG_PATH_UNRESOLVED)
		return TG_BITS_UNKNOWN;
	return tg_binaries(s);
}

static __subprogram __u64 bits_compute(__u64 mm, __u64 fs)
{
	struct tg_scratch *s = tg_scratch_take();
	__u64 bits = TG_BITS_UNKNOWN, token;
	bool held = false;

#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (int i = 0; i < TG_SCRATCH_TRIES && s && !held; i++) {
		token = tg_scratch_hold(s);
		bits = bits_read(s, mm, fs);
		held = tg_scratch_held(s, token);
	}
	tg_scratch_give();
	return held ? bits : TG_BITS_UNKNOWN;
}

/* Computed now for a process that the table has missed. */
TG_BITS __u64 tg_bits_current(void)
{
	__u32 tgid = bpf_get_current_pid_tgid() >> 32;
	__u64 *known = bpf_map_lookup_elem(&tg_bits, &tgid), bits;

	if (known)
		return *known;
	bits = bits_compute(tg_member(bpf_get_current_task(), struct task_struct, mm),
			    tg_current_fs());
	bpf_map_update_elem(&tg_bits, &tgid, &bits, BPF_NOEXIST);
	return bits;
}

#ifndef TG_HOST
SEC("tp_btf/sched_process_exec")
int tg_bits_exec(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u64 bits = bits_compute((__u64)task->mm, (__u64)task->fs);
	__u32 tgid = task->tgid;

	bpf_map_update_elem(&tg_bits, &tgid, &bits, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int tg_bits_fork(__u64 *ctx)
{
	struct task_struct *parent = (void *)ctx[0], *child = (void *)ctx[1];
	__u32 from = parent->tgid, to = child->tgid;
	__u64 *bits;

	if (child->pid != child->tgid)
		return 0;
	bits = bpf_map_lookup_elem(&tg_bits, &from);
	if (bits)
		bpf_map_update_elem(&tg_bits, &to, bits, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int tg_bits_exit(__u64 *ctx)
{
	struct task_struct *task = (void *)ctx[0];
	__u32 tgid = task->tgid;

	if (task->signal->live.counter <= 0)
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
	bits = bits_compute((__u64)task->mm, (__u64)task->fs);
	bpf_map_update_elem(&tg_bits, &tgid, &bits, BPF_NOEXIST);
	return 0;
}
#endif
