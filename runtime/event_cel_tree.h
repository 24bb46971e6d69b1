/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files about conditions in CEL; not for others. */
#ifndef TGRUN_EVENT_CEL_TREE_H
#define TGRUN_EVENT_CEL_TREE_H

#include <protobuf-c/protobuf-c.h>
#include <stdint.h>
#include "runtime/event_cel.h"
#include "runtime/regex.h"

enum cel_value_kind {
	CEL_VALUE_NONE,
	CEL_VALUE_BOOL,
	CEL_VALUE_INT,
	CEL_VALUE_UINT,
	CEL_VALUE_TEXT,
	CEL_VALUE_BYTES, /* as base64 */
	CEL_VALUE_NULL,
	CEL_VALUE_MESSAGE,
	CEL_VALUE_TIME,
	CEL_VALUE_LIST,
	CEL_VALUE_MAP, /* from texts to texts */
	CEL_VALUE_IP,
	CEL_VALUE_CIDR,
};

struct cel_value_type {
	enum cel_value_kind kind, of; /* `of`: a list's elements */
	bool wrapped;		      /* may be null */
	const void *descriptor;	      /* of a message (also in a list), or of an enum's numbers */
};

enum cel_part_kind {
	CEL_PART_VALUE,	   /* written down */
	CEL_PART_VARIABLE, /* number: the event's type */
	CEL_PART_BOUND,	   /* number: which of the names that are bound around it */
	CEL_PART_FIELD,	   /* `name` of left */
	CEL_PART_HAS,	   /* likewise */
	CEL_PART_LIST,	   /* its elements: left, and each one's `next` */
	CEL_PART_INDEX,
	CEL_PART_NOT,
	CEL_PART_MINUS,
	CEL_PART_CHOICE, /* left ? right : third */
#define CEL_PART_OPERATOR(name, sign, level) CEL_PART_##name,
#define CEL_PART_FUNCTION(name, word)	     CEL_PART_##name,
#define CEL_PART_METHOD(name, word)	     CEL_PART_##name,
#define CEL_PART_MACRO(name, word)	     CEL_PART_##name,
#include "runtime/event_cel_words.def"
	CEL_PART_KINDS,
};

struct cel_address {
	uint8_t bytes[16];
	uint8_t family; /* 4 or 6 */
	uint8_t prefix; /* bits */
};

struct cel_part_text {
	const char *at;
	size_t size;
};

struct cel_part {
	enum cel_part_kind kind;
	struct cel_value_type type;	   /* of what it comes to */
	uint16_t left, right, third, next; /* indices; 0 none */
	union {
		uint64_t number; /* signed ones in two's complement */
		struct cel_part_text text;
		struct cel_address address;
		const ProtobufCFieldDescriptor *field;
		struct regex *regex; /* CEL_PART_MATCHES; owned */
	};
	struct cel_part_text name; /* CEL_PART_FIELD of a map: the key */
};

struct event_cel {
	uint32_t types; /* of events that occur in it; bits */
	uint16_t root;
	uint16_t count;
	struct cel_part *parts; /* the one at 0 is none */
	char *texts;		/* of literals */
};

/* The type of a field's value. */
struct cel_value_type cel_field_type(const ProtobufCFieldDescriptor *f);
bool cel_read_address(struct cel_address *out, const char *text, size_t size);
bool cel_read_cidr(struct cel_address *out, const char *text, size_t size);
/* Whether all of `inner` is in the network. */
bool cel_cidr_has(const struct cel_address *cidr, const struct cel_address *inner);

#endif
