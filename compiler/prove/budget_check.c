// SPDX-License-Identifier: Apache-2.0
#include "compiler/back/plan.h"
#include "compiler/commands/bundle_inspect.h"
#include "compiler/diag/diag.h"
#include "budget.h"
#include "report.h"

struct checking {
	struct diags *d;
	const struct budget *budget;
	const struct report *report;
	const struct plan *plan;
};

/* How to live with it: the option and the key in the project file, with the figure itself. */
static void hint_raise(const struct checking *c, struct diag *g, enum budget_kind kind,
		       uint64_t figure)
{
	diag_hint(c->d, g, "or allow it: `--max-%s %llu`, `budget.%s` in the project file",
		  budget_key(kind), (unsigned long long)figure, budget_key(kind));
}

static void check_instructions(const struct checking *c, const struct plan_hook *h,
			       uint32_t program)
{
	const struct tg_program_entry *e = &c->report->artifact->programs[program];
	const struct cost *cost = &c->report->programs[program].cost;
	struct diag *g;

	if (!c->budget->instructions || cost->instructions <= c->budget->instructions)
		return;
	g = diag_at(c->d, DIAG_OVER_BUDGET, h->at,
		    "the program for `%s` as %s has %u instructions; the budget is %llu", h->symbol,
		    bundle_attach(e->attach), cost->instructions,
		    (unsigned long long)c->budget->instructions);
	diag_note(c->d, g, "all policies of the bundle that use this hook share it: %u selectors",
		  h->selector_count);
	diag_hint(c->d, g,
		  "have fewer filters and values on this hook, or divide the policies "
		  "between bundles");
	hint_raise(c, g, BUDGET_instructions, cost->instructions);
}

static void check_stack(const struct checking *c, const struct plan_hook *h, uint32_t program)
{
	const struct tg_program_entry *e = &c->report->artifact->programs[program];
	const struct cost *cost = &c->report->programs[program].cost;
	struct diag *g;

	if (!c->budget->stack || cost->stack <= c->budget->stack)
		return;
	g = diag_at(c->d, DIAG_OVER_BUDGET, h->at,
		    "the program for `%s` as %s takes %u bytes of stack; the budget is %llu",
		    h->symbol, bundle_attach(e->attach), cost->stack,
		    (unsigned long long)c->budget->stack);
	diag_note(c->d, g, "the kernel's limit is 512, over all functions that call each other");
	diag_hint(c->d, g, "have fewer filters on this hook");
	hint_raise(c, g, BUDGET_stack, cost->stack);
}

static void check_event(const struct checking *c, const struct plan_hook *h, uint64_t bytes)
{
	struct diag *g;

	if (!c->budget->event_bytes || bytes <= c->budget->event_bytes)
		return;
	g = diag_at(c->d, DIAG_OVER_BUDGET, h->at,
		    "a record of `%s` has up to %llu bytes; the budget is %llu", h->symbol,
		    (unsigned long long)bytes, (unsigned long long)c->budget->event_bytes);
	diag_note(c->d, g, "it holds %u arguments, and a text in it has up to 4096 bytes",
		  h->slot_count);
	diag_hint(c->d, g, "leave out arguments that no filter uses and nobody reads");
	hint_raise(c, g, BUDGET_event_bytes, bytes);
}

/* Of each hook one message a limit: about the variant that costs most. */
static void check_hook(const struct checking *c, uint32_t index)
{
	const struct tg_hook_entry *entry = &c->report->artifact->hooks[index];
	const struct plan_hook *h = &c->plan->hooks[index];
	uint32_t longest = entry->first_program, deepest = longest;

	for (uint32_t i = longest + 1; i < entry->first_program + entry->programs; i++) {
		const struct report_program *programs = c->report->programs;

		if (programs[i].cost.instructions > programs[longest].cost.instructions)
			longest = i;
		if (programs[i].cost.stack > programs[deepest].cost.stack)
			deepest = i;
	}
	check_instructions(c, h, longest);
	check_stack(c, h, deepest);
	check_event(c, h, c->report->event_bytes[index]);
}

static const struct object_map *largest(const struct object_maps *maps)
{
	const struct object_map *most = NULL;

	for (size_t i = 0; i < maps->count; i++)
		if (!maps->v[i].shared && (!most || maps->v[i].full > most->full))
			most = &maps->v[i];
	return most;
}

/* Maps belong to the bundle: there is no line to name. */
static void check_memory(const struct checking *c)
{
	const struct object_maps *maps = &c->report->maps;
	const struct object_map *most = largest(maps);
	struct diag *g;

	if (!c->budget->memory || maps->full <= c->budget->memory || !most)
		return;
	g = diag_plain(c->d, DIAG_OVER_BUDGET,
		       "the maps of the bundle take up to %llu bytes of kernel memory; the budget "
		       "is %llu",
		       (unsigned long long)maps->full, (unsigned long long)c->budget->memory);
	diag_note(c->d, g, "the largest is `%s` with %llu bytes, on a machine with %u CPUs",
		  most->name, (unsigned long long)most->full, c->report->cpus);
	hint_raise(c, g, BUDGET_memory, maps->full);
}

void budget_check(struct diags *d, const struct budget *b, const struct report *r,
		  const struct plan *plan)
{
	const struct checking c = {d, b, r, plan};

	for (uint32_t i = 0; i < plan->hook_count; i++)
		check_hook(&c, i);
	check_memory(&c);
}
