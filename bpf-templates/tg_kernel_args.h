/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/* Members of kernel types that lib_args.bpf.c reads, beside those of tg_kernel.h. */
#ifndef TG_KERNEL_ARGS_H
#define TG_KERNEL_ARGS_H

#include "tg_kernel.h"
#include "tg_sock.h"

#ifndef TG_HOST
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

struct fdtable {
	__u32 max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct thread_info {
	__u32 status;
};

struct task_struct___args {
	struct thread_info thread_info;
	struct files_struct *files;
};

struct kiocb {
	struct file *ki_filp;
};

struct net_device {
	char name[16];
};

struct iovec {
	void *iov_base;
	__u64 iov_len;
};

struct iov_iter {
	const struct iovec *iov;
	__u64 iov_offset;
	__u64 count;
	__u64 nr_segs;
};

struct iov_iter___type { /* before 5.14 */
	__u32 type;
};

struct iov_iter___kind {
	__u8 iter_type;
	void *ubuf;
};

struct iov_iter___renamed { /* from 6.4 on */
	const struct iovec *__iov;
};

enum iter_type {
	ITER_IOVEC = 0,
};

enum iter_type___user { /* from 6.0 on */
			ITER_UBUF = 0,
};

struct cred___args {
	kuid_t uid, gid, suid, sgid, euid, egid, fsuid, fsgid;
	__u32 securebits;
	struct capabilities {
		__u64 mask; /* two 32-bit words before 6.3: the same bytes here */
	} cap_inheritable, cap_permitted, cap_effective;
	struct user_namespace *user_ns;
};

struct bpf_prog_aux {
	char name[16];
};

struct bpf_prog {
	enum { TG_ENUM_PROG } type;
	__u32 len;
	struct bpf_prog_aux *aux;
};

struct bpf_map {
	enum { TG_ENUM_MAP } map_type;
	__u32 key_size, value_size, max_entries;
	char name[16];
};

struct perf_event_attr {
	__u32 type;
	__u64 config;
	__u64 kprobe_func, probe_offset;
};

struct perf_event {
	struct perf_event_attr attr;
};

struct module {
	char name[56];
	unsigned long taints;
};

struct load_info {
	const char *name;
	struct module *mod;
	bool sig_ok;
};

struct skb_ext {
	__u8 offset[1];
};

struct sec_path {
	int len, olen;
};

struct sk_buff {
	__u32 len;
	__u32 hash, priority, mark;
	__u16 transport_header, network_header;
	unsigned char *head;
	struct skb_ext *extensions;
	__u8 active_extensions;
};

enum skb_ext_id {
	SKB_EXT_SEC_PATH = 1,
};

#ifndef TG_HOST
#pragma clang attribute pop
#define tg_enum_value(type, value)  __builtin_preserve_enum_value(*(type *)value, 1)
#define tg_field_size(type, member) __builtin_preserve_field_info(((type *)0)->member, 1)
#else
#define tg_enum_value(type, value)  (value)
#define tg_field_size(type, member) sizeof(((type *)0)->member)
#endif

#endif
