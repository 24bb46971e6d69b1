// SPDX-License-Identifier: Apache-2.0
/* What a policy says of the return of its hook, and returns. */
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
#include "gen.h"

struct part *gen_return_option(struct gen *g)
{
	const struct shape_arg *r = &g->set->shape->result;
	struct part *p = part_leaf(
		g->set->arena, "    return: true\n    returnArg: {index: 0, type: %s}", r->type);

	p->place = PART_HOOK;
	p->reach = REACHES(RETURN);
	for (unsigned i = 0; i < g->set->shape->arg_count; i++)
		if (g->set->shape->args[i].return_copy)
			p->reach |= REACHES(RETURN_COPY);
	return p;
}

struct part *gen_match_return_args(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchReturnArgs: [", "]");

	section->section = PART_SECTION(EVAL_RETURN_ARGS);
	if (!g->returns || draw_one_in(g->draw, 3))
		return NULL;
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 2); i < n; i++)
		part_add(g->set->arena, section,
			 gen_filter(g, &g->set->shape->result, 0, "matchReturnArgs"));
	return section->n ? section : NULL;
}

struct part *gen_match_return_actions(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchReturnActions: [", "]");

	section->section = PART_RETURN_ACTIONS;
	section->reach = REACHES(RETURN_ACTIONS);
	if (!g->returns || !draw_one_in(g->draw, 3))
		return NULL;
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 2); i < n; i++)
		part_add(g->set->arena, section, gen_action(g, "matchReturnActions", 0));
	return section->n ? section : NULL;
}

/* As many bytes as the buffer has that the call filled, fewer or none; else any number. */
void gen_result(const struct gen_set *set, struct draw *d, struct event *out)
{
	const struct shape *s = set->shape;

	gen_number_argument(set, d, &s->result, &out->result);
	for (unsigned i = 0; i < s->arg_count; i++)
		if (s->args[i].return_copy)
			out->result.number = gen_size(d, &out->args[i].text, true);
}
