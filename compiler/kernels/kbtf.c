// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include <openssl/sha.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "kbtf_image.h"

void kbtf_digest(const struct kbtf *k, uint8_t sha256[32])
{
	SHA256(k->raw.at, k->raw.size, sha256);
}

static const char *base_text(const struct kbtf *k, struct arena *a, const struct btf_type *t)
{
	const char *name = t ? kbtf_string(k, t->name_off) : "";

	if (!t)
		return "void";
	if (!*name)
		name = "(anonymous)";
	if (kind_in(t, KINDS_ENUM))
		return arena_printf(a, "enum %s", name);
	switch (type_kind(t)) {
	case BTF_KIND_STRUCT:
		return arena_printf(a, "struct %s", name);
	case BTF_KIND_UNION:
		return arena_printf(a, "union %s", name);
	case BTF_KIND_FWD:
		return arena_printf(a, "%s %s", type_kflag(t) ? "union" : "struct", name);
	case BTF_KIND_FUNC_PROTO:
		return "function";
	case BTF_KIND_ARRAY:
		return "array";
	default:
		return name;
	}
}

/* C spelling of a type, enough for a signature that people read. */
static const char *type_text(const struct kbtf *k, struct arena *a, uint32_t id)
{
	const struct btf_type *t = kbtf_type(k, id);
	const char *stars = "", *quals = "";

	for (int depth = 0; t && depth < KBTF_CHAIN_MAX; depth++) {
		if (type_kind(t) == BTF_KIND_PTR)
			stars = arena_printf(a, "*%s", stars);
		else if (type_kind(t) == BTF_KIND_CONST && !*quals)
			quals = "const ";
		else if (!kind_in(t, KINDS_MODIFIER))
			break;
		t = kbtf_type(k, t->type);
	}
	return arena_printf(a, "%s%s%s%s", quals, base_text(k, a, t), *stars ? " " : "", stars);
}

static void classify_pointer(const struct kbtf *k, const struct btf_type *t, struct ktype *out)
{
	const struct btf_type *to = kbtf_strip(k, t->type);

	out->class = KTYPE_PTR;
	out->bits = 64;
	if (!to)
		return;
	if (kind_in(to, KINDS_RECORD | 1 << BTF_KIND_FWD)) {
		out->class = KTYPE_STRUCT_PTR;
		out->target = kbtf_string(k, to->name_off);
	} else if (type_kind(to) == BTF_KIND_INT && to->size == 1) {
		out->class = KTYPE_CHAR_PTR;
	}
}

struct ktype kbtf_classify(const struct kbtf *k, struct arena *a, ktype_id id)
{
	struct ktype out = {.class = KTYPE_OTHER, .text = type_text(k, a, id)};
	const struct btf_type *t = kbtf_strip(k, id);

	if (!t) {
		out.class = KTYPE_VOID;
	} else if (type_kind(t) == BTF_KIND_INT) {
		out.class = KTYPE_INT;
		out.bits = t->size * 8;
		out.is_signed = kbtf_shape(k, id).is_signed;
	} else if (kind_in(t, KINDS_ENUM)) {
		out.class = KTYPE_INT;
		out.is_enum = true;
		out.bits = t->size * 8;
		out.is_signed = type_kflag(t);
	} else if (type_kind(t) == BTF_KIND_PTR) {
		classify_pointer(k, t, &out);
	}
	return out;
}

static struct kparam parameter(const struct kbtf *k, struct arena *a, const struct btf_param *p)
{
	return (struct kparam){
		.name = kbtf_string(k, p->name_off),
		.type = kbtf_classify(k, a, p->type),
		.id = p->type,
	};
}

struct kfunction *kbtf_prototype(const struct kbtf *k, struct arena *a, const char *name,
				 ktype_id id, const struct btf_type *proto)
{
	const struct btf_param *params = (const void *)(proto + 1);
	struct kfunction *f = arena_alloc(a, sizeof(*f));

	f->name = arena_printf(a, "%s", name);
	f->id = id;
	f->result_id = proto->type;
	f->result = kbtf_classify(k, a, proto->type);
	f->param_count = type_vlen(proto);
	f->params = arena_array(a, f->param_count, sizeof(*f->params));
	for (size_t i = 0; i < f->param_count; i++)
		f->params[i] = parameter(k, a, &params[i]);
	return f;
}

struct kfunction *kbtf_function(const struct kbtf *k, struct arena *a, const char *name)
{
	ktype_id id = kbtf_function_id(k, name);
	const struct btf_type *t = kbtf_type(k, id);
	const struct btf_type *proto = t ? kbtf_type(k, t->type) : NULL;

	if (!proto || type_kind(proto) != BTF_KIND_FUNC_PROTO)
		return NULL;
	return kbtf_prototype(k, a, name, id, proto);
}

const char *kfunction_text(struct arena *a, const struct kfunction *f)
{
	const char *text = arena_printf(a, "%s %s(", f->result.text, f->name);

	for (size_t i = 0; i < f->param_count; i++) {
		const struct kparam *p = &f->params[i];
		size_t len = strlen(p->type.text);
		bool pointer = len && p->type.text[len - 1] == '*';

		text = arena_printf(a, "%s%s%s%s%s", text, i ? ", " : "", p->type.text,
				    pointer ? "" : " ", p->name);
	}
	return arena_printf(a, "%s%s)", text, f->param_count ? "" : "void");
}

struct kfield *kbtf_fields(const struct kbtf *k, struct arena *a, const char *record, size_t *count)
{
	ktype_id id = kbtf_find_kind(k, record, 1 << BTF_KIND_STRUCT);
	const struct btf_type *t = kbtf_type(k, id);
	struct kfield *fields;
	struct kmember m;

	*count = 0;
	if (!t)
		return NULL;
	fields = arena_array(a, (size_t)type_vlen(t) + 1, sizeof(*fields));
	for (uint32_t i = 0; kbtf_member_at(k, id, i, &m); i++) {
		struct kshape shape = kbtf_shape(k, m.type);

		fields[(*count)++] = (struct kfield){
			.name = m.name,
			.type = kbtf_classify(k, a, m.type),
			.offset = m.bit_offset / 8,
			.size = shape.size,
			.array = shape.kind == KSHAPE_ARRAY,
		};
	}
	return fields;
}

struct search {
	struct arena *arena;
	const char *prefix, **names;
	size_t prefix_len, len, count, room;
	bool structs;
};

/* Names whose length alone makes them too far away to be what was meant are left out. */
static bool add_candidate(void *data, const struct kname *n)
{
	struct search *s = data;
	size_t len;

	if (n->kind != (s->structs ? KNAME_STRUCT : KNAME_FUNCTION) ||
	    strncmp(n->name, s->prefix, s->prefix_len))
		return true;
	len = strlen(n->name) - s->prefix_len;
	if (len > s->len + s->len / 2 + 1 || s->len > len + s->len / 2 + 1)
		return true;
	s->names = arena_grow(s->arena, s->names, s->count, &s->room, sizeof(*s->names));
	s->names[s->count++] = n->name + s->prefix_len;
	return true;
}

const char *kbtf_nearest(const struct kbtf *k, struct arena *a, const char *prefix,
			 const char *name, bool structs)
{
	struct search s = {
		.arena = a,
		.prefix = prefix,
		.prefix_len = strlen(prefix),
		.len = strlen(name),
		.structs = structs,
	};

	kbtf_each_name(k, add_candidate, &s);
	return nearest(name, s.names, s.count);
}
