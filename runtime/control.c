// SPDX-License-Identifier: Apache-2.0
#include <stdio.h>
#include <string.h>
#include "runtime/control.h"
#include "runtime/notice.h"

const char *control_state_word(enum control_state state)
{
	static const char *const words[CONTROL_STATE_COUNT] = {
		[CONTROL_ENABLED] = "enabled",
		[CONTROL_DISABLED] = "disabled",
		[CONTROL_SKIPPED] = "skipped",
	};

	return words[state];
}

const char *control_mode_word(enum tg_policy_mode mode)
{
	static const char *const words[] = {
		[TG_MODE_ENFORCE] = "enforce",
		[TG_MODE_MONITOR] = "monitor",
		[TG_MODE_MONITOR_ONLY] = "monitor_only",
		[TG_MODE_OFF] = "off",
	};

	return words[mode];
}

/* ---- the list ------------------------------------------------------------------------------ */

static uint64_t count_of(const struct counters *c, uint32_t policy)
{
	uint64_t n;

	return c->fd < 0 || counters_read(c, policy, &n) ? 0 : n;
}

static enum control_state state_of(const struct policy_mode *mode)
{
	if (mode->is != TG_MODE_OFF)
		return CONTROL_ENABLED;
	return mode->elsewhere ? CONTROL_SKIPPED : CONTROL_DISABLED;
}

static void describe(struct control_policy *out, const struct bundle *b, uint32_t policy)
{
	const struct artifact *a = &b->artifact;
	const struct policy_mode *mode = &b->modes.policies[policy];
	const struct loaded *l = &b->loaded;

	*out = (struct control_policy){
		.bundle = a->header->name,
		.name = artifact_string(a, a->policies[policy].name),
		.file = b->path,
		.source = artifact_string(a, a->policies[policy].source),
		.namespace = "",
		.line = a->policies[policy].line,
		.version = a->header->version,
		.state = state_of(mode),
		.mode = (enum tg_policy_mode)mode->resume,
		.memory = l->memory,
		.neighbours = a->policy_count - 1,
		.counts = {.lost = count_of(&l->lost, policy),
			   .held = count_of(&l->held, policy),
			   .unenforced = count_of(&l->missed, policy),
			   .forgotten = count_of(&l->forgotten, policy),
			   .unchanged = count_of(&l->unchanged, policy)},
	};
	if (b->told)
		out->actions = b->told[policy];
}

bool control_get(const struct control *c, size_t index, struct control_policy *out)
{
	for (size_t i = 0; i < c->bundles->count; i++) {
		const struct bundle *b = &c->bundles->v[i];

		for (uint32_t p = 0; p < b->artifact.policy_count; p++)
			if (!b->modes.policies[p].removed && !index--) {
				describe(out, b, p);
				return true;
			}
	}
	return false;
}

/* ---- changes ------------------------------------------------------------------------------- */

/* A policy that was asked for. */
struct chosen {
	struct bundle *bundle;
	uint32_t policy;
};

/* What is to be done, once it can be done with all that are meant. */
struct order {
	bool (*can)(const struct chosen *p, enum tg_policy_mode mode, char *why, size_t size);
	void (*run)(const struct chosen *p, enum tg_policy_mode mode);
	enum tg_policy_mode mode;
};

static const char *name_of(const struct chosen *p)
{
	const struct artifact *a = &p->bundle->artifact;

	return artifact_string(a, a->policies[p->policy].name);
}

/* The next policy of this name from `*p` on. */
static bool find(struct control *c, const char *bundle, const char *policy, size_t *at,
		 struct chosen *p)
{
	for (; *at < c->bundles->count; ++*at, p->policy = 0) {
		struct bundle *b = &c->bundles->v[*at];

		if (bundle && strcmp(b->artifact.header->name, bundle) != 0)
			continue;
		for (p->bundle = b; p->policy < b->artifact.policy_count; p->policy++)
			if (!b->modes.policies[p->policy].removed && !strcmp(name_of(p), policy))
				return true;
	}
	return false;
}

static enum control_result carry_out(struct control *c, const char *bundle, const char *policy,
				     const struct order *order, char *why, size_t size)
{
	struct chosen p = {0};
	size_t at = 0;
	bool found = false;

	for (; find(c, bundle, policy, &at, &p); p.policy++, found = true)
		if (order->can && !order->can(&p, order->mode, why, size))
			return CONTROL_IMPOSSIBLE;
	if (!found) {
		snprintf(why, size, "no policy is named \"%s\"%s%s%s", policy,
			 bundle ? " in a bundle named \"" : "", bundle ? bundle : "",
			 bundle ? "\"" : "");
		return CONTROL_NOT_FOUND;
	}
	p = (struct chosen){0};
	for (at = 0; find(c, bundle, policy, &at, &p); p.policy++)
		order->run(&p, order->mode);
	return CONTROL_OK;
}

static bool can_have(const struct chosen *p, enum tg_policy_mode mode, char *why, size_t size)
{
	const struct artifact *a = &p->bundle->artifact;

	if (mode == TG_MODE_MONITOR || a->policies[p->policy].flags & TG_POLICY_ENFORCES)
		return true;
	snprintf(why, size, "policy %s cannot be made to enforce: none of its actions does",
		 name_of(p));
	return false;
}

static void choose(const struct chosen *p, enum tg_policy_mode mode)
{
	modes_choose(&p->bundle->modes, &p->bundle->artifact, p->policy, mode);
	p->bundle->modes.policies[p->policy].chosen = true;
	notice("tgrun: policy %s: mode %s\n", name_of(p),
	       control_mode_word((enum tg_policy_mode)p->bundle->modes.policies[p->policy].resume));
}

enum control_result control_set_mode(struct control *c, const char *bundle, const char *policy,
				     enum tg_policy_mode mode, char *why, size_t size)
{
	struct order order = {can_have, choose, mode};

	if (mode != TG_MODE_ENFORCE && mode != TG_MODE_MONITOR) {
		snprintf(why, size, "a policy can be made to enforce or to monitor");
		return CONTROL_IMPOSSIBLE;
	}
	return carry_out(c, bundle, policy, &order, why, size);
}

static bool is_for_this_node(const struct chosen *p, enum tg_policy_mode mode, char *why,
			     size_t size)
{
	(void)mode;
	if (!p->bundle->modes.policies[p->policy].elsewhere)
		return true;
	snprintf(why, size,
		 "policy %s is not for this node: its nodeSelector does not fit its labels",
		 name_of(p));
	return false;
}

static void resume(const struct chosen *p, enum tg_policy_mode mode)
{
	(void)mode;
	modes_resume(&p->bundle->modes, &p->bundle->artifact, p->policy);
	p->bundle->modes.policies[p->policy].switched = true;
	notice("tgrun: policy %s is enabled\n", name_of(p));
}

enum control_result control_enable(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size)
{
	return carry_out(c, bundle, policy, &(struct order){is_for_this_node, resume, 0}, why,
			 size);
}

static void switch_off(const struct chosen *p, enum tg_policy_mode mode)
{
	modes_set(&p->bundle->modes, &p->bundle->artifact, p->policy, mode);
	p->bundle->modes.policies[p->policy].switched = true;
	notice("tgrun: policy %s is disabled\n", name_of(p));
}

enum control_result control_disable(struct control *c, const char *bundle, const char *policy,
				    char *why, size_t size)
{
	return carry_out(c, bundle, policy, &(struct order){NULL, switch_off, TG_MODE_OFF}, why,
			 size);
}

static void mark_removed(const struct chosen *p, enum tg_policy_mode mode)
{
	modes_set(&p->bundle->modes, &p->bundle->artifact, p->policy, mode);
	p->bundle->modes.policies[p->policy].removed = true;
	notice("tgrun: policy %s is removed\n", name_of(p));
}

static bool all_removed(const struct bundle *b)
{
	for (uint32_t i = 0; i < b->artifact.policy_count; i++)
		if (!b->modes.policies[i].removed)
			return false;
	return b->artifact.policy_count > 0;
}

static void unload(struct control *c, size_t index)
{
	struct bundle *b = &c->bundles->v[index];

	if (c->unload)
		c->unload(c->unload_state, b->artifact.header->name);
	notice("tgrun: bundle %.*s is unloaded\n", TG_NAME_MAX, b->artifact.header->name);
	bundles_retire(c->bundles, index, c->workloads);
}

enum control_result control_remove(struct control *c, const char *bundle, const char *policy,
				   char *why, size_t size)
{
	struct order order = {NULL, mark_removed, TG_MODE_OFF};
	enum control_result result = carry_out(c, bundle, policy, &order, why, size);

	for (size_t i = c->bundles->count; result == CONTROL_OK && i-- > 0;)
		if (all_removed(&c->bundles->v[i]))
			unload(c, i);
	return result;
}
