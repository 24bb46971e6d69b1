// SPDX-License-Identifier: Apache-2.0
/* The index: where each type is, and types and enumerators by name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "kbtf_image.h"

enum {
	/* What can be asked for by name. */
	KINDS_NAMED = 1 << BTF_KIND_INT | 1 << BTF_KIND_STRUCT | 1 << BTF_KIND_UNION |
		      1 << BTF_KIND_ENUM | 1 << BTF_KIND_ENUM64 | 1 << BTF_KIND_FWD |
		      1 << BTF_KIND_TYPEDEF | 1 << BTF_KIND_FUNC | 1 << BTF_KIND_VAR |
		      1 << BTF_KIND_DATASEC | 1 << BTF_KIND_FLOAT,
};

static uint32_t hash(const char *name)
{
	uint32_t h = 2166136261u;

	for (; *name; name++)
		h = (h ^ (uint8_t)*name) * 16777619u;
	return h ^ h >> 15;
}

/* ---- reading ---------------------------------------------------------------------------- */

static uint64_t names_words(uint32_t buckets, uint32_t count)
{
	return (uint64_t)buckets + 1 + count;
}

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static const uint32_t *view_names(struct kbtf_names *n, uint32_t buckets, uint32_t count,
				  const uint32_t *at)
{
	*n = (struct kbtf_names){buckets, count, at, at + buckets + 1};
	return n->ids + count;
}

int kbtf_index_view(struct kbtf *k, struct bytes index, char *why, size_t why_size)
{
	const struct kbtf_index_head *h = (const void *)index.at;
	const uint32_t *at;
	uint64_t words;

	if ((uintptr_t)index.at % 4 || index.size < sizeof(*h) || h->magic != KBTF_INDEX_MAGIC ||
	    h->types_size != k->types_size || !is_power_of_two(h->name_buckets) ||
	    !is_power_of_two(h->value_buckets)) {
		snprintf(why, why_size, "the index does not belong to the type information");
		return -1;
	}
	words = h->type_count + names_words(h->name_buckets, h->name_count) +
		names_words(h->value_buckets, h->value_count);
	if ((index.size - sizeof(*h)) / 4 < words) {
		snprintf(why, why_size, "the index is cut off");
		return -1;
	}
	k->index = (struct bytes){index.at, sizeof(*h) + words * 4};
	k->type_count = h->type_count;
	k->enum_signs = h->flags & KBTF_ENUM_SIGNS || (k->base && k->base->enum_signs);
	k->offsets = (const void *)(index.at + sizeof(*h));
	at = view_names(&k->names, h->name_buckets, h->name_count, k->offsets + k->type_count);
	view_names(&k->values, h->value_buckets, h->value_count, at);
	return 0;
}

/* The ids that may have this name: from *at up to the end returned. */
static const uint32_t *bucket(const struct kbtf_names *n, const char *name, const uint32_t **at)
{
	uint32_t b = hash(name) & (n->buckets - 1), start = n->starts[b], end = n->starts[b + 1];

	if (start > end || end > n->count)
		start = end = 0;
	*at = n->ids + start;
	return n->ids + end;
}

uint32_t kbtf_find_kind(const struct kbtf *k, const char *name, uint32_t wanted)
{
	const uint32_t *at, *end = bucket(&k->names, name, &at);

	for (; at < end; at++) {
		const struct btf_type *t = kbtf_type(k, *at);

		if (t && kind_in(t, wanted) && strcmp(kbtf_string(k, t->name_off), name) == 0)
			return *at;
	}
	return k->base ? kbtf_find_kind(k->base, name, wanted) : 0;
}

bool kbtf_find_enumerator(const struct kbtf *k, const char *name, ktype_id *in, uint32_t *index)
{
	const uint32_t *at, *end = bucket(&k->values, name, &at);
	struct kenumerator e;

	for (; at < end; at++) {
		for (uint32_t i = 0; kbtf_enumerator_at(k, *at, i, &e); i++) {
			if (strcmp(e.name, name) == 0) {
				*in = *at;
				*index = i;
				return true;
			}
		}
	}
	return k->base && kbtf_find_enumerator(k->base, name, in, index);
}

struct bytes kbtf_raw(const struct kbtf *k)
{
	return k->raw;
}

struct bytes kbtf_index(const struct kbtf *k)
{
	return k->index;
}

/* ---- making ----------------------------------------------------------------------------- */

struct counts {
	uint32_t types, names, values;
	bool enum_signs;
};

/* One pass over all types: are they whole, and how many are they? */
static int count_types(const struct kbtf *k, struct counts *c, char *why, size_t why_size)
{
	*c = (struct counts){0};
	for (uint32_t at = 0, size; at < k->types_size; at += size) {
		const struct btf_type *t = (const void *)(k->types + at);

		size = kbtf_type_size(t, k->types_size - at);
		if (!size && k->types_size - at >= sizeof(*t) && type_kind(t) >= NR_BTF_KINDS) {
			snprintf(why, why_size, "type %u is of kind %u, which is not known",
				 c->types + k->first_id, type_kind(t));
			return -1;
		}
		if (!size) {
			snprintf(why, why_size, "type %u is cut off, or of no kind",
				 c->types + k->first_id);
			return -1;
		}
		c->types++;
		c->names += kind_in(t, KINDS_NAMED) && *kbtf_string(k, t->name_off);
		c->values += kind_in(t, KINDS_ENUM) ? type_vlen(t) : 0;
		c->enum_signs |= type_kind(t) == BTF_KIND_ENUM64 ||
				 (type_kind(t) == BTF_KIND_ENUM && type_kflag(t));
	}
	return 0;
}

/* Names and the types they lead to, in the order found; sorted into buckets at the end. */
struct pairs {
	struct pair {
		uint32_t hash, id;
	} * at;
	uint32_t count;
};

static void add_pair(struct pairs *p, const char *name, uint32_t id)
{
	p->at[p->count++] = (struct pair){hash(name), id};
}

static void add_enumerators(const struct kbtf *k, const struct btf_type *t, uint32_t id,
			    struct pairs *values)
{
	uint32_t step =
		type_kind(t) == BTF_KIND_ENUM ? sizeof(struct btf_enum) : sizeof(struct btf_enum64);
	const uint8_t *at = (const uint8_t *)(t + 1);

	for (uint32_t i = 0; i < type_vlen(t); i++, at += step)
		add_pair(values, kbtf_string(k, *(const uint32_t *)(const void *)at), id);
}

static void collect(const struct kbtf *k, uint32_t *offsets, struct pairs *names,
		    struct pairs *values)
{
	uint32_t id = k->first_id;

	for (uint32_t at = 0; at < k->types_size; id++) {
		const struct btf_type *t = (const void *)(k->types + at);
		const char *name = kbtf_string(k, t->name_off);

		*offsets++ = at;
		if (kind_in(t, KINDS_NAMED) && *name)
			add_pair(names, name, id);
		if (kind_in(t, KINDS_ENUM))
			add_enumerators(k, t, id, values);
		at += kbtf_type_size(t, k->types_size - at);
	}
}

/* Sorts by bucket, otherwise keeping the order; returns what follows the ids. */
static uint32_t *put_names(uint32_t *starts, uint32_t buckets, const struct pairs *p)
{
	uint32_t *ids = starts + buckets + 1;

	for (uint32_t i = 0; i < p->count; i++)
		starts[(p->at[i].hash & (buckets - 1)) + 1]++;
	for (uint32_t b = 0; b < buckets; b++)
		starts[b + 1] += starts[b];
	for (uint32_t i = p->count; i-- > 0;)
		ids[--starts[(p->at[i].hash & (buckets - 1)) + 1]] = p->at[i].id;
	/* each start is now that of the bucket before it: move them back */
	memmove(starts, starts + 1, buckets * sizeof(*starts));
	starts[buckets] = p->count;
	return ids + p->count;
}

static uint32_t buckets_for(uint32_t count)
{
	uint32_t n = 16;

	while (n < count / 2)
		n *= 2;
	return n;
}

static int build(struct kbtf *k, const struct counts *c, struct pairs *names, struct pairs *values)
{
	struct kbtf_index_head *h;
	size_t size = sizeof(*h);
	uint32_t *at;

	size += 4 * (c->types + names_words(buckets_for(c->names), c->names) +
		     names_words(buckets_for(c->values), c->values));
	h = k->own_index = calloc(1, size);
	if (!h)
		return -1;
	*h = (struct kbtf_index_head){
		.magic = KBTF_INDEX_MAGIC,
		.types_size = k->types_size,
		.type_count = c->types,
		.name_buckets = buckets_for(c->names),
		.name_count = c->names,
		.value_buckets = buckets_for(c->values),
		.value_count = c->values,
		.flags = c->enum_signs ? KBTF_ENUM_SIGNS : 0,
	};
	at = (uint32_t *)(h + 1);
	collect(k, at, names, values);
	at = put_names(at + c->types, h->name_buckets, names);
	put_names(at, h->value_buckets, values);
	k->index = (struct bytes){k->own_index, size};
	return 0;
}

int kbtf_index_build(struct kbtf *k, char *why, size_t why_size)
{
	struct pairs names = {0}, values = {0};
	struct counts c;
	int failed;

	if (count_types(k, &c, why, why_size) < 0)
		return -1;
	names.at = calloc((size_t)c.names + 1, sizeof(*names.at));
	values.at = calloc((size_t)c.values + 1, sizeof(*values.at));
	failed = !names.at || !values.at || build(k, &c, &names, &values);
	free(names.at);
	free(values.at);
	if (failed) {
		snprintf(why, why_size, "out of memory");
		return -1;
	}
	return kbtf_index_view(k, k->index, why, why_size);
}
