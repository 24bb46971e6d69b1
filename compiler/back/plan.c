// SPDX-License-Identifier: Apache-2.0
/* Stage "plan": typed policies to one decision per hook. */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan.h"
#include "bpf-templates/tg_event.h"

#define BINARIES_MAX 62	 /* bits of a process; the last two are for tg_bits' own use */
#define VALUES_MAX   512 /* compared one after another in this version */

struct planning {
	struct arena *arena;
	struct diags *diags;
	struct plan *plan;
	size_t hook_room, binary_room;
};

/* ---- grouping -------------------------------------------------------------------------- */

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

/* ---- arguments ------------------------------------------------------------------------- */

static bool same_arg(const struct tir_arg *a, const struct tir_arg *b)
{
	return a->ir->position == b->ir->position && a->type == b->type && a->source == b->source;
}

/* The slot of an argument; made when new. PLAN_NO_SLOT for nop or when there is no room. */
static uint32_t slot_for(struct planning *p, struct plan_hook *h, const struct tir_arg *arg)
{
	size_t room = TG_SLOTS_MAX;

	if (arg->source == ARG_NONE)
		return PLAN_NO_SLOT;
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (same_arg(h->slots[i].arg, arg))
			return i;
	if (h->slot_count == room) {
		diag_at(p->diags, DIAG_TOO_MANY_ARGS, arg->ir->at,
			"more than %d distinct arguments of `%s` are used by all policies together",
			TG_SLOTS_MAX, h->symbol);
		return PLAN_NO_SLOT;
	}
	if (!h->slots)
		h->slots = arena_array(p->arena, room, sizeof(*h->slots));
	h->slots[h->slot_count].arg = arg;
	return h->slot_count++;
}

static int slot_rank(const struct plan_slot *s)
{
	return plan_is_text(s) ? (s->filtered ? 1 : 2) : 0;
}

/* Stable reordering by rank; everything that names slots follows. */
static void order_slots(struct planning *p, struct plan_hook *h)
{
	struct plan_slot *sorted = arena_array(p->arena, h->slot_count + 1, sizeof(*sorted));
	uint32_t moved[TG_SLOTS_MAX], n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (uint32_t i = 0; i < h->slot_count; i++)
			if (slot_rank(&h->slots[i]) == rank) {
				moved[i] = n;
				sorted[n++] = h->slots[i];
			}
	h->slots = sorted;
	for (uint32_t i = 0; i < h->predicate_count; i++)
		h->predicates[i].slot = moved[h->predicates[i].slot];
	for (uint32_t i = 0; i < h->view_count; i++)
		for (size_t j = 0; j < h->views[i].hook->arg_count; j++)
			if (h->views[i].slots[j] != PLAN_NO_SLOT)
				h->views[i].slots[j] = moved[h->views[i].slots[j]];
}

/* ---- predicates ------------------------------------------------------------------------ */

bool plan_same_filter(const struct tir_filter *a, const struct tir_filter *b)
{
	if (a->op != b->op || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (!value_equal(&a->values[i], &b->values[i]))
			return false;
	return true;
}

static void add_predicate(struct planning *p, struct plan_hook *h, size_t *room, uint32_t slot,
			  const struct tir_filter *f, uint64_t bit)
{
	h->slots[slot].filtered |= bit;
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		struct plan_predicate *have = &h->predicates[i];

		if (have->slot == slot && plan_same_filter(have->filter, f)) {
			have->selectors |= bit;
			return;
		}
	}
	if (f->value_count > VALUES_MAX)
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, f->ir->at,
			"%zu values in one filter: this version of tgc compiles up to %d",
			f->value_count, VALUES_MAX);
	h->predicates = arena_grow(p->arena, h->predicates, h->predicate_count, room,
				   sizeof(*h->predicates));
	h->predicates[h->predicate_count++] =
		(struct plan_predicate){.slot = slot, .filter = f, .selectors = bit};
}

/* ---- binaries -------------------------------------------------------------------------- */

static bool same_binaries(const struct ir_binaries *a, const struct ir_binaries *b)
{
	if (op_get(a->op)->plain != op_get(b->op)->plain ||
	    a->follow_children != b->follow_children || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (strcmp(a->values[i].s, b->values[i].s))
			return false;
	return true;
}

static uint32_t binary_for(struct planning *p, const struct ir_binaries *set)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->binary_count; i++)
		if (same_binaries(plan->binaries[i].set, set))
			return i;
	if (plan->binary_count == BINARIES_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, set->at,
			"more than %d different matchBinaries lists in one bundle", BINARIES_MAX);
		return 0;
	}
	plan->binaries = arena_grow(p->arena, plan->binaries, plan->binary_count, &p->binary_room,
				    sizeof(*plan->binaries));
	plan->binaries[plan->binary_count].set = set;
	return plan->binary_count++;
}

static void add_binary(struct planning *p, struct plan_hook *h, size_t *room,
		       const struct ir_binaries *set, uint64_t bit)
{
	uint32_t binary = binary_for(p, set);

	for (uint32_t i = 0; i < h->binary_count; i++)
		if (h->binaries[i].binary == binary && h->binaries[i].negated == set->negated) {
			h->binaries[i].selectors |= bit;
			return;
		}
	h->binaries =
		arena_grow(p->arena, h->binaries, h->binary_count, room, sizeof(*h->binaries));
	h->binaries[h->binary_count++] = (struct plan_binary_use){
		.binary = binary, .negated = set->negated, .selectors = bit};
}

/* ---- actions --------------------------------------------------------------------------- */

static void add_action(struct planning *p, struct plan_hook *h, size_t *room,
		       const struct ir_action *a, uint64_t bit)
{
	enum tg_action kind = a->action == TG_ACTION_SIGKILL ? TG_ACTION_SIGNAL : a->action;

	if (kind != TG_ACTION_SIGNAL && kind != TG_ACTION_OVERRIDE)
		return;
	h->overrides |= kind == TG_ACTION_OVERRIDE;
	h->signals |= kind == TG_ACTION_SIGNAL;
	for (uint32_t i = 0; i < h->action_count; i++)
		if (h->actions[i].action == kind && h->actions[i].value == a->value) {
			h->actions[i].selectors |= bit;
			return;
		}
	h->actions = arena_grow(p->arena, h->actions, h->action_count, room, sizeof(*h->actions));
	h->actions[h->action_count++] =
		(struct plan_action){.action = kind, .value = a->value, .selectors = bit};
}

/* ---- hooks ----------------------------------------------------------------------------- */

struct rooms {
	size_t predicates, binaries, actions, views, selectors;
};

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
			add_predicate(p, h, &room->predicates, view->slots[f->arg], f, bit);
	}
	for (size_t i = 0; i < s->ir->binary_count; i++)
		add_binary(p, h, &room->binaries, &s->ir->binaries[i], bit);
	for (size_t i = 0; i < s->ir->actions.n; i++)
		add_action(p, h, &room->actions, &s->ir->actions.v[i], bit);
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
		view->slots[i] = slot_for(p, h, &hook->args[i]);
	for (size_t i = 0; i < hook->selector_count; i++)
		add_selector(p, h, room, view, &hook->selectors[i]);
}

static void add_variant(struct plan_hook *h, enum tg_attach attach)
{
	h->variants[h->variant_count++] = attach;
}

/*
 * The cheapest attachment with the wanted meaning first (measured; docs/architecture.md). But
 * where something is enforced: a preemptible kernel skips an fentry or fmod_ret program while
 * the same one is interrupted on that CPU, and anybody can bring that about. LSM programs and
 * kprobes are not skipped, so fentry is last there, and fmod_ret where there is nothing else.
 */
static void choose_variants(struct plan_hook *h)
{
	if (h->kind == TG_HOOK_LSM) {
		add_variant(h, TG_ATTACH_LSM);
	} else if (h->kind == TG_HOOK_TRACEPOINT) {
		add_variant(h, TG_ATTACH_TRACEPOINT);
	} else if (h->overrides) {
		if (h->lsm_twin)
			add_variant(h, TG_ATTACH_LSM);
		add_variant(h, TG_ATTACH_FMOD_RET);
	} else {
		add_variant(h, h->signals ? TG_ATTACH_KPROBE : TG_ATTACH_FENTRY);
		add_variant(h, h->signals ? TG_ATTACH_FENTRY : TG_ATTACH_KPROBE);
	}
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
		order_slots(&p, &p.plan->hooks[i]);
		choose_variants(&p.plan->hooks[i]);
	}
	return p.plan;
}
