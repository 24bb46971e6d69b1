// SPDX-License-Identifier: Apache-2.0
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/lean_btf.h"

#define KIND(k)	      (1u << BTF_KIND_##k)
#define BY_TYPE_KINDS (KIND(STRUCT) | KIND(UNION) | KIND(ENUM) | KIND(ENUM64))

/* A type is taken once as part of values, and once more, without members, behind a parameter. */
enum use { IN_VALUE, BEHIND_PARAMETER, USES };

struct taken {
	uint32_t id; /* in the kernel's types */
	enum use use;
};

struct making {
	const struct kernel_btf *kernel;
	uint32_t *new_ids[USES];
	struct taken *taken; /* by new id - 1 */
	uint32_t taken_count, taken_room;
	struct buffer out, strings;
	bool failed;
};

static size_t essential(const char *name)
{
	const char *flavor = strstr(name, "___");

	return flavor && flavor > name ? (size_t)(flavor - name) : strlen(name);
}

/* ---- the kernel's types ---- */

static struct btf_type type_at(const struct making *m, uint32_t id)
{
	struct btf_type t;

	memcpy(&t, kernel_btf_type(m->kernel, id), sizeof(t));
	return t;
}

static uint32_t take(struct making *m, uint32_t id, enum use use)
{
	if (!id || id >= m->kernel->count) /* void, or what the kernel would not have let us read */
		return 0;
	if (m->new_ids[use][id])
		return m->new_ids[use][id];
	if (m->taken_count == m->taken_room) {
		uint32_t room = m->taken_room ? 2 * m->taken_room : 1024;
		struct taken *larger = realloc(m->taken, room * sizeof(*larger));

		if (!larger) {
			m->failed = true;
			return 0;
		}
		m->taken = larger;
		m->taken_room = room;
	}
	m->taken[m->taken_count++] = (struct taken){id, use};
	return m->new_ids[use][id] = m->taken_count;
}

static void take_named(struct making *m, struct lean_name *n)
{
	size_t len = essential(n->name);
	uint32_t id = 0;

	n->found = false;
	while (len && (id = kernel_btf_named(m->kernel, n->name, len, id))) {
		bool function = BTF_INFO_KIND(type_at(m, id).info) == BTF_KIND_FUNC;

		if (function != n->function)
			continue;
		take(m, id, function ? BEHIND_PARAMETER : IN_VALUE);
		n->found = true;
	}
}

/* ---- the copy ---- */

static uint32_t put_string(struct making *m, uint32_t offset)
{
	const char *text = kernel_btf_string(m->kernel, offset);
	uint32_t at = (uint32_t)m->strings.size;

	if (!*text)
		return 0;
	buffer_text(&m->strings, text);
	buffer_char(&m->strings, '\0');
	return at;
}

static void put_members(struct making *m, const uint8_t *at, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct btf_member member;

		memcpy(&member, at + i * sizeof(member), sizeof(member));
		member.name_off = put_string(m, member.name_off);
		member.type = take(m, member.type, IN_VALUE);
		buffer_append(&m->out, &member, sizeof(member));
	}
}

/* Values of 32 or 64 bits; both begin with the name. */
static void put_words(struct making *m, const uint8_t *at, uint32_t count, size_t size)
{
	for (uint32_t i = 0; i < count; i++) {
		uint32_t name;

		memcpy(&name, at + i * size, sizeof(name));
		name = put_string(m, name);
		buffer_append(&m->out, &name, sizeof(name));
		buffer_append(&m->out, at + i * size + sizeof(name), size - sizeof(name));
	}
}

static void put_params(struct making *m, const uint8_t *at, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct btf_param param;

		memcpy(&param, at + i * sizeof(param), sizeof(param));
		param.name_off = 0;
		param.type = take(m, param.type, BEHIND_PARAMETER);
		buffer_append(&m->out, &param, sizeof(param));
	}
}

static void put_array(struct making *m, const uint8_t *at, enum use use)
{
	struct btf_array array;

	memcpy(&array, at, sizeof(array));
	array.type = take(m, array.type, use);
	array.index_type = take(m, array.index_type, use);
	buffer_append(&m->out, &array, sizeof(array));
}

/* What follows a type's head. */
static void put_rest(struct making *m, const struct btf_type *t, const uint8_t *at, enum use use)
{
	uint32_t count = BTF_INFO_VLEN(t->info);

	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_INT:
		buffer_append(&m->out, at, sizeof(uint32_t));
		break;
	case BTF_KIND_ARRAY:
		put_array(m, at, use);
		break;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		put_members(m, at, count);
		break;
	case BTF_KIND_ENUM:
		put_words(m, at, count, sizeof(struct btf_enum));
		break;
	case BTF_KIND_ENUM64:
		put_words(m, at, count, sizeof(struct btf_enum64));
		break;
	case BTF_KIND_FUNC_PROTO:
		put_params(m, at, count);
		break;
	}
}

/* What a type's third word refers to; that of others is a size, or nothing. */
static uint32_t new_reference(struct making *m, const struct btf_type *t, enum use use)
{
	switch (BTF_INFO_KIND(t->info)) {
	case BTF_KIND_PTR:
		return use == IN_VALUE ? 0 : take(m, t->type, use);
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_TYPE_TAG:
	case BTF_KIND_FUNC:
	case BTF_KIND_FUNC_PROTO:
		return take(m, t->type, use);
	default:
		return t->type;
	}
}

/* Without members there is no name either, lest it be taken for the whole type. */
static void put_type(struct making *m, struct taken taken)
{
	struct btf_type t = type_at(m, taken.id);
	const uint8_t *rest = kernel_btf_type(m->kernel, taken.id) + sizeof(t);

	t.type = new_reference(m, &t, taken.use);
	if (taken.use == BEHIND_PARAMETER && BY_TYPE_KINDS >> BTF_INFO_KIND(t.info) & 1) {
		t.name_off = 0;
		t.info &= ~0xffffu;
	} else {
		t.name_off = put_string(m, t.name_off);
	}
	buffer_append(&m->out, &t, sizeof(t));
	put_rest(m, &t, rest, taken.use);
}

static void put_header(struct buffer *bytes, uint32_t types, uint32_t strings)
{
	struct btf_header h = {.magic = BTF_MAGIC,
			       .version = BTF_VERSION,
			       .hdr_len = sizeof(h),
			       .type_len = types,
			       .str_off = types,
			       .str_len = strings};

	buffer_append(bytes, &h, sizeof(h));
}

static int finish(struct lean_btf *out, struct making *m)
{
	out->ids = calloc(m->taken_count + 1, sizeof(*out->ids));
	put_header(&out->bytes, (uint32_t)m->out.size, (uint32_t)m->strings.size);
	buffer_append(&out->bytes, m->out.data, m->out.size);
	buffer_append(&out->bytes, m->strings.data, m->strings.size);
	if (!out->ids || m->failed || m->out.failed || m->strings.failed || out->bytes.failed)
		return -1;
	for (uint32_t i = 0; i < m->taken_count; i++)
		out->ids[i + 1] = m->taken[i].id;
	out->count = m->taken_count + 1;
	return 0;
}

static int make(struct lean_btf *out, struct making *m, struct lean_name *names, size_t count)
{
	for (int use = 0; use < USES; use++) {
		m->new_ids[use] = calloc(m->kernel->count, sizeof(*m->new_ids[use]));
		if (!m->new_ids[use])
			return -1;
	}
	for (size_t i = 0; i < count; i++)
		take_named(m, &names[i]);
	buffer_char(&m->strings, '\0');
	for (uint32_t i = 0; i < m->taken_count; i++) /* grows as it goes */
		put_type(m, m->taken[i]);
	return finish(out, m);
}

int lean_btf_make(struct lean_btf *out, const struct kernel_btf *kernel, struct lean_name *names,
		  size_t count)
{
	struct making m = {.kernel = kernel};
	int result;

	*out = (struct lean_btf){0};
	result = make(out, &m, names, count);
	for (int use = 0; use < USES; use++)
		free(m.new_ids[use]);
	free(m.taken);
	buffer_free(&m.out);
	buffer_free(&m.strings);
	if (result)
		lean_btf_free(out);
	return result;
}

void lean_btf_free(struct lean_btf *lean)
{
	buffer_free(&lean->bytes);
	free(lean->ids);
	*lean = (struct lean_btf){0};
}
