// SPDX-License-Identifier: Apache-2.0
/* matchActions: each action that shows in what a call does. */
#include "compiler/base/arena.h"
#include "gen.h"

#define ACTIONS 3

/* A selector names one error only. */
static struct part *action(struct gen *g, int error)
{
	struct arena *a = g->set->arena;
	struct part *p, *section;
	const char *feature;

	switch (draw_below(g->draw, 5)) {
	case 0:
		feature = "Post";
		p = part_leaf(a, "{action: Post}");
		break;
	case 1:
		feature = "NoPost";
		p = part_leaf(a, "{action: NoPost}");
		break;
	case 2:
		feature = "Signal";
		p = part_leaf(a, "{action: Signal, argSig: %u}", 1 + draw_below(g->draw, 64));
		break;
	case 3:
		feature = "Sigkill";
		p = part_leaf(a, "{action: Sigkill}");
		break;
	default:
		if (g->set->shape->kind != SHAPE_SECURITY && g->set->shape->kind != SHAPE_LSM)
			return NULL;
		feature = "Override";
		p = part_leaf(a, "{action: Override, argError: %d}", error);
	}
	section = part_new(a, "matchActions: [", "]");
	part_add(a, section, p);
	return gen_section(g, feature, section) ? p : NULL;
}

struct part *gen_match_actions(struct gen *g)
{
	static const int errors[] = {-1, -13, -2, -4095, -4};
	struct part *section = part_new(g->set->arena, "matchActions: [", "]");
	int error = DRAW_FROM(g->draw, errors);

	for (unsigned i = 0, n = draw_below(g->draw, ACTIONS + 1); i < n; i++)
		part_add(g->set->arena, section, action(g, error));
	return section->n ? section : NULL;
}
