// SPDX-License-Identifier: Apache-2.0
/* matchArgs: any operator on any argument that it fits. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/words/operator.h"
#include "compiler/eval/eval.h"
#include "gen.h"
#include "policy.h"

#define FILTERS 3

static const struct type_info *type_of(const struct shape_arg *arg)
{
	return type_get(type_find(arg->type));
}

/* An operator that the compiler has for the type; OP_COUNT: none came up. */
static enum op random_operator(struct gen *g, const struct type_info *type)
{
	struct value_error e;
	const char *note;

	for (unsigned i = 0; i < 64; i++) {
		enum op op = (enum op)draw_below(g->draw, OP_COUNT);

		if (op_get(op)->compiled &&
		    operator_check(g->set->arena, op, type, &e, &note) == OPERATOR_FITS)
			return op;
	}
	return OP_COUNT;
}

/* Of those that an index knows. */
static enum op plain_operator(struct gen *g, const struct type_info *type)
{
	static const enum op plain[] = {OP_EQUAL, OP_EQUAL, OP_PREFIX, OP_POSTFIX};
	struct value_error e;
	const char *note;
	enum op op = DRAW_FROM(g->draw, plain);

	return operator_check(g->set->arena, op, type, &e, &note) == OPERATOR_FITS ? op : OP_EQUAL;
}

static struct part *value(struct gen *g, const struct type_info *type, enum op op)
{
	if (type->class == CLASS_INT || type->class == CLASS_CAPS)
		return gen_number_value(g, type, op);
	if (type->class == CLASS_SOCK || type->class == CLASS_SOCKADDR)
		return gen_socket_value(g, op);
	return gen_text_value(g, type, op);
}

static struct part *values(struct gen *g, const struct type_info *type, enum op op)
{
	struct part *list = part_new(g->set->arena, "values: [", "]");
	unsigned n = draw_one_in(g->draw, 2) ? 1 + draw_below(g->draw, 12) : 1;

	for (unsigned i = 0; i < n; i++)
		part_add(g->set->arena, list, value(g, type, op));
	return list->n ? list : NULL;
}

static uint64_t reach_of(const struct type_info *type, enum op op)
{
	static const uint64_t classes[CLASS_COUNT] = {
		[CLASS_INT] = REACHES(NUMBER),	[CLASS_CAPS] = REACHES(CAPS),
		[CLASS_STRING] = REACHES(TEXT), [CLASS_FILENAME] = REACHES(TEXT),
		[CLASS_PATH] = REACHES(PATH),	[CLASS_BYTES] = REACHES(BUFFER),
		[CLASS_SOCK] = REACHES(SOCKET), [CLASS_SOCKADDR] = REACHES(SOCKADDR),
	};

	if (op_get(op)->takes == OPERAND_PORT || op == OP_SPORT_PRIV || op == OP_NOT_SPORT_PRIV ||
	    op == OP_DPORT_PRIV || op == OP_NOT_DPORT_PRIV)
		return REACHES(PORT);
	if (op_get(op)->takes == OPERAND_ADDRESS)
		return REACHES(ADDRESS);
	return classes[type->class];
}

static struct part *make_filter(struct gen *g, const struct shape_arg *arg, unsigned index,
				const char *section, bool plain)
{
	struct arena *a = g->set->arena;
	const struct type_info *type = type_of(arg);
	enum op op = plain ? plain_operator(g, type) : random_operator(g, type);
	struct part *p, *list;

	if (op == OP_COUNT || op == OP_CAPABILITIES_GAINED)
		return NULL;
	p = part_new(a, arena_printf(a, "{index: %u, operator: \"%s\"", index, op_name(op)), "}");
	p->reach = reach_of(type, op);
	if (!strcmp(section, "matchReturnArgs"))
		p->reach |= REACHES(RETURN_ARGS);
	if (op_get(op)->takes != OPERAND_NONE) {
		p->open = arena_printf(a, "%s, ", p->open);
		list = part_add(a, p, values(g, type, op));
		if (!list)
			return NULL;
	}
	return gen_entry(g, arena_printf(a, "%s.%s(%s)", section, op_name(op), type->name), section,
			 p);
}

struct part *gen_filter(struct gen *g, const struct shape_arg *arg, unsigned index,
			const char *section)
{
	return make_filter(g, arg, index, section, false);
}

static struct part *filter(struct gen *g, bool plain)
{
	unsigned arg = draw_below(g->draw, g->set->shape->arg_count);
	const struct shape_arg *type = &g->set->shape->args[arg];

	if (type->return_copy)
		return NULL; /* it has not been read yet */
	if (!plain && draw_one_in(g->draw, 6))
		return gen_expression(g);
	return make_filter(g, type, policy_index(g->set->shape, arg), "matchArgs", plain);
}

struct part *gen_match_args(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchArgs: [", "]");

	section->section = PART_SECTION(EVAL_ARGS);
	if (draw_one_in(g->draw, 6))
		return NULL;
	for (unsigned i = 0, n = 1 + draw_below(g->draw, FILTERS); i < n; i++)
		part_add(g->set->arena, section, filter(g, false));
	return section->n ? section : NULL;
}

struct part *gen_plain_args(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchArgs: [", "]");

	section->section = PART_SECTION(EVAL_ARGS);
	part_add(g->set->arena, section, filter(g, true));
	return section->n ? section : NULL;
}
