/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filter values: the texts of `values` as constants of an argument's type. What Tetragon reads is
 * read; what could never match, or contradicts itself, is refused with a reason. Pure functions;
 * results live in the arena or in the text itself.
 */
#ifndef TGC_VALUE_H
#define TGC_VALUE_H

#include "compiler/words/types.h"
#include "value_error.h"

enum value_kind {
	VALUE_IS_NUMBER, /* also masks, protocols and other named numbers, file types (S_IF*) */
	VALUE_IS_RANGE,	 /* both ends included; low <= high in the type's order; also ports */
	VALUE_IS_TEXT,
	VALUE_IS_ADDRESS,
	VALUE_IS_LIST, /* text: the name of a list; typecheck() fills in its members */
};

/* What a rule may want to say of a value that is good. */
enum value_flag {
	VALUE_LEADING_ZERO = 1 << 0,   /* 010: ten in InMap and ports, eight for Equal */
	VALUE_REORDERED = 1 << 1,      /* a range was written with its larger end first */
	VALUE_HOST_BITS = 1 << 2,      /* bits behind a CIDR's prefix were set; they are cut off */
	VALUE_MAPPED = 1 << 3,	       /* ::ffff:a.b.c.d matches IPv6 addresses, no IPv4 ones */
	VALUE_SPELLING = 1 << 4,       /* Tetragon refuses this spelling */
	VALUE_DIFFERS = 1 << 5,	       /* Tetragon accepts it and compares something else */
	VALUE_NEVER = 1 << 6,	       /* the plain operator is false for every argument */
	VALUE_ALWAYS = 1 << 7,	       /* the plain operator is true for every argument */
	VALUE_NUL_CUT = 1 << 8,	       /* trailing NULs were dropped */
	VALUE_UNLIKELY = 1 << 9,       /* a path as the kernel hardly ever spells one */
	VALUE_ABSTRACT_MARK = 1 << 10, /* starts with @, which abstract socket names here do not */
};

struct value {
	enum value_kind kind;
	uint32_t flags; /* enum value_flag */
	union {
		uint64_t number; /* cut to the type's width, then extended by its signedness */
		struct {
			uint64_t low, high; /* extended likewise */
		};
		struct {
			const char *text; /* not NUL-terminated at `len` */
			uint32_t len;
		};
		struct {
			uint8_t address[16]; /* network order; IPv4 in the first 4 bytes */
			uint8_t family;	     /* 4 or 6 */
			uint8_t prefix;	     /* bits that count: at most 32 or 128 */
		};
	};
	const uint64_t *members; /* VALUE_IS_LIST: numbers, as the argument has them */
	uint32_t member_count;
};

/*
 * Reads one value of a filter. The operator must fit the type (operator.h) and take values;
 * CelExpr and the process sections have parsers of their own (cel.h, process_value.h).
 */
bool value_read(struct arena *a, const struct ast_str *text, const struct type_info *type,
		enum op op, struct value *out, struct value_error *e);
/* The canonical text, which value_read() takes again with the same meaning. */
const char *value_show(struct arena *a, const struct value *v, const struct type_info *type,
		       enum op op);

/* Do both say the same? Flags apart. */
bool value_equal(const struct value *a, const struct value *b);

/* ---- the parts, for value.c and the parsers of other sections --------------------------- */

/* Equal, GT and the like on integers. */
bool value_read_number(struct arena *a, const struct ast_str *text, const struct type_info *type,
		       enum op op, struct value *out, struct value_error *e);
bool value_read_range(struct arena *a, const struct ast_str *text, const struct type_info *type,
		      struct value *out, struct value_error *e);
bool value_read_map(struct arena *a, const struct ast_str *text, const struct type_info *type,
		    struct value *out, struct value_error *e);
/* A number, or names with commas between. */
bool value_read_caps(struct arena *a, const struct ast_str *text, struct value *out,
		     struct value_error *e);
bool value_read_text(struct arena *a, const struct ast_str *text, const struct type_info *type,
		     enum op op, struct value *out, struct value_error *e);
/* Ports, and numbers of 16 bits that may have names: N, A:B or a name. */
bool value_read_port(struct arena *a, const struct ast_str *text, struct value *out,
		     struct value_error *e);
bool value_read_named(struct arena *a, const struct ast_str *text, enum op op, struct value *out,
		      struct value_error *e);
bool value_read_address(struct arena *a, const struct ast_str *text, struct value *out,
			struct value_error *e);
bool value_read_file_type(struct arena *a, const struct ast_str *text, struct value *out,
			  struct value_error *e);

#endif
