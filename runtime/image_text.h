/* SPDX-License-Identifier: Apache-2.0 */
/* The texts of a program image in the form events show them. Results are malloc()ed. */
#ifndef TGRUN_IMAGE_TEXT_H
#define TGRUN_IMAGE_TEXT_H

#include <stddef.h>

/*
 * NUL-separated arguments as one line of valid UTF-8: joined by spaces, an argument that
 * contains a space between double quotes and always after a space, even the first one.
 */
char *image_arguments(const char *raw, size_t size);

/* `path` as valid UTF-8; a relative one is joined to `cwd` and cleaned of "." and "..". */
char *image_binary(const char *path, size_t size, const char *cwd);

/* Bytes as valid UTF-8. */
char *image_text(const char *bytes, size_t size);

#endif
