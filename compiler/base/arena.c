/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "arena.h"

enum { ALIGN = 16, BLOCK_SIZE = 1024 * 1024 };

struct arena_block {
	struct arena_block *next;
	size_t used, size;
	_Alignas(ALIGN) char data[];
};

static _Noreturn void die_out_of_memory(void)
{
	fputs("tgc: out of memory\n", stderr);
	exit(3);
}

static struct arena_block *block_new(size_t size)
{
	struct arena_block *b;

	if (size > SIZE_MAX - sizeof(*b))
		die_out_of_memory();
	b = calloc(1, sizeof(*b) + size);
	if (!b)
		die_out_of_memory();
	b->size = size;
	return b;
}

/* A block for one large object goes behind the head, so that the head's free room stays in use. */
static void *alloc_large(struct arena *a, size_t size)
{
	struct arena_block *b = block_new(size);

	b->used = size;
	if (a->head) {
		b->next = a->head->next;
		a->head->next = b;
	} else {
		a->head = b;
	}
	return b->data;
}

void *arena_alloc(struct arena *a, size_t size)
{
	struct arena_block *b = a->head;
	size_t rounded;
	void *p;

	if (size > SIZE_MAX / 2)
		die_out_of_memory();
	rounded = (size + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (rounded > BLOCK_SIZE / 4)
		return alloc_large(a, rounded);
	if (!b || b->size - b->used < rounded) {
		b = block_new(BLOCK_SIZE);
		b->next = a->head;
		a->head = b;
	}
	p = b->data + b->used;
	b->used += rounded;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		die_out_of_memory();
	return arena_alloc(a, total);
}

char *arena_strndup(struct arena *a, const char *s, size_t len)
{
	char *copy;

	if (len == SIZE_MAX)
		die_out_of_memory();
	copy = arena_alloc(a, len + 1);
	if (len)
		memcpy(copy, s, len);
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args, again;
	char *text, most[256];
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(most, sizeof(most), format, args);
	va_end(args);
	if (len < 0)
		die_out_of_memory();
	text = arena_alloc(a, (size_t)len + 1);
	if ((size_t)len < sizeof(most))
		memcpy(text, most, (size_t)len);
	else
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}

void *arena_grow(struct arena *a, void *array, size_t count, size_t *room, size_t size)
{
	size_t wanted;
	void *moved;

	if (count < *room)
		return array;
	wanted = count ? count * 2 : 4;
	moved = arena_array(a, wanted, size);
	if (count)
		memcpy(moved, array, count * size);
	*room = wanted;
	return moved;
}

void arena_free(struct arena *a)
{
	struct arena_block *b = a->head, *next;

	for (; b; b = next) {
		next = b->next;
		free(b);
	}
	a->head = NULL;
}
