// SPDX-License-Identifier: Apache-2.0
/* Stage "emit": does a text equal, begin or end with one of many values? Looked up as trees. */
#include <string.h>
#include "compiler/base/arena.h"
#include "emit_set.h"
#include "trie.h"

static bool backwards(enum op op)
{
	return op == OP_POSTFIX || op == OP_NOT_POSTFIX;
}

static bool whole(enum op op)
{
	return op == OP_EQUAL || op == OP_NOT_EQUAL || op == OP_IN || op == OP_NOT_IN;
}

/* What a text is looked up by: its length before it, where the whole of it has to be the same. */
static struct trie_value value_of(struct arena *a, enum op op, const struct value *v)
{
	uint8_t *bytes = arena_alloc(a, v->len + 2);

	if (whole(op)) {
		bytes[0] = (uint8_t)(v->len >> 8);
		bytes[1] = (uint8_t)v->len;
		memcpy(bytes + 2, v->text, v->len);
		return trie_value(a, bytes, v->len + 2, v->len);
	}
	for (uint32_t i = 0; i < v->len; i++)
		bytes[i] = (uint8_t)v->text[backwards(op) ? v->len - 1 - i : i];
	return trie_value(a, bytes, v->len, v->len);
}

static bool any_empty(const struct value *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!values[i].len)
			return true;
	return false;
}

/* The first word, and where in the text the next one is. */
static void emit_first_word(struct emitter *e, enum text_layout layout, enum op op)
{
	fprintf(e->out, "\t__u32 len = tg_fresh(s->read.len), at = ");
	if (!backwards(op)) /* also where it is 0: the verifier would follow known offsets */
		fprintf(e->out, "tg_fresh(s->read.start)");
	else if (layout == TEXT_AT_START)
		fprintf(e->out, "len - 8");
	else
		fprintf(e->out, "TG_TEXT_END - 8");
	fprintf(e->out, ";\n\tconst __u64 *p;\n\t__u64 word, low, node;\n\n"
			"\tword = ");
	if (backwards(op))
		fprintf(e->out, "tg_word_back(s, at);\n\tat -= 7;\n");
	else if (whole(op))
		fprintf(e->out, "tg_word_front(s, at) >> 16 | (__u64)(__u16)len << 40;\n"
				"\tat += 5;\n");
	else
		fprintf(e->out, "tg_word_front(s, at);\n\tat += 7;\n");
}

static void emit_lookup(struct emitter *e, const char *name, enum text_layout layout, enum op op,
			const struct trie *t)
{
	emit_trie_tables(e, name, t);
	fprintf(e->out, "static %s bool %s(struct tg_scratch *s)\n{\n", e->function, name);
	emit_first_word(e, layout, op);
	emit_trie_root(e, name, t);
	fprintf(e->out, "\tif (!tg_key_fits(low, node, word))\n\t\treturn false;\n");
	if (t->key_count)
		fprintf(e->out,
			"\tif (!tg_key_ends(node))\n"
			"\t\treturn tg_set_%s(s, %s_keys, 0x%" PRIx64 "ull, node, at);\n",
			backwards(op) ? "back" : "front", name, emit_trie_limits(t));
	fprintf(e->out, "\treturn len >= tg_key_length(node);\n}\n\n");
}

void emit_text_set(struct emitter *e, const char *name, enum text_layout layout, enum op op,
		   const struct value *values, size_t count)
{
	struct trie_value *all = arena_array(e->arena, count, sizeof(*all));
	const struct trie *t;

	if (any_empty(values, count)) { /* any text that is not empty */
		fprintf(e->out,
			"static __inline bool %s(struct tg_scratch *s)\n{\n"
			"\treturn tg_fresh(s->read.len) != 0;\n}\n\n",
			name);
		return;
	}
	for (size_t i = 0; i < count; i++)
		all[i] = value_of(e->arena, op, &values[i]);
	t = trie_build(e->arena, all, count);
	emit_lookup(e, name, layout, op, t);
}
