// SPDX-License-Identifier: Apache-2.0
/* Runs the program of an expression: all states at once, a character at a time. */
#include <stdlib.h>
#include <string.h>
#include "runtime/regex_tree.h"
#include "runtime/utf8.h"

struct search {
	struct regex *r;
	const char *text;
	size_t size;
	bool spans; /* asked for */
};

static bool is_word(unsigned char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || c == '_' ||
	       (c >= 'a' && c <= 'z');
}

static bool word_edge(const struct search *s, size_t at)
{
	bool before = at && is_word((unsigned char)s->text[at - 1]);
	bool behind = at < s->size && is_word((unsigned char)s->text[at]);

	return before != behind;
}

static bool holds(const struct search *s, uint32_t assertion, size_t at)
{
	switch (assertion) {
	case REGEX_TEXT_START:
		return at == 0;
	case REGEX_TEXT_END:
		return at == s->size;
	case REGEX_LINE_START:
		return at == 0 || s->text[at - 1] == '\n';
	case REGEX_LINE_END:
		return at == s->size || s->text[at] == '\n';
	case REGEX_WORD_EDGE:
		return word_edge(s, at);
	default:
		return !word_edge(s, at);
	}
}

static bool enter(struct regex_states *states, uint32_t at)
{
	uint32_t index = states->sparse[at];

	if (index < states->count && states->dense[index] == at)
		return false;
	states->sparse[at] = states->count;
	states->dense[states->count++] = at;
	return true;
}

#define RESTORE 0x80000000u /* on the stack: the next two entries are an edge to put back */

/*
 * Adds the instruction and all that is reached from it without a character, the preferred first.
 * `edges` is the set of spans on the way there, changed meanwhile. A visited instruction
 * is put on the stack at most twice, and an edge to restore takes one place beside its value.
 */
static void follow(const struct search *s, struct regex_states *states, uint32_t from, size_t at,
		   size_t *edges)
{
	struct regex *r = s->r;
	uint32_t top = 0;

	r->stack[top++] = from;
	while (top) {
		uint32_t pc = r->stack[--top];
		const struct regex_inst *i;

		if (pc & RESTORE) {
			edges[pc & ~RESTORE] = r->stack_edges[top];
			continue;
		}
		if (!enter(states, pc))
			continue;
		i = &r->program[pc];
		switch (i->op) {
		case REGEX_OP_JUMP:
			r->stack[top++] = i->a;
			break;
		case REGEX_OP_SPLIT:
			r->stack[top++] = i->b;
			r->stack[top++] = i->a;
			break;
		case REGEX_OP_SAVE:
			if (s->spans) {
				r->stack_edges[top] = edges[i->a];
				r->stack[top++] = i->a | RESTORE;
				edges[i->a] = at;
			}
			r->stack[top++] = pc + 1;
			break;
		case REGEX_OP_ASSERT:
			if (holds(s, i->a, at))
				r->stack[top++] = pc + 1;
			break;
		default:
			if (s->spans)
				memcpy(states->edges + (size_t)(states->count - 1) * r->edges,
				       edges, r->edges * sizeof(*edges));
		}
	}
}

static bool in_ranges(const struct regex *r, const struct regex_inst *i, uint32_t c)
{
	for (uint32_t k = 0; k < i->b; k++) {
		const struct regex_range *range = &r->ranges[i->a + k];

		if (c >= range->first && c <= range->last)
			return true;
	}
	return false;
}

/* All states past one character. Whether a match ended before it; states behind it are cut. */
static bool step(const struct search *s, uint32_t c, size_t behind)
{
	struct regex *r = s->r;

	r->next.count = 0;
	for (uint32_t k = 0; k < r->now.count; k++) {
		uint32_t pc = r->now.dense[k];
		const struct regex_inst *i = &r->program[pc];
		size_t *edges = s->spans ? r->now.edges + (size_t)k * r->edges : NULL;

		if (i->op == REGEX_OP_MATCH) {
			if (s->spans)
				memcpy(r->found, edges, r->edges * sizeof(*edges));
			return true;
		}
		if (behind != REGEX_NONE && i->op == REGEX_OP_SET && in_ranges(r, i, c))
			follow(s, &r->next, pc + 1, behind, edges);
	}
	return false;
}

static void begin(const struct search *s, size_t at, size_t *edges)
{
	for (uint32_t i = 0; s->spans && i < s->r->edges; i++)
		edges[i] = REGEX_NONE;
	if (s->spans)
		edges[0] = at;
	follow(s, &s->r->now, 0, at, edges);
}

static bool can_begin(const struct regex *r, const char *text, size_t size)
{
	unsigned char c;

	if (r->any_first)
		return true;
	if (!size)
		return false;
	c = (unsigned char)*text;
	return r->first[c / 8] >> c % 8 & 1;
}

static void finish(const struct search *s, bool matched, size_t end)
{
	if (matched && s->spans)
		s->r->found[1] = end;
}

/* Whether there is a match; `first_edges` is working memory for one set of spans. */
static bool run(const struct search *s, size_t at, size_t *first_edges)
{
	struct regex *r = s->r;
	bool found = false;

	r->now.count = 0;
	for (;;) {
		struct regex_states other;
		uint32_t c = 0;
		size_t length = utf8_next(s->text + at, s->size - at, &c);
		bool matched;

		if (!found && (at == 0 || !r->at_start) && can_begin(r, s->text + at, s->size - at))
			begin(s, at, first_edges);
		if (!r->now.count && (found || at >= s->size || r->at_start))
			return found;
		if (!length) {
			c = 0xfffd;
			length = 1;
		}
		matched = step(s, c, at < s->size ? at + length : REGEX_NONE);
		finish(s, matched, at);
		found |= matched;
		if (found && !s->spans)
			return true;
		if (at >= s->size)
			return found;
		other = r->now;
		r->now = r->next;
		r->next = other;
		at += length;
	}
}

bool regex_search(struct regex *r, const char *text, size_t size)
{
	struct search s = {.r = r, .text = text, .size = size};

	return run(&s, 0, NULL);
}

/* Memory for spans, when they are asked for the first time. */
static int prepare_spans(struct regex *r)
{
	size_t set = r->edges * sizeof(size_t);

	if (r->found)
		return 0;
	free(r->now.edges);
	free(r->next.edges);
	free(r->stack_edges);
	r->now.edges = calloc(r->size, set);
	r->next.edges = calloc(r->size, set);
	r->stack_edges = calloc((size_t)r->size * 3 + 2, sizeof(size_t));
	if (!r->now.edges || !r->next.edges || !r->stack_edges)
		return -1;
	r->found = calloc(2, set); /* the second: for the start of a match */
	return r->found ? 0 : -1;
}

int regex_find(struct regex *r, const char *text, size_t size, size_t from,
	       struct regex_span *spans)
{
	struct search s = {.r = r, .text = text, .size = size, .spans = true};

	if (prepare_spans(r))
		return -1;
	if (from > size || !run(&s, from, r->found + r->edges))
		return 0;
	for (uint32_t i = 0; i < r->edges / 2; i++)
		spans[i] = (struct regex_span){r->found[2 * i], r->found[2 * i + 1]};
	return 1;
}
