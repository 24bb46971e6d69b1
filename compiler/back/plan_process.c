// SPDX-License-Identifier: Apache-2.0
/* What selectors ask of the process: each distinct fact and condition once. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

/* ---- do two entries ask the same? -------------------------------------------------------- */

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

/* But for their negation. */
static bool same_pids(const struct ir_pids *a, const struct ir_pids *b)
{
	return a->follow_forks == b->follow_forks && a->in_namespace == b->in_namespace &&
	       a->value_count == b->value_count &&
	       !memcmp(a->values, b->values, a->value_count * sizeof(*a->values));
}

static bool same_capabilities(const struct ir_capabilities *a, const struct ir_capabilities *b)
{
	return a->set == b->set && a->mask == b->mask && a->negated == b->negated &&
	       a->other_user_namespace == b->other_user_namespace;
}

static bool same_namespaces(const struct ir_namespaces *a, const struct ir_namespaces *b)
{
	return a->kind == b->kind && a->negated == b->negated && a->host == b->host &&
	       a->value_count == b->value_count &&
	       !memcmp(a->values, b->values, a->value_count * sizeof(*a->values));
}

static bool same_condition(const struct plan_condition *a, const struct plan_condition *b)
{
	if (a->kind != b->kind || a->negated != b->negated || a->fact != b->fact ||
	    a->record != b->record || a->workload != b->workload)
		return false;
	switch (a->kind) {
	case CONDITION_PIDS:
		return a->pids->negated == b->pids->negated && same_pids(a->pids, b->pids);
	case CONDITION_CAPABILITIES:
	case CONDITION_CAPABILITY_CHANGES:
		return same_capabilities(a->capabilities, b->capabilities);
	case CONDITION_NAMESPACES:
		return same_namespaces(a->namespaces, b->namespaces);
	case CONDITION_NAMESPACE_CHANGES:
		return a->changes->negated == b->changes->negated &&
		       a->changes->kinds == b->changes->kinds;
	default:
		return true;
	}
}

/* ---- facts ------------------------------------------------------------------------------- */

static bool same_fact(const struct plan_fact *a, const struct plan_fact *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == FACT_NUMBER)
		return same_pids(a->pids, b->pids);
	return same_binaries(a->set, b->set);
}

static uint32_t fact_for(struct planning *p, struct plan_fact fact, struct span at)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->fact_count; i++)
		if (same_fact(&plan->facts[i], &fact))
			return i;
	if (plan->fact_count == PLAN_FACTS_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, at,
			"more than %d different lists of binaries and PIDs to follow in one bundle",
			PLAN_FACTS_MAX);
		return 0;
	}
	plan->facts = arena_grow(p->arena, plan->facts, plan->fact_count, &p->fact_room,
				 sizeof(*plan->facts));
	plan->facts[plan->fact_count] = fact;
	return plan->fact_count++;
}

static uint32_t binary_fact(struct planning *p, const struct ir_binaries *set)
{
	return fact_for(p, (struct plan_fact){.kind = FACT_BINARY, .set = set}, set->at);
}

static uint32_t parent_fact(struct planning *p, const struct ir_binaries *set)
{
	struct plan_fact fact = {.kind = FACT_PARENT, .set = set, .source = binary_fact(p, set)};

	return fact_for(p, fact, set->at);
}

static uint32_t number_fact(struct planning *p, const struct ir_pids *pids)
{
	return fact_for(p, (struct plan_fact){.kind = FACT_NUMBER, .pids = pids}, pids->at);
}

/* ---- conditions -------------------------------------------------------------------------- */

static void add(struct planning *p, struct plan_hook *h, struct rooms *room,
		struct plan_condition c)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < h->condition_count; i++)
		if (same_condition(&h->conditions[i], &c)) {
			h->conditions[i].selectors |= c.selectors;
			return;
		}
	h->conditions = arena_grow(p->arena, h->conditions, h->condition_count, &room->conditions,
				   sizeof(*h->conditions));
	while (at < h->condition_count && h->conditions[at].kind <= c.kind)
		at++;
	memmove(&h->conditions[at + 1], &h->conditions[at],
		(h->condition_count - at) * sizeof(*h->conditions));
	h->conditions[at] = c;
	h->condition_count++;
}

static void add_facts(struct planning *p, struct plan_hook *h, struct rooms *room,
		      const struct ir_selector *s, uint64_t bit)
{
	struct plan_condition c = {.kind = CONDITION_FACT, .at = s->at, .selectors = bit};

	for (size_t i = 0; i < s->binary_count; i++) {
		c.fact = binary_fact(p, &s->binaries[i]);
		c.negated = s->binaries[i].negated;
		add(p, h, room, c);
	}
	for (size_t i = 0; i < s->parent_binary_count; i++) {
		c.fact = parent_fact(p, &s->parent_binaries[i]);
		c.negated = s->parent_binaries[i].negated;
		add(p, h, room, c);
	}
}

/* A process of the first PID namespace has no number that could be followed. */
static void add_pids(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_pids *pids, uint64_t bit)
{
	struct plan_condition c = {
		.kind = CONDITION_PIDS, .pids = pids, .at = pids->at, .selectors = bit};

	if (!pids->follow_forks || pids->in_namespace)
		add(p, h, room, c);
	if (pids->follow_forks)
		add(p, h, room,
		    (struct plan_condition){.kind = CONDITION_FACT,
					    .fact = number_fact(p, pids),
					    .negated = pids->negated,
					    .selectors = bit});
}

/* The number of the policy's record. */
static uint32_t record_for(struct planning *p, uint32_t policy)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->record_count; i++)
		if (plan->records[i] == policy)
			return i;
	plan->records = arena_grow(p->arena, plan->records, plan->record_count, &p->record_room,
				   sizeof(*plan->records));
	plan->records[plan->record_count] = policy;
	return plan->record_count++;
}

static void add_changes(struct planning *p, struct plan_hook *h, struct rooms *room,
			uint32_t policy, const struct ir_selector *s, uint64_t bit)
{
	for (size_t i = 0; i < s->namespace_change_count; i++)
		add(p, h, room,
		    (struct plan_condition){.kind = CONDITION_NAMESPACE_CHANGES,
					    .record = record_for(p, policy),
					    .changes = &s->namespace_changes[i],
					    .at = s->namespace_changes[i].at,
					    .selectors = bit});
	for (size_t i = 0; i < s->capability_change_count; i++)
		add(p, h, room,
		    (struct plan_condition){.kind = CONDITION_CAPABILITY_CHANGES,
					    .record = record_for(p, policy),
					    .capabilities = &s->capability_changes[i],
					    .at = s->capability_changes[i].at,
					    .selectors = bit});
}

/* ---- workloads --------------------------------------------------------------------------- */

static bool same_requirement(const struct ir_requirement *a, const struct ir_requirement *b)
{
	if (a->op != b->op || strcmp(a->key, b->key) || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (strcmp(a->values[i].s, b->values[i].s))
			return false;
	return true;
}

static bool same_labels(const struct ir_label_selector *a, const struct ir_label_selector *b)
{
	if (!a || !b || a->n != b->n)
		return a == b;
	for (size_t i = 0; i < a->n; i++)
		if (!same_requirement(&a->v[i], &b->v[i]))
			return false;
	return true;
}

bool plan_same_workload(const struct plan_workload *a, const struct plan_workload *b)
{
	if (!a->namespace != !b->namespace || (a->namespace && strcmp(a->namespace, b->namespace)))
		return false;
	return a->want->host == b->want->host && same_labels(a->want->pod, b->want->pod) &&
	       same_labels(a->want->container, b->want->container);
}

static uint32_t workload_for(struct planning *p, struct plan_workload w)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->workload_count; i++)
		if (plan_same_workload(&plan->workloads[i], &w))
			return i;
	if (plan->workload_count == PLAN_WORKLOADS_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, w.want->at,
			"more than %d different choices of workloads in one bundle",
			PLAN_WORKLOADS_MAX);
		return 0;
	}
	plan->workloads = arena_grow(p->arena, plan->workloads, plan->workload_count,
				     &p->workload_room, sizeof(*plan->workloads));
	plan->workloads[plan->workload_count] = w;
	return plan->workload_count++;
}

static void add_workload(struct planning *p, struct plan_hook *h, struct rooms *room,
			 const struct ir_workload *want, const char *namespace, uint64_t bit)
{
	if (want)
		add(p, h, room,
		    (struct plan_condition){
			    .kind = CONDITION_WORKLOAD,
			    .workload = workload_for(p, (struct plan_workload){want, namespace}),
			    .at = want->at,
			    .selectors = bit});
}

void plan_add_process(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t policy,
		      const struct ir_selector *s, uint64_t bit)
{
	const struct ir_policy *of = p->plan->tir->policies[policy].ir;

	add_workload(p, h, room, of->workload, of->namespace, bit);
	add_workload(p, h, room, s->workload, NULL, bit);
	for (size_t i = 0; i < s->pid_count; i++)
		add_pids(p, h, room, &s->pids[i], bit);
	for (size_t i = 0; i < s->capability_count; i++)
		add(p, h, room,
		    (struct plan_condition){.kind = CONDITION_CAPABILITIES,
					    .capabilities = &s->capabilities[i],
					    .at = s->capabilities[i].at,
					    .selectors = bit});
	for (size_t i = 0; i < s->namespace_count; i++)
		add(p, h, room,
		    (struct plan_condition){.kind = CONDITION_NAMESPACES,
					    .namespaces = &s->namespaces[i],
					    .at = s->namespaces[i].at,
					    .selectors = bit});
	add_facts(p, h, room, s, bit);
	add_changes(p, h, room, policy, s, bit);
}
