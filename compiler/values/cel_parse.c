// SPDX-License-Identifier: Apache-2.0
/* CelExpr: words, then a tree by recursive descent. */
#include <ctype.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "cel_parser.h"
#include "number.h"

/* ---- words ----------------------------------------------------------------------------- */

bool cel_is_sign(const struct parser *p, const char *sign)
{
	size_t len = strlen(sign);

	return p->token == TOKEN_SIGN && p->to - p->from == len &&
	       !memcmp(p->text->s + p->from, sign, len);
}

struct cel_node *cel_fail(struct parser *p, const char *why)
{
	if (!p->failed)
		refuse_at(p->error, p->from, p->to, why);
	p->failed = true;
	return NULL;
}

static struct cel_node *fail_mend(struct parser *p, const char *why, const char *by)
{
	if (!p->failed) {
		cel_fail(p, why);
		p->error->replacement = mended(p->arena, p->text, p->from, p->to, by);
	}
	return NULL;
}

static const char *token_text(const struct parser *p)
{
	return p->token == TOKEN_END
		       ? "the end"
		       : arena_printf(p->arena, "`%s`",
				      shown(p->arena, p->text->s + p->from, p->to - p->from));
}

static bool word_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static size_t sign_length(const char *s, size_t left)
{
	static const char *const pairs[] = {"||", "&&", "==", "!=", "<=", ">="};

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (left >= 2 && !memcmp(s, pairs[i], 2))
			return 2;
	return 1;
}

/* A number's token takes what sticks to it, so that 1.5 and 7up are one wrong word each. */
static size_t word_end(const struct parser *p, size_t at, bool number)
{
	const struct ast_str *t = p->text;

	while (at < t->len &&
	       (word_byte(t->s[at]) || (number && t->s[at] == '.' && at + 1 < t->len &&
					isdigit((unsigned char)t->s[at + 1]))))
		at++;
	return at;
}

void cel_next(struct parser *p)
{
	const struct ast_str *t = p->text;
	size_t at = p->to;

	p->last = p->to;
	while (at < t->len && (t->s[at] == ' ' || t->s[at] == '\t' || t->s[at] == '\n' ||
			       t->s[at] == '\r' || t->s[at] == '\f'))
		at++;
	p->from = p->to = at;
	p->token = TOKEN_END;
	if (at == t->len)
		return;
	if (isdigit((unsigned char)t->s[at])) {
		p->token = TOKEN_NUMBER;
		p->to = word_end(p, at, true);
	} else if (t->s[at] == '"' || t->s[at] == '\'') {
		p->token = TOKEN_TEXT;
		p->to = cel_text_end(t, at);
	} else if (word_byte(t->s[at])) {
		p->token = TOKEN_NAME;
		p->to = word_end(p, at, false);
	} else {
		p->token = TOKEN_SIGN;
		p->to = at + sign_length(t->s + at, t->len - at);
	}
}

/* ---- what the language has and this one does not ---------------------------------------- */

static const struct {
	const char *sign, *what, *instead;
} missing[] = {
	{"*", "`*` is not available: expressions add and subtract", NULL},
	{"/", "`/` is not available: expressions add and subtract", NULL},
	{"%", "`%` is not available: expressions add and subtract; `and(a, b)` masks bits", NULL},
	{"?", "`? :` is not available: join conditions with `&&` and `||`", NULL},
	{":", "`? :` is not available: join conditions with `&&` and `||`", NULL},
	{".", "members are not available: read one with `resolve` as an argument of its own", NULL},
	{"[", "elements are not available, and lists stand behind `in`", NULL},
	{"{", "maps and structures are not available", NULL},
	{"=", "one `=` compares nothing", "=="},
	{"&", "`&` is not available: `&&` joins conditions, `and(a, b)` masks bits", NULL},
	{"|", "`|` is not available: `||` joins conditions, `or(a, b)` sets bits", NULL},
	{"^", "`^` is not available: write `xor(a, b)`", NULL},
	{"~", "`~` is not available: write `not(a)`", NULL},
};

/* Something stands where it cannot: names it when it is a construct of the full language. */
static struct cel_node *misplaced(struct parser *p, const char *wanted)
{
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++) {
		if (!cel_is_sign(p, missing[i].sign))
			continue;
		return missing[i].instead ? fail_mend(p, missing[i].what, missing[i].instead)
					  : cel_fail(p, missing[i].what);
	}
	if (p->token == TOKEN_SIGN && !p->text->s[p->from])
		return cel_fail(p, "a NUL byte is no part of an expression");
	return cel_fail(
		p, arena_printf(p->arena, "%s stands where %s is expected", token_text(p), wanted));
}

/* ---- the tree -------------------------------------------------------------------------- */

struct cel_node *cel_node(struct parser *p, enum cel_kind kind, size_t from, struct cel_node *left,
			  struct cel_node *right)
{
	struct cel_node *n;
	uint32_t depth = left ? left->depth : 0;

	if (right && right->depth > depth)
		depth = right->depth;
	if (depth + 1 > CEL_DEPTH)
		return cel_fail(p,
				arena_printf(p->arena, "the expression is nested more than %d deep",
					     CEL_DEPTH));
	n = arena_alloc(p->arena, sizeof(*n));
	*n = (struct cel_node){
		.kind = kind, .from = (uint32_t)from, .to = (uint32_t)p->last, .depth = depth + 1};
	n->left = left;
	n->right = right;
	return n;
}

/* cel_parse's own limit is on parentheses, calls and `!`, which do not all make nodes. */
static bool enter(struct parser *p)
{
	if (++p->nest <= CEL_DEPTH)
		return true;
	cel_fail(p,
		 arena_printf(p->arena, "the expression is nested more than %d deep", CEL_DEPTH));
	return false;
}

bool cel_expect(struct parser *p, const char *sign)
{
	if (!cel_is_sign(p, sign)) {
		misplaced(p, arena_printf(p->arena, "`%s`", sign));
		return false;
	}
	cel_next(p);
	return true;
}

/* Decimal, whatever zeros it starts with, or 0x; a u at the end makes it unsigned. */
static bool read_digits(const char *s, size_t len, struct number *n)
{
	if (len > 2 && s[0] == '0' && (s[1] | 0x20) == 'x')
		return !memchr(s, '_', len) && number_base0(s, len, SIGN_NONE, n);
	return number_decimal(s, len, SIGN_NONE, n);
}

static struct cel_node *literal(struct parser *p, size_t from, bool negative)
{
	const char *s = p->text->s + p->from;
	size_t len = p->to - p->from;
	bool is_unsigned = (s[len - 1] | 0x20) == 'u';
	struct cel_node *n;
	struct number value;

	if (!read_digits(s, len - is_unsigned, &value))
		return cel_fail(
			p, memchr(s, '.', len)
				   ? "fractions are not available"
				   : arena_printf(p->arena, "%s is not a number", token_text(p)));
	value.negative = negative;
	if (negative && is_unsigned)
		return cel_fail(p, "an unsigned number has no sign");
	if (!number_fits(&value, 64, !is_unsigned))
		return cel_fail(
			p, arena_printf(p->arena, "%s does not fit in 64 bits", token_text(p)));
	cel_next(p);
	n = cel_node(p, CEL_LITERAL, from, NULL, NULL);
	if (n) {
		n->number = number_value(&value);
		n->type = is_unsigned ? CEL_UINT : CEL_INT;
	}
	return n;
}

static enum cel_kind function_named(const char *s, size_t len)
{
	for (int kind = CEL_TO_INT32; kind <= CEL_SIZE; kind++)
		if (strlen(cel_spelling(kind)) == len && !memcmp(cel_spelling(kind), s, len))
			return kind;
	return CEL_KINDS;
}

static struct cel_node *call(struct parser *p, size_t from, size_t to)
{
	enum cel_kind kind = function_named(p->text->s + from, to - from);
	struct cel_node *args[2] = {NULL, NULL};

	if (kind == CEL_KINDS) {
		p->from = from;
		p->to = to;
		return cel_fail(p,
				arena_printf(p->arena,
					     "there is no function `%s`: expressions have int32, "
					     "uint32, and, or, xor, not and size",
					     shown(p->arena, p->text->s + from, to - from)));
	}
	cel_next(p);
	for (unsigned i = 0; i < cel_operands(kind); i++)
		if ((i && !cel_expect(p, ",")) || !(args[i] = cel_expression(p, 0)))
			return NULL;
	if (cel_is_sign(p, ","))
		return cel_fail(p, arena_printf(p->arena, "`%s` takes %u argument%s",
						cel_spelling(kind), cel_operands(kind),
						cel_operands(kind) == 1 ? "" : "s"));
	return cel_expect(p, ")") ? cel_node(p, kind, from, args[0], args[1]) : NULL;
}

static bool named(const struct parser *p, const char *word)
{
	size_t len = strlen(word);

	return p->to - p->from == len && !memcmp(p->text->s + p->from, word, len);
}

static struct cel_node *truth(struct parser *p, bool value)
{
	size_t from = p->from;
	struct cel_node *n;

	cel_next(p);
	n = cel_node(p, CEL_TRUTH, from, NULL, NULL);
	if (n) {
		n->number = value;
		n->type = CEL_BOOL;
	}
	return n;
}

static struct cel_node *argument(struct parser *p, size_t from, size_t to)
{
	const char *s = p->text->s + from;
	struct cel_node *n;
	struct number index;

	if (to - from < 4 || memcmp(s, "arg", 3) ||
	    !number_decimal(s + 3, to - from - 3, SIGN_NONE, &index) || index.leading_zero) {
		p->from = from;
		p->to = to;
		return cel_fail(p, arena_printf(p->arena,
						"there is no `%s`: the hook's arguments are called "
						"arg0, arg1 and so on",
						shown(p->arena, s, to - from)));
	}
	n = cel_node(p, CEL_ARG, from, NULL, NULL);
	if (n)
		n->number = index.fits ? index.magnitude : ~0ull;
	return n;
}

static struct cel_node *name(struct parser *p)
{
	size_t from = p->from, to = p->to;
	struct cel_node *n;

	if (named(p, "true") || named(p, "false"))
		return truth(p, named(p, "true"));
	if (named(p, "in"))
		return misplaced(p, "a value");
	cel_next(p);
	if (!cel_is_sign(p, "("))
		return argument(p, from, to);
	if (!enter(p))
		return NULL;
	n = call(p, from, to);
	p->nest--;
	return n;
}

static struct cel_node *parentheses(struct parser *p)
{
	struct cel_node *n;

	if (!enter(p))
		return NULL;
	cel_next(p);
	n = cel_expression(p, 0);
	p->nest--;
	return n && cel_expect(p, ")") ? n : NULL;
}

static struct cel_node *negation(struct parser *p)
{
	size_t from = p->from;
	struct cel_node *n = NULL;

	if (!enter(p))
		return NULL;
	cel_next(p);
	n = cel_expression(p, LEVELS);
	p->nest--;
	return n ? cel_node(p, CEL_NEGATE, from, n, NULL) : NULL;
}

static struct cel_node *minus(struct parser *p)
{
	size_t from = p->from;

	cel_next(p);
	if (p->token == TOKEN_NUMBER)
		return literal(p, from, true);
	p->from = from;
	p->to = from + 1;
	return cel_fail(
		p, "`-` stands before a number only: subtract from 0 instead, as in `0 - arg0` "
		   "or `int32(0) - arg0`");
}

static struct cel_node *bare_operand(struct parser *p)
{
	if (p->token == TOKEN_TEXT)
		return cel_text(p);
	if (p->token == TOKEN_NUMBER)
		return literal(p, p->from, false);
	if (p->token == TOKEN_NAME)
		return name(p);
	if (cel_is_sign(p, "("))
		return parentheses(p);
	if (cel_is_sign(p, "!"))
		return negation(p);
	return cel_is_sign(p, "-") ? minus(p) : misplaced(p, "a value");
}

static struct cel_node *operand(struct parser *p)
{
	size_t from = p->from;
	struct cel_node *n = bare_operand(p);

	return n ? cel_methods(p, from, n) : NULL;
}

static enum cel_kind operator_at(const struct parser *p, int level)
{
	for (int kind = CEL_OR; kind < CEL_TO_INT32; kind++)
		if (cel_level(kind) == level && cel_is_sign(p, cel_spelling(kind)))
			return kind;
	return CEL_KINDS;
}

#define IN_LEVEL 2 /* that of comparisons */

static bool is_in(const struct parser *p, int level)
{
	return level == IN_LEVEL && p->token == TOKEN_NAME && named(p, "in");
}

/* Operators of one level, grouped to the left. */
struct cel_node *cel_expression(struct parser *p, int level)
{
	size_t from = p->from;
	struct cel_node *left, *right;
	enum cel_kind kind;

	if (level == LEVELS)
		return operand(p);
	left = cel_expression(p, level + 1);
	while (left && ((kind = operator_at(p, level)) != CEL_KINDS || is_in(p, level))) {
		if (kind == CEL_KINDS) {
			left = cel_in(p, from, left);
			continue;
		}
		cel_next(p);
		right = cel_expression(p, level + 1);
		left = right ? cel_node(p, kind, from, left, right) : NULL;
	}
	return left;
}

struct cel_node *cel_parse(struct arena *a, const struct ast_str *text, struct value_error *e)
{
	struct parser p = {.arena = a, .text = text, .error = e};
	struct cel_node *root;

	if (text->len > CEL_LENGTH) {
		refuse(e, arena_printf(a, "%zu bytes: an expression has %d at most", text->len,
				       CEL_LENGTH));
		return NULL;
	}
	cel_next(&p);
	if (p.token == TOKEN_END) {
		refuse(e, "an empty value is no expression");
		return NULL;
	}
	root = cel_expression(&p, 0);
	if (root && p.token != TOKEN_END)
		return misplaced(&p, "an operator or the end");
	return root;
}
