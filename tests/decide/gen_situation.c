// SPDX-License-Identifier: Apache-2.0
/* What the process is: its numbers, namespaces and capabilities, and what has changed of them. */
#include "compiler/base/arena.h"
#include "compiler/eval/eval.h"
#include "gen.h"

#define PROCESS_ID 4242 /* FAKE_TGID */

static const char *const kinds[SHAPE_NAMESPACES] = {
	"Uts",	  "Ipc", "Mnt", "Pid", "PidForChildren", "Net", "Time", "TimeForChildren",
	"Cgroup", "User"};
static const char *const sets[SHAPE_CAPABILITY_SETS] = {"Effective", "Inheritable", "Permitted"};
/* With their numbers, as bits. */
static const struct {
	const char *name;
	uint64_t bit;
} capabilities[] = {{"CAP_CHOWN", 1ull << 0},	    {"DAC_OVERRIDE", 1ull << 1},
		    {"CAP_KILL", 1ull << 5},	    {"CAP_SETUID", 1ull << 7},
		    {"CAP_NET_RAW", 1ull << 13},    {"CAP_SYS_ADMIN", 1ull << 21},
		    {"CAP_AUDIT_READ", 1ull << 37}, {"CAP_BPF", 1ull << 39}};
#define CAPABILITIES (sizeof(capabilities) / sizeof(capabilities[0]))

static const char *in_or_not(struct gen *g)
{
	return draw_one_in(g->draw, 2) ? "NotIn" : "In";
}

/* A section with one entry or two, most often none at all. */
static struct part *section(struct gen *g, const char *name, enum eval_section id,
			    struct part *(*entry)(struct gen *g, const char *section))
{
	struct part *s = part_new(g->set->arena, arena_printf(g->set->arena, "%s: [", name), "]");

	s->section = PART_SECTION(id);
	if (draw_one_in(g->draw, 4))
		for (unsigned i = 0, n = draw_one_in(g->draw, 4) ? 2 : 1; i < n; i++)
			part_add(g->set->arena, s, entry(g, name));
	return s->n ? s : NULL;
}

/* ---- matchPIDs --------------------------------------------------------------------------- */

/* The process, its ancestors, their numbers in a namespace, and none of them. */
static const unsigned numbers[] = {0, 1, PROCESS_ID, 100, 101, 102, 7, 8, 4711};

static struct part *pids(struct gen *g, const char *name)
{
	struct arena *a = g->set->arena;
	bool follow = draw_one_in(g->draw, 2), own = draw_one_in(g->draw, 3);
	const char *op = in_or_not(g);
	struct part *p = part_new(a, arena_printf(a, "{operator: %s, ", op), "}");
	struct part *values = part_add(a, p, part_new(a, "values: [", "]"));

	p->reach = follow ? REACHES(FOLLOW_FORKS) : REACHES(PIDS);
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 6); i < n; i++)
		part_add(a, values, part_leaf(a, "%u", DRAW_FROM(g->draw, numbers)));
	if (follow)
		part_add(a, p, part_leaf(a, "followForks: true"));
	if (own)
		part_add(a, p, part_leaf(a, "isNamespacePID: true"));
	return gen_entry(g,
			 arena_printf(a, "matchPIDs(%s%s%s)", op, follow ? ",follow" : "",
				      own ? ",own" : ""),
			 name, p);
}

struct part *gen_match_pids(struct gen *g)
{
	return section(g, "matchPIDs", EVAL_PIDS, pids);
}

/* ---- namespaces -------------------------------------------------------------------------- */

static struct part *namespaces(struct gen *g, const char *name)
{
	struct arena *a = g->set->arena;
	const char *kind = DRAW_FROM(g->draw, kinds), *op = in_or_not(g);
	struct part *p =
		part_new(a, arena_printf(a, "{namespace: %s, operator: %s, ", kind, op), "}");
	struct part *values = part_add(a, p, part_new(a, "values: [", "]"));

	p->reach = REACHES(NAMESPACES);
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 3); i < n; i++)
		part_add(a, values,
			 draw_one_in(g->draw, 3)
				 ? part_leaf(a, "\"%u\"", 1 + draw_below(g->draw, 3))
				 : part_leaf(a, "\"host_ns\""));
	return gen_entry(g, arena_printf(a, "matchNamespaces(%s)", kind), name, p);
}

struct part *gen_match_namespaces(struct gen *g)
{
	return section(g, "matchNamespaces", EVAL_NAMESPACES, namespaces);
}

static struct part *namespace_changes(struct gen *g, const char *name)
{
	struct arena *a = g->set->arena;
	const char *op = in_or_not(g);
	struct part *p = part_new(a, arena_printf(a, "{operator: %s, ", op), "}");
	struct part *values = part_add(a, p, part_new(a, "values: [", "]"));
	unsigned first = draw_below(g->draw, SHAPE_NAMESPACES);

	p->reach = REACHES(NAMESPACE_CHANGES);
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 5); i < n; i++)
		part_add(a, values, part_leaf(a, "%s", kinds[(first + i) % SHAPE_NAMESPACES]));
	return gen_entry(g, arena_printf(a, "matchNamespaceChanges(%s)", op), name, p);
}

struct part *gen_match_namespace_changes(struct gen *g)
{
	return section(g, "matchNamespaceChanges", EVAL_NAMESPACE_CHANGES, namespace_changes);
}

/* ---- capabilities ------------------------------------------------------------------------ */

static struct part *capability_entry(struct gen *g, const char *name, uint64_t reach)
{
	struct arena *a = g->set->arena;
	const char *set = DRAW_FROM(g->draw, sets), *op = in_or_not(g);
	struct part *p = part_new(a, arena_printf(a, "{type: %s, operator: %s, ", set, op), "}");
	struct part *values = part_add(a, p, part_new(a, "values: [", "]"));
	unsigned first = draw_below(g->draw, CAPABILITIES);

	p->reach = reach;
	for (unsigned i = 0, n = 1 + draw_below(g->draw, 3); i < n; i++)
		part_add(a, values,
			 part_leaf(a, "%s", capabilities[(first + i) % CAPABILITIES].name));
	if (draw_one_in(g->draw, 4))
		part_add(a, p, part_leaf(a, "isNamespaceCapability: true"));
	return gen_entry(g, arena_printf(a, "%s(%s)", name, op), name, p);
}

static struct part *capability(struct gen *g, const char *name)
{
	return capability_entry(g, name, REACHES(CAPABILITIES));
}

struct part *gen_match_capabilities(struct gen *g)
{
	return section(g, "matchCapabilities", EVAL_CAPABILITIES, capability);
}

static struct part *capability_change(struct gen *g, const char *name)
{
	return capability_entry(g, name, REACHES(CAPABILITY_CHANGES));
}

struct part *gen_match_capability_changes(struct gen *g)
{
	return section(g, "matchCapabilityChanges", EVAL_CAPABILITY_CHANGES, capability_change);
}

/* ---- calls ------------------------------------------------------------------------------- */

static uint64_t random_capabilities(struct draw *d, uint64_t usual)
{
	uint64_t v = draw_one_in(d, 2) ? usual : 0;

	for (unsigned i = draw_below(d, 3); i > 0; i--)
		v ^= capabilities[draw_below(d, CAPABILITIES)].bit;
	return v;
}

void gen_situation(struct draw *d, struct event *out)
{
	for (unsigned i = 0; i < SHAPE_NAMESPACES; i++) {
		if (draw_one_in(d, 4))
			out->namespaces[i] = 1 + draw_below(d, 3);
		out->recorded_namespaces[i] = out->namespaces[i];
	}
	for (unsigned i = 0; i < SHAPE_CAPABILITY_SETS; i++) {
		out->capabilities[i] = random_capabilities(d, out->capabilities[i]);
		out->recorded_capabilities[i] = out->capabilities[i];
	}
	if (draw_one_in(d, 3))
		out->recorded_namespaces[draw_below(d, SHAPE_NAMESPACES)] = draw_below(d, 3);
	if (draw_one_in(d, 3)) {
		unsigned set = draw_below(d, SHAPE_CAPABILITY_SETS);

		out->recorded_capabilities[set] ^= capabilities[draw_below(d, CAPABILITIES)].bit;
	}
	if (!draw_one_in(d, 3))
		return;
	out->nspid = 7 + draw_below(d, 2);
	for (unsigned i = 0; i < out->parent_count && draw_one_in(d, 2); i++)
		out->parents[i].nspid = 7 + draw_below(d, 3);
}
