/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "plan"; not for others. */
#ifndef TGC_PLAN_MAKE_H
#define TGC_PLAN_MAKE_H

#include "plan.h"

struct plan_use { /* one entry of a policy that watches a place */
	uint32_t policy;
	const struct tir_hook *hook;
	size_t place; /* of a uprobe: which of the hook's places */
};

struct plan_enforcer { /* a policy whose notifications are acted on in a place */
	uint32_t policy;
	const struct tir_enforced *function;
};

struct plan_probe { /* a place that is probed */
	enum tg_hook_kind kind;
	bool raw;
	const char *symbol, *subsystem;
	struct manifest_target place;		   /* of a file; zero: in the kernel */
	const struct userelf_probe *site;	   /* USDT */
	bool may_miss;				   /* not every kernel has it */
	const struct ir_kernel_name *kernel_names; /* it is only for kernels that fit them */
	size_t kernel_name_count;
	struct plan_use *uses;
	uint32_t use_count;
	size_t use_room;
	struct plan_enforcer *enforcers;
	uint32_t enforcer_count;
	size_t enforcer_room;
	uint32_t leader;    /* the probe whose program this one shares; itself: it has its own */
	uint32_t followers; /* of a leader, itself included */
};

struct planning {
	struct arena *arena;
	struct diags *diags;
	struct plan *plan;
	size_t hook_room, fact_room, record_room, workload_room;
	struct plan_probe *probes;
	uint32_t probe_count;
	size_t probe_room;
};

/* Fills `probes`: the places, who watches them, and which of them share a program. */
void plan_probes(struct planning *p);
/* Is an argument read the same way in two kernels, or of two functions? */
bool plan_same_layout(const struct tir_arg *a, const struct tir_arg *b);
/* Two functions of one entry: are all their arguments read the same way? */
bool plan_same_arguments(const struct tir_hook *a, const struct tir_hook *b);

/* How much room a hook's arrays have; they grow with the arena. */
struct rooms {
	size_t predicates, conditions, actions, views, selectors, rates, enforcers;
};

/* The slot of an argument; made when new. PLAN_NO_SLOT for nop or when there is no room. */
uint32_t plan_slot_for(struct planning *p, struct plan_hook *h, const struct tir_arg *arg);
/* At most how many slots more a use of the hook needs. */
uint32_t plan_new_slots(const struct plan_hook *h, const struct tir_hook *hook);
/* Stable reordering by rank; everything that names slots follows. */
void plan_order_slots(struct planning *p, struct plan_hook *h);
/* `bit`, a selector, requires the filter on the slot. */
void plan_add_predicate(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t slot,
			const struct tir_filter *f, uint64_t bit);
/* The same for a filter that names several arguments, or none. */
void plan_add_joint(struct planning *p, struct plan_hook *h, struct rooms *room,
		    const struct plan_view *view, const struct tir_filter *f, uint64_t bit);
/* How many questions expressions of the hook ask of texts. */
uint32_t plan_new_atoms(const struct tir_hook *hook);
struct plan_user { /* whose actions they are */
	uint32_t policy;
	uint32_t view; /* index into the hook's */
	const struct tir_hook *hook;
	size_t place;
	bool posts;		 /* the selector's events are reported */
	struct plan_hook *entry; /* of the return side: the other half */
};
/* What the selector `bit` does. */
void plan_add_actions(struct planning *p, struct plan_hook *h, struct rooms *room,
		      const struct plan_user *user, const struct ir_actions *list, uint64_t bit);
/* ---- sockets that are tracked (plan_track.c) ---- */

/* Which policies track any. */
void plan_trackers(struct planning *p);
/* A view's TrackSock or UntrackSock. */
void plan_add_track(struct planning *p, struct plan_hook *h, struct plan_action *out,
		    const struct plan_user *user, const struct ir_action *a);
/* Whether events of the view are their sockets' owners'. */
void plan_own_view(const struct planning *p, struct plan_hook *h, struct plan_view *view);
/* Remembers where the bytes of an argument will be found when the call returns. */
void plan_save(struct planning *p, struct plan_hook *h, const struct tir_arg *arg);

/* Does an Override of a user program's function change where its stack is? */
bool plan_moves_stack(struct arena *a, const struct plan_action *action);
/* A policy's enforcer acts in this hook. */
void plan_add_enforcer(struct planning *p, struct plan_hook *h, struct rooms *room,
		       const struct plan_enforcer *enforcer);
/* For all parts of a program, of which `first` is the first. */
void plan_choose_variants(struct plan_hook *first);
/* Indexes for the parts of a program, where they save more than they cost. */
void plan_indexes(struct arena *a, struct plan_hook *first);

/* Does an event of the hook wait for the call's return? */
bool plan_watches_return(const struct tir_hook *hook);
/* Adds a view of hook `entry` to its other half, which is made when there is none. The plan's
 * hooks may move. */
void plan_return_view(struct planning *p, struct rooms *rooms, uint32_t entry, uint32_t which);
/* Do events of the hook wait for a file's hash? Then likewise. */
bool plan_wants_hash(const struct tir_hook *hook);
void plan_hash_view(struct planning *p, struct rooms *rooms, uint32_t entry, uint32_t which);
/* The other half of a hook, made when there is none; with as many selectors as the hook has now. */
struct plan_hook *plan_half(struct planning *p, uint32_t entry);
/* Everything that this selector asks of the process. */
void plan_add_process(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t policy,
		      const struct ir_selector *s, uint64_t bit);

#endif
