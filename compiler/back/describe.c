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

static bool list_enforces(const struct ir_actions *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (ir_is_enforcing(list->v[i].action))
			return true;
	return false;
}

static bool enforces(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_selector *s = &p->hooks[i].selectors[j];

			if (list_enforces(&s->actions) || list_enforces(&s->return_actions))
				return true;
		}
	return false;
}

static uint32_t policy_flags(const struct ir_policy *p)
{
	if (!enforces(p))
		return 0;
	return TG_POLICY_ENFORCES | (p->mode == MODE_MONITOR ? TG_POLICY_MONITORS : 0);
}

/* Adds what is required; the first one's index, or 0 when there is none. */
static uint32_t describe_labels(struct manifest *m, const struct ir_label_selector *labels,
				uint32_t *count)
{
	uint32_t first = 0;

	for (size_t i = 0; i < labels->n; i++) {
		const struct ir_requirement *r = &labels->v[i];
		uint32_t index = manifest_add_requirement(m, r->key, r->op);

		first = i ? first : index;
		for (size_t j = 0; j < r->value_count; j++)
			manifest_add_label_value(m, r->values[j].s);
	}
	*count = (uint32_t)labels->n;
	return first;
}

static void describe_policies(struct manifest *m, const struct sources *s, const struct tir *tir)
{
	for (size_t i = 0; i < tir->policy_count; i++) {
		const struct ir_policy *p = tir->policies[i].ir;

		manifest_add_policy(m, p->name, file_of(s, p->at), line_of(s, p->at),
				    policy_flags(p));
	}
	for (size_t i = 0; i < tir->policy_count; i++) {
		const struct ir_label_selector *nodes = tir->policies[i].ir->nodes;
		struct tg_policy_entry *policy = manifest_policy(m, (uint32_t)i);

		if (nodes)
			policy->first_requirement =
				describe_labels(m, nodes, &policy->requirements);
	}
}

static void describe_workload(struct manifest *m, const struct plan_workload *w)
{
	const struct ir_workload *want = w->want;
	uint32_t flags = (want->host ? TG_WORKLOAD_HOST : 0) | (want->pod ? TG_WORKLOAD_PODS : 0);
	struct tg_workload_entry *entry = manifest_add_workload(m, w->namespace, flags);
	uint32_t first = 0;

	if (!want->pod)
		return;
	entry->first_requirement = describe_labels(m, want->pod, &entry->of_pod);
	first = describe_labels(m, want->container, &entry->of_container);
	if (!entry->of_pod)
		entry->first_requirement = first;
}

static const char *target_of(struct arena *a, const struct plan_hook *h, enum tg_attach attach)
{
	if (attach == TG_ATTACH_LSM || attach == TG_ATTACH_LSM_SLEEPABLE)
		return plan_lsm_name(h);
	if (attach == TG_ATTACH_TRACEPOINT)
		return arena_printf(a, "%s/%s", h->subsystem, h->symbol);
	return h->symbol;
}

/* In an event of two halves every argument says where it stands. */
static void describe_args(struct manifest *m, uint32_t view, const struct plan_hook *h,
			  const struct plan_view *v)
{
	uint32_t place = 0;

	for (size_t i = 0; i < v->hook->arg_count; i++) {
		const struct tir_arg *arg = &v->hook->args[i];

		if (v->slots[i] != PLAN_NO_SLOT)
			manifest_add_view_arg(m, view, v->slots[i], arg->ir->label,
					      h->peer == PLAN_NO_HOOK ? 0 : place);
		place += arg->type->class != CLASS_NOP;
	}
	if (v->result != PLAN_NO_SLOT)
		manifest_add_view_arg(m, view, v->result, v->hook->return_arg->ir->label,
				      TG_PLACE_RESULT);
	for (size_t i = 0; i < v->hook->data_count; i++)
		if (v->data[i] != PLAN_NO_SLOT)
			manifest_add_view_data(m, view, v->data[i], v->hook->data[i].ir->label);
}

static void describe_view(struct manifest *m, uint32_t hook, const struct plan_hook *h,
			  const struct plan_view *v)
{
	const struct ir_hook *ir = v->hook->ir;
	uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;
	uint32_t view =
		manifest_add_view(m, v->policy, hook, ones << v->first_selector, ir->message);

	describe_args(m, view, h, v);
	for (size_t i = 0; i < ir->tag_count; i++)
		manifest_add_tag(m, view, ir->tags[i].s);
}

static enum tg_action last_action(const struct plan_hook *h, const struct ir_selector *s)
{
	const struct ir_actions *list = &s->return_actions;

	if (!h->at_return)
		return (enum tg_action)s->last_action;
	return list->n ? list->v[list->n - 1].action : TG_ACTION_POST;
}

/* What the last action asks tgrun for; NULL: nothing. */
static const struct ast_str *request_of(const struct ir_actions *list)
{
	return list->n ? list->v[list->n - 1].target : NULL;
}

static void describe_selector(struct manifest *m, const struct sources *s, uint32_t hook,
			      const struct plan_hook *h, const struct plan_view *v, uint32_t bit)
{
	const struct ir_selector *ir = h->selectors[bit];
	uint32_t index = manifest_add_selector(m, hook, bit, v->policy, last_action(h, ir),
					       line_of(s, ir->at));
	struct tg_selector_entry *out = manifest_selector(m, index);
	const struct ast_str *request =
		request_of(h->at_return ? &ir->return_actions : &ir->actions);

	out->flags |= h->kernel_stacks >> bit & 1 ? TG_SELECTOR_KERNEL_STACK : 0;
	if (request)
		out->target = manifest_string(m, request->s);
	out->flags |= h->hashed >> bit & 1 ? TG_SELECTOR_FILE_HASH : 0;
	out->flags |= h->user_stacks >> bit & 1 ? TG_SELECTOR_USER_STACK : 0;
}

static void describe_selectors(struct manifest *m, const struct sources *s, uint32_t hook,
			       const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->view_count; i++)
		for (uint32_t j = 0; j < h->views[i].selectors; j++) {
			uint32_t bit = h->views[i].first_selector + j;

			describe_selector(m, s, hook, h, &h->views[i], bit);
		}
}

/* A policy that only acts here shows nothing of the call, but the hook is its own as well. */
static void describe_enforcers(struct manifest *m, uint32_t hook, const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->enforcer_count; i++) {
		bool seen = false;

		for (uint32_t j = 0; j < h->view_count; j++)
			seen |= h->views[j].policy == h->enforcers[i];
		if (!seen)
			manifest_add_view(m, h->enforcers[i], hook, 0, "");
	}
}

static enum tg_arg_type slot_type(const struct tir_arg *arg)
{
	return arg->source == ARG_TARGET ? TG_ARG_TARGET : (enum tg_arg_type)plan_print(arg);
}

/* A list has no name of its own in messages but that of its first function, and how many more. */
static const char *name_of(struct arena *a, const struct plan_hook *h)
{
	if (h->target_count < 2)
		return h->symbol;
	return arena_printf(a, "%s and %u more", h->symbol, h->target_count - 1);
}

static void describe_hook(struct manifest *m, const struct sources *s, uint32_t at,
			  const struct plan_hook *h)
{
	uint32_t hook = manifest_add_hook(m, h->kind, name_of(m->arena, h), h->subsystem);

	if (h->may_miss)
		manifest_hook_may_miss(m, hook);
	for (size_t i = 0; i < h->kernel_name_count; i++)
		manifest_add_kernel_name(m, hook, h->kernel_names[i].name,
					 h->kernel_names[i].lacks);
	for (uint32_t i = 0; h->parts && i < h->variant_count; i++)
		manifest_add_program(m, hook, h->variants[i],
				     unit_program_name(m->arena, at, h->variants[i]),
				     target_of(m->arena, h, h->variants[i]));
	for (uint32_t i = 0; i < h->slot_count; i++)
		manifest_add_slot(m, hook, slot_type(h->slots[i].arg),
				  h->slots[i].arg->ir->position);
	for (uint32_t i = 0; h->parts && i < h->target_count; i++)
		manifest_add_target(m, hook, &h->targets[i]);
	for (uint32_t i = 0; i < h->view_count; i++)
		describe_view(m, hook, h, &h->views[i]);
	describe_enforcers(m, hook, h);
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

/* Sockets that the kernel frees are nobody's any more. */
static void describe_trackers(struct manifest *m)
{
	manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_FENTRY, "tg_socks_free", "security_sk_free");
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
	for (uint32_t i = 0; i < plan->workload_count; i++)
		describe_workload(m, &plan->workloads[i]);
	for (uint32_t i = 0; i < plan->hook_count; i++)
		describe_hook(m, s, i, &plan->hooks[i]);
	for (uint32_t i = 0; i < plan->hook_count; i++)
		if (plan->hooks[i].at_return)
			manifest_join_hooks(m, plan->hooks[i].peer, i);
	if (emit_asks_host(plan))
		manifest_add_program(m, TG_NO_HOOK, TG_ATTACH_ITER_TASK, "tg_host_scan", "task");
	if (plan->record_count)
		describe_change_programs(m);
	if (plan->tracker_count)
		describe_trackers(m);
	if (plan->fact_count)
		describe_process_programs(m, emit_facts_of_families(plan));
}
