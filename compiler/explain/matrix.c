// SPDX-License-Identifier: Apache-2.0
/* The kernel matrix: what is in it. matrix_print.c shows it. */
#include <string.h>
#include "compiler/base/arena.h"
#include "features.h"
#include "matrix.h"
#include "compiler/kernels/profile.h"
#include "renames.h"

/* ---- rows ---------------------------------------------------------------------------------------
 */

static size_t row_find(const struct matrix *m, const char *label, size_t above)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->rows[i].above == above && !strcmp(m->rows[i].label, label))
			return i;
	return m->count;
}

/* The cells of a row that is there, or is made. */
static size_t row_add(struct matrix *m, const char *label, size_t above)
{
	size_t at = row_find(m, label, above);

	if (at < m->count)
		return at;
	m->rows = arena_grow(m->arena, m->rows, m->count, &m->room, sizeof(*m->rows));
	m->rows[m->count] = (struct matrix_row){
		.label = arena_strndup(m->arena, label, strlen(label)),
		.cells = arena_array(m->arena, m->kernels->count, sizeof(char *)),
		.above = above,
	};
	return m->count++;
}

static void set(struct matrix *m, size_t row, size_t kernel, const char *text)
{
	m->rows[row].cells[kernel] = arena_strndup(m->arena, text, strlen(text));
}

static bool all_equal(const char *const *cells, size_t n)
{
	const char *first = NULL;

	for (size_t i = 0; i < n; i++) {
		if (!cells[i])
			continue;
		if (first && strcmp(first, cells[i]))
			return false;
		first = cells[i];
	}
	return true;
}

/* A row below another, when the kernels do not agree. */
static void add_differing(struct matrix *m, const char *label, size_t above,
			  const char *const *cells)
{
	size_t row;

	if (all_equal(cells, m->kernels->count))
		return;
	row = row_add(m, label, above + 1);
	for (size_t i = 0; i < m->kernels->count; i++)
		if (cells[i])
			set(m, row, i, cells[i]);
}

/* ---- hooks --------------------------------------------------------------------------------------
 */

static bool is_function(const struct ir_hook *h)
{
	return h->kind == HOOK_KPROBE || h->kind == HOOK_FENTRY;
}

static const char *hook_state(const struct kernel *k, const struct tir_hook *hook)
{
	const char *symbol = hook->symbol ? hook->symbol : "";

	if (hook->left_out)
		return "left out";
	if (!hook->found && is_function(hook->ir) && renamed_function(k->btf, symbol))
		return "renamed";
	if (!hook->found)
		return k->profile && is_function(hook->ir) &&
				       profile_attachable(k->profile, symbol) == KNOWN_YES
			       ? "no types"
			       : "missing";
	if (hook->ir->kind == HOOK_LSM && kernel_has_feature(k, KERNEL_LSM) == KNOWN_NO)
		return "inactive";
	if (is_function(hook->ir) && k->profile &&
	    profile_attachable(k->profile, symbol) == KNOWN_NO)
		return "inlined";
	return "ok";
}

static const char *hook_label(struct matrix *m, const struct tir_hook *hook)
{
	switch (hook->ir->kind) {
	case HOOK_LSM:
		return arena_printf(m->arena, "LSM %s", hook->symbol);
	case HOOK_TRACEPOINT:
	case HOOK_RAW_TRACEPOINT:
		return arena_printf(m->arena, "%s/%s", hook->ir->subsystem,
				    hook->ir->calls.n ? hook->ir->calls.v[0].name : "?");
	default:
		return hook->symbol ? hook->symbol : "?";
	}
}

/* ---- below a hook -------------------------------------------------------------------------------
 */

static const char *steps_text(struct arena *a, const struct tir_arg *arg)
{
	const char *text = "";

	if (!arg->good)
		return "no such path";
	for (size_t i = 0; i < arg->step_count; i++)
		text = arena_printf(a, "%s+%u%s", text, arg->steps[i].offset,
				    arg->steps[i].load ? "->" : "");
	return text;
}

/* One function in all kernels; NULL where a list does not have it. */
typedef const struct tir_hook *const *hook_row;

static void add_arg(struct matrix *m, size_t row, hook_row hooks, size_t arg, const char **cells)
{
	const struct ir_arg *ir = NULL;

	for (size_t k = 0; k < m->kernels->count; k++) {
		const struct tir_arg *typed;

		cells[k] = NULL;
		if (!hooks[k] || !hooks[k]->found || arg >= hooks[k]->arg_count)
			continue;
		typed = &hooks[k]->args[arg];
		ir = typed->ir;
		if (!ir)
			continue;
		cells[k] = ir->path ? steps_text(m->arena, typed) : typed->kernel;
	}
	if (ir)
		add_differing(m,
			      ir->path ? arena_printf(m->arena, "argument %u, %.*s",
						      ir->position + 1, (int)ir->resolve->len,
						      ir->resolve->s)
				       : arena_printf(m->arena, "argument %u", ir->position + 1),
			      row, cells);
}

static void add_names(struct matrix *m, size_t row, hook_row hooks)
{
	size_t names = m->count;

	for (size_t k = 0; k < m->kernels->count; k++) {
		const char *name =
			hooks[k] && !hooks[k]->found && !hooks[k]->left_out &&
					is_function(hooks[k]->ir) && hooks[k]->symbol
				? renamed_function(m->kernels->v[k].btf, hooks[k]->symbol)
				: NULL;

		if (!name)
			continue;
		names = row_add(m, "has instead", row + 1);
		set(m, names, k, name);
	}
}

static bool overrides(const struct ir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].actions.n; j++)
			if (h->selectors[i].actions.v[j].action == TG_ACTION_OVERRIDE)
				return true;
	return false;
}

/* What lets a kprobe's function be refused there. */
static const char *override_state(const struct kernel *k, const struct tir_hook *hook)
{
	enum known injectable;

	if (hook->lsm_twin && kernel_has_feature(k, KERNEL_LSM) != KNOWN_NO)
		return "LSM";
	if (!hook->returns_int || kernel_has_feature(k, KERNEL_FMOD_RET) == KNOWN_NO)
		return "no";
	if (!strncmp(hook->symbol, "security_", 9))
		return "fmod_ret";
	injectable = k->profile ? profile_injectable(k->profile, hook->symbol) : KNOWN_UNKNOWN;
	return injectable == KNOWN_YES ? "fmod_ret" : injectable == KNOWN_NO ? "no" : "unknown";
}

static void add_override(struct matrix *m, size_t row, hook_row hooks)
{
	for (size_t k = 0; k < m->kernels->count; k++) {
		if (!hooks[k] || !hooks[k]->found || hooks[k]->ir->kind != HOOK_KPROBE ||
		    !overrides(hooks[k]->ir))
			continue;
		set(m, row_add(m, "Override", row + 1), k,
		    override_state(&m->kernels->v[k], hooks[k]));
	}
}

static void add_function(struct matrix *m, hook_row hooks, const struct tir_hook *any,
			 const char **cells)
{
	size_t row = row_add(m, hook_label(m, any), 0);

	for (size_t k = 0; k < m->kernels->count; k++)
		set(m, row, k, hooks[k] ? hook_state(&m->kernels->v[k], hooks[k]) : "missing");
	add_names(m, row, hooks);
	for (size_t i = 0; i < any->ir->arg_count; i++)
		add_arg(m, row, hooks, i, cells);
	add_override(m, row, hooks);
}

/* ---- policies -----------------------------------------------------------------------------------
 */

static const struct tir_hook *in_kernel(const struct tir_policy *p, const struct ir_hook *h,
					const struct ir_name *name)
{
	for (size_t i = 0; i < p->hook_count; i++)
		if (p->hooks[i].ir == h && p->hooks[i].name == name)
			return &p->hooks[i];
	return NULL;
}

static void add_name(struct matrix *m, size_t policy, const struct ir_hook *h,
		     const struct ir_name *name, struct tir *const *typed)
{
	const struct tir_hook **hooks = arena_array(m->arena, m->kernels->count, sizeof(*hooks));
	const char **cells = arena_array(m->arena, m->kernels->count, sizeof(*cells));
	const struct tir_hook *any = NULL;

	for (size_t k = 0; k < m->kernels->count; k++) {
		hooks[k] = in_kernel(&typed[k]->policies[policy], h, name);
		if (!any || (hooks[k] && hooks[k]->found && !any->found))
			any = hooks[k];
	}
	if (any && (any->symbol || !is_function(h)))
		add_function(m, hooks, any, cells);
}

/* A list that every kernel fills in: how many functions it gets. */
static void add_generated(struct matrix *m, size_t policy, const struct ir_hook *h,
			  struct tir *const *typed)
{
	size_t row = row_add(
		m, arena_printf(m->arena, "list %s", h->calls.list ? h->calls.list : ""), 0);

	for (size_t k = 0; k < m->kernels->count; k++) {
		const struct tir_policy *p = &typed[k]->policies[policy];
		size_t n = 0;

		for (size_t i = 0; i < p->hook_count; i++)
			n += p->hooks[i].ir == h && p->hooks[i].found;
		set(m, row, k, arena_printf(m->arena, "%zu", n));
	}
}

void matrix_add(struct matrix *m, const struct ir *ir, struct tir *const *typed)
{
	for (size_t i = 0; i < ir->policy_count; i++) {
		const struct ir_policy *p = &ir->policies[i];

		m->needs |= features_of_policy(p);
		for (size_t j = 0; j < p->hook_count; j++) {
			const struct ir_hook *h = &p->hooks[j];

			if (h->kind == HOOK_UPROBE || h->kind == HOOK_USDT)
				continue; /* not the kernel's */
			if (h->calls.source != NAMES_WRITTEN)
				add_generated(m, i, h, typed);
			for (size_t n = 0; n < h->calls.n; n++)
				add_name(m, i, h, &h->calls.v[n], typed);
		}
	}
}
