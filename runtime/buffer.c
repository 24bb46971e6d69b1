// SPDX-License-Identifier: Apache-2.0
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "runtime/buffer.h"

bool buffer_grow(struct buffer *b, size_t size)
{
	size_t capacity = b->capacity ? b->capacity : 512;
	char *data;

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

void buffer_number(struct buffer *b, uint64_t number)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	buffer_append(b, digits + at, sizeof(digits) - at);
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
