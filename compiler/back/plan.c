// SPDX-License-Identifier: Apache-2.0
/* Stage "plan": typed policies to one decision per hook. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/binaries/userelf.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"
#include "bpf-templates/tg_event.h"

/* Whether one more policy's use of the hook fits: its selectors as bits, its arguments as slots. */
static bool has_room(const struct plan_hook *h, const struct tir_hook *hook)
{
	return h->selector_count + hook->selector_count <= TG_SELECTORS_MAX &&
	       h->slot_count + plan_new_slots(h, hook) <= TG_SLOTS_MAX &&
	       h->atoms + plan_new_atoms(hook) <= PLAN_ATOMS_MAX;
}

static uint32_t param_count(const struct tir_hook *hook)
{
	if (hook->syscall)
		return 1;
	return hook->function ? (uint32_t)hook->function->param_count : 0;
}

static struct plan_hook *new_hook(struct planning *p, const struct plan_probe *probe)
{
	const struct tir_hook *hook = probe->use_count ? probe->uses[0].hook : NULL;
	struct plan *plan = p->plan;

	plan->hooks = arena_grow(p->arena, plan->hooks, plan->hook_count, &p->hook_room,
				 sizeof(*plan->hooks));
	plan->hooks[plan->hook_count] = (struct plan_hook){
		.kind = probe->kind,
		.symbol = probe->symbol,
		.subsystem = probe->subsystem,
		.syscall = hook ? hook->syscall : probe->enforcers[0].function->syscall,
		.raw = probe->raw,
		.peer = PLAN_NO_HOOK,
		.lsm_twin = true,
		.may_miss = probe->may_miss,
		.kernel_names = probe->kernel_names,
		.kernel_name_count = probe->kernel_name_count,
		.params_differ = hook && hook->params_differ && !hook->syscall,
		.param_count = hook ? param_count(hook) : 0,
		.at = hook ? hook->ir->symbol_at : probe->enforcers[0].function->at,
	};
	return &plan->hooks[plan->hook_count++];
}

static void add_selector(struct planning *p, struct plan_hook *h, struct rooms *room,
			 const struct plan_view *view, const struct tir_selector *s)
{
	struct plan_user user = {view->policy, (uint32_t)(view - h->views),
				 view->hook,   view->place,
				 s->ir->posts, NULL};
	uint64_t bit = 1ull << h->selector_count;

	h->selectors = arena_grow(p->arena, h->selectors, h->selector_count, &room->selectors,
				  sizeof(*h->selectors));
	h->selectors[h->selector_count++] = s->ir;
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++) {
		const struct tir_filter *f = &s->filters[IR_ARGS].v[i];

		if (f->op == OP_CEL_EXPR || f->op == OP_CAPABILITIES_GAINED)
			plan_add_joint(p, h, room, view, f, bit);
		else if (view->slots[f->arg] != PLAN_NO_SLOT)
			plan_add_predicate(p, h, room, view->slots[f->arg], f, bit);
		else if (view->hook->args[f->arg].ir->return_copy)
			h->never |= bit; /* there is nothing yet to compare with */
	}
	for (size_t i = 0; i < s->filters[IR_DATA].n; i++) {
		const struct tir_filter *f = &s->filters[IR_DATA].v[i];

		if (view->data[f->arg] != PLAN_NO_SLOT)
			plan_add_predicate(p, h, room, view->data[f->arg], f, bit);
	}
	plan_add_process(p, h, room, view->policy, s->ir, bit);
	plan_add_actions(p, h, room, &user, &s->ir->actions, bit);
	if (!s->ir->posts)
		return;
	h->posts |= bit;
	for (size_t i = 0; i < view->hook->arg_count; i++)
		if (view->slots[i] != PLAN_NO_SLOT)
			h->slots[view->slots[i]].shown |= bit;
	for (size_t i = 0; i < view->hook->data_count; i++)
		if (view->data[i] != PLAN_NO_SLOT)
			h->slots[view->data[i]].shown |= bit;
}

static void add_view(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct plan_use *use)
{
	const struct tir_hook *hook = use->hook;
	struct plan_view *view;

	if (h->selector_count + hook->selector_count > TG_SELECTORS_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_SELECTORS, hook->ir->symbol_at,
			"%zu selectors in one hook: one entry can have %d, further ones need "
			"an entry of their own",
			hook->selector_count, TG_SELECTORS_MAX);
		return;
	}
	h->lsm_twin &= hook->lsm_twin;
	h->views = arena_grow(p->arena, h->views, h->view_count, &room->views, sizeof(*h->views));
	view = &h->views[h->view_count++];
	*view = (struct plan_view){
		.policy = use->policy,
		.place = use->place,
		.first_selector = h->selector_count,
		.selectors = (uint32_t)hook->selector_count,
		.hook = hook,
		.result = PLAN_NO_SLOT,
		.slots = arena_array(p->arena, hook->arg_count + 1, sizeof(*view->slots)),
		.data = arena_array(p->arena, hook->data_count + 1, sizeof(*view->data)),
	};
	for (size_t i = 0; i < hook->arg_count; i++)
		view->slots[i] = hook->args[i].ir->return_copy
					 ? PLAN_NO_SLOT
					 : plan_slot_for(p, h, &hook->args[i]);
	for (size_t i = 0; i < hook->data_count; i++)
		view->data[i] = plan_slot_for(p, h, &hook->data[i]);
	plan_own_view(p, h, view);
	for (size_t i = 0; i < hook->selector_count; i++)
		add_selector(p, h, room, view, &hook->selectors[i]);
}

/* What all parts together ask of the program. */
static void join_parts(struct plan_hook *first)
{
	for (uint32_t i = 1; i < first->parts; i++) {
		first->overrides |= first[i].overrides;
		first->signals |= first[i].signals;
		first->writes |= first[i].writes;
		if (first[i].method != OVERRIDE_AUTOMATIC)
			first->method = first[i].method;
		first->lsm_twin &= first[i].lsm_twin;
	}
}

/* A list that the kernel fills in is of the functions that can be traced there. */
static bool may_miss(const struct planning *p, uint32_t probe)
{
	return p->probes[probe].may_miss ||
	       p->probes[probe].uses[0].hook->ir->calls.source != NAMES_WRITTEN;
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
				.place = TG_PLACE_FUNCTION,
				.name = p->probes[i].symbol,
				.flags = may_miss(p, i) ? TG_TARGET_MAY_MISS : 0};
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

/* The last part of the program that grows, or one more. */
static uint32_t part_for(struct planning *p, uint32_t leader, uint32_t first,
			 const struct tir_hook *hook)
{
	const struct plan_probe *probe = &p->probes[leader];
	uint32_t at = p->plan->hook_count;

	if (at > first && has_room(&p->plan->hooks[at - 1], hook))
		return at - 1;
	new_hook(p, probe);
	add_place(p, &p->plan->hooks[at], probe);
	if (probe->followers > 1)
		add_targets(p, &p->plan->hooks[at], leader);
	return at;
}

static void set_parts(struct plan *plan, uint32_t first)
{
	struct plan_hook *h = &plan->hooks[first];

	if (first == plan->hook_count)
		return;
	h->parts = plan->hook_count - first;
	for (uint32_t i = 0; i < h->parts; i++)
		h[i].part = i;
	join_parts(h);
}

/* The other halves of a program's parts: the parts of a program of their own. */
static void plan_returns(struct planning *p, struct rooms *rooms, uint32_t first)
{
	uint32_t end = p->plan->hook_count;

	for (uint32_t i = first; i < end; i++)
		for (uint32_t j = 0; j < p->plan->hooks[i].view_count; j++)
			if (plan_watches_return(p->plan->hooks[i].views[j].hook))
				plan_return_view(p, rooms, i, j);
			else if (plan_wants_hash(p->plan->hooks[i].views[j].hook))
				plan_hash_view(p, rooms, i, j);
	set_parts(p->plan, end);
}

/*
 * The kernel puts a return probe to where the stack pointer stands after the programs of the entry,
 * so it would write into the caller's frame.
 */
static void check_stack_moves(struct planning *p, uint32_t first)
{
	const struct plan_hook *h = &p->plan->hooks[first];
	const struct plan_action *moving = NULL;
	bool watched = false;

	for (uint32_t i = 0; first < p->plan->hook_count && i < h->parts; i++) {
		watched |= h[i].peer != PLAN_NO_HOOK;
		for (uint32_t j = 0; h->kind == TG_HOOK_UPROBE && j < h[i].action_count; j++)
			if (plan_moves_stack(p->arena, &h[i].actions[j]))
				moving = &h[i].actions[j];
	}
	if (watched && moving)
		diag_note(p->diags,
			  diag_at(p->diags, DIAG_OVERRIDE, moving->ir->at,
				  "this `Override` moves the stack pointer of a function whose "
				  "return "
				  "is watched"),
			  "the kernel would put the return probe into the caller's frame, and the "
			  "program would crash");
}

static void plan_probe_of(struct planning *p, struct rooms *rooms, uint32_t leader)
{
	const struct plan_probe *probe = &p->probes[leader];
	uint32_t first = p->plan->hook_count;

	for (uint32_t i = 0; i < probe->use_count; i++) {
		uint32_t at = part_for(p, leader, first, probe->uses[i].hook);

		add_view(p, &p->plan->hooks[at], &rooms[at], &probe->uses[i]);
		check_operands(p, &p->plan->hooks[at]);
	}
	if (probe->enforcer_count && p->plan->hook_count == first)
		new_hook(p, probe);
	for (uint32_t i = 0; i < probe->enforcer_count; i++)
		plan_add_enforcer(p, &p->plan->hooks[first], &rooms[first], &probe->enforcers[i]);
	set_parts(p->plan, first);
	plan_returns(p, rooms, first);
	check_stack_moves(p, first);
}

static size_t most_hooks(const struct planning *p)
{
	size_t uses = 0;

	for (uint32_t i = 0; i < p->probe_count; i++)
		uses += p->probes[i].use_count + 1; /* an enforcer needs one, too */
	return 2 * uses;			    /* each may have a return half */
}

struct plan *plan_build(struct arena *a, struct diags *d, const struct tir *tir)
{
	struct planning p = {.arena = a, .diags = d, .plan = arena_alloc(a, sizeof(*p.plan))};
	struct plan *plan = p.plan;
	struct rooms *rooms;

	plan->tir = tir;
	plan_trackers(&p);
	plan_probes(&p);
	rooms = arena_array(a, most_hooks(&p) + 1, sizeof(*rooms));
	for (uint32_t i = 0; i < p.probe_count; i++)
		if (p.probes[i].leader == i)
			plan_probe_of(&p, rooms, i);
	for (uint32_t i = 0; i < plan->hook_count; i++)
		plan_order_slots(&p, &plan->hooks[i]);
	for (uint32_t i = 0; i < plan->hook_count; i += plan->hooks[i].parts) {
		plan_choose_variants(&plan->hooks[i]);
		if (!plan->hooks[i].at_return && plan->hooks[i].kind != TG_HOOK_USDT)
			plan_indexes(a, &plan->hooks[i]);
	}
	return plan;
}
