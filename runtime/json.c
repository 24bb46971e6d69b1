// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include <openssl/evp.h>
#include "runtime/json.h"
#include "runtime/utf8.h"

static void begin_value(struct json *j, const char *name)
{
	if (j->comma)
		buffer_char(j->out, ',');
	j->comma = true;
	if (name) {
		buffer_char(j->out, '"');
		buffer_text(j->out, name);
		buffer_append(j->out, "\":", 2);
	}
}

void json_open(struct json *j, const char *name, char bracket)
{
	begin_value(j, name);
	buffer_char(j->out, bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buffer_char(j->out, bracket);
	j->comma = true;
}

static void append_escape(struct buffer *out, unsigned char c)
{
	static const char shorts[32] = {
		['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't',
	};

	if (c >= 0x20)
		buffer_print(out, "\\%c", c);
	else if (shorts[c])
		buffer_print(out, "\\%c", shorts[c]);
	else
		buffer_print(out, "\\u%04x", c);
}

static void append_escaped(struct buffer *out, const char *text, size_t size)
{
	size_t plain = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char c = text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		utf8_append_valid(out, text + plain, i - plain);
		append_escape(out, c);
		plain = i + 1;
	}
	utf8_append_valid(out, text + plain, size - plain);
}

void json_bytes(struct json *j, const char *name, const char *text, size_t size)
{
	begin_value(j, name);
	buffer_char(j->out, '"');
	append_escaped(j->out, text, size);
	buffer_char(j->out, '"');
}

void json_text(struct json *j, const char *name, const char *text)
{
	json_bytes(j, name, text, strlen(text));
}

void json_text_named(struct json *j, const char *name, const char *text)
{
	json_text(j, NULL, name);
	buffer_char(j->out, ':');
	j->comma = false;
	json_text(j, NULL, text);
}

void json_text_unless_empty(struct json *j, const char *name, const char *text)
{
	if (text && text[0])
		json_text(j, name, text);
}

void json_uint(struct json *j, const char *name, uint32_t value)
{
	begin_value(j, name);
	buffer_print(j->out, "%" PRIu32, value);
}

void json_int(struct json *j, const char *name, int32_t value)
{
	begin_value(j, name);
	buffer_print(j->out, "%" PRId32, value);
}

void json_uint64(struct json *j, const char *name, uint64_t value)
{
	begin_value(j, name);
	buffer_print(j->out, "\"%" PRIu64 "\"", value);
}

void json_int64(struct json *j, const char *name, int64_t value)
{
	begin_value(j, name);
	buffer_print(j->out, "\"%" PRId64 "\"", value);
}

void json_base64(struct json *j, const char *name, const char *bytes, size_t size)
{
	unsigned char text[4 * 16 + 1];

	begin_value(j, name);
	buffer_char(j->out, '"');
	for (size_t at = 0; at < size; at += 48) {
		size_t n = size - at < 48 ? size - at : 48;

		buffer_append(
			j->out, (const char *)text,
			(size_t)EVP_EncodeBlock(text, (const unsigned char *)bytes + at, (int)n));
	}
	buffer_char(j->out, '"');
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin_value(j, name);
	buffer_text(j->out, value ? "true" : "false");
}
