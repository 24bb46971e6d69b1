// SPDX-License-Identifier: Apache-2.0
/* Tables of constants, and the trees of words that are made of them. */
#include "emit_set.h"
#include "compiler/base/arena.h"
#include "trie.h"

#define COLUMNS 8

static void emit_column(struct emitter *e, size_t i)
{
	fputs(i % COLUMNS ? "," : i ? ",\n\t" : "\n\t", e->out);
}

void emit_table(struct emitter *e, const char *type, const char *name, const uint64_t *v, size_t n)
{
	fprintf(e->out, "static const %s %s[%zu] = {", type, name, n);
	for (size_t i = 0; i < n; i++) {
		emit_column(e, i);
		fprintf(e->out, "0x%" PRIx64, v[i]);
	}
	fprintf(e->out, "\n};\n");
}

static void emit_keys(struct emitter *e, const char *name, const struct trie *t)
{
	fprintf(e->out, "static const struct tg_set_key %s_keys[%u] = {", name, t->key_count);
	for (uint32_t i = 0; i < t->key_count; i++) {
		emit_column(e, i);
		fprintf(e->out, "{0x%" PRIx64 ",0x%" PRIx64 "}", t->keys[i].low, t->keys[i].node);
	}
	fprintf(e->out, "\n};\n");
}

void emit_trie_tables(struct emitter *e, const char *name, const struct trie *t)
{
	size_t n = (size_t)1 << t->depth;
	uint64_t *column = arena_array(e->arena, 2 * n, sizeof(*column));

	for (size_t i = 0; i < n; i++) {
		column[i] = t->root[i].low;
		column[n + i] = t->root[i].node;
	}
	emit_table(e, "__u64", arena_printf(e->arena, "%s_root", name), column, 2 * n);
	if (t->key_count)
		emit_keys(e, name, t);
	fputc('\n', e->out);
}

void emit_trie_root(struct emitter *e, const char *name, const struct trie *t)
{
	fprintf(e->out, "\tp = %s_root;\n", name);
	for (uint32_t k = t->depth; k-- > 0;)
		fprintf(e->out, "\tTG_STEP(p, word + 1, %u);\n", k);
	fprintf(e->out, "\tlow = *p;\n\tnode = p[%u];\n", 1u << t->depth);
}

uint64_t emit_trie_limits(const struct trie *t)
{
	return (uint64_t)t->walk << 32 | t->key_count;
}
