// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "features.h"

static const struct kernel_feature_info features[KERNEL_FEATURES] = {
#define FEATURE(id, name, use, what, major, minor, mark, config)                                   \
	[KERNEL_##id] = {name, what, FEATURE_##use, major, minor, mark, config},
#include "grammar/features.def"
};

const struct kernel_feature_info *kernel_feature_get(enum kernel_feature f)
{
	return &features[f];
}

/* ---- needed ---------------------------------------------------------------------------------- */

static uint32_t bit(enum kernel_feature f)
{
	return 1u << f;
}

static uint32_t of_action(const struct ir_hook *h, const struct ir_action *a)
{
	uint32_t need = 0;

	if (a->action == TG_ACTION_SIGKILL || a->action == TG_ACTION_SIGNAL)
		need |= bit(KERNEL_SIGNAL);
	if (a->action == TG_ACTION_OVERRIDE && h->kind == HOOK_KPROBE)
		need |= bit(KERNEL_FMOD_RET);
	if (a->action == TG_ACTION_OVERRIDE && h->kind == HOOK_UPROBE)
		need |= bit(KERNEL_UPROBE_REGISTERS);
	if (a->ima_hash)
		need |= bit(KERNEL_IMA);
	return need;
}

static uint32_t of_selector(const struct ir_hook *h, const struct ir_selector *s)
{
	uint32_t need = 0;

	for (int section = 0; section < IR_SECTIONS; section++)
		for (size_t i = 0; i < s->filters[section].n; i++) {
			enum op op = s->filters[section].v[i].op;

			if (op == OP_SUBSTRING)
				need |= bit(KERNEL_SUBSTRING);
			if (op == OP_SUBSTRING_IGNCASE)
				need |= bit(KERNEL_SUBSTRING_IGNCASE);
		}
	for (size_t i = 0; i < s->actions.n; i++)
		need |= of_action(h, &s->actions.v[i]);
	for (size_t i = 0; i < s->return_actions.n; i++)
		need |= of_action(h, &s->return_actions.v[i]);
	return need;
}

static bool is_user(const struct ir_hook *h)
{
	return h->kind == HOOK_UPROBE || h->kind == HOOK_USDT;
}

uint32_t features_of_hook(const struct ir_policy *p, const struct ir_hook *h)
{
	bool many = h->calls.n > 1 || h->calls.source != NAMES_WRITTEN;
	uint32_t need = 0;

	if (h->kind == HOOK_LSM)
		need |= bit(KERNEL_LSM);
	if (h->kind == HOOK_FENTRY && h->return_arg)
		need |= bit(KERNEL_FEXIT_RESULT);
	if (h->kind == HOOK_KPROBE && many && !p->no_kprobe_multi)
		need |= bit(KERNEL_KPROBE_MULTI);
	if (is_user(h) && h->place_count > 1 && !p->no_uprobe_multi)
		need |= bit(KERNEL_UPROBE_MULTI);
	for (size_t i = 0; i < h->arg_count; i++)
		if (is_user(h) && h->args[i].type == TYPE_STRING)
			need |= bit(KERNEL_UPROBE_STRING);
	for (size_t i = 0; i < h->selector_count; i++)
		need |= of_selector(h, &h->selectors[i]);
	return need;
}

uint32_t features_of_policy(const struct ir_policy *p)
{
	uint32_t need = p->loader ? bit(KERNEL_LOADER) : 0;

	for (size_t i = 0; i < p->hook_count; i++)
		need |= features_of_hook(p, &p->hooks[i]);
	return need;
}

/* ---- there ----------------------------------------------------------------------------------- */

static bool marked(const struct kbtf *btf, const char *mark)
{
	int64_t value;

	return kbtf_function_id(btf, mark) || kbtf_enum_value(btf, mark, &value);
}

static enum known by_version(const struct profile *p, const struct kernel_feature_info *info)
{
	unsigned major, minor;

	if (!profile_version(p, &major, &minor))
		return KNOWN_UNKNOWN;
	if (major != info->major)
		return major > info->major ? KNOWN_YES : KNOWN_NO;
	return minor >= info->minor ? KNOWN_YES : KNOWN_NO;
}

/* Of two things that must both be so. */
static enum known both(enum known a, enum known b)
{
	if (a == KNOWN_NO || b == KNOWN_NO)
		return KNOWN_NO;
	return a == KNOWN_YES && b == KNOWN_YES ? KNOWN_YES : KNOWN_UNKNOWN;
}

enum known kernel_has_feature(const struct kernel *k, enum kernel_feature f)
{
	const struct kernel_feature_info *info = &features[f];
	const struct profile *p = k->profile;
	enum known has;

	if (*info->mark)
		has = marked(k->btf, info->mark) ? KNOWN_YES : KNOWN_NO;
	else
		has = p ? by_version(p, info) : KNOWN_UNKNOWN;
	if (*info->config)
		has = both(has, p ? profile_config(p, info->config, NULL) : KNOWN_UNKNOWN);
	if (f == KERNEL_LSM)
		has = both(has, p ? profile_lsm_active(p, "bpf") : KNOWN_UNKNOWN);
	return has;
}
