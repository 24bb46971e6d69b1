/* SPDX-License-Identifier: Apache-2.0 */
/* Shared by the files that read conditions on events; not for others. */
#ifndef TGRUN_EVENT_CEL_PARSER_H
#define TGRUN_EVENT_CEL_PARSER_H

#include "runtime/event_cel_tree.h"

#define CEL_BOUND_MOST 4 /* names for elements, in each other */

enum cel_token {
	CEL_TOKEN_END,
	CEL_TOKEN_NUMBER,
	CEL_TOKEN_NAME,
	CEL_TOKEN_SIGN,
	CEL_TOKEN_TEXT,
	CEL_TOKEN_OPEN, /* a text without its closing quote */
};

struct cel_bound {
	struct cel_part_text name;
	struct cel_value_type type;
};

struct cel_word_entry {
	const char *word;
	enum cel_part_kind kind;
};

struct cel_parser {
	const char *text;
	size_t size;
	size_t from, to; /* of the current word */
	enum cel_token token;
	struct event_cel *c;
	size_t texts_used;
	char *why;
	bool failed;
	unsigned int depth, bound;
	struct cel_bound names[CEL_BOUND_MOST];
};

/* Always returns 0, the part that is none. The first refusal counts. */
uint16_t cel_refuse(struct cel_parser *p, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* On to the next word. */
void cel_word(struct cel_parser *p);
/* A new part; 0 when there is no room, or something was refused before. */
uint16_t cel_part(struct cel_parser *p, enum cel_part_kind kind, uint16_t left, uint16_t right);

/* Gives a part whose operands have theirs its type; `at`, or 0 when they do not fit. */
uint16_t cel_typed(struct cel_parser *p, uint16_t at);
/* What the elements of a list are, or the keys of a map; false, refused, when it is neither. */
bool cel_element(struct cel_parser *p, uint16_t of, struct cel_value_type *out);
/* The current word as a member of a value, as a variable, as an enum (NULL: it is none). */
uint16_t cel_field(struct cel_parser *p, uint16_t of);
uint16_t cel_variable(struct cel_parser *p);
const ProtobufCEnumDescriptor *cel_enum(const struct cel_parser *p);
/* "uint", "a list": for messages. */
const char *cel_type_text(const struct cel_value_type *type);

#endif
