/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TGRUN_UTF8_H
#define TGRUN_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "runtime/buffer.h"

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * Decodes the character at the start of `text`. Returns its length in bytes, or 0 when the
 * first byte begins no well-formed character (also when `size` is 0).
 */
size_t utf8_next(const char *text, size_t size, uint32_t *character);

/* Appends `text` with every run of bad bytes replaced by one U+FFFD. */
void utf8_append_valid(struct buffer *out, const char *text, size_t size);

/* Whether a terminal shows the character; of the spaces only U+0020. */
bool utf8_visible(uint32_t character);

#endif
