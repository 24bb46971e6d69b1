/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside kbtf: type information as bytes, and its index. Nothing in either is trusted: what
 * kbtf_type() returns lies within the bytes with all its members, and what kbtf_string()
 * returns ends within them. Ids in a type are just numbers until they go through kbtf_type();
 * chains of them may be loops.
 *
 * An index is a block of 32-bit numbers, the same in memory and in a kernel profile:
 *
 *   struct kbtf_index_head
 *   offsets[type_count]     of each type, in the part of the bytes that holds types
 *   starts[buckets + 1]     for names of types: where a bucket begins in `ids`
 *   ids[count]              by bucket, then ascending
 *   starts, ids             the same for names of enumerators: ids of their enums
 */
#ifndef TGC_KBTF_IMAGE_H
#define TGC_KBTF_IMAGE_H

#include <linux/btf.h>
#include "kbtf.h"
#include "compiler/base/mapped_file.h"

enum {
	KBTF_CHAIN_MAX = 32, /* modifiers, typedefs or arrays in a row */
	KBTF_INDEX_MAGIC = 0x31494b54,
};

struct kbtf_index_head {
	uint32_t magic, types_size; /* of what it is an index */
	uint32_t type_count;
	uint32_t name_buckets, name_count; /* buckets: a power of two */
	uint32_t value_buckets, value_count;
	uint32_t flags;
};

enum {
	/* Its enums say whether they are signed. Those made before that was possible do not, and
	 * all their values are int. */
	KBTF_ENUM_SIGNS = 1,
};

struct kbtf_names {
	uint32_t buckets, count;
	const uint32_t *starts, *ids;
};

struct kbtf {
	struct bytes raw; /* header and all */
	const uint8_t *types;
	const char *strings;
	uint32_t types_size, strings_size;

	const struct kbtf *base;	 /* of split type information, else NULL; borrowed */
	uint32_t first_id, first_string; /* what comes before is the base's */

	struct bytes index;
	const uint32_t *offsets;
	uint32_t type_count;
	bool enum_signs; /* its own, or its base's */
	struct kbtf_names names, values;

	struct mapped_file file; /* what is owned: all may be empty */
	void *own_raw, *own_index;
};

/* NULL for 0 (void) and for ids that are not there. */
const struct btf_type *kbtf_type(const struct kbtf *k, uint32_t id);
/* Behind modifiers and typedefs; NULL for void, and where a chain does not end. */
const struct btf_type *kbtf_strip(const struct kbtf *k, uint32_t id);
const char *kbtf_string(const struct kbtf *k, uint32_t offset);

/* The same for untrusted bytes: the size of a type with its members, 0 when they do not fit. */
uint32_t kbtf_type_size(const struct btf_type *t, uint32_t room);

/* The first type of this name that `wanted` (a mask of 1 << BTF_KIND_...) takes; 0: none. A
 * split one's own types come before its base's. */
uint32_t kbtf_find_kind(const struct kbtf *k, const char *name, uint32_t wanted);

/* A function from its prototype, a BTF_KIND_FUNC_PROTO. kbtf.c */
struct kfunction *kbtf_prototype(const struct kbtf *k, struct arena *a, const char *name,
				 ktype_id id, const struct btf_type *proto);

/* Makes or takes the index of what is open otherwise. 0, or -1 with a sentence. */
int kbtf_index_build(struct kbtf *k, char *why, size_t why_size);
int kbtf_index_view(struct kbtf *k, struct bytes index, char *why, size_t why_size);

static inline uint32_t type_kind(const struct btf_type *t)
{
	return BTF_INFO_KIND(t->info);
}

static inline uint32_t type_vlen(const struct btf_type *t)
{
	return BTF_INFO_VLEN(t->info);
}

static inline bool type_kflag(const struct btf_type *t)
{
	return BTF_INFO_KFLAG(t->info);
}

static inline bool kind_in(const struct btf_type *t, uint32_t mask)
{
	return mask >> type_kind(t) & 1;
}

enum {
	KINDS_RECORD = 1 << BTF_KIND_STRUCT | 1 << BTF_KIND_UNION,
	KINDS_ENUM = 1 << BTF_KIND_ENUM | 1 << BTF_KIND_ENUM64,
	KINDS_MODIFIER = 1 << BTF_KIND_VOLATILE | 1 << BTF_KIND_CONST | 1 << BTF_KIND_RESTRICT |
			 1 << BTF_KIND_TYPE_TAG,
	KINDS_SKIPPED = KINDS_MODIFIER | 1 << BTF_KIND_TYPEDEF,
};

#endif
