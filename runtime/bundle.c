// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/bundle.h"
#include "runtime/conflict.h"
#include "runtime/event.h"
#include "runtime/notice.h"
#include "runtime/rollback.h"

static enum tgrun_exit exit_of_verify(enum verify_result result)
{
	static const enum tgrun_exit codes[VERIFY_RESULT_COUNT] = {
		[VERIFY_UNREADABLE] = TGRUN_UNREADABLE, [VERIFY_TOO_LARGE] = TGRUN_UNREADABLE,
		[VERIFY_NOT_BUNDLE] = TGRUN_MALFORMED,	[VERIFY_UNSIGNED] = TGRUN_UNSIGNED,
		[VERIFY_TRUNCATED] = TGRUN_TRUNCATED,	[VERIFY_MALFORMED] = TGRUN_MALFORMED,
		[VERIFY_TAMPERED] = TGRUN_TAMPERED,	[VERIFY_WRONG_SIGNER] = TGRUN_WRONG_SIGNER,
	};

	return codes[result];
}

/* What the format allows but an event here has no room for. */
static int check_views(const struct bundle *b, struct failure *why)
{
	const struct artifact *a = &b->artifact;

	for (uint32_t i = 0; i < a->view_count; i++) {
		if (a->views[i].args > EVENT_ARGS_MAX || a->views[i].tags > EVENT_TAGS_MAX)
			return failure_set(why, TGRUN_MALFORMED,
					   "%s: too many arguments or tags in one hook", b->path);
	}
	return 0;
}

static int check_duplicate(const struct bundles *all, const struct bundle *b, struct failure *why)
{
	const struct tg_artifact_header *mine = b->artifact.header, *other;

	for (const struct bundle *o = all->v; o < b; o++) {
		other = o->artifact.header;
		if (other->fingerprint == mine->fingerprint ||
		    !strncmp(other->name, mine->name, TG_NAME_MAX))
			return failure_set(why, TGRUN_DUPLICATE,
					   "%s: bundle %.*s was given before, as %s", b->path,
					   TG_NAME_MAX, mine->name, o->path);
	}
	return 0;
}

int bundle_check_version(const struct bundle *b, const char *state_dir, struct failure *why)
{
	const struct tg_artifact_header *h = b->artifact.header;
	char text[512];
	enum rollback_result result =
		rollback_check(state_dir, h->name, h->version, text, sizeof(text));

	if (result == ROLLBACK_OK)
		return 0;
	return failure_set(why, result == ROLLBACK_REFUSED ? TGRUN_ROLLBACK : TGRUN_ENVIRONMENT,
			   "%s: %s", b->path, text);
}

static int verify(struct bundle *b, const struct trust *trust, struct failure *why)
{
	char text[512];
	enum verify_result result = verify_file(&b->verified, b->path, trust, text, sizeof(text));

	if (result != VERIFY_OK)
		return failure_set(why, exit_of_verify(result), "%s", text);
	return 0;
}

int bundle_view(struct bundle *b, const void *payload, size_t size, struct failure *why)
{
	char text[512];

	if (artifact_view(&b->artifact, payload, size, text, sizeof(text)))
		return failure_set(why, TGRUN_MALFORMED, "%s: %s", b->path, text);
	return check_views(b, why);
}

int bundle_prepare(struct bundle *b, struct failure *why)
{
	b->told = calloc(b->artifact.policy_count + 1, sizeof(*b->told));
	if (!b->told || modes_init(&b->modes, &b->artifact) ||
	    workload_rules_init(&b->workloads, &b->artifact))
		return failure_set(why, TGRUN_ENVIRONMENT, "out of memory");
	return 0;
}

int bundle_verify(struct bundle *b, const char *cert, struct failure *why)
{
	char text[512];
	struct trust *trust = trust_load(cert, text, sizeof(text));
	int result;

	if (!trust)
		return failure_set(why, TGRUN_ENVIRONMENT, "%s", text);
	result = verify(b, trust, why);
	b->verified.subject = NULL; /* was in the trust's memory */
	trust_free(trust);
	return result;
}

static int read_one(struct bundle *b, const struct trust *trust, struct failure *why)
{
	if (verify(b, trust, why) || bundle_view(b, b->verified.payload, b->verified.size, why))
		return -1;
	return bundle_prepare(b, why);
}

static int read_all(struct bundles *b, char *const *paths, size_t count, const struct trust *trust,
		    const char *state_dir, struct failure *why)
{
	for (size_t i = 0; i < count; i++) {
		struct bundle *next = &b->v[b->count++];

		*next = (struct bundle){.path = paths[i], .loaded = LOADED_NOTHING};
		if (read_one(next, trust, why) || check_duplicate(b, next, why) ||
		    bundle_check_version(next, state_dir, why))
			return -1;
	}
	return 0;
}

int bundles_read(struct bundles *b, char *const *paths, size_t count, const char *cert,
		 const char *state_dir, struct failure *why)
{
	struct trust *trust;
	char text[512];
	int result;

	if (!count)
		return 0;
	trust = trust_load(cert, text, sizeof(text));
	if (!trust)
		return failure_set(why, TGRUN_ENVIRONMENT, "%s", text);
	result = read_all(b, paths, count, trust, state_dir, why) || conflict_check(b, why);
	for (size_t i = 0; i < b->count; i++)
		b->v[i].verified.subject = NULL; /* was in the trust's memory */
	trust_free(trust);
	return result ? -1 : 0;
}

static int set_mode(struct bundle *b, uint32_t policy, enum tg_policy_mode mode,
		    struct failure *why)
{
	if (!modes_set(&b->modes, &b->artifact, policy, mode))
		return 0;
	return failure_set(
		why, TGRUN_USAGE,
		"policy %s of bundle %.*s cannot be made to enforce: none of its actions "
		"does",
		artifact_string(&b->artifact, b->artifact.policies[policy].name), TG_NAME_MAX,
		b->artifact.header->name);
}

int bundles_set_mode(struct bundles *b, const char *policy, enum tg_policy_mode mode,
		     struct failure *why)
{
	bool found = false;

	for (size_t i = 0; i < b->count; i++) {
		const struct artifact *a = &b->v[i].artifact;

		for (uint32_t j = 0; j < a->policy_count; j++) {
			if (strcmp(artifact_string(a, a->policies[j].name), policy))
				continue;
			found = true;
			if (set_mode(&b->v[i], j, mode, why))
				return -1;
		}
	}
	return found ? 0
		     : failure_set(why, TGRUN_USAGE, "no bundle has a policy named \"%s\"", policy);
}

static int place_policies(struct bundle *b, const struct labels *node, struct failure *why)
{
	const struct artifact *a = &b->artifact;

	for (uint32_t i = 0; i < a->policy_count; i++) {
		const char *name = artifact_string(a, a->policies[i].name);

		if (!a->policies[i].requirements)
			continue;
		if (!node)
			return failure_set(
				why, TGRUN_USAGE,
				"policy %s is for some nodes only (nodeSelector), and the "
				"labels of this one are not known; see --node-labels",
				name);
		if (workload_rules_node(&b->workloads, i, node))
			continue;
		modes_set(&b->modes, a, i, TG_MODE_OFF);
		b->modes.policies[i].elsewhere = true;
		notice("tgrun: policy %s is off: its nodeSelector does not fit the labels of this "
		       "node\n",
		       name);
	}
	return 0;
}

int bundle_place(struct bundle *b, const struct workloads *w, struct failure *why)
{
	struct labels room;

	if (b->workloads.count && !workloads_known(w))
		return failure_set(why, TGRUN_USAGE,
				   "bundle %.*s has policies for some workloads only, and "
				   "those of this node are not known; see --workloads and "
				   "--enable-cri",
				   TG_NAME_MAX, b->artifact.header->name);
	return place_policies(b, workloads_node(w, &room), why);
}

int bundles_place(struct bundles *b, const struct workloads *w, struct failure *why)
{
	for (size_t i = 0; i < b->count; i++)
		if (bundle_place(&b->v[i], w, why))
			return -1;
	return 0;
}

int bundle_remember_version(const struct bundle *b, const char *state_dir, struct failure *why)
{
	const struct tg_artifact_header *h = b->artifact.header;
	char text[512];
	enum rollback_result result =
		rollback_commit(state_dir, h->name, h->version, text, sizeof(text));

	if (result == ROLLBACK_OK)
		return 0;
	return failure_set(why, result == ROLLBACK_REFUSED ? TGRUN_ROLLBACK : TGRUN_ENVIRONMENT,
			   "%s: %s", b->path, text);
}

int bundles_load(struct bundles *b, const struct base *base, struct features *f,
		 struct workloads *w, const char *state_dir, struct failure *why)
{
	for (size_t i = 0; i < b->count; i++) {
		struct load_dynamic dynamic = {
			.modes = &b->v[i].modes, .rules = &b->v[i].workloads, .workloads = w};

		if (load_bundle(&b->v[i].loaded, &b->v[i].artifact, base, f, &dynamic, why))
			return -1;
	}
	for (size_t i = 0; i < b->count; i++) {
		if (bundle_remember_version(&b->v[i], state_dir, why))
			return -1;
	}
	return 0;
}

void bundles_detach(struct bundles *b)
{
	for (size_t i = b->count; i-- > 0;)
		links_detach(&b->v[i].loaded.links);
}

void bundles_free(struct bundles *b)
{
	if (b->is_coming)
		bundle_free(&b->coming);
	b->is_coming = false;
	while (b->count)
		bundle_free(&b->v[--b->count]);
	while (b->retired_count)
		bundle_free(&b->retired[--b->retired_count]);
}
