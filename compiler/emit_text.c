// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": predicates on texts, as compares of eight bytes at a time. */
#include <inttypes.h>
#include <string.h>
#include "arena.h"
#include "emit.h"

/* Up to eight bytes as the little-endian word that a load of them gives. */
static uint64_t word_at(const char *s, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		word |= (uint64_t)(unsigned char)s[i] << (8 * i);
	return word;
}

/* `TG_WORD(base, 0, ..) && TG_WORD_MASKED(base, 8, ..)` for one constant. */
static void emit_compare(struct emitter *e, const char *base, const struct value *v)
{
	const char *and = "";

	for (uint32_t at = 0; at < v->len; at += 8) {
		uint32_t left = v->len - at;
		uint64_t word = word_at(v->text + at, left);

		if (left >= 8)
			fprintf(e->out, "%sTG_WORD(%s, %" PRIu32 ", 0x%" PRIx64 "ull)", and, base,
				at, word);
		else
			fprintf(e->out,
				"%sTG_WORD_MASKED(%s, %" PRIu32 ", 0x%" PRIx64 "ull, 0x%" PRIx64
				"ull)",
				and, base, at, word, ((uint64_t)1 << (8 * left)) - 1);
		and = " && ";
	}
}

static const char *compare_base(struct emitter *e, enum text_layout layout, enum op op,
				const struct value *v)
{
	bool from_end = op == OP_POSTFIX || op == OP_NOT_POSTFIX;
	bool whole = op == OP_EQUAL || op == OP_NOT_EQUAL;

	if (layout == TEXT_AT_END)
		return from_end || whole ? arena_printf(e->arena, "text + TG_TEXT_END - %u", v->len)
					 : "text + start";
	return from_end ? "text + tail" : "text";
}

static void emit_value(struct emitter *e, enum text_layout layout, enum op op,
		       const struct value *v)
{
	bool whole = op == OP_EQUAL || op == OP_NOT_EQUAL;
	bool moving = layout == TEXT_AT_START && (op == OP_POSTFIX || op == OP_NOT_POSTFIX);

	if (!v->len) { /* Prefix "": any text that is not empty */
		fprintf(e->out, "\tif (len)\n\t\treturn true;\n");
		return;
	}
	fprintf(e->out, "\tif (len %s %u) {\n", whole ? "==" : ">=", v->len);
	if (moving)
		fprintf(e->out, "\t\t__u32 tail = len - %u;\n\n\t\ttg_bound(tail, TG_TEXT_MASK);\n",
			v->len);
	fprintf(e->out, "\t\tif (");
	emit_compare(e, compare_base(e, layout, op, v), v);
	fprintf(e->out, ")\n\t\t\treturn true;\n\t}\n");
}

void emit_text_predicate(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			 const struct value *values, size_t count)
{
	const char *inner = op_negated(op) ? arena_printf(e->arena, "%s_any", name) : name;

	fprintf(e->out,
		"static __inline bool %s(struct tg_scratch *s)\n{\n"
		"\t__u32 len = tg_fresh(s->read.len);\n\tconst char *text = s->text;\n",
		inner);
	if (layout == TEXT_AT_END)
		fprintf(e->out, "\t__u32 start = tg_fresh(s->read.start);\n\n"
				"\ttg_bound(start, TG_TEXT_MASK);\n");
	for (size_t i = 0; i < count; i++)
		emit_value(e, layout, op, &values[i]);
	fprintf(e->out, "\treturn false;\n}\n\n");
	if (!op_negated(op))
		return;
	/* An empty path satisfies no operator, negated ones included. */
	fprintf(e->out,
		"static __inline bool %s(struct tg_scratch *s)\n{\n"
		"\treturn %s!%s(s);\n}\n\n",
		name, layout == TEXT_AT_END ? "tg_fresh(s->read.len) && " : "", inner);
}
