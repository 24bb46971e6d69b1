// SPDX-License-Identifier: Apache-2.0
#include "compiler/eval/eval.h"
#include "reach.h"

/* ---- parts of policies ------------------------------------------------------------------- */

static uint64_t mask_of(const struct part *p)
{
	uint64_t mask = part_is_there(p) ? p->reach : 0;

	for (size_t i = 0; part_is_there(p) && i < p->n; i++)
		mask |= mask_of(p->v[i]);
	return mask;
}

/* The part that the compiler has as number `n` of those in this section of the text. */
static const struct part *nth(const struct part *of, unsigned place, size_t n)
{
	for (size_t i = 0; of && i < of->n; i++)
		if (part_is_there(of->v[i]) && of->v[i]->place == place && !n--)
			return of->v[i];
	return NULL;
}

static const struct part *section_of(const struct part *selector, unsigned section)
{
	for (size_t i = 0; selector && i < selector->n; i++)
		if (part_is_there(selector->v[i]) && selector->v[i]->section == section)
			return selector->v[i];
	return NULL;
}

static void add(size_t *counts, uint64_t mask)
{
	for (int i = 0; i < REACH_COUNT; i++)
		counts[i] += mask >> i & 1;
}

void reach_set(struct reach *r, const struct part *policies)
{
	add(r->sets, mask_of(policies));
}

/* ---- verdicts ---------------------------------------------------------------------------- */

static const struct part *selector_of(const struct part *policies, const struct eval_result *r,
				      size_t selector)
{
	return nth(nth(policies, PART_SELECTOR, r->policy), PART_SELECTOR, selector);
}

static void count_misses(struct reach *out, const struct part *policies,
			 const struct eval_result *r)
{
	for (size_t i = 0; i < r->miss_count; i++) {
		const struct eval_miss *m = &r->misses[i];
		const struct part *in =
			section_of(selector_of(policies, r, m->selector), PART_SECTION(m->section));
		const struct part *entry = nth(in, PART_SELECTOR, m->entry);

		if (entry)
			add(out->failed, mask_of(entry));
	}
}

/* Sections up to the one of the half that was decided. */
static void count_winner(struct reach *out, const struct part *policies,
			 const struct eval_result *r, bool at_return)
{
	const struct part *s = selector_of(policies, r, r->selector);

	for (unsigned i = 0; s && i < EVAL_SECTIONS; i++) {
		const struct part *in = section_of(s, PART_SECTION(i));

		if (in && (i == EVAL_RETURN_ARGS) == at_return)
			add(out->held, mask_of(in));
	}
}

static void count_action(struct reach *out, const struct part *action, const struct eval_done *done)
{
	uint64_t mask = action->reach;

	if (done->action->action != TG_ACTION_POST)
		add(done->monitored ? out->held : out->failed, mask & REACHES(MONITOR));
	else
		add(done->rate_limited ? out->failed : out->held, mask);
}

static void count_actions(struct reach *out, const struct part *policies,
			  const struct eval_result *r, bool at_return)
{
	const struct part *in = section_of(selector_of(policies, r, r->selector),
					   at_return ? PART_RETURN_ACTIONS : PART_ACTIONS);

	for (size_t i = 0; in && i < r->done_count; i++)
		if (nth(in, PART_SELECTOR, i))
			count_action(out, nth(in, PART_SELECTOR, i), &r->done[i]);
	if (at_return && in)
		add(r->outcome == EVAL_MATCHED ? out->held : out->failed, REACHES(RETURN_ACTIONS));
}

/* What a policy says of itself and its hook. */
static void count_options(struct reach *out, const struct part *policy, const struct eval_result *r,
			  bool at_return)
{
	uint64_t mask = 0;

	for (size_t i = 0; policy && i < policy->n; i++)
		if (policy->v[i]->place != PART_SELECTOR)
			mask |= mask_of(policy->v[i]);
	if (r->outcome != EVAL_IS_OFF)
		add(r->outcome == EVAL_NOT_SELECTED ? out->failed : out->held,
		    mask & REACHES(WORKLOADS));
	if (r->outcome != EVAL_IS_OFF && at_return && r->outcome != EVAL_NOT_ENTERED)
		add(r->emitted ? out->held : out->failed,
		    mask & (REACHES(RETURN) | REACHES(RETURN_COPY)));
}

void reach_call(struct reach *out, const struct part *policies, const struct eval_verdict *v,
		bool at_return)
{
	for (size_t i = 0; i < v->result_count; i++) {
		const struct eval_result *r = &v->results[i];
		const struct part *policy = nth(policies, PART_SELECTOR, r->policy);

		add(r->outcome == EVAL_IS_OFF ? out->held : out->failed,
		    policy ? policy->reach & REACHES(OFF) : 0);
		count_options(out, policy, r, at_return);
		count_misses(out, policies, r);
		if (r->outcome == EVAL_MATCHED)
			count_winner(out, policies, r, at_return);
		if (r->outcome == EVAL_MATCHED || r->outcome == EVAL_RETURN_FAILED)
			count_actions(out, policies, r, at_return);
	}
}

/* ---- the table --------------------------------------------------------------------------- */

bool reach_print(const struct reach *r, FILE *to)
{
	static const char *const names[] = {
#define REACH(id, name) name,
#include "reach.def"
	};
	bool both = true;

	fprintf(to, "decide: %-24s %6s %10s %10s\n", "", "sets", "held", "did not");
	for (int i = 0; i < REACH_COUNT; i++) {
		bool missing = !r->sets[i] || !r->held[i] || !r->failed[i];

		fprintf(to, "decide: %-24s %6zu %10zu %10zu%s\n", names[i], r->sets[i], r->held[i],
			r->failed[i], missing ? "  MISSING" : "");
		both &= !missing;
	}
	return both;
}
