// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/bundle.h"

const struct bundle *bundles_find(const struct bundles *b, uint32_t fingerprint)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->v[i].artifact.header->fingerprint == fingerprint)
			return &b->v[i];
	}
	if (b->is_coming && b->coming.artifact.header->fingerprint == fingerprint)
		return &b->coming;
	for (size_t i = b->retired_count; i-- > 0;) {
		if (b->retired[i].artifact.header->fingerprint == fingerprint)
			return &b->retired[i];
	}
	return NULL;
}

bool bundles_have_policy(const struct bundles *b, const char *policy)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct artifact *a = &b->v[i].artifact;

		for (uint32_t j = 0; j < a->policy_count; j++)
			if (!strcmp(artifact_string(a, a->policies[j].name), policy))
				return true;
	}
	return false;
}

size_t bundles_hooks(const struct bundles *b)
{
	size_t hooks = 0;

	for (size_t i = 0; i < b->count; i++)
		hooks += b->v[i].artifact.hook_count;
	return hooks;
}

bool bundles_enforce(const struct bundles *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct artifact *a = &b->v[i].artifact;

		for (uint32_t j = 0; j < a->policy_count; j++) {
			if (a->policies[j].flags & TG_POLICY_ENFORCES)
				return true;
		}
	}
	return false;
}

size_t bundles_policies(const struct bundles *b)
{
	size_t policies = 0;

	for (size_t i = 0; i < b->count; i++)
		policies += b->v[i].artifact.policy_count;
	return policies;
}

uint32_t bundles_selector_flags(const struct bundles *b)
{
	uint32_t flags = 0;

	for (size_t i = 0; i < b->count; i++)
		for (uint32_t j = 0; j < b->v[i].artifact.selector_count; j++)
			flags |= b->v[i].artifact.selectors[j].flags;
	return flags;
}
