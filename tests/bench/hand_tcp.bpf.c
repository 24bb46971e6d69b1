// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* The job of policies/tcp.yaml written by hand: loads of the socket, and compares. */
#include "hand_ring.h"

struct sock_common {
	__u32 skc_daddr, skc_rcv_saddr;
	__u16 skc_dport, skc_num;
	unsigned short skc_family;
} KERNEL_TYPE;

struct sock {
	struct sock_common __sk_common;
} KERNEL_TYPE;

static __always_inline bool is_listed_port(__u16 port)
{
	return port == 80 || port == 443 || (port >= 8000 && port <= 9000);
}

SEC("fentry/tcp_connect")
int BPF_PROG(hand_tcp, struct sock *sk)
{
	__u16 port = __builtin_bswap16(sk->__sk_common.skc_dport);
	__u32 to;

	if (!is_listed_port(port) || sk->__sk_common.skc_family != 2)
		return 0;
	to = __builtin_bswap32(sk->__sk_common.skc_daddr);
	if (to >> 24 != 10 && to >> 16 != 0xc0a8 && to >> 16 != 0x7f01)
		return 0;
	report_values(11, port, (__u64)to << 32 | sk->__sk_common.skc_rcv_saddr,
		      sk->__sk_common.skc_num);
	return 0;
}
