// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The job of policies/bprm.yaml written by hand: the name of the running program first, which is
 * none of those listed most of the time, then the folders above it. Other mounts and roots are left
 * out.
 */
#include "hand.h"

struct mm_struct {
	struct file *exe_file;
} KERNEL_TYPE;

struct task_struct___mm {
	struct mm_struct *mm;
} KERNEL_TYPE;

struct linux_binprm {
	const char *filename;
} KERNEL_TYPE;

static __always_inline bool is_root(struct dentry *d)
{
	return d->d_parent == d;
}

static __always_inline bool in_usr_bin(struct dentry *bin)
{
	struct dentry *usr = bin->d_parent;

	return bin->d_name.len == 3 && IS3(short_name(bin), 'b', 'i', 'n') &&
	       usr->d_name.len == 3 && IS3(short_name(usr), 'u', 's', 'r') &&
	       is_root(usr->d_parent);
}

static __always_inline bool in_vm(struct dentry *d)
{
	const unsigned char *n = short_name(d);

	return d->d_name.len == 2 && n[0] == 'v' && n[1] == 'm' && is_root(d->d_parent);
}

static __always_inline bool is_listed(struct dentry *d)
{
	const unsigned char *n = short_name(d);

	switch (d->d_name.len) {
	case 2:
		return n[0] == 'n' && n[1] == 'c' && in_usr_bin(d->d_parent);
	case 4:
		return ((IS3(n, 'c', 'u', 'r') && n[3] == 'l') ||
			(IS3(n, 'w', 'g', 'e') && n[3] == 't')) &&
		       in_usr_bin(d->d_parent);
	case 6:
		return IS6(n, 'l', 'i', 's', 't', 'e', 'd') && in_vm(d->d_parent);
	case 7:
		return IS6(n, 'p', 'y', 't', 'h', 'o', 'n') && n[6] == '3' &&
		       in_usr_bin(d->d_parent);
	}
	return false;
}

SEC("fentry/security_bprm_check")
int BPF_PROG(hand_bprm, struct linux_binprm *bprm)
{
	struct task_struct___mm *task = (void *)bpf_get_current_task_btf();
	struct event *e;

	if (!task->mm || !task->mm->exe_file || !is_listed(task->mm->exe_file->f_path.dentry))
		return 0;
	e = bpf_ringbuf_reserve(&events, sizeof(*e), 0);
	if (!e)
		return 0;
	e->time = bpf_ktime_get_boot_ns();
	e->pid_tgid = bpf_get_current_pid_tgid();
	e->function = 14;
	bpf_probe_read_kernel_str(e->path, sizeof(e->path), bprm->filename);
	bpf_ringbuf_submit(e, 0);
	return 0;
}
