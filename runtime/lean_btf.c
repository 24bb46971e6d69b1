// SPDX-License-Identifier: Apache-2.0
#include <linux/btf.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/lean_btf.h"

#define KIND(k)	      (1u << BTF_KIND_##k)
#define VALUE_KINDS   (KIND(STRUCT) | KIND(UNION) | KIND(ENUM) | KIND(TYPEDEF) | KIND(ENUM64))
#define NAMED_KINDS   (VALUE_KINDS | KIND(FUNC))
#define BY_TYPE_KINDS (KIND(STRUCT) | KIND(UNION) | KIND(ENUM) | KIND(ENUM64))
#define SLOTS	      4096 /* of names; twice as many as there may be names */
#define FILTER_BITS   1024

/* A type is taken once as part of values, and once more, without members, behind a parameter. */
enum use { IN_VALUE, BEHIND_PARAMETER, USES };

struct taken {
	uint32_t id; /* in the kernel's types */
	enum use use;
};

struct making {
	const struct kernel_btf *kernel;
	struct lean_name *names;
	uint64_t filter[FILTER_BITS / 64]; /* of the first eight bytes */
	uint16_t slots[SLOTS];		   /* index of a name + 1, by its hash */
	uint32_t *offsets;		   /* of the kernel's types, by id */
	uint32_t type_count;
	uint32_t *new_ids[USES];
	struct taken *taken; /* by new id - 1 */
	uint32_t taken_count, taken_room;
	struct buffer out, strings;
	bool failed;
};

/* ---- names ---- */

static size_t essential(const char *name)
{
	const char *flavor = strstr(name, "___");

	return flavor && flavor > name ? (size_t)(flavor - name) : strlen(name);
}

/* The first eight bytes of a name that ends within `room`; zeros behind its end. */
static uint64_t first_bytes(const char *name, size_t room)
{
	uint64_t v = 0, zero;

	memcpy(&v, name, room < sizeof(v) ? room : sizeof(v));
	zero = (v - 0x0101010101010101ull) & ~v & 0x8080808080808080ull;
	return zero ? v & ((zero & -zero) - 1) : v;
}

static uint32_t filter_bit(uint64_t first)
{
	return (uint32_t)((first * 0x9e3779b97f4a7c15ull) >> 54);
}

static uint32_t slot_of(const char *name, size_t len)
{
	uint32_t hash = 2166136261u;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (uint8_t)name[i]) * 16777619u;
	return (hash ^ hash >> 16) % SLOTS;
}

static bool is_name(const struct lean_name *n, const char *name, size_t len, bool function)
{
	return n->function == function && essential(n->name) == len && !memcmp(n->name, name, len);
}

static struct lean_name *find_name(struct making *m, const char *name, size_t len, bool function,
				   uint32_t *slot)
{
	for (*slot = slot_of(name, len); m->slots[*slot]; *slot = (*slot + 1) % SLOTS) {
		struct lean_name *n = &m->names[m->slots[*slot] - 1];

		if (is_name(n, name, len, function))
			return n;
	}
	return NULL;
}

static int keep_names(struct making *m, size_t count)
{
	if (count > SLOTS / 2)
		return -1;
	for (size_t i = 0; i < count; i++) {
		struct lean_name *n = &m->names[i];
		size_t len = essential(n->name);
		uint64_t first = 0;
		uint32_t slot, bit;

		n->found = false;
		memcpy(&first, n->name, len < sizeof(first) ? len : sizeof(first));
		bit = filter_bit(first);
		m->filter[bit / 64] |= 1ull << bit % 64;
		if (len && !find_name(m, n->name, len, n->function, &slot))
			m->slots[slot] = (uint16_t)(i + 1);
	}
	return 0;
}

/* ---- the kernel's types ---- */

static struct btf_type type_at(const struct making *m, uint32_t id)
{
	struct btf_type t;

	memcpy(&t, m->kernel->types + m->offsets[id], sizeof(t));
	return t;
}

/* "" for what lies outside. */
static const char *kernel_string(const struct kernel_btf *k, uint32_t offset, size_t *room)
{
	*room = (size_t)(k->strings_end - k->strings);
	if (offset >= *room || k->strings_end[-1])
		offset = 0;
	*room -= offset;
	return k->strings + offset;
}

static uint32_t take(struct making *m, uint32_t id, enum use use)
{
	if (!id || id >= m->type_count) /* void, or what the kernel would not have let us read */
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

/* Is the type one of those that are looked for? */
static bool is_wanted(struct making *m, const struct btf_type *t, bool function)
{
	size_t room;
	const char *name = kernel_string(m->kernel, t->name_off, &room);
	uint32_t bit = filter_bit(first_bytes(name, room)), slot;
	struct lean_name *n;

	if (!(m->filter[bit / 64] >> bit % 64 & 1))
		return false;
	n = find_name(m, name, strlen(name), function, &slot);
	if (n)
		n->found = true;
	return n != NULL;
}

/* As many types as there is room for: what is not used is no memory either. */
static int make_tables(struct making *m)
{
	size_t most = (size_t)(m->kernel->types_end - m->kernel->types) / sizeof(struct btf_type);

	m->offsets = malloc((most + 1) * sizeof(*m->offsets));
	for (int use = 0; use < USES; use++)
		m->new_ids[use] = calloc(most + 1, sizeof(*m->new_ids[use]));
	return m->offsets && m->new_ids[IN_VALUE] && m->new_ids[BEHIND_PARAMETER] ? 0 : -1;
}

static void look_at(struct making *m, const uint8_t *at)
{
	uint32_t id = m->type_count++;
	unsigned int kind;
	struct btf_type t;

	memcpy(&t, at, sizeof(t));
	m->offsets[id] = (uint32_t)(at - m->kernel->types);
	kind = BTF_INFO_KIND(t.info);
	if (NAMED_KINDS >> kind & 1 && is_wanted(m, &t, kind == BTF_KIND_FUNC))
		take(m, id, kind == BTF_KIND_FUNC ? BEHIND_PARAMETER : IN_VALUE);
}

static int take_wanted(struct making *m)
{
	const uint8_t *at = m->kernel->types, *end = m->kernel->types_end;
	size_t size;

	m->type_count = 1; /* void */
	for (; at < end; at += size) {
		size = kernel_btf_type_size(at, end);
		if (!size)
			return -1;
		look_at(m, at);
	}
	return 0;
}

/* ---- the copy ---- */

static uint32_t put_string(struct making *m, uint32_t offset)
{
	size_t room;
	const char *text = kernel_string(m->kernel, offset, &room);
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
	const uint8_t *rest = m->kernel->types + m->offsets[taken.id] + sizeof(t);

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

/* A name that is there twice was looked for once. */
static void tell_found(struct making *m, size_t count)
{
	uint32_t slot;

	for (size_t i = 0; i < count; i++) {
		struct lean_name *n = &m->names[i];
		struct lean_name *same =
			find_name(m, n->name, essential(n->name), n->function, &slot);

		n->found = same && same->found;
	}
}

static int make(struct lean_btf *out, struct making *m, size_t count)
{
	if (keep_names(m, count) || make_tables(m) || take_wanted(m))
		return -1;
	tell_found(m, count);
	buffer_char(&m->strings, '\0');
	for (uint32_t i = 0; i < m->taken_count; i++) /* grows as it goes */
		put_type(m, m->taken[i]);
	return finish(out, m);
}

int lean_btf_make(struct lean_btf *out, const struct kernel_btf *kernel, struct lean_name *names,
		  size_t count)
{
	struct making m = {.kernel = kernel, .names = names};
	int result;

	*out = (struct lean_btf){0};
	result = make(out, &m, count);
	for (int use = 0; use < USES; use++)
		free(m.new_ids[use]);
	free(m.offsets);
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
