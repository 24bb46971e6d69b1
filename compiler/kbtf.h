/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only view of a kernel's type information (BTF): functions, their parameters, structs. */
#ifndef TGC_KBTF_H
#define TGC_KBTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct kbtf;

enum ktype_class {
	KTYPE_VOID,
	KTYPE_INT,
	KTYPE_STRUCT_PTR,
	KTYPE_CHAR_PTR,
	KTYPE_PTR,
	KTYPE_OTHER
};

struct ktype {
	enum ktype_class class;
	uint32_t bits; /* integers, enums */
	bool is_signed;
	bool is_enum;
	const char *target; /* struct name behind a pointer, else NULL */
	const char *text;   /* as C writes it: "struct file *" */
};

struct kparam {
	const char *name;
	struct ktype type;
};

struct kfunction {
	const char *name;
	struct ktype result;
	struct kparam *params;
	size_t param_count;
};

struct kfield {
	const char *name;
	struct ktype type;
	uint32_t offset, size; /* bytes */
	bool array;
};

/*
 * Opens a BTF file or an ELF file with a .BTF section. NULL on failure with a sentence in
 * `why`. The caller frees it with kbtf_close(); strings returned live in the arena given.
 */
struct kbtf *kbtf_open(const char *path, char *why, size_t why_size);
void kbtf_close(struct kbtf *k);
/* sha256 of the type information as read. */
void kbtf_digest(const struct kbtf *k, uint8_t sha256[32]);

/* NULL when the kernel has no such function. */
struct kfunction *kbtf_function(const struct kbtf *k, struct arena *a, const char *name);
/* "int f(struct file *file, int mask)" */
const char *kfunction_text(struct arena *a, const struct kfunction *f);
/* Members of a struct in order; NULL when there is none of that name. */
struct kfield *kbtf_fields(const struct kbtf *k, struct arena *a, const char *record,
			   size_t *count);
/* The element type and count of an array among the members, by number. False: it is none. */
bool kbtf_element(const struct kbtf *k, struct arena *a, const char *record, size_t member,
		  struct ktype *element, uint32_t *count);

/* What tracepoints need. A callback type is a typedef of a pointer to a function. */
enum kbtf_kind { KBTF_FUNCTION, KBTF_STRUCT, KBTF_CALLBACK };
/* Calls `found` for everything of that kind whose name starts with `prefix`, in any order.
 * `name` lives as long as `k`; `id` is for kbtf_prototype_key(). */
void kbtf_each(const struct kbtf *k, enum kbtf_kind kind, const char *prefix,
	       void (*found)(void *data, const char *name, uint32_t id), void *data);
/* The function behind a callback type, under the typedef's name. NULL: no such type. */
struct kfunction *kbtf_callback(const struct kbtf *k, struct arena *a, const char *name);
/* A text that is the same for functions and callback types to whose parameters C would let the
 * same function be assigned: typedefs, top-level qualifiers and names do not count. */
const char *kbtf_prototype_key(const struct kbtf *k, struct arena *a, uint32_t id);

/* The function (or struct) nearest in spelling whose name starts with `prefix`. NULL: none. */
const char *kbtf_nearest(const struct kbtf *k, struct arena *a, const char *prefix,
			 const char *name, bool structs);

#endif
