// SPDX-License-Identifier: Apache-2.0
/* Texts of protobuf's JSON form that are something else on the wire. */
#include <string.h>
#include <time.h>
#include "runtime/grpc/wire.h"

static int base64_digit(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool wire_put_base64(struct buffer *out, const char *text, size_t size)
{
	uint32_t bits = 0;
	unsigned int count = 0;

	while (size && text[size - 1] == '=')
		size--;
	for (size_t i = 0; i < size; i++) {
		int digit = base64_digit(text[i]);

		if (digit < 0)
			return false;
		bits = bits << 6 | (uint32_t)digit;
		count += 6;
		if (count >= 8) {
			count -= 8;
			buffer_char(out, (char)(bits >> count));
		}
	}
	return true;
}

/* ---- escapes --------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* -1 when there are no four digits. */
static int32_t unit(const char *at, const char *end)
{
	int32_t value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex_digit(at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

static void put_utf8(struct buffer *out, uint32_t c)
{
	if (c < 0x80) {
		buffer_char(out, (char)c);
		return;
	}
	if (c < 0x800) {
		buffer_char(out, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			buffer_char(out, (char)(0xe0 | c >> 12));
		} else {
			buffer_char(out, (char)(0xf0 | c >> 18));
			buffer_char(out, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		buffer_char(out, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	buffer_char(out, (char)(0x80 | (c & 0x3f)));
}

/* Behind "\u". Returns where it goes on, or NULL. Half of a pair is U+FFFD. */
static const char *put_unicode(struct buffer *out, const char *at, const char *end)
{
	int32_t first = unit(at, end), second = -1;

	if (first < 0)
		return NULL;
	at += 4;
	if (first < 0xd800 || first > 0xdfff) {
		put_utf8(out, (uint32_t)first);
		return at;
	}
	if (first < 0xdc00 && end - at >= 6 && at[0] == '\\' && at[1] == 'u')
		second = unit(at + 2, end);
	if (second < 0xdc00 || second > 0xdfff) {
		put_utf8(out, 0xfffd);
		return at;
	}
	put_utf8(out, 0x10000u + ((uint32_t)(first - 0xd800) << 10) + (uint32_t)(second - 0xdc00));
	return at + 6;
}

/* Behind a backslash. */
static const char *put_escape(struct buffer *out, const char *at, const char *end)
{
	static const char letters[] = "\"\\/bfnrt", meanings[] = "\"\\/\b\f\n\r\t";
	const char *letter;

	if (at == end || !*at)
		return NULL;
	if (*at == 'u')
		return put_unicode(out, at + 1, end);
	letter = strchr(letters, *at);
	if (!letter)
		return NULL;
	buffer_char(out, meanings[letter - letters]);
	return at + 1;
}

bool wire_put_unescaped(struct buffer *out, const char *text, size_t size)
{
	const char *at = text, *end = text + size;

	while (at && at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));

		buffer_append(out, at, (size_t)((escape ? escape : end) - at));
		at = escape ? put_escape(out, escape + 1, end) : end;
	}
	return at == end;
}

/* ---- time ------------------------------------------------------------------------------------ */

/* Exactly so many digits. */
static bool number(const char **at, const char *end, int digits, int *value)
{
	*value = 0;
	for (int i = 0; i < digits; i++, (*at)++) {
		if (*at == end || **at < '0' || **at > '9')
			return false;
		*value = *value * 10 + (**at - '0');
	}
	return true;
}

/* Behind the seconds: the rest must be it. */
static bool fraction(const char *at, const char *end, int *nanoseconds)
{
	int unit = 100000000;

	*nanoseconds = 0;
	if (at < end && *at == '.')
		for (at++; at < end && *at >= '0' && *at <= '9'; at++, unit /= 10)
			*nanoseconds += (*at - '0') * unit;
	return end - at == 1 && *at == 'Z';
}

bool wire_put_timestamp(struct buffer *out, const char *text, size_t size)
{
	static const struct {
		size_t member;
		int digits;
		char end;
	} parts[] = {
		{offsetof(struct tm, tm_year), 4, '-'}, {offsetof(struct tm, tm_mon), 2, '-'},
		{offsetof(struct tm, tm_mday), 2, 'T'}, {offsetof(struct tm, tm_hour), 2, ':'},
		{offsetof(struct tm, tm_min), 2, ':'},	{offsetof(struct tm, tm_sec), 2, 0},
	};
	const char *at = text, *end = text + size;
	struct tm tm = {0};
	int nanoseconds;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!number(&at, end, parts[i].digits, (int *)((char *)&tm + parts[i].member)))
			return false;
		if (parts[i].end && (at == end || *at++ != parts[i].end))
			return false;
	}
	if (!fraction(at, end, &nanoseconds))
		return false;
	tm.tm_year -= 1900;
	tm.tm_mon--;
	wire_put_tag(out, 1, WIRE_VARINT);
	wire_put_varint(out, (uint64_t)timegm(&tm));
	if (nanoseconds) {
		wire_put_tag(out, 2, WIRE_VARINT);
		wire_put_varint(out, (uint64_t)nanoseconds);
	}
	return true;
}
