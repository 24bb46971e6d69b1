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

static void add_enforcer(struct planning *p, struct rooms *rooms, uint32_t policy,
			 const struct tir_enforced *f)
{
	struct plan_hook target = {.kind = TG_HOOK_KPROBE,
				   .symbol = f->symbol,
				   .subsystem = "",
				   .syscall = f->syscall,
				   .at = f->at};
	struct plan_hook *h = plan_hook_for(p, &target);
	const struct ir_policy *ir = p->plan->tir->policies[policy].ir;

	h->lsm_twin &= f->lsm_twin;
	if (ir->override != OVERRIDE_AUTOMATIC)
		h->method = ir->override;
	h->enforcers = arena_grow(p->arena, h->enforcers, h->enforcer_count,
				  &rooms[h - p->plan->hooks].enforcers, sizeof(*h->enforcers));
	h->enforcers[h->enforcer_count++] = policy;
	find_demands(ir, &h->overrides, &h->signals);
}

void plan_enforcers(struct planning *p, struct rooms *rooms)
{
	const struct tir *tir = p->plan->tir;

	for (size_t i = 0; i < tir->policy_count; i++) {
		p->plan->notifies |= tir->policies[i].ir->enforcer_count > 0;
		for (size_t j = 0; j < tir->policies[i].enforced_count; j++)
			add_enforcer(p, rooms, (uint32_t)i, &tir->policies[i].enforced[j]);
	}
}
