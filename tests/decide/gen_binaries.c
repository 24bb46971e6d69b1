// SPDX-License-Identifier: Apache-2.0
/* matchBinaries, and the program that a call's process runs. */
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"

#define BINARIES 6

static struct part *binary(struct gen *g)
{
	static const char *const usual[] = {"/sbin/init", "/bin/a", "/bin/b", "/usr/bin/a"};
	struct gen_set *set = g->set;
	struct text t;

	if (draw_one_in(g->draw, 3)) {
		t = gen_path(g->draw, set->arena, false);
	} else {
		t.s = DRAW_FROM(g->draw, usual);
		t.len = strlen(t.s);
	}
	if (t.len > 255)
		t.len = 255;
	if (set->binary_count < GEN_HINTS)
		set->binaries[set->binary_count++] =
			(struct text){arena_strndup(set->arena, t.s, t.len), t.len};
	return part_leaf(set->arena, "\"%.*s\"", (int)t.len, t.s);
}

static struct part *entry(struct gen *g)
{
	static const char *const operators[] = {"In",	     "NotIn",	"Prefix",
						"NotPrefix", "Postfix", "NotPostfix"};
	const char *op = operators[draw_below(g->draw, draw_one_in(g->draw, 2) ? 6 : 2)];
	bool follow = draw_one_in(g->draw, 4);
	struct arena *a = g->set->arena;
	struct part *p, *values, *section;

	p = part_new(a, arena_printf(a, "{operator: %s, ", op), "}");
	values = part_add(a, p, part_new(a, "values: [", "]"));
	for (unsigned i = 0, n = 1 + draw_below(g->draw, BINARIES); i < n; i++)
		part_add(a, values, binary(g));
	if (follow)
		part_add(a, p, part_leaf(a, "followChildren: true"));
	section = part_new(a, "matchBinaries: [", "]");
	part_add(a, section, p);
	return gen_section(g, arena_printf(a, "matchBinaries(%s%s)", op, follow ? ",follow" : ""),
			   section)
		       ? p
		       : NULL;
}

struct part *gen_match_binaries(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchBinaries: [", "]");

	if (!draw_one_in(g->draw, 3))
		return NULL;
	for (unsigned i = 0, n = draw_one_in(g->draw, 4) ? 2 : 1; i < n; i++)
		part_add(g->set->arena, section, entry(g));
	return section->n ? section : NULL;
}

void gen_process(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out)
{
	out->exe_given = !draw_one_in(d, 6);
	out->exe = (struct argument){.kind = ARGUMENT_TEXT};
	out->exe.text = gen_path_like(d, a, set->binaries, set->binary_count);
	if (draw_one_in(d, 10))
		out->exe.kind = draw_one_in(d, 2) ? ARGUMENT_FAULT : ARGUMENT_NULL;
	out->kernel_thread = draw_one_in(d, 10);
}
