// SPDX-License-Identifier: Apache-2.0
#include <stdlib.h>
#include <string.h>
#include "runtime/calls.h"

#define BUCKETS 4096 /* a power of two */

struct calls {
	size_t capacity, most_bytes;
	size_t count, bytes;
	uint64_t kept, given_up;
	TAILQ_HEAD(, call) oldest_first;
	struct call *buckets[BUCKETS];
};

struct calls *calls_new(size_t capacity, size_t bytes)
{
	struct calls *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->capacity = capacity;
	c->most_bytes = bytes;
	TAILQ_INIT(&c->oldest_first);
	return c;
}

static struct call **bucket(struct calls *c, const struct call_id *id)
{
	uint32_t hash = (id->tid * 31 + id->hook) * 0x9e3779b1u ^ id->bundle;

	return &c->buckets[(hash ^ hash >> 16) % BUCKETS];
}

/* Where the call of this thread and hook is linked from, whichever it is. */
static struct call **find(struct calls *c, const struct call_id *id)
{
	struct call **at = bucket(c, id);

	while (*at && ((*at)->id.tid != id->tid || (*at)->id.hook != id->hook ||
		       (*at)->id.bundle != id->bundle))
		at = &(*at)->hash_next;
	return at;
}

static struct call *take_out(struct calls *c, struct call **at)
{
	struct call *call = *at;

	*at = call->hash_next;
	TAILQ_REMOVE(&c->oldest_first, call, age);
	c->count--;
	c->bytes -= call->size;
	return call;
}

void calls_free(struct calls *c)
{
	struct call *call;

	if (!c)
		return;
	while ((call = TAILQ_FIRST(&c->oldest_first)))
		free(take_out(c, find(c, &call->id)));
	free(c);
}

static void make_room(struct calls *c, size_t size)
{
	struct call *oldest;

	while ((oldest = TAILQ_FIRST(&c->oldest_first)) &&
	       (c->count >= c->capacity || c->bytes + size > c->most_bytes)) {
		free(take_out(c, find(c, &oldest->id)));
		c->given_up++;
	}
}

int calls_keep(struct calls *c, const struct call_id *id, const void *record, size_t size)
{
	struct call **at = find(c, id), *call;

	if (*at)
		free(take_out(c, at));
	make_room(c, size);
	call = malloc(sizeof(*call) + size);
	if (!call)
		return -1;
	call->id = *id;
	call->size = size;
	memcpy(call->record, record, size);
	at = bucket(c, id);
	call->hash_next = *at;
	*at = call;
	TAILQ_INSERT_TAIL(&c->oldest_first, call, age);
	c->count++;
	c->kept++;
	c->bytes += size;
	return 0;
}

struct call *calls_take(struct calls *c, const struct call_id *id)
{
	struct call **at = find(c, id);

	if (!*at || (*at)->id.call != id->call)
		return NULL;
	return take_out(c, at);
}

size_t calls_count(const struct calls *c)
{
	return c->count;
}

uint64_t calls_kept(const struct calls *c)
{
	return c->kept;
}

uint64_t calls_given_up(const struct calls *c)
{
	return c->given_up;
}
