/* SPDX-License-Identifier: Apache-2.0 */
/* UTF-8 as the readers and the diagnostics need it. Strings are bytes with a size; no locale. */
#ifndef TGC_UTF8_H
#define TGC_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Decodes the character at `s` with `size` > 0 bytes left. Returns its length in bytes, or 0
 * when the bytes are no character (overlong, surrogate, above U+10FFFF, cut off).
 */
size_t utf8_decode(const char *s, size_t size, uint32_t *code);

/* Whether the byte starts a character (of text known to be UTF-8). */
static inline bool utf8_starts(char byte)
{
	return ((unsigned char)byte & 0xc0) != 0x80;
}

/* Columns on a terminal: 0, 1 or 2. */
unsigned utf8_width(uint32_t code);

/* False for what must not reach a terminal: controls, direction overrides, line separators. */
bool utf8_printable(uint32_t code);

/*
 * Writes the character at `s` as a person may see it: itself, or an escape such as \x1b or
 * \u202e. `out` has room for 12 bytes, and is NUL-terminated. Returns the bytes consumed (>= 1);
 * `columns` gets the width.
 */
size_t utf8_show(const char *s, size_t size, char out[12], unsigned *columns);

/* The byte order mark at the start of a text: its length, 3 or 0. */
size_t utf8_bom(const char *s, size_t size);

#endif
