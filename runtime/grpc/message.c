// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/grpc/message.h"

#define FIRST_CAPACITY 16

struct message *message_new(struct message_store *store, const void *bytes, size_t size)
{
	size_t all = sizeof(struct message) + GRPC_PREFIX_BYTES + size;
	struct message *m = NULL;

	if (size <= UINT32_MAX / 2 && all <= store->limit - store->bytes)
		m = malloc(all);
	if (!m)
		return NULL;
	store->bytes += all;
	*m = (struct message){store, 1, (uint32_t)size + GRPC_PREFIX_BYTES};
	m->bytes[0] = 0; /* not compressed */
	for (int i = 0; i < 4; i++)
		m->bytes[1 + i] = (uint8_t)(size >> (24 - 8 * i));
	if (size)
		memcpy(m->bytes + GRPC_PREFIX_BYTES, bytes, size);
	return m;
}

struct message *message_hold(struct message *m)
{
	m->holders++;
	return m;
}

void message_drop(struct message *m)
{
	if (!m || --m->holders)
		return;
	m->store->bytes -= sizeof(*m) + m->size;
	free(m);
}

static bool grow(struct message_queue *q)
{
	size_t capacity = q->capacity ? q->capacity * 2 : FIRST_CAPACITY;
	struct message **v = calloc(capacity, sizeof(struct message *));

	if (!v)
		return false;
	for (size_t i = 0; i < q->count; i++)
		v[i] = q->v[(q->first + i) % q->capacity];
	free(q->v);
	q->v = v;
	q->capacity = capacity;
	q->first = 0;
	return true;
}

bool message_queue_push(struct message_queue *q, struct message *m)
{
	if (q->count == q->capacity && !grow(q)) {
		message_drop(m);
		return false;
	}
	q->v[(q->first + q->count++) % q->capacity] = m;
	return true;
}

struct message *message_queue_first(const struct message_queue *q)
{
	return q->count ? q->v[q->first] : NULL;
}

void message_queue_drop(struct message_queue *q)
{
	message_drop(q->v[q->first]);
	q->first = (q->first + 1) % q->capacity;
	q->count--;
}

void message_queue_free(struct message_queue *q)
{
	while (q->count)
		message_queue_drop(q);
	free(q->v);
	*q = (struct message_queue){0};
}
