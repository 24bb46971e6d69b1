// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "common.h"
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

struct joining {
	struct arena *arena;
	struct diags *diags;
	struct tir *const *tirs;
	size_t count;
	struct tir_policy *out; /* the policy that is put together */
	const char **first;	/* of each of its hooks: the kernel that it was taken from */
	size_t first_room;
};

/* ---- arguments -------------------------------------------------------------------------- */

/* A number that is wide enough in both kernels is cut to the same bits. */
static bool read_alike(const struct tir_arg *a, const struct tir_arg *b)
{
	struct tir_arg other = *b;

	if (!a->good || !b->good)
		return true; /* reported */
	if (a->type == b->type && a->type->class == CLASS_INT && a->bits >= a->type->bits &&
	    b->bits >= a->type->bits && !a->record && !a->step_count) {
		other.bits = a->bits;
		other.is_signed = a->is_signed;
		other.is_enum = a->is_enum;
		other.is_pointer = a->is_pointer;
	}
	return plan_same_layout(a, &other);
}

static void compare_arg(struct joining *j, const struct tir_arg *a, const struct tir_arg *b,
			const char *one, const char *other)
{
	struct diag *m;

	if (read_alike(a, b))
		return;
	m = diag_at(j->diags, DIAG_KERNELS_DIFFER, a->ir->at,
		    "the kernels %s and %s have this argument in different forms", one, other);
	if (a->kernel && b->kernel && strcmp(a->kernel, b->kernel) != 0)
		diag_note(j->diags, m, "it is `%s` in %s, and `%s` in %s", a->kernel, one,
			  b->kernel, other);
	else
		diag_note(j->diags, m, "one program is compiled for all kernels of a bundle");
	diag_hint(j->diags, m, "compile a bundle for each: `--kernel %s`, and `--kernel %s`", one,
		  other);
}

static void compare(struct joining *j, struct tir_hook *have, const struct tir_hook *more,
		    const char *one, const char *other)
{
	for (size_t i = 0; i < have->arg_count; i++)
		compare_arg(j, &have->args[i], &more->args[i], one, other);
	for (size_t i = 0; i < have->data_count; i++)
		compare_arg(j, &have->data[i], &more->data[i], one, other);
	if (have->return_arg)
		compare_arg(j, have->return_arg, more->return_arg, one, other);
	have->lsm_twin &= more->lsm_twin;
	have->returns_int &= more->returns_int;
	if (have->function && more->function &&
	    have->function->param_count != more->function->param_count)
		have->params_differ = true;
}

/* ---- hooks ---------------------------------------------------------------------------------- */

static struct tir_hook *find(struct tir_policy *p, const struct tir_hook *hook, size_t *at)
{
	for (*at = 0; *at < p->hook_count; ++*at)
		if (p->hooks[*at].ir == hook->ir && p->hooks[*at].name == hook->name &&
		    (hook->name || !strcmp(p->hooks[*at].symbol, hook->symbol)))
			return &p->hooks[*at];
	/* Generated lists have names of their own for each kernel. */
	for (*at = 0; *at < p->hook_count; ++*at)
		if (p->hooks[*at].ir == hook->ir && !strcmp(p->hooks[*at].symbol, hook->symbol))
			return &p->hooks[*at];
	return NULL;
}

static void add(struct joining *j, const struct tir_hook *hook, const char *kernel)
{
	struct tir_policy *p = j->out;

	p->hooks = arena_grow(j->arena, p->hooks, p->hook_count, &p->hook_room, sizeof(*p->hooks));
	j->first = arena_grow(j->arena, j->first, p->hook_count, &j->first_room, sizeof(*j->first));
	j->first[p->hook_count] = kernel;
	p->hooks[p->hook_count] = *hook;
	p->hooks[p->hook_count++].kernels = 1;
}

static void add_kernel(struct joining *j, const struct tir *tir, size_t policy)
{
	const struct tir_policy *from = &tir->policies[policy];

	for (size_t i = 0; i < from->hook_count; i++) {
		const struct tir_hook *hook = &from->hooks[i];
		struct tir_hook *have;
		size_t at;

		if (!hook->found)
			continue;
		have = find(j->out, hook, &at);
		if (!have) {
			add(j, hook, tir->kernel->name);
			continue;
		}
		have->kernels++;
		have->hash_may_miss |= hook->hash_may_miss;
		compare(j, have, hook, j->first[at], tir->kernel->name);
	}
}

static struct tir_enforced *find_enforced(struct tir_policy *p, const char *symbol)
{
	for (size_t i = 0; i < p->enforced_count; i++)
		if (!strcmp(p->enforced[i].symbol, symbol))
			return &p->enforced[i];
	return NULL;
}

/* The LSM hook will do only where every kernel has it. */
static void add_enforced(struct joining *j, const struct tir_policy *from)
{
	for (size_t i = 0; i < from->enforced_count; i++) {
		const struct tir_enforced *f = &from->enforced[i];
		struct tir_enforced *have = find_enforced(j->out, f->symbol);

		if (have) {
			have->lsm_twin &= f->lsm_twin;
			continue;
		}
		j->out->enforced = arena_grow(j->arena, j->out->enforced, j->out->enforced_count,
					      &j->out->enforced_room, sizeof(*f));
		j->out->enforced[j->out->enforced_count++] = *f;
	}
}

static bool has_hook(const struct tir_policy *p, const struct ir_hook *ir)
{
	for (size_t i = 0; i < p->hook_count; i++)
		if (p->hooks[i].ir == ir)
			return true;
	return false;
}

/* How many kernels the policy says that the hook is for. */
static size_t meant_for(const struct joining *j, size_t policy, const struct ir_hook *ir)
{
	size_t count = j->count;

	for (size_t k = 0; k < j->count; k++) {
		const struct tir_policy *p = &j->tirs[k]->policies[policy];
		bool left_out = false;

		for (size_t i = 0; i < p->hook_count; i++)
			left_out |= p->hooks[i].ir == ir && p->hooks[i].left_out;
		count -= left_out;
	}
	return count;
}

/* Left out everywhere, it would be forgotten without a word; a policy may ask for that. */
static void report_absent(struct joining *j, size_t policy)
{
	const struct ir_policy *ir = j->out->ir;

	for (size_t i = 0; i < ir->hook_count; i++)
		if (!has_hook(j->out, &ir->hooks[i]) && !ir->hooks[i].ignore_missing &&
		    meant_for(j, policy, &ir->hooks[i]))
			diag_at(j->diags, DIAG_UNKNOWN_FUNCTION, ir->hooks[i].symbol_at,
				j->count > 1 ? "none of the kernels has this hook"
					     : "the kernel does not have this hook");
	if (ir->loader_hook && !has_hook(j->out, ir->loader_hook))
		diag_at(j->diags, DIAG_LOADER, ir->loader_hook->symbol_at,
			j->count > 1 ? "none of the kernels reads the build ids of mapped files"
				     : "the kernel does not read the build ids of mapped files");
}

const struct tir *common_tir(struct arena *a, struct diags *d, struct tir *const *tirs,
			     size_t count)
{
	struct joining j = {.arena = a, .diags = d, .tirs = tirs, .count = count};
	struct tir *out = arena_alloc(a, sizeof(*out));

	out->kernel = tirs[0]->kernel;
	out->policy_count = tirs[0]->policy_count;
	out->policies = arena_array(a, out->policy_count + 1, sizeof(*out->policies));
	for (size_t i = 0; i < out->policy_count; i++) {
		j.out = &out->policies[i];
		j.out->ir = tirs[0]->policies[i].ir;
		j.first = NULL;
		j.first_room = 0;
		for (size_t k = 0; k < count; k++) {
			add_kernel(&j, tirs[k], i);
			add_enforced(&j, &tirs[k]->policies[i]);
		}
		for (size_t k = 0; k < j.out->hook_count; k++)
			j.out->hooks[k].may_miss =
				j.out->hooks[k].kernels < meant_for(&j, i, j.out->hooks[k].ir);
		report_absent(&j, i);
	}
	return out;
}
