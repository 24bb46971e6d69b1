/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What selectors ask of the process. A *fact* is decided when a process is made or executes a
 * program, and kept as a bit with it; a *condition* is one test of a hook, of a fact or of
 * the current task itself. Conditions of a hook are in the order of their kinds, the cheapest
 * first.
 */
#ifndef TGC_PLAN_PROCESS_H
#define TGC_PLAN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include "compiler/base/source.h"

struct ir_binaries;
struct ir_capabilities;
struct ir_namespace_changes;
struct ir_namespaces;
struct ir_pids;
struct ir_workload;

enum plan_fact_kind {
	FACT_BINARY, /* the process runs one of the set; followChildren: it, or an ancestor, did */
	FACT_PARENT, /* that was so of the process that made it, at that time */
	FACT_NUMBER, /* it has one of these numbers, or an ancestor has (followForks) */
};

struct plan_fact {
	enum plan_fact_kind kind;
	const struct ir_binaries *set;
	const struct ir_pids *pids; /* FACT_NUMBER */
	uint32_t source;	    /* FACT_PARENT: the fact about the parent */
};

/* A *workload*: which cgroups are meant; a bit of what is known of the current one. */
struct plan_workload {
	const struct ir_workload *want;
	const char *namespace; /* of the pod; NULL: any */
};

enum plan_condition_kind {
	CONDITION_WORKLOAD,
	CONDITION_PIDS,
	CONDITION_CAPABILITIES,
	CONDITION_NAMESPACES,
	CONDITION_FACT,
	CONDITION_NAMESPACE_CHANGES,
	CONDITION_CAPABILITY_CHANGES,
};

struct plan_condition {
	enum plan_condition_kind kind;
	bool negated;	   /* CONDITION_FACT; the others have it in what they point to */
	uint32_t fact;	   /* CONDITION_FACT: index into plan.facts */
	uint32_t workload; /* CONDITION_WORKLOAD: index into plan.workloads */
	uint32_t record;   /* changes: index of the policy's record */
	union {
		const struct ir_pids *pids;
		const struct ir_capabilities *capabilities;
		const struct ir_namespaces *namespaces;
		const struct ir_namespace_changes *changes;
	};
	struct span at;	    /* of the first one */
	uint64_t selectors; /* that require it */
};

#endif
