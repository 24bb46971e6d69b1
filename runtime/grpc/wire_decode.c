// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "google/protobuf/field_mask.pb-c.h"
#include "runtime/grpc/wire.h"

struct decoder {
	struct failure *why;
	unsigned int values;
};

static int refuse(struct decoder *d, const ProtobufCMessageDescriptor *m, const char *what)
{
	return failure_set(d->why, TGRUN_USAGE, "the bytes are no message %s: %s", m->name, what);
}

/* ---- values ---------------------------------------------------------------------------------- */

static json_t *message_value(struct decoder *d, const ProtobufCMessageDescriptor *m,
			     struct wire_input in, int depth);

static json_t *enum_value(const ProtobufCEnumDescriptor *d, int number)
{
	const ProtobufCEnumValue *v = protobuf_c_enum_descriptor_get_value(d, number);

	return v ? json_string(v->name) : json_integer(number);
}

/* NULL when such a field cannot be a varint. */
static json_t *varint_value(const ProtobufCFieldDescriptor *f, uint64_t value)
{
	switch (f->type) {
	case PROTOBUF_C_TYPE_BOOL:
		return json_boolean(value != 0);
	case PROTOBUF_C_TYPE_ENUM:
		return enum_value(f->descriptor, (int32_t)value);
	case PROTOBUF_C_TYPE_INT32:
		return json_integer((int32_t)value);
	case PROTOBUF_C_TYPE_UINT32:
		return json_integer((uint32_t)value);
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_UINT64:
		return json_integer((json_int_t)value);
	default:
		return NULL;
	}
}

/* The paths of a field mask, with commas. */
static json_t *mask_value(json_t *mask)
{
	struct buffer text = {0};
	json_t *path, *result;
	size_t i;

	json_array_foreach(json_object_get(mask, "paths"), i, path)
	{
		if (i)
			buffer_char(&text, ',');
		buffer_append(&text, json_string_value(path), json_string_length(path));
	}
	result = text.failed ? NULL : json_stringn(text.size ? text.data : "", text.size);
	buffer_free(&text);
	json_decref(mask);
	return result;
}

/* A wrapper without its field has the default. */
static json_t *wrapped_value(const ProtobufCMessageDescriptor *m, json_t *wrapper)
{
	json_t *value = json_incref(json_object_get(wrapper, "value"));
	bool text = m->fields[0].type == PROTOBUF_C_TYPE_STRING;

	json_decref(wrapper);
	return value ? value : text ? json_string("") : varint_value(&m->fields[0], 0);
}

static json_t *nested_value(struct decoder *d, const ProtobufCMessageDescriptor *m,
			    struct wire_input in, int depth)
{
	json_t *object = message_value(d, m, in, depth);

	if (!object || (!wire_is_wrapper(m) && m != &google__protobuf__field_mask__descriptor))
		return object;
	return wire_is_wrapper(m) ? wrapped_value(m, object) : mask_value(object);
}

/* ---- fields ---------------------------------------------------------------------------------- */

static int set_entry(json_t *object, const char *name, json_t *entry)
{
	json_t *map = json_object_get(object, name), *key = json_object_get(entry, "key"),
	       *value = json_object_get(entry, "value");
	int result = 0;

	if (!map) {
		map = json_object();
		result = json_object_set_new(object, name, map);
	}
	if (!result)
		result = json_object_set_new_nocheck(map, key ? json_string_value(key) : "",
						     value ? json_incref(value) : json_string(""));
	json_decref(entry);
	return result;
}

/* Takes over the value. */
static int set(struct decoder *d, json_t *object, const ProtobufCFieldDescriptor *f, json_t *value)
{
	json_t *array;

	if (!value || d->values++ == WIRE_VALUES_MAX) {
		json_decref(value);
		return failure_set(d->why, TGRUN_USAGE,
				   "%s: more than %d values, or a text that is not UTF-8", f->name,
				   WIRE_VALUES_MAX);
	}
	if (wire_is_map(f))
		return set_entry(object, f->name, value);
	if (f->label != PROTOBUF_C_LABEL_REPEATED)
		return json_object_set_new(object, f->name, value);
	array = json_object_get(object, f->name);
	if (!array) {
		array = json_array();
		if (json_object_set_new(object, f->name, array)) {
			json_decref(value);
			return -1;
		}
	}
	return json_array_append_new(array, value);
}

static bool is_varint(const ProtobufCFieldDescriptor *f)
{
	return f->type != PROTOBUF_C_TYPE_STRING && f->type != PROTOBUF_C_TYPE_BYTES &&
	       f->type != PROTOBUF_C_TYPE_MESSAGE;
}

static int read_packed(struct decoder *d, json_t *object, const ProtobufCFieldDescriptor *f,
		       struct wire_input part)
{
	uint64_t value;

	while (part.at < part.end) {
		if (!wire_get_varint(&part, &value))
			return failure_set(d->why, TGRUN_USAGE, "%s: a number is cut off", f->name);
		if (set(d, object, f, varint_value(f, value)))
			return -1;
	}
	return 0;
}

/* Of a length; 0 also when such a field has none, and it is left out. */
static int read_bytes(struct decoder *d, json_t *object, const ProtobufCFieldDescriptor *f,
		      struct wire_input part, int depth)
{
	json_t *value;

	if (is_varint(f))
		return f->label == PROTOBUF_C_LABEL_REPEATED ? read_packed(d, object, f, part) : 0;
	if (f->type == PROTOBUF_C_TYPE_BYTES)
		return 0; /* of what is read, only what an Any holds */
	if (f->type == PROTOBUF_C_TYPE_STRING)
		return set(d, object, f,
			   json_stringn((const char *)part.at, (size_t)(part.end - part.at)));
	value = nested_value(d, f->descriptor, part, depth + 1);
	return value ? set(d, object, f, value) : -1;
}

static int read_field(struct decoder *d, json_t *object, const ProtobufCMessageDescriptor *m,
		      struct wire_input *in, int depth)
{
	const ProtobufCFieldDescriptor *f;
	struct wire_input part;
	uint64_t tag, value;

	if (!wire_get_varint(in, &tag) || tag > UINT32_MAX || tag >> 3 == 0)
		return refuse(d, m, "a tag is none");
	f = protobuf_c_message_descriptor_get_field(m, (unsigned int)(tag >> 3));
	if (f && (tag & 7) == WIRE_BYTES && wire_get_bytes(in, &part))
		return read_bytes(d, object, f, part, depth);
	if (f && (tag & 7) == WIRE_VARINT && is_varint(f) && wire_get_varint(in, &value))
		return set(d, object, f, varint_value(f, value));
	return wire_skip(in, tag & 7) ? 0 : refuse(d, m, "a value is cut off, or of no known kind");
}

static json_t *message_value(struct decoder *d, const ProtobufCMessageDescriptor *m,
			     struct wire_input in, int depth)
{
	json_t *object = json_object();

	if (!object || depth > WIRE_DEPTH_MAX) {
		refuse(d, m, "too many messages in messages");
		json_decref(object);
		return NULL;
	}
	while (in.at < in.end) {
		if (!read_field(d, object, m, &in, depth))
			continue;
		json_decref(object);
		return NULL;
	}
	return object;
}

json_t *wire_decode(const ProtobufCMessageDescriptor *message, const void *bytes, size_t size,
		    struct failure *why)
{
	struct decoder d = {.why = why};
	const uint8_t *at = size ? bytes : (const uint8_t *)"";

	failure_set(why, TGRUN_ENVIRONMENT, "out of memory"); /* unless something says more */
	return message_value(&d, message, (struct wire_input){at, at + size}, 0);
}
