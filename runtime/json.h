/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A streaming JSON writer with the conventions of protobuf's JSON form: no spaces, 64-bit
 * integers as strings, no escaping beyond what JSON needs. What is left out as a default is
 * the caller's decision. `name` is NULL for the root and for elements of arrays.
 */
#ifndef TGRUN_JSON_H
#define TGRUN_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include "runtime/buffer.h"

struct json {
	struct buffer *out;
	bool comma; /* the next member or element needs one before it */
};

void json_open(struct json *j, const char *name, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);			/* '}' or ']' */

/* Bytes in UTF-8; runs of bad bytes are printed as one U+FFFD. */
void json_bytes(struct json *j, const char *name, const char *text, size_t size);
void json_text(struct json *j, const char *name, const char *text);
/* As json_text, but nothing at all for "" or NULL. */
void json_text_unless_empty(struct json *j, const char *name, const char *text);
void json_uint(struct json *j, const char *name, uint32_t value);
void json_int(struct json *j, const char *name, int32_t value);
void json_uint64(struct json *j, const char *name, uint64_t value);
void json_int64(struct json *j, const char *name, int64_t value);
/* In base64, with padding. */
void json_base64(struct json *j, const char *name, const char *bytes, size_t size);
/* A member that is named by somebody else. */
void json_text_named(struct json *j, const char *name, const char *text);
void json_bool(struct json *j, const char *name, bool value);

#endif
