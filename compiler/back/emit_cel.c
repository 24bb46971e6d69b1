// SPDX-License-Identifier: Apache-2.0
/*
 * Stage "emit": what expressions ask of texts. Only one text is in working memory at a time, so
 * each gives its answers, bits of `atoms`, when it has been read; the expression comes after all.
 */
#include "compiler/base/arena.h"
#include "compiler/values/cel.h"
#include "emit_set.h"

static enum op operator_of(enum cel_kind kind)
{
	switch (kind) {
	case CEL_STARTS_WITH:
		return OP_PREFIX;
	case CEL_ENDS_WITH:
		return OP_POSTFIX;
	case CEL_CONTAINS:
		return OP_SUBSTRING;
	default:
		return OP_EQUAL;
	}
}

/* The literals as values of an operator, without empty ones. */
static size_t values_of(struct emitter *e, const struct cel_node *n, struct value **out)
{
	uint32_t all = n->right ? 1 : n->item_count;
	size_t count = 0;

	*out = arena_array(e->arena, all, sizeof(**out));
	for (uint32_t i = 0; i < all; i++) {
		const struct cel_node *literal = n->right ? n->right : n->items[i];

		if (literal->len)
			(*out)[count++] = (struct value){
				.kind = VALUE_IS_TEXT, .text = literal->text, .len = literal->len};
	}
	return count;
}

/* An empty text is in every other one, and equals one that is empty. */
static void emit_empty(struct emitter *e, const char *name, enum op op, const char *others)
{
	fprintf(e->out, "static __inline bool %s(struct tg_scratch *s)\n{\n\treturn ", name);
	if (op != OP_EQUAL)
		fprintf(e->out, "s != NULL");
	else
		fprintf(e->out, "!tg_fresh(s->read.len)");
	if (others)
		fprintf(e->out, " || %s(s)", others);
	fprintf(e->out, ";\n}\n\n");
}

static void emit_atom(struct emitter *e, const struct plan_slot *slot, const char *name,
		      const struct cel_node *n)
{
	enum op op = operator_of(n->kind);
	struct value *values;
	size_t count = values_of(e, n, &values);
	bool empty = count < (n->right ? 1 : n->item_count);
	const char *inner = empty ? arena_printf(e->arena, "%s_other", name) : name;

	if (count)
		emit_text_predicate(e, inner, plan_is_path(slot) ? TEXT_AT_END : TEXT_AT_START, op,
				    values, count);
	if (empty)
		emit_empty(e, name, op, count ? inner : NULL);
}

void emit_atoms(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t n)
{
	const struct plan_predicate *p = &h->predicates[n];
	const struct cel_node *all[PLAN_ATOMS_MAX];

	if (!p->atoms)
		return;
	cel_questions(p->filter->expression, all, PLAN_ATOMS_MAX);
	for (uint32_t i = 0; i < p->atoms; i++) {
		if (all[i]->kind == CEL_SIZE)
			continue;
		emit_line(e, p->filter->ir->at);
		emit_atom(e, &h->slots[p->args[cel_text_arg(all[i])->number]],
			  arena_printf(e->arena, "h%u_p%ua%u", hook, n, i), all[i]);
	}
}

void emit_answers(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t slot)
{
	const struct cel_node *all[PLAN_ATOMS_MAX];

	for (uint32_t n = 0; n < h->predicate_count; n++) {
		const struct plan_predicate *p = &h->predicates[n];

		if (p->atoms)
			cel_questions(p->filter->expression, all, PLAN_ATOMS_MAX);
		for (uint32_t i = 0; i < p->atoms; i++) {
			if (p->args[cel_text_arg(all[i])->number] != slot)
				continue;
			if (all[i]->kind == CEL_SIZE)
				fprintf(e->out, "\t\ts->sizes[%u] = tg_fresh(s->read.len);\n",
					slot);
			else
				fprintf(e->out, "\t\ts->atoms |= (__u64)h%u_p%ua%u(s) << %u;\n",
					hook, n, i, p->first_atom + i);
		}
	}
}
