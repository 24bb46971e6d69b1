// SPDX-License-Identifier: Apache-2.0
/* Rules about what a policy reaches: too much, too often, or something else than was meant. */
#include <string.h>
#include "rule.h"

/* ---- hooks that run all the time ------------------------------------------------------------ */

static const struct {
	enum { HOT_FUNCTION, HOT_SYSCALL, HOT_EVENT } kind;
	const char *subsystem, *name, *why;
} hot[] = {
#define HOT_FUNCTION(name, why)		{HOT_FUNCTION, NULL, name, why},
#define HOT_SYSCALL(name, why)		{HOT_SYSCALL, NULL, name, why},
#define HOT_EVENT(subsystem, name, why) {HOT_EVENT, subsystem, name, why},
#include "grammar/hot-hooks.def"
};

static bool is_hot(size_t i, const struct ir_hook *h, const struct ir_name *name)
{
	const char *call = rule_syscall(h, name), *text = name->name;

	if (hot[i].kind == HOT_EVENT)
		return (h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT) &&
		       !strcmp(hot[i].subsystem, h->subsystem) &&
		       (!hot[i].name || !strcmp(hot[i].name, text));
	if (hot[i].kind == HOT_SYSCALL)
		return call && !strcmp(hot[i].name, call);
	if (h->kind == HOOK_LSM)
		return !strncmp(hot[i].name, "security_", 9) && !strcmp(hot[i].name + 9, text);
	return h->kind <= HOOK_FENTRY && !call && !strcmp(hot[i].name, text);
}

/* "at every read"; NULL: the hook is not known to be busy. `which`: the one of a list. */
static const char *why_hot(const struct ir_hook *h, const struct ir_name **which)
{
	for (size_t i = 0; h->kind <= HOOK_LSM && i < h->calls.n; i++)
		for (size_t j = 0; j < sizeof(hot) / sizeof(hot[0]); j++)
			if (is_hot(j, h, &h->calls.v[i])) {
				*which = &h->calls.v[i];
				return hot[j].why;
			}
	*which = NULL;
	return h->calls.source == NAMES_SYSCALLS ? "at every system call" : NULL;
}

static bool posts_unfiltered(const struct ir_selector *s)
{
	const struct ir_action *post = rule_action(&s->actions, TG_ACTION_POST);

	return s->posts && !rule_has_filters(s) && !(post && post->rate_ms);
}

void hot_hook(struct ruling *r, const struct ir_hook *h)
{
	const struct ir_name *which;
	const char *why = why_hot(h, &which);

	for (size_t i = 0; why && i < h->selector_count; i++) {
		struct diag *m;

		if (!posts_unfiltered(&h->selectors[i]))
			continue;
		m = rule_at(r, which ? which->at : h->symbol_at,
			    "every call of %s makes an event, and it runs %s",
			    which && h->calls.list ? arena_printf(r->arena, "`%s`", which->name)
						   : rule_hook_words(r, h),
			    why);
		if (!h->no_selectors)
			diag_note_at(r->diags, m, h->selectors[i].at,
				     "this selector has no filters");
		diag_hint(r->diags, m,
			  "filter with `matchArgs`, `matchBinaries` or `podSelector`, or limit the "
			  "rate:\nmatchActions:\n- action: Post\n  rateLimit: \"1m\"");
		return;
	}
}

void unlimited_post(struct ruling *r, const struct ir_hook *h)
{
	const struct ir_name *which;
	const char *why = why_hot(h, &which);

	for (size_t i = 0; why && i < h->selector_count; i++) {
		const struct ir_selector *s = &h->selectors[i];
		const struct ir_action *post = rule_action(&s->actions, TG_ACTION_POST);

		if (!s->posts || (post && post->rate_ms))
			continue;
		diag_hint(
			r->diags,
			rule_at(r, s->at, "events of a hook that runs %s have no rate limit", why),
			"matchActions:\n- action: Post\n  rateLimit: \"1m\"");
	}
}

void posts_everything(struct ruling *r, const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		if (posts_unfiltered(&h->selectors[i])) {
			diag_note(r->diags,
				  rule_at(r, h->symbol_at, "every call of %s makes an event",
					  rule_hook_words(r, h)),
				  h->no_selectors ? "a hook without selectors posts everything; "
						    "one with selectors, what they match"
						  : "one of its selectors has no filters");
			return;
		}
}

/* ---- how far enforcement reaches ------------------------------------------------------------ */

void enforces_on_all(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_action *a = rule_enforcement(&s->actions);
	struct diag *m;

	/* probes in user programs have their binary */
	if (!a || rule_has_filters(s) || s->filters[IR_RETURN].n || r->policy->workload ||
	    h->kind >= HOOK_UPROBE)
		return;
	m = rule_at(r, a->at, "`%s` acts on every process of the machine that reaches %s",
		    action_name(a->action), rule_hook_words(r, h));
	diag_note_at(r->diags, m, s->at,
		     "the selector has no filters, and the policy selects no workloads");
	diag_hint(r->diags, m,
		  "say which with `matchArgs`, `matchBinaries`, `matchNamespaces` or "
		  "`spec.podSelector`");
}

void enforcement_scope(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_action *a = rule_enforcement(&s->actions);

	(void)h;
	if (!a || rule_process_scope(s) || r->policy->workload || !rule_has_filters(s))
		return;
	diag_hint(r->diags,
		  rule_at(r, a->at, "`%s` is limited to no workload and no binary",
			  action_name(a->action)),
		  "spec:\n  podSelector:\n    matchLabels: {app: \"...\"}");
}

/* ---- toctou --------------------------------------------------------------------------------- */

static bool in_user_memory(const struct tir_arg *arg)
{
	switch (arg->type->class) {
	case CLASS_STRING:
	case CLASS_BYTES:
	case CLASS_SOCKADDR:
	case CLASS_SOCKADDR_UN:
		return arg->from_user;
	default:
		return false;
	}
}

void toctou(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
	    const struct tir_arg *arg)
{
	const char *call = h->ir->calls.n ? rule_syscall(h->ir, &h->ir->calls.v[0]) : NULL;
	const char *guard = call ? rule_guard(call) : NULL;
	struct diag *m;

	if (!in_user_memory(arg))
		return;
	m = rule_at(r, f->ir->at,
		    "the program can change this argument after the policy has looked at it");
	diag_note_at(r->diags, m, arg->ir->at,
		     "it is in the program's memory, which the kernel reads again later; paths "
		     "there may be relative, or links");
	if (guard && arg->type->class != CLASS_BYTES) /* hooks do not see contents */
		diag_hint(r->diags, m,
			  "lsmhooks:\n- hook: \"%s\"   # sees what the kernel works with", guard);
}

/* ---- binaries ------------------------------------------------------------------------------- */

static bool is_exec_hook(const struct ir_hook *h)
{
	static const char *const names[] = {
		"bprm_check_security",		"bprm_creds_for_exec",
		"bprm_creds_from_file",		"security_bprm_check",
		"security_bprm_creds_for_exec", "security_bprm_creds_from_file"};

	for (size_t i = 0; h->calls.n && i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(h->calls.v[0].name, names[i]))
			return true;
	if (h->calls.n && rule_syscall(h, &h->calls.v[0]))
		return !strcmp(rule_syscall(h, &h->calls.v[0]), "execve") ||
		       !strcmp(rule_syscall(h, &h->calls.v[0]), "execveat");
	return false;
}

static bool filters_file(const struct ir_hook *h, const struct ir_selector *s)
{
	for (size_t i = 0; i < s->filters[IR_ARGS].n; i++) {
		enum type_class class = type_get(h->args[s->filters[IR_ARGS].v[i].arg].type)->class;

		if (class == CLASS_PATH || class == CLASS_STRING)
			return true;
	}
	return false;
}

/* Who starts it, where the author hardly meant anything but what is started. */
void binary_before_exec(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	const struct ir_binaries *b = s->binaries;
	const char *operator, * values = "";
	struct diag *m;

	if (!is_exec_hook(h) || !s->binary_count || b->negated || filters_file(h, s) ||
	    !rule_enforcement(&s->actions))
		return;
	m = rule_at(r, b->at,
		    "`matchBinaries` is about the process that starts a program, not about the "
		    "program");
	diag_note(r->diags, m,
		  "until the exec is done the process runs its old binary: a shell, mostly");
	operator= b->op == OP_IN ? "Equal" : op_name(b->op);
	for (size_t i = 0; i < b->value_count && i < 4; i++)
		values = arena_printf(r->arena, "%s%s\"%.80s\"", values, i ? ", " : "",
				      b->values[i].s);
	diag_hint(r->diags, m,
		  "to meet the program that is started:\nargs:\n- index: 0\n  type: "
		  "\"linux_binprm\"\nselectors:\n- matchArgs:\n  - index: 0\n    operator: "
		  "\"%s\"\n    values: [%s]",
		  operator, values);
}

static void script_in(struct ruling *r, const struct ir_binaries *b)
{
	static const char *const ends[] = {".sh", ".py", ".pl", ".rb", ".js", ".php", ".bash"};

	for (size_t i = 0; i < b->value_count; i++)
		for (size_t j = 0; j < sizeof(ends) / sizeof(ends[0]); j++) {
			struct diag *m;

			if (!rule_ends_with(&b->values[i], ends[j]))
				continue;
			m = rule_at(r, b->values[i].at, "a script is no binary: %s is never run",
				    rule_shown(r, &b->values[i]));
			diag_note(r->diags, m,
				  "the process of a script runs its interpreter, such as "
				  "`/usr/bin/python3`, and that is what is compared");
		}
}

void script_binary(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	for (size_t i = 0; i < s->binary_count; i++)
		script_in(r, &s->binaries[i]);
	for (size_t i = 0; i < s->parent_binary_count; i++)
		script_in(r, &s->parent_binaries[i]);
}

/* `/usr/bin/x` for `/bin/x`. */
static const char *merged(struct ruling *r, const struct ir_binaries *b, size_t at)
{
	static const char *const links[] = {"/bin/", "/sbin/", "/lib/", "/lib64/"};
	const struct ast_str *v = &b->values[at];
	const char *full = arena_printf(r->arena, "/usr%s", v->s);

	for (size_t i = 0; i < b->value_count; i++)
		if (!strcmp(b->values[i].s, full))
			return NULL;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (rule_starts_with(v, links[i]))
			return full;
	return NULL;
}

static void linked_in(struct ruling *r, const struct ir_binaries *b)
{
	for (size_t i = 0; op_get(b->op)->plain != OP_POSTFIX && i < b->value_count; i++) {
		const char *full = merged(r, b, i);
		struct diag *m;

		if (!full)
			continue;
		m = rule_at(r, b->values[i].at,
			    "on most systems %s is a link, which no binary's "
			    "path goes through",
			    rule_shown(r, &b->values[i]));
		diag_note(r->diags, m,
			  "`/bin` is a link to `/usr/bin` there, and the kernel's path is the "
			  "whole one");
		diag_hint(r->diags, m, "list both: \"%s\", \"%s\"", b->values[i].s, full);
	}
}

void linked_binary(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	for (size_t i = 0; i < s->binary_count; i++)
		linked_in(r, &s->binaries[i]);
	for (size_t i = 0; i < s->parent_binary_count; i++)
		linked_in(r, &s->parent_binaries[i]);
}

/* ---- negated-filter ------------------------------------------------------------------------- */

static bool may_be_unknown(enum type_class class)
{
	return class == CLASS_PATH || class == CLASS_STRING || class == CLASS_BYTES ||
	       class == CLASS_SOCK || class == CLASS_SKB || class == CLASS_SOCKADDR;
}

void negated_filter(struct ruling *r, const struct tir_hook *h, const struct tir_filter *f,
		    const struct tir_arg *arg)
{
	(void)h;
	if (!op_negated(f->op) || !may_be_unknown(arg->type->class))
		return;
	diag_note(
		r->diags,
		rule_at(r, f->ir->at, "`%s` does not pass what could not be read", op_name(f->op)),
		arg->type->class == CLASS_PATH
			? "an empty path, as pipes, sockets and `/` have, fails the filter too"
			: "an argument that cannot be read, or has no such part, fails the "
			  "filter too");
}

void negated_binary(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	for (size_t i = 0; i < s->binary_count; i++)
		if (s->binaries[i].negated)
			diag_note(r->diags,
				  rule_at(r, s->binaries[i].at,
					  "a negated `matchBinaries` does not pass processes whose "
					  "binary is not known"),
				  "a selector behind this one can catch them");
}
