// SPDX-License-Identifier: Apache-2.0
/* Conditions on the process: facts that are kept as bits with each process. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "plan_make.h"

#define BINARIES_MAX 62 /* bits of a process; the last two are for tg_bits' own use */

static bool same_binaries(const struct ir_binaries *a, const struct ir_binaries *b)
{
	if (op_get(a->op)->plain != op_get(b->op)->plain ||
	    a->follow_children != b->follow_children || a->value_count != b->value_count)
		return false;
	for (size_t i = 0; i < a->value_count; i++)
		if (strcmp(a->values[i].s, b->values[i].s))
			return false;
	return true;
}

static uint32_t binary_for(struct planning *p, const struct ir_binaries *set)
{
	struct plan *plan = p->plan;

	for (uint32_t i = 0; i < plan->binary_count; i++)
		if (same_binaries(plan->binaries[i].set, set))
			return i;
	if (plan->binary_count == BINARIES_MAX) {
		diag_at(p->diags, DIAG_TOO_MANY_VALUES, set->at,
			"more than %d different matchBinaries lists in one bundle", BINARIES_MAX);
		return 0;
	}
	plan->binaries = arena_grow(p->arena, plan->binaries, plan->binary_count, &p->binary_room,
				    sizeof(*plan->binaries));
	plan->binaries[plan->binary_count].set = set;
	return plan->binary_count++;
}

void plan_add_binary(struct planning *p, struct plan_hook *h, struct rooms *room,
		     const struct ir_binaries *set, uint64_t bit)
{
	uint32_t binary = binary_for(p, set);

	for (uint32_t i = 0; i < h->binary_count; i++)
		if (h->binaries[i].binary == binary && h->binaries[i].negated == set->negated) {
			h->binaries[i].selectors |= bit;
			return;
		}
	h->binaries = arena_grow(p->arena, h->binaries, h->binary_count, &room->binaries,
				 sizeof(*h->binaries));
	h->binaries[h->binary_count++] = (struct plan_binary_use){
		.binary = binary, .negated = set->negated, .selectors = bit};
}
