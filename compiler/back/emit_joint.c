// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": filters on several numbers at once: CelExpr and CapabilitiesGained. */
#include "compiler/base/arena.h"
#include "compiler/values/cel.h"
#include "emit_set.h"

static uint64_t named_args(const struct tir_filter *f)
{
	return f->op == OP_CEL_EXPR ? cel_args(f->expression)
				    : 1ull << f->arg | 1ull << f->ir->second;
}

/* Those of them that are numbers. */
static uint64_t named_numbers(const struct plan_hook *h, const struct plan_predicate *p)
{
	uint64_t named = named_args(p->filter), numbers = 0;

	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1 && plan_is_number(&h->slots[p->args[i]]))
			numbers |= 1ull << i;
	return numbers;
}

/* ---- expressions: a variable for each node --------------------------------------------- */

/* A number as its type has it, in 64 bits. */
static const char *wrap(enum cel_type type)
{
	switch (type) {
	case CEL_INT32:
		return "(__u64)(__s64)(__s32)";
	case CEL_UINT32:
		return "(__u64)(__u32)";
	default:
		return "";
	}
}

static void emit_arg(struct emitter *e, const struct plan_hook *h, const struct plan_predicate *p,
		     const struct cel_node *n)
{
	const struct tir_arg *arg = h->slots[p->args[n->number]].arg;

	fprintf(e->out, "%s(%s)(%s)a%u", wrap(n->type),
		emit_int_type(arg->type->bits, arg->type->is_signed),
		emit_int_type(arg->bits, arg->is_signed), (uint32_t)n->number);
}

static void emit_compare(struct emitter *e, const struct cel_node *n, uint32_t a, uint32_t b)
{
	bool is_signed = n->left->type == CEL_INT || n->left->type == CEL_INT32;
	const char *as = is_signed ? "(__s64)" : "";

	fprintf(e->out, "%st%u %s %st%u", as, a, cel_spelling(n->kind), as, b);
}

static void emit_operation(struct emitter *e, const struct cel_node *n, uint32_t a, uint32_t b)
{
	static const char *const words[CEL_KINDS] = {
		[CEL_OR] = "|",	    [CEL_AND] = "&",   [CEL_EQ] = "==",
		[CEL_NE] = "!=",    [CEL_ADD] = "+",   [CEL_SUB] = "-",
		[CEL_BITAND] = "&", [CEL_BITOR] = "|", [CEL_BITXOR] = "^",
	};

	switch (n->kind) {
	case CEL_LT:
	case CEL_GT:
	case CEL_LE:
	case CEL_GE:
		emit_compare(e, n, a, b);
		break;
	case CEL_NEGATE:
		fprintf(e->out, "!t%u", a);
		break;
	case CEL_BITNOT:
		fprintf(e->out, "%s(~t%u)", wrap(n->type), a);
		break;
	case CEL_TO_INT32:
	case CEL_TO_UINT32:
		fprintf(e->out, "%st%u", wrap(n->type), a);
		break;
	default:
		fprintf(e->out, "%s(t%u %s t%u)", wrap(n->type), a, words[n->kind], b);
	}
}

/* Gives the number of the variable. Recursion ends: no tree is deeper than CEL_DEPTH. */
static uint32_t emit_node(struct emitter *e, const struct plan_hook *h,
			  const struct plan_predicate *p, const struct cel_node *n, uint32_t *made);

/* Is the left side one of the items? */
static uint32_t emit_in(struct emitter *e, const struct plan_hook *h,
			const struct plan_predicate *p, const struct cel_node *n, uint32_t *made)
{
	uint32_t left = emit_node(e, h, p, n->left, made);
	uint32_t *items = arena_array(e->arena, n->item_count, sizeof(*items));

	for (uint32_t i = 0; i < n->item_count; i++)
		items[i] = emit_node(e, h, p, n->items[i], made);
	fprintf(e->out, "\t__u64 t%u = 0", *made);
	for (uint32_t i = 0; i < n->item_count; i++)
		fprintf(e->out, " | (t%u == t%u)", left, items[i]);
	fprintf(e->out, ";\n");
	return (*made)++;
}

/* What a text has answered. */
static uint32_t emit_answer(struct emitter *e, const struct plan_predicate *p,
			    const struct cel_node *n, uint32_t *made)
{
	const struct cel_node *all[PLAN_ATOMS_MAX];
	uint32_t count = cel_questions(p->filter->expression, all, PLAN_ATOMS_MAX), at = 0;

	while (at < count && all[at] != n)
		at++;
	if (n->kind == CEL_SIZE)
		fprintf(e->out, "\t__u64 t%u = tg_fresh(s->sizes[%u]);\n", *made,
			p->args[cel_text_arg(n)->number]);
	else
		fprintf(e->out, "\t__u64 t%u = tg_bit(tg_fresh(s->atoms), %u)%s;\n", *made,
			p->first_atom + at, n->kind == CEL_NE ? " ^ 1" : "");
	return (*made)++;
}

static uint32_t emit_node(struct emitter *e, const struct plan_hook *h,
			  const struct plan_predicate *p, const struct cel_node *n, uint32_t *made)
{
	uint32_t a, b;

	if (cel_asks_text(n))
		return emit_answer(e, p, n, made);
	if (n->kind == CEL_IN)
		return emit_in(e, h, p, n, made);
	a = n->left ? emit_node(e, h, p, n->left, made) : 0;
	b = n->right ? emit_node(e, h, p, n->right, made) : 0;

	fprintf(e->out, "\t__u64 t%u = ", *made);
	if (n->kind == CEL_ARG)
		emit_arg(e, h, p, n);
	else if (n->kind == CEL_LITERAL || n->kind == CEL_TRUTH)
		fprintf(e->out, MASK, n->number);
	else
		emit_operation(e, n, a, b);
	fprintf(e->out, ";\n");
	return (*made)++;
}

/* ---- functions and their calls --------------------------------------------------------- */

void emit_joint_predicate(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t n)
{
	const struct plan_predicate *p = &h->predicates[n];
	const struct tir_filter *f = p->filter;
	uint64_t named = named_numbers(h, p);
	const char *comma = p->atoms ? ", " : "";
	uint32_t made = 0;

	emit_atoms(e, h, hook, n);
	emit_line(e, f->ir->at);
	fprintf(e->out, "static __inline bool h%u_p%u(%s", hook, n,
		p->atoms ? "struct tg_scratch *s" : "");
	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1) {
			fprintf(e->out, "%s__u64 a%u", comma, i);
			comma = ", ";
		}
	fprintf(e->out, "%s)\n{\n", named || p->atoms ? "" : "void");
	if (f->op == OP_CEL_EXPR)
		fprintf(e->out, "\treturn t%u;\n}\n\n", emit_node(e, h, p, f->expression, &made));
	else
		fprintf(e->out, "\treturn (a%u & ~a%u) != 0;\n}\n\n", f->ir->second, f->arg);
}

static void emit_test(struct emitter *e, const struct plan_hook *h, uint32_t hook, uint32_t n,
		      enum tg_attach attach)
{
	const struct plan_predicate *p = &h->predicates[n];
	uint64_t named = named_args(p->filter);
	const char *comma = "";

	fprintf(e->out, "\tif (");
	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1 && plan_is_fetched(&h->slots[p->args[i]]))
			fprintf(e->out, "f%u || ", p->args[i]);
	fprintf(e->out, "!h%u_p%u(", hook, n);
	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1) {
			fprintf(e->out, "%s", comma);
			emit_number_value(e, h, p->args[i], attach);
			comma = ", ";
		}
	fprintf(e->out, "))\n");
	emit_clear(e, h, p->selectors, "\t");
}

void emit_joint_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook,
		      enum tg_attach attach)
{
	bool any = false;

	for (uint32_t i = 0; i < h->predicate_count; i++) {
		if (!h->predicates[i].args || h->predicates[i].atoms)
			continue;
		emit_test(e, h, hook, i, attach);
		any |= h->predicates[i].selectors != plan_all(h);
	}
	if (any)
		fprintf(e->out, "\tif (!live)\n\t\treturn 0;\n");
}

/* ---- in the half that reads texts -------------------------------------------------------- */

static void emit_answered_test(struct emitter *e, const struct plan_hook *h, uint32_t hook,
			       uint32_t n)
{
	const struct plan_predicate *p = &h->predicates[n];
	uint64_t named = named_numbers(h, p);

	fprintf(e->out, "\tif ((tg_fresh(s->live) & " MASK ") && (", p->selectors);
	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1 && plan_is_fetched(&h->slots[p->args[i]]))
			fprintf(e->out, "c->f%u || ", p->args[i]);
	fprintf(e->out, "!h%u_p%u(s", hook, n);
	for (uint32_t i = 0; i < 64; i++)
		if (named >> i & 1)
			fprintf(e->out, ", c->a[%u]", p->args[i]);
	fprintf(e->out, ")))\n\t\ts->live &= ~" MASK ";\n", p->selectors);
}

void emit_answered_tests(struct emitter *e, const struct plan_hook *h, uint32_t hook)
{
	for (uint32_t i = 0; i < h->predicate_count; i++)
		if (h->predicates[i].atoms)
			emit_answered_test(e, h, hook, i);
}
