/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Values of arguments that are neither numbers nor paths, as they lie in the tail of a hook's
 * record (tg_event.h): the `len` bytes of a slot hold the struct of its class, then text, if the
 * class has any. Included by the BPF programs, by tgrun and by tests: fixed-width types only,
 * host byte order, sizes asserted below. The tail has no alignment.
 *
 *   class      struct        text                 the slot's `value`
 *   bytes      none          what was read        how many bytes there are
 *   address    none          path of a unix       family | TG_UNIX_ABSTRACT
 *                            socket
 */
#ifndef TG_ARGS_H
#define TG_ARGS_H

#include "tg_event.h"

/* Families that have addresses of the internet. */
#define TG_AF_UNIX  1
#define TG_AF_INET  2
#define TG_AF_INET6 10

#define TG_BYTES_MAX  4095 /* of a buffer, where `maxData` does not ask for more */
#define TG_DATA_MAX   8191 /* where it does */
#define TG_IOVECS_MAX 16   /* entries of a vector of buffers */
#define TG_UNIX_MAX   107  /* bytes of a unix socket's path */

/* A slot's value for bytes: there were more than could be counted. */
#define TG_BYTES_MORE (1ull << 63)

/* A slot's value for an address of a unix socket: the name begins with a NUL, which is left out. */
#define TG_UNIX_ABSTRACT (1ull << 32)

/* sock, socket, sockaddr, and the first part of a packet. What a class does not have is 0. */
struct tg_socket {
	__u64 saddr[2]; /* network order; IPv4 in the first four bytes */
	__u64 daddr[2];
	__u64 address; /* of the struct sock */
	__u32 mark;
	__u32 priority;
	__u16 family; /* AF_* */
	__u16 type;   /* SOCK_* */
	__u16 protocol;
	__u16 state; /* TCP_* */
	__u16 sport; /* host order */
	__u16 dport;
	__u32 pad;
};

struct tg_packet {
	struct tg_socket socket;
	__u32 hash;
	__u32 len;
	__u32 path_len; /* of the IPsec path, and of those in it that are for offload */
	__u32 path_olen;
};

struct tg_user_ns {
	__s32 level;
	__u32 owner;
	__u32 group;
	__u32 inum;
};

struct tg_cred {
	struct tg_credentials ids;
	struct tg_user_ns user_ns;
};

/* Also what bpf(2) was given to load one. Names end with their first NUL, or not at all. */
struct tg_bpf_prog {
	__u32 type;
	__u32 insns;
	char name[16];
};

struct tg_bpf_map {
	__u32 type;
	__u32 key_size;
	__u32 value_size;
	__u32 max_entries;
	char name[16];
};

struct tg_perf_event {
	__u64 config;
	__u64 offset; /* of the probe */
	__u32 type;
	__u32 pad;
	char function[128];
};

#define TG_MODULE_SIGNED  1u /* `signature` was looked at, and is good */
#define TG_MODULE_CHECKED 2u /* it was looked at */

struct tg_module {
	__u64 taints;
	__u32 flags; /* TG_MODULE_* */
	__u32 pad;
	char name[64];
};

TG_ASSERT_SIZE(struct tg_socket, 64);
TG_ASSERT_SIZE(struct tg_packet, 80);
TG_ASSERT_SIZE(struct tg_user_ns, 16);
TG_ASSERT_SIZE(struct tg_cred, 80);
TG_ASSERT_SIZE(struct tg_bpf_prog, 24);
TG_ASSERT_SIZE(struct tg_bpf_map, 32);
TG_ASSERT_SIZE(struct tg_perf_event, 152);
TG_ASSERT_SIZE(struct tg_module, 80);

#endif
