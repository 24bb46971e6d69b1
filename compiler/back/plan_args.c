// SPDX-License-Identifier: Apache-2.0
/* Arguments of a hook that are read once for all, and the filters on them. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"
#include "bpf-templates/tg_event.h"

#define VALUES_MAX 512 /* compared one after another in this version */

enum plan_slot_kind plan_slot_kind(const struct plan_slot *s)
{
	static const enum plan_slot_kind kinds[CLASS_COUNT] = {
		[CLASS_INT] = SLOT_NUMBER,	 [CLASS_CAPS] = SLOT_NUMBER,
		[CLASS_STRING] = SLOT_TEXT,	 [CLASS_BYTES] = SLOT_TEXT,
		[CLASS_FILENAME] = SLOT_TEXT,	 [CLASS_PATH] = SLOT_TEXT,
		[CLASS_SOCKADDR_UN] = SLOT_TEXT, [CLASS_SOCK] = SLOT_SOCKET,
		[CLASS_SKB] = SLOT_SOCKET,	 [CLASS_SOCKADDR] = SLOT_SOCKET,
		[CLASS_STRUCT] = SLOT_STRUCT,
	};

	return kinds[s->arg->type->class];
}

static bool same_arg(const struct tir_arg *a, const struct tir_arg *b)
{
	return (a->ir->position == b->ir->position || a->source == ARG_RETURN) &&
	       a->type == b->type && a->source == b->source && a->abi32 == b->abi32;
}

/* The slot of an argument; made when new. PLAN_NO_SLOT for nop or when there is no room. */
uint32_t plan_slot_for(struct planning *p, struct plan_hook *h, const struct tir_arg *arg)
{
	size_t room = TG_SLOTS_MAX;

	if (arg->source == ARG_NONE || arg->type->class == CLASS_NOP)
		return PLAN_NO_SLOT;
	for (uint32_t i = 0; i < h->slot_count; i++)
		if (same_arg(h->slots[i].arg, arg))
			return i;
	if (h->slot_count == room) {
		diag_at(p->diags, DIAG_TOO_MANY_ARGS, arg->ir->at,
			"more than %d distinct arguments of `%s` are used by all policies together",
			TG_SLOTS_MAX, h->symbol);
		return PLAN_NO_SLOT;
	}
	if (!h->slots)
		h->slots = arena_array(p->arena, room, sizeof(*h->slots));
	h->slots[h->slot_count].arg = arg;
	return h->slot_count++;
}

static int slot_rank(const struct plan_slot *s)
{
	switch (plan_slot_kind(s)) {
	case SLOT_NUMBER:
	case SLOT_SOCKET:
		return 0;
	case SLOT_TEXT:
		return s->filtered ? 1 : 2;
	default:
		return 2;
	}
}

/* Stable reordering by rank; everything that names slots follows. */
void plan_order_slots(struct planning *p, struct plan_hook *h)
{
	struct plan_slot *sorted = arena_array(p->arena, h->slot_count + 1, sizeof(*sorted));
	uint32_t moved[TG_SLOTS_MAX], n = 0;

	for (int rank = 0; rank < 3; rank++)
		for (uint32_t i = 0; i < h->slot_count; i++)
			if (slot_rank(&h->slots[i]) == rank) {
				moved[i] = n;
				sorted[n++] = h->slots[i];
			}
	h->slots = sorted;
	for (uint32_t i = 0; i < h->predicate_count; i++)
		h->predicates[i].slot = moved[h->predicates[i].slot];
	for (uint32_t i = 0; i < h->view_count; i++)
		for (size_t j = 0; j < h->views[i].hook->arg_count; j++)
			if (h->views[i].slots[j] != PLAN_NO_SLOT)
				h->views[i].slots[j] = moved[h->views[i].slots[j]];
}

bool plan_same_filter(const struct tir_filter *a, const struct tir_filter *b)
{
	if (a->op != b->op || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (!value_equal(&a->values[i], &b->values[i]))
			return false;
	return true;
}

void plan_add_predicate(struct planning *p, struct plan_hook *h, struct rooms *room, uint32_t slot,
			const struct tir_filter *f, uint64_t bit)
{
	h->slots[slot].filtered |= bit;
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		struct plan_predicate *have = &h->predicates[i];

		if (have->slot == slot && plan_same_filter(have->filter, f)) {
			have->selectors |= bit;
			return;
		}
	}
	if (f->value_count > VALUES_MAX)
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, f->ir->at,
			"%zu values in one filter: this version of tgc compiles up to %d",
			f->value_count, VALUES_MAX);
	h->predicates = arena_grow(p->arena, h->predicates, h->predicate_count, &room->predicates,
				   sizeof(*h->predicates));
	h->predicates[h->predicate_count++] =
		(struct plan_predicate){.slot = slot, .filter = f, .selectors = bit};
}
