// SPDX-License-Identifier: Apache-2.0
#include <inttypes.h>
#include <string.h>
#include "runtime/event_compact.h"
#include "runtime/utf8.h"

static bool needs_quotes(const char *text, size_t size)
{
	uint32_t c;

	for (size_t at = 0, n; at < size; at += n ? n : 1) {
		n = utf8_next(text + at, size - at, &c);
		if (n && (c == ' ' || !utf8_visible(c)))
			return true;
	}
	return false;
}

static void append_quoted(struct buffer *out, uint32_t c, const char *bytes, size_t size)
{
	static const char letters[] = "\aa\bb\ff\nn\rr\tt\vv\"\"\\\\";
	const char *found = c && c < 0x80 ? strchr(letters, (int)c) : NULL;

	/* Only the first of each pair is a character to escape. */
	if (found && (found - letters) % 2 == 0)
		buffer_print(out, "\\%c", found[1]);
	else if (utf8_visible(c))
		buffer_append(out, bytes, size);
	else if (c < 0x80)
		buffer_print(out, "\\x%02" PRIx32, c);
	else if (c < 0x10000)
		buffer_print(out, "\\u%04" PRIx32, c);
	else
		buffer_print(out, "\\U%08" PRIx32, c);
}

/* As utf8_append_valid: a run of bad bytes is one replacement character. */
static size_t skip_bad(const char *text, size_t size)
{
	size_t at = 0;
	uint32_t c;

	while (at < size && !utf8_next(text + at, size - at, &c))
		at++;
	return at;
}

void compact_quote(struct buffer *out, const char *text, size_t size)
{
	uint32_t c;

	if (!needs_quotes(text, size)) {
		utf8_append_valid(out, text, size);
		return;
	}
	buffer_char(out, '"');
	for (size_t at = 0, n; at < size; at += n) {
		n = utf8_next(text + at, size - at, &c);
		if (n) {
			append_quoted(out, c, text + at, n);
		} else {
			buffer_text(out, UTF8_REPLACEMENT);
			n = skip_bad(text + at, size - at);
		}
	}
	buffer_char(out, '"');
}
