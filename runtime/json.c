// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "runtime/json.h"
#include "runtime/utf8.h"

static void begin_value(struct json *j, const char *name)
{
	size_t size = name ? strlen(name) : 0;
	char *at;

	if (!buffer_room(j->out, size + 4))
		return;
	at = j->out->data + j->out->size;
	if (j->comma)
		*at++ = ',';
	j->comma = true;
	if (name) {
		*at++ = '"';
		memcpy(at, name, size);
		at += size;
		*at++ = '"';
		*at++ = ':';
	}
	j->out->size = (size_t)(at - j->out->data);
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

#define EACH_BYTE(c)	(0x0101010101010101ull * (c))
#define HIGH_BITS	EACH_BYTE(0x80)
#define HAS_BELOW(w, c) (((w)-EACH_BYTE(c)) & ~(w))
#define HAS_BYTE(w, c)	HAS_BELOW((w) ^ EACH_BYTE(c), 1)

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

/* How many bytes from the start stand for themselves: eight at a time, for that is what texts are.
 */
static size_t plain_size(const char *text, size_t size)
{
	size_t n = 0;
	uint64_t w;

	for (; n + sizeof(w) <= size; n += sizeof(w)) {
		memcpy(&w, text + n, sizeof(w));
		if ((w | HAS_BELOW(w, 0x20) | HAS_BYTE(w, '"') | HAS_BYTE(w, '\\')) & HIGH_BITS)
			break;
	}
	while (n < size && is_plain((unsigned char)text[n]))
		n++;
	return n;
}

/* A run of bytes of which no ASCII character is part. */
static size_t wide_size(const char *text, size_t size)
{
	size_t n = 0;

	while (n < size && (unsigned char)text[n] >= 0x80)
		n++;
	return n;
}

static void append_escaped(struct buffer *out, const char *text, size_t size)
{
	for (size_t at = 0; at < size;) {
		size_t n = plain_size(text + at, size - at);

		buffer_append(out, text + at, n);
		at += n;
		n = wide_size(text + at, size - at);
		utf8_append_valid(out, text + at, n);
		at += n;
		if (at < size && !n && !is_plain((unsigned char)text[at]))
			append_escape(out, (unsigned char)text[at++]);
	}
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
	buffer_number(j->out, value);
}

static void append_signed(struct buffer *out, int64_t value)
{
	if (value < 0)
		buffer_char(out, '-');
	buffer_number(out, value < 0 ? -(uint64_t)value : (uint64_t)value);
}

void json_int(struct json *j, const char *name, int32_t value)
{
	begin_value(j, name);
	append_signed(j->out, value);
}

void json_uint64(struct json *j, const char *name, uint64_t value)
{
	begin_value(j, name);
	buffer_char(j->out, '"');
	buffer_number(j->out, value);
	buffer_char(j->out, '"');
}

void json_int64(struct json *j, const char *name, int64_t value)
{
	begin_value(j, name);
	buffer_char(j->out, '"');
	append_signed(j->out, value);
	buffer_char(j->out, '"');
}

/* Three bytes, or the one or two that are left, as four characters. */
static void encode_group(char out[4], const unsigned char *from, size_t size)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t w = (uint32_t)from[0] << 16 | (size > 1 ? (uint32_t)from[1] << 8 : 0) |
		     (size > 2 ? from[2] : 0);

	out[0] = digits[w >> 18];
	out[1] = digits[w >> 12 & 63];
	out[2] = size > 1 ? digits[w >> 6 & 63] : '=';
	out[3] = size > 2 ? digits[w & 63] : '=';
}

void json_base64(struct json *j, const char *name, const char *bytes, size_t size)
{
	const unsigned char *from = (const unsigned char *)bytes;
	struct buffer *out = j->out;

	begin_value(j, name);
	buffer_char(out, '"');
	if (buffer_room(out, (size + 2) / 3 * 4)) {
		for (size_t at = 0; at < size; at += 3, out->size += 4)
			encode_group(out->data + out->size, from + at, size - at);
	}
	buffer_char(out, '"');
}

void json_bool(struct json *j, const char *name, bool value)
{
	begin_value(j, name);
	buffer_text(j->out, value ? "true" : "false");
}
