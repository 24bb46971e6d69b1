// SPDX-License-Identifier: Apache-2.0
/*
 * Stage "emit": what the first two components, or the last one, of a path tell about a
 * filter, before any text is built. A sketch predicate may say yes to a path that does not
 * match, never no to one that does.
 */
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "emit_set.h"
#include "trie.h"
#include "bpf-templates/tg_event.h"

#define INLINE_NAME 32 /* TG_INLINE_NAME */

/* One component of a value, as a compare with the first eight bytes of a name. */
struct piece {
	uint64_t word, mask;
	bool stored_elsewhere; /* such a name may be too long to lie in the dentry */
};

struct sketch_value {
	struct piece first, second;
	bool has_second;
	bool only; /* the path must have this one component and no other */
};

static struct piece piece_of(const char *s, size_t len, bool open)
{
	struct piece p = {.stored_elsewhere = open || len >= INLINE_NAME};
	size_t n = len < 8 ? len : 8;

	for (size_t i = 0; i < n; i++) {
		p.word |= (uint64_t)(unsigned char)s[i] << (8 * i);
		p.mask |= 0xffull << (8 * i);
	}
	if (!open && len < 8) /* the NUL that ends it */
		p.mask |= 0xffull << (8 * len);
	return p;
}

/* Does " (deleted)", which a sketch does not see, play a part in this value? */
static bool touches_deleted_mark(const struct value *v, enum op op)
{
	if (op == OP_PREFIX)
		return memmem(v->text, v->len, " ", 1);
	return v->len && v->text[v->len - 1] == ')';
}

static bool has_postfix_piece(const struct value *v)
{
	return v->len && v->text[v->len - 1] != '/';
}

bool sketch_useful(const struct tir_filter *f)
{
	if (f->op != OP_EQUAL && f->op != OP_PREFIX && f->op != OP_POSTFIX)
		return false;
	for (size_t i = 0; i < f->value_count; i++) {
		const struct value *v = &f->values[i];

		if (touches_deleted_mark(v, f->op))
			return false;
		if (f->op == OP_POSTFIX ? !has_postfix_piece(v) : v->len < 2)
			return false;
	}
	return true;
}

/* "/a/b/c": a and b; the piece in which a Prefix value ends may go on. */
static bool split_value(const struct value *v, enum op op, struct sketch_value *out)
{
	const char *end = v->text + v->len, *p = v->text + 1, *slash;
	bool prefix = op == OP_PREFIX;

	*out = (struct sketch_value){0};
	if (v->text[0] != '/') /* no path begins like this */
		return false;
	slash = memchr(p, '/', (size_t)(end - p));
	out->first = piece_of(p, (size_t)((slash ? slash : end) - p), prefix && !slash);
	out->only = !slash && !prefix;
	if (!slash)
		return true;
	out->has_second = true;
	p = slash + 1;
	slash = memchr(p, '/', (size_t)(end - p));
	out->second = piece_of(p, (size_t)((slash ? slash : end) - p), prefix && !slash);
	return true;
}

/* `word` is what there is of a name. A name has bytes: a mask of 0 asks whether there is one. */
static void emit_piece_test(struct emitter *e, const char *word, const struct piece *p)
{
	if (!p->mask)
		fprintf(e->out, "%s", word);
	else if (p->mask == ~0ull)
		fprintf(e->out, "%s == 0x%" PRIx64 "ull", word, p->word);
	else
		fprintf(e->out, "(%s & 0x%" PRIx64 "ull) == 0x%" PRIx64 "ull", word, p->mask,
			p->word);
}

static bool same_piece(const struct piece *a, const struct piece *b)
{
	return a->word == b->word && a->mask == b->mask;
}

/* What is asked of the second component where the first is that of values[at]. */
static void emit_second_tests(struct emitter *e, const struct sketch_value *values, size_t count,
			      size_t at)
{
	const char * or = "";

	fprintf(e->out, " {\n\t\tsecond = tg_second(k);\n\t\tif (");
	for (size_t i = at; i < count; i++) {
		if (!same_piece(&values[i].first, &values[at].first))
			continue;
		fprintf(e->out, "%s", or);
		if (values[i].has_second)
			emit_piece_test(e, "second", &values[i].second);
		else
			fprintf(e->out, values[i].only ? "!second" : "1");
		or = " ||\n\t\t    ";
	}
	fprintf(e->out, " || second == TG_SECOND_LONG)\n\t\t\treturn true;\n\t}\n");
}

bool sketch_maybe_long(const struct tir_filter *f)
{
	struct sketch_value v;

	for (size_t i = 0; i < f->value_count; i++)
		if (f->op != OP_POSTFIX && split_value(&f->values[i], f->op, &v) &&
		    v.first.stored_elsewhere)
			return true;
	return false;
}

static void emit_front_sketch(struct emitter *e, const struct tir_filter *f)
{
	struct sketch_value *values = arena_array(e->arena, f->value_count, sizeof(*values));
	size_t count = 0;

	fprintf(e->out, "\t__u64 second;\n\n");
	for (size_t i = 0; i < f->value_count; i++)
		count += split_value(&f->values[i], f->op, &values[count]);
	for (size_t i = 0; i < count; i++) {
		bool done = false;

		for (size_t j = 0; j < i; j++)
			done |= same_piece(&values[j].first, &values[i].first);
		if (done)
			continue;
		fprintf(e->out, "\tif (");
		emit_piece_test(e, "first", &values[i].first);
		fprintf(e->out, ")");
		emit_second_tests(e, values, count, i);
	}
}

bool sketch_first(const struct value *v, enum op op, uint64_t *word, uint64_t *mask)
{
	struct sketch_value split;

	if (!split_value(v, op, &split))
		return false;
	*word = __builtin_bswap64(split.first.word);
	*mask = __builtin_bswap64(split.first.mask);
	return true;
}

bool sketch_second(const struct value *v, enum op op, uint64_t *word, uint64_t *mask)
{
	struct sketch_value split;

	if (!split_value(v, op, &split))
		return false;
	*word = __builtin_bswap64(split.second.word);
	*mask = split.only ? ~0ull : __builtin_bswap64(split.second.mask);
	return true;
}

bool sketch_tail(const struct value *v, enum op op, uint64_t *word, uint64_t *mask)
{
	const char *slash = memrchr(v->text, '/', v->len);
	size_t len = slash ? (size_t)(v->text + v->len - slash - 1) : v->len;

	*word = *mask = 0;
	for (size_t n = 0; n < len && n < 8; n++) {
		*word |= (uint64_t)(unsigned char)v->text[v->len - 1 - n] << (56 - 8 * n);
		*mask |= 0xffull << (56 - 8 * n);
	}
	if (op == OP_EQUAL)
		*mask = ~0ull; /* the component is all there */
	return true;
}

/* Lengths that the last component may have, as bits; a value with a slash has all of it. */
static uint64_t tail_lengths(const struct tir_filter *f)
{
	uint64_t lengths = 0;

	for (size_t i = 0; i < f->value_count; i++) {
		const struct value *v = &f->values[i];
		const char *slash = memrchr(v->text, '/', v->len);
		size_t len = slash ? (size_t)(v->text + v->len - slash - 1) : v->len;

		if (len < 64)
			lengths |= slash ? 1ull << len : ~0ull << len;
	}
	return lengths;
}

/*
 * The last component must end like the value's last piece: compare up to eight bytes, which are
 * read only when there are as many as it takes.
 */
static void emit_back_sketch(struct emitter *e, const struct tir_filter *f)
{
	fprintf(e->out, "\t__u64 tail = tg_name_tail(k, 0x%" PRIx64 "ull);\n\n", tail_lengths(f));
	for (size_t i = 0; i < f->value_count; i++) {
		struct piece p = {0};

		sketch_tail(&f->values[i], OP_POSTFIX, &p.word, &p.mask);
		fprintf(e->out, "\tif (");
		emit_piece_test(e, "tail", &p);
		fprintf(e->out, ")\n\t\treturn true;\n");
	}
}

/* ---- many values: the same, by tables -------------------------------------------------- */

/* Seven bytes of a name; a closed piece has its NUL. */
static struct trie_step step_of(struct arena *a, const char *s, size_t len, bool open)
{
	char bytes[TRIE_WORD] = {0};
	size_t n = len < TRIE_WORD ? len : TRIE_WORD;

	memcpy(bytes, s, n);
	n += n < TRIE_WORD && !open;
	return trie_value(a, bytes, n, 0).steps[0];
}

/* First and second component; no second one is asked for where any will do. */
static bool front_steps(struct arena *a, const struct value *v, enum op op, struct trie_value *out)
{
	struct trie_step *steps = arena_array(a, 2, sizeof(*steps));
	const char *end = v->text + v->len, *p = v->text + 1, *slash;
	bool prefix = op == OP_PREFIX;

	*out = (struct trie_value){.steps = steps, .count = 1};
	if (v->text[0] != '/')
		return false;
	slash = memchr(p, '/', (size_t)(end - p));
	steps[0] = step_of(a, p, (size_t)((slash ? slash : end) - p), prefix && !slash);
	if (prefix && (!slash || slash + 1 == end))
		return true;
	out->count = 2;
	p = slash ? slash + 1 : end; /* no component is an empty one */
	slash = memchr(p, '/', (size_t)(end - p));
	steps[1] = step_of(a, p, (size_t)((slash ? slash : end) - p), prefix && !slash);
	return true;
}

/* The end of the last component, backwards. */
static void back_steps(struct arena *a, const struct value *v, struct trie_value *out)
{
	const char *slash = memrchr(v->text, '/', v->len);
	size_t len = slash ? (size_t)(v->text + v->len - slash - 1) : v->len;
	char bytes[TRIE_WORD];

	len = len < TRIE_WORD ? len : TRIE_WORD;
	for (size_t i = 0; i < len; i++)
		bytes[i] = v->text[v->len - 1 - i];
	*out = trie_value(a, bytes, len, 0);
}

static struct trie *sketch_trie(struct arena *a, const struct tir_filter *f)
{
	struct trie_value *values = arena_array(a, f->value_count, sizeof(*values));
	size_t count = 0;

	for (size_t i = 0; i < f->value_count; i++)
		if (f->op == OP_POSTFIX)
			back_steps(a, &f->values[i], &values[count++]);
		else
			count += front_steps(a, &f->values[i], f->op, &values[count]);
	return trie_build(a, values, count);
}

static void emit_sketch_tables(struct emitter *e, const char *name, const struct tir_filter *f)
{
	const struct trie *t = sketch_trie(e->arena, f);
	bool back = f->op == OP_POSTFIX;

	emit_trie_tables(e, name, t);
	fprintf(e->out,
		"static __inline bool %s(__u64 first, const struct tg_sketch *k)\n{\n"
		"\t__u64 word = %s >> 8, low, node;\n\tconst __u64 *p;\n\n",
		name, back ? "tg_name_tail(k, ~0ull)" : "__builtin_bswap64(first)");
	emit_trie_root(e, name, t);
	fprintf(e->out, "\tif (!tg_key_fits(low, node, word))\n\t\treturn false;\n");
	if (t->key_count)
		fprintf(e->out,
			"\tif (tg_key_ends(node))\n\t\treturn true;\n\tword = tg_second(k);\n"
			"\treturn word == TG_SECOND_LONG ||\n"
			"\t       tg_set_word(%s_keys, 0x%" PRIx64
			"ull, node, __builtin_bswap64(word) >> 8);\n}\n\n",
			name, emit_trie_limits(t));
	else
		fprintf(e->out, "\treturn true;\n}\n\n");
}

bool emit_sketch_predicate(struct emitter *e, const char *name, const struct tir_filter *f)
{
	if (!sketch_useful(f))
		return false;
	if (f->value_count > TEXTS_COMPARED) {
		emit_sketch_tables(e, name, f);
		return true;
	}
	fprintf(e->out, "static __inline bool %s(__u64 first, const struct tg_sketch *k)\n{\n",
		name);
	if (f->op == OP_POSTFIX)
		emit_back_sketch(e, f);
	else
		emit_front_sketch(e, f);
	fprintf(e->out, "\treturn false;\n}\n\n");
	return true;
}
