/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files of stage "plan"; not for others. */
#ifndef TGC_PLAN_MAKE_H
#define TGC_PLAN_MAKE_H

#include "plan.h"

struct planning {
	struct arena *arena;
	struct diags *diags;
	struct plan *plan;
	size_t hook_room, fact_room, record_room;
};

/* How much room a hook's arrays have; they grow with the arena. */
struct rooms {
	size_t predicates, conditions, actions, views, selectors;
};

/* The slot of an argument; made when new. PLAN_NO_SLOT for nop or when there is no room. */
uint32_t plan_slot_for(struct planning *p, struct plan_hook *h, const struct tir_arg *arg);
/* Stable reordering by rank; everything that names slots follows. */
void plan_order_slots(struct planning *p, struct plan_hook *h);
/* `bit`, a selector, requires the filter on the slot. */
void plan_add_predicate(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t slot,
			const struct tir_filter *f, uint64_t bit);
/* Everything that this selector asks of the process. */
void plan_add_process(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t policy,
		      const struct ir_selector *s, uint64_t bit);
void plan_add_action(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_action *a, uint64_t bit);
void plan_choose_variants(struct plan_hook *h);

#endif
