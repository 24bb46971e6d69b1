// SPDX-License-Identifier: Apache-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <openssl/sha.h>
#include "arena.h"
#include "diag.h"
#include "kbtf.h"

struct kbtf {
	struct btf *btf;
};

static int silent(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level;
	(void)format;
	(void)args;
	return 0;
}

struct kbtf *kbtf_open(const char *path, char *why, size_t why_size)
{
	struct kbtf *k;
	struct btf *btf;

	libbpf_set_print(silent);
	btf = btf__parse(path, NULL);
	if (!btf) {
		snprintf(why, why_size, "cannot read kernel type information from %s: %s", path,
			 strerror(errno));
		return NULL;
	}
	k = malloc(sizeof(*k));
	if (!k) {
		btf__free(btf);
		snprintf(why, why_size, "out of memory");
		return NULL;
	}
	k->btf = btf;
	return k;
}

void kbtf_close(struct kbtf *k)
{
	if (!k)
		return;
	btf__free(k->btf);
	free(k);
}

void kbtf_digest(const struct kbtf *k, uint8_t sha256[32])
{
	uint32_t size;
	const void *data = btf__raw_data(k->btf, &size);

	SHA256(data, size, sha256);
}

static const struct btf_type *type_at(const struct kbtf *k, uint32_t id)
{
	return btf__type_by_id(k->btf, id);
}

static const char *name_at(const struct kbtf *k, uint32_t offset)
{
	return btf__name_by_offset(k->btf, offset);
}

static const struct btf_type *strip(const struct kbtf *k, uint32_t id)
{
	const struct btf_type *t = type_at(k, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t)))
		t = type_at(k, t->type);
	return t;
}

static const char *base_text(const struct kbtf *k, struct arena *a, const struct btf_type *t)
{
	const char *name = t ? name_at(k, t->name_off) : "";

	if (!t)
		return "void";
	if (!*name)
		name = "(anonymous)";
	if (btf_is_struct(t) || (btf_is_fwd(t) && !btf_kflag(t)))
		return arena_printf(a, "struct %s", name);
	if (btf_is_union(t) || btf_is_fwd(t))
		return arena_printf(a, "union %s", name);
	if (btf_is_any_enum(t))
		return arena_printf(a, "enum %s", name);
	if (btf_is_func_proto(t))
		return "function";
	if (btf_is_array(t))
		return "array";
	return name;
}

/* C spelling of a type, enough for a signature that people read. */
static const char *type_text(const struct kbtf *k, struct arena *a, uint32_t id)
{
	const char *stars = "", *quals = "";
	const struct btf_type *t;

	for (int depth = 0; id && depth < 32; depth++) {
		t = type_at(k, id);
		if (btf_is_ptr(t))
			stars = arena_printf(a, "*%s", stars);
		else if (btf_is_const(t) && !*quals)
			quals = "const ";
		else if (!btf_is_mod(t))
			break;
		id = t->type;
	}
	t = id ? type_at(k, id) : NULL;
	return arena_printf(a, "%s%s%s%s", quals, base_text(k, a, t), *stars ? " " : "", stars);
}

static void classify_pointer(const struct kbtf *k, const struct btf_type *t, struct ktype *out)
{
	const struct btf_type *to = t->type ? strip(k, t->type) : NULL;

	out->class = KTYPE_PTR;
	out->bits = 64;
	if (!to)
		return;
	if (btf_is_composite(to) || btf_is_fwd(to)) {
		out->class = KTYPE_STRUCT_PTR;
		out->target = name_at(k, to->name_off);
	} else if (btf_is_int(to) && to->size == 1) {
		out->class = KTYPE_CHAR_PTR;
	}
}

static struct ktype classify(const struct kbtf *k, struct arena *a, uint32_t id)
{
	struct ktype out = {.class = KTYPE_OTHER, .text = type_text(k, a, id)};
	const struct btf_type *t = id ? strip(k, id) : NULL;

	if (!t) {
		out.class = KTYPE_VOID;
	} else if (btf_is_int(t)) {
		out.class = KTYPE_INT;
		out.bits = t->size * 8;
		out.is_signed = btf_int_encoding(t) & BTF_INT_SIGNED;
	} else if (btf_is_any_enum(t)) {
		out.class = KTYPE_INT;
		out.is_enum = true;
		out.bits = t->size * 8;
		out.is_signed = btf_kflag(t);
	} else if (btf_is_ptr(t)) {
		classify_pointer(k, t, &out);
	}
	return out;
}

static struct kfunction *function_of(const struct kbtf *k, struct arena *a, const char *name,
				     const struct btf_type *proto)
{
	const struct btf_param *params = btf_params(proto);
	struct kfunction *f = arena_alloc(a, sizeof(*f));

	f->name = arena_printf(a, "%s", name);
	f->result = classify(k, a, proto->type);
	f->param_count = btf_vlen(proto);
	f->params = arena_array(a, f->param_count, sizeof(*f->params));
	for (size_t i = 0; i < f->param_count; i++) {
		f->params[i].name = name_at(k, params[i].name_off);
		f->params[i].type = classify(k, a, params[i].type);
	}
	return f;
}

struct kfunction *kbtf_function(const struct kbtf *k, struct arena *a, const char *name)
{
	int id = btf__find_by_name_kind(k->btf, name, BTF_KIND_FUNC);

	return id < 0 ? NULL : function_of(k, a, name, type_at(k, type_at(k, id)->type));
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

static uint32_t field_size(const struct kbtf *k, uint32_t id)
{
	int64_t size = btf__resolve_size(k->btf, id);

	return size > 0 ? (uint32_t)size : 0;
}

struct kfield *kbtf_fields(const struct kbtf *k, struct arena *a, const char *record, size_t *count)
{
	int id = btf__find_by_name_kind(k->btf, record, BTF_KIND_STRUCT);
	const struct btf_type *t;
	const struct btf_member *m;
	struct kfield *fields;

	*count = 0;
	if (id < 0)
		return NULL;
	t = type_at(k, id);
	m = btf_members(t);
	*count = btf_vlen(t);
	fields = arena_array(a, *count + 1, sizeof(*fields));
	for (size_t i = 0; i < *count; i++) {
		const struct btf_type *to = strip(k, m[i].type);

		fields[i] = (struct kfield){
			.name = name_at(k, m[i].name_off),
			.type = classify(k, a, m[i].type),
			.offset = btf_member_bit_offset(t, i) / 8,
			.size = field_size(k, m[i].type),
			.array = to && btf_is_array(to),
		};
	}
	return fields;
}

bool kbtf_element(const struct kbtf *k, struct arena *a, const char *record, size_t member,
		  struct ktype *element, uint32_t *count)
{
	int id = btf__find_by_name_kind(k->btf, record, BTF_KIND_STRUCT);
	const struct btf_type *t;

	if (id < 0 || member >= btf_vlen(type_at(k, id)))
		return false;
	t = strip(k, btf_members(type_at(k, id))[member].type);
	if (!t || !btf_is_array(t))
		return false;
	*element = classify(k, a, btf_array(t)->type);
	*count = btf_array(t)->nelems;
	return true;
}

/* ---- tracepoints ----------------------------------------------------------------------- */

#define KEY_DEPTH 6 /* pointers and functions within each other; deeper ones count as equal */

/* The prototype of a function, or behind a typedef of a pointer to one; NULL: it is neither. */
static const struct btf_type *prototype(const struct kbtf *k, const struct btf_type *t)
{
	if (btf_is_func(t))
		return type_at(k, t->type);
	t = btf_is_typedef(t) ? strip(k, t->type) : NULL;
	t = t && btf_is_ptr(t) ? strip(k, t->type) : NULL;
	return t && btf_is_func_proto(t) ? t : NULL;
}

void kbtf_each(const struct kbtf *k, enum kbtf_kind kind, const char *prefix,
	       void (*found)(void *data, const char *name, uint32_t id), void *data)
{
	uint32_t total = btf__type_cnt(k->btf);
	size_t len = strlen(prefix);

	for (uint32_t id = 1; id < total; id++) {
		const struct btf_type *t = type_at(k, id);
		const char *name = name_at(k, t->name_off);
		bool fits = kind == KBTF_FUNCTION ? btf_is_func(t)
			    : kind == KBTF_STRUCT ? btf_is_struct(t)
						  : btf_is_typedef(t);

		if (!fits || strncmp(name, prefix, len))
			continue;
		if (kind != KBTF_CALLBACK || prototype(k, t))
			found(data, name, id);
	}
}

struct kfunction *kbtf_callback(const struct kbtf *k, struct arena *a, const char *name)
{
	int id = btf__find_by_name_kind(k->btf, name, BTF_KIND_TYPEDEF);
	const struct btf_type *proto = id < 0 ? NULL : prototype(k, type_at(k, id));

	return proto ? function_of(k, a, name, proto) : NULL;
}

static const char *proto_key(const struct kbtf *k, struct arena *a, const struct btf_type *proto,
			     int depth);

/* `qualified`: what the type is behind a pointer, where const counts. */
static const char *type_key(const struct kbtf *k, struct arena *a, uint32_t id, bool qualified,
			    int depth)
{
	const struct btf_type *t = id ? type_at(k, id) : NULL;
	const char *quals = "";

	while (t && (btf_is_mod(t) || btf_is_typedef(t))) {
		if (qualified && btf_is_const(t))
			quals = "const ";
		t = t->type ? type_at(k, t->type) : NULL;
	}
	if (!t)
		return arena_printf(a, "%svoid", quals);
	if (btf_is_ptr(t))
		return arena_printf(a, "%s*%s", quals,
				    depth < KEY_DEPTH ? type_key(k, a, t->type, true, depth + 1)
						      : "");
	if (btf_is_func_proto(t))
		return depth < KEY_DEPTH ? proto_key(k, a, t, depth + 1) : "()";
	return arena_printf(a, "%s%s", quals, base_text(k, a, t));
}

static const char *proto_key(const struct kbtf *k, struct arena *a, const struct btf_type *proto,
			     int depth)
{
	const struct btf_param *params = btf_params(proto);
	const char *text = "(";

	for (size_t i = 0; i < btf_vlen(proto); i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "",
				    type_key(k, a, params[i].type, false, depth));
	return arena_printf(a, "%s)", text);
}

const char *kbtf_prototype_key(const struct kbtf *k, struct arena *a, uint32_t id)
{
	const struct btf_type *t = type_at(k, id), *proto = t ? prototype(k, t) : NULL;

	return proto ? proto_key(k, a, proto, 0) : "";
}

const char *kbtf_nearest(const struct kbtf *k, struct arena *a, const char *prefix,
			 const char *name, bool structs)
{
	uint32_t total = btf__type_cnt(k->btf);
	size_t prefix_len = strlen(prefix), count = 0, room = 0;
	const char **names = NULL, *best;

	for (uint32_t id = 1; id < total; id++) {
		const struct btf_type *t = type_at(k, id);
		const char *candidate;

		if (structs ? !btf_is_struct(t) : !btf_is_func(t))
			continue;
		candidate = name_at(k, t->name_off);
		if (strncmp(candidate, prefix, prefix_len))
			continue;
		names = arena_grow(a, names, count, &room, sizeof(*names));
		names[count++] = candidate + prefix_len;
	}
	best = nearest(name, names, count);
	return best;
}
