/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of tracepoint records: read from a `format` file of tracefs, or made of what BTF says of
 * the record's struct, and what the type `auto` makes of them. Everything lives in the arena.
 */
#ifndef TGC_TRACEFS_H
#define TGC_TRACEFS_H

#include <stdbool.h>
#include "runtime/bytes.h"

struct arena;
struct kfield;
struct ktype;

enum {
	TRACE_HEADER_FIELDS = 4,	/* numbers 0 to 3 of every event */
	TRACE_FORMAT_LARGEST = 1 << 20, /* bytes of text */
};

struct trace_field {
	const char *name;
	const char *type; /* as C writes it, without name and brackets: "unsigned int", "char *" */
	uint32_t offset, size; /* bytes */
	uint32_t count;	       /* of an array's elements; 0: not told */
	bool is_signed;
	bool is_array;	 /* within the record */
	bool is_pointer; /* also to functions */
	bool data_loc;	 /* says where in the record the bytes are: */
	bool rel_loc;	 /* counted from behind this field instead */
};

struct trace_format {
	const char *event; /* "" when the text does not say */
	uint32_t id;	   /* 0: the same */
	struct trace_field *fields;
	size_t field_count; /* the four of the header too */
};

/* False: the text is no format file; a sentence in `why`. */
bool trace_format_parse(struct arena *a, struct bytes text, struct trace_format *out, char *why,
			size_t why_size);
/* The field of that number, 0 to 3, as every kernel since 3.0 has it; NULL for other numbers. */
const struct trace_field *trace_header_field(uint32_t number);
/* A struct's member; arrays need the type of an element and their count. */
struct trace_field trace_field_of(struct arena *a, const struct kfield *member,
				  const struct ktype *element, uint32_t count);
/* "unsigned int flags; offset 16; size 4" */
const char *trace_field_text(struct arena *a, const struct trace_field *f);

/* TRACE_AUTO_X is what the language calls x. */
enum trace_auto {
	TRACE_AUTO_NONE,
	TRACE_AUTO_INT8,
	TRACE_AUTO_UINT8,
	TRACE_AUTO_INT16,
	TRACE_AUTO_UINT16,
	TRACE_AUTO_INT32,
	TRACE_AUTO_UINT32,
	TRACE_AUTO_INT64,
	TRACE_AUTO_UINT64,
	TRACE_AUTO_SIZE,
	TRACE_AUTO_CHAR_BUF,
	TRACE_AUTO_CONST_BUF, /* of the field's size */
	TRACE_AUTO_DATA_LOC,
};

struct trace_derived {
	enum trace_auto type;	 /* NONE: `auto` is refused for this field */
	const char *why;	 /* then, how: "it is a pointer"; a constant text */
	enum trace_auto instead; /* and what can be written for it; NONE: nothing is known */
};

/* `sized`: the policy gives the argument a sizeArgIndex. */
struct trace_derived trace_field_derive(const struct trace_field *f, bool sized);
/* The language's name, "int32"; NULL for NONE. */
const char *trace_auto_name(enum trace_auto type);

#endif
