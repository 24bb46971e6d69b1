/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Sockets by typed loads, for programs that get them as typed pointers: inline, so that what
 * nobody looks at is not loaded.
 */
#ifndef TG_SOCK_H
#define TG_SOCK_H

#include "tg_args.h"
#include "tg_core.h"

#ifndef TG_HOST
#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)
#endif

struct in6_addr {
	unsigned char bytes[16];
};

struct sock_common {
	__u32 skc_daddr;
	__u32 skc_rcv_saddr;
	__u16 skc_dport;
	__u16 skc_num;
	__u16 skc_family;
	unsigned char skc_state;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
};

struct sock {
	struct sock_common __sk_common;
	__u32 sk_priority;
	__u32 sk_mark;
	__u16 sk_type;
	__u16 sk_protocol;
};

struct socket {
	struct sock *sk;
};

#ifndef TG_HOST
#pragma clang attribute pop
#endif

/* Both words of an IPv6 address. */
#define tg_load_in6(to, sk, member)                                                                \
	do {                                                                                       \
		const char *at_ = (const char *)(sk) + tg_offset(struct sock, __sk_common.member); \
		(to)[0] = tg_sock_word(at_);                                                       \
		(to)[1] = tg_sock_word(at_ + 8);                                                   \
	} while (0)

static __inline __u64 tg_sock_word(const char *at)
{
	__u64 v;

#ifdef TG_HOST
	__builtin_memcpy(&v, at, sizeof(v));
#else
	v = *(const __u64 *)at;
#endif
	return v;
}

static __inline void tg_load_addresses(struct tg_socket *n, const struct sock *sk)
{
	n->saddr[0] = n->saddr[1] = n->daddr[0] = n->daddr[1] = 0;
	if (n->family == TG_AF_INET) {
		n->saddr[0] = sk->__sk_common.skc_rcv_saddr;
		n->daddr[0] = sk->__sk_common.skc_daddr;
	} else if (n->family == TG_AF_INET6) {
		tg_load_in6(n->saddr, sk, skc_v6_rcv_saddr);
		tg_load_in6(n->daddr, sk, skc_v6_daddr);
	}
}

/* NULL when the socket has none, or is one. */
static __inline const struct sock *tg_sock_of(const struct socket *socket)
{
	return socket ? socket->sk : NULL;
}

static __inline void tg_load_sock(struct tg_socket *n, const struct sock *sk)
{
	n->family = sk->__sk_common.skc_family;
	tg_load_addresses(n, sk);
	n->address = (__u64)sk;
	n->mark = sk->sk_mark;
	n->priority = sk->sk_priority;
	n->type = sk->sk_type;
	n->protocol = sk->sk_protocol;
	n->state = sk->__sk_common.skc_state;
	n->sport = sk->__sk_common.skc_num;
	n->dport = __builtin_bswap16(sk->__sk_common.skc_dport);
	n->pad = 0;
}

#endif
