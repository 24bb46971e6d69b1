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
	static const char pairs[] = "0001020304050607080910111213141516171819"
				    "2021222324252627282930313233343536373839"
				    "4041424344454647484950515253545556575859"
				    "6061626364656667686970717273747576777879"
				    "8081828384858687888990919293949596979899";
	char digits[20];
	size_t at = sizeof(digits);

	while (number >= 100) {
		at -= 2;
		memcpy(digits + at, pairs + number % 100 * 2, 2);
		number /= 100;
	}
	if (number >= 10)
		digits[--at] = pairs[number * 2 + 1];
	digits[--at] = (char)('0' + (number >= 10 ? number / 10 : number));
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
