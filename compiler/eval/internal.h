/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the evaluator share. */
#ifndef TGC_EVAL_INTERNAL_H
#define TGC_EVAL_INTERNAL_H

#include <string.h>
#include "compiler/base/arena.h"
#include "eval.h"

/* ---- state: tables that are searched from one end to the other ---- */

/* A process runs, or comes from one that ran, a binary that a followChildren entry lists. */
struct followed {
	uint32_t pid;
	const struct ir_binaries *entry;
};

/* What matchNamespaceChanges and matchCapabilityChanges of one policy compare with. */
struct recorded {
	uint32_t pid;
	size_t policy;
	uint32_t namespaces[NS_COUNT];
	uint64_t capabilities[EVAL_CAPABILITY_SETS];
};

struct tracked {
	size_t policy;
	uint64_t socket;
	bool owned, was_owned; /* now; when the event came */
	struct eval_owner owner, was;
};

struct notified {
	size_t policy;
	uint32_t pid, tid;
	int32_t signal, error;
};

struct posted {
	const struct tir_hook *hook;
	const struct ir_action *post;
	uint32_t scope;
	uint64_t time;
	struct eval_value *values; /* copies */
	size_t count;
};

/* A call that matched and has not returned. */
struct entered {
	const struct tir_hook *hook;
	uint32_t pid, tid;
	struct eval_result entry; /* pointers into the verdict of the entry are dropped */
};

#define TABLE(type)                                                                                \
	struct {                                                                                   \
		struct type *v;                                                                    \
		size_t n, room;                                                                    \
	}

struct eval_state {
	struct arena *arena;
	const struct tir *tir;
	uint32_t host[NS_COUNT];
	enum eval_mode *modes; /* of the policies */
	TABLE(followed) followed;
	TABLE(recorded) recorded;
	TABLE(tracked) tracked;
	TABLE(notified) notified;
	TABLE(posted) posted;
	TABLE(entered) entered;
};

/* A new element of a table of the state, zeroed. */
#define TABLE_ADD(s, table)                                                                        \
	((s)->table.v = arena_grow((s)->arena, (s)->table.v, (s)->table.n, &(s)->table.room,       \
				   sizeof(*(s)->table.v)),                                         \
	 memset(&(s)->table.v[(s)->table.n], 0, sizeof(*(s)->table.v)),                            \
	 &(s)->table.v[(s)->table.n++])
/* The last one takes the place of element `i`. */
#define TABLE_DROP(s, table, i) ((s)->table.v[i] = (s)->table.v[--(s)->table.n])

bool state_follows(const struct eval_state *s, uint32_t pid, const struct ir_binaries *entry);
struct recorded *state_recorded(struct eval_state *s, uint32_t pid, size_t policy);

/* ---- one policy's entry for the hook of an event ---- */

struct evaluation {
	struct arena *arena;
	struct eval_state *state;
	const struct eval_event *event;
	size_t policy;
	const struct tir_hook *hook;
	bool silent;	 /* no event comes of it, so no Post of the list sends one */
	const char *why; /* the last thing that did not hold */
};

/* False, with the reason: `return miss(e, "...")`. */
bool miss(struct evaluation *e, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What the event has for an entry of `args` or `data`, or for the return value; NULL: nothing. */
const struct eval_value *value_of(const struct evaluation *e, const struct tir_arg *arg);

/* ---- parts: each false with the reason in `why` ---- */

bool workload_holds(struct evaluation *e, const struct ir_workload *w, const char *namespace);

bool binary_listed(const struct ir_binaries *b, const struct eval_record *r);
bool binaries_hold(struct evaluation *e, const struct ir_binaries *b);
bool parent_binaries_hold(struct evaluation *e, const struct ir_binaries *b);
bool pids_hold(struct evaluation *e, const struct ir_pids *p);
bool namespaces_hold(struct evaluation *e, const struct ir_namespaces *n);
bool capabilities_hold(struct evaluation *e, const struct ir_capabilities *c);
bool namespace_changes_hold(struct evaluation *e, const struct ir_namespace_changes *n);
bool capability_changes_hold(struct evaluation *e, const struct ir_capabilities *c);

/* A filter of matchArgs, matchData or matchReturnArgs; `arg` is what it compares. */
bool filter_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg);

/* The argument's number as its type has it: extended to 64 bits by the type's signedness. */
uint64_t number_of(const struct tir_arg *arg, const struct eval_value *v);
bool number_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		  const struct eval_value *v);

struct text {
	const char *s;
	size_t len;
};

/* What is read of a text, and so is compared and shown. */
struct text text_of(const struct type_info *type, const struct eval_value *v);
bool text_holds(struct evaluation *e, const struct tir_filter *f, const struct tir_arg *arg,
		const struct eval_value *v);
bool socket_holds(struct evaluation *e, const struct tir_filter *f, const struct eval_value *v);
bool expression_holds(struct evaluation *e, const struct cel_node *root);

/* ---- actions ---- */

/* Runs the winner's list; fills in all of `r` that depends on it. */
void run_actions(struct evaluation *e, const struct ir_actions *list, struct eval_result *r);
/* returnArgAction, which no filter holds up. */
void run_return_action(struct evaluation *e);
/* Events are their sockets' owners' as they come, whatever the actions of their policies change. */
void settle_owners(struct eval_state *s);
/* What NotifyEnforcer of the policy left for this thread, or NULL. */
struct notified *find_notified(struct evaluation *e);

/* ---- all policies together ---- */

/* Acts on what is pending, when the event is a call of a function that an enforcer lists. */
void run_enforcers(struct arena *a, struct eval_state *s, const struct eval_event *event,
		   struct eval_verdict *v);
/* Signals and the error, from what was done. */
void add_effects(struct eval_verdict *v, bool at_return);

#endif
