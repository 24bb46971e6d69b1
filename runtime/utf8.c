// SPDX-License-Identifier: Apache-2.0
#include "runtime/utf8.h"

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if ((first & 0xf0) == 0xe0)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

size_t utf8_next(const char *text, size_t size, uint32_t *character)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	const unsigned char *at = (const unsigned char *)text;
	size_t length = size ? sequence_length(at[0]) : 0;
	uint32_t c;

	if (!length || length > size)
		return 0;
	c = at[0] & first_bits[length];
	for (size_t i = 1; i < length; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (at[i] & 0x3f);
	}
	if (c < smallest[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*character = c;
	return length;
}

void utf8_append_valid(struct buffer *out, const char *text, size_t size)
{
	size_t good = 0, at = 0;
	uint32_t c;

	while (at < size) {
		size_t length;

		if (!(text[at] & 0x80)) {
			at++;
			continue;
		}
		length = utf8_next(text + at, size - at, &c);
		if (length) {
			at += length;
			continue;
		}
		buffer_append(out, text + good, at - good);
		buffer_text(out, UTF8_REPLACEMENT);
		while (at < size && !utf8_next(text + at, size - at, &c))
			at++;
		good = at;
	}
	buffer_append(out, text + good, size - good);
}

bool utf8_visible(uint32_t character)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{0x00, 0x1f},	    {0x7f, 0xa0},	 {0xad, 0xad},	     {0x61c, 0x61c},
		{0x1680, 0x1680},   {0x180e, 0x180e},	 {0x2000, 0x200f},   {0x2028, 0x202f},
		{0x205f, 0x206f},   {0x3000, 0x3000},	 {0xd800, 0xf8ff},   {0xfeff, 0xfeff},
		{0xfff0, 0xfffb},   {0xfffe, 0xffff},	 {0x1fffe, 0x1ffff}, {0x2fffe, 0x2ffff},
		{0xe0000, 0xe00ff}, {0xe01f0, 0x10ffff},
	};

	for (size_t i = 0; i < sizeof(hidden) / sizeof(hidden[0]); i++) {
		if (character >= hidden[i].first && character <= hidden[i].last)
			return false;
	}
	return true;
}
