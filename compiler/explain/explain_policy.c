// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: the policy as a whole: its scope, mode, hooks, enforcer. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_parts.h"

/* ---- workloads --------------------------------------------------------------------------------
 */

static const char *requirement_words(struct arena *a, const struct ir_requirement *r)
{
	const char *key = doc_quote_word(a, r->key);
	const char *values = doc_strings(a, r->values, r->value_count, "or");

	switch (r->op) {
	case LABEL_IN:
		return arena_printf(a, "%s is %s", key, values);
	case LABEL_NOT_IN:
		return arena_printf(a, "%s (if there is one) is not %s", key, values);
	case LABEL_EXISTS:
		return arena_printf(a, "%s has any value", key);
	default:
		return arena_printf(a, "%s is missing", key);
	}
}

static const char *labels_words(struct arena *a, const struct ir_label_selector *s,
				const char *noun)
{
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < s->n; i++)
		doc_list_add(a, &l, arena_printf(a, "%s%s", noun, requirement_words(a, &s->v[i])));
	return doc_list_text(a, &l, "and");
}

/* A container is selected by its properties `name` and `repo`. */
static const char *container_words(struct arena *a, const struct ir_label_selector *s)
{
	return s && s->n ? arena_printf(a, "the containers whose %s, of", labels_words(a, s, ""))
			 : "all containers of";
}

static const char *pod_words(struct arena *a, const struct ir_label_selector *s)
{
	return s->n ? arena_printf(a, "pods whose %s", labels_words(a, s, "label ")) : "all pods";
}

const char *workload_words(struct arena *a, const struct ir_workload *w)
{
	const char *pods = w->pod ? arena_printf(a, "%s %s", container_words(a, w->container),
						 pod_words(a, w->pod))
				  : NULL;

	if (!pods)
		return "the host, outside of all pods";
	return w->host ? arena_printf(a, "%s, and the host outside of all pods", pods) : pods;
}

/* ---- the paragraph on scope ---------------------------------------------------------------------
 */

static void say_scope(struct explaining *x)
{
	const struct ir_policy *p = x->policy;

	doc_heading(&x->doc, 2, "Scope");
	if (p->namespace)
		doc_say(&x->doc,
			"The policy applies in the Kubernetes namespace %s, and to no process "
			"outside of it. ",
			doc_quote_word(x->arena, p->namespace));
	if (p->workload)
		doc_say(&x->doc, "%s applies to %s. ", p->namespace ? "It" : "The policy",
			workload_words(x->arena, p->workload));
	if (p->workload && !p->workload->host)
		doc_say(&x->doc, "Processes of the host are not watched. ");
	if (!p->namespace && !p->workload)
		doc_say(&x->doc, "The policy applies to every process of the machine, inside and "
				 "outside of containers. ");
	if (p->nodes)
		doc_say(&x->doc, "It is for machines (nodes) whose %s. ",
			p->nodes->n ? labels_words(x->arena, p->nodes, "label ")
				    : "labels are any");
	doc_end(&x->doc);
}

/* ---- what it can do
 * ------------------------------------------------------------------------------- */

static bool enforces(const struct ir_policy *p)
{
	for (size_t i = 0; i < p->hook_count; i++)
		for (size_t j = 0; j < p->hooks[i].selector_count; j++) {
			const struct ir_selector *s = &p->hooks[i].selectors[j];

			for (size_t k = 0; k < s->actions.n; k++)
				if (ir_is_enforcing(s->actions.v[k].action))
					return true;
			for (size_t k = 0; k < s->return_actions.n; k++)
				if (ir_is_enforcing(s->return_actions.v[k].action))
					return true;
		}
	return false;
}

static void say_summary(struct explaining *x)
{
	const struct ir_policy *p = x->policy;
	const struct source *f = sources_get(x->sources, p->at.file);

	doc_say(&x->doc, "A %s with %zu hook%s, from %s, line %u. ",
		p->namespace ? "TracingPolicyNamespaced" : "TracingPolicy", p->hook_count,
		p->hook_count == 1 ? "" : "s", doc_quote_word(x->arena, f->name),
		source_place(f, p->at.start).line);
	if (!p->hook_count && p->loader)
		doc_say(&x->doc, "It has no rules. ");
	else if (!enforces(p))
		doc_say(&x->doc, "It only watches: nothing is stopped, killed or changed. ");
	else if (p->mode == MODE_MONITOR)
		doc_say(&x->doc, "It is in monitor mode: what it would stop, kill or change is "
				 "reported, and goes on. ");
	else
		doc_say(&x->doc, "It enforces: the rules below say what is stopped, killed or "
				 "changed. ");
	if (p->loader)
		doc_say(&x->doc, "It reports each file with a build id that a process maps "
				 "(`loader`), once per process and path. ");
	doc_end(&x->doc);
}

static void say_unfinished(struct explaining *x)
{
	const struct ast_policy *ast = x->policy->ast;
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < ast->gap_count; i++) {
		bool again = false;

		for (size_t j = 0; j < l.n; j++)
			again |= !strcmp(l.v[j], ast->gaps[i].what);
		if (!again)
			doc_list_add(x->arena, &l, ast->gaps[i].what);
	}
	if (!l.n)
		return;
	doc_say(&x->doc,
		"This version of tgc can explain and check the policy, but refuses to compile it: "
		"%s %s not supported yet.",
		doc_list_text(x->arena, &l, "and"), l.n > 1 ? "are" : "is");
	doc_end(&x->doc);
}

static void say_enforcers(struct explaining *x)
{
	const struct ir_policy *p = x->policy;
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < p->enforcer_count; i++)
		for (size_t j = 0; j < p->enforcers[i].call_count; j++)
			for (size_t k = 0; k < p->enforcers[i].calls[j].n; k++)
				doc_list_add(x->arena, &l,
					     doc_quote_word(x->arena,
							    p->enforcers[i].calls[j].v[k].name));
	if (!l.n)
		return;
	doc_heading(&x->doc, 2, "Enforcer");
	doc_say(&x->doc,
		"When a rule has told the enforcer of a thread, and that thread then calls one of "
		"these functions, the function is refused or the process signalled, once: %s.",
		doc_list_text(x->arena, &l, "and"));
	doc_end(&x->doc);
}

void explain_policy(struct explaining *x)
{
	doc_heading(&x->doc, 1, "Policy %s", x->policy->name);
	say_summary(x);
	say_unfinished(x);
	say_scope(x);
	for (size_t i = 0; i < x->policy->hook_count; i++)
		explain_hook(x, i);
	say_enforcers(x);
	explain_gaps(x);
}
