// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/image_text.h"
#include "runtime/utf8.h"

/* Terminates the text and hands its memory over; NULL when memory ran out. */
static char *finish(struct buffer *text)
{
	buffer_char(text, '\0');
	if (!text->failed)
		return text->data;
	buffer_free(text);
	return NULL;
}

static void append_argument(struct buffer *out, const char *text, size_t size, int first)
{
	if (memchr(text, ' ', size)) {
		buffer_append(out, " \"", 2);
		utf8_append_valid(out, text, size);
		buffer_char(out, '"');
		return;
	}
	if (!first)
		buffer_char(out, ' ');
	utf8_append_valid(out, text, size);
}

char *image_arguments(const char *raw, size_t size)
{
	struct buffer out = {0};
	size_t at = 0;

	while (size && raw[size - 1] == '\0')
		size--;
	while (at < size) {
		const char *end = memchr(raw + at, '\0', size - at);
		size_t length = end ? (size_t)(end - (raw + at)) : size - at;

		append_argument(&out, raw + at, length, at == 0);
		at += length + 1;
	}
	return finish(&out);
}

/* Removes the last component. */
static void step_up(struct buffer *out)
{
	while (out->size && out->data[out->size - 1] != '/')
		out->size--;
	if (out->size)
		out->size--;
}

static void append_clean(struct buffer *out, const char *path, size_t size)
{
	for (size_t at = 0; at < size;) {
		const char *part = path + at, *end = memchr(part, '/', size - at);
		size_t length = end ? (size_t)(end - part) : size - at;

		at += length + 1;
		if (!length || (length == 1 && part[0] == '.'))
			continue;
		if (length == 2 && part[0] == '.' && part[1] == '.') {
			step_up(out);
			continue;
		}
		buffer_char(out, '/');
		utf8_append_valid(out, part, length);
	}
}

char *image_binary(const char *path, size_t size, const char *cwd)
{
	struct buffer out = {0};

	if (!size || path[0] == '/' || !cwd[0])
		return image_text(path, size);
	append_clean(&out, cwd, strlen(cwd));
	append_clean(&out, path, size);
	if (!out.size)
		buffer_char(&out, '/');
	return finish(&out);
}

char *image_text(const char *bytes, size_t size)
{
	struct buffer out = {0};

	utf8_append_valid(&out, bytes, size);
	return finish(&out);
}
