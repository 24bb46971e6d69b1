// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "google/protobuf/any.pb-c.h"
#include "google/protobuf/timestamp.pb-c.h"
#include "google/protobuf/wrappers.pb-c.h"
#include "runtime/grpc/wire.h"

struct encoder {
	const char *at, *end;
	struct buffer *out;
};

struct text {
	const char *at;
	size_t size;
};

static bool next_is(const struct encoder *e, char c)
{
	return e->at < e->end && *e->at == c;
}

static bool take(struct encoder *e, char c)
{
	if (!next_is(e, c))
		return false;
	e->at++;
	return true;
}

static bool take_word(struct encoder *e, const char *word)
{
	size_t size = strlen(word);

	if ((size_t)(e->end - e->at) < size || memcmp(e->at, word, size) != 0)
		return false;
	e->at += size;
	return true;
}

/* A text as it stands between its quotes. */
static bool take_text(struct encoder *e, struct text *text)
{
	if (!take(e, '"'))
		return false;
	text->at = e->at;
	while (e->at < e->end && *e->at != '"')
		e->at += *e->at == '\\' ? 2 : 1;
	if (e->at >= e->end)
		return false;
	text->size = (size_t)(e->at - text->at);
	e->at++;
	return true;
}

/* Between the two come members, each but the first after a comma. */
static bool next_member(struct encoder *e, char close, bool first, bool *more)
{
	*more = !take(e, close);
	return !*more || first || take(e, ',');
}

/* ---- names ----------------------------------------------------------------------------------- */

/* As strcmp(), which orders the names of descriptors; this one may have any bytes. */
static int compare(struct text name, const char *other)
{
	size_t size = strlen(other);
	int order = memcmp(name.at, other, name.size < size ? name.size : size);

	return order ? order : (name.size > size) - (name.size < size);
}

static const ProtobufCFieldDescriptor *find_field(const ProtobufCMessageDescriptor *d,
						  struct text name)
{
	unsigned int low = 0, high = d->n_fields;

	while (low < high) {
		unsigned int middle = (low + high) / 2;
		const ProtobufCFieldDescriptor *f = &d->fields[d->fields_sorted_by_name[middle]];
		int order = compare(name, f->name);

		if (!order)
			return f;
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

static bool find_value(const ProtobufCEnumDescriptor *d, struct text name, int *value)
{
	for (unsigned int i = 0; i < d->n_value_names; i++)
		if (!compare(name, d->values_by_name[i].name)) {
			*value = d->values[d->values_by_name[i].index].value;
			return true;
		}
	return false;
}

/* ---- values ---------------------------------------------------------------------------------- */

/* A number, as it is or as a text; negative ones in two's complement. */
static bool take_number(struct encoder *e, uint64_t *value)
{
	bool quoted = take(e, '"'), negative = take(e, '-');
	const char *start = e->at;

	*value = 0;
	for (; e->at < e->end && *e->at >= '0' && *e->at <= '9'; e->at++) {
		uint64_t digit = (uint64_t)(*e->at - '0');

		if (*value > (UINT64_MAX - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	if (negative)
		*value = -*value;
	return e->at > start && (!quoted || take(e, '"'));
}

static bool take_enum(struct encoder *e, const ProtobufCEnumDescriptor *d, uint64_t *value)
{
	struct text name;
	int number;

	if (!next_is(e, '"'))
		return take_number(e, value);
	if (!take_text(e, &name) || !find_value(d, name, &number))
		return false;
	*value = (uint64_t)(int64_t)number;
	return true;
}

/* What is a varint on the wire. */
static bool take_scalar(struct encoder *e, const ProtobufCFieldDescriptor *f, uint64_t *value)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BOOL:
		*value = take_word(e, "true");
		return *value || take_word(e, "false");
	case PROTOBUF_C_TYPE_ENUM:
		return take_enum(e, f->descriptor, value);
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_UINT64:
		return take_number(e, value);
	default: /* no message of ours has others */
		return false;
	}
}

static bool put_text(struct encoder *e, bool base64)
{
	struct text text;
	size_t begun;

	if (!take_text(e, &text))
		return false;
	begun = wire_begin(e->out);
	if (!(base64 ? wire_put_base64 : wire_put_unescaped)(e->out, text.at, text.size))
		return false;
	wire_end(e->out, begun);
	return true;
}

/* ---- messages -------------------------------------------------------------------------------- */

static bool put_message(struct encoder *e, const ProtobufCMessageDescriptor *d, int depth);

/* One value with its tag. */
static bool put_value(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth)
{
	uint64_t value;
	size_t begun;

	if (f->type != PROTOBUF_C_TYPE_STRING && f->type != PROTOBUF_C_TYPE_BYTES &&
	    f->type != PROTOBUF_C_TYPE_MESSAGE) {
		if (!take_scalar(e, f, &value))
			return false;
		wire_put_tag(e->out, f->id, WIRE_VARINT);
		wire_put_varint(e->out, value);
		return true;
	}
	wire_put_tag(e->out, f->id, WIRE_BYTES);
	if (f->type != PROTOBUF_C_TYPE_MESSAGE)
		return put_text(e, f->type == PROTOBUF_C_TYPE_BYTES);
	begun = wire_begin(e->out);
	if (!put_message(e, f->descriptor, depth + 1))
		return false;
	wire_end(e->out, begun);
	return true;
}

static bool put_packed(struct encoder *e, const ProtobufCFieldDescriptor *f)
{
	uint64_t value;
	size_t begun;
	bool more;

	if (take(e, ']'))
		return true;
	wire_put_tag(e->out, f->id, WIRE_BYTES);
	begun = wire_begin(e->out);
	for (bool first = true;; first = false) {
		if (!next_member(e, ']', first, &more))
			return false;
		if (!more)
			break;
		if (!take_scalar(e, f, &value))
			return false;
		wire_put_varint(e->out, value);
	}
	wire_end(e->out, begun);
	return true;
}

typedef bool element_writer(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth);

/* What stands in brackets, one after the other. */
static bool put_each(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth,
		     const char brackets[2], element_writer *put)
{
	bool more = true;

	if (!take(e, brackets[0]))
		return false;
	for (bool first = true;; first = false) {
		if (!next_member(e, brackets[1], first, &more))
			return false;
		if (!more)
			return true;
		if (!put(e, f, depth))
			return false;
	}
}

static bool put_array(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth)
{
	if (f->flags & PROTOBUF_C_FIELD_FLAG_PACKED)
		return take(e, '[') && put_packed(e, f);
	return put_each(e, f, depth, "[]", put_value);
}

static bool put_entry(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth)
{
	const ProtobufCMessageDescriptor *d = f->descriptor;
	size_t begun;

	wire_put_tag(e->out, f->id, WIRE_BYTES);
	begun = wire_begin(e->out);
	if (!put_value(e, &d->fields[0], depth) || !take(e, ':') ||
	    !put_value(e, &d->fields[1], depth))
		return false;
	wire_end(e->out, begun);
	return true;
}

static bool put_map(struct encoder *e, const ProtobufCFieldDescriptor *f, int depth)
{
	return put_each(e, f, depth, "{}", put_entry);
}

static bool put_member(struct encoder *e, const ProtobufCMessageDescriptor *d, int depth)
{
	const ProtobufCFieldDescriptor *f;
	struct text name;

	if (!take_text(e, &name) || !take(e, ':'))
		return false;
	f = find_field(d, name);
	if (!f)
		return false;
	if (wire_is_map(f))
		return put_map(e, f, depth);
	if (f->label == PROTOBUF_C_LABEL_REPEATED)
		return put_array(e, f, depth);
	return put_value(e, f, depth);
}

/* {"@type":URL,"value":TEXT}: of what Any may hold, only a StringValue is ever sent. */
static bool put_any(struct encoder *e)
{
	static const char start[] =
		"{\"@type\":\"type.googleapis.com/google.protobuf.StringValue\","
		"\"value\":";
	static const char type[] = "type.googleapis.com/google.protobuf.StringValue";
	size_t begun;

	if (!take_word(e, start))
		return false;
	wire_put_tag(e->out, 1, WIRE_BYTES);
	begun = wire_begin(e->out);
	buffer_text(e->out, type);
	wire_end(e->out, begun);
	wire_put_tag(e->out, 2, WIRE_BYTES);
	begun = wire_begin(e->out);
	if (!put_value(e, &google__protobuf__string_value__descriptor.fields[0], 0))
		return false;
	wire_end(e->out, begun);
	return take(e, '}');
}

/* The fields of a message, without tag and length. */
static bool put_message(struct encoder *e, const ProtobufCMessageDescriptor *d, int depth)
{
	struct text text;
	bool more;

	if (depth > WIRE_DEPTH_MAX)
		return false;
	if (d == &google__protobuf__timestamp__descriptor)
		return take_text(e, &text) && wire_put_timestamp(e->out, text.at, text.size);
	if (d == &google__protobuf__any__descriptor)
		return put_any(e);
	if (wire_is_wrapper(d))
		return put_value(e, &d->fields[0], depth);
	if (!take(e, '{'))
		return false;
	for (bool first = true;; first = false) {
		if (!next_member(e, '}', first, &more))
			return false;
		if (!more)
			return true;
		if (!put_member(e, d, depth))
			return false;
	}
}

bool wire_encode(struct buffer *out, const ProtobufCMessageDescriptor *message, const char *json,
		 size_t size)
{
	struct encoder e = {json, json + size, out};

	if (!put_message(&e, message, 0))
		return false;
	take(&e, '\n');
	return e.at == e.end && !out->failed;
}
