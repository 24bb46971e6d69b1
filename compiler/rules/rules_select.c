// SPDX-License-Identifier: Apache-2.0
/* Rules about selectors: what can never be reached, never be true, or adds nothing. */
#include <string.h>
#include "imply.h"
#include "rule.h"

static const struct type_info *type_of(const struct tir_hook *h, enum ir_section section,
				       const struct tir_filter *f)
{
	if (section == IR_RETURN)
		return h->return_arg->type;
	return section == IR_DATA ? h->data[f->arg].type : h->args[f->arg].type;
}

/* ---- unreachable-selector ------------------------------------------------------------------- */

static bool follows(const struct tir_hook *h, const struct tir_selector *from,
		    enum ir_section section, const struct tir_filter *f)
{
	const struct tir_filters *filters = &from->filters[section];

	for (size_t i = 0; i < filters->n; i++)
		if (filter_implies(type_of(h, section, f), &filters->v[i], f))
			return true;
	return false;
}

/* Whatever passes `later` has passed `earlier`, at the call and at the return. */
static bool shadows(const struct tir_hook *h, const struct tir_selector *earlier,
		    const struct tir_selector *later)
{
	if (earlier->filters[IR_RETURN].n || !process_implies(later->ir, earlier->ir))
		return false;
	for (enum ir_section s = IR_ARGS; s <= IR_DATA; s++)
		for (size_t i = 0; i < earlier->filters[s].n; i++)
			if (!follows(h, later, s, &earlier->filters[s].v[i]))
				return false;
	return true;
}

void unreachable_selector(struct ruling *r, const struct tir_hook *h)
{
	for (size_t i = 1; i < h->selector_count && i < RULE_LOOKS; i++)
		for (size_t j = 0; j < i; j++) {
			const struct ir_selector *earlier = h->selectors[j].ir;
			struct diag *m;

			if (!shadows(h, &h->selectors[j], &h->selectors[i]))
				continue;
			m = rule_at(r, h->selectors[i].ir->at,
				    "this selector is never reached: whatever passes it has passed "
				    "an earlier one");
			diag_note_at(r->diags, m, earlier->at,
				     rule_has_filters(earlier)
					     ? "the first selector that matches is the only one "
					       "that acts, and this one matches first"
					     : "this one has no filters, so every call matches it");
			diag_hint(r->diags, m,
				  "put the narrower selector first; exceptions with `NoPost` go "
				  "before the rule they are an exception to");
			break;
		}
}

/* ---- contradiction -------------------------------------------------------------------------- */

#define CONTRADICTION "this contradicts another filter of the selector, which can never match"

static void report_exclusion(struct ruling *r, struct span at, struct span other)
{
	struct diag *m = rule_at(r, at, CONTRADICTION);

	diag_note_at(r->diags, m, other, "the other filter is here; both must pass");
	diag_hint(r->diags, m,
		  "values of one filter are alternatives: put them into one filter, or make "
		  "two selectors");
}

#define EXCLUSIONS(items, count, exclude)                                                          \
	for (size_t i = 1; i < s->count && i < RULE_LOOKS; i++)                                    \
		for (size_t j = 0; j < i; j++)                                                     \
			if (exclude(&s->items[j], &s->items[i]))                                   \
				report_exclusion(r, s->items[i].at, s->items[j].at);

void process_contradiction(struct ruling *r, const struct ir_hook *h, const struct ir_selector *s)
{
	(void)h;
	EXCLUSIONS(pids, pid_count, pids_exclude)
	EXCLUSIONS(binaries, binary_count, binaries_exclude)
	EXCLUSIONS(parent_binaries, parent_binary_count, binaries_exclude)
	EXCLUSIONS(namespaces, namespace_count, namespaces_exclude)
	EXCLUSIONS(capabilities, capability_count, capabilities_exclude)
}

void filter_contradiction(struct ruling *r, const struct tir_hook *h)
{
	for (size_t k = 0; k < h->selector_count; k++)
		for (enum ir_section s = 0; s < IR_SECTIONS; s++) {
			const struct tir_filters *f = &h->selectors[k].filters[s];

			for (size_t i = 1; i < f->n && i < RULE_LOOKS; i++)
				for (size_t j = 0; j < i; j++)
					if (filters_exclude(type_of(h, s, &f->v[i]), &f->v[j],
							    &f->v[i]))
						report_exclusion(r, f->v[i].ir->at, f->v[j].ir->at);
		}
}

/* ---- redundant-filter ----------------------------------------------------------------------- */

static void report_implied(struct ruling *r, const struct tir_filter *f,
			   const struct tir_filter *by)
{
	struct diag *m = rule_at(r, f->ir->at,
				 "this filter adds nothing: whatever passes the other one "
				 "passes it as well");

	diag_note_at(r->diags, m, by->ir->at, "the other filter is here");
}

void redundant_filter(struct ruling *r, const struct tir_hook *h)
{
	for (size_t k = 0; k < h->selector_count; k++)
		for (enum ir_section s = 0; s < IR_SECTIONS; s++) {
			const struct tir_filters *f = &h->selectors[k].filters[s];

			for (size_t i = 1; i < f->n && i < RULE_LOOKS; i++)
				for (size_t j = 0; j < i; j++) {
					const struct type_info *type = type_of(h, s, &f->v[i]);

					if (filter_implies(type, &f->v[j], &f->v[i]))
						report_implied(r, &f->v[i], &f->v[j]);
					else if (filter_implies(type, &f->v[i], &f->v[j]))
						report_implied(r, &f->v[j], &f->v[i]);
				}
		}
}
