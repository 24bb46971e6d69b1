// SPDX-License-Identifier: Apache-2.0
/* Stage "lower": syntax tree to normal form. */
#include <string.h>
#include "arena.h"
#include "diag.h"
#include "ir.h"

#define ERRNO_MAX 4095

struct lowering {
	struct arena *arena;
	struct diags *diags;
};

static struct span at_or(struct span at, struct span otherwise)
{
	return at.end > at.start ? at : otherwise;
}

/* The argument a filter means: `args: [n]` counts the list, `index: n` names a position. */
static bool filter_arg(struct lowering *l, const struct ast_filter *f, const struct ir_hook *hook,
		       uint32_t *out)
{
	int64_t index = f->index.given ? f->index.value : 0;
	struct diag *m;

	if (f->args.n) {
		if (f->args.n == 1 && f->args.v[0].value < (int64_t)hook->arg_count) {
			*out = (uint32_t)f->args.v[0].value;
			return true;
		}
		m = diag_at(l->diags, DIAG_FILTER_ARG, f->args.at,
			    f->args.n > 1 ? "this operator compares one argument"
					  : "there is no such entry in this hook's `args`");
		diag_note(l->diags, m, "the hook lists %zu argument%s, counted from 0",
			  hook->arg_count, hook->arg_count == 1 ? "" : "s");
		return false;
	}
	for (size_t i = 0; i < hook->arg_count; i++)
		if (hook->args[i].position == index) {
			*out = (uint32_t)i;
			return true;
		}
	if (hook->kind == TG_HOOK_TRACEPOINT && index < (int64_t)hook->arg_count) {
		*out = (uint32_t)index;
		return true;
	}
	m = diag_at(l->diags, DIAG_FILTER_ARG, at_or(f->index.at, f->at),
		    "no entry of this hook's `args` has index %lld", (long long)index);
	if (!f->index.given)
		diag_note(l->diags, m, "a filter without `index` means argument 0");
	diag_hint(l->diags, m, "list it: `args: [{index: %lld, type: ...}]`", (long long)index);
	return false;
}

static bool lower_filter(struct lowering *l, const struct ast_filter *f, const struct ir_hook *hook,
			 struct ir_filter *out)
{
	*out = (struct ir_filter){
		.at = at_or(f->op.at, f->at),
		.op = op_find(f->op.s),
		.values = f->values.v,
		.value_count = f->values.n,
	};
	if (!f->values.n) {
		struct diag *m = diag_at(l->diags, DIAG_NO_VALUES, f->at,
					 "`%s` needs at least one value", f->op.s);
		diag_note(l->diags, m,
			  "Tetragon accepts an empty list, but what it then compares with is "
			  "not defined");
		return false;
	}
	return filter_arg(l, f, hook, &out->arg);
}

/* Names that are no system call's go on: typecheck says more of a function that is not there. */
static bool is_syscall(const struct ir_hook *hook)
{
	return hook->syscall && strstr(hook->symbol, "_sys_");
}

static void report_override(struct lowering *l, const struct ir_hook *hook, struct span at)
{
	struct diag *m;

	if (is_syscall(hook)) {
		m = diag_at(l->diags, DIAG_NOT_SUPPORTED_YET, at,
			    "`Override` of a system call is part of the language but not supported "
			    "by this version of tgc");
	} else if (hook->kind == TG_HOOK_TRACEPOINT) {
		m = diag_at(l->diags, DIAG_OVERRIDE, at,
			    "`Override` cannot act on the tracepoint `%s`", hook->symbol);
		diag_note(l->diags, m,
			  "a tracepoint only observes; Tetragon accepts the action there and "
			  "does nothing");
	} else {
		m = diag_at(l->diags, DIAG_OVERRIDE, at,
			    "`Override` cannot act on the function `%s`", hook->symbol);
		diag_note(l->diags, m,
			  "only LSM hooks and `security_*` functions can be overridden");
	}
	diag_hint(l->diags, m, "move the rule to the LSM hook that guards this operation");
}

static bool override_possible(const struct ir_hook *hook)
{
	if (hook->kind == TG_HOOK_KPROBE)
		return hook->syscall ? !is_syscall(hook) : !strncmp(hook->symbol, "security_", 9);
	return hook->kind == TG_HOOK_LSM;
}

static void report_override_value(struct lowering *l, const struct ast_action *a)
{
	struct span at = at_or(a->arg_error.at, a->at);
	long long value = a->arg_error.value;
	struct diag *m;

	if (!value) {
		m = diag_at(l->diags, DIAG_OVERRIDE_VALUE, at,
			    a->arg_error.given
				    ? "`Override` with error 0 denies nothing"
				    : "`Override` needs `argError`, the error to return");
		diag_hint(l->diags, m, "argError: -1   # -EPERM, operation not permitted");
		return;
	}
	m = diag_at(l->diags, DIAG_OVERRIDE_VALUE, at,
		    "%lld is not a kernel error: they lie between -%d and -1", value, ERRNO_MAX);
	if (value > 0 && value <= ERRNO_MAX) {
		diag_hint(l->diags, m, "argError: -%lld", value);
		diag_fix(l->diags, m, at, arena_printf(l->arena, "-%lld", value));
	}
}

static bool lower_override(struct lowering *l, const struct ast_action *a,
			   const struct ir_hook *hook, struct ir_action *out)
{
	if (!override_possible(hook)) {
		report_override(l, hook, a->action.at);
		return false;
	}
	out->value = (int32_t)a->arg_error.value;
	if (a->arg_error.value >= -ERRNO_MAX && a->arg_error.value < 0)
		return true;
	report_override_value(l, a);
	return false;
}

static bool lower_signal(struct lowering *l, const struct ast_action *a, struct ir_action *out)
{
	struct diag *m;

	out->value = (int32_t)a->arg_sig.value;
	if (a->arg_sig.given && a->arg_sig.value >= 1 && a->arg_sig.value <= 64)
		return true;
	m = diag_at(l->diags, DIAG_SIGNAL_VALUE, at_or(a->arg_sig.at, a->at),
		    a->arg_sig.given ? "%lld is not a signal number: they lie between 1 and 64"
				     : "`Signal` needs `argSig`, the number of the signal",
		    (long long)a->arg_sig.value);
	diag_hint(l->diags, m, "argSig: 15   # SIGTERM");
	return false;
}

static bool lower_action(struct lowering *l, const struct ast_action *a, const struct ir_hook *hook,
			 struct ir_action *out)
{
	out->at = a->at;
	out->action = (enum tg_action)action_find(a->action.s);
	switch (out->action) {
	case TG_ACTION_OVERRIDE:
		return lower_override(l, a, hook, out);
	case TG_ACTION_SIGNAL:
		return lower_signal(l, a, out);
	case TG_ACTION_SIGKILL:
		out->value = 9;
		return true;
	default:
		return true;
	}
}

/* A call returns once: another error in the same selector contradicts the first. */
static void check_one_override(struct lowering *l, const struct ir_selector *s)
{
	const struct ir_action *first = NULL;

	for (size_t i = 0; i < s->action_count; i++) {
		const struct ir_action *a = &s->actions[i];
		struct diag *m;

		if (a->action != TG_ACTION_OVERRIDE)
			continue;
		if (!first)
			first = a;
		if (a->value == first->value)
			continue;
		m = diag_at(l->diags, DIAG_OVERRIDE_VALUE, a->at,
			    "a second `Override` in this selector returns another error");
		diag_note_at(l->diags, m, first->at, "the first one is here");
	}
}

static void lower_actions(struct lowering *l, const struct ast_selector *s,
			  const struct ir_hook *hook, struct ir_selector *out)
{
	out->posts = true;
	out->last_action = TG_ACTION_POST;
	out->actions = arena_array(l->arena, s->action_count, sizeof(*out->actions));
	for (size_t i = 0; i < s->action_count; i++) {
		struct ir_action *to = &out->actions[out->action_count];

		if (!lower_action(l, &s->actions[i], hook, to))
			continue;
		out->last_action = to->action;
		if (to->action == TG_ACTION_NOPOST)
			out->posts = false;
		out->action_count++;
	}
	check_one_override(l, out);
}

static void lower_binaries(struct lowering *l, const struct ast_selector *s,
			   struct ir_selector *out)
{
	out->binaries = arena_array(l->arena, s->binary_count, sizeof(*out->binaries));
	for (size_t i = 0; i < s->binary_count; i++) {
		const struct ast_binaries *b = &s->binaries[i];

		if (!b->values.n) {
			struct diag *m = diag_at(l->diags, DIAG_NO_VALUES, b->at,
						 "`matchBinaries` needs at least one path");

			diag_note(l->diags, m,
				  "Tetragon ignores such an entry: every binary would pass");
			continue;
		}
		out->binaries[out->binary_count++] = (struct ir_binaries){
			.at = b->at,
			.negated = !strcmp(b->op.s, "NotIn"),
			.values = b->values.v,
			.value_count = b->values.n,
		};
	}
}

static void lower_selector(struct lowering *l, const struct ast_selector *s,
			   const struct ir_hook *hook, struct ir_selector *out)
{
	out->at = s->at;
	out->filters = arena_array(l->arena, s->arg_count, sizeof(*out->filters));
	for (size_t i = 0; i < s->arg_count; i++)
		if (lower_filter(l, &s->args[i], hook, &out->filters[out->filter_count]))
			out->filter_count++;
	lower_binaries(l, s, out);
	lower_actions(l, s, hook, out);
}

static void lower_args(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	out->args = arena_array(l->arena, h->arg_count, sizeof(*out->args));
	out->arg_count = h->arg_count;
	for (size_t i = 0; i < h->arg_count; i++) {
		const struct ast_arg *a = &h->args[i];

		out->args[i] = (struct ir_arg){
			.at = at_or(a->type.at, a->at),
			.position = (uint32_t)a->index.value,
			.type = a->type.s ? type_find(a->type.s) : TYPE_AUTO,
			.label = a->label.s ? a->label.s : "",
		};
	}
}

/* Entry points of x86-64; a name with an architecture's prefix is kept. */
static const char *syscall_symbol(struct arena *a, const char *name)
{
	static const char *const prefixes[] = {"__x64_", "__ia32_", "__arm64_"};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (!strncmp(name, prefixes[i], strlen(prefixes[i])))
			return name;
	return arena_printf(a, "__x64_%s", name);
}

static const enum tg_hook_kind kinds[] = {
	[AST_KPROBE] = TG_HOOK_KPROBE,
	[AST_LSM] = TG_HOOK_LSM,
	[AST_TRACEPOINT] = TG_HOOK_TRACEPOINT,
};

static void lower_hook(struct lowering *l, const struct ast_hook *h, struct ir_hook *out)
{
	out->at = h->at;
	out->symbol_at = at_or(h->symbol.at, h->at);
	out->kind = kinds[h->kind];
	out->syscall = h->kind == AST_KPROBE && (!h->syscall.given || h->syscall.value);
	out->symbol = out->syscall ? syscall_symbol(l->arena, h->symbol.s) : h->symbol.s;
	out->subsystem = h->subsystem.s ? h->subsystem.s : "";
	out->message = h->message.s ? h->message.s : "";
	out->tags = h->tags.v;
	out->tag_count = h->tags.n;
	lower_args(l, h, out);
	out->selectors = arena_array(l->arena, h->selector_count + 1, sizeof(*out->selectors));
	for (size_t i = 0; i < h->selector_count; i++)
		lower_selector(l, &h->selectors[i], out, &out->selectors[out->selector_count++]);
	if (!out->selector_count) /* no selectors: every call posts */
		out->selectors[out->selector_count++] = (struct ir_selector){
			.at = h->at, .posts = true, .last_action = TG_ACTION_POST};
}

static void check_names(struct lowering *l, const struct ast *ast)
{
	for (size_t i = 0; i < ast->policy_count; i++)
		for (size_t j = 0; j < i; j++)
			if (!strcmp(ast->policies[i].name.s, ast->policies[j].name.s)) {
				struct diag *m = diag_at(
					l->diags, DIAG_DUPLICATE_POLICY, ast->policies[i].name.at,
					"a second policy named `%s`", ast->policies[i].name.s);
				diag_note_at(l->diags, m, ast->policies[j].name.at,
					     "the first one is here");
				break;
			}
}

struct ir *lower(struct arena *a, struct diags *d, const struct ast *ast)
{
	struct lowering l = {.arena = a, .diags = d};
	struct ir *ir = arena_alloc(a, sizeof(*ir));

	check_names(&l, ast);
	ir->policies = arena_array(a, ast->policy_count, sizeof(*ir->policies));
	ir->policy_count = ast->policy_count;
	for (size_t i = 0; i < ast->policy_count; i++) {
		const struct ast_policy *p = &ast->policies[i];
		struct ir_policy *out = &ir->policies[i];

		out->at = p->at;
		out->name = p->name.s;
		out->hooks = arena_array(a, p->hook_count, sizeof(*out->hooks));
		out->hook_count = p->hook_count;
		for (size_t j = 0; j < p->hook_count; j++)
			lower_hook(&l, &p->hooks[j], &out->hooks[j]);
	}
	return ir;
}
