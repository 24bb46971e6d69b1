// SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause)
/*
 * Which workloads the current task belongs to, by the cgroup that it is in at this moment: nothing
 * is kept with tasks, so a move needs no care. Units with such conditions have this text in
 * them; TG_WORKLOAD_WORDS says how many words of facts there are.
 */
#ifndef TG_WORKLOADS
#define TG_WORKLOADS
#include "tg_kernel.h"
#include "tg_scratch.h"
#include "tg_workloads_layout.h"

TG_WORKLOADS_TYPE(TG_WORKLOAD_WORDS) tg_workloads SEC(TG_WORKLOADS_SECTION);

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 2 * TG_WORKLOAD_WORDS * TG_WORKLOAD_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} tg_workload_tables SEC(".maps");

/* Facts about processes outside of pods; defined by the unit. */
extern const __u64 tg_workloads_of_host[TG_WORKLOAD_WORDS];

#define tg_workload_tag(id, generation)                                                            \
	((__u64)(__u32)(id) << TG_WORKLOAD_ID | (__u64)(__u8)(generation) << TG_WORKLOAD_GENERATION)

#ifdef TG_HOST
#define WORKLOADS_LOOP
#else
#define WORKLOADS_LOOP _Pragma("clang loop unroll(disable)")
#endif

/* Word `n` of a cgroup that is in the table; else 0. Not hidden: verified once. */
__subprogram __u64 tg_workload_find(__u32 n, __u32 half, __u32 id)
{
	__u32 first = ((half & 1) * TG_WORKLOAD_WORDS + n) * TG_WORKLOAD_SLOTS;
	__u32 at = tg_workload_hash(id, TG_WORKLOAD_SLOT_BITS);

	WORKLOADS_LOOP
	for (__u32 i = 0; i < TG_WORKLOAD_PROBES; i++) {
		__u32 key = first + ((at + i) & (TG_WORKLOAD_SLOTS - 1));
		__u64 *slot = bpf_map_lookup_elem(&tg_workload_tables, &key);
		__u64 word = slot ? tg_fresh(*slot) : 0;

		if (!word || word >> TG_WORKLOAD_ID == id)
			return word;
	}
	return 0;
}

/* The number of the cgroup around the current one at this level; 0: it lies above that. */
static __inline __u64 tg_workload_ancestor(__u64 cgroup, int level)
{
	if (!tg_has_field(struct cgroup, ancestor_ids))
		return bpf_get_current_ancestor_cgroup_id(level);
	if (level > (int)tg_member(cgroup, struct cgroup, level))
		return 0;
	return tg_word((const char *)cgroup + tg_offset(struct cgroup, ancestor_ids) + level * 8);
}

/* Kernels that have the numbers in the cgroup lack the helper for such programs. */
static __inline __u64 tg_workload_cgroup(void)
{
	__u64 all;

	if (!tg_has_field(struct cgroup, ancestor_ids))
		return 0;
	all = tg_member(bpf_get_current_task(), struct task_struct, cgroups);
	return tg_member(all, struct css_set, dfl_cgrp);
}

/* Beside each use of a word's number: what a verifier knows of it is lost when it lies on the stack
 * meanwhile. */
#define tg_workload_bounded(n)                                                                     \
	({                                                                                         \
		tg_opaque(n);                                                                      \
		(n) < TG_WORKLOAD_WORDS;                                                           \
	})

/*
 * The cgroup itself or the nearest one around it that is known: what a container makes below its
 * cgroup is the container's. From the top down, for a container cannot make its own cgroup lie
 * deeper.
 */
static __inline __u64 tg_workload_around(__u32 n, __u32 half)
{
	__u64 facts = 0, cgroup = tg_workload_cgroup();

	if (tg_workload_bounded(n))
		facts = tg_fresh(tg_workloads_of_host[n]);
	WORKLOADS_LOOP
	for (int level = 1; level <= TG_WORKLOAD_LEVELS; level++) {
		__u64 id = tg_workload_ancestor(cgroup, level), word;

		if (!id)
			break;
		word = tg_workload_find(n, half, id);
		if (word)
			facts = word;
	}
	return facts & ((1ull << TG_WORKLOAD_FACTS) - 1);
}

/*
 * What was found while tgrun changed tables is looked for again, once, and not remembered. A word
 * that is remembered says from which generation it is.
 */
__subprogram __u64 tg_workload_fetch(__u32 n)
{
	__u64 id = bpf_get_current_cgroup_id(), facts = 0;

	if (!id)
		return 0;
	WORKLOADS_LOOP
	for (int i = 0; i < 2; i++) {
		__u64 generation = tg_fresh(tg_workloads.generation);

		facts = tg_workload_around(n, generation);
		if (generation != tg_fresh(tg_workloads.generation))
			continue;
		if (tg_workload_bounded(n))
			tg_fresh(
				tg_workloads.seen[n][tg_workload_hash(id, TG_WORKLOAD_SEEN_BITS)]) =
				facts | tg_workload_tag(id, generation);
		break;
	}
	return facts;
}

/* Word `n` of the current task, which is in cgroup `id`; 0, which is not known, fits nothing. */
#define tg_workload_word(id, n)                                                                    \
	({                                                                                         \
		__u64 tag_ = tg_workload_tag(id, tg_fresh(tg_workloads.generation));               \
		__u64 word_ = tg_fresh(                                                            \
			tg_workloads.seen[n][tg_workload_hash(id, TG_WORKLOAD_SEEN_BITS)]);        \
		if ((word_ ^ tag_) >> TG_WORKLOAD_FACTS)                                           \
			word_ = tg_workload_fetch(n);                                              \
		word_;                                                                             \
	})

#endif
