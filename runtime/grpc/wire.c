// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/grpc/wire.h"

#define VARINT_MAX 10 /* bytes */

static size_t varint_bytes(uint8_t bytes[VARINT_MAX], uint64_t value)
{
	size_t n = 0;

	while (value >= 0x80) {
		bytes[n++] = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	bytes[n++] = (uint8_t)value;
	return n;
}

void wire_put_varint(struct buffer *out, uint64_t value)
{
	uint8_t bytes[VARINT_MAX];

	buffer_append(out, bytes, varint_bytes(bytes, value));
}

void wire_put_tag(struct buffer *out, uint32_t field, enum wire_type type)
{
	wire_put_varint(out, (uint64_t)field << 3 | type);
}

/* One byte is kept free, which is nearly always enough. */
size_t wire_begin(struct buffer *out)
{
	buffer_char(out, 0);
	return out->size;
}

void wire_end(struct buffer *out, size_t begun)
{
	size_t size = out->failed ? 0 : out->size - begun, n;
	uint8_t bytes[VARINT_MAX];

	n = varint_bytes(bytes, size);
	buffer_append(out, bytes, n - 1); /* room */
	if (out->failed)
		return;
	memmove(out->data + begun + n - 1, out->data + begun, size);
	memcpy(out->data + begun - 1, bytes, n);
}

bool wire_get_varint(struct wire_input *in, uint64_t *value)
{
	*value = 0;
	for (unsigned int i = 0; i < VARINT_MAX && in->at < in->end; i++) {
		uint8_t byte = *in->at++;

		*value |= (uint64_t)(byte & 0x7f) << (7 * i);
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

bool wire_get_bytes(struct wire_input *in, struct wire_input *part)
{
	struct wire_input after = *in;
	uint64_t size;

	if (!wire_get_varint(&after, &size) || size > (uint64_t)(after.end - after.at))
		return false;
	*part = (struct wire_input){after.at, after.at + size};
	in->at = part->end;
	return true;
}

static bool skip_fixed(struct wire_input *in, size_t size)
{
	if ((size_t)(in->end - in->at) < size)
		return false;
	in->at += size;
	return true;
}

bool wire_skip(struct wire_input *in, uint32_t type)
{
	struct wire_input part;
	uint64_t value;

	switch (type) {
	case WIRE_VARINT:
		return wire_get_varint(in, &value);
	case WIRE_FIXED64:
		return skip_fixed(in, 8);
	case WIRE_BYTES:
		return wire_get_bytes(in, &part);
	case WIRE_FIXED32:
		return skip_fixed(in, 4);
	}
	return false; /* groups are of another age */
}

bool wire_is_wrapper(const ProtobufCMessageDescriptor *message)
{
	return message->n_fields == 1 && !strcmp(message->fields[0].name, "value") &&
	       !strcmp(message->package_name, "google.protobuf");
}

/* protobuf-c has a map as what it is on the wire: entries of a key and a value. */
bool wire_is_map(const ProtobufCFieldDescriptor *field)
{
	const ProtobufCMessageDescriptor *d = field->descriptor;
	size_t size;

	if (field->label != PROTOBUF_C_LABEL_REPEATED || field->type != PROTOBUF_C_TYPE_MESSAGE)
		return false;
	size = strlen(d->short_name);
	return d->n_fields == 2 && size > 5 && !strcmp(d->short_name + size - 5, "Entry") &&
	       !strcmp(d->fields[0].name, "key") && !strcmp(d->fields[1].name, "value");
}
