/* SPDX-License-Identifier: Apache-2.0 */
/* Read-only view of a kernel's type information (BTF): functions, their parameters, structs. */
#ifndef TGC_KBTF_H
#define TGC_KBTF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/bytes.h"

struct arena;
struct kbtf;

/* A type by its number in one kernel's type information; 0 is void. Numbers that are not there
 * are allowed everywhere and give what void gives. */
typedef uint32_t ktype_id;

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
	ktype_id id;
};

struct kfunction {
	const char *name;
	ktype_id id, result_id;
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
 * `why`. The caller frees it with kbtf_close(); names returned live as long as it does, texts
 * that are made in the arena given. Hostile bytes are refused or give wrong answers, no more.
 */
struct kbtf *kbtf_open(const char *path, char *why, size_t why_size);
/* The type information of a module: it continues that of its kernel, which stays open longer. */
struct kbtf *kbtf_open_split(const struct kbtf *base, const char *path, char *why, size_t why_size);
/* Raw BTF in memory, which stays there until kbtf_close(); `base` may be NULL. With the index
 * that kbtf_index() gave for the same bytes opening costs next to nothing. */
struct kbtf *kbtf_from_bytes(struct bytes raw, const struct kbtf *base, char *why, size_t why_size);
struct kbtf *kbtf_with_index(struct bytes raw, struct bytes index, const struct kbtf *base,
			     char *why, size_t why_size);
void kbtf_close(struct kbtf *k);
/* What was opened, and its index: to be kept in a file; at a multiple of 4 when read again. */
struct bytes kbtf_raw(const struct kbtf *k);
struct bytes kbtf_index(const struct kbtf *k);
/* sha256 of the type information as read. */
void kbtf_digest(const struct kbtf *k, uint8_t sha256[32]);

/* NULL when the kernel has no such function. In a split one its own functions come first; of
 * several with one name, the first. */
struct kfunction *kbtf_function(const struct kbtf *k, struct arena *a, const char *name);
/* "int f(struct file *file, int mask)" */
const char *kfunction_text(struct arena *a, const struct kfunction *f);
/* Members of a struct in order; NULL when there is none of that name. */
struct kfield *kbtf_fields(const struct kbtf *k, struct arena *a, const char *record,
			   size_t *count);
/* The element type and count of an array among the members, by number. False: it is none. */
bool kbtf_element(const struct kbtf *k, struct arena *a, const char *record, size_t member,
		  struct ktype *element, uint32_t *count);
/* A type as ktype has it. */
struct ktype kbtf_classify(const struct kbtf *k, struct arena *a, ktype_id id);

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

/* ---- types ------------------------------------------------------------------------------ */

enum kshape_kind {
	KSHAPE_VOID,
	KSHAPE_INT,
	KSHAPE_ENUM,
	KSHAPE_FLOAT,
	KSHAPE_PTR,
	KSHAPE_ARRAY,
	KSHAPE_STRUCT,
	KSHAPE_UNION,
	KSHAPE_FUNC_PROTO,
	KSHAPE_FWD, /* declared only */
};

/* What a type is behind const, volatile, restrict, tags and typedefs. */
struct kshape {
	enum kshape_kind kind;
	ktype_id id;		  /* the type itself, behind all that */
	const char *name;	  /* "" when anonymous */
	const char *typedef_name; /* of the outermost typedef: size_t; else NULL */
	uint32_t size;		  /* bytes */
	bool is_signed, is_bool;
	bool is_union;	       /* of what is declared only */
	uint32_t count;	       /* elements of an array */
	ktype_id target;       /* of a pointer, an array; the result of a prototype */
	uint32_t member_count; /* also enumerators, parameters */
};

struct kmember {
	const char *name; /* "" when anonymous */
	ktype_id type;
	uint32_t bit_offset; /* from the start of the type asked for */
	uint32_t bits;	     /* of a bit field, else 0 */
};

struct kenumerator {
	const char *name;
	int64_t value;
	bool is_unsigned; /* `value` is to be read as uint64_t */
};

/* Loops and broken chains are void. */
struct kshape kbtf_shape(const struct kbtf *k, ktype_id id);
/* The type that a typedef, function, variable, pointer or modifier refers to. */
ktype_id kbtf_target(const struct kbtf *k, ktype_id id);
/* A member of a struct or union, also inside anonymous members. */
bool kbtf_member(const struct kbtf *k, ktype_id id, const char *name, struct kmember *out);
/* The i-th as declared, anonymous ones included; false behind the last. */
bool kbtf_member_at(const struct kbtf *k, ktype_id id, uint32_t i, struct kmember *out);
/* NULL: none is near. */
const char *kbtf_nearest_member(const struct kbtf *k, struct arena *a, ktype_id id,
				const char *name);
bool kbtf_parameter_at(const struct kbtf *k, ktype_id prototype, uint32_t i, struct kparam *out);
bool kbtf_enumerator_at(const struct kbtf *k, ktype_id id, uint32_t i, struct kenumerator *out);

/* By name; 0: none. */
ktype_id kbtf_struct(const struct kbtf *k, const char *name); /* or a union */
ktype_id kbtf_enum(const struct kbtf *k, const char *name);
ktype_id kbtf_typedef(const struct kbtf *k, const char *name);
ktype_id kbtf_variable(const struct kbtf *k, const char *name);
ktype_id kbtf_function_id(const struct kbtf *k, const char *name);
/* The value of an enumerator of any enum; of several with one name, the first. */
bool kbtf_enum_value(const struct kbtf *k, const char *name, int64_t *out);
/* The same: which enum, and which of its enumerators. */
bool kbtf_find_enumerator(const struct kbtf *k, const char *name, ktype_id *in, uint32_t *index);

/* "const struct file *", "char [16]", "int (*)(struct sock *)" */
const char *kbtf_type_text(const struct kbtf *k, struct arena *a, ktype_id id);
/* With a name where C wants it: "char comm[16]" */
const char *kbtf_declare(const struct kbtf *k, struct arena *a, ktype_id id, const char *name);

/* ---- all names -------------------------------------------------------------------------- */

enum kname_kind {
	KNAME_FUNCTION,
	KNAME_STRUCT,
	KNAME_UNION,
	KNAME_ENUM,
	KNAME_ENUMERATOR,
	KNAME_TYPEDEF,
	KNAME_VARIABLE,
};

struct kname {
	const char *name;
	enum kname_kind kind;
	ktype_id id;	/* of an enumerator: its enum */
	uint32_t index; /* of an enumerator */
};

/* Goes on while the callback says so. Without the names of a split one's base. */
void kbtf_each_name(const struct kbtf *k, bool (*take)(void *data, const struct kname *n),
		    void *data);
void kbtf_each_function(const struct kbtf *k,
			bool (*take)(void *data, const char *name, ktype_id id), void *data);

#endif
