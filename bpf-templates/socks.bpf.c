// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Sockets that TrackSock remembers, for each policy by itself. Units with such policies have this
 * text in them, before tg_hook.h; TG_TRACKERS lists the policies.
 */
#ifndef TG_SOCKS_PROGRAM
#define TG_SOCKS_PROGRAM
#include "tg_lib.h"

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, TG_SOCKS);
	__type(key, struct tg_sock_key);
	__type(value, struct tg_owner);
} tg_socks SEC(".maps");

/* Sockets that gave way to others, by policy. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_forgotten SEC(".maps");

__u64 tg_socks_live SEC(".data.tg_socks");

__attribute__((nodebug)) static const __u32 tg_trackers[] = {TG_TRACKERS};

/* The kernel gives the memory back: the next socket there is another one. */
SEC("fentry/security_sk_free")
int tg_socks_free(__u64 *ctx)
{
#ifndef TG_HOST
#pragma clang loop unroll(disable)
#endif
	for (__u32 i = 0; i < sizeof(tg_trackers) / sizeof(*tg_trackers); i++)
		tg_untrack(&tg_socks, &tg_socks_live, tg_trackers[i], ctx[0]);
	return 0;
}
#endif
