// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/kernels/kbtf.h"
#include "compiler/terse/lower.h"
#include "named.h"

struct terse_file named_tree(struct arena *a, const struct analysis *n, uint32_t file)
{
	struct diags silent = {.arena = a, .sources = &n->sources};
	struct terse_file out;

	terse_parse(a, &silent, &n->sources, file, &out);
	return out;
}

static void add_named(struct arena *a, struct names *out, const struct terse_node *n)
{
	const struct terse_node *name = kid(n, 0);

	if (n->kind != T_STATEMENT || !name || !name->text ||
	    (n->op != LET && n->op != PARAM && n->op != MACRO && n->op != LIST))
		return;
	out->v = arena_grow(a, out->v, out->n, &out->room, sizeof(*out->v));
	out->v[out->n++] = (struct named){n->op, name->text, name->at, n->at};
}

struct names named_all(struct arena *a, const struct analysis *n)
{
	struct names out = {.n = 0};

	for (uint32_t file = 0; file < n->sources.count; file++) {
		struct terse_file tree;

		if (!sources_get(&n->sources, file)->terse)
			continue; /* values that were loaded */
		tree = named_tree(a, n, file);
		for (size_t i = 0; i < tree.statements->count; i++)
			if (tree.statements->kids[i])
				add_named(a, &out, tree.statements->kids[i]);
	}
	return out;
}

static const struct named *find(struct arena *a, const struct analysis *n, const char *name,
				bool list)
{
	struct names all = named_all(a, n);

	for (size_t i = 0; i < all.n; i++)
		if ((all.v[i].kind == LIST) == list && !strcmp(all.v[i].name, name))
			return &all.v[i];
	return NULL;
}

const struct named *named_find(struct arena *a, const struct analysis *n, const char *name)
{
	return find(a, n, name, false);
}

const struct named *named_find_list(struct arena *a, const struct analysis *n, const char *name)
{
	return find(a, n, name, true);
}

/* ---- uses ------------------------------------------------------------------------------- */

struct using
{
	struct arena *arena;
	const char *name;
	struct uses out;
};

static void use(struct using *u, const struct terse_node *n)
{
	if (!n || n->kind != T_NAME || !node_is(n, u->name))
		return;
	u->out.v = arena_grow(u->arena, u->out.v, u->out.n, &u->out.room, sizeof(*u->out.v));
	u->out.v[u->out.n++] = n->at;
}

static void use_values(struct using *u, const struct terse_node *list)
{
	for (size_t i = 0; list && i < list->count; i++) {
		const struct terse_node *v = list->kids[i];

		use(u, v);
		if (v && (v->kind == T_BITS || v->kind == T_RANGE))
			use_values(u, v);
	}
}

/* Depth is limited by the parser. */
static void use_condition(struct using *u, const struct terse_node *n)
{
	if (!n)
		return;
	switch (n->kind) {
	case T_AND:
	case T_OR:
	case T_NOT:
		for (size_t i = 0; i < n->count; i++)
			use_condition(u, n->kids[i]);
		break;
	case T_TEST:
		if (n->op == TEST_IS_TRUE && kid(n, 0) && kid(n, 0)->count == 1)
			use(u, kid(kid(n, 0), 0));
		if (n->count > 1 && kid(n, n->count - 1) && kid(n, n->count - 1)->kind == T_LIST)
			use_values(u, kid(n, n->count - 1));
		break;
	default:
		break;
	}
}

static void use_hook(struct using *u, const struct terse_node *hook)
{
	for (size_t i = 0; i < hook->count; i++) {
		const struct terse_node *items = hook->kids[i];

		if (!items || items->kind != T_LIST)
			continue;
		for (size_t k = 0; k < items->count; k++) {
			const struct terse_node *item = items->kids[k];

			if (item && item->kind == T_RULE)
				use_condition(u, kid(item, 1));
			else if (item && item->kind == T_STATEMENT && item->op == TAGS)
				use_values(u, kid(item, 0));
		}
	}
}

static void use_statement(struct using *u, const struct terse_node *n)
{
	switch (n->op) {
	case LET:
	case PARAM:
		use(u, kid(n, 0));
		use_values(u, kid(n, 1));
		break;
	case MACRO:
		use(u, kid(n, 0));
		use_condition(u, kid(n, 1));
		break;
	case LIST:
		use_values(u, kid(n, 2));
		break;
	case ENFORCER:
		use_values(u, kid(n, 0));
		break;
	default:
		break;
	}
}

struct uses named_uses(struct arena *a, const struct analysis *n, const char *name)
{
	struct using u = {.arena = a, .name = name};
	struct terse_file tree = named_tree(a, n, n->file);

	for (size_t i = 0; i < tree.statements->count; i++) {
		const struct terse_node *s = tree.statements->kids[i];

		if (s && s->kind == T_HOOK)
			use_hook(&u, s);
		else if (s && s->kind == T_STATEMENT)
			use_statement(&u, s);
	}
	return u.out;
}

bool named_constant(const struct setup *s, const char *name, int64_t *value)
{
	if (constant_find(name, value))
		return true;
	for (size_t i = 0; i < s->kernels.count; i++)
		if (kbtf_enum_value(s->kernels.v[i].btf, name, value))
			return true;
	return false;
}
