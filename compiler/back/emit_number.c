// SPDX-License-Identifier: Apache-2.0
/* Integers: how C spells their types and constants, and the tests of filters on them. */
#include <inttypes.h>
#include "compiler/base/arena.h"
#include "emit.h"

const char *emit_int_type(uint32_t bits, bool is_signed)
{
	static const char *const names[2][4] = {{"__u8", "__u16", "__u32", "__u64"},
						{"__s8", "__s16", "__s32", "__s64"}};
	int size = bits <= 8 ? 0 : bits <= 16 ? 1 : bits <= 32 ? 2 : 3;

	return names[is_signed][size];
}

/* Values have at least 32 bits, also where the argument has fewer: then they may never be met. */
static void emit_number(struct emitter *e, const struct type_info *t, uint64_t v)
{
	if (t->bits == 64)
		fprintf(e->out, "(%s)0x%" PRIx64 "ull", emit_int_type(64, t->is_signed), v);
	else
		fprintf(e->out, "(%s)0x%" PRIx32 "u", emit_int_type(32, t->is_signed), (uint32_t)v);
}

/* The kernel's own width first, then the one the policy compares. */
void emit_int_predicate(struct emitter *e, uint32_t hook, uint32_t n,
			const struct plan_predicate *p, const struct tir_arg *arg)
{
	const struct tir_filter *f = p->filter;
	const char *type = emit_int_type(arg->type->bits, arg->type->is_signed);
	static const char *const compare[OP_COUNT] = {[OP_EQUAL] = "==",
						      [OP_NOT_EQUAL] = "==",
						      [OP_GT] = ">",
						      [OP_LT] = "<",
						      [OP_MASK] = "&"};

	emit_line(e, f->ir->at);
	fprintf(e->out, "static __inline bool h%u_p%u(__u64 a)\n{\n\t%s v = (%s)(%s)a;\n\n", hook,
		n, type, type, emit_int_type(arg->bits, arg->is_signed));
	fprintf(e->out, "\treturn %s(", f->op == OP_NOT_EQUAL ? "!" : "");
	for (size_t i = 0; i < f->value_count; i++) {
		fprintf(e->out, "%s(v %s ", i ? " || " : "", compare[f->op]);
		emit_number(e, arg->type, f->values[i].number);
		fprintf(e->out, f->op == OP_MASK ? ") != 0" : ")");
	}
	fprintf(e->out, ");\n}\n\n");
}
