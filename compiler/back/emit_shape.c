// SPDX-License-Identifier: Apache-2.0
/* Questions about the shape of a hook that several files of this stage ask. */
#include "emit.h"

/* The selectors that a sketch of this slot can rule out. */
uint64_t emit_sketched(const struct plan_hook *h, uint32_t slot)
{
	uint64_t mask = 0;

	if (!plan_has_sketch(&h->slots[slot]))
		return 0;

	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter))
			mask |= h->predicates[i].selectors;
	return mask;
}

/* The path that a record ends with, when it is its only text: it is sent from where it is. */
bool emit_only_path(const struct plan_hook *h)
{
	uint32_t texts = 0, paths = 0;

	if (h->rate_count || emit_has_extras(h))
		return false;
	for (uint32_t i = 0; i < h->slot_count; i++) {
		texts += plan_is_text(&h->slots[i]);
		paths += plan_is_path(&h->slots[i]);
	}
	return texts == 1 && paths == 1;
}

bool emit_has_extras(const struct plan_hook *h)
{
	return h->kernel_stacks | h->user_stacks;
}

bool emit_has_texts(const struct plan_hook *h)
{
	if (h->rate_count || emit_has_extras(h))
		return true;
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_text(&h->slots[i]) && (h->slots[i].filtered || h->slots[i].shown))
			return true;
	return false;
}

uint64_t emit_view_mask(const struct plan_view *v)
{
	uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;

	return ones << v->first_selector;
}
