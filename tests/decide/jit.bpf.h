/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * What stands before a generated unit that the kernel is to test-run: helpers whose answers the
 * test chooses, in place of the kernel's. The programs' text, the library and all other helpers
 * are the real ones; so are maps, relocations and reads, for the objects lie in kernel memory and
 * have the kernel's own layout. Before tg_kernel.h, which has functions that call helpers.
 */
#include "tg_core.h"
#include "tests/decide/fake_layout.h"

struct fake_world fake_world SEC(".data.test");

struct fake_bytes {
	char bytes[FAKE_MEMORY];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fake_bytes);
} fake_memory SEC(".maps");

/* A number as a typed pointer, as a hook's context or a helper has it. */
extern void *bpf_rdonly_cast(const void *object, __u32 type) __weak __ksym;
#define fake_typed(type, number)                                                                   \
	((struct type *)bpf_rdonly_cast((const void *)(number),                                    \
					__builtin_btf_type_id(*(struct type *)0, 1)))

static __inline long fake_signal(__u32 sig)
{
	__u32 n = fake_world.signal_count;

	if (n < FAKE_SIGNALS)
		fake_world.signals[n] = sig;
	fake_world.signal_count = n + 1;
	return 0;
}

#define bpf_get_current_task()	    fake_world.task
#define bpf_get_current_task_btf()  fake_typed(task_struct, fake_world.task)
#define bpf_get_current_pid_tgid()  fake_world.pid_tgid
#define bpf_get_current_cgroup_id() fake_world.cgroup
#define bpf_ktime_get_boot_ns()	    fake_world.time
#define bpf_send_signal(sig)	    fake_signal(sig)
