// SPDX-License-Identifier: Apache-2.0
#include <string.h>
#include "compiler/base/utf8.h"
#include "position.h"

/* Bytes of the line in front of its `character`. */
static size_t within_line(const char *line, size_t len, uint32_t character, bool utf8)
{
	size_t i = 0, units = 0;

	while (i < len && line[i] != '\n' && line[i] != '\r' && units < character) {
		uint32_t code;
		size_t bytes = utf8_decode(line + i, len - i, &code);
		size_t more = utf8 ? (bytes ? bytes : 1) : 1 + (bytes == 4);

		if (units + more > character)
			break; /* it points into the middle */
		units += more;
		i += bytes ? bytes : 1;
	}
	return i;
}

uint32_t lsp_offset(const struct source *f, struct lsp_position p, bool utf8)
{
	uint32_t start;

	if (p.line >= f->line_count)
		return (uint32_t)f->size;
	start = f->lines[p.line];
	return start + (uint32_t)within_line(f->text + start, f->size - start, p.character, utf8);
}

/* The start of the line behind this one; `size`: there is none. */
static size_t next_line(const char *text, size_t size, size_t i)
{
	while (i < size && text[i] != '\n' && text[i] != '\r')
		i++;
	if (i < size && text[i] == '\r' && i + 1 < size && text[i + 1] == '\n')
		i++;
	return i < size ? i + 1 : size;
}

size_t lsp_offset_in(const char *text, size_t size, struct lsp_position p, bool utf8)
{
	size_t start = 0;

	for (uint32_t line = 0; line < p.line; line++) {
		if (start == size)
			return size;
		start = next_line(text, size, start);
	}
	return start + within_line(text + start, size - start, p.character, utf8);
}

struct lsp_position lsp_position(const struct source *f, uint32_t offset, bool utf8)
{
	struct lsp_position out = {0, 0};
	size_t i;

	if (offset > f->size)
		offset = (uint32_t)f->size;
	out.line = (uint32_t)source_line(f, offset);
	i = f->lines[out.line];
	while (i < offset) {
		uint32_t code;
		size_t bytes = utf8_decode(f->text + i, f->size - i, &code);

		out.character += utf8 ? (uint32_t)(bytes ? bytes : 1) : 1 + (bytes == 4);
		i += bytes ? bytes : 1;
	}
	return out;
}

static bool read_number(const json_t *j, uint32_t *out)
{
	json_int_t n = json_integer_value(j);

	*out = n > UINT32_MAX ? UINT32_MAX : (uint32_t)n;
	return json_is_integer(j) && n >= 0;
}

bool lsp_position_read(const json_t *j, struct lsp_position *out)
{
	return read_number(json_object_get(j, "line"), &out->line) &&
	       read_number(json_object_get(j, "character"), &out->character);
}

json_t *lsp_position_json(struct lsp_position p)
{
	return json_pack("{s:I,s:I}", "line", (json_int_t)p.line, "character",
			 (json_int_t)p.character);
}

json_t *lsp_range_json(const struct source *f, uint32_t start, uint32_t end, bool utf8)
{
	return json_pack("{s:o,s:o}", "start", lsp_position_json(lsp_position(f, start, utf8)),
			 "end", lsp_position_json(lsp_position(f, end, utf8)));
}
