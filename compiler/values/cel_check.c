// SPDX-License-Identifier: Apache-2.0
/* CelExpr: the type of every node. Nothing is converted silently. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "cel.h"

struct checking {
	struct arena *arena;
	const struct ast_str *text;
	const struct type_info *const *args;
	size_t count;
	struct value_error *error;
};

enum result { SAME, TRUTH, LOGIC, EQUALITY };

static const struct {
	const char *spelling;
	int level;
	enum result result;
	unsigned operands;
} kinds[CEL_KINDS] = {
	[CEL_ARG] = {NULL, -1, SAME, 0},
	[CEL_LITERAL] = {NULL, -1, SAME, 0},
	[CEL_TRUTH] = {NULL, -1, SAME, 0},
	[CEL_NEGATE] = {"!", -1, LOGIC, 1},
#define CEL_OP(id, spelling, level, result) [CEL_##id] = {spelling, level, result, 2},
#define CEL_FN(id, name, operands)	    [CEL_##id] = {name, -1, SAME, operands},
#include "grammar/cel.def"
};

const char *cel_spelling(enum cel_kind kind)
{
	return kinds[kind].spelling;
}

int cel_level(enum cel_kind kind)
{
	return kinds[kind].level;
}

unsigned cel_operands(enum cel_kind kind)
{
	return kinds[kind].operands;
}

const char *cel_type_name(enum cel_type type)
{
	static const char *const names[] = {"nothing", "bool", "int", "uint", "int32", "uint32"};

	return names[type];
}

enum cel_type cel_type_of(const struct type_info *type)
{
	switch (type->id) {
	case TYPE_INT:
	case TYPE_SINT32:
	case TYPE_INT32:
		return CEL_INT32;
	case TYPE_UINT32:
		return CEL_UINT32;
	case TYPE_SINT64:
	case TYPE_INT64:
	case TYPE_LONG:
		return CEL_INT;
	case TYPE_UINT64:
	case TYPE_ULONG:
		return CEL_UINT;
	default:
		return CEL_UNTYPED;
	}
}

static bool fail(struct checking *c, const struct cel_node *n, const char *why)
{
	return refuse_at(c->error, n->from, n->to, why);
}

static const char *node_text(struct checking *c, const struct cel_node *n)
{
	return shown(c->arena, c->text->s + n->from, n->to - n->from);
}

/* ---- literals of another type ------------------------------------------------------------ */

/* Would the literal keep its value, or at least its bits, as a number of 32 bits? */
static bool fits_32(const struct cel_node *n)
{
	if (n->type == CEL_INT && (int64_t)n->number < 0)
		return (int64_t)n->number >= INT32_MIN;
	return n->number <= UINT32_MAX;
}

/* The literal spelled as a number of type `want`, or NULL. */
static const char *literal_as(struct checking *c, const struct cel_node *n, enum cel_type want)
{
	bool negative = n->type == CEL_INT && (int64_t)n->number < 0;
	const char *digits = n->type == CEL_INT
				     ? arena_printf(c->arena, "%" PRId64, (int64_t)n->number)
				     : arena_printf(c->arena, "%" PRIu64, n->number);

	switch (want) {
	case CEL_INT32:
	case CEL_UINT32:
		return fits_32(n) ? arena_printf(c->arena, "%s(%s)", cel_type_name(want), digits)
				  : NULL;
	case CEL_UINT:
		return negative ? NULL : arena_printf(c->arena, "%su", digits);
	case CEL_INT:
		return n->type == CEL_UINT && n->number > INT64_MAX ? NULL : digits;
	default:
		return NULL;
	}
}

static bool mismatch(struct checking *c, const struct cel_node *n)
{
	const struct cel_node *left = n->left, *right = n->right;
	const struct cel_node *wrong = right->kind == CEL_LITERAL ? right : left;
	const struct cel_node *other = wrong == right ? left : right;
	const char *by = wrong->kind == CEL_LITERAL ? literal_as(c, wrong, other->type) : NULL;

	fail(c, by ? wrong : n,
	     arena_printf(c->arena, "`%s` has %s on one side and %s on the other: `%s` and `%s`",
			  cel_spelling(n->kind), cel_type_name(left->type),
			  cel_type_name(right->type), node_text(c, left), node_text(c, right)));
	if (by)
		c->error->replacement = mended(c->arena, c->text, wrong->from, wrong->to, by);
	return false;
}

/* ---- nodes ------------------------------------------------------------------------------ */

static bool check_arg(struct checking *c, struct cel_node *n)
{
	const struct type_info *type;

	if (n->number >= c->count || n->number >= 64)
		return fail(c, n,
			    c->count ? arena_printf(c->arena,
						    "there is no `%s`: `args` ends with arg%zu",
						    node_text(c, n), c->count - 1)
				     : "the hook reads no arguments");
	type = c->args[n->number];
	n->type = cel_type_of(type);
	if (n->type != CEL_UNTYPED)
		return true;
	return fail(c, n,
		    arena_printf(c->arena,
				 "`%s` is of type `%s`: expressions know int, int32, uint32, int64 "
				 "and uint64 arguments",
				 node_text(c, n), type->name));
}

static bool check_cast(struct checking *c, struct cel_node *n)
{
	enum cel_type want = n->kind == CEL_TO_INT32 ? CEL_INT32 : CEL_UINT32;
	const struct cel_node *of = n->left;
	const char *by = of->kind == CEL_LITERAL ? literal_as(c, of, CEL_INT) : NULL;

	n->type = want;
	if (of->type != CEL_INT) {
		fail(c, of,
		     arena_printf(c->arena, "`%s` converts an int: `%s` is of type %s",
				  cel_spelling(n->kind), node_text(c, of),
				  cel_type_name(of->type)));
		if (of->type == want)
			by = node_text(c, of);
		if (of->type == want && of->to - of->from <= 64)
			c->error->replacement = mended(c->arena, c->text, n->from, n->to, by);
		else if (by)
			c->error->replacement = mended(c->arena, c->text, of->from, of->to, by);
		return false;
	}
	if (of->kind == CEL_LITERAL && !fits_32(of))
		return fail(c, of,
			    arena_printf(c->arena, "%s does not fit in 32 bits", node_text(c, of)));
	return true;
}

static bool is_integer(enum cel_type t)
{
	return t != CEL_BOOL && t != CEL_UNTYPED;
}

static bool wrong_kind(struct checking *c, const struct cel_node *n, const struct cel_node *of,
		       const char *want)
{
	return fail(c, of,
		    arena_printf(c->arena, "`%s` takes %s: `%s` is of type %s",
				 cel_spelling(n->kind), want, node_text(c, of),
				 cel_type_name(of->type)));
}

static bool check_operation(struct checking *c, struct cel_node *n)
{
	const struct cel_node *sides[2] = {n->left, n->right};
	enum result result = kinds[n->kind].result;

	for (unsigned i = 0; i < kinds[n->kind].operands; i++) {
		if (result == LOGIC && sides[i]->type != CEL_BOOL)
			return wrong_kind(c, n, sides[i], "truth values");
		if (result != LOGIC && result != EQUALITY && !is_integer(sides[i]->type))
			return wrong_kind(c, n, sides[i], "numbers");
	}
	if (n->right && n->left->type != n->right->type)
		return mismatch(c, n);
	n->type = result == SAME ? n->left->type : CEL_BOOL;
	return true;
}

/* Recursion ends: cel_parse() makes no tree deeper than CEL_DEPTH. */
static bool check(struct checking *c, struct cel_node *n)
{
	if ((n->left && !check(c, n->left)) || (n->right && !check(c, n->right)))
		return false;
	switch (n->kind) {
	case CEL_ARG:
		return check_arg(c, n);
	case CEL_LITERAL:
	case CEL_TRUTH:
		return true;
	case CEL_TO_INT32:
	case CEL_TO_UINT32:
		return check_cast(c, n);
	default:
		return check_operation(c, n);
	}
}

bool cel_check(struct arena *a, struct cel_node *root, const struct ast_str *text,
	       const struct type_info *const *args, size_t count, struct value_error *e)
{
	struct checking c = {a, text, args, count, e};

	if (!check(&c, root))
		return false;
	if (root->type == CEL_BOOL)
		return true;
	return refuse_hint(e,
			   arena_printf(a,
					"the expression gives a number of type %s, no truth value",
					cel_type_name(root->type)),
			   "compare it, as in `!= 0`");
}

uint64_t cel_args(const struct cel_node *n)
{
	if (n->kind == CEL_ARG)
		return n->number < 64 ? 1ull << n->number : 0;
	return (n->left ? cel_args(n->left) : 0) | (n->right ? cel_args(n->right) : 0);
}

/* ---- text ------------------------------------------------------------------------------- */

static const char *print_at(struct arena *a, const struct cel_node *n, int level)
{
	const char *text = cel_print(a, n);

	return cel_level(n->kind) >= 0 && cel_level(n->kind) < level ? arena_printf(a, "(%s)", text)
								     : text;
}

const char *cel_print(struct arena *a, const struct cel_node *n)
{
	int level = cel_level(n->kind);

	switch (n->kind) {
	case CEL_ARG:
		return arena_printf(a, "arg%" PRIu64, n->number);
	case CEL_TRUTH:
		return n->number ? "true" : "false";
	case CEL_LITERAL:
		return n->type == CEL_UINT ? arena_printf(a, "%" PRIu64 "u", n->number)
					   : arena_printf(a, "%" PRId64, (int64_t)n->number);
	case CEL_NEGATE:
		return arena_printf(a, "!%s", print_at(a, n->left, 4));
	default:
		break;
	}
	if (level >= 0)
		return arena_printf(a, "%s %s %s", print_at(a, n->left, level),
				    cel_spelling(n->kind), print_at(a, n->right, level + 1));
	if (!n->right)
		return arena_printf(a, "%s(%s)", cel_spelling(n->kind), cel_print(a, n->left));
	return arena_printf(a, "%s(%s, %s)", cel_spelling(n->kind), cel_print(a, n->left),
			    cel_print(a, n->right));
}
