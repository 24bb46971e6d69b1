// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: what a policy does not cover, from grammar/coverage.def. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/read/ast.h"
#include "explain_parts.h"
#include "hook_words.h"

enum {
#define FACET(id) FACET_##id,
#include "grammar/coverage.def"
};
#define FACET(id) HAS_##id = 1ull << FACET_##id,
enum {
#include "grammar/coverage.def"
};

/* ---- what a hook has ------------------------------------------------------------------------- */

static uint64_t has(bool condition, uint64_t facet)
{
	return condition ? facet : 0;
}

static uint64_t of_filter(const struct tir_hook *typed, enum ir_section section,
			  const struct tir_filter *f)
{
	const struct tir_arg *arg;
	uint64_t facets = 0;
	enum operand takes = op_get(f->op)->takes;

	if (f->expression)
		return facets;
	arg = section == IR_RETURN ? typed->return_arg
	      : section == IR_DATA ? &typed->data[f->arg]
				   : &typed->args[f->arg];
	facets |= has(arg->type->class == CLASS_PATH && takes != OPERAND_FILE_TYPE, HAS_PATHS);
	facets |= has(arg->type->id == TYPE_DENTRY && takes != OPERAND_FILE_TYPE, HAS_DENTRIES);
	facets |= has(arg->type->class == CLASS_STRING || arg->type->class == CLASS_BYTES ||
			      arg->type->class == CLASS_FILENAME,
		      HAS_TEXTS);
	facets |= has(arg->type->class == CLASS_BYTES, HAS_BYTES);
	return facets | has(takes == OPERAND_ADDRESS, HAS_ADDRESSES);
}

static uint64_t of_binaries(const struct ir_binaries *v, size_t n)
{
	uint64_t facets = 0;

	for (size_t i = 0; i < n; i++)
		facets |= HAS_PROGRAMS | (v[i].follow_children ? HAS_CHILDREN : HAS_NO_CHILDREN);
	return facets;
}

static uint64_t of_process(const struct ir_selector *s)
{
	bool changes = s->namespace_change_count || s->capability_change_count, inode = false;

	for (size_t i = 0; i < s->namespace_count; i++)
		inode |= s->namespaces[i].value_count > 0;
	return of_binaries(s->binaries, s->binary_count) |
	       of_binaries(s->parent_binaries, s->parent_binary_count) |
	       has(s->parent_binary_count, HAS_PARENTS) | has(s->pid_count, HAS_PIDS) |
	       has(s->workload && s->workload->pod, HAS_PODS) | has(inode, HAS_NAMESPACES) |
	       has(changes, HAS_CHANGES);
}

static uint64_t of_action(const struct ir_action *a)
{
	return has(ir_is_enforcing(a->action), HAS_ENFORCES) |
	       has(a->action == TG_ACTION_SIGKILL || a->action == TG_ACTION_SIGNAL, HAS_SIGNALS) |
	       has(a->action == TG_ACTION_OVERRIDE, HAS_OVERRIDES) |
	       has(a->action == TG_ACTION_NOTIFY_ENFORCER, HAS_ENFORCER) |
	       has(a->action == TG_ACTION_TRACK_SOCK, HAS_TRACKS) |
	       has(a->action == TG_ACTION_GET_URL || a->action == TG_ACTION_DNS_LOOKUP,
		   HAS_REQUESTS) |
	       has(a->rate_ms, HAS_RATE) | has(a->user_stack, HAS_USER_STACK);
}

static uint64_t of_selector(const struct ir_selector *s)
{
	uint64_t facets = of_process(s) | has(s->posts, HAS_REPORTS);

	for (size_t i = 0; i < s->actions.n; i++)
		facets |= of_action(&s->actions.v[i]);
	for (size_t i = 0; i < s->return_actions.n; i++)
		facets |= of_action(&s->return_actions.v[i]);
	return facets;
}

static uint64_t of_typed(const struct tir_hook *typed)
{
	uint64_t facets = 0;

	for (size_t i = 0; i < typed->selector_count; i++)
		for (enum ir_section s = 0; s < IR_SECTIONS; s++)
			for (size_t j = 0; j < typed->selectors[i].filters[s].n; j++)
				facets |= of_filter(typed, s, &typed->selectors[i].filters[s].v[j]);
	return facets;
}

static uint64_t of_names(const struct ir_hook *h)
{
	bool function = h->kind == HOOK_KPROBE || h->kind == HOOK_FENTRY;
	uint64_t facets = has(h->calls.source != NAMES_WRITTEN, HAS_GENERATED);

	if (function && h->calls.source == NAMES_SYSCALLS)
		facets |= HAS_SYSCALL;
	for (size_t i = 0; function && i < h->calls.n; i++) {
		const struct ir_name *n = &h->calls.v[i];

		facets |= n->syscall ? HAS_SYSCALL : HAS_FUNCTION;
		facets |= has(abi_is_32bit(n->abi), HAS_SYSCALL_32);
	}
	if (h->kind == HOOK_TRACEPOINT || h->kind == HOOK_RAW_TRACEPOINT)
		facets |= has(!strcmp(h->subsystem, "raw_syscalls"), HAS_SYS_ENTER);
	return facets;
}

static uint64_t of_hook(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	uint64_t facets = of_names(h) | has(h->kind == HOOK_LSM, HAS_LSM) |
			  has(h->kind == HOOK_UPROBE || h->kind == HOOK_USDT, HAS_USER) |
			  has(h->return_arg, HAS_RETURNS) | has(h->ignore_missing, HAS_OPTIONAL) |
			  has(h->kernel_name_count, HAS_KERNEL_NAMES) |
			  has(h->return_action == RETURN_TRACK_SOCK, HAS_TRACKS) |
			  has(x->policy->workload && x->policy->workload->pod, HAS_PODS);

	for (size_t i = 0; i < h->selector_count; i++)
		facets |= of_selector(&h->selectors[i]);
	if (x->typed)
		facets |= of_typed(x->typed);
	if (h->kind == HOOK_FENTRY ||
	    (h->kind == HOOK_KPROBE && (!(facets & HAS_SIGNALS) || (facets & HAS_OVERRIDES)) &&
	     !(x->typed && x->typed->lsm_twin && (facets & HAS_OVERRIDES))))
		facets |= HAS_FENTRY;
	if (x->policy->mode == MODE_MONITOR && (facets & HAS_ENFORCES))
		facets |= HAS_MONITOR;
	return facets;
}

/* ---- what is told -----------------------------------------------------------------------------
 */

static bool applies(uint64_t needs, uint64_t unless, const uint64_t *hooks, size_t n)
{
	if (!needs)
		return true;
	for (size_t i = 0; i < n; i++)
		if ((hooks[i] & needs) == needs && !(hooks[i] & unless))
			return true;
	return false;
}

/* What people take for granted at a hook and is not so. */
static void say_misses(struct explaining *x)
{
	const struct ir_hook *h = x->hook;
	const struct hook_words *w;
	const char *name = h->calls.n ? h->calls.v[0].name : NULL;

	if (!name || h->calls.v[0].syscall)
		return;
	w = h->kind == HOOK_LSM ? hook_words_lsm(x->arena, name) : hook_words_function(name);
	if (!w || !*w->misses || h->kind == HOOK_UPROBE || h->kind == HOOK_USDT)
		return;
	doc_say(&x->doc, "At %s: %s", hook_title(x), w->misses);
	doc_end_item(&x->doc, 1);
}

static const struct {
	uint64_t needs, unless;
	const char *text;
} gaps[] = {
#define GAP(needs, unless, text) {needs, unless, text},
#include "grammar/coverage.def"
};

void explain_gaps(struct explaining *x)
{
	size_t n = x->policy->hook_count;
	uint64_t *hooks = arena_array(x->arena, n + 1, sizeof(*hooks));

	doc_heading(&x->doc, 2, "What is not covered");
	for (size_t i = 0; i < n; i++) {
		x->hook = &x->policy->hooks[i];
		x->typed = NULL;
		for (size_t k = 0; k < x->kernels->count && !x->typed; k++)
			x->typed = hook_typed(x, k, x->hook);
		hooks[i] = of_hook(x);
		say_misses(x);
	}
	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++) {
		if (!applies(gaps[i].needs, gaps[i].unless, hooks, n))
			continue;
		doc_say(&x->doc, "%s", gaps[i].text);
		doc_end_item(&x->doc, 1);
	}
}
