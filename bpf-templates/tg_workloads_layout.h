/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * Which workloads a cgroup fits: tables that tgrun fills and programs read (workloads.bpf.c).
 * They are memory that stays mapped, so that tgrun can change them without any privilege.
 *
 * A word: facts in the lowest bits; above them 8 bits of the generation, in words that are
 * remembered, else 0; on top the lower half of the cgroup's id, which is different for all cgroups
 * that exist at a time. So a word can be understood alone, and is read at once.
 */
#ifndef TG_WORKLOADS_LAYOUT_H
#define TG_WORKLOADS_LAYOUT_H

#define TG_WORKLOAD_FACTS      24
#define TG_WORKLOAD_GENERATION 24 /* where it begins */
#define TG_WORKLOAD_ID	       32
#define TG_WORKLOAD_LEVELS     16   /* how deep a container's cgroup may lie, the root being 0 */
#define TG_WORKLOAD_SLOTS      4096 /* of a table */
#define TG_WORKLOAD_PROBES     48   /* an id lies at most this far behind its hash */
#define TG_WORKLOADS_MAX       1536 /* cgroups in a table, so that it has gaps enough */
#define TG_WORKLOAD_SEEN       256

/* A hash of some bits. */
#define tg_workload_hash(id, bits) ((__u32)(id)*0x9e3779b1u >> (32 - (bits)))
#define TG_WORKLOAD_SLOT_BITS	   12
#define TG_WORKLOAD_SEEN_BITS	   8

/*
 * The array tg_workload_tables has two tables, each of WORDS times TG_WORKLOAD_SLOTS words. The one
 * in use is the one that the generation's lowest bit says; tgrun fills the other one, and then
 * counts on.
 */
#define TG_WORKLOAD_TABLES "tg_workload_tables"

/* `seen` is written by programs: cgroups that asked lately; tgrun empties it. */
#define TG_WORKLOADS_SECTION ".data.tg_workloads" /* the map's name, too */
#define TG_WORKLOADS_TYPE(words)                                                                   \
	struct {                                                                                   \
		__u64 generation;                                                                  \
		__u64 seen[words][TG_WORKLOAD_SEEN];                                               \
	}

#endif
