// SPDX-License-Identifier: Apache-2.0
/* matchActions: each action that shows in what a call does. */
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"

#define ACTIONS 3

/* What was sent a moment ago is not sent again. */
static struct part *post(struct gen *g, const char *section)
{
	static const struct {
		const char *name;
		uint64_t reach;
	} scopes[] = {{"thread", REACHES(RATE_THREAD)},
		      {"process", REACHES(RATE_PROCESS)},
		      {"global", REACHES(RATE_GLOBAL)}};
	unsigned scope = draw_below(g->draw, 3);
	struct part *p;

	if (!g->set->keeps || draw_one_in(g->draw, 4))
		return gen_entry(g, arena_printf(g->set->arena, "%s.Post", section), section,
				 part_leaf(g->set->arena, "{action: Post}"));
	p = part_leaf(g->set->arena, "{action: Post, rateLimit: \"%u\", rateLimitScope: \"%s\"}",
		      1 + 4 * draw_below(g->draw, 2), scopes[scope].name);
	p->reach = scopes[scope].reach;
	return gen_entry(
		g, arena_printf(g->set->arena, "%s.rateLimit(%s)", section, scopes[scope].name),
		section, p);
}

/* A selector names one error only. */
struct part *gen_action(struct gen *g, const char *section, int error)
{
	struct arena *a = g->set->arena;
	struct part *p;
	const char *feature;

	switch (draw_below(g->draw, g->set->keeps ? 7 : 5)) {
	case 0:
	case 5:
	case 6:
		return post(g, section);
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
		if (!error || g->set->returns)
			return NULL;
		if (g->set->shape->kind != SHAPE_SECURITY && g->set->shape->kind != SHAPE_LSM)
			return NULL;
		feature = "Override";
		p = part_leaf(a, "{action: Override, argError: %d}", error);
	}
	if (g->set->modes && strcmp(feature, "NoPost") != 0)
		p->reach = REACHES(MONITOR);
	return gen_entry(g, arena_printf(a, "%s.%s", section, feature), section, p);
}

struct part *gen_match_actions(struct gen *g)
{
	static const int errors[] = {-1, -13, -2, -4095, -4};
	struct part *section = part_new(g->set->arena, "matchActions: [", "]");
	int error = DRAW_FROM(g->draw, errors);

	section->section = PART_ACTIONS;
	for (unsigned i = 0, n = draw_below(g->draw, ACTIONS + 1); i < n; i++)
		part_add(g->set->arena, section, gen_action(g, "matchActions", error));
	return section->n ? section : NULL;
}
