// SPDX-License-Identifier: Apache-2.0
#include "runtime/bundle.h"

const struct bundle *bundles_find(const struct bundles *b, uint32_t fingerprint)
{
	for (size_t i = 0; i < b->count; i++) {
		if (b->v[i].artifact.header->fingerprint == fingerprint)
			return &b->v[i];
	}
	return NULL;
}

size_t bundles_hooks(const struct bundles *b)
{
	size_t hooks = 0;

	for (size_t i = 0; i < b->count; i++)
		hooks += b->v[i].artifact.hook_count;
	return hooks;
}

size_t bundles_policies(const struct bundles *b)
{
	size_t policies = 0;

	for (size_t i = 0; i < b->count; i++)
		policies += b->v[i].artifact.policy_count;
	return policies;
}
