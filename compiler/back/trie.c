// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include "compiler/base/arena.h"
#include "trie.h"

struct building {
	struct arena *arena;
	struct trie_key *keys;
	size_t count, room;
};

/* Some values, and at which word of them a node begins. */
struct range {
	const struct trie_value *v;
	size_t n;
	uint32_t at;
};

static int compare_steps(const struct trie_step *a, const struct trie_step *b)
{
	if (a->word != b->word)
		return a->word < b->word ? -1 : 1;
	return a->shift < b->shift ? 1 : a->shift > b->shift ? -1 : 0; /* the wider first */
}

static int compare_values(const void *left, const void *right)
{
	const struct trie_value *a = left, *b = right;

	for (uint32_t i = 0; i < a->count && i < b->count; i++) {
		int order = compare_steps(&a->steps[i], &b->steps[i]);

		if (order)
			return order;
	}
	return a->count < b->count ? -1 : a->count > b->count ? 1 : 0;
}

struct trie_value trie_value(struct arena *a, const void *bytes, size_t len, uint32_t length)
{
	size_t count = len ? (len + TRIE_WORD - 1) / TRIE_WORD : 1;
	struct trie_step *steps = arena_array(a, count, sizeof(*steps));
	const uint8_t *p = bytes;

	for (size_t i = 0; i < len; i++)
		steps[i / TRIE_WORD].word |= (uint64_t)p[i] << (48 - 8 * (i % TRIE_WORD));
	steps[count - 1].shift = (uint32_t)(8 * (count * TRIE_WORD - len));
	return (struct trie_value){.steps = steps, .count = (uint32_t)count, .length = length};
}

/* Does `outer`, the end of a value, cover the word? */
static bool covers(const struct trie_step *outer, const struct trie_step *inner)
{
	return (outer->word ^ inner->word) >> outer->shift == 0;
}

/* The values from the first of `r` on that go through the same key. */
static size_t group_size(const struct range *r)
{
	size_t n = 1;

	while (n < r->n && !compare_steps(&r->v[0].steps[r->at], &r->v[n].steps[r->at]))
		n++;
	return n;
}

/* The shortest of them that ends here; NULL: none does. */
static const struct trie_value *ending(const struct range *r, size_t n)
{
	const struct trie_value *found = NULL;

	for (size_t i = 0; i < n; i++)
		if (r->v[i].count == r->at + 1 && (!found || r->v[i].length < found->length))
			found = &r->v[i];
	return found;
}

/* What follows once `n` values were dealt with, and all that the last of them, an end, covers. */
static void pass(struct range *r, size_t n, bool end)
{
	const struct trie_step *last = &r->v->steps[r->at];

	while (n < r->n && end && covers(last, &r->v[n].steps[r->at]))
		n++;
	r->v += n;
	r->n -= n;
}

static size_t count_groups(struct range r)
{
	size_t groups = 0;

	while (r.n) {
		size_t n = group_size(&r);

		groups++;
		pass(&r, n, ending(&r, n));
	}
	return groups;
}

static uint32_t halvings(size_t n)
{
	uint32_t steps = 0;

	for (; n > 1; n -= n / 2)
		steps++;
	return steps;
}

static struct trie_key *new_keys(struct building *b, size_t n)
{
	struct trie_key *keys;

	for (size_t i = 0; i < n; i++, b->count++)
		b->keys = arena_grow(b->arena, b->keys, b->count, &b->room, sizeof(*keys));
	return b->keys;
}

static uint32_t build_node(struct building *b, struct range r, size_t first, size_t groups);

/* One key, and the node behind it; gives the looks that are made below it. */
static uint32_t build_key(struct building *b, const struct range *r, size_t n, struct trie_key *out)
{
	const struct trie_value *end = ending(r, n);
	struct range below = {r->v, n, r->at + 1};
	const struct trie_step *step = &r->v->steps[r->at];
	size_t first = b->count, groups;

	*out = (struct trie_key){.low = step->word, .node = (uint64_t)step->shift << 48};
	if (end) {
		out->node |= end->length;
		return 0;
	}
	groups = count_groups(below);
	if (first + groups > TRIE_COUNT)
		return 0;
	out->node |= first | (uint64_t)groups << 24;
	return build_node(b, below, first, groups);
}

/* Recursion ends with the words of the longest value, some 600. */
static uint32_t build_node(struct building *b, struct range r, size_t first, size_t groups)
{
	uint32_t most = 0;

	new_keys(b, groups);
	for (size_t i = 0; i < groups; i++) {
		size_t n = group_size(&r);
		struct trie_key key;
		uint32_t looks = build_key(b, &r, n, &key);

		b->keys[first + i] = key;
		most = looks > most ? looks : most;
		pass(&r, n, ending(&r, n));
	}
	return most + halvings(groups) + 1;
}

/* The root is as large as a power of two: what is left free comes first, and matches nothing. */
static void build_root(struct building *b, struct range r, struct trie *t)
{
	size_t groups = count_groups(r), at;

	while (1ull << t->depth <= groups)
		t->depth++;
	t->root = arena_array(b->arena, (size_t)1 << t->depth, sizeof(*t->root));
	at = ((size_t)1 << t->depth) - groups;
	for (size_t i = 0; i < at; i++)
		t->root[i] = (struct trie_key){.low = 0, .node = TRIE_NEVER};
	while (r.n) {
		size_t n = group_size(&r);
		uint32_t looks = build_key(b, &r, n, &t->root[at++]);

		t->walk = looks > t->walk ? looks : t->walk;
		pass(&r, n, ending(&r, n));
	}
}

struct trie *trie_build(struct arena *a, struct trie_value *values, size_t count)
{
	struct building b = {.arena = a};
	struct trie *t = arena_alloc(a, sizeof(*t));

	qsort(values, count, sizeof(*values), compare_values);
	build_root(&b, (struct range){values, count, 0}, t);
	t->keys = b.keys;
	t->key_count = (uint32_t)b.count;
	return b.count + ((size_t)1 << t->depth) > TRIE_COUNT ? NULL : t;
}
