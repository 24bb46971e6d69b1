/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What a task is like now: its capabilities and namespaces. Units that ask include it before
 * tg_hook.h. `typed` is a constant: typed loads, or fault-checked reads where the kernel gives no
 * typed current task.
 */
#ifndef TG_TASK_H
#define TG_TASK_H

#include "tg_kernel.h"
#include "tg_lib.h"
#include "tg_namespaces.h"

/* A pointer or number that an object has. */
#define tg_of(typed, object, type, member)                                                         \
	((typed) ? (__u64)((const type *)(object))->member                                         \
		 : tg_kernel_word((__u64)(object) + tg_offset(type, member)))

/* Does what depends on the current task: RUN(typed, task, x), twice, of which one is kept. */
#define tg_with_task(run, x)                                                                       \
	({                                                                                         \
		__u64 left_;                                                                       \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg))        \
			left_ = run(true, bpf_get_current_task_btf(), x);                          \
		else                                                                               \
			left_ = run(false, (const void *)bpf_get_current_task(), x);               \
		left_;                                                                             \
	})

/* ---- capabilities ---------------------------------------------------------------------- */

#define tg_capability_set(typed, task, set)                                                        \
	({                                                                                         \
		__u64 cred_ = tg_of(typed, task, struct task_struct, cred);                        \
		(typed) ? tg_load8((const char *)cred_ + tg_offset(struct cred, set))              \
			: tg_kernel_word(cred_ + tg_offset(struct cred, set));                     \
	})

/* ---- namespaces: inode numbers; 0 is a kind that the kernel or the task does not have -------- */

#define tg_inode(typed, space, type) (__u32) tg_of(typed, space, type, ns.inum)

#define tg_inode_of(typed, task, type, member)                                                     \
	({                                                                                         \
		__u32 inode_ = 0;                                                                  \
		if (tg_has_field(struct nsproxy, member)) {                                        \
			__u64 all_ = tg_of(typed, task, struct task_struct, nsproxy);              \
			__u64 ns_ = tg_of(typed, all_, struct nsproxy, member);                    \
			inode_ = tg_inode(typed, ns_, type);                                       \
		}                                                                                  \
		inode_;                                                                            \
	})

#define tg_inode_uts(typed, task)    tg_inode_of(typed, task, struct uts_namespace, uts_ns)
#define tg_inode_ipc(typed, task)    tg_inode_of(typed, task, struct ipc_namespace, ipc_ns)
#define tg_inode_mnt(typed, task)    tg_inode_of(typed, task, struct mnt_namespace, mnt_ns)
#define tg_inode_net(typed, task)    tg_inode_of(typed, task, struct net, net_ns)
#define tg_inode_time(typed, task)   tg_inode_of(typed, task, struct time_namespace, time_ns)
#define tg_inode_cgroup(typed, task) tg_inode_of(typed, task, struct cgroup_namespace, cgroup_ns)
#define tg_inode_pid_for_children(typed, task)                                                     \
	tg_inode_of(typed, task, struct pid_namespace, pid_ns_for_children)
#define tg_inode_time_for_children(typed, task)                                                    \
	tg_inode_of(typed, task, struct time_namespace, time_ns_for_children)

/* Of the credentials, which unshare() and setns() change at once. */
#define tg_inode_user(typed, task)                                                                 \
	({                                                                                         \
		__u64 cred_ = tg_of(typed, task, struct task_struct, cred);                        \
		__u64 ns_ = tg_of(typed, cred_, struct cred, user_ns);                             \
		tg_inode(typed, ns_, struct user_namespace);                                       \
	})

/* An element of an array whose index is not known has no type. */
static __inline __u32 tg_inode_of_pid(__u64 pid, __u32 level)
{
	__u64 at = pid + tg_offset(struct pid, numbers) + level * sizeof(struct upid);
	__u64 ns = tg_kernel_word(at + tg_offset(struct upid, ns));

	return tg_kernel_word(ns + tg_offset(struct pid_namespace, ns.inum));
}

#define tg_inode_pid(typed, task)                                                                  \
	({                                                                                         \
		__u64 pid_ = tg_of(typed, task, struct task_struct, thread_pid);                   \
		tg_inode_of_pid(pid_, tg_of(typed, pid_, struct pid, level));                      \
	})

/* ---- the namespaces of process 1 ------------------------------------------------------------- */

#ifdef TG_WANTS_HOST
__u32 tg_host_inodes[TG_NAMESPACES]; /* by enum ir_namespace of tgc */

/* Run once, before any hook is attached. */
SEC("iter/task")
int tg_host_scan(struct bpf_iter__task *ctx)
{
	const struct task_struct *task = ctx->task;

	if (!task || task->pid != 1)
		return 0;
#define NAMESPACE(number, name) tg_host_inodes[number] = tg_inode_##name(true, task);
	TG_NAMESPACE_KINDS
#undef NAMESPACE
	return 0;
}
#endif

#endif
