// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "describe.h"
#include "emit.h"
#include "unit.h"

static uint32_t line_of(const struct sources *s, struct span at)
{
	return source_place(sources_get(s, at.file), at.start).line;
}

static const char *file_of(const struct sources *s, struct span at)
{
	const char *name = sources_get(s, at.file)->name, *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

static bool enforces(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_selector *s = &p->hooks[i].selectors[j];

			for (size_t k = 0; k < s->actions.n; k++)
				if (s->actions.v[k].action != TG_ACTION_POST &&
				    s->actions.v[k].action != TG_ACTION_NOPOST)
					return true;
		}
	return false;
}

static void describe_policies(struct manifest *m, const struct sources *s, const struct tir *tir)
{
	for (size_t i = 0; i < tir->policy_count; i++) {
		const struct ir_policy *p = tir->policies[i].ir;

		manifest_add_policy(m, p->name, file_of(s, p->at), line_of(s, p->at),
				    enforces(p) ? TG_POLICY_ENFORCES : 0);
	}
}

static const char *target_of(struct arena *a, const struct plan_hook *h, enum tg_attach attach)
{
	if (attach == TG_ATTACH_LSM)
		return plan_lsm_name(h);
	if (h->kind == TG_HOOK_TRACEPOINT)
		return arena_printf(a, "%s/%s", h->subsystem, h->symbol);
	return h->symbol;
}

static void describe_view(struct manifest *m, uint32_t hook, const struct plan_view *v)
{
	const struct ir_hook *ir = v->hook->ir;
	uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;
	uint32_t view =
		manifest_add_view(m, v->policy, hook, ones << v->first_selector, ir->message);

	for (size_t i = 0; i < v->hook->arg_count; i++)
		if (v->slots[i] != PLAN_NO_SLOT)
			manifest_add_view_arg(m, view, v->slots[i], v->hook->args[i].ir->label);
	for (size_t i = 0; i < ir->tag_count; i++)
		manifest_add_tag(m, view, ir->tags[i].s);
}

static void describe_selectors(struct manifest *m, const struct sources *s, uint32_t hook,
			       const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		for (uint32_t j = 0; j < h->views[i].selectors; j++) {
			uint32_t bit = h->views[i].first_selector + j;

			manifest_add_selector(m, hook, bit, h->views[i].policy,
					      (enum tg_action)h->selectors[bit]->last_action,
					      line_of(s, h->selectors[bit]->at));
		}
}

static void describe_hook(struct manifest *m, const struct sources *s, uint32_t at,
			  const struct plan_hook *h)
{
	uint32_t hook = manifest_add_hook(m, h->kind, h->symbol, h->subsystem);

	for (uint32_t i = 0; i < h->variant_count; i++)
		manifest_add_program(m, hook, h->variants[i],
				     unit_program_name(m->arena, at, h->variants[i]),
				     target_of(m->arena, h, h->variants[i]));
	for (uint32_t i = 0; i < h->slot_count; i++)
		manifest_add_slot(m, hook, (enum tg_arg_type)h->slots[i].arg->type->print,
				  h->slots[i].arg->ir->position);
	for (uint32_t i = 0; i < h->view_count; i++)
		describe_view(m, hook, &h->views[i]);
	describe_selectors(m, s, hook, h);
}

/*
 * Programs that keep the bits of processes; tgrun attaches them before the hooks. Families are gone
 * through twice, for a process that is made meanwhile by one that was not complete yet.
 */
static void describe_process_programs(struct manifest *m, bool families)
{
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_bits_exec", "sched_process_exec");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_bits_fork", "sched_process_fork");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_bits_exit", "sched_process_exit");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_bits_free", "sched_process_free");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "tg_bits_scan", "task");
	for (int i = 0; families && i < 2; i++)
		manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "tg_bits_families",
				     "task");
}

/* Programs that record what changes are compared with. */
static void describe_change_programs(struct manifest *m)
{
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_changes_exec",
			     "sched_process_exec");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_changes_fork",
			     "sched_process_fork");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_TP_BTF, "tg_changes_free",
			     "sched_process_free");
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "tg_changes_scan", "task");
}

void describe(struct manifest *m, const struct sources *s, const struct plan *plan)
{
	describe_policies(m, s, plan->tir);
	for (uint32_t i = 0; i < plan->hook_count; i++)
		describe_hook(m, s, i, &plan->hooks[i]);
	if (emit_asks_host(plan))
		manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "tg_host_scan", "task");
	if (plan->record_count)
		describe_change_programs(m);
	if (plan->fact_count)
		describe_process_programs(m, emit_facts_of_families(plan));
}
