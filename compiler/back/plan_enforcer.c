// SPDX-License-Identifier: Apache-2.0
/* Enforcers: functions in which a pending notification of the policy is acted on. */
#include "compiler/base/arena.h"
#include "plan_make.h"

/* What the notifications of a policy can ask for. */
static void find_demands(const struct ir_policy *policy, bool *errors, bool *signals)
{
	for (size_t i = 0; i < policy->hook_count; i++)
		for (size_t j = 0; j < policy->hooks[i].selector_count; j++) {
			const struct ir_actions *list = &policy->hooks[i].selectors[j].actions;

			for (size_t k = 0; k < list->n; k++) {
				if (list->v[k].action != TG_ACTION_NOTIFY_ENFORCER)
					continue;
				*errors |= list->v[k].error != 0;
				*signals |= list->v[k].value != 0;
			}
		}
}

void plan_add_enforcer(struct planning *p, struct plan_hook *h, struct rooms *room,
		       const struct plan_enforcer *enforcer)
{
	const struct ir_policy *ir = p->plan->tir->policies[enforcer->policy].ir;

	h->lsm_twin &= enforcer->function->lsm_twin;
	if (ir->override != OVERRIDE_AUTOMATIC)
		h->method = ir->override;
	h->enforcers = arena_grow(p->arena, h->enforcers, h->enforcer_count, &room->enforcers,
				  sizeof(*h->enforcers));
	h->enforcers[h->enforcer_count++] = enforcer->policy;
	find_demands(ir, &h->overrides, &h->signals);
}
