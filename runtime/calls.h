/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls whose event waits for their return: the first half of each, as its record came. One for a
 * thread and hook, for a call within a call takes the place of the outer one. Bounded: the oldest
 * are given up, and counted.
 */
#ifndef TGRUN_CALLS_H
#define TGRUN_CALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#define CALLS_CAPACITY 4096
#define CALLS_BYTES    (16u << 20)

struct call_id {
	uint32_t bundle; /* fingerprint */
	uint32_t hook;	 /* the first half's */
	uint32_t tid;
	uint32_t call; /* struct tg_hook.call */
};

struct call {
	struct call_id id;
	struct call *hash_next;
	TAILQ_ENTRY(call) age;
	size_t size;
	char record[];
};

struct calls;

/* NULL when memory runs out. */
struct calls *calls_new(size_t capacity, size_t bytes);
void calls_free(struct calls *c);

/* Keeps a copy. -1 when memory runs out. */
int calls_keep(struct calls *c, const struct call_id *id, const void *record, size_t size);
/* The call, which the caller frees, or NULL: it is not known. */
struct call *calls_take(struct calls *c, const struct call_id *id);

size_t calls_count(const struct calls *c);
uint64_t calls_kept(const struct calls *c); /* since the start */
uint64_t calls_given_up(const struct calls *c);

#endif
