// SPDX-License-Identifier: Apache-2.0
/* What tracepoints need of type information: callback types, and prototypes that compare. */
#include <string.h>
#include "compiler/base/arena.h"
#include "kbtf_image.h"

#define KEY_DEPTH 6 /* pointers and functions within each other; deeper ones count as equal */

bool kbtf_element(const struct kbtf *k, struct arena *a, const char *record, size_t member,
		  struct ktype *element, uint32_t *count)
{
	ktype_id id = kbtf_find_kind(k, record, 1 << BTF_KIND_STRUCT);
	struct kmember m;
	struct kshape shape;

	if (!id || member > UINT32_MAX || !kbtf_member_at(k, id, (uint32_t)member, &m))
		return false;
	shape = kbtf_shape(k, m.type);
	if (shape.kind != KSHAPE_ARRAY)
		return false;
	*element = kbtf_classify(k, a, shape.target);
	*count = shape.count;
	return true;
}

/* The prototype of a function, or behind a typedef of a pointer to one; NULL: it is neither. */
static const struct btf_type *prototype(const struct kbtf *k, const struct btf_type *t)
{
	if (type_kind(t) == BTF_KIND_FUNC)
		t = kbtf_type(k, t->type);
	else if (type_kind(t) == BTF_KIND_TYPEDEF)
		t = kbtf_strip(k, t->type);
	else
		return NULL;
	if (t && type_kind(t) == BTF_KIND_PTR)
		t = kbtf_strip(k, t->type);
	return t && type_kind(t) == BTF_KIND_FUNC_PROTO ? t : NULL;
}

struct each {
	const struct kbtf *k;
	enum kbtf_kind kind;
	const char *prefix;
	size_t len;
	void (*found)(void *data, const char *name, uint32_t id);
	void *data;
};

static bool visit(void *data, const struct kname *n)
{
	static const enum kname_kind kinds[] = {[KBTF_FUNCTION] = KNAME_FUNCTION,
						[KBTF_STRUCT] = KNAME_STRUCT,
						[KBTF_CALLBACK] = KNAME_TYPEDEF};
	const struct each *e = data;

	if (n->kind == kinds[e->kind] && !strncmp(n->name, e->prefix, e->len) &&
	    (e->kind != KBTF_CALLBACK || prototype(e->k, kbtf_type(e->k, n->id))))
		e->found(e->data, n->name, n->id);
	return true;
}

void kbtf_each(const struct kbtf *k, enum kbtf_kind kind, const char *prefix,
	       void (*found)(void *data, const char *name, uint32_t id), void *data)
{
	struct each e = {k, kind, prefix, strlen(prefix), found, data};

	kbtf_each_name(k, visit, &e);
}

struct kfunction *kbtf_callback(const struct kbtf *k, struct arena *a, const char *name)
{
	ktype_id id = kbtf_typedef(k, name);
	const struct btf_type *t = kbtf_type(k, id), *proto = t ? prototype(k, t) : NULL;

	return proto ? kbtf_prototype(k, a, name, id, proto) : NULL;
}

static const char *proto_key(const struct kbtf *k, struct arena *a, const struct btf_type *proto,
			     int depth);

static const char *base_key(const struct kbtf *k, struct arena *a, const struct btf_type *t)
{
	const char *name = kbtf_string(k, t->name_off);
	const char *word = kind_in(t, KINDS_ENUM)	    ? "enum "
			   : type_kind(t) == BTF_KIND_UNION ? "union "
			   : kind_in(t, KINDS_RECORD)	    ? "struct "
			   : type_kind(t) == BTF_KIND_FWD   ? "struct "
							    : "";

	if (type_kind(t) == BTF_KIND_FWD && type_kflag(t))
		word = "union ";
	return arena_printf(a, "%s%s", word, *name ? name : "(anonymous)");
}

/* `qualified`: what the type is behind a pointer, where const counts. */
static const char *type_key(const struct kbtf *k, struct arena *a, uint32_t id, bool qualified,
			    int depth)
{
	const struct btf_type *t = kbtf_type(k, id);
	const char *quals = "";

	for (int i = 0; t && kind_in(t, KINDS_SKIPPED) && i < KBTF_CHAIN_MAX; i++) {
		if (qualified && type_kind(t) == BTF_KIND_CONST)
			quals = "const ";
		t = kbtf_type(k, t->type);
	}
	if (!t)
		return arena_printf(a, "%svoid", quals);
	if (type_kind(t) == BTF_KIND_PTR)
		return arena_printf(a, "%s*%s", quals,
				    depth < KEY_DEPTH ? type_key(k, a, t->type, true, depth + 1)
						      : "");
	if (type_kind(t) == BTF_KIND_FUNC_PROTO)
		return depth < KEY_DEPTH ? proto_key(k, a, t, depth + 1) : "()";
	return arena_printf(a, "%s%s", quals, base_key(k, a, t));
}

static const char *proto_key(const struct kbtf *k, struct arena *a, const struct btf_type *proto,
			     int depth)
{
	const struct btf_param *params = (const void *)(proto + 1);
	const char *text = "(";

	for (size_t i = 0; i < type_vlen(proto); i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "",
				    type_key(k, a, params[i].type, false, depth));
	return arena_printf(a, "%s)", text);
}

const char *kbtf_prototype_key(const struct kbtf *k, struct arena *a, uint32_t id)
{
	const struct btf_type *t = kbtf_type(k, id), *proto = t ? prototype(k, t) : NULL;

	return proto ? proto_key(k, a, proto, 0) : "";
}
