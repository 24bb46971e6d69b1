// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "compiler/base/arena.h"
#include "btf_print.h"

enum {
	NESTED_MAX = 8,	 /* records that are spelled out within others */
	COMMENT_AT = 60, /* columns from the start of a member's text to its comment */
	PATH_MAX_STEPS = 32,
};

static const char *const kind_words[] = {
	[KNAME_FUNCTION] = "function",	   [KNAME_STRUCT] = "struct",
	[KNAME_UNION] = "union",	   [KNAME_ENUM] = "enum",
	[KNAME_ENUMERATOR] = "enumerator", [KNAME_TYPEDEF] = "typedef",
	[KNAME_VARIABLE] = "variable",
};

const char *kname_word(enum kname_kind kind)
{
	return kind_words[kind];
}

struct btf_query btf_query(const char *words)
{
	struct btf_query q = {words, ~0u};

	for (unsigned kind = 0; kind < sizeof(kind_words) / sizeof(kind_words[0]); kind++) {
		size_t len = strlen(kind_words[kind]);

		if (strncmp(words, kind_words[kind], len) == 0 && words[len] == ' ') {
			q.kinds = 1u << kind;
			q.name = words + len + strspn(words + len, " ");
		}
	}
	return q;
}

struct printer {
	FILE *to;
	const struct kbtf *k;
	struct arena *arena;
};

/* ---- records ------------------------------------------------------------------------------ */

static void print_members(struct printer *p, const struct kshape *record, int depth, uint32_t base);

/* The anonymous struct or union that a member's text begins with; 0: none. */
static struct kshape anonymous_base(const struct kbtf *k, ktype_id id)
{
	struct kshape s = kbtf_shape(k, id);

	for (int depth = 0; depth < 32 && (s.kind == KSHAPE_ARRAY || s.kind == KSHAPE_PTR); depth++)
		s = kbtf_shape(k, s.target);
	if ((s.kind != KSHAPE_STRUCT && s.kind != KSHAPE_UNION) || *s.name || s.typedef_name)
		s.kind = KSHAPE_VOID;
	return s;
}

static void print_place(struct printer *p, const char *text, int depth, const struct kmember *m,
			uint32_t base)
{
	uint32_t bit = base + m->bit_offset;

	fprintf(p->to, "%-*s", COMMENT_AT - 8 * (depth - 1), text);
	if (m->bits)
		fprintf(p->to, " /* %5u:%-2u %2u bit%s */\n", bit / 8, bit % 8, m->bits,
			m->bits == 1 ? "" : "s");
	else
		fprintf(p->to, " /* %5u %5u */\n", bit / 8, kbtf_shape(p->k, m->type).size);
}

static void indent(struct printer *p, int depth)
{
	for (int i = 0; i < depth; i++)
		fputc('\t', p->to);
}

static void print_member(struct printer *p, const struct kmember *m, int depth, uint32_t base)
{
	const char *text = kbtf_declare(p->k, p->arena, m->type, m->name);
	struct kshape inner = anonymous_base(p->k, m->type);
	const char *dots = inner.kind == KSHAPE_VOID ? NULL : strstr(text, "{...}");

	indent(p, depth);
	if (dots && depth < NESTED_MAX) {
		fprintf(p->to, "%.*s{\n", (int)(dots - text), text);
		print_members(p, &inner, depth + 1, base + m->bit_offset);
		indent(p, depth);
		text = arena_printf(p->arena, "}%s;", dots + strlen("{...}"));
	} else if (m->bits) {
		text = arena_printf(p->arena, "%s%s:%u;", text, *m->name ? "" : " ", m->bits);
	} else {
		text = arena_printf(p->arena, "%s;", text);
	}
	print_place(p, text, depth, m, base);
}

static uint64_t end_of(const struct kbtf *k, const struct kmember *m)
{
	uint64_t bits = m->bits ? m->bits : (uint64_t)kbtf_shape(k, m->type).size * 8;

	return m->bit_offset + bits;
}

static void print_hole(struct printer *p, int depth, uint64_t from, uint64_t to)
{
	if (to <= from || to - from < 8)
		return;
	indent(p, depth);
	fprintf(p->to, "/* %" PRIu64 " byte%s unused */\n", (to - from) / 8,
		(to - from) / 8 == 1 ? "" : "s");
}

static void print_members(struct printer *p, const struct kshape *record, int depth, uint32_t base)
{
	uint64_t end = 0;
	struct kmember m;

	for (uint32_t i = 0; kbtf_member_at(p->k, record->id, i, &m); i++) {
		if (record->kind == KSHAPE_STRUCT)
			print_hole(p, depth, end, m.bit_offset);
		print_member(p, &m, depth, base);
		if (end_of(p->k, &m) > end)
			end = end_of(p->k, &m);
	}
	if (record->kind == KSHAPE_STRUCT)
		print_hole(p, depth, end, (uint64_t)record->size * 8);
}

/* `head` and `name` stand before and behind the braces. */
static void print_record(struct printer *p, ktype_id id, const char *head, const char *name)
{
	struct kshape s = kbtf_shape(p->k, id);

	fprintf(p->to, "%s {\n", head);
	print_members(p, &s, 1, 0);
	fprintf(p->to, "}%s%s; /* %u bytes, %u member%s */\n", *name ? " " : "", name, s.size,
		s.member_count, s.member_count == 1 ? "" : "s");
}

/* ---- the rest ----------------------------------------------------------------------------- */

static void print_value(FILE *to, const struct kenumerator *e)
{
	if (e->is_unsigned)
		fprintf(to, "%s = %" PRIu64, e->name, (uint64_t)e->value);
	else
		fprintf(to, "%s = %" PRId64, e->name, e->value);
}

static void print_enum(struct printer *p, ktype_id id, const char *head, const char *name)
{
	struct kenumerator e;

	fprintf(p->to, "%s {\n", head);
	for (uint32_t i = 0; kbtf_enumerator_at(p->k, id, i, &e); i++) {
		fputc('\t', p->to);
		print_value(p->to, &e);
		fputs(",\n", p->to);
	}
	fprintf(p->to, "}%s%s; /* %u bytes */\n", *name ? " " : "", name,
		kbtf_shape(p->k, id).size);
}

static bool print_enumerator(struct printer *p, const char *name)
{
	struct kenumerator e;
	const char *type;
	ktype_id in;
	uint32_t i;

	if (!kbtf_find_enumerator(p->k, name, &in, &i) || !kbtf_enumerator_at(p->k, in, i, &e))
		return false;
	type = kbtf_type_text(p->k, p->arena, in);
	print_value(p->to, &e);
	fprintf(p->to, " /* %s */\n", strstr(type, "{...}") ? "an enum without a name" : type);
	return true;
}

static bool print_function(struct printer *p, const char *name)
{
	ktype_id id = kbtf_function_id(p->k, name);

	if (!id)
		return false;
	fprintf(p->to, "%s;\n", kbtf_declare(p->k, p->arena, id, name));
	return true;
}

/* What a typedef stands for; an anonymous record or enum is spelled out. */
static bool print_typedef(struct printer *p, const char *name)
{
	ktype_id id = kbtf_typedef(p->k, name), target = kbtf_target(p->k, id);
	struct kshape s = kbtf_shape(p->k, target);

	if (!id)
		return false;
	if (*s.name || s.typedef_name)
		s.kind = KSHAPE_VOID;
	if (s.kind == KSHAPE_STRUCT || s.kind == KSHAPE_UNION)
		print_record(p, target, s.kind == KSHAPE_UNION ? "typedef union" : "typedef struct",
			     name);
	else if (s.kind == KSHAPE_ENUM)
		print_enum(p, target, "typedef enum", name);
	else
		fprintf(p->to, "typedef %s; /* %u bytes */\n",
			kbtf_declare(p->k, p->arena, target, name), s.size);
	return true;
}

static bool print_variable(struct printer *p, const char *name)
{
	ktype_id id = kbtf_variable(p->k, name);

	if (!id)
		return false;
	fprintf(p->to, "%s; /* %u bytes */\n",
		kbtf_declare(p->k, p->arena, kbtf_target(p->k, id), name),
		kbtf_shape(p->k, id).size);
	return true;
}

static bool print_named(struct printer *p, const struct btf_query *q)
{
	ktype_id record = kbtf_struct(p->k, q->name), list = kbtf_enum(p->k, q->name);
	bool is_union = kbtf_shape(p->k, record).kind == KSHAPE_UNION, found = false;

	if (q->kinds & 1 << KNAME_FUNCTION)
		found |= print_function(p, q->name);
	if (record && q->kinds & 1u << (is_union ? KNAME_UNION : KNAME_STRUCT)) {
		print_record(p, record, kbtf_type_text(p->k, p->arena, record), "");
		found = true;
	}
	if (list && q->kinds & 1 << KNAME_ENUM) {
		print_enum(p, list, kbtf_type_text(p->k, p->arena, list), "");
		found = true;
	}
	if (q->kinds & 1 << KNAME_ENUMERATOR)
		found |= print_enumerator(p, q->name);
	if (q->kinds & 1 << KNAME_TYPEDEF)
		found |= print_typedef(p, q->name);
	if (q->kinds & 1 << KNAME_VARIABLE)
		found |= print_variable(p, q->name);
	return found;
}

/* ---- paths of members --------------------------------------------------------------------- */

struct step {
	struct kmember member;
	bool behind_pointer;
};

static const char *explain_missing(struct printer *p, ktype_id record, const char *name)
{
	const char *type = kbtf_type_text(p->k, p->arena, record), *near;
	struct kshape s = kbtf_shape(p->k, record);

	if (s.kind != KSHAPE_STRUCT && s.kind != KSHAPE_UNION)
		return arena_printf(p->arena, "`%s` has no members, so no `%s`", type, name);
	near = kbtf_nearest_member(p->k, p->arena, record, name);
	return arena_printf(p->arena,
			    near ? "`%s` has no member `%s`; did you mean `%s`?"
				 : "`%s` has no member `%s`",
			    type, name, near);
}

/* One member further; NULL, or what is wrong. */
static const char *take_step(struct printer *p, ktype_id *at, const char *name, struct step *out)
{
	struct kshape s = kbtf_shape(p->k, *at);

	out->behind_pointer = s.kind == KSHAPE_PTR;
	if (out->behind_pointer)
		*at = s.target;
	if (!kbtf_member(p->k, *at, name, &out->member))
		return explain_missing(p, *at, name);
	*at = out->member.type;
	return NULL;
}

static void print_path(struct printer *p, const char *path, const struct step *steps, size_t count)
{
	struct kshape last = kbtf_shape(p->k, steps[count - 1].member.type);
	const char *text = kbtf_type_text(p->k, p->arena, steps[count - 1].member.type);

	fprintf(p->to, "%s: %s, %u bytes\n", path, text, last.size);
	for (size_t i = 0; i < count; i++) {
		const struct kmember *m = &steps[i].member;

		fprintf(p->to, "\t%s%s at %u", steps[i].behind_pointer ? "->" : ".", m->name,
			m->bit_offset / 8);
		if (m->bits)
			fprintf(p->to, ", %u bits from bit %u", m->bits, m->bit_offset % 8);
		fprintf(p->to, ": %s\n", kbtf_type_text(p->k, p->arena, m->type));
	}
}

static bool print_member_path(struct printer *p, const char *path, const char **why)
{
	char *rest = arena_printf(p->arena, "%s", path), *name = strsep(&rest, ".");
	struct step steps[PATH_MAX_STEPS];
	size_t count = 0;
	ktype_id at = kbtf_struct(p->k, name);

	if (!at)
		at = kbtf_typedef(p->k, name);
	if (!at) {
		*why = arena_printf(p->arena, "there is no struct or union `%s`", name);
		return false;
	}
	for (; (name = strsep(&rest, ".")) && count < PATH_MAX_STEPS; count++) {
		*why = take_step(p, &at, name, &steps[count]);
		if (*why)
			return false;
	}
	*why = "";
	print_path(p, path, steps, count);
	return true;
}

bool btf_answer(FILE *to, const struct kbtf *k, struct arena *a, const struct btf_query *q,
		const char **why)
{
	struct printer p = {to, k, a};

	*why = "";
	if (strchr(q->name, '.') && kbtf_function_id(k, q->name) == 0 &&
	    kbtf_variable(k, q->name) == 0)
		return print_member_path(&p, q->name, why);
	return print_named(&p, q);
}
