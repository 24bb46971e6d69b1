/* SPDX-License-Identifier: Apache-2.0 */
/* Messages on their way to clients. One that several streams send is there once. */
#ifndef TGRUN_GRPC_MESSAGE_H
#define TGRUN_GRPC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRPC_PREFIX_BYTES 5 /* before each message: whether it is compressed, its length */

/* What all messages of a server may take, so that slow readers cannot have all memory. */
struct message_store {
	size_t bytes, limit;
};

struct message {
	struct message_store *store;
	uint32_t holders;
	uint32_t size;	 /* of what follows */
	uint8_t bytes[]; /* with the prefix */
};

/* Held once, by the caller; NULL: no room. */
struct message *message_new(struct message_store *store, const void *bytes, size_t size);
struct message *message_hold(struct message *m);
void message_drop(struct message *m); /* NULL is fine */

struct message_queue {
	struct message **v; /* a ring; owned, and what is in it held */
	size_t capacity, first, count;
};

/* Takes over the message, also when it fails, for want of memory. */
bool message_queue_push(struct message_queue *q, struct message *m);
struct message *message_queue_first(const struct message_queue *q); /* NULL: it is empty */
void message_queue_drop(struct message_queue *q);
void message_queue_free(struct message_queue *q);

#endif
