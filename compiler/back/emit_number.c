// SPDX-License-Identifier: Apache-2.0
/* Integers: how C spells their types, and the tests of filters on them. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit_set.h"

const char *emit_int_type(uint32_t bits, bool is_signed)
{
	static const char *const names[2][4] = {{"__u8", "__u16", "__u32", "__u64"},
						{"__s8", "__s16", "__s32", "__s64"}};
	int size = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;

	return names[is_signed][size];
}

static uint64_t sign_of(const struct type_info *t)
{
	return t->is_signed ? 1ull << (t->bits - 1) : 0;
}

/* A number of the type as an unsigned one of as many bits, in the same order. */
static uint64_t ordered(const struct type_info *t, uint64_t v)
{
	return ((t->bits == 64 ? v : v & ((1ull << t->bits) - 1)) ^ sign_of(t));
}

static uint64_t highest(const struct type_info *t)
{
	return t->bits == 64 ? ~0ull : (1ull << t->bits) - 1;
}

/* ---- the numbers for which a filter's plain operator holds ----------------------------- */

struct numbers {
	struct interval *v;
	size_t n;
};

static void add(struct numbers *to, uint64_t low, uint64_t high)
{
	to->v[to->n++] = (struct interval){low, high};
}

static void add_value(struct numbers *to, const struct type_info *t, enum op op,
		      const struct value *v)
{
	if (v->kind == VALUE_IS_LIST) {
		for (uint32_t i = 0; i < v->member_count; i++)
			add(to, ordered(t, v->members[i]), ordered(t, v->members[i]));
	} else if (v->kind == VALUE_IS_RANGE) {
		add(to, ordered(t, v->low), ordered(t, v->high));
	} else {
		uint64_t number = ordered(t, v->number);

		if (op == OP_GT && number < highest(t))
			add(to, number + 1, highest(t));
		else if (op == OP_LT && number)
			add(to, 0, number - 1);
		else if (op != OP_GT && op != OP_LT)
			add(to, number, number);
	}
}

static struct numbers numbers_of(struct arena *a, const struct tir_filter *f,
				 const struct type_info *t)
{
	struct numbers all = {0};
	size_t room = 0;

	for (size_t i = 0; i < f->value_count; i++)
		room += f->values[i].kind == VALUE_IS_LIST ? f->values[i].member_count : 1;
	all.v = arena_array(a, room + 1, sizeof(*all.v));
	for (size_t i = 0; i < f->value_count; i++)
		add_value(&all, t, op_get(f->op)->plain, &f->values[i]);
	return all;
}

/* ---- functions ------------------------------------------------------------------------- */

static uint64_t all_bits(const struct tir_filter *f, const struct type_info *t)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < f->value_count; i++)
		mask |= f->values[i].number;
	return mask & highest(t);
}

/* The kernel's own width first, then the one the policy compares. */
static void emit_head(struct emitter *e, const char *name, const struct tir_arg *arg)
{
	const struct type_info *t = arg->type;

	fprintf(e->out, "static __inline bool %s(__u64 a)\n{\n\t%s v = (%s)(%s)a;\n\n", name,
		emit_int_type(t->bits, false), emit_int_type(t->bits, false),
		t->class == CLASS_CAPS ? "__u64" : emit_int_type(arg->bits, arg->is_signed));
}

void emit_int_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			const struct plan_predicate *p, const struct tir_arg *arg)
{
	const struct tir_filter *f = p->filter;
	const char *name = arena_printf(e->arena, "h%u_p%u", hook, n);
	const char *set = arena_printf(e->arena, "%s_set", name);
	struct numbers all;

	if (f->op == OP_MASK) {
		emit_line(e, f->ir->at);
		emit_head(e, name, arg);
		fprintf(e->out, "\treturn (v & 0x%" PRIx64 "ull) != 0;\n}\n\n",
			all_bits(f, arg->type));
		return;
	}
	all = numbers_of(e->arena, f, arg->type);
	emit_line(e, f->ir->at);
	emit_number_set(e, set, arg->type->bits, all.v, all.n);
	emit_line(e, f->ir->at);
	emit_head(e, name, arg);
	fprintf(e->out, "\treturn %s%s(v", op_negated(f->op) ? "!" : "", set);
	if (arg->type->is_signed) /* in the order of unsigned numbers */
		fprintf(e->out, " ^ 0x%" PRIx64 "ull", sign_of(arg->type));
	fprintf(e->out, ");\n}\n\n");
}
