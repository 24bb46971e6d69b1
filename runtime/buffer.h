/* SPDX-License-Identifier: Apache-2.0 */
/* A growable run of bytes. The struct's holder owns `data` and ends with buffer_free. */
#ifndef TGRUN_BUFFER_H
#define TGRUN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct buffer {
	char *data;
	size_t size, capacity;
	bool failed; /* memory ran out: what was appended since is missing */
};

/* Room for so many more bytes; false when memory ran out. */
bool buffer_grow(struct buffer *b, size_t size);

static inline bool buffer_room(struct buffer *b, size_t size)
{
	return size <= b->capacity - b->size || buffer_grow(b, size);
}

static inline void buffer_append(struct buffer *b, const void *bytes, size_t size)
{
	if (size && buffer_room(b, size)) {
		memcpy(b->data + b->size, bytes, size);
		b->size += size;
	}
}

static inline void buffer_char(struct buffer *b, char c)
{
	if (buffer_room(b, 1))
		b->data[b->size++] = c;
}

static inline void buffer_text(struct buffer *b, const char *text)
{
	buffer_append(b, text, strlen(text));
}

/* In decimal. */
void buffer_number(struct buffer *b, uint64_t number);
void buffer_print(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the bytes after the first `size`, and a failure with them. */
void buffer_cut(struct buffer *b, size_t size);
void buffer_free(struct buffer *b);

#endif
