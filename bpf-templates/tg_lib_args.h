/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Readers of arguments that few policies have, compiled once (lib_args.bpf.c) and linked to
 * bundles that need them. All addresses may be anything: every read is fault-checked.
 */
#ifndef TG_LIB_ARGS_H
#define TG_LIB_ARGS_H

#include "tg_args.h"
#include "tg_lib.h"

#ifndef TG_LIBRARY_ARGS
#define TG_LIBRARY_ARGS extern
#endif

/*
 * Each reads one argument into s->text and s->read, and takes the selectors `need` out of
 * s->live when it cannot be read.
 */
TG_LIBRARY_ARGS int tg_read_dentry(struct tg_scratch *s, __u64 dentry, __u64 need);
TG_LIBRARY_ARGS int tg_read_fd(struct tg_scratch *s, __u64 fd, __u64 need);
TG_LIBRARY_ARGS int tg_read_kiocb(struct tg_scratch *s, __u64 kiocb, __u64 need);
TG_LIBRARY_ARGS int tg_read_binprm(struct tg_scratch *s, __u64 binprm, __u64 need);
TG_LIBRARY_ARGS int tg_read_net_device(struct tg_scratch *s, __u64 device, __u64 need);
/* The text that the 32-bit `locator` of a record points to; `record` is where that begins. */
TG_LIBRARY_ARGS int tg_read_data_loc(struct tg_scratch *s, const void *record, __u32 locator,
				     __u64 need);
/* An array that lies in a record: its offset, and its size in the high half. */
TG_LIBRARY_ARGS int tg_read_array(struct tg_scratch *s, const void *record, __u32 locator,
				  __u64 need);
/* There is nothing to read, because the way to it failed: `status` says where. */
TG_LIBRARY_ARGS int tg_read_failed(struct tg_scratch *s, __u32 status, __u64 need);
/* A unix socket's address. The text is its path, or the whole name without its first NUL. */
TG_LIBRARY_ARGS int tg_read_sockaddr_un(struct tg_scratch *s, __u64 address, __u64 user,
					__u64 need);

/*
 * Buffers: the slot's value is `size`, the text what was read of it. `user`: a program's pointer,
 * which is never followed into kernel memory.
 */
TG_LIBRARY_ARGS int tg_read_buffer(struct tg_scratch *s, __u64 address, __u64 size, __u64 user,
				   __u64 need);
/* The same up to TG_DATA_MAX bytes, of which filters see all. */
TG_LIBRARY_ARGS int tg_read_data(struct tg_scratch *s, __u64 address, __u64 size, __u64 user,
				 __u64 need);
TG_LIBRARY_ARGS int tg_read_iovec(struct tg_scratch *s, __u64 address, __u64 count, __u64 user,
				  __u64 need);
TG_LIBRARY_ARGS int tg_read_iov_iter(struct tg_scratch *s, __u64 iter, __u64 need);
/* Copies a buffer in s->read to the end of the record; unread when there is no room. */
TG_LIBRARY_ARGS int tg_slot_bytes(struct tg_scratch *s, struct tg_slot *slot);

/* A capability set by its address; not 0 when it cannot be read. */
TG_LIBRARY_ARGS int tg_read_caps(__u64 *out, __u64 address);
/* A system call's number as `syscall64` has it: bit 31 says that the task is in 32-bit mode. */
TG_LIBRARY_ARGS __u64 tg_syscall64(__u64 number);
#define TG_TS_COMPAT 2 /* of x86 */
struct thread_info___tg {
	__u32 status;
} TG_RELOCATED;
struct task_struct___tg {
	struct thread_info___tg thread_info;
} TG_RELOCATED;
#define tg_abi_number(number)                                                                      \
	({                                                                                         \
		__u64 n_ = (number);                                                               \
		if (tg_has_enum(enum bpf_func_id___tg, BPF_FUNC_get_current_task_btf___tg)) {      \
			const struct task_struct___tg *task_ =                                     \
				(const void *)bpf_get_current_task_btf();                          \
			if (task_->thread_info.status & TG_TS_COMPAT)                              \
				n_ |= 1ull << 31;                                                  \
		} else {                                                                           \
			n_ = tg_syscall64(n_);                                                     \
		}                                                                                  \
		n_;                                                                                \
	})

/* A size that a function takes as a signed number. */
#define tg_size(v) ((v) < 0 ? 0 : (__u64)(v))

/*
 * Sockets: each fills *out, all of it, and returns 0; or not 0 when there is nothing to read, with
 * *out zeroed.
 */
TG_LIBRARY_ARGS int tg_read_sock(struct tg_socket *out, __u64 sock);
TG_LIBRARY_ARGS int tg_read_socket(struct tg_socket *out, __u64 socket);
TG_LIBRARY_ARGS int tg_read_sockaddr(struct tg_socket *out, __u64 address, __u64 user);
TG_LIBRARY_ARGS int tg_read_skb(struct tg_packet *out, __u64 skb);
/* Puts it into the record. `status`: TG_SLOT_*, or what the reader has returned. */
TG_LIBRARY_ARGS int tg_put_socket(struct tg_scratch *s, struct tg_slot *slot,
				  const struct tg_socket *socket, __u32 status);
TG_LIBRARY_ARGS int tg_put_packet(struct tg_scratch *s, struct tg_slot *slot,
				  const struct tg_packet *packet, __u32 status);

/* Each reads a struct and appends it to the record (s->end moves), and fills its slot. */
TG_LIBRARY_ARGS int tg_put_cred(struct tg_scratch *s, struct tg_slot *slot, __u64 cred);
TG_LIBRARY_ARGS int tg_put_user_ns(struct tg_scratch *s, struct tg_slot *slot, __u64 ns);
TG_LIBRARY_ARGS int tg_put_bpf_attr(struct tg_scratch *s, struct tg_slot *slot, __u64 attr,
				    __u64 user);
TG_LIBRARY_ARGS int tg_put_bpf_prog(struct tg_scratch *s, struct tg_slot *slot, __u64 prog);
TG_LIBRARY_ARGS int tg_put_bpf_map(struct tg_scratch *s, struct tg_slot *slot, __u64 map);
TG_LIBRARY_ARGS int tg_put_perf_event(struct tg_scratch *s, struct tg_slot *slot, __u64 event);
TG_LIBRARY_ARGS int tg_put_module(struct tg_scratch *s, struct tg_slot *slot, __u64 module);
TG_LIBRARY_ARGS int tg_put_load_info(struct tg_scratch *s, struct tg_slot *slot, __u64 info);

#endif
