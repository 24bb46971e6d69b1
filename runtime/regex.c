// SPDX-License-Identifier: Apache-2.0
/* From the tree of an expression to the program that regex_match.c runs. */
#include <stdlib.h>
#include <string.h>
#include "runtime/regex_tree.h"

struct compiler {
	const struct regex_tree *tree;
	struct regex_inst *program;
	uint32_t size;
	uint32_t steps; /* nodes visited: parts may be repeated that make nothing */
	bool full;
};

static uint32_t emit(struct compiler *c, enum regex_op op, uint32_t a, uint32_t b)
{
	if (c->size == REGEX_PROGRAM_MAX) {
		c->full = true;
		return 0;
	}
	c->program[c->size] = (struct regex_inst){op, a, b};
	return c->size++;
}

static void emit_node(struct compiler *c, uint32_t at);

/* Whether the node can match nothing at all. */
static bool nullable(const struct regex_tree *t, uint32_t at)
{
	const struct regex_node *n = &t->nodes[at];

	switch (n->kind) {
	case REGEX_SET:
		return false;
	case REGEX_CAT:
		for (; at != REGEX_END; at = t->nodes[at].b) {
			if (!nullable(t, t->nodes[at].a))
				return false;
		}
		return true;
	case REGEX_ALT:
		for (; at != REGEX_END; at = t->nodes[at].b) {
			if (nullable(t, t->nodes[at].a))
				return true;
		}
		return false;
	case REGEX_REPEAT:
		return !n->least || nullable(t, n->a);
	case REGEX_GROUP:
		return nullable(t, n->a);
	default:
		return true;
	}
}

/* The way that is not the loop, or not the option, comes last; it is known later. */
static uint32_t emit_choice(struct compiler *c, bool lazy, uint32_t inside)
{
	return lazy ? emit(c, REGEX_OP_SPLIT, 0, inside) : emit(c, REGEX_OP_SPLIT, inside, 0);
}

static void set_other_way(struct compiler *c, uint32_t split, bool lazy)
{
	if (lazy)
		c->program[split].a = c->size;
	else
		c->program[split].b = c->size;
}

/* Once or more, and around again: what was matched before the last time round is kept. */
static void emit_plus(struct compiler *c, const struct regex_node *n)
{
	uint32_t start = c->size, split;

	emit_node(c, n->a);
	split = emit_choice(c, n->lazy, start);
	set_other_way(c, split, n->lazy);
}

static void emit_star(struct compiler *c, const struct regex_node *n)
{
	uint32_t split = emit_choice(c, n->lazy, c->size + 1);

	if (nullable(c->tree, n->a)) {
		emit_plus(c, n);
	} else {
		emit_node(c, n->a);
		emit(c, REGEX_OP_JUMP, split, 0);
	}
	set_other_way(c, split, n->lazy);
}

/* Up to `count` times, each only after the one before. */
static void emit_options(struct compiler *c, const struct regex_node *n, uint32_t count)
{
	uint32_t splits[REGEX_REPEAT_MAX], made = 0;

	while (made < count && !c->full) {
		splits[made++] = emit_choice(c, n->lazy, c->size + 1);
		emit_node(c, n->a);
	}
	while (made)
		set_other_way(c, splits[--made], n->lazy);
}

static void emit_repeat(struct compiler *c, const struct regex_node *n)
{
	uint32_t copies = n->least, start = c->size;

	if (n->most == REGEX_ENDLESS && copies) {
		for (uint32_t i = 1; i < copies && !c->full; i++) {
			emit_node(c, n->a);
			if (c->size == start)
				return; /* nothing, however often */
		}
		emit_plus(c, n);
		return;
	}
	if (n->most == REGEX_ENDLESS) {
		emit_star(c, n);
		return;
	}
	for (uint32_t i = 0; i < copies && !c->full; i++) {
		emit_node(c, n->a);
		if (c->size == start)
			return;
	}
	emit_options(c, n, n->most - copies);
}

/* Each alternative but the last ends with a jump to the end, found by the chain of them. */
static void emit_alternatives(struct compiler *c, uint32_t at)
{
	uint32_t jumps = REGEX_END;

	for (; c->tree->nodes[at].b != REGEX_END && !c->full; at = c->tree->nodes[at].b) {
		uint32_t split = emit(c, REGEX_OP_SPLIT, c->size + 1, 0);

		emit_node(c, c->tree->nodes[at].a);
		jumps = emit(c, REGEX_OP_JUMP, jumps, 0);
		c->program[split].b = c->size;
	}
	emit_node(c, c->tree->nodes[at].a);
	while (jumps != REGEX_END && !c->full) {
		uint32_t next = c->program[jumps].a;

		c->program[jumps].a = c->size;
		jumps = next;
	}
}

static void emit_node(struct compiler *c, uint32_t at)
{
	const struct regex_node *n = &c->tree->nodes[at];

	c->full |= ++c->steps > REGEX_STEPS_MAX;
	if (c->full)
		return;
	switch (n->kind) {
	case REGEX_EMPTY:
		break;
	case REGEX_SET:
		emit(c, REGEX_OP_SET, n->a, n->b);
		break;
	case REGEX_CAT:
		for (; at != REGEX_END && !c->full; at = c->tree->nodes[at].b)
			emit_node(c, c->tree->nodes[at].a);
		break;
	case REGEX_ALT:
		emit_alternatives(c, at);
		break;
	case REGEX_REPEAT:
		emit_repeat(c, n);
		break;
	case REGEX_GROUP:
		emit(c, REGEX_OP_SAVE, n->number * 2, 0);
		emit_node(c, n->a);
		emit(c, REGEX_OP_SAVE, n->number * 2 + 1, 0);
		break;
	case REGEX_ASSERT:
		emit(c, REGEX_OP_ASSERT, n->number, 0);
		break;
	}
}

/* The first byte of each character in a range, in UTF-8. */
static void note_first_bytes(struct regex *r, const struct regex_range *range)
{
	uint32_t c = range->first;

	for (; c <= range->last && c < 0x80; c++)
		r->first[c / 8] |= (unsigned char)(1u << c % 8);
	if (range->last >= 0x80)
		memset(r->first + 16, 0xff, 16);
}

/* What a match can begin with, from all instructions that are reached without a character. */
static void find_first(struct regex *r, unsigned char *seen)
{
	uint32_t top = 0;

	r->stack[top++] = 0;
	while (top && !r->any_first) {
		uint32_t at = r->stack[--top];
		const struct regex_inst *i = &r->program[at];

		if (seen[at])
			continue;
		seen[at] = 1;
		if (i->op == REGEX_OP_SET) {
			for (uint32_t k = 0; k < i->b; k++)
				note_first_bytes(r, &r->ranges[i->a + k]);
		} else if (i->op == REGEX_OP_MATCH) {
			r->any_first = true;
		} else if (i->op == REGEX_OP_SPLIT) {
			r->stack[top++] = i->b;
			r->stack[top++] = i->a;
		} else {
			r->stack[top++] = i->op == REGEX_OP_JUMP ? i->a : at + 1;
		}
	}
}

static int make_states(struct regex_states *s, uint32_t size)
{
	s->dense = malloc(size * sizeof(*s->dense));
	s->sparse = calloc(size, sizeof(*s->sparse));
	return s->dense && s->sparse ? 0 : -1;
}

/* The search's memory and what makes it start quickly. */
static int prepare(struct regex *r)
{
	unsigned char *seen = calloc(r->size, 1);
	uint32_t at = 0;

	r->stack = malloc((r->size * 3 + 2) * sizeof(*r->stack));
	if (!seen || !r->stack || make_states(&r->now, r->size) || make_states(&r->next, r->size)) {
		free(seen);
		return -1;
	}
	find_first(r, seen);
	free(seen);
	while (r->program[at].op == REGEX_OP_SAVE)
		at++;
	r->at_start = r->program[at].op == REGEX_OP_ASSERT && r->program[at].a == REGEX_TEXT_START;
	return 0;
}

static struct regex *make(const struct regex_tree *tree, const char **why)
{
	struct compiler c = {.tree = tree};
	struct regex *r = calloc(1, sizeof(*r));

	c.program = malloc(REGEX_PROGRAM_MAX * sizeof(*c.program));
	*why = "memory ran out";
	if (!r || !c.program)
		goto failed;
	emit_node(&c, tree->root);
	emit(&c, REGEX_OP_MATCH, 0, 0);
	if (c.full) {
		*why = "it is too large";
		goto failed;
	}
	r->program = realloc(c.program, c.size * sizeof(*c.program));
	c.program = r->program ? NULL : c.program;
	r->ranges = malloc((tree->range_count + 1) * sizeof(*r->ranges));
	if (!r->program || !r->ranges)
		goto failed;
	if (tree->range_count)
		memcpy(r->ranges, tree->ranges, tree->range_count * sizeof(*r->ranges));
	r->size = c.size;
	r->edges = 2 * (tree->groups + 1);
	if (!prepare(r))
		return r;
failed:
	free(c.program);
	regex_free(r);
	return NULL;
}

struct regex *regex_compile(const char *expression, size_t size, const char **why)
{
	struct regex_tree tree;
	struct regex *r = regex_parse(&tree, expression, size, why) ? NULL : make(&tree, why);

	regex_tree_free(&tree);
	return r;
}

static void free_states(struct regex_states *s)
{
	free(s->dense);
	free(s->sparse);
	free(s->edges);
}

void regex_free(struct regex *r)
{
	if (!r)
		return;
	free(r->program);
	free(r->ranges);
	free_states(&r->now);
	free_states(&r->next);
	free(r->stack);
	free(r->stack_edges);
	free(r->found);
	free(r);
}

size_t regex_weight(const struct regex *r)
{
	size_t n = r->size;

	for (uint32_t i = 0; i < r->size; i++)
		n += r->program[i].op == REGEX_OP_SET ? r->program[i].b : 0;
	return n;
}

size_t regex_spans(const struct regex *r)
{
	return r->edges / 2;
}
