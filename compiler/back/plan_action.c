// SPDX-License-Identifier: Apache-2.0
/* What selectors do when they win. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "compiler/values/regs.h"
#include "plan_make.h"

static struct plan_action *new_action(struct planning *p, struct plan_hook *h, struct rooms *room,
				      enum tg_action action, uint64_t bit)
{
	struct plan_action *out;

	h->actions = arena_grow(p->arena, h->actions, h->action_count, &room->actions,
				sizeof(*h->actions));
	out = &h->actions[h->action_count++];
	*out = (struct plan_action){.action = action, .selectors = bit};
	return out;
}

/* Signals and errors, each distinct one once. */
static void add_effect(struct planning *p, struct plan_hook *h, struct rooms *room,
		       const struct ir_action *a, uint64_t bit)
{
	enum tg_action kind = a->action == TG_ACTION_SIGKILL ? TG_ACTION_SIGNAL : a->action;

	h->overrides |= kind == TG_ACTION_OVERRIDE;
	h->signals |= kind == TG_ACTION_SIGNAL;
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == kind && h->actions[i].value == a->value) {
			h->actions[i].selectors |= bit;
			return;
		}
	new_action(p, h, room, kind, bit)->value = a->value;
}

/* Notifications are the policy's own. */
static void add_notification(struct planning *p, struct plan_hook *h, struct rooms *room,
			     uint32_t policy, const struct ir_action *a, uint64_t bit)
{
	struct plan_action *out = new_action(p, h, room, a->action, bit);

	out->value = a->value;
	out->error = a->error;
	out->policy = policy;
}

/* A user program is the policy's own affair: what could not be changed is counted for it. */
static void add_change(struct planning *p, struct plan_hook *h, struct rooms *room,
		       const struct plan_user *user, const struct ir_action *a, uint64_t bit)
{
	const struct tir_jump *jump = tir_jump(user->hook, a, user->place);
	struct plan_action *out = new_action(p, h, room, a->action, bit);

	h->overrides |= a->action == TG_ACTION_OVERRIDE;
	h->writes |= a->action == TG_ACTION_SET;
	p->plan->changes = true;
	out->ir = a;
	out->policy = user->policy;
	out->value = a->action == TG_ACTION_SET ? (int32_t)a->set : a->value;
	out->distance = jump ? jump->distance : 0;
}

bool plan_moves_stack(struct arena *arena, const struct plan_action *action)
{
	struct reg_assignment r;
	struct value_error e;

	if (action->action != TG_ACTION_OVERRIDE)
		return false;
	for (size_t i = 0; i < action->ir->register_count; i++)
		if (reg_assignment_parse(arena, ARCH_X86_64, &action->ir->registers[i], &r, &e) &&
		    !strcmp(r.to->member, "sp"))
			return true;
	return !action->ir->register_count && !action->distance;
}

/* What a Post asks of its event; of no interest where there is none. */
static void add_post(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t view,
		     const struct ir_action *a, uint64_t bit)
{
	h->kernel_stacks |= a->kernel_stack ? bit : 0;
	h->user_stacks |= a->user_stack ? bit : 0;
	if (!a->rate_ms)
		return;
	h->rates = arena_grow(p->arena, h->rates, h->rate_count, &room->rates, sizeof(*h->rates));
	h->rates[h->rate_count++] = (struct plan_rate){
		.number = p->plan->rate_count++, .view = view, .post = a, .selectors = bit};
}

void plan_add_actions(struct planning *p, struct plan_hook *h, struct rooms *room,
		      const struct plan_user *user, const struct ir_actions *list, uint64_t bit)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct ir_action *a = &list->v[i];

		switch (a->action) {
		case TG_ACTION_SIGNAL:
		case TG_ACTION_SIGKILL:
			add_effect(p, h, room, a, bit);
			break;
		case TG_ACTION_OVERRIDE:
			if (h->kind == TG_HOOK_UPROBE)
				add_change(p, h, room, user, a, bit);
			else
				add_effect(p, h, room, a, bit);
			break;
		case TG_ACTION_SET:
			add_change(p, h, room, user, a, bit);
			break;
		case TG_ACTION_POST:
			if (user->posts)
				add_post(p, h, room, user->view, a, bit);
			break;
		case TG_ACTION_TRACK_SOCK:
		case TG_ACTION_UNTRACK_SOCK:
			plan_add_track(p, h, new_action(p, h, room, a->action, bit), user, a);
			break;
		case TG_ACTION_NOTIFY_ENFORCER:
		case TG_ACTION_CLEANUP_ENFORCER:
			add_notification(p, h, room, user->policy, a, bit);
			break;
		default:
			break;
		}
	}
}
