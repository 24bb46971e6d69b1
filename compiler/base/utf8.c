/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include "utf8.h"

static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 0;
}

size_t utf8_decode(const char *s, size_t size, uint32_t *code)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
	static const unsigned char lead_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t len = sequence_length((unsigned char)s[0]);
	uint32_t c;

	if (len == 0 || len > size)
		return 0;
	c = (unsigned char)s[0] & lead_bits[len];
	for (size_t i = 1; i < len; i++) {
		if (utf8_starts(s[i]))
			return 0;
		c = c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (c < smallest[len] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*code = c;
	return len;
}

struct range {
	uint32_t first, last;
};

static bool in_ranges(uint32_t code, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (code >= ranges[i].first && code <= ranges[i].last)
			return true;
	return false;
}

#define IN(code, table) in_ranges(code, table, sizeof(table) / sizeof((table)[0]))

unsigned utf8_width(uint32_t code)
{
	static const struct range none[] = {
		{0x300, 0x36f},	  {0x1ab0, 0x1aff}, {0x1dc0, 0x1dff}, {0x200b, 0x200d},
		{0x20d0, 0x20ff}, {0xfe00, 0xfe0f}, {0xfe20, 0xfe2f},
	};
	static const struct range wide[] = {
		{0x1100, 0x115f},   {0x2e80, 0x303e},	{0x3041, 0xa4cf},   {0xac00, 0xd7a3},
		{0xf900, 0xfaff},   {0xfe30, 0xfe6f},	{0xff00, 0xff60},   {0xffe0, 0xffe6},
		{0x1f300, 0x1f64f}, {0x1f680, 0x1f6ff}, {0x1f900, 0x1f9ff}, {0x20000, 0x3fffd},
	};

	if (code < 0x300)
		return 1;
	if (IN(code, none))
		return 0;
	return IN(code, wide) ? 2 : 1;
}

bool utf8_printable(uint32_t code)
{
	static const struct range hidden[] = {
		{0x00, 0x1f},	  {0x7f, 0x9f},	    {0x61c, 0x61c},   {0x200e, 0x200f},
		{0x2028, 0x202e}, {0x2066, 0x2069}, {0xfeff, 0xfeff}, {0xfff0, 0xfffb},
	};

	return (code >= 0x20 && code < 0x7f) || !IN(code, hidden);
}

size_t utf8_show(const char *s, size_t size, char out[12], unsigned *columns)
{
	uint32_t code = 0;
	size_t len = utf8_decode(s, size, &code);

	if (len && utf8_printable(code)) {
		memcpy(out, s, len);
		out[len] = '\0';
		*columns = utf8_width(code);
		return len;
	}
	if (!len || code < 0x100)
		*columns = (unsigned)snprintf(out, 12, "\\x%02x", len ? code : (unsigned char)s[0]);
	else
		*columns = (unsigned)snprintf(out, 12, "\\u%04x", code & 0x1fffff);
	return len ? len : 1;
}

size_t utf8_bom(const char *s, size_t size)
{
	return size >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
