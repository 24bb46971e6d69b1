/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The frame of a generated hook program: its arguments, reading of texts, the record it
 * builds. A generated unit defines, before it includes this file,
 *
 *   TG_BUNDLE      fingerprint of the bundle
 *   TG_POLICIES    how many policies it holds
 *
 * and after it the predicates and one program per hook and variant.
 */
#ifndef TG_HOOK_H
#define TG_HOOK_H

#include "tg_lib.h"
#include "tg_match.h"

/* Events that did not fit into the ring, by policy; tgrun reads it mapped, without privileges. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, TG_POLICIES);
	__type(key, __u32);
	__type(value, __u64);
} tg_lost SEC(".maps");

static __inline void tg_count_lost(__u32 policy)
{
	__u64 *n = bpf_map_lookup_elem(&tg_lost, &policy);

	if (n)
		__sync_fetch_and_add(n, 1);
}

#define TG_AGAIN 1 /* the scratch memory was disturbed: nothing was done yet */

/* The lowest of a policy's selectors that is still alive: the first match wins. */
static __inline __u64 tg_first(__u64 live, __u64 policy)
{
	live &= policy;
	return live & -live;
}

#endif
