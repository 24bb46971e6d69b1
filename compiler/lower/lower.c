// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": syntax tree to normal form; policies and hooks. */
#include <string.h>
#include "compiler/base/arena.h"
#include "lower.h"

struct diag *report_value(struct lowering *l, enum diag_id id, const struct ast_str *text,
			  const struct value_error *e)
{
	struct span at;
	struct diag *m;

	ast_str_part(text, e->from, e->to, &at);
	m = diag_at(l->diags, id, at, "%s", e->text);

	if (e->hint)
		diag_hint(l->diags, m, "%s", e->hint);
	else if (e->replacement)
		diag_hint(l->diags, m, "did you mean `%s`?", e->replacement);
	return m;
}

/* ---- hooks ------------------------------------------------------------------------------ */

static enum hook_kind kind_of(enum ast_hook_kind kind, const struct ast_hook *h)
{
	static const enum hook_kind kinds[AST_HOOK_KINDS] = {
		[AST_KPROBE] = HOOK_KPROBE,	    [AST_FENTRY] = HOOK_FENTRY,
		[AST_TRACEPOINT] = HOOK_TRACEPOINT, [AST_LSM] = HOOK_LSM,
		[AST_UPROBE] = HOOK_UPROBE,	    [AST_USDT] = HOOK_USDT,
	};

	return kind == AST_TRACEPOINT && h->raw.value ? HOOK_RAW_TRACEPOINT : kinds[kind];
}

static void lower_place(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	bool function = out->kind == HOOK_KPROBE || out->kind == HOOK_FENTRY;
	bool syscall = function && (!h->syscall.given || h->syscall.value);

	out->symbol_at = at_or(h->symbol.at, h->at);
	out->subsystem = h->subsystem.s ? h->subsystem.s : "";
	out->ignore_missing = h->ignore_missing.value;
	if (function) {
		lower_calls(l, &h->symbol, syscall, &out->calls);
	} else if (h->symbol.s) {
		out->calls = (struct ir_names){.at = h->symbol.at, .n = 1};
		out->calls.v = arena_alloc(l->arena, sizeof(*out->calls.v));
		out->calls.v[0] = (struct ir_name){.at = h->symbol.at, .name = h->symbol.s};
	}
	if (out->kind == HOOK_UPROBE || out->kind == HOOK_USDT)
		lower_probe(l, h, out);
}

static void lower_hook(struct lowering *l, enum ast_hook_kind kind, const struct ast_hook *h,
		       struct ir_hook *out)
{
	out->at = h->at;
	out->kind = kind_of(kind, h);
	out->message = h->message.s ? h->message.s : "";
	out->tags = h->tags.v;
	out->tag_count = h->tags.n;
	lower_place(l, h, out);
	lower_kernel_names(l, h, out);
	lower_args(l, h, out);
	lower_selectors(l, h, out);
}

/* ---- policies --------------------------------------------------------------------------- */

/* Unknown options were reported by the reader. */
static void lower_option(struct lowering *l, const struct ast_option *o, struct ir_policy *out)
{
	enum option_id id = option_find(o->name.s, o->name.len);
	struct value_error e;
	uint32_t value;

	if (id == OPTION_COUNT)
		return;
	if (!option_parse(l->arena, id, &o->value, &value, &e)) {
		report_value(l, DIAG_BAD_OPTION_VALUE, &o->value, &e);
		return;
	}
	switch (id) {
	case OPTION_DISABLE_KPROBE_MULTI:
		out->no_kprobe_multi = value;
		break;
	case OPTION_DISABLE_UPROBE_MULTI:
		out->no_uprobe_multi = value;
		break;
	case OPTION_OVERRIDE_METHOD:
		out->override = (enum override_method)value;
		break;
	case OPTION_POLICY_MODE:
		out->mode = (enum policy_mode)value;
		break;
	default:
		out->preload_size = value;
		break;
	}
}

static void lower_enforcers(struct lowering *l, const struct ast_policy *p, struct ir_policy *out)
{
	out->enforcers = arena_array(l->arena, p->enforcer_count, sizeof(*out->enforcers));
	out->enforcer_count = p->enforcer_count;
	if (p->enforcer_count > 1)
		diag_note_at(
			l->diags,
			diag_at(l->diags, DIAG_ENFORCER, p->enforcers[1].at,
				"a policy has one enforcer: list all functions in its `calls`"),
			p->enforcers[0].at, "the first one is here");
	for (size_t i = 0; i < p->enforcer_count; i++) {
		const struct ast_enforcer *from = &p->enforcers[i];
		struct ir_enforcer *to = &out->enforcers[i];

		to->at = from->at;
		to->calls = arena_array(l->arena, from->calls.n, sizeof(*to->calls));
		if (!from->calls.n)
			diag_at(l->diags, DIAG_NO_VALUES, from->at,
				"an enforcer needs at least one function to act in");
		for (size_t j = 0; j < from->calls.n; j++)
			if (lower_enforcer_call(l, &from->calls.v[j], &to->calls[to->call_count]))
				to->call_count++;
	}
}

/* Of the two methods only fmod-ret reaches security_ functions. */
static void check_method(struct lowering *l, const struct ast_option *option,
			 const struct ir_policy *p)
{
	for (size_t i = 0; i < p->enforcer_count; i++)
		for (size_t j = 0; j < p->enforcers[i].call_count; j++) {
			const struct ir_names *names = &p->enforcers[i].calls[j];

			for (size_t k = 0; k < names->n; k++) {
				struct diag *m;

				if (names->v[k].syscall)
					continue;
				m = diag_at(l->diags, DIAG_ENFORCER, names->v[k].at,
					    "`override-return` cannot act in `%s`: it is no "
					    "system call",
					    names->v[k].name);
				diag_note_at(l->diags, m, option->value.at,
					     "the method is chosen here");
				diag_hint(l->diags, m, "value: \"fmod-ret\"");
				return;
			}
		}
}

static void check_methods(struct lowering *l, const struct ast_policy *p,
			  const struct ir_policy *out)
{
	for (size_t i = 0; i < p->option_count && out->override == OVERRIDE_RETURN; i++)
		if (!strcmp(p->options[i].name.s, "override-method"))
			check_method(l, &p->options[i], out);
}

static void check_loader(struct lowering *l, const struct ir_policy *p)
{
	if (p->loader && p->workload)
		diag_note(l->diags,
			  diag_at(l->diags, DIAG_LOADER, p->workload->at,
				  "`loader` reports every process; it cannot be limited to "
				  "workloads"),
			  "the policy has `loader: true`");
}

static void check_kind(struct lowering *l, const struct ast_policy *p)
{
	static const enum ast_hook_kind kinds[] = {AST_UPROBE, AST_USDT};

	for (size_t i = 0; i < 2; i++)
		if (p->hooks[kinds[i]].n)
			diag_note(l->diags,
				  diag_at(l->diags, DIAG_HOOK_FEATURE, p->hooks[kinds[i]].v[0].at,
					  "a TracingPolicyNamespaced cannot have probes in user "
					  "programs"),
				  "a binary may be shared by many namespaces");
}

static void lower_hooks(struct lowering *l, const struct ast_policy *p, struct ir_policy *out)
{
	size_t count = 0;

	for (int kind = 0; kind < AST_HOOK_KINDS; kind++)
		count += p->hooks[kind].n;
	out->hooks = arena_array(l->arena, count, sizeof(*out->hooks));
	for (enum ast_hook_kind kind = 0; kind < AST_HOOK_KINDS; kind++)
		for (size_t i = 0; i < p->hooks[kind].n; i++)
			lower_hook(l, kind, &p->hooks[kind].v[i], &out->hooks[out->hook_count++]);
}

static void lower_policy(struct lowering *l, const struct ast_policy *p, struct ir_policy *out)
{
	bool namespaced = p->kind.s && !strcmp(p->kind.s, "TracingPolicyNamespaced");

	l->policy = p;
	out->at = p->at;
	out->ast = p;
	out->name = p->name.s;
	out->namespace = namespaced ? p->namespace.s : NULL;
	out->loader = p->loader.value;
	if (out->loader)
		out->loader_hook = lower_loader(l->arena, p->loader.at);
	check_lists(l);
	check_macros(l);
	for (size_t i = 0; i < p->option_count; i++)
		lower_option(l, &p->options[i], out);
	out->workload = lower_workload(l, p->pod_selector, p->container_selector, p->host_selector,
				       namespaced);
	out->nodes = lower_labels(l, p->node_selector);
	if (namespaced)
		check_kind(l, p);
	check_loader(l, out);
	lower_enforcers(l, p, out);
	check_methods(l, p, out);
	lower_hooks(l, p, out);
}

static const char *namespace_of(const struct ast_policy *p)
{
	return p->namespace.s ? p->namespace.s : "";
}

static void check_names(struct lowering *l, const struct ast *ast)
{
	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t j = 0; j < i; j++) {
			const struct ast_policy *a = &ast->policies[j], *b = &ast->policies[i];

			if (!strcmp(a->name.s, b->name.s) &&
			    !strcmp(namespace_of(a), namespace_of(b))) {
				struct diag *m =
					diag_at(l->diags, DIAG_DUPLICATE_POLICY, b->name.at,
						"a second policy named `%s`", b->name.s);

				diag_note_at(l->diags, m, a->name.at, "the first one is here");
				break;
			}
		}
}

struct ir *lower(struct arena *a, struct diags *d, const struct ast *ast)
{
	struct lowering l = {.arena = a, .diags = d};
	struct ir *ir = arena_alloc(a, sizeof(*ir));

	check_names(&l, ast);
	ir->policies = arena_array(a, ast->policy_count, sizeof(*ir->policies));
	ir->policy_count = ast->policy_count;
	for (size_t i = 0; i < ast->policy_count; i++)
		lower_policy(&l, &ast->policies[i], &ir->policies[i]);
	return ir;
}
