/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "plan"; not for others. */
#ifndef TGC_PLAN_MAKE_H
#define TGC_PLAN_MAKE_H

#include "plan.h"

struct planning {
	struct arena *arena;
	struct diags *diags;
	struct plan *plan;
	size_t hook_room, binary_room;
};

/* How much room a hook's arrays have; they grow with the arena. */
struct rooms {
	size_t predicates, binaries, actions, views, selectors;
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
void plan_add_binary(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_binaries *set, uint64_t bit);
void plan_add_action(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_action *a, uint64_t bit);
/* For all parts of a program, of which `first` is the first. */
void plan_choose_variants(struct plan_hook *first);
/* Indexes for the parts of a program, where they save more than they cost. */
void plan_indexes(struct arena *a, struct plan_hook *first);

#endif
