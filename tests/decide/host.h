/* SPDX-License-Identifier: Apache-2.0 */
/* The helpers, as the programs built for the host see them; fake.c has them. */
#ifndef DECIDE_HOST_H
#define DECIDE_HOST_H

struct task_struct;

/* Names that libbpf, in the same process, has functions by. */
#define bpf_map_lookup_elem fake_map_lookup_elem
#define bpf_map_update_elem fake_map_update_elem
#define bpf_map_delete_elem fake_map_delete_elem

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, unsigned long long flags);
long bpf_map_delete_elem(void *map, const void *key);
unsigned int bpf_get_prandom_u32(void);
long bpf_get_stack(void *ctx, void *buf, unsigned int size, unsigned long long flags);
unsigned long long bpf_get_current_cgroup_id(void);
unsigned long long bpf_get_current_ancestor_cgroup_id(int level);
long bpf_get_func_ret(void *ctx, unsigned long long *value);
long bpf_override_return(void *ctx, unsigned long long value);
unsigned long long bpf_get_current_pid_tgid(void);
unsigned long long bpf_get_current_task(void);
struct task_struct *bpf_get_current_task_btf(void);
unsigned long long bpf_ktime_get_boot_ns(void);
long bpf_send_signal(unsigned int sig);
long bpf_probe_read_user(void *dst, unsigned int size, const void *from);
long bpf_probe_read_kernel(void *dst, unsigned int size, const void *from);
long bpf_probe_read_user_str(void *dst, unsigned int size, const void *from);
long bpf_probe_read_kernel_str(void *dst, unsigned int size, const void *from);
void *bpf_ringbuf_reserve(void *ring, unsigned long long size, unsigned long long flags);
void bpf_ringbuf_submit(void *record, unsigned long long flags);
long bpf_ringbuf_output(void *ring, void *data, unsigned long long size, unsigned long long flags);

#endif
