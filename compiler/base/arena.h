/* SPDX-License-Identifier: Apache-2.0 */
/* One arena per compilation: everything the stages make lives until arena_free(). */
#ifndef TGC_ARENA_H
#define TGC_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *head;
};

/* Zeroed memory; never NULL (out of memory ends the program with exit code 3). */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strndup(struct arena *a, const char *s, size_t len);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Room for one more element in an array of `count`: returns the array, perhaps moved.
 * Grows at powers of two; `*room` is kept by the caller. */
void *arena_grow(struct arena *a, void *array, size_t count, size_t *room, size_t size);
void arena_free(struct arena *a);

#endif
