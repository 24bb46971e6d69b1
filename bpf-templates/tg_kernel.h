/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The members of kernel types we read, relocated against the running kernel (CO-RE). A dumped
 * vmlinux.h would cost ten times the compile time.
 */
#ifndef TG_KERNEL_H
#define TG_KERNEL_H

#include "tg_core.h"

#ifndef TG_HOST
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
		__u64 hash_len;
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node *next, **pprev;
};

struct inode {
	__u16 i_mode;
	unsigned int i_nlink;
	unsigned long i_ino;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32];
};

union shortname_store {
	unsigned char string[40];
};

struct dentry___short { /* from 6.13 on */
	union shortname_store d_shortname;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
};

struct filename {
	const char *name;
};

struct fs_struct {
	struct path root, pwd;
};

typedef struct {
	__u32 val;
} kuid_t;

struct ns_common {
	unsigned int inum;
};

struct user_namespace {
	int level;
	kuid_t owner, group;
	struct ns_common ns;
};

struct uts_namespace {
	struct ns_common ns;
};

struct ipc_namespace {
	struct ns_common ns;
};

struct mnt_namespace {
	struct ns_common ns;
};

struct pid_namespace {
	struct ns_common ns;
};

struct net {
	struct ns_common ns;
};

struct time_namespace {
	struct ns_common ns;
};

struct cgroup_namespace {
	struct ns_common ns;
};

struct nsproxy {
	struct uts_namespace *uts_ns;
	struct ipc_namespace *ipc_ns;
	struct mnt_namespace *mnt_ns;
	struct pid_namespace *pid_ns_for_children;
	struct net *net_ns;
	struct time_namespace *time_ns, *time_ns_for_children;
	struct cgroup_namespace *cgroup_ns;
};

struct tg_capabilities { /* two words of 32 bits or one of 64: only where it lies is asked */
	__u64 bits;
};

struct cred {
	kuid_t uid, gid, suid, sgid, euid, egid, fsuid, fsgid; /* group ids are as large */
	unsigned int securebits;
	struct tg_capabilities cap_inheritable, cap_permitted, cap_effective;
	struct user_namespace *user_ns;
};

struct mm_struct {
	unsigned long arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
};

struct upid { /* an element of an array: as large as the kernel's */
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

typedef struct {
	int counter;
} atomic_t;

struct signal_struct {
	atomic_t live;
};

struct kernfs_node {
	const char *name;
};

struct cgroup {
	struct kernfs_node *kn;
	int level;
	__u64 ancestor_ids[1]; /* up to 6.0; as many as `level` and one more */
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	unsigned int flags;
	struct mm_struct *mm;
	int exit_code;
	int pid, tgid;
	struct task_struct *real_parent, *group_leader;
	struct pid *thread_pid;
	const struct cred *cred;
	struct nsproxy *nsproxy;
	struct css_set *cgroups;
	__u64 start_time, start_boottime;
	__u64 self_exec_id;
	struct fs_struct *fs;
	struct signal_struct *signal;
	kuid_t loginuid;
};

struct linux_binprm {
	struct file *file;
	const char *filename;
	const struct cred *cred; /* the new ones, until they are the task's */
};

struct bpf_iter__task {
	struct task_struct *task;
};

struct bpf_iter_num { /* kernels with open-coded iterators */
	__u64 opaque[1];
};

#ifndef TG_HOST
#pragma clang attribute pop
extern int bpf_iter_num_new(struct bpf_iter_num *it, int start, int end) __weak __ksym;
extern int *bpf_iter_num_next(struct bpf_iter_num *it) __weak __ksym;
extern void bpf_iter_num_destroy(struct bpf_iter_num *it) __weak __ksym;
#endif

/* One kernel word through the fault-checked read; 0 when unreadable. */
static __inline __u64 tg_word(const void *at)
{
	__u64 value = 0;

	bpf_probe_read_kernel(&value, sizeof(value), at);
	return value;
}

#define tg_member(base, type, member) tg_word((const char *)(base) + tg_offset(type, member))

/* Neighbouring words of kernel memory. */
struct tg_words {
	__u64 a, b, c;
};

/* Two members of a struct, in one read where they are neighbours. */
#define tg_read_two(w, base, type, first, second)                                                  \
	do {                                                                                       \
		const char *first_ = (const char *)(base) + tg_offset(type, first);                \
		if (tg_offset(type, second) == tg_offset(type, first) + 8) {                       \
			bpf_probe_read_kernel(w, 16, first_);                                      \
		} else {                                                                           \
			(w)->a = tg_word(first_);                                                  \
			(w)->b = tg_member(base, type, second);                                    \
		}                                                                                  \
	} while (0)

static __inline __u64 tg_current_fs(void)
{
	return tg_member(bpf_get_current_task(), struct task_struct, fs);
}

#define TG_PF_KTHREAD 0x00200000u

/* The number of a task's thread group in its own PID namespace; 0 in the first one. */
static __inline __u32 tg_namespace_pid(__u64 task)
{
	__u64 leader = tg_member(task, struct task_struct, group_leader);
	__u64 pid = tg_member(leader, struct task_struct, thread_pid);
	__u32 level = tg_member(pid, struct pid, level);

	if (!level)
		return 0;
	return tg_word((const char *)pid + tg_offset(struct pid, numbers) +
		       level * sizeof(struct upid) + tg_offset(struct upid, nr));
}

#endif
