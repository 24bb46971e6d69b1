// SPDX-License-Identifier: Apache-2.0
/* Stage "typecheck": every hook, argument and value against what is known of one kernel. */
#include <stdlib.h>
#include <string.h>
#include "check.h"
#include "compiler/values/pattern.h"
#include "compiler/kernels/profile.h"

/* ---- what an Override needs --------------------------------------------------------------- */

/* lower() has looked at the names that were written, not at those that the kernel gave. */
static bool can_override(const struct checking *c)
{
	return c->hook->kind != HOOK_KPROBE || c->out->syscall ||
	       !strncmp(c->out->symbol, "security_", 9);
}

static void report_override(struct checking *c, struct span at)
{
	struct diag *m;

	if (can_override(c)) {
		m = diag_at(c->diags, DIAG_OVERRIDE, at,
			    "`Override` has nothing to override: the function returns `%s`",
			    c->function ? c->function->result.text : "nothing");
		note_signature(c, m);
		return;
	}
	m = diag_at(c->diags, DIAG_OVERRIDE, at, "`Override` cannot act on the function `%s`",
		    c->out->symbol);
	diag_note(c->diags, m,
		  "only system calls, LSM hooks and `security_*` functions can be overridden");
	diag_note_at(c->diags, m, c->hook->calls.at, "the list that it comes from is used here");
}

static void check_override(struct checking *c)
{
	const struct tir_hook *hook = c->out;

	for (size_t i = 0; i < hook->selector_count; i++) {
		const struct ir_actions *actions = &hook->selectors[i].ir->actions;

		for (size_t j = 0; j < actions->n; j++)
			if (actions->v[j].action == TG_ACTION_OVERRIDE &&
			    (!hook->returns_int || !can_override(c)))
				report_override(c, actions->v[j].at);
	}
}

/* An LSM program returns errors only. */
static bool overrides_with_more(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].actions.n; j++) {
			const struct ir_action *a = &h->selectors[i].actions.v[j];

			if (a->action == TG_ACTION_OVERRIDE && a->value > 0)
				return true;
		}
	return false;
}

/* Does the LSM hook behind a security_* function take the arguments that are used as they are? */
static bool has_lsm_twin(struct checking *c)
{
	const struct kfunction *f = c->function, *twin;

	if (c->hook->kind != HOOK_KPROBE || strncmp(c->out->symbol, "security_", 9) ||
	    overrides_with_more(c->hook))
		return false;
	twin = kbtf_function(c->btf, c->arena,
			     arena_printf(c->arena, "bpf_lsm_%s", c->out->symbol + 9));
	for (size_t i = 0; twin && i < c->hook->arg_count; i++) {
		uint32_t at = c->hook->args[i].position;

		if (at >= f->param_count || at >= twin->param_count ||
		    strcmp(f->params[at].name, twin->params[at].name) ||
		    strcmp(f->params[at].type.text, twin->params[at].type.text))
			return false;
	}
	return twin && twin->result.class == KTYPE_INT;
}

/* ---- one function of a hook ----------------------------------------------------------------- */

static struct tir_hook *new_hook(struct checking *c, struct tir_policy *policy)
{
	struct tir_hook *out;

	policy->hooks = arena_grow(c->arena, policy->hooks, policy->hook_count, &policy->hook_room,
				   sizeof(*policy->hooks));
	out = &policy->hooks[policy->hook_count++];
	*out = (struct tir_hook){.ir = c->hook};
	return out;
}

static bool find_hook(struct checking *c, const struct ir_name *name)
{
	switch (c->hook->kind) {
	case HOOK_LSM:
		return find_lsm(c, name);
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return find_tracepoint(c);
	case HOOK_UPROBE:
	case HOOK_USDT:
		return find_probe(c);
	default:
		return find_function(c, name);
	}
}

static void check_hook(struct checking *c, struct tir_policy *policy, const struct ir_name *name)
{
	c->out = new_hook(c, policy);
	c->out->name = name;
	c->btf = c->kernel->btf;
	c->function = NULL;
	c->syscall_function = false;
	c->event = NULL;
	if (!find_hook(c, name))
		return;
	c->out->found = true;
	c->out->function = c->function;
	c->out->returns_int = c->out->syscall || c->hook->kind == HOOK_UPROBE ||
			      (c->function && c->function->result.class == KTYPE_INT);
	c->out->lsm_twin = has_lsm_twin(c);
	check_args(c);
	check_selectors(c);
	check_override(c);
	check_hashes(c);
	if (c->hook->kind == HOOK_USDT)
		check_sets(c);
	if (c->hook->kind == HOOK_UPROBE)
		check_jumps(c);
}

/* ---- lists that a kernel fills in ----------------------------------------------------------- */

struct collecting {
	struct arena *arena;
	struct pattern *pattern;
	struct ir_name *v;
	size_t n, room;
	struct span at;
};

static bool take_name(void *data, const char *name)
{
	struct collecting *l = data;

	if (l->pattern && pattern_match(l->pattern, name, strlen(name)) != 1)
		return true;
	l->v = arena_grow(l->arena, l->v, l->n, &l->room, sizeof(*l->v));
	l->v[l->n++] = (struct ir_name){.at = l->at, .name = name};
	return true;
}

static bool take_function(void *data, const char *name, ktype_id id)
{
	(void)id;
	return take_name(data, name);
}

static void collect_syscalls(struct checking *c, struct collecting *l)
{
	size_t count;
	const struct syscall *all = syscall_all(ABI_X64, &count);

	for (size_t i = 0; i < count; i++) {
		const char *name = arena_printf(c->arena, "sys_%s", all[i].entry);

		if (!kernel_has(c, abi_prefix(ABI_X64), name))
			continue;
		take_name(l, name);
		l->v[l->n - 1].syscall = true;
	}
}

/* Where a kernel does not say what can be traced, its type information is the best that is known.
 */
static void collect_functions(struct checking *c, const struct ir_names *names,
			      struct collecting *l)
{
	struct value_error e;

	l->pattern = pattern_compile(c->arena, names->pattern, &e);
	if (!l->pattern)
		return;
	if (!c->kernel->profile || !profile_each_attachable(c->kernel->profile, take_name, l))
		kbtf_each_function(c->btf, take_function, l);
	pattern_free(l->pattern);
	if (!l->n)
		diag_note_at(c->diags,
			     diag_at(c->diags, DIAG_BAD_LIST, names->pattern->at,
				     "no function of the kernel matches this pattern"),
			     names->at, "the list is used here");
}

static int by_name(const void *left, const void *right)
{
	const struct ir_name *a = left, *b = right;

	return strcmp(a->name, b->name);
}

/* In one order, whatever the kernel's is; type information may have a name twice. */
static void sort_names(struct collecting *l)
{
	size_t kept = 0;

	if (l->n)
		qsort(l->v, l->n, sizeof(*l->v), by_name);
	for (size_t i = 0; i < l->n; i++)
		if (!kept || strcmp(l->v[kept - 1].name, l->v[i].name))
			l->v[kept++] = l->v[i];
	l->n = kept;
}

static struct collecting collect(struct checking *c, const struct ir_names *names)
{
	struct collecting l = {.arena = c->arena, .at = names->at};

	if (names->source == NAMES_SYSCALLS)
		collect_syscalls(c, &l);
	else
		collect_functions(c, names, &l);
	sort_names(&l);
	return l;
}

static void check_generated(struct checking *c, struct tir_policy *policy)
{
	struct collecting l = collect(c, &c->hook->calls);

	for (size_t i = 0; i < l.n; i++)
		check_hook(c, policy, &l.v[i]);
}

/* ---- policies ------------------------------------------------------------------------------- */

/* A function of a hook that is for other kernels: nothing more is asked of this one. */
static void leave_out(struct checking *c, struct tir_policy *policy, const struct ir_name *name,
		      const struct ir_kernel_name *why)
{
	struct tir_hook *out = new_hook(c, policy);

	out->name = name;
	out->left_out = why;
	if (name)
		out->symbol = name->syscall ? syscall_symbol(c->arena, name) : name->name;
}

static void check_names(struct checking *c, struct tir_policy *policy)
{
	const struct ir_kernel_name *why = kernel_misfit(c->kernel, c->arena, c->hook);
	const struct ir_names *names = &c->hook->calls;

	for (size_t i = 0; why && i < names->n; i++)
		leave_out(c, policy, &names->v[i], why);
	if (why && !names->n)
		leave_out(c, policy, NULL, why);
	if (why)
		return;
	if (c->hook->kind == HOOK_UPROBE)
		check_hook(c, policy, NULL);
	else if (names->source != NAMES_WRITTEN)
		check_generated(c, policy);
	for (size_t i = 0; i < names->n; i++)
		check_hook(c, policy, &names->v[i]);
}

static void check_enforced_pattern(struct checking *c, const struct ir_names *names)
{
	struct collecting l = collect(c, names);
	struct diag *m;

	for (size_t i = 0; i < l.n; i++) {
		const char *name = l.v[i].name;

		if (is_syscall_name(name) || !strncmp(name, "security_", 9))
			continue;
		m = diag_at(c->diags, DIAG_ENFORCER, names->at, "an enforcer cannot act in `%s`",
			    name);
		diag_note_at(c->diags, m, names->pattern->at, "which matches this pattern");
		diag_note(c->diags, m,
			  "it acts in system calls (`sys_...`) and in `security_...` functions");
		return;
	}
}

/* A function that several lists name is one. */
static void add_enforced(struct checking *c, struct tir_policy *out, const struct ir_name *name)
{
	const char *symbol = name->syscall ? syscall_symbol(c->arena, name) : name->name;
	bool security = !strncmp(symbol, "security_", 9);

	for (size_t i = 0; i < out->enforced_count; i++)
		if (!strcmp(out->enforced[i].symbol, symbol))
			return;
	out->enforced = arena_grow(c->arena, out->enforced, out->enforced_count,
				   &out->enforced_room, sizeof(*out->enforced));
	out->enforced[out->enforced_count++] = (struct tir_enforced){
		.at = name->at,
		.symbol = symbol,
		.syscall = name->syscall,
		.lsm_twin = security && kernel_has(c, "bpf_lsm_", symbol + 9),
	};
}

static void check_enforced(struct checking *c, struct tir_policy *out, const struct ir_names *names)
{
	struct collecting l = {0};

	if (names->source == NAMES_FTRACE)
		check_enforced_pattern(c, names);
	if (names->source != NAMES_WRITTEN)
		l = collect(c, names);
	for (size_t i = 0; i < l.n; i++) {
		l.v[i].syscall |= is_syscall_name(l.v[i].name);
		add_enforced(c, out, &l.v[i]);
	}
	for (size_t i = 0; i < names->n; i++) {
		find_enforced(c, &names->v[i]);
		add_enforced(c, out, &names->v[i]);
	}
}

static void check_enforcers(struct checking *c, struct tir_policy *out)
{
	for (size_t i = 0; i < c->policy->enforcer_count; i++)
		for (size_t j = 0; j < c->policy->enforcers[i].call_count; j++)
			check_enforced(c, out, &c->policy->enforcers[i].calls[j]);
}

static void check_policy(struct checking *c, const struct ir_policy *ir, struct tir_policy *out)
{
	out->ir = c->policy = ir;
	for (size_t i = 0; i < ir->hook_count; i++) {
		c->hook = &ir->hooks[i];
		c->btf = c->kernel->btf;
		check_names(c, out);
	}
	c->btf = c->kernel->btf;
	if (ir->loader_hook) {
		c->hook = ir->loader_hook;
		c->out = new_hook(c, out);
		check_loader(c);
	}
	check_enforcers(c, out);
}

struct tir *typecheck(struct arena *a, struct diags *d, const struct ir *ir, const struct kernel *k)
{
	struct checking c = {.arena = a, .diags = d, .kernel = k, .btf = k->btf};
	struct tir *tir = arena_alloc(a, sizeof(*tir));

	tir->kernel = k;
	tir->policies = arena_array(a, ir->policy_count, sizeof(*tir->policies));
	tir->policy_count = ir->policy_count;
	for (size_t i = 0; i < ir->policy_count; i++)
		check_policy(&c, &ir->policies[i], &tir->policies[i]);
	return tir;
}
