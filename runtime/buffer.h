/* SPDX-License-Identifier: Apache-2.0 */
/* A growable run of bytes. The struct's holder owns `data` and ends with buffer_free. */
#ifndef TGRUN_BUFFER_H
#define TGRUN_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

struct buffer {
	char *data;
	size_t size, capacity;
	bool failed; /* memory ran out: what was appended since is missing */
};

void buffer_append(struct buffer *b, const void *bytes, size_t size);
void buffer_text(struct buffer *b, const char *text);
void buffer_char(struct buffer *b, char c);
void buffer_print(struct buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forgets the bytes after the first `size`, and a failure with them. */
void buffer_cut(struct buffer *b, size_t size);
void buffer_free(struct buffer *b);

#endif
