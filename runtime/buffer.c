// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/buffer.h"

static bool make_room(struct buffer *b, size_t size)
{
	size_t capacity = b->capacity ? b->capacity : 512;
	char *data;

	if (size <= b->capacity - b->size)
		return true;
	while (capacity - b->size < size)
		capacity *= 2;
	data = realloc(b->data, capacity);
	if (!data) {
		b->failed = true;
		return false;
	}
	b->data = data;
	b->capacity = capacity;
	return true;
}

void buffer_append(struct buffer *b, const void *bytes, size_t size)
{
	if (size && make_room(b, size)) {
		memcpy(b->data + b->size, bytes, size);
		b->size += size;
	}
}

void buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

void buffer_char(struct buffer *b, char c)
{
	buffer_append(b, &c, 1);
}

void buffer_print(struct buffer *b, const char *format, ...)
{
	char text[512];
	va_list args;
	int size;

	va_start(args, format);
	size = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (size > 0)
		buffer_append(b, text,
			      (size_t)size < sizeof(text) ? (size_t)size : sizeof(text) - 1);
}

void buffer_cut(struct buffer *b, size_t size)
{
	b->size = size;
	b->failed = false;
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}
