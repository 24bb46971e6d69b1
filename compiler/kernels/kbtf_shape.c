// SPDX-License-Identifier: Apache-2.0
/* What types are, their members, and all names. */
#include <string.h>
#include "compiler/base/arena.h"
#include "compiler/diag/diag.h"
#include "kbtf_image.h"

enum {
	ANONYMOUS_DEPTH_MAX = 16, /* anonymous members within anonymous members */
	MEMBER_STEPS_MAX = 1 << 20,
	POINTER_SIZE = 8,
};

/* ---- shapes ----------------------------------------------------------------------------- */

static const enum kshape_kind kind_shapes[NR_BTF_KINDS] = {
	[BTF_KIND_INT] = KSHAPE_INT,	 [BTF_KIND_PTR] = KSHAPE_PTR,
	[BTF_KIND_ARRAY] = KSHAPE_ARRAY, [BTF_KIND_STRUCT] = KSHAPE_STRUCT,
	[BTF_KIND_UNION] = KSHAPE_UNION, [BTF_KIND_ENUM] = KSHAPE_ENUM,
	[BTF_KIND_FWD] = KSHAPE_FWD,	 [BTF_KIND_FUNC_PROTO] = KSHAPE_FUNC_PROTO,
	[BTF_KIND_FLOAT] = KSHAPE_FLOAT, [BTF_KIND_ENUM64] = KSHAPE_ENUM,
};

/* Functions and variables are looked through as well: their shape is that of their type. */
static const struct btf_type *peel(const struct kbtf *k, ktype_id *id, const char **typedef_name)
{
	const uint32_t through = KINDS_SKIPPED | 1 << BTF_KIND_FUNC | 1 << BTF_KIND_VAR;
	const struct btf_type *t = kbtf_type(k, *id);

	for (int depth = 0; t && kind_in(t, through); depth++) {
		if (type_kind(t) == BTF_KIND_TYPEDEF && !*typedef_name)
			*typedef_name = kbtf_string(k, t->name_off);
		*id = t->type;
		t = depth < KBTF_CHAIN_MAX ? kbtf_type(k, t->type) : NULL;
	}
	if (!t)
		*id = 0;
	return t;
}

static struct btf_array array_of(const struct btf_type *t)
{
	struct btf_array a;

	memcpy(&a, t + 1, sizeof(a));
	return a;
}

/* Arrays of arrays multiply; too large is 0. */
static uint32_t array_size(const struct kbtf *k, const struct btf_type *t)
{
	uint32_t size = 1;

	for (int depth = 0; t && depth < KBTF_CHAIN_MAX; depth++) {
		struct btf_array a;

		if (type_kind(t) == BTF_KIND_PTR)
			return __builtin_mul_overflow(size, POINTER_SIZE, &size) ? 0 : size;
		if (type_kind(t) != BTF_KIND_ARRAY)
			return __builtin_mul_overflow(size, t->size, &size) ? 0 : size;
		a = array_of(t);
		if (__builtin_mul_overflow(size, a.nelems, &size))
			return 0;
		t = kbtf_strip(k, a.type);
	}
	return 0;
}

static void add_integer(struct kshape *s, const struct btf_type *t)
{
	uint32_t encoding;

	memcpy(&encoding, t + 1, sizeof(encoding));
	s->is_signed = BTF_INT_ENCODING(encoding) & BTF_INT_SIGNED;
	s->is_bool = BTF_INT_ENCODING(encoding) & BTF_INT_BOOL;
}

struct kshape kbtf_shape(const struct kbtf *k, ktype_id id)
{
	struct kshape s = {.kind = KSHAPE_VOID, .name = ""};
	const struct btf_type *t;

	s.id = id;
	t = peel(k, &s.id, &s.typedef_name);
	if (!t)
		return s;
	s.kind = kind_shapes[type_kind(t)];
	s.name = kbtf_string(k, t->name_off);
	s.member_count = type_vlen(t);
	s.size = t->size;
	if (s.kind == KSHAPE_INT) {
		add_integer(&s, t);
	} else if (s.kind == KSHAPE_ENUM) {
		s.is_signed = type_kflag(t);
	} else if (s.kind == KSHAPE_PTR) {
		s.size = POINTER_SIZE;
		s.target = t->type;
	} else if (s.kind == KSHAPE_ARRAY) {
		s.count = array_of(t).nelems;
		s.target = array_of(t).type;
		s.size = array_size(k, t);
	} else if (s.kind == KSHAPE_FUNC_PROTO || s.kind == KSHAPE_FWD) {
		s.size = 0;
		s.target = s.kind == KSHAPE_FWD ? 0 : t->type;
		s.is_union = s.kind == KSHAPE_FWD && type_kflag(t);
	}
	return s;
}

ktype_id kbtf_target(const struct kbtf *k, ktype_id id)
{
	const uint32_t refers = KINDS_SKIPPED | 1 << BTF_KIND_FUNC | 1 << BTF_KIND_VAR |
				1 << BTF_KIND_PTR | 1 << BTF_KIND_DECL_TAG;
	const struct btf_type *t = kbtf_type(k, id);

	return t && kind_in(t, refers) ? t->type : 0;
}

/* ---- members ---------------------------------------------------------------------------- */

bool kbtf_member_at(const struct kbtf *k, ktype_id id, uint32_t i, struct kmember *out)
{
	const struct btf_type *t = kbtf_strip(k, id);
	const struct btf_member *m;
	bool fields;

	if (!t || !kind_in(t, KINDS_RECORD) || i >= type_vlen(t))
		return false;
	m = (const struct btf_member *)(t + 1) + i;
	fields = type_kflag(t); /* then the offset holds the bits of bit fields as well */
	*out = (struct kmember){
		.name = kbtf_string(k, m->name_off),
		.type = m->type,
		.bit_offset = fields ? BTF_MEMBER_BIT_OFFSET(m->offset) : m->offset,
		.bits = fields ? BTF_MEMBER_BITFIELD_SIZE(m->offset) : 0,
	};
	return true;
}

struct walk {
	const struct kbtf *k;
	unsigned steps;
	bool (*take)(struct walk *w, const struct kmember *m); /* true: found, stop */
	const char *name;
	struct kmember found;
	struct arena *arena;
	const char **names;
	size_t count, room;
};

/* Members by name, those of anonymous members in their place. */
static bool walk_members(struct walk *w, ktype_id id, uint32_t base, int depth)
{
	struct kmember m;

	for (uint32_t i = 0; kbtf_member_at(w->k, id, i, &m); i++) {
		if (++w->steps > MEMBER_STEPS_MAX)
			return false;
		m.bit_offset += base;
		if (*m.name ? w->take(w, &m)
			    : depth < ANONYMOUS_DEPTH_MAX &&
				      walk_members(w, m.type, m.bit_offset, depth + 1))
			return true;
	}
	return false;
}

static bool is_wanted(struct walk *w, const struct kmember *m)
{
	w->found = *m;
	return strcmp(m->name, w->name) == 0;
}

bool kbtf_member(const struct kbtf *k, ktype_id id, const char *name, struct kmember *out)
{
	struct walk w = {.k = k, .take = is_wanted, .name = name};

	if (!*name || !walk_members(&w, id, 0, 0))
		return false;
	*out = w.found;
	return true;
}

static bool list_name(struct walk *w, const struct kmember *m)
{
	w->names = arena_grow(w->arena, w->names, w->count, &w->room, sizeof(*w->names));
	w->names[w->count++] = m->name;
	return false;
}

const char *kbtf_nearest_member(const struct kbtf *k, struct arena *a, ktype_id id,
				const char *name)
{
	struct walk w = {.k = k, .take = list_name, .arena = a};

	walk_members(&w, id, 0, 0);
	return nearest(name, w.names, w.count);
}

bool kbtf_parameter_at(const struct kbtf *k, ktype_id prototype, uint32_t i, struct kparam *out)
{
	struct kshape s = kbtf_shape(k, prototype);
	const struct btf_param *p;

	if (s.kind != KSHAPE_FUNC_PROTO || i >= s.member_count)
		return false;
	p = (const struct btf_param *)(kbtf_type(k, s.id) + 1) + i;
	*out = (struct kparam){.name = kbtf_string(k, p->name_off), .id = p->type};
	return true;
}

/* ---- enums ------------------------------------------------------------------------------ */

static void enumerator32(const struct kbtf *k, const struct btf_type *t, uint32_t i,
			 struct kenumerator *out)
{
	const struct btf_enum *e = (const struct btf_enum *)(t + 1) + i;

	out->name = kbtf_string(k, e->name_off);
	out->value = out->is_unsigned ? (int64_t)(uint32_t)e->val : e->val;
}

static void enumerator64(const struct kbtf *k, const struct btf_type *t, uint32_t i,
			 struct kenumerator *out)
{
	const struct btf_enum64 *e = (const struct btf_enum64 *)(t + 1) + i;

	out->name = kbtf_string(k, e->name_off);
	out->value = (int64_t)((uint64_t)e->val_hi32 << 32 | e->val_lo32);
}

bool kbtf_enumerator_at(const struct kbtf *k, ktype_id id, uint32_t i, struct kenumerator *out)
{
	const struct btf_type *t = kbtf_strip(k, id);

	if (!t || !kind_in(t, KINDS_ENUM) || i >= type_vlen(t))
		return false;
	out->is_unsigned = k->enum_signs && !type_kflag(t);
	if (type_kind(t) == BTF_KIND_ENUM)
		enumerator32(k, t, i, out);
	else
		enumerator64(k, t, i, out);
	return true;
}

bool kbtf_enum_value(const struct kbtf *k, const char *name, int64_t *out)
{
	struct kenumerator e;
	ktype_id in;
	uint32_t i;

	if (!kbtf_find_enumerator(k, name, &in, &i) || !kbtf_enumerator_at(k, in, i, &e))
		return false;
	*out = e.value;
	return true;
}

/* ---- by name ---------------------------------------------------------------------------- */

ktype_id kbtf_struct(const struct kbtf *k, const char *name)
{
	return kbtf_find_kind(k, name, KINDS_RECORD);
}

ktype_id kbtf_enum(const struct kbtf *k, const char *name)
{
	return kbtf_find_kind(k, name, KINDS_ENUM);
}

ktype_id kbtf_typedef(const struct kbtf *k, const char *name)
{
	return kbtf_find_kind(k, name, 1 << BTF_KIND_TYPEDEF);
}

ktype_id kbtf_variable(const struct kbtf *k, const char *name)
{
	return kbtf_find_kind(k, name, 1 << BTF_KIND_VAR);
}

ktype_id kbtf_function_id(const struct kbtf *k, const char *name)
{
	return kbtf_find_kind(k, name, 1 << BTF_KIND_FUNC);
}

static bool name_kind(const struct btf_type *t, enum kname_kind *out)
{
	switch (type_kind(t)) {
	case BTF_KIND_FUNC:
		*out = KNAME_FUNCTION;
		return true;
	case BTF_KIND_STRUCT:
		*out = KNAME_STRUCT;
		return true;
	case BTF_KIND_UNION:
		*out = KNAME_UNION;
		return true;
	case BTF_KIND_ENUM:
	case BTF_KIND_ENUM64:
		*out = KNAME_ENUM;
		return true;
	case BTF_KIND_TYPEDEF:
		*out = KNAME_TYPEDEF;
		return true;
	case BTF_KIND_VAR:
		*out = KNAME_VARIABLE;
		return true;
	default:
		return false;
	}
}

void kbtf_each_name(const struct kbtf *k, bool (*take)(void *data, const struct kname *n),
		    void *data)
{
	struct kenumerator e;

	for (uint32_t i = 0; i < k->type_count; i++) {
		struct kname n = {.id = k->first_id + i};
		const struct btf_type *t = kbtf_type(k, n.id);

		if (!t || !name_kind(t, &n.kind))
			continue;
		n.name = kbtf_string(k, t->name_off);
		if (*n.name && !take(data, &n))
			return;
		if (n.kind != KNAME_ENUM)
			continue;
		n.kind = KNAME_ENUMERATOR;
		for (n.index = 0; kbtf_enumerator_at(k, n.id, n.index, &e); n.index++) {
			n.name = e.name;
			if (!take(data, &n))
				return;
		}
	}
}

struct functions {
	bool (*take)(void *data, const char *name, ktype_id id);
	void *data;
};

static bool take_function(void *data, const struct kname *n)
{
	const struct functions *f = data;

	return n->kind != KNAME_FUNCTION || f->take(f->data, n->name, n->id);
}

void kbtf_each_function(const struct kbtf *k,
			bool (*take)(void *data, const char *name, ktype_id id), void *data)
{
	struct functions f = {take, data};

	kbtf_each_name(k, take_function, &f);
}
