// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * What namespaces and capabilities a process had when it was made, executed a program, or was last
 * reported: a record for each policy that asks for changes, so that the event of one hides nothing
 * from another. Units with such policies have this text in them, before tg_hook.h; TG_RECORDS says
 * how many records a process has.
 */
#ifndef TG_CHANGES
#define TG_CHANGES
#include "tg_task.h"

struct tg_record_key {
	__u32 id; /* of the process */
	__u32 record;
};

struct tg_recorded {
	__u64 start; /* of the process: tells it from a later one with this id */
	__u64 capabilities[3];
	__u32 inodes[TG_NAMESPACES];
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, TG_PROCESSES *TG_RECORDS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct tg_record_key);
	__type(value, struct tg_recorded);
} tg_recorded SEC(".maps");

#ifdef TG_HOST
const unsigned tg_recorded_size = sizeof(struct tg_recorded);
#define CHANGES_LOOP
#else
#define CHANGES_LOOP _Pragma("clang loop unroll(disable)")
#endif

static __inline void tg_record_inodes(struct tg_recorded *r, const bool typed, const void *task)
{
#define NAMESPACE(number, name) r->inodes[number] = tg_inode_##name(typed, task);
	TG_NAMESPACE_KINDS
#undef NAMESPACE
}

static __inline void tg_record_capabilities(struct tg_recorded *r, const bool typed,
					    const void *task)
{
	r->capabilities[0] = tg_capability_set(typed, task, cap_effective);
	r->capabilities[1] = tg_capability_set(typed, task, cap_inheritable);
	r->capabilities[2] = tg_capability_set(typed, task, cap_permitted);
}

static __inline struct tg_recorded *tg_recorded_of(__u32 record)
{
	struct tg_record_key key = {bpf_get_current_pid_tgid() >> 32, record};

	return bpf_map_lookup_elem(&tg_recorded, &key);
}

/* An event has told of the changes: the next one must be about others. */
static __inline __u64 tg_renew_inodes(const bool typed, const void *task, __u64 record)
{
	struct tg_recorded *r = tg_recorded_of(record);

	if (r)
		tg_record_inodes(r, typed, task);
	return 0;
}

static __inline __u64 tg_renew_capabilities(const bool typed, const void *task, __u64 record)
{
	struct tg_recorded *r = tg_recorded_of(record);

	if (r)
		tg_record_capabilities(r, typed, task);
	return 0;
}

/* Rather nothing than what is no longer so. */
static __inline void changes_store(const struct task_struct *task, __u64 flags)
{
	struct tg_record_key key = {.id = task->tgid};
	struct tg_recorded now = {.start = task->start_time};

	tg_record_inodes(&now, true, task);
	tg_record_capabilities(&now, true, task);
	CHANGES_LOOP
	for (__u32 i = 0; i < TG_RECORDS; i++) {
		key.record = i;
		if (bpf_map_update_elem(&tg_recorded, &key, &now, flags) && flags == BPF_ANY)
			bpf_map_delete_elem(&tg_recorded, &key);
	}
}

SEC("tp_btf/sched_process_exec")
int tg_changes_exec(__u64 *ctx)
{
	changes_store((void *)ctx[0], BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_process_fork")
int tg_changes_fork(__u64 *ctx)
{
	const struct task_struct *child = (void *)ctx[1];

	if (child->pid == child->tgid)
		changes_store(child, BPF_ANY);
	return 0;
}

/* A new process with the same id has records of its own, with another start. */
SEC("tp_btf/sched_process_free")
int tg_changes_free(__u64 *ctx)
{
	const struct task_struct *task = (void *)ctx[0];
	struct tg_record_key key = {.id = task->tgid};
	struct tg_recorded *known;

	if (task->pid != task->tgid)
		return 0;
	CHANGES_LOOP
	for (__u32 i = 0; i < TG_RECORDS; i++) {
		key.record = i;
		known = bpf_map_lookup_elem(&tg_recorded, &key);
		if (known && known->start == task->start_time)
			bpf_map_delete_elem(&tg_recorded, &key);
	}
	return 0;
}

/* Processes that were there before the bundle: from now on. */
SEC("iter/task")
int tg_changes_scan(struct bpf_iter__task *ctx)
{
	const struct task_struct *task = ctx->task;

	if (task && task->pid == task->tgid)
		changes_store(task, BPF_NOEXIST);
	return 0;
}
#endif
