// SPDX-License-Identifier: Apache-2.0
/* matchBinaries, and the program that a call's process runs. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
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

static struct part *entry(struct gen *g, bool parents)
{
	static const char *const operators[] = {"In",	     "NotIn",	"Prefix",
						"NotPrefix", "Postfix", "NotPostfix"};
	const char *op = operators[draw_below(g->draw, draw_one_in(g->draw, 2) ? 6 : 2)];
	/* The language has it with lists of whole paths only. */
	bool follow = draw_one_in(g->draw, 4) && strstr(op, "In");
	struct arena *a = g->set->arena;
	struct part *p, *values;

	p = part_new(a, arena_printf(a, "{operator: %s, ", op), "}");
	p->reach = parents ? REACHES(PARENT_BINARIES) : REACHES(BINARIES);
	if (follow)
		p->reach |= REACHES(FOLLOW_CHILDREN);
	values = part_add(a, p, part_new(a, "values: [", "]"));
	for (unsigned i = 0, n = 1 + draw_below(g->draw, BINARIES); i < n; i++)
		part_add(a, values, binary(g));
	if (follow)
		part_add(a, p, part_leaf(a, "followChildren: true"));
	return gen_entry(g,
			 arena_printf(a, "match%sBinaries(%s%s)", parents ? "Parent" : "", op,
				      follow ? ",follow" : ""),
			 parents ? "matchParentBinaries" : "matchBinaries", p);
}

struct part *gen_match_binaries(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchBinaries: [", "]");

	section->section = PART_SECTION(EVAL_BINARIES);
	if (!draw_one_in(g->draw, 3))
		return NULL;
	for (unsigned i = 0, n = draw_one_in(g->draw, 4) ? 2 : 1; i < n; i++)
		part_add(g->set->arena, section, entry(g, false));
	return section->n ? section : NULL;
}

struct part *gen_match_parents(struct gen *g)
{
	struct part *section = part_new(g->set->arena, "matchParentBinaries: [", "]");

	section->section = PART_SECTION(EVAL_PARENT_BINARIES);
	if (draw_one_in(g->draw, 4))
		part_add(g->set->arena, section, entry(g, true));
	return section->n ? section : NULL;
}

/* Ancestors' programs are plain files, none of them unreadable: what a process knows of its parent
 * then is the tables' part (binaries.table). */
static void relatives(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out)
{
	out->parent_count = 1 + draw_below(d, 3);
	out->exe_inherited = draw_one_in(d, 4);
	for (unsigned i = 0; i < out->parent_count; i++) {
		struct relative *r = &out->parents[i];

		r->pid = 100 + i;
		r->exe = (struct argument){.kind = ARGUMENT_TEXT};
		r->exe.text = gen_path_like(d, a, set->binaries, set->binary_count);
	}
	if (out->exe_inherited) {
		out->exe_given = true;
		out->exe = out->parents[0].exe;
		out->kernel_thread = false;
		out->root = (struct text){"", 0};
	}
}

void gen_process(const struct gen_set *set, struct draw *d, struct arena *a, struct event *out)
{
	out->exe_given = !draw_one_in(d, 6);
	out->exe = (struct argument){.kind = ARGUMENT_TEXT};
	out->exe.text = gen_path_like(d, a, set->binaries, set->binary_count);
	if (draw_one_in(d, 10))
		out->exe.kind = draw_one_in(d, 2) ? ARGUMENT_FAULT : ARGUMENT_NULL;
	out->kernel_thread = draw_one_in(d, 10);
	/* The kernel half has no families, so that most processes must have none; nor has a process
	 * whose calls go on from each other, for it would be made anew. */
	if (!set->keeps && draw_one_in(d, set->family ? 1 : 4))
		relatives(set, d, a, out);
}
