// SPDX-License-Identifier: Apache-2.0
/*
 * Indexes: sorted tables in .rodata, searched without a branch, so that the verifier sees one way.
 * A few values are compared instead.
 */
#include <string.h>
#include "compiler/base/arena.h"
#include "emit.h"

static uint32_t table_size(const struct plan_index *x)
{
	uint32_t size = 1;

	while (size < x->range_count)
		size *= 2;
	return size;
}

/* Filled up to a power of two with what only the highest value reaches, and means the same. */
static void emit_keys(struct emitter *e, const struct plan_index *x, const char *name)
{
	uint32_t size = table_size(x);

	fprintf(e->out, "static const __u64 %s_from[%u] = {", name, size);
	for (uint32_t i = 0; i < size; i++)
		fprintf(e->out, "%s" MASK ",", i % 8 ? " " : "\n\t",
			i < x->range_count ? x->from[i] : ~(uint64_t)0);
	fprintf(e->out, "\n};\n");
}

static void emit_rows(struct emitter *e, const struct plan_index *x, uint32_t parts,
		      const char *name, uint32_t size)
{
	fprintf(e->out, "static const __u64 %s_rows[%u] = {", name, size * parts);
	for (uint32_t i = 0; i < size; i++)
		for (uint32_t j = 0; j < parts; j++) {
			uint32_t row = i < x->range_count ? i : x->range_count - 1;

			fprintf(e->out, "%s" MASK ",", j ? " " : "\n\t", x->rows[row * parts + j]);
		}
	fprintf(e->out, "\n};\n");
}

static void emit_search(struct emitter *e, const struct plan_index *x, uint32_t parts,
			const char *name)
{
	fprintf(e->out, "static __inline const __u64 *%s(__u64 x)\n{\n\t__u64 i = 0;\n\n", name);
	for (uint32_t step = table_size(x) / 2; step; step /= 2)
		fprintf(e->out, "\ttg_search_step(x, i, %s_from, %u);\n", name, step);
	fprintf(e->out, "\treturn %s_rows + i * %u;\n}\n\n", name, parts);
}

#define FEW_VALUES 4

static bool is_default_row(const struct plan_index *x, uint32_t parts, uint32_t range)
{
	return !memcmp(x->rows + range * parts, x->rows, parts * sizeof(*x->rows));
}

/* Every second range is one value, and all that lies between them means the same. */
static bool has_few_values(const struct plan_index *x, uint32_t parts)
{
	if (x->range_count % 2 == 0 || x->range_count > 2 * FEW_VALUES + 1)
		return false;
	for (uint32_t i = 1; i < x->range_count; i += 2)
		if (x->from[i + 1] - x->from[i] != 1 || !is_default_row(x, parts, i + 1))
			return false;
	return true;
}

static void emit_comparisons(struct emitter *e, const struct plan_index *x, uint32_t parts,
			     const char *name)
{
	fprintf(e->out, "static __inline const __u64 *%s(__u64 x)\n{\n", name);
	for (uint32_t i = 1; i < x->range_count; i += 2)
		fprintf(e->out, "\tif (x == " MASK ")\n\t\treturn %s_rows + %u;\n", x->from[i],
			name, i * parts);
	fprintf(e->out, "\treturn %s_rows;\n}\n\n", name);
}

static void emit_index(struct emitter *e, const struct plan_index *x, uint32_t parts,
		       const char *name)
{
	bool few = has_few_values(x, parts);

	if (!few)
		emit_keys(e, x, name);
	emit_rows(e, x, parts, name, few ? x->range_count : table_size(x));
	if (few)
		emit_comparisons(e, x, parts, name);
	else
		emit_search(e, x, parts, name);
}

static const char *index_name(const struct emitter *e, uint32_t hook, uint32_t n)
{
	return arena_printf(e->arena, "h%u_x%u", hook, n);
}

void emit_indexes(struct emitter *e, const struct plan_hook *first, uint32_t hook)
{
	for (uint32_t i = 0; i < first->index_count; i++)
		emit_index(e, &first->indexes[i], first->parts, index_name(e, hook, i));
}

/* ---- use ------------------------------------------------------------------------------- */

/* Not where enforcers act on calls that no selector is about. */
static void emit_give_up(struct emitter *e, const struct plan_hook *first)
{
	for (uint32_t i = 0; i < first->parts; i++)
		if (first[i].enforcer_count)
			return;
	fprintf(e->out, "\tif (!(");
	for (uint32_t i = 0; i < first->parts; i++)
		fprintf(e->out, "%slive%u", i ? " | " : "", i);
	fprintf(e->out, "))\n\t\treturn 0;\n");
}

/* `value`: a C expression of the key. */
static void emit_narrow(struct emitter *e, const struct plan_hook *first, uint32_t hook, uint32_t n,
			const char *value)
{
	fprintf(e->out, "\t\trow = %s(%s);\n", index_name(e, hook, n), value);
	for (uint32_t i = 0; i < first->parts; i++)
		fprintf(e->out, "\t\tlive%u &= row[%u];\n", i, i);
}

static void emit_number_lookup(struct emitter *e, const struct plan_hook *first, uint32_t hook,
			       uint32_t n, enum tg_attach attach)
{
	const struct tir_arg *arg = first->indexes[n].arg;
	const struct type_info *t = arg->type;

	fprintf(e->out, "\t{\n\t\t__u64 x = (__u64)%s(%s)(%s)(", t->is_signed ? "(__s64)" : "",
		emit_int_type(t->bits, t->is_signed), emit_int_type(arg->bits, arg->is_signed));
	emit_argument(e, arg, attach);
	fprintf(e->out, ")%s;\n\n", t->is_signed ? " ^ 1ull << 63" : "");
	emit_narrow(e, first, hook, n, "x");
	fprintf(e->out, "\t}\n");
}

static void emit_head_lookup(struct emitter *e, const struct plan_hook *first, uint32_t hook,
			     uint32_t n, enum tg_attach attach)
{
	const struct tir_arg *arg = first->indexes[n].arg;

	fprintf(e->out, "\t{\n\t\t__u64 head;\n\n\t\tif (!tg_string_head(&head, (__u64)");
	emit_argument(e, arg, attach);
	fprintf(e->out, ", %s)) {\n", arg->from_user ? "true" : "false");
	emit_narrow(e, first, hook, n, "head");
	fprintf(e->out, "\t\t}\n\t}\n");
}

/* Where a component cannot be told from the dentry, nothing is narrowed. */
static void emit_component(struct emitter *e, const struct plan_hook *first, uint32_t hook,
			   uint32_t n)
{
	static const char *const known[PLAN_KEYS] = {
		[KEY_FIRST] = "word",
		[KEY_SECOND] = "k.last && (word = tg_second(&k)) != TG_SECOND_LONG",
		[KEY_TAIL] = "k.last",
	};
	enum plan_key key = first->indexes[n].key;

	fprintf(e->out, "\t\tif (%s) {\n", known[key]);
	emit_narrow(e, first, hook, n,
		    key == KEY_TAIL ? "tg_name_tail(&k, ~0ull)" : "__builtin_bswap64(word)");
	emit_give_up(e, first);
	fprintf(e->out, "\t\t}\n");
}

/* All keys of a path come from one sketch; `n` is the first index of the argument. */
static void emit_path_lookups(struct emitter *e, const struct plan_hook *first, uint32_t hook,
			      uint32_t n, enum tg_attach attach)
{
	const struct tir_arg *arg = first->indexes[n].arg;
	const char *kind = arg->ir->type == TYPE_FILE ? "file" : "path";

	fprintf(e->out,
		"\t{\n\t\tstruct tg_sketch k;\n\t\t__u64 word;\n\n\t\tk.last = NULL;\n"
		"\t\tword = tg_sketch(long_%s, untyped_%s, &k, ",
		kind, kind);
	emit_argument(e, arg, attach);
	fprintf(e->out, ", %s);\n", attach == TG_ATTACH_LSM ? "true" : "false");
	for (uint32_t i = n; i < first->index_count && first->indexes[i].arg == arg; i++)
		emit_component(e, first, hook, i);
	fprintf(e->out, "\t}\n");
}

void emit_lookups(struct emitter *e, const struct plan_hook *first, uint32_t hook,
		  enum tg_attach attach)
{
	for (uint32_t i = 0; i < first->index_count; i++) {
		const struct plan_index *x = &first->indexes[i];
		bool again = i && first->indexes[i - 1].arg == x->arg;

		if (x->key == KEY_NUMBER)
			emit_number_lookup(e, first, hook, i, attach);
		else if (x->key == KEY_HEAD)
			emit_head_lookup(e, first, hook, i, attach);
		else if (!again && emit_typed(attach))
			emit_path_lookups(e, first, hook, i, attach);
		if (x->key == KEY_NUMBER || x->key == KEY_HEAD)
			emit_give_up(e, first);
	}
}
