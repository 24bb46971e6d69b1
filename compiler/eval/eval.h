/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The reference evaluator: what a typed policy means, in C to be read beside the language
 * reference. It decides one event at a time, slowly, the ideal reading of the language, and knows
 * nothing of the code that is generated; docs/semantics.md lists where that reading is not
 * Tetragon's. What a policy writes is trusted to have passed typecheck() without errors.
 */
#ifndef TGC_EVAL_H
#define TGC_EVAL_H

#include "compiler/check/tir.h"
#include "eval_event.h"

struct arena;
struct eval_state;

/* ---- what lasts between events ---- */

enum eval_mode {
	EVAL_ENFORCE,
	EVAL_MONITOR,	   /* signals, errors, notifications and Set do not happen */
	EVAL_MONITOR_ONLY, /* the same, for good: nothing in the policy enforces */
	EVAL_OFF,
};

/* Starts with no process known, and every policy in the mode it asks for. `a` and `tir` outlive
 * the state. */
struct eval_state *eval_start(struct arena *a, const struct tir *tir);
/* Which inodes the namespaces of process 1 have; at first all are 0. */
void eval_set_host(struct eval_state *s, const uint32_t namespaces[NS_COUNT]);
enum eval_mode eval_mode_of(const struct eval_state *s, size_t policy);
/* False: a policy that is monitor-only cannot be made to enforce. */
bool eval_set_mode(struct eval_state *s, size_t policy, enum eval_mode mode);

/* The life of processes. A fork or exec records the namespaces and capabilities that the change
 * sections compare with; the binaries that followChildren lists are followed from an exec on. Of a
 * process that was there before, tell both, parents first. */
void eval_fork(struct eval_state *s, const struct eval_process *child);
void eval_exec(struct eval_state *s, const struct eval_process *process);
void eval_exit(struct eval_state *s, uint32_t pid);

/* Whether a policy belongs on a node with these labels (nodeSelector). */
bool eval_node_selected(struct arena *a, const struct ir_policy *policy,
			const struct labels *labels);

/* Whether a process there is one of a choice of workloads: those of a selector, or of a policy with
 * its namespace (NULL: any). */
bool eval_workload_selected(struct arena *a, const struct ir_workload *want, const char *namespace,
			    const struct eval_workload *w);

/* ---- one event ---- */

enum eval_section {
	EVAL_WORKLOADS,
	EVAL_BINARIES,
	EVAL_PARENT_BINARIES,
	EVAL_PIDS,
	EVAL_NAMESPACES,
	EVAL_CAPABILITIES,
	EVAL_NAMESPACE_CHANGES,
	EVAL_CAPABILITY_CHANGES,
	EVAL_ARGS,
	EVAL_DATA,
	EVAL_RETURN_ARGS,
	EVAL_SECTIONS
};

/* Why a selector did not match: the first entry that failed, in the order of evaluation. */
struct eval_miss {
	size_t selector;
	enum eval_section section;
	size_t entry;
	const char *why; /* a sentence without its end: "the process is not in one of the pods" */
};

enum eval_outcome {
	EVAL_IS_OFF,
	EVAL_NOT_SELECTED,  /* the policy is for other workloads */
	EVAL_NO_SELECTOR,   /* none matches */
	EVAL_NOT_ENTERED,   /* a return whose call did not match, or was not seen */
	EVAL_RETURN_FAILED, /* matchReturnArgs of the selector that won when the call began */
	EVAL_MATCHED,
};

/* An action of the winning selector, in the order of its list. */
struct eval_done {
	const struct ir_action *action;
	bool monitored;	   /* not done, for the policy only monitors */
	bool rate_limited; /* a Post that came too soon */
	bool failed;	   /* there was nothing to untrack or clean up */
	bool replaced;	   /* NotifyEnforcer: a notification that nobody had acted on is lost */
};

struct eval_owner {
	uint32_t pid, tid;
	uint64_t start;
};

/* One policy's entry for the hook, and what it makes of the event. */
struct eval_result {
	size_t policy; /* index into tir.policies */
	const struct tir_hook *hook;
	enum eval_outcome outcome;
	size_t selector;		/* the winner, when the outcome is EVAL_MATCHED */
	const struct eval_miss *misses; /* of the selectors before it, or of all */
	size_t miss_count;
	struct eval_done *done;
	size_t done_count;
	bool posts;		/* this half of the event is not suppressed */
	bool held;		/* it waits for the return */
	bool emitted;		/* there is an event; the members below are about it */
	uint32_t action;	/* enum tg_action, its `action` */
	uint32_t return_action; /* likewise; TG_ACTION_POST when there is no return side */
	bool kernel_stack, user_stack, ima_hash;
	bool tracked;		 /* the event is `owner`'s, for the socket is */
	struct eval_owner owner; /* else the process's own */
	/* The GetUrl or DnsLookup that is made for each half, or NULL. */
	const struct ir_action *request, *return_request;
};

/* What an enforcer did in this function: the notification that was pending. */
struct eval_enforced {
	size_t policy;
	int32_t signal, error; /* 0: none */
};

#define EVAL_SIGNALS 64

struct eval_verdict {
	struct eval_result *results; /* policies in order, and the hooks of each */
	size_t result_count;
	struct eval_enforced *enforced;
	size_t enforced_count;
	/* What the process gets of all of them together. */
	int32_t signals[EVAL_SIGNALS]; /* each once */
	size_t signal_count;
	bool overridden;
	int32_t value;			  /* what the call returns instead */
	const struct ir_action *override; /* NULL: an enforcer's; a uprobe's registers are here */
};

/* The state goes on to what it is after the event, and grows with rate limits and calls that have
 * not returned. The verdict lives in `a`, which may go before the state does. */
const struct eval_verdict *eval_event(struct arena *a, struct eval_state *s,
				      const struct eval_event *e);

/* "matchBinaries" */
const char *eval_section_name(enum eval_section section);

#endif
