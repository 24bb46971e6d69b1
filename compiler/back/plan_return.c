// SPDX-License-Identifier: Apache-2.0
/*
 * The return side of a hook is a hook of its own in the plan: its arguments are what the call
 * returned and what is read only then, its filters matchReturnArgs, its actions
 * matchReturnActions. Selectors have the same bits in both halves.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"
#include "bpf-templates/tg_event.h"

bool plan_watches_return(const struct tir_hook *hook)
{
	for (size_t i = 0; i < hook->arg_count; i++)
		if (hook->args[i].ir->return_copy)
			return true;
	return hook->return_arg;
}

/* The selectors of hooks without a return side have bits as well, which are never alive. */
static struct plan_hook *take_selectors(struct planning *p, struct plan_hook *out,
					const struct plan_hook *entry)
{
	out->selectors = arena_array(p->arena, entry->selector_count, sizeof(*out->selectors));
	memcpy(out->selectors, entry->selectors, entry->selector_count * sizeof(*out->selectors));
	out->selector_count = entry->selector_count;
	return out;
}

struct plan_hook *plan_half(struct planning *p, uint32_t entry)
{
	struct plan *plan = p->plan;
	struct plan_hook *h;

	if (plan->hooks[entry].peer != PLAN_NO_HOOK)
		return take_selectors(p, &plan->hooks[plan->hooks[entry].peer],
				      &plan->hooks[entry]);
	plan->hooks = arena_grow(p->arena, plan->hooks, plan->hook_count, &p->hook_room,
				 sizeof(*plan->hooks));
	h = &plan->hooks[entry];
	h->peer = plan->hook_count;
	plan->hooks[plan->hook_count] = (struct plan_hook){
		.kind = h->kind,
		.symbol = h->symbol,
		.subsystem = h->subsystem,
		.syscall = h->syscall,
		.peer = entry,
		.at_return = true,
		.at = h->at,
		.may_miss = h->may_miss,
		.kernel_names = h->kernel_names,
		.kernel_name_count = h->kernel_name_count,
		.params_differ = h->params_differ,
		.param_count = h->param_count,
		.targets = h->targets,
		.target_count = h->target_count,
	};
	return take_selectors(p, &plan->hooks[plan->hook_count++], h);
}

void plan_save(struct planning *p, struct plan_hook *h, const struct tir_arg *arg)
{
	for (uint32_t i = 0; i < h->saved_count; i++)
		if (h->saved[i]->ir->position == arg->ir->position &&
		    h->saved[i]->source == arg->source)
			return;
	if (h->saved_count == TG_SAVED_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_ARGS, arg->ir->at,
			"more than %d arguments of `%s` are read when it returns", TG_SAVED_MAX,
			h->symbol);
		return;
	}
	if (!h->saved)
		h->saved = arena_array(p->arena, TG_SAVED_MAX, sizeof(*h->saved));
	h->saved[h->saved_count++] = arg;
}

static bool posts(const struct ir_actions *actions)
{
	for (size_t i = 0; i < actions->n; i++)
		if (actions->v[i].action == TG_ACTION_NOPOST)
			return false;
	return true;
}

static void add_selector(struct planning *p, struct plan_hook *h, struct rooms *room,
			 struct plan_hook *entry, const struct plan_view *view,
			 const struct tir_selector *s, uint64_t bit)
{
	struct plan_user user = {view->policy,
				 h->view_count,
				 view->hook,
				 view->place,
				 s->ir->posts && posts(&s->ir->return_actions),
				 entry};

	h->held |= bit;
	for (size_t i = 0; view->result != PLAN_NO_SLOT && i < s->filters[IR_RETURN].n; i++)
		plan_add_predicate(p, h, room, view->result, &s->filters[IR_RETURN].v[i], bit);
	plan_add_actions(p, h, room, &user, &s->ir->return_actions, bit);
	if (!user.posts)
		return;
	h->posts |= bit;
	if (view->result != PLAN_NO_SLOT)
		h->slots[view->result].shown |= bit;
	for (size_t i = 0; i < view->hook->arg_count; i++)
		if (view->slots[i] != PLAN_NO_SLOT)
			h->slots[view->slots[i]].shown |= bit;
}

static void take_slots(struct planning *p, struct plan_hook *h, struct plan_hook *entry,
		       struct plan_view *view)
{
	const struct tir_hook *hook = view->hook;

	view->slots = arena_array(p->arena, hook->arg_count + 1, sizeof(*view->slots));
	view->data = arena_array(p->arena, hook->data_count + 1, sizeof(*view->data));
	for (size_t i = 0; i < hook->data_count; i++)
		view->data[i] = PLAN_NO_SLOT;
	if (hook->return_arg)
		view->result = plan_slot_for(p, h, hook->return_arg);
	for (size_t i = 0; i < hook->arg_count; i++) {
		bool copied = hook->args[i].ir->return_copy;

		view->slots[i] = copied ? plan_slot_for(p, h, &hook->args[i]) : PLAN_NO_SLOT;
		if (copied)
			plan_save(p, entry, &hook->args[i]);
	}
}

void plan_return_view(struct planning *p, struct rooms *rooms, uint32_t entry, uint32_t which)
{
	struct plan_hook *h = plan_half(p, entry), *from = &p->plan->hooks[entry];
	struct rooms *room = &rooms[h - p->plan->hooks];
	struct plan_view view = from->views[which];

	view.result = PLAN_NO_SLOT;
	take_slots(p, h, from, &view);
	plan_own_view(p, h, &view);
	for (uint32_t i = 0; i < view.selectors; i++)
		add_selector(p, h, room, from, &view, &view.hook->selectors[i],
			     1ull << (view.first_selector + i));
	from->held = h->held;
	h->may_be_mute = from->rate_count;
	h->saved = from->saved;
	h->saved_count = from->saved_count;
	h->views = arena_grow(p->arena, h->views, h->view_count, &room->views, sizeof(*h->views));
	h->views[h->view_count++] = view;
}
