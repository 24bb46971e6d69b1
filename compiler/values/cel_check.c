// SPDX-License-Identifier: Apache-2.0
/* CelExpr: the type of every node. Nothing is converted silently. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "cel_parser.h"

struct checking {
	struct arena *arena;
	const struct ast_str *text;
	const struct type_info *const *args;
	size_t count;
	struct value_error *error;
};

enum result { SAME, TRUTH, LOGIC, EQUALITY, MATCH };

static const struct {
	const char *spelling;
	int level;
	enum result result;
	unsigned operands;
} kinds[CEL_KINDS] = {
	[CEL_ARG] = {NULL, -1, SAME, 0},   [CEL_LITERAL] = {NULL, -1, SAME, 0},
	[CEL_TRUTH] = {NULL, -1, SAME, 0}, [CEL_NEGATE] = {"!", -1, LOGIC, 1},
	[CEL_TEXT] = {NULL, -1, SAME, 0},  [CEL_IN] = {"in", 2, MATCH, 1},
#define CEL_OP(id, spelling, level, result) [CEL_##id] = {spelling, level, result, 2},
#define CEL_FN(id, name, operands)	    [CEL_##id] = {name, -1, SAME, operands},
#define CEL_METHOD(id, name)		    [CEL_##id] = {name, -1, MATCH, 2},
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
	static const char *const names[] = {"nothing", "bool",	 "int",	  "uint",
					    "int32",   "uint32", "string"};

	return names[type];
}

/* What Prefix and its like compare. */
static bool is_text(const struct type_info *type)
{
	switch (type->class) {
	case CLASS_STRING:
	case CLASS_FILENAME:
	case CLASS_SOCKADDR_UN:
		return true;
	case CLASS_PATH:
		return type->id != TYPE_KIOCB;
	case CLASS_BYTES:
		return type->id == TYPE_CHAR_BUF;
	default:
		return false;
	}
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
		return is_text(type) ? CEL_STRING : CEL_UNTYPED;
	}
}

bool cel_asks_text(const struct cel_node *n)
{
	switch (n->kind) {
	case CEL_SIZE:
	case CEL_STARTS_WITH:
	case CEL_ENDS_WITH:
	case CEL_CONTAINS:
		return true;
	case CEL_EQ:
	case CEL_NE:
	case CEL_IN:
		return n->left->type == CEL_STRING;
	default:
		return false;
	}
}

const struct cel_node *cel_text_arg(const struct cel_node *n)
{
	return n->left;
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
				 "and uint64 arguments, and texts",
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
	return t != CEL_BOOL && t != CEL_UNTYPED && t != CEL_STRING;
}

static bool wrong_kind(struct checking *c, const struct cel_node *n, const struct cel_node *of,
		       const char *want)
{
	return fail(c, of,
		    arena_printf(c->arena, "`%s` takes %s: `%s` is of type %s",
				 cel_spelling(n->kind), want, node_text(c, of),
				 cel_type_name(of->type)));
}

/* ---- texts: an argument beside literals --------------------------------------------------- */

/* As long as filters take them. */
static size_t longest(enum cel_kind kind)
{
	switch (kind) {
	case CEL_STARTS_WITH:
		return 255;
	case CEL_ENDS_WITH:
		return 127;
	case CEL_CONTAINS:
		return 99;
	default:
		return 4096;
	}
}

static bool check_literal(struct checking *c, const struct cel_node *n, const struct cel_node *of)
{
	if (of->kind != CEL_TEXT)
		return fail(c, of,
			    arena_printf(c->arena,
					 "`%s` compares an argument with a text in quotes: `%s` is "
					 "neither, or there are two of them",
					 cel_spelling(n->kind), node_text(c, of)));
	if (of->len <= longest(n->kind))
		return true;
	return fail(c, of,
		    arena_printf(c->arena, "%zu bytes: `%s` compares with %zu at most", of->len,
				 cel_spelling(n->kind), longest(n->kind)));
}

static bool check_text(struct checking *c, struct cel_node *n)
{
	struct cel_node *literal = n->left;

	if (n->kind != CEL_IN && n->kind != CEL_SIZE && n->left->kind == CEL_TEXT &&
	    n->right->kind == CEL_ARG && kinds[n->kind].result == EQUALITY) {
		n->left = n->right;
		n->right = literal;
	}
	n->type = n->kind == CEL_SIZE ? CEL_INT : CEL_BOOL;
	if (n->left->kind != CEL_ARG || n->left->type != CEL_STRING)
		return fail(c, n->left,
			    arena_printf(c->arena,
					 "`%s` asks an argument that is a text: `%s` is "
					 "none",
					 cel_spelling(n->kind), node_text(c, n->left)));
	if (n->kind == CEL_ENDS_WITH && c->args[n->left->number]->class == CLASS_SOCKADDR_UN)
		return fail(
			c, n,
			"an abstract name is always 107 bytes long, so its end is not the end of "
			"what the program wrote");
	if (n->right && !check_literal(c, n, n->right))
		return false;
	for (uint32_t i = 0; i < n->item_count; i++)
		if (!check_literal(c, n, n->items[i]))
			return false;
	return true;
}

static bool check_in(struct checking *c, struct cel_node *n)
{
	n->type = CEL_BOOL;
	if (n->left->type == CEL_STRING)
		return check_text(c, n);
	for (uint32_t i = 0; i < n->item_count; i++) {
		struct cel_node pair = *n;

		pair.right = n->items[i];
		if (pair.right->type != n->left->type)
			return mismatch(c, &pair);
	}
	return true;
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
	if (n->left->type == CEL_STRING)
		return check_text(c, n);
	n->type = result == SAME ? n->left->type : CEL_BOOL;
	return true;
}

/* Recursion ends: cel_parse() makes no tree deeper than CEL_DEPTH. */
static bool check(struct checking *c, struct cel_node *n)
{
	if ((n->left && !check(c, n->left)) || (n->right && !check(c, n->right)))
		return false;
	for (uint32_t i = 0; i < n->item_count; i++)
		if (!check(c, n->items[i]))
			return false;
	switch (n->kind) {
	case CEL_ARG:
		return check_arg(c, n);
	case CEL_LITERAL:
	case CEL_TRUTH:
	case CEL_TEXT:
		return true;
	case CEL_IN:
		return check_in(c, n);
	case CEL_SIZE:
	case CEL_STARTS_WITH:
	case CEL_ENDS_WITH:
	case CEL_CONTAINS:
		return check_text(c, n);
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
			   arena_printf(a, "the expression gives a %s, no truth value",
					root->type == CEL_STRING
						? "text"
						: arena_printf(a, "number of type %s",
							       cel_type_name(root->type))),
			   root->type == CEL_STRING ? "compare it, as in `== \"/etc/passwd\"`"
						    : "compare it, as in `!= 0`");
}

static void find_questions(const struct cel_node *n, const struct cel_node **out, uint32_t room,
			   uint32_t *count)
{
	if (cel_asks_text(n)) {
		if (*count < room)
			out[*count] = n;
		++*count;
		return;
	}
	if (n->left)
		find_questions(n->left, out, room, count);
	if (n->right)
		find_questions(n->right, out, room, count);
	for (uint32_t i = 0; i < n->item_count; i++)
		find_questions(n->items[i], out, room, count);
}

uint32_t cel_questions(const struct cel_node *root, const struct cel_node **out, uint32_t room)
{
	uint32_t count = 0;

	find_questions(root, out, room, &count);
	return count;
}

uint64_t cel_args(const struct cel_node *n)
{
	uint64_t args = 0;

	if (n->kind == CEL_ARG)
		return n->number < 64 ? 1ull << n->number : 0;
	for (uint32_t i = 0; i < n->item_count; i++)
		args |= cel_args(n->items[i]);
	return args | (n->left ? cel_args(n->left) : 0) | (n->right ? cel_args(n->right) : 0);
}

/* ---- text ------------------------------------------------------------------------------- */

static const char *print_at(struct arena *a, const struct cel_node *n, int level)
{
	const char *text = cel_print(a, n);

	return cel_level(n->kind) >= 0 && cel_level(n->kind) < level ? arena_printf(a, "(%s)", text)
								     : text;
}

/* A method's text, or what `in` looks through. */
static const char *print_text(struct arena *a, const struct cel_node *n)
{
	const char *items = "";

	if (n->kind != CEL_IN)
		return arena_printf(a, "%s.%s(%s)", print_at(a, n->left, 4), cel_spelling(n->kind),
				    cel_print(a, n->right));
	for (uint32_t i = 0; i < n->item_count; i++)
		items = arena_printf(a, "%s%s%s", items, i ? ", " : "", cel_print(a, n->items[i]));
	return arena_printf(a, "%s in [%s]", print_at(a, n->left, 2), items);
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
	case CEL_TEXT:
		return cel_text_print(a, n);
	case CEL_IN:
	case CEL_STARTS_WITH:
	case CEL_ENDS_WITH:
	case CEL_CONTAINS:
		return print_text(a, n);
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
