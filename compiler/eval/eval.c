// SPDX-License-Identifier: Apache-2.0
/* One event, policy by policy, in the order of the language reference, section 4.1. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "internal.h"

bool miss(struct evaluation *e, const char *format, ...)
{
	char *text = NULL;
	va_list args;
	int len;

	va_start(args, format);
	len = vasprintf(&text, format, args);
	va_end(args);
	e->why = len < 0 ? "" : arena_strndup(e->arena, text, (size_t)len);
	free(text);
	return false;
}

const char *eval_section_name(enum eval_section section)
{
	static const char *const names[EVAL_SECTIONS] = {
		[EVAL_WORKLOADS] = "matchWorkloads",
		[EVAL_BINARIES] = "matchBinaries",
		[EVAL_PARENT_BINARIES] = "matchParentBinaries",
		[EVAL_PIDS] = "matchPIDs",
		[EVAL_NAMESPACES] = "matchNamespaces",
		[EVAL_CAPABILITIES] = "matchCapabilities",
		[EVAL_NAMESPACE_CHANGES] = "matchNamespaceChanges",
		[EVAL_CAPABILITY_CHANGES] = "matchCapabilityChanges",
		[EVAL_ARGS] = "matchArgs",
		[EVAL_DATA] = "matchData",
		[EVAL_RETURN_ARGS] = "matchReturnArgs",
	};

	return names[section];
}

/* ---- a selector: all sections, and all entries of each, must hold ---------------------- */

static const struct tir_arg *argument_of(const struct tir_hook *h, enum ir_section section,
					 const struct tir_filter *f)
{
	if (f->op == OP_CEL_EXPR)
		return NULL; /* it names its arguments itself */
	if (section == IR_RETURN)
		return h->return_arg;
	return section == IR_DATA ? &h->data[f->arg] : &h->args[f->arg];
}

static bool filters_hold(struct evaluation *e, const struct tir_selector *s,
			 enum ir_section section, size_t *entry)
{
	const struct tir_filters *list = &s->filters[section];

	for (*entry = 0; *entry < list->n; ++*entry)
		if (!filter_holds(e, &list->v[*entry],
				  argument_of(e->hook, section, &list->v[*entry])))
			return false;
	return true;
}

/* All entries of a section; `*entry` is then the first one that does not hold. */
#define EVERY(name, type, holds)                                                                   \
	static bool name(struct evaluation *e, const struct type *v, size_t n, size_t *entry)      \
	{                                                                                          \
		for (*entry = 0; *entry < n; ++*entry)                                             \
			if (!holds(e, &v[*entry]))                                                 \
				return false;                                                      \
		return true;                                                                       \
	}
EVERY(every_binaries, ir_binaries, binaries_hold)
EVERY(every_parent, ir_binaries, parent_binaries_hold)
EVERY(every_pids, ir_pids, pids_hold)
EVERY(every_namespace, ir_namespaces, namespaces_hold)
EVERY(every_capability, ir_capabilities, capabilities_hold)
EVERY(every_namespace_change, ir_namespace_changes, namespace_changes_hold)
EVERY(every_capability_change, ir_capabilities, capability_changes_hold)

static bool section_holds(struct evaluation *e, const struct tir_selector *s,
			  enum eval_section section, size_t *entry)
{
	const struct ir_selector *ir = s->ir;

	*entry = 0;
	switch (section) {
	case EVAL_WORKLOADS:
		return workload_holds(e, ir->workload, NULL);
	case EVAL_BINARIES:
		return every_binaries(e, ir->binaries, ir->binary_count, entry);
	case EVAL_PARENT_BINARIES:
		return every_parent(e, ir->parent_binaries, ir->parent_binary_count, entry);
	case EVAL_PIDS:
		return every_pids(e, ir->pids, ir->pid_count, entry);
	case EVAL_NAMESPACES:
		return every_namespace(e, ir->namespaces, ir->namespace_count, entry);
	case EVAL_CAPABILITIES:
		return every_capability(e, ir->capabilities, ir->capability_count, entry);
	case EVAL_NAMESPACE_CHANGES:
		return every_namespace_change(e, ir->namespace_changes, ir->namespace_change_count,
					      entry);
	case EVAL_CAPABILITY_CHANGES:
		return every_capability_change(e, ir->capability_changes,
					       ir->capability_change_count, entry);
	case EVAL_ARGS:
		return filters_hold(e, s, IR_ARGS, entry);
	case EVAL_DATA:
		return filters_hold(e, s, IR_DATA, entry);
	default:
		return filters_hold(e, s, IR_RETURN, entry);
	}
}

/* The sections from `first` to `last`, in the order of evaluation. */
static bool sections_hold(struct evaluation *e, size_t selector, enum eval_section first,
			  enum eval_section last, struct eval_miss *out)
{
	for (enum eval_section section = first; section <= last; section++) {
		size_t entry;

		if (section_holds(e, &e->hook->selectors[selector], section, &entry))
			continue;
		*out = (struct eval_miss){selector, section, entry, e->why};
		return false;
	}
	return true;
}

/* ---- entry and return --------------------------------------------------------------------------
 */

static bool watches_return(const struct tir_hook *h)
{
	for (size_t i = 0; i < h->arg_count; i++)
		if (h->args[i].ir->return_copy)
			return true;
	return h->return_arg;
}

static struct entered *find_entered(struct evaluation *e)
{
	const struct eval_process *p = &e->event->process;

	for (size_t i = 0; i < e->state->entered.n; i++) {
		struct entered *c = &e->state->entered.v[i];

		if (c->hook == e->hook && c->pid == p->record.pid && c->tid == p->tid)
			return c;
	}
	return NULL;
}

static void forget_entered(struct evaluation *e)
{
	struct entered *c = find_entered(e);

	if (c)
		TABLE_DROP(e->state, entered, c - e->state->entered.v);
}

/* A call within a call of the same thread takes the place of the outer one. */
static void remember_entered(struct evaluation *e, const struct eval_result *r)
{
	struct entered *c;

	forget_entered(e);
	c = TABLE_ADD(e->state, entered);
	c->hook = e->hook;
	c->pid = e->event->process.record.pid;
	c->tid = e->event->process.tid;
	c->entry = *r;
	c->entry.done = NULL;
	c->entry.misses = NULL;
	c->entry.done_count = c->entry.miss_count = 0;
}

/* An event that was sent has told of these changes: the next one must be about others. */
static void update_recorded(struct evaluation *e, const struct ir_selector *s)
{
	const struct eval_process *p = &e->event->process;
	struct recorded *r = state_recorded(e->state, p->record.pid, e->policy);

	if (r && s->namespace_change_count)
		memcpy(r->namespaces, p->namespaces, sizeof(r->namespaces));
	if (r && s->capability_change_count)
		memcpy(r->capabilities, p->capabilities, sizeof(r->capabilities));
}

static void emit_event(struct evaluation *e, struct eval_result *r)
{
	r->emitted = r->posts;
	if (r->emitted)
		update_recorded(e, e->hook->selectors[r->selector].ir);
	else
		r->request = r->return_request = NULL;
}

static void enter(struct evaluation *e, struct eval_result *r)
{
	run_actions(e, &e->hook->selectors[r->selector].ir->actions, r);
	if (!watches_return(e->hook)) {
		emit_event(e, r);
		return;
	}
	r->held = r->posts;
	remember_entered(e, r);
	r->request = NULL; /* made when the event is whole */
}

/* The first selector whose sections all hold wins. */
static void call(struct evaluation *e, struct eval_result *r)
{
	struct eval_miss *misses = arena_array(e->arena, e->hook->selector_count, sizeof(*misses));

	r->misses = misses;
	for (size_t i = 0; i < e->hook->selector_count; i++) {
		if (!sections_hold(e, i, EVAL_WORKLOADS, EVAL_DATA, &misses[r->miss_count])) {
			r->miss_count++;
			continue;
		}
		r->outcome = EVAL_MATCHED;
		r->selector = i;
		enter(e, r);
		return;
	}
	r->outcome = EVAL_NO_SELECTOR;
	forget_entered(e);
}

/* The selector that won when the call began is asked again, and no other. */
static void finish(struct evaluation *e, struct eval_result *r, const struct eval_result *entry)
{
	struct eval_miss *missed = arena_alloc(e->arena, sizeof(*missed));
	bool posts = entry->posts;

	r->selector = entry->selector;
	r->action = entry->action;
	r->misses = missed;
	if (!sections_hold(e, r->selector, EVAL_RETURN_ARGS, EVAL_RETURN_ARGS, missed)) {
		r->outcome = EVAL_RETURN_FAILED;
		r->miss_count = 1;
		return;
	}
	*r = *entry;
	r->held = false;
	e->silent = !posts;
	run_actions(e, &e->hook->selectors[r->selector].ir->return_actions, r);
	r->posts &= posts;
	emit_event(e, r);
}

static void returned(struct evaluation *e, struct eval_result *r)
{
	struct entered *c = find_entered(e);
	struct eval_result entry;

	r->outcome = EVAL_NOT_ENTERED;
	if (!c)
		return;
	entry = c->entry;
	forget_entered(e);
	finish(e, r, &entry);
	run_return_action(e);
}

/* ---- which hooks are meant
 * ---------------------------------------------------------- */

static bool same(const char *a, const char *b)
{
	return a && b && !strcmp(a, b);
}

static bool place_meant(const struct ir_place *p, const struct eval_event *e)
{
	return p->offset == e->offset && (p->kind != PLACE_SYMBOL || same(p->symbol, e->symbol));
}

static bool uprobe_meant(const struct ir_hook *h, const struct eval_event *e)
{
	if (!same(h->path->s, e->path))
		return false;
	for (size_t i = 0; i < h->place_count; i++)
		if (place_meant(&h->places[i], e))
			return true;
	return false;
}

static bool hook_meant(const struct tir_hook *h, const struct eval_event *e)
{
	enum hook_kind kind = h->ir->kind == HOOK_FENTRY ? HOOK_KPROBE : h->ir->kind;

	if (!h->found || kind != (e->kind == HOOK_FENTRY ? HOOK_KPROBE : e->kind))
		return false;
	switch (kind) {
	case HOOK_UPROBE:
		return uprobe_meant(h->ir, e);
	case HOOK_USDT:
		return same(h->ir->path->s, e->path) && same(h->ir->subsystem, e->subsystem) &&
		       same(h->symbol, e->symbol);
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return same(h->ir->subsystem, e->subsystem) && same(h->symbol, e->symbol);
	default:
		return same(h->symbol, e->symbol);
	}
}

/* ---- one policy's hook
 * -------------------------------------------------------------- */

static void evaluate_hook(struct evaluation *e, struct eval_result *r)
{
	const struct ir_policy *p = e->state->tir->policies[e->policy].ir;

	*r = (struct eval_result){
		.policy = e->policy,
		.hook = e->hook,
		.action = TG_ACTION_POST,
		.return_action = TG_ACTION_POST,
	};
	if (e->state->modes[e->policy] == EVAL_OFF)
		r->outcome = EVAL_IS_OFF;
	else if (e->event->at_return)
		returned(e, r);
	else if (!workload_holds(e, p->workload, p->namespace))
		r->outcome = EVAL_NOT_SELECTED;
	else
		call(e, r);
}

static void evaluate_policies(struct arena *a, struct eval_state *s, const struct eval_event *event,
			      struct eval_verdict *v)
{
	size_t room = 0;

	for (size_t i = 0; i < s->tir->policy_count; i++) {
		const struct tir_policy *p = &s->tir->policies[i];

		for (size_t j = 0; j < p->hook_count; j++) {
			struct evaluation e = {.arena = a,
					       .state = s,
					       .event = event,
					       .policy = i,
					       .hook = &p->hooks[j]};

			if (!hook_meant(&p->hooks[j], event))
				continue;
			v->results = arena_grow(a, v->results, v->result_count, &room,
						sizeof(*v->results));
			evaluate_hook(&e, &v->results[v->result_count++]);
		}
	}
}

/* ---- all together ---------------------------------------------------------------------- */

const struct eval_verdict *eval_event(struct arena *a, struct eval_state *s,
				      const struct eval_event *e)
{
	struct eval_verdict *v = arena_alloc(a, sizeof(*v));

	settle_owners(s);
	evaluate_policies(a, s, e, v);
	run_enforcers(a, s, e, v);
	add_effects(v, e->at_return);
	return v;
}
