// SPDX-License-Identifier: Apache-2.0
/*
 * Indexes over the selectors that meet on one hook: from a value of an argument to the selectors
 * it leaves, by a search in sorted ranges. A hundred policies then reject in the time of a few.
 */
#include <stdlib.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "plan_make.h"
#include "sketch.h"

#define WORTH_IT   8	     /* selectors; fewer are tested one by one */
#define RANGES_MAX (1 << 14) /* and no index has more */

struct edge { /* where a selector begins, or ends, to be possible */
	uint64_t at;
	uint32_t part, bit;
	int step; /* 1 or -1 */
};

struct making {
	struct arena *arena;
	const struct plan_hook *first;
	struct plan_index *index;
	struct edge *edges;
	size_t edge_count, edge_room, range_room, row_room;
	uint32_t narrowed; /* selectors that the index can rule out */
	uint32_t *open;	   /* per part and bit: ranges of it that are open */
	uint64_t *always;  /* per part: selectors that it cannot rule out */
};

/* ---- the ranges of one filter ---------------------------------------------------------- */

static void add_edges(struct making *m, uint64_t low, uint64_t high, uint32_t part, uint32_t bit)
{
	m->edges = arena_grow(m->arena, m->edges, m->edge_count, &m->edge_room, sizeof(*m->edges));
	m->edges[m->edge_count++] = (struct edge){low, part, bit, 1};
	if (high == ~0ull)
		return;
	m->edges = arena_grow(m->arena, m->edges, m->edge_count, &m->edge_room, sizeof(*m->edges));
	m->edges[m->edge_count++] = (struct edge){high + 1, part, bit, -1};
}

/* A word of which some leading bytes are fixed. */
static void add_word(struct making *m, uint64_t word, uint64_t mask, uint32_t part, uint32_t bit)
{
	add_edges(m, word & mask, word | ~mask, part, bit);
}

/* The first bytes of a text, the first one on top; a text that ends has its NUL there. */
static void add_head(struct making *m, const struct value *v, bool open, uint32_t part,
		     uint32_t bit)
{
	uint64_t word = 0, mask = 0;

	for (uint32_t i = 0; i < v->len && i < 8; i++) {
		word |= (uint64_t)(unsigned char)v->text[i] << (56 - 8 * i);
		mask |= 0xffull << (56 - 8 * i);
	}
	if (!open && v->len < 8)
		mask |= 0xffull << (56 - 8 * v->len);
	add_word(m, word, mask, part, bit);
}

static uint64_t bias(const struct type_info *t)
{
	return t->is_signed ? 1ull << 63 : 0;
}

static bool add_numbers(struct making *m, const struct tir_filter *f, uint32_t part, uint32_t bit)
{
	uint64_t b = bias(m->index->arg->type);

	if (f->op != OP_EQUAL)
		return false;
	for (size_t i = 0; i < f->value_count; i++)
		if (f->values[i].kind != VALUE_IS_NUMBER)
			return false;
	for (size_t i = 0; i < f->value_count; i++) {
		uint64_t v = f->values[i].number ^ b;

		add_edges(m, v, v, part, bit);
	}
	return true;
}

/* False: no path matches the value. */
static bool path_word(const struct value *v, enum op op, enum plan_key key, uint64_t *word,
		      uint64_t *mask)
{
	switch (key) {
	case KEY_FIRST:
		return sketch_first(v, op, word, mask);
	case KEY_SECOND:
		return sketch_second(v, op, word, mask);
	default:
		return sketch_tail(v, op, word, mask);
	}
}

static bool add_paths(struct making *m, const struct tir_filter *f, uint32_t part, uint32_t bit)
{
	enum plan_key key = m->index->key;
	uint64_t word, mask;

	if (!sketch_useful(f) || f->op == (key == KEY_TAIL ? OP_PREFIX : OP_POSTFIX))
		return false;
	for (size_t i = 0; i < f->value_count; i++)
		if (path_word(&f->values[i], f->op, key, &word, &mask))
			add_word(m, word, mask, part, bit);
	return true;
}

static bool add_strings(struct making *m, const struct tir_filter *f, uint32_t part, uint32_t bit)
{
	if (f->op != OP_EQUAL && f->op != OP_PREFIX)
		return false;
	for (size_t i = 0; i < f->value_count; i++)
		add_head(m, &f->values[i], f->op == OP_PREFIX, part, bit);
	return true;
}

static bool add_filter(struct making *m, const struct tir_filter *f, uint32_t part, uint32_t bit)
{
	switch (m->index->key) {
	case KEY_NUMBER:
		return add_numbers(m, f, part, bit);
	case KEY_HEAD:
		return add_strings(m, f, part, bit);
	default:
		return add_paths(m, f, part, bit);
	}
}

/* ---- all selectors --------------------------------------------------------------------- */

/* One filter of the selector suffices: whatever fails it cannot match. */
static void add_selector(struct making *m, uint32_t part, uint32_t bit)
{
	const struct plan_hook *h = &m->first[part];

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		const struct plan_predicate *p = &h->predicates[i];

		if (p->args || !(p->selectors >> bit & 1) ||
		    !plan_same_arg(h->slots[p->slot].arg, m->index->arg))
			continue;
		if (add_filter(m, p->filter, part, bit)) {
			m->narrowed++;
			return;
		}
	}
	m->always[part] |= 1ull << bit;
}

static int by_place(const void *a, const void *b)
{
	const struct edge *x = a, *y = b;

	return x->at < y->at ? -1 : x->at > y->at;
}

/* ---- rows ------------------------------------------------------------------------------ */

/* A row like the one before only makes that range longer. */
static void add_range(struct making *m, uint64_t from, const uint64_t *row)
{
	struct plan_index *x = m->index;
	size_t words = m->first->parts, bytes = words * sizeof(*row);

	if (x->range_count && !memcmp(x->rows + (x->range_count - 1) * words, row, bytes))
		return;
	x->from = arena_grow(m->arena, x->from, x->range_count, &m->range_room, sizeof(*x->from));
	x->rows = arena_grow(m->arena, x->rows, x->range_count, &m->row_room, bytes);
	x->from[x->range_count] = from;
	memcpy(x->rows + x->range_count++ * words, row, bytes);
}

static void take_edge(struct making *m, uint64_t *row, const struct edge *e)
{
	uint32_t *open = &m->open[e->part * 64 + e->bit];

	*open += (uint32_t)e->step;
	if (*open)
		row[e->part] |= 1ull << e->bit;
	else
		row[e->part] &= ~(1ull << e->bit);
}

static void sweep(struct making *m)
{
	uint64_t *row = arena_array(m->arena, m->first->parts, sizeof(*row));
	size_t i = 0;

	qsort(m->edges, m->edge_count, sizeof(*m->edges), by_place);
	memcpy(row, m->always, m->first->parts * sizeof(*row));
	if (!m->edge_count || m->edges[0].at)
		add_range(m, 0, row);
	while (i < m->edge_count) {
		uint64_t at = m->edges[i].at;

		for (; i < m->edge_count && m->edges[i].at == at; i++)
			take_edge(m, row, &m->edges[i]);
		add_range(m, at, row);
	}
}

/* ---- indexes --------------------------------------------------------------------------- */

/*
 * Few strings are looked up as well when nothing cheaper is asked: eight bytes cost less than the
 * whole text.
 */
static bool decides_alone(const struct making *m)
{
	uint32_t selectors = 0;

	for (uint32_t part = 0; part < m->first->parts; part++) {
		const struct plan_hook *h = &m->first[part];

		selectors += h->selector_count;
		if (h->condition_count)
			return false;
		for (uint32_t i = 0; i < h->slot_count; i++)
			if (h->slots[i].filtered && !plan_same_arg(h->slots[i].arg, m->index->arg))
				return false;
	}
	return m->index->key == KEY_HEAD && m->narrowed == selectors;
}

static bool make_index(struct arena *a, const struct plan_hook *first, struct plan_index *out)
{
	struct making m = {
		.arena = a,
		.first = first,
		.index = out,
		.open = arena_array(a, (size_t)first->parts * 64, sizeof(*m.open)),
		.always = arena_array(a, first->parts, sizeof(*m.always)),
	};

	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t bit = 0; bit < first[part].selector_count; bit++)
			add_selector(&m, part, bit);
	if (m.edge_count > RANGES_MAX || (m.narrowed < WORTH_IT && !decides_alone(&m)))
		return false;
	sweep(&m);
	return true;
}

static bool seen_before(const struct plan_hook *first, uint32_t part, uint32_t slot)
{
	for (uint32_t i = 0; i <= part; i++)
		for (uint32_t j = 0; j < (i < part ? first[i].slot_count : slot); j++)
			if (plan_same_arg(first[i].slots[j].arg, first[part].slots[slot].arg))
				return true;
	return false;
}

/* By which keys the values of an argument can be looked up. */
static uint32_t keys_of(const struct plan_slot *s)
{
	if (plan_is_fetched(s))
		return 0;
	switch (s->arg->type->class) {
	case CLASS_INT:
		return 1u << KEY_NUMBER;
	case CLASS_PATH:
		return plan_has_sketch(s) ? 1u << KEY_FIRST | 1u << KEY_SECOND | 1u << KEY_TAIL : 0;
	case CLASS_STRING:
		return s->arg->ir->type == TYPE_STRING && !s->arg->step_count ? 1u << KEY_HEAD : 0;
	default:
		return 0;
	}
}

static void index_slot(struct arena *a, struct plan_hook *first, const struct plan_slot *s,
		       size_t *room)
{
	for (int key = 0; key < PLAN_KEYS; key++) {
		struct plan_index index = {.arg = s->arg, .key = (enum plan_key)key};

		if (!(keys_of(s) >> key & 1) || !make_index(a, first, &index))
			continue;
		first->indexes = arena_grow(a, first->indexes, first->index_count, room,
					    sizeof(*first->indexes));
		first->indexes[first->index_count++] = index;
	}
}

void plan_indexes(struct arena *a, struct plan_hook *first)
{
	size_t room = 0;

	for (uint32_t part = 0; part < first->parts; part++)
		for (uint32_t i = 0; i < first[part].slot_count; i++)
			if (first[part].slots[i].filtered && !seen_before(first, part, i))
				index_slot(a, first, &first[part].slots[i], &room);
}
