// SPDX-License-Identifier: Apache-2.0
/* The filters of a hook as functions, one for each distinct one. */
#include <string.h>
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit_set.h"

/*
 * The name of a text predicate's function, without the `h`: that of the first hook which asks the
 * same, so that it is compiled once.
 */
const char *emit_text_name(const struct emitter *e, const struct plan_hook *h, uint32_t n,
			   const char *what)
{
	const struct plan_predicate *p = &h->predicates[n];

	for (const struct plan_hook *o = &e->plan->hooks[e->first];; o++)
		for (uint32_t i = 0; i < o->predicate_count; i++) {
			const struct plan_predicate *q = &o->predicates[i];

			if ((o == h && i == n) ||
			    (!q->args && plan_is_text(&o->slots[q->slot]) &&
			     plan_is_path(&o->slots[q->slot]) == plan_is_path(&h->slots[p->slot]) &&
			     plan_same_filter(q->filter, p->filter)))
				return arena_printf(e->arena, "h%u_%s%u",
						    (uint32_t)(o - e->plan->hooks), what, i);
		}
}

static void emit_text_functions(struct emitter *e, const struct plan_hook *h, uint32_t hook,
				uint32_t n)
{
	const struct tir_filter *f = h->predicates[n].filter;
	bool path = plan_is_path(&h->slots[h->predicates[n].slot]);
	const char *name = emit_text_name(e, h, n, "p");

	if (strcmp(name, arena_printf(e->arena, "h%u_p%u", hook, n)) != 0)
		return;
	emit_line(e, f->ir->at);
	emit_text_predicate(e, name, path ? TEXT_AT_END : TEXT_AT_START, f->op, f->values,
			    f->value_count);
	if (!path)
		return;
	emit_line(e, f->ir->at);
	emit_sketch_predicate(e, emit_text_name(e, h, n, "may"), f);
}

void emit_predicates(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];
		const struct plan_slot *slot = p->args ? NULL : &h->slots[p->slot];

		if (!slot)
			emit_joint_predicate(e, h, hook, i);
		else if (plan_is_text(slot))
			emit_text_functions(e, h, hook, i);
		else if (plan_is_number(slot))
			emit_int_predicate(e, hook, i, p, slot->arg);
		else if (plan_is_socket(slot))
			emit_socket_predicate(e, hook, i, p);
	}
}
