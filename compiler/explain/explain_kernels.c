// SPDX-License-Identifier: Apache-2.0
/* tgc explain POLICY: in which kernels a hook is, and how it gets attached there. */
#include <string.h>
#include "compiler/base/arena.h"
#include "explain_parts.h"
#include "features.h"
#include "compiler/kernels/profile.h"

static bool does(const struct ir_hook *h, enum tg_action a, enum tg_action b)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (size_t j = 0; j < h->selectors[i].actions.n; j++) {
			enum tg_action have = h->selectors[i].actions.v[j].action;

			if (have == a || have == b)
				return true;
		}
	return false;
}

/* As choose_variants() of plan.c has it, for this policy alone. */
static const char *kprobe_words(const struct tir_hook *hook)
{
	if (does(hook->ir, TG_ACTION_OVERRIDE, TG_ACTION_OVERRIDE))
		return hook->lsm_twin ? "an LSM program, else fmod_ret" : "fmod_ret";
	if (does(hook->ir, TG_ACTION_SIGKILL, TG_ACTION_SIGNAL))
		return "a kprobe, else fentry";
	return "fentry, else a kprobe";
}

const char *attachment_words(const struct tir_hook *hook)
{
	switch (hook->ir->kind) {
	case HOOK_LSM:
		return "an LSM program";
	case HOOK_TRACEPOINT:
		return "a tracepoint program";
	case HOOK_RAW_TRACEPOINT:
		return "a raw tracepoint program";
	case HOOK_FENTRY:
		return "fentry";
	case HOOK_UPROBE:
	case HOOK_USDT:
		return "a uprobe";
	default:
		return kprobe_words(hook);
	}
}

/* ---- one kernel -------------------------------------------------------------------------------
 */

static const char *needed_but(const struct kernel *k, enum hook_kind kind)
{
	if (kind == HOOK_LSM && kernel_has_feature(k, KERNEL_LSM) == KNOWN_NO)
		return ", but BPF is not among its security modules, so it will not load there";
	return "";
}

static const char *state_words(struct explaining *x, size_t kernel)
{
	const struct kernel *k = &x->kernels->v[kernel];
	const struct tir_hook *typed = hook_typed(x, kernel, x->hook);
	size_t n = hook_functions(x, kernel, x->hook);
	bool function = x->hook->kind == HOOK_KPROBE || x->hook->kind == HOOK_FENTRY;
	const struct ir_kernel_name *not_for = hook_left_out(x, kernel, x->hook);

	if (not_for)
		return arena_printf(x->arena, "not for it, because it has %s%s",
				    not_for->lacks ? "" : "no ",
				    doc_quote_word(x->arena, not_for->name));
	if (!typed)
		return "missing, and left out there";
	if (n > 1)
		return arena_printf(x->arena, "%zu functions are there; each attached by %s", n,
				    attachment_words(typed));
	if (function && k->profile && profile_attachable(k->profile, typed->symbol) == KNOWN_NO)
		return "there, but nothing can be attached to it (inlined, or not to be traced)";
	return arena_printf(x->arena, "there; attached by %s%s", attachment_words(typed),
			    needed_but(k, x->hook->kind));
}

/* ---- all of them, those that agree together
 * ------------------------------------------------------ */

static void say_group(struct explaining *x, const char *const *states, size_t first)
{
	struct doc_list l = {.n = 0};

	for (size_t i = 0; i < first; i++)
		if (!strcmp(states[i], states[first]))
			return;
	for (size_t i = first; i < x->kernels->count; i++)
		if (!strcmp(states[i], states[first]))
			doc_list_add(x->arena, &l, doc_quote_word(x->arena, x->kernels->names[i]));
	doc_say(&x->doc, "%s: %s.", doc_list_text(x->arena, &l, "and"), states[first]);
	doc_end_item(&x->doc, 1);
}

static void say_feature(struct explaining *x, enum kernel_feature f)
{
	const struct kernel_feature_info *info = kernel_feature_get(f);
	struct doc_list without = {.n = 0};

	for (size_t i = 0; i < x->kernels->count; i++)
		if (kernel_has_feature(&x->kernels->v[i], f) == KNOWN_NO)
			doc_list_add(x->arena, &without,
				     doc_quote_word(x->arena, x->kernels->names[i]));
	doc_say(&x->doc, "Needs %s (Linux %u.%u or later%s%s), for %s", info->name, info->major,
		info->minor, *info->config ? ", with " : "", info->config, info->what);
	if (without.n)
		doc_say(&x->doc, ". %s %s not have it", doc_list_text(x->arena, &without, "and"),
			without.n > 1 ? "do" : "does");
	doc_say(&x->doc, ".");
	doc_end_item(&x->doc, 1);
}

void explain_kernels(struct explaining *x)
{
	const char **states = arena_array(x->arena, x->kernels->count + 1, sizeof(*states));
	uint32_t needs = features_of_hook(x->policy, x->hook);

	doc_heading(&x->doc, 3, "Kernels");
	for (size_t i = 0; i < x->kernels->count; i++)
		states[i] = state_words(x, i);
	for (size_t i = 0; i < x->kernels->count; i++)
		say_group(x, states, i);
	for (unsigned i = 0; i < KERNEL_FEATURES; i++)
		if (needs >> i & 1 && kernel_feature_get(i)->use == FEATURE_NEEDED)
			say_feature(x, (enum kernel_feature)i);
}
