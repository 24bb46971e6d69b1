// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The job of policies/setuid.yaml written by hand. */
#include "hand_ring.h"
#include <bpf/bpf_core_read.h>

/* Two words until 6.2, one since. */
struct kernel_cap_struct {
	__u32 cap[2];
} KERNEL_TYPE;

typedef struct {
	__u64 val;
} KERNEL_TYPE kernel_cap_t;

struct cred___old {
	struct kernel_cap_struct cap_effective;
} KERNEL_TYPE;

struct cred {
	kernel_cap_t cap_effective;
} KERNEL_TYPE;

struct task_struct {
	const struct cred *cred;
} KERNEL_TYPE;

#define CAP_SETUID    7
#define CAP_SYS_ADMIN 21
#define WANTED	      (1u << CAP_SETUID | 1u << CAP_SYS_ADMIN)

SEC("fentry/__sys_setuid")
int BPF_PROG(hand_setuid, unsigned int uid)
{
	const struct cred *cred;
	__u32 caps;

	if (uid)
		return 0;
	cred = bpf_get_current_task_btf()->cred;
	if (bpf_core_type_exists(struct kernel_cap_struct))
		caps = ((const struct cred___old *)cred)->cap_effective.cap[0];
	else
		caps = (__u32)cred->cap_effective.val;
	if (caps & WANTED)
		report_values(12, (__s32)uid, caps, 0);
	return 0;
}
