// SPDX-License-Identifier: Apache-2.0
/* Stage "rules": which rule looks at what, and when. */
#include <string.h>
#include "rule.h"
#include "rules.h"

enum subject {
	SUBJECT_policy,
	SUBJECT_written,
	SUBJECT_hook,
	SUBJECT_selector,
	SUBJECT_typed,
	SUBJECT_filter,
};

/* In the order of rules.def; a rule may look at several subjects. */
static const struct rule {
	enum diag_id id;
	enum subject subject;
	union {
		rule_on_policy *policy;
		rule_on_written *written;
		rule_on_hook *hook;
		rule_on_selector *selector;
		rule_on_typed *typed;
		rule_on_filter *filter;
	};
} rules[] = {
#define RUN(id, subject, function) {DIAG_##id, SUBJECT_##subject, {.subject = function}},
#include "rules-run.def"
#undef RUN
};

#define RULES (sizeof(rules) / sizeof(rules[0]))

struct running {
	struct ruling ruling;
	bool before[DIAG_COUNT]; /* what earlier stages reported */
};

/* Each hook is a scope of its own for prerequisites; those of earlier stages hold for all. */
static void enter_scope(struct running *run)
{
	memcpy(run->ruling.diags->reported, run->before, sizeof(run->before));
}

static bool starts(struct running *run, const struct rule *rule)
{
	run->ruling.id = rule->id;
	return diags_wants(run->ruling.diags, rule->id);
}

/* ---- the policy as written, and its normal form ------------------------------------------- */

static void run_on_hook(struct ruling *r, const struct rule *rule, const struct ast_hook *written,
			const struct ir_hook *h)
{
	if (rule->subject == SUBJECT_written)
		rule->written(r, written);
	if (rule->subject == SUBJECT_hook)
		rule->hook(r, h);
	for (size_t i = 0; rule->subject == SUBJECT_selector && i < h->selector_count; i++)
		rule->selector(r, h, &h->selectors[i]);
}

static void check_policy(struct running *run, const struct ir_policy *p)
{
	enter_scope(run);
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].subject == SUBJECT_policy && starts(run, &rules[i]))
			rules[i].policy(&run->ruling, p);
}

static void check_hook(struct running *run, const struct ast_hook *written, const struct ir_hook *h)
{
	enter_scope(run);
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].subject > SUBJECT_policy && rules[i].subject < SUBJECT_typed &&
		    starts(run, &rules[i]))
			run_on_hook(&run->ruling, &rules[i], written, h);
}

/* lower() keeps the order of the hooks. */
static void check_hooks(struct running *run, const struct ir_policy *p)
{
	size_t at = 0;

	for (int kind = 0; kind < AST_HOOK_KINDS; kind++)
		for (size_t i = 0; i < p->ast->hooks[kind].n && at < p->hook_count; i++)
			check_hook(run, &p->ast->hooks[kind].v[i], &p->hooks[at++]);
}

/* ---- types -------------------------------------------------------------------------------- */

static const struct tir_arg *argument_of(const struct tir_hook *h, enum ir_section section,
					 const struct tir_filter *f)
{
	if (section == IR_RETURN)
		return h->return_arg;
	return section == IR_DATA ? &h->data[f->arg] : &h->args[f->arg];
}

static bool args_good(const struct tir_arg *args, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!args[i].good)
			return false;
	return true;
}

static bool is_whole(const struct tir_hook *h)
{
	if (!h->found || !args_good(h->args, h->arg_count) || !args_good(h->data, h->data_count) ||
	    (h->return_arg && !h->return_arg->good))
		return false;
	for (size_t i = 0; i < h->selector_count; i++)
		for (enum ir_section s = 0; s < IR_SECTIONS; s++) {
			const struct tir_filters *f = &h->selectors[i].filters[s];

			if (f->n != h->selectors[i].ir->filters[s].n)
				return false;
			for (size_t j = 0; j < f->n; j++)
				if (f->v[j].op != OP_CEL_EXPR &&
				    f->v[j].value_count != f->v[j].ir->value_count)
					return false;
		}
	return true;
}

static void run_on_filters(struct ruling *r, const struct rule *rule, const struct tir_hook *h)
{
	for (size_t i = 0; i < h->selector_count; i++)
		for (enum ir_section s = 0; s < IR_SECTIONS; s++) {
			const struct tir_filters *f = &h->selectors[i].filters[s];

			for (size_t j = 0; j < f->n; j++)
				if (f->v[j].op != OP_CEL_EXPR)
					rule->filter(r, h, &f->v[j], argument_of(h, s, &f->v[j]));
		}
}

static void check_typed(struct running *run, const struct tir_hook *h)
{
	enter_scope(run);
	for (size_t i = 0; i < RULES; i++) {
		if (rules[i].subject < SUBJECT_typed || !starts(run, &rules[i]))
			continue;
		if (rules[i].subject == SUBJECT_typed)
			rules[i].typed(&run->ruling, h);
		else
			run_on_filters(&run->ruling, &rules[i], h);
	}
}

static void check_kernel(struct running *run, const struct tir *tir)
{
	run->ruling.kernel = tir->kernel;
	for (size_t i = 0; i < tir->policy_count; i++) {
		const struct tir_policy *p = &tir->policies[i];
		const struct ir_hook *last = NULL;

		run->ruling.policy = p->ir;
		for (size_t j = 0; j < p->hook_count; j++) {
			if (p->hooks[j].ir == last || p->hooks[j].ir->loader ||
			    !is_whole(&p->hooks[j]))
				continue;
			last = p->hooks[j].ir;
			check_typed(run, &p->hooks[j]);
		}
	}
	run->ruling.kernel = NULL;
}

void rules_run(struct arena *a, struct diags *d, const struct ast *ast, const struct ir *ir,
	       struct tir *const *tirs, size_t kernel_count)
{
	struct running run = {.ruling = {.arena = a, .diags = d}};

	(void)ast; /* every ir_policy knows its own */
	memcpy(run.before, d->reported, sizeof(run.before));
	for (size_t i = 0; i < ir->policy_count; i++) {
		run.ruling.policy = &ir->policies[i];
		check_policy(&run, &ir->policies[i]);
		check_hooks(&run, &ir->policies[i]);
	}
	for (size_t i = 0; i < kernel_count; i++) {
		diags_context(d, tirs[i]->kernel->name);
		check_kernel(&run, tirs[i]);
	}
	diags_context(d, NULL);
	enter_scope(&run);
}
