// SPDX-License-Identifier: Apache-2.0
/* What of the language the rows of the tables were about, and what none was. */
#include <stdio.h>
#include "case.h"
#include "compiler/base/arena.h"
#include "compiler/words/operator.h"

/* ---- rows ------------------------------------------------------------------------------ */

static const struct tir_filters *filters_of(const struct tir_selector *s, enum eval_section section)
{
	return &s->filters[section == EVAL_ARGS	  ? IR_ARGS
			   : section == EVAL_DATA ? IR_DATA
						  : IR_RETURN];
}

static void cover_filter(struct coverage *c, const struct tir_hook *h, enum eval_section section,
			 const struct tir_filter *f, bool held)
{
	const struct tir_arg *arg = section == EVAL_RETURN_ARGS ? h->return_arg
				    : section == EVAL_DATA	? &h->data[f->arg]
								: &h->args[f->arg];

	c->cell[f->op][arg->type->class][held] = true;
}

static size_t entries_of(const struct tir_selector *s, enum eval_section section)
{
	const struct ir_selector *ir = s->ir;

	switch (section) {
	case EVAL_WORKLOADS:
		return ir->workload != NULL;
	case EVAL_BINARIES:
		return ir->binary_count;
	case EVAL_PARENT_BINARIES:
		return ir->parent_binary_count;
	case EVAL_PIDS:
		return ir->pid_count;
	case EVAL_NAMESPACES:
		return ir->namespace_count;
	case EVAL_CAPABILITIES:
		return ir->capability_count;
	case EVAL_NAMESPACE_CHANGES:
		return ir->namespace_change_count;
	case EVAL_CAPABILITY_CHANGES:
		return ir->capability_change_count;
	default:
		return filters_of(s, section)->n;
	}
}

/* The operators of a process section, when the selector had no other reason. */
static void cover_operators(struct coverage *c, const struct ir_selector *s)
{
	for (size_t i = 0; i < s->binary_count; i++)
		c->process[EVAL_BINARIES][s->binaries[i].op] = true;
	for (size_t i = 0; i < s->parent_binary_count; i++)
		c->process[EVAL_PARENT_BINARIES][s->parent_binaries[i].op] = true;
	for (size_t i = 0; i < s->pid_count; i++)
		c->process[EVAL_PIDS][s->pids[i].negated ? OP_NOT_IN : OP_IN] = true;
	for (size_t i = 0; i < s->namespace_count; i++)
		c->process[EVAL_NAMESPACES][s->namespaces[i].negated ? OP_NOT_IN : OP_IN] = true;
	for (size_t i = 0; i < s->capability_count; i++)
		c->process[EVAL_CAPABILITIES][s->capabilities[i].negated ? OP_NOT_IN : OP_IN] =
			true;
	for (size_t i = 0; i < s->namespace_change_count; i++)
		c->process[EVAL_NAMESPACE_CHANGES]
			  [s->namespace_changes[i].negated ? OP_NOT_IN : OP_IN] = true;
	for (size_t i = 0; i < s->capability_change_count; i++)
		c->process[EVAL_CAPABILITY_CHANGES]
			  [s->capability_changes[i].negated ? OP_NOT_IN : OP_IN] = true;
}

static void cover_winner(struct coverage *c, const struct eval_result *r)
{
	const struct tir_selector *s = &r->hook->selectors[r->selector];
	bool at_return = r->return_action || entries_of(s, EVAL_RETURN_ARGS);

	cover_operators(c, s->ir);
	for (enum eval_section section = 0; section < EVAL_SECTIONS; section++) {
		if (section == EVAL_RETURN_ARGS && (!at_return || r->held))
			continue;
		c->section[section][1] |= entries_of(s, section) != 0;
		for (size_t i = 0; section >= EVAL_ARGS && i < entries_of(s, section); i++)
			cover_filter(c, r->hook, section, &filters_of(s, section)->v[i], true);
	}
	for (size_t i = 0; i < r->done_count; i++)
		if (!r->done[i].monitored && !r->done[i].failed)
			c->action[r->done[i].action->action] = true;
}

static void cover_miss(struct coverage *c, const struct eval_result *r, const struct eval_miss *m)
{
	const struct tir_selector *s = &r->hook->selectors[m->selector];

	c->section[m->section][0] = true;
	if (m->section >= EVAL_ARGS)
		cover_filter(c, r->hook, m->section, &filters_of(s, m->section)->v[m->entry],
			     false);
}

void cover(struct coverage *c, const struct eval_verdict *v)
{
	for (size_t i = 0; i < v->result_count; i++) {
		const struct eval_result *r = &v->results[i];

		if (r->outcome == EVAL_MATCHED)
			cover_winner(c, r);
		for (size_t j = 0; j < r->miss_count; j++)
			cover_miss(c, r, &r->misses[j]);
	}
}

/* ---- the language ---------------------------------------------------------------------- */

struct missing {
	unsigned parts, count;
};

static void expect(struct missing *m, bool covered, const char *what, const char *on,
		   const char *outcome)
{
	m->parts++;
	if (covered)
		return;
	m->count++;
	printf("no row: %s on %s %s\n", what, on, outcome);
}

static void expect_cells(struct missing *m, const struct coverage *c, enum op op)
{
	bool seen[CLASS_COUNT] = {false};
	struct arena arena = {0};
	struct value_error error;
	const char *note;

	for (enum type_id id = 0; id < TYPE_COUNT; id++) {
		const struct type_info *type = type_get(id);

		if (seen[type->class] ||
		    operator_check(&arena, op, type, &error, &note) == OPERATOR_REFUSED)
			continue;
		seen[type->class] = true;
		expect(m, c->cell[op][type->class][1], op_name(op), type->name, "holds");
		expect(m, c->cell[op][type->class][0], op_name(op), type->name, "fails");
	}
	arena_free(&arena);
}

static void expect_sections(struct missing *m, const struct coverage *c)
{
	static const enum op binary_ops[] = {OP_IN,	    OP_NOT_IN,	OP_PREFIX,
					     OP_NOT_PREFIX, OP_POSTFIX, OP_NOT_POSTFIX};

	for (enum eval_section s = 0; s < EVAL_SECTIONS; s++) {
		size_t ops = s == EVAL_WORKLOADS || s >= EVAL_ARGS	       ? 0
			     : s == EVAL_BINARIES || s == EVAL_PARENT_BINARIES ? 6
									       : 2;

		expect(m, c->section[s][1], eval_section_name(s), "a selector", "holds");
		expect(m, c->section[s][0], eval_section_name(s), "a selector", "fails");
		for (size_t i = 0; i < ops; i++)
			expect(m, c->process[s][binary_ops[i]], op_name(binary_ops[i]),
			       eval_section_name(s), "holds");
	}
}

unsigned cover_missing(const struct coverage *c, unsigned *parts)
{
	struct missing m = {0};

	for (enum op op = 0; op < OP_COUNT; op++)
		expect_cells(&m, c, op);
	expect_sections(&m, c);
	for (uint32_t action = 0; action < 16; action++)
		if (action_name(action))
			expect(&m, c->action[action], action_name(action), "a selector", "runs");
	*parts = m.parts;
	return m.count;
}
