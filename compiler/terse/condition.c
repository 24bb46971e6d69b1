// SPDX-License-Identifier: Apache-2.0
/*
 * The terse language: conditions as ORs of ANDs of single tests, which is what selectors are.
 * Negation moves to the tests; macros are spelled out. Order stays: a rule's selectors stand where
 * the rule stood and have its actions, so which rule is first to match is the same.
 */
#include <string.h>
#include "lower.h"

static bool expand(struct terse_lowering *l, const struct terse_node *n, bool negated,
		   struct disjunction *out);

static void add_test(struct terse_lowering *l, struct conjunction *c, const struct terse_node *test)
{
	c->v = arena_grow(l->arena, c->v, c->n, &c->room, sizeof(*c->v));
	c->v[c->n++] = test;
}

static struct conjunction *add_conjunction(struct terse_lowering *l, struct disjunction *out)
{
	out->v = arena_grow(l->arena, out->v, out->n, &out->room, sizeof(*out->v));
	out->v[out->n] = (struct conjunction){.n = 0};
	return &out->v[out->n++];
}

static bool report_many(struct terse_lowering *l, const struct terse_node *n)
{
	struct diag *g =
		terse_say(l, DIAG_TERSE_TOO_LARGE, n->at,
			  "the condition becomes more than %d selectors", TERSE_MAX_SELECTORS);

	diag_note(l->d, g,
		  "it is written out as alternatives; each `and` of two `or`s multiplies them");
	diag_hint(l->d, g,
		  "write it as several rules, or compare one argument with a list: x in 1, 2, 3");
	return false;
}

static bool add_alternatives(struct terse_lowering *l, const struct terse_node *n,
			     const struct disjunction *more, struct disjunction *out)
{
	for (size_t i = 0; i < more->n; i++) {
		struct conjunction *c;

		if (out->n >= TERSE_MAX_SELECTORS)
			return report_many(l, n);
		c = add_conjunction(l, out);
		*c = more->v[i];
	}
	return true;
}

/* Every alternative of the one side with every one of the other. */
static bool multiply(struct terse_lowering *l, const struct terse_node *n,
		     const struct disjunction *left, const struct disjunction *right,
		     struct disjunction *out)
{
	*out = (struct disjunction){.n = 0};
	if (left->n * right->n > TERSE_MAX_SELECTORS)
		return report_many(l, n);
	for (size_t i = 0; i < left->n; i++)
		for (size_t k = 0; k < right->n; k++) {
			struct conjunction *c = add_conjunction(l, out);

			for (size_t t = 0; t < left->v[i].n; t++)
				add_test(l, c, left->v[i].v[t]);
			for (size_t t = 0; t < right->v[k].n; t++)
				add_test(l, c, right->v[k].v[t]);
		}
	return true;
}

/* ---- tests ------------------------------------------------------------------------------ */

static struct terse_node *copy_of(struct terse_lowering *l, const struct terse_node *n)
{
	struct terse_node *out = arena_alloc(l->arena, sizeof(*out));

	*out = *n;
	out->kids = arena_array(l->arena, n->count, sizeof(*out->kids));
	memcpy(out->kids, n->kids, n->count * sizeof(*out->kids));
	return out;
}

/* The same test with another operator and values. */
static struct terse_node *test_like(struct terse_lowering *l, const struct terse_node *test, int op,
				    struct terse_node *values)
{
	struct terse_node *out = copy_of(l, test);

	out->op = op;
	out->kids[out->count - 1] = values;
	return out;
}

static struct terse_node *new_list(struct terse_lowering *l, struct span at)
{
	struct terse_node *out = arena_alloc(l->arena, sizeof(*out));

	out->kind = T_LIST;
	out->at = at;
	return out;
}

static void add_text(struct terse_lowering *l, struct terse_node *list, const struct terse_node *n,
		     const char *text, size_t len)
{
	struct terse_node *leaf = arena_alloc(l->arena, sizeof(*leaf));

	*leaf = (struct terse_node){.kind = T_STRING,
				    .at = n->at,
				    .text = arena_strndup(l->arena, text, len),
				    .len = len};
	list->kids = arena_grow(l->arena, list->kids, list->count, &list->room, sizeof(leaf));
	list->kids[list->count++] = leaf;
}

/* Tests of one argument of which one holds, as a tree. */
static struct terse_node *either(struct terse_lowering *l, const struct terse_node *test,
				 struct terse_node **tests, size_t count)
{
	struct terse_node *out;

	if (count == 1)
		return tests[0];
	out = arena_alloc(l->arena, sizeof(*out));
	*out = (struct terse_node){.kind = T_OR, .at = test->at, .count = count};
	out->kids = arena_array(l->arena, count, sizeof(*out->kids));
	memcpy(out->kids, tests, count * sizeof(*tests));
	return out;
}

static bool want_texts(struct terse_lowering *l, const struct terse_node *all, const char *word)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->kids[i]->kind != T_STRING) {
			terse_say(l, DIAG_TERSE_VALUE, all->kids[i]->at,
				  "`%s` wants texts, in quotes", word);
			return false;
		}
	return true;
}

/* `under` is the thing itself and what is below it. */
static struct terse_node *spell_under(struct terse_lowering *l, const struct terse_node *test,
				      const struct terse_node *all)
{
	struct terse_node *equal = new_list(l, test->at), *starts = new_list(l, test->at);
	struct terse_node *tests[2];

	if (!want_texts(l, all, "under"))
		return NULL;
	for (size_t i = 0; i < all->count; i++) {
		const struct terse_node *n = all->kids[i];
		bool folder = n->len && n->text[n->len - 1] == '/';

		if (!folder)
			add_text(l, equal, n, n->text, n->len);
		add_text(l, starts, n, arena_printf(l->arena, "%s/", n->text), n->len + !folder);
	}
	tests[0] = test_like(l, test, TEST_STARTS, starts);
	tests[1] = test_like(l, test, TEST_EQUAL, equal);
	return either(l, test, tests, equal->count ? 2 : 1);
}

static bool report_glob(struct terse_lowering *l, const struct terse_node *n)
{
	struct diag *g = terse_say(l, DIAG_TERSE_CONDITION, n->at,
				   "no filter can say the glob \"%.100s\"", n->text);

	diag_note(
		l->d, g,
		"a `*` can stand at the start, at the end, or at both; there is no `?` and no `[`");
	diag_hint(l->d, g, "two conditions: `starts` and `ends`");
	return false;
}

/* Which operator a glob is; `from` and `len` get its text. 0: none. */
static int glob_op(const struct terse_node *n, size_t *from, size_t *len)
{
	bool head = n->len && n->text[0] == '*', tail = n->len > 1 && n->text[n->len - 1] == '*';

	*from = head;
	*len = n->len - head - tail;
	if (!*len || memchr(n->text + *from, '*', *len) || memchr(n->text, '?', n->len) ||
	    memchr(n->text, '[', n->len))
		return 0;
	return head && tail ? TEST_CONTAINS : head ? TEST_ENDS : tail ? TEST_STARTS : TEST_EQUAL;
}

static struct terse_node *spell_matches(struct terse_lowering *l, const struct terse_node *test,
					const struct terse_node *all)
{
	static const int ops[] = {TEST_EQUAL, TEST_STARTS, TEST_ENDS, TEST_CONTAINS};
	struct terse_node *lists[4], *tests[4];
	size_t count = 0;

	if (!want_texts(l, all, "matches"))
		return NULL;
	for (size_t i = 0; i < 4; i++)
		lists[i] = new_list(l, test->at);
	for (size_t i = 0; i < all->count; i++) {
		const struct terse_node *n = all->kids[i];
		size_t from, len;
		int op = glob_op(n, &from, &len);

		if (!op) {
			report_glob(l, n);
			return NULL;
		}
		for (size_t k = 0; k < 4; k++)
			if (ops[k] == op)
				add_text(l, lists[k], n, n->text + from, len);
	}
	for (size_t i = 0; i < 4; i++)
		if (lists[i]->count)
			tests[count++] = test_like(l, test, ops[i], lists[i]);
	return either(l, test, tests, count);
}

/* Operators that stand for others. */
static bool spell_out(struct terse_lowering *l, const struct terse_node *test, bool negated,
		      struct disjunction *out)
{
	struct terse_node *all, *plain, *tree;

	if (!values_expand(l, kid(test, test->count - 1), &all))
		return false;
	if (!all->count) {
		terse_say(l, DIAG_TERSE_VALUE, test->at, "there is nothing to compare with");
		return false;
	}
	plain = copy_of(l, test);
	plain->negated = false;
	tree = test->op == TEST_UNDER ? spell_under(l, plain, all) : spell_matches(l, plain, all);
	return tree && expand(l, tree, negated != test->negated, out);
}

static bool expand_macro(struct terse_lowering *l, const struct terse_node *test, bool negated,
			 struct disjunction *out)
{
	const struct terse_node *ref = kid(test, 0), *name = kid(ref, 0);
	struct terse_binding *b = ref->count == 1 ? find_binding(l, name->text) : NULL;
	bool ok;

	if (!b || b->kind != MACRO) {
		struct diag *g = terse_say(l, DIAG_TERSE_CONDITION, test->at,
					   "`%.60s` is no condition", ref_text(l->arena, ref, 0));

		diag_hint(l->d, g,
			  "compare it: %.60s == ..., or give a condition that name: macro %.60s = "
			  "...",
			  ref_text(l->arena, ref, 0), name->text);
		return false;
	}
	if (b->open) {
		terse_say(l, DIAG_TERSE_NAME, test->at, "the macro `%.60s` uses itself", b->name);
		return false;
	}
	if (l->nested >= TERSE_MAX_NESTED) {
		report_nested(l, test->at);
		return false;
	}
	b->open = true;
	l->nested++;
	ok = expand(l, b->value, negated, out);
	l->nested--;
	b->open = false;
	return ok;
}

static bool expand_test(struct terse_lowering *l, const struct terse_node *n, bool negated,
			struct disjunction *out)
{
	const struct terse_node *test = n;

	if (++l->expanded > TERSE_MAX_EXPANSION) {
		if (l->expanded == TERSE_MAX_EXPANSION + 1)
			terse_say(l, DIAG_TERSE_TOO_LARGE, n->at,
				  "the condition has more than %d comparisons, macros spelled out",
				  TERSE_MAX_EXPANSION);
		return false;
	}
	if (n->kind == T_TEST && n->op == TEST_IS_TRUE)
		return expand_macro(l, n, negated, out);
	if (n->kind == T_TEST && (n->op == TEST_UNDER || n->op == TEST_MATCHES))
		return spell_out(l, n, negated, out);
	if (negated && n->kind != T_TEST) {
		terse_say(l, DIAG_TERSE_CONDITION, n->at, "this condition cannot be negated");
		return false;
	}
	if (negated) {
		struct terse_node *copy = copy_of(l, n);

		copy->negated = !copy->negated;
		copy->flags |= TEST_TURNED;
		test = copy;
	}
	add_test(l, add_conjunction(l, out), test);
	return true;
}

/* ---- and, or, not ----------------------------------------------------------------------- */

/* Values of which one is enough can be compared together. */
static bool can_join(const struct terse_node *a, const struct terse_node *b, struct arena *arena)
{
	const struct terse_node *left = kid(a, a->count - 1), *right = kid(b, b->count - 1);

	if (a->kind != T_TEST || b->kind != T_TEST || a->op != b->op || a->negated || b->negated ||
	    a->count != 2 || b->count != 2 || !left || !right ||
	    (a->op != TEST_EQUAL && a->op != TEST_STARTS && a->op != TEST_ENDS &&
	     a->op != TEST_CONTAINS && a->op != TEST_BITS))
		return false;
	for (size_t i = 0; i < left->count; i++)
		if (left->kids[i]->kind == T_RANGE || left->kids[i]->kind == T_NAMED)
			return false;
	for (size_t i = 0; i < right->count; i++)
		if (right->kids[i]->kind == T_RANGE || right->kids[i]->kind == T_NAMED)
			return false;
	return !strcmp(ref_text(arena, kid(a, 0), 0), ref_text(arena, kid(b, 0), 0));
}

static struct terse_node *join(struct terse_lowering *l, const struct terse_node *a,
			       const struct terse_node *b)
{
	const struct terse_node *left = kid(a, 1), *right = kid(b, 1);
	struct terse_node *values = new_list(l, left->at);

	values->count = left->count + right->count;
	values->kids = arena_array(l->arena, values->count, sizeof(*values->kids));
	memcpy(values->kids, left->kids, left->count * sizeof(*values->kids));
	memcpy(values->kids + left->count, right->kids, right->count * sizeof(*values->kids));
	return test_like(l, a, a->op, values);
}

static bool expand_any(struct terse_lowering *l, const struct terse_node *n, bool negated,
		       struct disjunction *out)
{
	const struct terse_node *pending = NULL;
	bool ok = true;

	for (size_t i = 0; i <= n->count && ok; i++) {
		const struct terse_node *next = kid(n, i);
		struct disjunction part = {.n = 0};

		if (next && pending && !negated && can_join(pending, next, l->arena)) {
			pending = join(l, pending, next);
			continue;
		}
		if (pending)
			ok = expand(l, pending, negated, &part) &&
			     add_alternatives(l, n, &part, out);
		pending = next;
	}
	return ok;
}

static bool expand_all(struct terse_lowering *l, const struct terse_node *n, bool negated,
		       struct disjunction *out)
{
	struct disjunction done = {.n = 0};

	add_conjunction(l, &done);
	for (size_t i = 0; i < n->count; i++) {
		struct disjunction part = {.n = 0}, product;

		if (!expand(l, n->kids[i], negated, &part) ||
		    !multiply(l, n, &done, &part, &product))
			return false;
		done = product;
	}
	return add_alternatives(l, n, &done, out);
}

static bool expand(struct terse_lowering *l, const struct terse_node *n, bool negated,
		   struct disjunction *out)
{
	bool any = n->kind == T_OR;

	if (n->kind == T_NOT)
		return expand(l, kid(n, 0), !negated, out);
	if (n->kind != T_OR && n->kind != T_AND)
		return expand_test(l, n, negated, out);
	return any != negated ? expand_any(l, n, negated, out) : expand_all(l, n, negated, out);
}

bool condition_normalise(struct terse_lowering *l, const struct terse_node *n,
			 struct disjunction *out)
{
	l->expanded = 0;
	*out = (struct disjunction){.n = 0};
	return expand(l, n, false, out);
}
