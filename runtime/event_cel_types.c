// SPDX-License-Identifier: Apache-2.0
/* Conditions on events: which parts fit each other. */
#include <stdio.h>
#include <string.h>
#include "google/protobuf/timestamp.pb-c.h"
#include "runtime/event_cel_parser.h"
#include "runtime/grpc/wire.h"
#include "tetragon.pb-c.h"

const char *cel_type_text(const struct cel_value_type *type)
{
	static const char *const names[] = {
		[CEL_VALUE_NONE] = "nothing",	  [CEL_VALUE_BOOL] = "a truth value",
		[CEL_VALUE_INT] = "an int",	  [CEL_VALUE_UINT] = "a uint",
		[CEL_VALUE_TEXT] = "a string",	  [CEL_VALUE_BYTES] = "bytes",
		[CEL_VALUE_NULL] = "null",	  [CEL_VALUE_MESSAGE] = "a message",
		[CEL_VALUE_TIME] = "a timestamp", [CEL_VALUE_LIST] = "a list",
		[CEL_VALUE_MAP] = "a map",	  [CEL_VALUE_IP] = "an address",
		[CEL_VALUE_CIDR] = "a network",
	};

	return names[type->kind];
}

/* ---- fields ---------------------------------------------------------------------------------- */

static struct cel_value_type message_type(const ProtobufCMessageDescriptor *d)
{
	struct cel_value_type inner;

	if (d == &google__protobuf__timestamp__descriptor)
		return (struct cel_value_type){.kind = CEL_VALUE_TIME};
	if (!wire_is_wrapper(d))
		return (struct cel_value_type){.kind = CEL_VALUE_MESSAGE, .descriptor = d};
	inner = cel_field_type(&d->fields[0]);
	inner.wrapped = true;
	return inner;
}

static struct cel_value_type single_type(const ProtobufCFieldDescriptor *f)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BOOL:
		return (struct cel_value_type){.kind = CEL_VALUE_BOOL};
	case PROTOBUF_C_TYPE_ENUM:
		return (struct cel_value_type){.kind = CEL_VALUE_INT, .descriptor = f->descriptor};
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
		return (struct cel_value_type){.kind = CEL_VALUE_UINT};
	case PROTOBUF_C_TYPE_STRING:
		return (struct cel_value_type){.kind = CEL_VALUE_TEXT};
	case PROTOBUF_C_TYPE_BYTES:
		return (struct cel_value_type){.kind = CEL_VALUE_BYTES};
	case PROTOBUF_C_TYPE_MESSAGE:
		return message_type(f->descriptor);
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
		return (struct cel_value_type){.kind = CEL_VALUE_NONE};
	default:
		return (struct cel_value_type){.kind = CEL_VALUE_INT};
	}
}

struct cel_value_type cel_field_type(const ProtobufCFieldDescriptor *f)
{
	struct cel_value_type type = single_type(f);

	if (wire_is_map(f))
		return (struct cel_value_type){.kind = CEL_VALUE_MAP, .of = CEL_VALUE_TEXT};
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return type;
	return (struct cel_value_type){
		.kind = CEL_VALUE_LIST, .of = type.kind, .descriptor = type.descriptor};
}

static uint16_t map_member(struct cel_parser *p, uint16_t of)
{
	uint16_t at = cel_part(p, CEL_PART_FIELD, of, 0);

	p->c->parts[at].name = (struct cel_part_text){p->text + p->from, p->to - p->from};
	p->c->parts[at].type.kind = CEL_VALUE_TEXT;
	return at;
}

static uint16_t message_member(struct cel_parser *p, uint16_t of,
			       const ProtobufCMessageDescriptor *d)
{
	const ProtobufCFieldDescriptor *f;
	char name[64];
	uint16_t at;

	snprintf(name, sizeof(name), "%.*s", (int)(p->to - p->from), p->text + p->from);
	f = p->to - p->from < sizeof(name)
		    ? protobuf_c_message_descriptor_get_field_by_name(d, name)
		    : NULL;
	if (!f)
		return cel_refuse(p, "%s has no member `%s`", d->short_name, name);
	at = cel_part(p, CEL_PART_FIELD, of, 0);
	p->c->parts[at].field = f;
	p->c->parts[at].type = cel_field_type(f);
	return at;
}

/* What a map's member is called lies in the text, which is not kept. */
static uint16_t keep_name(struct cel_parser *p, uint16_t at)
{
	struct cel_part_text *name = &p->c->parts[at].name;

	if (!name->size)
		return at;
	memcpy(p->c->texts + p->texts_used, name->at, name->size);
	name->at = p->c->texts + p->texts_used;
	p->texts_used += name->size;
	return at;
}

uint16_t cel_field(struct cel_parser *p, uint16_t of)
{
	const struct cel_value_type *type = &p->c->parts[of].type;
	uint16_t at;

	if (type->kind == CEL_VALUE_MESSAGE)
		at = message_member(p, of, type->descriptor);
	else if (type->kind == CEL_VALUE_MAP)
		at = keep_name(p, map_member(p, of));
	else
		return cel_refuse(p, "%s has no members", cel_type_text(type));
	cel_word(p);
	return at;
}

uint16_t cel_variable(struct cel_parser *p)
{
	const ProtobufCMessageDescriptor *all = &tetragon__get_events_response__descriptor;
	size_t size = p->to - p->from;
	uint16_t at;

	for (int i = 0; i < EVENT_TYPE_COUNT; i++) {
		const char *member = event_type_member((enum event_type)i);
		const ProtobufCFieldDescriptor *f =
			member ? protobuf_c_message_descriptor_get_field_by_name(all, member)
			       : NULL;

		if (!f || strlen(member) != size || memcmp(member, p->text + p->from, size) != 0)
			continue;
		cel_word(p);
		p->c->types |= 1u << i;
		at = cel_part(p, CEL_PART_VARIABLE, 0, 0);
		p->c->parts[at].number = (uint64_t)i;
		p->c->parts[at].type = cel_field_type(f);
		return at;
	}
	return cel_refuse(p,
			  "there is no `%.*s`: an expression begins with what an event has, as "
			  "in process_exec.process.binary",
			  (int)(size < 64 ? size : 64), p->text + p->from);
}

const ProtobufCEnumDescriptor *cel_enum(const struct cel_parser *p)
{
	static const ProtobufCEnumDescriptor *const enums[] = {
		&tetragon__bpf_cmd__descriptor,
		&tetragon__capabilities_type__descriptor,
		&tetragon__kprobe_action__descriptor,
		&tetragon__process_privileges_changed__descriptor,
		&tetragon__secure_bits_type__descriptor,
		&tetragon__tainted_bits_type__descriptor,
		&tetragon__throttle_type__descriptor,
	};

	for (size_t i = 0; i < sizeof(enums) / sizeof(enums[0]); i++)
		if (strlen(enums[i]->short_name) == p->to - p->from &&
		    !memcmp(enums[i]->short_name, p->text + p->from, p->to - p->from))
			return enums[i];
	return NULL;
}

/* ---- operators ------------------------------------------------------------------------------- */

static bool is_number(enum cel_value_kind kind)
{
	return kind == CEL_VALUE_INT || kind == CEL_VALUE_UINT;
}

bool cel_element(struct cel_parser *p, uint16_t of, struct cel_value_type *out)
{
	const struct cel_value_type *type = &p->c->parts[of].type;

	if (type->kind == CEL_VALUE_LIST)
		*out = (struct cel_value_type){.kind = type->of, .descriptor = type->descriptor};
	else if (type->kind == CEL_VALUE_MAP)
		*out = (struct cel_value_type){.kind = CEL_VALUE_TEXT};
	else
		return cel_refuse(p, "%s has no elements", cel_type_text(type));
	return true;
}

static bool comparable(const struct cel_value_type *a, const struct cel_value_type *b)
{
	if (a->kind == CEL_VALUE_NULL || b->kind == CEL_VALUE_NULL) {
		const struct cel_value_type *other = a->kind == CEL_VALUE_NULL ? b : a;

		return other->wrapped || other->kind == CEL_VALUE_MESSAGE ||
		       other->kind == CEL_VALUE_TIME || other->kind == CEL_VALUE_NULL;
	}
	if (a->kind == CEL_VALUE_LIST || a->kind == CEL_VALUE_MAP || a->kind == CEL_VALUE_TIME)
		return false;
	return a->kind == b->kind || (is_number(a->kind) && is_number(b->kind));
}

static bool ordered(const struct cel_value_type *a, const struct cel_value_type *b)
{
	return (is_number(a->kind) && is_number(b->kind)) ||
	       (a->kind == CEL_VALUE_TEXT && b->kind == CEL_VALUE_TEXT);
}

static bool is_in(const struct cel_value_type *a, const struct cel_value_type *b)
{
	struct cel_value_type element = {.kind = b->of, .descriptor = b->descriptor};

	if (b->kind == CEL_VALUE_MAP)
		return a->kind == CEL_VALUE_TEXT;
	return b->kind == CEL_VALUE_LIST && (!b->of || comparable(a, &element));
}

static bool is_index(const struct cel_value_type *of, const struct cel_value_type *index)
{
	return of->kind == CEL_VALUE_LIST
		       ? is_number(index->kind)
		       : of->kind == CEL_VALUE_MAP && index->kind == CEL_VALUE_TEXT;
}

static bool has_size(enum cel_value_kind kind)
{
	return kind == CEL_VALUE_TEXT || kind == CEL_VALUE_BYTES || kind == CEL_VALUE_LIST ||
	       kind == CEL_VALUE_MAP;
}

/* Whether the operands fit; `*result` is what comes of them, CEL_VALUE_BOOL at first. */
static bool fits(enum cel_part_kind kind, const struct cel_value_type *a,
		 const struct cel_value_type *b, enum cel_value_kind *result)
{
	enum cel_value_kind l = a->kind, r = b->kind;

	switch (kind) {
	case CEL_PART_OR:
	case CEL_PART_AND:
		return l == CEL_VALUE_BOOL && r == CEL_VALUE_BOOL;
	case CEL_PART_NOT:
		return l == CEL_VALUE_BOOL;
	case CEL_PART_EQUAL:
	case CEL_PART_DIFFERENT:
		return comparable(a, b);
	case CEL_PART_AT_MOST:
	case CEL_PART_AT_LEAST:
	case CEL_PART_LESS:
	case CEL_PART_GREATER:
		return ordered(a, b);
	case CEL_PART_IN:
		return is_in(a, b);
	case CEL_PART_PLUS:
	case CEL_PART_LESS_BY:
	case CEL_PART_TIMES:
	case CEL_PART_OVER:
	case CEL_PART_REST:
		*result = l;
		return is_number(l) && l == r;
	case CEL_PART_MINUS:
		*result = CEL_VALUE_INT;
		return l == CEL_VALUE_INT;
	case CEL_PART_SIZE:
	case CEL_PART_SIZE_OF:
		*result = CEL_VALUE_INT;
		return has_size(l);
	case CEL_PART_TO_INT:
	case CEL_PART_TO_UINT:
		*result = kind == CEL_PART_TO_INT ? CEL_VALUE_INT : CEL_VALUE_UINT;
		return is_number(l);
	case CEL_PART_TO_IP:
	case CEL_PART_TO_CIDR:
		*result = kind == CEL_PART_TO_IP ? CEL_VALUE_IP : CEL_VALUE_CIDR;
		return l == CEL_VALUE_TEXT;
	case CEL_PART_IS_IP:
	case CEL_PART_IS_CIDR:
		return l == CEL_VALUE_TEXT;
	case CEL_PART_CONTAINS_IP:
		return l == CEL_VALUE_CIDR && (r == CEL_VALUE_IP || r == CEL_VALUE_TEXT);
	case CEL_PART_CONTAINS_CIDR:
		return l == CEL_VALUE_CIDR && (r == CEL_VALUE_CIDR || r == CEL_VALUE_TEXT);
	case CEL_PART_FAMILY:
	case CEL_PART_PREFIX_LENGTH:
		*result = CEL_VALUE_INT;
		return l == (kind == CEL_PART_FAMILY ? CEL_VALUE_IP : CEL_VALUE_CIDR);
	case CEL_PART_ALL:
	case CEL_PART_EXISTS:
	case CEL_PART_EXISTS_ONE:
		return r == CEL_VALUE_BOOL;
	default: /* of texts */
		return l == CEL_VALUE_TEXT && r == CEL_VALUE_TEXT;
	}
}

static const char *spelling(enum cel_part_kind kind)
{
	static const char *const words[CEL_PART_KINDS] = {
		[CEL_PART_NOT] = "!",
		[CEL_PART_MINUS] = "-",
		[CEL_PART_INDEX] = "[]",
		[CEL_PART_CHOICE] = "? :",
#define CEL_PART_OPERATOR(name, sign, level) [CEL_PART_##name] = sign,
#define CEL_PART_FUNCTION(name, word)	     [CEL_PART_##name] = word,
#define CEL_PART_METHOD(name, word)	     [CEL_PART_##name] = word,
#define CEL_PART_MACRO(name, word)	     [CEL_PART_##name] = word,
#include "runtime/event_cel_words.def"
	};

	return words[kind];
}

static uint16_t misfit(struct cel_parser *p, const struct cel_part *n)
{
	const struct cel_part *left = &p->c->parts[n->left], *right = &p->c->parts[n->right];

	if (!n->right)
		return cel_refuse(p, "`%s` is not for %s", spelling(n->kind),
				  cel_type_text(&left->type));
	return cel_refuse(p, "`%s` is not for %s and %s%s", spelling(n->kind),
			  cel_type_text(&left->type), cel_type_text(&right->type),
			  is_number(left->type.kind) && is_number(right->type.kind)
				  ? "; int() and uint() make one of the other"
				  : "");
}

static uint16_t type_choice(struct cel_parser *p, struct cel_part *n)
{
	const struct cel_part *yes = &p->c->parts[n->right], *no = &p->c->parts[n->third];

	if (p->c->parts[n->left].type.kind != CEL_VALUE_BOOL || yes->type.kind != no->type.kind ||
	    yes->type.of != no->type.of || yes->type.descriptor != no->type.descriptor)
		return cel_refuse(p, "`? :` takes a truth value and two values of one type");
	n->type = yes->type;
	n->type.wrapped |= no->type.wrapped;
	return (uint16_t)(n - p->c->parts);
}

/* All elements are of one type, which is none of those that have parts. */
static uint16_t type_list(struct cel_parser *p, struct cel_part *n)
{
	n->type.kind = CEL_VALUE_LIST;
	for (uint16_t at = n->left; at; at = p->c->parts[at].next) {
		enum cel_value_kind kind = p->c->parts[at].type.kind;

		if (kind == CEL_VALUE_LIST || kind == CEL_VALUE_MAP || kind == CEL_VALUE_MESSAGE ||
		    (n->type.of && n->type.of != kind))
			return cel_refuse(p,
					  "a list has %s among its elements, which are to be "
					  "numbers, texts or addresses, all of one type",
					  cel_type_text(&p->c->parts[at].type));
		n->type.of = kind;
	}
	return (uint16_t)(n - p->c->parts);
}

static uint16_t type_index(struct cel_parser *p, struct cel_part *n)
{
	if (!is_index(&p->c->parts[n->left].type, &p->c->parts[n->right].type))
		return misfit(p, n);
	return cel_element(p, n->left, &n->type) ? (uint16_t)(n - p->c->parts) : 0;
}

/* The expression stands there as it is: it is compiled once. */
static uint16_t type_matches(struct cel_parser *p, struct cel_part *n)
{
	const struct cel_part *expression = &p->c->parts[n->right];
	const char *why = "";

	if (expression->kind != CEL_PART_VALUE)
		return cel_refuse(p, "matches() takes a regular expression as it is written, not "
				     "one that is a member of the event");
	n->regex = regex_compile(expression->text.at, expression->text.size, &why);
	if (!n->regex)
		return cel_refuse(p, "matches() has no regular expression: %s", why);
	return (uint16_t)(n - p->c->parts);
}

uint16_t cel_typed(struct cel_parser *p, uint16_t at)
{
	struct cel_part *n = &p->c->parts[at];

	if (p->failed)
		return 0;
	if (n->kind == CEL_PART_CHOICE)
		return type_choice(p, n);
	if (n->kind == CEL_PART_LIST)
		return type_list(p, n);
	if (n->kind == CEL_PART_INDEX)
		return type_index(p, n);
	n->type.kind = CEL_VALUE_BOOL;
	if (!fits(n->kind, &p->c->parts[n->left].type, &p->c->parts[n->right].type, &n->type.kind))
		return misfit(p, n);
	return n->kind == CEL_PART_MATCHES ? type_matches(p, n) : at;
}
