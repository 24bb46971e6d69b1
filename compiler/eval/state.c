// SPDX-License-Identifier: Apache-2.0
/* What lasts between events: modes of policies, and what is known of processes. */
#include <string.h>
#include "internal.h"

/* ---- modes (reference 2.14.1) ---------------------------------------------------------- */

static bool list_enforces(const struct ir_actions *list)
{
	for (size_t i = 0; i < list->n; i++)
		if (ir_is_enforcing(list->v[i].action))
			return true;
	return false;
}

/* Of all selectors, with their macros, and of what they do when the call returns. */
static bool policy_enforces(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_selector *s = &p->hooks[i].selectors[j];

			if (list_enforces(&s->actions) || list_enforces(&s->return_actions))
				return true;
		}
	return false;
}

static enum eval_mode first_mode(const struct ir_policy *p)
{
	if (!policy_enforces(p))
		return EVAL_MONITOR_ONLY;
	return p->mode == MODE_MONITOR ? EVAL_MONITOR : EVAL_ENFORCE;
}

struct eval_state *eval_start(struct arena *a, const struct tir *tir)
{
	struct eval_state *s = arena_alloc(a, sizeof(*s));

	s->arena = a;
	s->tir = tir;
	s->modes = arena_array(a, tir->policy_count, sizeof(*s->modes));
	for (size_t i = 0; i < tir->policy_count; i++)
		s->modes[i] = first_mode(tir->policies[i].ir);
	return s;
}

void eval_set_host(struct eval_state *s, const uint32_t namespaces[NS_COUNT])
{
	memcpy(s->host, namespaces, sizeof(s->host));
}

enum eval_mode eval_mode_of(const struct eval_state *s, size_t policy)
{
	return s->modes[policy];
}

bool eval_set_mode(struct eval_state *s, size_t policy, enum eval_mode mode)
{
	bool enforces = policy_enforces(s->tir->policies[policy].ir);

	if (mode == EVAL_ENFORCE && !enforces)
		return false;
	s->modes[policy] = mode == EVAL_MONITOR && !enforces ? EVAL_MONITOR_ONLY : mode;
	return true;
}

/* ---- processes ------------------------------------------------------------------------- */

bool state_follows(const struct eval_state *s, uint32_t pid, const struct ir_binaries *entry)
{
	for (size_t i = 0; i < s->followed.n; i++)
		if (s->followed.v[i].pid == pid && s->followed.v[i].entry == entry)
			return true;
	return false;
}

static void follow(struct eval_state *s, uint32_t pid, const struct ir_binaries *entry)
{
	struct followed *f;

	if (state_follows(s, pid, entry))
		return;
	f = TABLE_ADD(s, followed);
	f->pid = pid;
	f->entry = entry;
}

struct recorded *state_recorded(struct eval_state *s, uint32_t pid, size_t policy)
{
	for (size_t i = 0; i < s->recorded.n; i++)
		if (s->recorded.v[i].pid == pid && s->recorded.v[i].policy == policy)
			return &s->recorded.v[i];
	return NULL;
}

/* Each policy has a record of its own, so that what one has reported hides nothing from another. */
static void record(struct eval_state *s, const struct eval_process *p)
{
	for (size_t policy = 0; policy < s->tir->policy_count; policy++) {
		struct recorded *r = state_recorded(s, p->record.pid, policy);

		if (!r)
			r = TABLE_ADD(s, recorded);
		r->pid = p->record.pid;
		r->policy = policy;
		memcpy(r->namespaces, p->namespaces, sizeof(r->namespaces));
		memcpy(r->capabilities, p->capabilities, sizeof(r->capabilities));
	}
}

void eval_fork(struct eval_state *s, const struct eval_process *child)
{
	size_t count = s->followed.n;

	eval_exit(s, child->record.pid); /* the number may have been another process's */
	record(s, child);
	for (size_t i = 0; i < s->followed.n && i < count; i++)
		if (s->followed.v[i].pid == child->record.parent_pid)
			follow(s, child->record.pid, s->followed.v[i].entry);
}

static void follow_listed(struct eval_state *s, const struct eval_record *r,
			  const struct ir_binaries *entries, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (entries[i].follow_children && binary_listed(&entries[i], r))
			follow(s, r->pid, &entries[i]);
}

void eval_exec(struct eval_state *s, const struct eval_process *process)
{
	record(s, process);
	for (size_t i = 0; i < s->tir->policy_count; i++) {
		const struct ir_policy *p = s->tir->policies[i].ir;

		for (size_t j = 0; j < p->hook_count; j++)
			for (size_t k = 0; k < p->hooks[j].selector_count; k++) {
				const struct ir_selector *sel = &p->hooks[j].selectors[k];

				follow_listed(s, &process->record, sel->binaries,
					      sel->binary_count);
				follow_listed(s, &process->record, sel->parent_binaries,
					      sel->parent_binary_count);
			}
	}
}

void eval_exit(struct eval_state *s, uint32_t pid)
{
	for (size_t i = s->followed.n; i-- > 0;)
		if (s->followed.v[i].pid == pid)
			TABLE_DROP(s, followed, i);
	for (size_t i = s->recorded.n; i-- > 0;)
		if (s->recorded.v[i].pid == pid)
			TABLE_DROP(s, recorded, i);
	for (size_t i = s->notified.n; i-- > 0;)
		if (s->notified.v[i].pid == pid)
			TABLE_DROP(s, notified, i);
	for (size_t i = s->entered.n; i-- > 0;)
		if (s->entered.v[i].pid == pid)
			TABLE_DROP(s, entered, i);
}
