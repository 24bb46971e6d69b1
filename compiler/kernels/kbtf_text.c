// SPDX-License-Identifier: Apache-2.0
/* Types in C: declarators, built from the inside out. */
#include <string.h>
#include "compiler/base/arena.h"
#include "kbtf_image.h"

enum {
	PARTS_MAX = 1024, /* of one text; hostile types could describe an endless one */
	NESTED_MAX = 4,	  /* prototypes within parameters of prototypes */
};

struct speller {
	const struct kbtf *k;
	struct arena *arena;
	unsigned parts;
	int nested;
};

static const char *spell(struct speller *s, uint32_t id, const char *inner);

static const char *base_text(struct speller *s, const struct btf_type *t)
{
	const char *name = kbtf_string(s->k, t->name_off), *keyword = NULL;

	if (kind_in(t, KINDS_ENUM))
		keyword = "enum";
	else if (type_kind(t) == BTF_KIND_STRUCT)
		keyword = "struct";
	else if (type_kind(t) == BTF_KIND_UNION)
		keyword = "union";
	else if (type_kind(t) == BTF_KIND_FWD)
		keyword = type_kflag(t) ? "union" : "struct";
	if (!keyword)
		return *name ? name : "(anonymous)";
	return arena_printf(s->arena, "%s %s", keyword, *name ? name : "{...}");
}

/* Behind a pointer these need parentheses: they bind more tightly. */
static bool binds_tightly(const struct kbtf *k, uint32_t id)
{
	const struct btf_type *t = kbtf_type(k, id);

	for (int depth = 0; t && kind_in(t, KINDS_MODIFIER) && depth < KBTF_CHAIN_MAX; depth++)
		t = kbtf_type(k, t->type);
	return t && (type_kind(t) == BTF_KIND_ARRAY || type_kind(t) == BTF_KIND_FUNC_PROTO);
}

static const char *parameters(struct speller *s, const struct btf_type *t)
{
	const struct btf_param *p = (const struct btf_param *)(t + 1);
	const char *text = "";

	if (!type_vlen(t))
		return "void";
	if (s->nested >= NESTED_MAX)
		return "...";
	s->nested++;
	for (uint32_t i = 0; i < type_vlen(t); i++) {
		bool dots = !p[i].type && !p[i].name_off;

		text = arena_printf(s->arena, "%s%s%s", text, i ? ", " : "",
				    dots ? "..."
					 : spell(s, p[i].type, kbtf_string(s->k, p[i].name_off)));
		if (s->parts > PARTS_MAX)
			break;
	}
	s->nested--;
	return text;
}

static const char *qualifiers(struct speller *s, const char *so_far, const struct btf_type *t)
{
	const char *word = type_kind(t) == BTF_KIND_CONST      ? "const "
			   : type_kind(t) == BTF_KIND_VOLATILE ? "volatile "
			   : type_kind(t) == BTF_KIND_RESTRICT ? "restrict "
							       : "";

	return strstr(so_far, word) ? so_far : arena_printf(s->arena, "%s%s", so_far, word);
}

static const char *pointer(struct speller *s, const struct btf_type *t, const char *quals,
			   const char *inner)
{
	size_t len = strlen(quals);

	if (len && !*inner) /* "*const", without the space behind it */
		quals = arena_strndup(s->arena, quals, len - 1);
	if (binds_tightly(s->k, t->type))
		return arena_printf(s->arena, "(*%s%s)", quals, inner);
	return arena_printf(s->arena, "*%s%s", quals, inner);
}

static const char *spell(struct speller *s, uint32_t id, const char *inner)
{
	const char *quals = "", *base = "void";
	const struct btf_type *t;
	struct btf_array array;

	for (t = kbtf_type(s->k, id); t; t = kbtf_type(s->k, id)) {
		if (++s->parts > PARTS_MAX)
			return "...";
		id = t->type;
		if (kind_in(t, KINDS_MODIFIER)) {
			quals = qualifiers(s, quals, t);
		} else if (type_kind(t) == BTF_KIND_PTR) {
			inner = pointer(s, t, quals, inner);
			quals = "";
		} else if (type_kind(t) == BTF_KIND_ARRAY) {
			memcpy(&array, t + 1, sizeof(array));
			inner = arena_printf(s->arena, "%s[%u]", inner, array.nelems);
			id = array.type;
		} else if (type_kind(t) == BTF_KIND_FUNC_PROTO) {
			inner = arena_printf(s->arena, "%s(%s)", inner, parameters(s, t));
		} else if (type_kind(t) != BTF_KIND_FUNC && type_kind(t) != BTF_KIND_VAR) {
			base = base_text(s, t);
			break;
		}
	}
	return arena_printf(s->arena, "%s%s%s%s", quals, base, *inner ? " " : "", inner);
}

const char *kbtf_declare(const struct kbtf *k, struct arena *a, ktype_id id, const char *name)
{
	struct speller s = {.k = k, .arena = a};

	return spell(&s, id, name);
}

const char *kbtf_type_text(const struct kbtf *k, struct arena *a, ktype_id id)
{
	return kbtf_declare(k, a, id, "");
}
