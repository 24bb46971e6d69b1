// SPDX-License-Identifier: Apache-2.0
/* Sockets that policies track: who does, which arguments that is about, whose events have owners.
 */
#include "compiler/base/arena.h"
#include "plan_make.h"

static bool list_tracks(const struct ir_actions *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i].action == TG_ACTION_TRACK_SOCK ||
		    list->v[i].action == TG_ACTION_UNTRACK_SOCK)
			return true;
	return false;
}

static bool hook_tracks(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		if (list_tracks(&h->selectors[i].actions) ||
		    list_tracks(&h->selectors[i].return_actions))
			return true;
	return h->return_action != RETURN_NOTHING;
}

static bool policy_tracks(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		if (hook_tracks(&p->hooks[i]))
			return true;
	return false;
}

void plan_trackers(struct planning *p)
{
	const struct tir *tir = p->plan->tir;

	p->plan->trackers = arena_array(p->arena, tir->policy_count, sizeof(uint32_t));
	for (size_t i = 0; i < tir->policy_count; i++)
		if (policy_tracks(tir->policies[i].ir))
			p->plan->trackers[p->plan->tracker_count++] = (uint32_t)i;
}

/* What the call was given is looked at when it returns: its address is kept meanwhile. */
void plan_add_track(struct planning *p, struct plan_hook *h, struct plan_action *out,
		    const struct plan_user *user, const struct ir_action *a)
{
	const struct tir_arg *arg = &user->hook->args[a->arg];

	out->policy = user->policy;
	out->slot = plan_slot_for(p, h, arg);
	if (out->slot == PLAN_NO_SLOT)
		return;
	if (user->entry)
		plan_save(p, user->entry, arg);
	h->slots[out->slot].asked |= out->selectors;
	h->tracks = true;
}

static bool is_tracker(const struct plan *plan, uint32_t policy)
{
	for (uint32_t i = 0; i < plan->tracker_count; i++)
		if (plan->trackers[i] == policy)
			return true;
	return false;
}

static bool has_socket(const struct plan_hook *h, const uint32_t *slots, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (slots[i] != PLAN_NO_SLOT && h->slots[slots[i]].arg->type->class == CLASS_SOCK)
			return true;
	return false;
}

void plan_own_view(const struct planning *p, struct plan_hook *h, struct plan_view *view)
{
	view->owned = is_tracker(p->plan, view->policy) &&
		      (has_socket(h, view->slots, view->hook->arg_count) ||
		       has_socket(h, view->data, view->hook->data_count) ||
		       has_socket(h, &view->result, 1));
	h->tracks |= view->owned;
}
