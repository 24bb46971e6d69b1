// SPDX-License-Identifier: Apache-2.0
/* What comes of an event for the process: all policies together, and the enforcers. */
#include <string.h>
#include "internal.h"
#include "compiler/values/pattern.h"

/* ---- enforcers: in their functions, after the policies' own hooks
 * ------------------- */

static bool name_meant(struct arena *a, const struct ir_name *n, const char *symbol)
{
	static const char *const prefixes[] = {"__x64_", "__ia32_", "__arm64_"};

	for (size_t i = 0; n->syscall && i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(n->name, prefixes[i], strlen(prefixes[i])))
			return !strcmp(n->name, symbol);
	return !strcmp(n->syscall ? arena_printf(a, "%s%s", abi_prefix(n->abi), n->name) : n->name,
		       symbol);
}

static bool matches_pattern(struct arena *a, const struct ast_str *text, const char *symbol)
{
	struct value_error error;
	struct pattern *p = pattern_compile(a, text, &error);
	bool found = p && pattern_match(p, symbol, strlen(symbol)) == 1;

	pattern_free(p);
	return found;
}

static bool names_meant(struct arena *a, const struct ir_names *names, const char *symbol)
{
	if (names->source == NAMES_SYSCALLS)
		return !strncmp(symbol, "__x64_sys_", 10);
	if (names->source == NAMES_FTRACE)
		return matches_pattern(a, names->pattern, symbol);
	for (size_t i = 0; i < names->n; i++)
		if (name_meant(a, &names->v[i], symbol))
			return true;
	return false;
}

static bool enforces_here(struct arena *a, const struct ir_policy *p, const char *symbol)
{
	for (size_t i = 0; i < p->enforcer_count; i++)
		for (size_t j = 0; j < p->enforcers[i].call_count; j++)
			if (names_meant(a, &p->enforcers[i].calls[j], symbol))
				return true;
	return false;
}

void run_enforcers(struct arena *a, struct eval_state *s, const struct eval_event *event,
		   struct eval_verdict *v)
{
	bool call = event->symbol && (event->kind == HOOK_KPROBE || event->kind == HOOK_FENTRY);

	v->enforced = arena_array(a, s->tir->policy_count, sizeof(*v->enforced));
	for (size_t i = 0; call && !event->at_return && i < s->tir->policy_count; i++) {
		struct evaluation e = {.arena = a, .state = s, .event = event, .policy = i};
		struct notified *n = find_notified(&e);

		if (!n || !enforces_here(a, s->tir->policies[i].ir, event->symbol))
			continue;
		v->enforced[v->enforced_count++] = (struct eval_enforced){i, n->signal, n->error};
		TABLE_DROP(s, notified, n - s->notified.v);
	}
}

/* ---- all together: what the process gets
 * -------------------------------------------- */

static bool is_signal(const struct ir_action *a)
{
	return a->action == TG_ACTION_SIGNAL || a->action == TG_ACTION_SIGKILL;
}

static bool same_signal(const struct ir_action *a, const struct ir_action *b)
{
	return is_signal(a) && is_signal(b) && a->value == b->value;
}

static bool was_done(const struct eval_verdict *v, const struct ir_action *a)
{
	for (size_t i = 0; i < v->result_count; i++)
		for (size_t j = 0; j < v->results[i].done_count; j++) {
			const struct eval_done *d = &v->results[i].done[j];

			if (!d->monitored && same_signal(d->action, a))
				return true;
		}
	return false;
}

static void add_signal(struct eval_verdict *v, int32_t signal)
{
	for (size_t i = 0; i < v->signal_count; i++)
		if (v->signals[i] == signal)
			return;
	if (v->signal_count < EVAL_SIGNALS)
		v->signals[v->signal_count++] = signal;
}

static void add_named_signal(struct eval_verdict *v, const struct ir_action *a)
{
	if (is_signal(a) && was_done(v, a))
		add_signal(v, a->value);
}

/* Of several errors that of the first policy that has won with one. */
static void add_override(struct eval_verdict *v, const struct eval_result *r)
{
	for (size_t i = 0; i < r->done_count && !v->overridden; i++) {
		const struct ir_action *a = r->done[i].action;

		if (r->done[i].monitored || a->action != TG_ACTION_OVERRIDE)
			continue;
		v->overridden = true;
		v->value = a->value;
		v->override = a;
	}
}

static void add_enforced(struct eval_verdict *v)
{
	for (size_t i = 0; i < v->enforced_count; i++) {
		const struct eval_enforced *n = &v->enforced[i];

		if (n->signal)
			add_signal(v, n->signal);
		if (!n->error || v->overridden)
			continue;
		v->overridden = true;
		v->value = n->error;
	}
}

/*
 * Signals once each, in the order in which the policies name them first, whoever won. A call
 * returns once.
 */
void add_effects(struct eval_verdict *v, bool at_return)
{
	for (size_t i = 0; i < v->result_count; i++) {
		const struct tir_hook *h = v->results[i].hook;

		for (size_t j = 0; j < h->selector_count; j++) {
			const struct ir_selector *s = h->selectors[j].ir;
			const struct ir_actions *list =
				at_return ? &s->return_actions : &s->actions;

			for (size_t k = 0; k < list->n; k++)
				add_named_signal(v, &list->v[k]);
		}
		add_override(v, &v->results[i]);
	}
	add_enforced(v);
}
