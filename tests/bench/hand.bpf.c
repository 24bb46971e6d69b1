// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The yardstick: the job of stdlib-policies/file-monitoring.yaml written by hand for one kernel
 * (6.12), as somebody who knows the kernel would: fentry, the cheapest test first.
 */
#include "hand.h"

#define MAY_WRITE 2
#define MAY_READ  4

SEC("fentry/security_file_permission")
int BPF_PROG(hand_permission, struct file *file, int mask)
{
	__u32 wanted = mask == MAY_READ ? SECRET : mask == MAY_WRITE ? CONTROL : 0;

	if (wanted && (path_kind(&file->f_path) & wanted))
		report(&file->f_path, 0, mask);
	return 0;
}

/* bpf_d_path() is not allowed in security_mmap_file itself. */
SEC("lsm/mmap_file")
int BPF_PROG(hand_mmap, struct file *file, unsigned long prot)
{
	if (file && (path_kind(&file->f_path) & SECRET))
		report(&file->f_path, 1, (__s32)prot);
	return 0;
}

SEC("fentry/security_path_truncate")
int BPF_PROG(hand_truncate, struct path *path)
{
	if (path_kind(path) & CONTROL)
		report(path, 2, 0);
	return 0;
}
