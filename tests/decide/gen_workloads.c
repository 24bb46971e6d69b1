// SPDX-License-Identifier: Apache-2.0
/* Whose processes policies are for: pods by their labels, containers, the host. */
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
#include "runtime/labels.h"
#include "gen.h"

static const char *const keys[] = {"app", "tier", "old"};
static const char *const values[] = {"web", "db", "x"};
static const char *const namespaces[] = {"prod", "test"};
static const char *const containers[] = {"main", "side"};
static const char *const images[] = {"nginx", "redis"};

static const char *requirement(struct gen *g, const char *key, const char *value)
{
	static const char *const operators[] = {"In", "NotIn", "Exists", "DoesNotExist"};
	unsigned op = draw_below(g->draw, 4);

	return arena_printf(g->set->arena, "{key: %s, operator: %s%s}", key, operators[op],
			    op < 2 ? arena_printf(g->set->arena, ", values: [%s]", value) : "");
}

static const char *of_pods(struct gen *g)
{
	struct arena *a = g->set->arena;
	const char *key = DRAW_FROM(g->draw, keys), *value = DRAW_FROM(g->draw, values);

	switch (draw_below(g->draw, 4)) {
	case 0:
		return "podSelector: {}";
	case 1:
		return arena_printf(a, "podSelector: {matchLabels: {%s: %s}}", key, value);
	case 2:
		return arena_printf(a,
				    "podSelector: {matchLabels: "
				    "{\"k8s:io.kubernetes.pod.namespace\": %s}}",
				    DRAW_FROM(g->draw, namespaces));
	default:
		return arena_printf(a, "podSelector: {matchExpressions: [%s, %s]}",
				    requirement(g, key, value),
				    requirement(g, DRAW_FROM(g->draw, keys), "web, db"));
	}
}

static const char *of_containers(struct gen *g)
{
	bool name = draw_one_in(g->draw, 2);

	return arena_printf(
		g->set->arena, "containerSelector: {matchExpressions: [%s]}",
		requirement(g, name ? "name" : "repo",
			    name ? DRAW_FROM(g->draw, containers) : DRAW_FROM(g->draw, images)));
}

/* One of them, or two, one behind the other. */
static const char *choice(struct gen *g, const char *between)
{
	static const char host[] = "hostSelector: {}";
	const char *pods = of_pods(g);

	switch (draw_below(g->draw, 5)) {
	case 0:
		return host;
	case 1:
		return arena_printf(g->set->arena, "%s%s%s", host, between, pods);
	case 2:
		return of_containers(g);
	case 3:
		return arena_printf(g->set->arena, "%s%s%s", pods, between, of_containers(g));
	default:
		return pods;
	}
}

struct part *gen_workload_option(struct gen *g)
{
	struct part *p = part_leaf(g->set->arena, "  %s", choice(g, "\n  "));

	p->place = PART_SPEC;
	p->reach = REACHES(WORKLOADS);
	return p;
}

struct part *gen_match_workloads(struct gen *g)
{
	struct part *section;

	if (!g->set->workloads || !draw_one_in(g->draw, 4))
		return NULL;
	section = part_new(g->set->arena, "matchWorkloads: {", "}");
	section->section = PART_SECTION(EVAL_WORKLOADS);
	section->reach = REACHES(WORKLOADS);
	part_add(g->set->arena, section, part_leaf(g->set->arena, "%s", choice(g, ", ")))->reach =
		REACHES(WORKLOADS);
	return gen_section(g, "matchWorkloads", section);
}

/* A process of the host, of a pod with some labels, or one whose cgroup cannot be told. */
const struct workload *gen_workload(struct draw *d, struct arena *a)
{
	struct workload *w = arena_alloc(a, sizeof(*w));
	struct label *labels = arena_array(a, sizeof(keys) / sizeof(keys[0]), sizeof(*labels));

	*w = (struct workload){0};
	if (draw_one_in(d, 10))
		return NULL;
	if (draw_one_in(d, 3))
		return w;
	*w = (struct workload){.in_pod = true, .namespace = DRAW_FROM(d, namespaces)};
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (draw_one_in(d, 2))
			labels[w->labels.n++] = (struct label){keys[i], DRAW_FROM(d, values)};
	w->labels.v = labels;
	if (draw_below(d, 6))
		w->container = DRAW_FROM(d, containers);
	if (draw_below(d, 6))
		w->repo = DRAW_FROM(d, images);
	return w;
}
