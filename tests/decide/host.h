/* SPDX-License-Identifier: Apache-2.0 */
/* The helpers, as the programs built for the host see them; fake.c has them. */
#ifndef DECIDE_HOST_H
#define DECIDE_HOST_H

struct task_struct;

void *bpf_map_lookup_elem(void *map, const void *key);
long bpf_map_update_elem(void *map, const void *key, const void *value, unsigned long long flags);
long bpf_map_delete_elem(void *map, const void *key);
unsigned long long bpf_get_current_pid_tgid(void);
unsigned long long bpf_get_current_task(void);
struct task_struct *bpf_get_current_task_btf(void);
unsigned long long bpf_ktime_get_boot_ns(void);
long bpf_send_signal(unsigned int sig);
long bpf_probe_read_user(void *dst, unsigned int size, const void *from);
long bpf_probe_read_kernel(void *dst, unsigned int size, const void *from);
long bpf_probe_read_user_str(void *dst, unsigned int size, const void *from);
long bpf_probe_read_kernel_str(void *dst, unsigned int size, const void *from);
long bpf_ringbuf_output(void *ring, void *data, unsigned long long size, unsigned long long flags);

#endif
