/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Protobuf's wire format, driven by protobuf-c's descriptors. Between the wire and the rest of
 * tgrun stands protobuf's JSON form: events are made as JSON once, for all outputs, and requests
 * are read by what reads JSON from options. Structs of messages are not used.
 */
#ifndef TGRUN_GRPC_WIRE_H
#define TGRUN_GRPC_WIRE_H

#include <jansson.h>
#include <protobuf-c/protobuf-c.h>
#include <stdbool.h>
#include <stdint.h>
#include "runtime/buffer.h"
#include "runtime/failure.h"

#define WIRE_DEPTH_MAX	16    /* messages in messages */
#define WIRE_VALUES_MAX 16384 /* in a message that is read */

enum wire_type {
	WIRE_VARINT = 0,
	WIRE_FIXED64 = 1,
	WIRE_BYTES = 2,
	WIRE_FIXED32 = 5,
};

/*
 * Appends the message of an object in JSON, without white space, as json.h writes it. False when
 * the text does not fit the message, or memory ran out; what is appended is then to be cut off.
 */
bool wire_encode(struct buffer *out, const ProtobufCMessageDescriptor *message, const char *json,
		 size_t size);

/*
 * A message from somebody else as an object of JSON, which is the caller's; NULL with a sentence.
 * Fields that the descriptor does not have are left out, wrappers are their value, and a field
 * mask is one text with commas, as protobuf's JSON form has it.
 */
json_t *wire_decode(const ProtobufCMessageDescriptor *message, const void *bytes, size_t size,
		    struct failure *why);

/* ---- parts ----------------------------------------------------------------------------------- */

void wire_put_varint(struct buffer *out, uint64_t value);
void wire_put_tag(struct buffer *out, uint32_t field, enum wire_type type);
/* What is appended between the two is preceded by its length. */
size_t wire_begin(struct buffer *out);
void wire_end(struct buffer *out, size_t begun);

struct wire_input {
	const uint8_t *at, *end;
};

/* Each: false when the bytes end before it does, or it cannot be. */
bool wire_get_varint(struct wire_input *in, uint64_t *value);
bool wire_get_bytes(struct wire_input *in, struct wire_input *part);
/* Skips the value of a tag. */
bool wire_skip(struct wire_input *in, uint32_t type);

/* Whether it is a wrapper of protobuf, whose JSON is that of its one field. */
bool wire_is_wrapper(const ProtobufCMessageDescriptor *message);
bool wire_is_map(const ProtobufCFieldDescriptor *field);

/* Of JSON's texts, without their quotes; each: false when it is none. */
bool wire_put_base64(struct buffer *out, const char *text, size_t size);
bool wire_put_unescaped(struct buffer *out, const char *text, size_t size);
/* RFC 3339 in UTC. */
bool wire_put_timestamp(struct buffer *out, const char *text, size_t size);

#endif
