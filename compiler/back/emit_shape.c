// SPDX-License-Identifier: Apache-2.0
/* Questions about the shape of a hook that several files of this stage ask. */
#include "emit.h"

/* The selectors that a sketch of this slot can rule out. */
/* An index has asked a sketch what it knows. */
static bool indexed(const struct plan_hook *h, const struct tir_arg *arg)
{
	const struct plan_hook *first = h - h->part;

	for (uint32_t i = 0; i < first->index_count; i++)
		if (plan_same_arg(first->indexes[i].arg, arg))
			return true;
	return false;
}

uint64_t emit_sketched(const struct plan_hook *h, uint32_t slot)
{
	uint64_t mask = 0;

	if (!plan_has_sketch(&h->slots[slot]) || indexed(h, h->slots[slot].arg))
		return 0;

	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].slot == slot && sketch_useful(h->predicates[i].filter))
			mask |= h->predicates[i].selectors;
	return mask;
}

/* The path that a record ends with, when it is its only text: it is sent from where it is. */
bool emit_only_path(const struct plan_hook *h)
{
	uint32_t others = 0, paths = 0;

	if (h->rate_count || emit_has_extras(h))
		return false;
	for (uint32_t i = 0; i < h->slot_count; i++) {
		paths += plan_is_path(&h->slots[i]);
		others += !plan_is_path(&h->slots[i]) && !plan_is_number(&h->slots[i]);
	}
	return paths == 1 && !others;
}

bool emit_has_extras(const struct plan_hook *h)
{
	return h->kernel_stacks || h->user_stacks || h->tracks;
}

bool emit_has_sockets(const struct plan_hook *h)
{
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (plan_is_socket(&h->slots[i]) && plan_is_used(&h->slots[i]))
			return true;
	return false;
}

/* Structs need it, and more sockets than a program's stack has room for. */
bool emit_has_texts(const struct plan_hook *h)
{
	uint32_t sockets = 0;

	if (h->rate_count || emit_has_extras(h))
		return true;
	for (uint32_t i = 0; i < h->slot_count; i++) {
		const struct plan_slot *s = &h->slots[i];

		if (plan_is_used(s) && !plan_is_number(s) && !plan_is_socket(s))
			return true;
		sockets += plan_is_used(s) && plan_is_socket(s);
	}
	return sockets > 1;
}

uint64_t emit_view_mask(const struct plan_view *v)
{
	uint64_t ones = v->selectors == 64 ? ~0ull : (1ull << v->selectors) - 1;

	return ones << v->first_selector;
}
