/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a whole regular file once, into memory that no one else can change. */
#ifndef TG_FILE_H
#define TG_FILE_H

#include <stddef.h>
#include <stdint.h>

struct file_bytes {
	uint8_t *at; /* malloc()ed, owned by the caller */
	size_t size;
};

/*
 * Returns 0; or -1 with a sentence in `why` and errno set: EFBIG when the file has more than
 * `max` bytes, EINVAL when it is not a regular file, or what open() and read() said.
 */
int file_load(const char *path, size_t max, struct file_bytes *out, char *why, size_t why_size);

#endif
