// SPDX-License-Identifier: Apache-2.0
/* CelExpr: expressions on numbers and texts. */
#include <string.h>
#include "compiler/base/arena.h"
#include "gen.h"
#include "reference.h"

#define DEPTH 3
#define TEXT  99 /* bytes of a literal */

/* How expressions spell a literal of the type; NULL: they do not know it. */
static const char *literal(struct gen *g, const struct shape_arg *arg, uint64_t v)
{
	struct arena *a = g->set->arena;

	v = reference_number(arg, v);
	if (arg->bits == 32 && arg->is_signed)
		return arena_printf(a, "int32(%d)", (int)v);
	if (arg->bits == 32)
		return arena_printf(a, "uint32(%u)", (unsigned)v);
	if (arg->is_signed)
		return arena_printf(a, "%lld", v == 1ull << 63 ? 0 : (long long)v);
	return arena_printf(a, "%lluu", (unsigned long long)v);
}

static uint64_t number(struct gen *g)
{
	static const uint64_t some[] = {0, 1, 2, 3, 5, 7, 0x7fffffff, 0x80000000, 0xffffffff};
	uint64_t v = DRAW_FROM(g->draw, some);

	if (g->set->number_count < GEN_HINTS)
		g->set->numbers[g->set->number_count++] = v;
	return v;
}

static const char *about_number(struct gen *g, const struct shape_arg *arg, unsigned n)
{
	static const char *const compares[] = {"==", "!=", "<", "<=", ">", ">="};
	static const char *const functions[] = {"and", "or", "xor"};
	struct arena *a = g->set->arena;
	const char *one = literal(g, arg, number(g)), *other = literal(g, arg, number(g));

	switch (draw_below(g->draw, 5)) {
	case 4:
		return arena_printf(a, "%s(arg%u, %s) %s %s", DRAW_FROM(g->draw, functions), n, one,
				    DRAW_FROM(g->draw, compares), other);
	case 0:
		return arena_printf(a, "arg%u in [%s, %s]", n, one, other);
	case 1:
		return arena_printf(a, "(arg%u %s %s) %s %s", n,
				    draw_one_in(g->draw, 2) ? "-" : "+", one,
				    DRAW_FROM(g->draw, compares), other);
	default:
		return arena_printf(a, "arg%u %s %s", n, DRAW_FROM(g->draw, compares), one);
	}
}

static const char *text(struct gen *g, const struct shape_arg *arg)
{
	bool path = shape_arg_is_path(arg);
	struct gen_set *set = g->set;
	struct text t = path ? gen_path(g->draw, set->arena, false) : gen_text(g->draw, set->arena);

	if (t.len > TEXT)
		t.len = TEXT;
	t.s = arena_strndup(set->arena, t.s, t.len);
	if (path && set->path_count < GEN_HINTS)
		set->paths[set->path_count++] = t;
	if (!path && set->text_count < GEN_HINTS)
		set->texts[set->text_count++] = t;
	return t.s;
}

static const char *about_text(struct gen *g, const struct shape_arg *arg, unsigned n)
{
	static const char *const methods[] = {"startsWith", "endsWith", "contains"};
	struct arena *a = g->set->arena;
	const char *t = text(g, arg);
	size_t at;

	switch (draw_below(g->draw, 5)) {
	case 0:
		return arena_printf(a, "arg%u %s \"%s\"", n,
				    draw_one_in(g->draw, 2) ? "!=" : "==", t);
	case 1:
		return arena_printf(a, "arg%u in [\"%s\", \"%s\"]", n, t, text(g, arg));
	case 2:
		return arena_printf(a, "size(arg%u) > %u", n, draw_below(g->draw, 40));
	default:
		at = draw_below(g->draw, (unsigned)strlen(t) + 1);
		return arena_printf(a, "arg%u.%s(\"%s\")", n, DRAW_FROM(g->draw, methods), t + at);
	}
}

static bool is_known(const struct shape_arg *arg)
{
	if (shape_arg_is_number(arg))
		return !shape_arg_is_caps(arg) && arg->bits >= 32 && strcmp(arg->type, "size_t");
	return !shape_arg_is_socket(arg) && strcmp(arg->type, "nop") != 0;
}

/* NULL: the argument that came up is none that expressions know. */
static const char *expression(struct gen *g, unsigned depth, uint64_t *reach)
{
	const struct shape *s = g->set->shape;
	unsigned n = draw_below(g->draw, s->arg_count);
	const char *left, *right;

	if (!depth || draw_one_in(g->draw, 2)) {
		bool is_number = shape_arg_is_number(&s->args[n]);

		if (!is_known(&s->args[n]))
			return NULL;
		*reach |= is_number ? REACHES(CEL_NUMBER) : REACHES(CEL_TEXT);
		return is_number ? about_number(g, &s->args[n], n) : about_text(g, &s->args[n], n);
	}
	left = expression(g, depth - 1, reach);
	if (!left || draw_one_in(g->draw, 4))
		return left ? arena_printf(g->set->arena, "!(%s)", left) : NULL;
	right = expression(g, depth - 1, reach);
	return right ? arena_printf(g->set->arena, "(%s %s %s)", left,
				    draw_one_in(g->draw, 2) ? "&&" : "||", right)
		     : left;
}

struct part *gen_expression(struct gen *g)
{
	uint64_t reach = 0;
	const char *text = expression(g, draw_below(g->draw, DEPTH), &reach);
	struct part *p;

	if (!text)
		return NULL;
	p = part_leaf(g->set->arena, "{operator: CelExpr, values: ['%s']}", text);
	p->reach = reach;
	return gen_entry(g, arena_printf(g->set->arena, "CelExpr(%llu)", (unsigned long long)reach),
			 "matchArgs", p);
}
