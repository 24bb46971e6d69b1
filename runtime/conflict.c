// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/conflict.h"

/* The program that a hook prefers, if it is of a kind that may deny; else NULL. */
static const struct tg_program_entry *denying_kind(const struct artifact *a, uint32_t hook)
{
	const struct tg_program_entry *p = &a->programs[a->hooks[hook].first_program];

	if (!a->hooks[hook].programs)
		return NULL;
	return p->attach == TG_ATTACH_LSM || p->attach == TG_ATTACH_FMOD_RET ? p : NULL;
}

/*
 * A selector's entry has its last action only, which may follow an Override; so the policies
 * that enforce anything count as well.
 */
static bool may_deny(const struct artifact *a, uint32_t hook)
{
	uint32_t i = artifact_selector_from(a, hook, 0), end = hook + 1;

	while (end < a->hook_count && artifact_is_part(a, end))
		end++;
	for (uint32_t n = 0; n < a->view_count; n++)
		if (a->views[n].hook >= hook && a->views[n].hook < end &&
		    (a->policies[a->views[n].policy].flags & TG_POLICY_ENFORCES))
			return true;
	for (; i < a->selector_count && a->selectors[i].hook < end; i++) {
		const struct tg_selector_entry *s = &a->selectors[i];

		if (s->action == TG_ACTION_OVERRIDE ||
		    (a->policies[s->policy].flags & TG_POLICY_ENFORCES))
			return true;
	}
	return false;
}

/* The kernel calls the LSM hook `hook` from `security_hook`. */
static bool is_function_of(const char *function, const char *hook)
{
	static const char prefix[] = "security_";
	size_t size = sizeof(prefix) - 1;

	return !strncmp(function, prefix, size) && !strcmp(function + size, hook);
}

/* Whether both programs are run for the same call, one after the other. */
static bool meet(const struct artifact *a, const struct tg_program_entry *p,
		 const struct artifact *b, const struct tg_program_entry *q)
{
	const char *s = artifact_string(a, p->target), *t = artifact_string(b, q->target);

	if (p->attach == q->attach)
		return !strcmp(s, t);
	return p->attach == TG_ATTACH_LSM ? is_function_of(t, s) : is_function_of(s, t);
}

static int refuse(const struct bundle *one, const struct bundle *other, uint32_t hook,
		  struct failure *why)
{
	const struct artifact *a = &one->artifact;

	return failure_set(why, TGRUN_CONFLICT,
			   "bundles %.*s (%s) and %.*s (%s) share hook %s, where a denial by one "
			   "hides the call from the other: compile these policies into one bundle",
			   TG_NAME_MAX, a->header->name, one->path, TG_NAME_MAX,
			   other->artifact.header->name, other->path,
			   artifact_string(a, a->hooks[hook].name));
}

/* Against all hooks of one other bundle. */
static int check_hook(const struct bundle *one, uint32_t hook, const struct bundle *other,
		      struct failure *why)
{
	const struct artifact *a = &one->artifact, *b = &other->artifact;
	const struct tg_program_entry *p = denying_kind(a, hook), *q;

	for (uint32_t i = 0; p && i < b->hook_count; i++) {
		q = denying_kind(b, i);
		if (q && meet(a, p, b, q) && (may_deny(a, hook) || may_deny(b, i)))
			return refuse(one, other, hook, why);
	}
	return 0;
}

int conflict_check_pair(const struct bundle *one, const struct bundle *other, struct failure *why)
{
	for (uint32_t i = 0; i < one->artifact.hook_count; i++) {
		if (check_hook(one, i, other, why))
			return -1;
	}
	return 0;
}

int conflict_check(const struct bundles *b, struct failure *why)
{
	for (size_t i = 0; i < b->count; i++) {
		for (size_t j = i + 1; j < b->count; j++) {
			if (conflict_check_pair(&b->v[i], &b->v[j], why))
				return -1;
		}
	}
	return 0;
}
