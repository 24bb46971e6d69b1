// SPDX-License-Identifier: Apache-2.0
/* Stage "plan": typed policies to one decision per hook. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

static struct plan_hook *new_hook(struct planning *p, const struct plan_probe *probe)
{
	const struct tir_hook *hook = probe->uses[0].hook;
	struct plan *plan = p->plan;

	plan->hooks = arena_grow(p->arena, plan->hooks, plan->hook_count, &p->hook_room,
				 sizeof(*plan->hooks));
	plan->hooks[plan->hook_count] = (struct plan_hook){
		.kind = probe->kind,
		.symbol = probe->symbol,
		.subsystem = probe->subsystem,
		.syscall = hook->syscall,
		.raw = probe->raw,
		.peer = PLAN_NO_HOOK,
		.lsm_twin = true,
		.param_count = hook->syscall	? 1
			       : hook->function ? (uint32_t)hook->function->param_count
						: 0,
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
		else if (view->hook->args[f->arg].ir->return_copy)
			h->never |= bit; /* there is nothing yet to compare with */
	}
	for (size_t i = 0; i < s->ir->binary_count; i++)
		plan_add_binary(p, h, room, &s->ir->binaries[i], bit);
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
		.result = PLAN_NO_SLOT,
		.slots = arena_array(p->arena, hook->arg_count + 1, sizeof(*view->slots)),
	};
	for (size_t i = 0; i < hook->arg_count; i++)
		view->slots[i] = hook->args[i].ir->return_copy
					 ? PLAN_NO_SLOT
					 : plan_slot_for(p, h, &hook->args[i]);
	for (size_t i = 0; i < hook->selector_count; i++)
		add_selector(p, h, room, view, &hook->selectors[i]);
}

/* What records of a list of functions say besides: which of them it was. */
static void add_targets(struct planning *p, struct plan_hook *h, uint32_t leader)
{
	static const struct ir_arg nowhere;
	struct tir_arg *which;
	uint32_t slot;

	h->targets = arena_array(p->arena, p->probes[leader].followers, sizeof(*h->targets));
	for (uint32_t i = leader; i < p->probe_count; i++)
		if (p->probes[i].leader == leader)
			h->targets[h->target_count++] = (struct manifest_target){
				.place = TG_PLACE_FUNCTION, .name = p->probes[i].symbol};
	which = arena_alloc(p->arena, sizeof(*which));
	*which = (struct tir_arg){
		.ir = &nowhere, .type = type_get(TYPE_UINT64), .source = ARG_TARGET, .bits = 64};
	slot = plan_slot_for(p, h, which);
	h->slots[slot].shown = ~0ull;
}

/* The one place of a user program; a probe's arguments are where its note says. */
static void add_place(struct planning *p, struct plan_hook *h, const struct plan_probe *probe)
{
	struct usdt_operand *operands;
	struct value_error e;
	struct ast_str text;

	if (!probe->place.place)
		return;
	h->targets = arena_alloc(p->arena, sizeof(*h->targets));
	*h->targets = probe->place;
	h->target_count = 1;
	if (!probe->site)
		return;
	text = (struct ast_str){.s = probe->site->arguments, .len = strlen(probe->site->arguments)};
	operands = arena_array(p->arena, USDT_OPERANDS, sizeof(*operands));
	usdt_parse(p->arena, ARCH_X86_64, &text, operands, &h->operand_count, &e);
	h->operands = operands;
}

/* An operand that the note does not have in a form that can be read. */
static void check_operands(struct planning *p, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct tir_arg *arg = h->slots[i].arg;

		if (arg->source == ARG_OPERAND && arg->ir->position >= h->operand_count)
			diag_note(p->diags,
				  diag_at(p->diags, DIAG_ARG_COUNT, arg->ir->at,
					  "operand %u of the probe cannot be read",
					  arg->ir->position),
				  "not all of its places have it in a form that is known for "
				  "x86-64");
	}
}

static void plan_probe_of(struct planning *p, struct rooms *rooms, uint32_t leader)
{
	const struct plan_probe *probe = &p->probes[leader];
	uint32_t at = (uint32_t)(new_hook(p, probe) - p->plan->hooks);

	add_place(p, &p->plan->hooks[at], probe);
	if (probe->followers > 1)
		add_targets(p, &p->plan->hooks[at], leader);
	for (uint32_t i = 0; i < probe->use_count; i++) {
		struct plan_hook *h = &p->plan->hooks[at];
		uint32_t views = h->view_count;

		add_view(p, h, &rooms[at], probe->uses[i].policy, probe->uses[i].hook);
		if (h->view_count > views && plan_watches_return(probe->uses[i].hook))
			plan_return_view(p, rooms, at);
	}
	check_operands(p, &p->plan->hooks[at]);
}

struct plan *plan_build(struct arena *a, struct diags *d, const struct tir *tir)
{
	struct planning p = {.arena = a, .diags = d, .plan = arena_alloc(a, sizeof(*p.plan))};
	struct rooms *rooms;

	p.plan->tir = tir;
	plan_probes(&p);
	/* Each may have a return half. */
	rooms = arena_array(a, 2 * (size_t)p.probe_count + 1, sizeof(*rooms));
	for (uint32_t i = 0; i < p.probe_count; i++)
		if (p.probes[i].leader == i)
			plan_probe_of(&p, rooms, i);
	for (uint32_t i = 0; i < p.plan->hook_count; i++) {
		plan_order_slots(&p, &p.plan->hooks[i]);
		plan_choose_variants(&p.plan->hooks[i]);
	}
	return p.plan;
}
