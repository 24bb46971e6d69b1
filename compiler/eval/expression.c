// SPDX-License-Identifier: Apache-2.0
/* CelExpr (reference 3.14). */
#include "internal.h"
#include "compiler/values/cel.h"

/* A number as its type has it, in 64 bits: int32 sign-extended, uint32 zero-extended. */
static uint64_t wrap(enum cel_type type, uint64_t v)
{
	switch (type) {
	case CEL_INT32:
		return (uint64_t)(int64_t)(int32_t)(uint32_t)v;
	case CEL_UINT32:
		return (uint32_t)v;
	default:
		return v;
	}
}

static bool less(enum cel_type type, uint64_t a, uint64_t b)
{
	if (type == CEL_INT || type == CEL_INT32)
		return (int64_t)a < (int64_t)b;
	return a < b;
}

static uint64_t operate(const struct cel_node *n, uint64_t a, uint64_t b)
{
	enum cel_type sides = n->left->type;

	switch (n->kind) {
	case CEL_NEGATE:
		return !a;
	case CEL_OR:
		return a || b;
	case CEL_AND:
		return a && b;
	case CEL_EQ:
		return a == b;
	case CEL_NE:
		return a != b;
	case CEL_LT:
		return less(sides, a, b);
	case CEL_GT:
		return less(sides, b, a);
	case CEL_LE:
		return !less(sides, b, a);
	case CEL_GE:
		return !less(sides, a, b);
	case CEL_ADD:
		return wrap(n->type, a + b);
	case CEL_SUB:
		return wrap(n->type, a - b);
	case CEL_BITAND:
		return wrap(n->type, a & b);
	case CEL_BITOR:
		return wrap(n->type, a | b);
	case CEL_BITXOR:
		return wrap(n->type, a ^ b);
	case CEL_BITNOT:
		return wrap(n->type, ~a);
	default: /* int32(), uint32() */
		return wrap(n->type, a);
	}
}

static bool compares(enum cel_kind kind, struct text t, const struct cel_node *with)
{
	if (kind == CEL_CONTAINS)
		return !with->len || memmem(t.s, t.len, with->text, with->len);
	if (t.len < with->len)
		return false;
	switch (kind) {
	case CEL_STARTS_WITH:
		return !memcmp(t.s, with->text, with->len);
	case CEL_ENDS_WITH:
		return !memcmp(t.s + t.len - with->len, with->text, with->len);
	default:
		return t.len == with->len && !memcmp(t.s, with->text, t.len);
	}
}

/* An argument that is a text, beside literals. */
static uint64_t ask_text(const struct evaluation *e, const struct cel_node *n)
{
	const struct tir_arg *arg = &e->hook->args[cel_text_arg(n)->number];
	struct text t = text_of(arg->type, value_of(e, arg));
	bool any = false;

	t.s = t.s ? t.s : "";
	if (n->kind == CEL_SIZE)
		return t.len;
	for (uint32_t i = 0; i < n->item_count; i++)
		any |= compares(n->kind, t, n->items[i]);
	return n->kind == CEL_IN ? any : compares(n->kind, t, n->right) != (n->kind == CEL_NE);
}

static uint64_t evaluate(const struct evaluation *e, const struct cel_node *n);

static uint64_t is_in(const struct evaluation *e, const struct cel_node *n)
{
	uint64_t number = evaluate(e, n->left);
	bool any = false;

	for (uint32_t i = 0; i < n->item_count; i++)
		any |= evaluate(e, n->items[i]) == number;
	return any;
}

/* Recursion ends: no tree is deeper than CEL_DEPTH. All arguments are known to be there. */
static uint64_t evaluate(const struct evaluation *e, const struct cel_node *n)
{
	const struct tir_arg *arg;

	if (cel_asks_text(n))
		return ask_text(e, n);
	switch (n->kind) {
	case CEL_IN:
		return is_in(e, n);
	case CEL_ARG:
		arg = &e->hook->args[n->number];
		return wrap(n->type, number_of(arg, value_of(e, arg)));
	case CEL_LITERAL:
	case CEL_TRUTH:
		return n->number;
	default:
		return operate(n, evaluate(e, n->left), n->right ? evaluate(e, n->right) : 0);
	}
}

bool expression_holds(struct evaluation *e, const struct cel_node *root)
{
	uint64_t used = cel_args(root);

	for (size_t i = 0; i < e->hook->arg_count && i < 64; i++) {
		const struct eval_value *v;

		if (!(used >> i & 1))
			continue;
		v = value_of(e, &e->hook->args[i]);
		if (!v || v->failed)
			return miss(e, "arg%zu could not be read", i);
	}
	return evaluate(e, root) || miss(e, "the expression is false");
}
