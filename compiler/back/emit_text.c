// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": predicates on texts, as compares of eight bytes at a time. */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "emit_set.h"

/* Up to eight bytes as the little-endian word that a load of them gives. */
static uint64_t word_at(const char *s, size_t len)
{
	uint64_t word = 0;

	for (size_t i = 0; i < len && i < 8; i++)
		word |= (uint64_t)(unsigned char)s[i] << (8 * i);
	return word;
}

/* Texts are loaded from their start once for all values: so many bytes of them. */
#define LOADED 16

/*
 * What is loaded once for all values is compared by one test of both words together: a verifier
 * that knew one of them would follow all other values with it.
 */
static void emit_loaded(struct emitter *e, const struct value *v)
{
	uint64_t first = word_at(v->text, v->len), mask = ~(uint64_t)0;

	fprintf(e->out, " && !TG_DIFFER(");
	if (v->len < 8)
		fprintf(e->out, "(w0 ^ " MASK ") & " MASK, first, ((uint64_t)1 << 8 * v->len) - 1);
	else
		fprintf(e->out, "(w0 ^ " MASK ")", first);
	if (v->len > 8) {
		if (v->len < LOADED)
			mask = ((uint64_t)1 << 8 * (v->len - 8)) - 1;
		fprintf(e->out, " | ((w1 ^ " MASK ") & " MASK ")", word_at(v->text + 8, v->len - 8),
			mask);
	}
	fprintf(e->out, ")");
}

/* ` && TG_LOAD(base, 0) == .. && (TG_LOAD(base, 8) & ..) == ..` for one constant. */
static void emit_compare(struct emitter *e, const char *base, const struct value *v)
{
	bool from_start = !strcmp(base, "text");

	if (from_start)
		emit_loaded(e, v);
	for (uint32_t at = from_start ? LOADED : 0; at < v->len; at += 8) {
		uint32_t left = v->len - at;
		uint64_t word = word_at(v->text + at, left);
		const char *load = arena_printf(e->arena, "TG_LOAD(%s, %" PRIu32 ")", base, at);

		if (left >= 8)
			fprintf(e->out, " && %s == 0x%" PRIx64 "ull", load, word);
		else
			fprintf(e->out, " && (%s & 0x%" PRIx64 "ull) == 0x%" PRIx64 "ull", load,
				((uint64_t)1 << (8 * left)) - 1, word);
	}
}

static bool is_whole(enum op op)
{
	return op == OP_EQUAL || op == OP_NOT_EQUAL;
}

/* Where in the text the constants are looked for: at its start, or at its end? */
static bool from_start(enum text_layout layout, enum op op)
{
	return op == OP_PREFIX || op == OP_NOT_PREFIX || (layout == TEXT_AT_START && is_whole(op));
}

static void emit_value(struct emitter *e, enum text_layout layout, enum op op,
		       const struct value *v)
{
	const char *base = "text";

	if (!v->len) { /* Prefix "": any text that is not empty */
		fprintf(e->out, "\tif (tg_fresh(s->read.len))\n\t\treturn true;\n");
		return;
	}
	if (!from_start(layout, op) && layout == TEXT_AT_END) {
		base = arena_printf(e->arena, "s->text + TG_TEXT_END - %u", v->len);
	} else if (!from_start(layout, op)) {
		base = "s->text + tail";
		fprintf(e->out,
			"\ttail = tg_fresh(s->read.len) - %u;\n\ttg_bound(tail, TG_TEXT_MASK);\n",
			v->len);
	}
	/* anew for each value, or every range it was compared with would be followed */
	fprintf(e->out, "\tif (tg_fresh(s->read.len) %s %u", is_whole(op) ? "==" : ">=", v->len);
	emit_compare(e, base, v);
	fprintf(e->out, ")\n\t\treturn true;\n");
}

/* What the compares of all values use. */
static void emit_loads(struct emitter *e, enum text_layout layout, enum op op)
{
	if (!from_start(layout, op)) {
		fprintf(e->out, layout == TEXT_AT_START ? "\t__u32 tail;\n\n" : "");
		return;
	}
	if (layout == TEXT_AT_END)
		fprintf(e->out, "\t__u32 start = tg_fresh(s->read.start);\n\t__u64 w0, w1;\n"
				"\tconst char *text;\n\n"
				"\ttg_bound(start, TG_TEXT_MASK);\n\ttext = s->text + start;\n");
	else
		fprintf(e->out, "\tconst char *text = s->text;\n\t__u64 w0, w1;\n\n");
	fprintf(e->out, "\tw0 = TG_LOAD(text, 0);\n\tw1 = TG_LOAD(text, 8);\n");
}

static void emit_compares(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			  const struct value *values, size_t count)
{
	fprintf(e->out, "static %s bool %s(struct tg_scratch *s)\n{\n", e->function, name);
	emit_loads(e, layout, op);
	for (size_t i = 0; i < count; i++)
		emit_value(e, layout, op, &values[i]);
	fprintf(e->out, "\treturn false;\n}\n\n");
}

/* The type bits of the inode's mode, which is there whether or not the file has a path. */
static void emit_file_type(struct emitter *e, const char *name, enum op op,
			   const struct value *values, size_t count)
{
	uint64_t types = 0;

	for (size_t i = 0; i < count; i++)
		types |= 1ull << (values[i].number >> 12 & 15);
	fprintf(e->out,
		"static __inline bool %s(struct tg_scratch *s)\n{\n"
		"\treturn %s(0x%" PRIx64 "ull >> (tg_fresh(s->read.value) >> 12 & 15) & 1);\n}\n\n",
		name, op_negated(op) ? "!" : "", types);
}

/* A unix socket's address has its family beside the text. */
static void emit_family(struct emitter *e, const char *name, const struct value *values,
			size_t count)
{
	struct interval *v = arena_array(e->arena, count + 1, sizeof(*v));
	const char *set = arena_printf(e->arena, "%s_set", name);

	for (size_t i = 0; i < count; i++)
		v[i] = value_interval(&values[i]);
	emit_number_set(e, set, 16, v, count);
	fprintf(e->out,
		"static __inline bool %s(struct tg_scratch *s)\n{\n"
		"\treturn %s((__u16)tg_fresh(s->read.value));\n}\n\n",
		name, set);
}

void emit_text_predicate(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			 const struct value *values, size_t count)
{
	const char *inner = op_negated(op) ? arena_printf(e->arena, "%s_any", name) : name;

	if (op == OP_FILE_TYPE || op == OP_NOT_FILE_TYPE) {
		emit_file_type(e, name, op, values, count);
		return;
	}
	if (op == OP_FAMILY) {
		emit_family(e, name, values, count);
		return;
	}
	if (op == OP_SUBSTRING || op == OP_SUBSTRING_IGNCASE)
		emit_substring(e, inner, op == OP_SUBSTRING_IGNCASE, values, count);
	else if (count > TEXTS_COMPARED)
		emit_text_set(e, inner, layout, op, values, count);
	else
		emit_compares(e, inner, layout, op, values, count);
	if (!op_negated(op))
		return;
	/* An empty path satisfies no operator, negated ones included. */
	fprintf(e->out,
		"static __inline bool %s(struct tg_scratch *s)\n{\n"
		"\treturn %s!%s(s);\n}\n\n",
		name, layout == TEXT_AT_END ? "tg_fresh(s->read.len) && " : "", inner);
}
