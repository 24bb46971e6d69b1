// SPDX-License-Identifier: Apache-2.0
/* Stage "plan": typed policies to one decision per hook. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

/* The kinds that are compiled; others were refused before (gaps.c). */
static enum tg_hook_kind kind_of(const struct tir_hook *hook)
{
	switch (hook->ir->kind) {
	case HOOK_LSM:
		return TG_HOOK_LSM;
	case HOOK_TRACEPOINT:
		return TG_HOOK_TRACEPOINT;
	default:
		return TG_HOOK_KPROBE;
	}
}

static bool same_target(const struct plan_hook *h, const struct tir_hook *hook)
{
	return h->kind == kind_of(hook) && !strcmp(h->symbol, hook->symbol) &&
	       !strcmp(h->subsystem, hook->ir->subsystem);
}

static struct plan_hook *hook_for(struct planning *p, const struct tir_hook *hook)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->hook_count; i++)
		if (same_target(&plan->hooks[i], hook))
			return &plan->hooks[i];
	plan->hooks = arena_grow(p->arena, plan->hooks, plan->hook_count, &p->hook_room,
				 sizeof(*plan->hooks));
	plan->hooks[plan->hook_count] = (struct plan_hook){
		.kind = kind_of(hook),
		.symbol = hook->symbol,
		.subsystem = hook->ir->subsystem,
		.syscall = hook->syscall,
		.lsm_twin = true,
		.at = hook->ir->symbol_at,
	};
	return &plan->hooks[plan->hook_count++];
}

static void add_selector(struct planning *p, struct plan_hook *h, struct rooms *room,
			 const struct plan_view *view, const struct tir_selector *s)
{
	uint64_t bit = 1ull << h->selector_count;

	h->selectors = arena_grow(p->arena, h->selectors, h->selector_count, &room->selectors,
				  sizeof(*h->selectors));
	h->selectors[h->selector_count++] = s->ir;
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++) {
		const struct tir_filter *f = &s->filters[IR_ARGS].v[i];

		if (view->slots[f->arg] != PLAN_NO_SLOT)
			plan_add_predicate(p, h, room, view->slots[f->arg], f, bit);
	}
	plan_add_process(p, h, room, view->policy, s->ir, bit);
	for (size_t i = 0; i < s->ir->actions.n; i++)
		plan_add_action(p, h, room, &s->ir->actions.v[i], bit);
	if (!s->ir->posts)
		return;
	h->posts |= bit;
	for (size_t i = 0; i < view->hook->arg_count; i++)
		if (view->slots[i] != PLAN_NO_SLOT)
			h->slots[view->slots[i]].shown |= bit;
}

static void add_view(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t policy,
		     const struct tir_hook *hook)
{
	struct plan_view *view;

	if (h->selector_count + hook->selector_count > TG_SELECTORS_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_SELECTORS, hook->ir->symbol_at,
			"more than %d selectors meet on `%s`: this version of tgc compiles no more "
			"into one program",
			TG_SELECTORS_MAX, h->symbol);
		return;
	}
	h->lsm_twin &= hook->lsm_twin;
	h->views = arena_grow(p->arena, h->views, h->view_count, &room->views, sizeof(*h->views));
	view = &h->views[h->view_count++];
	*view = (struct plan_view){
		.policy = policy,
		.first_selector = h->selector_count,
		.selectors = (uint32_t)hook->selector_count,
		.hook = hook,
		.slots = arena_array(p->arena, hook->arg_count + 1, sizeof(*view->slots)),
	};
	for (size_t i = 0; i < hook->arg_count; i++)
		view->slots[i] = plan_slot_for(p, h, &hook->args[i]);
	for (size_t i = 0; i < hook->selector_count; i++)
		add_selector(p, h, room, view, &hook->selectors[i]);
}

static void plan_views(struct planning *p, struct rooms *rooms)
{
	const struct tir *tir = p->plan->tir;

	for (size_t i = 0; i < tir->policy_count; i++)
		for (size_t j = 0; j < tir->policies[i].hook_count; j++) {
			const struct tir_hook *hook = &tir->policies[i].hooks[j];
			struct plan_hook *h = hook_for(p, hook);

			add_view(p, h, &rooms[h - p->plan->hooks], (uint32_t)i, hook);
		}
}

struct plan *plan_build(struct arena *a, struct diags *d, const struct tir *tir)
{
	struct planning p = {.arena = a, .diags = d, .plan = arena_alloc(a, sizeof(*p.plan))};
	size_t hooks = 1;

	p.plan->tir = tir;
	for (size_t i = 0; i < tir->policy_count; i++)
		hooks += tir->policies[i].hook_count;
	plan_views(&p, arena_array(a, hooks, sizeof(struct rooms)));
	for (uint32_t i = 0; i < p.plan->hook_count; i++) {
		plan_order_slots(&p, &p.plan->hooks[i]);
		plan_choose_variants(&p.plan->hooks[i]);
	}
	return p.plan;
}
